//! What came in, went out, and was paid for it.

use crate::diagnostic::{Code, Diagnostic};
use crate::import::cells::Cells;
use crate::import::format::{Assets, Legs};
use crate::ledger::{Symbol, Symbols};
use crate::number::{self, Decimal};

use super::{Coin, FileReader};

impl FileReader<'_> {
    #[allow(clippy::type_complexity)]
    pub(super) fn legs(
        &mut self,
        cells: &Cells<'_>,
        legs: &Legs,
        words: &mut Symbols,
    ) -> Result<(Option<Coin>, Option<Coin>, Option<Coin>), Diagnostic> {
        let (mut received, mut sent) = (None, None);
        if let Some((amount, asset)) = &legs.change
            && let Some((amount, asset)) = self.coin(cells, amount, asset, words)?
        {
            *(if amount.is_sign_negative() { &mut sent } else { &mut received }) = Some((amount.abs(), asset));
        }
        for (leg, to) in [(&legs.received, &mut received), (&legs.sent, &mut sent)] {
            if let Some((amount, asset)) = leg
                && let Some((amount, asset)) = self.coin(cells, amount, asset, words)?
            {
                *to = Some((amount.abs(), asset));
            }
        }
        Ok((received, sent, None))
    }

    pub(super) fn each(
        &mut self,
        cells: &Cells<'_>,
        received: &mut Option<Coin>,
        sent: &mut Option<Coin>,
        fee: &mut Option<Coin>,
        words: &mut Symbols,
    ) -> Result<(), Diagnostic> {
        for columns in &self.file.each {
            let number = |at: Option<usize>| -> Result<Option<Decimal>, Diagnostic> {
                let text = at.and_then(|a| cells.record.get(a)).unwrap_or_default();
                let found = crate::import::amounts::read(text, self.file.comma);
                let found = found.ok_or_else(|| Diagnostic::new(Code::I0103, format!("`{text}` is not a number")))?;
                Ok(found.value.filter(|v| !v.is_zero()))
            };
            let asset = self.asset(&columns.asset, words);
            if let Some(change) = number(columns.change)? {
                let to = if change.is_sign_negative() { &mut *sent } else { &mut *received };
                if to.is_some() {
                    return Err(Diagnostic::new(Code::I0104, "the row moves two assets in one direction"));
                }
                *to = Some((change.abs(), asset));
            }
            if let Some(found) = number(columns.fee)? {
                *fee = Some((found.abs(), asset));
            }
        }
        Ok(())
    }

    pub(super) fn coin(
        &mut self,
        cells: &Cells<'_>,
        amount: &crate::import::expr::Expr,
        asset: &crate::import::expr::Expr,
        words: &mut Symbols,
    ) -> Result<Option<Coin>, Diagnostic> {
        let amount = cells.number(amount).map_err(|fault| Diagnostic::new(Code::I0103, fault.message()))?;
        let Some(amount) = amount else { return Ok(None) };
        let text = cells.text(asset);
        if crate::import::amounts::is_nothing(&text) {
            if amount.is_zero() {
                return Ok(None);
            }
            let help = "check the row: each amount has its coin";
            return Err(Diagnostic::new(Code::I0103, format!("the amount {amount} names no coin")).help(help));
        }
        Ok(Some((amount, self.asset(&text, words))))
    }

    pub(super) fn asset(&mut self, text: &str, words: &mut Symbols) -> Symbol {
        if let Some(symbol) = self.assets.get(text) {
            return *symbol;
        }
        let symbol = words.intern(&asset_name(text, &self.file.layout.assets));
        self.assets.insert(text.to_owned(), symbol);
        symbol
    }
}

/// A fee that stands inside the amounts: out of what was sent in its coin, back to what was received in it; else it is apart.
pub(super) fn inside(
    received: &mut Option<Coin>,
    sent: &mut Option<Coin>,
    fee: &mut Option<Coin>,
) -> Result<(), number::NumberError> {
    let Some((fee, asset)) = fee else { return Ok(()) };
    *fee = fee.abs();
    match (sent, received) {
        (Some((amount, of)), _) if of == asset => *amount = number::sub_exact(*amount, *fee)?,
        (_, Some((amount, of))) if of == asset => *amount = number::add_exact(*amount, *fee)?,
        _ => {}
    }
    Ok(())
}

/// The name of an asset as the ledger has it.
pub(super) fn asset_name(text: &str, assets: &Assets) -> String {
    let text = if assets.upper { text.to_uppercase() } else { text.to_owned() };
    let renamed = |text: &str| assets.rename.iter().find(|(from, _)| from == text).map(|(_, to)| to.clone());
    if let Some(name) = renamed(&text) {
        return name;
    }
    let suffix = assets.suffixes.iter().find_map(|suffix| {
        // `#.S`: digits may stand before it.
        let (numbered, suffix) = suffix.strip_prefix('#').map_or((false, suffix.as_str()), |s| (true, s));
        let base = text.strip_suffix(suffix).filter(|b| !b.is_empty())?;
        let bare = if numbered { base.trim_end_matches(|c: char| c.is_ascii_digit()) } else { base };
        Some(if bare.is_empty() { base } else { bare }.to_owned())
    });
    let text = suffix.unwrap_or(text);
    if let Some(name) = renamed(&text) {
        return name;
    }
    let prefix =
        assets.prefixes.iter().find_map(|(prefix, least)| text.strip_prefix(prefix.as_str()).filter(|rest| rest.len() >= *least));
    prefix.map_or(text.clone(), |rest| renamed(rest).unwrap_or_else(|| rest.to_owned()))
}
