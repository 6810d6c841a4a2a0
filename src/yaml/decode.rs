//! Reading nodes into typed things: every key is asked for by name, and what nobody asked for is an error.

use std::sync::Arc;

use chrono::NaiveDate;

use super::mistakes::{date_help, decimal_help};
use super::{Entry, Node, Spot, Style, Value};
use crate::diagnostic::{Code, Diagnostic, Place, suggestion};
use crate::number::{self, Decimal};

/// Collects what is wrong while a file is read; nothing stops at the first error.
pub struct Reader {
    pub file: Arc<str>,
    pub problems: Vec<Diagnostic>,
}

impl Reader {
    pub fn new(file: &Arc<str>) -> Self {
        Reader { file: Arc::clone(file), problems: Vec::new() }
    }

    pub fn place(&self, spot: Spot) -> Place {
        spot.place(&self.file)
    }

    pub fn problem(&mut self, code: Code, spot: Spot, message: impl Into<String>, help: Option<String>) {
        let place = self.place(spot);
        self.problems.push(Diagnostic::new(code, message).at(place).help_opt(help));
    }

    fn shape(&mut self, node: &Node, wanted: &str, help: Option<String>) {
        let message = format!("{wanted} was expected here, but {} stands here", node.what());
        self.problem(Code::R0203, node.spot, message, help);
    }

    /// The keys of a map; `what` names it in messages ("a tax").
    pub fn fields<'a>(&mut self, node: &'a Node, what: &'static str) -> Option<Fields<'a>> {
        #[cfg(test)]
        super::asked::map(what);
        match &node.value {
            Value::Map(entries) => Some(Fields { what, spot: node.spot, entries, known: Vec::new() }),
            _ => {
                let help = match &node.value {
                    Value::List(_) => "write `{ key: value, .. }`, or `key: value` on lines of their own, without dashes",
                    _ => "write `{ key: value, .. }`, or `key: value` on indented lines of their own",
                };
                self.shape(node, &format!("a map with the keys of {what}"), Some(help.into()));
                None
            }
        }
    }

    /// The entries of a map whose keys are names the file chooses.
    pub fn entries<'a>(&mut self, node: &'a Node) -> &'a [Entry] {
        match &node.value {
            Value::Map(entries) => entries,
            _ if node.is_empty() => &[],
            _ => {
                self.shape(node, "a map of names", Some("write `name: ..` on indented lines of their own".into()));
                &[]
            }
        }
    }

    pub fn list<'a>(&mut self, node: &'a Node) -> &'a [Node] {
        match &node.value {
            Value::List(items) => items,
            _ => {
                let help = match node.text() {
                    Some(text) if !node.is_empty() => format!("a list stands in brackets, even if it is of one: `[{text}]`"),
                    _ => "begin each entry with a dash and a space, or write `[a, b]`".to_owned(),
                };
                self.shape(node, "a list", Some(help));
                &[]
            }
        }
    }

    pub fn text<'a>(&mut self, node: &'a Node) -> Option<&'a str> {
        match node.text() {
            Some(text) if !node.is_empty() => Some(text),
            _ => {
                self.shape(node, "a text", None);
                None
            }
        }
    }

    pub fn string(&mut self, node: &Node) -> Option<String> {
        self.text(node).map(str::to_owned)
    }

    /// A list of single words, each with its place.
    pub fn words(&mut self, node: &Node) -> Vec<(String, Spot)> {
        self.list(node).iter().filter_map(|item| Some((self.text(item)?.to_owned(), item.spot))).collect()
    }

    pub fn date(&mut self, node: &Node) -> Option<NaiveDate> {
        let text = self.text(node)?;
        match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            Ok(date) if text.len() == 10 => Some(date),
            _ => {
                let message = format!("`{text}` is not a date");
                self.problem(Code::R0203, node.spot, message, Some(date_help(text)));
                None
            }
        }
    }

    pub fn decimal(&mut self, node: &Node) -> Option<Decimal> {
        let text = self.text(node)?;
        match number::parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(Code::R0203, node.spot, error.to_string(), Some(decimal_help(text)));
                None
            }
        }
    }

    pub fn yes_no(&mut self, node: &Node) -> Option<bool> {
        self.one_of(node, &[("yes", true), ("no", false)])
    }

    /// One of a fixed list of words.
    pub fn one_of<T: Copy>(&mut self, node: &Node, options: &[(&'static str, T)]) -> Option<T> {
        #[cfg(test)]
        super::asked::words(node.spot, options.iter().map(|(word, _)| *word));
        let text = self.text(node)?;
        if let Some((_, value)) = options.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let message = format!("`{text}` is not possible here");
        let help = suggestion(text, options.iter().map(|(word, _)| *word));
        self.problem(Code::R0204, node.spot, message, help);
        None
    }
}

/// The keys of one map: taken by name, the rest refused by [`Fields::done`].
pub struct Fields<'a> {
    pub spot: Spot,
    what: &'static str,
    entries: &'a [Entry],
    known: Vec<String>,
}

impl<'a> Fields<'a> {
    /// The value behind a key, if the key stands here. One in capitals is read as it is meant, and refused by [`Fields::done`].
    pub fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        let found = self.named(key);
        #[cfg(test)]
        super::asked::key(self.what, key, found);
        found
    }

    /// As [`Fields::take`], for a key that is a name of the file.
    pub fn named(&mut self, key: &str) -> Option<&'a Node> {
        self.known.push(key.to_owned());
        let small = |e: &&Entry| e.key.eq_ignore_ascii_case(key);
        self.entries.iter().find(|e| e.key == key).or_else(|| self.entries.iter().find(small)).map(|e| &e.value)
    }

    /// As [`Fields::take`], and an error if the key is missing.
    pub fn require(&mut self, reader: &mut Reader, key: &'static str) -> Option<&'a Node> {
        let found = self.take(key);
        if found.is_none() {
            let message = format!("{} has no `{key}`", self.what);
            reader.problem(Code::R0202, self.spot, message, Some(format!("add `{key}: ...`")));
        }
        found
    }

    /// Refuses the keys nobody asked for. Behind a formula in `{..}` such a key is most likely the rest of the formula.
    pub fn done(self, reader: &mut Reader) {
        for (index, entry) in self.entries.iter().enumerate() {
            if self.known.contains(&entry.key) {
                continue;
            }
            let before = index.checked_sub(1).and_then(|i| self.entries.get(i)).map(|e| &e.value);
            let cut = entry.value.is_empty()
                && before.is_some_and(|n| matches!(&n.value, Value::Scalar(s) if s.in_flow && s.style == Style::Plain));
            if cut {
                let message = format!("YAML ended the formula before `{}`: inside braces a comma separates keys", entry.key);
                reader.problem(Code::R0105, entry.key_spot, message, Some("put the formula in double quotes".into()));
            } else {
                let message = format!("`{}` is not a key of {}", entry.key, self.what);
                let help = suggestion(&entry.key, self.known.iter().map(String::as_str));
                reader.problem(Code::R0201, entry.key_spot, message, help);
            }
        }
    }
}
