//! Steps for rows and what they came to: matches, disposals, income, expenses.

use crate::assess::parts::Match;
use crate::assess::refusal::Outcome;
use crate::assess::world::{Ctx, Item};
use crate::formula::code::{Code, Op, PartField, Ref, RowField};
use crate::formula::names::Item as ItemKind;
use crate::formula::types::Value;
use crate::number::{Decimal, plain};
use crate::rules::book::{BasisName, Method, Worth};
use crate::value::Which;

use super::Step;
use super::build::Explainer;

impl Explainer<'_> {
    /// `ROW`, or `ROW#n` for a match.
    pub fn item_id(&self, item: Item) -> String {
        let env = self.run.env;
        let row = self.run.world.row_of(item).and_then(|r| env.ledger.rows.get(r)).map(|r| r.id.to_string()).unwrap_or_default();
        match item {
            Item::Match(i) => format!("{row}#{}", self.run.world.parts.matches.get(i).map_or(0, |m| m.number)),
            Item::Record(i) => format!("entry {}", i + 1),
            _ => row,
        }
    }

    /// The items of one kind that a row came to; `number` picks one match.
    pub fn items_of_row(&self, kind: ItemKind, row: usize, number: Option<usize>) -> Vec<Item> {
        let parts = self.run.world.parts;
        match kind {
            ItemKind::Match => {
                let matches =
                    parts.matches.iter().enumerate().filter(|(_, m)| m.row == row && number.is_none_or(|n| n == m.number));
                matches.map(|(i, _)| Item::Match(i)).collect()
            }
            ItemKind::Disposal => {
                parts.disposals.iter().enumerate().filter(|(_, d)| d.row == row).map(|(i, _)| Item::Disposal(i)).collect()
            }
            ItemKind::Income => {
                parts.income.iter().enumerate().filter(|(_, d)| d.row == row).map(|(i, _)| Item::Income(i)).collect()
            }
            ItemKind::Expense => {
                parts.expenses.iter().enumerate().filter(|(_, d)| d.row == row).map(|(i, _)| Item::Expense(i)).collect()
            }
            ItemKind::Acquisition => {
                parts.acquisitions.iter().enumerate().filter(|(_, d)| d.row == row).map(|(i, _)| Item::Acquisition(i)).collect()
            }
            ItemKind::Row => vec![Item::Row(row)],
            _ => Vec::new(),
        }
    }

    /// One item of an aggregate, with the working of what it adds.
    pub fn item(&self, of: Option<&Code>, ctx: Ctx, value: &Outcome<Decimal>) -> Step {
        let env = self.run.env;
        if ctx.item == Item::None {
            // A month or quarter: its figure, where the formula reads just one.
            if let Some(Op::Ref(name @ (Ref::Quantity(_) | Ref::Tax(_)))) = of.map(|c| &c.op) {
                return self.figure(*name, ctx.period);
            }
            return self.plain_item(env.calendar.label(ctx.period), value);
        }
        if let Some(Op::Ref(Ref::Field(field))) = of.map(|c| &c.op) {
            return self.field(*field, ctx.item);
        }
        let mut step = self.plain_item(self.item_id(ctx.item), value);
        step.parts.extend(self.row_step(ctx.item));
        if let Some(code) = of {
            for name in code.refs() {
                if let Ref::Field(_) | Ref::Parameter(_) | Ref::Option(_) = name {
                    step.parts.extend(self.name(name, ctx));
                }
            }
        }
        step
    }

    fn plain_item(&self, name: String, value: &Outcome<Decimal>) -> Step {
        let mut step = Step { name, unit: self.run.env.book.currency.clone(), ..Step::default() };
        self.close(&mut step, &value.clone().map(Value::Number));
        step
    }

    /// The row an item stands on: file, line, what it is for the law and why.
    pub fn row_step(&self, item: Item) -> Option<Step> {
        let env = self.run.env;
        let index = self.run.world.row_of(item)?;
        self.ledger_row(index).map(|mut step| {
            if let Some(treatment) =
                self.run.classified.treatments.get(index).copied().flatten().and_then(|t| env.book.treatments.get(t))
            {
                let when = treatment.when.as_ref().map(|w| format!(", since `{}`", w.text)).unwrap_or_default();
                step.notes.push(format!("treated as {}{when}", treatment.effect.word()));
                step.notes.extend(treatment.note.clone());
                if let (Item::Income(_), Worth::Formula(cost)) = (item, &treatment.cost) {
                    step.notes.push(format!("cost of the lot: `{}`", cost.text));
                }
                step.cite = env.book.citations(&treatment.cite);
            }
            step
        })
    }

    /// A row as the user wrote it.
    pub(super) fn ledger_row(&self, index: usize) -> Option<Step> {
        let env = self.run.env;
        let row = env.ledger.rows.get(index)?;
        let leg = |leg: Option<crate::ledger::Leg>| {
            leg.map(|l| format!("{} {}", l.amount.map_or("?".to_owned(), plain), env.ledger.name(l.asset)))
        };
        let mut text = vec![format!("{} {}", env.day(index), row.kind)];
        text.extend(leg(row.sent).map(|l| format!("sent {l}")));
        text.extend(leg(row.received).map(|l| format!("received {l}")));
        text.extend(leg(row.fee).map(|l| format!("fee {l}")));
        let place = env.ledger.place(row).map(|p| format!("{}:{}", p.file, p.line));
        Some(Step { name: format!("row {}", row.id), value: Some(text.join(", ")), place, ..Step::default() })
    }

    /// A field that stands in a match, income or expense: where it comes from.
    pub fn standing_part(&self, name: Ref, ctx: Ctx) -> Option<Step> {
        let label = match name {
            Ref::Part(field) => PartField::WORDS.iter().find(|(_, f)| *f == field).map(|(w, _)| *w),
            Ref::Row(field) => RowField::WORDS.iter().find(|(_, f)| *f == field).map(|(w, _)| *w),
            Ref::Basis(basis) => self.run.env.book.bases.get(basis).map(|b| b.name.as_str()),
            _ => None,
        }?;
        let value = self.run.world.name(name, ctx);
        let number = matches!(value, Ok(Value::Number(_)) | Err(_));
        let unit = if number && !matches!(name, Ref::Part(PartField::Quantity | PartField::HeldDays)) {
            self.run.env.book.currency.clone()
        } else {
            String::new()
        };
        let mut step = Step { name: format!("{label}@{}", self.item_id(ctx.item)), unit, ..Step::default() };
        self.close(&mut step, &value);
        let wanted =
            matches!(name, Ref::Part(PartField::Proceeds | PartField::Amount | PartField::Cost | PartField::Fees) | Ref::Row(_));
        if let Some((row, which)) = self.worth_of(name, ctx.item) {
            step.notes.extend(self.run.env.valuer.story(row, which));
        }
        if let (Ref::Part(PartField::Cost), Item::Match(index)) = (name, ctx.item) {
            self.cost_of(index, &mut step);
        } else if let (Ref::Part(PartField::DeniedLoss), Item::Match(index)) = (name, ctx.item) {
            self.denial_of(index, &mut step);
        } else if let (Ref::Basis(_), Item::Match(index)) = (name, ctx.item) {
            self.cost_of(index, &mut step);
        } else if wanted && number {
            step.parts.extend(self.row_step(ctx.item));
        }
        Some(step)
    }

    /// Which value of which row a field stands for, where it is one.
    fn worth_of(&self, name: Ref, item: Item) -> Option<(usize, Which)> {
        let row = self.run.world.row_of(item)?;
        let parts = self.run.world.parts;
        let of_fee = || match item {
            Item::Match(index) => {
                parts.matches.get(index).and_then(|m| parts.disposals.get(m.disposal)).is_some_and(|d| d.fee_leg)
            }
            Item::Disposal(index) => parts.disposals.get(index).is_some_and(|d| d.fee_leg),
            _ => false,
        };
        let which = match name {
            Ref::Row(RowField::Value) => Which::Whole,
            Ref::Row(RowField::ReceivedValue) => Which::Received,
            Ref::Row(RowField::SentValue) => Which::Sent,
            Ref::Row(RowField::FeeValue) | Ref::Part(PartField::Fees) => Which::Fee,
            Ref::Part(PartField::Proceeds) if of_fee() => Which::Fee,
            Ref::Part(PartField::Proceeds) => Which::Sent,
            Ref::Part(PartField::Amount) if matches!(item, Item::Income(_)) => Which::Received,
            Ref::Part(PartField::Amount) => Which::Sent,
            _ => return None,
        };
        Some((row, which))
    }

    /// The lot a match took its cost from.
    fn cost_of(&self, index: usize, step: &mut Step) {
        let env = self.run.env;
        let Some(part) = self.run.world.parts.matches.get(index) else { return };
        let asset = self.run.world.parts.disposals.get(part.disposal).map_or("", |d| env.ledger.name(d.asset));
        let units = format!("{} {asset}", plain(part.quantity));
        let how = match part.acquired {
            Some(_) if part.method == Method::PortfolioShare => {
                format!("{units}: the share of the portfolio's cost that the price has of what everything is worth")
            }
            Some(_) if part.method == Method::TotalAverage => format!("{units} at the average cost of the year"),
            Some(day) if part.averaged => format!("{units} at the average cost of the pool (units of {day} first)"),
            Some(day) => format!("{units} of the lot acquired on {day}, by {}", part.method.word()),
            None => format!("{units} of no lot that is known"),
        };
        step.notes.push(how);
        step.notes.extend(self.portfolio_share_of(part));
        let rule = part.step.and_then(|(version, step)| env.book.matching.get(version)?.steps.get(step));
        step.cite = rule.map(|s| env.book.citations(&s.cite)).unwrap_or_default();
        step.parts.extend(part.acquired_row.and_then(|row| self.ledger_row(row)).map(|mut bought| {
            let row = part.acquired_row.unwrap_or_default();
            let given = if env.ledger.rows.get(row).is_some_and(|r| r.sent.is_some()) { Which::Sent } else { Which::Received };
            bought.notes.extend(env.valuer.story(row, given));
            bought
        }));
    }

    /// The numbers of a share of the portfolio's cost.
    fn portfolio_share_of(&self, part: &Match) -> Option<String> {
        let is_fee = self.run.world.parts.disposals.get(part.disposal)?.fee_leg;
        let sale = self.run.matched.portfolio_sales.iter().find(|s| (s.row, s.is_fee) == (part.row, is_fee))?;
        let (cost, proceeds, worth) = (plain(sale.cost), plain(sale.proceeds), plain(sale.worth));
        Some(if sale.proceeds >= sale.worth {
            format!("all of the portfolio's cost, {cost}: the price {proceeds} is no less than the worth of everything, {worth}")
        } else {
            format!("{cost} x {proceeds} / {worth}: the portfolio's cost, the price, and the worth of everything just before")
        })
    }

    /// What became of a loss that does not count.
    fn denial_of(&self, index: usize, step: &mut Step) {
        let env = self.run.env;
        let Some(part) = self.run.world.parts.matches.get(index).filter(|m| matches!(&m.denied, Ok(d) if !d.is_zero())) else {
            return;
        };
        let movements = &self.run.classified.movements;
        let of_row = |out: usize| movements.outs.get(out).is_some_and(|o| o.row == part.row);
        for denied in self.run.matched.denied.iter().filter(|d| of_row(d.out)) {
            let Some(rule) = env.book.deny_loss.get(denied.rule) else { continue };
            step.notes.push(format!("the loss on {} units does not count: `{}`", plain(denied.units), rule.units.text));
            for (lot, amount) in &denied.into {
                let Some(lot) = self.run.matched.lots.get(*lot) else { continue };
                let to = match &rule.into {
                    None => "it stands for units of".to_owned(),
                    Some(BasisName::Cost) => format!("{} goes into the cost of", plain(*amount)),
                    Some(BasisName::Basis(name)) => format!("{} goes into `{name}` of", plain(*amount)),
                };
                step.notes.push(format!("{to} the lot acquired on {}", lot.day));
                step.parts.extend(movements.ins.get(lot.came_in).and_then(|i| self.ledger_row(i.row)));
            }
            step.cite = env.book.citations(&rule.cite);
        }
    }

    /// `proceeds@ROW`, `cost@ROW`, `amount@ROW`: fields that stand there already.
    pub fn standing(&self, name: &str, key: &str, row: usize, number: Option<usize>) -> Option<Step> {
        let env = self.run.env;
        let (_, field) = PartField::WORDS.iter().find(|(word, _)| *word == name)?;
        let kinds = [ItemKind::Match, ItemKind::Income, ItemKind::Expense];
        let kind = kinds
            .into_iter()
            .find(|k| env.book.names.part_field(name, *k).is_some() && !self.items_of_row(*k, row, number).is_empty())?;
        let items = self.items_of_row(kind, row, number);
        let mut sum = Ok(Decimal::ZERO);
        let mut steps = Vec::new();
        for item in items {
            let ctx = Ctx { period: env.year, item };
            let value = self.run.world.name(Ref::Part(*field), ctx);
            sum = crate::assess::refusal::both(sum, value)
                .and_then(|(a, b)| if let Value::Number(b) = b { self.run.world.plus(a, b) } else { Ok(a) });
            steps.extend(self.standing_part(Ref::Part(*field), ctx));
        }
        self.summed(&format!("{name}@{key}"), steps, sum.map(Value::Number))
    }
}
