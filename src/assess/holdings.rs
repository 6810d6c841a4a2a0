//! What is held, lot by lot where lots keep their cost, else by pool.

use crate::ledger::Symbol;
use crate::lots::{Lot, Why};
use crate::number::Decimal;

use super::assessment::Holding;
use super::run::Run;

/// The name under which the cost of the whole portfolio is told, where it belongs to no asset.
const PORTFOLIO: &str = "portfolio";

/// What is held after the last row of a run.
pub fn holdings(run: &Run<'_>) -> Vec<Holding> {
    let env = run.env;
    let at_end = run.at_end();
    let name = |symbol: Symbol| env.ledger.name(symbol).to_owned();
    let whole = at_end.portfolio.is_some();
    let mut found = Vec::new();
    for pool in &at_end.averages {
        let cost = pool.amounts.cost.clone().ok();
        let (asset, account) = (name(pool.asset), name(pool.account));
        found.push(Holding { asset, account, quantity: pool.quantity, cost, acquired: None, lot: None });
    }
    for lot in at_end.lots.iter().filter(|l| l.held && !l.left.is_zero() && !l.averaged) {
        found.push(Holding {
            asset: name(lot.asset),
            account: if lot.by_account { name(lot.account) } else { String::new() },
            quantity: lot.left,
            cost: lot.rest.cost.clone().ok().filter(|_| !whole),
            acquired: Some(lot.day),
            lot: row_of(run, lot),
        });
    }
    found.extend(outside(run));
    found.sort_by(|a, b| (&a.asset, &a.account, a.acquired).cmp(&(&b.asset, &b.account, b.acquired)));
    if let Some(portfolio) = &at_end.portfolio {
        let cost = portfolio.cost.clone().ok();
        let asset = PORTFOLIO.to_owned();
        found.push(Holding { asset, account: String::new(), quantity: Decimal::ZERO, cost, acquired: None, lot: None });
    }
    found
}

fn row_of(run: &Run<'_>, lot: &Lot) -> Option<String> {
    let came = run.classified.movements.ins.get(lot.came_in)?;
    run.env.ledger.rows.get(came.row).map(|r| r.id.to_string())
}

/// Lots that an unpaired withdrawal took out of sight are still the owner's.
fn outside(run: &Run<'_>) -> Vec<Holding> {
    let env = run.env;
    let outs = run.classified.movements.outs.iter().enumerate().filter(|(_, o)| o.why == Why::Outside);
    let parts = outs.flat_map(|(index, _)| run.at_end().parts_of.get(index).cloned().unwrap_or(0..0));
    parts
        .filter_map(|p| {
            let part = run.at_end().parts.get(p)?;
            let lot = run.at_end().lots.get(part.lot?)?;
            Some(Holding {
                asset: env.ledger.name(lot.asset).to_owned(),
                account: "outside".to_owned(),
                quantity: part.quantity,
                cost: part.amounts.cost.clone().ok(),
                acquired: Some(lot.day),
                lot: row_of(run, lot),
            })
        })
        .collect()
}
