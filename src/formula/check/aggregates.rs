//! Aggregates: what they run over, and what may stand inside.

use crate::diagnostic::{Code as Kind, suggestion};
use crate::formula::code::{Code, Op, Range, Ref};
use crate::formula::names::{Detail, Item, Named, Per, Scope};
use crate::formula::token::Span;
use crate::formula::tree::{Expr, How, Over};
use crate::formula::types::{Type, Unit};

use super::Checker;

impl Checker<'_> {
    pub(super) fn aggregate(
        &mut self,
        how: How,
        of: Option<&Expr>,
        over: &Over,
        over_span: Span,
        filter: Option<&Expr>,
        span: Span,
    ) -> Option<Code> {
        let (range, item, per) = self.range(over, over_span)?;
        let outer = self.scope;
        self.scope = Scope { item, per, ..outer };
        let of = of.map(|e| self.number_or_date(e, how));
        let filter = filter.map(|e| self.yes_no(e));
        self.scope = outer;
        let of = match of {
            Some(code) => Some(Box::new(code?)),
            None => None,
        };
        let filter = match filter {
            Some(code) => Some(Box::new(code?)),
            None => None,
        };
        let ty = of.as_ref().map_or(Type::Number(Unit::number()), |code| code.ty.clone());
        let ty = if let Type::Number(unit) = &ty
            && unit.zero
        {
            Type::Number(Unit::zero())
        } else {
            ty
        };
        Some(Code { span, ty, op: Op::Aggregate { how, of, over: range, filter } })
    }

    pub(super) fn number_or_date(&mut self, expr: &Expr, how: How) -> Option<Code> {
        let code = self.expr(expr)?;
        match &code.ty {
            Type::Number(_) => Some(code),
            other => {
                let message = format!("`{}` runs over amounts, but this is {other}", how.word());
                self.fault(Kind::R0304, expr.span, message, None)
            }
        }
    }

    pub(super) fn range(&mut self, over: &Over, span: Span) -> Option<(Range, Item, Option<Per>)> {
        let scope = self.scope;
        if scope.item != Item::None && *over != Over::ItsMatches && !matches!(over, Over::List(_)) {
            let help = (scope.item == Item::Disposal).then(|| "a disposal has `its matches`".to_owned());
            return self.fault(
                Kind::R0305,
                span,
                format!("`{}` are rows of a period; this formula is about {}", over.word(), scope.item.words()),
                help,
            );
        }
        if scope.item == Item::None && scope.per.is_none() && !matches!(over, Over::List(_)) {
            return self.fault(Kind::R0305, span, format!("`{}` cannot be read here", over.word()), None);
        }
        let per = scope.per;
        Some(match over {
            Over::Transactions => (Range::Transactions, Item::Row, per),
            Over::Acquisitions => (Range::Acquisitions, Item::Acquisition, per),
            Over::Disposals => (Range::Disposals, Item::Disposal, per),
            Over::Matches => (Range::Matches, Item::Match, per),
            Over::Income => (Range::Income, Item::Income, per),
            Over::Expenses => (Range::Expenses, Item::Expense, per),
            Over::ItsMatches => {
                if scope.item != Item::Disposal {
                    let help = "in a period's formula write `over matches`";
                    return self.fault(Kind::R0305, span, "only a disposal has `its matches`", Some(help.into()));
                }
                (Range::ItsMatches, Item::Match, per)
            }
            Over::Months | Over::Quarters => {
                let inner = if *over == Over::Months { Per::Month } else { Per::Quarter };
                if per.is_some_and(|own| own >= inner) {
                    let message = format!("a {} has no {} in it", per.map_or("row", Per::word), over.word());
                    return self.fault(Kind::R0307, span, message, None);
                }
                (if inner == Per::Month { Range::Months } else { Range::Quarters }, Item::None, Some(inner))
            }
            Over::List(name) => match self.names.by_name.get(name) {
                Some(Named { target: Ref::Fact(fact), detail: Detail::Fact { list: Some(_), .. }, .. }) => {
                    (Range::List(*fact), Item::Record(*fact), per)
                }
                _ => {
                    let lists = self
                        .names
                        .by_name
                        .iter()
                        .filter(|(_, n)| matches!(n.detail, Detail::Fact { list: Some(_), .. }))
                        .map(|(name, _)| name.as_str());
                    let known: Vec<&str> = Over::WORDS.iter().map(|(word, _)| *word).chain(lists).collect();
                    let help = suggestion(name, known.iter().copied());
                    return self.fault(Kind::R0302, span, format!("an aggregate cannot run over `{name}`"), help);
                }
            },
        })
    }
}
