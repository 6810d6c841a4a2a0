//! Whether a name exists, and may be read where the formula stands.

use crate::diagnostic::{Code as Kind, suggestion};
use crate::formula::code::{Code, Op, PartField, Ref, RowField};
use crate::formula::names::{Cut, Detail, Item, Named, Per, Varies};
use crate::formula::token::Span;
use crate::formula::types::{Type, Value};

use super::Checker;

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, span: Span) -> Option<Code> {
        let scope = self.scope;
        if let Some(found) = self.of_leg(name, span) {
            return found;
        }
        if let Some(code) = self.argument(name, span) {
            return Some(code);
        }
        if let Item::Record(fact) = scope.item
            && let Some((key, ty)) = self.record_key(fact, name)
        {
            return Some(Code { span, ty, op: Op::Ref(Ref::Record(fact, key)) });
        }
        if let Some((field, ty)) = self.names.part_field(name, scope.item) {
            return Some(Code { span, ty, op: Op::Ref(Ref::Part(field)) });
        }
        if scope.item.is_row()
            && let Some((field, ty)) = self.names.row_field(name)
        {
            return Some(Code { span, ty, op: Op::Ref(Ref::Row(field)) });
        }
        let Some(named) = self.names.by_name.get(name) else {
            return self.given_word(name, span).or_else(|| self.unknown(name, span));
        };
        if !self.allowed(name, named, span) {
            return None;
        }
        if let Type::Bands(_) | Type::Record = named.ty {
            let message = format!("`{name}` is {}, not an amount", named.ty);
            let help = match named.ty {
                Type::Record => format!("read one of its fields: `{name}.FIELD`"),
                _ => format!(
                    "a schedule applies it (`slice: {name}`); `{name}.BAND` is where a named band begins, `{name}.BAND.rate` its rate"
                ),
            };
            return self.fault(Kind::R0304, span, message, Some(help));
        }
        Some(Code { span, ty: named.ty.clone(), op: Op::Ref(named.target) })
    }

    pub(super) fn record_key(&self, fact: usize, name: &str) -> Option<(usize, Type)> {
        let list = self.names.by_name.values().find(|n| n.target == Ref::Fact(fact))?;
        let Detail::Fact { list: Some(keys), .. } = &list.detail else { return None };
        keys.iter().enumerate().find(|(_, (key, _))| key == name).map(|(index, (_, ty))| (index, ty.clone()))
    }

    /// A word that the formula may give.
    fn given_word(&self, name: &str, span: Span) -> Option<Code> {
        let set = self.words.filter(|set| set.words.iter().any(|w| w == name))?;
        let word = Value::Word(self.names.find_word(name)?);
        Some(Code { span, ty: Type::Word(set.clone()), op: Op::Const(word) })
    }

    pub(super) fn unknown(&mut self, name: &str, span: Span) -> Option<Code> {
        let elsewhere = self.names.row_field(name).is_some()
            || [Item::Match, Item::Disposal, Item::Income, Item::Expense, Item::Acquisition]
                .iter()
                .any(|i| self.names.part_field(name, *i).is_some());
        if elsewhere {
            let message = format!("`{name}` has no meaning for {}", self.scope.item.words());
            let help = "read it through an aggregate, such as `sum of proceeds over disposals`";
            return self.fault(Kind::R0305, span, message, Some(help.into()));
        }
        let parts = PartField::WORDS.iter().map(|(w, _)| *w).filter(|w| self.names.part_field(w, self.scope.item).is_some());
        let rows = RowField::WORDS.iter().map(|(w, _)| *w).filter(|_| self.scope.item.is_row());
        let words = self.words.iter().flat_map(|set| set.words.iter().map(String::as_str));
        let known: Vec<&str> = self.names.by_name.keys().map(String::as_str).chain(parts).chain(rows).chain(words).collect();
        let help = suggestion(name, known.iter().copied());
        self.fault(Kind::R0302, span, format!("nothing is named `{name}`"), help)
    }

    /// True if an entry cut in this way has the period that the formula is about.
    pub(super) fn same_periods(&self, cut: Cut) -> bool {
        match self.names.pers(cut) {
            [only] if self.names.find_cut(*only) == Some(cut) => self.scope.per == Some(*only),
            _ => self.scope.cut == Some(cut),
        }
    }

    /// Whether a name may be read where this formula stands.
    pub(super) fn allowed(&mut self, name: &str, named: &Named, span: Span) -> bool {
        if let Some((code, message, help)) = self.forbidden(name, named) {
            self.fault::<()>(code, span, message, Some(help.replace("NAME", name)));
            return false;
        }
        self.keys_allowed(name, named, span)
    }

    /// Whether all that a table is looked up by may be read where the table is.
    pub(super) fn keys_allowed(&mut self, name: &str, named: &Named, span: Span) -> bool {
        let Detail::Parameter { keys, .. } = &named.detail else { return true };
        for key in keys {
            let Some(entry) = self.names.by_name.get(key).filter(|n| n.is_key()) else { continue };
            if let Some((code, message, help)) = self.forbidden(key, entry) {
                let message = format!("`{name}` is looked up by `{key}`, but here {message}");
                self.fault::<()>(code, span, message, Some(help.replace("NAME", name)));
                return false;
            }
        }
        true
    }

    /// Why a name may not be read where this formula stands.
    fn forbidden(&self, name: &str, named: &Named) -> Option<(Kind, String, &'static str)> {
        let scope = self.scope;
        match &named.detail {
            Detail::Parameter { .. } if scope.fixed || scope.opening => Some((
                Kind::R0305,
                format!("`{name}` is a value of the law, which may vary"),
                "use a reading, a choice or a fact",
            )),
            Detail::Parameter { keys, .. } if scope.parameters_only && !keys.is_empty() => Some((
                Kind::R0305,
                format!("`{name}` is a table, and the value of a parameter depends on nothing but its day"),
                "give this parameter the same `by`, and write its values as a table",
            )),
            Detail::Parameter { by_match: true, .. } if scope.item != Item::Match => {
                Some((Kind::R0305, format!("`{name}` is selected by a day of a match"), "read it in `each_match`"))
            }
            Detail::Parameter { by_row: true, .. } if !scope.item.is_row() && !scope.parameters_only => Some((
                Kind::R0305,
                format!("`{name}` is selected by the day of a row, and there is no row here"),
                "write `NAME at period.begin`, or select it by period",
            )),
            Detail::Parameter { .. } => None,
            _ if scope.parameters_only => {
                Some((Kind::R0305, format!("`{name}` is not a parameter"), "the value of a parameter may read parameters only"))
            }
            Detail::Fact { list: Some(_), .. } => {
                Some((Kind::R0305, format!("`{name}` is a list"), "read it through an aggregate: `sum of X over NAME`"))
            }
            Detail::Fact { about_asset: true, .. } if !scope.item.is_row() => Some((
                Kind::R0305,
                format!("`{name}` is about an asset, and there is none here"),
                "read it behind `where` in an aggregate, such as `sum of X over disposals where NAME is ..`",
            )),
            Detail::Fact { about_row: true, .. } if !scope.item.is_row() => Some((
                Kind::R0305,
                format!("`{name}` is about a row"),
                "read it through an aggregate, such as `sum of X over disposals`",
            )),
            Detail::Fact { varies, .. } if scope.fixed && *varies != Varies::No => {
                Some((Kind::R0305, format!("`{name}` varies over time"), "use a reading, a choice or a fact that does not vary"))
            }
            Detail::Fact { varies: Varies::ByMonth, .. }
                if scope.per.is_some_and(|p| p != Per::Month && p != Per::Row) && scope.item == Item::None =>
            {
                Some((
                    Kind::R0307,
                    format!("`{name}` has a value for each month, and this formula is about a longer period"),
                    "write `sum of NAME over months`",
                ))
            }
            Detail::Fact { .. } | Detail::Option => None,
            Detail::Label if !scope.item.is_row() => Some((
                Kind::R0305,
                format!("`{name}` labels a row, and there is no row here"),
                "use it behind `where` in an aggregate",
            )),
            Detail::Label => None,
            Detail::Schedule { .. } => {
                Some((Kind::R0304, format!("`{name}` is a function of an amount"), "write `NAME(AMOUNT)`"))
            }
            Detail::Figure { .. } if !scope.figures => Some((
                Kind::R0305,
                match scope.item.is_row() {
                    true => format!("`{name}` is a figure of a period; a formula about a row cannot read it"),
                    false => format!("`{name}` is a figure of a period; it cannot be read here"),
                },
                "compute what depends on it in `quantities` or `taxes`",
            )),
            Detail::Figure { cut } => {
                let own = scope.per?;
                (!self.same_periods(*cut)).then(|| {
                    let pers = self.names.pers(*cut);
                    let by = self.names.cut_words(*cut);
                    let message = match pers {
                        [_, _, ..] if pers.contains(&own) => {
                            format!("`{name}` is by {by}, by cases that are not those of this formula")
                        }
                        _ => format!("`{name}` is by {by}, this formula is by {}", own.word()),
                    };
                    let help = match pers {
                        [Per::Row] => "give both the same `per`",
                        [Per::Month] => "read it through an aggregate: `sum of NAME over months`",
                        [Per::Quarter] => "read it through an aggregate: `sum of NAME over quarters`",
                        [_, _, ..] => "give both the same cases of `per`, or read it through an aggregate: `sum of NAME over periods of NAME`",
                        _ => "give both the same `per`",
                    };
                    (Kind::R0307, message, help)
                })
            }
            Detail::Register => {
                Some((Kind::R0305, format!("`{name}` is a register"), "ask it about a row: `NAME includes counterparty`"))
            }
            Detail::Basis => {
                let carries = matches!(scope.item, Item::Match | Item::Disposal | Item::Holding);
                (!carries).then(|| {
                    (
                        Kind::R0305,
                        format!("`{name}` is a basis that lots carry, and there is no lot here"),
                        "read it in `each_match`, or through `sum of NAME over matches`",
                    )
                })
            }
            Detail::Field { item } => {
                let through = scope.item == Item::Match && *item == Item::Disposal;
                (*item != scope.item && !through).then(|| {
                    (
                        Kind::R0305,
                        format!("`{name}` belongs to {}, not to {}", item.words(), scope.item.words()),
                        "read it through an aggregate, such as `sum of NAME over disposals`",
                    )
                })
            }
        }
    }
}
