//! Of the card: the order of lots, what lots carry, days on which the law touches them, losses that do not count.

use crate::formula::Formula;
use crate::rules::book::{self, OnDateWhat, OnDay, PoolBy, Worth};

use super::build::Builder;
use super::build_rows::days;
use super::card::{self, Said};
use super::cites::{keys, place};
use super::words;

impl Builder<'_> {
    pub(super) fn matching(&self) -> Vec<card::Matching> {
        let shown = self.book.matching.iter().filter(|m| self.in_year(m.in_force));
        let pool = |key: &PoolBy| match key {
            PoolBy::Asset => "asset".to_owned(),
            PoolBy::Account => "account".to_owned(),
            PoolBy::Word(formula) => formula.text.clone(),
        };
        let version = |m: &book::Matching| card::Matching {
            in_force: days(m.in_force),
            when: self.maybe(m.when.as_ref()),
            pool_by: m.pool_by.iter().map(pool).collect(),
            sequence: if m.by_step { "by_step" } else { "by_disposal" },
            merge_day: m.merge_day,
            steps: m.steps.iter().map(|s| self.step(s)).collect(),
            moves: m.moves.as_ref().map(|moves| Said {
                text: words::moves(moves),
                cite: keys(&moves.cite),
                note: moves.note.clone(),
            }),
            shortfall: m.shortfall.as_ref().map(|s| Said {
                text: words::shortfall(s),
                cite: keys(&s.cite),
                note: s.note.clone(),
            }),
            note: m.note.clone(),
            place: place(&m.at),
        };
        shown.map(version).collect()
    }

    fn step(&self, step: &book::Step) -> card::Step {
        let unit_cost = |u: &book::UnitCost| Said { text: words::unit_cost(u), cite: keys(&u.cite), note: u.note.clone() };
        card::Step {
            method: step.method.word().to_owned(),
            text: words::step(step),
            when: self.maybe(step.when.as_ref()),
            r#where: self.maybe(step.lots.as_ref()),
            worth: self.maybe(step.worth.as_ref()),
            unit_cost: step.unit_cost.as_ref().map(unit_cost),
            cite: keys(&step.cite),
            note: step.note.clone(),
            place: place(&step.at),
        }
    }

    pub(super) fn bases(&self) -> Vec<card::Basis> {
        let basis = |b: &book::Basis| card::Basis {
            name: b.name.clone(),
            title: b.title.clone(),
            start: self.formula(&b.start),
            cite: keys(&b.cite),
            note: b.note.clone(),
            place: place(&b.at),
        };
        self.book.bases.iter().map(basis).collect()
    }

    pub(super) fn on_dates(&self) -> Vec<card::OnDate> {
        let on_date = |entry: &book::OnDate| {
            let formulas: Vec<&Formula> = match &entry.what {
                OnDateWhat::Set(list) => list.iter().map(|(_, f)| f).collect(),
                OnDateWhat::Deem { proceeds: Worth::Formula(formula), .. } => vec![formula],
                OnDateWhat::Deem { .. } | OnDateWhat::Regroup { .. } => Vec::new(),
            };
            card::OnDate {
                on: match &entry.on {
                    OnDay::Day(day) => day.to_string(),
                    OnDay::Formula(formula) => formula.text.clone(),
                },
                when: self.maybe(entry.when.as_ref()),
                r#where: self.maybe(entry.lots.as_ref()),
                text: words::on_date(&entry.what),
                formulas: formulas.into_iter().map(|f| self.formula(f)).collect(),
                cite: keys(&entry.cite),
                note: entry.note.clone(),
                place: place(&entry.at),
            }
        };
        self.book.on_dates.iter().map(on_date).collect()
    }

    pub(super) fn deny_loss(&self) -> Vec<card::DenyLoss> {
        let shown = self.book.deny_loss.iter().filter(|d| self.in_year(d.in_force));
        let rule = |d: &book::DenyLoss| card::DenyLoss {
            in_force: days(d.in_force),
            when: self.maybe(d.when.as_ref()),
            text: words::deny_loss(d),
            units: self.formula(&d.units),
            cite: keys(&d.cite),
            note: d.note.clone(),
            place: place(&d.at),
        };
        shown.map(rule).collect()
    }
}
