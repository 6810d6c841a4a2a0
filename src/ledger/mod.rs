//! The ledger: what happened, row by row, as the user wrote it.

pub mod columns;
mod kind;
pub mod read;
mod row;
mod shape;
mod symbols;
pub(crate) mod table;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::diagnostic::Place;
use crate::number::Decimal;

pub use kind::{COUNTERPARTY_KINDS, Kind};
pub use shape::takes;
pub use symbols::{Symbol, Symbols, is_currency};

/// An amount of an asset or currency. `amount` is `None` where a currency leg names the asset alone: it is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    pub amount: Option<Decimal>,
    pub asset: Symbol,
}

/// The acquisitions a row says it sells: `ID` or `ID:QTY;ID:QTY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotChoice {
    /// The id of the row that acquired the lot.
    pub row: String,
    /// How much of it; all that is needed where `None`.
    pub quantity: Option<Decimal>,
}

/// One row. Amounts are never negative; change of an asset in the account = received - sent - fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The user's own id, or `FILE:LINE`.
    pub id: Arc<str>,
    /// Index into [`Ledger::files`], and the line in that file (from 1, the header included).
    pub file: u16,
    pub line: u32,
    pub timestamp: DateTime<Utc>,
    pub kind: Kind,
    /// [`Symbol::NONE`] where empty; so with the other symbols.
    pub account: Symbol,
    pub received: Option<Leg>,
    pub sent: Option<Leg>,
    pub fee: Option<Leg>,
    /// Market value of the legs, in `value_currency`; the `*_value`s are of one side alone.
    pub value: Option<Decimal>,
    pub received_value: Option<Decimal>,
    pub sent_value: Option<Decimal>,
    pub fee_value: Option<Decimal>,
    pub value_currency: Symbol,
    pub taxpayer: Symbol,
    pub counterparty: Symbol,
    pub counterparty_kind: Symbol,
    pub country: Symbol,
    pub tx_hash: Symbol,
    /// The fields few rows have, out of line.
    pub extra: Option<Box<Extra>>,
}

/// The fields few rows have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    pub note: String,
    /// The words of `category`, in the order written.
    pub categories: Vec<Symbol>,
    pub lots: Vec<LotChoice>,
    /// Columns `x_NAME`: the name without `x_`, and the text; empty cells are left out.
    pub columns: Vec<(Symbol, String)>,
}

impl Transaction {
    pub fn categories(&self) -> &[Symbol] {
        self.extra.as_ref().map_or(&[], |e| &e.categories)
    }

    pub fn lots(&self) -> &[LotChoice] {
        self.extra.as_ref().map_or(&[], |e| &e.lots)
    }

    /// The text in the column `x_NAME`.
    pub fn column(&self, name: Symbol) -> Option<&str> {
        self.extra.as_ref()?.columns.iter().find(|(n, _)| *n == name).map(|(_, text)| text.as_str())
    }
}

/// A file that rows came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFile {
    pub name: Arc<str>,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// All rows of a run, sorted by instant; rows of one instant keep the order of their files.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub files: Vec<LedgerFile>,
    /// Shared by the ledgers of single taxpayers.
    pub symbols: Arc<Symbols>,
    pub rows: Vec<Transaction>,
}

impl Ledger {
    /// Where a row stands: the start of its line.
    pub fn place(&self, row: &Transaction) -> Option<Place> {
        let file = self.files.get(usize::from(row.file))?;
        Some(Place::new(&file.name, row.line, 1, 1))
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        self.symbols.name(symbol)
    }

    /// True if the symbol is a currency of ISO 4217: such legs have no lots.
    pub fn is_currency(&self, symbol: Symbol) -> bool {
        self.symbols.is_currency(symbol)
    }

    /// The row with this id.
    pub fn row(&self, id: &str) -> Option<&Transaction> {
        self.rows.iter().find(|r| &*r.id == id)
    }

    /// Every taxpayer named, in order of first appearance; the empty one (the provider's own rows) is left out.
    pub fn taxpayers(&self) -> Vec<Symbol> {
        let mut seen = vec![false; self.symbols.len()];
        let mut found = Vec::new();
        for row in &self.rows {
            if let Some(flag) = seen.get_mut(row.taxpayer.index())
                && row.taxpayer != Symbol::NONE
                && !std::mem::replace(flag, true)
            {
                found.push(row.taxpayer);
            }
        }
        found
    }

    /// The rows of one taxpayer, as a ledger of its own.
    pub fn of_taxpayer(&self, taxpayer: Symbol) -> Ledger {
        let rows = self.rows.iter().filter(|r| r.taxpayer == taxpayer).cloned().collect();
        Ledger { files: self.files.clone(), symbols: Arc::clone(&self.symbols), rows }
    }

    /// A ledger of the same files, without rows.
    pub fn without_rows(&self) -> Ledger {
        Ledger { files: self.files.clone(), symbols: Arc::clone(&self.symbols), rows: Vec::new() }
    }

    /// The rows of every taxpayer, each as a ledger of its own, in order of first appearance; read once.
    pub fn by_taxpayer(&self) -> Vec<(Symbol, Ledger)> {
        let taxpayers = self.taxpayers();
        let mut place = vec![None; self.symbols.len()];
        for (index, taxpayer) in taxpayers.iter().enumerate() {
            if let Some(slot) = place.get_mut(taxpayer.index()) {
                *slot = Some(index);
            }
        }
        let mut found: Vec<(Symbol, Ledger)> = taxpayers.into_iter().map(|t| (t, self.without_rows())).collect();
        for row in &self.rows {
            let index = place.get(row.taxpayer.index()).copied().flatten();
            if let Some((_, ledger)) = index.and_then(|i| found.get_mut(i)) {
                ledger.rows.push(row.clone());
            }
        }
        found
    }
}

/// The local day of an instant in a time zone.
pub fn local_day(instant: DateTime<Utc>, zone: chrono_tz::Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}
