//! Which due days may count for a period: what the law's dates decide is decided, what depends on the taxpayer stays open.

use chrono::NaiveDate;

use crate::calendar::Period;
use crate::formula::Formula;
use crate::formula::code::{Code, Op};
use crate::formula::tree::Binary;
use crate::formula::types::Value;
use crate::rules::book::Due;

use super::words::flat;

/// An entry that may count, with what is open of its condition.
pub struct Open<'a> {
    pub due: &'a Due,
    pub when: Option<String>,
}

/// The entries that may count for a period, in the order of the law; one that counts for sure is the last.
pub fn open(dues: &[Due], period: Period) -> Vec<Open<'_>> {
    let mut found: Vec<Open<'_>> = Vec::new();
    for due in dues {
        let held = due.when.as_ref().map_or(Held::Yes, |when| held(&when.code, period));
        match (held, &due.when) {
            (Held::No, _) => {}
            (Held::Open(parts), Some(when)) => {
                let when = Some(said(when, &parts));
                // Of two with the same condition the first counts.
                if !found.iter().any(|earlier| earlier.when == when) {
                    found.push(Open { due, when });
                }
            }
            _ => {
                found.push(Open { due, when: None });
                break;
            }
        }
    }
    found
}

/// What a condition comes to, as far as dates decide it.
enum Held<'a> {
    Yes,
    No,
    /// All of these parts must hold.
    Open(Vec<&'a Code>),
}

fn held(code: &Code, period: Period) -> Held<'_> {
    match &code.op {
        Op::Const(Value::YesNo(yes)) => decided(*yes),
        Op::Dates(how, a, b) => match (date(a, period), date(b, period)) {
            (Some(a), Some(b)) => match how {
                Binary::Equal => decided(a == b),
                Binary::NotEqual => decided(a != b),
                Binary::Less => decided(a < b),
                Binary::AtMost => decided(a <= b),
                Binary::More => decided(a > b),
                Binary::AtLeast => decided(a >= b),
                _ => Held::Open(vec![code]),
            },
            _ => Held::Open(vec![code]),
        },
        Op::And(a, b) => match (held(a, period), held(b, period)) {
            (Held::No, _) | (_, Held::No) => Held::No,
            (Held::Yes, other) | (other, Held::Yes) => other,
            (Held::Open(a), Held::Open(b)) => Held::Open([a, b].concat()),
        },
        Op::Or(a, b) => match (held(a, period), held(b, period)) {
            (Held::Yes, _) | (_, Held::Yes) => Held::Yes,
            (Held::No, other) | (other, Held::No) => other,
            _ => Held::Open(vec![code]),
        },
        Op::Not(inner) => match held(inner, period) {
            Held::Yes => Held::No,
            Held::No => Held::Yes,
            Held::Open(_) => Held::Open(vec![code]),
        },
        _ => Held::Open(vec![code]),
    }
}

fn decided<'a>(yes: bool) -> Held<'a> {
    if yes { Held::Yes } else { Held::No }
}

fn date(code: &Code, period: Period) -> Option<NaiveDate> {
    match &code.op {
        Op::Const(Value::Date(day)) => Some(*day),
        Op::PeriodBegin => Some(period.begin),
        Op::PeriodEnd => Some(period.end),
        _ => None,
    }
}

/// The open parts as written; where one has no place of its own, the whole condition.
fn said(when: &Formula, parts: &[&Code]) -> String {
    let texts = parts.iter().map(|code| when.text.get(code.span.start..code.span.end).filter(|t| !t.is_empty()));
    let texts: Option<Vec<&str>> = texts.collect();
    flat(&texts.map_or_else(|| when.text.clone(), |texts| texts.join(" and ")))
}
