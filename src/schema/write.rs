//! Shapes to JSON Schema: draft 7, which is what editors read.

use serde_json::{Map, Value, json};

use super::{Shape, Val};

/// The dialect of all schemas.
pub const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema of a file: its first shape is the file itself, or an item of it where a list may stand as well.
pub fn schema(title: &str, shapes: &[Shape], or_list: bool) -> Value {
    let mut root = Map::new();
    root.insert("$schema".into(), json!(DIALECT));
    root.insert("title".into(), json!(title));
    let first = shapes.first().map(|s| reference(s.what)).unwrap_or_default();
    if or_list {
        root.insert("anyOf".into(), json!([first, { "type": "array", "items": first }]));
    } else {
        root.insert("allOf".into(), json!([first]));
    }
    let definitions: Map<String, Value> = shapes.iter().map(|s| (slug(s.what), of_shape(s))).collect();
    root.insert("definitions".into(), definitions.into());
    root.into()
}

/// The name of a shape among the definitions: `a dated value` is `dated_value`.
fn slug(what: &str) -> String {
    let bare = ["a ", "an ", "the "].iter().find_map(|article| what.strip_prefix(article)).unwrap_or(what);
    bare.chars().filter(|c| *c != '`').map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn reference(what: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{}", slug(what)) })
}

fn of_shape(shape: &Shape) -> Value {
    let mut map = Map::new();
    map.insert("description".into(), json!(shape.about));
    map.insert("type".into(), json!("object"));
    let keys = shape.keys.iter().map(|key| (key.name.to_owned(), described(of_val(key.val), key.about)));
    map.insert("properties".into(), keys.collect::<Map<_, _>>().into());
    let needed: Vec<&str> = shape.keys.iter().filter(|k| k.needed).map(|k| k.name).collect();
    if !needed.is_empty() {
        map.insert("required".into(), json!(needed));
    }
    if !shape.one_of.is_empty() {
        // A set within another is met only where what the other adds is not there.
        let set = |set: &&[&str]| {
            let wider = shape.one_of.iter().filter(|other| other.len() > set.len() && set.iter().all(|key| other.contains(key)));
            let added: Vec<&str> = wider.flat_map(|other| other.iter().copied()).filter(|key| !set.contains(key)).collect();
            match added.is_empty() {
                true => json!({ "required": set }),
                false => json!({ "required": set, "not": { "required": added } }),
            }
        };
        let sets: Vec<Value> = shape.one_of.iter().map(set).collect();
        map.insert("oneOf".into(), json!(sets));
    }
    if !shape.with.is_empty() {
        let pairs: Map<String, Value> = shape.with.iter().map(|(key, others)| ((*key).to_owned(), json!(others))).collect();
        map.insert("dependencies".into(), pairs.into());
    }
    map.insert("additionalProperties".into(), shape.rest.map_or(json!(false), of_val));
    map.into()
}

/// A schema with a description. What stands beside a reference is not read in draft 7, so the reference moves inward.
pub fn described(schema: Value, about: &str) -> Value {
    let mut map = Map::new();
    map.insert("description".into(), json!(about));
    match schema {
        Value::Object(inner) if inner.contains_key("$ref") => {
            map.insert("allOf".into(), json!([inner]));
        }
        Value::Object(inner) => map.extend(inner),
        _ => {}
    }
    map.into()
}

/// Every scalar is text for the readers, whatever an editor takes it for.
pub fn scalar() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn number() -> Value {
    json!({ "type": ["number", "string"], "pattern": "^-?[0-9]+(\\.[0-9]+)?$" })
}

pub fn date() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
}

const UNITS: &[&str] = &["money", "rate", "number", "count", "days", "months", "years", "date", "yes_no"];

pub fn of_val(val: Val) -> Value {
    match val {
        Val::Text | Val::Formula => scalar(),
        Val::Number => number(),
        Val::Date => date(),
        Val::MonthDay => json!({ "type": "string", "pattern": "^[0-9]{1,2}-[0-9]{1,2}$" }),
        Val::Currency => json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
        Val::Name => json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$" }),
        // The list is for completion; a unit may be one that the file declares.
        Val::Unit => json!({ "anyOf": [{ "enum": UNITS }, { "type": "string" }] }),
        Val::Form(pattern) => json!({ "type": "string", "pattern": pattern }),
        Val::Words(words) => {
            // `365` is a number for an editor, whether it is meant as one or not.
            let numbers = words.iter().filter_map(|w| w.parse::<u32>().ok()).map(Value::from);
            let all: Vec<Value> = words.iter().map(|w| Value::from(*w)).chain(numbers).collect();
            json!({ "enum": all })
        }
        Val::WordsOf(words) => json!({ "enum": words() }),
        Val::List(item) => json!({ "type": "array", "items": of_val(*item) }),
        Val::OneOrMore(item) => {
            let one = of_val(*item);
            json!({ "anyOf": [one, { "type": "array", "items": one }] })
        }
        Val::Names(item) => json!({ "type": ["object", "null"], "additionalProperties": of_val(*item) }),
        Val::Map(what) => reference(what),
        Val::Either(all) => json!({ "anyOf": all.iter().map(|v| of_val(*v)).collect::<Vec<_>>() }),
        Val::OrNothing(inner) => json!({ "anyOf": [of_val(*inner), { "type": "null" }] }),
        Val::Bool => json!({ "type": "boolean" }),
        Val::Any => json!({}),
    }
}
