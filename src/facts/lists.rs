//! Facts that are lists: words of a set, records with keys.

use crate::diagnostic::{Code, Source, suggestion};
use crate::formula::types::{Type, Value};
use crate::rules::book::{Fact, ListKey};
use crate::rules::read_inputs::set_bit;
use crate::yaml::{Entry, Node, Spot, Value as Yaml};

use super::{FactReader, Given, number_or};

impl FactReader<'_> {
    /// Some of the words of a fact.
    pub(super) fn set(&mut self, fact: &Fact, words: &[String], items: &[Node], source: &Source) -> Option<Value> {
        let mut bits = 0;
        for item in items {
            let word = item.text().unwrap_or_default();
            match set_bit(words, word) {
                Some(bit) => bits |= bit,
                None => {
                    let help = suggestion(word, words.iter().map(String::as_str));
                    let message = format!("`{word}` is not a word of `{}`", fact.name);
                    self.problem(Code::F0102, source, item.spot, message, help);
                    return None;
                }
            }
        }
        Some(Value::Set(bits))
    }

    pub(super) fn list(&mut self, fact: &Fact, keys: &[ListKey], node: &Node, source: &Source) -> Option<Given> {
        let Yaml::List(items) = &node.value else {
            self.problem(
                Code::F0102,
                source,
                node.spot,
                format!("`{}` is a list", fact.name),
                Some("write `- { key: value, .. }`, a line each".into()),
            );
            return None;
        };
        let mut records = Vec::new();
        for item in items {
            let Yaml::Map(entries) = &item.value else {
                self.problem(Code::F0102, source, item.spot, format!("an entry of `{}` is a map", fact.name), None);
                continue;
            };
            for entry in entries.iter().filter(|e| !keys.iter().any(|k| k.name == e.key)) {
                let help = suggestion(&entry.key, keys.iter().map(|k| k.name.as_str()));
                self.problem(
                    Code::F0103,
                    source,
                    entry.key_spot,
                    format!("`{}` is not a key of `{}`", entry.key, fact.name),
                    help,
                );
            }
            let record: Option<Vec<Value>> = keys.iter().map(|key| self.list_value(fact, key, entries, item, source)).collect();
            if let Some(record) = &record {
                self.stretch(fact, keys, record, entries, source);
            }
            records.extend(record);
        }
        Some(Given::List(records))
    }

    /// A record that covers days ends no earlier than it begins.
    fn stretch(&mut self, fact: &Fact, keys: &[ListKey], record: &[Value], entries: &[Entry], source: &Source) {
        let day = |key: &str| match keys.iter().position(|k| k.name == key).and_then(|i| record.get(i)) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let (Some(from), Some(through)) = (day("from"), day("through")) else { return };
        if through < from {
            let spot = entries.iter().find(|e| e.key == "through").map_or(Spot::default(), |e| e.value.spot);
            let message = format!("this entry of `{}` ends on {through}, before it begins on {from}", fact.name);
            let help = "`from` and `through` are the first and the last day, both counted";
            self.problem(Code::F0102, source, spot, message, Some(help.into()));
        }
    }

    fn list_value(&mut self, fact: &Fact, key: &ListKey, entries: &[Entry], item: &Node, source: &Source) -> Option<Value> {
        let Some(entry) = entries.iter().find(|e| e.key == key.name) else {
            if key.default.is_none() {
                let message = format!("this entry of `{}` has no `{}`", fact.name, key.name);
                self.problem(Code::F0102, source, item.spot, message, None);
            }
            return key.default;
        };
        let text = entry.value.text().unwrap_or_default();
        if let Type::Word(set) = &key.ty {
            let known = set.words.iter().any(|w| w == text).then(|| self.book.names.find_word(text)).flatten();
            if known.is_none() {
                let help = suggestion(text, set.words.iter().map(String::as_str));
                let message = format!("`{text}` is not a word of `{}`", key.name);
                self.problem(Code::F0102, source, entry.value.spot, message, help);
            }
            return known.map(Value::Word);
        }
        match number_or(text, &key.ty) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problem(Code::F0102, source, entry.value.spot, message, None);
                None
            }
        }
    }
}
