//! Of the card: what rows are for the law.

use crate::formula::Formula;
use crate::formula::code::Ref;
use crate::rules::book::{Further, InForce, Worth};

use super::build::Builder;
use super::card::{self, Days};
use super::cites::{keys, place};
use super::words;

pub(super) fn days(in_force: InForce) -> Days {
    Days { from: in_force.from, through: in_force.until }
}

fn reads(formula: &Formula, name: Ref) -> bool {
    formula.code.refs().contains(&name)
}

fn worth(worth: &Worth) -> Option<&Formula> {
    if let Worth::Formula(formula) = worth { Some(formula) } else { None }
}

impl Builder<'_> {
    pub(super) fn valuation(&self) -> card::Valuation {
        let valuation = &self.book.valuation;
        card::Valuation {
            order: valuation.order.iter().map(|f| words::value_from(*f).to_owned()).collect(),
            exchange: valuation.exchange.iter().map(|s| words::side(*s).to_owned()).collect(),
            rates: format!("{}: {}", valuation.rate_source, words::rate_day(valuation.rate_day)),
            price_at: words::price_at(valuation.price_at).to_owned(),
            cite: keys(&valuation.cite),
            note: valuation.note.clone(),
        }
    }

    pub(super) fn treatments(&self) -> Vec<card::Treatment> {
        let shown = self.book.treatments.iter().filter(|t| self.in_year(t.in_force));
        let treatment = |t: &crate::rules::book::Treatment| card::Treatment {
            kinds: t.kinds.iter().flatten().map(|k| k.word().to_owned()).collect(),
            when: self.maybe(t.when.as_ref()),
            in_force: days(t.in_force),
            r#as: t.effect.word().to_owned(),
            text: words::treatment(t),
            class: t.class.clone(),
            proceeds: self.maybe(worth(&t.proceeds)),
            cost: self.maybe(worth(&t.cost)),
            taxed: self.maybe(t.taxed.as_ref()),
            share: self.maybe(t.share.as_ref()),
            also: t.also.iter().map(|f| self.further(f)).collect(),
            cite: keys(&t.cite),
            note: t.note.clone(),
            place: place(&t.at),
        };
        shown.map(treatment).collect()
    }

    fn further(&self, further: &Further) -> card::Further {
        card::Further {
            r#as: further.effect.word().to_owned(),
            text: words::effect(further.effect, &further.proceeds, &further.cost, further.keeps_date),
            class: further.class.clone(),
            proceeds: self.maybe(worth(&further.proceeds)),
            cost: self.maybe(worth(&further.cost)),
        }
    }

    pub(super) fn fees(&self) -> Vec<card::Fees> {
        let shown = self.book.fees.iter().filter(|f| self.in_year(f.in_force));
        let fee = |f: &crate::rules::book::FeeRule| card::Fees {
            to: f.to.iter().map(|e| e.word().to_owned()).collect(),
            paid_in: f.paid_in.map(|p| words::paid_in(p).to_owned()),
            when: self.maybe(f.when.as_ref()),
            in_force: days(f.in_force),
            text: words::fees(f),
            cite: keys(&f.cite),
            note: f.note.clone(),
            place: place(&f.at),
        };
        shown.map(fee).collect()
    }

    /// What asks for a name directly, in words.
    pub(super) fn decides(&self, name: Ref) -> Vec<String> {
        let book = self.book;
        let mut found: Vec<String> = Vec::new();
        let treated = book.treatments.iter().filter(|t| t.when.as_ref().is_some_and(|f| reads(f, name)));
        found.extend(treated.map(|t| format!("how rows {} are treated", words::kinds(t))));
        let valued = book.treatments.iter().filter(|t| worth(&t.proceeds).is_some_and(|f| reads(f, name)));
        found.extend(valued.map(|t| format!("the amount of {}", words::kinds(t))));
        let mut costs: Vec<String> = Vec::new();
        for treatment in book.treatments.iter().filter(|t| worth(&t.cost).is_some_and(|f| reads(f, name))) {
            costs.extend(treatment.kinds.iter().flatten().map(|k| k.word().to_owned()));
        }
        costs.dedup();
        if !costs.is_empty() {
            found.push(format!("the cost of lots from {}", costs.join(", ")));
        }
        if book.fees.iter().any(|f| f.when.as_ref().is_some_and(|f| reads(f, name))) {
            found.push("where fees go".to_owned());
        }
        if book.matching.iter().flat_map(|m| &m.steps).any(|s| s.when.as_ref().is_some_and(|f| reads(f, name))) {
            found.push("the order of lots".to_owned());
        }
        for reader in self.names(self.readers(name)) {
            found.push(if reader.title.is_empty() { reader.name } else { reader.title });
        }
        found.dedup();
        found
    }
}
