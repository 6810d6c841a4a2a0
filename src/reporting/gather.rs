//! The rows of a customer as sums by asset and category.

use std::collections::BTreeMap;

use crate::assess::refusal::{Log, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::{Ledger, Leg, Transaction};
use crate::number::{self, Decimal, NumberError};
use crate::rules::RuleBook;
use crate::rules::book::Side;
use crate::value::{Valuer, Which};

use super::form::{Against, Form, NONE, Rule};

/// What a sum is of: the category and its type, by their places in the form.
pub type What = (usize, Option<usize>);

/// The sums of a customer: by asset, then in the order of the schema.
pub type Sums<'a> = BTreeMap<&'a str, BTreeMap<What, Sum>>;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub amount: Decimal,
    pub units: Decimal,
    pub transactions: u64,
}

/// What values are found with: in the currency of the report, and in that of each threshold.
pub struct Values<'a> {
    pub own: Valuer<'a>,
    pub thresholds: Vec<Valuer<'a>>,
}

pub struct Gather<'a> {
    pub form: &'a Form,
    pub ledger: &'a Ledger,
    pub values: Values<'a>,
    pub log: &'a Log,
}

/// Books that value rows, for the currency of the report and for those of the thresholds.
pub fn books(form: &Form, currency: &str, zone: chrono_tz::Tz) -> (RuleBook, Vec<RuleBook>) {
    let book = |currency: &str| crate::rules::neutral::valuing(form.valuation.clone(), currency, zone);
    (book(currency), form.thresholds.iter().map(|t| book(&t.currency)).collect())
}

impl<'a> Gather<'a> {
    /// The sums of the rows of one customer. What cannot be valued or counted is in the log, and missing here.
    pub fn sums(&self, rows: &[usize]) -> Sums<'a> {
        let mut found = Sums::new();
        for index in rows {
            let Some(row) = self.ledger.rows.get(*index) else { continue };
            for side in [Side::Received, Side::Sent] {
                self.leg(*index, row, side, &mut found);
            }
        }
        found
    }

    fn leg(&self, index: usize, row: &Transaction, side: Side, found: &mut Sums<'a>) {
        let (own, other) = match side {
            Side::Received => (row.received, row.sent),
            Side::Sent => (row.sent, row.received),
        };
        // Money is not reported, and nothing is nothing.
        let Some((leg, units)) = own.filter(|l| self.what(Some(*l)) == Against::Crypto).and_then(|l| Some((l, l.amount?))) else {
            return;
        };
        let against = self.what(other);
        let mut of = |rules: &[Rule], must: bool| match self.rule(rules, index, row, (side, against)) {
            Ok(Some(what)) => {
                let assets = found.entry(self.ledger.name(leg.asset)).or_default();
                self.count(index, row, side, (units, what), assets);
            }
            Ok(None) => {}
            Err(false) if must => self.unknown(row, side),
            Err(_) => {}
        };
        of(&self.form.rules, true);
        of(&self.form.also, false);
    }

    fn what(&self, leg: Option<Leg>) -> Against {
        match leg {
            Some(leg) if self.ledger.is_currency(leg.asset) => Against::Money,
            Some(Leg { amount: Some(amount), .. }) if !amount.is_zero() => Against::Crypto,
            _ => Against::Nothing,
        }
    }

    /// What the first rule that fits says; an error where none fits, `true` if only a value was missing.
    fn rule(
        &self,
        rules: &[Rule],
        index: usize,
        row: &Transaction,
        (side, against): (Side, Against),
    ) -> Result<Option<What>, bool> {
        let word = match self.ledger.name(row.counterparty_kind) {
            "" => NONE,
            word => word,
        };
        for rule in rules.iter().filter(|r| r.fits(side, row.kind, against, word)) {
            if let Some(threshold) = rule.over
                && !self.exceeds(index, side, threshold).ok_or(true)?
            {
                continue;
            }
            return Ok(rule.category.map(|category| (category, rule.kind)));
        }
        Err(false)
    }

    /// Whether the value is above a threshold, in the currency of the threshold.
    fn exceeds(&self, index: usize, side: Side, threshold: usize) -> Option<bool> {
        let (of, valuer) = (self.form.thresholds.get(threshold)?, self.values.thresholds.get(threshold)?);
        let value = self.told(valuer.value(index, which(side)), &of.name)?;
        Some(value > of.over)
    }

    fn told(&self, value: Outcome<Decimal>, figure: &str) -> Option<Decimal> {
        value.inspect_err(|refused| self.log.refused_figure(figure, refused)).ok()
    }

    fn count(&self, index: usize, row: &Transaction, side: Side, (units, what): (Decimal, What), sums: &mut BTreeMap<What, Sum>) {
        let name = self.form.categories.get(what.0).map_or("", |c| c.name.as_str());
        let Some(value) = self.told(self.values.own.value(index, which(side)), name) else { return };
        let Some((value, units)) = self.net(index, row, side, (value, units), name) else { return };
        let sum = sums.entry(what).or_default();
        let added = number::add(sum.amount, value).and_then(|amount| Ok((amount.value, number::add_exact(sum.units, units)?)));
        match added {
            Ok((amount, units)) => *sum = Sum { amount, units, transactions: sum.transactions + 1 },
            Err(error) => self.too_long(row, name, &error),
        }
    }

    /// Value and units of a leg of an exchange without the fee, where that was kept back from what came in.
    fn net(
        &self,
        index: usize,
        row: &Transaction,
        side: Side,
        (value, units): (Decimal, Decimal),
        name: &str,
    ) -> Option<(Decimal, Decimal)> {
        let both = self.what(row.sent) != Against::Nothing && self.what(row.received) != Against::Nothing;
        let kept_back = row.fee.filter(|fee| row.received.is_some_and(|received| received.asset == fee.asset));
        let fee = kept_back.and_then(|fee| fee.amount).filter(|fee| self.form.net_of_fees && both && !fee.is_zero());
        let Some(fee) = fee else { return Some((value, units)) };
        let fee_value = self.told(self.values.own.value(index, Which::Fee), name)?;
        let off = if side == Side::Received { fee } else { Decimal::ZERO };
        let net = number::sub(value, fee_value).and_then(|value| Ok((value.value, number::sub_exact(units, off)?)));
        net.map_err(|error| self.too_long(row, name, &error)).ok()
    }

    fn too_long(&self, row: &Transaction, name: &str, error: &NumberError) {
        self.log.refuse_always(format!("sum:{}", row.id), || {
            let message = format!("with the row `{}` the sum of {name}: {error}", row.id);
            Diagnostic::new(Code::A0209, message).at_opt(self.ledger.place(row)).rows([row.id.to_string()])
        });
    }

    fn unknown(&self, row: &Transaction, side: Side) {
        self.log.refuse_always(format!("category:{}", row.id), || {
            let leg = if side == Side::Received { "received" } else { "sent" };
            let message = format!("the report has no category for the {leg} leg of the row `{}` of kind `{}`", row.id, row.kind);
            Diagnostic::new(Code::A0208, message)
                .at_opt(self.ledger.place(row))
                .rows([row.id.to_string()])
                .help("write it as another kind of row, or as `ignore` if it is no transaction of the customer")
        });
    }
}

fn which(side: Side) -> Which {
    match side {
        Side::Received => Which::Received,
        Side::Sent => Which::Sent,
    }
}
