//! When the tax years of a law, or of one taxpayer under it, begin.

use chrono::{Datelike, NaiveDate};

use crate::calendar::TaxCalendar;
use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Given};
use crate::formula::code::Ref;
use crate::formula::types::Value;

use super::RuleBook;
use super::book::FactDefault;

impl RuleBook {
    /// The calendar of who states no year of his own.
    pub fn calendar(&self) -> TaxCalendar {
        TaxCalendar { month: self.year_begins.0, day: self.year_begins.1 }
    }

    /// The calendar of one taxpayer; an error where the day of his year was stated, but cannot be read.
    pub fn calendar_of(&self, facts: &Facts) -> Result<TaxCalendar, Box<Diagnostic>> {
        let own = |day: NaiveDate| TaxCalendar { month: day.month(), day: day.day() };
        let Some(Ref::Fact(fact)) = self.year_stated_by.as_ref().and_then(|k| k.target) else { return Ok(self.calendar()) };
        let default = self.facts.get(fact).and_then(|f| f.default.as_ref());
        match (facts.given.get(fact), default) {
            (Some(Given::Faulty(problem)), _) => Err(problem.clone()),
            (Some(Given::One(Value::Date(day))), _) => Ok(own(*day)),
            (_, Some(FactDefault::Value(Value::Date(day)))) => Ok(own(*day)),
            _ => Ok(self.calendar()),
        }
    }
}
