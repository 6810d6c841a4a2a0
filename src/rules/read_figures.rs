//! Row blocks, quantities, taxes.

use crate::diagnostic::Code;
use crate::formula::names::{Item, Per};
use crate::formula::types::{Type, Unit, WordSet};
use crate::yaml::{Entry, Fields, Reader};

use super::book::{Field, InForce, Quantity, Rule, RuleBook, Shown, Tax};
use super::read::Read;
use super::read_shares;
use super::read_taxes::{advances, dues, late, rounding};
use super::units::read_unit;

/// Reads one field of a row block.
pub fn field(reader: &mut Reader, entry: &Entry, item: Item, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a field") else { return };
    let title = reader.text_of(&mut fields, "title");
    let note = reader.text_of(&mut fields, "note");
    let unit = field_unit(reader, &mut fields, &name, book);
    let rule = reader.rule(&mut fields, &format!("the field `{name}`"));
    let named = Shown::WORDS.iter().find(|(word, _)| *word == name).map(|(_, shown)| *shown);
    let shown_as = fields.take("shown_as").and_then(|n| reader.one_of(n, Shown::WORDS)).or(named);
    let because = reader.because(&mut fields);
    let cite = reader.cite(&mut fields, &format!("the field `{name}`"));
    fields.done(reader);
    // A field or quantity whose rule is faulty keeps its name, so that no further errors follow from it.
    let rule = rule.unwrap_or(Rule { cases: Vec::new() });
    let unit = unit.unwrap_or(Type::Number(Unit::zero()));
    book.fields.push(Field { name, title, item, unit, rule, shown_as, because, cite, note, at: reader.at(entry.key_spot) });
}

/// An amount, a day or a condition by its unit, or a word of a list.
fn field_unit(reader: &mut Reader, fields: &mut Fields, name: &str, book: &RuleBook) -> Option<Type> {
    match fields.take("one_of") {
        Some(node) if fields.take("unit").is_none() => {
            let words = reader.words(node).into_iter().map(|(word, _)| word).collect();
            Some(Type::Word(WordSet { of: format!("the field `{name}`"), words, country: false }))
        }
        Some(node) => {
            let help = "leave one of them out: a word has no unit";
            reader.problem(Code::R0203, node.spot, "a field has a `unit`, or is one of some words", Some(help.into()));
            None
        }
        None => fields.require(reader, "unit").and_then(|n| read_unit(reader, n, &book.currency, &book.units)),
    }
}

/// Reads one entry of `quantities`.
pub fn quantity(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a quantity") else { return };
    let title = reader.text_of(&mut fields, "title");
    let note = reader.text_of(&mut fields, "note");
    let unit = fields.require(reader, "unit").and_then(|n| read_unit(reader, n, &book.currency, &book.units));
    let per = reader.per(&mut fields, true);
    let shared = fields.take("allocate");
    let rule = match shared {
        Some(_) => None,
        None => reader.rule(&mut fields, &format!("the quantity `{name}`")),
    };
    let because = reader.because(&mut fields);
    let under = fields.take("under").and_then(|n| Some((reader.string(n)?, reader.at(n.spot))));
    if let Some((_, at)) = under.as_ref().filter(|_| !per.is(Per::Day)) {
        let help = "add `per: day`";
        reader.problem(Code::R0203, at.spot, "what an act not in force would give is asked of a day", Some(help.into()));
    }
    let cite = reader.cite(&mut fields, &format!("the quantity `{name}`"));
    fields.done(reader);
    let rule = rule.unwrap_or(Rule { cases: Vec::new() });
    let unit = unit.unwrap_or(Type::Number(Unit::zero()));
    if !matches!(unit, Type::Number(_)) {
        let help = "give it a unit such as `money` or `number`";
        reader.problem(Code::R0304, entry.key_spot, "a quantity is an amount", Some(help.into()));
    }
    let at = reader.at(entry.key_spot);
    let quantity = Quantity { name, title, unit, per, rule, under, computed: None, because, cite, note, at };
    match shared {
        Some(node) => read_shares::allocation(reader, node, quantity, book),
        None => book.quantities.push(quantity),
    }
}

/// Reads one entry of `taxes`.
pub fn tax(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a tax") else { return };
    let kinds = [("tax", "tax"), ("fee", "fee"), ("social", "social"), ("withholding", "withholding")];
    let title = fields.require(reader, "title").and_then(|n| reader.string(n)).unwrap_or_default();
    let kind = fields.take("kind").and_then(|n| reader.one_of(n, &kinds)).unwrap_or("tax").to_owned();
    let borne_by = reader.text_of(&mut fields, "borne_by").unwrap_or_else(|| "taxpayer".to_owned());
    let in_force: InForce = reader.in_force(&mut fields);
    let formula = |reader: &mut Reader, fields: &mut Fields<'_>, key| fields.take(key).and_then(|n| reader.formula(n));
    let applies = formula(reader, &mut fields, "applies");
    let base = formula(reader, &mut fields, "base");
    let rate = formula(reader, &mut fields, "rate");
    let amount = formula(reader, &mut fields, "amount");
    let less = formula(reader, &mut fields, "less");
    let per = reader.per(&mut fields, false);
    let round = fields.take("round").and_then(|n| rounding(reader, n));
    let has_working_days = book.working_days.is_some();
    let due_node = fields.take("due");
    let due = due_node.map(|n| dues(reader, n, per.is(Per::Year), has_working_days)).unwrap_or_default();
    let late_node = fields.take("late");
    let late = late_node.and_then(|n| late(reader, n));
    if let (Some(node), None) = (late_node, due_node) {
        let message = format!("`{name}` bears interest when it is late, but has no due date");
        reader.problem(Code::R0202, node.spot, message, Some("add `due: { .. }`".into()));
    }
    let advances = fields.take("advances").and_then(|n| {
        let found = advances(reader, n, has_working_days)?;
        if let Some(case) = per.cases.iter().find(|c| found.per <= c.then) {
            let message = format!("the advances of `{name}` are for parts of its period, which is a {}", case.then.word());
            reader.problem(Code::R0203, n.spot, message, Some("let `per` of the advances be shorter".into()));
        }
        if found.late && late_node.is_none() {
            let message = "advances that are late bear the interest of `late`, and the tax has none";
            reader.problem(Code::R0202, n.spot, message, Some("add `late: { rate: .., each: day, cite: [..] }`".into()));
        }
        Some(found)
    });
    let cite = reader.cite(&mut fields, &format!("the tax `{name}`"));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    match (&base, &rate, &amount) {
        (Some(_), Some(_), None) | (_, None, Some(_)) => {}
        _ => {
            let message = format!("the tax `{name}` needs `base` with `rate`, or `amount`");
            reader.problem(Code::R0202, entry.key_spot, message, Some("write `base: ..` and `rate: ..`".into()));
        }
    }
    book.taxes.push(Tax {
        name,
        title,
        kind,
        borne_by,
        in_force,
        applies,
        per,
        base,
        rate,
        amount,
        less,
        round,
        due,
        late,
        advances,
        cite,
        note,
        at: reader.at(entry.key_spot),
    });
}
