//! From a figure's name to its working. Every value comes from the same evaluator that made the assessment.

use chrono::NaiveDate;

use crate::assess::assessment::Under;
use crate::assess::refusal::Outcome;
use crate::assess::run::Run;
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::diagnostic::{Code as Kind, Diagnostic, nearest};
use crate::engine::value_text;
use crate::formula::code::{PartField, Ref};
use crate::formula::names::{Item as ItemKind, Per};
use crate::formula::types::{Type, Value};
use crate::rules::RuleBook;
use crate::rules::book::PerRule;

use super::Step;

/// The taxes under each option of a reading or choice, by its index, where that was asked for.
pub type Others<'a> = dyn Fn(usize) -> Vec<Under> + 'a;

/// Builds steps for one run.
pub struct Explainer<'a> {
    pub run: &'a Run<'a>,
    pub others: &'a Others<'a>,
}

/// The working of a figure by its name. Unknown figures are an error with a suggestion.
pub fn explain(run: &Run<'_>, figure: &str, others: &Others<'_>) -> Result<Step, Diagnostic> {
    let explainer = Explainer { run, others };
    let (name, key) = figure.split_once('@').map_or((figure, None), |(n, k)| (n, Some(k)));
    let book = run.env.book;
    if let Some((tax, part)) = name.split_once('.')
        && let Some(index) = book.taxes.iter().position(|t| t.name == tax)
    {
        return explainer.part_of_tax(index, part, key);
    }
    if let Some(index) = book.taxes.iter().position(|t| t.name == name) {
        return explainer.periods(Ref::Tax(index), name, key);
    }
    if let Some(index) = book.quantities.iter().position(|q| q.name == name) {
        return explainer.periods(Ref::Quantity(index), name, key);
    }
    if name == "total_tax" {
        return Ok(explainer.total());
    }
    explainer.of_row(name, key).ok_or_else(|| unknown(run, figure, name))
}

/// The working of a quantity of a day; `act` is the act not in force under which it is computed.
pub fn of_day(run: &Run<'_>, quantity: usize, day: NaiveDate, act: Option<&str>) -> Step {
    let explainer = Explainer { run, others: &|_| Vec::new() };
    let mut step = explainer.figure(Ref::Quantity(quantity), Period::of_day(day));
    step.notes.extend(act.map(|act| format!("{}, which binds nobody", run.env.book.act_in_words(act))));
    step
}

fn unknown(run: &Run<'_>, figure: &str, name: &str) -> Diagnostic {
    let book = run.env.book;
    let stands = book.fields.iter().any(|f| f.name == name) || PartField::WORDS.iter().any(|(word, _)| *word == name);
    if stands {
        let key = figure.split_once('@').map_or("", |(_, key)| key);
        let message = if key.is_empty() {
            format!("`{name}` is a figure of a row")
        } else {
            format!("the row `{key}` has no `{name}`, or there is no such row in the years assessed")
        };
        let rows = run.env.ledger.rows.iter().map(|r| &*r.id).collect::<Vec<&str>>();
        let help = nearest(key, rows).filter(|row| *row != key).map_or_else(
            || format!("write `{name}@ROW` with the id of a sale, receipt or cost"),
            |row| format!("did you mean `{name}@{row}`?"),
        );
        return Diagnostic::new(Kind::A0213, message).help(help);
    }
    unknown_name(book, figure)
}

/// A name that is neither a figure nor a rule of the law.
pub fn unknown_name(book: &RuleBook, figure: &str) -> Diagnostic {
    let name = figure.split_once('@').map_or(figure, |(name, _)| name);
    let mut known: Vec<&str> = if book.taxes.is_empty() { Vec::new() } else { vec!["total_tax"] };
    known.extend(book.taxes.iter().map(|t| t.name.as_str()));
    known.extend(book.quantities.iter().map(|q| q.name.as_str()));
    known.extend(book.fields.iter().map(|f| f.name.as_str()));
    let figures = known.join(", ");
    known.extend(book.duties.iter().map(|d| d.name.as_str()));
    let rules =
        if book.duties.is_empty() { "" } else { "; the rules that `fisc comply` names are explained too, as `RULE@DATE`" };
    let help = nearest(name, known).map_or_else(
        || format!("figures are: {figures}; a month, day or row is named behind `@`{rules}"),
        |near| format!("did you mean `{near}`?"),
    );
    Diagnostic::new(Kind::A0213, format!("there is no figure `{figure}` in this assessment")).help(help)
}

impl Explainer<'_> {
    /// A figure of one period, or of all of them.
    fn periods(&self, figure: Ref, name: &str, key: Option<&str>) -> Result<Step, Diagnostic> {
        let env = self.run.env;
        let of_year = |year: Period| self.run.world.periods(figure, year);
        if self.run.world.per(figure, env.year) == Ok(Per::Row) {
            return self.of_row(name, key).ok_or_else(|| unknown(self.run, name, name));
        }
        if let Err(refused) = of_year(env.year) {
            let mut step = Step { name: name.to_owned(), ..Step::default() };
            self.close(&mut step, &Err(refused));
            return Ok(step);
        }
        let periods = self.chosen(name, &|year| of_year(year).unwrap_or_default(), key)?;
        if let [only] = periods.as_slice() {
            return Ok(self.figure(figure, *only));
        }
        Ok(self.sum_of_periods(figure, name, &periods))
    }

    /// The periods of the year, or the one of any year that a key names.
    pub fn chosen(
        &self,
        name: &str,
        of_year: &dyn Fn(Period) -> Vec<Period>,
        key: Option<&str>,
    ) -> Result<Vec<Period>, Diagnostic> {
        let env = self.run.env;
        let periods = of_year(env.year);
        let Some(key) = key else { return Ok(periods) };
        let years = (env.calendar.year_of(env.first_year.begin)..=env.calendar.year_of(env.year.begin))
            .filter_map(|y| env.calendar.year(y));
        let found = years.flat_map(of_year).find(|p| env.calendar.label(*p) == key);
        found.map(|period| vec![period]).ok_or_else(|| {
            let known = periods.iter().map(|p| env.calendar.label(*p)).collect::<Vec<_>>().join(", ");
            Diagnostic::new(Kind::A0213, format!("`{name}` has no period `{key}`")).help(format!("its periods are {known}"))
        })
    }

    fn sum_of_periods(&self, figure: Ref, name: &str, periods: &[Period]) -> Step {
        let mut sum: Outcome<crate::number::Decimal> = Ok(crate::number::Decimal::ZERO);
        let mut parts = Vec::new();
        for period in periods {
            let value = self.run.world.figure(figure, *period);
            if value == Ok(Value::ZERO) {
                continue;
            }
            sum = crate::assess::refusal::both(sum, value)
                .and_then(|(a, b)| if let Value::Number(b) = b { self.run.world.plus(a, b) } else { Ok(a) });
            parts.push(self.figure(figure, *period));
        }
        let notes = if parts.is_empty() { vec!["zero in every period".to_owned()] } else { Vec::new() };
        let unit = parts.first().map_or_else(|| self.run.env.book.currency.clone(), |p| p.unit.clone());
        Step {
            name: name.to_owned(),
            value: self.text(&sum.map(Value::Number)),
            unit,
            formula: Some("the sum of its periods".into()),
            notes,
            parts,
            ..Step::default()
        }
    }

    /// A tax or quantity of one period.
    pub fn figure(&self, figure: Ref, period: Period) -> Step {
        match figure {
            Ref::Tax(tax) => self.tax(tax, period),
            Ref::Quantity(quantity) => self.quantity(quantity, period),
            _ => Step::default(),
        }
    }

    /// A value of the period before, by its name: a chain of years is followed one figure at a time.
    pub fn carried(&self, quantity: usize, period: Period) -> Step {
        let name = Ref::Quantity(quantity);
        let label = self.run.world.figure_label(name, period);
        let entry = self.run.env.book.quantities.get(quantity);
        let mut step = Step {
            unit: entry.map(|q| unit(&q.unit)).unwrap_or_default(),
            notes: vec![format!("carried over; its working: `explain {label}`")],
            ..Step::default()
        };
        step.name = label;
        self.close(&mut step, &self.run.world.figure(name, period));
        step
    }

    fn quantity(&self, index: usize, period: Period) -> Step {
        let Some(entry) = self.run.env.book.quantities.get(index) else { return Step::default() };
        let value = self.run.world.figure(Ref::Quantity(index), period);
        let mut step = match entry.computed {
            Some(computed) => self.computed(computed, entry, period),
            None => self.ruled(&entry.rule, Ctx { period, item: Item::None }),
        };
        step.name = self.run.world.figure_label(Ref::Quantity(index), period);
        step.unit = unit(&entry.unit);
        step.notes.extend(entry.title.clone());
        step.notes.extend(self.cut(&entry.per, period));
        self.close(&mut step, &value);
        step.cite = self.run.env.book.citations(&entry.cite);
        step
    }

    /// By what periods a figure is taken, and why, where the law has cases.
    pub(super) fn cut(&self, per: &PerRule, period: Period) -> Option<String> {
        let taken = per.cases.iter().find(|c| {
            let year = self.run.env.calendar.year(self.run.env.calendar.year_of(period.begin)).unwrap_or(period);
            let ctx = Ctx { period: Period::day(year.begin), item: Item::None };
            c.when.as_ref().is_none_or(|w| self.run.world.yes(&w.code, ctx) == Ok(true))
        })?;
        let why = taken.when.as_ref().map(|w| format!(", since `{}`", w.text)).unwrap_or_default();
        (per.cases.len() > 1).then(|| format!("by {}{why}", taken.then.word()))
    }

    /// Writes the value, or the reasons why there is none.
    pub fn close(&self, step: &mut Step, value: &Outcome<Value>) {
        step.value = self.text(value);
        if let Err(refused) = value {
            step.notes.extend(self.run.env.log.messages(refused).into_iter().map(|m| format!("refused: {m}")));
        }
    }

    pub fn text(&self, value: &Outcome<Value>) -> Option<String> {
        value.as_ref().ok().map(|v| value_text(self.run.env.book, *v))
    }

    /// A field of the items of one row: `gain@ROW`.
    fn of_row(&self, name: &str, key: Option<&str>) -> Option<Step> {
        let env = self.run.env;
        let key = key?;
        let (id, number) = key
            .rsplit_once('#')
            .and_then(|(id, n)| Some((id, n.parse::<usize>().ok()?)))
            .map_or((key, None), |(id, n)| (id, Some(n)));
        let row =
            env.ledger.rows.iter().position(|r| &*r.id == id).or_else(|| env.ledger.rows.iter().position(|r| &*r.id == key))?;
        if let Some(index) = env.book.quantities.iter().position(|q| q.name == name && q.per.is(Per::Row)) {
            let entry = env.book.quantities.get(index)?;
            let ctx = Ctx { period: env.year, item: Item::Row(row) };
            let mut step = self.ruled(&entry.rule, ctx);
            (step.name, step.unit) = (format!("{name}@{id}"), unit(&entry.unit));
            self.close(&mut step, &self.run.world.rule(&entry.rule, ctx));
            return Some(step);
        }
        if let Some(field) = env.book.fields.iter().position(|f| f.name == name) {
            let kind = env.book.fields.get(field)?.item;
            let items = self.items_of_row(kind, row, number);
            return self.summed(
                &format!("{name}@{key}"),
                items.into_iter().map(|item| self.field(field, item)).collect(),
                self.fields_sum(field, kind, row, number),
            );
        }
        self.standing(name, key, row, number)
    }

    fn fields_sum(&self, field: usize, kind: ItemKind, row: usize, number: Option<usize>) -> Outcome<Value> {
        let items = self.items_of_row(kind, row, number);
        if let [only] = items.as_slice() {
            return self.run.world.field(field, *only);
        }
        let mut sum = Ok(crate::number::Decimal::ZERO);
        for item in items {
            sum = crate::assess::refusal::both(sum, self.run.world.field(field, item))
                .and_then(|(a, b)| if let Value::Number(b) = b { self.run.world.plus(a, b) } else { Ok(a) });
        }
        sum.map(Value::Number)
    }

    /// One step, or several under their sum.
    pub fn summed(&self, name: &str, mut steps: Vec<Step>, sum: Outcome<Value>) -> Option<Step> {
        match steps.len() {
            0 => None,
            1 => steps.pop().map(|mut step| {
                step.name = name.to_owned();
                step
            }),
            count => {
                let unit = steps.first().map(|s| s.unit.clone()).unwrap_or_default();
                let formula = Some(format!("the sum over the {count} lots matched"));
                Some(Step { name: name.to_owned(), value: self.text(&sum), unit, formula, parts: steps, ..Step::default() })
            }
        }
    }
}

/// A unit in words.
pub fn unit(ty: &Type) -> String {
    match ty {
        Type::Number(unit) => unit.to_string(),
        Type::Date => "date".into(),
        Type::YesNo => "yes or no".into(),
        Type::Word(_) => "word".into(),
        Type::Set(_) => "words".into(),
        Type::Bands(_) => "scale".into(),
        Type::Record => "record".into(),
    }
}
