//! From the rule book to its card.

use chrono::{NaiveDate, Utc};

use crate::assess::build::not_covered;
use crate::calendar::{Period, TaxCalendar};
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::Formula;
use crate::formula::code::{Op, Ref};
use crate::formula::types::{Type, Value};
use crate::rules::RuleBook;
use crate::rules::book::{About, FactDefault, FactShape, InForce, OptionSet, Rule, Status};
use crate::rules::cited::{self, What};

use super::card::{self, Card, Days, Name, Share};
use super::cites::{self, keys, place};
use super::graph::Graph;
use super::optional::is_optional;
use super::{calendar, words};

/// The year asked for, or the current one; one past the time covered is refused, or, where none was asked for, the nearest.
pub fn year(book: &RuleBook, asked: Option<i32>) -> Result<Period, Diagnostic> {
    let calendar = book.calendar();
    let number = asked.unwrap_or_else(|| {
        let today = Utc::now().with_timezone(&book.zone).date_naive();
        let (first, last) = (calendar.year_of(book.covers.0), calendar.year_of(book.covers.1));
        calendar.year_of(today).min(last).max(first)
    });
    let year = calendar.year(number).ok_or_else(|| Diagnostic::new(Code::A0101, format!("there is no tax year {number}")))?;
    match not_covered(book, number, year.begin, year.end) {
        Some(problem) => Err(problem),
        None => Ok(year),
    }
}

/// The card of a law: of one year, or without a year of its whole history.
pub fn card(book: &RuleBook, year: Option<Period>) -> Card {
    let builder = Builder { book, year, graph: Graph::of(book), calendar: book.calendar() };
    let sources = cites::sources(book);
    Card {
        fisc: env!("CARGO_PKG_VERSION"),
        jurisdiction: book.code.clone(),
        title: book.title.clone(),
        currency: book.currency.clone(),
        time_zone: book.zone.name().to_owned(),
        tax_year_begins: format!("{:02}-{:02}", book.year_begins.0, book.year_begins.1),
        covers: Days { from: Some(book.covers.0), through: Some(book.covers.1) },
        year: year.map(|y| card::Year { label: builder.calendar.label(y), from: y.begin, to: y.end }),
        note: book.note.clone(),
        confidence: confidence(book),
        taxes: builder.taxes(),
        working_days: builder.working_days(),
        calendar: year.map(|y| calendar::due_days(book, y)).unwrap_or_default(),
        parameters: builder.parameters(),
        facts: builder.facts(),
        labels: builder.labels(),
        valuation: builder.valuation(),
        treatment: builder.treatments(),
        fees: builder.fees(),
        matching: builder.matching(),
        bases: builder.bases(),
        on_date: builder.on_dates(),
        deny_loss: builder.deny_loss(),
        fields: builder.fields(),
        quantities: builder.quantities(),
        readings: builder.options(true),
        choices: builder.options(false),
        watch: builder.watch(),
        known: builder.known(),
        disagreements: cites::disagreements(book, &sources),
        sources,
        rules_sha256: book.sha256.clone(),
    }
}

/// How much of a law rests on confirmed sources alone.
pub fn confidence(book: &RuleBook) -> card::Confidence {
    let entries: Vec<_> = cited::every(book).into_iter().filter(|c| c.what.counts() && !c.cite.is_empty()).collect();
    let share = |only: Option<What>| {
        let some: Vec<_> = entries.iter().filter(|c| only.is_none_or(|what| what == c.what)).collect();
        let sure = |c: &&&cited::Cited<'_>| c.cite.iter().all(|(key, _)| book.status(key) == Status::Confirmed);
        Share { confirmed: some.iter().filter(sure).count(), of: some.len() }
    };
    card::Confidence { values: share(Some(What::Value)), rules: share(None) }
}

pub(super) struct Builder<'a> {
    pub book: &'a RuleBook,
    pub year: Option<Period>,
    pub graph: Graph,
    pub calendar: TaxCalendar,
}

impl Builder<'_> {
    /// True for what holds on some day of the year shown.
    pub fn in_year(&self, in_force: InForce) -> bool {
        self.year.is_none_or(|y| in_force.from.is_none_or(|f| f <= y.end) && in_force.until.is_none_or(|u| u >= y.begin))
    }

    /// The first day of the year shown, or of the time covered.
    pub fn first_day(&self) -> NaiveDate {
        self.year.map_or(self.book.covers.0, |y| y.begin)
    }

    pub fn formula(&self, formula: &Formula) -> card::Formula {
        let mut names: Vec<Name> = Vec::new();
        let mut add = |name: Ref| {
            let found = self.name(name).filter(|n| !n.title.is_empty());
            names.extend(found.filter(|n| !names.contains(n)));
        };
        formula.code.refs().into_iter().for_each(&mut add);
        formula.code.walk(&mut |code| {
            if let Op::Previous(quantity, _) = &code.op {
                add(Ref::Quantity(*quantity));
            }
        });
        card::Formula { text: formula.text.clone(), names }
    }

    pub fn maybe(&self, formula: Option<&Formula>) -> Option<card::Formula> {
        formula.map(|f| self.formula(f))
    }

    pub fn cases(&self, rule: &Rule) -> Vec<card::Case> {
        let case = |c: &crate::rules::book::Case| card::Case { when: self.maybe(c.when.as_ref()), then: self.formula(&c.then) };
        rule.cases.iter().map(case).collect()
    }

    /// A name of the law with its title; fields that stand in rows have none.
    pub fn name(&self, name: Ref) -> Option<Name> {
        let book = self.book;
        let (name, title) = match name {
            Ref::Fact(i) => book.facts.get(i).map(|f| (&f.name, Some(&f.title)))?,
            Ref::Label(i) => book.labels.get(i).map(|l| (&l.name, l.title.as_ref()))?,
            Ref::Option(i) => book.options.get(i).map(|o| (&o.name, Some(&o.question)))?,
            Ref::Parameter(i) => book.parameters.get(i).map(|p| (&p.name, Some(&p.title)))?,
            Ref::Schedule(i) => book.schedules.get(i).map(|s| (&s.name, s.title.as_ref()))?,
            Ref::Quantity(i) => book.quantities.get(i).map(|q| (&q.name, q.title.as_ref()))?,
            Ref::Tax(i) => book.taxes.get(i).map(|t| (&t.name, Some(&t.title)))?,
            Ref::Field(i) => book.fields.get(i).map(|f| (&f.name, f.title.as_ref()))?,
            Ref::Basis(i) => book.bases.get(i).map(|b| (&b.name, b.title.as_ref()))?,
            Ref::OfLeg(i, _) => book.facts.get(i).map(|f| (&f.name, Some(&f.title)))?,
            Ref::Register(i) => book.registers.get(i).map(|r| (&r.name, Some(&r.title)))?,
            Ref::Row(_) | Ref::Part(_) | Ref::Record(..) => return None,
        };
        Some(Name { name: name.clone(), title: title.cloned().unwrap_or_default() })
    }

    /// The figures that a name reaches; taxes that do not stand in the year are left out.
    fn figures(&self, name: Ref) -> Vec<Ref> {
        let stands = |figure: &Ref| match figure {
            Ref::Tax(index) => self.book.taxes.get(*index).is_some_and(|t| self.in_year(t.in_force)),
            _ => true,
        };
        self.graph.figures(name).into_iter().filter(stands).collect()
    }

    /// What reads a name by its own formula; the parts of a record or scale stand for what reads them.
    pub fn readers(&self, name: Ref) -> Vec<Ref> {
        let derived =
            |r: &Ref| matches!(r, Ref::Parameter(i) if self.book.parameters.get(*i).is_some_and(|p| p.derived.is_some()));
        let (parts, mut found): (Vec<Ref>, Vec<Ref>) = self.graph.readers(name).into_iter().partition(derived);
        found.extend(parts.into_iter().flat_map(|part| self.graph.readers(part)).filter(|r| !derived(r) && *r != name));
        found.sort_unstable();
        found.dedup();
        found
    }

    pub fn names(&self, list: Vec<Ref>) -> Vec<Name> {
        list.into_iter().filter_map(|r| self.name(r)).collect()
    }

    /// Whether a rule beside taxes reads a name, itself or through a figure.
    fn asked_by_rules(&self, name: Ref) -> bool {
        let reached: Vec<Ref> = self.graph.figures(name).into_iter().chain([name]).collect();
        let formulas = self.book.duties.iter().flat_map(|d| d.formulas());
        let values = self.graph.readers(name).into_iter().filter(|r| matches!(r, Ref::Parameter(_))).collect::<Vec<_>>();
        formulas.flat_map(|f| f.code.refs()).any(|read| reached.contains(&read) || values.contains(&read))
            || self.existing_since(name)
    }

    /// Whether a value asks since when somebody has been there.
    fn existing_since(&self, name: Ref) -> bool {
        self.book.parameters.iter().filter_map(|p| p.existing_since.as_ref()?.target).any(|target| target == name)
    }

    fn facts(&self) -> Vec<card::Fact> {
        let fact = |(index, fact): (usize, &crate::rules::book::Fact)| {
            let (mut one_of, mut unit, mut list_of) = (Vec::new(), None, Vec::new());
            match &fact.shape {
                FactShape::OneOf(words) | FactShape::Set(words) => one_of.clone_from(words),
                FactShape::Unit(ty) => unit = Some(words::unit(ty)),
                FactShape::List(keys) => {
                    list_of = keys.iter().map(|k| Name { name: k.name.clone(), title: words::unit(&k.ty) }).collect();
                }
            }
            let ty = if let FactShape::Unit(ty) = &fact.shape { ty.clone() } else { Type::Date };
            let default = fact.default.as_ref().map(|d| match d {
                FactDefault::Value(Value::Set(bits)) => {
                    let words = if let FactShape::Set(words) = &fact.shape { words.as_slice() } else { &[] };
                    crate::rules::read_inputs::set_words(words, *bits).join(", ")
                }
                FactDefault::Value(value) => words::value(self.book, &ty, *value),
                FactDefault::EmptyList => "none".to_owned(),
            });
            let needed: Vec<Ref> = self.figures(Ref::Fact(index)).into_iter().filter(|r| matches!(r, Ref::Tax(_))).collect();
            let if_missing = fact.default.is_none().then(|| match needed.is_empty() {
                _ if is_optional(self.book, index) => "nothing",
                true if self.asked_by_rules(Ref::Fact(index)) => "not_checked",
                _ => "refused",
            });
            card::Fact {
                name: fact.name.clone(),
                title: fact.title.clone(),
                one_of,
                unit,
                list_of,
                varies: words::varies(fact.varies).to_owned(),
                about: match fact.about {
                    About::Taxpayer => "taxpayer",
                    About::Row => "row",
                    About::Asset => "asset",
                }
                .to_owned(),
                counts_as_ledger: fact.counts_as_ledger,
                default,
                if_missing: if_missing.map(str::to_owned),
                needed_for: self.names(needed),
                cite: keys(&fact.cite),
                note: fact.note.clone(),
                place: place(&fact.at),
            }
        };
        self.book.facts.iter().enumerate().map(fact).collect()
    }

    fn labels(&self) -> Vec<card::Label> {
        let label = |label: &crate::rules::book::Label| card::Label {
            name: label.name.clone(),
            title: label.title.clone(),
            one_of: label.words.clone(),
            default: label.default.clone(),
            note: label.note.clone(),
            place: place(&label.at),
        };
        self.book.labels.iter().map(label).collect()
    }

    fn options(&self, readings: bool) -> Vec<card::OptionSet> {
        let all = self.book.options.iter().enumerate().filter(|(_, o)| o.is_reading == readings);
        all.map(|(index, set)| self.option(index, set)).collect()
    }

    fn option(&self, index: usize, set: &OptionSet) -> card::OptionSet {
        let entry = |o: &crate::rules::book::OptionEntry| card::OptionEntry {
            name: o.name.clone(),
            title: o.title.clone(),
            argument: o.argument.clone(),
        };
        card::OptionSet {
            name: set.name.clone(),
            question: set.question.clone(),
            options: set.options.iter().map(entry).collect(),
            default: set.default.clone(),
            decides: self.decides(Ref::Option(index)),
            changes: self.names(self.figures(Ref::Option(index))),
            cite: keys(&set.cite),
            note: set.note.clone(),
            place: place(&set.at),
        }
    }

    fn watch(&self) -> Vec<card::Watch> {
        let watch = |w: &crate::rules::book::Watch| card::Watch {
            title: w.title.clone(),
            expected: w.expected,
            cite: keys(&w.cite),
            note: w.note.clone(),
            place: place(&w.at),
        };
        self.book.watch.iter().map(watch).collect()
    }

    /// Through which days values are known to hold, the earliest first.
    fn known(&self) -> Vec<card::Known> {
        let mut found: std::collections::BTreeMap<NaiveDate, Vec<Name>> = std::collections::BTreeMap::new();
        for parameter in &self.book.parameters {
            if let Some(through) = parameter.known_through {
                found.entry(through).or_default().push(Name { name: parameter.name.clone(), title: parameter.title.clone() });
            }
        }
        found.into_iter().map(|(through, names)| card::Known { through, names }).collect()
    }
}
