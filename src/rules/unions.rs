//! The rules of a union in the laws of its members: its files are read behind the member's own, in its own currency.

use crate::diagnostic::{Code, Diagnostic, Source};
use crate::yaml::{Node, Reader, Value, parse};

use super::book::RuleBook;
use super::load::{empty, sections};
use super::read_head;

/// A union and its files.
pub struct Union {
    pub files: Vec<Source>,
    roots: Vec<(Reader, Node)>,
}

/// The unions that the head of a law names; one that is not known, or whose files are no YAML, is an error.
pub fn find(own: &mut [(Reader, Node)], find: &dyn Fn(&str) -> Vec<Source>, problems: &mut Vec<Diagnostic>) -> Vec<Union> {
    let mut found = Vec::new();
    for (reader, root) in own {
        let Value::Map(entries) = &root.value else { continue };
        let Some(entry) = entries.iter().find(|e| e.key == "member_of") else { continue };
        let Value::List(codes) = &entry.value.value else { continue };
        for node in codes {
            let Some(code) = node.text() else { continue };
            let files = find(code);
            if files.is_empty() {
                let help = "a union is a folder of rules beside the countries";
                let message = format!("no union has the code `{code}`");
                problems.push(Diagnostic::new(Code::R0302, message).at(node.spot.place(&reader.file)).help(help));
            }
            let mut roots = Vec::new();
            for file in &files {
                match parse(file) {
                    Ok(root) => roots.push((Reader::new(&file.name), root)),
                    Err(more) => problems.extend(more),
                }
            }
            found.push(Union { files, roots });
        }
    }
    found
}

impl Union {
    /// Reads the union's rules into the law of a member. A fact that both declare is the member's.
    pub fn read_into(mut self, book: &mut RuleBook, problems: &mut Vec<Diagnostic>) {
        let is_head = |node: &Node| matches!(&node.value, Value::Map(e) if e.iter().any(|e| e.key == "jurisdiction"));
        self.roots.sort_by_key(|(_, node)| !is_head(node));
        book.union_files.extend(self.files.iter().map(|f| f.name.clone()));
        let (own_currency, own_valuation) = (book.currency.clone(), book.valuation.clone());
        let own_sources = std::mem::take(&mut book.sources);
        let own_facts = book.facts.len();
        let mut seen = Vec::new();
        for (reader, node) in &mut self.roots {
            let Some(mut fields) = reader.fields(node, "a rule file") else { continue };
            if is_head(node) {
                let mut head = empty();
                read_head::head(reader, &mut fields, &mut head);
                book.currency.clone_from(&head.currency);
                book.units.extend(head.units.into_iter().filter(|u| !book.units.contains(u)).collect::<Vec<_>>());
                book.month_end = book.month_end.take().or(head.month_end);
            }
            sections(reader, &mut fields, book, &mut seen);
            fields.done(reader);
            problems.append(&mut reader.problems);
        }
        (book.currency, book.valuation) = (own_currency, own_valuation);
        for (key, entry) in own_sources {
            if let Some(other) = book.sources.insert(key.clone(), entry) {
                let message = format!("the union has a source `{key}` too");
                problems.push(Diagnostic::new(Code::R0203, message).at(other.at.place()).help("give one of them another key"));
            }
        }
        let (own, unions) = book.facts.split_at(own_facts.min(book.facts.len()));
        let more: Vec<_> = unions.iter().filter(|f| !own.iter().any(|o| o.name == f.name)).cloned().collect();
        book.facts.truncate(own_facts);
        book.facts.extend(more);
    }
}
