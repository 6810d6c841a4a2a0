//! Facts, readings, choices, parameters.

use crate::diagnostic::{Code, suggestion};
use crate::formula::Formula;
use crate::formula::names::Varies;
use crate::formula::types::{Type, Unit, Value, WordSet};
use crate::yaml::{Entry, Fields, Node, Reader, Value as Yaml};

use super::book::{
    About, DatedValue, Fact, FactDefault, FactShape, Given, Key, ListKey, OptionEntry, OptionSet, Parameter, RuleBook, SelectedBy,
};
use super::read::Read;
use super::read_scales::{self, Kind};
use super::read_tables::{self, Lookup};
use super::units::{literal, literal_help, read_unit};

/// Reads one entry of `facts`.
pub fn fact(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a fact") else { return };
    let title = reader.text_of(&mut fields, "title").unwrap_or_else(|| name.replace('_', " "));
    let note = reader.text_of(&mut fields, "note");
    let varies = [("no", Varies::No), ("by_year", Varies::ByYear), ("by_month", Varies::ByMonth), ("by_date", Varies::ByDate)];
    let varies = fields.take("varies").and_then(|n| reader.one_of(n, &varies)).unwrap_or(Varies::No);
    let about = fields
        .take("about")
        .and_then(|n| reader.one_of(n, &[("taxpayer", About::Taxpayer), ("row", About::Row), ("asset", About::Asset)]))
        .unwrap_or(About::Taxpayer);
    let counts_as_ledger = fields.take("counts_as").and_then(|n| reader.one_of(n, &[("ledger", true)])).unwrap_or(false);
    let shape = fact_shape(reader, &mut fields, book);
    let default = fields.take("default").and_then(|n| fact_default(reader, n, shape.as_ref()?, book));
    let cite = reader.cite_if_any(&mut fields);
    fields.done(reader);
    if about == About::Asset && (varies != Varies::No || matches!(shape, Some(FactShape::List(_)))) {
        let help = "leave `varies` out: what an asset is does not change";
        reader.problem(Code::R0203, entry.key_spot, "a fact about assets has one value for each asset", Some(help.into()));
    }
    // A fact of an unknown unit keeps its name, so that no further errors follow from it.
    let shape = shape.unwrap_or(FactShape::Unit(Type::Number(Unit::zero())));
    book.facts.push(Fact {
        name,
        title,
        shape,
        varies,
        about,
        counts_as_ledger,
        default,
        cite,
        note,
        at: reader.at(entry.key_spot),
    });
}

fn fact_shape(reader: &mut Reader, fields: &mut Fields<'_>, book: &mut RuleBook) -> Option<FactShape> {
    let (one_of, unit, list) = (fields.take("one_of"), fields.take("unit"), fields.take("list_of"));
    if let (Some(node), None, None, None) = (fields.take("some_of"), one_of, unit, list) {
        let words: Vec<String> = reader.words(node).into_iter().map(|(w, _)| w).collect();
        if words.is_empty() || words.len() > 64 {
            let message = format!("a set of {} words", words.len());
            reader.problem(Code::R0203, node.spot, message, Some("a set has from 1 to 64 words".into()));
            return None;
        }
        return Some(FactShape::Set(words));
    }
    match (one_of, unit, list) {
        (Some(node), None, None) => Some(FactShape::OneOf(reader.words(node).into_iter().map(|(w, _)| w).collect())),
        (None, Some(node), None) => read_unit(reader, node, &book.currency, &book.units).map(FactShape::Unit),
        (None, None, Some(node)) => {
            let entries = reader.entries(node).to_vec();
            Some(FactShape::List(entries.iter().filter_map(|e| list_key(reader, e, book)).collect()))
        }
        _ => {
            reader.problem(Code::R0203, fields.spot, "a fact needs exactly one of `one_of`, `some_of`, `unit`, `list_of`", None);
            None
        }
    }
}

/// A key of the records of a list: `from: date`, `kind: [a, b]`, `until: { unit: date, default: 9999-12-31 }`.
fn list_key(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) -> Option<ListKey> {
    let name = entry.key.clone();
    let words = |reader: &mut Reader, node: &Node| -> Type {
        let words = reader.words(node).into_iter().map(|(word, _)| word).collect();
        Type::Word(WordSet { of: format!("the key `{}`", entry.key), words, country: false })
    };
    match &entry.value.value {
        Yaml::List(_) => Some(ListKey { name, ty: words(reader, &entry.value), default: None }),
        Yaml::Map(_) => {
            let mut fields = reader.fields(&entry.value, "a key of a list")?;
            let (one_of, unit) = (fields.take("one_of"), fields.take("unit"));
            let ty = match (one_of, unit) {
                (Some(node), None) => Some(words(reader, node)),
                (None, Some(node)) => read_unit(reader, node, &book.currency, &book.units),
                _ => {
                    reader.problem(Code::R0203, fields.spot, "a key of a list needs either `one_of` or `unit`", None);
                    None
                }
            };
            let default = fields.take("default").and_then(|node| {
                let text = reader.text(node)?;
                match &ty {
                    Some(Type::Word(set)) if set.words.iter().any(|w| w == text) => Some(Value::Word(book.names.word(text))),
                    Some(ty) => match literal(text, ty) {
                        Ok(value) => Some(value),
                        Err(message) => {
                            reader.problem(Code::R0203, node.spot, message, literal_help(text, ty));
                            None
                        }
                    },
                    None => None,
                }
            });
            fields.done(reader);
            Some(ListKey { name, ty: ty?, default })
        }
        Yaml::Scalar(_) => {
            Some(ListKey { name, ty: read_unit(reader, &entry.value, &book.currency, &book.units)?, default: None })
        }
    }
}

/// The bit of a word in a set.
pub fn set_bit(words: &[String], word: &str) -> Option<u64> {
    let index = words.iter().position(|w| w == word)?;
    1u64.checked_shl(u32::try_from(index).ok()?)
}

/// The words of a set.
pub fn set_words(words: &[String], bits: u64) -> Vec<&str> {
    words.iter().filter(|w| set_bit(words, w).is_some_and(|bit| bits & bit != 0)).map(String::as_str).collect()
}

fn fact_default(reader: &mut Reader, node: &Node, shape: &FactShape, book: &mut RuleBook) -> Option<FactDefault> {
    match shape {
        FactShape::List(_) => {
            if !reader.list(node).is_empty() {
                reader.problem(
                    Code::R0203,
                    node.spot,
                    "the default of a list is the empty list",
                    Some("write `default: []`".into()),
                );
            }
            Some(FactDefault::EmptyList)
        }
        FactShape::Set(words) => {
            let mut bits = 0;
            for (word, spot) in reader.words(node) {
                match set_bit(words, &word) {
                    Some(bit) => bits |= bit,
                    None => {
                        let help = suggestion(&word, words.iter().map(String::as_str));
                        reader.problem(Code::R0204, spot, format!("`{word}` is not one of the words"), help);
                    }
                }
            }
            Some(FactDefault::Value(Value::Set(bits)))
        }
        FactShape::OneOf(words) => {
            let text = reader.text(node)?;
            if !words.iter().any(|w| w == text) {
                let help = suggestion(text, words.iter().map(String::as_str));
                reader.problem(Code::R0204, node.spot, format!("the default `{text}` is not one of the words"), help);
                return None;
            }
            Some(FactDefault::Value(Value::Word(book.names.word(text))))
        }
        FactShape::Unit(ty) => {
            let text = reader.text(node)?;
            match literal(text, ty) {
                Ok(value) => Some(FactDefault::Value(value)),
                Err(message) => {
                    reader.problem(Code::R0203, node.spot, message, literal_help(text, ty));
                    None
                }
            }
        }
    }
}

/// Reads one entry of `readings` or `choices`.
pub fn option(reader: &mut Reader, entry: &Entry, is_reading: bool, book: &mut RuleBook) {
    let name = reader.name(entry);
    let what = if is_reading { "a reading" } else { "a choice" };
    let Some(mut fields) = reader.fields(&entry.value, what) else { return };
    let question = fields.require(reader, "question").and_then(|n| reader.string(n)).unwrap_or_default();
    let note = reader.text_of(&mut fields, "note");
    let mut options = Vec::new();
    if let Some(node) = fields.require(reader, "options") {
        for option in reader.entries(node).to_vec() {
            let Some(mut inner) = reader.fields(&option.value, "an option") else { continue };
            let title = reader.text_of(&mut inner, "title").unwrap_or_else(|| option.key.replace('_', " "));
            let argument = if is_reading { inner.require(reader, "argument") } else { inner.take("argument") };
            let argument = argument.and_then(|n| reader.string(n)).unwrap_or_default();
            inner.done(reader);
            options.push(OptionEntry { name: option.key, title, argument });
        }
        if options.len() < 2 {
            let help = "where nothing else is argued, cite a source with `status: law_silent` instead";
            reader.problem(Code::R0203, node.spot, format!("{what} needs at least two options"), Some(help.into()));
        }
    }
    let default = fields.require(reader, "default").and_then(|n| Some((reader.string(n)?, n.spot)));
    let cite = reader.cite(&mut fields, &format!("{what} `{name}`"));
    fields.done(reader);
    let Some((default, spot)) = default else { return };
    let least = default.strip_prefix("least ").map(|figure| (figure.trim().to_owned(), reader.at(spot)));
    let default = match (&least, options.first()) {
        (Some(_), Some(first)) => first.name.clone(),
        _ => default,
    };
    if !options.iter().any(|o| o.name == default) {
        let help = suggestion(&default, options.iter().map(|o| o.name.as_str()));
        reader.problem(Code::R0204, spot, format!("the default `{default}` is not one of the options"), help);
    }
    book.options.push(OptionSet {
        name,
        is_reading,
        question,
        options,
        default,
        least,
        cite,
        note,
        at: reader.at(entry.key_spot),
    });
}

/// Reads one entry of `parameters`.
pub fn parameter(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a parameter") else { return };
    let title = fields.require(reader, "title").and_then(|n| reader.string(n)).unwrap_or_default();
    let note = reader.text_of(&mut fields, "note");
    let kind = Kind::read(reader, &mut fields, book);
    let selected = [
        ("tax_year", SelectedBy::TaxYear),
        ("period", SelectedBy::Period),
        ("row", SelectedBy::Row),
        ("disposed", SelectedBy::Disposed),
        ("acquired", SelectedBy::Acquired),
    ];
    let selected_by =
        fields.require(reader, "selected_by").and_then(|n| reader.one_of(n, &selected)).unwrap_or(SelectedBy::Period);
    let known_through = fields.take("known_through").and_then(|n| reader.date(n));
    let existing_since =
        fields.take("existing_since").and_then(|n| Some(Key { name: reader.string(n)?, at: reader.at(n.spot), target: None }));
    let by_node = fields.take("by");
    let by = by_node.map(|n| read_tables::keys(reader, n)).unwrap_or_default();
    let lookup = Lookup { keys: &by, at: by_node.map(|n| n.spot) };
    let values_node = fields.require(reader, "values");
    let mut values = Vec::new();
    if let (Some(node), Some(kind)) = (values_node, &kind) {
        let items = reader.list(node);
        let is_table = |item: &Node| matches!(&item.value, Yaml::Map(entries) if entries.iter().any(|e| e.key == "table"));
        if let (Some(first), false) = (by.first(), items.iter().any(is_table)) {
            let message = format!("`{name}` has no table that could be looked up by `{}`", first.name);
            reader.problem(Code::R0203, first.at.spot, message, Some("give a value as `table: [..]`, or leave `by` out".into()));
        }
        for item in items {
            let value = dated_value(reader, item, &name, kind, lookup);
            if let (Some(_), None) = (value.as_ref().and_then(|v| v.existing_by), &existing_since) {
                let help = "add `existing_since: FACT`, a fact whose value is a date";
                let message = format!("`{name}` does not say by which fact somebody was there before");
                reader.problem(Code::R0302, item.spot, message, Some(help.into()));
            }
            values.extend(value);
        }
        if matches!(&node.value, Yaml::List(l) if l.is_empty()) {
            reader.problem(
                Code::R0202,
                node.spot,
                format!("`{name}` has no values"),
                Some("add `- { from: .., value: .., cite: [..] }`".into()),
            );
        }
    }
    fields.done(reader);
    let (shadows, at) = (Vec::new(), reader.at(entry.key_spot));
    // A parameter of an unknown unit keeps its name, so that no further errors follow from it.
    let kind = kind.unwrap_or(Kind::One(Type::Number(Unit::zero())));
    let unit = kind.ty();
    let derived = None;
    let parameter =
        Parameter { name, title, unit, selected_by, known_through, existing_since, by, derived, values, shadows, note, at };
    let parts = read_scales::derived(&parameter, &kind, book.parameters.len());
    book.parameters.push(parameter);
    book.parameters.extend(parts);
}

fn dated_value(reader: &mut Reader, node: &Node, name: &str, kind: &Kind, lookup: Lookup<'_>) -> Option<DatedValue> {
    let mut fields = reader.fields(node, "a dated value")?;
    let in_force = reader.in_force(&mut fields);
    let existing_by = fields.take("existing_by").and_then(|n| {
        let day = reader.date(n)?;
        if in_force.from.is_none_or(|from| day <= from) {
            let message = "it binds those who were there before no earlier than the others";
            reader.problem(Code::R0207, n.spot, message, Some("write a day after `from`".into()));
        }
        Some(day)
    });
    let table = fields.take("table").map(|n| read_tables::table(reader, n, kind, lookup));
    let value_node = if table.is_some() { fields.take("value") } else { fields.require(reader, "value") };
    let cite = reader.cite(&mut fields, &format!("this value of `{name}`"));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    let value = match (table, value_node) {
        (None, value_node) => kind.given(reader, value_node?)?,
        (Some(table), None) => Given::Table(table?),
        (Some(_), Some(node)) => {
            let message = format!("this value of `{name}` has both `value` and `table`");
            reader.problem(Code::R0203, node.spot, message, Some("keep one of them".into()));
            return None;
        }
    };
    Some(DatedValue { in_force, existing_by, value, cite, note, at: reader.at(node.spot) })
}

/// `unknown`, a literal of the unit, or a formula over parameters.
pub fn given(reader: &mut Reader, node: &Node, unit: &Type) -> Option<Given> {
    let text = reader.text(node)?;
    if text == "unknown" {
        return Some(Given::Unknown);
    }
    match literal(text, unit) {
        Ok(value) => Some(Given::Literal(value)),
        Err(_) if is_formula(text) => Some(Given::Formula(Box::new(Formula::take(node, &reader.file)?))),
        Err(message) => {
            reader.problem(Code::R0203, node.spot, message, literal_help(text, unit));
            None
        }
    }
}

/// A formula has an operator or begins with a name; a number with a word behind it is a value written in a wrong way.
fn is_formula(text: &str) -> bool {
    text.contains(['*', '+', '('])
        || text.contains(" / ")
        || text.contains(" - ")
        || text.starts_with(|c: char| c.is_ascii_alphabetic())
}
