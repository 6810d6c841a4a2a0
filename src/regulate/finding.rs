//! Findings: what was found at each place, days and rows of one kind gathered into one.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::assess::run::Run;
use crate::assess::world::Ctx;
use crate::formula::names::Per;
use crate::rules::RuleBook;
use crate::rules::book::{Duty, EachWhat, Severity, Status, Verb};

use super::Question;
use super::answer::Answer;
use super::cites::{cites, own};
use super::places::label;
use super::show::{figures, filled};

/// Something that the law asks for, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule in the law's file.
    pub rule: String,
    pub title: String,
    pub verb: Verb,
    pub severity: Severity,
    pub outcome: Outcome,
    /// The customer or taxpayer it is about, where one was named.
    pub subject: Option<String>,
    pub message: String,
    /// What would mend it.
    pub cure: Option<String>,
    /// The numbers put in, by name.
    pub figures: Vec<(String, String)>,
    /// First and last day.
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub due: Option<NaiveDate>,
    /// Ids of the rows.
    pub transactions: Vec<String>,
    /// What it was found at, as its working is asked for: days, periods, rows, numbers of records.
    pub items: Vec<String>,
    /// Keys of the sources: those of the rule, and those of the values that counted.
    pub cite: Vec<String>,
    /// How sure the least sure of them is.
    pub status: Status,
    /// For what an act not in force would ask: the act, in words.
    pub under: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A requirement is not met, or what is forbidden was done.
    Failed,
    ToReport,
    /// Something is missing to tell.
    NotChecked,
    /// Under an act not in force it would not be met.
    WouldFail,
    /// Under an act not in force it would be met.
    WouldBeMet,
    Met,
}

impl Finding {
    /// What `fisc explain` takes for its working.
    pub fn explained_by(&self) -> String {
        match self.items.as_slice() {
            [one] => format!("{}@{one}", self.rule),
            _ => self.rule.clone(),
        }
    }
}

impl Outcome {
    pub const WORDS: &'static [(&'static str, Outcome)] = &[
        ("failed", Outcome::Failed),
        ("to_report", Outcome::ToReport),
        ("not_checked", Outcome::NotChecked),
        ("would_fail", Outcome::WouldFail),
        ("would_be_met", Outcome::WouldBeMet),
        ("met", Outcome::Met),
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, o)| *o == self).map_or("", |(w, _)| w)
    }
}

/// A rule at one place.
pub struct Hit {
    answer: Answer,
    message: String,
    cure: Option<String>,
    figures: Vec<(String, String)>,
    from: NaiveDate,
    to: NaiveDate,
    due: Option<NaiveDate>,
    /// The row it stands on.
    row: Option<String>,
    item: String,
    cite: Vec<String>,
}

impl Hit {
    pub fn new(run: &Run<'_>, duty: &Duty, ctx: Ctx, answer: Answer, due: Option<NaiveDate>, question: Question<'_>) -> Hit {
        let day = run.world.day_of(ctx.item);
        let row = run.world.row_of(ctx.item).and_then(|r| run.env.ledger.rows.get(r)).map(|r| r.id.to_string());
        let (from, to) = day.map_or((ctx.period.begin, ctx.period.end), |day| (day, day));
        let message = match &answer {
            Answer::Missing { what, .. } => format!("not checked: {}", what.join("; ")),
            Answer::Found => duty.message.as_ref().map_or_else(|| plain(duty), |text| filled(run, text, ctx)),
            Answer::Met | Answer::Beside => String::new(),
        };
        // Of many rows that are met no one's numbers are of interest.
        let shows = answer != Answer::Met || row.is_none();
        let (figures, cite) =
            if shows { (figures(run, duty, ctx), cites(run, duty, ctx)) } else { (Vec::new(), own(run, duty, from)) };
        let cure = match &answer {
            Answer::Found => duty.cure.as_ref().map(|text| filled(run, text, ctx)),
            Answer::Missing { remedies, .. } if !remedies.is_empty() => Some(remedies.join("; ")),
            _ => None,
        };
        Hit { answer, message, cure, figures, from, to, due, row, item: label(run, duty, ctx, question.customer), cite }
    }
}

/// What follows the title of a rule without a message of its own.
pub const NOT_MET: &str = ": this is not met";

/// What a rule says without a message of its own.
fn plain(duty: &Duty) -> String {
    match duty.verb {
        Verb::Requires | Verb::Forbids => format!("{}{NOT_MET}", duty.title),
        Verb::MustReport => duty.title.clone(),
    }
}

/// What is told as one: the first of it, and what it was found at.
struct Group {
    first: Hit,
    rows: Vec<String>,
    items: Vec<String>,
}

/// What was found, gathered while it is found: rows with the same message, days that follow each other.
#[derive(Default)]
pub struct Hits {
    groups: Vec<Group>,
    /// The group of a message.
    by_message: FxHashMap<(Answer, String, Option<NaiveDate>), usize>,
}

impl Hits {
    pub fn add(&mut self, hit: Hit, duty: &Duty) {
        let by_row = matches!(duty.each.what, EachWhat::Transaction | EachWhat::Disposal);
        let by_day = matches!(duty.each.what, EachWhat::Period(Per::Day));
        let key = (hit.answer.clone(), hit.message.clone(), hit.due);
        let known = self.by_message.get(&key).copied().filter(|_| by_row || by_day);
        let follows =
            |group: &Hit| group.figures == hit.figures && group.cure == hit.cure && group.to.succ_opt() == Some(hit.from);
        if let Some(Group { first: group, rows, items }) = known.and_then(|i| self.groups.get_mut(i))
            && (by_row || follows(group))
        {
            group.to = group.to.max(hit.to);
            if group.figures != hit.figures {
                group.figures.clear();
            }
            if by_row {
                items.push(hit.item);
                for key in hit.cite {
                    if !group.cite.contains(&key) {
                        group.cite.push(key);
                    }
                }
            }
            rows.extend(hit.row);
            return;
        }
        self.by_message.insert(key, self.groups.len());
        let (rows, items) = (hit.row.clone().into_iter().collect(), vec![hit.item.clone()]);
        self.groups.push(Group { first: hit, rows, items });
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The findings of a rule; `met` says that it is met, where nothing was found or left open.
    pub fn findings(self, book: &RuleBook, duty: &Duty, met: Option<Hit>, question: Question<'_>) -> Vec<Finding> {
        let last = |hit: Hit| {
            // Of rows that are met none is named.
            let items = hit.row.is_none().then(|| hit.item.clone()).into_iter().collect();
            Group { first: hit, rows: Vec::new(), items }
        };
        self.groups.into_iter().chain(met.map(last)).map(|group| finding(book, duty, group, question)).collect()
    }
}

fn finding(book: &RuleBook, duty: &Duty, group: Group, question: Question<'_>) -> Finding {
    let Group { first: hit, rows: transactions, items } = group;
    let outcome = hit.answer.outcome(duty.verb).unwrap_or(Outcome::Met);
    let status = hit.cite.iter().map(|key| book.status(key)).max_by_key(|s| Status::WORDS.iter().position(|(_, w)| w == s));
    Finding {
        rule: duty.name.clone(),
        title: duty.title.clone(),
        verb: duty.verb,
        severity: duty.severity,
        outcome,
        subject: question.customer.or(question.taxpayer).map(str::to_owned),
        message: hit.message,
        cure: hit.cure,
        figures: hit.figures,
        from: hit.from,
        to: hit.to,
        due: hit.due,
        transactions,
        items,
        cite: hit.cite,
        status: status.unwrap_or(Status::Unconfirmed),
        under: None,
    }
}
