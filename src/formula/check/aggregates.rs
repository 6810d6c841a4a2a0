//! Aggregates: what they run over, from which days, and what may stand inside.

use crate::diagnostic::{Code as Kind, suggestion};
use crate::formula::code::{Code, HeldOn, Op, Range, Ref};
use crate::formula::names::{Cut, CutEntry, Detail, Item, Named, Per, Scope};
use crate::formula::token::Span;
use crate::formula::tree::{DateUnit, Expr, HeldAt, How, Over, Reach};
use crate::formula::types::{Type, Unit};

use super::Checker;

/// An aggregate as written.
pub(super) struct Aggregate<'a> {
    pub how: How,
    pub of: Option<&'a Expr>,
    pub over: &'a Over,
    pub over_span: Span,
    pub filter: Option<&'a Expr>,
    pub reach: Reach,
    pub span: Span,
}

/// The periods that formulas inside may be about.
type Periods = Vec<(Option<Per>, Option<Cut>)>;

impl Checker<'_> {
    pub(super) fn aggregate(&mut self, written: &Aggregate<'_>) -> Option<Code> {
        let (range, item, periods) = self.range(written.over, written.over_span)?;
        self.reaches(written, range)?;
        let outer = self.scope;
        // What is inside must make sense for every length that the periods may have.
        let mut checked = None;
        for (per, cut) in periods {
            self.scope = Scope { item, per, cut, ..outer };
            let of = written.of.map(|e| self.amount(e, written.how));
            let filter = written.filter.map(|e| self.yes_no(e));
            checked = Some((of, filter));
        }
        self.scope = outer;
        let (of, filter) = checked?;
        let of = match of {
            Some(code) => Some(Box::new(code?)),
            None => None,
        };
        let filter = match filter {
            Some(code) => Some(Box::new(code?)),
            None => None,
        };
        let ty = of.as_ref().map_or(Type::Number(Unit::number()), |code| code.ty.clone());
        let op = Op::Aggregate { how: written.how, of, over: range, filter, reach: written.reach };
        Some(Code { span: written.span, ty, op })
    }

    fn amount(&mut self, expr: &Expr, how: How) -> Option<Code> {
        let code = self.expr(expr)?;
        match &code.ty {
            Type::Number(_) => Some(code),
            other => {
                let message = format!("`{}` runs over amounts, but this is {other}", how.word());
                self.fault(Kind::R0304, expr.span, message, None)
            }
        }
    }

    /// Whether the items have a day that a window, or the year so far, can hold.
    fn reaches(&mut self, written: &Aggregate<'_>, range: Range) -> Option<()> {
        let span = written.over_span;
        if matches!(range, Range::Days { .. }) && written.how != How::Count {
            let help = "write `count over days of ..`";
            return self.fault(Kind::R0305, span, "days are counted, nothing else", Some(help.into()));
        }
        match written.reach {
            Reach::Period => {}
            Reach::YearSoFar if !matches!(range, Range::ItsMatches | Range::List(_) | Range::Holdings(_)) => {}
            Reach::YearSoFar => {
                let message = format!("`{}` are not cut by days", written.over.word());
                return self.fault(Kind::R0305, span, message, Some("leave `in the year so far` out".into()));
            }
            Reach::Any { unit, .. } => {
                use Range as R;
                if matches!(
                    range,
                    R::ItsMatches | R::List(_) | R::Holdings(_) | R::Months | R::Quarters | R::PeriodsOf(_) | R::SegmentsOf(_)
                ) {
                    let message = format!("a window of days cannot run over `{}`", written.over.word());
                    let help = "run over rows (`matches`, `income`, ..) or over `days of` a list";
                    return self.fault(Kind::R0305, span, message, Some(help.into()));
                }
                if unit != DateUnit::Days && !self.names.has_month_end {
                    let message = format!("how {} are counted back from the end of a month is not said", unit.word());
                    let help = "add `month_end: { rule: clip, cite: [..] }` at the head of the file";
                    return self.fault(Kind::R0202, written.span, message, Some(help.into()));
                }
            }
        }
        Some(())
    }

    /// The range, what its items are, and the periods that formulas inside may be about.
    fn range(&mut self, over: &Over, span: Span) -> Option<(Range, Item, Periods)> {
        let scope = self.scope;
        let own = vec![(scope.per, scope.cut)];
        let free = matches!(over, Over::List(_));
        if scope.item != Item::None && *over != Over::ItsMatches && !free {
            let help = (scope.item == Item::Disposal).then(|| "a disposal has `its matches`".to_owned());
            return self.fault(
                Kind::R0305,
                span,
                format!("`{}` are read by period; this formula is about {}", over.word(), scope.item.words()),
                help,
            );
        }
        if scope.item == Item::None && scope.per.is_none() && !free {
            return self.fault(Kind::R0305, span, format!("`{}` cannot be read here", over.word()), None);
        }
        Some(match over {
            Over::Transactions => (Range::Transactions, Item::Row, own),
            Over::Acquisitions => (Range::Acquisitions, Item::Acquisition, own),
            Over::Disposals => (Range::Disposals, Item::Disposal, own),
            Over::Matches => (Range::Matches, Item::Match, own),
            Over::Income => (Range::Income, Item::Income, own),
            Over::Expenses => (Range::Expenses, Item::Expense, own),
            Over::Holdings(at) => {
                let on = match at {
                    HeldAt::Begin => HeldOn::Begin,
                    HeldAt::End => HeldOn::End,
                    HeldAt::Day(day) => HeldOn::Day(*day),
                    HeldAt::Name(name) => {
                        let code = self.name(name, span)?;
                        match (&code.op, &code.ty) {
                            (Op::Ref(target), Type::Date) => HeldOn::Name(*target),
                            _ => {
                                let message = format!("a date was expected, but `{name}` is {}", code.ty);
                                let help = "write `holdings at period.end`, or at a date";
                                return self.fault(Kind::R0304, span, message, Some(help.into()));
                            }
                        }
                    }
                };
                (Range::Holdings(on), Item::Holding, own)
            }
            Over::ItsMatches => {
                if scope.item != Item::Disposal {
                    let help = "in a period's formula write `over matches`";
                    return self.fault(Kind::R0305, span, "only a disposal has `its matches`", Some(help.into()));
                }
                (Range::ItsMatches, Item::Match, own)
            }
            Over::Months | Over::Quarters => {
                let inner = if *over == Over::Months { Per::Month } else { Per::Quarter };
                // A month is its own only month, so that one formula serves months and longer periods.
                if scope.per.is_some_and(|own| own > inner) {
                    let message = format!("a {} has no {} in it", scope.per.map_or("row", Per::word), over.word());
                    return self.fault(Kind::R0307, span, message, None);
                }
                let range = if inner == Per::Month { Range::Months } else { Range::Quarters };
                (range, Item::None, vec![(Some(inner), self.names.find_cut(inner))])
            }
            Over::PeriodsOf(name) => {
                let Some(Named { target, detail: Detail::Figure { cut }, .. }) = self.names.by_name.get(name) else {
                    let message = format!("`{name}` is not a quantity or tax");
                    return self.fault(Kind::R0302, span, message, None);
                };
                let pers = self.names.pers(*cut);
                if let Some(shorter) = pers.iter().find(|p| scope.per.is_some_and(|own| own > **p) || **p == Per::Row) {
                    let message = format!("`{name}` may be by {}, this formula is by {}", shorter.word(), own_word(scope));
                    return self.fault(Kind::R0307, span, message, None);
                }
                (Range::PeriodsOf(*target), Item::None, pers.iter().map(|p| (Some(*p), Some(*cut))).collect())
            }
            Over::SegmentsOf(name) => {
                let named = self.names.by_name.get(name);
                let Some(target) = named.filter(|n| n.is_dated()).map(|n| n.target) else {
                    let message = format!("`{name}` has no segments");
                    let help = "name a parameter, or a fact that varies by date";
                    return self.fault(Kind::R0302, span, message, Some(help.into()));
                };
                // The segments of a year are those of the quantities that are cut in the same way.
                let entry = CutEntry { text: format!("segment of {name}"), pers: vec![Per::Segment] };
                let cut = self.names.known_cut(&entry).filter(|_| scope.per == Some(Per::Year));
                (Range::SegmentsOf(target), Item::None, vec![(Some(Per::Segment), cut)])
            }
            Over::DaysOf(name) => {
                let (fact, keys) = self.list(name, span)?;
                let key = |wanted: &str| keys.iter().position(|(key, ty)| key == wanted && *ty == Type::Date);
                let (from, through) = (key("from"), key("through"));
                let (Some(from), Some(through)) = (from, through) else {
                    let absent = if from.is_none() { "from" } else { "through" };
                    let message =
                        format!("the records of `{name}` do not say which days they cover: no date is called `{absent}`");
                    let help = format!("declare it with `list_of: {{ from: date, through: date, .. }}`, to run over `{name}`");
                    return self.fault(Kind::R0305, span, message, Some(help));
                };
                (Range::Days { fact, from, through }, Item::Record(fact), own)
            }
            Over::List(name) => {
                let (fact, _) = self.list(name, span)?;
                (Range::List(fact), Item::Record(fact), own)
            }
        })
    }

    /// A list fact and the keys of its records.
    fn list(&mut self, name: &str, span: Span) -> Option<(usize, Vec<(String, Type)>)> {
        if let Some(Named { target: Ref::Fact(fact), detail: Detail::Fact { list: Some(keys), .. }, .. }) =
            self.names.by_name.get(name)
        {
            return Some((*fact, keys.clone()));
        }
        let lists = self
            .names
            .by_name
            .iter()
            .filter(|(_, n)| matches!(n.detail, Detail::Fact { list: Some(_), .. }))
            .map(|(name, _)| name.as_str());
        let known: Vec<&str> = Over::WORDS.iter().map(|(word, _)| *word).chain(lists).collect();
        let help = suggestion(name, known.iter().copied());
        self.fault(Kind::R0302, span, format!("an aggregate cannot run over `{name}`"), help)
    }
}

fn own_word(scope: Scope) -> &'static str {
    scope.per.map_or("row", Per::word)
}
