//! Why an amount is left out of tax: words that all laws share, so that they can be set side by side.

use crate::diagnostic::{Code, Diagnostic};
use crate::formula::names::Item;
use crate::formula::types::Type;

use super::book::{At, Rule, RuleBook};

/// A cause for which something is not taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    Rollover,
    HoldingPeriod,
    Allowance,
    Threshold,
    Inclusion,
    Losses,
    LossNotCounted,
    Receipt,
    Gift,
    Asset,
    Person,
    Source,
    OtherTax,
    Other,
}

impl Cause {
    const ALL: &'static [(&'static str, Cause, &'static str)] = &[
        ("rollover", Cause::Rollover, "a swap that is no sale"),
        ("holding_period", Cause::HoldingPeriod, "held long enough"),
        ("allowance", Cause::Allowance, "an allowance"),
        ("threshold", Cause::Threshold, "below a threshold"),
        ("inclusion", Cause::Inclusion, "only a part counts"),
        ("losses", Cause::Losses, "losses set off"),
        ("loss_not_counted", Cause::LossNotCounted, "losses that do not count"),
        ("receipt", Cause::Receipt, "receipts that are not taxed"),
        ("gift", Cause::Gift, "gifts and inheritances"),
        ("asset", Cause::Asset, "assets that are exempt"),
        ("person", Cause::Person, "persons that are exempt"),
        ("source", Cause::Source, "sources that are exempt"),
        ("other_tax", Cause::OtherTax, "taxed in another way"),
        ("other", Cause::Other, "another reason"),
    ];

    /// The words that a rule file may write.
    pub fn words() -> Vec<(&'static str, Cause)> {
        Cause::ALL.iter().map(|(word, cause, _)| (*word, *cause)).collect()
    }

    fn entry(self) -> (&'static str, &'static str) {
        Cause::ALL.iter().find(|(_, cause, _)| *cause == self).map_or(("", ""), |(word, _, title)| (word, title))
    }

    pub fn word(self) -> &'static str {
        self.entry().0
    }

    pub fn title(self) -> &'static str {
        self.entry().1
    }
}

/// An amount is left out: what says so must be an amount of money.
pub fn check(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    let mut fault = |at: &At, message: String, help: &str| {
        problems.push(Diagnostic::new(Code::R0203, message).at(at.place()).help(help));
    };
    let is_money = |unit: &Type| *unit == book.names.money();
    let marked = |rule: &Rule| rule.cases.iter().any(|c| c.because.is_some());
    for quantity in &book.quantities {
        if quantity.because.is_some() && !is_money(&quantity.unit) {
            fault(
                &quantity.at,
                format!("`{}` is left out of tax, but is no amount of money", quantity.name),
                "give it `unit: money`",
            );
        }
        if marked(&quantity.rule) {
            let message = format!("a case of `{}` says why, but a quantity has nothing that it was taken from", quantity.name);
            fault(&quantity.at, message, "put `exempt_because` beside the `unit`: then the quantity itself is what is left out");
        }
    }
    for field in &book.fields {
        let whole = matches!(field.item, Item::Match | Item::Disposal | Item::Income);
        if (field.because.is_some() || marked(&field.rule)) && !(whole && is_money(&field.unit)) {
            let message = format!("`{}` cannot say what is left out of tax", field.name);
            fault(&field.at, message, "it is an amount of money of a match, a disposal or an income");
        }
    }
}
