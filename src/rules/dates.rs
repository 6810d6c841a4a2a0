//! Values of the law by their dates: in order, without overlaps and gaps. Those of acts not in force are kept apart.

use crate::diagnostic::{Code, Diagnostic};

use super::book::{Cite, DatedValue, InForce, Parameter, RuleBook, Status};

/// Parts off the values of acts not in force, then checks the dates of the others.
pub fn settle(book: &mut RuleBook, problems: &mut Vec<Diagnostic>) {
    let mut parameters = std::mem::take(&mut book.parameters);
    for parameter in &mut parameters {
        let values = std::mem::take(&mut parameter.values);
        (parameter.shadows, parameter.values) = values.into_iter().partition(|v| not_in_force(book, &v.cite));
        if parameter.derived.is_some() {
            // Its dates are those of the parameter it is a part of.
            continue;
        }
        if let (Some(first), true) = (parameter.shadows.first(), parameter.values.is_empty()) {
            let message = format!("every value of `{}` rests on acts that are cancelled or proposed", parameter.name);
            let help = "add the value in force, or `value: unknown` where the sources are silent";
            problems.push(Diagnostic::new(Code::R0407, message).at(first.at.place()).help(help));
        }
        order(parameter, problems);
    }
    book.parameters = parameters;
}

/// True if all that is cited was cancelled, or is only proposed.
pub fn not_in_force(book: &RuleBook, cite: &Cite) -> bool {
    let out = |key: &str| matches!(book.status(key), Status::Cancelled | Status::Proposed);
    !cite.is_empty() && cite.iter().all(|(key, _)| out(key))
}

/// Values stand in the order of their dates, without overlaps and without gaps.
fn order(parameter: &Parameter, problems: &mut Vec<Diagnostic>) {
    let name = &parameter.name;
    let mut problem = |code, at: &DatedValue, message, help: String| {
        problems.push(Diagnostic::new(code, message).at(at.at.place()).help(help));
    };
    for (earlier, later) in parameter.values.iter().zip(parameter.values.iter().skip(1)) {
        let InForce { from: Some(from), .. } = later.in_force else {
            let message = format!("only the first value of `{name}` may have no `from`");
            problem(Code::R0202, later, message, "say from which day it holds".into());
            continue;
        };
        let before = from.pred_opt().unwrap_or(from);
        if let Some(above) = earlier.in_force.from.filter(|above| *above >= from) {
            let message = format!("this value of `{name}` holds from {from}, but the one above it from {above}");
            problem(Code::R0207, later, message, "put the values in the order of their dates, each date once".into());
        } else if let Some(until) = earlier.in_force.until {
            let Some(next) = until.succ_opt() else { continue };
            if until >= from {
                let message = format!("two values of `{name}` hold on {from}");
                problem(Code::R0207, later, message, format!("end the one above on {before}"));
            } else if next < from {
                let message = format!("`{name}` has no value from {next} until {before}");
                let help = "give the missing value, or `value: unknown` where the sources are silent";
                problem(Code::R0208, later, message, help.into());
            }
        }
    }
}
