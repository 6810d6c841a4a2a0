//! When a tax is paid: due days, working days, advances, interest on what is late.

use chrono::Weekday;

use crate::diagnostic::Code;
use crate::formula::names::Per;
use crate::formula::tree::Toward;
use crate::number::Decimal;
use crate::yaml::{Fields, Node, Reader, Value};

use super::book::{Advances, Compound, Due, DueRule, Each, Late, Moved, Rounding, WorkingDays, YearDays};
use super::read::Read;
use super::read_head::month_day;

/// A cited rounding.
pub fn rounding(reader: &mut Reader, node: &Node) -> Option<Rounding> {
    let mut fields = reader.fields(node, "a rounding")?;
    let to_node = fields.require(reader, "to");
    let to = to_node.and_then(|n| reader.decimal(n));
    let toward = fields.require(reader, "toward").and_then(|n| reader.one_of(n, Toward::WORDS));
    let cite = reader.cite(&mut fields, "this rounding");
    let note = reader.text_of(&mut fields, "note");
    let at = reader.at(fields.spot);
    fields.done(reader);
    let to = to?;
    if to <= Decimal::ZERO {
        reader.problem(Code::R0203, node.spot, "rounding needs a step above zero", Some("write `to: 1` or `to: 0.01`".into()));
        return None;
    }
    Some(Rounding { to, toward: toward?, cite, note, at })
}

/// `working_days`, at the head of the file.
pub fn working_days(reader: &mut Reader, node: &Node) -> Option<WorkingDays> {
    const DAYS: &[(&str, Weekday)] = &[
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ];
    let mut fields = reader.fields(node, "`working_days`")?;
    let rest_node = fields.require(reader, "rest");
    let rest: Vec<Weekday> =
        rest_node.map(|n| reader.list(n).iter().filter_map(|n| reader.one_of(n, DAYS)).collect()).unwrap_or_default();
    if DAYS.iter().all(|(_, day)| rest.contains(day)) {
        let spot = rest_node.map_or(node.spot, |n| n.spot);
        reader.problem(Code::R0203, spot, "no day of the week is left to work", Some("name the days of rest only".into()));
    }
    let (mut yearly, mut dates) = (Vec::new(), Vec::new());
    if let Some(list) = fields.take("holidays") {
        for item in reader.list(list) {
            match item.text() {
                // `01-01` recurs each year, `2025-03-21` is one day.
                Some(text) if text.len() > 5 => dates.extend(reader.date(item)),
                _ => yearly.extend(month_day(reader, item)),
            }
        }
    }
    let cite = reader.cite(&mut fields, "the list of working days");
    let note = reader.text_of(&mut fields, "note");
    let at = reader.at(fields.spot);
    fields.done(reader);
    Some(WorkingDays { rest, yearly, dates, cite, note, at })
}

/// One due date, or a list of which the first that holds counts. `years`: for periods of a year.
pub fn dues(reader: &mut Reader, node: &Node, years: bool, has_working_days: bool) -> Vec<Due> {
    let items: Vec<&Node> = match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    let dues: Vec<Due> = items.iter().filter_map(|item| due(reader, item, years, has_working_days)).collect();
    if dues.last().is_some_and(|d| d.when.is_some()) {
        reader.problem(Code::R0403, node.spot, "no due date covers what is left", Some("give the last one no `when`".into()));
    }
    dues
}

fn due(reader: &mut Reader, node: &Node, years: bool, has_working_days: bool) -> Option<Due> {
    let mut fields = reader.fields(node, "a due date")?;
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let rule = due_rule(reader, &mut fields, years);
    let moved_node = fields.take("moved");
    let words = [("next_working_day", Moved::NextWorkingDay), ("previous_working_day", Moved::PreviousWorkingDay)];
    let moved = moved_node.and_then(|n| reader.one_of(n, &words));
    if let (Some(node), false) = (moved_node, has_working_days) {
        let help = "add `working_days: { rest: [saturday, sunday], holidays: [..], cite: [..] }` to the head of the law";
        reader.problem(Code::R0202, node.spot, "the law does not say which days are working days", Some(help.into()));
    }
    let cite = reader.cite(&mut fields, "this due date");
    let note = reader.text_of(&mut fields, "note");
    let at = reader.at(fields.spot);
    fields.done(reader);
    Some(Due { when, rule: rule?, moved, cite, note, at })
}

fn due_rule(reader: &mut Reader, fields: &mut Fields<'_>, years: bool) -> Option<DueRule> {
    let (day, before, of_node) = (fields.take("day"), fields.take("before"), fields.take("of"));
    let (months, days) = (fields.take("months"), fields.take("days"));
    let of = of_node
        .and_then(|n| reader.one_of(n, &[("same_month", 0), ("next_month", 1), ("month_after_next", 2), ("next_year", 12)]));
    if of_node.is_some() && of.is_none() {
        return None;
    }
    match (day, before, of, months.or(days)) {
        (Some(node), None, Some(months_after @ 0..=2), None) => {
            let text = reader.text(node)?;
            let Some(day) = text.parse::<u32>().ok().filter(|d| (1..=31).contains(d)) else {
                reader.problem(Code::R0203, node.spot, format!("`{text}` is not a day of a month"), None);
                return None;
            };
            Some(DueRule::DayOfMonth { day, months_after })
        }
        (None, Some(node), Some(12), None) if years => {
            let (month, day) = month_day(reader, node)?;
            Some(DueRule::BeforeNextYear { month, day })
        }
        (None, None, None, Some(_)) => {
            let months = months.map_or(Some(0), |n| span(reader, n, "months"))?;
            let days = days.map_or(Some(0), |n| span(reader, n, "days"))?;
            Some(DueRule::After { months, days })
        }
        _ => {
            let help = "write `{ day: 20, of: next_month }`, `{ days: 30 }` or `{ months: 9 }` after the end of the period, or, \
                        for a year, `{ before: 05-01, of: next_year }`";
            reader.problem(Code::R0203, fields.spot, "this due date cannot be read", Some(help.into()));
            None
        }
    }
}

/// A count of months or days.
fn span(reader: &mut Reader, node: &Node, what: &str) -> Option<u32> {
    const MOST: u32 = 3660;
    let text = reader.text(node)?;
    let count = text.parse::<u32>().ok().filter(|n| (1..=MOST).contains(n));
    if count.is_none() {
        let help = format!("write a whole number from 1 to {MOST}");
        reader.problem(Code::R0203, node.spot, format!("`{text}` is not a number of {what}"), Some(help));
    }
    count
}

/// `late`: interest on what was paid after the due day.
pub fn late(reader: &mut Reader, node: &Node) -> Option<Late> {
    let mut fields = reader.fields(node, "`late`")?;
    let rate = fields.require(reader, "rate").and_then(|n| reader.formula(n));
    let each = fields.require(reader, "each").and_then(|n| reader.one_of(n, Each::WORDS));
    let year_node = fields.take("year_days");
    let year_days = year_node.and_then(|n| reader.one_of(n, YearDays::WORDS)).unwrap_or(YearDays::Of365);
    if let (Some(node), Some(Each::Day | Each::Month | Each::BegunMonth)) = (year_node, each) {
        let message = "`year_days` spreads a yearly rate over the days of a year";
        reader.problem(Code::R0203, node.spot, message, Some("write `each: year`, or leave `year_days` out".into()));
    }
    let compound = fields.take("compound").and_then(|n| reader.one_of(n, Compound::WORDS)).flatten();
    let limit = fields.take("limit").and_then(|n| reader.formula(n));
    let round = fields.take("round").and_then(|n| rounding(reader, n));
    let cite = reader.cite(&mut fields, "this interest");
    let note = reader.text_of(&mut fields, "note");
    let at = reader.at(fields.spot);
    fields.done(reader);
    Some(Late { rate: rate?, each: each?, year_days, compound, limit, round, cite, note, at })
}

/// `advances`: payments on account, for parts of the tax's period.
pub fn advances(reader: &mut Reader, node: &Node, has_working_days: bool) -> Option<Advances> {
    let mut fields = reader.fields(node, "`advances`")?;
    let per = fields.require(reader, "per").and_then(|n| reader.one_of(n, &[("quarter", Per::Quarter), ("month", Per::Month)]));
    let amount = fields.require(reader, "amount").and_then(|n| reader.formula(n));
    let cumulative = fields.take("cumulative").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    let count = if per == Some(Per::Quarter) { 4 } else { 12 };
    let parts: Vec<usize> =
        fields.take("parts").map(|n| reader.list(n).iter().filter_map(|n| part(reader, n, count)).collect()).unwrap_or_default();
    let round = fields.take("round").and_then(|n| rounding(reader, n));
    let due = fields.require(reader, "due").map(|n| dues(reader, n, false, has_working_days)).unwrap_or_default();
    let late = fields.take("late").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    let cite = reader.cite(&mut fields, "these advances");
    let note = reader.text_of(&mut fields, "note");
    let at = reader.at(fields.spot);
    fields.done(reader);
    Some(Advances { per: per?, amount: amount?, cumulative, parts, round, due, late, cite, note, at })
}

/// The number of a part of a year, from 1.
fn part(reader: &mut Reader, node: &Node, count: usize) -> Option<usize> {
    let text = reader.text(node)?;
    let part = text.parse::<usize>().ok().filter(|p| (1..=count).contains(p));
    if part.is_none() {
        let message = format!("`{text}` is not the number of a part");
        reader.problem(Code::R0203, node.spot, message, Some(format!("write whole numbers from 1 to {count}")));
    }
    part
}
