//! Facts that nothing is refused without: each formula that reads one asks first whether it is known.

use crate::formula::Formula;
use crate::formula::code::{Code, HeldOn, Op, Range, Ref};
use crate::rules::RuleBook;
use crate::rules::book::{OnDateWhat, OnDay, PoolBy, Rule, Tariff, Worth};
use crate::rules::compile::{paying_formulas, tax_formulas};

/// True where some formula asks whether the fact is known, and none reads it without having asked.
pub fn is_optional(book: &RuleBook, fact: usize) -> bool {
    let of = Ask { name: Ref::Fact(fact), asked: std::cell::Cell::new(false) };
    let keys = book.parameters.iter().flat_map(|p| p.by.iter().chain(&p.existing_since));
    // Without a year of one's own the law's year counts.
    let year = book.year_stated_by.as_ref().and_then(|key| key.target) == Some(of.name);
    !keys.filter_map(|key| key.target).any(|name| name == of.name) && !of.reads_some(book) && (year || of.asked.get())
}

struct Ask {
    name: Ref,
    /// Set once a formula asks for it.
    asked: std::cell::Cell<bool>,
}

impl Ask {
    fn reads_some(&self, book: &RuleBook) -> bool {
        let one = |formula: &&Formula| self.chain([*formula]);
        // Every part is looked at, so that it is known whether one asks.
        let found = [
            book.parameters.iter().flat_map(|p| &p.values).flat_map(|v| v.value.formulas()).any(|f| one(&f)),
            book.schedules.iter().any(|s| matches!(&s.how, Tariff::Rule(rule) if self.rule(rule))),
            book.fields.iter().any(|f| self.rule(&f.rule)),
            book.quantities.iter().any(|q| self.rule(&q.rule)),
            book.quantities.iter().filter_map(|q| q.computed).flat_map(|c| c.formulas(book)).any(|f| one(&f)),
            book.quantities.iter().flat_map(|q| &q.per.cases).filter_map(|c| c.when.as_ref()).any(|f| one(&f)),
            book.taxes.iter().flat_map(|t| tax_formulas(t).into_iter().chain(paying_formulas(t))).any(|f| one(&f)),
            book.taxes.iter().flat_map(|t| &t.per.cases).filter_map(|c| c.when.as_ref()).any(|f| one(&f)),
            book.bases.iter().any(|b| one(&&b.start)),
            book.fees.iter().filter_map(|f| f.when.as_ref()).any(|f| one(&f)),
            self.treatments(book),
            self.lots(book),
            self.duties(book),
        ];
        found.contains(&true)
    }

    fn treatments(&self, book: &RuleBook) -> bool {
        let mut found = false;
        for treatment in &book.treatments {
            let worths = treatment.also.iter().flat_map(|a| [&a.proceeds, &a.cost]).chain([&treatment.proceeds, &treatment.cost]);
            let worths = worths.filter_map(|w| if let Worth::Formula(f) = w { Some(&**f) } else { None });
            for formula in worths.chain(&treatment.taxed).chain(&treatment.share) {
                found |= self.chain(treatment.when.iter().chain([formula]));
            }
            found |= self.chain(&treatment.when);
        }
        found
    }

    fn lots(&self, book: &RuleBook) -> bool {
        let mut found = false;
        for version in &book.matching {
            found |= self.chain(&version.when);
            found |= version.pool_by.iter().any(|key| matches!(key, PoolBy::Word(formula) if self.chain([&**formula])));
            for step in &version.steps {
                found |= self.chain(step.when.iter().chain(&step.lots).chain(&step.worth));
            }
        }
        for entry in &book.on_dates {
            // A day that is not known is no day: nothing happens on it.
            if matches!(&entry.on, OnDay::Formula(formula) if formula.code.refs().contains(&self.name)) {
                self.asked.set(true);
                continue;
            }
            let values: Vec<&Formula> = match &entry.what {
                OnDateWhat::Set(list) => list.iter().map(|(_, f)| f).collect(),
                OnDateWhat::Deem { proceeds: Worth::Formula(formula), .. } => vec![formula],
                OnDateWhat::Deem { .. } | OnDateWhat::Regroup { .. } => Vec::new(),
            };
            found |= self.chain(entry.when.iter().chain(&entry.lots).chain(values));
        }
        for deny in &book.deny_loss {
            found |= self.chain(deny.when.iter().chain(&deny.lots).chain([&deny.units]));
        }
        found
    }

    fn duties(&self, book: &RuleBook) -> bool {
        let mut found = false;
        for duty in &book.duties {
            let asked = || duty.subject.iter().chain(&duty.when);
            for formula in duty.formulas() {
                let own = duty.subject.iter().chain(&duty.when).any(|f| std::ptr::eq(f, formula));
                found |= if own { self.chain(asked()) } else { self.chain(asked().chain([formula])) };
            }
        }
        found
    }

    fn rule(&self, rule: &Rule) -> bool {
        let mut found = false;
        for case in &rule.cases {
            found |= self.chain(case.when.iter().chain([&case.then]));
        }
        found
    }

    /// Formulas each of which is only looked at where those before it hold.
    fn chain<'a>(&self, formulas: impl IntoIterator<Item = &'a Formula>) -> bool {
        let (mut guarded, mut found) = (false, false);
        for formula in formulas {
            found |= self.reads(&formula.code, guarded);
            guarded |= self.implies(&formula.code, true);
        }
        found
    }

    /// Whether a formula reads the fact where nothing says that it is known.
    fn reads(&self, code: &Code, guarded: bool) -> bool {
        match &code.op {
            Op::Known(name) => {
                self.asked.set(self.asked.get() || *name == self.name);
                false
            }
            Op::Ref(name) if *name == self.name => !guarded,
            Op::At(name, day) => (*name == self.name && !guarded) | self.reads(day, guarded),
            Op::If(test, yes, no) => {
                self.reads(test, guarded)
                    | self.reads(yes, guarded || self.implies(test, true))
                    | self.reads(no, guarded || self.implies(test, false))
            }
            Op::And(a, b) => self.reads(a, guarded) | self.reads(b, guarded || self.implies(a, true)),
            Op::Or(a, b) => self.reads(a, guarded) | self.reads(b, guarded || self.implies(a, false)),
            op => {
                let over = matches!(op, Op::Aggregate { over, .. } if self.runs_over(*over)) && !guarded;
                code.children().into_iter().fold(over, |found, child| found | self.reads(child, guarded))
            }
        }
    }

    fn runs_over(&self, over: Range) -> bool {
        match over {
            Range::List(fact) | Range::Days { fact, .. } => self.name == Ref::Fact(fact),
            Range::SegmentsOf(name) | Range::PeriodsOf(name) | Range::Holdings(HeldOn::Name(name)) => self.name == name,
            _ => false,
        }
    }

    /// Whether a condition that comes to `outcome` says that the fact is known.
    fn implies(&self, code: &Code, outcome: bool) -> bool {
        match (&code.op, outcome) {
            (Op::Known(name), true) => *name == self.name,
            (Op::Not(inner), _) => self.implies(inner, !outcome),
            (Op::And(a, b), true) | (Op::Or(a, b), false) => self.implies(a, outcome) || self.implies(b, outcome),
            (Op::And(a, b), false) | (Op::Or(a, b), true) => self.implies(a, outcome) && self.implies(b, outcome),
            _ => false,
        }
    }
}
