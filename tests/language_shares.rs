//! Segments, allocations and offsets, under countries that do not exist.

use fisc::assess::Assessment;
use fisc::assess::assessment::QuantityValue;
use fisc::diagnostic::{Code, Diagnostic, Source};
use fisc::engine::{Inputs, Options, assess, explain, years};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::report::story::{Depth, tell};
use fisc::rules::{RuleBook, load};
use proptest::prelude::*;

const HEAD: &str = r#"
jurisdiction: xx
title: Country of Shares
currency: EUR
time_zone: Europe/Paris
covers: { from: 2020-01-01, through: 2027-12-31 }
sources: { act: { title: Act, kind: law, status: confirmed }, act-2: { part_of: act, at: "§ 2" } }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment: [ { kinds: [buy], as: acquisition, cite: [act] }, { kinds: [sell], as: disposal, cite: [act] }, { kinds: [other], as: ignore, cite: [act] } ]
fees: [ { to: [acquisition, disposal, move], goes: lost, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
"#;

/// Rates that change on 30 October 2024, a band and an exempt amount that are used where they save most, losses carried forward
/// only as far as gains exceed the exempt amount.
const GAINS: &str = r#"
facts:
  other_taxable: { title: Other taxable amounts, unit: money, varies: by_year, default: 0 }
  losses_brought: { title: Losses of earlier years, unit: money, default: 0 }
  resident: { title: Resident, unit: yes_no, varies: by_date, default: yes }
parameters:
  rates:
    title: Rates on gains
    selected_by: period
    fields: { low: rate, high: rate }
    values:
      - { from: 2020-01-01, value: { low: 10%, high: 20% }, cite: [act] }
      - { from: 2024-10-30, value: { low: 18%, high: 24% }, cite: [act] }
  exempt:
    title: Exempt amount
    unit: money
    selected_by: tax_year
    values: [ { from: 2020-01-01, value: 6000, cite: [act] }, { from: 2024-01-01, value: 3000, cite: [act] } ]
each_match:
  gain: { unit: money, formula: "proceeds - cost", cite: [act] }
quantities:
  gains_in: { unit: money, per: segment of rates, formula: "sum of positive(gain) over matches", cite: [act] }
  gains: { unit: money, formula: "sum of gains_in over periods of gains_in", cite: [act] }
  year_losses: { unit: money, formula: "sum of positive(-gain) over matches", cite: [act] }
  losses_in:
    unit: money
    per: segment of rates
    allocate: { amount: year_losses, room: gains_in, worth: rates.high, order: worth }
    cite: [act]
  brought_in:
    unit: money
    per: segment of rates
    allocate: { amount: losses.used, room: "gains_in - losses_in", worth: rates.high, order: worth }
    cite: [act]
  exempt_in:
    unit: money
    per: segment of rates
    allocate: { amount: exempt, room: "gains_in - losses_in - brought_in", worth: rates.high, order: worth }
    cite: [act]
  taxable_in: { unit: money, per: segment of rates, formula: "gains_in - losses_in - brought_in - exempt_in", cite: [act] }
  band_in:
    unit: money
    per: segment of rates
    allocate: { amount: "37700 EUR - other_taxable at_year", room: taxable_in, worth: rates.high - rates.low, order: worth }
    cite: [act-2]
  tax_in: { unit: money, per: segment of rates, formula: "band_in * rates.low + (taxable_in - band_in) * rates.high", cite: [act] }
  days_resident: { unit: days, formula: "sum of (if resident then (days between period.begin and period.end) + 1 days else 0) over segments of resident", cite: [act] }
  inline: { unit: rate, formula: "largest of rates.high over segments of rates", cite: [act] }
offsets:
  losses:
    title: Losses
    arises: "year_losses - gains"
    against: "gains - year_losses - exempt"
    brought: losses_brought
    cite: [act]
taxes:
  gains_tax: { title: Tax on gains, amount: "sum of tax_in over periods of tax_in", cite: [act] }
"#;

fn law(text: &str) -> RuleBook {
    let loaded = load(&[Source::new("tax.yaml", text)]);
    for problem in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    assert!(loaded.diagnostics.is_empty());
    loaded.book.expect("the law is sound")
}

fn gains() -> RuleBook {
    law(&format!("{HEAD}{GAINS}").replace("other_taxable at_year", "other_taxable"))
}

/// A sale on each day that gives the gain or loss.
fn ledger(sales: &[(&str, i64)]) -> Source {
    let mut text = "timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset\n".to_owned();
    text.push_str("2020-01-01T12:00:00Z,b,buy,1000,BTC,100000000,EUR\n");
    for (index, (day, gain)) in sales.iter().enumerate() {
        text.push_str(&format!("{day}T12:00:00Z,s{index},sell,{},EUR,1,BTC\n", 100_000 + gain));
    }
    Source::new("l.csv", text)
}

fn inputs(sales: &[(&str, i64)], facts: &str) -> Inputs {
    Inputs::read(&[ledger(sales)], &[], &[], FactsInput::yaml(Source::new("facts.yaml", facts)))
}

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

#[track_caller]
fn one(a: &Assessment, name: &str) -> Decimal {
    match a.quantities.iter().find(|(n, _)| n == name) {
        Some((_, QuantityValue::One(Some(value)))) => *value,
        other => panic!("{name}: {other:?}, {:?}", a.errors),
    }
}

#[track_caller]
fn map(a: &Assessment, name: &str) -> Vec<(String, Decimal)> {
    match a.quantities.iter().find(|(n, _)| n == name) {
        Some((_, QuantityValue::Map(map))) => map.iter().map(|(k, v)| (k.clone(), v.unwrap())).collect(),
        other => panic!("{name}: {other:?}, {:?}", a.errors),
    }
}

fn tax(sales: &[(&str, i64)], facts: &str, year: i32) -> Assessment {
    assess(&gains(), &inputs(sales, facts), &Options { year, ..Options::default() })
}

#[test]
fn an_allowance_and_a_band_go_where_they_save_most() {
    // At the high rates: 3,000 off the later gain. 5,000 * 20% + 7,000 * 24%.
    let split = [("2024-07-01", 5000), ("2024-12-01", 10_000)];
    let a = tax(&split, "other_taxable: 100000", 2024);
    assert_eq!(a.taxes[0].whole, Some(d("2680")));
    assert_eq!(map(&a, "exempt_in"), [("2024-01-01".to_owned(), d("0")), ("2024-10-30".to_owned(), d("3000"))]);
    assert_eq!((one(&a, "exempt_in.used"), one(&a, "exempt_in.left")), (d("3000"), d("0")));
    // 4,000 of the band are free: worth ten points of the earlier gain, six of the later.
    let a = tax(&split, "other_taxable: 33700", 2024);
    assert_eq!(map(&a, "band_in"), [("2024-01-01".to_owned(), d("4000")), ("2024-10-30".to_owned(), d("0"))]);
    assert_eq!(a.taxes[0].whole, Some(d("400") + d("200") + d("1680")));
    // A year without a change is one segment: 12,600 less 6,000 within the band, at 10%.
    let a = tax(&[("2023-05-01", 12_600)], "other_taxable: 20000", 2023);
    assert_eq!((map(&a, "taxable_in").len(), a.taxes[0].whole), (1, Some(d("660"))));
    // Losses of the year come off first, even where that wastes the exempt amount.
    let a = tax(&[("2024-07-01", 5000), ("2024-12-01", -4000)], "other_taxable: 100000", 2024);
    assert_eq!((one(&a, "exempt_in.used"), one(&a, "exempt_in.left"), a.taxes[0].whole), (d("1000"), d("2000"), Some(d("0"))));
}

#[test]
fn the_working_tells_each_head() {
    let split = [("2024-07-01", 5000), ("2024-12-01", 10_000)];
    let step =
        explain(&gains(), &inputs(&split, "other_taxable: 33700"), &Options { year: 2024, ..Options::default() }, "gains_tax")
            .unwrap();
    let text = tell(&step, Depth::Full, true);
    for part in [
        "3000 shared out where it is worth most first",
        "room 10000, worth 0.24",
        "4000 shared out",
        "room 5000, worth 0.1",
        "§ 2",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn losses_are_carried_only_down_to_the_exempt_amount() {
    let sales = [("2022-03-01", -8000), ("2023-03-01", 10_000), ("2024-03-01", 4000), ("2025-03-01", 9000)];
    let facts = "losses_brought: 500\nother_taxable: { 2023: 100000, 2024: 100000, 2025: 100000 }\n";
    let of = |year| tax(&sales, facts, year);
    // The 500 of before come on top in the first year of the chain.
    assert_eq!(one(&of(2022), "losses.left"), d("8500"));
    assert_eq!((one(&of(2023), "losses.used"), one(&of(2023), "losses.left")), (d("4000"), d("4500")));
    assert_eq!((one(&of(2024), "losses.used"), one(&of(2024), "losses.left")), (d("1000"), d("3500")));
    // 9,000 less 3,500 less 3,000.
    assert_eq!((one(&of(2025), "losses.left"), of(2025).taxes[0].whole), (d("0"), Some(d("600"))));
    let text = tell(
        &explain(&gains(), &inputs(&sales, facts), &Options { year: 2024, ..Options::default() }, "losses.left").unwrap(),
        Depth::Full,
        true,
    );
    assert!(text.contains("brought into the year: 4500 of 2022") && text.contains("handed on: 3500 of 2022"), "{text}");
    // What was filed stands, whatever is computed.
    let filed = tax(&sales, &format!("{facts}filed: {{ 2024: {{ losses.left: 100 }} }}\n"), 2025);
    assert_eq!((one(&filed, "losses.used"), filed.taxes[0].whole), (d("100"), Some(d("1416"))));
    // An example asks for a part of an offset by its name.
    let example = "id: e\nyear: 2022\nledger: |\n  id,timestamp,kind,received_amount,received_asset,sent_amount,sent_asset\n  b,2022-01-01T12:00:00Z,buy,1,X,900,EUR\n  s,2022-02-01T12:00:00Z,sell,100,EUR,1,X\nexpect: [ { figure: losses.left, value: 800 }, { figure: losses.arisen, value: 800 }, { figure: losses.lost, value: 1 } ]\n";
    let told: Vec<bool> = fisc::examples::run(&gains(), &Source::new("e.yaml", example)).iter().map(|case| case.ok).collect();
    assert_eq!(told, [true, true, false]);
    // A run over years gives each year what a run for it alone gives.
    let all = years(&gains(), &inputs(&sales, facts), &Options::default(), 2022, 2025);
    for (found, year) in all.iter().zip(2022..) {
        assert_eq!(format!("{:?}", found.quantities), format!("{:?}", of(year).quantities), "{year}");
        assert_eq!(found.total_tax, of(year).total_tax);
    }
}

#[test]
fn examples_ask_for_the_parts_of_a_loss_and_of_an_allocation() {
    let rows = ledger(&[("2022-05-01", -9000), ("2024-07-01", 10_000)]).text.replace('\n', "\n  ");
    let text = format!(
        "id: yy\nyear: 2024\nledger: |\n  {rows}\nexpect:\n\
         - {{ figure: losses.used, value: 7000 }}\n\
         - {{ figure: losses.left, value: 2000 }}\n\
         - {{ figure: exempt_in.used, value: 3000 }}\n\
         - {{ figure: losses.gone, value: 0 }}\n"
    );
    let results = fisc::examples::run(&gains(), &Source::new("e.yaml", text));
    assert_eq!(results.iter().map(|r| r.ok).collect::<Vec<_>>(), [true, true, true, false], "{results:?}");
    assert_eq!(results[3].got, "no such figure");
}

#[test]
fn facts_and_values_cut_a_year() {
    let facts = "resident: { 2024-01-01: yes, 2024-03-01: no, 2024-12-01: yes }\n";
    let a = tax(&[], facts, 2024);
    assert_eq!(one(&a, "days_resident"), d("91"));
    assert_eq!(one(&a, "inline"), d("0.24"));
    assert_eq!(one(&tax(&[], "", 2023), "inline"), d("0.2"));
    let text = tell(
        &explain(&gains(), &inputs(&[], facts), &Options { year: 2024, ..Options::default() }, "gains_in@2024-10-30").unwrap(),
        Depth::Full,
        true,
    );
    assert!(text.starts_with("gains_in@2024-10-30 = 0"), "{text}");
}

// ---- losses with their years ----

const CARRIED: &str = r#"
facts:
  net: { title: Net of the year, unit: money, varies: by_year, default: 0 }
  wages: { title: Wages, unit: money, varies: by_year, default: 0 }
  earlier: { title: Earlier losses, list_of: { year: number, amount: money }, default: [] }
parameters:
  life: { title: How long, unit: number, selected_by: tax_year, values: [ { value: 2, cite: [act] } ] }
quantities:
  share_of_wages: { unit: money, formula: "wages / 4", cite: [act] }
offsets:
  losses:
    arises: "-net"
    against: { net: net, wages: share_of_wages }
    limit: "100 EUR"
    lasts: life
    brought: earlier
    cite: [act]
taxes:
  tax: { title: Tax, amount: "positive(net) - losses.net", cite: [act, act-2] }
"#;

fn carried(facts: &str, year: i32) -> Assessment {
    let book = law(&format!("{HEAD}{CARRIED}"));
    assess(&book, &inputs(&[], facts), &Options { year, ..Options::default() })
}

#[test]
fn losses_expire_and_go_to_heads_in_their_order() {
    let facts = "net: { 2020: 30, 2021: -50, 2022: 20, 2023: 10, 2024: 5 }\nwages: { 2021: 20, 2022: 40 }\nearlier: [ { year: 2018, amount: 45 }, { year: 2017, amount: 7 } ]\n";
    // 2017 is over; of 2018 30 are used against the net of 2020.
    let a = carried(facts, 2020);
    let parts =
        |a: &Assessment| ["brought", "expired", "net", "wages", "used", "arisen", "left"].map(|p| one(a, &format!("losses.{p}")));
    assert_eq!(parts(&a), ["45", "7", "30", "0", "30", "0", "15"].map(d));
    // In 2021 the 15 of 2018 are over, and 50 arise.
    assert_eq!(parts(&carried(facts, 2021)), ["0", "15", "0", "0", "0", "50", "50"].map(d));
    // 20 against the net, 10 against a quarter of wages.
    assert_eq!(parts(&carried(facts, 2022)), ["50", "0", "20", "10", "30", "0", "20"].map(d));
    assert_eq!(parts(&carried(facts, 2023)), ["20", "0", "10", "0", "10", "0", "10"].map(d));
    assert_eq!(parts(&carried(facts, 2024)), ["0", "10", "0", "0", "0", "0", "0"].map(d));
    // A loss of a year that is computed cannot be stated as well.
    let a = carried("earlier: [ { year: 2021, amount: 5 } ]\n", 2021);
    assert!(a.errors.iter().any(|e| e.code == Code::F0102 && e.help.as_ref().unwrap().contains("filed")), "{:?}", a.errors);
}

#[test]
fn what_the_checker_says() {
    let said = |from: &str, to: &str| -> Vec<Diagnostic> {
        let text = format!("{HEAD}{CARRIED}");
        assert!(text.contains(from), "{from}");
        load(&[Source::new("tax.yaml", text.replacen(from, to, 1))]).diagnostics
    };
    let gains_said = |from: &str, to: &str| -> Vec<Diagnostic> {
        let text = format!("{HEAD}{GAINS}").replace("other_taxable at_year", "other_taxable");
        assert!(text.contains(from), "{from}");
        load(&[Source::new("tax.yaml", text.replacen(from, to, 1))]).diagnostics
    };
    let cases: Vec<(Vec<Diagnostic>, Code, &str)> = vec![
        (said("brought: earlier", "brought: net"), Code::R0304, "does not state what was brought forward"),
        (said("brought: earlier", "brought: earlyer"), Code::R0302, "nothing is named `earlyer`"),
        (said("{ net: net, wages", "{ left: net, wages"), Code::R0205, "`left` behind a dot already means something"),
        (said("arises: \"-net\"", "arises: \"losses.left - net\""), Code::R0306, "`losses.left` depends on itself"),
        (said("arises: \"-net\"", "arises: \"10%\""), Code::R0303, "money"),
        (said("losses.net\"", "losses.nett\""), Code::R0302, "nothing is named `losses.nett`"),
        (said("    limit: \"100 EUR\"\n", "    limits: 1\n"), Code::R0201, "`limits` is not a key of an offset"),
        (
            gains_said("segment of rates, formula: \"sum of", "segment of ratess, formula: \"sum of"),
            Code::R0302,
            "`ratess` has no segments",
        ),
        (gains_said("over segments of resident", "over segments of gains"), Code::R0302, "`gains` has no segments"),
        (
            gains_said("room: gains_in, worth: rates.high, order: worth", "room: gains_in, order: worth"),
            Code::R0202,
            "each head needs its worth",
        ),
        (gains_said("per: segment of rates, formula: \"band_in", "per: year, formula: \"band_in"), Code::R0307, "is by segment"),
        (
            gains_said("{ amount: year_losses, room: gains_in, worth: rates.high, order: worth }", "{ amount: year_losses }"),
            Code::R0202,
            "what the amount is shared out over",
        ),
    ];
    for (all, code, message) in cases {
        let found = all.iter().find(|d| d.code == code).unwrap_or_else(|| panic!("{message}: {all:#?}"));
        assert!(found.message.contains(message) && found.place.is_some(), "{message}: {}", found.message);
    }
}

const SHARED: &str = r#"
facts:
  amount_given: { title: Amount, unit: money, default: 0 }
  room_a: { title: A, unit: money, default: 0 }
  room_b: { title: B, unit: money, default: 0 }
  room_c: { title: C, unit: money, default: 0 }
  worth_a: { title: A, unit: rate, default: 0% }
  worth_b: { title: B, unit: rate, default: 0% }
  worth_c: { title: C, unit: rate, default: 0% }
quantities:
  best:
    unit: money
    allocate:
      amount: amount_given
      over: { a: { room: room_a, worth: worth_a }, b: { room: room_b, worth: worth_b }, c: { room: room_c, worth: worth_c } }
      order: worth
    cite: [act]
  listed: { unit: money, allocate: { amount: amount_given, over: { a: room_a, b: room_b } }, cite: [act] }
  saved: { unit: money, formula: "best.a * worth_a + best.b * worth_b + best.c * worth_c", cite: [act] }
taxes:
  tax: { title: Tax, amount: "best + best.left + listed.a + listed.b + listed.left", cite: [act, act-2] }
"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// No other way of sharing the amount out saves more.
    #[test]
    fn an_allocation_is_the_best_there_is(amount in 0..15i64, rooms in prop::array::uniform3(0..7i64), worths in prop::array::uniform3(0..40i64)) {
        let book = law(&format!("{HEAD}{SHARED}"));
        let facts = format!("amount_given: {amount}\nroom_a: {}\nroom_b: {}\nroom_c: {}\nworth_a: {}%\nworth_b: {}%\nworth_c: {}%\n", rooms[0], rooms[1], rooms[2], worths[0], worths[1], worths[2]);
        let a = assess(&book, &inputs(&[], &facts), &Options { year: 2024, ..Options::default() });
        let mut best = 0;
        let mut most = 0;
        for x in 0..=rooms[0].min(amount) {
            for y in 0..=rooms[1].min(amount - x) {
                let z = rooms[2].min(amount - x - y);
                best = best.max(x * worths[0] + y * worths[1] + z * worths[2]);
                most = most.max(x + y + z);
            }
        }
        prop_assert_eq!(one(&a, "saved"), Decimal::new(best, 2));
        prop_assert_eq!((one(&a, "best"), one(&a, "best.left")), (Decimal::from(most), Decimal::from(amount - most)));
        prop_assert_eq!(one(&a, "listed.a"), Decimal::from(rooms[0].min(amount)));
    }

    /// Offsets agree with a model that keeps each unit of loss with its year.
    #[test]
    fn offsets_agree_with_single_units(nets in prop::collection::vec(-40..40i64, 7), wages in prop::collection::vec(0..60i64, 7), stated in prop::collection::vec((2016..2020i32, 1..30i64), 0..3)) {
        let each = |list: &[i64]| list.iter().enumerate().map(|(i, n)| format!("{}: {n}", 2020 + i)).collect::<Vec<_>>().join(", ");
        let earlier = stated.iter().map(|(y, a)| format!("{{ year: {y}, amount: {a} }}")).collect::<Vec<_>>().join(", ");
        let facts = format!("net: {{ {} }}\nwages: {{ {} }}\nearlier: [ {earlier} ]\n", each(&nets), each(&wages));
        // Each unit of loss, in quarters, by its year.
        let mut units: Vec<i32> = stated.iter().flat_map(|(y, a)| std::iter::repeat_n(*y, usize::try_from(a * 4).unwrap())).collect();
        for (index, (net, wage)) in nets.iter().zip(&wages).enumerate() {
            let year = 2020 + i32::try_from(index).unwrap();
            units.retain(|y| y + 2 >= year);
            units.sort_unstable();
            let room = usize::try_from((*net).max(0) * 4).unwrap() + usize::try_from(*wage).unwrap();
            let used = room.min(400).min(units.len());
            units.drain(..used);
            units.extend(std::iter::repeat_n(year, usize::try_from((-*net).max(0) * 4).unwrap()));
            let a = carried(&facts, year);
            prop_assert_eq!(one(&a, "losses.used") * d("4"), Decimal::from(used), "{}", year);
            prop_assert_eq!(one(&a, "losses.left") * d("4"), Decimal::from(units.len()), "{}", year);
        }
    }
}
