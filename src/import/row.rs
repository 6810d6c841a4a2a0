//! A row of the ledger made from lines of exports, and its text.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::diagnostic::Place;
use crate::ledger::columns::{Cells, Column};
use crate::ledger::{Kind, Symbol, Symbols};
use crate::number::Decimal;

use super::pieces::{Coin, Piece};

/// The columns of an imported ledger, in their order.
pub const COLUMNS: [Column; 15] = [
    Column::Timestamp,
    Column::Kind,
    Column::Account,
    Column::ReceivedAmount,
    Column::ReceivedAsset,
    Column::SentAmount,
    Column::SentAsset,
    Column::FeeAmount,
    Column::FeeAsset,
    Column::Value,
    Column::ValueCurrency,
    Column::TxHash,
    Column::Note,
    Column::Counterparty,
    Column::Id,
];

/// Zeros at the end are the source's own, up to so many decimals; past them they are padding.
const PADDED_FROM: u32 = 10;

/// A row of the ledger.
#[derive(Debug, Clone)]
pub struct Row {
    pub file: u16,
    pub line: u32,
    pub order: u32,
    /// Further rows of the same line: a second fee.
    pub suffix: u16,
    pub time: DateTime<Utc>,
    pub digits: u8,
    pub kind: Kind,
    pub account: Symbol,
    pub counterparty: Symbol,
    pub received: Option<Coin>,
    pub sent: Option<Coin>,
    pub fee: Option<Coin>,
    pub value: Option<Coin>,
    pub hash: Symbol,
    pub note: String,
    /// Every line it was made from.
    pub lines: Vec<(u16, u32)>,
}

impl Row {
    pub fn new(piece: &Piece, kind: Kind) -> Row {
        Row {
            file: piece.file,
            line: piece.line,
            order: piece.order,
            suffix: 0,
            time: piece.time,
            digits: piece.digits,
            kind,
            account: piece.account,
            counterparty: Symbol::NONE,
            received: None,
            sent: None,
            fee: None,
            value: None,
            hash: piece.hash,
            note: String::new(),
            lines: Vec::new(),
        }
    }

    /// `FILE:LINE`, as messages and workings name the row.
    pub fn id(&self, stem: &str) -> String {
        if self.suffix == 0 { format!("{stem}:{}", self.line) } else { format!("{stem}:{}:{}", self.line, self.suffix) }
    }
}

/// The text of a row by column; filled again for each row.
pub struct RowText {
    file: Arc<str>,
    line: u32,
    cells: [String; Column::ALL.len()],
}

impl RowText {
    pub fn new() -> RowText {
        RowText { file: "".into(), line: 0, cells: Default::default() }
    }

    pub fn fill(&mut self, row: &Row, words: &Symbols, file: &Arc<str>) {
        if !Arc::ptr_eq(&self.file, file) {
            self.file = Arc::clone(file);
        }
        self.line = row.line;
        self.set(Column::Timestamp, timestamp(row.time, row.digits));
        self.put(Column::Kind, row.kind.word());
        self.put(Column::Account, words.name(row.account));
        self.put(Column::Counterparty, words.name(row.counterparty));
        self.coin(Column::ReceivedAmount, Column::ReceivedAsset, row.received, words);
        self.coin(Column::SentAmount, Column::SentAsset, row.sent, words);
        self.coin(Column::FeeAmount, Column::FeeAsset, row.fee, words);
        self.coin(Column::Value, Column::ValueCurrency, row.value, words);
        self.put(Column::TxHash, words.name(row.hash));
        self.put(Column::Note, &row.note);
        self.set(Column::Id, row.id(crate::ledger::read::file_stem(file)));
    }

    fn set(&mut self, column: Column, text: String) {
        if let Some(cell) = self.cells.get_mut(column as usize) {
            *cell = text;
        }
    }

    fn put(&mut self, column: Column, text: &str) {
        if let Some(cell) = self.cells.get_mut(column as usize) {
            cell.clear();
            cell.push_str(text);
        }
    }

    fn coin(&mut self, amount: Column, asset: Column, coin: Option<Coin>, words: &Symbols) {
        match coin {
            Some((number, symbol)) => {
                self.set(amount, digits(number));
                self.put(asset, words.name(symbol));
            }
            None => {
                self.put(amount, "");
                self.put(asset, "");
            }
        }
    }
}

fn digits(number: Decimal) -> String {
    if number.scale() > PADDED_FROM { number.normalize().to_string() } else { number.to_string() }
}

/// With as many digits of the second as the source has.
fn timestamp(time: DateTime<Utc>, digits: u8) -> String {
    if digits == 0 {
        return time.to_rfc3339_opts(SecondsFormat::Secs, true);
    }
    let nanos = time.timestamp_subsec_nanos();
    let fraction = format!("{nanos:09}");
    let fraction = fraction.get(..usize::from(digits.min(9))).unwrap_or_default();
    format!("{}.{fraction}Z", time.format("%Y-%m-%dT%H:%M:%S"))
}

impl Cells for RowText {
    fn cell(&self, column: Column) -> &str {
        self.cells.get(column as usize).map_or("", |text| text)
    }

    fn extras(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn line(&self) -> u32 {
        self.line
    }

    fn place(&self, _column: Column) -> Place {
        Place::new(&self.file, self.line, 1, 1)
    }
}
