//! Where a fact was stated: the file and line, of each of its values where it has several.

use std::collections::BTreeMap;

use crate::diagnostic::Source;
use crate::yaml::{Entry, Spot, Value as Yaml};

/// The place of a fact, as `facts.yaml:3`; of one that was set, what it was set with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    whole: String,
    /// By the key of a map, or the number of a record.
    parts: BTreeMap<String, String>,
}

impl Stated {
    pub(super) fn of(entry: &Entry, source: &Source) -> Stated {
        let place = |spot: Spot| match spot.line {
            // What another face made, and what was set, has no lines of its own.
            0 => source.name.to_string(),
            _ if source.text.is_empty() => source.name.to_string(),
            line => format!("{}:{line}", source.name),
        };
        let parts = match &entry.value.value {
            Yaml::Map(entries) => entries.iter().map(|e| (e.key.clone(), place(e.key_spot))).collect(),
            Yaml::List(items) => items.iter().enumerate().map(|(i, item)| (i.to_string(), place(item.spot))).collect(),
            Yaml::Scalar(_) => BTreeMap::new(),
        };
        Stated { whole: place(entry.key_spot), parts }
    }

    /// The place of one of the values, else that of the fact.
    pub fn at(&self, key: Option<&str>) -> &str {
        key.and_then(|k| self.parts.get(k)).unwrap_or(&self.whole)
    }
}
