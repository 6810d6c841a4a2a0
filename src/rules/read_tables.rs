//! Parameters that are tables: rows tried in order, looked up by facts, labels, readings and choices.

use crate::diagnostic::Code;
use crate::yaml::{Node, Reader, Spot, Value};

use super::book::{At, Key, TableRow};
use super::read::Read;
use super::read_scales::Kind;

/// What tables are looked up by, and where that is said.
#[derive(Clone, Copy)]
pub struct Lookup<'a> {
    pub keys: &'a [Key],
    pub at: Option<Spot>,
}

/// Reads `by: [NAME, ..]`.
pub fn keys(reader: &mut Reader, node: &Node) -> Vec<Key> {
    let mut found: Vec<Key> = Vec::new();
    for (name, spot) in reader.words(node) {
        if found.iter().any(|k| k.name == name) {
            reader.problem(
                Code::R0206,
                spot,
                format!("the table is looked up by `{name}` twice"),
                Some("keep one of them".into()),
            );
        } else {
            found.push(Key { name, at: reader.at(spot), target: None });
        }
    }
    found
}

/// Reads `table: [..]`; what its words mean is resolved later.
pub fn table(reader: &mut Reader, node: &Node, kind: &Kind, lookup: Lookup<'_>) -> Option<Vec<TableRow>> {
    let by = lookup.keys;
    if by.is_empty() {
        let help = "add `by: [NAME, ..]` beside `values`";
        reader.problem(
            Code::R0202,
            lookup.at.unwrap_or(node.spot),
            "what this table is looked up by is not said",
            Some(help.into()),
        );
        return None;
    }
    let items = reader.list(node);
    if matches!(&node.value, Value::List(l) if l.is_empty()) {
        reader.problem(Code::R0202, node.spot, "the table has no rows", Some("add `- { otherwise: .. }`".into()));
        return None;
    }
    let rows: Vec<Option<TableRow>> = items.iter().map(|item| row(reader, item, kind, by)).collect();
    // Without one of its rows the table would seem to leave something out.
    rows.into_iter().collect()
}

fn row(reader: &mut Reader, node: &Node, kind: &Kind, by: &[Key]) -> Option<TableRow> {
    let before = reader.problems.len();
    let mut fields = reader.fields(node, "a row of a table")?;
    let asked: Vec<Option<Vec<(String, At)>>> = by.iter().map(|key| Some(words(reader, fields.named(&key.name)?))).collect();
    let (value, otherwise) = (fields.take("value"), fields.take("otherwise"));
    let cite = reader.cite_if_any(&mut fields);
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    if reader.problems.len() > before {
        return None;
    }
    let value = match (value, otherwise) {
        (Some(value), None) => kind.given(reader, value)?,
        (None, Some(otherwise)) if asked.iter().all(Option::is_none) => kind.given(reader, otherwise)?,
        _ => {
            let help = "a row is `{ NAME: word, .., value: .. }`, the last may be `{ otherwise: .. }`";
            reader.problem(Code::R0203, node.spot, "a row of a table needs `value`, or `otherwise` alone", Some(help.into()));
            return None;
        }
    };
    Some(TableRow { asked, words: Vec::new(), value, cite, note, at: reader.at(node.spot) })
}

/// A word, or a list of words any of which fits.
fn words(reader: &mut Reader, node: &Node) -> Vec<(String, At)> {
    match node.text() {
        Some(_) => reader.string(node).map(|word| vec![(word, reader.at(node.spot))]).unwrap_or_default(),
        None => reader.words(node).into_iter().map(|(word, spot)| (word, reader.at(spot))).collect(),
    }
}
