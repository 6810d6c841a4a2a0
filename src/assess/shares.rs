//! Allocations: an amount over heads, as far as each has room.

use std::rc::Rc;

use crate::calendar::Period;
use crate::formula::Formula;
use crate::formula::code::Ref;
use crate::number::Decimal;
use crate::rules::book::{Head, Heads, SharePart};

use super::refusal::{Outcome, Refused, both};
use super::world::{Ctx, Item, World};

/// An amount shared out.
#[derive(Debug, Clone)]
pub struct Shares {
    pub amount: Decimal,
    /// The heads in the order written.
    pub heads: Vec<Share>,
    /// What no head had room for.
    pub left: Decimal,
}

#[derive(Debug, Clone)]
pub struct Share {
    /// The name of the head, or the period.
    pub name: String,
    pub period: Period,
    pub room: Decimal,
    pub worth: Option<Decimal>,
    pub taken: Decimal,
    /// Its turn, from 1.
    pub turn: usize,
}

impl World<'_> {
    /// A part of an allocation in the period of the quantity that reads it.
    pub(super) fn share(&self, allocation: usize, part: SharePart, period: Period) -> Outcome<Decimal> {
        let shares = self.shares(allocation, period)?;
        Ok(match part {
            SharePart::Head(head) => shares.heads.get(head).map_or(Decimal::ZERO, |h| h.taken),
            SharePart::Period => shares.heads.iter().find(|h| h.period == period).map_or(Decimal::ZERO, |h| h.taken),
            SharePart::Left => shares.left,
            SharePart::Used => shares.heads.iter().try_fold(Decimal::ZERO, |sum, h| self.plus(sum, h.taken))?,
        })
    }

    /// An allocation as it was shared out in a period, or in the year of the period where its heads are periods.
    pub fn shares(&self, allocation: usize, period: Period) -> Outcome<Rc<Shares>> {
        let Some(entry) = self.env.book.allocations.get(allocation) else {
            return Ok(Rc::new(Shares { amount: Decimal::ZERO, heads: Vec::new(), left: Decimal::ZERO }));
        };
        let calendar = self.env.calendar;
        let whole = match &entry.heads {
            Heads::Named(_) => period,
            Heads::Periods(_) => calendar.year(calendar.year_of(period.begin)).unwrap_or(period),
        };
        let key = (allocation, whole.begin);
        if let Some(known) = self.shared_out.borrow().get(&key) {
            return known.clone();
        }
        let found = self.share_out(allocation, whole).map(Rc::new);
        self.shared_out.borrow_mut().insert(key, found.clone());
        found
    }

    fn share_out(&self, allocation: usize, whole: Period) -> Outcome<Shares> {
        let nothing = Shares { amount: Decimal::ZERO, heads: Vec::new(), left: Decimal::ZERO };
        let Some(entry) = self.env.book.allocations.get(allocation) else { return Ok(nothing) };
        let amount = self.at_least_zero(&entry.amount, whole);
        let mut heads: Vec<Share> = Vec::new();
        let mut refused: Option<Refused> = None;
        let mut add = |head: &Head, name: String, period: Period| {
            let room = self.at_least_zero(&head.room, period);
            let worth = match &head.worth {
                Some(worth) => self.number(&worth.code, Ctx { period, item: Item::None }).map(Some),
                None => Ok(None),
            };
            match both(room, worth) {
                Ok((room, worth)) => heads.push(Share { name, period, room, worth, taken: Decimal::ZERO, turn: 0 }),
                Err(reason) => refused = Some(refused.take().map_or(reason.clone(), |r| r.and(reason))),
            }
        };
        match &entry.heads {
            Heads::Named(named) => named.iter().for_each(|h| add(h, h.name.clone(), whole)),
            Heads::Periods(head) => {
                for period in self.periods(Ref::Quantity(entry.quantity), whole)? {
                    add(head, self.env.calendar.label(period), period);
                }
            }
        }
        let amount = match refused {
            Some(refused) => return Err(amount.err().map_or(refused.clone(), |a| a.and(refused))),
            None => amount?,
        };
        let mut order: Vec<usize> = (0..heads.len()).collect();
        if entry.by_worth {
            // Stable: where two are worth the same, the one listed first comes first.
            order.sort_by(|a, b| {
                let worth = |i: &usize| heads.get(*i).and_then(|h| h.worth);
                worth(b).cmp(&worth(a))
            });
        }
        let mut left = amount;
        for (turn, index) in order.into_iter().enumerate() {
            let Some(head) = heads.get_mut(index) else { continue };
            head.taken = head.room.min(left);
            head.turn = turn + 1;
            left = self.plus(left, -head.taken)?;
        }
        Ok(Shares { amount, heads, left })
    }

    pub(super) fn at_least_zero(&self, formula: &Formula, period: Period) -> Outcome<Decimal> {
        Ok(self.number(&formula.code, Ctx { period, item: Item::None })?.max(Decimal::ZERO))
    }
}
