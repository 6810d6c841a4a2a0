//! The same ledger under several laws, in one currency.

pub mod convert;
pub mod difference;
pub mod question;

use crate::assess::Assessment;
use crate::assess::assessment::LeftOut;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Inputs, Options, assess};
use crate::number::{self, Decimal};
use crate::rules::RuleBook;
use crate::rules::book::Cause;

use convert::Conversion;
use difference::{Difference, difference};

pub use question::Asked;

/// What the laws come to.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    pub currency: String,
    /// In the order in which they were named.
    pub laws: Vec<Compared>,
    /// Of two laws.
    pub difference: Option<Difference>,
}

/// One law. Amounts are in its own currency, but for those of the comparison.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    pub code: String,
    pub title: String,
    /// The same as `assess` gives, with the total converted.
    pub assessment: Assessment,
    pub conversion: Option<Conversion>,
    /// The total in the currency of the comparison.
    pub tax: Option<Decimal>,
    /// Gains of the disposals, before anything is left out; less losses.
    pub gains: Option<Decimal>,
    /// What the law takes as income, before anything is left out.
    pub income: Option<Decimal>,
    /// Base of the tax that comes to most.
    pub base: Option<Decimal>,
    /// The tax by gains, and by gains and income; `None` where there are none.
    pub rate_on_gains: Option<Decimal>,
    pub rate_on_all: Option<Decimal>,
    /// What is left out of tax, by cause.
    pub exempt: Vec<(Cause, Option<Decimal>)>,
    /// Between which totals the tax lies under all readings and choices.
    pub range: Option<(Decimal, Decimal)>,
    /// Why there is no total, or none in the currency of the comparison.
    pub reasons: Vec<String>,
}

impl Compared {
    /// An amount of the law in the currency of the comparison.
    pub fn converted(&self, amount: Option<Decimal>) -> Option<Decimal> {
        self.conversion.as_ref()?.of(amount?).ok()
    }
}

/// Assesses the ledger under each law, each in a thread of its own.
pub fn compare(laws: &[RuleBook], inputs: &Inputs, asked: &Asked) -> Comparison {
    let one = |book: &RuleBook| compared(book, inputs, &asked.options(book), &asked.currency);
    let mut found: Vec<Compared> = std::thread::scope(|scope| {
        let one = &one;
        let running: Vec<_> = laws.iter().map(|book| (book, scope.spawn(move || one(book)))).collect();
        // A thread that ended without its result is run again here, where it is told why.
        running.into_iter().map(|(book, thread)| thread.join().unwrap_or_else(|_| one(book))).collect()
    });
    of_other_laws(&mut found);
    found.iter_mut().for_each(reasons);
    let difference = match found.as_slice() {
        [a, b] => Some(difference(a, b)),
        _ => None,
    };
    Comparison { currency: asked.currency.clone(), laws: found, difference }
}

fn compared(book: &RuleBook, inputs: &Inputs, options: &Options, currency: &str) -> Compared {
    let mut assessment = assess(book, inputs, options);
    let conversion = match Conversion::find(&inputs.rates, &assessment.currency, currency, assessment.to) {
        Ok(conversion) => Some(conversion),
        Err(problem) => {
            assessment.errors.push(problem);
            None
        }
    };
    let assessed = !assessment.known_taxes.is_empty();
    let gains = sum(assessment.disposals.iter().map(|d| d.gain)).filter(|_| assessed);
    let income = sum(assessment.income.iter().map(|i| i.amount)).filter(|_| assessed);
    let all = gains.zip(income).and_then(|(a, b)| number::add(a, b).ok()).map(|r| r.value);
    let rate = |of: Option<Decimal>| {
        let of = of.filter(|of| *of > Decimal::ZERO)?;
        number::div(assessment.total_tax?, of).ok()
    };
    let most = assessment.taxes.iter().filter(|t| t.kind == "tax" && t.base.is_some()).max_by_key(|t| t.whole);
    let mut found = Compared {
        code: book.code.clone(),
        title: book.title.clone(),
        gains,
        income,
        base: most.and_then(|t| t.base),
        rate_on_gains: rate(gains),
        rate_on_all: rate(all),
        exempt: by_cause(&assessment.exempt),
        conversion,
        ..Compared::default()
    };
    found.tax = found.converted(assessment.total_tax);
    let range = match &assessment.range {
        Some(span) => span.lowest.as_ref().zip(span.highest.as_ref()).map(|(low, high)| (low.total_tax, high.total_tax)),
        // A law without readings and choices has one way.
        None if options.all_readings && options.all_choices => assessment.total_tax.map(|total| (total, total)),
        None => None,
    };
    found.range = range.and_then(|(low, high)| Some((found.converted(Some(low))?, found.converted(Some(high))?)));
    assessment.converted = Some(found.tax);
    found.assessment = assessment;
    found
}

/// What is left out for one cause, of whatever it is.
fn by_cause(all: &[LeftOut]) -> Vec<(Cause, Option<Decimal>)> {
    let mut found: Vec<(Cause, Option<Decimal>)> = Vec::new();
    for one in all {
        match found.iter_mut().find(|(cause, _)| *cause == one.cause) {
            Some((_, sum)) => *sum = self::sum([*sum, one.amount].into_iter()),
            None => found.push((one.cause, one.amount)),
        }
    }
    found
}

/// `None` if one of the amounts is not known.
fn sum(amounts: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    let mut amounts = amounts;
    amounts.try_fold(Decimal::ZERO, |sum, more| number::add(sum, more?).ok().map(|r| r.value))
}

/// A payment of a tax, or a word of `category`, that another of the laws knows is no fault under the others.
fn of_other_laws(laws: &mut [Compared]) {
    let is_about = |d: &Diagnostic| matches!(d.code, Code::L0216 | Code::L0213);
    let key = |d: &Diagnostic| (d.code, d.place.clone(), d.rows.clone());
    let all: Vec<Vec<_>> = laws
        .iter()
        .map(|l| l.assessment.errors.iter().chain(&l.assessment.warnings).filter(|d| is_about(d)).map(key).collect())
        .collect();
    // A law whose year could not be assessed has looked at no row.
    let looked: Vec<bool> = laws.iter().map(|l| !l.assessment.known_taxes.is_empty()).collect();
    let known = |d: &Diagnostic| all.iter().zip(&looked).any(|(of_law, looked)| *looked && !of_law.contains(&key(d)));
    for law in laws.iter_mut() {
        law.assessment.errors.retain(|d| !is_about(d) || !known(d));
        law.assessment.warnings.retain(|d| !is_about(d) || !known(d));
    }
}

/// Why a law has no total, or none that can be set beside the others.
fn reasons(law: &mut Compared) {
    if law.tax.is_some() {
        return;
    }
    law.reasons = law.assessment.errors.iter().map(|e| e.message.clone()).collect();
    law.reasons.dedup();
}
