//! The formulas of rules of regulation, and what their findings show.

use crate::diagnostic::{Code, Diagnostic};
use crate::formula::Formula;
use crate::formula::code::Ref;
use crate::formula::names::{Detail, Item, Named, Per, Scope};
use crate::formula::types::Type;

use super::book::{EachWhat, Piece, RuleBook, Template};
use super::compile::Compiler;

impl Compiler<'_> {
    pub(super) fn regulation(&mut self, book: &mut RuleBook) {
        for duty in &mut book.duties {
            let Some(scope) = self.duty_scope(&mut duty.each.what) else { continue };
            self.maybe(duty.subject.as_mut(), scope, &Type::YesNo);
            self.maybe(duty.when.as_mut(), scope, &Type::YesNo);
            self.formula(&mut duty.test, scope, &Type::YesNo);
            for due in &mut duty.due {
                self.maybe(due.when.as_mut(), scope, &Type::YesNo);
            }
            for text in duty.message.iter_mut().chain(&mut duty.cure) {
                self.template(text, scope);
            }
            for figure in &mut duty.figures {
                figure.compile(self.names, scope, &[], None, self.problems);
            }
        }
    }

    fn duty_scope(&mut self, what: &mut EachWhat) -> Option<Scope> {
        Some(match what {
            EachWhat::Period(per) => Scope::period(*per, self.names.find_cut(*per)?),
            EachWhat::Transaction => Scope::row(Item::Row),
            EachWhat::Disposal => Scope::row(Item::Disposal),
            EachWhat::Record(key) => {
                let list = self.names.by_name.get(&key.name);
                let Some(Named { target: Ref::Fact(fact), detail: Detail::Fact { list: Some(_), .. }, .. }) = list else {
                    let message = format!("`{}` is not a list of records", key.name);
                    let help = "name a fact with `list_of`";
                    self.problems.push(Diagnostic::new(Code::R0302, message).at(key.at.place()).help(help));
                    return None;
                };
                key.target = Some(Ref::Fact(*fact));
                Scope { item: Item::Record(*fact), ..Scope::period(Per::Day, self.names.find_cut(Per::Day)?) }
            }
        })
    }

    fn template(&mut self, text: &mut Template, scope: Scope) {
        for piece in &mut text.0 {
            if let Piece::Value(formula) = piece {
                let formula: &mut Formula = formula;
                formula.compile(self.names, scope, &[], None, self.problems);
            }
        }
    }
}
