//! What the user says of himself: facts read against their declarations.

mod columns;
mod input;
mod lists;
mod sections;
mod stated;
pub(crate) mod table;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::diagnostic::{Code, Diagnostic, Source, suggestion};
use crate::formula::names::Varies;
use crate::formula::types::{Type, Value};
use crate::ledger::Ledger;
use crate::number::Decimal;
use crate::rules::RuleBook;
use crate::rules::book::{About, Fact, FactShape};
use crate::rules::units::literal;
use crate::yaml::{Entry, Node, Spot, Value as Yaml};

pub use input::FactsInput;
pub use stated::Stated;

/// A fact's value or values.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    Missing,
    /// Stated, but not in a way that could be read: what needs it is refused, no default is used.
    Faulty(Box<Diagnostic>),
    One(Value),
    /// From the key on, until the next: by year (its number), month or date turned into a first day.
    ByYear(BTreeMap<i32, Value>),
    ByMonth(BTreeMap<(i32, u32), Value>),
    ByDate(BTreeMap<NaiveDate, Value>),
    /// Values in the order of the declared keys.
    List(Vec<Vec<Value>>),
    /// By row, or by asset for what is about assets.
    ByRow(BTreeMap<String, Value>),
}

/// All facts of a run, in the order of the rule book.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub given: Vec<Given>,
    /// Where they were stated, by their number.
    pub stated: BTreeMap<usize, Stated>,
    /// What unpaired deposits cost, in the law's currency, and when they were acquired, by row.
    pub cost: BTreeMap<String, Value>,
    pub acquired: BTreeMap<String, Value>,
    /// Which units of a lot are in which account, where pools change to pools by account.
    pub allocation: Vec<Allocated>,
    /// Figures of earlier years that replace computed ones.
    pub filed: BTreeMap<(i32, String), Value>,
    pub sha256: Option<String>,
}

/// Units of a lot that the taxpayer allots to an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocated {
    /// The row that acquired the lot.
    pub lot: String,
    pub account: String,
    pub quantity: Decimal,
}

/// Whose facts are read, and for when.
#[derive(Debug, Clone, Copy, Default)]
pub struct Whose<'a> {
    /// The tax year that a bare scalar of a yearly fact means.
    pub year: i32,
    /// Whose line of a file with many taxpayers counts.
    pub taxpayer: Option<&'a str>,
    /// Codes of laws, where several are compared: facts have a section for each (`xx: {..}` or `xx.NAME`), and common ones.
    pub laws: Option<&'a [String]>,
}

/// Reads facts against a law.
pub fn read(input: &FactsInput, book: &RuleBook, ledger: &Ledger, whose: Whose<'_>) -> (Facts, Vec<Diagnostic>) {
    let mut reader = FactReader { book, year: whose.year, problems: input.problems.clone() };
    reader.header(input, ledger, whose);
    let mut entries = input.entries(whose.taxpayer, &mut reader.problems);
    if let Some(laws) = whose.laws {
        entries = sections::of(entries, book, laws);
    }
    let sha256 = input.sha256(&entries);
    let mut facts = Facts { given: vec![Given::Missing; book.facts.len()], sha256, ..Facts::default() };
    if let Some((source, node)) = &input.root
        && !matches!(node.value, Yaml::Map(_))
    {
        reader.problem(
            Code::F0107,
            source,
            node.spot,
            "the facts are not a map of names and values".to_owned(),
            Some("write `NAME: value`, a line each".into()),
        );
    }
    for (entry, source) in entries {
        if entry.key == "filed" {
            facts.filed = reader.filed(&entry, &source);
            continue;
        }
        let declared = book.facts.iter().enumerate().find(|(_, f)| f.name == entry.key);
        match (entry.key.as_str(), &declared) {
            ("cost", None) => facts.cost = reader.by_row(&entry, &source, &book.names.money()),
            ("acquired", None) => facts.acquired = reader.by_row(&entry, &source, &Type::Date),
            ("allocation", None) => facts.allocation = reader.allocation(&entry, &source),
            _ => {}
        }
        if declared.is_none() && matches!(entry.key.as_str(), "cost" | "acquired" | "allocation") {
            continue;
        }
        let Some((index, fact)) = declared else {
            reader.unknown(&entry.key, entry.key_spot, &source);
            continue;
        };
        facts.stated.insert(index, Stated::of(&entry, &source));
        let before = reader.problems.len();
        let given = reader.fact(fact, &entry.value, &source);
        let faulty = reader.problems.iter().skip(before).find(|p| p.is_error()).map(|p| Given::Faulty(Box::new(p.clone())));
        if let (Some(given), Some(slot)) = (faulty.or(given), facts.given.get_mut(index)) {
            *slot = given;
        }
    }
    columns::read(book, ledger, &mut facts, &mut reader);
    (facts, reader.problems)
}

/// True for a fact of the law, and for what any law takes.
fn is_known(book: &RuleBook, name: &str) -> bool {
    matches!(name, "cost" | "acquired" | "filed") || book.facts.iter().any(|f| f.name == name)
}

struct FactReader<'a> {
    book: &'a RuleBook,
    year: i32,
    problems: Vec<Diagnostic>,
}

impl FactReader<'_> {
    fn problem(&mut self, code: Code, source: &Source, spot: Spot, message: String, help: Option<String>) {
        // What was set on the command line has no lines to show.
        let place = (spot.line > 0 && !source.text.is_empty()).then(|| spot.place(&source.name));
        self.problems.push(Diagnostic::new(code, message).at_opt(place).help_opt(help));
    }

    fn unknown(&mut self, name: &str, spot: Spot, source: &Source) {
        let help = suggestion(name, self.book.facts.iter().map(|f| f.name.as_str()));
        let problem = Diagnostic::new(Code::F0101, format!("`{name}` is not a fact of this law")).help_opt(help);
        let place = (spot.line > 0).then(|| spot.place(&source.name));
        let problem = problem.at_opt(place);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Of a file with many taxpayers: columns that are no facts, and a taxpayer without a line.
    fn header(&mut self, input: &FactsInput, ledger: &Ledger, whose: Whose<'_>) {
        let Some(table) = &input.table else { return };
        for column in &table.columns {
            // With several laws, what is common need not be known to each of them.
            let known = whose.laws.is_some() || column.fact == "taxpayer" || is_known(self.book, &column.fact);
            if !known {
                self.unknown(&column.fact, column.spot, &table.source);
            }
        }
        if let Some(taxpayer) = whose.taxpayer.filter(|t| !table.has(t) && !ledger.rows.is_empty()) {
            let message =
                format!("the taxpayer `{taxpayer}` has rows, but no line in `{}`: none of its facts is given", table.source.name);
            let help = format!("add a line that begins with `{taxpayer}`");
            self.problems.push(Diagnostic::new(Code::F0108, message).help(help));
        }
    }

    fn scalar(&self, fact: &Fact, text: &str) -> Result<Value, String> {
        match &fact.shape {
            FactShape::OneOf(words) => match words.iter().find(|w| *w == text) {
                Some(word) => Ok(self.book.names.find_word(word).map_or(Value::ZERO, Value::Word)),
                None => Err(format!(
                    "`{text}` is not a value of `{}`: {}",
                    fact.name,
                    suggestion(text, words.iter().map(String::as_str)).unwrap_or_default()
                )),
            },
            FactShape::Unit(ty) => number_or(text, ty),
            FactShape::Set(_) => Err(format!("`{}` is a list of words", fact.name)),
            FactShape::List(_) => Err(format!("`{}` is a list", fact.name)),
        }
    }

    fn value(&mut self, fact: &Fact, node: &Node, source: &Source) -> Option<Value> {
        if let (FactShape::Set(words), Yaml::List(items)) = (&fact.shape, &node.value) {
            return self.set(fact, words, items, source);
        }
        let Some(text) = node.text() else {
            let message = format!("`{}` takes a single value here, but {} stands here", fact.name, node.what());
            self.problem(Code::F0102, source, node.spot, message, None);
            return None;
        };
        match self.scalar(fact, text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problem(
                    Code::F0102,
                    source,
                    node.spot,
                    message,
                    Some(format!("`{}` is {}", fact.name, fact.title.to_lowercase())),
                );
                None
            }
        }
    }

    fn fact(&mut self, fact: &Fact, node: &Node, source: &Source) -> Option<Given> {
        if let FactShape::List(keys) = &fact.shape {
            return self.list(fact, keys, node, source);
        }
        let Yaml::Map(entries) = &node.value else {
            if fact.about == About::Asset {
                let message = format!("`{}` is about assets: it takes a map from asset to value", fact.name);
                let help = format!("write `{}: {{ BTC: .. }}`", fact.name);
                self.problem(Code::F0103, source, node.spot, message, Some(help));
                return None;
            }
            let value = self.value(fact, node, source)?;
            return Some(match fact.varies {
                Varies::ByYear => Given::ByYear([(self.year, value)].into()),
                _ => Given::One(value),
            });
        };
        if fact.about != About::Taxpayer {
            let values = entries.iter().filter_map(|e| Some((e.key.clone(), self.value(fact, &e.value, source)?)));
            return Some(Given::ByRow(values.collect()));
        }
        match fact.varies {
            Varies::ByYear => Some(Given::ByYear(self.keyed(fact, entries, source, "a tax year: `2024`", year_key))),
            Varies::ByMonth => Some(Given::ByMonth(self.keyed(fact, entries, source, "a month: `2024-07`", month_key))),
            Varies::ByDate => Some(Given::ByDate(self.keyed(fact, entries, source, "a date: `2024-03-01`", date_key))),
            Varies::No => {
                let message = format!("`{}` does not vary: it takes one value, not a map", fact.name);
                self.problem(Code::F0103, source, node.spot, message, Some("write `NAME: value`".into()));
                None
            }
        }
    }

    fn keyed<K: Ord>(
        &mut self,
        fact: &Fact,
        entries: &[Entry],
        source: &Source,
        wanted: &str,
        key: impl Fn(&str) -> Option<K>,
    ) -> BTreeMap<K, Value> {
        let mut found = BTreeMap::new();
        for entry in entries {
            match key(&entry.key) {
                Some(k) => {
                    if let Some(value) = self.value(fact, &entry.value, source) {
                        found.insert(k, value);
                    }
                }
                None => {
                    let message = format!("`{}` is not a key of `{}`", entry.key, fact.name);
                    self.problem(Code::F0103, source, entry.key_spot, message, Some(format!("the key is {wanted}")));
                }
            }
        }
        found
    }

    /// `cost: {ROW: amount}`, `acquired: {ROW: date}`
    fn by_row(&mut self, entry: &Entry, source: &Source, ty: &Type) -> BTreeMap<String, Value> {
        let mut found = BTreeMap::new();
        let Yaml::Map(rows) = &entry.value.value else {
            let message = format!("`{}` is a map of rows", entry.key);
            self.problem(
                Code::F0103,
                source,
                entry.value.spot,
                message,
                Some(format!("write `{}: {{ROW: ..}}` with the ids of rows", entry.key)),
            );
            return found;
        };
        for row in rows {
            match literal(row.value.text().unwrap_or_default(), ty) {
                Ok(value) => drop(found.insert(row.key.clone(), value)),
                Err(message) => self.problem(Code::F0102, source, row.value.spot, message, None),
            }
        }
        found
    }

    /// `allocation: [ {lot: ROW, account: NAME, quantity: 4}, .. ]`
    fn allocation(&mut self, entry: &Entry, source: &Source) -> Vec<Allocated> {
        let help = || Some("write `allocation: [ { lot: ROW, account: NAME, quantity: 4 } ]`".to_owned());
        let Yaml::List(items) = &entry.value.value else {
            self.problem(Code::F0102, source, entry.value.spot, "`allocation` is a list".to_owned(), help());
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            let Yaml::Map(fields) = &item.value else {
                self.problem(Code::F0102, source, item.spot, "an entry of `allocation` is a map".to_owned(), help());
                continue;
            };
            for field in fields.iter().filter(|f| !matches!(f.key.as_str(), "lot" | "account" | "quantity")) {
                let known = suggestion(&field.key, ["lot", "account", "quantity"]);
                self.problem(Code::F0103, source, field.key_spot, format!("`{}` is not a key of `allocation`", field.key), known);
            }
            let text = |key: &str| fields.iter().find(|f| f.key == key).and_then(|f| f.value.text()).unwrap_or_default();
            match (text("lot"), text("account"), crate::number::parse_unsigned(text("quantity"))) {
                (lot, account, Ok(quantity)) if !lot.is_empty() && !account.is_empty() => {
                    found.push(Allocated { lot: lot.to_owned(), account: account.to_owned(), quantity });
                }
                _ => {
                    let message = "an entry of `allocation` names a lot, an account and a quantity".to_owned();
                    self.problem(Code::F0102, source, item.spot, message, help());
                }
            }
        }
        found
    }

    /// `filed: {2023: {NAME: amount}}`
    fn filed(&mut self, entry: &Entry, source: &Source) -> BTreeMap<(i32, String), Value> {
        let mut found = BTreeMap::new();
        let Yaml::Map(years) = &entry.value.value else {
            self.problem(
                Code::F0102,
                source,
                entry.value.spot,
                "`filed` is a map of years".to_owned(),
                Some("write `filed: {2023: {NAME: amount}}`".into()),
            );
            return found;
        };
        for year in years {
            let (Some(number), Yaml::Map(figures)) = (year_key(&year.key), &year.value.value) else {
                self.problem(
                    Code::F0103,
                    source,
                    year.key_spot,
                    format!("`{}` is not a tax year with its figures", year.key),
                    None,
                );
                continue;
            };
            for figure in figures {
                let Some(quantity) = self.book.quantities.iter().find(|q| q.name == figure.key) else {
                    let help = suggestion(&figure.key, self.book.quantities.iter().map(|q| q.name.as_str()));
                    self.problem(
                        Code::F0101,
                        source,
                        figure.key_spot,
                        format!("`{}` is not a quantity of this law", figure.key),
                        help,
                    );
                    continue;
                };
                match number_or(figure.value.text().unwrap_or_default(), &quantity.unit) {
                    Ok(value) => drop(found.insert((number, figure.key.clone()), value)),
                    Err(message) => self.problem(Code::F0102, source, figure.value.spot, message, None),
                }
            }
        }
        found
    }
}

/// A rate may be given as a plain number too: `0.1` is `10%`.
fn number_or(text: &str, ty: &Type) -> Result<Value, String> {
    match ty {
        Type::Number(unit) if unit.rate && !text.ends_with('%') => {
            crate::number::parse(text).map(Value::Number).map_err(|e| e.to_string())
        }
        _ => literal(text, ty),
    }
}

fn year_key(key: &str) -> Option<i32> {
    let year = key.split_once('-').map_or(key, |(first, _)| first);
    (year.len() == 4).then(|| year.parse().ok()).flatten()
}

fn month_key(key: &str) -> Option<(i32, u32)> {
    let date = date_key(&format!("{key}-01"))?;
    Some((date.year(), date.month()))
}

fn date_key(key: &str) -> Option<NaiveDate> {
    (key.len() == 10).then(|| NaiveDate::parse_from_str(key, "%Y-%m-%d").ok()).flatten()
}
