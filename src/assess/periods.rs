//! The periods of figures: by one length, or by cases decided on the first day of each tax year.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::calendar::Period;
use crate::facts::Given;
use crate::formula::code::Ref;
use crate::formula::names::Per;
use crate::rules::book::PerRule;

use super::refusal::Outcome;
use super::world::{Ctx, Item, World};

impl World<'_> {
    fn per_rule(&self, figure: Ref) -> Option<&PerRule> {
        match figure {
            Ref::Quantity(q) => self.env.book.quantities.get(q).map(|q| &q.per),
            Ref::Tax(t) => self.env.book.taxes.get(t).map(|t| &t.per),
            _ => None,
        }
    }

    /// How long the periods of a figure are in a tax year.
    pub fn per(&self, figure: Ref, year: Period) -> Outcome<Per> {
        let ctx = Ctx { period: Period::day(year.begin), item: Item::None };
        for case in self.per_rule(figure).map_or(&[][..], |rule| &rule.cases) {
            let holds = match &case.when {
                Some(when) => self.yes(&when.code, ctx)?,
                None => true,
            };
            if holds {
                return Ok(case.then);
            }
        }
        Ok(Per::Year)
    }

    /// Refuses a figure whose periods cannot be told.
    pub(super) fn per_known(&self, figure: Ref, period: Period) -> Outcome<()> {
        if self.per_rule(figure).is_none_or(|rule| rule.cases.len() < 2) {
            return Ok(());
        }
        let year = self.env.calendar.year(self.env.calendar.year_of(period.begin)).unwrap_or(period);
        self.per(figure, year).map(|_| ())
    }

    /// The periods of a figure in a tax year.
    pub fn periods(&self, figure: Ref, year: Period) -> Outcome<Vec<Period>> {
        match self.per(figure, year)? {
            Per::Segment => {
                let keys = self.per_rule(figure).map_or(&[][..], |rule| &rule.segments);
                self.segments(&keys.iter().filter_map(|k| k.target).collect::<Vec<Ref>>(), year)
            }
            per => Ok(self.env.calendar.parts(year, per)),
        }
    }

    /// The stretches of a period in which none of the values changes.
    pub fn segments(&self, names: &[Ref], within: Period) -> Outcome<Vec<Period>> {
        let mut cuts: BTreeSet<NaiveDate> = [within.begin].into();
        let mut cut = |day: Option<NaiveDate>| cuts.extend(day.filter(|d| *d > within.begin && *d <= within.end));
        for name in names {
            match name {
                Ref::Parameter(parameter) => {
                    for value in self.env.book.parameters.get(*parameter).map_or(&[][..], |p| &p.values) {
                        cut(value.in_force.from);
                        cut(value.in_force.until.and_then(|d| d.succ_opt()));
                    }
                }
                Ref::Fact(fact) => match self.env.given(*fact) {
                    Given::ByDate(map) if !self.env.is_emptied(*fact) => map.keys().for_each(|day| cut(Some(*day))),
                    Given::Faulty(_) => drop(self.fact_default(*fact)?),
                    _ => {}
                },
                _ => {}
            }
        }
        let begins: Vec<NaiveDate> = cuts.into_iter().collect();
        let ends = begins.iter().skip(1).filter_map(|d| d.pred_opt()).chain([within.end]);
        Ok(begins.iter().zip(ends).map(|(begin, end)| Period { per: Per::Segment, begin: *begin, end }).collect())
    }

    /// The period of a figure just before one of its periods; `None` before the first year of the chain.
    pub fn before(&self, figure: Ref, period: Period) -> Outcome<Option<Period>> {
        let calendar = self.env.calendar;
        let last = period.begin.pred_opt().filter(|day| *day >= self.env.first_year.begin);
        let Some((last, year)) = last.and_then(|day| Some((day, calendar.year(calendar.year_of(day))?))) else {
            return Ok(None);
        };
        Ok(self.periods(figure, year)?.into_iter().find(|p| p.begin <= last && last <= p.end))
    }
}
