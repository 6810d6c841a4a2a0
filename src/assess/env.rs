//! What a run rests on: the law, the rows, the facts, the options chosen.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::calendar::{Period, TaxCalendar};
use crate::facts::{Facts, Given};
use crate::formula::types::{Value, WordId};
use crate::ledger::{Kind, Ledger, Symbol, local_day};
use crate::number::Decimal;
use crate::rules::RuleBook;
use crate::rules::book::{FactDefault, FactShape, MonthEnd};
use crate::value::tables::{Prices, Rates};
use crate::value::{Valuer, Values};

use super::payments::Payment;
use super::refusal::Log;

/// An option that was chosen by year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByYear {
    pub option: usize,
    /// From each year on.
    pub from: BTreeMap<i32, WordId>,
    /// Before the first of them.
    pub before: WordId,
}

impl ByYear {
    pub fn at(&self, year: i32) -> WordId {
        self.from.range(..=year).next_back().map_or(self.before, |(_, word)| *word)
    }
}

/// What of acts not in force counts in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shadow<'a> {
    /// One value: the parameter, and the number of its shadow.
    Value(usize, usize),
    /// Every value that rests on this act.
    Act(&'a str),
}

/// The inputs of one run, resolved against the law. Borrowed by every stage; nothing changes it.
pub struct Env<'a> {
    pub book: &'a RuleBook,
    pub ledger: &'a Ledger,
    /// The local day of each row, in order.
    pub days: &'a [NaiveDate],
    pub valuer: Valuer<'a>,
    pub facts: &'a Facts,
    /// The option chosen for each reading and choice; asked for by `option`, which notes it.
    options: Vec<WordId>,
    by_year: &'a [ByYear],
    /// The rule book's word for each kind of counterparty, by the ledger's symbol.
    words: FxHashMap<Symbol, WordId>,
    /// For each label, the words of its group by the ledger's symbol.
    labels: Vec<(WordId, Vec<(Symbol, WordId)>)>,
    /// The rule book's word for each kind of row, and for the class that each treatment gives.
    kinds: Vec<WordId>,
    classes: Vec<Option<WordId>>,
    /// Taxes paid, those after the end of the year too; none in the run without the ledger.
    pub payments: &'a [Payment],
    pub log: &'a Log,
    pub calendar: TaxCalendar,
    /// The year asked for.
    pub year: Period,
    /// The first year of the chain: the first covered one with a row, or the year asked for.
    pub first_year: Period,
    /// Past the day a value is known to hold: an error instead of an assumption.
    pub strict: bool,
    /// What of acts not in force counts in this run.
    pub shadow: Option<Shadow<'a>>,
    /// The run without the ledger: facts that count as ledger are emptied.
    pub empty: bool,
}

/// The local days of all rows, and how many rows the run sees; payments come later too.
#[derive(Debug, Clone, Copy)]
pub struct Days<'a> {
    pub all: &'a [NaiveDate],
    pub seen: usize,
}

/// The local days of a ledger's rows.
pub fn local_days(ledger: &Ledger, book: &RuleBook) -> Vec<NaiveDate> {
    let mut last: Option<(i64, NaiveDate)> = None;
    let mut days = Vec::with_capacity(ledger.rows.len());
    for row in &ledger.rows {
        // Rows of one hour nearly always share their day; the look-up in the zone is the dear part.
        let hour = row.timestamp.timestamp().div_euclid(900);
        let day = match last {
            Some((known, day)) if known == hour => day,
            _ => local_day(row.timestamp, book.zone),
        };
        last = Some((hour, day));
        days.push(day);
    }
    days
}

impl<'a> Env<'a> {
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        book: &'a RuleBook,
        ledger: &'a Ledger,
        days: Days<'a>,
        payments: &'a [Payment],
        prices: &'a Prices,
        rates: &'a Rates,
        facts: &'a Facts,
        options: Vec<WordId>,
        log: &'a Log,
        calendar: TaxCalendar,
        year: Period,
        first_year: Period,
        strict: bool,
        empty: bool,
        values: Option<&'a Values>,
        shadow: Option<Shadow<'a>>,
        by_year: &'a [ByYear],
    ) -> Env<'a> {
        let symbols = &ledger.symbols;
        let mut words = FxHashMap::default();
        let mut labels = Vec::new();
        let known = |word: &str| book.names.find_word(word).unwrap_or(WordId::OTHER);
        for label in &book.labels {
            let group = label.words.iter().filter_map(|w| Some((symbols.find(w)?, known(w)))).collect();
            labels.push((known(&label.default), group));
        }
        for row in ledger.rows.iter().filter(|r| r.counterparty_kind != Symbol::NONE) {
            words.entry(row.counterparty_kind).or_insert_with(|| known(symbols.name(row.counterparty_kind)));
        }
        let kinds = Kind::ALL.iter().map(|k| known(k.word())).collect();
        let classes = book.treatments.iter().map(|t| t.class.as_deref().map(known)).collect();
        let valuer = Valuer::new(book, ledger, days, prices, rates, log, values);
        Env {
            book,
            ledger,
            days: days.all.get(..days.seen).unwrap_or(days.all),
            valuer,
            facts,
            options,
            by_year,
            words,
            labels,
            kinds,
            classes,
            payments,
            log,
            calendar,
            year,
            first_year,
            strict,
            shadow,
            empty,
        }
    }

    /// The rule book's word for a word of the ledger.
    pub fn word(&self, symbol: Symbol) -> WordId {
        self.words.get(&symbol).copied().unwrap_or(WordId::OTHER)
    }

    /// The rule book's word for a kind.
    pub fn kind(&self, kind: Kind) -> WordId {
        self.kinds.get(kind as usize).copied().unwrap_or(WordId::OTHER)
    }

    /// The class that a treatment gives a row: its own, or the row's kind.
    pub fn class(&self, treatment: usize, kind: Kind) -> WordId {
        self.classes.get(treatment).copied().flatten().unwrap_or_else(|| self.kind(kind))
    }

    /// The word of a label that a row has, or the label's default.
    pub fn label(&self, label: usize, row: usize) -> WordId {
        let Some((default, group)) = self.labels.get(label) else { return WordId::OTHER };
        let categories = self.ledger.rows.get(row).map_or(&[][..], |r| r.categories());
        categories.iter().find_map(|c| group.iter().find(|(s, _)| s == c)).map_or(*default, |(_, w)| *w)
    }

    /// What happens where a month has no such day; the last one where the law is silent.
    pub fn month_end(&self) -> MonthEnd {
        self.book.month_end.as_ref().map_or(MonthEnd::Clip, |(rule, _)| *rule)
    }

    /// True where some option was given by year.
    pub fn chooses_by_year(&self) -> bool {
        !self.by_year.is_empty()
    }

    /// The years in which an option of these turns from one word to another, up to the year asked for; the first stands for all
    /// that came before.
    pub fn turns(&self, options: &BTreeSet<usize>) -> Vec<Period> {
        let asked = self.calendar.year_of(self.year.begin);
        let mut years: BTreeSet<i32> = BTreeSet::new();
        for option in options {
            let stated = self.by_year.iter().filter(|h| h.option == *option).flat_map(|h| h.from.keys().copied());
            let turned = |year: &i32| *year <= asked && self.option_in(*option, *year) != self.option_in(*option, *year - 1);
            years.extend(stated.filter(turned));
        }
        let before = years.first().map_or(asked, |year| *year - 1);
        std::iter::once(before).chain(years).filter_map(|year| self.calendar.year(year)).collect()
    }

    /// The word of an option in a tax year: as given for that year, unless this run tries another.
    pub fn option_in(&self, option: usize, year: i32) -> WordId {
        let word = self.option(option);
        let history = self.by_year.iter().find(|h| h.option == option && h.at(self.calendar.year_of(self.year.begin)) == word);
        history.map_or(word, |h| h.at(year))
    }

    /// The word chosen for a reading or choice. That it was read is noted: what reads it may differ under another word.
    pub fn option(&self, option: usize) -> WordId {
        self.log.read_option(option);
        self.options.get(option).copied().unwrap_or(WordId::OTHER)
    }

    pub fn day(&self, row: usize) -> NaiveDate {
        self.days.get(row).copied().unwrap_or(self.year.begin)
    }

    /// Whether a row states its `cost` or day `acquired`: in the facts, or in a column of its own.
    pub fn states(&self, row: usize, what: &str) -> bool {
        let Some(row) = self.ledger.rows.get(row) else { return false };
        let given = if what == "cost" { &self.facts.cost } else { &self.facts.acquired };
        given.contains_key(&*row.id) || self.ledger.symbols.find(what).is_some_and(|s| row.column(s).is_some())
    }

    /// What a fact is given as, in this run.
    pub fn given(&self, fact: usize) -> &Given {
        const NOTHING: &Given = &Given::Missing;
        self.facts.given.get(fact).unwrap_or(NOTHING)
    }

    /// The default of a fact; in the run without the ledger, what counts as ledger is nothing.
    pub fn default_of(&self, fact: usize) -> Option<Value> {
        let entry = self.book.facts.get(fact)?;
        match &entry.default {
            Some(FactDefault::Value(value)) => Some(*value),
            _ if self.empty && entry.counts_as_ledger && matches!(entry.shape, FactShape::Unit(_)) => {
                Some(Value::Number(Decimal::ZERO))
            }
            _ => None,
        }
    }

    /// True where this run leaves the fact out.
    pub fn is_emptied(&self, fact: usize) -> bool {
        self.empty && self.book.facts.get(fact).is_some_and(|f| f.counts_as_ledger)
    }

    /// The rows whose local day is in a period: a range of indices, since rows stand in order of time.
    pub fn rows_in(&self, period: Period) -> std::ops::Range<usize> {
        self.days.partition_point(|d| *d < period.begin)..self.days.partition_point(|d| *d <= period.end)
    }
}
