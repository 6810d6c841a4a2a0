//! Whether a rule applies at one place, and whether it is met there.

use crate::assess::refusal::Refused;
use crate::assess::run::Run;
use crate::assess::world::Ctx;
use crate::rules::book::{Duty, Verb};

use super::Outcome;

/// What a rule comes to at one place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It does not apply.
    Beside,
    Met,
    /// A requirement is not met, what is forbidden was done, or there is something to report.
    Found,
    /// What is missing to tell, and what would mend it.
    Missing {
        what: Vec<String>,
        remedies: Vec<String>,
    },
}

impl Answer {
    /// What a finding calls it; `None` where the rule does not apply.
    pub fn outcome(&self, verb: Verb) -> Option<Outcome> {
        match (self, verb) {
            (Answer::Found, Verb::MustReport) => Some(Outcome::ToReport),
            (Answer::Found, _) => Some(Outcome::Failed),
            (Answer::Missing { .. }, _) => Some(Outcome::NotChecked),
            (Answer::Met, _) => Some(Outcome::Met),
            (Answer::Beside, _) => None,
        }
    }
}

pub fn answer(run: &Run<'_>, duty: &Duty, ctx: Ctx) -> Answer {
    let missing =
        |refused: &Refused| Answer::Missing { what: run.env.log.messages(refused), remedies: run.env.log.remedies(refused) };
    for condition in duty.subject.iter().chain(&duty.when) {
        match run.world.yes(&condition.code, ctx) {
            Ok(true) => {}
            Ok(false) => return Answer::Beside,
            Err(refused) => return missing(&refused),
        }
    }
    match run.world.yes(&duty.test.code, ctx) {
        Ok(answer) if duty.verb.finds(answer) => Answer::Found,
        Ok(_) => Answer::Met,
        Err(refused) => missing(&refused),
    }
}

/// Whether the rule binds whom it is asked of; `None` where that cannot be told, or the rule binds everybody.
pub fn subject(run: &Run<'_>, duty: &Duty, ctx: Ctx) -> Option<bool> {
    run.world.yes(&duty.subject.as_ref()?.code, ctx).ok()
}
