//! The text of a row to a transaction: every cell checked, every fault reported.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::number::{self, Decimal, NumberError};

use super::columns::{Cells, Column};
use super::{COUNTERPARTY_KINDS, Extra, Kind, Leg, LotChoice, Symbol, Symbols, Transaction, shape};

/// Reads one row. `None` where a fault leaves no transaction; all faults are in `problems`.
pub fn read(
    cells: &impl Cells,
    file: u16,
    file_stem: &str,
    symbols: &mut Symbols,
    problems: &mut Vec<Diagnostic>,
) -> Option<Transaction> {
    let before = problems.len();
    let mut row = Row { cells, symbols, problems };
    let timestamp = row.timestamp();
    let kind = row.kind();
    let received = row.leg(Column::ReceivedAmount, Column::ReceivedAsset);
    let sent = row.leg(Column::SentAmount, Column::SentAsset);
    let fee = row.leg(Column::FeeAmount, Column::FeeAsset);
    let [value, received_value, sent_value, fee_value] =
        [Column::Value, Column::ReceivedValue, Column::SentValue, Column::FeeValue].map(|c| row.amount(c));
    let has_value = value.or(received_value).or(sent_value).or(fee_value).is_some();
    let value_currency = row.value_currency(has_value);
    let counterparty_kind = row.counterparty_kind();
    let country = row.country();
    let extra = row.extra(kind);
    let id: Arc<str> = match cells.cell(Column::Id) {
        "" => format!("{file_stem}:{}", cells.line()).into(),
        id => id.into(),
    };
    let mut word = |column: Column| row.symbols.intern(cells.cell(column));
    let (account, taxpayer, counterparty, tx_hash) =
        (word(Column::Account), word(Column::Taxpayer), word(Column::Counterparty), word(Column::TxHash));
    if problems.len() > before {
        name_row(problems, before, &id);
        return None;
    }
    let transaction = Transaction {
        id,
        file,
        line: cells.line(),
        timestamp: timestamp?,
        kind: kind?,
        account,
        received,
        sent,
        fee,
        value,
        received_value,
        sent_value,
        fee_value,
        value_currency,
        taxpayer,
        counterparty,
        counterparty_kind,
        country,
        tx_hash,
        extra,
    };
    shape::check(&transaction, cells, symbols, problems);
    name_row(problems, before, &transaction.id);
    (problems.len() == before).then_some(transaction)
}

/// Every fault of a row names the row.
fn name_row(problems: &mut [Diagnostic], from: usize, id: &str) {
    for problem in problems.iter_mut().skip(from).filter(|p| p.rows.is_empty()) {
        problem.rows.push(id.to_owned());
    }
}

struct Row<'a, C: Cells> {
    cells: &'a C,
    symbols: &'a mut Symbols,
    problems: &'a mut Vec<Diagnostic>,
}

impl<C: Cells> Row<'_, C> {
    fn problem(&mut self, code: Code, column: Column, message: String, help: Option<String>) {
        self.problems.push(Diagnostic::new(code, message).at(self.cells.place(column)).help_opt(help));
    }

    fn timestamp(&mut self) -> Option<DateTime<Utc>> {
        let text = self.cells.cell(Column::Timestamp);
        match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => Some(instant.with_timezone(&Utc)),
            Err(_) => {
                let message = if text.is_empty() {
                    "the row has no timestamp".to_owned()
                } else {
                    format!("`{text}` is not an instant with its zone")
                };
                self.problem(
                    Code::L0201,
                    Column::Timestamp,
                    message,
                    Some("write date, time and zone: 2024-03-01T08:10:05Z or 2024-03-01T14:10:05+06:00".into()),
                );
                None
            }
        }
    }

    fn kind(&mut self) -> Option<Kind> {
        let text = self.cells.cell(Column::Kind);
        let kind = Kind::from_word(text);
        if kind.is_none() {
            let help = suggestion(text, Kind::ALL.iter().map(|k| k.word())).unwrap_or_else(|| "the kinds are listed in the guide to the ledger; `buy`, `sell`, `swap`, `deposit`, `withdrawal` are the common ones".into());
            self.problem(Code::L0202, Column::Kind, format!("`{text}` is not a kind of row"), Some(help));
        }
        kind
    }

    fn amount(&mut self, column: Column) -> Option<Decimal> {
        let text = self.cells.cell(column);
        if text.is_empty() {
            return None;
        }
        match number::parse_unsigned(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let (code, help) = match &error {
                    NumberError::Negative(_) => {
                        (Code::L0204, "amounts are never negative: what goes out is the sent leg, what comes in the received leg")
                    }
                    NumberError::TooManyDigits(_) => {
                        (Code::L0205, "no asset has so many digits: round the amount to what the account really shows")
                    }
                    _ => (Code::L0203, "write a plain decimal with a point and no thousands separator: 1200.50"),
                };
                self.problem(code, column, format!("`{}`: {error}", column.word()), Some(help.into()));
                None
            }
        }
    }

    fn leg(&mut self, amount_column: Column, asset_column: Column) -> Option<Leg> {
        let asset = self.cells.cell(asset_column);
        let given = !self.cells.cell(amount_column).is_empty();
        let amount = self.amount(amount_column);
        if asset.is_empty() {
            if given {
                let message = format!("`{}` is given, but `{}` is empty", amount_column.word(), asset_column.word());
                self.problem(Code::L0206, amount_column, message, Some("name the asset or currency of the amount".into()));
            }
            return None;
        }
        let symbol = self.symbols.asset(asset);
        if !given && !self.symbols.is_currency(symbol) {
            let message = format!("`{}` names {asset}, but `{}` is empty", asset_column.word(), amount_column.word());
            self.problem(
                Code::L0206,
                asset_column,
                message,
                Some("give the amount; only a currency may stand without one".into()),
            );
        }
        Some(Leg { amount, asset: symbol })
    }

    fn value_currency(&mut self, has_value: bool) -> Symbol {
        let text = self.cells.cell(Column::ValueCurrency);
        if text.is_empty() {
            if has_value {
                self.problem(
                    Code::L0208,
                    Column::Value,
                    "a value is given without its currency".into(),
                    Some("fill `value_currency`, such as `USD`".into()),
                );
            }
            return Symbol::NONE;
        }
        let symbol = self.symbols.intern(text);
        if !self.symbols.is_currency(symbol) {
            let message = format!("`{text}` is not a currency code of ISO 4217");
            self.problem(Code::L0209, Column::ValueCurrency, message, Some("state the value in a currency such as `USD`".into()));
        }
        symbol
    }

    fn counterparty_kind(&mut self) -> Symbol {
        let text = self.cells.cell(Column::CounterpartyKind);
        if !text.is_empty() && !COUNTERPARTY_KINDS.contains(&text) {
            let help = suggestion(text, COUNTERPARTY_KINDS.iter().copied());
            self.problem(Code::L0215, Column::CounterpartyKind, format!("`{text}` is not a kind of counterparty"), help);
        }
        self.symbols.intern(text)
    }

    fn country(&mut self) -> Symbol {
        let text = self.cells.cell(Column::Country);
        let formed = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        if !text.is_empty() && !formed {
            self.problem(
                Code::L0215,
                Column::Country,
                format!("`{text}` is not a country code"),
                Some("write the two letters of ISO 3166: `DE`".into()),
            );
        }
        self.symbols.intern(text)
    }

    fn extra(&mut self, kind: Option<Kind>) -> Option<Box<Extra>> {
        let (note, category, lot) =
            (self.cells.cell(Column::Note), self.cells.cell(Column::Category), self.cells.cell(Column::Lot));
        let columns = self.cells.extras();
        if kind == Some(Kind::TaxPaid) {
            self.tax_paid(category);
        }
        if note.is_empty() && category.is_empty() && lot.is_empty() && columns.is_empty() {
            return None;
        }
        let lots = self.lots(lot);
        let categories = category.split(';').map(str::trim).filter(|w| !w.is_empty()).map(|w| self.symbols.intern(w)).collect();
        let columns = columns.into_iter().map(|(name, text)| (self.symbols.intern(name), text.to_owned())).collect();
        Some(Box::new(Extra { note: note.to_owned(), categories, lots, columns }))
    }

    fn tax_paid(&mut self, category: &str) {
        let parts: Vec<&str> = category.split(';').map(str::trim).collect();
        let period = |text: &str| {
            text.len() >= 4
                && text.bytes().take(4).all(|b| b.is_ascii_digit())
                && text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'Q')
        };
        let names_both = matches!(parts.as_slice(), [tax, when, ..] if !tax.is_empty() && period(when));
        if !names_both {
            let message = "the row of a tax payment does not name the tax and the period paid";
            self.problem(
                Code::L0214,
                Column::Category,
                message.into(),
                Some("write both in `category`: `sales_tax;2022-11`".into()),
            );
        }
    }

    /// `ID` or `ID:QTY;ID:QTY`. An id may hold a colon itself (`FILE:LINE`); which it is, is settled when all ids are known.
    fn lots(&mut self, text: &str) -> Vec<LotChoice> {
        text.split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| LotChoice { row: part.to_owned(), quantity: None })
            .collect()
    }
}
