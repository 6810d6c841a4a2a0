//! A report out of its files, as the command line and Python ask for it.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap};
use crate::engine::Inputs;
use crate::facts::FactsInput;

use super::form::{self, Form};
use super::input::Input;
use super::{Format, LINES_HELD, Report, Request, is_year, lines, provider};

/// What is asked for, and the files.
pub struct Asked<'a> {
    pub kind: &'a Kind,
    pub provider: &'a Source,
    pub ledgers: &'a [Input],
    pub users: &'a Input,
    /// Prices and rates; its ledger is not looked at.
    pub market: &'a Inputs,
    /// Facts of single customers, for reports of single sales: a table with a line for each.
    pub facts: &'a FactsInput,
    pub year: i32,
    pub timestamp: Option<&'a str>,
    pub earlier: &'a [Input],
    pub additions: bool,
    pub format: Format,
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
    /// Why there can be no facts about customers, where the report asks for none.
    pub fn refuses_facts(&self) -> Option<Refused> {
        (!lines::is_of_lines(&self.source)).then(|| self.no_facts())
    }

    fn no_facts(&self) -> Refused {
        Refused::Usage(format!("the report `{}` asks for no facts", self.name))
    }

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

/// The report, with everything that is missing if there is none.
pub fn report(asked: &Asked<'_>) -> Result<Report, Refused> {
    if !is_year(asked.year) {
        return Err(Refused::Usage(format!("{} is no year that can be reported", asked.year)));
    }
    if lines::is_of_lines(&asked.kind.source) {
        return of_lines(asked);
    }
    if asked.facts.source().is_some() {
        return Err(asked.kind.no_facts());
    }
    if asked.format == Format::Csv && !asked.earlier.is_empty() {
        return Err(Refused::Usage("corrections are records of the message: they cannot be written as CSV".into()));
    }
    if asked.additions && asked.earlier.is_empty() {
        return Err(Refused::Usage("additions go with the messages that were sent before".into()));
    }
    let timestamp = asked.timestamp.map(timestamp).transpose()?;
    let form = form::read(&asked.kind.source)?;
    in_time(asked, &form)?;
    let provider = provider::read(asked.provider, &form)?;
    let request = Request {
        form: &form,
        provider: &provider,
        ledgers: asked.ledgers,
        users: asked.users,
        prices: &asked.market.prices,
        rates: &asked.market.rates,
        year: asked.year,
        timestamp,
        earlier: asked.earlier,
        additions: asked.additions,
        format: asked.format,
        lines_held: LINES_HELD,
    };
    Ok(Report::new(&request)?)
}

/// A report with a record for each sale.
fn of_lines(asked: &Asked<'_>) -> Result<Report, Refused> {
    let name = &asked.kind.name;
    if !asked.earlier.is_empty() {
        let why = "a correction names the record by the number that the authority gave it, which fisc does not know";
        let help = "write the whole report again, and let the transmitter file what differs";
        return Err(Refused::Usage(format!("`--corrects` is not possible for `{name}`: {why}; {help}")));
    }
    if asked.timestamp.is_some() {
        return Err(Refused::Usage(format!("the records of `{name}` have no time of their own: leave out `--timestamp`")));
    }
    if asked.facts.source().is_some() && asked.facts.taxpayers().is_none() {
        let message = "the facts are a CSV with a line for each customer; what holds for all stands in the provider's file";
        return Err(Refused::Usage(message.to_owned()));
    }
    let form = lines::read(name, &asked.kind.source, asked.kind.beside.as_deref())?;
    let provider = provider::read(asked.provider, &form.people)?;
    let own = lines::own(asked.provider, &form, &provider)?;
    let market = (&asked.market.prices, &asked.market.rates);
    let job = lines::Job::new(&form, &own, asked.year, market, asked.facts);
    let files = lines::Files { ledgers: asked.ledgers, users: asked.users, format: asked.format, lines_held: LINES_HELD };
    Ok(lines::report(&job, &files)?)
}

fn in_time(asked: &Asked<'_>, form: &Form) -> Result<(), Refused> {
    match form.first_year.filter(|first| asked.year < *first) {
        Some(first) => {
            let message = format!("{} is not reported: the first year of `{}` is {first}", asked.year, asked.kind.name);
            Err(Refused::Usage(message))
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
pub fn texts(asked: &Asked<'_>, problems: &[Diagnostic]) -> SourceMap {
    let mut map = SourceMap::default();
    map.insert(&asked.kind.source);
    asked.facts.source().into_iter().for_each(|source| map.insert(source));
    map.insert(asked.provider);
    map.extend(&asked.market.sources);
    for input in asked.ledgers.iter().chain([asked.users]) {
        input.excerpts(problems, &mut map);
    }
    map
}
