//! A row and the law: what it is, and which movements, income and expenses follow.

mod deposits;
mod effects;
mod fees;

use crate::assess::env::Env;
use crate::assess::parts::{Acquisition, Expense, Income, Parts};
use crate::assess::refusal::{Outcome, Refused};
use crate::assess::world::{Ctx, Item, World};
use crate::calendar::Period;
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::names::Per;
use crate::formula::types::WordId;
use crate::ledger::{Kind, Leg, Symbol, Transaction};
use crate::lots::{CostOf, FeeFrom, In, Movements, Out, Proceeds, Why};
use crate::number::Decimal;
use crate::pairing::Pairs;
use crate::rules::book::{Effect, Treatment};
use crate::value::Which;

/// What the rows are for the law.
#[derive(Debug, Clone, Default)]
pub struct Classified {
    pub movements: Movements,
    pub income: Vec<Income>,
    pub expenses: Vec<Expense>,
    pub acquisitions: Vec<Acquisition>,
    /// The treatment that took each row, where one did.
    pub treatments: Vec<Option<usize>>,
    /// Rows of which cannot be told what they are, in order.
    pub unclear: Vec<usize>,
}

/// Classifies all rows of a run.
pub fn classify(env: &Env<'_>, pairs: &Pairs) -> Classified {
    let nothing = Parts::default();
    let mut classifier = Classifier { env, world: World::new(env, &nothing), found: Classified::default(), pairs };
    classifier.found.treatments = vec![None; env.days.len()];
    for (index, row) in env.ledger.rows.iter().enumerate().take(env.days.len()) {
        classifier.row(index, row);
    }
    classifier.found
}

struct Classifier<'a> {
    env: &'a Env<'a>,
    world: World<'a>,
    found: Classified,
    pairs: &'a Pairs,
}

impl<'a> Classifier<'a> {
    fn ctx(&self, row: usize) -> Ctx {
        let day = self.env.day(row);
        Ctx { period: Period { per: Per::Row, begin: day, end: day }, item: Item::Row(row) }
    }

    fn row(&mut self, index: usize, row: &Transaction) {
        match row.kind {
            Kind::Ignore => {}
            Kind::Opening => self.opening(index, row),
            Kind::TaxPaid => self.fee_of_move(index, row),
            Kind::Transfer | Kind::Deposit | Kind::Withdrawal => self.moved(index, row),
            _ => self.treated(index, row),
        }
    }

    fn treated(&mut self, index: usize, row: &Transaction) {
        let treatment = match self.treatment(index, row) {
            Ok(found) => found,
            Err(refused) => return self.unclear(index, row, &refused),
        };
        let Some((number, treatment)) = treatment else { return };
        if let Some(slot) = self.found.treatments.get_mut(index) {
            *slot = Some(number);
        }
        let class = self.env.class(number, row.kind);
        if !treatment.also.is_empty() {
            return self.several(index, row, treatment, class);
        }
        match treatment.effect {
            Effect::Ignore => {}
            Effect::Refuse => self.refused_row(index, row, treatment),
            Effect::Move => self.fee_of_move(index, row),
            Effect::Acquisition => self.acquisition(index, row, treatment, class),
            Effect::Exchange if treatment.for_claim => {
                let whole = self.with_claim(row);
                self.disposal(index, &whole, number, treatment, class);
            }
            Effect::Disposal | Effect::Exchange => self.disposal(index, row, number, treatment, class),
            Effect::Rollover => self.rollover(index, row, treatment, class),
            Effect::Income => self.income(index, row, treatment, class),
            Effect::Expense => self.expense(index, row, class),
            Effect::Removal => self.removal(index, row, class),
        }
    }

    fn treatment(&self, index: usize, row: &Transaction) -> Outcome<Option<(usize, &'a Treatment)>> {
        let book = self.env.book;
        for (number, treatment) in book.treatments.iter().enumerate() {
            let listed = match &treatment.kinds {
                Some(kinds) => kinds.contains(&row.kind),
                None => !book.treatments.iter().any(|t| t.kinds.as_ref().is_some_and(|k| k.contains(&row.kind))),
            };
            if !listed || !treatment.in_force.holds(self.env.day(index)) {
                continue;
            }
            let holds = match &treatment.when {
                Some(when) => self.world.yes(&when.code, self.ctx(index))?,
                None => true,
            };
            if holds {
                return Ok(Some((number, treatment)));
            }
        }
        Ok(None)
    }

    /// What the row is cannot be told: its coins move at unknown cost, and the figures that need it are refused.
    fn unclear(&mut self, index: usize, row: &Transaction, refused: &Refused) {
        self.found.unclear.push(index);
        self.out(index, row, row.sent, Leaves::without_gain(Why::Removal, WordId::OTHER));
        self.lot(index, row, CostOf::Known(Err(refused.clone())), WordId::OTHER);
        self.found.income.push(Income {
            row: index,
            asset: Symbol::NONE,
            quantity: None,
            amount: Err(refused.clone()),
            class: WordId::OTHER,
        });
    }

    fn refused_row(&mut self, index: usize, row: &Transaction, treatment: &Treatment) {
        let reason = treatment.note.clone().unwrap_or_else(|| "its treatment is not settled".to_owned());
        let refused = self.env.log.refuse_always(format!("refused:{}", row.id), || {
            let message = format!("the law's file does not say how a row of the kind `{}` is taxed: {reason}", row.kind);
            Diagnostic::new(Code::A0208, message)
                .at_opt(self.env.ledger.place(row))
                .rows([row.id.to_string()])
                .help("write it as the kind of row it amounts to, or `ignore` it knowingly")
        });
        self.unclear(index, row, &refused);
    }

    fn expense(&mut self, index: usize, row: &Transaction, class: WordId) {
        let fee = self.fee_rule(index, row, Effect::Expense);
        self.spent(index, row, class);
        self.out(index, row, row.sent, Leaves::without_gain(Why::Removal, class));
        self.fee_coin_late(index, row, fee.as_ref(), None, class);
    }

    fn spent(&mut self, index: usize, row: &Transaction, class: WordId) {
        let which = if row.sent.is_none() && row.value.is_none() && row.fee.is_some() { Which::Fee } else { Which::Sent };
        self.found.expenses.push(Expense { row: index, amount: self.env.valuer.value(index, which), class });
    }

    fn removal(&mut self, index: usize, row: &Transaction, class: WordId) {
        let fee = self.fee_rule(index, row, Effect::Removal);
        self.out(index, row, row.sent, Leaves::without_gain(Why::Removal, class));
        self.lot(index, row, CostOf::Known(Ok(Decimal::ZERO)), class);
        self.fee_coin_late(index, row, fee.as_ref(), None, class);
    }

    fn opening(&mut self, index: usize, row: &Transaction) {
        let cost = self.env.valuer.value(index, Which::Received);
        let word = self.env.kind(Kind::Opening);
        self.lot(index, row, CostOf::Known(cost), word);
    }

    // ---- movements ----

    fn out(&mut self, index: usize, row: &Transaction, leg: Option<Leg>, leaves: Leaves) -> Option<usize> {
        let leg = leg.filter(|l| !self.env.ledger.is_currency(l.asset))?;
        let quantity = leg.amount.filter(|a| !a.is_zero())?;
        Some(self.found.movements.push_out(Out {
            row: index,
            asset: leg.asset,
            account: row.account,
            quantity,
            why: leaves.why,
            is_fee: leaves.is_fee,
            proceeds: leaves.proceeds,
            fees: leaves.fees,
            fee_from: leaves.fee_from,
            class: leaves.class,
            parted_by: leaves.parted_by,
        }))
    }

    fn new_lot(&self, index: usize, row: &Transaction, cost: CostOf, class: WordId) -> Option<In> {
        let leg = row.received.filter(|l| !self.env.ledger.is_currency(l.asset))?;
        let quantity = leg.amount.filter(|a| !a.is_zero())?;
        let account = row.account;
        Some(In {
            row: index,
            asset: leg.asset,
            account,
            quantity,
            cost,
            fee_from: None,
            acquired: row.timestamp,
            day: self.env.day(index),
            class,
            kind: row.kind,
        })
    }

    fn lot(&mut self, index: usize, row: &Transaction, cost: CostOf, class: WordId) {
        if let Some(lot) = self.new_lot(index, row, cost, class) {
            self.push_lot(lot);
        }
    }

    fn push_lot(&mut self, lot: In) {
        if let CostOf::Known(cost) = &lot.cost {
            let found = Acquisition {
                row: lot.row,
                asset: lot.asset,
                quantity: lot.quantity,
                cost: cost.clone(),
                acquired: lot.day,
                class: lot.class,
            };
            self.found.acquisitions.push(found);
        }
        self.found.movements.push_in(lot);
    }
}

/// Units that leave: why, and for what.
#[derive(Debug, Clone)]
struct Leaves {
    why: Why,
    is_fee: bool,
    proceeds: Proceeds,
    fees: Outcome<Decimal>,
    fee_from: Option<FeeFrom>,
    class: WordId,
    parted_by: Option<usize>,
}

impl Leaves {
    fn without_gain(why: Why, class: WordId) -> Leaves {
        Leaves { why, is_fee: false, proceeds: Proceeds::NONE, fees: Ok(Decimal::ZERO), fee_from: None, class, parted_by: None }
    }
}
