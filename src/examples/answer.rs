//! What an assessment answers to an expectation of an example.

use std::fmt;

use chrono::NaiveDate;

use crate::assess::Assessment;
use crate::assess::assessment::{AdvanceLine, QuantityValue, TaxLine};
use crate::calendar::TaxCalendar;
use crate::engine::{Compliance, Inputs, Options, assess};
use crate::formula::names::Per;
use crate::number::{self, Decimal, plain};
use crate::regulate::{Finding, Outcome};
use crate::rules::RuleBook;

use super::{Example, Expect};

/// A figure: an amount, a day or a word, none, or one that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Refused,
    Nothing,
    Number(Decimal),
    Date(NaiveDate),
    /// A word of the law, such as the term of a disposal.
    Word(String),
    /// What a rule comes to; nothing where it does not apply.
    Outcome(Option<Outcome>),
}

/// How an example says what a rule comes to.
pub const OUTCOMES: &[(&str, Option<Outcome>)] = &[
    ("failed", Some(Outcome::Failed)),
    ("to_report", Some(Outcome::ToReport)),
    ("not_checked", Some(Outcome::NotChecked)),
    ("would_fail", Some(Outcome::WouldFail)),
    ("would_be_met", Some(Outcome::WouldBeMet)),
    ("met", Some(Outcome::Met)),
    ("none", None),
];

impl From<Option<Decimal>> for Answer {
    fn from(value: Option<Decimal>) -> Answer {
        value.map_or(Answer::Refused, Answer::Number)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Refused => f.write_str("refused"),
            Answer::Nothing => f.write_str("none"),
            Answer::Number(value) => f.write_str(&plain(*value)),
            Answer::Date(day) => write!(f, "{day}"),
            Answer::Word(word) => f.write_str(word),
            Answer::Outcome(outcome) => f.write_str(outcome.map_or("none", Outcome::word)),
        }
    }
}

/// What a rule comes to: as expected, if one of its findings is so; else the first of them. An example may name a row or whom it is about.
pub fn finding(expect: &Expect, findings: &[Finding]) -> Answer {
    let fits = |f: &&Finding| {
        f.rule == expect.figure
            && expect.at.row.as_ref().is_none_or(|row| f.transactions.contains(row))
            && expect.at.subject.as_ref().is_none_or(|subject| f.subject.as_ref() == Some(subject))
    };
    let outcomes: Vec<Outcome> = findings.iter().filter(fits).map(|f| f.outcome).collect();
    match expect.value {
        Answer::Outcome(Some(wanted)) if outcomes.contains(&wanted) => expect.value.clone(),
        _ => Answer::Outcome(outcomes.first().copied()),
    }
}

/// A finding or a quantity of a day.
pub fn of_day(expect: &Expect, found: &Compliance) -> Option<Answer> {
    if expect.finding {
        return Some(finding(expect, &found.findings));
    }
    found.quantities.iter().find(|(name, _)| *name == expect.figure).map(|(_, value)| (*value).into())
}

/// A figure of the assessment; `None` where there is no such.
pub fn figure(book: &RuleBook, expect: &Expect, assessment: &Assessment) -> Option<Answer> {
    let (name, part) = expect.figure.split_once('.').map_or((expect.figure.as_str(), "whole"), |(n, p)| (n, p));
    if name == "total_tax" {
        return Some(assessment.total_tax.into());
    }
    if let Some(row) = &expect.at.row {
        if let Some(found) = word_of_row(name, row, assessment) {
            return Some(found);
        }
        if let Some(found) = of_row(name, row, assessment) {
            return Some(found.into());
        }
    }
    let labels = expect.at.period.as_ref().map(|label| labels(book, label));
    if is_known_tax(name, None, assessment) {
        // Advances have periods of their own; what a tax has no period for is no zero.
        let known = |labels: &Vec<String>| labels.iter().any(|label| is_known_tax(name, Some(label), assessment));
        if !part.starts_with("advance") && !labels.as_ref().is_none_or(known) {
            return None;
        }
        return of_tax(name, part, labels.as_deref(), assessment);
    }
    match assessment.quantities.iter().find(|(n, _)| n == name).map(|(_, v)| v)? {
        QuantityValue::One(value) => Some((*value).into()),
        QuantityValue::Map(map) => {
            let keys = labels.or(expect.at.row.clone().map(|row| vec![row]));
            let found: Vec<_> = map.iter().filter(|(k, _)| keys.as_ref().is_none_or(|keys| keys.contains(k))).collect();
            (keys.is_none() || !found.is_empty()).then(|| sum(found.into_iter().map(|(_, v)| *v)).into())
        }
    }
}

/// A period that an example asks for, and the shorter ones that lie in it: a figure by the month is asked for a quarter as a sum.
fn labels(book: &RuleBook, label: &str) -> Vec<String> {
    let calendar = TaxCalendar { month: book.year_begins.0, day: book.year_begins.1 };
    let mut labels = vec![label.to_owned()];
    if let Some(quarter) = calendar.find(label, Per::Quarter) {
        labels.extend(calendar.within(quarter, Per::Month).into_iter().map(|month| calendar.label(month)));
    }
    labels
}

/// A part of a tax, summed over its periods. A tax that does not apply is zero, and is due on no day.
fn of_tax(name: &str, part: &str, periods: Option<&[String]>, assessment: &Assessment) -> Option<Answer> {
    let asked = |label: &str| periods.is_none_or(|labels| labels.iter().any(|l| l == label));
    let of_name = || assessment.taxes.iter().filter(|t| t.id == name);
    let lines: Vec<&TaxLine> = of_name().filter(|t| asked(&t.period)).collect();
    match part {
        "due" => match lines.as_slice() {
            [] => Some(Answer::Nothing),
            [only] => Some(only.due.map_or(Answer::Nothing, Answer::Date)),
            // Several periods are due on several days: the example names one.
            _ => None,
        },
        "late_interest" => {
            let known: Vec<_> = lines.iter().filter_map(|t| t.late_interest).collect();
            let label = format!("{name}.late_interest");
            let of_period = |figure: &str| {
                let (figure, at) = figure.split_once('@').unwrap_or((figure, &assessment.tax_year));
                figure == label && asked(at)
            };
            if assessment.errors.iter().flat_map(|e| &e.figures).any(|f| of_period(f)) {
                return Some(Answer::Refused);
            }
            Some(if known.is_empty() { Answer::Nothing } else { sum(known.into_iter().map(Some)).into() })
        }
        "advance" | "advance_due" => {
            let within = |a: &&AdvanceLine| asked(&a.period);
            let advances: Vec<&AdvanceLine> = of_name().flat_map(|t| t.advances.iter().flatten()).filter(within).collect();
            match (part, advances.as_slice()) {
                ("advance", list) => Some(sum(list.iter().map(|a| a.amount)).into()),
                (_, []) => Some(Answer::Nothing),
                (_, [only]) => Some(only.due.map_or(Answer::Nothing, Answer::Date)),
                _ => None,
            }
        }
        _ => {
            let amount = |line: &TaxLine| match part {
                "whole" => Some(line.whole),
                "amount" => Some(line.amount),
                "payable" => Some(line.payable),
                "base" => Some(line.base),
                _ => None,
            };
            amount(&TaxLine::default())?;
            Some(sum(lines.into_iter().filter_map(amount)).into())
        }
    }
}

/// Any other field of a row: its value as the explanation has it.
pub fn explained(book: &RuleBook, example: &Example, expect: &Expect, inputs: &Inputs) -> Option<Answer> {
    let row = expect.at.row.as_ref()?;
    let step = crate::engine::explain(book, inputs, &example.options, &format!("{}@{row}", expect.figure)).ok()?;
    Some(match step.value {
        None => Answer::Refused,
        Some(value) => number::parse(&value).map_or(Answer::Word(value), Answer::Number),
    })
}

/// A column of words, where all parts of the row agree in it.
fn word_of_row(name: &str, row: &str, assessment: &Assessment) -> Option<Answer> {
    let mut parts = assessment.disposals.iter().filter(|d| d.disposal == row || d.id == row).map(|d| match name {
        "term" => d.term.as_deref(),
        "class" => Some(d.class.as_str()),
        "matched_by" => Some(d.matched_by.as_str()),
        _ => None,
    });
    let first = parts.next()??;
    parts.all(|part| part == Some(first)).then(|| Answer::Word(first.to_owned()))
}

fn is_known_tax(name: &str, period: Option<&str>, assessment: &Assessment) -> bool {
    let known = |(tax, periods): &(String, Vec<String>)| tax == name && period.is_none_or(|p| periods.iter().any(|k| k == p));
    assessment.known_taxes.iter().any(known)
}

fn sum(values: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    values.into_iter().try_fold(Decimal::ZERO, |sum, value| number::add(sum, value?).ok().map(|r| r.value))
}

fn of_row(name: &str, row: &str, assessment: &Assessment) -> Option<Option<Decimal>> {
    let parts: Vec<_> = assessment.disposals.iter().filter(|d| d.disposal == row || d.id == row).collect();
    let column = |d: &crate::assess::assessment::DisposalPart| match name {
        "proceeds" => Some(d.proceeds),
        "allowable_cost" | "cost" => Some(d.cost),
        "fees" => Some(d.fees),
        "gain" => Some(d.gain),
        "taxable_gain" => Some(d.taxable_gain),
        "quantity" => Some(Some(d.quantity)),
        _ => None,
    };
    if !parts.is_empty()
        && let Some(values) = parts.into_iter().map(column).collect::<Option<Vec<_>>>()
    {
        return Some(sum(values.into_iter()));
    }
    if matches!(name, "amount" | "income") {
        let income = assessment.income.iter().filter(|i| i.id == row).map(|i| i.amount);
        let expenses = assessment.expenses.iter().filter(|e| e.id == row).map(|e| e.amount);
        let values: Vec<_> = income.chain(expenses).collect();
        return (!values.is_empty()).then(|| sum(values.into_iter()));
    }
    None
}

/// What is held on a day: how much, at what cost.
pub fn holding(book: &RuleBook, example: &Example, expect: &Expect, assessment: &Assessment, inputs: &Inputs) -> Option<Answer> {
    let again;
    let holdings = match expect.at.on {
        Some(day) if day != assessment.to => {
            again = assess(book, inputs, &Options { holdings_on: Some(day), year: example.year, ..example.options.clone() });
            &again.holdings
        }
        _ => &assessment.holdings,
    };
    let fits = |h: &&crate::assess::assessment::Holding| {
        Some(&h.asset) == expect.at.holding.as_ref()
            && expect.at.account.as_ref().is_none_or(|a| *a == h.account)
            && expect.at.lot.as_ref().is_none_or(|l| h.lot.as_ref() == Some(l))
    };
    let found = holdings.iter().filter(fits);
    match expect.figure.as_str() {
        "quantity" | "remaining_quantity" => Some(sum(found.map(|h| Some(h.quantity))).into()),
        "cost" | "remaining_cost" => Some(sum(found.map(|h| h.cost)).into()),
        _ => None,
    }
}
