//! How what leaves is matched with what came in, and what lots carry.

use chrono::NaiveDate;

use crate::formula::Formula;
use crate::formula::tree::Toward;
use crate::number::Decimal;

use super::book::{At, Cite, InForce, Worth};

/// One version of `matching`: the first in force whose condition holds counts.
#[derive(Debug, Clone)]
pub struct Matching {
    pub in_force: InForce,
    pub when: Option<Formula>,
    pub pool_by: Vec<PoolBy>,
    /// Each step is gone through for all disposals before the next begins.
    pub by_step: bool,
    /// A day's purchases are one, made before its sales.
    pub merge_day: bool,
    pub steps: Vec<Step>,
    pub moves: Option<Moves>,
    pub shortfall: Option<Shortfall>,
    pub note: Option<String>,
    pub at: At,
}

impl Matching {
    pub fn by_account(&self) -> bool {
        self.pool_by.iter().any(|k| matches!(k, PoolBy::Account))
    }

    /// Cost is kept for the whole portfolio, not by asset.
    pub fn whole_portfolio(&self) -> bool {
        self.pool_by.is_empty()
    }
}

/// What a pool is kept by.
#[derive(Debug, Clone)]
pub enum PoolBy {
    Asset,
    Account,
    /// A formula that gives a word, such as a fact about the asset or account.
    Word(Box<Formula>),
}

#[derive(Debug, Clone)]
pub struct Step {
    pub method: Method,
    pub when: Option<Formula>,
    /// Which lots it may take.
    pub lots: Option<Formula>,
    pub window: Option<Window>,
    /// Its units cost what the pool costs on average.
    pub averages: bool,
    pub unit_cost: Option<UnitCost>,
    /// Of `portfolio_share`: what the whole portfolio is worth.
    pub worth: Option<Formula>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// Days around the disposal in which lots were acquired, both ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub days: u32,
    /// After the disposal; else before it.
    pub after: bool,
    /// The latest first.
    pub latest_first: bool,
}

/// A unit cost that the law rounds, and where what the rounding leaves goes.
#[derive(Debug, Clone)]
pub struct UnitCost {
    pub to: Decimal,
    pub toward: Toward,
    /// A unit that costs less is not rounded.
    pub at_least: Option<Decimal>,
    pub remainder: Remainder,
    pub cite: Cite,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remainder {
    /// It stays with what is held.
    Held,
    /// It goes with what leaves.
    Sold,
    /// Both sides are units times the rounded cost.
    Dropped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Specific,
    SameRow,
    SameDay,
    AcquiredWithin,
    Fifo,
    Lifo,
    Highest,
    Lowest,
    Average,
    TotalAverage,
    PortfolioShare,
}

impl Method {
    pub const WORDS: &'static [(&'static str, Method)] = &[
        ("specific", Method::Specific),
        ("same_row", Method::SameRow),
        ("same_day", Method::SameDay),
        ("acquired_within", Method::AcquiredWithin),
        ("fifo", Method::Fifo),
        ("lifo", Method::Lifo),
        ("highest", Method::Highest),
        ("lowest", Method::Lowest),
        ("average", Method::Average),
        ("total_average", Method::TotalAverage),
        ("portfolio_share", Method::PortfolioShare),
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, m)| *m == self).map_or("", |(w, _)| w)
    }

    /// Takes any lot that is held, so that nothing is left for the steps behind it.
    pub fn is_queue(self) -> bool {
        !matches!(self, Method::Specific | Method::SameRow | Method::SameDay | Method::AcquiredWithin)
    }

    /// Looks at the day of acquisition, and may be gone through before anything is held.
    pub fn looks_at_days(self) -> bool {
        matches!(self, Method::SameDay | Method::AcquiredWithin)
    }
}

/// Which lots a move between accounts takes, and where they queue.
#[derive(Debug, Clone)]
pub struct Moves {
    /// In this order; as the steps say where `None`.
    pub take: Option<Method>,
    /// They queue by the day they arrived, not by that of their acquisition.
    pub by_arrival: bool,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// What units cost that were never seen coming in.
#[derive(Debug, Clone)]
pub struct Shortfall {
    pub cost: ShortfallCost,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortfallCost {
    Zero,
    Value,
}

/// A further amount that lots carry beside their cost; split and averaged as cost is.
#[derive(Debug, Clone)]
pub struct Basis {
    pub name: String,
    pub title: Option<String>,
    pub start: Formula,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// What the law does to holdings on a day.
#[derive(Debug, Clone)]
pub struct OnDate {
    pub on: OnDay,
    pub when: Option<Formula>,
    pub lots: Option<Formula>,
    pub what: OnDateWhat,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub enum OnDay {
    Day(NaiveDate),
    /// A fact that is a date.
    Formula(Box<Formula>),
}

#[derive(Debug, Clone)]
pub enum OnDateWhat {
    /// Cost or bases get new amounts.
    Set(Vec<(BasisName, Formula)>),
    /// Everything held is disposed of and acquired again.
    Deem { proceeds: Worth, class: String, keeps_date: bool },
    /// Lots are allotted to the pools of the matching in force from then on.
    Regroup { order: Method },
}

/// The cost, or a basis by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BasisName {
    Cost,
    Basis(String),
}

/// A loss that does not count, or moves into what was bought around it.
#[derive(Debug, Clone)]
pub struct DenyLoss {
    pub in_force: InForce,
    pub when: Option<Formula>,
    /// Which lots' losses; the rest count whatever was bought.
    pub lots: Option<Formula>,
    pub before: u32,
    pub after: u32,
    /// How many units' loss is denied.
    pub units: Formula,
    /// `None`: it is lost.
    pub into: Option<BasisName>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}
