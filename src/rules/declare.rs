//! All names of a law.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::formula::code::Ref;
use crate::formula::names::{Detail, Named, Names, Per};
use crate::formula::types::{Type, Unit, Value, WordSet};

use super::book::{About, At, FactShape, OnDateWhat, PerRule, RuleBook, SelectedBy};

/// Declares every name; a clash is an error.
pub fn declare(book: &mut RuleBook, problems: &mut Vec<Diagnostic>) {
    let mut names = std::mem::take(&mut book.names);
    names.currency.clone_from(&book.currency);
    names.units.clone_from(&book.units);
    names.has_month_end = book.month_end.is_some();
    for per in [Per::Year, Per::Quarter, Per::Month, Per::Day, Per::Row] {
        names.cut(PerRule::always(per).cut());
    }
    for word in crate::ledger::Kind::ALL.iter().map(|k| k.word()).chain(crate::ledger::COUNTERPARTY_KINDS.iter().copied()) {
        names.word(word);
    }
    for word in super::book::Method::WORDS.iter().map(|(w, _)| *w).chain(["sent", "fee"]) {
        names.word(word);
    }
    for treatment in &book.treatments {
        let kinds = treatment.kinds.iter().flatten().map(|k| k.word().to_owned());
        let own = treatment.class.clone().map_or_else(|| kinds.collect::<Vec<_>>(), |c| vec![c]);
        let further = treatment.also.iter().filter_map(|e| e.class.clone());
        for class in own.into_iter().chain(further) {
            if !names.classes.contains(&class) {
                names.classes.push(class);
            }
        }
    }
    for entry in &book.on_dates {
        if let OnDateWhat::Deem { class, .. } = &entry.what
            && !names.classes.contains(class)
        {
            names.classes.push(class.clone());
        }
    }
    for class in names.classes.clone() {
        names.word(&class);
    }
    let mut declared = Declared { names, first: BTreeMap::new(), problems };
    all_names(book, &mut declared);
    book.names = declared.names;
}

struct Declared<'a> {
    names: Names,
    first: BTreeMap<String, At>,
    problems: &'a mut Vec<Diagnostic>,
}

impl Declared<'_> {
    fn add(&mut self, name: &str, at: &At, target: Ref, ty: Type, detail: Detail) {
        if let Some(first) = self.first.get(name) {
            let message = format!("`{name}` is declared twice");
            self.problems.push(
                Diagnostic::new(Code::R0206, message)
                    .at(at.place())
                    .related(first.place(), "first here")
                    .help("facts, labels, readings, parameters, fields, quantities and taxes share their names: rename one"),
            );
            return;
        }
        self.first.insert(name.to_owned(), at.clone());
        self.names.by_name.insert(name.to_owned(), Named { target, ty, detail });
    }

    fn words(&mut self, of: String, words: &[String]) -> Type {
        for word in words {
            self.names.word(word);
        }
        Type::Word(WordSet { of, words: words.to_vec(), country: false })
    }
}

fn all_names(book: &RuleBook, to: &mut Declared<'_>) {
    for (index, fact) in book.facts.iter().enumerate() {
        let (ty, list) = match &fact.shape {
            FactShape::OneOf(words) => (to.words(format!("the fact `{}`", fact.name), words), None),
            FactShape::Unit(ty) => (ty.clone(), None),
            FactShape::Set(words) => {
                let of = format!("the fact `{}`", fact.name);
                (Type::Set(WordSet { of, words: words.clone(), country: false }), None)
            }
            FactShape::List(keys) => {
                for key in keys {
                    if let Type::Word(set) = &key.ty {
                        to.words(set.of.clone(), &set.words);
                    }
                }
                (Type::Number(Unit::number()), Some(keys.iter().map(|k| (k.name.clone(), k.ty.clone())).collect()))
            }
        };
        let detail = Detail::Fact {
            varies: fact.varies,
            about_row: fact.about == About::Row,
            about_asset: fact.about == About::Asset,
            list,
        };
        to.add(&fact.name, &fact.at, Ref::Fact(index), ty, detail);
    }
    for (index, label) in book.labels.iter().enumerate() {
        let ty = to.words(format!("the label `{}`", label.name), &label.words);
        to.add(&label.name, &label.at, Ref::Label(index), ty, Detail::Label);
    }
    for (index, option) in book.options.iter().enumerate() {
        let words: Vec<String> = option.options.iter().map(|o| o.name.clone()).collect();
        let what = if option.is_reading { "reading" } else { "choice" };
        let ty = to.words(format!("the {what} `{}`", option.name), &words);
        to.add(&option.name, &option.at, Ref::Option(index), ty, Detail::Option);
    }
    for (index, parameter) in book.parameters.iter().enumerate() {
        let never_zero =
            !parameter.values.is_empty()
                && parameter.values.iter().chain(&parameter.shadows).all(|v| {
                    v.value.literals().is_some_and(|all| all.iter().all(|v| matches!(v, Value::Number(n) if !n.is_zero())))
                });
        let by_match = matches!(parameter.selected_by, SelectedBy::Disposed | SelectedBy::Acquired);
        let keys = parameter.by.iter().map(|k| k.name.clone()).collect();
        let detail = Detail::Parameter { never_zero, by_row: parameter.selected_by == SelectedBy::Row, by_match, keys };
        to.add(&parameter.name, &parameter.at, Ref::Parameter(index), parameter.unit.clone(), detail);
    }
    for (index, basis) in book.bases.iter().enumerate() {
        to.add(&basis.name, &basis.at, Ref::Basis(index), Type::Number(Unit::base(&book.currency)), Detail::Basis);
    }
    for (index, schedule) in book.schedules.iter().enumerate() {
        let detail = Detail::Schedule { of: schedule.of.clone() };
        to.add(&schedule.name, &schedule.at, Ref::Schedule(index), schedule.gives.clone(), detail);
    }
    for (index, field) in book.fields.iter().enumerate() {
        if let Type::Word(set) = &field.unit {
            set.words.iter().for_each(|word| {
                to.names.word(word);
            });
        }
        to.add(&field.name, &field.at, Ref::Field(index), field.unit.clone(), Detail::Field { item: field.item });
    }
    for (index, register) in book.registers.iter().enumerate() {
        to.add(&register.name, &register.at, Ref::Register(index), Type::YesNo, Detail::Register);
    }
    for (index, quantity) in book.quantities.iter().enumerate() {
        let cut = to.names.cut(quantity.per.cut());
        to.add(&quantity.name, &quantity.at, Ref::Quantity(index), quantity.unit.clone(), Detail::Figure { cut });
    }
    for (index, tax) in book.taxes.iter().enumerate() {
        let cut = to.names.cut(tax.per.cut());
        to.add(&tax.name, &tax.at, Ref::Tax(index), Type::Number(Unit::base(&book.currency)), Detail::Figure { cut });
    }
}
