//! Amounts that are shared out: an allowance over heads, a loss over the years after it.

use crate::formula::Formula;

use super::book::{At, Cite, RuleBook};

/// An amount shared out over heads, as far as each has room.
#[derive(Debug, Clone)]
pub struct Allocation {
    /// The quantity that it is written at.
    pub quantity: usize,
    pub amount: Formula,
    pub heads: Heads,
    /// Where it is worth most comes first; else in the order listed.
    pub by_worth: bool,
    pub at: At,
}

impl Allocation {
    pub fn formulas(&self) -> Vec<&Formula> {
        let heads: Vec<&Head> = match &self.heads {
            Heads::Named(heads) => heads.iter().collect(),
            Heads::Periods(head) => vec![&**head],
        };
        let of_heads = heads.into_iter().flat_map(|h| std::iter::once(&h.room).chain(&h.worth));
        std::iter::once(&self.amount).chain(of_heads).collect()
    }
}

/// What an amount is shared out over.
#[derive(Debug, Clone)]
pub enum Heads {
    Named(Vec<Head>),
    /// The periods of the year, each with the same formulas.
    Periods(Box<Head>),
}

/// One head.
#[derive(Debug, Clone)]
pub struct Head {
    pub name: String,
    /// The most that it can take.
    pub room: Formula,
    /// What each unit saves there.
    pub worth: Option<Formula>,
}

/// Losses, or other amounts, that are carried to later years and used there.
#[derive(Debug, Clone)]
pub struct Offset {
    pub name: String,
    /// What a year adds.
    pub arises: Formula,
    /// What it is used against, in this order.
    pub against: Vec<Head>,
    /// The most that is used in a year.
    pub limit: Option<Formula>,
    /// For how many years after its own; without it, for ever.
    pub lasts: Option<Formula>,
    pub newest_first: bool,
    /// The fact that states what was brought into the first year.
    pub brought: Option<Brought>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

impl Offset {
    pub fn formulas(&self) -> Vec<&Formula> {
        self.uses().into_iter().chain([&self.arises]).collect()
    }

    /// The formulas that say what a year uses.
    pub fn uses(&self) -> Vec<&Formula> {
        self.against.iter().map(|h| &h.room).chain(&self.limit).chain(&self.lasts).collect()
    }
}

#[derive(Debug, Clone)]
pub struct Brought {
    pub name: String,
    pub at: At,
    /// Resolved when the law is compiled: the fact, and the keys of its records for the year and the amount.
    pub fact: Option<(usize, Option<(usize, usize)>)>,
}

/// Where the value of a quantity comes from that has no formula of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Computed {
    Share { allocation: usize, part: SharePart },
    Carry { offset: usize, part: CarryPart },
}

impl Computed {
    /// What it reads of its own year; what a year was handed is another year's.
    pub fn formulas(self, book: &RuleBook) -> Vec<&Formula> {
        match self {
            Computed::Share { allocation, .. } => book.allocations.get(allocation).map(Allocation::formulas).unwrap_or_default(),
            Computed::Carry { offset, part } => {
                let Some(offset) = book.offsets.get(offset) else { return Vec::new() };
                match part {
                    CarryPart::Brought | CarryPart::Expired => Vec::new(),
                    CarryPart::Used | CarryPart::Head(_) => offset.uses(),
                    CarryPart::Arisen => vec![&offset.arises],
                    CarryPart::Left => offset.formulas(),
                }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharePart {
    /// What a head takes.
    Head(usize),
    /// What the period of the quantity takes.
    Period,
    /// What all heads take together.
    Used,
    /// What no head had room for.
    Left,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarryPart {
    /// What the year begins with and may still use.
    Brought,
    /// What could be used last the year before.
    Expired,
    Used,
    Head(usize),
    Arisen,
    /// What the year hands on.
    Left,
}
