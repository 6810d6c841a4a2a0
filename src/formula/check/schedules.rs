//! Schedules: a function of one amount, and the amount inside its formula.

use crate::diagnostic::{Code as Kind, suggestion};
use crate::formula::code::{Code, Op, Ref};
use crate::formula::names::{Detail, Named};
use crate::formula::token::Span;
use crate::formula::tree::Expr;
use crate::formula::types::Type;

use super::Checker;

const FUNCTIONS: [&str; 7] = ["min", "max", "positive", "abs", "round", "share", "previous"];

impl Checker<'_> {
    pub(super) fn apply(&mut self, name: &str, name_span: Span, arguments: &[Expr], span: Span) -> Option<Code> {
        let Some(Named { target: Ref::Schedule(schedule), ty, detail: Detail::Schedule { of } }) = self.names.by_name.get(name)
        else {
            let schedules = self.names.by_name.iter().filter(|(_, n)| matches!(n.detail, Detail::Schedule { .. }));
            let known: Vec<&str> = schedules.map(|(name, _)| name.as_str()).chain(FUNCTIONS).collect();
            let help = suggestion(name, known.iter().copied());
            return self.fault(Kind::R0301, name_span, format!("`{name}` is not a function"), help);
        };
        let (wanted, schedule, ty) = (of.clone(), *schedule, ty.clone());
        if self.scope.fixed || self.scope.opening || self.scope.parameters_only {
            let message = format!("`{name}` depends on where it is read, and cannot be used here");
            return self.fault(Kind::R0305, name_span, message, None);
        }
        let [argument] = arguments else {
            let message = format!("`{name}` is a function of one amount, but {} are given", arguments.len());
            return self.fault(Kind::R0301, span, message, None);
        };
        let argument = self.number(argument)?;
        match (&argument.ty, &wanted) {
            (Type::Number(given), Type::Number(unit)) if given.agrees(unit) => {}
            (given, _) => {
                let message = format!("`{name}` is a function of {wanted}, but this is {given}");
                return self.fault(Kind::R0303, argument.span, message, None);
            }
        }
        Some(Code { span, ty, op: Op::Apply(schedule, Box::new(argument)) })
    }

    /// `amount` in the formula of a schedule.
    pub(super) fn argument(&self, name: &str, span: Span) -> Option<Code> {
        let schedule = self.scope.schedule.filter(|_| name == "amount")?;
        let of = self.names.by_name.values().find_map(|n| match &n.detail {
            Detail::Schedule { of } if n.target == Ref::Schedule(schedule) => Some(of.clone()),
            _ => None,
        })?;
        Some(Code { span, ty: of, op: Op::Argument })
    }
}
