//! Allocations and offsets: an amount over heads, a loss over years.

use crate::diagnostic::Code;
use crate::formula::names::Per;
use crate::formula::types::{Type, Unit};
use crate::yaml::{Entry, Fields, Node, Reader};

use super::book::{
    Allocation, Brought, CarryPart, Cite, Computed, Head, Heads, Offset, PerRule, Quantity, Rule, RuleBook, SharePart,
};
use super::read::Read;
use super::units::read_unit;

/// Words behind the dot that no head may have.
const PARTS: [&str; 5] = ["used", "left", "brought", "expired", "arisen"];

/// Reads `allocate: {..}` of a quantity, which is then the sum of what the heads take, or what its period takes.
pub fn allocation(reader: &mut Reader, node: &Node, quantity: Quantity, book: &mut RuleBook) {
    let index = book.allocations.len();
    let own = book.quantities.len();
    let Some((found, part)) = allocate(reader, node, own, &quantity) else {
        // It keeps its name, so that no further errors follow from it.
        book.quantities.push(quantity);
        return;
    };
    let computed = |part| Some(Computed::Share { allocation: index, part });
    let mut parts = Vec::new();
    let year = PerRule::always(Per::Year);
    match &found.heads {
        Heads::Named(heads) => {
            parts.extend(heads.iter().enumerate().map(|(i, h)| (h.name.clone(), SharePart::Head(i), quantity.per.clone())));
            parts.push(("left".to_owned(), SharePart::Left, quantity.per.clone()));
        }
        Heads::Periods(_) => {
            parts.push(("used".to_owned(), SharePart::Used, year.clone()));
            parts.push(("left".to_owned(), SharePart::Left, year));
        }
    }
    book.allocations.push(found);
    book.quantities.push(Quantity { computed: computed(part), ..quantity.clone() });
    for (name, part, per) in parts {
        let name = format!("{}.{name}", quantity.name);
        book.quantities.push(Quantity {
            name,
            title: None,
            per,
            computed: computed(part),
            because: None,
            note: None,
            ..quantity.clone()
        });
    }
}

fn allocate(reader: &mut Reader, node: &Node, quantity: usize, of: &Quantity) -> Option<(Allocation, SharePart)> {
    let mut fields = reader.fields(node, "`allocate`")?;
    let amount = fields.require(reader, "amount").and_then(|n| reader.formula(n));
    let order = fields.take("order").and_then(|n| reader.one_of(n, &[("listed", false), ("worth", true)])).unwrap_or(false);
    let (over, room, worth) = (fields.take("over"), fields.take("room"), fields.take("worth"));
    let spot = fields.spot;
    fields.done(reader);
    let (heads, part) = match (over, room) {
        (Some(over), None) if of.per.is(Per::Row) => {
            reader.problem(Code::R0203, over.spot, "an amount is shared out in a period, not for each row", None);
            return None;
        }
        (Some(over), None) => {
            if let Some(node) = worth {
                let help = "write it at each head: `HEAD: { room: .., worth: .. }`";
                reader.problem(Code::R0203, node.spot, "each head has a worth of its own", Some(help.into()));
            }
            (Heads::Named(heads(reader, over, order)?), SharePart::Used)
        }
        (None, Some(room)) => {
            if of.per.is(Per::Year) || of.per.is(Per::Row) {
                let help = "give the quantity a shorter `per`, or name the heads: `over: { NAME: ROOM, .. }`";
                reader.problem(
                    Code::R0203,
                    spot,
                    "an amount is shared out over periods shorter than the year",
                    Some(help.into()),
                );
                return None;
            }
            let room = reader.formula(room)?;
            let worth = worth.and_then(|n| reader.formula(n));
            if order && worth.is_none() {
                no_worth(reader, spot);
                return None;
            }
            (Heads::Periods(Box::new(Head { name: of.name.clone(), room, worth })), SharePart::Period)
        }
        _ => {
            let help = "write `over: { NAME: ROOM, .. }` for named heads, or `room: ..` for the periods of the quantity";
            reader.problem(Code::R0202, spot, "what the amount is shared out over is not said", Some(help.into()));
            return None;
        }
    };
    Some((Allocation { quantity, amount: amount?, heads, by_worth: order, at: reader.at(spot) }, part))
}

fn no_worth(reader: &mut Reader, spot: crate::yaml::Spot) {
    let help = "add `worth: ..`, what each unit saves there, or write `order: listed`";
    reader.problem(Code::R0202, spot, "in the order of worth each head needs its worth", Some(help.into()));
}

/// `{ NAME: ROOM, NAME: { room: .., worth: .. } }`
fn heads(reader: &mut Reader, node: &Node, by_worth: bool) -> Option<Vec<Head>> {
    let entries = reader.entries(node).to_vec();
    let mut found = Vec::new();
    for entry in &entries {
        let name = head_name(reader, entry);
        let (room, worth) = match &entry.value.value {
            crate::yaml::Value::Map(_) => {
                let Some(mut fields) = reader.fields(&entry.value, "a head") else { continue };
                let room = fields.require(reader, "room").and_then(|n| reader.formula(n));
                let worth = fields.take("worth").and_then(|n| reader.formula(n));
                fields.done(reader);
                (room, worth)
            }
            _ => (reader.formula(&entry.value), None),
        };
        if by_worth && worth.is_none() {
            no_worth(reader, entry.key_spot);
        }
        found.push(Head { name, room: room?, worth });
    }
    if found.is_empty() {
        reader.problem(Code::R0202, node.spot, "no head is named", Some("write `NAME: ROOM`, a line each".into()));
        return None;
    }
    Some(found)
}

fn head_name(reader: &mut Reader, entry: &Entry) -> String {
    let formed = entry.key.starts_with(|c: char| c.is_ascii_lowercase())
        && entry.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !formed {
        let help = "a name is lower-case letters, digits and `_`, and begins with a letter";
        reader.problem(Code::R0205, entry.key_spot, format!("`{}` is not a name", entry.key), Some(help.into()));
    } else if PARTS.contains(&entry.key.as_str()) {
        let message = format!("`{}` behind a dot already means something", entry.key);
        reader.problem(Code::R0205, entry.key_spot, message, Some("choose another name".into()));
    }
    entry.key.clone()
}

/// Reads one entry of `offsets`.
pub fn offset(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "an offset") else { return };
    let title = reader.text_of(&mut fields, "title");
    let unit = fields.take("unit").and_then(|n| read_unit(reader, n, &book.currency, &book.units));
    let unit = unit.unwrap_or(Type::Number(Unit::base(&book.currency)));
    let arises = fields.require(reader, "arises").and_then(|n| reader.formula(n));
    let against = fields.require(reader, "against").and_then(|n| against(reader, n));
    let mut formula = |reader: &mut Reader, key: &'static str| fields.take(key).and_then(|n| reader.formula(n));
    let (limit, lasts) = (formula(reader, "limit"), formula(reader, "lasts"));
    let orders = [("oldest_first", false), ("newest_first", true)];
    let newest_first = fields.take("order").and_then(|n| reader.one_of(n, &orders)).unwrap_or(false);
    let brought = brought(reader, &mut fields);
    let cite = reader.cite(&mut fields, &format!("the offset `{name}`"));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    let at = reader.at(entry.key_spot);
    let index = book.offsets.len();
    let heads = against.clone().unwrap_or_default();
    let mut parts = vec![
        ("brought".to_owned(), CarryPart::Brought),
        ("expired".to_owned(), CarryPart::Expired),
        ("used".to_owned(), CarryPart::Used),
        ("arisen".to_owned(), CarryPart::Arisen),
        ("left".to_owned(), CarryPart::Left),
    ];
    parts.extend(heads.iter().enumerate().map(|(i, h)| (h.name.clone(), CarryPart::Head(i))));
    let (Some(arises), Some(against)) = (arises, against) else { return };
    book.offsets.push(Offset {
        name: name.clone(),
        arises,
        against,
        limit,
        lasts,
        newest_first,
        brought,
        cite: cite.clone(),
        note,
        at: at.clone(),
    });
    for (part, what) in parts {
        book.quantities.push(carried(&name, &part, title.as_deref(), what, index, &unit, &cite, &at));
    }
}

#[allow(clippy::too_many_arguments)]
fn carried(
    name: &str,
    part: &str,
    title: Option<&str>,
    what: CarryPart,
    offset: usize,
    unit: &Type,
    cite: &Cite,
    at: &super::book::At,
) -> Quantity {
    Quantity {
        name: format!("{name}.{part}"),
        title: title.map(|t| format!("{t}: {}", part.replace('_', " "))),
        unit: unit.clone(),
        per: PerRule::always(Per::Year),
        rule: Rule { cases: Vec::new() },
        under: None,
        computed: Some(Computed::Carry { offset, part: what }),
        because: None,
        cite: cite.clone(),
        note: None,
        at: at.clone(),
    }
}

/// One formula, or heads by their names.
fn against(reader: &mut Reader, node: &Node) -> Option<Vec<Head>> {
    match &node.value {
        crate::yaml::Value::Map(_) => heads(reader, node, false),
        _ => Some(vec![Head { name: "all".to_owned(), room: reader.formula(node)?, worth: None }]),
    }
}

fn brought(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<Brought> {
    let node = fields.take("brought")?;
    Some(Brought { name: reader.string(node)?, at: reader.at(node.spot), fact: None })
}
