//! The keys of a rule file in words.

use chrono::NaiveDate;

pub use super::words_lots::*;
use crate::engine::value_text;
use crate::formula::names::{Item, Varies};
use crate::formula::tree::Toward;
use crate::formula::types::{Type, Unit, Value};
use crate::number::{percent, plain};
use crate::rules::RuleBook;
use crate::rules::book::{
    Band, Compound, Due, DueRule, Each, Effect, FeeRule, Given, Goes, Late, Moved, OnDay, PaidIn, PerRule, PriceAt, RateDay,
    Rounding, SelectedBy, Side, Treatment, ValueFrom, Worth, YearDays,
};
use crate::rules::cited::{Cited, What};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// `1 May`
pub fn day_of_year(month: u32, day: u32) -> String {
    let name = usize::try_from(month).ok().and_then(|m| MONTHS.get(m.checked_sub(1)?)).copied().unwrap_or_default();
    format!("{day} {name}")
}

/// Digits in threes, every decimal kept.
pub fn thousands(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').map_or((digits, String::new()), |(w, f)| (w, format!(".{f}")));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 && whole.len() > 3 {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{sign}{out}{fraction}")
}

/// A value with its unit: `10%`, `1,200 KGS`, `5.04 KGS per kWh`.
pub fn value(book: &RuleBook, ty: &Type, value: Value) -> String {
    match (value, ty) {
        (Value::Number(n), Type::Number(unit)) if unit.rate => percent(n),
        (Value::Number(n), Type::Number(unit)) if unit.is_plain() => thousands(&plain(n)),
        (Value::Number(n), Type::Number(unit)) => format!("{} {unit}", thousands(&plain(n))),
        _ => value_text(book, value),
    }
}

/// What a dated value or a row of a table says, formulas as they are written.
pub fn given(book: &RuleBook, ty: &Type, given: &Given) -> String {
    match (given, ty) {
        (Given::Literal(literal), _) => value(book, ty, *literal),
        (Given::Formula(formula), _) => formula.text.split_whitespace().collect::<Vec<_>>().join(" "),
        (Given::Unknown, _) => "unknown".to_owned(),
        (Given::Table(rows), _) => format!("a table of {} rows", rows.len()),
        (Given::Bands(bands), Type::Bands(unit)) => {
            let rate = Type::Number(Unit::rate());
            let one = |b: &Band| {
                let begins = if b.edge_in { "from" } else { "above" };
                let edge = self::given(book, &Type::Number(unit.clone()), &b.edge);
                format!("{} {begins} {edge}", self::given(book, &rate, &b.rate))
            };
            bands.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        (Given::Bands(bands), _) => format!("{} bands", bands.len()),
        (Given::Record(fields), _) => {
            let plain = Type::Number(Unit::number());
            let one = |(name, given): &(String, Given)| format!("{name} {}", self::given(book, &plain, given));
            fields.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    }
}

pub fn unit(ty: &Type) -> String {
    match ty {
        Type::Number(unit) => unit.to_string(),
        Type::Date => "date".into(),
        Type::YesNo => "yes or no".into(),
        Type::Word(_) => "word".into(),
        Type::Set(_) => "words".into(),
        Type::Bands(unit) => format!("bands in {unit}"),
        Type::Record => "record".into(),
    }
}

pub fn selected_by(by: SelectedBy) -> &'static str {
    match by {
        SelectedBy::TaxYear => "by the first day of the tax year",
        SelectedBy::Period => "by the first day of the period",
        SelectedBy::Row => "by the day of the row",
        SelectedBy::Disposed => "by the day of disposal",
        SelectedBy::Acquired => "by the day of acquisition",
    }
}

pub fn varies(varies: Varies) -> &'static str {
    match varies {
        Varies::No => "no",
        Varies::ByYear => "by_year",
        Varies::ByMonth => "by_month",
        Varies::ByDate => "by_date",
    }
}

pub fn item(item: Item) -> &'static str {
    match item {
        Item::Match => "match",
        Item::Disposal => "disposal",
        Item::Income => "income",
        Item::Expense => "expense",
        Item::Acquisition => "acquisition",
        Item::Holding => "holding",
        Item::Loss | Item::PortfolioSale => "disposal",
        Item::None | Item::Row | Item::Record(_) => "row",
    }
}

/// What happens to the row.
pub fn treatment(treatment: &Treatment) -> String {
    let merged = if treatment.merges_lots { ", as one lot" } else { "" };
    let text = effect(treatment.effect, &treatment.proceeds, &treatment.cost, treatment.keeps_date);
    if treatment.share.is_some() {
        return format!("no sale: the units stay; a part of their cost goes over to what came in{merged}");
    }
    if treatment.for_claim {
        return format!("{text}; where one leg stands alone, the other is the claim to get as much back");
    }
    match &treatment.taxed {
        Some(_) => format!("{text}; this for the lots that are taxed, cost and day of the others go over"),
        None => format!("{text}{merged}"),
    }
}

/// What an effect does, with what its legs count as.
pub fn effect(effect: Effect, proceeds: &Worth, cost: &Worth, keeps_date: Option<bool>) -> String {
    let proceeds = amount(proceeds, "market value", "nothing");
    let text = match effect {
        Effect::Acquisition => format!("acquired: a lot at {}", amount(cost, "the value of what was given for it", "no cost")),
        Effect::Disposal => format!("sold: proceeds at {proceeds}, less the cost of the lots that leave"),
        Effect::Exchange => {
            format!(
                "exchanged: what leaves is sold at {proceeds}, what comes is acquired at {}",
                amount(cost, "that value", "no cost")
            )
        }
        Effect::Rollover => "no sale: cost and day of acquisition go over to what came in".to_owned(),
        Effect::Income => {
            format!("income at {proceeds}; an asset becomes a lot at {}", amount(cost, "the same value", "no cost"))
        }
        Effect::Expense => format!("a cost, at {proceeds}"),
        Effect::Move => "stays the owner's: no effect".to_owned(),
        Effect::Removal => "leaves without gain or loss".to_owned(),
        Effect::Ignore => "no effect".to_owned(),
        Effect::Refuse => "refused: it is not decided what it is".to_owned(),
    };
    match keeps_date {
        Some(true) if effect != Effect::Rollover => format!("{text}; the day of acquisition goes over"),
        Some(false) if effect == Effect::Rollover => "no sale: the cost goes over to what came in, acquired anew".to_owned(),
        _ => text,
    }
}

fn amount(worth: &Worth, value: &str, zero: &str) -> String {
    let text = match worth {
        Worth::Value => value,
        Worth::Zero => zero,
        Worth::Cost => "what the units cost",
        Worth::Carried => "the cost that goes over",
        Worth::Formula(_) => "an amount of its own",
    };
    text.to_owned()
}

pub fn fees(fee: &FeeRule) -> String {
    let goes = match fee.goes {
        Goes::Received => "raises the cost of what came in",
        Goes::Sent => "lowers the proceeds",
        Goes::Split => "goes half to what came in, half to what was sent",
        Goes::Apart => "is kept apart, as `fees` of the sale",
        Goes::Lost => "counts nowhere",
    };
    let coin =
        if fee.coin_is_disposal { "a coin paid as a fee is sold by it" } else { "a coin paid as a fee leaves without gain" };
    let at_cost = if fee.at_cost { ", at what its units cost" } else { "" };
    format!("{goes}; {coin}{at_cost}")
}

pub fn paid_in(paid: PaidIn) -> &'static str {
    match paid {
        PaidIn::Money => "money",
        PaidIn::Sent => "the asset sent",
        PaidIn::Received => "the asset received",
        PaidIn::Other => "another asset",
    }
}

pub fn value_from(from: ValueFrom) -> &'static str {
    match from {
        ValueFrom::Row => "the value stated in the row",
        ValueFrom::MoneyLeg => "the currency paid or received",
        ValueFrom::Prices => "the price table",
        ValueFrom::OtherLeg => "what the other side is worth",
    }
}

pub fn side(side: Side) -> &'static str {
    match side {
        Side::Received => "what was received",
        Side::Sent => "what was sent",
    }
}

pub fn rate_day(day: RateDay) -> &'static str {
    match day {
        RateDay::Same => "the rate of the row's day",
        RateDay::PreviousPublication => "the rate of the row's day, else the last one published before it",
        RateDay::PublicationBefore => "the last rate published before the row's day",
        RateDay::MonthAverage => "the average of the row's month",
        RateDay::YearAverage => "the average of the row's tax year",
    }
}

pub fn price_at(at: PriceAt) -> &'static str {
    match at {
        PriceAt::Instant => "the last price at or before the row's instant",
        PriceAt::Day => "the price of the row's day",
    }
}

pub fn toward(toward: Toward) -> &'static str {
    match toward {
        Toward::Down => "down",
        Toward::Up => "up",
        Toward::HalfUp => "to the nearest, halves up",
        Toward::HalfEven => "to the nearest, halves to even",
        Toward::Zero => "toward zero",
    }
}

pub fn rounding(rounding: &Rounding) -> String {
    format!("to {}, {}", plain(rounding.to), toward(rounding.toward))
}

pub fn due(due: &Due) -> String {
    let moved = match due.moved {
        Some(Moved::NextWorkingDay) => ", or the next working day",
        Some(Moved::PreviousWorkingDay) => ", or the working day before",
        None => "",
    };
    format!("{}{moved}", due_rule(due.rule))
}

fn due_rule(rule: DueRule) -> String {
    match rule {
        DueRule::After { months: 0, days } => format!("within {days} days after the end of the period"),
        DueRule::After { months, days: 0 } => format!("within {months} months after the end of the period"),
        DueRule::After { months, days } => format!("within {months} months and {days} days after the end of the period"),
        DueRule::DayOfMonth { day, months_after: 1 } => format!("by day {day} of the month after the period"),
        DueRule::DayOfMonth { day, months_after } => format!("by day {day} of month {months_after} after the period"),
        DueRule::BeforeNextYear { month, day } => format!("before {} of the year after", day_of_year(month, day)),
    }
}

/// How interest on late payment runs.
pub fn late(late: &Late) -> String {
    let each = match (late.each, late.year_days) {
        (Each::Day, _) => "for each day, from the day after the due day through the day of payment",
        (Each::Month, _) => "for each full month after the due day",
        (Each::BegunMonth, _) => "for each month that has begun after the due day",
        (Each::Year, YearDays::Of360) => "a year, by days, of which 360 are a year",
        (Each::Year, YearDays::Of365) => "a year, by days, of which 365 are a year",
        (Each::Year, YearDays::Actual) => "a year, by days of the calendar year",
    };
    let compound = match late.compound {
        None => "",
        Some(Compound::Day) => "; interest is added each day",
        Some(Compound::Month) => "; interest is added each month",
        Some(Compound::Year) => "; interest is added each year",
    };
    format!("{each}{compound}")
}

pub fn weekday(day: chrono::Weekday) -> &'static str {
    use chrono::Weekday as W;
    match day {
        W::Mon => "Monday",
        W::Tue => "Tuesday",
        W::Wed => "Wednesday",
        W::Thu => "Thursday",
        W::Fri => "Friday",
        W::Sat => "Saturday",
        W::Sun => "Sunday",
    }
}

/// `since 2022-01-01`, `2020-08-01 to 2021-12-31`, empty where always.
pub fn days(from: Option<NaiveDate>, through: Option<NaiveDate>) -> String {
    match (from, through) {
        (Some(from), Some(through)) => format!("{from} to {through}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(through)) => format!("until {through}"),
        (None, None) => String::new(),
    }
}

pub fn status(word: &str) -> String {
    word.replace('_', " ")
}

/// What an entry of the law is, in a few words.
pub fn entry(book: &RuleBook, cited: &Cited<'_>) -> String {
    let titled = |title: Option<&String>, name: &str| title.map_or_else(|| name.replace('_', " "), String::clone);
    let found = match cited.what {
        What::Tax => book.taxes.get(cited.section).map(|t| t.title.clone()),
        What::Duty => book.duties.get(cited.section).map(|d| d.title.clone()),
        What::Register => book.registers.get(cited.section).map(|r| r.title.clone()),
        What::Due => book.taxes.get(cited.section).map(|t| format!("when due: {}", t.title)),
        What::Advances => book.taxes.get(cited.section).map(|t| format!("advances: {}", t.title)),
        What::LateInterest => book.taxes.get(cited.section).map(|t| format!("interest on late payment: {}", t.title)),
        What::Shadow => book.parameters.get(cited.section).map(|p| format!("{} under an act not in force", p.title)),
        What::Watch => book.watch.get(cited.section).map(|w| w.title.clone()),
        What::WorkingDays => Some("days on which nothing is due".to_owned()),
        What::Rounding => book.taxes.get(cited.section).map(|t| format!("rounding: {}", t.title)),
        What::Value => book.parameters.get(cited.section).map(|p| p.title.clone()),
        What::TableRow => book.parameters.get(cited.section).map(|p| format!("row of the table: {}", p.title)),
        What::Schedule => book.schedules.get(cited.section).map(|s| titled(s.title.as_ref(), &s.name)),
        What::Offset => book.offsets.get(cited.section).map(|o| o.name.replace('_', " ")),
        What::Quantity => book.quantities.get(cited.section).map(|q| titled(q.title.as_ref(), &q.name)),
        What::Field => book.fields.get(cited.section).map(|f| titled(f.title.as_ref(), &f.name)),
        What::Treatment => book.treatments.get(cited.section).map(|t| format!("treatment of {}", kinds(t))),
        What::Fees => book.fees.get(cited.section).map(|f| {
            let effects: Vec<&str> = f.to.iter().map(|e| e.word()).collect();
            format!("fees of {}", effects.join(", "))
        }),
        What::Matching | What::UnitCost => {
            let step = book.matching.get(cited.section).and_then(|m| m.steps.get(cited.index));
            let what = if cited.what == What::UnitCost { "unit cost" } else { "order of lots" };
            step.map(|s| format!("{what}: {}", s.method.word().replace('_', " ")))
        }
        What::Moves => Some("which lots a move takes".to_owned()),
        What::Shortfall => Some("what units cost that were never seen coming in".to_owned()),
        What::Basis => book.bases.get(cited.section).map(|b| titled(b.title.as_ref(), &b.name)),
        What::OnDate => book.on_dates.get(cited.section).map(|entry| match &entry.on {
            OnDay::Day(day) => format!("what is held on {day}"),
            OnDay::Formula(formula) => format!("what is held on {}", formula.text),
        }),
        What::DenyLoss => Some("losses that do not count".to_owned()),
        What::Reading | What::Choice => book.options.get(cited.section).map(|o| o.question.clone()),
        What::Fact => book.facts.get(cited.section).map(|f| f.title.clone()),
        What::Valuation => Some("what rows are worth".to_owned()),
        What::MonthEnd => Some("how months are added to a day".to_owned()),
    };
    found.unwrap_or_default()
}

/// How long the periods are; `quarter if SMALL, else month` where it differs by taxpayer.
pub fn per(rule: &PerRule) -> String {
    let case = |c: &crate::rules::book::PerCase| match &c.when {
        Some(when) => format!("{} if {}", c.then.word(), flat(&when.text)),
        None => c.then.word().to_owned(),
    };
    rule.cases.iter().map(case).collect::<Vec<_>>().join(", else ")
}

/// A formula on one line.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The kinds of row that a treatment is for.
pub fn kinds(treatment: &Treatment) -> String {
    match &treatment.kinds {
        Some(kinds) => kinds.iter().map(|k| k.word()).collect::<Vec<_>>().join(", "),
        None => "every other kind".to_owned(),
    }
}

/// `2020-08-01 to 2026-12-31`, or the one day that both are.
pub fn span(from: Option<NaiveDate>, through: Option<NaiveDate>) -> String {
    match (from, through) {
        (Some(from), Some(through)) if from == through => from.to_string(),
        _ => days(from, through),
    }
}
