//! The taxes of an assessment: what they come to, when they are paid, what is late.

use crate::calendar::Period;
use crate::formula::code::Ref;
use crate::number::{self, Decimal};
use crate::rules::book::{Rounding, Tax};

use super::assessment::{AdvanceLine, Assumption, TaxLine};
use super::env::Env;
use super::late::LateInterest;
use super::refusal::both;
use super::run::Run;

/// Every tax with its periods, applying or not.
pub fn known_taxes(run: &Run<'_>) -> Vec<(String, Vec<String>)> {
    let env = run.env;
    let labels = |index: usize| {
        let periods = run.world.periods(Ref::Tax(index), env.year).unwrap_or_default();
        periods.into_iter().map(|p| env.calendar.label(p)).collect()
    };
    env.book.taxes.iter().enumerate().map(|(index, tax)| (tax.name.clone(), labels(index))).collect()
}

/// A line for each tax and period, and their total.
pub fn all_taxes(run: &Run<'_>) -> (Option<Decimal>, Vec<TaxLine>) {
    let env = run.env;
    let mut lines = Vec::new();
    let mut total: Option<Decimal> = Some(Decimal::ZERO);
    for (index, tax) in env.book.taxes.iter().enumerate() {
        let periods = run.world.periods(Ref::Tax(index), env.year).unwrap_or_else(|refused| {
            // Not even its periods are known: one line for the year says that it was refused.
            env.log.refused_figure(&tax.name, &refused);
            vec![env.year]
        });
        for period in periods {
            let Some(line) = tax_line(run, index, tax, period) else { continue };
            if tax.kind == "tax" && tax.borne_by == "taxpayer" {
                total = total.zip(line.amount).and_then(|(sum, more)| number::add(sum, more).ok()).map(|r| r.value);
            }
            lines.push(line);
        }
    }
    // What a row of the year is for the law is not known: no figure may have asked for it, and yet the total may need it.
    let year = env.rows_in(env.year);
    let unclear = run.classified.unclear.iter().any(|row| year.contains(row));
    (total.filter(|_| !unclear), lines)
}

fn tax_line(run: &Run<'_>, index: usize, tax: &Tax, period: Period) -> Option<TaxLine> {
    let env = run.env;
    let name = Ref::Tax(index);
    let label = run.world.figure_label(name, period);
    let (with, without) = (run.world.tax(index, period), run.without.tax(index, period));
    let mut line = TaxLine {
        id: tax.name.clone(),
        title: tax.title.clone(),
        kind: tax.kind.clone(),
        period: env.calendar.label(period),
        borne_by: tax.borne_by.clone(),
        cite: env.book.citations(&tax.cite),
        decimals: decimals(tax.round.as_ref()),
        late_decimals: decimals(tax.late.as_ref().and_then(|l| l.round.as_ref())),
        ..TaxLine::default()
    };
    match with {
        Ok(value) if !value.applies => return None,
        Ok(value) => {
            // Asked for by name, so that a refusal or a lost digit is noted under the figure.
            let whole = run.world.figure(name, period).and(value.whole);
            let bare = without.and_then(|w| w.whole);
            let payable = both(whole.clone(), value.less);
            for refused in [payable.as_ref().err(), bare.as_ref().err(), value.base.as_ref().and_then(|b| b.as_ref().err())]
                .into_iter()
                .flatten()
            {
                env.log.refused_figure(&label, refused);
            }
            line.base = value.base.and_then(Result::ok);
            line.amount = both(whole.clone(), bare).ok().and_then(|(a, b)| number::sub(a, b).ok()).map(|r| r.value);
            line.payable = payable.ok().and_then(|(whole, less)| number::sub(whole, less).ok()).map(|r| r.value);
            line.whole = whole.ok();
            paying(run, index, tax, period, &mut line);
        }
        Err(refused) => env.log.refused_figure(&label, &refused),
    }
    Some(line)
}

/// The decimals of a rounding.
fn decimals(rounding: Option<&Rounding>) -> Option<u32> {
    rounding.map(|r| r.to.normalize().scale())
}

/// When a tax is paid, what on account, and what its payments bear where they are late.
fn paying(run: &Run<'_>, index: usize, tax: &Tax, period: Period, line: &mut TaxLine) {
    let env = run.env;
    line.due = run.world.due(tax, period).map(|(day, _)| day);
    line.advances = tax.advances.as_ref().map(|advances| {
        let due_for = run.world.advances(index, period).into_iter().filter(|a| a.amount != Ok(Decimal::ZERO));
        let lines = due_for.map(|advance| {
            let label = env.calendar.label(advance.part);
            if let Err(refused) = &advance.amount {
                env.log.refused_figure(&format!("{}.advance@{label}", tax.name), refused);
            }
            let decimals = decimals(advances.round.as_ref());
            AdvanceLine { period: label, amount: advance.amount.ok(), due: advance.due, decimals }
        });
        lines.collect()
    });
    match run.world.late_interest(index, period) {
        None => {}
        Some(Err(refused)) => env.log.refused_figure(&late_label(tax, period, env), &refused),
        Some(Ok(late)) => {
            unsettled(tax, &late, env);
            line.late_interest = Some(late.total);
        }
    }
}

fn late_label(tax: &Tax, period: Period, env: &Env<'_>) -> String {
    let of = if period == env.year { String::new() } else { format!("@{}", env.calendar.label(period)) };
    format!("{}.late_interest{of}", tax.name)
}

/// What the payments of the ledger leave open is told, not guessed.
fn unsettled(tax: &Tax, late: &LateInterest, env: &Env<'_>) {
    let tell = |kind, message| {
        env.log.assumed.borrow_mut().insert(Assumption { kind, name: tax.name.clone(), message });
    };
    for debt in late.debts.iter().filter(|d| d.unpaid > Decimal::ZERO) {
        let label = env.calendar.label(debt.period);
        let unpaid = number::plain(debt.unpaid);
        let of = number::plain(debt.owed);
        let message = format!(
            "`{}` {label}: the ledger shows no payment of {unpaid} {} out of {of}, due on {}; its interest is not counted",
            tax.name, env.book.currency, debt.due
        );
        tell("unpaid", message);
    }
    if let (Some(last), true) = (late.debts.last(), late.overpaid > Decimal::ZERO) {
        let (label, more) = (env.calendar.label(last.period), number::plain(late.overpaid));
        let message = format!("`{}` {label}: the ledger shows payments of {more} {} beyond it", tax.name, env.book.currency);
        tell("overpaid", message);
    }
}
