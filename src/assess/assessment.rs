//! The assessment: what every face of the engine shows. Amounts are exact decimals; rounding happened in cited steps.

use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;
use crate::number::Decimal;
use crate::regulate::Finding;
use crate::rules::book::Cause;

/// The liabilities of one tax year under one law, with what they rest on.
#[derive(Debug, Clone, Default)]
pub struct Assessment {
    /// Code of the jurisdiction.
    pub jurisdiction: String,
    /// `2024` where the year begins on 1 January, else `2024-25`.
    pub tax_year: String,
    pub from: NaiveDate,
    /// The last day, included.
    pub to: NaiveDate,
    pub currency: String,
    /// Sum of `amount` over the taxes of kind `tax` that the taxpayer bears; `None` if one was refused.
    pub total_tax: Option<Decimal>,
    pub taxes: Vec<TaxLine>,
    /// In the order of the rule file.
    pub quantities: Vec<(String, QuantityValue)>,
    pub disposals: Vec<DisposalPart>,
    pub income: Vec<IncomeLine>,
    pub expenses: Vec<ExpenseLine>,
    pub holdings: Vec<Holding>,
    pub readings: Vec<OptionReport>,
    pub choices: Vec<OptionReport>,
    /// With `--all-readings` or `--all-choices`: between what the total lies.
    pub range: Option<Span>,
    /// What is not taxed, by cause, where laws are set side by side.
    pub exempt: Vec<LeftOut>,
    /// The total in the currency of a comparison.
    pub converted: Option<Option<Decimal>>,
    pub assumptions: Vec<Assumption>,
    /// What is required, forbidden or to be reported, where it is not met or not yet done.
    pub findings: Vec<Finding>,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    pub provenance: Provenance,
    /// Every tax of the law with its periods, applying or not.
    pub known_taxes: Vec<(String, Vec<String>)>,
}

/// An amount that is not taxed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub cause: Cause,
    pub of: LeftOutOf,
    /// `None` where it cannot be told.
    pub amount: Option<Decimal>,
}

/// What an amount is left out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOutOf {
    /// Of gains or income that the law counts.
    Counted,
    /// A gain that the law does not count: no disposal of it stands in the assessment.
    Gains,
    /// Receipts that the law does not count as income.
    Receipts,
}

/// One tax of one period.
#[derive(Debug, Clone, Default)]
pub struct TaxLine {
    pub id: String,
    pub title: String,
    /// `tax`, `fee`, `social` or `withholding`.
    pub kind: String,
    /// `2024`, `2024-25`, `2024-Q1`, `2024-07`.
    pub period: String,
    pub base: Option<Decimal>,
    /// What the ledger adds: `whole` less the same tax with an empty ledger.
    pub amount: Option<Decimal>,
    /// The law's own figure on everything.
    pub whole: Option<Decimal>,
    /// `whole` less credits and tax withheld.
    pub payable: Option<Decimal>,
    /// Interest on what was paid late; `None` where the ledger shows no payment.
    pub late_interest: Option<Decimal>,
    /// `None` where the law has no advances of this tax; those of zero are left out.
    pub advances: Option<Vec<AdvanceLine>>,
    pub due: Option<NaiveDate>,
    pub borne_by: String,
    pub cite: Vec<String>,
    /// Decimals the law rounded to, if it rounds; and those of the interest.
    pub decimals: Option<u32>,
    pub late_decimals: Option<u32>,
}

/// A payment on account.
#[derive(Debug, Clone, Default)]
pub struct AdvanceLine {
    /// `2024-Q1`, `2024-01`.
    pub period: String,
    pub amount: Option<Decimal>,
    pub due: Option<NaiveDate>,
    pub decimals: Option<u32>,
}

/// The value of a quantity over the year.
#[derive(Debug, Clone)]
pub enum QuantityValue {
    /// `per: year`; `None` where refused.
    One(Option<Decimal>),
    /// By month, quarter or row, in order.
    Map(Vec<(String, Option<Decimal>)>),
}

/// One part of a disposal, matched to one lot.
#[derive(Debug, Clone, Default)]
pub struct DisposalPart {
    /// `ROW#n`
    pub id: String,
    /// The row.
    pub disposal: String,
    /// `sent` or `fee`.
    pub leg: String,
    pub asset: String,
    pub account: String,
    pub quantity: Decimal,
    pub acquired: Option<NaiveDate>,
    pub disposed: NaiveDate,
    pub proceeds: Option<Decimal>,
    pub cost: Option<Decimal>,
    pub fees: Option<Decimal>,
    pub gain: Option<Decimal>,
    pub taxable_gain: Option<Decimal>,
    pub matched_by: String,
    pub class: String,
    pub term: Option<String>,
    pub held_days: Option<i64>,
}

#[derive(Debug, Clone, Default)]
pub struct IncomeLine {
    pub id: String,
    pub asset: String,
    pub quantity: Option<Decimal>,
    pub received: NaiveDate,
    pub amount: Option<Decimal>,
    pub class: String,
}

#[derive(Debug, Clone, Default)]
pub struct ExpenseLine {
    pub id: String,
    pub amount: Option<Decimal>,
    pub class: String,
}

/// What is held at the end of the period: lot by lot where lots keep their cost, else by pool.
#[derive(Debug, Clone, Default)]
pub struct Holding {
    pub asset: String,
    /// Empty where pools are not kept by account.
    pub account: String,
    pub quantity: Decimal,
    pub cost: Option<Decimal>,
    pub acquired: Option<NaiveDate>,
    /// The row that acquired the lot.
    pub lot: Option<String>,
}

/// A reading or choice: what was chosen, and what the others would have given.
#[derive(Debug, Clone, Default)]
pub struct OptionReport {
    pub name: String,
    pub question: String,
    pub chosen: String,
    pub default: String,
    /// `(option, title, argument)`
    pub options: Vec<(String, String, String)>,
    /// With `--all-readings` or `--all-choices`.
    pub under: Vec<Under>,
    /// True if it changes some tax, under some combination of those tried.
    pub matters: bool,
}

/// Between what the total tax lies under the readings and choices asked about.
#[derive(Debug, Clone, Default)]
pub struct Span {
    /// `None` where every combination was refused.
    pub lowest: Option<Extreme>,
    pub highest: Option<Extreme>,
    /// How many combinations there are.
    pub combinations: u64,
    /// Of those tried, how many have no total because something is missing.
    pub refused: u64,
    /// True if all combinations were tried; else each option alone, the others as chosen.
    pub complete: bool,
}

/// A total and the options that give it.
#[derive(Debug, Clone, Default)]
pub struct Extreme {
    pub total_tax: Decimal,
    /// `(is_reading, name, option)`
    pub options: Vec<(bool, String, String)>,
}

/// The figures under one option, the others as chosen.
#[derive(Debug, Clone, Default)]
pub struct Under {
    pub option: String,
    pub total_tax: Option<Decimal>,
    /// Tax and the sum of its `whole` over the year's periods.
    pub taxes: Vec<(String, Option<Decimal>)>,
}

/// Something the figures rest on that the user did not state and the sources do not fully settle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// `default`, `known_through`, `rounded`, `from`, `unpaid`, `overpaid`, `shadow`.
    pub kind: &'static str,
    pub name: String,
    pub message: String,
}

/// Fingerprints of exactly what was read.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    pub rules_sha256: String,
    pub ledger_sha256: String,
    pub facts_sha256: Option<String>,
    pub prices_sha256: Option<String>,
    pub rates_sha256: Option<String>,
}
