//! Rules of regulation, and registers.

use crate::diagnostic::Code;
use crate::formula::Formula;
use crate::formula::names::Per;
use crate::yaml::{Entry, Fields, Node, Reader, Style, Value};

use super::book::{Duty, DutyEach, EachWhat, Key, Piece, Register, RegisterEntry, RuleBook, Severity, Template, Verb};
use super::read::Read;
use super::read_taxes::dues;

/// Reads one entry of `regulation`.
pub fn duty(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a rule of regulation") else { return };
    let title = fields.require(reader, "title").and_then(|n| reader.string(n)).unwrap_or_default();
    let in_force = reader.in_force(&mut fields);
    let subject = fields.take("subject").and_then(|n| reader.formula(n));
    let each =
        fields.take("each").map_or(Some(DutyEach { customer: false, what: EachWhat::Period(Per::Day) }), |n| each(reader, n));
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let test = test(reader, &mut fields, &name);
    let severity = fields.take("severity").and_then(|n| reader.one_of(n, Severity::WORDS));
    let figures_node = fields.take("figures");
    let figures = figures_node.map(|n| reader.list(n).iter().filter_map(|n| reader.formula(n)).collect()).unwrap_or_default();
    let message = fields.take("message").and_then(|n| template(reader, n));
    let cure = fields.take("cure").and_then(|n| template(reader, n));
    let yearly = each.as_ref().is_some_and(|e| matches!(e.what, EachWhat::Period(Per::Year)));
    let due = fields.take("due").map(|n| dues(reader, n, yearly, book.working_days.is_some())).unwrap_or_default();
    let cite = reader.cite(&mut fields, &format!("the rule `{name}`"));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    let (Some(each), Some((verb, test))) = (each, test) else { return };
    let severity = severity.unwrap_or(if verb == Verb::MustReport { Severity::Duty } else { Severity::Breach });
    book.duties.push(Duty {
        name,
        title,
        in_force,
        subject,
        each,
        when,
        verb,
        test,
        severity,
        figures,
        message,
        cure,
        due,
        cite,
        note,
        at: reader.at(entry.key_spot),
    });
}

/// Exactly one of `requires`, `forbids`, `must_report`.
fn test(reader: &mut Reader, fields: &mut Fields<'_>, name: &str) -> Option<(Verb, Formula)> {
    let found: Vec<(Verb, &Node)> =
        Verb::WORDS.iter().filter_map(|(word, verb)| fields.take(word).map(|node| (*verb, node))).collect();
    match found.as_slice() {
        [(verb, node)] => reader.formula(node).map(|formula| (*verb, formula)),
        [] => {
            let message = format!("the rule `{name}` asks for nothing");
            let help = "add `requires: ..`, `forbids: ..` or `must_report: ..` with a condition (`yes` where there is none)";
            reader.problem(Code::R0202, fields.spot, message, Some(help.into()));
            None
        }
        [_, (_, second), ..] => {
            let message = format!("the rule `{name}` has more than one of `requires`, `forbids` and `must_report`");
            reader.problem(Code::R0203, second.spot, message, Some("make two rules of it".into()));
            None
        }
    }
}

/// `day`, `transaction`, `record of NAME`, `[customer, year]`
fn each(reader: &mut Reader, node: &Node) -> Option<DutyEach> {
    const WHAT: &[(&str, EachWord)] = &[
        ("day", EachWord::Period(Per::Day)),
        ("month", EachWord::Period(Per::Month)),
        ("quarter", EachWord::Period(Per::Quarter)),
        ("year", EachWord::Period(Per::Year)),
        ("transaction", EachWord::Transaction),
        ("disposal", EachWord::Disposal),
    ];
    if let Some(list) = node.text().and_then(|t| t.strip_prefix("record of ")) {
        let key = Key { name: list.trim().to_owned(), at: reader.at(node.spot), target: None };
        return Some(DutyEach { customer: false, what: EachWhat::Record(key) });
    }
    let (customer, what) = match &node.value {
        Value::List(items) => match items.as_slice() {
            [first, second] => (reader.one_of(first, &[("customer", true)])?, reader.one_of(second, WHAT)?),
            _ => {
                let help = "write `[customer, day]`, `[customer, year]` or another span";
                reader.problem(
                    Code::R0203,
                    node.spot,
                    "a list here begins with `customer` and ends with a span",
                    Some(help.into()),
                );
                return None;
            }
        },
        _ => (false, reader.one_of(node, WHAT)?),
    };
    let what = match what {
        EachWord::Period(per) => EachWhat::Period(per),
        EachWord::Transaction => EachWhat::Transaction,
        EachWord::Disposal => EachWhat::Disposal,
    };
    Some(DutyEach { customer, what })
}

#[derive(Clone, Copy)]
enum EachWord {
    Period(Per),
    Transaction,
    Disposal,
}

/// A text in which braces hold formulas.
fn template(reader: &mut Reader, node: &Node) -> Option<Template> {
    let text = reader.string(node)?;
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, behind)) = after.split_once('}') else {
            let help = "close it, as in `{capital_required}`";
            reader.problem(Code::R0203, node.spot, "a brace is opened and not closed in this text", Some(help.into()));
            return None;
        };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        // The text of a value has no place of its own: it is shown with that of the whole text.
        let inner = Node { spot: node.spot, value: Value::Scalar(crate::yaml::Scalar::new(inside.trim(), Style::Plain)) };
        pieces.push(Piece::Value(Box::new(reader.formula(&inner)?)));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Some(Template(pieces))
}

/// Reads one entry of `registers`.
pub fn register(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a register") else { return };
    let title = fields.require(reader, "title").and_then(|n| reader.string(n)).unwrap_or_default();
    let mut entries = Vec::new();
    if let Some(node) = fields.require(reader, "entries") {
        for item in reader.list(node) {
            entries.extend(register_entry(reader, item));
        }
    }
    let cite = reader.cite(&mut fields, &format!("the register `{name}`"));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    book.registers.push(Register { name, title, entries, cite, note, at: reader.at(entry.key_spot) });
}

fn register_entry(reader: &mut Reader, node: &Node) -> Option<RegisterEntry> {
    let mut fields = reader.fields(node, "an entry of a register")?;
    let mut names: Vec<String> = fields.require(reader, "name").and_then(|n| reader.string(n)).into_iter().collect();
    if let Some(also) = fields.take("also") {
        for item in reader.list(also) {
            names.extend(reader.string(item));
        }
    }
    let in_force = reader.in_force(&mut fields);
    let cite = reader.cite_if_any(&mut fields);
    let note = reader.text_of(&mut fields, "note");
    let at = reader.at(fields.spot);
    fields.done(reader);
    (!names.is_empty()).then_some(RegisterEntry { names, in_force, cite, note, at })
}
