//! The formulas of allocations and offsets, and the facts that state what was brought forward.

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::formula::code::Ref;
use crate::formula::names::{Detail, Per, Scope, Varies};
use crate::formula::types::{Type, Unit};

use super::book::{Brought, Heads, RuleBook};
use super::compile::Compiler;

impl Compiler<'_> {
    pub(super) fn shares(&mut self, book: &mut RuleBook) {
        let rate = Type::Number(Unit::rate());
        let Some(year) = self.names.find_cut(Per::Year).map(|cut| Scope::period(Per::Year, cut)) else { return };
        for allocation in &mut book.allocations {
            let Some(quantity) = book.quantities.get_mut(allocation.quantity) else { continue };
            let unit = quantity.unit.clone();
            let own = self.periods(&mut quantity.per);
            let whole = if matches!(allocation.heads, Heads::Periods(_)) { vec![year] } else { own.clone() };
            for scope in whole {
                self.formula(&mut allocation.amount, scope, &unit);
            }
            let heads = match &mut allocation.heads {
                Heads::Named(heads) => heads.iter_mut().collect(),
                Heads::Periods(head) => vec![&mut **head],
            };
            for head in heads {
                for scope in &own {
                    self.formula(&mut head.room, *scope, &unit);
                    self.maybe(head.worth.as_mut(), *scope, &rate);
                }
            }
        }
        for offset in &mut book.offsets {
            let unit = book.quantities.iter().find(|q| q.name == format!("{}.left", offset.name)).map(|q| q.unit.clone());
            let unit = unit.unwrap_or(Type::Number(Unit::zero()));
            self.formula(&mut offset.arises, year, &unit);
            for head in &mut offset.against {
                self.formula(&mut head.room, year, &unit);
            }
            self.maybe(offset.limit.as_mut(), year, &unit);
            self.maybe(offset.lasts.as_mut(), Scope::parameter(), &Type::Number(Unit::number()));
            let lasts = offset.lasts.is_some();
            if let Some(brought) = &mut offset.brought {
                self.brought(brought, &unit, lasts);
            }
        }
    }

    /// An amount, or a list of years with their amounts.
    fn brought(&mut self, brought: &mut Brought, unit: &Type, lasts: bool) {
        let wanted = |ty: &Type| matches!((ty, unit), (Type::Number(a), Type::Number(b)) if a == b);
        let found = match self.names.by_name.get(&brought.name).map(|n| (n, &n.detail, n.target)) {
            Some((named, Detail::Fact { varies, about_row, list, .. }, Ref::Fact(fact))) => match list {
                Some(keys) => {
                    let key = |name: &str| keys.iter().position(|(k, _)| k == name);
                    let year = key("year").filter(|i| matches!(keys.get(*i), Some((_, Type::Number(u))) if u.is_plain()));
                    let amount = key("amount").filter(|i| keys.get(*i).is_some_and(|(_, ty)| wanted(ty)));
                    year.zip(amount).map(|keys| (fact, Some(keys)))
                }
                None if wanted(&named.ty) && !about_row && !lasts && *varies != Varies::ByMonth => Some((fact, None)),
                None => None,
            },
            Some(_) => None,
            None => {
                let facts = self.names.by_name.iter().filter(|(_, n)| matches!(n.target, Ref::Fact(_)));
                let help = suggestion(&brought.name, facts.map(|(name, _)| name.as_str()));
                let message = format!("nothing is named `{}`", brought.name);
                self.problems.push(Diagnostic::new(Code::R0302, message).at(brought.at.place()).help_opt(help));
                return;
            }
        };
        if found.is_none() {
            let message = format!("`{}` does not state what was brought forward", brought.name);
            let help = if lasts {
                "what lasts a number of years needs its years: a fact with `list_of: { year: number, amount: money }`"
            } else {
                "name a fact of the same unit, or one with `list_of: { year: number, amount: money }`"
            };
            self.problems.push(Diagnostic::new(Code::R0304, message).at(brought.at.place()).help(help));
        }
        brought.fact = found;
    }
}
