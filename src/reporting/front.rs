//! A report out of its files, as the command line and Python ask for it.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap};
use crate::engine::Inputs;
use crate::facts::FactsInput;

use super::form::{self, Form};
use super::input::Input;
use super::{Format, LINES_HELD, Report, Request, is_year, lines, provider};

/// What is asked for, the files aside.
pub struct How<'a> {
    pub kind: &'a Kind,
    pub year: i32,
    pub format: Format,
    pub timestamp: Option<&'a str>,
    /// Whether there are earlier files, and whether what is new since then is asked for in place of corrections.
    pub corrects: bool,
    pub additions: bool,
    /// Whether there are facts of single customers.
    pub facts: bool,
}

/// The files.
pub struct Files<'a> {
    pub provider: &'a Source,
    pub ledgers: &'a [Input],
    pub users: &'a Input,
    /// Prices and rates; its ledger is not looked at.
    pub market: &'a Inputs,
    /// A table with a line for each customer, for reports of single sales.
    pub facts: &'a FactsInput,
    pub earlier: &'a [Input],
}

/// Why there is no report.
#[derive(Debug)]
pub enum Refused {
    /// It cannot be asked so.
    Usage(String),
    Faults(Vec<Diagnostic>),
}

impl From<Vec<Diagnostic>> for Refused {
    fn from(problems: Vec<Diagnostic>) -> Refused {
        Refused::Faults(problems)
    }
}

/// Which report.
#[derive(Debug, Clone)]
pub struct Kind {
    name: String,
    source: Source,
    /// The folder of a report of the user's own, in which its rules are.
    beside: Option<PathBuf>,
}

impl Kind {
    /// A report that comes with fisc, by its name, or one of the user's own, by its file.
    pub fn named(text: &str) -> Result<Kind, Refused> {
        if let Some(source) = form::shipped(text) {
            return Ok(Kind { name: text.to_owned(), source, beside: None });
        }
        let path = Path::new(text);
        if !text.ends_with(".yaml") {
            let known = form::names().join(", ");
            let message = format!("there is no report `{text}`; known: {known}; or name a file of your own: `report.yaml`");
            return Err(Refused::Usage(message));
        }
        let unread = |error| vec![Diagnostic::new(Code::L0101, format!("`{text}` cannot be read: {error}"))];
        let source = Source::new(text, std::fs::read_to_string(path).map_err(unread)?);
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Kind { name, source, beside: path.parent().map(Path::to_owned) })
    }
}

impl How<'_> {
    /// Whether it can be asked so, before any file is looked at.
    pub fn check(&self) -> Result<(), Refused> {
        let name = &self.kind.name;
        let wrong = |message: String| Err(Refused::Usage(message));
        if !is_year(self.year) {
            return wrong(format!("{} is no year that can be reported", self.year));
        }
        if self.additions && !self.corrects {
            return wrong("`--additions` goes with the messages sent before: `--corrects`".into());
        }
        if !lines::is_of_lines(&self.kind.source) {
            self.timestamp.map_or(Ok(()), |text| timestamp(text).map(drop))?;
            if self.facts {
                return wrong(format!("the report `{name}` asks for no facts"));
            }
            if self.corrects && self.format == Format::Csv {
                return wrong("corrections are records of the message: they cannot be written as CSV".into());
            }
        } else if self.corrects {
            let why = "a correction names the record by the number that the authority gave it, which fisc does not know";
            let help = "write the whole report again, and let the transmitter file what differs";
            return wrong(format!("`--corrects` is not possible for `{name}`: {why}; {help}"));
        } else if self.timestamp.is_some() {
            return wrong(format!("the records of `{name}` have no time of their own: leave out `--timestamp`"));
        }
        Ok(())
    }
}

/// The report, with everything that is missing if there is none.
pub fn report(how: &How<'_>, files: &Files<'_>) -> Result<Report, Refused> {
    how.check()?;
    if lines::is_of_lines(&how.kind.source) {
        return of_lines(how, files);
    }
    let form = form::read(&how.kind.source)?;
    in_time(how, &form)?;
    let provider = provider::read(files.provider, &form)?;
    let request = Request {
        form: &form,
        provider: &provider,
        ledgers: files.ledgers,
        users: files.users,
        prices: &files.market.prices,
        rates: &files.market.rates,
        year: how.year,
        timestamp: how.timestamp.map(timestamp).transpose()?,
        earlier: files.earlier,
        additions: how.additions,
        format: how.format,
        lines_held: LINES_HELD,
    };
    Ok(Report::new(&request)?)
}

/// A report with a record for each sale.
fn of_lines(how: &How<'_>, files: &Files<'_>) -> Result<Report, Refused> {
    if how.facts && files.facts.taxpayers().is_none() {
        let message = "the facts are a CSV with a line for each customer; what holds for all stands in the provider's file";
        return Err(Refused::Usage(message.to_owned()));
    }
    let form = lines::read(&how.kind.name, &how.kind.source, how.kind.beside.as_deref())?;
    let provider = provider::read(files.provider, &form.people)?;
    let own = lines::own(files.provider, &form, &provider)?;
    let market = (&files.market.prices, &files.market.rates);
    let job = lines::Job::new(&form, &own, how.year, market, files.facts);
    let Files { ledgers, users, .. } = *files;
    Ok(lines::report(&job, &lines::Files { ledgers, users, format: how.format, lines_held: LINES_HELD })?)
}

fn in_time(how: &How<'_>, form: &Form) -> Result<(), Refused> {
    match form.first_year.filter(|first| how.year < *first) {
        Some(first) => {
            Err(Refused::Usage(format!("{} is not reported: the first year of `{}` is {first}", how.year, how.kind.name)))
        }
        None => Ok(()),
    }
}

/// A time of the schema: `2027-01-15T10:00:00`, with or without its zone.
fn timestamp(text: &str) -> Result<String, Refused> {
    let plain = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").is_ok();
    if plain || chrono::DateTime::parse_from_rfc3339(text).is_ok() {
        return Ok(text.replace(' ', "T"));
    }
    Err(Refused::Usage(format!("the time `{text}` is not one such as `2027-01-15T10:00:00`")))
}

/// The texts that messages about a report point into: of long files the lines alone.
pub fn texts(how: &How<'_>, files: &Files<'_>, problems: &[Diagnostic]) -> SourceMap {
    let mut map = SourceMap::default();
    map.insert(&how.kind.source);
    map.insert(files.provider);
    files.facts.source().into_iter().for_each(|source| map.insert(source));
    map.extend(&files.market.sources);
    for input in files.ledgers.iter().chain([files.users]) {
        input.excerpts(problems, &mut map);
    }
    map
}
