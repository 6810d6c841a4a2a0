//! What the rows came to: disposals, matches, income, expenses, acquisitions.

use std::ops::Range;

use chrono::NaiveDate;

use crate::formula::types::WordId;
use crate::ledger::{Kind, Symbol};
use crate::number::Decimal;
use crate::rules::book::Method;

use super::refusal::Outcome;

/// All items that formulas run over, each list in the order of the rows.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    pub disposals: Vec<Disposal>,
    pub matches: Vec<Match>,
    pub income: Vec<Income>,
    pub expenses: Vec<Expense>,
    pub acquisitions: Vec<Acquisition>,
}

#[derive(Debug, Clone)]
pub struct Disposal {
    pub row: usize,
    pub asset: Symbol,
    pub account: Symbol,
    pub fee_leg: bool,
    pub quantity: Decimal,
    pub proceeds: Outcome<Decimal>,
    pub fees: Outcome<Decimal>,
    pub class: WordId,
    pub matches: Range<usize>,
}

#[derive(Debug, Clone)]
pub struct Match {
    pub disposal: usize,
    pub row: usize,
    /// From 1 within its row.
    pub number: usize,
    pub quantity: Decimal,
    pub proceeds: Outcome<Decimal>,
    pub fees: Outcome<Decimal>,
    pub cost: Outcome<Decimal>,
    /// The bases beside the cost, in the order of the law.
    pub bases: Vec<Outcome<Decimal>>,
    /// The part of its loss that does not count.
    pub denied: Outcome<Decimal>,
    pub acquired: Option<NaiveDate>,
    pub acquired_kind: Kind,
    pub acquired_class: WordId,
    /// The row that acquired the units.
    pub acquired_row: Option<usize>,
    /// They never went from one account to another.
    pub stayed: bool,
    pub method: Method,
    /// Version of matching and step in it.
    pub step: Option<(usize, usize)>,
    /// Its cost is that of an average, which has no day of acquisition.
    pub averaged: bool,
}

#[derive(Debug, Clone)]
pub struct Income {
    pub row: usize,
    pub asset: Symbol,
    pub quantity: Option<Decimal>,
    pub amount: Outcome<Decimal>,
    pub class: WordId,
}

#[derive(Debug, Clone)]
pub struct Expense {
    pub row: usize,
    pub amount: Outcome<Decimal>,
    pub class: WordId,
}

#[derive(Debug, Clone)]
pub struct Acquisition {
    pub row: usize,
    pub asset: Symbol,
    pub quantity: Decimal,
    pub cost: Outcome<Decimal>,
    pub acquired: NaiveDate,
    pub class: WordId,
}
