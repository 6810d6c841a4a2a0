//! A report out of its files, as the command line and Python ask for it.

use crate::diagnostic::{Diagnostic, Source, SourceMap};
use crate::engine::Inputs;

use super::form::{self, Form};
use super::input::Input;
use super::{Format, LINES_HELD, Report, Request, is_year, provider};

/// What is asked for, and the files.
pub struct Asked<'a> {
    /// What the report is called, and its file.
    pub name: &'a str,
    pub report: &'a Source,
    pub provider: &'a Source,
    pub ledgers: &'a [Input],
    pub users: &'a Input,
    /// Prices and rates; its ledger is not looked at.
    pub market: &'a Inputs,
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

/// The file of a report that comes with fisc.
pub fn shipped(name: &str) -> Result<Source, Refused> {
    form::shipped(name).ok_or_else(|| Refused::Usage(format!("there is no report `{name}`; known: {}", form::names().join(", "))))
}

/// The report, with everything that is missing if there is none.
pub fn report(asked: &Asked<'_>) -> Result<Report, Refused> {
    if !is_year(asked.year) {
        return Err(Refused::Usage(format!("{} is no year that can be reported", asked.year)));
    }
    if asked.format == Format::Csv && !asked.earlier.is_empty() {
        return Err(Refused::Usage("corrections are records of the message: they cannot be written as CSV".into()));
    }
    if asked.additions && asked.earlier.is_empty() {
        return Err(Refused::Usage("additions go with the messages that were sent before".into()));
    }
    let timestamp = asked.timestamp.map(timestamp).transpose()?;
    let form = form::read(asked.report)?;
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

fn in_time(asked: &Asked<'_>, form: &Form) -> Result<(), Refused> {
    match form.first_year.filter(|first| asked.year < *first) {
        Some(first) => {
            let message = format!("{} is not reported: the first year of `{}` is {first}", asked.year, asked.name);
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
    map.insert(asked.report);
    map.insert(asked.provider);
    map.extend(&asked.market.sources);
    for input in asked.ledgers.iter().chain([asked.users]) {
        input.excerpts(problems, &mut map);
    }
    map
}
