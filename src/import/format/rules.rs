//! The rules of a layout: type words and conditions, legs, what they become, groups.

use std::cmp::Ordering;

use crate::diagnostic::Code;
use crate::import::pattern::loose;
use crate::ledger::{Kind, takes};
use crate::number;
use crate::yaml::{Fields, Node, Reader, Value};

use super::fields::Names;
use super::read::Chain;
use super::{Becomes, Condition, Conditions, Group, Inside, Legs, Money, Outcome, Rule, Sides, Template, Test, Void};

/// What stands in the rules of a layout.
#[derive(Default)]
pub struct Body {
    pub groups: Vec<Group>,
    pub void: Vec<Void>,
    pub rules: Vec<Rule>,
}

/// What a rule takes from the layout where it says nothing of its own.
struct Usual {
    legs: Legs,
    fee: Option<Money>,
    fee_inside: Inside,
    value: Option<Money>,
    hash: Option<crate::import::expr::Expr>,
    note: Vec<Template>,
    counterparty: Option<Template>,
}

pub fn read(reader: &mut Reader, chain: &mut Chain<'_>, names: &Names) -> Body {
    let mut money_of = |reader: &mut Reader, key: &'static str| chain.take(reader, key).and_then(|n| money(reader, names, n));
    let legs =
        Legs { change: money_of(reader, "change"), received: money_of(reader, "received"), sent: money_of(reader, "sent") };
    let (fee, value) = (money_of(reader, "fee"), money_of(reader, "value"));
    let fee_inside = chain.take(reader, "fee_inside").and_then(|n| inside(reader, names, n)).unwrap_or(Inside::No);
    let hash = chain.take(reader, "tx_hash").filter(|n| n.text() != Some("none")).and_then(|n| names.expr(reader, n));
    let note = chain.take(reader, "note").map(|n| names.templates(reader, n)).unwrap_or_default();
    let counterparty = chain.take(reader, "counterparty").and_then(|n| names.template(reader, n));
    let usual = Usual { legs, fee, fee_inside, value, hash, note, counterparty };
    let mut body = Body::default();
    if let Some(node) = chain.take(reader, "groups") {
        for entry in reader.entries(node) {
            body.groups.extend(group(reader, names, &entry.key, &entry.value));
        }
    }
    if let Some(node) = chain.take(reader, "void") {
        body.void = reader.list(node).iter().filter_map(|n| void(reader, names, n)).collect();
    }
    match chain.take(reader, "types") {
        Some(node) => {
            body.rules = reader.list(node).iter().filter_map(|n| rule(reader, names, n, &usual, &body.groups)).collect()
        }
        None => {
            reader.problem(Code::R0202, Default::default(), "the layout has no `types`", Some("add `types: [..]`".into()));
        }
    }
    body
}

/// `[AMOUNT, ASSET]`.
pub fn money(reader: &mut Reader, names: &Names, node: &Node) -> Option<Money> {
    if node.text() == Some("none") {
        return None;
    }
    match reader.list(node) {
        [amount, asset] => Some((names.expr(reader, amount)?, names.expr(reader, asset)?)),
        [] => None,
        _ => {
            let help = Some("write `[AMOUNT, ASSET]`, each a formula".to_owned());
            reader.problem(Code::I0105, node.spot, "a leg is an amount and an asset", help);
            None
        }
    }
}

/// `yes`, `no`, or a field that says `inside`.
fn inside(reader: &mut Reader, names: &Names, node: &Node) -> Option<Inside> {
    match reader.text(node)? {
        "yes" => Some(Inside::Yes),
        "no" => Some(Inside::No),
        name => names.field(reader, name, node.spot).map(Inside::Told),
    }
}

fn conditions(reader: &mut Reader, names: &Names, fields: &mut Fields<'_>) -> Conditions {
    let mut list = |reader: &mut Reader, key: &'static str| -> Vec<Condition> {
        let Some(node) = fields.take(key) else { return Vec::new() };
        let mut found = Vec::new();
        for entry in reader.entries(node) {
            let Some(of) = names.expr_text(reader, &entry.key, entry.key_spot) else { continue };
            let nodes: Vec<&Node> = match &entry.value.value {
                Value::List(items) => items.iter().collect(),
                _ => vec![&entry.value],
            };
            let tests = nodes.into_iter().filter_map(|n| test(reader, names, n)).collect();
            found.push(Condition { of, tests });
        }
        found
    };
    Conditions { when: list(reader, "when"), unless: list(reader, "unless") }
}

/// A word, `=FIELD` for the same text as a field, or `> 0`, `< 0`, `= 0`.
fn test(reader: &mut Reader, names: &Names, node: &Node) -> Option<Test> {
    let Some(text) = node.text() else {
        reader.problem(Code::R0203, node.spot, "a word was expected here", None);
        return None;
    };
    for (sign, order) in [('>', Ordering::Greater), ('<', Ordering::Less), ('=', Ordering::Equal)] {
        let Some(behind) = text.strip_prefix(sign) else { continue };
        let (or_equal, digits) = behind.strip_prefix('=').map_or((false, behind), |rest| (true, rest));
        if let Ok(value) = number::parse(digits.trim()) {
            return Some(Test::Compare(order, or_equal, value));
        }
        if sign == '=' {
            return names.expr_text(reader, behind, node.spot).map(Test::Same);
        }
    }
    Some(Test::Word(loose(text)))
}

fn void(reader: &mut Reader, names: &Names, node: &Node) -> Option<Void> {
    let mut fields = reader.fields(node, "an entry of `void`")?;
    let conditions = conditions(reader, names, &mut fields);
    let why = fields.require(reader, "why").and_then(|n| reader.string(n));
    fields.done(reader);
    if conditions.when.is_empty() && conditions.unless.is_empty() {
        reader.problem(Code::I0105, node.spot, "an entry of `void` needs `when` or `unless`", None);
    }
    Some(Void { conditions, why: why? })
}

fn group(reader: &mut Reader, names: &Names, name: &str, node: &Node) -> Option<Group> {
    let mut fields = reader.fields(node, "a group")?;
    let (mut by, mut by_time) = (Vec::new(), false);
    if let Some(list) = fields.require(reader, "by") {
        for item in reader.list(list) {
            if item.text() == Some("time") {
                by_time = true;
            } else {
                by.extend(names.expr(reader, item));
            }
        }
    }
    let within = fields.take("within").and_then(|n| reader.decimal(n)).and_then(|d| i64::try_from(d.mantissa()).ok());
    let last_time = fields.take("at").and_then(|n| reader.one_of(n, &[("first", false), ("last", true)])).unwrap_or(false);
    let sides = [("sum", Sides::Sum), ("pairs", Sides::Pairs), ("split", Sides::Split)];
    let sides = fields.take("sides").and_then(|n| reader.one_of(n, &sides)).unwrap_or(Sides::Sum);
    let apart = fields.take("unclear").and_then(|n| reader.one_of(n, &[("refuse", false), ("apart", true)])).unwrap_or(false);
    let across = fields.take("across").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    let becomes = fields.take("becomes").and_then(|n| becomes(reader, n));
    fields.done(reader);
    Some(Group { name: name.to_owned(), by, by_time, within, last_time, sides, apart, across, becomes })
}

fn rule(reader: &mut Reader, names: &Names, node: &Node, usual: &Usual, groups: &[Group]) -> Option<Rule> {
    let mut fields = reader.fields(node, "a type")?;
    let words = |reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str| -> Vec<String> {
        fields.take(key).map(|n| reader.words(n)).unwrap_or_default().iter().map(|(w, _)| loose(w)).collect()
    };
    let (of_type, of_fee) = (words(reader, &mut fields, "words"), words(reader, &mut fields, "fees"));
    if (!of_type.is_empty() || !of_fee.is_empty()) && !names.names.iter().any(|n| n == "type") {
        reader.problem(Code::I0105, node.spot, "`words` are those of the column `type`, and there is none", None);
    }
    let conditions = conditions(reader, names, &mut fields);
    let said = fields.take("becomes");
    let becomes = said.and_then(|n| becomes(reader, n));
    let mut leg = |reader: &mut Reader, key: &'static str| fields.take(key).map(|n| money(reader, names, n));
    let (change, received, sent) = (leg(reader, "change"), leg(reader, "received"), leg(reader, "sent"));
    let (fee, value) = (leg(reader, "fee"), leg(reader, "value"));
    let own = change.is_some() || received.is_some() || sent.is_some();
    let legs = if own {
        Legs { change: change.flatten(), received: received.flatten(), sent: sent.flatten() }
    } else {
        usual.legs.clone()
    };
    let group = match fields.take("group").map(|n| (n, n.text())) {
        Some((_, Some("none"))) | None => None,
        Some((node, text)) => {
            let text = text.unwrap_or_default();
            let found = groups.iter().position(|g| g.name == text);
            if found.is_none() {
                let help = crate::diagnostic::suggestion(text, groups.iter().map(|g| g.name.as_str()));
                reader.problem(Code::I0105, node.spot, format!("`{text}` is no group"), help);
            }
            found
        }
    };
    let hash = match fields.take("tx_hash") {
        Some(node) if node.text() == Some("none") => None,
        Some(node) => names.expr(reader, node),
        None => usual.hash.clone(),
    };
    let rule = Rule {
        words: of_type,
        fee_words: of_fee,
        conditions,
        becomes,
        legs,
        fee: fee.unwrap_or_else(|| usual.fee.clone()),
        fee_inside: fields.take("fee_inside").and_then(|n| inside(reader, names, n)).unwrap_or(usual.fee_inside),
        value: value.unwrap_or_else(|| usual.value.clone()),
        group,
        account: fields.take("account").and_then(|n| names.template(reader, n)),
        counterparty: fields.take("counterparty").and_then(|n| names.template(reader, n)).or_else(|| usual.counterparty.clone()),
        hash,
        note: fields.take("note").map(|n| names.templates(reader, n)).unwrap_or_else(|| usual.note.clone()),
        why: fields.take("why").and_then(|n| reader.string(n)),
        warn: fields.take("warn").and_then(|n| reader.string(n)),
    };
    fields.done(reader);
    let by_group = rule.group.and_then(|g| groups.get(g)).and_then(|g| g.becomes);
    if said.is_none() && by_group.is_none() {
        reader.problem(
            Code::I0105,
            node.spot,
            "a type has no `becomes`",
            Some("add `becomes: KIND`, `trade` or `nothing`".into()),
        );
    }
    Some(rule)
}

/// `becomes: KIND`, or a map by the legs that stand.
fn becomes(reader: &mut Reader, node: &Node) -> Option<Becomes> {
    if let Some(text) = node.text() {
        if text == "nothing" {
            return Some(Becomes { nothing: true, ..Becomes::default() });
        }
        return outcome(reader, node).map(natural);
    }
    let mut fields = reader.fields(node, "`becomes`")?;
    let mut take = |reader: &mut Reader, key: &'static str| fields.take(key).and_then(|n| outcome(reader, n));
    let found = Becomes {
        nothing: false,
        both: take(reader, "both"),
        same: take(reader, "same"),
        received: take(reader, "received"),
        sent: take(reader, "sent"),
        fee: take(reader, "fee"),
    };
    fields.done(reader);
    Some(found)
}

/// The sides a kind may have: a deposit that goes out is an error, not a deposit.
fn natural(outcome: Outcome) -> Becomes {
    let one = Some(outcome);
    match outcome {
        Outcome::Trade => Becomes { both: one, ..Becomes::default() },
        Outcome::Kind(kind) => match takes(kind) {
            (true, true) => Becomes { both: one, same: one, received: one, sent: one, fee: one, nothing: false },
            (received, sent) => Becomes {
                received: one.filter(|_| received),
                sent: one.filter(|_| sent),
                fee: one.filter(|_| matches!(kind, Kind::Fee | Kind::Expense)),
                ..Becomes::default()
            },
        },
    }
}

fn outcome(reader: &mut Reader, node: &Node) -> Option<Outcome> {
    let text = reader.text(node)?;
    if text == "trade" {
        return Some(Outcome::Trade);
    }
    let kind = Kind::from_word(text);
    if kind.is_none() {
        let help = crate::diagnostic::nearest(text, Kind::ALL.iter().map(|k| k.word())).map(|n| format!("did you mean `{n}`?"));
        reader.problem(Code::I0105, node.spot, format!("`{text}` is neither `trade`, `nothing` nor a kind of row"), help);
    }
    kind.map(Outcome::Kind)
}
