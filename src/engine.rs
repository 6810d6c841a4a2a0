//! The front door: read, check, assess, explain, test. Every face of fisc goes through here.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::assess::Assessment;
use crate::assess::assessment::{Assumption, OptionReport, Provenance, Under};
use crate::assess::build::{figures, not_covered};
use crate::assess::holdings::holdings;
use crate::assess::refusal::Log;
use crate::assess::run::{Inputs as RunInputs, Run, first_year, with_run};
use crate::calendar::{Period, TaxCalendar};
use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, suggestion};
use crate::explain::Step;
use crate::facts::{self, Facts, FactsInput};
use crate::formula::types::{Value, WordId};
use crate::ledger::{Ledger, Symbol};
use crate::rules::RuleBook;
use crate::value::tables::{Prices, Rates};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The tax year, by the calendar year in which it begins.
    pub year: i32,
    /// Readings by name and option.
    pub readings: Vec<(String, String)>,
    pub choices: Vec<(String, String)>,
    /// A value past the day it is known to hold is an error.
    pub strict: bool,
    pub all_readings: bool,
    pub all_choices: bool,
    pub holdings_on: Option<NaiveDate>,
    pub taxpayer: Option<String>,
}

/// What is assessed.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    pub ledger: Ledger,
    pub prices: Prices,
    pub rates: Rates,
    pub facts: FactsInput,
    /// What was wrong with the files.
    pub problems: Vec<Diagnostic>,
    pub sources: SourceMap,
}

impl Inputs {
    /// Reads ledgers (or exchange exports, recognised by their header), prices, rates and facts.
    pub fn read(ledgers: &[Source], prices: &[Source], rates: &[Source], facts: FactsInput) -> Inputs {
        let (ledger, mut problems) = crate::import::load(ledgers);
        let (prices_table, more) = Prices::read(prices);
        problems.extend(more);
        let (rates_table, more) = Rates::read(rates);
        problems.extend(more);
        let mut sources = SourceMap::default();
        for source in ledgers.iter().chain(prices).chain(rates).chain(facts.root.iter().map(|(s, _)| s)) {
            sources.insert(source);
        }
        Inputs { ledger, prices: prices_table, rates: rates_table, facts, problems, sources }
    }
}

/// Options resolved against a law: the word chosen for each reading and choice.
fn chosen(book: &RuleBook, options: &Options) -> Vec<WordId> {
    let pick = |set: &crate::rules::book::OptionSet| {
        let list = if set.is_reading { &options.readings } else { &options.choices };
        let given = list.iter().rev().find(|(name, _)| *name == set.name).map(|(_, option)| option);
        book.names.find_word(given.unwrap_or(&set.default)).unwrap_or(WordId::OTHER)
    };
    book.options.iter().map(pick).collect()
}

/// What is wrong with the question itself: unknown facts, readings, options. The command line ends with status 2.
pub fn usage_errors(book: &RuleBook, inputs: &Inputs, options: &Options) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (list, is_reading, what) in [(&options.readings, true, "reading"), (&options.choices, false, "choice")] {
        for (name, option) in list {
            let Some(set) = book.options.iter().find(|o| o.name == *name && o.is_reading == is_reading) else {
                let help = suggestion(name, book.options.iter().filter(|o| o.is_reading == is_reading).map(|o| o.name.as_str()));
                found.push(Diagnostic::new(Code::F0104, format!("`{name}` is not a {what} of this law")).help_opt(help));
                continue;
            };
            if !set.options.iter().any(|o| o.name == *option) {
                let help = suggestion(option, set.options.iter().map(|o| o.name.as_str()));
                found.push(Diagnostic::new(Code::F0105, format!("`{option}` is not an option of `{name}`")).help_opt(help));
            }
        }
    }
    let (_, problems) = facts::read(&inputs.facts, book, &inputs.ledger, options.year);
    found.extend(problems.into_iter().filter(|p| p.code == Code::F0101));
    found
}

struct Prepared<'a> {
    ledger: Cow<'a, Ledger>,
    facts: Facts,
    problems: Vec<Diagnostic>,
    year: Period,
    first_year: Period,
}

/// The year, the taxpayer's rows and the facts; an error where the question has no answer.
fn prepare<'a>(book: &RuleBook, inputs: &'a Inputs, options: &Options) -> Result<Prepared<'a>, Diagnostic> {
    prepare_ledger(book, inputs, options, || taxpayer_rows(&inputs.ledger, options.taxpayer.as_deref()))
}

fn prepare_ledger<'a>(
    book: &RuleBook,
    inputs: &'a Inputs,
    options: &Options,
    ledger: impl FnOnce() -> Result<Cow<'a, Ledger>, Diagnostic>,
) -> Result<Prepared<'a>, Diagnostic> {
    let calendar = TaxCalendar { month: book.year_begins.0, day: book.year_begins.1 };
    let year = calendar
        .year(options.year)
        .ok_or_else(|| Diagnostic::new(Code::A0101, format!("there is no tax year {}", options.year)))?;
    if let Some(problem) = not_covered(book, options.year, year.begin, year.end) {
        return Err(problem);
    }
    let ledger = ledger()?;
    let (facts, fact_problems) = facts::read(&inputs.facts, book, &ledger, options.year);
    let first_year = first_year(book, &ledger, year);
    let problems = inputs.problems.iter().cloned().chain(fact_problems).collect();
    Ok(Prepared { ledger, facts, problems, year, first_year })
}

fn taxpayer_rows<'a>(ledger: &'a Ledger, taxpayer: Option<&str>) -> Result<Cow<'a, Ledger>, Diagnostic> {
    let known = ledger.taxpayers();
    match taxpayer {
        Some(name) => match ledger.symbols.find(name).filter(|s| known.contains(s)) {
            Some(symbol) => Ok(Cow::Owned(ledger.of_taxpayer(symbol))),
            None => {
                let help = suggestion(name, known.iter().map(|s| ledger.name(*s)).collect::<Vec<_>>());
                Err(Diagnostic::new(Code::A0103, format!("the ledger has no row of the taxpayer `{name}`")).help_opt(help))
            }
        },
        None if known.len() > 1 => {
            let names: Vec<&str> = known.iter().take(5).map(|s| ledger.name(*s)).collect();
            let message = format!(
                "the ledger has rows of {} taxpayers: {}{}",
                known.len(),
                names.join(", "),
                if known.len() > 5 { ", .." } else { "" }
            );
            Err(Diagnostic::new(Code::A0102, message).help("choose one with `--taxpayer ID`, or all with `--by taxpayer`"))
        }
        None => Ok(Cow::Borrowed(ledger)),
    }
}

/// Assesses a tax year. Never fails: what is wrong is in the assessment's errors, and what could be computed is given.
pub fn assess(book: &RuleBook, inputs: &Inputs, options: &Options) -> Assessment {
    assess_prepared(book, inputs, options, prepare(book, inputs, options))
}

fn assess_prepared(
    book: &RuleBook,
    inputs: &Inputs,
    options: &Options,
    prepared: Result<Prepared<'_>, Diagnostic>,
) -> Assessment {
    let calendar = TaxCalendar { month: book.year_begins.0, day: book.year_begins.1 };
    let mut found = Assessment {
        jurisdiction: book.code.clone(),
        currency: book.currency.clone(),
        tax_year: options.year.to_string(),
        ..Assessment::default()
    };
    if let Some(year) = calendar.year(options.year) {
        found.tax_year = calendar.label(year);
        (found.from, found.to) = (year.begin, year.end);
    }
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(problem) => {
            found.errors = inputs.problems.iter().cloned().chain([problem]).collect();
            return found;
        }
    };
    found.known_taxes = book.taxes.iter().map(|t| t.name.clone()).collect();
    let log = Log::default();
    let words = chosen(book, options);
    let run_inputs = run_inputs(book, inputs, options, &prepared, words.clone());
    with_run(&run_inputs, &log, prepared.year.end, |run| {
        figures(run, &mut found);
        found.holdings = holdings(run);
    });
    if let Some(day) = options.holdings_on {
        let aside = Log::default();
        found.holdings = with_run(&run_inputs, &aside, day, holdings);
    }
    // Rows that could not be read may belong to any figure: no total is told without them.
    if prepared.problems.iter().any(Diagnostic::is_error) {
        found.total_tax = None;
    }
    options_report(book, inputs, options, &words, &mut found);
    finish(book, &prepared, log, options, &mut found);
    found.provenance = provenance(book, &prepared, inputs);
    found
}

fn run_inputs<'a>(
    book: &'a RuleBook,
    inputs: &'a Inputs,
    options: &Options,
    prepared: &'a Prepared<'a>,
    words: Vec<WordId>,
) -> RunInputs<'a> {
    RunInputs {
        book,
        ledger: &prepared.ledger,
        prices: &inputs.prices,
        rates: &inputs.rates,
        facts: &prepared.facts,
        options: words,
        strict: options.strict,
        year: prepared.year,
        first_year: prepared.first_year,
    }
}

/// Errors, warnings and assumptions.
fn finish(book: &RuleBook, prepared: &Prepared<'_>, log: Log, options: &Options, found: &mut Assessment) {
    for fact in log.defaults.borrow().iter().filter_map(|f| book.facts.get(*f)) {
        let default = match &fact.default {
            Some(crate::rules::book::FactDefault::Value(value)) => value_text(book, *value),
            _ => "nothing".to_owned(),
        };
        let message = format!("{} (`{}`) was not given: {default}", fact.title, fact.name);
        found.assumptions.push(Assumption { kind: "default", name: fact.name.clone(), message });
    }
    for (parameter, (first, last)) in log.past_known.borrow().iter() {
        let Some(entry) = book.parameters.get(*parameter) else { continue };
        let known = entry.known_through.map(|d| d.to_string()).unwrap_or_default();
        let used = if first == last { format!("for {first}") } else { format!("from {first} to {last}") };
        let message = format!("{} (`{}`) is known to hold through {known}; it was used {used}", entry.title, entry.name);
        found.assumptions.push(Assumption { kind: "known_through", name: entry.name.clone(), message });
    }
    for figure in log.rounded.borrow().iter() {
        let message = format!("`{figure}` has more digits than 28: the last ones were rounded half-even");
        found.assumptions.push(Assumption { kind: "rounded", name: figure.clone(), message });
    }
    for tax in &book.taxes {
        if let Some(from) = tax.in_force.from.filter(|from| *from > prepared.year.begin && *from > book.covers.0) {
            let message = format!(
                "the law's file has `{}` from {from} on; earlier periods of {} are not assessed for it",
                tax.name, options.year
            );
            found.assumptions.push(Assumption { kind: "from", name: tax.name.clone(), message });
        }
    }
    found.assumptions.sort();
    let (errors, warnings) = log.into_parts();
    let mut all: Vec<Diagnostic> = prepared.problems.iter().cloned().chain(errors).chain(warnings).collect();
    unknown_categories(book, &prepared.ledger, &mut all);
    (found.errors, found.warnings) = all.into_iter().partition(Diagnostic::is_error);
}

/// Words of `category` that no label of the law has, and rows with two words of one label.
fn unknown_categories(book: &RuleBook, ledger: &Ledger, to: &mut Vec<Diagnostic>) {
    let label_of = |symbol: Symbol| book.labels.iter().position(|l| l.words.iter().any(|w| w == ledger.name(symbol)));
    let mut groups: std::collections::BTreeMap<Symbol, Option<usize>> = std::collections::BTreeMap::new();
    let mut told: Vec<Symbol> = Vec::new();
    for row in ledger.rows.iter().filter(|r| !r.categories().is_empty() && r.kind != crate::ledger::Kind::TaxPaid) {
        let mut seen: Vec<usize> = Vec::new();
        for word in row.categories() {
            let group = *groups.entry(*word).or_insert_with(|| label_of(*word));
            let name = ledger.name(*word);
            match group {
                None if !told.contains(word) => {
                    told.push(*word);
                    let help =
                        suggestion(name, book.labels.iter().flat_map(|l| &l.words).map(String::as_str).collect::<Vec<_>>());
                    let message = format!("the law knows no category `{name}`; it has no effect");
                    to.push(
                        Diagnostic::new(Code::L0213, message).at_opt(ledger.place(row)).rows([row.id.to_string()]).help_opt(help),
                    );
                }
                Some(label) if seen.contains(&label) => {
                    let label = book.labels.get(label).map_or("", |l| &l.name);
                    let message = format!("the row `{}` has two words of the label `{label}`", row.id);
                    to.push(
                        Diagnostic::new(Code::L0212, message)
                            .at_opt(ledger.place(row))
                            .rows([row.id.to_string()])
                            .help("keep one of them"),
                    );
                }
                Some(label) => seen.push(label),
                None => {}
            }
        }
    }
}

/// A value as text.
pub fn value_text(book: &RuleBook, value: Value) -> String {
    match value {
        Value::Number(n) => crate::number::plain(n),
        Value::Date(d) => d.to_string(),
        Value::YesNo(true) => "yes".to_owned(),
        Value::YesNo(false) => "no".to_owned(),
        Value::Word(word) => book.names.word_text(word).to_owned(),
    }
}

fn provenance(book: &RuleBook, prepared: &Prepared<'_>, inputs: &Inputs) -> Provenance {
    let mut sha = Sha256::new();
    prepared.ledger.files.iter().for_each(|f| sha.update(f.sha256.as_bytes()));
    Provenance {
        rules_sha256: book.sha256.clone(),
        ledger_sha256: match prepared.ledger.files.as_slice() {
            [one] => one.sha256.clone(),
            _ => sha.finalize().iter().map(|b| format!("{b:02x}")).collect(),
        },
        facts_sha256: prepared.facts.sha256.clone(),
        prices_sha256: inputs.prices.sha256().map(str::to_owned),
        rates_sha256: inputs.rates.sha256().map(str::to_owned),
    }
}

// ---- readings and choices side by side ----

fn options_report(book: &RuleBook, inputs: &Inputs, options: &Options, words: &[WordId], found: &mut Assessment) {
    for (set, word) in book.options.iter().zip(words) {
        let asked = if set.is_reading { options.all_readings } else { options.all_choices };
        let under =
            if asked { set.options.iter().map(|o| under(book, inputs, options, set, &o.name)).collect() } else { Vec::new() };
        let report = OptionReport {
            name: set.name.clone(),
            question: set.question.clone(),
            chosen: book.names.word_text(*word).to_owned(),
            default: set.default.clone(),
            options: set.options.iter().map(|o| (o.name.clone(), o.title.clone(), o.argument.clone())).collect(),
            under,
        };
        if set.is_reading { found.readings.push(report) } else { found.choices.push(report) }
    }
}

/// The taxes under one option, the others as chosen.
fn under(book: &RuleBook, inputs: &Inputs, options: &Options, set: &crate::rules::book::OptionSet, option: &str) -> Under {
    let mut other = Options { all_readings: false, all_choices: false, ..options.clone() };
    let list = if set.is_reading { &mut other.readings } else { &mut other.choices };
    list.push((set.name.clone(), option.to_owned()));
    let assessment = assess(book, inputs, &other);
    let mut taxes: Vec<(String, Option<crate::number::Decimal>)> = Vec::new();
    for line in &assessment.taxes {
        match taxes.iter_mut().find(|(id, _)| *id == line.id) {
            Some((_, sum)) => *sum = sum.zip(line.whole).and_then(|(a, b)| crate::number::add(a, b).ok()).map(|r| r.value),
            None => taxes.push((line.id.clone(), line.whole)),
        }
    }
    Under { option: option.to_owned(), total_tax: assessment.total_tax, taxes }
}

// ---- explaining ----

/// The working of one figure: `income_tax`, `mining_tax@2024-07`, `gain@ROW`.
pub fn explain(book: &RuleBook, inputs: &Inputs, options: &Options, figure: &str) -> Result<Step, Vec<Diagnostic>> {
    let prepared = prepare(book, inputs, options).map_err(|problem| vec![problem])?;
    let log = Log::default();
    let words = chosen(book, options);
    let run_inputs = run_inputs(book, inputs, options, &prepared, words);
    let others = |set: &crate::rules::book::OptionSet| -> Vec<Under> {
        if options.all_readings {
            set.options.iter().map(|o| under(book, inputs, options, set, &o.name)).collect()
        } else {
            Vec::new()
        }
    };
    with_run(&run_inputs, &log, prepared.year.end, |run: &Run<'_>| crate::explain::build::explain(run, figure, &others))
        .map_err(|problem| vec![problem])
}

// ---- many ----

/// One assessment for each taxpayer of the ledger, in order of first appearance.
pub fn by_taxpayer(book: &RuleBook, inputs: &Inputs, options: &Options) -> Vec<(String, Assessment)> {
    let one = |(symbol, ledger): (Symbol, Ledger)| {
        let name = inputs.ledger.name(symbol).to_owned();
        let options = Options { taxpayer: Some(name.clone()), ..options.clone() };
        let prepared = prepare_ledger(book, inputs, &options, || Ok(Cow::Owned(ledger)));
        (name, assess_prepared(book, inputs, &options, prepared))
    };
    inputs.ledger.by_taxpayer().into_iter().map(one).collect()
}

/// One assessment for each year.
pub fn years(book: &RuleBook, inputs: &Inputs, options: &Options, from: i32, to: i32) -> Vec<Assessment> {
    (from..=to).map(|year| assess(book, inputs, &Options { year, ..options.clone() })).collect()
}

/// A place in a list of laws: a code, or a folder or file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Code(String),
    Path(PathBuf),
}

impl Target {
    /// A word that names an existing path, or looks like one, is a path; else it is a code.
    pub fn new(text: &str) -> Target {
        let path = Path::new(text);
        if text.contains(['/', '\\', '.']) || (path.exists() && !crate::library::codes(None).iter().any(|c| c == text)) {
            Target::Path(path.to_owned())
        } else {
            Target::Code(text.to_owned())
        }
    }
}
