//! What is missing refuses exactly the figures that need it. A refusal is recorded once and travels as a small set.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;

use super::assessment::Assumption;

/// Why a value could not be computed: numbers of recorded problems, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(Rc<BTreeSet<usize>>);

impl Refused {
    /// Both reasons.
    pub fn and(self, other: Refused) -> Refused {
        if self == other {
            return self;
        }
        Refused(Rc::new(self.0.union(&other.0).copied().collect()))
    }
}

/// A value, or why there is none.
pub type Outcome<T> = Result<T, Refused>;

/// Both values, or all the reasons why not.
pub fn both<A, B>(a: Outcome<A>, b: Outcome<B>) -> Outcome<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(a), Err(b)) => Err(a.and(b)),
        (Err(e), _) | (_, Err(e)) => Err(e),
    }
}

/// Everything that went wrong or was assumed in a run.
#[derive(Debug, Default)]
pub struct Log {
    problems: RefCell<Vec<Diagnostic>>,
    by_key: RefCell<BTreeMap<String, usize>>,
    /// Problems reported whether or not a figure needed what they refused.
    always: RefCell<BTreeSet<usize>>,
    warnings: RefCell<Vec<Diagnostic>>,
    /// Facts whose default was used.
    pub defaults: RefCell<BTreeSet<usize>>,
    /// Parameters used past the day they are known to hold: first and last such day.
    pub past_known: RefCell<BTreeMap<usize, (NaiveDate, NaiveDate)>>,
    /// What else the figures rest on.
    pub assumed: RefCell<BTreeSet<Assumption>>,
    /// Figures in which digits beyond 28 were rounded away.
    pub rounded: RefCell<BTreeSet<String>>,
    /// What is not plain about rates and prices that were used, with the days and what they were.
    pub remarks: RefCell<BTreeMap<String, BTreeMap<NaiveDate, String>>>,
    /// Rates and prices older than usual: what was used, by the day it was used for.
    pub old: RefCell<BTreeMap<String, BTreeMap<NaiveDate, String>>>,
    /// Readings and choices that were read, a bit each; the last bit stands for all that have none of their own.
    options: Cell<u128>,
    /// While set, what is refused belongs to nothing that the run answers for.
    aside: Cell<bool>,
}

fn bit(option: usize) -> u128 {
    1 << option.min(127)
}

impl Log {
    /// Records a problem once for each key and returns the refusal.
    pub fn refuse(&self, key: String, make: impl FnOnce() -> Diagnostic) -> Refused {
        let number = self.by_key.borrow().get(&key).copied();
        let number = number.unwrap_or_else(|| {
            let mut problems = self.problems.borrow_mut();
            problems.push(make());
            self.by_key.borrow_mut().insert(key, problems.len() - 1);
            problems.len() - 1
        });
        Refused(Rc::new([number].into()))
    }

    /// How many problems there are.
    pub fn len(&self) -> usize {
        self.problems.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`Log::refuse`], and reported even if no figure needs the value.
    pub fn refuse_always(&self, key: String, make: impl FnOnce() -> Diagnostic) -> Refused {
        let refused = self.refuse(key, make);
        self.always.borrow_mut().extend(refused.0.iter());
        refused
    }

    /// Adds a row to a problem that several rows share.
    pub fn add_row(&self, refused: &Refused, row: &str) {
        let mut problems = self.problems.borrow_mut();
        for number in refused.0.iter() {
            if let Some(problem) = problems.get_mut(*number)
                && problem.rows.last().is_none_or(|last| last != row)
            {
                problem.rows.push(row.to_owned());
            }
        }
    }

    /// A price is wanted at the earliest of the moments at which it was looked for.
    pub fn wanted_at(&self, refused: &Refused, when: &str) {
        let mut problems = self.problems.borrow_mut();
        for number in refused.0.iter() {
            if let Some(problem) = problems.get_mut(*number)
                && let Some(want) = problem.wants.as_mut().filter(|want| *when < *want.when)
            {
                problem.help = problem.help.as_ref().map(|help| help.replace(&want.when, when));
                want.when = when.to_owned();
            }
        }
    }

    /// Notes that a reading or choice was read.
    pub fn read_option(&self, option: usize) {
        self.options.set(self.options.get() | bit(option));
    }

    /// The readings and choices that were read, of so many.
    pub fn options_read(&self, count: usize) -> Vec<usize> {
        (0..count).filter(|option| self.options.get() & bit(*option) != 0).collect()
    }

    pub fn warn(&self, warning: Diagnostic) {
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// Asks about something beside the figures of the run: what is missing for it is told by the answer, and neither refuses a
    /// figure nor counts as assumed.
    pub fn aside<R>(&self, ask: impl FnOnce() -> R) -> R {
        self.apart(ask).0
    }

    /// As [`Log::aside`], with what was assumed for the answer.
    pub fn apart<R>(&self, ask: impl FnOnce() -> R) -> (R, Log) {
        let other = Log::default();
        let change = || {
            self.defaults.swap(&other.defaults);
            self.past_known.swap(&other.past_known);
            self.assumed.swap(&other.assumed);
            self.rounded.swap(&other.rounded);
            self.remarks.swap(&other.remarks);
            self.old.swap(&other.old);
            self.always.swap(&other.always);
            self.warnings.swap(&other.warnings);
            self.options.swap(&other.options);
        };
        change();
        let was = self.aside.replace(true);
        let answer = ask();
        self.aside.set(was);
        change();
        // Its reasons stand in this log.
        other.always.take();
        (answer, other)
    }

    /// Takes in what another log found assumed.
    pub fn assume(&self, other: Log) {
        self.defaults.borrow_mut().extend(other.defaults.take());
        for (parameter, (first, last)) in other.past_known.take() {
            let mut past = self.past_known.borrow_mut();
            let span = past.entry(parameter).or_insert((first, last));
            *span = (span.0.min(first), span.1.max(last));
        }
        self.assumed.borrow_mut().extend(other.assumed.take());
        self.rounded.borrow_mut().extend(other.rounded.take());
        for (to, from) in [(&self.remarks, other.remarks.take()), (&self.old, other.old.take())] {
            for (what, days) in from {
                to.borrow_mut().entry(what).or_default().extend(days);
            }
        }
    }

    /// Notes that a figure was refused for these reasons.
    pub fn refused_figure(&self, figure: &str, refused: &Refused) {
        if self.aside.get() {
            return;
        }
        let mut problems = self.problems.borrow_mut();
        for number in refused.0.iter() {
            if let Some(problem) = problems.get_mut(*number)
                && !problem.figures.iter().any(|f| f == figure)
            {
                problem.figures.push(figure.to_owned());
            }
        }
    }

    /// The problems that refused a figure or are reported always, and the warnings.
    pub fn into_parts(self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        let always = self.always.into_inner();
        let problems = self.problems.into_inner().into_iter().enumerate();
        let errors = problems.filter(|(number, p)| always.contains(number) || !p.figures.is_empty()).map(|(_, p)| p).collect();
        (errors, self.warnings.into_inner())
    }

    /// The messages behind a refusal.
    pub fn messages(&self, refused: &Refused) -> Vec<String> {
        let problems = self.problems.borrow();
        refused.0.iter().filter_map(|n| problems.get(*n)).map(|p| p.message.clone()).collect()
    }

    /// What would mend it, each remedy once; those of facts as one.
    pub fn remedies(&self, refused: &Refused) -> Vec<String> {
        const BEGINS: &str = "give it with `";
        const ENDS: &str = " or in the facts file";
        let problems = self.problems.borrow();
        let (mut facts, mut found): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        // What was stated in a way that cannot be read is told with the facts, where it stands.
        let told = refused.0.iter().filter_map(|n| problems.get(*n)).filter(|p| !p.code.id().starts_with('F'));
        for help in told.filter_map(|p| p.help.as_deref()) {
            let fact = help.strip_prefix(BEGINS).and_then(|rest| rest.strip_suffix(ENDS));
            let (list, one) = fact.map_or((&mut found, help.to_owned()), |fact| (&mut facts, format!("`{fact}")));
            if !list.contains(&one) {
                list.push(one);
            }
        }
        let set = match facts.as_slice() {
            [] => None,
            [one] => Some(format!("give it with {one}{ENDS}")),
            several => Some(format!("give them with {}{ENDS}", several.join(" "))),
        };
        set.into_iter().chain(found).collect()
    }
}
