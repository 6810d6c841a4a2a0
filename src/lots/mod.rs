//! From classified rows to matched lots: quantities first, then cost, in order of time.

pub mod cost;
pub mod plan;

use chrono::{DateTime, NaiveDate, Utc};

use crate::assess::refusal::Outcome;
use crate::formula::types::WordId;
use crate::ledger::{Kind, Symbol};
use crate::number::Decimal;
use crate::rules::book::Method;

/// Units that leave.
#[derive(Debug, Clone)]
pub struct Out {
    pub row: usize,
    pub asset: Symbol,
    pub account: Symbol,
    pub quantity: Decimal,
    pub why: Why,
    /// Before fees; zero where nothing is gained.
    pub proceeds: Outcome<Decimal>,
    pub fees: Outcome<Decimal>,
    pub class: WordId,
}

/// Why units leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A gain is computed; `fee` where the units paid a fee.
    Disposal { fee: bool },
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
    Carried {
        out: usize,
        extra: Outcome<Decimal>,
    },
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

/// How the law matches: the steps that hold in this run, and what a pool is kept by.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub methods: Vec<Method>,
    pub by_account: bool,
}

impl Matcher {
    pub fn is_average(&self) -> bool {
        self.methods.contains(&Method::Average)
    }

    /// The method that takes what no selection named.
    pub fn queue(&self) -> Method {
        self.methods.iter().copied().find(|m| *m != Method::Specific).unwrap_or(Method::Fifo)
    }

    pub fn takes_selection(&self) -> bool {
        self.methods.first() == Some(&Method::Specific)
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
    pub account: Symbol,
    pub quantity: Decimal,
    pub left: Decimal,
    pub acquired: DateTime<Utc>,
    pub day: NaiveDate,
    pub class: WordId,
    pub kind: Kind,
    /// True while the units are out of sight.
    pub outside: bool,
}

/// Units of one [`Out`] taken from one lot; no lot where more leaves than is held.
#[derive(Debug, Clone)]
pub struct Part {
    pub out: usize,
    pub lot: Option<usize>,
    pub quantity: Decimal,
    pub method: Method,
}
