//! What acts not in force would ask: those cancelled, those proposed. They bind nobody, but a reader wants to know.

use std::collections::BTreeSet;

use crate::assess::run::Run;
use crate::rules::RuleBook;
use crate::rules::book::{Cite, Severity};

use super::{Finding, Outcome, Question, of_duty};

/// The acts not in force on which a value, a rule or a quantity of the law rests.
pub fn acts(book: &RuleBook) -> BTreeSet<&str> {
    let values = book.parameters.iter().flat_map(|p| &p.shadows).map(|s| &s.cite);
    let duties = book.duties.iter().map(|d| &d.cite);
    let cited = values.chain(duties).filter(|cite| book.not_in_force(cite)).flatten().map(|(key, _)| key.as_str());
    let named = book.quantities.iter().filter_map(|q| Some(q.under.as_ref()?.0.as_str()));
    cited.chain(named).map(|key| book.act_of(key)).collect()
}

/// One finding for each rule that an act not in force would answer otherwise, or that stands in such an act alone. `run` is one in
/// which the act's values count, `now` what is found without them.
pub fn findings(run: &Run<'_>, act: &str, question: Question<'_>, now: &[Finding]) -> Vec<Finding> {
    let book = run.env.book;
    let rests = |cite: &Cite| cite.iter().all(|(key, _)| book.act_of(key) == act);
    let asked = book.duties.iter().filter(|d| d.each.customer == question.customer.is_some());
    let own = asked.filter(|d| !book.not_in_force(&d.cite) || rests(&d.cite));
    own.flat_map(|duty| of_duty(run, duty, question)).filter_map(|finding| differs(book, act, finding, now)).collect()
}

/// The finding as that of an act not in force, where it says something else than what stands now.
fn differs(book: &RuleBook, act: &str, finding: Finding, now: &[Finding]) -> Option<Finding> {
    let before: Vec<&Finding> = now.iter().filter(|f| f.rule == finding.rule && f.subject == finding.subject).collect();
    let same =
        before.iter().any(|f| f.outcome == finding.outcome && f.figures == finding.figures && f.message == finding.message);
    let outcome = match finding.outcome {
        Outcome::Failed | Outcome::ToReport if !same => Outcome::WouldFail,
        Outcome::Met if before.iter().any(|f| f.outcome == Outcome::Failed) => Outcome::WouldBeMet,
        _ => return None,
    };
    let words = book.act_in_words(act);
    let message = match outcome {
        Outcome::WouldFail => format!("{words} this would not be met: {}", finding.message),
        _ => format!("{words} this would be met"),
    };
    let cite = vec![act.to_owned()];
    Some(Finding {
        cite,
        outcome,
        message,
        severity: Severity::Indicator,
        cure: None,
        due: None,
        under: Some(words),
        status: book.status(act),
        ..finding
    })
}
