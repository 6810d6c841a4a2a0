//! What rows are for the law: valuation, treatment, fees, matching.

use crate::formula::Formula;
use crate::ledger::Kind;

use super::book::{At, Cause, Cite, InForce};

#[derive(Debug, Clone)]
pub struct Valuation {
    pub order: Vec<ValueFrom>,
    pub exchange: Vec<Side>,
    pub rate_source: String,
    pub rate_day: RateDay,
    pub price_at: PriceAt,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueFrom {
    Row,
    MoneyLeg,
    Prices,
    OtherLeg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Received,
    Sent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateDay {
    Same,
    /// On the day or before it.
    PreviousPublication,
    /// Before the day.
    PublicationBefore,
    MonthAverage,
    /// Of the tax year.
    YearAverage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceAt {
    Instant,
    Day,
}

/// What a row is for the law.
#[derive(Debug, Clone)]
pub struct Treatment {
    /// `None`: every kind not named elsewhere.
    pub kinds: Option<Vec<Kind>>,
    pub in_force: InForce,
    pub when: Option<Formula>,
    pub effect: Effect,
    /// The class; the kind's word where not given.
    pub class: Option<String>,
    pub proceeds: Worth,
    pub cost: Worth,
    /// What the row brings is left out of tax, for this cause.
    pub because: Option<Cause>,
    /// The day of acquisition goes over; as the effect has it where `None`.
    pub keeps_date: Option<bool>,
    /// Which of the lots taken are disposed of; cost and date of the others go over to what comes in.
    pub taxed: Option<Formula>,
    /// Of a rollover: the part of the cost that goes over, while what was sent stays.
    pub share: Option<Formula>,
    /// What comes in by a rollover is one lot, not one for each that left.
    pub merges_lots: bool,
    /// What goes becomes a right to get as much back, and what comes back closes one.
    pub for_claim: bool,
    /// Further effects, each on its own leg.
    pub also: Vec<Further>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// A second effect of a row.
#[derive(Debug, Clone)]
pub struct Further {
    pub effect: Effect,
    pub class: Option<String>,
    pub proceeds: Worth,
    pub cost: Worth,
    pub keeps_date: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    Acquisition,
    Disposal,
    Exchange,
    Rollover,
    Income,
    Expense,
    Move,
    Removal,
    Ignore,
    Refuse,
}

impl Effect {
    pub const WORDS: &'static [(&'static str, Effect)] = &[
        ("acquisition", Effect::Acquisition),
        ("disposal", Effect::Disposal),
        ("exchange", Effect::Exchange),
        ("rollover", Effect::Rollover),
        ("income", Effect::Income),
        ("expense", Effect::Expense),
        ("move", Effect::Move),
        ("removal", Effect::Removal),
        ("ignore", Effect::Ignore),
        ("refuse", Effect::Refuse),
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, e)| *e == self).map_or("", |(w, _)| w)
    }
}

/// What a leg counts as.
#[derive(Debug, Clone)]
pub enum Worth {
    /// Its market value.
    Value,
    Zero,
    /// Of proceeds: what the units cost, so that there is neither gain nor loss.
    Cost,
    /// Of a cost: what was given cost, or what the row states in `x_cost`.
    Carried,
    Formula(Box<Formula>),
}

#[derive(Debug, Clone)]
pub struct FeeRule {
    pub to: Vec<Effect>,
    pub paid_in: Option<PaidIn>,
    pub when: Option<Formula>,
    pub in_force: InForce,
    pub goes: Goes,
    /// Paying in a coin is a disposal of it; else its lots leave without gain.
    pub coin_is_disposal: bool,
    /// A fee in a coin counts at what its units cost, not at their market value.
    pub at_cost: bool,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidIn {
    Money,
    Sent,
    Received,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    Received,
    Sent,
    /// Half to what came in, half to what was sent.
    Split,
    Apart,
    Lost,
}
