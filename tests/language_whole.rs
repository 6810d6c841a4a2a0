//! Facts about assets, sets, choices by year and by what is least, and a country that uses most constructs at once.

use fisc::assess::Assessment;
use fisc::assess::assessment::QuantityValue;
use fisc::diagnostic::{Code, Diagnostic, Source};
use fisc::engine::{Inputs, Options, assess, explain, usage_errors, years};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::report::story::{Depth, tell};
use fisc::rules::{RuleBook, load};

/// Coins and pictures are taxed apart; ordinary income by a scale for each status, gains stacked on it at rates that change within
/// 2024; an exempt amount where it saves most; losses for two years; a choice between two ways.
const LAW: &str = r#"
jurisdiction: xx
title: Country of Everything
currency: EUR
time_zone: Europe/Paris
covers: { from: 2020-01-01, through: 2027-12-31 }
sources: { act: { title: Act, kind: law, status: confirmed } }
labels:
  purpose: { title: Purpose, one_of: [trade, private], default: private }
facts:
  asset_kind: { title: Kind of the asset, one_of: [coin, picture, stable], about: asset }
  weight: { title: Weight, unit: number, about: asset, default: 1 }
  reliefs: { title: Reliefs claimed, some_of: [young, disabled, farmer], default: [], varies: by_date }
  status: { title: Filing status, one_of: [single, joint], default: single }
  wages: { title: Wages, unit: money, varies: by_year, default: 0 }
  losses_brought: { title: Earlier losses, list_of: { year: number, amount: money }, default: [] }
choices:
  way:
    question: How are gains taxed?
    options: { separate: { title: Apart }, together: { title: With other income } }
    default: least gains_tax
    cite: [act]
  method:
    question: How are fees counted?
    options: { full: { title: In full }, none: { title: Not at all } }
    default: full
    cite: [act]
parameters:
  scale:
    title: Scale
    unit: bands
    selected_by: tax_year
    by: [status]
    values:
      - table:
          - { status: single, value: [ { above: 0, rate: 10% }, { above: 20000, rate: 30%, name: high } ] }
          - { status: joint, value: [ { above: 0, rate: 10% }, { above: 40000, rate: 30%, name: high } ] }
        cite: [act]
  gains:
    title: Figures for gains
    selected_by: period
    fields: { rate: rate, picture_rate: rate }
    values:
      - { from: 2020-01-01, value: { rate: 20%, picture_rate: 28% }, cite: [act] }
      - { from: 2024-07-01, value: { rate: 25%, picture_rate: 28% }, cite: [act] }
  exempt: { title: Exempt amount, unit: money, selected_by: tax_year, values: [ { value: 1000, cite: [act] } ] }
schedules:
  tax_on: { title: Tax by the scale, slice: scale, cite: [act] }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [swap], when: sent.asset_kind is coin and received.asset_kind is coin, as: rollover, cite: [act] }
  - { kinds: [swap], as: exchange, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [staking], when: asset_kind is stable, as: income, class: interest, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees: [ { to: [acquisition, disposal, exchange, rollover, income, move], goes: apart, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
each_match:
  gain: { unit: money, formula: "proceeds - cost - (if method is full then fees else 0)", cite: [act] }
  coin_gain: { unit: money, formula: "if asset_kind is coin then gain else 0", cite: [act] }
each_acquisition:
  weighed: { unit: number, formula: "quantity * weight", cite: [act] }
quantities:
  weight_bought: { unit: number, formula: "sum of weighed over acquisitions", cite: [act] }
  interest: { unit: money, formula: "sum of amount over income where asset_kind is stable", cite: [act] }
  coins_in: { unit: money, per: segment of gains, formula: "positive(sum of coin_gain over matches)", cite: [act] }
  pictures_in: { unit: money, per: segment of gains, formula: "positive(sum of gain over matches where asset_kind is picture)", cite: [act] }
  coins: { unit: money, formula: "sum of coins_in over periods of coins_in", cite: [act] }
  coin_losses: { unit: money, formula: "positive(-(sum of coin_gain over matches where coin_gain < 0))", cite: [act] }
  losses_in:
    unit: money
    per: segment of gains
    allocate: { amount: losses.used, room: coins_in, worth: gains.rate, order: worth }
    cite: [act]
  exempt_in:
    unit: money
    per: segment of gains
    allocate: { amount: exempt, room: "coins_in - losses_in", worth: gains.rate, order: worth }
    cite: [act]
  counted_in: { unit: money, per: segment of gains, formula: "coins_in - losses_in - exempt_in", cite: [act] }
  counted: { unit: money, formula: "sum of counted_in over periods of counted_in", cite: [act] }
  relief_days: { unit: number, formula: "count of transactions where reliefs includes young", cite: [act] }
offsets:
  losses: { title: Losses, arises: "coin_losses", against: coins, lasts: "2 * 1", brought: losses_brought, cite: [act] }
taxes:
  income_tax: { title: Income tax, amount: "tax_on(wages + interest)", cite: [act] }
  gains_tax:
    title: Tax on gains
    amount: |
      (if way is together then tax_on(wages + interest + counted) - tax_on(wages + interest)
       else sum of counted_in * gains.rate over segments of gains)
      + (sum of pictures_in * gains.picture_rate over segments of gains)
      - (if reliefs at period.end includes disabled then 50 EUR else 0)
    cite: [act]
"#;

const LEDGER: &str = "\
timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,value,value_currency
2023-01-10T12:00:00Z,b1,buy,10,BTC,10000,EUR,,,,
2023-01-11T12:00:00Z,b2,buy,1,ART,2000,EUR,,,,
2024-02-01T12:00:00Z,s1,sell,3000,EUR,1,BTC,100,EUR,,
2024-03-01T12:00:00Z,w1,swap,20,ETH,2,BTC,,,6000,EUR
2024-08-01T12:00:00Z,s2,sell,4000,EUR,1,BTC,,,,
2024-09-01T12:00:00Z,s3,sell,2500,EUR,1,ART,,,,
2024-09-02T12:00:00Z,w2,swap,1,ART,1,BTC,,,5000,EUR
2024-10-01T12:00:00Z,k1,staking,300,USDX,,,,,300,EUR
2024-10-02T12:00:00Z,k2,staking,1,ETH,,,,,900,EUR
2025-03-01T12:00:00Z,s4,sell,500,EUR,1,BTC,,,,
";

const FACTS: &str = "asset_kind: { BTC: coin, ETH: coin, ART: picture, USDX: stable }\nweight: { ART: 5 }\nwages: { 2024: 15000, 2025: 15000 }\nlosses_brought: [ { year: 2022, amount: 700 }, { year: 2020, amount: 90 } ]\n";

fn law() -> RuleBook {
    let text = LAW.replace("if reliefs at period.end includes disabled", "if is_disabled > 0").replace(
        "  relief_days:",
        "  is_disabled: { unit: number, formula: \"count of transactions where reliefs includes disabled\", cite: [act] }\n  relief_days:",
    );
    let text = text.replace("lasts: \"2 * 1\"", "lasts: years_kept").replace(
        "  exempt: { title",
        "  years_kept: { title: Years, unit: number, selected_by: tax_year, values: [ { value: 2, cite: [act] } ] }\n  exempt: { title",
    );
    let loaded = load(&[Source::new("tax.yaml", text)]);
    for problem in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    loaded.book.expect("the law is sound")
}

fn inputs(facts: &str) -> Inputs {
    Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], FactsInput::yaml(Source::new("facts.yaml", facts)))
}

fn options(year: i32, choices: &[(&str, &str)]) -> Options {
    let choices = choices.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Options { year, choices, ..Options::default() }
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
fn tax(a: &Assessment, id: &str) -> Decimal {
    a.taxes.iter().find(|t| t.id == id).and_then(|t| t.whole).unwrap_or_else(|| panic!("{id}: {:?}", a.errors))
}

#[test]
fn a_year_worked_out_by_hand() {
    let a = assess(&law(), &inputs(FACTS), &options(2024, &[]));
    assert!(a.errors.is_empty(), "{:?}", a.errors);
    // Coins before July: 3000 - 1000 - 100. The swap of coins is none. After: 4000 - 1000, and the coin swapped for a picture: 5000 - 1000.
    let QuantityValue::Map(coins) = &a.quantities.iter().find(|(n, _)| n == "coins_in").unwrap().1 else { panic!() };
    assert_eq!(coins, &[("2024-01-01".to_owned(), Some(d("1900"))), ("2024-07-01".to_owned(), Some(d("7000")))]);
    // Of 2022 700 may still be used; 2020 is over. Losses and the exempt amount go to the dearer half: 7000 - 700 - 1000.
    assert_eq!((one(&a, "losses.used"), one(&a, "losses.left")), (d("700"), d("0")));
    assert_eq!(one(&a, "counted"), d("7200"));
    // Interest of 300 on wages of 15,000. The reward in coins is not income here.
    assert_eq!((one(&a, "interest"), tax(&a, "income_tax")), (d("300"), d("1530")));
    // Apart: 1900 * 20% + 5300 * 25% = 1705. Together: 4700 at 10%, 2500 at 30% = 1220. The picture: 500 at 28%.
    assert_eq!(tax(&a, "gains_tax"), d("1220") + d("140"));
    assert_eq!(a.choices.iter().find(|c| c.name == "way").unwrap().chosen, "together");
    let told = a.assumptions.iter().find(|x| x.kind == "least").unwrap();
    assert_eq!(
        told.message,
        "`together` was taken for `way`, since it gives the least `gains_tax`: 1360, not 1845 under `separate`"
    );
    // A joint scale leaves more room at 10%.
    let joint = assess(&law(), &inputs(&format!("{FACTS}status: joint\n")), &options(2024, &[]));
    assert_eq!(tax(&joint, "gains_tax"), d("720") + d("140"));
    // High wages make the other way the better one; a choice that was made stands.
    let rich = FACTS.replace("2024: 15000", "2024: 90000");
    assert_eq!(tax(&assess(&law(), &inputs(&rich), &options(2024, &[])), "gains_tax"), d("1705") + d("140"));
    assert_eq!(tax(&assess(&law(), &inputs(&rich), &options(2024, &[("way", "together")])), "gains_tax"), d("2160") + d("140"));
    assert_eq!(one(&assess(&law(), &inputs(FACTS), &options(2023, &[])), "losses.expired"), d("90"));
    // Ten coins and five for the picture bought in 2023.
    assert_eq!(one(&assess(&law(), &inputs(FACTS), &options(2023, &[])), "weight_bought"), d("15"));
}

#[test]
fn the_chain_and_the_working() {
    // 2025: a loss of 500 arises.
    let all = years(&law(), &inputs(FACTS), &options(2024, &[]), 2023, 2025);
    let alone = assess(&law(), &inputs(FACTS), &options(2025, &[]));
    assert_eq!(one(&all[2], "losses.left"), d("500"));
    assert_eq!(format!("{:?}", all[2].quantities), format!("{:?}", alone.quantities));
    let step = explain(&law(), &inputs(FACTS), &options(2024, &[]), "gains_tax").unwrap();
    assert_eq!(step.value.as_deref(), Some("1360"));
    let text = tell(&step, Depth::Full, true);
    for part in [
        "tax_on(22500) = 2750",
        "row 1 of the table: status is single",
        "asset_kind = coin",
        "shared out where it is worth most first",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn an_asset_of_no_known_kind_refuses_what_needs_it() {
    let a = assess(&law(), &inputs("asset_kind: { BTC: coin, ETH: coin, ART: picture }\n"), &options(2024, &[]));
    let told = a.errors.iter().find(|e| e.code == Code::A0207).unwrap();
    assert!(told.message.contains("USDX") && told.help.as_ref().unwrap().contains("asset_kind: { USDX: .. }"), "{told:?}");
    let a = assess(&law(), &inputs("asset_kind: coin\n"), &options(2024, &[]));
    assert!(a.errors.iter().any(|e| e.code == Code::F0103 && e.message.contains("about assets")), "{:?}", a.errors);
}

#[test]
fn sets_by_date() {
    let of = |facts: &str| assess(&law(), &inputs(&format!("{FACTS}{facts}\n")), &options(2024, &[]));
    let none = of("");
    assert_eq!((one(&none, "relief_days"), tax(&none, "gains_tax")), (d("0"), d("1360")));
    let some = of("reliefs: [disabled, farmer]");
    assert_eq!((one(&some, "relief_days"), tax(&some, "gains_tax")), (d("0"), d("1310")));
    // Rows from September on: s3, w2, k1, k2.
    assert_eq!(one(&of("reliefs: { 2024-09-01: [young] }"), "relief_days"), d("4"));
    let wrong = of("reliefs: [yuong]");
    assert!(
        wrong.errors.iter().any(|e| e.code == Code::F0102 && e.help.as_deref() == Some("did you mean `young`?")),
        "{:?}",
        wrong.errors
    );
}

#[test]
fn a_choice_by_year() {
    let of = |year, choice: &str| assess(&law(), &inputs(FACTS), &options(year, &[("method", choice), ("way", "separate")]));
    let coins = |a: &Assessment| one(a, "coins");
    assert_eq!((coins(&of(2024, "full")), coins(&of(2024, "none"))), (d("8900"), d("9000")));
    assert_eq!(coins(&of(2024, "{ 2023: none }")), d("9000"));
    assert_eq!(coins(&of(2024, "{ 2023: none, 2024: full }")), d("8900"));
    assert_eq!(coins(&of(2024, "{2025: none}")), d("8900"));
    // The loss of 2025 has no fee; what 2024 used is as 2024 chose.
    let later = of(2025, "{2025: none}");
    assert_eq!(
        (one(&later, "losses.brought"), later.choices.iter().find(|c| c.name == "method").unwrap().chosen.as_str()),
        (d("0"), "none")
    );
    let book = law();
    let told = usage_errors(&book, &inputs(FACTS), &options(2024, &[("method", "{2023: nome}")]));
    assert!(told.iter().any(|e| e.code == Code::F0105 && e.message.contains("`nome`")), "{told:?}");
    let example = "id: e\nyear: 2024\nchoices: { way: separate, method: { 2023: none } }\nfacts: { asset_kind: {} }\nexpect: [ { figure: coins, value: 0 } ]\n";
    assert!(fisc::examples::run(&book, &Source::new("e.yaml", example))[0].ok);
}

#[test]
fn an_example_asks_for_a_part_of_an_offset() {
    let example = |used: &str| {
        let text = format!(
            "id: e\nyear: 2024\nfacts: {{ losses_brought: [ {{ year: 2022, amount: 700 }} ] }}\nledger: |\n  timestamp,kind,account,received_amount,received_asset,sent_amount,sent_asset\n  2024-01-10T12:00:00Z,buy,w,1,BTC,100,EUR\nexpect:\n  - {{ figure: losses.brought, value: 700 }}\n  - {{ figure: losses.used, value: {used} }}\n"
        );
        let results = fisc::examples::run(&law(), &Source::new("e.yaml", text));
        results.into_iter().map(|r| (r.ok, r.got)).collect::<Vec<_>>()
    };
    let right = example("0");
    assert!(right.len() == 2 && right.iter().all(|(ok, _)| *ok), "{right:?}");
    assert!(example("700").iter().any(|(ok, got)| !ok && got == "0"));
}

#[test]
fn where_nothing_is_brought_an_unknown_room_refuses_nothing() {
    let book = load(&[Source::new("tax.yaml", LAW.replacen("against: coins", "against: interest", 1))]).book.unwrap();
    let example = |brought: &str, used: &str| {
        let text = format!(
            "id: e\nyear: 2024\nfacts: {{ asset_kind: {{ USDX: stable }}, losses_brought: {brought} }}\nledger: |\n  timestamp,kind,account,received_amount,received_asset\n  2023-01-10T12:00:00Z,staking,w,10,USDX\nexpect: [ {{ figure: losses.used, value: {used} }} ]\n"
        );
        let results = fisc::examples::run(&book, &Source::new("e.yaml", text));
        results.into_iter().map(|r| (r.ok, r.got)).collect::<Vec<_>>()
    };
    assert_eq!(example("[]", "0"), [(true, "0".to_owned())]);
    // A loss that the interest of 2023, which has no value, may have used: how much is left of it is not known.
    assert_eq!(example("[ { year: 2022, amount: 700 } ]", "refused"), [(true, "refused".to_owned())]);
}

#[test]
fn what_the_checker_says() {
    let said = |from: &str, to: &str| -> Vec<Diagnostic> {
        assert!(LAW.contains(from), "{from}");
        load(&[Source::new("tax.yaml", LAW.replacen(from, to, 1))]).diagnostics
    };
    let cases = [
        (said("least gains_tax", "least gians_tax"), Code::R0302, "`gians_tax` is not a tax or quantity"),
        (said("reliefs includes young", "reliefs includes yuong"), Code::R0302, "`yuong` is no word"),
        (said("reliefs includes young", "status includes single"), Code::R0304, "which includes nothing"),
        (said("reliefs includes young", "reliefs"), Code::R0304, "a condition was expected"),
        (said("sent.asset_kind is coin and", "sent.status is single and"), Code::R0302, "`status` is not a fact about assets"),
        (said("\"tax_on(wages + interest)\"", "\"if asset_kind is coin then 0 else wages\""), Code::R0305, "is about an asset"),
        (said("about: asset }", "about: asset, varies: by_year }"), Code::R0203, "one value for each asset"),
        (said("some_of: [young, disabled, farmer]", "some_of: []"), Code::R0203, "a set of 0 words"),
    ];
    for (all, code, message) in cases {
        let found =
            all.iter().find(|d| d.code == code && d.message.contains(message)).unwrap_or_else(|| panic!("{message}: {all:#?}"));
        assert!(found.place.is_some(), "{found:?}");
    }
}
