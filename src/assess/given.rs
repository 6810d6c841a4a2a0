//! Values of the law by their dates, and facts by how they vary.

use chrono::{Datelike, NaiveDate};

use crate::calendar::Period;
use crate::diagnostic::{Code as Kind, Diagnostic};
use crate::facts::Given as Fact;
use crate::formula::code::Ref;
use crate::formula::names::Varies;
use crate::formula::types::{Type, Value, WordId};
use crate::ledger::Symbol;
use crate::number::Decimal;
use crate::rules::book::{About, At, DatedValue, FactShape, Given, Parameter, SelectedBy, TableRow};
use crate::rules::tables::key_refs;

use super::env::Shadow;
use super::refusal::{Outcome, Refused};
use super::world::{Ctx, Item, World};

impl World<'_> {
    pub(super) fn parameter(&self, parameter: usize, ctx: Ctx) -> Outcome<Value> {
        self.steady_where_read(parameter, ctx)?;
        self.parameter_at(parameter, self.selected_day(parameter, ctx), ctx)
    }

    /// Refuses a value selected by the period that changes inside it.
    pub(super) fn steady_where_read(&self, parameter: usize, ctx: Ctx) -> Outcome<()> {
        let selected_by = self.env.book.parameters.get(parameter).map(|p| p.selected_by);
        if selected_by == Some(SelectedBy::Period) && self.row_of(ctx.item).is_none() {
            self.steady(parameter, ctx.period)?;
        }
        Ok(())
    }

    /// The day that selects the value of a parameter where it is read.
    pub fn selected_day(&self, parameter: usize, ctx: Ctx) -> NaiveDate {
        let here = self.day_of(ctx.item).unwrap_or(ctx.period.begin);
        match self.env.book.parameters.get(parameter).map(|p| p.selected_by) {
            Some(SelectedBy::TaxYear) => self.env.calendar.year(self.env.calendar.year_of(here)).map_or(here, |y| y.begin),
            Some(SelectedBy::Acquired) => match ctx.item {
                Item::Match(i) => self.parts.matches.get(i).and_then(|m| m.acquired).unwrap_or(here),
                Item::Holding(i) => self.holding(i).map_or(here, |h| h.acquired),
                _ => here,
            },
            Some(SelectedBy::Period | SelectedBy::Row | SelectedBy::Disposed) | None => here,
        }
    }

    /// Refuses a value that changes inside the period of the formula that reads it.
    pub(super) fn steady(&self, parameter: usize, period: Period) -> Outcome<()> {
        let Some(entry) = self.env.book.parameters.get(parameter) else { return Ok(()) };
        let inside = |day: &NaiveDate| *day > period.begin && *day <= period.end;
        let shadows = || self.shadows(parameter, entry);
        let after = shadows().filter_map(|s| s.in_force.until?.succ_opt());
        let begins = entry.values.iter().chain(shadows()).filter_map(|v| v.in_force.from);
        let change = begins.chain(after).find(inside);
        // A value that only begins inside the period has nothing to change from.
        let begins = change.is_some_and(|c| entry.values.first().and_then(|v| v.in_force.from) == Some(c));
        match change {
            Some(change) if !begins => Err(self.env.log.refuse(format!("steady:{parameter}:{}", period.begin), || {
                let message =
                    format!("`{}` changes on {change}, inside the period {}", entry.name, self.env.calendar.label(period));
                Diagnostic::new(Kind::A0206, message).at(entry.at.place()).help("read it per row, or with `NAME at DATE`")
            })),
            _ => Ok(()),
        }
    }

    /// The number of the dated value in force on a day.
    pub fn value_in_force(&self, parameter: usize, day: NaiveDate) -> Option<usize> {
        let entry = self.env.book.parameters.get(parameter)?;
        let index = entry.values.iter().rposition(|v| v.in_force.from.is_none_or(|from| from <= day))?;
        entry.values.get(index).filter(|v| v.in_force.holds(day)).map(|_| index)
    }

    /// The values of acts not in force that count in this run.
    fn shadows<'e>(&self, parameter: usize, entry: &'e Parameter) -> impl Iterator<Item = &'e DatedValue> {
        let (shadow, book) = (self.env.shadow, self.env.book);
        let counts = move |index: usize, value: &DatedValue| match shadow {
            Some(Shadow::Value(of, number)) => of == whole(entry, parameter) && number == index,
            Some(Shadow::Act(act)) => value.cite.iter().any(|(key, _)| book.is_part_of(key, act)),
            None => false,
        };
        entry.shadows.iter().enumerate().filter(move |(i, v)| counts(*i, v)).map(|(_, v)| v)
    }

    /// The dated value that counts on a day: the shadow of this run, if it speaks of the day, else the one that binds.
    pub fn dated(&self, parameter: usize, day: NaiveDate) -> Outcome<Option<&DatedValue>> {
        let Some(entry) = self.env.book.parameters.get(parameter) else { return Ok(None) };
        if let Some(shadow) = self.shadows(parameter, entry).find(|s| s.in_force.holds(day)) {
            return Ok(Some(shadow));
        }
        Ok(self.binding(parameter, day)?.and_then(|i| entry.values.get(i)))
    }

    /// The number of the dated value that binds on a day: who was there before it began has until its `existing_by`.
    pub fn binding(&self, parameter: usize, day: NaiveDate) -> Outcome<Option<usize>> {
        let Some(entry) = self.env.book.parameters.get(parameter) else { return Ok(None) };
        let Some(mut index) = self.value_in_force(parameter, day) else { return Ok(None) };
        let since = entry.existing_since.as_ref().and_then(|k| k.target);
        while let (Some(value), Some(name)) = (entry.values.get(index), since) {
            let (Some(from), Some(by)) = (value.in_force.from, value.existing_by) else { break };
            let ctx = Ctx { period: Period::day(day), item: Item::None };
            if day >= by || !matches!(self.name(name, ctx)?, Value::Date(since) if since < from) {
                break;
            }
            match index.checked_sub(1) {
                Some(earlier) => index = earlier,
                None => return Ok(None),
            }
        }
        Ok(Some(index))
    }

    /// What a parameter's tables are looked up by, where it is read: in a period's formula a fact must not change.
    pub fn keys(&self, parameter: usize, ctx: Ctx) -> Outcome<Vec<Value>> {
        let mut keys = Vec::new();
        let mut refused: Option<Refused> = None;
        for name in self.env.book.parameters.get(parameter).iter().flat_map(|p| key_refs(p)) {
            match self.name(name, ctx) {
                Ok(value) => keys.push(value),
                Err(reason) => refused = Some(refused.map_or(reason.clone(), |r| r.and(reason))),
            }
        }
        refused.map_or(Ok(keys), Err)
    }

    /// The row of a table that counts, by its number.
    pub fn table_row(&self, parameter: usize, rows: &[TableRow], ctx: Ctx) -> Outcome<Option<usize>> {
        let keys = self.keys(parameter, ctx)?;
        Ok(rows.iter().position(|row| row.fits(&keys)))
    }

    /// The value of a parameter on a day; its tables are looked up where `ctx` stands.
    pub fn parameter_at(&self, parameter: usize, day: NaiveDate, ctx: Ctx) -> Outcome<Value> {
        let given = self.given_at(parameter, day, ctx)?;
        self.given_value(parameter, given, day)
    }

    /// What the law's file says of a parameter on a day; of a table, the row that counts.
    pub(super) fn given_at(&self, parameter: usize, day: NaiveDate, ctx: Ctx) -> Outcome<&Given> {
        let dated = self.dated(parameter, day)?;
        let mut given = dated.map(|d| (&d.value, &d.at));
        if let Some((Given::Table(rows), _)) = given {
            let row = self.table_row(parameter, rows, ctx)?;
            // The checker has seen to it that some row fits.
            given = row.and_then(|r| rows.get(r)).map(|r| (&r.value, &r.at));
        }
        let known_through = self.env.book.parameters.get(parameter).and_then(|p| p.known_through);
        match given {
            None | Some((Given::Unknown | Given::Table(_), _)) => Err(self.no_value(parameter, day, given.map(|(_, at)| at))),
            Some((value, _)) => {
                if known_through.is_some_and(|known| day > known) {
                    self.past_known(parameter, day)?;
                }
                Ok(value)
            }
        }
    }

    /// A literal, or a formula over other parameters as of the day.
    pub(super) fn given_value(&self, parameter: usize, given: &Given, day: NaiveDate) -> Outcome<Value> {
        match given {
            Given::Literal(value) => Ok(*value),
            Given::Formula(formula) => self.eval(&formula.code, Ctx { period: Period::day(day), item: Item::None }),
            Given::Unknown | Given::Table(_) | Given::Bands(_) | Given::Record(_) => Err(self.no_value(parameter, day, None)),
        }
    }

    pub(super) fn no_value(&self, parameter: usize, day: NaiveDate, at: Option<&At>) -> Refused {
        let place = at.map(At::place);
        let key = format!("unknown:{parameter}:{day}:{place:?}");
        self.env.log.refuse(key, || {
            let (name, title, own) = match self.env.book.parameters.get(parameter) {
                Some(p) => (p.name.as_str(), p.title.to_lowercase(), Some(p.at.place())),
                None => ("", String::new(), None),
            };
            Diagnostic::new(Kind::A0205, format!("the law's file has no value of `{name}` ({title}) for {day}"))
                .at_opt(place.or(own))
                .help("the sources read do not give it; add the value with its source to the rule file")
        })
    }

    pub(super) fn past_known(&self, parameter: usize, day: NaiveDate) -> Outcome<()> {
        let Some(entry) = self.env.book.parameters.get(parameter) else { return Ok(()) };
        if self.env.strict {
            let known = entry.known_through.map(|d| d.to_string()).unwrap_or_default();
            return Err(self.env.log.refuse(format!("known:{parameter}"), || {
                let message = format!("`{}` is known to hold through {known} only, and is needed for {day}", entry.name);
                Diagnostic::new(Kind::A0304, message)
                    .at(entry.at.place())
                    .help("leave `--strict` out to use it as an assumption, or confirm the value and move `known_through`")
            }));
        }
        let mut past = self.env.log.past_known.borrow_mut();
        let span = past.entry(whole(entry, parameter)).or_insert((day, day));
        *span = (span.0.min(day), span.1.max(day));
        Ok(())
    }

    // ---- facts ----

    pub(super) fn fact(&self, fact: usize, ctx: Ctx) -> Outcome<Value> {
        let Some(entry) = self.env.book.facts.get(fact) else { return Ok(Value::ZERO) };
        if self.env.is_emptied(fact) {
            return self.fact_default(fact);
        }
        if entry.about == About::Asset {
            let asset = self.asset_of(ctx.item)?;
            return self.fact_of_asset(fact, asset.map(|a| self.env.ledger.symbols.claimed(a)));
        }
        let row = self.row_of(ctx.item);
        let day = match self.day_of(ctx.item) {
            Some(day) if !ctx.period.is_day() => day,
            _ => ctx.period.begin,
        };
        let found = match self.env.given(fact) {
            Fact::Missing | Fact::Faulty(_) | Fact::List(_) => None,
            Fact::One(value) => Some(*value),
            Fact::ByYear(map) => map.get(&self.env.calendar.year_of(day)).copied(),
            Fact::ByMonth(map) => map.get(&(day.year(), day.month())).copied(),
            Fact::ByDate(map) => {
                if row.is_none() && entry.varies == Varies::ByDate {
                    self.fact_steady(fact, map, ctx.period)?;
                }
                map.range(..=day).next_back().map(|(_, v)| *v)
            }
            Fact::ByRow(map) => row.and_then(|r| self.env.ledger.rows.get(r)).and_then(|r| map.get(&*r.id)).copied(),
        };
        match found {
            Some(value) => Ok(value),
            None => self.fact_default(fact),
        }
    }

    /// What the facts say of an asset.
    pub(super) fn fact_of_asset(&self, fact: usize, asset: Option<Symbol>) -> Outcome<Value> {
        let Some(entry) = self.env.book.facts.get(fact) else { return Ok(Value::ZERO) };
        let name = asset.map_or("", |a| self.env.ledger.name(a));
        if let (Fact::ByRow(map), false) = (self.env.given(fact), self.env.is_emptied(fact))
            && let Some(value) = map.get(name)
        {
            return Ok(*value);
        }
        // Money, and a leg that is not there, are no asset of any kind.
        let no_asset = asset.is_none_or(|a| self.env.ledger.is_currency(a));
        match &entry.shape {
            _ if entry.default.is_some() || matches!(self.env.given(fact), Fact::Faulty(_)) => self.fact_default(fact),
            FactShape::OneOf(_) if no_asset => Ok(Value::Word(WordId::OTHER)),
            FactShape::Set(_) if no_asset => Ok(Value::Set(0)),
            FactShape::Unit(Type::YesNo) if no_asset => Ok(Value::YesNo(false)),
            _ => Err(self.env.log.refuse(format!("fact:{fact}:{name}"), || {
                let (fact, title) = (&entry.name, entry.title.to_lowercase());
                Diagnostic::new(Kind::A0207, format!("the fact `{fact}` ({title}) is not given for {name}"))
                    .help(format!("give it in the facts: `{fact}: {{ {name}: .. }}`"))
            })),
        }
    }

    /// The asset that an item is about; of a row, what it sends, or receives where it sends none. What a row came to that the law
    /// could not place has no asset: it is refused for the reason of the row.
    fn asset_of(&self, item: Item) -> Outcome<Option<Symbol>> {
        let parts = self.parts;
        let placed = |asset: Symbol, amount: &Outcome<Decimal>| match (asset == Symbol::NONE, amount) {
            (true, Err(refused)) => Err(refused.clone()),
            _ => Ok(Some(asset)),
        };
        let of_disposal = |i: usize| parts.disposals.get(i).map_or(Ok(None), |d| placed(d.asset, &d.proceeds));
        match item {
            Item::Match(i) => parts.matches.get(i).map_or(Ok(None), |m| of_disposal(m.disposal)),
            Item::Disposal(i) => of_disposal(i),
            Item::Income(i) => parts.income.get(i).map_or(Ok(None), |x| placed(x.asset, &x.amount)),
            Item::Acquisition(i) => parts.acquisitions.get(i).map_or(Ok(None), |x| placed(x.asset, &x.cost)),
            Item::Holding(i) => Ok(self.holding(i).map(|h| h.asset)),
            _ => {
                let row = self.row_of(item).and_then(|r| self.env.ledger.rows.get(r));
                let coin = |leg: Option<crate::ledger::Leg>| leg.map(|l| l.asset).filter(|a| !self.env.ledger.is_currency(*a));
                Ok(row.and_then(|r| coin(r.sent).or_else(|| coin(r.received)).or_else(|| coin(r.fee))))
            }
        }
    }

    /// A fact that changes inside a period has no one value there.
    pub(super) fn fact_steady(
        &self,
        fact: usize,
        map: &std::collections::BTreeMap<NaiveDate, Value>,
        period: Period,
    ) -> Outcome<()> {
        let at_begin = map.range(..=period.begin).next_back().map(|(_, v)| *v).or_else(|| self.env.default_of(fact));
        let mut inside = map.iter().filter(|(d, _)| **d > period.begin && **d <= period.end);
        let Some((change, _)) = inside.find(|(_, v)| Some(**v) != at_begin) else { return Ok(()) };
        let name = self.env.book.facts.get(fact).map_or("", |f| &f.name);
        Err(self.env.log.refuse(format!("fact-steady:{fact}:{}", period.begin), || {
            let message = format!("`{name}` changes on {change}, inside the period {}", self.env.calendar.label(period));
            Diagnostic::new(Kind::A0206, message)
                .help("let it change on the first day of a period, or read it in the law per row")
        }))
    }

    pub fn fact_default(&self, fact: usize) -> Outcome<Value> {
        if let (Fact::Faulty(problem), false) = (self.env.given(fact), self.env.is_emptied(fact)) {
            return Err(self.env.log.refuse(format!("faulty:{fact}"), || (**problem).clone()));
        }
        match self.env.default_of(fact) {
            Some(value) => {
                if !self.env.is_emptied(fact) {
                    self.env.log.defaults.borrow_mut().insert(fact);
                }
                Ok(value)
            }
            None => {
                let entry = self.env.book.facts.get(fact);
                let (name, title) = entry.map_or(("", ""), |f| (&f.name, &f.title));
                let words = entry.map(|f| answers(&f.shape)).unwrap_or_default();
                Err(self.env.log.refuse(format!("fact:{fact}"), || {
                    Diagnostic::new(Kind::A0207, format!("the fact `{name}` ({}) is not given", title.to_lowercase()))
                        .help(format!("give it with `--set {name}=VALUE`{words} or in the facts file"))
                }))
            }
        }
    }

    /// A fact or parameter as of a day. Facts that a table is looked up by are read as of that day too.
    pub fn at(&self, name: Ref, day: NaiveDate, ctx: Ctx) -> Outcome<Value> {
        match name {
            Ref::Parameter(parameter) => self.parameter_at(parameter, day, Ctx { period: Period::day(day), ..ctx }),
            Ref::Fact(fact) => match self.env.given(fact) {
                Fact::ByDate(map) => map.range(..=day).next_back().map_or_else(|| self.fact_default(fact), |(_, v)| Ok(*v)),
                Fact::One(value) => Ok(*value),
                _ => self.fact_default(fact),
            },
            _ => Ok(Value::ZERO),
        }
    }
}

/// What a fact may be, where that is a few words.
fn answers(shape: &FactShape) -> String {
    const WORDS_MAX: usize = 6;
    match shape {
        FactShape::OneOf(words) if words.len() <= WORDS_MAX => format!(" ({})", words.join(", ")),
        FactShape::Set(words) if words.len() <= WORDS_MAX => format!(" (of [{}])", words.join(", ")),
        FactShape::Unit(Type::YesNo) => " (yes or no)".to_owned(),
        FactShape::Unit(Type::Date) => " (a day, as 2026-08-01)".to_owned(),
        _ => String::new(),
    }
}

/// The parameter that one is a part of, or itself.
fn whole(entry: &Parameter, parameter: usize) -> usize {
    entry.derived.map_or(parameter, |d| d.of)
}
