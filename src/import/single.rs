//! Exports with one transaction a row.

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::columns::Column;
use crate::ledger::{Kind, is_currency};

use super::format::{Becomes, Format, Role, TypeRule};
use super::rows::{Imported, Line, number};

/// An amount of an asset, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amount {
    pub amount: String,
    pub asset: String,
}

impl Amount {
    pub fn is_some(&self) -> bool {
        !self.asset.is_empty()
    }
}

/// The rule for a type word; an unknown word is an error with the line to add.
pub fn rule<'f>(format: &'f Format, line: &Line, problems: &mut Vec<Diagnostic>) -> Option<&'f TypeRule> {
    let word = line.get(Role::Type);
    let word = if format.lower_case { word.to_lowercase() } else { word.to_owned() };
    let found = format.types.iter().find(|t| t.words.contains(&word) || t.fees.contains(&word));
    if found.is_none() {
        let sign = if line.get(Role::Change).trim_start().starts_with('-') { "sent: spend" } else { "received: reward" };
        let shown: Vec<&str> =
            [Role::Asset, Role::Change, Role::ReceivedAmount, Role::ReceivedAsset, Role::SentAmount, Role::SentAsset]
                .into_iter()
                .map(|r| line.get(r))
                .filter(|t| !t.is_empty())
                .collect();
        let message = format!("`{word}` is a type of row that `{}` does not know ({})", format.name, shown.join(" "));
        let help = format!(
            "add to `types` in formats/{}.yaml, with the kind that fits: `- {{ words: [\"{word}\"], {sign} }}`",
            format.name
        );
        problems.push(Diagnostic::new(Code::I0102, message).at(line.place()).help(help));
    }
    found
}

/// A cell as a plain number with its sign; a fault is reported.
pub fn cell(line: &Line, role: Role, problems: &mut Vec<Diagnostic>) -> Option<(bool, String)> {
    let text = line.get(role);
    let found = number(text);
    if found.is_none() {
        problems.push(
            Diagnostic::new(Code::I0103, format!("`{text}` is not a number"))
                .at(line.place())
                .help("numbers have a decimal point and no thousands separator"),
        );
    }
    found
}

fn is_zero(text: &str) -> bool {
    !text.bytes().any(|b| b.is_ascii_digit() && b != b'0')
}

fn amount(line: &Line, amount: Role, asset: Role, problems: &mut Vec<Diagnostic>) -> Option<Amount> {
    let (_, text) = cell(line, amount, problems)?;
    let asset = line.get(asset).to_owned();
    Some(if text.is_empty() || is_zero(&text) { Amount::default() } else { Amount { amount: text, asset } })
}

/// One line to one row; `None` where it was refused.
pub fn row(format: &Format, line: &Line, problems: &mut Vec<Diagnostic>) -> Option<Imported> {
    let rule = rule(format, line, problems)?;
    let mut sent = amount(line, Role::SentAmount, Role::SentAsset, problems)?;
    let mut received = amount(line, Role::ReceivedAmount, Role::ReceivedAsset, problems)?;
    let fee = amount(line, Role::FeeAmount, Role::FeeAsset, problems)?;
    let (negative, change) = cell(line, Role::Change, problems)?;
    if !change.is_empty() && !is_zero(&change) {
        let one = Amount { amount: change, asset: line.get(Role::Asset).to_owned() };
        *(if negative { &mut sent } else { &mut received }) = one;
    }
    let kind = kind(rule, &received, &sent, &fee, line, problems)?;
    let mut row = Imported::new(line, &format.account);
    fill(&mut row, kind, &received, &sent, &fee);
    row.set(Column::TxHash, line.get(Role::TxHash).to_owned());
    row.set(Column::Note, line.get(Role::Note).to_owned());
    let (_, value) = cell(line, Role::Value, problems)?;
    let money = |a: &Amount| is_currency(&a.asset);
    // A stated value of zero means that none was known; beside a currency leg it adds nothing.
    let needed = !(received.is_some() && sent.is_some() && (money(&received) || money(&sent)));
    if !value.is_empty() && !is_zero(&value) && needed {
        row.set(Column::Value, value);
        row.set(Column::ValueCurrency, line.get(Role::ValueCurrency).to_owned());
    }
    Some(row)
}

/// The kind by the legs that stand; a type without a meaning for them is an error.
pub fn kind(
    rule: &TypeRule,
    received: &Amount,
    sent: &Amount,
    fee: &Amount,
    line: &Line,
    problems: &mut Vec<Diagnostic>,
) -> Option<Kind> {
    let becomes = match (received.is_some(), sent.is_some()) {
        (true, true) => rule.both,
        (true, false) => rule.received,
        (false, true) => rule.sent,
        (false, false) if fee.is_some() => Some(Becomes::Kind(Kind::Fee)),
        (false, false) => None,
    };
    let Some(becomes) = becomes else {
        let side = match (received.is_some(), sent.is_some()) {
            (true, true) => "both sides",
            (true, false) => "something received",
            (false, true) => "something sent",
            (false, false) => "no amount",
        };
        let word = line.get(Role::Type);
        let message = format!("a row of the type `{word}` with {side} has no meaning in this format");
        problems.push(
            Diagnostic::new(Code::I0104, message)
                .at(line.place())
                .help("check the row; if it is right, say in the format file what it becomes"),
        );
        return None;
    };
    Some(match becomes {
        Becomes::Kind(kind) => kind,
        Becomes::Trade => trade(received, sent),
    })
}

/// A buy pays a currency, a sell receives one, a swap neither.
fn trade(received: &Amount, sent: &Amount) -> Kind {
    match (is_currency(&received.asset), is_currency(&sent.asset)) {
        (false, true) => Kind::Buy,
        (true, false) => Kind::Sell,
        _ => Kind::Swap,
    }
}

/// Writes kind and legs.
pub fn fill(row: &mut Imported, kind: Kind, received: &Amount, sent: &Amount, fee: &Amount) {
    row.set(Column::Kind, kind.word().to_owned());
    let sides = [
        (received, Column::ReceivedAmount, Column::ReceivedAsset),
        (sent, Column::SentAmount, Column::SentAsset),
        (fee, Column::FeeAmount, Column::FeeAsset),
    ];
    for (side, amount, asset) in sides {
        if side.is_some() {
            row.set(amount, side.amount.clone());
            row.set(asset, side.asset.clone());
        }
    }
}
