//! Which day, row or period a figure of a day or a rule beside taxes is asked of.

use chrono::NaiveDate;

use crate::diagnostic::{Code, Diagnostic, nearest, suggestion};
use crate::formula::names::Per;
use crate::ledger::local_day;
use crate::rules::RuleBook;
use crate::rules::book::{Duty, EachWhat};

use super::explain::date;
use super::{Inputs, Options};

/// What is to be explained.
pub(super) struct Asked {
    pub what: What,
    /// The day; none where a whole year is asked about.
    pub on: Option<NaiveDate>,
    pub customer: Option<String>,
    /// The one item of several: a period, row or record.
    pub item: Option<String>,
}

pub(super) enum What {
    /// Numbers in the rule book.
    Quantity(usize),
    Rule(usize),
}

/// True for what is asked of a day, and needs neither a tax year nor a ledger: quantities of a day, rules beside taxes.
pub fn is_of_a_day(book: &RuleBook, figure: &str) -> bool {
    of(book, name_and_key(figure).0).is_some()
}

/// The message on a misspelt name of what is asked of a day.
pub fn meant(book: &RuleBook, figure: &str) -> Option<Diagnostic> {
    let (name, _) = name_and_key(figure);
    let of_day = book.quantities.iter().filter(|q| q.per.is(Per::Day)).map(|q| q.name.as_str());
    let known = of_day.chain(book.duties.iter().map(|d| d.name.as_str()));
    let stands = book.taxes.iter().any(|t| t.name == name) || book.quantities.iter().any(|q| q.name == name);
    nearest(name, known).filter(|_| !stands).map(|_| crate::explain::build::unknown_name(book, figure))
}

fn name_and_key(figure: &str) -> (&str, Option<&str>) {
    figure.split_once('@').map_or((figure, None), |(name, key)| (name, Some(key)))
}

fn of(book: &RuleBook, name: &str) -> Option<What> {
    if let Some(index) = book.quantities.iter().position(|q| q.name == name && q.per.is(Per::Day)) {
        return Some(What::Quantity(index));
    }
    let is_figure = book.taxes.iter().any(|t| t.name == name) || book.quantities.iter().any(|q| q.name == name);
    let rule = book.duties.iter().position(|d| d.name == name);
    rule.filter(|_| !is_figure).map(What::Rule)
}

/// What is asked, where it is of a day.
pub(super) fn asked(book: &RuleBook, inputs: &Inputs, options: &Options, figure: &str) -> Result<Option<Asked>, Diagnostic> {
    let (name, key) = name_and_key(figure);
    let Some(what) = of(book, name) else { return Ok(None) };
    let asked = match what {
        What::Quantity(_) => {
            let on = key.map_or(options.on, date).ok_or_else(|| {
                no_item(format!("`{name}` is a figure of a day{}", but(key)), format!("write `{name}@2026-08-01`"))
            })?;
            Asked { what, on: Some(on), customer: None, item: None }
        }
        What::Rule(index) => match book.duties.get(index) {
            Some(duty) => of_rule(book, inputs, options, duty, key).map(|asked| Asked { what, ..asked })?,
            None => return Ok(None),
        },
    };
    Ok(Some(asked))
}

fn but(key: Option<&str>) -> String {
    key.map(|key| format!(", and `{key}` is no day")).unwrap_or_default()
}

fn no_item(message: String, help: String) -> Diagnostic {
    Diagnostic::new(Code::A0213, message).help(help)
}

fn of_rule(book: &RuleBook, inputs: &Inputs, options: &Options, duty: &Duty, key: Option<&str>) -> Result<Asked, Diagnostic> {
    let (customer, key) = if duty.each.customer { customer(inputs, options, duty, key)? } else { (None, key) };
    let asked = |on: Option<NaiveDate>, item: Option<&str>| {
        Ok(Asked { what: What::Rule(0), on, customer: customer.clone(), item: item.map(str::to_owned) })
    };
    let name = &duty.name;
    let Some(key) = key else {
        if options.on.is_none() && options.year == 0 {
            let message = format!("`{name}` is a rule beside taxes: it is asked of a day");
            return Err(no_item(
                message,
                format!("write `{}`, or give the day with `--on DATE`", example(duty, customer.as_deref())),
            ));
        }
        return asked(options.on, None);
    };
    let day = date(key);
    match (&duty.each.what, day) {
        (EachWhat::Period(Per::Day), Some(day)) => asked(Some(day), Some(key)),
        (EachWhat::Transaction | EachWhat::Disposal, day) => {
            let row = inputs.ledger.rows.iter().find(|r| &*r.id == key).map(|r| local_day(r.timestamp, book.zone));
            match (row, day) {
                (Some(row), _) => asked(options.on.or(Some(row)), Some(key)),
                (None, Some(day)) => asked(Some(day), None),
                (None, None) => {
                    let near = nearest(key, inputs.ledger.rows.iter().map(|r| &*r.id));
                    let help = near.map_or_else(
                        || "name a row by its id, or a day".to_owned(),
                        |row| format!("did you mean `{name}@{row}`?"),
                    );
                    Err(no_item(format!("the ledger has no row `{key}`"), help))
                }
            }
        }
        (EachWhat::Period(per), None) => match book.calendar().find(key, *per) {
            Some(period) => asked(options.on.or(Some(period.end)), Some(key)),
            None => {
                let message = format!("`{name}` is asked of each {}{}", per.word(), but(Some(key)).replace("day", per.word()));
                Err(no_item(message, format!("write `{}`", example(duty, customer.as_deref()))))
            }
        },
        (EachWhat::Record(_), None) if options.on.is_none() => {
            let message = format!("`{name}` is asked of each record of `{}` on a day", list(duty));
            Err(no_item(message, format!("give the day with `--on DATE`, or write `{name}@2026-08-01`")))
        }
        (EachWhat::Record(_), None) => asked(options.on, Some(key)),
        // A day of what is not asked by day: all that is found on it.
        (EachWhat::Record(_) | EachWhat::Period(_), Some(day)) => asked(Some(day), None),
    }
}

fn list(duty: &Duty) -> &str {
    if let EachWhat::Record(key) = &duty.each.what { &key.name } else { "" }
}

/// How an item of the rule is written.
fn example(duty: &Duty, customer: Option<&str>) -> String {
    let item = match &duty.each.what {
        EachWhat::Period(Per::Month) => "2026-07",
        EachWhat::Period(Per::Quarter) => "2026-Q3",
        EachWhat::Period(Per::Year) => "2026",
        EachWhat::Transaction | EachWhat::Disposal => "ROW",
        EachWhat::Period(_) | EachWhat::Record(_) => "2026-08-01",
    };
    let customer = customer.map(|c| format!("{c}/")).unwrap_or_default();
    format!("{}@{customer}{item}", duty.name)
}

/// `bob/2026-08-01`: the customer, and the rest of the key.
fn customer<'k>(
    inputs: &Inputs,
    options: &Options,
    duty: &Duty,
    key: Option<&'k str>,
) -> Result<(Option<String>, Option<&'k str>), Diagnostic> {
    let known: Vec<&str> = inputs.ledger.taxpayers().into_iter().map(|s| inputs.ledger.name(s)).collect();
    let whole = key.unwrap_or_default();
    for name in &known {
        if whole == *name {
            return Ok((Some((*name).to_owned()), None));
        }
        if let Some(rest) = whole.strip_prefix(name).and_then(|rest| rest.strip_prefix('/')) {
            return Ok((Some((*name).to_owned()), Some(rest)));
        }
    }
    if let Some(name) = options.taxpayer.as_ref().filter(|name| known.contains(&name.as_str())) {
        return Ok((Some(name.clone()), key));
    }
    let wrong = whole.split('/').next().unwrap_or_default();
    let message = match key {
        Some(_) => format!("`{}` is asked of each customer, and the ledger has no customer `{wrong}`", duty.name),
        None => format!("`{}` is asked of each customer", duty.name),
    };
    let first = known.first().copied().unwrap_or("CUSTOMER");
    let write = format!("write `{}`", example(duty, Some(first)));
    let help = suggestion(wrong, known.iter().copied()).map_or(write.clone(), |near| format!("{near}; {write}"));
    Err(no_item(message, help))
}
