//! What each effect of a treatment does to the legs of a row.

use crate::assess::parts::Income;
use crate::assess::refusal::{Outcome, both};
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::Formula;
use crate::formula::types::WordId;
use crate::ledger::{Leg, Symbol, Transaction};
use crate::lots::{Carried, CostOf, FeeFrom, Proceeds, Shared, Why};
use crate::number::{self, Decimal};
use crate::rules::book::{Effect, Further, Treatment, Worth};
use crate::value::Which;

use super::fees::Sides;
use super::{Classifier, Leaves};

impl<'a> Classifier<'a> {
    pub(super) fn acquisition(&mut self, index: usize, row: &Transaction, treatment: &Treatment, class: WordId) {
        self.out(index, row, row.sent, Leaves::without_gain(Why::Removal, class));
        let fee = self.fee_rule(index, row, Effect::Acquisition);
        let early = self.fee_coin_early(index, row, fee.as_ref(), class);
        let sides = self.sides(row, fee.as_ref(), early, false, true);
        let given = if row.sent.is_some() { Which::Sent } else { Which::Received };
        self.bought(index, row, &treatment.cost, given, treatment.keeps_date, &sides, class);
        self.fee_coin_late(index, row, fee.as_ref(), early, class);
    }

    pub(super) fn disposal(&mut self, index: usize, row: &Transaction, number: usize, treatment: &Treatment, class: WordId) {
        let fee = self.fee_rule(index, row, treatment.effect);
        let out = self.sold(index, row, &treatment.proceeds, class);
        let early = self.fee_coin_early(index, row, fee.as_ref(), class);
        let buys = row.received.is_some_and(|l| !self.env.ledger.is_currency(l.asset));
        let sides = self.sides(row, fee.as_ref(), early, true, buys);
        self.charge_sale(row, out, &sides);
        let parted = treatment.taxed.is_some();
        if parted && let Some(out) = out.and_then(|o| self.found.movements.outs.get_mut(o)) {
            out.parted_by = Some(number);
        }
        match out.filter(|_| parted || matches!(treatment.cost, Worth::Carried)) {
            Some(out) => {
                let value = self.worth(&treatment.cost, index, Which::Received);
                let carried = Carried {
                    out,
                    extra: sides.raises.clone(),
                    parted,
                    value: self.sum(row, value, &sides.raises),
                    keeps_date: treatment.keeps_date.unwrap_or(parted),
                    merges: false,
                };
                self.lot_with_fee(index, row, CostOf::Carried(carried), sides.from_in, class);
            }
            None => self.bought(index, row, &treatment.cost, Which::Received, treatment.keeps_date, &sides, class),
        }
        self.fee_coin_late(index, row, fee.as_ref(), early, class);
    }

    /// The row with the leg that it leaves out: what is lent brings a claim, what comes back is given for one.
    pub(super) fn with_claim(&self, row: &Transaction) -> Transaction {
        let claim = |leg: Option<Leg>| {
            let leg = leg?;
            Some(Leg { asset: self.env.ledger.symbols.claim(leg.asset)?, amount: leg.amount })
        };
        let mut whole = row.clone();
        match (row.sent, row.received) {
            (sent, None) => whole.received = claim(sent),
            (None, received) => whole.sent = claim(received),
            _ => {}
        }
        whole
    }

    pub(super) fn rollover(&mut self, index: usize, row: &Transaction, treatment: &Treatment, class: WordId) {
        if let Some(share) = &treatment.share {
            let share = self.share(index, row, share);
            return self.shared(index, row, treatment, share, class);
        }
        let fee = self.fee_rule(index, row, Effect::Rollover);
        let out = self.out(index, row, row.sent, Leaves::without_gain(Why::Rollover, class));
        let early = self.fee_coin_early(index, row, fee.as_ref(), class);
        let sides = self.sides(row, fee.as_ref(), early, false, true);
        let cost = match out {
            Some(out) => CostOf::Carried(Carried {
                out,
                extra: sides.raises.clone(),
                parted: false,
                value: Ok(Decimal::ZERO),
                keeps_date: treatment.keeps_date.unwrap_or(true),
                merges: treatment.merges_lots,
            }),
            // Money was given, or nothing: the cost is what was given.
            None => {
                let given = if row.sent.is_some() { self.env.valuer.value(index, Which::Sent) } else { Ok(Decimal::ZERO) };
                CostOf::Known(self.sum(row, given, &sides.raises))
            }
        };
        self.lot_with_fee(index, row, cost, sides.from_in, class);
        self.fee_coin_late(index, row, fee.as_ref(), early, class);
    }

    /// What came in takes a part of the cost of the asset that the sent leg names; its units stay.
    fn shared(&mut self, index: usize, row: &Transaction, treatment: &Treatment, share: Outcome<Decimal>, class: WordId) {
        let fee = self.fee_rule(index, row, Effect::Rollover);
        let early = self.fee_coin_early(index, row, fee.as_ref(), class);
        let sides = self.sides(row, fee.as_ref(), early, false, true);
        let cost = match row.sent.filter(|l| !self.env.ledger.is_currency(l.asset)) {
            Some(leg) => CostOf::Shared(Shared {
                of: leg.asset,
                share,
                extra: sides.raises.clone(),
                keeps_date: treatment.keeps_date.unwrap_or(true),
                merges: treatment.merges_lots,
            }),
            None => CostOf::Known(Err(self.env.log.refuse(format!("shared:{}", row.id), || {
                let message = format!("whose cost the row `{}` takes a part of is not told", row.id);
                Diagnostic::new(Code::A0204, message)
                    .at_opt(self.env.ledger.place(row))
                    .rows([row.id.to_string()])
                    .help("name the old coin as what was sent, in the amount 0")
            }))),
        };
        self.lot_with_fee(index, row, cost, sides.from_in, class);
        self.fee_coin_late(index, row, fee.as_ref(), early, class);
    }

    /// The part of the cost that goes over: from nothing to all of it.
    fn share(&self, index: usize, row: &Transaction, formula: &Formula) -> Outcome<Decimal> {
        let share = self.world.number(&formula.code, self.ctx(index))?;
        if share >= Decimal::ZERO && share <= Decimal::ONE {
            return Ok(share);
        }
        Err(self.env.log.refuse(format!("share:{}", row.id), || {
            let message = format!("the part of the cost that goes over by the row `{}` is {share}, not from 0 to 1", row.id);
            Diagnostic::new(Code::A0204, message).at_opt(self.env.ledger.place(row)).rows([row.id.to_string()])
        }))
    }

    pub(super) fn income(&mut self, index: usize, row: &Transaction, treatment: &Treatment, class: WordId) {
        let fee = self.fee_rule(index, row, Effect::Income);
        self.earned(index, row, &treatment.proceeds, class);
        let early = self.fee_coin_early(index, row, fee.as_ref(), class);
        let sides = self.sides(row, fee.as_ref(), early, false, true);
        self.bought(index, row, &treatment.cost, Which::Received, treatment.keeps_date, &sides, class);
        self.out(index, row, row.sent, Leaves::without_gain(Why::Removal, class));
        self.fee_coin_late(index, row, fee.as_ref(), early, class);
    }

    /// Two or more effects, each on its own leg; units leave and come in once.
    pub(super) fn several(&mut self, index: usize, row: &Transaction, treatment: &Treatment, class: WordId) {
        let first = Further {
            effect: treatment.effect,
            class: treatment.class.clone(),
            proceeds: treatment.proceeds.clone(),
            cost: treatment.cost.clone(),
            keeps_date: treatment.keeps_date,
        };
        let fee = self.fee_rule(index, row, treatment.effect);
        let all: Vec<&Further> = [&first].into_iter().chain(&treatment.also).collect();
        let first_of = |of: &[Effect]| all.iter().copied().find(|e| of.contains(&e.effect));
        let sells = first_of(&[Effect::Disposal]).is_some();
        let leaving = first_of(&[Effect::Disposal]).or_else(|| first_of(&[Effect::Removal, Effect::Expense]));
        let out = leaving.and_then(|effect| {
            let class = self.class_of(effect, class);
            match effect.effect {
                Effect::Disposal => self.sold(index, row, &effect.proceeds, class),
                _ => self.out(index, row, row.sent, Leaves::without_gain(Why::Removal, class)),
            }
        });
        let early = self.fee_coin_early(index, row, fee.as_ref(), class);
        let sides = self.sides(row, fee.as_ref(), early, sells, true);
        self.charge_sale(row, out.filter(|_| sells), &sides);
        let mut came = false;
        for effect in all {
            let class = self.class_of(effect, class);
            match effect.effect {
                Effect::Income | Effect::Acquisition => {
                    if effect.effect == Effect::Income {
                        self.earned(index, row, &effect.proceeds, class);
                    }
                    if !came {
                        self.bought(index, row, &effect.cost, Which::Received, effect.keeps_date, &sides, class);
                        came = true;
                    }
                }
                Effect::Expense => self.spent(index, row, class),
                _ => {}
            }
        }
        self.fee_coin_late(index, row, fee.as_ref(), early, class);
    }

    fn class_of(&self, effect: &Further, own: WordId) -> WordId {
        effect.class.as_ref().map_or(own, |c| self.env.book.names.find_word(c).unwrap_or(WordId::OTHER))
    }

    // ---- legs ----

    /// The sent leg, sold.
    fn sold(&mut self, index: usize, row: &Transaction, proceeds: &Worth, class: WordId) -> Option<usize> {
        let proceeds = match proceeds {
            Worth::Cost => Proceeds::Cost,
            other => Proceeds::Known(self.worth(other, index, Which::Sent)),
        };
        let leaves = Leaves { why: Why::Disposal, proceeds, ..Leaves::without_gain(Why::Disposal, class) };
        self.out(index, row, row.sent, leaves)
    }

    /// The fee of a sale lowers its proceeds or stands apart.
    fn charge_sale(&mut self, row: &Transaction, out: Option<usize>, sides: &Sides) {
        let Some(out) = out else { return };
        let known = match self.found.movements.outs.get(out).map(|o| &o.proceeds) {
            Some(Proceeds::Known(proceeds)) => Some(
                both(proceeds.clone(), sides.lowers.clone())
                    .and_then(|(p, f)| self.env.valuer.guard(row, number::sub(p, f).map(|r| r.value))),
            ),
            _ => None,
        };
        if let Some(out) = self.found.movements.outs.get_mut(out) {
            if let Some(proceeds) = known {
                out.proceeds = Proceeds::Known(proceeds);
            }
            out.fees = sides.apart.clone();
            out.fee_from = sides.from_out;
        }
    }

    /// The received leg, at its cost with the fee on top.
    #[allow(clippy::too_many_arguments)]
    fn bought(
        &mut self,
        index: usize,
        row: &Transaction,
        cost: &Worth,
        given: Which,
        keeps_date: Option<bool>,
        sides: &Sides,
        class: WordId,
    ) {
        let cost = match cost {
            Worth::Carried => self.stated_or_refused(index, row),
            other => self.worth(other, index, given),
        };
        let mut cost = self.sum(row, cost, &sides.raises);
        let Some(mut lot) = self.new_lot(index, row, CostOf::Known(Ok(Decimal::ZERO)), class) else { return };
        if keeps_date == Some(true) {
            match self.stated_day(row) {
                Some(day) => {
                    lot.day = day;
                    lot.acquired = day.and_time(chrono::NaiveTime::MIN).and_utc();
                }
                None => cost = cost.and(Err(self.no_day(row))),
            }
        }
        lot.cost = CostOf::Known(cost);
        lot.fee_from = sides.from_in;
        self.push_lot(lot);
    }

    fn lot_with_fee(&mut self, index: usize, row: &Transaction, cost: CostOf, fee_from: Option<FeeFrom>, class: WordId) {
        if let Some(mut lot) = self.new_lot(index, row, cost, class) {
            lot.fee_from = fee_from;
            self.push_lot(lot);
        }
    }

    fn earned(&mut self, index: usize, row: &Transaction, proceeds: &Worth, class: WordId) {
        let amount = self.worth(proceeds, index, Which::Received);
        let asset = row.received.map_or(Symbol::NONE, |l| l.asset);
        let quantity = row.received.and_then(|l| l.amount);
        self.found.income.push(Income { row: index, asset, quantity, amount, class });
    }

    fn no_day(&self, row: &Transaction) -> crate::assess::refusal::Refused {
        self.env.log.refuse(format!("acquired:{}", row.id), || {
            let message =
                format!("the law counts from the day on which the giver acquired, and the row `{}` does not state it", row.id);
            Diagnostic::new(Code::A0204, message)
                .at_opt(self.env.ledger.place(row))
                .rows([row.id.to_string()])
                .help("state it in the column `x_acquired`, or in the facts: `acquired: { ROW: 2020-05-01 }`")
        })
    }

    fn stated_or_refused(&self, index: usize, row: &Transaction) -> Outcome<Decimal> {
        self.stated_cost(index, row).unwrap_or_else(|read| {
            let read = read.map(|e| format!(": in `x_cost`, {e}")).unwrap_or_default();
            Err(self.env.log.refuse(format!("cost:{}", row.id), || {
                let message = format!("what the giver paid is not known for the row `{}`{read}", row.id);
                Diagnostic::new(Code::A0204, message)
                    .at_opt(self.env.ledger.place(row))
                    .rows([row.id.to_string()])
                    .help("state it in the column `x_cost`, or in the facts: `cost: { ROW: 1000 }`")
            }))
        })
    }

    pub(super) fn sum(&self, row: &Transaction, a: Outcome<Decimal>, b: &Outcome<Decimal>) -> Outcome<Decimal> {
        if matches!(b, Ok(value) if value.is_zero()) {
            return a;
        }
        both(a, b.clone()).and_then(|(a, b)| self.env.valuer.guard(row, number::add(a, b).map(|r| r.value)))
    }

    pub(super) fn worth(&self, worth: &Worth, index: usize, which: Which) -> Outcome<Decimal> {
        match worth {
            Worth::Value | Worth::Carried | Worth::Cost => self.env.valuer.value(index, which),
            Worth::Zero => Ok(Decimal::ZERO),
            Worth::Formula(formula) => self.world.number(&formula.code, self.ctx(index)),
        }
    }
}
