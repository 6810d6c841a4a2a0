//! The formula language: text to tokens, to a tree, to checked code, to a value.

pub mod check;
pub mod code;
pub mod names;
pub mod parse;
pub mod token;
pub mod tree;
pub mod types;

use std::sync::Arc;

use crate::diagnostic::{Code as DiagnosticCode, Diagnostic, Place};
use crate::yaml::{Node as YamlNode, Scalar, Spot, Style, Value as YamlValue};

use code::Code;
use names::{Names, Scope};
use types::{Type, Value};

/// A formula in a rule file: its text, its place, and, once checked, its code.
#[derive(Debug, Clone)]
pub struct Formula {
    pub text: String,
    file: Arc<str>,
    spot: Spot,
    style: Style,
    may_be_cut: bool,
    /// As it stands in the file, for places.
    written: Scalar,
    pub code: Code,
}

impl Formula {
    /// Takes the text of a scalar; `None` if something else stands there.
    pub fn take(node: &YamlNode, file: &Arc<str>) -> Option<Formula> {
        match &node.value {
            YamlValue::Scalar(scalar) if !node.is_empty() => Some(Formula::new(scalar, node.spot, file)),
            _ => None,
        }
    }

    fn new(scalar: &Scalar, spot: Spot, file: &Arc<str>) -> Formula {
        Formula {
            text: scalar.text.trim_end().to_owned(),
            file: Arc::clone(file),
            spot,
            style: scalar.style,
            may_be_cut: scalar.style == Style::Plain && (scalar.in_flow || scalar.comment_follows),
            written: scalar.clone(),
            code: Code::constant(Value::ZERO, Type::Number(types::Unit::zero())),
        }
    }

    /// The place of a stretch of the text.
    pub fn place(&self, span: token::Span) -> Place {
        if let Some((line, column, length)) = self.written.place(span.start, span.end) {
            return Place::new(&self.file, line, column, length);
        }
        let chars = |piece: Option<&str>| u32::try_from(piece.unwrap_or_default().chars().count()).unwrap_or(u32::MAX);
        let quote = u32::from(self.style == Style::Quoted);
        let column = self.spot.column + quote + chars(self.text.get(..span.start));
        Place::new(&self.file, self.spot.line, column, chars(self.text.get(span.start..span.end)))
    }

    /// The place of the whole formula.
    pub fn whole_place(&self) -> Place {
        self.place(token::Span { start: 0, end: self.text.len() })
    }

    /// Parses the text. A formula that ends too early where YAML may have ended it says so.
    pub fn parse(&self, units: &[String]) -> Result<tree::Expr, Diagnostic> {
        parse::parse(&self.text, units).map_err(|trouble| {
            if trouble.at_end && self.may_be_cut {
                return Diagnostic::new(DiagnosticCode::R0105, format!("YAML ended this formula early: {}", trouble.message))
                    .at(self.whole_place())
                    .help("put the formula in double quotes: in braces a comma or bracket ends it, and ` #` begins a comment");
            }
            Diagnostic::new(DiagnosticCode::R0301, trouble.message).at(self.place(trouble.span)).help_opt(trouble.help)
        })
    }

    /// Parses and checks; the code is kept. `guards` are conditions known to hold; `wanted` is the type it must have.
    pub fn compile(
        &mut self,
        names: &Names,
        scope: Scope,
        guards: &[String],
        wanted: Option<&Type>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<tree::Expr> {
        let expr = self.parse(&names.units).map_err(|d| problems.push(d)).ok()?;
        if self.style == Style::Plain && self.written.comment_follows {
            let message = "a comment stands right behind this formula: if ` #` was meant to belong to it, YAML has cut it off";
            problems.push(
                Diagnostic::new(DiagnosticCode::R0105, message)
                    .at(self.whole_place())
                    .help("put the formula in double quotes, or the comment on a line of its own"),
            );
            return None;
        }
        match check::check(&expr, &self.text, names, scope, guards, wanted) {
            Ok(code) => {
                if let Some(wanted) = wanted
                    && !fits(&code.ty, wanted)
                {
                    let units = matches!((&code.ty, wanted), (Type::Number(_), Type::Number(_)));
                    let message = format!("this gives {}, but {wanted} is needed", code.ty);
                    let kind = if units { DiagnosticCode::R0303 } else { DiagnosticCode::R0304 };
                    let help = unfit_help(&code.ty, wanted, &names.currency);
                    problems.push(Diagnostic::new(kind, message).at(self.whole_place()).help_opt(help));
                    return None;
                }
                self.code = code;
                Some(expr)
            }
            Err(faults) => {
                for fault in faults {
                    problems.push(Diagnostic::new(fault.code, fault.message).at(self.place(fault.span)).help_opt(fault.help));
                }
                None
            }
        }
    }
}

/// How a formula comes to the unit that is needed.
fn unfit_help(given: &Type, wanted: &Type, currency: &str) -> Option<String> {
    match (given, wanted) {
        (Type::Number(a), Type::Number(b)) if b.is_money() && a.rate => {
            Some("a rate is taken of an amount: `amount * rate`".to_owned())
        }
        (Type::Number(a), Type::Number(b)) if b.is_money() && a.is_plain() => {
            Some(format!("an amount of money has its currency behind it: `1000 {currency}`"))
        }
        (Type::YesNo, Type::Number(_)) => Some("write `if .. then .. else ..`".to_owned()),
        (Type::Number(_), Type::YesNo) => Some("compare it: `X > 0`".to_owned()),
        _ => None,
    }
}

/// True if a value of type `given` may stand where `wanted` is asked for.
fn fits(given: &Type, wanted: &Type) -> bool {
    match (given, wanted) {
        (Type::Number(a), Type::Number(b)) => a.agrees(b),
        (a, b) => a == b,
    }
}
