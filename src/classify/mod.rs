//! A row and the law: what it is, and which movements, income and expenses follow.

mod fees;

use crate::assess::env::Env;
use crate::assess::parts::{Acquisition, Expense, Income, Parts};
use crate::assess::refusal::{Outcome, Refused, both};
use crate::assess::world::{Ctx, Item, World};
use crate::calendar::Period;
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::names::Per;
use crate::formula::types::{Value, WordId};
use crate::ledger::{Kind, Leg, Symbol, Transaction};
use crate::lots::{CostOf, In, Movements, Out, Why};
use crate::number::{self, Decimal};
use crate::pairing::Pairs;
use crate::rules::book::{Effect, Goes, Treatment, Worth};
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
        match treatment.effect {
            Effect::Ignore => {}
            Effect::Refuse => self.refused_row(index, row, treatment),
            Effect::Move => self.fee_of_move(index, row),
            Effect::Acquisition => self.acquisition(index, row, treatment, class),
            Effect::Disposal | Effect::Exchange => self.disposal(index, row, treatment, class),
            Effect::Rollover => self.rollover(index, row, class),
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
        self.out(index, row, row.sent, Why::Removal, Ok(Decimal::ZERO), Ok(Decimal::ZERO), WordId::OTHER);
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

    // ---- effects ----

    fn acquisition(&mut self, index: usize, row: &Transaction, treatment: &Treatment, class: WordId) {
        self.out(index, row, row.sent, Why::Removal, Ok(Decimal::ZERO), Ok(Decimal::ZERO), class);
        let fee = self.fee_rule(index, row, Effect::Acquisition);
        let given = if row.sent.is_some() { Which::Sent } else { Which::Received };
        let cost = self.plus_fee(row, self.worth(&treatment.cost, index, given), fee.as_ref(), Goes::Received);
        self.lot(index, row, CostOf::Known(cost), class);
        self.fee_coin(index, row, fee.as_ref(), class);
    }

    fn disposal(&mut self, index: usize, row: &Transaction, treatment: &Treatment, class: WordId) {
        let effect = treatment.effect;
        let fee = self.fee_rule(index, row, effect);
        let proceeds = self.worth(&treatment.proceeds, index, Which::Sent);
        let proceeds = match fee.as_ref().filter(|f| f.rule.goes == Goes::Sent) {
            Some(fee) => both(proceeds, fee.value.clone())
                .and_then(|(p, f)| self.env.valuer.guard(row, number::sub(p, f).map(|r| r.value))),
            None => proceeds,
        };
        let apart = fee.as_ref().filter(|f| f.rule.goes == Goes::Apart).map_or(Ok(Decimal::ZERO), |f| f.value.clone());
        self.out(index, row, row.sent, Why::Disposal { fee: false }, proceeds, apart, class);
        let cost = self.plus_fee(row, self.env.valuer.value(index, Which::Received), fee.as_ref(), Goes::Received);
        self.lot(index, row, CostOf::Known(cost), class);
        self.fee_coin(index, row, fee.as_ref(), class);
    }

    fn rollover(&mut self, index: usize, row: &Transaction, class: WordId) {
        let fee = self.fee_rule(index, row, Effect::Rollover);
        let out = self.out(index, row, row.sent, Why::Rollover, Ok(Decimal::ZERO), Ok(Decimal::ZERO), class);
        let extra = self.plus_fee(row, Ok(Decimal::ZERO), fee.as_ref(), Goes::Received);
        let cost = match out {
            Some(out) => CostOf::Carried { out, extra },
            // Money was given, or nothing: the cost is what was given.
            None => {
                let given = if row.sent.is_some() { self.env.valuer.value(index, Which::Sent) } else { Ok(Decimal::ZERO) };
                CostOf::Known(self.plus_fee(row, given, fee.as_ref(), Goes::Received))
            }
        };
        self.lot(index, row, cost, class);
        self.fee_coin(index, row, fee.as_ref(), class);
    }

    fn income(&mut self, index: usize, row: &Transaction, treatment: &Treatment, class: WordId) {
        let fee = self.fee_rule(index, row, Effect::Income);
        let amount = self.worth(&treatment.proceeds, index, Which::Received);
        let asset = row.received.map_or(Symbol::NONE, |l| l.asset);
        self.found.income.push(Income { row: index, asset, quantity: row.received.and_then(|l| l.amount), amount, class });
        let cost = self.plus_fee(row, self.worth(&treatment.cost, index, Which::Received), fee.as_ref(), Goes::Received);
        self.lot(index, row, CostOf::Known(cost), class);
        self.out(index, row, row.sent, Why::Removal, Ok(Decimal::ZERO), Ok(Decimal::ZERO), class);
        self.fee_coin(index, row, fee.as_ref(), class);
    }

    fn expense(&mut self, index: usize, row: &Transaction, class: WordId) {
        let fee = self.fee_rule(index, row, Effect::Expense);
        let which = if row.sent.is_none() && row.value.is_none() && row.fee.is_some() { Which::Fee } else { Which::Sent };
        self.found.expenses.push(Expense { row: index, amount: self.env.valuer.value(index, which), class });
        self.out(index, row, row.sent, Why::Removal, Ok(Decimal::ZERO), Ok(Decimal::ZERO), class);
        self.fee_coin(index, row, fee.as_ref(), class);
    }

    fn removal(&mut self, index: usize, row: &Transaction, class: WordId) {
        let fee = self.fee_rule(index, row, Effect::Removal);
        self.out(index, row, row.sent, Why::Removal, Ok(Decimal::ZERO), Ok(Decimal::ZERO), class);
        self.lot(index, row, CostOf::Known(Ok(Decimal::ZERO)), class);
        self.fee_coin(index, row, fee.as_ref(), class);
    }

    fn opening(&mut self, index: usize, row: &Transaction) {
        let cost = self.env.valuer.value(index, Which::Received);
        let word = self.env.kind(Kind::Opening);
        self.lot(index, row, CostOf::Known(cost), word);
    }

    /// Transfers, deposits and withdrawals: the coins stay the owner's.
    fn moved(&mut self, index: usize, row: &Transaction) {
        let other = self.pairs.partner(index);
        match (row.kind, row.sent, row.received) {
            (Kind::Transfer, Some(sent), Some(received)) if sent.asset == received.asset => {
                let to = if row.counterparty == Symbol::NONE { row.account } else { row.counterparty };
                self.out(index, row, Some(sent), Why::Move { to }, Ok(Decimal::ZERO), Ok(Decimal::ZERO), WordId::OTHER);
            }
            (_, Some(sent), None) => match other {
                Some(partner) => {
                    let to = self.env.ledger.rows.get(partner).map_or(Symbol::NONE, |r| r.account);
                    self.out(index, row, Some(sent), Why::Move { to }, Ok(Decimal::ZERO), Ok(Decimal::ZERO), WordId::OTHER);
                }
                None if row.kind == Kind::Withdrawal && !self.env.ledger.is_currency(sent.asset) => {
                    self.unpaired_withdrawal(index, row)
                }
                None => {}
            },
            (Kind::Deposit, None, Some(received)) if other.is_none() && !self.env.ledger.is_currency(received.asset) => {
                self.unpaired_deposit(index, row)
            }
            _ => {}
        }
        self.fee_of_move(index, row);
    }

    fn unpaired_withdrawal(&mut self, index: usize, row: &Transaction) {
        self.out(index, row, row.sent, Why::Outside, Ok(Decimal::ZERO), Ok(Decimal::ZERO), WordId::OTHER);
        let asset = row.sent.map_or("", |l| self.env.ledger.name(l.asset));
        let message = format!("the withdrawal `{}` of {asset} has no deposit that matches it; its lots are kept outside", row.id);
        let help = "add the ledger of the account it went to; if it was a payment or a gift, write `spend` or `gift_given`";
        self.env
            .log
            .warn(Diagnostic::new(Code::A0301, message).at_opt(self.env.ledger.place(row)).rows([row.id.to_string()]).help(help));
    }

    /// The cost is what the row states in `x_cost`; else it is not known.
    fn unpaired_deposit(&mut self, index: usize, row: &Transaction) {
        let asset = row.received.map_or("", |l| self.env.ledger.name(l.asset));
        let symbols = &self.env.ledger.symbols;
        let column = |name: &str| symbols.find(name).and_then(|s| row.column(s));
        let day = self.env.day(index);
        let currency = if row.value_currency == Symbol::NONE { None } else { Some(row.value_currency) };
        let stated = match self.env.facts.cost.get(&*row.id) {
            Some(Value::Number(cost)) => Some(Ok(*cost)),
            _ => column("cost").map(number::parse_unsigned),
        };
        let cost = match stated {
            Some(Ok(cost)) => match currency {
                Some(currency) => self.env.valuer.convert(row, cost, currency, day),
                None => Ok(cost),
            },
            stated => {
                let message =
                    format!("the deposit `{}` of {asset} has no withdrawal that matches it; what it cost is not known", row.id);
                let help =
                    "add the ledger of the account it came from, an `opening` row, or the columns `x_cost` and `x_acquired`";
                self.env.log.warn(
                    Diagnostic::new(Code::A0302, message)
                        .at_opt(self.env.ledger.place(row))
                        .rows([row.id.to_string()])
                        .help(help),
                );
                Err(self.env.log.refuse(format!("cost:{}", row.id), || {
                    let read = stated.and_then(Result::err).map(|e| format!(": in `x_cost`, {e}")).unwrap_or_default();
                    let message = format!("the cost of the {asset} deposited by the row `{}` is not known{read}", row.id);
                    Diagnostic::new(Code::A0204, message).at_opt(self.env.ledger.place(row)).rows([row.id.to_string()]).help(help)
                }))
            }
        };
        let acquired = match self.env.facts.acquired.get(&*row.id) {
            Some(Value::Date(day)) => Some(*day),
            _ => column("acquired").and_then(|t| t.parse::<chrono::NaiveDate>().ok()),
        };
        let mut lot = self.new_lot(index, row, CostOf::Known(cost), WordId::OTHER);
        if let (Some(lot), Some(day)) = (&mut lot, acquired) {
            lot.day = day;
            lot.acquired = day.and_time(chrono::NaiveTime::MIN).and_utc();
        }
        if let Some(lot) = lot {
            self.push_lot(lot);
        }
    }

    // ---- movements ----

    #[allow(clippy::too_many_arguments)]
    fn out(
        &mut self,
        index: usize,
        row: &Transaction,
        leg: Option<Leg>,
        why: Why,
        proceeds: Outcome<Decimal>,
        fees: Outcome<Decimal>,
        class: WordId,
    ) -> Option<usize> {
        let leg = leg.filter(|l| !self.env.ledger.is_currency(l.asset))?;
        let quantity = leg.amount.filter(|a| !a.is_zero())?;
        Some(self.found.movements.push_out(Out {
            row: index,
            asset: leg.asset,
            account: row.account,
            quantity,
            why,
            proceeds,
            fees,
            class,
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

    fn worth(&self, worth: &Worth, index: usize, which: Which) -> Outcome<Decimal> {
        match worth {
            Worth::Value => self.env.valuer.value(index, which),
            Worth::Zero => Ok(Decimal::ZERO),
            Worth::Formula(formula) => self.world.number(&formula.code, self.ctx(index)),
        }
    }
}
