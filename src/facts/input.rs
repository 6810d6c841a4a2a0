//! Facts as they are given: a file of one or of many taxpayers, a tree made by another face, single settings.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Place, Source};
use crate::yaml::{self, Entry, Node, Scalar, Spot, Style, Value as Yaml};

use super::table::Table;

/// Facts as given: nothing, a file, or a tree made by another face.
#[derive(Debug, Clone, Default)]
pub struct FactsInput {
    pub(super) root: Option<(Source, Node)>,
    /// Facts of many taxpayers, a line each.
    pub(super) table: Option<Arc<Table>>,
    pub(super) problems: Vec<Diagnostic>,
    /// From `--set`: they replace what the file says.
    set: Vec<(String, String)>,
}

impl FactsInput {
    /// Reads a facts file: `NAME: value` in YAML, or a CSV with a line for each taxpayer.
    pub fn file(source: Source) -> FactsInput {
        if !source.name.to_ascii_lowercase().ends_with(".csv") {
            return FactsInput::yaml(source);
        }
        let (table, problems) = Table::read(source);
        FactsInput { table: table.map(Arc::new), problems, ..FactsInput::default() }
    }

    /// The file, for excerpts in messages.
    pub fn source(&self) -> Option<&Source> {
        self.root.as_ref().map(|(source, _)| source).or(self.table.as_ref().map(|t| &t.source))
    }

    /// The taxpayers that a file has lines of, in its order; `None` for facts of one.
    pub fn taxpayers(&self) -> Option<Vec<&str>> {
        self.table.as_ref().map(|t| t.taxpayers().collect())
    }

    pub fn has_taxpayer(&self, taxpayer: &str) -> bool {
        self.table.as_ref().is_some_and(|t| t.has(taxpayer))
    }

    /// Reads a facts file in YAML.
    pub fn yaml(source: Source) -> FactsInput {
        match yaml::parse(&source) {
            Ok(node) => FactsInput { root: Some((source, node)), ..FactsInput::default() },
            Err(problems) => {
                let only_comments = source.text.lines().all(|l| l.trim().is_empty() || l.trim_start().starts_with('#'));
                FactsInput { problems: if only_comments { Vec::new() } else { problems }, ..FactsInput::default() }
            }
        }
    }

    /// Facts that another face made; `name` stands for the file in messages.
    pub fn tree(name: &str, node: Node) -> FactsInput {
        FactsInput { root: Some((Source::new(name, ""), node)), ..FactsInput::default() }
    }

    /// Facts that are a part of a file.
    pub fn part_of(source: &Source, node: Node) -> FactsInput {
        FactsInput { root: Some((source.clone(), node)), ..FactsInput::default() }
    }

    /// The same, with the lines of many taxpayers that another input has.
    pub fn and_table(mut self, other: &FactsInput) -> FactsInput {
        self.table.clone_from(&other.table);
        self.problems.extend(other.problems.iter().cloned());
        self
    }

    /// Sets one fact; `value` is a scalar as in a facts file.
    pub fn set(&mut self, name: &str, value: &str) {
        self.set.push((name.to_owned(), value.to_owned()));
    }

    /// The names that facts are given under, with their places; a file of many taxpayers has its columns.
    pub fn names(&self) -> Vec<(String, Option<Place>)> {
        let place = |spot: Spot, source: &Source| (spot.line > 0).then(|| spot.place(&source.name));
        let columns = self.table.iter().flat_map(|t| t.columns.iter().map(|c| (c.fact.clone(), place(c.spot, &t.source))));
        let entries = self.entries(None, &mut Vec::new());
        let named = entries.iter().map(|(e, source)| (e.key.clone(), place(e.key_spot, source)));
        columns.filter(|(name, _)| name != "taxpayer").chain(named).collect()
    }

    pub(super) fn entries(&self, taxpayer: Option<&str>, problems: &mut Vec<Diagnostic>) -> Vec<(Entry, Source)> {
        let mut found: Vec<(Entry, Source)> = Vec::new();
        if let (Some(table), Some(taxpayer)) = (&self.table, taxpayer) {
            found.extend(table.entries(taxpayer, problems).into_iter().map(|e| (e, table.source.clone())));
        }
        if let Some((source, node)) = &self.root
            && let Yaml::Map(entries) = &node.value
        {
            found.extend(entries.iter().map(|e| (e.clone(), source.clone())));
        }
        let set = Source::new("--set", "");
        for (name, value) in &self.set {
            found.retain(|(e, _)| e.key != *name);
            let spot = Spot::default();
            let scalar = Scalar::new(value, Style::Plain);
            // A map or list in braces is read as in a file: `--set "regime={2024-07-01: mining}"`.
            let tree = value.starts_with(['{', '[']).then(|| yaml::parse(&Source::new("--set", value.as_str())).ok()).flatten();
            let node = tree.unwrap_or(Node { spot, value: Yaml::Scalar(scalar) });
            found.push((Entry { key: name.clone(), key_spot: spot, value: node }, set.clone()));
        }
        found
    }

    pub(super) fn sha256(&self, entries: &[(Entry, Source)]) -> Option<String> {
        if entries.is_empty() && self.table.is_none() {
            return None;
        }
        let mut sha = Sha256::new();
        // Of a file with many taxpayers all of it counts: whose line is read depends on it.
        self.table.iter().for_each(|t| sha.update(t.sha256.as_bytes()));
        for (entry, _) in entries {
            sha.update(entry.key.as_bytes());
            fingerprint(&entry.value, &mut sha);
        }
        Some(sha.finalize().iter().map(|b| format!("{b:02x}")).collect())
    }
}

fn fingerprint(node: &Node, sha: &mut Sha256) {
    match &node.value {
        Yaml::Scalar(scalar) => sha.update(format!("={}", scalar.text).as_bytes()),
        Yaml::List(items) => items.iter().for_each(|n| fingerprint(n, sha)),
        Yaml::Map(entries) => entries.iter().for_each(|e| {
            sha.update(format!("\n{}", e.key).as_bytes());
            fingerprint(&e.value, sha);
        }),
    }
}
