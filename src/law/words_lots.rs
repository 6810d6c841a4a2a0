//! The order of lots in words.

use crate::number::plain;
use crate::rules::book::{BasisName, DenyLoss, Method, Moves, OnDateWhat, Remainder, Shortfall, ShortfallCost, Step, UnitCost};

use super::words::toward;

fn method(method: Method) -> &'static str {
    match method {
        Method::Specific => "the lots that the row names",
        Method::SameRow => "the lots that the same row brought in",
        Method::SameDay => "lots acquired on the same day, later in it too",
        Method::AcquiredWithin => "lots acquired within days of the disposal",
        Method::Fifo => "first in, first out, by the day of acquisition",
        Method::Lifo => "last in, first out, by the day of acquisition",
        Method::Highest => "the highest unit cost first",
        Method::Lowest => "the lowest unit cost first",
        Method::Average => "average cost of the pool; days first in, first out",
        Method::TotalAverage => "one average cost of the tax year; days first in, first out",
        Method::PortfolioShare => "the share of the whole portfolio's cost that the proceeds have of its worth",
    }
}

pub fn step(step: &Step) -> String {
    let mut text = match step.window {
        Some(window) => {
            let side = if window.after { "to so many after it" } else { "from so many before it" };
            let order = if window.latest_first { "the latest first" } else { "the earliest first" };
            format!("lots acquired within {} days of the disposal, its day {side}, {order}", window.days)
        }
        None => method(step.method).to_owned(),
    };
    if step.averages && step.method != Method::Average {
        text.push_str(", at the average cost of the pool");
    }
    text
}

pub fn unit_cost(cost: &UnitCost) -> String {
    let remainder = match cost.remainder {
        Remainder::Held => "what the rounding leaves stays with what is held",
        Remainder::Sold => "what the rounding leaves goes with what is sold",
        Remainder::Dropped => "what the rounding leaves is dropped",
    };
    let from = cost.at_least.map_or(String::new(), |least| format!(" where it is {} or more", plain(least)));
    format!("the cost of a unit is rounded to {}, {}{from}; {remainder}", plain(cost.to), toward(cost.toward))
}

pub fn moves(moves: &Moves) -> String {
    let take = moves.take.map_or("as the steps say", method);
    let queue = if moves.by_arrival { "by the day they arrived" } else { "by the day they were acquired" };
    format!("a move between pools takes lots {take}; they queue {queue}")
}

pub fn shortfall(shortfall: &Shortfall) -> String {
    let cost = match shortfall.cost {
        ShortfallCost::Zero => "nothing",
        ShortfallCost::Value => "their value",
    };
    format!("units never seen coming in cost {cost}")
}

fn basis(name: &BasisName) -> &str {
    match name {
        BasisName::Cost => "cost",
        BasisName::Basis(name) => name,
    }
}

pub fn on_date(what: &OnDateWhat) -> String {
    match what {
        OnDateWhat::Set(list) => {
            let names: Vec<&str> = list.iter().map(|(name, _)| basis(name)).collect();
            format!("of what is held, set anew: {}", names.join(", "))
        }
        OnDateWhat::Deem { keeps_date, .. } => {
            let day = if *keeps_date { "; the day of acquisition stays" } else { "" };
            format!("everything held counts as sold and bought again{day}")
        }
        OnDateWhat::Regroup { order } => format!("lots are allotted to the pools in force from then on: {}", method(*order)),
    }
}

pub fn deny_loss(rule: &DenyLoss) -> String {
    let into = match &rule.into {
        Some(name) => format!("goes into the {} of what was bought", basis(name)),
        None => "is lost".to_owned(),
    };
    let which = rule.lots.as_ref().map(|f| format!(" of lots where `{}`", f.text)).unwrap_or_default();
    format!(
        "of a disposal{which} at a loss, bought again from {} days before to {} days after it: the loss on so many units does not count and {into}",
        rule.before, rule.after
    )
}
