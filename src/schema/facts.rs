//! The schema of a facts file: general, or for a law from the facts that it declares.

use serde_json::{Map, Value, json};

use crate::formula::names::Varies;
use crate::formula::types::Type;
use crate::rules::RuleBook;
use crate::rules::book::{About, Fact, FactShape};

use super::write::{DIALECT, date, described, scalar};

/// Any facts: a map of names.
pub fn facts() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "Facts for fisc",
        "description": "What the taxpayer says: `NAME: value`, a line each. `fisc schema facts --in CODE` knows the facts of a law.",
        "type": "object",
        "properties": standing(None),
        "additionalProperties": true,
    })
}

/// The facts of a law.
pub fn facts_in(book: &RuleBook) -> Value {
    let mut properties = standing(Some(book));
    for fact in &book.facts {
        properties.insert(fact.name.clone(), described(of_fact(fact), &about(fact)));
    }
    json!({
        "$schema": DIALECT,
        "title": format!("Facts under the law of {}", book.title),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The facts that every law reads.
fn standing(book: Option<&RuleBook>) -> Map<String, Value> {
    let by_row = |value: Value, about: &str| described(json!({ "type": "object", "additionalProperties": value }), about);
    let figures = match book {
        Some(book) => {
            let names: Map<String, Value> = book.quantities.iter().map(|q| (q.name.clone(), amount())).collect();
            json!({ "type": "object", "properties": names, "additionalProperties": false })
        }
        None => json!({ "type": "object" }),
    };
    let filed =
        json!({ "type": "object", "patternProperties": { "^[0-9]{4}(-[0-9]{2})?$": figures }, "additionalProperties": false });
    let mut map = Map::new();
    map.insert("cost".into(), by_row(amount(), "What unpaired deposits cost, by the id of the row."));
    map.insert("acquired".into(), by_row(date(), "When unpaired deposits were acquired, by the id of the row."));
    let allotted = json!({
        "type": "object",
        "properties": { "lot": scalar(), "account": scalar(), "quantity": amount() },
        "required": ["lot", "account", "quantity"],
        "additionalProperties": false,
    });
    let allocation = json!({ "type": "array", "items": allotted });
    map.insert(
        "allocation".into(),
        described(allocation, "Which units of a lot are in which account, on the day on which pools by account begin."),
    );
    map.insert("filed".into(), described(filed, "Figures of earlier years as they were filed, by year and quantity."));
    map
}

fn about(fact: &Fact) -> String {
    let varies = match fact.varies {
        Varies::No => "",
        Varies::ByYear => " It may vary by year: `{ 2024: .. }`.",
        Varies::ByMonth => " It may vary by month: `{ 2024-07: .. }`.",
        Varies::ByDate => " It may vary by date: `{ 2024-07-01: .. }`, from that day on.",
    };
    format!("{}.{varies}", fact.title)
}

fn amount() -> Value {
    json!({ "type": ["number", "string"], "pattern": "^-?[0-9][0-9_]*(\\.[0-9]+)?( ?%| .+)?$" })
}

fn of_type(ty: &Type) -> Value {
    match ty {
        Type::Number(_) => amount(),
        Type::Date => date(),
        Type::YesNo => json!({ "enum": ["yes", "no", "true", "false", true, false] }),
        Type::Word(set) if !set.words.is_empty() => json!({ "enum": set.words }),
        Type::Word(_) | Type::Set(_) | Type::Bands(_) | Type::Record => scalar(),
    }
}

fn of_fact(fact: &Fact) -> Value {
    let one = match &fact.shape {
        FactShape::OneOf(words) => json!({ "enum": words }),
        FactShape::Set(words) => json!({ "type": "array", "items": { "enum": words } }),
        FactShape::Unit(ty) => of_type(ty),
        FactShape::List(keys) => {
            let properties: Map<String, Value> = keys.iter().map(|k| (k.name.clone(), of_type(&k.ty))).collect();
            let names: Vec<&String> = keys.iter().filter(|k| k.default.is_none()).map(|k| &k.name).collect();
            let record = json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false });
            return json!({ "type": "array", "items": record });
        }
    };
    let map = |key: &str| json!({ "type": "object", "patternProperties": { key: one }, "additionalProperties": false });
    let varied = match (fact.about, fact.varies) {
        (About::Row | About::Asset, _) => json!({ "type": "object", "additionalProperties": one }),
        (_, Varies::No) => return one,
        (_, Varies::ByYear) => map("^[0-9]{4}(-[0-9]{2})?$"),
        (_, Varies::ByMonth) => map("^[0-9]{4}-[0-9]{2}$"),
        (_, Varies::ByDate) => map("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    };
    json!({ "anyOf": [one, varied] })
}
