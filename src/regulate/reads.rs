//! Whether rules read what rows came to (sales, receipts, what is held), not the rows alone.

use std::collections::BTreeSet;

use crate::formula::code::{Code, Op, Range, Ref};
use crate::formula::names::Per;
use crate::rules::RuleBook;
use crate::rules::book::{EachWhat, Quantity};

use super::Finding;

/// True where a finding or a quantity of a day rests on how rows are treated and matched.
pub fn reads_parts(book: &RuleBook, findings: &[Finding]) -> bool {
    let told = book.duties.iter().filter(|d| findings.iter().any(|f| f.rule == d.name)).collect::<Vec<_>>();
    if told.iter().any(|d| matches!(d.each.what, EachWhat::Disposal)) {
        return true;
    }
    let of_day = book.quantities.iter().filter(|q| q.per.is(Per::Day));
    let mut open: Vec<&Code> = told.iter().flat_map(|d| d.formulas()).map(|f| &f.code).chain(of_day.flat_map(codes)).collect();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    while let Some(code) = open.pop() {
        let (mut parts, mut quantities) = (false, Vec::new());
        code.walk(&mut |node| match &node.op {
            Op::Aggregate { over, .. } => parts |= of_parts(*over),
            Op::Ref(Ref::Tax(_) | Ref::Field(_) | Ref::Part(_) | Ref::Basis(_)) => parts = true,
            Op::Ref(Ref::Quantity(quantity)) | Op::Previous(quantity, _) if seen.insert(*quantity) => quantities.push(*quantity),
            _ => {}
        });
        for quantity in quantities.into_iter().filter_map(|q| book.quantities.get(q)) {
            // What is shared out or carried is made of figures of taxes.
            parts |= quantity.computed.is_some();
            open.extend(codes(quantity));
        }
        if parts {
            return true;
        }
    }
    false
}

fn codes(quantity: &Quantity) -> impl Iterator<Item = &Code> {
    quantity.rule.cases.iter().flat_map(|case| case.when.iter().chain([&case.then])).map(|formula| &formula.code)
}

fn of_parts(over: Range) -> bool {
    use Range as R;
    match over {
        R::Acquisitions | R::Disposals | R::Matches | R::ItsMatches | R::Income | R::Expenses | R::Holdings(_) => true,
        R::Transactions | R::Months | R::Quarters | R::List(_) | R::Days { .. } | R::PeriodsOf(_) | R::SegmentsOf(_) => false,
    }
}
