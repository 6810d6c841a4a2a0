//! `NAME at DATE` and `previous(NAME, START)`.

use crate::diagnostic::Code as Kind;
use crate::formula::code::{Code, Op, Ref};
use crate::formula::names::{Detail, Named, Per, Varies};
use crate::formula::token::Span;
use crate::formula::tree::Expr;

use super::Checker;

impl Checker<'_> {
    pub(super) fn at(&mut self, name: &str, date: &Expr, span: Span) -> Option<Code> {
        let date = self.date(date)?;
        let Some(named) = self.names.by_name.get(name) else { return self.unknown(name, span) };
        if !self.keys_allowed(name, named, span) {
            return None;
        }
        match &named.detail {
            Detail::Parameter { .. }
            | Detail::Fact { varies: Varies::ByDate, list: None, about_row: false, about_asset: false } => {
                Some(Code { span, ty: named.ty.clone(), op: Op::At(named.target, Box::new(date)) })
            }
            _ => self.fault(
                Kind::R0305,
                span,
                format!("`{name}` has no value at a date"),
                Some("`at` reads parameters and facts that vary by date".into()),
            ),
        }
    }

    pub(super) fn previous(&mut self, name: &str, start: &Expr, span: Span) -> Option<Code> {
        let start = self.expr(start)?;
        let named = self.names.by_name.get(name);
        let Some(Named { target: Ref::Quantity(quantity), ty, detail: Detail::Figure { cut } }) = named else {
            return self.fault(
                Kind::R0302,
                span,
                format!("`{name}` is not a quantity"),
                Some("`previous` reads a quantity of the period before".into()),
            );
        };
        if !self.scope.figures || !self.same_periods(*cut) || self.scope.per == Some(Per::Row) {
            let message = format!(
                "`{name}` is by {}; `previous` reads the period before one of the same length",
                self.names.cut_words(*cut)
            );
            return self.fault(Kind::R0307, span, message, None);
        }
        let ty = self.joined(ty, &start.ty, span)?;
        Some(Code { span, ty, op: Op::Previous(*quantity, Box::new(start)) })
    }
}
