//! Whom a report is about and who takes it, with the sources of what is said.

use chrono::Datelike;

use crate::diagnostic::{Code, suggestion};
use crate::yaml::{Entry, Fields, Node, Reader};

use super::string;

pub type Group = (String, Vec<String>);

/// The countries that take the report.
#[derive(Debug, Clone)]
pub struct FiledIn {
    pub countries: Vec<String>,
    /// What a provider of another country does.
    pub otherwise: String,
}

/// A source: its title, or a map that says as well how far it was read.
pub fn source(reader: &mut Reader, entry: &Entry) -> Option<String> {
    if entry.value.text().is_none() {
        let mut fields = reader.fields(&entry.value, "a source of a report")?;
        string(reader, &mut fields, "title");
        let status = fields.require(reader, "status");
        status.and_then(|n| reader.one_of(n, &[("confirmed", ()), ("unconfirmed", ())]));
        fields.take("url").and_then(|n| reader.string(n));
        fields.take("checked").and_then(|n| reader.date(n));
        fields.take("note").and_then(|n| reader.string(n));
        fields.done(reader);
    }
    Some(entry.key.clone())
}

/// Country codes, and names of groups for the codes of their countries.
pub fn countries(reader: &mut Reader, node: &Node, known: &[String], groups: &[Group]) -> Vec<String> {
    let mut found = Vec::new();
    for (word, spot) in reader.words(node) {
        match groups.iter().find(|(name, _)| *name == word) {
            Some((_, members)) => found.extend(members.iter().cloned()),
            None if known.contains(&word) => found.push(word),
            None => {
                let help =
                    suggestion(&word, groups.iter().map(|(name, _)| name.as_str()).chain(known.iter().map(String::as_str)));
                reader.problem(Code::R0204, spot, format!("`{word}` is not a country code of the schema"), help);
            }
        }
    }
    found
}

type Known<'a> = (&'a [String], &'a [Group]);

pub fn reportable(reader: &mut Reader, node: &Node, (known, groups): Known<'_>, sources: &[String]) -> Option<Vec<String>> {
    let mut fields = reader.fields(node, "`reportable`")?;
    let found = fields.require(reader, "residents_of").map(|n| countries(reader, n, known, groups));
    grounds(reader, &mut fields, sources);
    fields.done(reader);
    found
}

pub fn filed_in(reader: &mut Reader, node: &Node, (known, groups): Known<'_>, sources: &[String]) -> Option<FiledIn> {
    let mut fields = reader.fields(node, "`filed_in`")?;
    let found = fields.require(reader, "countries").map(|n| countries(reader, n, known, groups));
    let otherwise = string(reader, &mut fields, "otherwise");
    grounds(reader, &mut fields, sources);
    fields.done(reader);
    Some(FiledIn { countries: found?, otherwise })
}

/// The year in which the duty begins.
pub fn first_year(reader: &mut Reader, node: &Node, sources: &[String]) -> Option<i32> {
    let mut fields = reader.fields(node, "`from`")?;
    let day = fields.require(reader, "day").and_then(|n| reader.date(n));
    grounds(reader, &mut fields, sources);
    fields.done(reader);
    Some(day?.year())
}

/// The sources of a statement, and what is to be said about it.
pub fn grounds(reader: &mut Reader, fields: &mut Fields<'_>, sources: &[String]) {
    let cites = fields.require(reader, "cite").map(|n| reader.words(n)).unwrap_or_default();
    for (word, spot) in cites.iter().filter(|(word, _)| !sources.contains(word)) {
        let help = suggestion(word, sources.iter().map(String::as_str));
        reader.problem(Code::R0402, *spot, format!("no source is called `{word}`"), help);
    }
    fields.take("note").and_then(|n| reader.string(n));
}

/// Something that holds because it stands there, with its sources.
pub fn said(reader: &mut Reader, node: &Node, sources: &[String]) {
    if let Some(mut fields) = reader.fields(node, "a statement of a report") {
        grounds(reader, &mut fields, sources);
        fields.done(reader);
    }
}

/// What the texts leave open, and how it is taken here.
pub fn readings(reader: &mut Reader, node: &Node, sources: &[String]) {
    for entry in reader.entries(node) {
        let Some(mut fields) = reader.fields(&entry.value, "a reading of a report") else { continue };
        for key in ["question", "taken", "other", "because"] {
            string(reader, &mut fields, key);
        }
        grounds(reader, &mut fields, sources);
        fields.done(reader);
    }
}

/// Names of records are cut at hyphens.
pub fn record_mark(reader: &mut Reader, node: &Node) -> Option<String> {
    let found = reader.string(node)?;
    if !found.chars().all(|c| c.is_ascii_alphanumeric()) {
        reader.problem(Code::R0203, node.spot, "`record_mark` is made of letters and digits", None);
    }
    Some(found)
}
