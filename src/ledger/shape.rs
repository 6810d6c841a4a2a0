//! Which legs each kind of row has.

use crate::diagnostic::{Code, Diagnostic};

use super::columns::{Cells, Column};
use super::{Kind, Leg, Symbols, Transaction};

/// Whether a leg must, may or must not stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
    Never,
}

/// The legs of a kind: received, sent, and whether at least one of them (or a fee) must stand.
fn legs(kind: Kind) -> (Need, Need) {
    use Need::{May, Must, Never};
    match kind {
        Kind::Buy => (Must, May),
        Kind::Sell => (May, Must),
        Kind::Swap => (Must, Must),
        Kind::Spend
        | Kind::GiftGiven
        | Kind::Donation
        | Kind::Lost
        | Kind::Stolen
        | Kind::Worthless
        | Kind::Slashed
        | Kind::TaxPaid
        | Kind::Withdrawal => (Never, Must),
        Kind::Mining
        | Kind::Staking
        | Kind::Airdrop
        | Kind::Interest
        | Kind::Reward
        | Kind::Referral
        | Kind::Cashback
        | Kind::Prize
        | Kind::Salary
        | Kind::Revenue
        | Kind::Compensation
        | Kind::GiftReceived
        | Kind::Inheritance
        | Kind::Deposit
        | Kind::Opening => (Must, Never),
        // The old coin may be named as sent, in the amount 0.
        Kind::Fork => (Must, May),
        Kind::Expense | Kind::Fee => (Never, May),
        _ => (May, May),
    }
}

/// Whether rows of a kind may have a received leg, and a sent one.
pub fn takes(kind: Kind) -> (bool, bool) {
    let (received, sent) = legs(kind);
    (received != Need::Never, sent != Need::Never)
}

/// Checks the legs of a row against its kind.
pub fn check(row: &Transaction, cells: &impl Cells, symbols: &Symbols, problems: &mut Vec<Diagnostic>) {
    if row.kind == Kind::Ignore {
        return;
    }
    let mut fault = |column: Column, message: String, help: &str| {
        problems.push(Diagnostic::new(Code::L0207, message).at(cells.place(column)).rows([row.id.to_string()]).help(help));
    };
    let kind = row.kind;
    let (received, sent) = legs(kind);
    for (need, leg, column, side) in
        [(received, row.received, Column::ReceivedAsset, "received"), (sent, row.sent, Column::SentAsset, "sent")]
    {
        match (need, leg) {
            (Need::Must, None) => fault(
                column,
                format!("a row of the kind `{kind}` needs the {side} leg"),
                &format!("fill `{side}_amount` and `{side}_asset`"),
            ),
            (Need::Never, Some(_)) => fault(
                column,
                format!("a row of the kind `{kind}` has no {side} leg"),
                "leave it empty, or choose the kind that fits what happened",
            ),
            _ => {}
        }
    }
    let money = |leg: Option<Leg>| leg.is_some_and(|l| symbols.is_currency(l.asset));
    match kind {
        Kind::Buy if money(row.received) => fault(
            Column::ReceivedAsset,
            "a `buy` receives an asset, not a currency".into(),
            "an asset given for a currency is a `sell`",
        ),
        Kind::Buy if row.sent.is_some() && !money(row.sent) => {
            fault(Column::SentAsset, "a `buy` is paid in a currency".into(), "one asset given for another is a `swap`")
        }
        Kind::Sell if money(row.sent) => {
            fault(Column::SentAsset, "a `sell` gives an asset, not a currency".into(), "a currency given for an asset is a `buy`")
        }
        Kind::Sell if row.received.is_some() && !money(row.received) => {
            fault(Column::ReceivedAsset, "a `sell` is paid in a currency".into(), "one asset given for another is a `swap`")
        }
        Kind::Fork if row.sent.is_some_and(|l| l.amount.is_none_or(|a| !a.is_zero())) => fault(
            Column::SentAmount,
            "a `fork` takes nothing away: what is sent only names the old coin".into(),
            "write the amount 0",
        ),
        Kind::Opening if money(row.received) => {
            fault(Column::ReceivedAsset, "an `opening` is of an asset; currencies have no lots".into(), "leave the row out")
        }
        _ => {}
    }
    let nothing = row.received.is_none() && row.sent.is_none() && row.fee.is_none();
    if nothing && !(kind == Kind::Expense && row.value.is_some()) && received != Need::Must && sent != Need::Must {
        fault(Column::Kind, format!("a row of the kind `{kind}` moves nothing"), "fill the received or the sent leg, or the fee");
    }
}
