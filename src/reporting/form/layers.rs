//! A form that is based on another: what it says itself counts, section by section, and the rest is the other's.

use crate::diagnostic::{Code, Diagnostic, Source, suggestion};
use crate::yaml::{Fields, Node, Reader, Value, parse};

/// A form and those it is based on, its own file first.
pub fn chain(source: &Source) -> Result<Vec<(Source, Node)>, Vec<Diagnostic>> {
    let mut chain = vec![(source.clone(), parse(source)?)];
    while let Some(next) = chain.last().and_then(|(last, root)| based_on(last, root, &chain)) {
        let next = next.map_err(|problem| vec![problem])?;
        let root = parse(&next)?;
        chain.push((next, root));
    }
    Ok(chain)
}

fn based_on(source: &Source, root: &Node, chain: &[(Source, Node)]) -> Option<Result<Source, Diagnostic>> {
    let Value::Map(entries) = &root.value else { return None };
    let entry = entries.iter().find(|e| e.key == "based_on")?;
    let wrong = |message: String, help: Option<String>| {
        let place = entry.value.spot.place(&source.name);
        Some(Err(Diagnostic::new(Code::R0302, message).at(place).help_opt(help)))
    };
    let name = entry.value.text().unwrap_or_default();
    let Some(found) = super::shipped(name) else {
        let names = super::names();
        return wrong(format!("there is no report `{name}`"), suggestion(name, names.iter().map(String::as_str)));
    };
    if chain.iter().any(|(known, _)| known.name == found.name) {
        return wrong(format!("`{name}` would be based on itself"), Some("leave out `based_on` here, or in the other".into()));
    }
    Some(Ok(found))
}

struct Layer<'a> {
    reader: Reader,
    fields: Fields<'a>,
}

/// Sections by their keys, each from the first file that has it.
pub struct Layers<'a> {
    layers: Vec<Layer<'a>>,
    problems: Vec<Diagnostic>,
}

impl<'a> Layers<'a> {
    pub fn new(chain: &'a [(Source, Node)]) -> Layers<'a> {
        let mut found = Layers { layers: Vec::new(), problems: Vec::new() };
        for (source, root) in chain {
            let mut reader = Reader::new(&source.name);
            match reader.fields(root, "a report") {
                Some(mut fields) => {
                    fields.take("based_on");
                    found.layers.push(Layer { reader, fields });
                }
                None => found.problems.extend(reader.problems),
            }
        }
        found
    }

    pub fn take<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Reader, &'a Node) -> T) -> Option<T> {
        // Each file is asked: a section that another replaces is known all the same.
        let nodes: Vec<_> = self.layers.iter_mut().map(|layer| layer.fields.take(key)).collect();
        let (layer, node) = self.layers.iter_mut().zip(nodes).find_map(|(layer, node)| Some((layer, node?)))?;
        Some(read(&mut layer.reader, node))
    }

    pub fn require<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Reader, &'a Node) -> T) -> Option<T> {
        let found = self.take(key, read);
        if let (None, Some(own)) = (&found, self.layers.first_mut()) {
            own.fields.require(&mut own.reader, key);
        }
        found
    }

    pub fn text(&mut self, key: &'static str) -> String {
        self.require(key, |reader, node| reader.string(node)).flatten().unwrap_or_default()
    }

    /// What all files say together.
    pub fn all<T>(&mut self, key: &'static str, read: impl Fn(&mut Reader, &'a Node) -> Vec<T>) -> Vec<T> {
        let layers = self.layers.iter_mut();
        layers.filter_map(|layer| Some(read(&mut layer.reader, layer.fields.take(key)?))).flatten().collect()
    }

    /// What is wrong, keys that nobody knows included.
    pub fn done(self) -> Vec<Diagnostic> {
        let mut problems = self.problems;
        for mut layer in self.layers {
            layer.fields.done(&mut layer.reader);
            problems.extend(layer.reader.problems);
        }
        problems
    }
}
