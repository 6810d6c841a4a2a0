//! From classified rows to matched lots.
//!
//! What steps that look ahead take is set aside first, by quantities alone (`ahead`); then one walk in order of time
//! matches and costs everything else, so that nothing later can be seen by anything earlier.

mod ahead;
mod amounts;
mod average;
mod carry;
mod dates;
mod deny;
mod pool;
mod portfolio;
mod regroup;
mod rules;
mod scheme;
mod shared;
mod take;
mod walk;
mod year;

use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};

use crate::assess::refusal::{Outcome, Refused};
use crate::formula::types::WordId;
use crate::ledger::{Kind, Symbol};
use crate::number::Decimal;
use crate::rules::book::Method;

pub use amounts::Amounts;
pub use rules::Asker;
pub use scheme::{Scheme, Version, reach};
pub use walk::walk;

/// Units that leave.
#[derive(Debug, Clone)]
pub struct Out {
    pub row: usize,
    pub asset: Symbol,
    pub account: Symbol,
    pub quantity: Decimal,
    pub why: Why,
    /// They paid a fee; else they are what the row sent.
    pub is_fee: bool,
    /// Before fees; zero where nothing is gained.
    pub proceeds: Proceeds,
    pub fees: Outcome<Decimal>,
    /// A fee that counts at what its units cost.
    pub fee_from: Option<FeeFrom>,
    pub class: WordId,
    /// The treatment whose `taxed` says which parts are disposed of; the others carry their cost over.
    pub parted_by: Option<usize>,
}

/// What a sale took of the whole portfolio's cost: the share that its proceeds have of what everything was worth.
#[derive(Debug, Clone)]
pub struct PortfolioSale {
    pub row: usize,
    pub is_fee: bool,
    pub proceeds: Decimal,
    pub worth: Decimal,
    /// The portfolio's cost just before.
    pub cost: Decimal,
}

/// What units bring that leave.
#[derive(Debug, Clone)]
pub enum Proceeds {
    Known(Outcome<Decimal>),
    /// What they cost: neither gain nor loss.
    Cost,
}

impl Proceeds {
    pub const NONE: Proceeds = Proceeds::Known(Ok(Decimal::ZERO));

    pub fn known(&self) -> Outcome<Decimal> {
        match self {
            Proceeds::Known(outcome) => outcome.clone(),
            Proceeds::Cost => Ok(Decimal::ZERO),
        }
    }
}

/// A fee at the cost of the units that paid it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeFrom {
    pub out: usize,
    pub share: FeeShare,
    /// It lowers the proceeds; else it stands apart, or raises a cost.
    pub lowers_proceeds: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeeShare {
    Whole,
    /// Half, rounded.
    Half,
    /// What the half leaves.
    OtherHalf,
}

/// Why units leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A gain is computed.
    Disposal,
    /// Cost and date go over to what comes in.
    Rollover,
    /// They leave without gain.
    Removal,
    /// They stay the owner's, out of sight: an unpaired withdrawal.
    Outside,
    /// They go to another account of the owner.
    Move { to: Symbol },
}

/// Units that come in.
#[derive(Debug, Clone)]
pub struct In {
    pub row: usize,
    pub asset: Symbol,
    pub account: Symbol,
    pub quantity: Decimal,
    pub cost: CostOf,
    /// A fee, at the cost of the units that paid it, on top.
    pub fee_from: Option<FeeFrom>,
    pub acquired: DateTime<Utc>,
    pub day: NaiveDate,
    pub class: WordId,
    pub kind: Kind,
}

/// Where the cost of a lot comes from.
#[derive(Debug, Clone)]
pub enum CostOf {
    Known(Outcome<Decimal>),
    /// From the units of an earlier [`Out`], with a fee on top.
    Carried(Carried),
    /// A part of what other units cost, which stay.
    Shared(Shared),
}

#[derive(Debug, Clone)]
pub struct Shared {
    /// Whose units: what is held of this asset.
    pub of: Symbol,
    /// The part of their cost, from 0 to 1.
    pub share: Outcome<Decimal>,
    pub extra: Outcome<Decimal>,
    pub keeps_date: bool,
    pub merges: bool,
}

#[derive(Debug, Clone)]
pub struct Carried {
    pub out: usize,
    pub extra: Outcome<Decimal>,
    /// Some parts may be taxed: what came in for them costs its share of this.
    pub parted: bool,
    pub value: Outcome<Decimal>,
    /// The day of acquisition goes over too.
    pub keeps_date: bool,
    /// One lot comes of all parts.
    pub merges: bool,
}

/// One movement, in the order of time; within a row what is sent, then what is received, then the fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    Out(usize),
    In(usize),
}

/// All movements of a ledger.
#[derive(Debug, Clone, Default)]
pub struct Movements {
    pub outs: Vec<Out>,
    pub ins: Vec<In>,
    pub order: Vec<Movement>,
}

impl Movements {
    pub fn push_out(&mut self, out: Out) -> usize {
        self.order.push(Movement::Out(self.outs.len()));
        self.outs.push(out);
        self.outs.len() - 1
    }

    pub fn push_in(&mut self, lot: In) {
        self.order.push(Movement::In(self.ins.len()));
        self.ins.push(lot);
    }
}

/// A lot: units acquired at one moment, with what stays of them.
#[derive(Debug, Clone)]
pub struct Lot {
    /// Index into [`Movements::ins`]: the row and asset it came in by.
    pub came_in: usize,
    /// Part of an [`Out`] whose cost it carries.
    pub from_part: Option<usize>,
    pub pool: usize,
    pub asset: Symbol,
    pub account: Symbol,
    pub quantity: Decimal,
    pub left: Decimal,
    pub acquired: DateTime<Utc>,
    pub day: NaiveDate,
    /// Where it queues: by its acquisition, or by the moment it arrived.
    pub queued: DateTime<Utc>,
    pub class: WordId,
    pub kind: Kind,
    /// What it came in with.
    pub came_with: Amounts,
    /// What is left of it; nothing where an average has it.
    pub rest: Amounts,
    /// The units that `rest` is the cost of.
    covered: Decimal,
    /// An average has taken its cost.
    pub averaged: bool,
    /// Its pool is kept by account.
    pub by_account: bool,
    /// It has come in; before that only steps that look ahead may take of it.
    pub held: bool,
    /// Which queues and averages of its pool admit it.
    admitted: u64,
    unit_cost: Option<pool::UnitCost>,
}

/// Units of one [`Out`] taken from one lot; no lot where more leaves than is held.
#[derive(Debug, Clone)]
pub struct Part {
    pub out: usize,
    pub lot: Option<usize>,
    pub quantity: Decimal,
    pub method: Method,
    /// Version of matching and step in it.
    pub step: Option<(usize, usize)>,
    pub amounts: Amounts,
    /// Its cost is that of an average.
    pub averaged: bool,
    /// Disposed of; else its cost goes over to what came in.
    pub taxed: bool,
}

/// A loss that was denied, and where it went.
#[derive(Debug, Clone)]
pub struct Denied {
    pub out: usize,
    pub rule: usize,
    pub units: Decimal,
    pub amount: Outcome<Decimal>,
    /// The losing parts that it falls to.
    pub losing: Decimal,
    /// Parts of the sale whose loss the rule does not reach.
    pub spared: Vec<usize>,
    /// Lots and what each was given.
    pub into: Vec<(usize, Decimal)>,
}

/// The average of a pool: what it has in it.
#[derive(Debug, Clone)]
pub struct Averaged {
    pub asset: Symbol,
    pub account: Symbol,
    pub quantity: Decimal,
    pub amounts: Amounts,
}

/// A ledger, matched and costed.
#[derive(Debug, Clone, Default)]
pub struct Matched {
    pub lots: Vec<Lot>,
    pub parts: Vec<Part>,
    /// The parts of each [`Out`].
    pub parts_of: Vec<Range<usize>>,
    /// Disposals that the law itself makes on a day; their parts follow those of the ledger's outs.
    pub deemed: Vec<Out>,
    /// More leaves than is held: the out, and how much is missing.
    pub shortfalls: Vec<(usize, Decimal)>,
    /// A lot chosen that is not held: the out, the row chosen, how much of it was wanted and not there.
    pub not_held: Vec<(usize, String, Decimal)>,
    /// What averages hold at the end.
    pub averages: Vec<Averaged>,
    /// The cost of the whole portfolio, where the law keeps it so.
    pub portfolio: Option<Amounts>,
    pub portfolio_sales: Vec<PortfolioSale>,
    pub denied: Vec<Denied>,
    /// A digit beyond 28 was rounded away in some quantity.
    pub lost: bool,
}

impl Matched {
    /// An out of the ledger, or one that the law made.
    pub fn out<'a>(&'a self, movements: &'a Movements, index: usize) -> Option<&'a Out> {
        match index.checked_sub(movements.outs.len()) {
            None => movements.outs.get(index),
            Some(deemed) => self.deemed.get(deemed),
        }
    }

    /// What the units of an out cost together.
    pub fn cost_of(&self, out: usize) -> Outcome<Decimal> {
        let range = self.parts_of.get(out).cloned().unwrap_or(0..0);
        let mut sum: Outcome<Decimal> = Ok(Decimal::ZERO);
        for part in self.parts.get(range).unwrap_or(&[]) {
            sum = crate::assess::refusal::both(sum, part.amounts.cost.clone())
                .map(|(a, b)| crate::number::add(a, b).map_or(a, |r| r.value));
        }
        sum
    }

    /// A fee at cost.
    pub fn fee(&self, from: FeeFrom) -> Outcome<Decimal> {
        let whole = self.cost_of(from.out)?;
        let half = crate::number::share(whole, Decimal::ONE, Decimal::TWO).unwrap_or(whole);
        Ok(match from.share {
            FeeShare::Whole => whole,
            FeeShare::Half => half,
            FeeShare::OtherHalf => crate::number::sub(whole, half).map_or(half, |r| r.value),
        })
    }
}

/// Why a cost is not there: so many more units of an out left than were held.
pub type Missing<'a> = dyn Fn(usize, Decimal) -> Refused + 'a;
