//! Who the customers are: a CSV with a line for each, and one for each person who controls an entity.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use csv::StringRecord;

use crate::diagnostic::{Code, Diagnostic, Source, suggestion};
use crate::facts::table::spots;
use crate::yaml::Spot;

use super::form::Form;

#[derive(Debug, Clone, Default)]
pub struct Address {
    pub street: String,
    pub building: String,
    pub post_code: String,
    pub city: String,
    /// State, province, county.
    pub region: String,
    pub country: String,
}

#[derive(Debug, Clone)]
pub enum Named {
    Individual { first: String, last: String, born: NaiveDate },
    Entity { name: String },
}

/// A person or entity.
#[derive(Debug, Clone)]
pub struct Party {
    pub named: Named,
    pub address: Address,
    /// Countries of tax residence, each with the number there, if there is one.
    pub residences: Vec<(String, Option<String>)>,
}

#[derive(Debug, Clone)]
pub struct User {
    pub party: Party,
    /// Who controls an entity, and the schema's codes of how.
    pub controlled_by: Vec<(Party, Vec<String>)>,
}

pub type Users = HashMap<String, User>;

const COLUMNS: [&str; 15] = [
    "taxpayer",
    "kind",
    "first_name",
    "last_name",
    "name",
    "birth_date",
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
const LENGTH_MAX: usize = 200;

/// Why a text cannot stand in the report.
pub fn unfit(text: &str) -> Option<String> {
    let length = text.chars().count();
    if length > LENGTH_MAX {
        return Some(format!("has {length} characters, the schema takes {LENGTH_MAX}"));
    }
    text.chars().any(char::is_control).then(|| "holds a control character, such as a line end".to_owned())
}

/// Reads the file: every fault of every line is told.
pub fn read(source: &Source, form: &Form) -> (Users, Vec<Diagnostic>) {
    let mut file = File {
        source,
        form,
        columns: Vec::new(),
        users: Users::new(),
        seen: HashMap::new(),
        persons: Vec::new(),
        problems: Vec::new(),
    };
    file.read();
    file.attach();
    (file.users, file.problems)
}

/// A person who controls an entity, with the entity and the place where it is named.
struct Controls {
    entity: String,
    at: Spot,
    party: Party,
    how: Vec<String>,
}

struct File<'a> {
    source: &'a Source,
    form: &'a Form,
    columns: Vec<String>,
    users: Users,
    /// Where each taxpayer stands, faulty lines included.
    seen: HashMap<String, Spot>,
    persons: Vec<Controls>,
    problems: Vec<Diagnostic>,
}

impl File<'_> {
    fn problem(&mut self, code: Code, spot: Spot, message: String, help: Option<String>) {
        self.problems.push(Diagnostic::new(code, message).at(spot.place(&self.source.name)).help_opt(help));
    }

    fn read(&mut self) {
        let text = Arc::clone(&self.source.text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).has_headers(false).from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        let start = Spot { line: 1, column: 1, length: 1 };
        loop {
            match reader.read_record(&mut record) {
                Ok(true) if record.iter().all(str::is_empty) => {}
                Ok(true) if self.columns.is_empty() => {
                    let spots = spots(text, &record);
                    if !self.header(&record, &spots) {
                        return;
                    }
                }
                Ok(true) => self.line(&record, &spots(text, &record)),
                Ok(false) => break,
                Err(error) => {
                    let line = error.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(1));
                    let spot = Spot { line, ..start };
                    self.problem(Code::F0107, spot, format!("the users cannot be read as CSV: {error}"), None);
                    return;
                }
            }
        }
        if self.columns.is_empty() {
            let help = format!("the first line names the columns: `{}`", COLUMNS.join(","));
            self.problem(Code::F0107, start, "the file of users is empty: there is not even a header".into(), Some(help));
        }
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

    fn line(&mut self, record: &StringRecord, spots: &[Spot]) {
        let start = spots.first().copied().unwrap_or_default();
        if record.len() != self.columns.len() {
            let message = format!("the line has {} fields, the header {}", record.len(), self.columns.len());
            let help = "a field that holds a comma stands in double quotes";
            self.problem(Code::F0107, start, message, Some(help.into()));
            return;
        }
        let columns = std::mem::take(&mut self.columns);
        let cells = columns.iter().zip(record.iter().zip(spots)).map(|(name, (text, spot))| (name.as_str(), (text, *spot)));
        let cells: BTreeMap<&str, (&str, Spot)> = cells.collect();
        self.user(&Line { cells, start });
        self.columns = columns;
    }

    fn user(&mut self, line: &Line<'_>) {
        let before = self.problems.len();
        let (kind, at) = line.get("kind");
        if !KINDS.contains(&kind) {
            let help = suggestion(kind, KINDS);
            self.problem(Code::F0102, at, format!("`{kind}` is not a kind of user"), help);
            return;
        }
        let (taxpayer, at) = line.get("taxpayer");
        let (entity, entity_at) = line.get("controls");
        let person = kind == "controlling_person";
        if person && entity.is_empty() {
            let help = "fill `controls` with the taxpayer of the entity";
            self.problem(Code::F0102, entity_at, "the line names no entity that the person controls".into(), Some(help.into()));
        } else if !person && taxpayer.is_empty() {
            self.problem(Code::F0107, at, "the line names no taxpayer".into(), Some("fill the column `taxpayer`".into()));
        } else if !person && let Some(first) = self.seen.insert(taxpayer.to_owned(), at) {
            let problem = Diagnostic::new(Code::F0109, format!("the taxpayer `{taxpayer}` stands twice among the users"));
            let problem = problem.at(at.place(&self.source.name)).related(first.place(&self.source.name), "first here");
            self.problems.push(problem.help("keep one line for each taxpayer"));
        }
        let how = if person { self.control(line) } else { Vec::new() };
        let party = self.party(line, kind);
        let Some(party) = party.filter(|_| self.problems.len() == before) else { return };
        if person {
            self.persons.push(Controls { entity: entity.to_owned(), at: entity_at, party, how });
        } else {
            self.users.insert(taxpayer.to_owned(), User { party, controlled_by: Vec::new() });
        }
    }

    fn party(&mut self, line: &Line<'_>, kind: &str) -> Option<Party> {
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
        let address = Address {
            street: street?,
            building: building?,
            post_code: post_code?,
            city: city?,
            region: region?,
            country: country.to_owned(),
        };
        Some(Party { named: named?, address, residences })
    }

    fn text(&mut self, line: &Line<'_>, column: &str, must: bool) -> Option<String> {
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

    fn born(&mut self, line: &Line<'_>) -> Option<NaiveDate> {
        let (text, at) = line.get("birth_date");
        let found = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        if found.is_none() {
            let message = if text.is_empty() { "`birth_date` is empty".to_owned() } else { format!("`{text}` is not a date") };
            self.problem(Code::F0102, at, message, Some("write it as 1990-12-31".into()));
        }
        found
    }

    fn country(&mut self, text: &str, at: Spot) {
        if !self.form.countries.iter().any(|c| c == text) {
            let message = format!("`{text}` is not a country code of the schema");
            self.problem(Code::F0102, at, message, Some("write the two capital letters of ISO 3166".into()));
        }
    }

    /// Countries with the number behind a colon, apart by semicolons; a country alone where there is no number.
    fn residences(&mut self, line: &Line<'_>) -> Vec<(String, Option<String>)> {
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

    fn control(&mut self, line: &Line<'_>) -> Vec<String> {
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

    /// Gives the persons to their entities.
    fn attach(&mut self) {
        for person in std::mem::take(&mut self.persons) {
            match self.users.get_mut(&person.entity) {
                Some(user) if matches!(user.party.named, Named::Entity { .. }) => {
                    user.controlled_by.push((person.party, person.how));
                }
                // Its own line is faulty, which is told already.
                None if self.seen.contains_key(&person.entity) => {}
                _ => {
                    let message = format!("`{}` is not an entity among the users", person.entity);
                    self.problem(Code::F0102, person.at, message, Some("name the taxpayer of an entity".into()));
                }
            }
        }
    }
}

/// The cells of a line by their columns.
struct Line<'a> {
    cells: BTreeMap<&'a str, (&'a str, Spot)>,
    start: Spot,
}

impl<'a> Line<'a> {
    fn get(&self, column: &str) -> (&'a str, Spot) {
        self.cells.get(column).copied().unwrap_or(("", self.start))
    }
}
