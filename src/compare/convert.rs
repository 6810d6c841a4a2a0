//! Amounts of one law in the currency of the comparison.

use chrono::NaiveDate;

use crate::diagnostic::{Code, Diagnostic};
use crate::number::{self, Decimal, NumberError, plain};
use crate::value::tables::{RateFound, Rates};

/// A rate published longer before the day is no rate of the day: weekends and holidays are shorter.
const DAYS_MAX: i64 = 10;

/// How amounts of one currency become those of another: not at all, by a rate, or by two through a third currency.
#[derive(Debug, Clone)]
pub struct Conversion {
    pub from: String,
    pub to: String,
    /// Each with the two currencies it goes between.
    pub steps: Vec<(String, String, RateFound)>,
}

impl Conversion {
    /// By the rates given, as of a day. Of several ways through a third currency the one with the latest rates is taken, then
    /// the first by its code.
    pub fn find(rates: &Rates, from: &str, to: &str, day: NaiveDate) -> Result<Conversion, Diagnostic> {
        let step = |from: &str, to: &str| {
            let found = rates.on_or_before(from, to, day)?;
            ((day - found.day).num_days() <= DAYS_MAX).then(|| (from.to_owned(), to.to_owned(), found))
        };
        let steps = if from == to {
            Some(Vec::new())
        } else {
            step(from, to).map(|direct| vec![direct]).or_else(|| {
                let through = rates.currencies().into_iter().filter_map(|third| Some([step(from, third)?, step(third, to)?]));
                let oldest = |way: &[(String, String, RateFound); 2]| way.iter().map(|(_, _, r)| r.day).min();
                // The last of equals would be taken: in reverse, that is the first by its code.
                through.collect::<Vec<_>>().into_iter().rev().max_by_key(oldest).map(Vec::from)
            })
        };
        match steps {
            Some(steps) => Ok(Conversion { from: from.to_owned(), to: to.to_owned(), steps }),
            None => Err(missing(from, to, day)),
        }
    }

    /// An amount in the other currency.
    pub fn of(&self, amount: Decimal) -> Result<Decimal, NumberError> {
        self.steps.iter().try_fold(amount, |amount, (_, _, found)| {
            let other = if found.inverse { number::div(amount, found.rate) } else { number::mul(amount, found.rate) };
            other.map(number::stored)
        })
    }

    /// In words: `1 USD = 87.45 KGS on 2024-12-31`, two such where it goes through a third currency.
    pub fn told(&self) -> Option<String> {
        if self.steps.is_empty() {
            return None;
        }
        let step = |(from, to, found): &(String, String, RateFound)| {
            let (one, other) = if found.inverse { (to, from) } else { (from, to) };
            format!("1 {one} = {} {other} on {}", plain(found.rate), found.day)
        };
        let all = self.steps.iter().map(step).collect::<Vec<_>>().join(", ");
        let through = match self.steps.as_slice() {
            [(_, third, _), _] => format!(", through {third}"),
            _ => String::new(),
        };
        Some(format!("{} to {}{through}: {all}", self.from, self.to))
    }
}

fn missing(from: &str, to: &str, day: NaiveDate) -> Diagnostic {
    let message =
        format!("no rate {from}/{to} is given for {day} or the {DAYS_MAX} days before, directly or through a third currency");
    let help = format!("add the line `{day},{from},{to},RATE` to the file given with `--rates`");
    Diagnostic::new(Code::A0202, message).help(help).figure("total_tax_converted")
}
