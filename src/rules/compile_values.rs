//! The formulas of parameters and schedules.

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::formula::code::Ref;
use crate::formula::names::{Detail, Named, Scope};
use crate::formula::types::{Type, Unit};

use super::book::{Given, RuleBook, Scale, Tariff};
use super::compile::Compiler;

impl Compiler<'_> {
    pub(super) fn schedules(&mut self, book: &mut RuleBook) {
        for (index, schedule) in book.schedules.iter_mut().enumerate() {
            match &mut schedule.how {
                Tariff::Rule(rule) => self.rule(rule, Scope::schedule(index), &schedule.gives),
                Tariff::Slice(scale) | Tariff::Whole(scale) => self.scale(scale, &schedule.of, &schedule.gives),
            }
        }
    }

    /// The parameter of a schedule by bands: a scale of the units of the schedule, readable wherever schedules are.
    fn scale(&mut self, scale: &mut Scale, of: &Type, gives: &Type) {
        let Some(Named { target: Ref::Parameter(parameter), ty: Type::Bands(unit), detail }) =
            self.names.by_name.get(&scale.name)
        else {
            let scales = self.names.by_name.iter().filter(|(_, n)| matches!(n.ty, Type::Bands(_)));
            let help = suggestion(&scale.name, scales.map(|(name, _)| name.as_str()));
            let message = format!("`{}` is not a scale", scale.name);
            self.problems.push(Diagnostic::new(Code::R0302, message).at(scale.at.place()).help_opt(help));
            return;
        };
        let ty = Type::Number(unit.clone());
        if let Some(other) = [of, gives].into_iter().find(|t| **t != ty) {
            let message = format!("the bands of `{}` are stretches of {ty}, but the schedule has {other}", scale.name);
            let help = "give the scale and the schedule the same unit";
            self.problems.push(Diagnostic::new(Code::R0303, message).at(scale.at.place()).help(help));
        }
        if let Detail::Parameter { by_row: true, .. } | Detail::Parameter { by_match: true, .. } = detail {
            let message = format!("`{}` is selected by the day of a row or match, which a schedule does not know", scale.name);
            let help = "select it by `tax_year` or `period`: in a formula about a row that is the row's day";
            self.problems.push(Diagnostic::new(Code::R0305, message).at(scale.at.place()).help(help));
        }
        let keys = if let Detail::Parameter { keys, .. } = detail { keys.as_slice() } else { &[] };
        for key in keys {
            let row = self.names.by_name.get(key).is_some_and(|n| {
                matches!(n.detail, Detail::Label | Detail::Fact { about_row: true, .. } | Detail::Fact { about_asset: true, .. })
            });
            if row {
                let message = format!("`{}` is looked up by `{key}`, which is about a row; a schedule knows no row", scale.name);
                self.problems.push(Diagnostic::new(Code::R0305, message).at(scale.at.place()));
            }
        }
        scale.parameter = Some(*parameter);
    }

    pub(super) fn parameters(&mut self, book: &mut RuleBook) {
        for parameter in &mut book.parameters {
            for value in parameter.values.iter_mut().chain(&mut parameter.shadows) {
                self.given(&mut value.value, &parameter.unit);
            }
        }
    }

    fn given(&mut self, given: &mut Given, unit: &Type) {
        match (given, unit) {
            (Given::Formula(formula), _) => self.formula(formula, Scope::parameter(), unit),
            (Given::Table(rows), _) => rows.iter_mut().for_each(|r| self.given(&mut r.value, unit)),
            (Given::Bands(bands), Type::Bands(of)) => {
                for band in bands {
                    self.given(&mut band.edge, &Type::Number(of.clone()));
                    self.given(&mut band.rate, &Type::Number(Unit::rate()));
                }
            }
            // The fields of a record are parameters of their own, each with its unit.
            (Given::Literal(_) | Given::Unknown | Given::Bands(_) | Given::Record(_), _) => {}
        }
    }
}
