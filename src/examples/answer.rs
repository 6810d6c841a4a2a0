//! What an assessment answers to an expectation of an example.

use std::fmt;

use chrono::NaiveDate;

use crate::assess::Assessment;
use crate::assess::assessment::{AdvanceLine, QuantityValue, TaxLine};
use crate::calendar::TaxCalendar;
use crate::engine::{Inputs, Options, assess};
use crate::formula::names::Per;
use crate::number::{self, Decimal, plain};
use crate::rules::RuleBook;

use super::{Example, Expect};

/// A figure: an amount or a day, none, or one that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Refused,
    Nothing,
    Number(Decimal),
    Date(NaiveDate),
}

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
        }
    }
}

/// A figure of the assessment; `None` where there is no such.
pub fn figure(book: &RuleBook, expect: &Expect, assessment: &Assessment) -> Option<Answer> {
    let (name, part) = expect.figure.split_once('.').map_or((expect.figure.as_str(), "whole"), |(n, p)| (n, p));
    if name == "total_tax" {
        return Some(assessment.total_tax.into());
    }
    if let Some(row) = &expect.at.row
        && let Some(found) = of_row(name, row, assessment)
    {
        return Some(found.into());
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
    // A part of an offset or of an allocation has a dot in its own name.
    match assessment.quantities.iter().find(|(n, _)| *n == expect.figure).map(|(_, v)| v)? {
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
    Some(step.value.and_then(|value| number::parse(&value).ok()).into())
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
