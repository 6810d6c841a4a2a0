//! Facts from Python: a JSON map whose scalars are strings, as a tree like that of a facts file.

use serde_json::Value as Json;

use crate::yaml::{Entry, Node, Scalar, Spot, Style, Value};

/// The tree of a JSON map; `None` for an empty one.
pub fn facts(text: &str) -> Option<Node> {
    let json: Json = serde_json::from_str(text).ok()?;
    match &json {
        Json::Object(map) if !map.is_empty() => Some(node(&json)),
        _ => None,
    }
}

fn node(json: &Json) -> Node {
    let value = match json {
        Json::Object(map) => Value::Map(
            map.iter().map(|(key, value)| Entry { key: key.clone(), key_spot: Spot::default(), value: node(value) }).collect(),
        ),
        Json::Array(items) => Value::List(items.iter().map(node).collect()),
        Json::String(text) => scalar(text),
        other => scalar(&other.to_string()),
    };
    Node { spot: Spot::default(), value }
}

fn scalar(text: &str) -> Value {
    Value::Scalar(Scalar::new(text, Style::Quoted))
}
