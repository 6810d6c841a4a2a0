//! Facts that are sets of words, and facts about assets.

use crate::diagnostic::{Code as Kind, suggestion};
use crate::formula::code::{Code, Currencies, Op, Ref, RegisterColumn};
use crate::formula::names::{Detail, Item};
use crate::formula::token::Span;
use crate::formula::tree::{Expr, Node};
use crate::formula::types::{Type, Unit};

use super::Checker;

impl Checker<'_> {
    /// `NAME includes word`
    pub(super) fn includes(&mut self, subject: &Expr, word: &str, word_span: Span, span: Span) -> Option<Code> {
        if let Some(register) = self.register(subject) {
            return self.registered(register, word, word_span, span);
        }
        let subject = self.expr(subject)?;
        let Type::Set(set) = &subject.ty else {
            let message = format!("this is {}, which includes nothing", subject.ty);
            let help = "a fact with `some_of` is tested by `includes`, a word by `is`";
            return self.fault(Kind::R0304, subject.span, message, Some(help.into()));
        };
        let Some(index) = set.words.iter().position(|w| w == word) else {
            let help = suggestion(word, set.words.iter().map(String::as_str));
            return self.fault(Kind::R0302, word_span, format!("`{word}` is no word of {}", set.of), help);
        };
        let bit = u32::try_from(index).ok().and_then(|i| 1u64.checked_shl(i)).unwrap_or(0);
        Some(Code { span, ty: Type::YesNo, op: Op::Includes(Box::new(subject), bit) })
    }

    fn register(&self, subject: &Expr) -> Option<usize> {
        let Node::Name(name) = &subject.node else { return None };
        match self.names.by_name.get(name).map(|n| n.target) {
            Some(Ref::Register(register)) => Some(register),
            _ => None,
        }
    }

    /// `REGISTER includes counterparty`
    fn registered(&mut self, register: usize, word: &str, word_span: Span, span: Span) -> Option<Code> {
        let columns = RegisterColumn::WORDS;
        let Some((_, column)) = columns.iter().find(|(name, _)| *name == word) else {
            let help = suggestion(word, columns.iter().map(|(name, _)| *name));
            return self.fault(Kind::R0302, word_span, format!("a register cannot be asked about `{word}`"), help);
        };
        if !self.scope.item.is_row() || self.scope.item == Item::Holding {
            let message = "a register is asked about a row, and there is no row here";
            return self.fault(Kind::R0305, span, message, Some("read it behind `where` in an aggregate".into()));
        }
        Some(Code { span, ty: Type::YesNo, op: Op::Registered(register, *column) })
    }

    /// `AMOUNT in USD`: an amount of money at the rate of the day.
    pub(super) fn in_currency(&mut self, amount: &Expr, currency: &str, span: Span) -> Option<Code> {
        let amount = self.number(amount)?;
        let from = match &amount.ty {
            Type::Number(unit) => unit.currency().map(str::to_owned),
            _ => None,
        };
        let Some(currencies) = from.and_then(|from| Currencies::new(&from, currency)) else {
            let message = format!("this is {}, not an amount of money", amount.ty);
            return self.fault(Kind::R0304, amount.span, message, None);
        };
        let ty = Type::Number(Unit::base(currency));
        Some(Code { span, ty, op: Op::InCurrency(Box::new(amount), currencies) })
    }

    /// `received.NAME`, `sent.NAME`: a fact about the asset of one leg.
    pub(super) fn of_leg(&mut self, name: &str, span: Span) -> Option<Option<Code>> {
        let (received, fact) = match name.split_once('.') {
            Some(("received", fact)) => (true, fact),
            Some(("sent", fact)) => (false, fact),
            _ => return None,
        };
        let named = self.names.by_name.get(fact);
        let Some((named, Ref::Fact(index))) =
            named.filter(|n| matches!(n.detail, Detail::Fact { about_asset: true, .. })).map(|n| (n, n.target))
        else {
            let message = format!("`{fact}` is not a fact about assets");
            let help = "only a fact with `about: asset` is read of what was received or sent";
            return Some(self.fault(Kind::R0302, span, message, Some(help.into())));
        };
        if !self.scope.item.is_row() || self.scope.item == Item::Holding {
            let message = format!("`{name}` is about a leg of a row, and there is no row here");
            return Some(self.fault(Kind::R0305, span, message, None));
        }
        Some(Some(Code { span, ty: named.ty.clone(), op: Op::Ref(Ref::OfLeg(index, received)) }))
    }
}
