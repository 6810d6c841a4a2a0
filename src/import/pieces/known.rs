//! How a row is known again: its transaction, itself in another file, and the balance it states.

use crate::import::cells::Cells;
use crate::import::format::Rule;
use crate::ledger::Symbol;

use super::{Coin, FileReader, Keys, Piece, Read, Stated};

impl FileReader<'_> {
    /// The number of the transaction's key; 0 where the row stands alone.
    pub(super) fn key(&self, cells: &Cells<'_>, rule: &Rule, account: Symbol, keys: &mut Keys) -> u32 {
        let Some(group) = rule.group.and_then(|g| self.file.layout.groups.get(g)) else { return 0 };
        let mut buffer = std::mem::take(&mut keys.buffer);
        buffer.clear();
        let mut some = group.by_time || group.within.is_some();
        for expr in &group.by {
            let text = cells.text(expr);
            some |= !text.is_empty();
            buffer.push_str(&text);
            buffer.push('\u{1f}');
        }
        buffer.push_str(&group.name);
        if !group.across {
            buffer.push('\u{1f}');
            buffer.push_str(&self.file.format.family);
        }
        buffer.push('\u{1f}');
        buffer.push_str(&account.index().to_string());
        let next = u32::try_from(keys.by_text.len() + 1).unwrap_or(u32::MAX);
        let key = match keys.by_text.get(&buffer) {
            Some(key) => *key,
            None if some => *keys.by_text.entry(buffer.clone()).or_insert(next),
            None => 0,
        };
        keys.buffer = buffer;
        if some { key } else { 0 }
    }

    /// The text by which the row is known again in another file.
    pub(super) fn identity(&self, cells: &Cells<'_>, piece: &Piece, number: usize, read: &mut Read) {
        if !self.with_identity {
            return;
        }
        let layout = self.file.layout;
        let joined = |fields: &mut dyn Iterator<Item = usize>| fields.map(|f| cells.field(f)).collect::<Vec<_>>().join("\u{1f}");
        let own = joined(&mut layout.unique.iter().copied());
        let unique = own.chars().any(|c| c != '\u{1f}');
        let family = &self.file.format.family;
        let text = if unique {
            format!("{family}\u{1e}{own}")
        } else {
            // The moment counts, not how this layout writes it; the number of a line and the like do not.
            let named = |f: usize| layout.names.get(f).map_or("", String::as_str);
            let balance = layout.balance.as_ref().and_then(|(amount, _)| match amount {
                crate::import::expr::Expr::Field(f) => Some(*f),
                _ => None,
            });
            let mut fields: Vec<usize> = layout
                .columns
                .iter()
                .map(|c| c.field)
                .filter(|f| !matches!(named(*f), "time" | "row") && Some(*f) != balance)
                .collect();
            fields.sort_by_key(|f| named(*f));
            let cells: Vec<String> = fields
                .iter()
                .map(|f| (named(*f), cells.field(*f)))
                .filter(|(_, t)| !t.is_empty())
                .map(|(n, t)| format!("{n}={t}"))
                .collect();
            format!("{family}\u{1e}{}\u{1e}{}", piece.time.timestamp_nanos_opt().unwrap_or_default(), cells.join("\u{1f}"))
        };
        read.identities.push((number, text, unique));
    }

    pub(super) fn stated(&mut self, cells: &Cells<'_>, piece: &Piece, read: &mut Read) {
        let layout = self.file.layout;
        let Some((amount, asset)) = &layout.balance else { return };
        let Ok(Some((amount, asset))) = self.coin(cells, amount, asset, &mut read.words) else { return };
        let side = |coin: Option<Coin>| coin.filter(|(_, s)| *s == asset).map(|(a, _)| a).unwrap_or_default();
        let change = side(piece.received).checked_sub(side(piece.sent)).and_then(|c| c.checked_sub(side(piece.fee)));
        let part = layout.part.as_ref().map(|t| cells.filled(t)).unwrap_or_default();
        let part = read.words.intern(&part);
        read.stated.push(Stated {
            file: piece.file,
            line: piece.line,
            order: piece.order,
            time: piece.time,
            account: piece.account,
            part,
            amount,
            asset,
            change: change.unwrap_or_default(),
        });
    }
}
