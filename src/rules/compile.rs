//! Every formula of a law against its names.

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::formula::Formula;
use crate::formula::check::proven;
use crate::formula::code::Ref;
use crate::formula::names::{Item, Names, Scope, Varies};
use crate::formula::types::{Type, Unit};

use super::book::{
    About, Allocation, Fact, FactShape, Offset, OnDateWhat, OnDay, PerRule, PoolBy, Rule, RuleBook, Tariff, Worth,
};

/// Checks every formula of the law against its names.
pub fn formulas(book: &mut RuleBook, problems: &mut Vec<Diagnostic>) {
    let names = std::mem::take(&mut book.names);
    let mut compiler = Compiler { names: &names, problems };
    compiler.tax_year(book);
    compiler.parameters(book);
    compiler.schedules(book);
    compiler.rows(book);
    for field in &mut book.fields {
        compiler.rule(&mut field.rule, Scope::row(field.item), &field.unit);
    }
    compiler.shares(book);
    for quantity in book.quantities.iter_mut().filter(|q| q.computed.is_none()) {
        for scope in compiler.periods(&mut quantity.per) {
            compiler.rule(&mut quantity.rule, scope, &quantity.unit);
        }
    }
    compiler.taxes(book);
    compiler.regulation(book);
    book.names = names;
    book.reads_previous = any_previous(book) || !book.offsets.is_empty();
}

pub(super) struct Compiler<'a> {
    pub(super) names: &'a Names,
    pub(super) problems: &'a mut Vec<Diagnostic>,
}

impl Compiler<'_> {
    /// The fact by which a taxpayer states when his year begins: a date, one for all years.
    fn tax_year(&mut self, book: &mut RuleBook) {
        let Some(key) = &mut book.year_stated_by else { return };
        let is_one_date = |f: &Fact| {
            f.shape == FactShape::Unit(Type::Date) && f.varies == Varies::No && f.about == About::Taxpayer && !f.counts_as_ledger
        };
        let found = book.facts.iter().position(|f| f.name == key.name);
        key.target = found.filter(|f| book.facts.get(*f).is_some_and(is_one_date)).map(Ref::Fact);
        if key.target.is_none() {
            let message = format!("`{}` is no fact that is one date", key.name);
            let help = "declare it under `facts`: `{ title: .., unit: date }`";
            self.problems.push(Diagnostic::new(Code::R0302, message).at(key.at.place()).help(help));
        }
    }

    /// Where the formulas of an entry stand: they are checked for every period it may have.
    pub(super) fn periods(&mut self, per: &mut PerRule) -> Vec<Scope> {
        for key in &mut per.segments {
            key.target = self.names.by_name.get(&key.name).filter(|n| n.is_dated()).map(|n| n.target);
            if key.target.is_none() {
                let known = self.names.by_name.iter().filter(|(_, n)| n.is_dated()).map(|(name, _)| name.as_str());
                let help = suggestion(&key.name, known);
                let message = format!("`{}` has no segments: it is no parameter, nor a fact that varies by date", key.name);
                self.problems.push(Diagnostic::new(Code::R0302, message).at(key.at.place()).help_opt(help));
            }
        }
        for case in &mut per.cases {
            self.maybe(case.when.as_mut(), Scope::opening(), &Type::YesNo);
        }
        let entry = per.cut();
        // Declared before, so that it is known.
        let Some(cut) = self.names.known_cut(&entry) else { return Vec::new() };
        entry.pers.iter().map(|p| Scope::period(*p, cut)).collect()
    }

    pub(super) fn formula(&mut self, formula: &mut Formula, scope: Scope, wanted: &Type) {
        formula.compile(self.names, scope, &[], Some(wanted), self.problems);
    }

    pub(super) fn maybe(&mut self, formula: Option<&mut Formula>, scope: Scope, wanted: &Type) {
        if let Some(formula) = formula {
            self.formula(formula, scope, wanted);
        }
    }

    /// Cases know that the conditions above them failed.
    pub(super) fn rule(&mut self, rule: &mut Rule, scope: Scope, wanted: &Type) {
        let mut guards: Vec<String> = Vec::new();
        for case in &mut rule.cases {
            let mut holding = guards.clone();
            if let Some(when) = &mut case.when
                && let Some(expr) = when.compile(self.names, scope, &guards, Some(&Type::YesNo), self.problems)
            {
                holding.extend(proven(&expr, &when.text, true));
                guards.extend(proven(&expr, &when.text, false));
            }
            case.then.compile(self.names, scope, &holding, Some(wanted), self.problems);
        }
    }

    fn rows(&mut self, book: &mut RuleBook) {
        let money = self.names.money();
        let row = Scope::row(Item::Row);
        for treatment in &mut book.treatments {
            self.maybe(treatment.when.as_mut(), row, &Type::YesNo);
            self.maybe(treatment.taxed.as_mut(), Scope::row(Item::Holding), &Type::YesNo);
            self.maybe(treatment.share.as_mut(), row, &Type::Number(Unit::rate()));
            let further = treatment.also.iter_mut().flat_map(|e| [&mut e.proceeds, &mut e.cost]);
            for worth in [&mut treatment.proceeds, &mut treatment.cost].into_iter().chain(further) {
                if let Worth::Formula(formula) = worth {
                    self.formula(formula, row, &money);
                }
            }
        }
        for fee in &mut book.fees {
            self.maybe(fee.when.as_mut(), row, &Type::YesNo);
        }
        self.matching(book);
    }

    fn matching(&mut self, book: &mut RuleBook) {
        let money = self.names.money();
        let (fixed, holding) = (Scope::fixed(), Scope::row(Item::Holding));
        for version in &mut book.matching {
            self.maybe(version.when.as_mut(), fixed, &Type::YesNo);
            for key in &mut version.pool_by {
                if let PoolBy::Word(formula) = key {
                    self.word(formula, holding);
                }
            }
            for step in &mut version.steps {
                self.maybe(step.when.as_mut(), fixed, &Type::YesNo);
                self.maybe(step.lots.as_mut(), holding, &Type::YesNo);
                self.maybe(step.worth.as_mut(), Scope::row(Item::PortfolioSale), &money);
            }
        }
        for basis in &mut book.bases {
            self.formula(&mut basis.start, holding, &money);
        }
        for entry in &mut book.on_dates {
            if let OnDay::Formula(formula) = &mut entry.on {
                self.formula(formula, fixed, &Type::Date);
            }
            self.maybe(entry.when.as_mut(), fixed, &Type::YesNo);
            self.maybe(entry.lots.as_mut(), holding, &Type::YesNo);
            match &mut entry.what {
                OnDateWhat::Set(set) => set.iter_mut().for_each(|(_, formula)| self.formula(formula, holding, &money)),
                OnDateWhat::Deem { proceeds: Worth::Formula(formula), .. } => self.formula(formula, holding, &money),
                OnDateWhat::Deem { .. } | OnDateWhat::Regroup { .. } => {}
            }
        }
        for rule in &mut book.deny_loss {
            self.maybe(rule.when.as_mut(), fixed, &Type::YesNo);
            self.maybe(rule.lots.as_mut(), holding, &Type::YesNo);
            self.formula(&mut rule.units, Scope::row(Item::Loss), &Type::Number(Unit::number()));
        }
    }

    /// A formula that gives a word: what a pool is kept by.
    fn word(&mut self, formula: &mut Formula, scope: Scope) {
        formula.compile(self.names, scope, &[], None, self.problems);
        if !matches!(formula.code.ty, Type::Word(_) | Type::YesNo) && !crate::diagnostic::any_error(self.problems) {
            let message = format!("a pool is kept by words, but this gives {}", formula.code.ty);
            let help = "write `asset`, `account`, or a fact whose values are words";
            self.problems.push(Diagnostic::new(Code::R0304, message).at(formula.whole_place()).help(help));
        }
    }

    fn taxes(&mut self, book: &mut RuleBook) {
        let money = self.names.money();
        for tax in &mut book.taxes {
            for scope in self.periods(&mut tax.per) {
                self.maybe(tax.applies.as_mut(), scope, &Type::YesNo);
                self.maybe(tax.base.as_mut(), scope, &money);
                self.maybe(tax.rate.as_mut(), scope, &Type::Number(Unit::rate()));
                self.maybe(tax.amount.as_mut(), scope, &money);
                self.maybe(tax.less.as_mut(), scope, &money);
                for due in &mut tax.due {
                    self.maybe(due.when.as_mut(), scope, &Type::YesNo);
                }
            }
            if let Some(late) = &mut tax.late {
                self.formula(&mut late.rate, Scope::day(), &Type::Number(Unit::rate()));
                if let Some(limit) = &mut late.limit {
                    self.formula(limit, Scope::day(), &Type::Number(Unit::rate()));
                }
            }
            if let Some(advances) = &mut tax.advances {
                let Some(cut) = self.names.find_cut(advances.per) else { continue };
                let scope = Scope::period(advances.per, cut);
                self.formula(&mut advances.amount, scope, &money);
                for due in &mut advances.due {
                    self.maybe(due.when.as_mut(), scope, &Type::YesNo);
                }
            }
        }
    }
}

/// Every formula of the law.
pub fn every_formula(book: &RuleBook) -> Vec<&Formula> {
    let mut found: Vec<&Formula> = Vec::new();
    found.extend(book.parameters.iter().flat_map(|p| p.values.iter().chain(&p.shadows)).flat_map(|v| v.value.formulas()));
    let pers = book.quantities.iter().map(|q| &q.per).chain(book.taxes.iter().map(|t| &t.per));
    found.extend(pers.flat_map(|p| &p.cases).filter_map(|c| c.when.as_ref()));
    for treatment in &book.treatments {
        found.extend(&treatment.when);
        found.extend(&treatment.taxed);
        found.extend(&treatment.share);
        let further = treatment.also.iter().flat_map(|e| [&e.proceeds, &e.cost]);
        for worth in [&treatment.proceeds, &treatment.cost].into_iter().chain(further) {
            if let Worth::Formula(formula) = worth {
                found.push(formula);
            }
        }
    }
    found.extend(book.fees.iter().filter_map(|f| f.when.as_ref()));
    found.extend(matching_formulas(book));
    let schedules = book.schedules.iter().filter_map(|s| if let Tariff::Rule(rule) = &s.how { Some(rule) } else { None });
    let rules = book.fields.iter().map(|f| &f.rule).chain(book.quantities.iter().map(|q| &q.rule)).chain(schedules);
    for case in rules.flat_map(|r| &r.cases) {
        found.extend(&case.when);
        found.push(&case.then);
    }
    found.extend(book.allocations.iter().flat_map(Allocation::formulas));
    found.extend(book.offsets.iter().flat_map(Offset::formulas));
    for tax in &book.taxes {
        found.extend(tax_formulas(tax));
        found.extend(paying_formulas(tax));
    }
    found.extend(book.duties.iter().flat_map(super::book::Duty::formulas));
    found
}

fn matching_formulas(book: &RuleBook) -> Vec<&Formula> {
    let mut found: Vec<&Formula> = Vec::new();
    for version in &book.matching {
        found.extend(&version.when);
        found.extend(version.pool_by.iter().filter_map(|k| if let PoolBy::Word(f) = k { Some(&**f) } else { None }));
        found.extend(version.steps.iter().flat_map(|s| s.when.iter().chain(&s.lots).chain(&s.worth)));
    }
    found.extend(book.bases.iter().map(|b| &b.start));
    for entry in &book.on_dates {
        found.extend(entry.when.iter().chain(&entry.lots));
        if let OnDay::Formula(formula) = &entry.on {
            found.push(formula);
        }
        match &entry.what {
            OnDateWhat::Set(set) => found.extend(set.iter().map(|(_, f)| f)),
            OnDateWhat::Deem { proceeds: Worth::Formula(formula), .. } => found.push(formula),
            OnDateWhat::Deem { .. } | OnDateWhat::Regroup { .. } => {}
        }
    }
    found.extend(book.deny_loss.iter().flat_map(|r| r.when.iter().chain(&r.lots).chain([&r.units])));
    found
}

/// The formulas of a tax.
pub fn tax_formulas(tax: &super::book::Tax) -> Vec<&Formula> {
    let own = [&tax.applies, &tax.base, &tax.rate, &tax.amount, &tax.less];
    own.into_iter().flatten().chain(tax.due.iter().filter_map(|d| d.when.as_ref())).collect()
}

/// The formulas about paying a tax: nothing else reads what they give, so they may read the tax itself.
pub fn paying_formulas(tax: &super::book::Tax) -> Vec<&Formula> {
    let advances = tax.advances.iter().flat_map(|a| a.due.iter().filter_map(|d| d.when.as_ref()).chain([&a.amount]));
    tax.late.iter().flat_map(|l| l.limit.iter().chain([&l.rate])).chain(advances).collect()
}

fn any_previous(book: &RuleBook) -> bool {
    let mut found = false;
    for formula in every_formula(book) {
        formula.code.walk(&mut |code| found |= matches!(code.op, crate::formula::code::Op::Previous(..)));
    }
    found
}
