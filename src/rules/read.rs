//! One file of law: nodes to the parts of a rule book. Formulas are kept as text; names are resolved later.

use crate::diagnostic::Code;
use crate::formula::Formula;
use crate::formula::names::Per;
use crate::yaml::{Entry, Fields, Node, Reader, Spot, Value};

use super::book::{At, Case, Cause, Cite, InForce, Key, PerCase, PerRule, Rule};

/// Words and helpers shared by all sections.
pub trait Read {
    fn at(&self, spot: Spot) -> At;
    fn cite(&mut self, fields: &mut Fields<'_>, what: &str) -> Cite;
    fn cite_if_any(&mut self, fields: &mut Fields<'_>) -> Cite;
    fn cite_list(&mut self, node: &Node) -> Cite;
    fn formula(&mut self, node: &Node) -> Option<Formula>;
    fn in_force(&mut self, fields: &mut Fields<'_>) -> InForce;
    fn rule(&mut self, fields: &mut Fields<'_>, what: &str) -> Option<Rule>;
    fn per(&mut self, fields: &mut Fields<'_>, rows: bool) -> PerRule;
    fn name(&mut self, entry: &Entry) -> String;
    fn text_of(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<String>;
    fn because(&mut self, fields: &mut Fields<'_>) -> Option<Cause>;
}

impl Read for Reader {
    fn at(&self, spot: Spot) -> At {
        At { file: self.file.clone(), spot }
    }

    fn cite(&mut self, fields: &mut Fields<'_>, what: &str) -> Cite {
        let spot = fields.spot;
        match fields.take("cite") {
            Some(node) => {
                let cite = self.cite_list(node);
                if cite.is_empty() && matches!(&node.value, crate::yaml::Value::List(l) if l.is_empty()) {
                    self.problem(
                        Code::R0401,
                        node.spot,
                        format!("{what} cites nothing"),
                        Some("name a source: `cite: [key]`".into()),
                    );
                }
                cite
            }
            None => {
                let help = "add `cite: [key]` with a key of `sources`; where the law says nothing, cite a source with `status: law_silent`";
                self.problem(Code::R0401, spot, format!("{what} has no citation"), Some(help.into()));
                Vec::new()
            }
        }
    }

    fn cite_if_any(&mut self, fields: &mut Fields<'_>) -> Cite {
        fields.take("cite").map(|node| self.cite_list(node)).unwrap_or_default()
    }

    fn cite_list(&mut self, node: &Node) -> Cite {
        self.words(node).into_iter().map(|(key, spot)| (key, self.at(spot))).collect()
    }

    fn formula(&mut self, node: &Node) -> Option<Formula> {
        let formula = Formula::take(node, &self.file);
        if formula.is_none() {
            let message = format!("a formula was expected here, but {} stands here", node.what());
            self.problem(
                Code::R0203,
                node.spot,
                message,
                Some("write it on one line, in quotes if it holds `,` `:` `[` or `#`".into()),
            );
        }
        formula
    }

    fn in_force(&mut self, fields: &mut Fields<'_>) -> InForce {
        let from = fields.take("from").and_then(|n| self.date(n));
        let until_node = fields.take("until");
        let until = until_node.and_then(|n| self.date(n));
        if let (Some(from), Some(until), Some(node)) = (from, until, until_node)
            && until < from
        {
            self.problem(Code::R0207, node.spot, format!("it ends on {until}, before it begins on {from}"), None);
        }
        InForce { from, until }
    }

    fn rule(&mut self, fields: &mut Fields<'_>, what: &str) -> Option<Rule> {
        let spot = fields.spot;
        match (fields.take("formula"), fields.take("cases")) {
            (Some(node), None) => Some(Rule { cases: vec![Case { when: None, then: self.formula(node)?, because: None }] }),
            (None, Some(node)) => {
                let cases =
                    cases(self, node, "a case", |reader, node| reader.formula(node), |reader, fields| reader.because(fields))?;
                Some(Rule { cases: cases.into_iter().map(|(when, then, because)| Case { when, then, because }).collect() })
            }
            (Some(_), Some(node)) => {
                self.problem(
                    Code::R0203,
                    node.spot,
                    format!("{what} has both `formula` and `cases`"),
                    Some("keep one of them".into()),
                );
                None
            }
            (None, None) => {
                self.problem(
                    Code::R0202,
                    spot,
                    format!("{what} has no `formula`"),
                    Some("add `formula: ..` or `cases: [..]`".into()),
                );
                None
            }
        }
    }

    fn per(&mut self, fields: &mut Fields<'_>, rows: bool) -> PerRule {
        const WORDS: &[(&str, Per)] =
            &[("year", Per::Year), ("quarter", Per::Quarter), ("month", Per::Month), ("day", Per::Day), ("row", Per::Row)];
        let periods = WORDS.get(..3).unwrap_or(WORDS);
        let Some(node) = fields.take("per") else { return PerRule::always(Per::Year) };
        if let (Some(names), true) = (node.text().and_then(|t| t.strip_prefix("segment of ")), rows) {
            let key = |name: &str| Key { name: name.trim().to_owned(), at: self.at(node.spot), target: None };
            let segments = names.split(',').map(key).collect();
            return PerRule { segments, ..PerRule::always(Per::Segment) };
        }
        let Value::Map(_) = &node.value else {
            return PerRule::always(self.one_of(node, if rows { WORDS } else { periods }).unwrap_or(Per::Year));
        };
        let mut found = None;
        if let Some(mut inner) = self.fields(node, "`per`") {
            if let Some(list) = inner.require(self, "cases") {
                found = cases(self, list, "a case of `per`", |reader, node| reader.one_of(node, periods), |_, _| ());
            }
            inner.done(self);
        }
        let cases = found.unwrap_or_else(|| vec![(None, Per::Year, ())]);
        PerRule { cases: cases.into_iter().map(|(when, then, ())| PerCase { when, then }).collect(), segments: Vec::new() }
    }

    fn name(&mut self, entry: &Entry) -> String {
        let name = entry.key.as_str();
        let formed = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !formed {
            let rule = "a name is small letters, digits and `_`, and begins with a letter";
            let meant = well_formed(name);
            let help = meant.as_ref().map_or_else(|| rule.to_owned(), |meant| format!("write `{meant}`: {rule}"));
            self.problem(Code::R0205, entry.key_spot, format!("`{name}` is not a name"), Some(help));
            // Under the name that was meant, so that no further errors follow from it.
            return meant.unwrap_or_else(|| name.to_owned());
        }
        if super::names::is_reserved(name) {
            let help = "choose another name: this word already means something in formulas";
            self.problem(Code::R0205, entry.key_spot, format!("`{name}` is a word of the language"), Some(help.into()));
        }
        name.to_owned()
    }

    fn text_of(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
        fields.take(key).and_then(|n| self.string(n))
    }

    fn because(&mut self, fields: &mut Fields<'_>) -> Option<Cause> {
        fields.take("exempt_because").and_then(|n| self.one_of(n, &Cause::words()))
    }
}

/// A name written with capitals, spaces or dashes, as it should be.
fn well_formed(name: &str) -> Option<String> {
    let letter = |c: char| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { '_' };
    let meant: String = name.trim().chars().map(letter).collect();
    let plain = meant.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && meant.starts_with(|c: char| c.is_ascii_lowercase())).then_some(meant)
}

/// Cases tried in order, the last of which has no condition; `read` reads what a case gives, `more` what else it may say.
fn cases<T, M>(
    reader: &mut Reader,
    node: &Node,
    what: &'static str,
    read: impl Fn(&mut Reader, &Node) -> Option<T>,
    more: impl Fn(&mut Reader, &mut Fields<'_>) -> M,
) -> Option<Vec<(Option<Formula>, T, M)>> {
    let items = reader.list(node);
    let mut cases = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(mut fields) = reader.fields(item, what) else { continue };
        let (when, then, otherwise) = (fields.take("when"), fields.take("then"), fields.take("otherwise"));
        let more = more(reader, &mut fields);
        match (when, then, otherwise) {
            (Some(when), Some(then), None) => {
                let (when, then) = (reader.formula(when), read(reader, then));
                if let (Some(when), Some(then)) = (when, then) {
                    cases.push((Some(when), then, more));
                }
            }
            (None, None, Some(otherwise)) => {
                if index + 1 < items.len() {
                    reader.problem(
                        Code::R0410,
                        item.spot,
                        "the cases after `otherwise` can never be reached",
                        Some("put `otherwise` last".into()),
                    );
                }
                if let Some(then) = read(reader, otherwise) {
                    cases.push((None, then, more));
                }
            }
            _ => {
                let help = "a case is `{ when: \"..\", then: \"..\" }`, the last is `{ otherwise: \"..\" }`";
                reader.problem(Code::R0203, item.spot, "a case needs `when` and `then`, or `otherwise` alone", Some(help.into()));
            }
        }
        fields.done(reader);
    }
    if cases.last().is_none_or(|(when, ..)| when.is_some()) {
        let help = "end the list with `- { otherwise: \"..\" }`";
        reader.problem(Code::R0403, node.spot, "no case covers what is left", Some(help.into()));
        return None;
    }
    Some(cases)
}
