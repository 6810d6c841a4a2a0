//! A part of what held units cost goes over to what comes in, and the units stay: a chain that forks.

use crate::diagnostic::{Code, Diagnostic};
use crate::number::{self, Decimal};

use super::ahead::new_lot;
use super::walk::Course;
use super::{Amounts, In, Lot, Shared};

impl Course<'_, '_> {
    /// Each lot that is held gives its part to a lot of what came in; the last of these takes the units that remain.
    pub fn share_cost(&mut self, index: usize, came: &In, shared: &Shared) {
        self.own_costs();
        let on = self.asker.env.day(came.row);
        let log = self.log;
        let giving = self.giving(came, shared);
        let units = giving.iter().fold(Decimal::ZERO, |sum, (_, left)| number::add(sum, *left).map_or(sum, |r| r.value));
        let extra = super::amounts::plus(shared.extra.clone(), self.fee_on_top(index), log);
        let (mut left, mut rest) = (came.quantity, extra.clone());
        let mut merged: Option<Lot> = None;
        for (place, (from, held)) in giving.iter().enumerate() {
            let last = place + 1 == giving.len();
            let quantity =
                if last { left } else { number::share_of_units(came.quantity, *held, units).unwrap_or(left).min(left) };
            left = self.minus(left, quantity);
            let on_top = match last {
                true => rest.clone(),
                false => extra.clone().map(|e| number::share(e, quantity, came.quantity).unwrap_or(Decimal::ZERO)),
            };
            rest = super::amounts::plus(rest, on_top.clone().map(|f| -f), log);
            let mut lot = new_lot(index, came, self.scheme.bases);
            (lot.quantity, lot.left, lot.covered) = (quantity, quantity, quantity);
            if let Some(source) = self.found.lots.get(*from).filter(|_| shared.keeps_date) {
                (lot.acquired, lot.day, lot.queued) = (source.acquired, source.day, source.acquired);
                (lot.class, lot.kind) = (source.class, source.kind);
            }
            lot.rest = self.given_up(*from, shared).plus_all(&on_top, log);
            lot.came_with = lot.rest.clone();
            if !shared.merges {
                self.admit(lot, came.row, on);
                continue;
            }
            merged = Some(match merged {
                None => lot,
                Some(sum) => self.joined(sum, &lot),
            });
        }
        if giving.is_empty() {
            merged = Some(self.without_source(index, came, shared));
        }
        if let Some(lot) = merged {
            self.admit(lot, came.row, on);
        }
    }

    /// The lots whose cost is shared, with what is left of them.
    fn giving(&self, came: &In, shared: &Shared) -> Vec<(usize, Decimal)> {
        let fits = |lot: &Lot| {
            lot.held && lot.asset == shared.of && !lot.left.is_zero() && (!lot.by_account || lot.account == came.account)
        };
        self.found.lots.iter().enumerate().filter(|(_, l)| fits(l)).map(|(i, l)| (i, l.left)).collect()
    }

    /// Takes its part of the cost from a lot.
    fn given_up(&mut self, lot: usize, shared: &Shared) -> Amounts {
        let (log, bases) = (self.log, self.scheme.bases);
        self.dequeue(lot);
        let Some(entry) = self.found.lots.get_mut(lot) else { return Amounts::zero(bases) };
        let given = match &shared.share {
            Ok(share) => entry.rest.take(*share, Decimal::ONE, log),
            Err(refused) => {
                entry.rest = Amounts::refused(refused, bases);
                entry.rest.clone()
            }
        };
        self.requeue(lot);
        given
    }

    /// Nothing is held that could give a part: what came in costs nobody knows what.
    fn without_source(&self, index: usize, came: &In, shared: &Shared) -> Lot {
        let ledger = self.asker.env.ledger;
        let (row, of) = (ledger.rows.get(came.row), ledger.name(shared.of).to_owned());
        let id = row.map(|r| r.id.to_string()).unwrap_or_default();
        let refused = self.log.refuse(format!("shared:{id}"), || {
            let message = format!("the row `{id}` takes a part of the cost of `{of}`, but no `{of}` is held then");
            Diagnostic::new(Code::A0204, message)
                .at_opt(row.and_then(|r| ledger.place(r)))
                .rows([id.clone()])
                .help(format!("enter what brought the `{of}` in, or an `opening` of it"))
        });
        let mut lot = new_lot(index, came, self.scheme.bases);
        lot.rest = Amounts::refused(&refused, self.scheme.bases);
        lot.came_with = lot.rest.clone();
        lot
    }
}
