//! Facts of many taxpayers: a CSV with a column `taxpayer`, then a column a fact.

use std::collections::HashMap;

use csv::StringRecord;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Code, Diagnostic, Source};
use crate::yaml::{self, Entry, Node, Scalar, Spot, Style, Value as Yaml};

/// The lines of a file, each of one taxpayer.
#[derive(Debug)]
pub struct Table {
    pub source: Source,
    pub columns: Vec<Column>,
    /// The taxpayers in the order of the file, each with its cells.
    lines: Vec<(String, Vec<Cell>)>,
    by_taxpayer: HashMap<String, usize>,
    /// What is wrong with single lines, told of their taxpayers alone.
    faults: HashMap<String, Vec<Diagnostic>>,
    pub sha256: String,
}

/// A cell that is not empty: its column, text and place.
type Cell = (usize, String, Spot);

/// A column: the fact, and what it is for where it varies (`NAME@2024-07`).
#[derive(Debug)]
pub struct Column {
    pub fact: String,
    pub key: Option<String>,
    pub spot: Spot,
}

impl Table {
    /// Reads a file. What is wrong with it as a whole leaves no table; faulty lines are left out and told.
    pub fn read(source: Source) -> (Option<Table>, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let table = Table::lines(source, &mut problems);
        (table, problems)
    }

    fn lines(source: Source, problems: &mut Vec<Diagnostic>) -> Option<Table> {
        let text = std::sync::Arc::clone(&source.text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).has_headers(false).from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        let mut table = Table {
            columns: Vec::new(),
            lines: Vec::new(),
            by_taxpayer: HashMap::new(),
            faults: HashMap::new(),
            sha256: Sha256::digest(source.text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect(),
            source,
        };
        let mut taxpayer = None;
        loop {
            match reader.read_record(&mut record) {
                Ok(true) if record.iter().all(str::is_empty) => {}
                Ok(true) => {
                    let spots = spots(text, &record);
                    match taxpayer {
                        None => taxpayer = Some(table.header(&record, &spots, problems)?),
                        Some(column) => table.line(&record, &spots, column, problems),
                    }
                }
                Ok(false) => break,
                Err(error) => {
                    let line = error.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(1));
                    let spot = Spot { line, column: 1, length: 1 };
                    problems.push(table.problem(Code::F0107, spot, format!("the facts cannot be read as CSV: {error}")));
                    return None;
                }
            }
        }
        if taxpayer.is_none() {
            let spot = Spot { line: 1, column: 1, length: 1 };
            let problem = table.problem(Code::F0107, spot, "the facts are empty: there is not even a header".into());
            problems.push(problem.help("the first line names the columns: `taxpayer,regime,other_income@2024`"));
            return None;
        }
        Some(table)
    }

    fn problem(&self, code: Code, spot: Spot, message: String) -> Diagnostic {
        Diagnostic::new(code, message).at(spot.place(&self.source.name))
    }

    /// The columns; gives that of the taxpayer.
    fn header(&mut self, record: &StringRecord, spots: &[Spot], problems: &mut Vec<Diagnostic>) -> Option<usize> {
        let mut taxpayer = None;
        for (index, (name, spot)) in record.iter().zip(spots).enumerate() {
            let earlier = record.iter().take(index).position(|n| n == name);
            if let Some(first) = earlier.and_then(|i| spots.get(i)) {
                let problem = self.problem(Code::F0107, *spot, format!("the column `{name}` stands twice"));
                problems.push(problem.related(first.place(&self.source.name), "first here").help("keep one of them"));
            }
            if name == "taxpayer" {
                taxpayer = Some(index);
            }
            let (fact, key) = name.split_once('@').map_or((name, None), |(fact, key)| (fact, Some(key.to_owned())));
            self.columns.push(Column { fact: fact.to_owned(), key, spot: *spot });
        }
        if taxpayer.is_none() {
            let spot = Spot { line: spots.first().map_or(1, |s| s.line), column: 1, length: 1 };
            let problem = self.problem(Code::F0107, spot, "the facts have no column `taxpayer`".into());
            problems.push(problem.help("add it: each line is of one taxpayer; facts of one alone go into a YAML file"));
        }
        taxpayer
    }

    fn line(&mut self, record: &StringRecord, spots: &[Spot], taxpayer: usize, problems: &mut Vec<Diagnostic>) {
        let start = spots.first().copied().unwrap_or_default();
        let name = record.get(taxpayer).unwrap_or_default();
        let at = spots.get(taxpayer).copied().unwrap_or(start);
        if name.is_empty() {
            let problem = self.problem(Code::F0107, at, "the line names no taxpayer".into());
            problems.push(problem.help("fill the column `taxpayer`"));
            return;
        }
        if self.by_taxpayer.contains_key(name) {
            let problem = self.problem(Code::F0109, at, format!("the taxpayer `{name}` stands twice in the facts"));
            let help = "keep one line for each taxpayer; what varies has a column for each time: `NAME@2024`";
            self.faults.entry(name.to_owned()).or_default().push(problem.help(help));
            return;
        }
        let mut cells: Vec<Cell> = Vec::new();
        if record.len() == self.columns.len() {
            let given = record.iter().zip(spots).enumerate().filter(|(i, (text, _))| *i != taxpayer && !text.is_empty());
            cells.extend(given.map(|(index, (text, spot))| (index, text.to_owned(), *spot)));
        } else {
            let message = format!("the line has {} fields, the header {}", record.len(), self.columns.len());
            let problem = self.problem(Code::F0107, start, message).help("a field that holds a comma stands in double quotes");
            self.faults.entry(name.to_owned()).or_default().push(problem);
        }
        self.by_taxpayer.insert(name.to_owned(), self.lines.len());
        self.lines.push((name.to_owned(), cells));
    }

    /// The taxpayers in the order of the file.
    pub fn taxpayers(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(name, _)| name.as_str())
    }

    pub fn has(&self, taxpayer: &str) -> bool {
        self.by_taxpayer.contains_key(taxpayer)
    }

    /// What the line of a taxpayer says, as the entries of a facts file. Columns of one fact make a map.
    pub fn entries(&self, taxpayer: &str, problems: &mut Vec<Diagnostic>) -> Vec<Entry> {
        let mut found: Vec<Entry> = Vec::new();
        problems.extend(self.faults.get(taxpayer).into_iter().flatten().cloned());
        let cells = self.by_taxpayer.get(taxpayer).and_then(|i| self.lines.get(*i)).map_or(&[][..], |(_, cells)| cells);
        for (index, text, spot) in cells {
            let Some(column) = self.columns.get(*index) else { continue };
            let Some(value) = self.value(text, *spot, problems) else { continue };
            let earlier = found.iter_mut().find(|e| e.key == column.fact);
            match (earlier, &column.key) {
                (None, None) => found.push(Entry { key: column.fact.clone(), key_spot: column.spot, value }),
                (None, Some(key)) => {
                    let inner = Entry { key: key.clone(), key_spot: column.spot, value };
                    let value = Node { spot: *spot, value: Yaml::Map(vec![inner]) };
                    found.push(Entry { key: column.fact.clone(), key_spot: column.spot, value });
                }
                (Some(Entry { value: Node { value: Yaml::Map(entries), .. }, .. }), Some(key)) => {
                    entries.push(Entry { key: key.clone(), key_spot: column.spot, value });
                }
                (Some(_), _) => {
                    let message = format!("`{}` is given once for all time and once more for a time", column.fact);
                    let problem = self.problem(Code::F0103, *spot, message);
                    problems.push(problem.help("fill either the column without `@`, or those with it"));
                }
            }
        }
        found
    }

    /// A cell: a scalar, or a map or list in braces as in a facts file.
    fn value(&self, text: &str, spot: Spot, problems: &mut Vec<Diagnostic>) -> Option<Node> {
        if !text.starts_with(['{', '[']) {
            let scalar = Scalar::new(text, Style::Plain);
            return Some(Node { spot, value: Yaml::Scalar(scalar) });
        }
        match yaml::parse(&Source::new(std::sync::Arc::clone(&self.source.name), text)) {
            Ok(mut node) => {
                at(&mut node, spot);
                Some(node)
            }
            Err(_) => {
                let problem = self.problem(Code::F0102, spot, format!("`{text}` cannot be read as a map or list"));
                problems.push(problem.help("write it as in a facts file: `[{ from: 2024-01-01, through: 2024-03-31 }]`"));
                None
            }
        }
    }
}

/// All of a cell stands where the cell stands.
fn at(node: &mut Node, spot: Spot) {
    node.spot = spot;
    match &mut node.value {
        Yaml::Scalar(_) => {}
        Yaml::List(items) => items.iter_mut().for_each(|n| at(n, spot)),
        Yaml::Map(entries) => entries.iter_mut().for_each(|e| {
            e.key_spot = spot;
            at(&mut e.value, spot);
        }),
    }
}

/// Where the fields of a record stand, quotes and spaces counted.
pub(crate) fn spots(text: &str, record: &StringRecord) -> Vec<Spot> {
    let Some(position) = record.position() else { return Vec::new() };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    // Empty lines before the record belong to its position.
    let (mut line, mut column) = (u32::try_from(position.line()).unwrap_or(u32::MAX), 1);
    let mut chars = text.get(start..).unwrap_or_default().chars().peekable();
    while chars.peek().is_some_and(|c| matches!(c, '\r' | '\n')) {
        line += u32::from(chars.next() == Some('\n'));
    }
    let mut found = Vec::new();
    for field in record {
        while chars.peek().is_some_and(|c| *c == ' ' || *c == '\t') {
            chars.next();
            column += 1;
        }
        let length = u32::try_from(field.chars().count()).unwrap_or(1);
        let quoted = u32::from(chars.peek() == Some(&'"'));
        found.push(Spot { line, column: column + quoted, length: length.max(1) });
        let mut in_quotes = false;
        for c in chars.by_ref() {
            column += 1;
            match c {
                '"' => in_quotes = !in_quotes,
                ',' if !in_quotes => break,
                '\n' => (line, column) = (line + 1, 1),
                _ => {}
            }
        }
    }
    found
}
