//! What a provider says for one report: facts, choices and readings of its rules, and its words for assets.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Source, suggestion};
use crate::facts::FactsInput;
use crate::reporting::form as sums;
use crate::reporting::provider::Provider;
use crate::rules::RuleBook;
use crate::yaml::{Fields, Node, Reader, Value, parse};

use super::form::LineForm;

#[derive(Debug, Clone)]
pub struct Own {
    /// The rules of the report, by the clock of the provider.
    pub book: RuleBook,
    pub facts: FactsInput,
    pub choices: Vec<(String, String)>,
    pub readings: Vec<(String, String)>,
    /// By asset, what the report asks of it.
    pub assets: BTreeMap<String, BTreeMap<String, String>>,
    /// Residents of these countries are reported, if the provider says so.
    pub residents: Option<Vec<String>>,
}

/// Reads `reports: { NAME: .. }` of the provider's file; all that is wrong with it where it cannot be used.
pub fn read(source: &Source, form: &LineForm, provider: &Provider) -> Result<Own, Vec<Diagnostic>> {
    let root = parse(source)?;
    let mut reader = Reader::new(&source.name);
    let mut own = Own {
        book: RuleBook { zone: provider.zone, ..form.book.clone() },
        facts: FactsInput::default(),
        choices: Vec::new(),
        readings: Vec::new(),
        assets: BTreeMap::new(),
        residents: None,
    };
    match section(&root, &form.name) {
        Some(node) => {
            if let Some(mut fields) = reader.fields(node, "what a provider says for a report") {
                own.fill(&mut reader, &mut fields, source, form);
                fields.done(&mut reader);
            }
        }
        None => misnamed(&mut reader, &root, &form.name),
    }
    if reader.problems.is_empty() { Ok(own) } else { Err(reader.problems) }
}

fn inside<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
        _ => None,
    }
}

fn section<'a>(root: &'a Node, name: &str) -> Option<&'a Node> {
    inside(inside(root, "reports")?, name)
}

/// A section under a name that no report has would be passed over in silence.
fn misnamed(reader: &mut Reader, root: &Node, name: &str) {
    let Some(Node { value: Value::Map(entries), .. }) = inside(root, "reports") else { return };
    let known = sums::names();
    for entry in entries.iter().filter(|e| !known.contains(&e.key)) {
        let help = format!("that of this report is called `{name}`");
        reader.problem(Code::R0302, entry.key_spot, format!("there is no report `{}`", entry.key), Some(help));
    }
}

impl Own {
    fn fill(&mut self, reader: &mut Reader, fields: &mut Fields<'_>, source: &Source, form: &LineForm) {
        if let Some(node) = fields.take("facts") {
            reader.entries(node);
            self.facts = FactsInput::part_of(source, node.clone());
        }
        self.choices = fields.take("choices").map(|n| options(reader, n, &form.book, false)).unwrap_or_default();
        self.readings = fields.take("readings").map(|n| options(reader, n, &form.book, true)).unwrap_or_default();
        for entry in fields.take("assets").map(|n| reader.entries(n)).unwrap_or_default() {
            let Some(mut inner) = reader.fields(&entry.value, "an asset of a report") else { continue };
            let mut words = BTreeMap::new();
            for asked in &form.assets {
                let Some(node) = inner.named(&asked.key) else { continue };
                let Some(text) = reader.string(node) else { continue };
                if asked.length.is_some_and(|length| text.chars().count() != length) {
                    let message = format!("`{text}` cannot be the {} of {}: {}", asked.key, entry.key, asked.title);
                    reader.problem(Code::R0203, node.spot, message, Some(asked.help.clone()));
                }
                words.insert(asked.key.clone(), text);
            }
            inner.done(reader);
            self.assets.insert(entry.key.clone(), words);
        }
        self.residents = fields.take("reportable").map(|node| {
            let words = reader.words(node);
            for (word, spot) in words.iter().filter(|(word, _)| !form.people.countries.contains(word)) {
                reader.problem(Code::R0204, *spot, format!("`{word}` is not a country code"), None);
            }
            words.into_iter().map(|(word, _)| word).collect()
        });
    }
}

fn options(reader: &mut Reader, node: &Node, book: &RuleBook, is_reading: bool) -> Vec<(String, String)> {
    let what = if is_reading { "reading" } else { "choice" };
    let mut found = Vec::new();
    for entry in reader.entries(node) {
        let Some(set) = book.options.iter().find(|o| o.name == entry.key && o.is_reading == is_reading) else {
            let known = book.options.iter().filter(|o| o.is_reading == is_reading).map(|o| o.name.as_str());
            let message = format!("`{}` is not a {what} of this report", entry.key);
            reader.problem(Code::R0302, entry.key_spot, message, suggestion(&entry.key, known));
            continue;
        };
        let Some(word) = reader.string(&entry.value) else { continue };
        if !set.options.iter().any(|o| o.name == word) {
            let help = suggestion(&word, set.options.iter().map(|o| o.name.as_str()));
            let message = format!("`{word}` is not an option of `{}`", set.name);
            reader.problem(Code::R0204, entry.value.spot, message, help);
        }
        found.push((entry.key.clone(), word));
    }
    found
}
