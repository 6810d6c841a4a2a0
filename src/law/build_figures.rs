//! Of the card: values by their dates, figures, taxes.

use chrono::NaiveDate;

use crate::assess::refusal::Log;
use crate::assess::run::{Inputs, Shared, with_shared};
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::facts::Facts;
use crate::formula::Formula;
use crate::formula::code::{Op, Ref};
use crate::formula::names::Per;
use crate::formula::types::{Type, Unit, Value};
use crate::ledger::Ledger;
use crate::rules::book::{
    Advances, CarryPart, Computed, DatedValue, Due, Given, Heads, InForce, Key, Late, Parameter, PerRule, Rounding, TableRow,
    Tariff,
};
use crate::value::tables::{Prices, Rates};

use super::build::Builder;
use super::build_rows::days;
use super::card::{self, Days, Name};
use super::cites::{keys, place};
use super::dues;
use super::words::{self, flat};

fn rounding(rounding: &Rounding) -> card::Said {
    card::Said { text: words::rounding(rounding), cite: keys(&rounding.cite), note: rounding.note.clone() }
}

/// A value in its forms.
#[derive(Default)]
struct Told {
    value: Option<String>,
    formula: Option<card::Formula>,
    bands: Vec<card::Band>,
    record: Vec<card::Part>,
    shown: String,
}

impl Builder<'_> {
    pub(super) fn taxes(&self) -> Vec<card::Tax> {
        let shown = self.book.taxes.iter().filter(|t| self.in_year(t.in_force));
        let tax = |t: &crate::rules::book::Tax| card::Tax {
            id: t.name.clone(),
            title: t.title.clone(),
            kind: t.kind.clone(),
            borne_by: t.borne_by.clone(),
            in_force: days(t.in_force),
            per: words::per(&t.per),
            applies: self.maybe(t.applies.as_ref()),
            base: self.maybe(t.base.as_ref()),
            rate: self.maybe(t.rate.as_ref()),
            rate_in_force: t.rate.as_ref().map(|f| self.rates(f)).unwrap_or_default(),
            amount: self.maybe(t.amount.as_ref()),
            less: self.maybe(t.less.as_ref()),
            round: t.round.as_ref().map(rounding),
            due: self.dues(&t.due, &t.per),
            late: t.late.as_ref().map(|l| self.late(l)),
            advances: t.advances.as_ref().map(|a| self.advances(a)),
            cite: keys(&t.cite),
            note: t.note.clone(),
            place: place(&t.at),
        };
        shown.map(tax).collect()
    }

    /// The due days; of a year shown those that may count in it, where it is one period.
    fn dues(&self, dues: &[Due], per: &PerRule) -> Vec<card::Due> {
        match self.year.filter(|_| per.is(Per::Year)) {
            Some(year) => dues::open(dues, year).into_iter().map(|one| self.due(one.due, one.when)).collect(),
            None => dues.iter().map(|d| self.due(d, d.when.as_ref().map(|f| flat(&f.text)))).collect(),
        }
    }

    /// A due day with what is open of its condition.
    fn due(&self, due: &Due, open: Option<String>) -> card::Due {
        let when = open.and_then(|text| {
            let mut formula = self.maybe(due.when.as_ref())?;
            if text != flat(&formula.text) {
                formula.names.retain(|name| text.contains(&name.name));
                formula.text = text;
            }
            Some(formula)
        });
        card::Due { when, text: words::due(due), cite: keys(&due.cite), note: due.note.clone() }
    }

    fn late(&self, late: &Late) -> card::Late {
        card::Late {
            rate: self.formula(&late.rate),
            text: words::late(late),
            round: late.round.as_ref().map(rounding),
            cite: keys(&late.cite),
            note: late.note.clone(),
        }
    }

    fn advances(&self, advances: &Advances) -> card::Advances {
        card::Advances {
            per: advances.per.word().to_owned(),
            amount: self.formula(&advances.amount),
            cumulative: advances.cumulative,
            late: advances.late,
            round: advances.round.as_ref().map(rounding),
            due: advances.due.iter().map(|d| self.due(d, d.when.as_ref().map(|f| flat(&f.text)))).collect(),
            cite: keys(&advances.cite),
            note: advances.note.clone(),
        }
    }

    pub(super) fn working_days(&self) -> Option<card::WorkingDays> {
        let days = self.book.working_days.as_ref()?;
        let yearly = days.yearly.iter().map(|(month, day)| words::day_of_year(*month, *day));
        Some(card::WorkingDays {
            rest: days.rest.iter().map(|d| words::weekday(*d).to_owned()).collect(),
            holidays: yearly.chain(days.dates.iter().map(NaiveDate::to_string)).collect(),
            cite: keys(&days.cite),
            note: days.note.clone(),
        })
    }

    /// What a rate that is one parameter or one number comes to in the year shown.
    fn rates(&self, rate: &Formula) -> Vec<String> {
        match &rate.code.op {
            Op::Const(value) => vec![words::value(self.book, &rate.code.ty, *value)],
            Op::Ref(Ref::Parameter(index)) => {
                let Some(parameter) = self.book.parameters.get(*index) else { return Vec::new() };
                let shown = self.values(parameter).into_iter().filter(|v| v.in_year);
                shown.map(|v| v.shown).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn parameters(&self) -> Vec<card::Parameter> {
        let parameter = |(index, parameter): (usize, &Parameter)| card::Parameter {
            name: parameter.name.clone(),
            title: parameter.title.clone(),
            unit: words::unit(&parameter.unit),
            selected_by: words::selected_by(parameter.selected_by).to_owned(),
            known_through: parameter.known_through,
            assumed: self.year.is_some_and(|y| parameter.known_through.is_some_and(|known| known < y.end)),
            read_by: self.names(self.readers(Ref::Parameter(index))),
            by: parameter.by.iter().map(|k| self.key(k)).collect(),
            values: self.values(parameter),
            shadows: self.shadows(parameter),
            note: parameter.note.clone(),
            place: place(&parameter.at),
        };
        // Fields of records and edges of scales are told with the whole.
        let whole = self.book.parameters.iter().enumerate().filter(|(_, p)| p.derived.is_none());
        whole.map(parameter).collect()
    }

    fn values(&self, parameter: &Parameter) -> Vec<card::Value> {
        let next = parameter.values.iter().skip(1).map(|v| v.in_force.from.and_then(|d| d.pred_opt())).chain([None]);
        let with_ends = parameter.values.iter().zip(next);
        with_ends.map(|(value, next)| self.value(parameter, value, value.in_force.until.or(next))).collect()
    }

    fn value(&self, parameter: &Parameter, dated: &DatedValue, until: Option<NaiveDate>) -> card::Value {
        let in_force = InForce { from: dated.in_force.from, until };
        let day = in_force.from.map_or(self.first_day(), |from| from.max(self.first_day()));
        let day = until.map_or(day, |until| day.min(until));
        let told = self.told(&parameter.name, &parameter.unit, &dated.value, day);
        let table = match &dated.value {
            Given::Table(rows) => rows.iter().map(|row| self.row(parameter, row, day)).collect(),
            _ => Vec::new(),
        };
        card::Value {
            in_force: Days { from: in_force.from, through: until },
            in_year: self.in_year(in_force),
            standing: None,
            value: told.value,
            formula: told.formula,
            table,
            bands: told.bands,
            record: told.record,
            shown: told.shown,
            cite: keys(&dated.cite),
            note: dated.note.clone(),
            place: place(&dated.at),
        }
    }

    fn key(&self, key: &Key) -> Name {
        let named = key.target.and_then(|target| self.name(target));
        named.unwrap_or_else(|| Name { name: key.name.clone(), title: String::new() })
    }

    fn row(&self, parameter: &Parameter, row: &TableRow, day: NaiveDate) -> card::Row {
        let told = self.told(&parameter.name, &parameter.unit, &row.value, day);
        let words = |asked: &Option<Vec<(String, _)>>| asked.iter().flatten().map(|(word, _)| word.clone()).collect();
        card::Row {
            words: row.asked.iter().map(words).collect(),
            value: told.value,
            formula: told.formula,
            bands: told.bands,
            record: told.record,
            shown: told.shown,
            cite: keys(&row.cite),
            note: row.note.clone(),
            place: place(&row.at),
        }
    }

    /// What a dated value or a row of a table says, and what a formula comes to on a day.
    fn told(&self, name: &str, unit: &Type, given: &Given, day: NaiveDate) -> Told {
        let mut told = Told { shown: words::given(self.book, unit, given), ..Told::default() };
        match given {
            Given::Literal(literal) => told.value = Some(crate::engine::value_text(self.book, *literal)),
            Given::Formula(written) => {
                told.formula = Some(self.formula(written));
                let came = self.on(written, day).map(|v| words::value(self.book, unit, v));
                told.shown = came.unwrap_or_else(|| "not to be told without the facts".to_owned());
            }
            Given::Bands(bands) => {
                let Type::Bands(of) = unit else { return told };
                let (of, rate) = (Type::Number(of.clone()), Type::Number(Unit::rate()));
                let band = |b: &crate::rules::book::Band| card::Band {
                    name: b.name.clone(),
                    begins: if b.edge_in { "from" } else { "above" },
                    edge: self.part("edge", &of, &b.edge, day),
                    rate: self.part("rate", &rate, &b.rate, day),
                };
                told.bands = bands.iter().map(band).collect();
            }
            Given::Record(fields) => {
                let unit_of = |field: &str| {
                    let full = format!("{name}.{field}");
                    self.book.parameters.iter().find(|p| p.name == full).map_or(Type::Number(Unit::number()), |p| p.unit.clone())
                };
                told.record = fields.iter().map(|(field, given)| self.part(field, &unit_of(field), given, day)).collect();
            }
            Given::Unknown | Given::Table(_) => {}
        }
        told
    }

    fn part(&self, name: &str, unit: &Type, given: &Given, day: NaiveDate) -> card::Part {
        let told = self.told(name, unit, given, day);
        card::Part { name: name.to_owned(), value: told.value, formula: told.formula, shown: told.shown }
    }

    /// Values of acts that are not in force, each with what its act is: cancelled, or proposed.
    fn shadows(&self, parameter: &Parameter) -> Vec<card::Value> {
        let shadow = |dated: &DatedValue| {
            let standing = dated.cite.first().map(|(key, _)| self.book.status(key).word().to_owned());
            let shown = match &dated.value {
                // The value in force on the day is another one: the formula is shown as it is written.
                Given::Formula(formula) => formula.text.clone(),
                _ => String::new(),
            };
            let told = self.value(parameter, dated, dated.in_force.until);
            let shown = if shown.is_empty() { told.shown.clone() } else { shown };
            card::Value { in_year: false, standing, formula: None, shown, ..told }
        };
        parameter.shadows.iter().map(shadow).collect()
    }

    /// What a formula over values of the law comes to on a day, as in an assessment of an empty ledger.
    fn on(&self, formula: &Formula, day: NaiveDate) -> Option<Value> {
        let year: Period = self.calendar.year(self.calendar.year_of(day))?;
        let ledger = Ledger::default();
        let (prices, rates) = (Prices::default(), Rates::default());
        let facts = Facts::default();
        let word = |o: &crate::rules::book::OptionSet| self.book.names.find_word(&o.default);
        let inputs = Inputs {
            calendar: self.calendar,
            book: self.book,
            ledger: &ledger,
            prices: &prices,
            rates: &rates,
            facts: &facts,
            options: self.book.options.iter().filter_map(word).collect(),
            by_year: &[],
            strict: false,
            year,
            first_year: year,
            shadow: None,
        };
        let shared = Shared::new(&inputs, year.end);
        let ctx = Ctx { period: Period::day(day), item: Item::None };
        with_shared(&inputs, &shared, &Log::default(), |run| run.world.eval(&formula.code, ctx).ok())
    }

    pub(super) fn fields(&self) -> Vec<card::Figure> {
        let field = |(index, field): (usize, &crate::rules::book::Field)| card::Figure {
            name: field.name.clone(),
            title: field.title.clone(),
            unit: words::unit(&field.unit),
            per: words::item(field.item).to_owned(),
            cases: self.cases(&field.rule),
            read_by: self.names(self.readers(Ref::Field(index))),
            cite: keys(&field.cite),
            note: field.note.clone(),
            place: place(&field.at),
        };
        self.book.fields.iter().enumerate().map(field).collect()
    }

    pub(super) fn quantities(&self) -> Vec<card::Figure> {
        let quantity = |(index, quantity): (usize, &crate::rules::book::Quantity)| card::Figure {
            name: quantity.name.clone(),
            title: quantity.title.clone(),
            unit: words::unit(&quantity.unit),
            per: words::per(&quantity.per),
            cases: self.computed(quantity.computed).unwrap_or_else(|| self.cases(&quantity.rule)),
            read_by: self.names(self.readers(Ref::Quantity(index))),
            cite: keys(&quantity.cite),
            note: quantity.note.clone(),
            place: place(&quantity.at),
        };
        let schedule = |(index, schedule): (usize, &crate::rules::book::Schedule)| card::Figure {
            name: schedule.name.clone(),
            title: schedule.title.clone(),
            unit: words::unit(&schedule.gives),
            per: format!("amount in {}", words::unit(&schedule.of)),
            cases: match &schedule.how {
                Tariff::Slice(scale) => {
                    vec![self.said(format!("each part of the amount at the rate of its band of `{}`", scale.name))]
                }
                Tariff::Whole(scale) => vec![self.said(format!("the amount at the rate of its band of `{}`", scale.name))],
                Tariff::Rule(rule) => self.cases(rule),
            },
            read_by: self.names(self.readers(Ref::Schedule(index))),
            cite: keys(&schedule.cite),
            note: schedule.note.clone(),
            place: place(&schedule.at),
        };
        let schedules = self.book.schedules.iter().enumerate().map(schedule);
        schedules.chain(self.book.quantities.iter().enumerate().map(quantity)).collect()
    }

    fn said(&self, text: String) -> card::Case {
        card::Case { when: None, then: card::Formula { text, names: Vec::new() } }
    }

    /// An allocation or offset in words; a formula of it is told as it is written.
    fn computed(&self, computed: Option<Computed>) -> Option<Vec<card::Case>> {
        let text = match computed? {
            Computed::Share { allocation, .. } => {
                let shared = self.book.allocations.get(allocation)?;
                let room = |h: &crate::rules::book::Head| match &h.worth {
                    Some(worth) => format!("{} up to `{}`, worth `{}`", h.name, h.room.text, worth.text),
                    None => format!("{} up to `{}`", h.name, h.room.text),
                };
                let heads = match &shared.heads {
                    Heads::Named(heads) => heads.iter().map(room).collect::<Vec<_>>().join("; "),
                    Heads::Periods(head) => format!("the periods: {}", room(head)),
                };
                let order = if shared.by_worth { "where it is worth most first" } else { "in this order" };
                format!("`{}` shared out, {order}: {heads}", shared.amount.text)
            }
            Computed::Carry { offset, part } => {
                let carried = self.book.offsets.get(offset)?;
                match part {
                    CarryPart::Arisen => format!("what a year adds: `{}`", carried.arises.text),
                    CarryPart::Brought => "what the years before left".to_owned(),
                    CarryPart::Expired => "what could be used last the year before".to_owned(),
                    CarryPart::Left => "what the year hands on".to_owned(),
                    CarryPart::Used => {
                        let heads: Vec<String> = carried.against.iter().map(|h| format!("`{}`", h.room.text)).collect();
                        format!("used against {}", heads.join(", then "))
                    }
                    CarryPart::Head(head) => format!("used up to `{}`", carried.against.get(head)?.room.text),
                }
            }
        };
        Some(vec![self.said(text)])
    }
}
