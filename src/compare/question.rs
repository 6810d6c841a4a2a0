//! What is asked of several laws at once: facts, readings and choices for all of them, or for one (`xx.NAME`).

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::engine::{Inputs, Options, usage_errors};
use crate::formula::types::Type;
use crate::rules::RuleBook;
use crate::rules::book::FactShape;

/// The question, as far as it is the same for every law.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub currency: String,
    pub options: Options,
    /// Codes that a section of the facts may have: of the laws compared, and of all others that are known.
    pub laws: Vec<String>,
}

impl Asked {
    /// The options of one law: what is for it, and what is for all that know it.
    pub fn options(&self, book: &RuleBook) -> Options {
        let of = |list: &[(String, String)], is_reading: bool| -> Vec<(String, String)> {
            let known = |name: &str| book.options.iter().any(|o| o.name == name && o.is_reading == is_reading);
            let own = |(name, option): &(String, String)| match self.section(name) {
                Some((law, name)) => (law == book.code).then(|| (name.to_owned(), option.clone())),
                None => known(name).then(|| (name.clone(), option.clone())),
            };
            // What is for one law comes last, and so replaces what is for all.
            let (for_one, for_all): (Vec<_>, Vec<_>) = list.iter().partition(|(name, _)| self.section(name).is_some());
            for_all.into_iter().chain(for_one).filter_map(own).collect()
        };
        Options {
            readings: of(&self.options.readings, true),
            choices: of(&self.options.choices, false),
            causes: true,
            laws: Some(Arc::from(self.laws.as_slice())),
            ..self.options.clone()
        }
    }

    /// The law and the name of `xx.NAME`.
    fn section<'a>(&self, name: &'a str) -> Option<(&'a str, &'a str)> {
        name.split_once('.').filter(|(law, _)| self.laws.iter().any(|l| l == law))
    }

    /// What is wrong with the question: names that no law knows, options that a law does not have, money without its currency.
    pub fn errors(&self, laws: &[RuleBook], inputs: &Inputs) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = laws.iter().flat_map(|book| usage_errors(book, inputs, &self.options(book))).collect();
        for (list, is_reading, what) in [(&self.options.readings, true, "reading"), (&self.options.choices, false, "choice")] {
            let known: Vec<&str> =
                laws.iter().flat_map(|b| &b.options).filter(|o| o.is_reading == is_reading).map(|o| o.name.as_str()).collect();
            for (name, _) in list.iter().filter(|(name, _)| self.section(name).is_none() && !known.contains(&name.as_str())) {
                let message = format!("`{name}` is not a {what} of these laws");
                found.push(Diagnostic::new(Code::F0104, message).help_opt(suggestion(name, known.iter().copied())));
            }
        }
        self.common_facts(laws, inputs, &mut found);
        found.dedup();
        found
    }

    fn common_facts(&self, laws: &[RuleBook], inputs: &Inputs, found: &mut Vec<Diagnostic>) {
        let known: Vec<&str> = laws.iter().flat_map(|b| &b.facts).map(|f| f.name.as_str()).collect();
        for (name, place) in inputs.facts.names() {
            let is_section = self.laws.contains(&name) || self.section(&name).is_some();
            if is_section || matches!(name.as_str(), "filed") {
                continue;
            }
            let units = laws.iter().filter_map(|book| match name.as_str() {
                "cost" => Some(book.names.money()),
                _ => book.fact(&name).and_then(|f| if let FactShape::Unit(ty) = &f.shape { Some(ty.clone()) } else { None }),
            });
            let mut money: Vec<Type> = units.filter(|ty| matches!(ty, Type::Number(unit) if unit.is_money())).collect();
            money.dedup();
            if money.len() > 1 {
                let message = format!("`{name}` is an amount of money, and these laws count in different currencies");
                let code = laws.first().map_or("", |b| &b.code);
                let help = format!("give it for each law: `{code}: {{ {name}: .. }}`, or `{code}.{name}`");
                found.push(Diagnostic::new(Code::F0103, message).at_opt(place).help(help));
            } else if !known.contains(&name.as_str()) && !matches!(name.as_str(), "cost" | "acquired") {
                let message = format!("`{name}` is not a fact of these laws");
                found
                    .push(Diagnostic::new(Code::F0101, message).at_opt(place).help_opt(suggestion(&name, known.iter().copied())));
            }
        }
    }
}
