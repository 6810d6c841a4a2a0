//! The ways of matching, under laws that do not exist: cases that tax authorities print, retold, and figures worked by hand.

#[path = "common/lots.rs"]
mod lots;

use lots::{Case, PLAIN, TAX, cost, d, gain, held, law, lot, matching, of, proceeds, round};

/// Same day first, then the thirty days after, then the average of the pool.
const DAYS_THEN_POOL: &str = "{ pool_by: [asset], sequence: by_step, merge: day, steps: [
  { same_day: { cite: [act] } }, { acquired_within: { after: 30 days, order: fifo, cite: [act] } }, { average: { cite: [act] } } ] }";

#[test]
fn a_pool_gives_its_share() {
    let book = matching(DAYS_THEN_POOL);
    let a = Case::new(
        &book,
        2020,
        "2020-05-01T12:00:00Z,b1,buy,w,100,A,1000,EUR
        2020-09-18T12:00:00Z,b2,buy,w,50,A,125000,EUR
        2020-12-01T12:00:00Z,s,sell,w,300000,EUR,50,A",
    )
    .sound();
    assert_eq!((proceeds(&a, "s"), cost(&a, "s"), gain(&a, "s")), (d("300000"), d("42000"), d("258000")));
    assert_eq!(held(&a, "A", None), (d("100"), d("84000")));
    assert_eq!((a.disposals[0].acquired, a.disposals[0].matched_by.as_str()), (None, "average"));
}

#[test]
fn a_days_purchases_are_one_and_meet_its_sales() {
    let book = matching(DAYS_THEN_POOL);
    let a = Case::new(
        &book,
        2020,
        "2020-05-01T12:00:00Z,b0,buy,w,5000,B,500,EUR
        2020-06-23T09:00:00Z,s1,sell,w,800,EUR,1000,B
        2020-06-23T14:00:00Z,b1,buy,w,1600,B,1000,EUR
        2020-06-23T18:00:00Z,s2,sell,w,600,EUR,500,B",
    )
    .sound();
    assert_eq!(cost(&a, "s1") + cost(&a, "s2"), d("937.5"));
    assert_eq!(gain(&a, "s1") + gain(&a, "s2"), d("462.5"));
    assert_eq!(held(&a, "B", None), (d("5100"), d("562.5")));

    let b = Case::new(
        &book,
        2020,
        "2019-05-01T12:00:00Z,b0,buy,w,8000,D,1000,EUR
        2020-01-31T09:00:00Z,s1,sell,w,500,EUR,5000,D
        2020-01-31T10:00:00Z,b1,buy,w,4000,D,320,EUR
        2020-01-31T11:00:00Z,b2,buy,w,1000,D,75,EUR
        2020-01-31T12:00:00Z,b3,buy,w,1000,D,70,EUR
        2020-01-31T13:00:00Z,s2,sell,w,142,EUR,2000,D
        2020-01-31T14:00:00Z,b4,buy,w,500,D,35,EUR",
    )
    .sound();
    assert_eq!(cost(&b, "s1") + cost(&b, "s2"), d("562.5"));
    assert_eq!(gain(&b, "s1") + gain(&b, "s2"), d("79.5"));
    assert_eq!(held(&b, "D", None), (d("7500"), d("937.5")));
    // Of one purchase of 6,500 for 500, the first sale takes 5,000.
    assert_eq!(round(cost(&b, "s1"), 6), d("384.615385"));
}

#[test]
fn one_purchase_meets_two_earlier_sales() {
    let book = matching(DAYS_THEN_POOL);
    let rows = "2020-05-01T12:00:00Z,b0,buy,w,100000,F,300000,EUR
        2020-07-31T09:00:00Z,b1,buy,w,10000,F,45000,EUR
        2020-07-31T10:00:00Z,s1,sell,w,150000,EUR,30000,F
        2020-08-05T12:00:00Z,s2,sell,w,100000,EUR,20000,F
        2020-08-06T12:00:00Z,b2,buy,w,50000,F,225000,EUR
        2020-08-07T12:00:00Z,s3,sell,w,150000,EUR,100000,F";
    let a = Case::new(&book, 2020, rows).sound();
    assert_eq!((gain(&a, "s1"), gain(&a, "s2")), (d("15000"), d("10000")));
    assert_eq!(round(cost(&a, "s3"), 4), d("313636.3636"));
    assert_eq!(round(gain(&a, "s3"), 4), d("-163636.3636"));
    let (units, left) = held(&a, "F", None);
    assert_eq!((units, round(left, 4)), (d("10000"), d("31363.6364")));
    let methods: Vec<&str> = a.disposals.iter().filter(|x| x.disposal == "s1").map(|x| x.matched_by.as_str()).collect();
    assert_eq!(methods, ["same_day", "acquired_within"]);
}

#[test]
fn a_purchase_of_the_next_year_reaches_back() {
    let book = matching(DAYS_THEN_POOL);
    let rows = "2020-05-01T12:00:00Z,b0,buy,w,100,F,1000,EUR
        2020-12-20T12:00:00Z,s,sell,w,300,EUR,10,F
        2021-01-19T12:00:00Z,b1,buy,w,4,F,80,EUR
        2021-01-20T12:00:00Z,b2,buy,w,4,F,800,EUR";
    let a = Case::new(&book, 2020, rows).sound();
    // Four of the thirtieth day for 80, six of the pool for 60; the day after is too late.
    assert_eq!(cost(&a, "s"), d("140"));
    // What was held when the year ended knows nothing of it.
    assert_eq!(held(&a, "F", None), (d("90"), d("900")));
    let b = Case::new(&book, 2021, rows).sound();
    assert_eq!(held(&b, "F", None), (d("98"), d("1740")));
}

#[test]
fn fees_in_kind_are_disposals() {
    let book = matching(DAYS_THEN_POOL);
    let a = Case::new(
        &book,
        2020,
        "2020-05-01T12:00:00Z,b,buy,w,10000,T,20000,EUR
        2020-08-01T12:00:00Z,s,sell,w,5000,EUR,1000,T,1,T,5000,EUR",
    )
    .sound();
    assert_eq!((gain(&a, "s"), cost(&a, "s")), (d("2998"), d("2002")));
    assert_eq!(held(&a, "T", None), (d("8999"), d("17998")));
    let b = Case::new(
        &book,
        2018,
        "2014-04-01T12:00:00Z,b1,buy,w,1000,L,4000,EUR,150,EUR
        2017-09-01T12:00:00Z,b2,buy,w,500,L,2050,EUR,80,EUR
        2018-05-01T12:00:00Z,s1,sell,w,3360,EUR,700,L,100,EUR
        2018-12-01T12:00:00Z,s2,sell,w,2080,EUR,400,L,105,EUR",
    )
    .sound();
    assert_eq!((round(cost(&b, "s1"), 4), round(gain(&b, "s1"), 4)), (d("2930.6667"), d("329.3333")));
    assert_eq!((round(cost(&b, "s2"), 4), round(gain(&b, "s2"), 4)), (d("1674.6667"), d("300.3333")));
    assert_eq!(round(held(&b, "L", None).1, 4), d("1674.6667"));
}

#[test]
fn rights_shares_of_pools_and_repayments() {
    let book = matching(DAYS_THEN_POOL);
    let a = Case::new(
        &book,
        2020,
        "2020-05-01T12:00:00Z,b,buy,w,100,T,200,EUR
        2020-06-01T12:00:00Z,x,swap,w,1,CLAIM,100,T,,,150,EUR
        2020-06-02T12:00:00Z,b2,buy,w,525,U,5250,EUR
        2020-06-20T12:00:00Z,r,repay,w,,,525,U,,,6300,EUR",
    )
    .sound();
    assert_eq!((gain(&a, "x"), gain(&a, "r")), (d("-50"), d("1050")));
    let rows = "2020-05-01T12:00:00Z,b1,buy,w,1000,A,1000,EUR
        2020-05-01T12:00:00Z,b2,buy,w,1000,B,500,EUR
        2020-11-11T12:00:00Z,x1,swap,w,5,LP,50,A,,,60,EUR
        2020-11-11T12:00:01Z,x2,swap,w,5,LP,100,B,,,60,EUR
        2021-05-24T12:00:00Z,x3,swap,w,25,A,2.5,LP,,,37.5,EUR
        2021-05-24T12:00:01Z,x4,swap,w,100,B,2.5,LP,,,50,EUR";
    let b = Case::new(&book, 2020, rows).sound();
    assert_eq!((gain(&b, "x1"), gain(&b, "x2"), held(&b, "A", None).1), (d("10"), d("10"), d("950")));
    let c = Case::new(&book, 2021, rows).sound();
    assert_eq!(gain(&c, "x3") + gain(&c, "x4"), d("27.5"));
}

const BY_WALLET: &str = "{ pool_by: [asset, account], sequence: by_disposal, steps: [
  { same_row: { cite: [act] } }, { specific: { cite: [act] } }, { fifo: { cite: [act] } } ] }";

#[test]
fn a_unit_withheld_comes_from_what_was_received() {
    let book = matching(BY_WALLET);
    let a = Case::new(
        &book,
        2025,
        "2025-01-02T12:00:00Z,b,buy,w,10,A,5,EUR
        2025-03-01T12:00:00Z,x,swap,w,20,B,10,A,3,B,20,EUR",
    )
    .sound();
    let sent = |p: &fisc::assess::assessment::DisposalPart| p.leg == "sent";
    let part = a.disposals.iter().find(|p| sent(p)).unwrap();
    assert_eq!((part.proceeds, part.gain), (Some(d("17")), Some(d("12"))));
    let fee = a.disposals.iter().find(|p| !sent(p)).unwrap();
    assert_eq!((fee.gain, fee.matched_by.as_str()), (Some(d("0")), "same_row"));
    assert_eq!(held(&a, "B", None), (d("17"), d("17")));
    // Where older units are held too, they stay.
    let b = Case::new(
        &book,
        2026,
        "2025-01-01T12:00:00Z,b1,buy,w,10,AB,7,EUR
        2025-01-01T12:00:00Z,b2,buy,w,30,CD,9,EUR
        2026-06-30T12:00:00Z,x,swap,w,10,AB,10,CD,1,AB,20,EUR",
    )
    .sound();
    assert_eq!((lot(&b, "b1"), lot(&b, "x")), (d("10"), d("9")));
}

#[test]
fn a_fee_in_a_third_coin_and_a_fee_on_the_fee() {
    let book = matching(BY_WALLET);
    let a = Case::new(
        &book,
        2025,
        "2025-01-02T12:00:00Z,b1,buy,w,10,A,5,EUR
        2025-01-02T12:00:00Z,b2,buy,w,3,C,1.5,EUR
        2025-03-01T12:00:00Z,x,swap,w,20,B,10,A,2,C,20,EUR
        2025-03-01T12:00:01Z,f,fee,w,,,1,C,,,1,EUR",
    );
    let a = Case { prices: "2025-03-01T12:00:00Z,C,EUR,1\n", ..a }.sound();
    let of_asset = |asset: &str, column: fn(&fisc::assess::assessment::DisposalPart) -> Option<fisc::number::Decimal>| {
        a.disposals.iter().filter(|p| p.asset == asset).map(|p| column(p).unwrap()).sum::<fisc::number::Decimal>()
    };
    assert_eq!((of_asset("A", |p| p.proceeds), of_asset("A", |p| p.gain)), (d("18"), d("13")));
    assert_eq!((of_asset("C", |p| p.proceeds), of_asset("C", |p| p.gain)), (d("2"), d("0.5")));
    assert_eq!((held(&a, "B", None), held(&a, "C", None).0), ((d("20"), d("20")), d("0")));
}

#[test]
fn lots_move_with_their_day_and_may_be_chosen() {
    let book = law(&[
        &format!("matching: {BY_WALLET}"),
        PLAIN,
        "each_match:\n  is_long: { unit: yes_no, formula: \"disposed > acquired + 1 year\", cite: [act] }\n  long_gain: { unit: money, formula: \"if is_long then proceeds - cost else 0\", cite: [act] }",
        TAX,
        "  long_tax: { title: Long, amount: \"sum of long_gain over matches\", cite: [act] }",
    ]);
    let rows = |lot: &str| {
        format!(
            "2025-01-01T12:00:00Z,l1,buy,origin,10,DE,20,EUR
        2026-01-01T12:00:00Z,l2,buy,origin,20,DE,100,EUR
        2026-09-01T10:00:00Z,o,withdrawal,origin,,,30,DE
        2026-09-01T10:05:00Z,i,deposit,own,30,DE
        2026-09-02T12:00:00Z,s,spend,own,,,10,DE,,,100,EUR,,{lot}"
        )
    };
    let chosen = Case::new(&book, 2026, &rows("l2")).sound();
    assert_eq!((cost(&chosen, "s"), gain(&chosen, "s")), (d("50"), d("50")));
    assert_eq!((lot(&chosen, "l1"), lot(&chosen, "l2")), (d("10"), d("10")));
    assert_eq!(chosen.taxes[1].whole, Some(d("0")));
    let first = Case::new(&book, 2026, &rows("")).sound();
    assert_eq!((cost(&first, "s"), gain(&first, "s")), (d("20"), d("80")));
    assert_eq!(first.taxes[1].whole, Some(d("80")), "the day of the transfer does not count");
    assert_eq!(first.disposals[0].acquired.unwrap().to_string(), "2025-01-01");
}

/// One pool for all wallets until 2024, a pool for each from 2025.
fn wallets(order: &str) -> fisc::rules::RuleBook {
    law(&[
        "matching:
  - { until: 2024-12-31, pool_by: [asset], sequence: by_disposal, steps: [ { specific: { cite: [act] } }, { fifo: { cite: [act] } } ] }
  - { from: 2025-01-01, pool_by: [asset, account], sequence: by_disposal, steps: [ { specific: { cite: [act] } }, { fifo: { cite: [act] } } ] }",
        &format!("on_date: [ {{ on: 2025-01-01, regroup: {{ order: {order} }}, cite: [act] }} ]"),
        PLAIN,
        TAX,
    ])
}

const UNIVERSAL: &str = "2019-07-01T12:00:00Z,l1,buy,XYZ,10,DE,10,EUR
    2020-09-01T12:00:00Z,l2,buy,GHI,20,DE,100,EUR
    2024-12-01T12:00:00Z,s1,sell,XYZ,60,EUR,6,DE,,,,,,l2
    2025-03-01T12:00:00Z,s2,sell,GHI,20,EUR,2,DE";

#[test]
fn pools_by_wallet_follow_a_pool_for_all() {
    let book = wallets("highest");
    let a = Case { holdings_on: Some("2025-01-01"), ..Case::new(&book, 2024, UNIVERSAL) }.sound();
    assert_eq!(cost(&a, "s1"), d("30"));
    assert_eq!(held(&a, "DE", None), (d("24"), d("80")));
    assert_eq!(held(&a, "DE", Some("XYZ")), (d("4"), d("20")), "the dearest go to the first wallet");
    assert_eq!(held(&a, "DE", Some("GHI")), (d("20"), d("60")));
    let b = Case::new(&book, 2025, UNIVERSAL).sound();
    assert_eq!(cost(&b, "s2"), d("2"));
    // The day before, one pool.
    let c = Case::new(&book, 2024, UNIVERSAL).sound();
    assert_eq!((held(&c, "DE", None), held(&c, "DE", Some("XYZ")).0), ((d("24"), d("80")), d("0")));
}

#[test]
fn the_taxpayer_may_allot_lots_himself() {
    let book = wallets("highest");
    let facts = "allocation: [ { lot: l1, account: XYZ, quantity: 3 } ]";
    let a = Case { holdings_on: Some("2025-01-01"), facts, ..Case::new(&book, 2025, UNIVERSAL) }.sound();
    // Three at 1 as stated, one at 5 by the rule.
    assert_eq!(held(&a, "DE", Some("XYZ")), (d("4"), d("8")));
    assert_eq!(held(&a, "DE", Some("GHI")), (d("20"), d("72")));
}

#[test]
fn first_in_first_out_after_a_gift() {
    let book = matching("{ pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }");
    let a = Case::new(
        &book,
        2025,
        "2010-05-01T12:00:00Z,b1,buy,w,100,XYZ,1000,EUR
        2011-01-15T12:00:00Z,b2,buy,w,200,XYZ,2200,EUR
        2011-07-15T12:00:00Z,g,gift_given,w,,,50,XYZ
        2013-12-15T12:00:00Z,b3,buy,w,100,XYZ,900,EUR
        2025-04-15T12:00:00Z,s,sell,w,,EUR,130,XYZ",
    )
    .assess();
    assert_eq!(cost(&a, "s"), d("1380"));
    assert!(a.disposals.iter().all(|p| p.gain.is_none() && p.cost.is_some()), "the price is not given");
}

/// Two bases of a gift: the giver's cost for a gain, the value for a loss.
const GIFTS: &str = r#"
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
bases:
  loss_basis: { title: Basis for a loss, start: "if acquired_kind is gift_received then min(cost, received_value) else cost", cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [gift_received], as: acquisition, cost: carried, acquired: carried, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [migrate], as: rollover, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [acquisition, disposal, rollover, move], goes: received, in_coin: removal, cite: [act] }
each_match:
  gain:
    unit: money
    cases:
      - { when: "proceeds > cost", then: "proceeds - cost" }
      - { when: "proceeds < loss_basis", then: "proceeds - loss_basis" }
      - { otherwise: "0" }
    cite: [act]
  is_long: { unit: yes_no, formula: "disposed > acquired + 1 year", cite: [act] }
quantities:
  gains: { unit: money, formula: "sum of gain over matches", cite: [act] }
  long_units: { unit: number, formula: "sum of quantity over matches where is_long", cite: [act] }
taxes:
  gains_tax: { title: Tax, amount: "gains * 10% + 0 EUR * long_units", cite: [act] }
"#;

#[test]
fn a_gift_has_two_bases() {
    let book = law(&[GIFTS]);
    for (value, price, want) in [("9000", "9500", "0"), ("8000", "12000", "2000"), ("8000", "7000", "-1000")] {
        let rows = format!(
            "2025-02-01T12:00:00Z,g,gift_received,w,1,ITEM,,,,,{value},EUR,,,10000,2020-05-01
            2025-03-01T12:00:00Z,m,migrate,w,2,ITEM2,1,ITEM
            2025-08-01T12:00:00Z,s,sell,w,{price},EUR,2,ITEM2"
        );
        let a = Case::new(&book, 2025, &rows).sound();
        assert_eq!(gain(&a, "s"), d(want), "worth {value}, sold at {price}");
        assert_eq!(a.disposals[0].acquired.unwrap().to_string(), "2020-05-01", "the giver's day counts");
    }
    // Half of it takes half of each.
    let a = Case::new(
        &book,
        2025,
        "2025-02-01T12:00:00Z,g,gift_received,w,1,ITEM,,,,,8000,EUR,,,10000,2020-05-01
        2025-08-01T12:00:00Z,s,sell,w,3500,EUR,0.5,ITEM",
    )
    .sound();
    assert_eq!(gain(&a, "s"), d("-500"));
}

#[test]
fn what_a_giver_paid_is_not_guessed() {
    let book = law(&[GIFTS]);
    let a = Case::new(
        &book,
        2025,
        "2025-02-01T12:00:00Z,g,gift_received,w,1,ITEM,,,,,8000,EUR
        2025-08-01T12:00:00Z,s,sell,w,3500,EUR,0.5,ITEM",
    )
    .assess();
    assert_eq!(a.total_tax, None);
    let codes: Vec<&str> = a.errors.iter().map(|e| e.code.id()).collect();
    assert!(codes.contains(&"A0204"), "{codes:?}");
    assert!(a.errors.iter().any(|e| e.message.contains("giver") && e.rows == ["g"]), "{:?}", a.errors);
}

#[test]
fn one_cost_for_the_whole_portfolio() {
    let book = law(&[
        "facts: { portfolio: { title: Worth of everything, about: row, unit: money } }",
        "matching: { pool_by: [], sequence: by_disposal, steps: [ { portfolio_share: { value: \"portfolio\", cite: [act] } } ] }",
        PLAIN,
        TAX,
    ]);
    let facts = "portfolio: { s1: 1200, s2: 1300 }";
    let rows = "2024-01-10T12:00:00Z,b,buy,w,1,XYZ,1000,EUR
        2024-03-10T12:00:00Z,s1,sell,w,450,EUR,0.375,XYZ
        2024-08-10T12:00:00Z,s2,sell,w,1300,EUR,0.625,XYZ";
    let a = Case { facts, ..Case::new(&book, 2024, rows) }.sound();
    assert_eq!((cost(&a, "s1"), gain(&a, "s1"), gain(&a, "s2")), (d("375"), d("75"), d("675")));
    let b = Case { facts, holdings_on: Some("2024-03-10"), ..Case::new(&book, 2024, rows) }.sound();
    let portfolio = b.holdings.iter().find(|h| h.asset == "portfolio").unwrap();
    assert_eq!(portfolio.cost, Some(d("625")));
    assert_eq!(b.holdings.iter().find(|h| h.asset == "XYZ").map(|h| (h.quantity, h.cost)), Some((d("0.625"), None)));
}

#[test]
fn a_portfolio_is_valued_at_the_prices_given() {
    let book =
        law(&["matching: { pool_by: [], sequence: by_disposal, steps: [ { portfolio_share: { cite: [act] } } ] }", PLAIN, TAX]);
    let prices = "2024-03-10T00:00:00Z,A,EUR,100\n2024-03-10T00:00:00Z,B,EUR,10\n2024-08-10T00:00:00Z,A,EUR,50\n";
    let rows = "2024-01-10T12:00:00Z,b1,buy,w,10,A,500,EUR
        2024-01-11T12:00:00Z,b2,buy,v,100,B,1500,EUR
        2024-02-01T12:00:00Z,m,migrate,w,1,C,1,C
        2024-03-10T12:00:00Z,s1,sell,w,400,EUR,4,A
        2024-08-10T12:00:00Z,s2,sell,w,100,EUR,2,A";
    let rows = rows.replace("        2024-02-01T12:00:00Z,m,migrate,w,1,C,1,C\n", "");
    let a = Case { prices, ..Case::new(&book, 2024, &rows) }.assess();
    // Just before, everything is worth 10 x 100 + 100 x 10 = 2,000; a fifth of 2,000 paid.
    assert_eq!((cost(&a, "s1"), gain(&a, "s1")), (d("400"), d("0")));
    // The second sale lacks a price of B, and says so.
    assert!(a.errors.iter().any(|e| e.code.id() == "A0203" && e.message.contains("B/EUR")), "{:?}", a.errors);
    assert_eq!(a.total_tax, None);
}

#[test]
fn a_swap_inside_the_portfolio_leaves_its_cost() {
    let book = law(&[
        "facts: { portfolio: { title: Worth of everything, about: row, unit: money } }",
        "matching: { pool_by: [], sequence: by_disposal, steps: [ { portfolio_share: { value: \"portfolio\", cite: [act] } } ] }",
        PLAIN,
        TAX,
    ]);
    let rows = "2024-01-10T12:00:00Z,b,buy,w,5,A,20000,EUR
        2024-02-10T12:00:00Z,m,migrate,w,1,B,5,A
        2024-03-10T12:00:00Z,s1,sell,w,8000,EUR,0.25,B
        2024-04-10T12:00:00Z,b2,buy,w,1,A,3000,EUR
        2024-05-10T12:00:00Z,s2,sell,w,6000,EUR,0.25,B";
    let a = Case { facts: "portfolio: { s1: 32000, s2: 27000 }", ..Case::new(&book, 2024, rows) }.sound();
    assert_eq!((gain(&a, "s1"), gain(&a, "s2")), (d("3000"), d("2000")));
    // The working has the numbers of the share.
    let case = Case { facts: "portfolio: { s1: 32000, s2: 5000 }", ..Case::new(&book, 2024, rows) };
    let told = |figure: &str| {
        let step = fisc::engine::explain(&book, &case.inputs(), &case.options(), figure).unwrap();
        fisc::report::story::tell(&step, fisc::report::story::Depth::Full, false)
    };
    assert!(told("cost@s1").contains("20000 x 8000 / 32000"), "{}", told("cost@s1"));
    assert!(told("cost@s2").contains("all of the portfolio's cost, 18000"), "{}", told("cost@s2"));
}

/// One average of the year, or a moving one, as the taxpayer chose.
fn yearly(rounding: &str) -> fisc::rules::RuleBook {
    law(&[
        "choices: { method: { question: Which?, options: { total: { title: Year }, moving: { title: Moving } }, default: total, cite: [act] } }",
        &format!(
            "matching: {{ pool_by: [asset], sequence: by_disposal, steps: [ {{ average: {{ when: \"method is moving\", {rounding} cite: [act] }} }}, {{ total_average: {{ {rounding} cite: [act] }} }} ] }}"
        ),
        PLAIN,
        TAX,
    ])
}

const A_YEAR: &str = "2017-03-09T12:00:00Z,b1,buy,w,4,BTC,2000000,EUR
    2017-05-20T12:00:00Z,s,sell,w,110000,EUR,0.2,BTC
    2017-09-28T12:00:00Z,p,spend,w,,,0.3,BTC,,,155000,EUR
    2017-11-02T12:00:00Z,x,swap,w,1,OTHER,1,BTC,,,600000,EUR
    2017-11-30T12:00:00Z,b2,buy,w,2,BTC,1600000,EUR";

#[test]
fn one_average_of_the_year() {
    let book = yearly("");
    let a = Case::new(&book, 2017, A_YEAR).sound();
    assert_eq!(cost(&a, "s"), d("120000"), "600,000 a unit, the purchase of November in it");
    assert_eq!(gain(&a, "s") + gain(&a, "p") + gain(&a, "x"), d("-35000"));
    assert_eq!(held(&a, "BTC", None), (d("4.5"), d("2700000")));
    assert_eq!(held(&a, "OTHER", None), (d("1"), d("600000")));
    let moving = Case { choices: &[("method", "moving")], ..Case::new(&book, 2017, A_YEAR) }.sound();
    assert_eq!((cost(&moving, "s"), gain(&moving, "s")), (d("100000"), d("10000")));
    assert_eq!(gain(&moving, "x"), d("100000"));
    // Two years: what is left of the first opens the second.
    let more =
        format!("{A_YEAR}\n2018-02-01T12:00:00Z,b3,buy,w,1.5,BTC,1500000,EUR\n2018-03-01T12:00:00Z,s2,sell,w,800000,EUR,1,BTC");
    let next = Case::new(&book, 2018, &more).sound();
    assert_eq!(cost(&next, "s2"), d("700000"), "(2,700,000 + 1,500,000) / 6");
}

#[test]
fn a_unit_cost_may_be_rounded() {
    let rows = "2017-01-01T12:00:00Z,b,buy,w,3,X,10,EUR
        2017-02-01T12:00:00Z,s1,sell,w,5,EUR,1,X
        2017-03-01T12:00:00Z,s2,sell,w,5,EUR,1,X";
    for (remainder, method, sold, left) in [
        ("held", "total", ("4", "4"), "2"),
        ("sold", "total", ("3", "3"), "4"),
        ("dropped", "total", ("4", "4"), "4"),
        ("held", "moving", ("4", "3"), "3"),
    ] {
        let book = yearly(&format!("unit_cost: {{ round: {{ to: 1, toward: up }}, remainder: {remainder}, cite: [act] }},"));
        let a = Case { choices: &[("method", method)], ..Case::new(&book, 2017, rows) }.sound();
        assert_eq!((cost(&a, "s1"), cost(&a, "s2")), (d(sold.0), d(sold.1)), "{remainder} {method}");
        assert_eq!(held(&a, "X", None).1, d(left), "{remainder} {method}");
    }
}

#[test]
fn a_rounded_unit_cost_takes_no_more_than_there_is() {
    let rounding = |least: &str, remainder: &str| {
        yearly(&format!("unit_cost: {{ round: {{ to: 1, toward: up }}, {least} remainder: {remainder}, cite: [act] }},"))
    };
    // A unit costs 0.2: rounded to 1, the half that is sold would cost 5 of 2.
    let rows = "2017-01-01T12:00:00Z,b,buy,w,10,X,2,EUR
        2017-02-01T12:00:00Z,s1,sell,w,5,EUR,5,X
        2017-03-01T12:00:00Z,s2,sell,w,5,EUR,2,X";
    for (least, remainder, method, sold, left) in [
        ("", "held", "moving", ("2", "0"), "0"),
        ("", "sold", "moving", ("0", "0"), "2"),
        ("at_least: 1,", "held", "moving", ("1", "0.4"), "0.6"),
        ("at_least: 1,", "held", "total", ("1", "0.4"), "0.6"),
        ("at_least: 0.2,", "held", "moving", ("2", "0"), "0"),
    ] {
        let book = rounding(least, remainder);
        let a = Case { choices: &[("method", method)], ..Case::new(&book, 2017, rows) }.sound();
        assert_eq!((cost(&a, "s1"), cost(&a, "s2")), (d(sold.0), d(sold.1)), "{least} {remainder} {method}");
        assert_eq!(held(&a, "X", None).1, d(left), "{least} {remainder} {method}");
    }
}

/// A method chosen by the year: the new one begins with what the old one left.
#[test]
fn matching_follows_a_choice_from_year_to_year() {
    let rows = "2017-01-01T12:00:00Z,b1,buy,w,2,X,200,EUR
        2017-02-01T12:00:00Z,s1,sell,w,500,EUR,1,X
        2017-03-01T12:00:00Z,b2,buy,w,1,X,400,EUR
        2018-01-01T12:00:00Z,b3,buy,w,2,X,200,EUR
        2018-02-01T12:00:00Z,s2,sell,w,500,EUR,1,X
        2018-03-01T12:00:00Z,b4,buy,w,1,X,900,EUR
        2019-02-01T12:00:00Z,s3,sell,w,500,EUR,1,X
        2019-03-01T12:00:00Z,b5,buy,w,1,X,100,EUR";
    let whole = yearly("");
    // The same by a condition over the lot, read again when the year turns.
    let by_lot = law(&[
        "choices: { method: { question: Which?, options: { total: { title: Year }, moving: { title: Moving } }, default: total, cite: [act] } }",
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { average: { where: \"method is moving\", cite: [act] } }, { total_average: { cite: [act] } } ] }",
        PLAIN,
        TAX,
    ]);
    for (book, how) in [(&whole, "step"), (&by_lot, "lot")] {
        // 2017 by the year: 600 over 3. 2018 moving: 600 over 4 when s2 sells. 2019 by the year again: 1,450 over 5.
        let stated = [("method", "{2017: total, 2018: moving, 2019: total}")];
        for (year, row, wanted, left) in [(2017, "s1", "200", "400"), (2018, "s2", "150", "1350"), (2019, "s3", "290", "1160")] {
            let a = Case { choices: &stated, ..Case::new(book, year, rows) }.sound();
            assert_eq!((cost(&a, row), held(&a, "X", None).1), (d(wanted), d(left)), "{how} {year}");
        }
        // Chosen once and for all, nothing turns.
        let a = Case { choices: &[("method", "moving")], ..Case::new(book, 2018, rows) }.sound();
        assert_eq!(cost(&a, "s2"), d("175"), "{how}: 700 over 4");
    }
}

#[test]
fn a_cost_carried_out_of_a_years_average_is_known_with_it() {
    let book = law(&[
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { total_average: { cite: [act] } } ] }",
        PLAIN,
        TAX,
    ]);
    let rows = "2017-01-01T12:00:00Z,b1,buy,w,2,A,20,EUR
        2017-02-01T12:00:00Z,m,migrate,w,10,B,1,A
        2017-03-01T12:00:00Z,s,sell,w,50,EUR,5,B
        2017-04-01T12:00:00Z,b2,buy,w,2,A,60,EUR";
    let a = Case::new(&book, 2017, rows).sound();
    // A costs 80 for 4: 20 goes over to 10 B, of which half is sold.
    assert_eq!((cost(&a, "s"), held(&a, "A", None), held(&a, "B", None)), (d("10"), (d("3"), d("60")), (d("5"), d("10"))));
    // Out of the average and back into it, less what the way cost: fewer units share what is there.
    let bridged = format!("{rows}\n2017-05-01T12:00:00Z,m2,migrate,w,0.5,A,1,A\n2017-06-01T12:00:00Z,s3,sell,w,50,EUR,1,A");
    let c = Case::new(&book, 2017, &bridged).sound();
    // 80 for 4 - 0.5 units.
    assert_eq!((cost(&c, "s3").round_dp(6), held(&c, "A", None).0), (d("22.857143"), d("1.5")));
    assert_eq!(cost(&c, "s3") + held(&c, "A", None).1 + held(&c, "B", None).1 + cost(&c, "s"), d("80"));
    // There and back within the year: neither average comes first.
    let circle = format!("{rows}\n2017-05-01T12:00:00Z,m2,migrate,w,1,A,1,B\n2017-06-01T12:00:00Z,s3,sell,w,50,EUR,1,A");
    let b = Case::new(&book, 2017, &circle).assess();
    assert!(b.errors.iter().any(|e| e.code.id() == "A0204"), "{:?}", b.errors);
    assert_eq!(b.total_tax, None);
}

#[test]
fn an_average_moves_with_every_purchase() {
    let book = matching("{ pool_by: [asset], sequence: by_disposal, steps: [ { average: { cite: [act] } } ] }");
    let rows = "2015-02-01T12:00:00Z,b1,buy,w,100,STU,1500,EUR
        2016-02-01T12:00:00Z,b2,buy,w,150,STU,3000,EUR
        2017-02-01T12:00:00Z,s,sell,w,,EUR,200,STU
        2018-02-01T12:00:00Z,b3,buy,w,350,STU,7350,EUR";
    let a = Case::new(&book, 2017, rows).assess();
    assert_eq!((cost(&a, "s"), held(&a, "STU", None)), (d("3600"), (d("50"), d("900"))));
    assert_eq!(held(&Case::new(&book, 2018, rows).assess(), "STU", None), (d("400"), d("8250")));
    let reward = Case::new(
        &book,
        2024,
        "2023-05-01T12:00:00Z,b,buy,w,5000,C,5000,EUR
        2023-12-01T12:00:00Z,k,staking,w,100,C,,,,,250,EUR
        2024-02-01T12:00:00Z,s,sell,w,12500,EUR,5100,C",
    )
    .sound();
    assert_eq!((cost(&reward, "s"), gain(&reward, "s")), (d("5250"), d("7250")));
}

#[test]
fn coins_of_an_old_law_stay_out_of_the_average() {
    let book = law(&[
        "matching:
  pool_by: [asset]
  sequence: by_disposal
  steps:
    - specific: { where: \"acquired < 2021-03-01\", cite: [act] }
    - average: { where: \"acquired >= 2021-03-01\", cite: [act] }
    - fifo: { cite: [act] }",
        PLAIN,
        TAX,
    ]);
    let rows = |lot: &str| {
        format!(
            "2020-01-10T12:00:00Z,old,buy,w,1,ETH,100,EUR
        2023-01-10T12:00:00Z,n1,buy,w,1,ETH,1500,EUR
        2023-03-01T12:00:00Z,n2,buy,w,2,ETH,3600,EUR
        2023-04-01T12:00:00Z,s1,sell,w,2400,EUR,1,ETH,,,,,,{lot}
        2023-05-01T12:00:00Z,n3,buy,w,1,ETH,2600,EUR
        2023-06-01T12:00:00Z,s2,sell,w,3150,EUR,1.5,ETH"
        )
    };
    let a = Case::new(&book, 2023, &rows("")).sound();
    assert_eq!((gain(&a, "s1"), gain(&a, "s2")), (d("700"), d("150")));
    let old = a.holdings.iter().find(|h| h.lot.as_deref() == Some("old")).unwrap();
    assert_eq!((old.quantity, old.cost, old.acquired.unwrap().to_string().as_str()), (d("1"), Some(d("100")), "2020-01-10"));
    // The owner may say that it is an old coin he sells.
    let b = Case::new(&book, 2023, &rows("old")).sound();
    assert_eq!((gain(&b, "s1"), cost(&b, "s2")), (d("2300"), d("2887.5")));
}

#[test]
fn a_swap_may_be_taxed_for_old_coins_alone() {
    let book = law(&[
        "matching:
  pool_by: [asset]
  sequence: by_disposal
  steps:
    - fifo: { where: \"acquired < 2021-03-01\", cite: [act] }
    - average: { cite: [act] }",
        "treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [swap], as: exchange, taxed: \"acquired < 2021-03-01\", cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [acquisition, disposal, exchange, move], goes: received, in_coin: removal, cite: [act] }",
        TAX,
    ]);
    let a = Case::new(
        &book,
        2023,
        "2020-01-10T12:00:00Z,old,buy,w,1,ETH,100,EUR
        2023-01-10T12:00:00Z,n1,buy,w,3,ETH,5100,EUR
        2023-04-01T12:00:00Z,x,swap,w,0.2,BTC,2,ETH,,,4000,EUR
        2023-05-01T12:00:00Z,s,sell,w,5000,EUR,0.2,BTC",
    )
    .sound();
    // Half of the swap is taxed: 2,000 for 100. The other half carries 1,700 over.
    let parts: Vec<_> = a.disposals.iter().filter(|p| p.disposal == "x").collect();
    assert_eq!((parts.len(), parts[0].quantity, parts[0].gain), (1, d("1"), Some(d("1900"))));
    assert_eq!((cost(&a, "s"), gain(&a, "s")), (d("3700"), d("1300")));
}

/// A loss on what is bought again within thirty days is moved into its cost.
const SUPERFICIAL: &str = "deny_loss: { window: { before: 30 days, after: 30 days }, units: \"min(units_sold, units_bought, units_held)\", into: cost, cite: [act] }";

#[test]
fn a_superficial_loss_goes_into_what_was_bought() {
    let book = law(&[
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { average: { cite: [act] } } ] }",
        SUPERFICIAL,
        PLAIN,
        TAX,
    ]);
    let rows = "2024-01-01T12:00:00Z,b1,buy,w,100,X,1000,EUR
        2024-06-01T12:00:00Z,s1,sell,w,600,EUR,100,X
        2024-06-20T12:00:00Z,b2,buy,w,60,X,300,EUR
        2024-12-01T12:00:00Z,s2,sell,w,900,EUR,60,X";
    let a = Case::new(&book, 2024, rows).sound();
    // A loss of 400, of which 60 of 100 units were bought again: 240 is denied and raises the cost of the 60 to 540.
    assert_eq!(gain(&a, "s1"), d("-160"));
    assert_eq!((cost(&a, "s2"), gain(&a, "s2")), (d("540"), d("360")));
    // On the thirty-first day it is too late; what is sold again by then does not count.
    let late = rows.replace("2024-06-20", "2024-07-02");
    assert_eq!(gain(&Case::new(&book, 2024, &late).sound(), "s1"), d("-400"));
    let gone = rows.replace("2024-12-01", "2024-06-25");
    assert_eq!(gain(&Case::new(&book, 2024, &gone).sound(), "s1"), d("-400"));
    // Bought before the sale, still held thirty days after: 50 x 4 = 200 of the loss.
    let before = "2024-01-01T12:00:00Z,b1,buy,w,100,X,1000,EUR
        2024-05-20T12:00:00Z,b2,buy,w,50,X,500,EUR
        2024-06-01T12:00:00Z,s1,sell,w,600,EUR,100,X";
    let b = Case::new(&book, 2024, before).sound();
    assert_eq!((gain(&b, "s1"), held(&b, "X", None)), (d("-200"), (d("50"), d("700"))));
    // The year after the sale decides.
    let over = "2024-01-01T12:00:00Z,b1,buy,w,100,X,1000,EUR
        2024-12-20T12:00:00Z,s1,sell,w,600,EUR,100,X
        2025-01-10T12:00:00Z,b2,buy,w,100,X,500,EUR";
    assert_eq!(gain(&Case::new(&book, 2024, over).sound(), "s1"), d("0"));
    assert_eq!(held(&Case::new(&book, 2025, over).sound(), "X", None), (d("100"), d("900")));
}

#[test]
fn a_loss_may_be_kept_for_the_units_bought_again() {
    let book = law(&[
        "matching:
  pool_by: [asset]
  sequence: by_disposal
  steps:
    - acquired_within: { before: 28 days, order: lifo, cite: [act] }
    - fifo: { cite: [act] }",
        "bases: { locked_loss: { title: Loss kept for them, start: \"0\", cite: [act] } }",
        "deny_loss: { window: { after: 28 days }, units: \"min(units_sold, units_rebought)\", into: locked_loss, cite: [act] }",
        PLAIN,
        "each_match:
  own_gain: { unit: money, formula: \"proceeds - cost - fees + denied_loss\", cite: [act] }
  counted: { unit: money, shown_as: gain, formula: \"if own_gain > 0 then positive(own_gain - locked_loss) else own_gain\", cite: [act] }
quantities:
  gains: { unit: money, formula: \"sum of counted over matches\", cite: [act] }
taxes:
  gains_tax: { title: Tax, amount: \"gains * 10%\", cite: [act] }",
    ]);
    // Within four weeks, the coin just bought goes first.
    let a = Case::new(
        &book,
        2025,
        "2022-06-01T12:00:00Z,b0,buy,w,1,C,1000,EUR
        2025-06-01T12:00:00Z,b1,buy,w,1,C,3000,EUR
        2025-06-20T12:00:00Z,s,sell,w,3200,EUR,1,C",
    )
    .sound();
    assert_eq!((gain(&a, "s"), a.disposals[0].matched_by.as_str()), (d("200"), "acquired_within"));
    // The last day of the window counts, the day after does not.
    for (day, want) in [("2025-06-29", "200"), ("2025-06-30", "2200")] {
        let rows = format!(
            "2022-06-01T12:00:00Z,b0,buy,w,1,C,1000,EUR
            2025-06-01T12:00:00Z,b1,buy,w,1,C,3000,EUR
            {day}T12:00:00Z,s,sell,w,3200,EUR,1,C"
        );
        assert_eq!(gain(&Case::new(&book, 2025, &rows).sound(), "s"), d(want), "{day}");
    }
    let b = Case::new(
        &book,
        2025,
        "2022-06-01T12:00:00Z,b0,buy,w,1,C,3000,EUR
        2025-09-01T12:00:00Z,s1,sell,w,2400,EUR,1,C
        2025-09-15T12:00:00Z,b1,buy,w,1,C,2300,EUR
        2025-11-15T12:00:00Z,s2,sell,w,3500,EUR,1,C",
    )
    .sound();
    assert_eq!((gain(&b, "s1"), gain(&b, "s2")), (d("0"), d("600")));
}

#[test]
fn a_purchase_stands_in_for_a_loss_once() {
    let book = law(&[
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }",
        "deny_loss: { window: { before: 30 days, after: 30 days }, units: \"min(units_sold, units_rebought)\", into: nothing, cite: [act] }",
        PLAIN,
        TAX,
    ]);
    let a = Case::new(
        &book,
        2024,
        "2024-01-01T12:00:00Z,b1,buy,w,20,X,200,EUR
        2024-06-01T12:00:00Z,s1,sell,w,50,EUR,10,X
        2024-06-02T12:00:00Z,s2,sell,w,50,EUR,10,X
        2024-06-10T12:00:00Z,b2,buy,w,15,X,90,EUR",
    )
    .sound();
    assert_eq!((gain(&a, "s1"), gain(&a, "s2")), (d("0"), d("-25")));
    assert_eq!(held(&a, "X", None), (d("15"), d("90")), "it went nowhere");
}

#[test]
fn a_denied_loss_may_be_that_of_some_lots_alone() {
    let rule = SUPERFICIAL.replace("window:", "where: acquired_kind is not staking, window:");
    let book =
        law(&["matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }", &rule, PLAIN, TAX]);
    let a = Case::new(
        &book,
        2024,
        "2024-01-01T12:00:00Z,b1,buy,w,10,X,100,EUR
        2024-01-02T12:00:00Z,r1,staking,w,10,X,,,,,100,EUR
        2024-06-01T12:00:00Z,s1,sell,w,120,EUR,20,X
        2024-06-10T12:00:00Z,b2,buy,w,20,X,120,EUR",
    )
    .sound();
    // Each half loses 40; that of the ten bought is denied, that of the ten received counts.
    let parts: Vec<_> = a.disposals.iter().map(|p| p.gain.unwrap().normalize()).collect();
    assert_eq!(parts, [d("0"), d("-40")]);
    assert_eq!(held(&a, "X", None), (d("20"), d("160")));
}

#[test]
fn where_each_sale_is_looked_at_alone_a_purchase_takes_over_more_than_one_loss() {
    let book = law(&[
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { average: { cite: [act] } } ] }",
        SUPERFICIAL,
        PLAIN,
        TAX,
    ]);
    let a = Case::new(
        &book,
        2024,
        "2024-01-01T12:00:00Z,b1,buy,w,20,X,200,EUR
        2024-06-01T12:00:00Z,s1,sell,w,50,EUR,10,X
        2024-06-02T12:00:00Z,s2,sell,w,50,EUR,10,X
        2024-06-10T12:00:00Z,b2,buy,w,10,X,90,EUR",
    )
    .sound();
    assert_eq!((gain(&a, "s1"), gain(&a, "s2")), (d("0"), d("0")));
    assert_eq!(held(&a, "X", None), (d("10"), d("190")), "both losses of 50 are in it");
}

#[test]
fn the_dearest_and_the_cheapest_go_first() {
    let rows = "2023-01-01T12:00:00Z,b1,buy,w,3,X,10,EUR
        2023-01-02T12:00:00Z,b2,buy,w,1,X,3.3333,EUR
        2023-01-03T12:00:00Z,b3,buy,w,6,X,20,EUR
        2023-01-04T12:00:00Z,b4,buy,w,1,X,3.4,EUR
        2023-02-01T12:00:00Z,s,sell,w,50,EUR,5,X";
    let book = |method: &str| {
        matching(&format!("{{ pool_by: [asset], sequence: by_disposal, steps: [ {{ {method}: {{ cite: [act] }} }} ] }}"))
    };
    let order = |method: &str| {
        let a = Case::new(&book(method), 2023, rows).sound();
        let lots: Vec<(String, String)> = a
            .disposals
            .iter()
            .map(|p| (p.acquired.unwrap().to_string()[8..].to_owned(), p.quantity.normalize().to_string()))
            .collect();
        (lots, cost(&a, "s"))
    };
    let pairs = |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    // 10 / 3 and 20 / 6 are the same; 3.3333 is less by a third of a ten-thousandth.
    assert_eq!(order("highest").0, pairs(&[("04", "1"), ("01", "3"), ("03", "1")]));
    assert_eq!(order("lowest").0, pairs(&[("02", "1"), ("01", "3"), ("03", "1")]));
    assert_eq!(order("lifo").0, pairs(&[("04", "1"), ("03", "4")]));
    assert_eq!(order("fifo").0, pairs(&[("01", "3"), ("02", "1"), ("03", "1")]));
}

#[test]
fn units_never_seen_cost_what_the_law_says() {
    let rows = "2023-01-01T12:00:00Z,b,buy,w,1,X,10,EUR\n2023-02-01T12:00:00Z,s,sell,w,80,EUR,4,X";
    for (shortfall, want) in [("zero", "10"), ("value", "70")] {
        let book = matching(&format!(
            "{{ pool_by: [asset], sequence: by_disposal, steps: [ {{ fifo: {{ cite: [act] }} }} ], shortfall: {{ cost: {shortfall}, cite: [act] }} }}"
        ));
        let a = Case::new(&book, 2023, rows).sound();
        assert_eq!(cost(&a, "s"), d(want));
        assert!(a.warnings.iter().any(|w| w.code.id() == "A0305" && w.rows == ["s"]), "{:?}", a.warnings);
    }
    let book = matching("{ pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }");
    assert_eq!(Case::new(&book, 2023, rows).assess().total_tax, None);
}

#[test]
fn moves_say_which_lots_go_and_where_they_queue() {
    let rows = "2023-01-01T12:00:00Z,b1,buy,A,1,X,10,EUR
        2023-01-02T12:00:00Z,b2,buy,A,1,X,20,EUR
        2023-01-03T12:00:00Z,b3,buy,B,1,X,15,EUR
        2023-01-04T12:00:00Z,t,transfer,A,1,X,1,X,,,,,B
        2023-02-01T12:00:00Z,s,sell,B,80,EUR,1,X";
    for (take, queue, want) in
        [("fifo", "acquired", "10"), ("lifo", "acquired", "20"), ("highest", "arrival", "15"), ("steps", "arrival", "15")]
    {
        let book = matching(&format!(
            "{{ pool_by: [asset, account], sequence: by_disposal, steps: [ {{ fifo: {{ cite: [act] }} }} ], moves: {{ take: {take}, queue: {queue}, cite: [act] }} }}"
        ));
        let a = Case::new(&book, 2023, rows).sound();
        assert_eq!(cost(&a, "s"), d(want), "{take} {queue}");
    }
}

#[test]
fn a_day_may_set_a_basis() {
    let book = law(&[
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }",
        "bases: { worth_then: { title: Worth when the new law began, start: \"cost\", cite: [act] } }",
        "on_date: [ { on: 2027-07-01, set: { worth_then: \"market_value\" }, where: \"held_days >= 0 days\", cite: [act] } ]",
        PLAIN,
        "each_match:
  counted: { unit: money, shown_as: gain, formula: \"if acquired < 2027-07-01 then (worth_then - cost) / 2 + (proceeds - worth_then) else proceeds - cost\", cite: [act] }
quantities:
  gains: { unit: money, formula: \"sum of counted over matches\", cite: [act] }
taxes:
  gains_tax: { title: Tax, amount: \"gains * 10%\", cite: [act] }",
    ]);
    let prices = "2027-07-01T00:00:00Z,X,EUR,9000\n";
    let rows = "2024-01-01T12:00:00Z,b1,buy,w,2,X,10000,EUR
        2027-08-01T12:00:00Z,b2,buy,w,1,X,7000,EUR
        2028-07-01T12:00:00Z,s1,sell,w,12500,EUR,1,X
        2028-08-01T12:00:00Z,s2,sell,w,20000,EUR,2,X";
    let a = Case { prices, ..Case::new(&book, 2028, rows) }.sound();
    assert_eq!(gain(&a, "s1"), d("5500"), "half of 4,000, and 3,500");
    assert_eq!(gain(&a, "s2"), d("6000"), "2,000 + 1,000 of the old coin, 3,000 of the new one");
    // Without the price only those figures are refused that need it.
    let b = Case::new(&book, 2026, rows).sound();
    assert_eq!(b.total_tax, Some(d("0")));
    let c = Case::new(&book, 2028, rows).assess();
    assert!(c.errors.iter().any(|e| e.code.id() == "A0203"), "{:?}", c.errors);
}

#[test]
fn leaving_the_country_is_a_disposal() {
    let book = law(&[
        "facts: { exit_day: { title: Day of leaving, unit: date, default: 2029-12-31 } }",
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { average: { cite: [act] } } ] }",
        "on_date: [ { on: exit_day, deem: { class: exit }, cite: [act] } ]",
        PLAIN,
        "each_match:
  exit_gain: { unit: money, formula: \"if class is exit then proceeds - cost else 0\", cite: [act] }",
        TAX,
        "  exit_tax: { title: Exit tax, amount: \"sum of exit_gain over matches\", cite: [act] }",
    ]);
    let rows = "2023-01-01T12:00:00Z,b1,buy,w,2,X,20,EUR
        2023-02-01T12:00:00Z,b2,buy,w,2,X,40,EUR
        2023-03-01T12:00:00Z,b3,buy,w,5,Y,50,EUR
        2024-09-01T12:00:00Z,s,sell,w,100,EUR,1,X";
    let prices = "2024-07-01T00:00:00Z,X,EUR,50\n2024-07-01T00:00:00Z,Y,EUR,4\n";
    let a = Case { prices, facts: "exit_day: 2024-07-01", ..Case::new(&book, 2024, rows) }.sound();
    assert_eq!(gain(&a, "law:2024-07-01"), d("110"), "200 - 60 of X, 20 - 50 of Y");
    assert_eq!(a.taxes[1].whole, Some(d("110")));
    assert_eq!((cost(&a, "s"), gain(&a, "s")), (d("50"), d("50")), "bought again at what it was worth");
    let stays = Case { prices, ..Case::new(&book, 2024, rows) }.sound();
    assert_eq!((gain(&stays, "s"), stays.disposals.len()), (d("85"), 1));
}

#[test]
fn a_disposal_may_be_without_gain_and_a_row_two_things() {
    let book = law(&[
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }",
        "labels: { whom: { one_of: [spouse, other], default: other } }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [gift_given], when: whom is spouse, as: disposal, proceeds: cost, class: to_spouse, cite: [act] }
  - { kinds: [gift_given], as: disposal, cite: [act] }
  - { kinds: [liquidation], as: [ { as: disposal, class: sold_up }, { as: income, class: rest } ], cite: [act] }
  - { kinds: [spend], as: [ { as: disposal }, { as: expense, class: costs } ], cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [acquisition], goes: received, in_coin: removal, cite: [act] }
  - { to: [disposal], goes: split, in_coin: removal, worth: cost, cite: [act] }
  - { to: [move], goes: lost, in_coin: removal, cite: [act] }",
        TAX,
    ]);
    let table = "timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,value,value_currency,received_value,category
2024-01-01T12:00:00Z,b1,buy,10,X,100,EUR,,,,,,
2024-01-01T12:00:00Z,b2,buy,10,F,5,EUR,,,,,,
2024-02-01T12:00:00Z,g1,gift_given,,,2,X,,,90,EUR,,spouse
2024-02-02T12:00:00Z,g2,gift_given,,,1,X,,,45,EUR,,
2024-02-03T12:00:00Z,q,liquidation,3,Y,4,X,2,F,200,EUR,30,
2024-02-04T12:00:00Z,p,spend,,,1,X,,,60,EUR,,
";
    let inputs = fisc::engine::Inputs::read(&[fisc::diagnostic::Source::new("l.csv", table)], &[], &[], Default::default());
    let a = fisc::engine::assess(&book, &inputs, &fisc::engine::Options { year: 2024, ..Default::default() });
    assert!(a.errors.is_empty(), "{:?}", a.errors);
    assert_eq!((gain(&a, "g1"), proceeds(&a, "g1"), gain(&a, "g2")), (d("0"), d("20"), d("35")));
    // The fee counts at what its coins cost, 1: half lowers the proceeds, half raises the cost of what came in.
    assert_eq!((proceeds(&a, "q"), gain(&a, "q")), (d("199.5"), d("159.5")));
    assert_eq!(held(&a, "Y", None), (d("3"), d("30.5")));
    assert_eq!(
        a.income.iter().map(|i| (i.id.as_str(), i.amount, i.class.as_str())).collect::<Vec<_>>(),
        [("q", Some(d("30")), "rest")]
    );
    assert_eq!(gain(&a, "p"), d("50"));
    assert_eq!(a.expenses.iter().map(|e| (e.id.as_str(), e.amount)).collect::<Vec<_>>(), [("p", Some(d("60")))]);
    assert_eq!(of(&a, "q", |p| p.fees), d("0"));
}

#[test]
fn a_wrap_may_carry_the_day_or_begin_anew() {
    let rows = "2023-01-01T12:00:00Z,b1,buy,w,1,X,10,EUR
        2023-02-01T12:00:00Z,b2,buy,w,1,X,30,EUR
        2023-06-01T12:00:00Z,m,migrate,w,4,Z,2,X
        2023-07-01T12:00:00Z,s,sell,w,80,EUR,2,Z";
    for (keys, acquired, want) in
        [("", "2023-01-01", "10"), ("acquired: own,", "2023-06-01", "10"), ("acquired: own, lots: merged,", "2023-06-01", "20")]
    {
        let treatment = PLAIN.replace("as: rollover,", &format!("as: rollover, {keys}"));
        let book = law(&[
            "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }",
            &treatment,
            TAX,
        ]);
        let a = Case::new(&book, 2023, rows).sound();
        assert_eq!((cost(&a, "s"), a.disposals[0].acquired.unwrap().to_string().as_str()), (d(want), acquired), "{keys}");
    }
}

#[test]
fn a_chain_split_costs_nothing_and_a_swap_brings_its_value() {
    let book = matching("{ pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }");
    let a = Case::new(
        &book,
        2024,
        "2016-07-01T12:00:00Z,b,buy,w,10,BTC,,EUR
        2017-08-01T12:00:00Z,f,fork,w,10,BCH
        2024-03-02T12:00:00Z,s,sell,w,2000,EUR,2,BCH",
    )
    .sound();
    assert_eq!((gain(&a, "s"), held(&a, "BCH", None)), (d("2000"), (d("8"), d("0"))));
    assert_eq!(a.disposals[0].held_days, Some(2405));
    let b = Case::new(
        &book,
        2021,
        "2021-07-05T12:00:00Z,b,buy,w,100,A,15000,EUR
        2021-11-15T12:00:00Z,x,swap,w,100,B,20,A,,,6000,EUR
        2021-11-16T12:00:00Z,k,airdrop,w,25,S,,,,,50,EUR",
    )
    .sound();
    assert_eq!((proceeds(&b, "x"), cost(&b, "x"), gain(&b, "x")), (d("6000"), d("3000"), d("3000")));
    assert_eq!((held(&b, "B", None).1, held(&b, "S", None).1, b.income[0].amount), (d("6000"), d("50"), Some(d("50"))));
}

#[test]
fn what_is_held_can_be_asked_about() {
    let book = |step: &str| {
        law(&[
        &format!("matching: {{ pool_by: [asset], sequence: by_disposal, steps: [ {{ {step}: {{ cite: [act] }} }} ] }}"),
        "facts: { count_day: { title: Day of the count, unit: date, default: 2024-03-01 } }
parameters: { wealth_rate: { title: Rate, unit: rate, selected_by: period, values: [ { from: 2020-01-01, value: 1%, cite: [act] }, { from: 2024-01-01, value: 2%, cite: [act] } ] } }",
        PLAIN,
        "each_holding:
  worth: { unit: money, formula: \"if held_days >= 0 days then market_value else 0\", cite: [act] }
  levy: { unit: money, formula: \"worth * wealth_rate\", cite: [act] }
quantities:
  opening_cost: { unit: money, formula: \"sum of cost over holdings at period.begin\", cite: [act] }
  closing_cost: { unit: money, formula: \"sum of cost over holdings at period.end\", cite: [act] }
  counted: { unit: number, formula: \"sum of quantity over holdings at count_day\", cite: [act] }
  old_units: { unit: number, formula: \"sum of quantity over holdings at 2024-12-31 where acquired < 2024-01-01\", cite: [act] }
  rewards_held: { unit: number, formula: \"sum of quantity over holdings at period.end where class is reward\", cite: [act] }
  monthly: { unit: money, per: month, formula: \"sum of cost over holdings at period.end\", cite: [act] }
taxes:
  wealth: { title: Wealth tax, amount: \"sum of levy over holdings at period.end\", cite: [act] }
  rest: { title: The rest, amount: \"0 EUR * (counted + old_units + rewards_held) + 0 * (opening_cost + closing_cost)\", cite: [act] }",
    ])
    };
    let rows = "2023-05-01T12:00:00Z,b1,buy,w,4,X,40,EUR
        2024-02-01T12:00:00Z,b2,buy,w,4,X,80,EUR
        2024-04-01T12:00:00Z,k,staking,w,1,Y,,,,,7,EUR
        2024-06-01T12:00:00Z,s,sell,w,100,EUR,2,X
        2024-12-31T12:00:00Z,o,withdrawal,w,,,1,X
        2025-01-01T12:00:00Z,b3,buy,w,9,X,900,EUR";
    let prices = "2024-12-31T00:00:00Z,X,EUR,50\n2024-12-31T00:00:00Z,Y,EUR,8\n";
    for (step, closing, old) in [("fifo", "107", "2"), ("average", "97", "2"), ("total_average", "97", "2")] {
        let book = book(step);
        let a = Case { prices, ..Case::new(&book, 2024, rows) }.sound();
        let quantity = |name: &str| match a.quantities.iter().find(|(n, _)| n == name) {
            Some((_, fisc::assess::assessment::QuantityValue::One(Some(value)))) => value.normalize(),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!((quantity("opening_cost"), quantity("closing_cost")), (d("40"), d(closing)), "{step}");
        assert_eq!((quantity("counted"), quantity("old_units"), quantity("rewards_held")), (d("8"), d(old), d("1")), "{step}");
        // Six X at 50, one of them out of sight, one Y at 8, at the rate of the day on which they are looked at.
        assert_eq!(a.taxes[0].whole.map(|w| w.normalize()), Some(d("6.16")), "{step}");
        let told = fisc::engine::explain(
            &book,
            &Case { prices, ..Case::new(&book, 2024, rows) }.inputs(),
            &Case::new(&book, 2024, rows).options(),
            "wealth",
        )
        .unwrap();
        assert!(!fisc::report::story::tell(&told, fisc::report::story::Depth::Full, true).is_empty());
    }
    let book = book("fifo");
    let b = Case { prices: "2024-12-31T00:00:00Z,X,EUR,50\n", ..Case::new(&book, 2024, rows) }.assess();
    assert!(b.errors.iter().any(|e| e.code.id() == "A0203" && e.message.contains("Y/EUR")), "{:?}", b.errors);
}

#[test]
fn pools_may_be_kept_by_a_word() {
    let book = law(&[
        "facts: { place: { title: Where it is, about: row, one_of: [home, abroad], default: home } }",
        "matching: { pool_by: [asset, place], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }",
        PLAIN,
        TAX,
    ]);
    let rows = "2023-05-01T12:00:00Z,b1,buy,w,4,X,40,EUR
        2023-06-01T12:00:00Z,b2,buy,w,4,X,80,EUR
        2024-06-01T12:00:00Z,s,sell,w,100,EUR,2,X";
    for (facts, want) in [("", "20"), ("place: { b2: abroad, s: abroad }", "40")] {
        assert_eq!(cost(&Case { facts, ..Case::new(&book, 2024, rows) }.sound(), "s"), d(want));
    }
}

#[test]
fn a_cost_explains_itself_by_lot_and_step() {
    let told = |book: &fisc::rules::RuleBook, rows: &str, figure: &str| {
        let case = Case::new(book, 2024, rows);
        let step = fisc::engine::explain(book, &case.inputs(), &case.options(), figure).unwrap();
        fisc::report::story::tell(&step, fisc::report::story::Depth::Full, false)
    };
    let book = law(&[
        "matching: { pool_by: [asset], sequence: by_disposal, steps: [ { highest: { cite: [act] } } ] }",
        SUPERFICIAL,
        PLAIN,
        TAX,
    ]);
    let rows = "2024-01-01T12:00:00Z,b1,buy,w,1,X,10,EUR
        2024-01-02T12:00:00Z,b2,buy,w,1,X,30,EUR
        2024-06-01T12:00:00Z,s,sell,w,20,EUR,1,X
        2024-06-09T12:00:00Z,b3,buy,w,1,X,19,EUR";
    let story = told(&book, rows, "cost@s");
    assert!(story.contains("of the lot acquired on 2024-01-02, by highest") && story.contains("b2"), "{story}");
    let story = told(&book, rows, "denied_loss@s");
    assert!(
        story.contains("10 goes into the cost of the lot acquired on 2024-06-09") && story.contains("min(units_sold"),
        "{story}"
    );
    let total = matching("{ pool_by: [asset], sequence: by_disposal, steps: [ { total_average: { cite: [act] } } ] }");
    assert!(told(&total, rows, "cost@s").contains("at the average cost of the year"));
}

/// What is wrong with matching is said at its place, with a remedy.
#[test]
fn faults_of_matching_are_told() {
    let step = |text: &str| format!("matching: {{ pool_by: [asset], sequence: by_disposal, steps: [ {text} ] }}");
    let fifo = "{ fifo: { cite: [act] } }";
    let cases: Vec<(String, &str, &str)> = vec![
        (step("{ fifp: { cite: [act] } }"), "R0204", "`fifp` is not a way of matching"),
        (step("{ specific: { cite: [act] } }"), "R0403", "no step covers every disposal"),
        (step(&format!("{{ lifo: {{ cite: [act] }} }}, {fifo}")), "R0410", "takes all that is held"),
        (step(&format!("{{ acquired_within: {{ order: fifo, cite: [act] }} }}, {fifo}")), "R0202", "either `after` or `before`"),
        (step(&format!("{{ acquired_within: {{ after: a month, cite: [act] }} }}, {fifo}")), "R0203", "not a number of days"),
        (step("{ average: { cost: own, cite: [act] } }"), "R0203", "a way of averaging"),
        (step("{ fifo: { unit_cost: { round: { to: 1, toward: up }, remainder: held, cite: [act] }, cite: [act] } }"), "R0203", "no unit cost"),
        (step("{ fifo: { where: \"proceeds > 0\", cite: [act] } }, { fifo: { cite: [act] } }"), "R0305", "`proceeds` has no meaning for a holding"),
        (step("{ portfolio_share: { cite: [act] } }"), "R0203", "the whole portfolio"),
        ("matching: { pool_by: [account], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }".into(), "R0203", "pooled by asset"),
        ("matching: { pool_by: [asset], sequence: by_step, steps: [ { specific: { cite: [act] } }, { same_day: { cite: [act] } }, { fifo: { cite: [act] } } ] }".into(), "R0203", "stands behind"),
        ("matching: [ { until: 2024-12-31, pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }, { from: 2025-01-02, pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] } ]".into(), "R0208", "leave days without a rule"),
        ("matching: [ { until: 2024-12-31, pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }, { from: 2025-01-01, pool_by: [asset, account], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] } ]".into(), "R0202", "nothing says which lots go to which account"),
        (format!("{}\non_date: [ {{ on: 2024-01-01, set: {{ los_basis: \"cost\" }}, cite: [act] }} ]", step(fifo)), "R0302", "neither `cost` nor a basis"),
        (format!("{}\non_date: [ {{ on: 2024-01-01, cite: [act] }} ]", step(fifo)), "R0202", "does one thing"),
        (format!("{}\ndeny_loss: {{ window: {{ after: 30 days }}, units: \"units_sold * 2 EUR\", into: cost, cite: [act] }}", step(fifo)), "R0303", "is needed"),
        (format!("{}\nbases: {{ other: {{ start: \"acquired\", cite: [act] }} }}", step(fifo)), "R0304", "is needed"),
    ];
    for (text, code, words) in cases {
        let found = lots::faults(&[&text, PLAIN, TAX]);
        let told = found.iter().find(|p| p.code.id() == code && p.message.contains(words));
        let told =
            told.unwrap_or_else(|| panic!("{text}\n{:?}", found.iter().map(|p| (p.code.id(), &p.message)).collect::<Vec<_>>()));
        assert!(told.place.as_ref().is_some_and(|p| p.line > 1), "{text}: {:?}", told.place);
    }
}

/// The order that the taxpayer chooses, which he may change from a year on.
const ORDERS: &str = "
choices:
  order:
    question: Which go first?
    options: { first: { title: First, argument: .. }, dear: { title: Dearest, argument: .. } }
    default: first
    cite: [act]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { highest: { when: order is dear, cite: [act] } }, { fifo: { cite: [act] } } ] }";

#[test]
fn an_order_chosen_by_year_reaches_the_sales_of_its_years() {
    let book = law(&[ORDERS, PLAIN, TAX]);
    let rows = "2022-01-01T12:00:00Z,b1,buy,w,1,A,10,EUR
        2022-02-01T12:00:00Z,b2,buy,w,1,A,20,EUR
        2022-03-01T12:00:00Z,b3,buy,w,1,A,30,EUR
        2023-06-01T12:00:00Z,s1,sell,w,50,EUR,1,A
        2024-06-01T12:00:00Z,s2,sell,w,50,EUR,1,A";
    let costs = |order: &str| {
        let chosen = [("order", order)];
        let of = |year| Case { choices: &chosen, ..Case::new(&book, year, rows) }.sound();
        (cost(&of(2023), "s1"), cost(&of(2024), "s2"))
    };
    assert_eq!(costs("first"), (d("10"), d("20")));
    assert_eq!(costs("dear"), (d("30"), d("20")));
    assert_eq!(costs("{ 2024: dear }"), (d("10"), d("30")), "the sale of 2023 is as it was");
    assert_eq!(costs("{ 2023: dear, 2024: first }"), (d("30"), d("10")));
}

/// What was given counts from the giver's day for a gain, and from the day of the gift for a loss.
const TERMS: &str = r#"
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [gift_received], as: acquisition, cost: carried, acquired: carried, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [acquisition, disposal, move], goes: received, in_coin: removal, cite: [act] }
each_match:
  term:
    one_of: [short, long]
    cases:
      - { when: "proceeds >= cost", then: "if disposed > acquired + 1 year then long else short" }
      - { when: "disposed > came_in + 1 year", then: long }
      - { otherwise: short }
    cite: [act]
quantities:
  long_gains: { unit: money, formula: "sum of proceeds - cost over matches where term is long", cite: [act] }
taxes:
  gains_tax: { title: Tax, amount: "long_gains * 10%", cite: [act] }
"#;

#[test]
fn a_field_may_be_a_word_and_a_lot_knows_when_it_came_in() {
    let book = law(&[TERMS]);
    let rows = |price: &str| {
        format!(
            "2025-02-01T12:00:00Z,g,gift_received,w,1,A,,,,,80,EUR,,,100,2020-05-01
            2025-08-01T12:00:00Z,s,sell,w,{price},EUR,1,A"
        )
    };
    for (price, term, gains) in [("120", "long", "20"), ("70", "short", "0")] {
        let a = Case::new(&book, 2025, &rows(price)).sound();
        assert_eq!(a.disposals[0].term.as_deref(), Some(term), "sold at {price}");
        assert_eq!(a.taxes[0].base.or(a.taxes[0].whole), Some(d(gains) * d("0.1")));
    }
    let example = |word: &str| {
        let text = format!(
            "id: e\nyear: 2025\nledger: |\n  id,timestamp,kind,account,received_amount,received_asset,sent_amount,sent_asset\n  b,2025-01-01T12:00:00Z,buy,w,1,A,10,EUR\n  s,2025-08-01T12:00:00Z,sell,w,20,EUR,1,A\nexpect: [ {{ figure: term, at: {{ row: s }}, value: {word} }} ]\n"
        );
        fisc::examples::run(&book, &fisc::diagnostic::Source::new("e.yaml", text)).remove(0)
    };
    assert!(example("short").ok);
    assert_eq!((example("long").ok, example("long").got), (false, "short".to_owned()));

    let said = |from: &str, to: &str| lots::faults(&[&TERMS.replacen(from, to, 1)]);
    let cases = [
        ("then: long }", "then: lnog }", "nothing is named `lnog`"),
        ("one_of: [short, long]", "unit: money", "nothing is named `long`"),
        ("one_of: [short, long]", "one_of: [short, long]\n    unit: money", "a field has a `unit`, or is one of some words"),
        ("then: long }", "then: \"1\" }", "a word of the field `term` is needed"),
        ("term is long", "term is lang", "`lang` is not a word of the field `term`"),
    ];
    for (from, to, message) in cases {
        let found = said(from, to);
        assert!(found.iter().any(|p| p.message.contains(message)), "{to}: {found:#?}");
    }
}
