//! What is lent becomes a claim, and what comes back closes it, under a law that does not exist.

#[path = "common/lots.rs"]
mod lots;

use lots::{Case, PLAIN, TAX, cost, d, faults, gain, held, law, proceeds};

const FIFO: &str = "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }";

fn lending() -> fisc::rules::RuleBook {
    let claims = "treatment:
  - { kinds: [lend, return, collateral_in, collateral_out], as: exchange, for: claim, cite: [act] }";
    law(&[FIFO, &PLAIN.replacen("treatment:", claims, 1).replace("goes: sent", "goes: apart"), TAX])
}

#[test]
fn a_loan_is_exchanged_for_a_claim_and_the_claim_for_what_comes_back() {
    let book = lending();
    let rows = "2023-01-01T12:00:00Z,b1,buy,w,1,X,10,EUR
        2023-02-01T12:00:00Z,b2,buy,w,2,X,30,EUR
        2023-06-01T12:00:00Z,l,lend,w,,,2,X,1,EUR,50,EUR
        2023-07-01T12:00:00Z,r1,return,v,0.5,X,,,,,16,EUR
        2023-08-01T12:00:00Z,r2,return,v,1.5,X,,,,,40,EUR
        2023-09-01T12:00:00Z,s,sell,w,90,EUR,3,X";
    let a = Case::new(&book, 2023, rows).sound();
    assert_eq!((proceeds(&a, "l"), cost(&a, "l"), gain(&a, "l")), (d("50"), d("25"), d("24")), "the fee is taken off");
    assert_eq!((proceeds(&a, "r1"), cost(&a, "r1")), (d("16"), d("12.5")), "a quarter of what the claim cost");
    assert_eq!((cost(&a, "r2"), gain(&a, "r2")), (d("37.5"), d("2.5")));
    assert_eq!((cost(&a, "s"), gain(&a, "s")), (d("71"), d("19")), "15 that stayed, 16 and 40 that came back");
    assert_eq!(a.disposals.iter().find(|p| p.disposal == "r1").map(|p| p.asset.as_str()), Some("claim on X"));

    let open = Case { holdings_on: Some("2023-07-31"), ..Case::new(&book, 2023, rows) }.sound();
    assert_eq!(held(&open, "claim on X", None), (d("1.5"), d("37.5")));
    assert_eq!(held(&open, "X", None), (d("1.5"), d("31")));
}

#[test]
fn a_claim_is_worth_what_it_is_a_claim_on() {
    let book = lending();
    let rows = "2023-01-01T12:00:00Z,o,opening,w,2,claim on X,,,,,20,EUR
        2023-06-01T12:00:00Z,r,return,w,1,X
        2023-07-01T12:00:00Z,k,spend,w,,,1,claim on X";
    let prices = "2023-06-01T00:00:00Z,X,EUR,25\n2023-07-01T00:00:00Z,X,EUR,31\n";
    let a = Case { prices, ..Case::new(&book, 2023, rows) }.sound();
    assert_eq!((gain(&a, "r"), gain(&a, "k")), (d("15"), d("21")), "the ledger may name a claim, held before it begins too");
}

#[test]
fn more_back_than_was_lent_is_told_and_two_legs_are_an_exchange() {
    let book = lending();
    let a = Case::new(
        &book,
        2023,
        "2023-01-01T12:00:00Z,b1,buy,w,1,X,10,EUR
        2023-06-01T12:00:00Z,l,lend,w,,,1,X,,,20,EUR
        2023-07-01T12:00:00Z,r,return,w,1.1,X,,,,,22,EUR",
    )
    .assess();
    assert!(a.errors.iter().any(|e| e.message.contains("takes 1.1 claim on X, but only 1")), "{:?}", a.errors);
    let b = Case::new(
        &book,
        2023,
        "2023-01-01T12:00:00Z,b1,buy,w,1,X,10,EUR
        2023-06-01T12:00:00Z,l,lend,w,1,AX,1,X,,,20,EUR
        2023-07-01T12:00:00Z,r,return,w,1.1,X,1,AX,,,23,EUR",
    )
    .sound();
    assert_eq!((gain(&b, "l"), gain(&b, "r"), held(&b, "X", None)), (d("10"), d("3"), (d("1.1"), d("23"))));
    // Money is lent without lots.
    let c = Case::new(&book, 2023, "2023-06-01T12:00:00Z,l,lend,w,,,100,EUR\n2023-07-01T12:00:00Z,r,return,w,100,EUR").sound();
    assert_eq!((c.total_tax, c.disposals.len()), (Some(d("0")), 0));
}

#[test]
fn only_an_exchange_brings_a_claim() {
    for text in ["as: disposal, for: claim", "as: exchange, taxed: \"acquired < 2023-01-01\", for: claim"] {
        let treatment = PLAIN.replacen("treatment:", &format!("treatment:\n  - {{ kinds: [lend], {text}, cite: [act] }}"), 1);
        let found = faults(&[FIFO, &treatment, TAX]);
        assert!(found.iter().any(|p| p.code.id() == "R0203" && p.message.contains("is exchanged for it")), "{text}: {found:?}");
    }
}
