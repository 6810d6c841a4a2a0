//! The lines of the file of users.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use chrono::NaiveDate;
use csv::StringRecord;

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::facts::table::spots;
use crate::ledger::table::PROBLEMS_MAX;
use crate::reporting::form::Form;
use crate::reporting::input::{Input, Kept, Seen};
use crate::reporting::rows::{PERSON, USER};
use crate::reporting::sorted::{Item, Sorter};
use crate::yaml::Spot;

use super::{Address, Line, Named, Party, unfit};

const COLUMNS: [&str; 17] = [
    "taxpayer",
    "kind",
    "first_name",
    "last_name",
    "name",
    "birth_date",
    "birth_city",
    "birth_country",
    "street",
    "building",
    "post_code",
    "city",
    "region",
    "country",
    "tax_residences",
    "controls",
    "control",
];
const NEEDED: [&str; 5] = ["taxpayer", "kind", "city", "country", "tax_residences"];
const KINDS: [&str; 3] = ["individual", "entity", "controlling_person"];

/// Reads the file: every fault of every line is told, and every line that names somebody goes to the sorter.
pub fn read(input: &Input, form: &Form, to: &mut Sorter) -> io::Result<Vec<Diagnostic>> {
    let mut file = File { name: input.name(), form, to, columns: Vec::new(), problems: Vec::new() };
    match input.open() {
        Ok(text) => file.read(text)?,
        Err(problem) => file.problems.push(problem),
    }
    Ok(file.problems)
}

struct File<'a> {
    name: &'a Arc<str>,
    form: &'a Form,
    to: &'a mut Sorter,
    columns: Vec<String>,
    problems: Vec<Diagnostic>,
}

impl File<'_> {
    fn problem(&mut self, code: Code, spot: Spot, message: String, help: Option<String>) {
        self.problems.push(Diagnostic::new(code, message).at(spot.place(self.name)).help_opt(help));
    }

    fn read(&mut self, text: impl Read) -> io::Result<()> {
        let (text, mut seen) = Kept::new(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).has_headers(false).from_reader(text);
        let mut record = StringRecord::new();
        let start = Spot { line: 1, column: 1, length: 1 };
        loop {
            match reader.read_record(&mut record) {
                Ok(true) if record.iter().all(str::is_empty) => {}
                Ok(true) => {
                    let end = reader.position().byte();
                    let spots = spots_of(&mut seen, &record, end);
                    if self.columns.is_empty() {
                        if !self.header(&record, &spots) {
                            return Ok(());
                        }
                    } else {
                        self.line(&record, &spots)?;
                    }
                }
                Ok(false) => break,
                Err(error) => {
                    let line = error.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(1));
                    let spot = Spot { line, ..start };
                    self.problem(Code::F0107, spot, format!("the users cannot be read as CSV: {error}"), None);
                    return Ok(());
                }
            }
            if self.problems.len() > PROBLEMS_MAX {
                let message = format!("more than {PROBLEMS_MAX} faults: the rest of `{}` was not read", self.name);
                self.problems.push(Diagnostic::new(Code::F0107, message).help("mend these first"));
                return Ok(());
            }
        }
        if self.columns.is_empty() {
            let help = format!("the first line names the columns: `{}`", COLUMNS.join(","));
            self.problem(Code::F0107, start, "the file of users is empty: there is not even a header".into(), Some(help));
        }
        Ok(())
    }

    fn header(&mut self, record: &StringRecord, spots: &[Spot]) -> bool {
        let before = self.problems.len();
        for (index, (name, spot)) in record.iter().zip(spots).enumerate() {
            if record.iter().take(index).any(|n| n == name) {
                self.problem(Code::F0107, *spot, format!("the column `{name}` stands twice"), Some("keep one of them".into()));
            } else if !COLUMNS.contains(&name) && !name.starts_with("x_") {
                let help = suggestion(name, COLUMNS).unwrap_or_else(|| "columns of your own begin with `x_`".into());
                self.problem(Code::F0101, *spot, format!("`{name}` is not a column of the users"), Some(help));
            }
            self.columns.push(name.to_owned());
        }
        let spot = spots.first().copied().unwrap_or_default();
        let absent = NEEDED.iter().filter(|n| !self.columns.iter().any(|c| c == *n));
        for name in absent.collect::<Vec<_>>() {
            self.problem(Code::F0107, spot, format!("the users have no column `{name}`"), Some("add it".into()));
        }
        self.problems.len() == before
    }

    fn line(&mut self, record: &StringRecord, spots: &[Spot]) -> io::Result<()> {
        let start = spots.first().copied().unwrap_or_default();
        if record.len() != self.columns.len() {
            let message = format!("the line has {} fields, the header {}", record.len(), self.columns.len());
            let help = "a field that holds a comma stands in double quotes";
            self.problem(Code::F0107, start, message, Some(help.into()));
            return Ok(());
        }
        let columns = std::mem::take(&mut self.columns);
        let cells = columns.iter().zip(record.iter().zip(spots)).map(|(name, (text, spot))| (name.as_str(), (text, *spot)));
        let cells: BTreeMap<&str, (&str, Spot)> = cells.collect();
        let pushed = self.user(&Cells { cells, start });
        self.columns = columns;
        pushed
    }

    fn user(&mut self, line: &Cells<'_>) -> io::Result<()> {
        let before = self.problems.len();
        let (kind, at) = line.get("kind");
        let person = kind == "controlling_person";
        let (name, name_at) = line.get(if person { "controls" } else { "taxpayer" });
        if !KINDS.contains(&kind) {
            let help = suggestion(kind, KINDS);
            self.problem(Code::F0102, at, format!("`{kind}` is not a kind of user"), help);
        } else if person && name.is_empty() {
            let help = "fill `controls` with the taxpayer of the entity";
            self.problem(Code::F0102, name_at, "the line names no entity that the person controls".into(), Some(help.into()));
        } else if name.is_empty() {
            self.problem(Code::F0107, name_at, "the line names no taxpayer".into(), Some("fill the column `taxpayer`".into()));
        }
        let mut how = Vec::new();
        let mut party = None;
        if KINDS.contains(&kind) {
            if person {
                how = self.control(line);
            }
            party = self.party(line, kind).filter(|_| self.problems.len() == before);
        }
        if name.is_empty() {
            return Ok(());
        }
        let kept = Line { at: (name_at.column, name_at.length), party, how };
        let (key, line) = (name.to_owned(), name_at.line);
        self.to.push(Item { key, rank: if person { PERSON } else { USER }, file: 0, line, payload: serde_json::to_vec(&kept)? })
    }

    fn party(&mut self, line: &Cells<'_>, kind: &str) -> Option<Party> {
        let named = if kind == "entity" {
            self.text(line, "name", true).map(|name| Named::Entity { name })
        } else {
            let (first, last) = (self.text(line, "first_name", true), self.text(line, "last_name", true));
            let born = self.born(line);
            first.zip(last).zip(born).map(|((first, last), born)| Named::Individual { first, last, born })
        };
        let [street, building, post_code, region] =
            ["street", "building", "post_code", "region"].map(|column| self.text(line, column, false));
        let city = self.text(line, "city", true);
        let (country, at) = line.get("country");
        self.country(country, at);
        let residences = self.residences(line);
        let born_in = self.born_in(line);
        let address = Address {
            street: street?,
            building: building?,
            post_code: post_code?,
            city: city?,
            region: region?,
            country: country.to_owned(),
        };
        Some(Party { named: named?, address, residences, born_in })
    }

    fn text(&mut self, line: &Cells<'_>, column: &str, must: bool) -> Option<String> {
        let (text, at) = line.get(column);
        if must && text.is_empty() {
            self.problem(Code::F0102, at, format!("`{column}` is empty"), Some("fill it: the report must have it".into()));
            return None;
        }
        match unfit(text) {
            Some(fault) => {
                self.problem(Code::F0102, at, format!("`{column}` {fault}"), Some("shorten it, or take it out".into()));
                None
            }
            None => Some(text.to_owned()),
        }
    }

    fn born(&mut self, line: &Cells<'_>) -> Option<NaiveDate> {
        let (text, at) = line.get("birth_date");
        let found = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        if found.is_none() {
            let message = if text.is_empty() { "`birth_date` is empty".to_owned() } else { format!("`{text}` is not a date") };
            self.problem(Code::F0102, at, message, Some("write it as 1990-12-31".into()));
        }
        found
    }

    /// The schema takes city and country together.
    fn born_in(&mut self, line: &Cells<'_>) -> Option<(String, String)> {
        let city = self.text(line, "birth_city", false)?;
        let (country, _) = line.get("birth_country");
        if city.is_empty() != country.is_empty() {
            let (empty, given) = if city.is_empty() { ("birth_city", "birth_country") } else { ("birth_country", "birth_city") };
            let help = "give city and country of birth, or neither";
            self.problem(Code::F0102, line.get(empty).1, format!("`{empty}` is empty, `{given}` is not"), Some(help.into()));
        } else if !country.is_empty() {
            self.country(country, line.get("birth_country").1);
        }
        Some((city, country.to_owned())).filter(|(city, _)| !city.is_empty())
    }

    fn country(&mut self, text: &str, at: Spot) {
        if !self.form.countries.iter().any(|c| c == text) {
            let message = format!("`{text}` is not a country code of the schema");
            self.problem(Code::F0102, at, message, Some("write the two capital letters of ISO 3166".into()));
        }
    }

    /// Countries with the number behind a colon, apart by semicolons; a country alone where there is no number.
    fn residences(&mut self, line: &Cells<'_>) -> Vec<(String, Option<String>)> {
        let (text, at) = line.get("tax_residences");
        let mut found: Vec<(String, Option<String>)> = Vec::new();
        for part in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            let (country, tin) = part.split_once(':').map_or((part, ""), |(country, tin)| (country.trim(), tin.trim()));
            self.country(country, at);
            if let Some(fault) = unfit(tin) {
                self.problem(Code::F0102, at, format!("the number of `{country}` {fault}"), None);
            }
            if found.iter().any(|(known, _)| known == country) {
                self.problem(Code::F0102, at, format!("`{country}` stands twice"), Some("keep one of them".into()));
            }
            found.push((country.to_owned(), (!tin.is_empty()).then(|| tin.to_owned())));
        }
        if found.is_empty() {
            let help = "write the country and behind a colon the number there, several apart by `;`; a country alone where there is no number";
            self.problem(Code::F0102, at, "`tax_residences` is empty".into(), Some(help.into()));
        }
        found
    }

    fn control(&mut self, line: &Cells<'_>) -> Vec<String> {
        let (text, at) = line.get("control");
        let words: Vec<&str> = text.split(';').map(str::trim).filter(|w| !w.is_empty()).collect();
        let known = || self.form.controls.iter().map(|(name, _)| name.as_str());
        if words.is_empty() {
            let help = format!("say how: {}", known().collect::<Vec<_>>().join(", "));
            self.problem(Code::F0102, at, "`control` is empty".into(), Some(help));
        }
        let mut found = Vec::new();
        for word in words {
            match self.form.controls.iter().find(|(name, _)| name == word) {
                Some((_, code)) => found.push(code.clone()),
                None => {
                    let help = suggestion(word, self.form.controls.iter().map(|(name, _)| name.as_str()));
                    self.problem(Code::F0102, at, format!("`{word}` is not a way to control an entity"), help);
                }
            }
        }
        found
    }
}

/// The cells of a line by their columns.
struct Cells<'a> {
    cells: BTreeMap<&'a str, (&'a str, Spot)>,
    start: Spot,
}

impl<'a> Cells<'a> {
    fn get(&self, column: &str) -> (&'a str, Spot) {
        self.cells.get(column).copied().unwrap_or(("", self.start))
    }
}

/// Where the fields of the record stand in the file.
fn spots_of(seen: &mut Seen, record: &StringRecord, end: u64) -> Vec<Spot> {
    let place = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
    let position = record.position();
    let text = seen.text(place(position.map_or(0, csv::Position::byte)), place(end));
    let mut alone = record.clone();
    if let Some(position) = position {
        let mut moved = position.clone();
        alone.set_position(Some(moved.set_byte(0).clone()));
    }
    spots(&text, &alone)
}
