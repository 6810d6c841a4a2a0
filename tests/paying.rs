//! When taxes are paid: due days, working days, advances, interest on what is late, under a country that does not exist.

use fisc::assess::Assessment;
use fisc::assess::assessment::TaxLine;
use fisc::diagnostic::{Code, Source};
use fisc::engine::{Inputs, Options, assess, explain};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::report::story::{Depth, tell};
use fisc::rules::{RuleBook, load};

const LAW: &str = r#"
jurisdiction: yy
title: Country of Debts
currency: EUR
time_zone: Europe/Paris
tax_year: { begins: 01-01 }
covers: { from: 2023-01-01, through: 2025-12-31 }
working_days: { rest: [saturday, sunday], holidays: [01-01, 2024-05-20], cite: [act] }
sources: { act: { title: Act, kind: law, status: confirmed } }
parameters:
  late_rate:
    title: Rate of late interest
    unit: rate
    selected_by: period
    values:
      - { from: 2023-01-01, value: 0.1%, cite: [act] }
      - { from: 2024-03-11, value: 0.2%, cite: [act] }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [expense], as: expense, cite: [act] }
  - { kinds: [reward], as: income, cite: [act] }
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [disposal, acquisition, income, expense, move], goes: lost, in_coin: removal, cite: [act] }
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  earned: { unit: money, per: quarter, formula: "sum of amount over income", cite: [act] }
  earned_in_all: { unit: money, formula: "sum of earned over quarters", cite: [act] }
taxes:
  levy:
    title: Levy
    per: month
    amount: "sum of amount over expenses * 1"
    due: { days: 20, cite: [act] }
    late: { rate: late_rate, each: day, cite: [act] }
    cite: [act]
  profit:
    title: Profit tax
    base: earned_in_all
    rate: 10%
    due: { months: 4, days: 1, moved: next_working_day, cite: [act] }
    advances: { per: quarter, amount: "earned * 10%", cumulative: yes, due: { day: 20, of: next_month, moved: previous_working_day, cite: [act] }, cite: [act] }
    cite: [act]
"#;

fn law(change: &[(&str, &str)]) -> RuleBook {
    let text = change.iter().fold(LAW.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let loaded = load(&[Source::new("tax.yaml", text)]);
    for problem in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    loaded.book.expect("the law is sound")
}

const HEADER: &str = "timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset,category,value,value_currency\n";

const LEDGER: &str = "\
2024-01-10T10:00:00Z,e1,expense,,,100,EUR,,,
2024-02-20T10:00:00Z,p1,tax_paid,,,60,EUR,levy;2024-01,,
2024-03-21T10:00:00Z,p2,tax_paid,,,40,EUR,levy;2024-01,,
2024-12-10T10:00:00Z,e2,expense,,,50,EUR,,,
2025-01-25T10:00:00Z,p3,tax_paid,,,50,EUR,levy;2024-12,,
";

fn inputs(rows: &str) -> Inputs {
    Inputs::read(&[Source::new("l.csv", format!("{HEADER}{rows}"))], &[], &[], FactsInput::default())
}

fn assessed(book: &RuleBook, rows: &str) -> Assessment {
    assess(book, &inputs(rows), &Options { year: 2024, ..Options::default() })
}

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

fn line<'a>(a: &'a Assessment, id: &str, period: &str) -> &'a TaxLine {
    a.taxes.iter().find(|t| t.id == id && t.period == period).unwrap_or_else(|| panic!("{id} {period}: {:?}", a.errors))
}

fn interest(change: &[(&str, &str)], rows: &str) -> Option<Decimal> {
    let a = assessed(&law(change), rows);
    assert!(a.errors.is_empty(), "{:?}", a.errors);
    line(&a, "levy", "2024-01").late_interest
}

#[test]
fn interest_may_have_a_limit() {
    let rows = "2024-01-10T10:00:00Z,e1,expense,,,100,EUR,,,\n2024-03-21T10:00:00Z,p1,tax_paid,,,100,EUR,levy;2024-01,,\n";
    // 30 days late: 19 at 0.1%, 11 at 0.2%, together 4.1%.
    assert_eq!(interest(&[], rows), Some(d("4.1")));
    assert_eq!(interest(&[("each: day,", "each: day, limit: 5%,")], rows), Some(d("4.1")));
    assert_eq!(interest(&[("each: day,", "each: day, limit: 3%,")], rows), Some(d("3")));
}

#[test]
fn only_some_parts_of_a_year_may_have_an_advance() {
    let rows = "2024-02-10T10:00:00Z,i1,reward,1,BTC,,,,1000,EUR\n2024-11-10T10:00:00Z,i2,reward,1,BTC,,,,1000,EUR\n";
    let parts = |change: &[(&str, &str)]| {
        let a = assessed(&law(change), rows);
        let advances = line(&a, "profit", "2024").advances.clone().unwrap_or_default();
        advances.into_iter().map(|a| (a.period, a.amount)).collect::<Vec<_>>()
    };
    let first = ("2024-Q1".to_owned(), Some(d("100")));
    assert_eq!(parts(&[("cumulative: yes, ", "")]), [first.clone(), ("2024-Q4".to_owned(), Some(d("100")))]);
    assert_eq!(parts(&[("cumulative: yes, ", "parts: [1, 2, 3], ")]), [first]);
}

#[test]
fn each_day_late_bears_the_rate_of_that_day() {
    let a = assessed(&law(&[]), LEDGER);
    assert!(a.errors.is_empty(), "{:?}", a.errors);
    let january = line(&a, "levy", "2024-01");
    assert_eq!(january.due.unwrap().to_string(), "2024-02-20");
    // Sixty in time. Forty are 30 days late: 19 days at 0.1%, 11 at 0.2%.
    assert_eq!(january.late_interest, Some(d("1.64")));
    // Paid after the end of the year: five days at 0.2% of fifty.
    assert_eq!(line(&a, "levy", "2024-12").late_interest, Some(d("0.5")));
    // No payment is shown, so no interest is told.
    assert_eq!(line(&a, "levy", "2024-05").late_interest, None);
    assert_eq!(line(&a, "profit", "2024").late_interest, None);
    let json = serde_json::to_value(&a).unwrap();
    assert_eq!(json["taxes"][0]["late_interest"], "1.64");
    assert!(json["taxes"][4]["late_interest"].is_null());
    assert!(json["taxes"][0].get("advances").is_none());
    // Interest is no tax: the total is what the tax itself came to.
    assert_eq!(a.total_tax, Some(d("150")));
}

#[test]
fn rates_by_month_and_by_year_and_interest_on_interest() {
    let flat = ("{ from: 2024-03-11, value: 0.2%, cite: [act] }", "{ from: 2024-03-11, value: 0.1%, cite: [act] }");
    let one = |late: &str, rate: &str| {
        let values = format!("{{ from: 2023-01-01, value: {rate}, cite: [act] }}");
        let late = format!("{{ rate: late_rate, {late}, cite: [act] }}");
        let change = [
            ("- { from: 2024-03-11, value: 0.2%, cite: [act] }", ""),
            ("{ from: 2023-01-01, value: 0.1%, cite: [act] }", values.as_str()),
            ("{ rate: late_rate, each: day, cite: [act] }", late.as_str()),
        ];
        interest(&change, LEDGER).unwrap()
    };
    assert_eq!(interest(&[flat], LEDGER), Some(d("1.2")));
    // Due on 20 February, paid on 21 March: one full month, two begun.
    assert_eq!(one("each: month", "1%"), d("0.4"));
    assert_eq!(one("each: begun_month", "1%"), d("0.8"));
    // Thirty days of a yearly rate; 2024 has 366 days.
    assert_eq!(one("each: year, round: { to: 0.0001, toward: down, cite: [act] }", "12%"), d("0.3945"));
    assert_eq!(one("each: year, year_days: 360", "12%"), d("0.4"));
    assert_eq!(one("each: year, year_days: actual, round: { to: 0.0001, toward: down, cite: [act] }", "12%"), d("0.3934"));
    // 29 days to 20 March, then a day on what has accrued.
    assert_eq!(one("each: day, compound: month", "0.1%"), d("1.20116"));
    let early = LEDGER.replace("2024-03-21", "2024-02-22");
    let daily = [
        ("{ from: 2023-01-01, value: 0.1%, cite: [act] }", "{ from: 2023-01-01, value: 1%, cite: [act] }"),
        ("{ rate: late_rate, each: day, cite: [act] }", "{ rate: late_rate, each: day, compound: day, cite: [act] }"),
    ];
    assert_eq!(interest(&daily, &early), Some(d("0.804")));
    let turn = "2024-12-10T10:00:00Z,e1,expense,,,366,EUR,,,\n2025-01-30T10:00:00Z,p,tax_paid,,,366,EUR,levy;2024-12,,\n";
    let actual = [
        ("- { from: 2024-03-11, value: 0.2%, cite: [act] }", ""),
        ("{ from: 2023-01-01, value: 0.1%, cite: [act] }", "{ from: 2023-01-01, value: 10%, cite: [act] }"),
        ("due: { days: 20, cite: [act] }", "due: { day: 21, of: same_month, cite: [act] }"),
        ("each: day, cite: [act] }", "each: year, year_days: actual, cite: [act] }"),
    ];
    let a = assessed(&law(&actual), turn);
    // Ten days of 2024 come to one; thirty of 2025 to 366 * 10% * 30 / 365.
    let of_2025 = fisc::number::mul_div(d("36.6"), d("30"), d("365"), 28).unwrap();
    assert_eq!(line(&a, "levy", "2024-12").late_interest, fisc::number::add(d("1"), of_2025).ok().map(|r| r.value));
}

#[test]
fn earlier_payments_count_first_and_what_is_open_is_told() {
    let rows = "\
2024-01-10T10:00:00Z,e1,expense,,,100,EUR,,,
2024-02-10T10:00:00Z,p1,tax_paid,,,30,EUR,levy;2024-01,,
2024-02-25T10:00:00Z,p2,tax_paid,,,20,EUR,levy;2024-01,,
";
    let a = assessed(&law(&[]), rows);
    assert_eq!(line(&a, "levy", "2024-01").late_interest, Some(d("0.1")));
    let told: Vec<(&str, &str)> = a.assumptions.iter().map(|x| (x.kind, x.message.as_str())).collect();
    assert_eq!(
        told,
        [(
            "unpaid",
            "`levy` 2024-01: the ledger shows no payment of 50 EUR out of 100, due on 2024-02-20; its interest is not counted"
        )]
    );
    let more = format!("{rows}2024-02-26T10:00:00Z,p3,tax_paid,,,80,EUR,levy;2024-01,,\n");
    let a = assessed(&law(&[]), &more);
    // Of the last payment only fifty were owed: six days.
    assert_eq!(line(&a, "levy", "2024-01").late_interest, Some(d("0.4")));
    assert!(a.assumptions.iter().any(|x| x.kind == "overpaid" && x.message.contains("30 EUR")), "{:?}", a.assumptions);
}

#[test]
fn a_payment_touches_no_lots_and_may_be_in_another_currency() {
    let rows = "\
2024-01-05T10:00:00Z,b1,buy,1,BTC,1000,EUR,,,
2024-01-10T10:00:00Z,e1,expense,,,100,EUR,,,
2024-02-21T10:00:00Z,p1,tax_paid,,,0.1,BTC,levy;2024-01,100,EUR
2024-03-22T10:00:00Z,p2,tax_paid,,,70,USD,levy;2024-01,,
";
    let a = assessed(&law(&[]), rows);
    let held: Vec<(Decimal, Option<Decimal>)> = a.holdings.iter().map(|h| (h.quantity, h.cost)).collect();
    assert_eq!(held, [(d("1"), Some(d("1000")))]);
    // The rate of the second payment is missing: the interest is refused, the tax is not.
    let january = line(&a, "levy", "2024-01");
    assert_eq!((january.whole, january.late_interest), (Some(d("100")), None));
    let missing = a.errors.iter().find(|e| e.code == Code::A0202).expect("the rate is asked for");
    assert_eq!(missing.figures, ["levy.late_interest@2024-01"]);
    assert_eq!(a.total_tax, Some(d("100")));
}

#[test]
fn due_days_by_months_days_and_working_days() {
    let day = |due: &str, change: &[(&str, &str)]| {
        let due = format!("due: {due}");
        let mut all = vec![("due: { months: 4, days: 1, moved: next_working_day, cite: [act] }", due.as_str())];
        all.extend(change);
        let a = assessed(&law(&all), LEDGER);
        line(&a, "profit", "2024").due.unwrap().to_string()
    };
    assert_eq!(day("{ months: 4, days: 1, moved: next_working_day, cite: [act] }", &[]), "2025-05-01");
    // Nine months after the end of December end with September, nine after the end of June with March.
    assert_eq!(day("{ months: 9, cite: [act] }", &[]), "2025-09-30");
    let june = law(&[
        ("due: { months: 4, days: 1, moved: next_working_day, cite: [act] }", "due: { months: 9, cite: [act] }"),
        ("begins: 01-01", "begins: 07-01"),
    ]);
    assert_eq!(line(&assessed(&june, LEDGER), "profit", "2024-25").due.unwrap().to_string(), "2026-03-31");
    assert_eq!(day("{ days: 30, cite: [act] }", &[]), "2025-01-30");
    assert_eq!(day("{ before: 05-05, of: next_year, moved: next_working_day, cite: [act] }", &[]), "2025-05-05");
    assert_eq!(day("{ before: 05-05, of: next_year, moved: previous_working_day, cite: [act] }", &[]), "2025-05-02");
    // A holiday of every year, and one of this year alone.
    assert_eq!(day("{ days: 1, moved: next_working_day, cite: [act] }", &[]), "2025-01-02");
    let monday = day("{ months: 4, days: 18, moved: next_working_day, cite: [act] }", &[("2024-05-20", "2025-05-19")]);
    assert_eq!(monday, "2025-05-20");
}

const EARNED: &str = "\
2024-02-01T10:00:00Z,r1,reward,1,ETH,,,,1000,EUR
2024-05-01T10:00:00Z,r2,reward,1,ETH,,,,1500,EUR
2024-08-01T10:00:00Z,r3,reward,1,ETH,,,,1200,EUR
2024-11-01T10:00:00Z,r4,reward,1,ETH,,,,4000,EUR
";

#[test]
fn advances_take_off_what_came_before() {
    let a = assessed(&law(&[]), EARNED);
    let advances = line(&a, "profit", "2024").advances.as_ref().unwrap();
    let shown: Vec<(&str, Decimal, String)> =
        advances.iter().map(|x| (x.period.as_str(), x.amount.unwrap(), x.due.unwrap().to_string())).collect();
    // Of 100, 150, 120 and 400 in the year so far. 20 April and 20 July 2024 are Saturdays; the third is zero.
    assert_eq!(
        shown,
        [
            ("2024-Q1", d("100"), "2024-04-19".into()),
            ("2024-Q2", d("50"), "2024-07-19".into()),
            ("2024-Q4", d("250"), "2025-01-20".into()),
        ]
    );
    let json = serde_json::to_value(&a).unwrap();
    let tax = json["taxes"].as_array().unwrap().last().unwrap();
    assert_eq!(tax["advances"][1], serde_json::json!({ "period": "2024-Q2", "amount": "50", "due": "2024-07-19" }));
    let each = assessed(&law(&[("cumulative: yes", "cumulative: no")]), EARNED);
    let amounts: Vec<Decimal> = line(&each, "profit", "2024").advances.iter().flatten().map(|x| x.amount.unwrap()).collect();
    assert_eq!(amounts, [d("100"), d("150"), d("120"), d("400")]);
    let text = fisc::report::table::assessment(&a);
    assert!(text.contains("Paid on account") && text.contains("2024-07-19"), "{text}");
    assert!(fisc::report::markdown::assessment(&a).contains("| Profit tax | 2024-Q2 | 50 | 2024-07-19 |"));
}

#[test]
fn late_advances_bear_interest_where_the_law_says_so() {
    let paid = format!(
        "{EARNED}\
2024-04-29T10:00:00Z,p1,tax_paid,,,100,EUR,profit;2024-Q1,,
2024-07-19T10:00:00Z,p2,tax_paid,,,50,EUR,profit;2024-Q2,,
2025-05-11T10:00:00Z,p3,tax_paid,,,620,EUR,profit;2024,,
"
    );
    let late = "late: { rate: 0.1%, each: day, cite: [act] }\n    advances: { late: yes, per";
    let with = assessed(&law(&[("advances: { per", late)]), &paid);
    assert!(with.errors.is_empty(), "{:?}", with.errors);
    // Ten days on 100; of the last payment 250 were due on 20 January (111 days), 370 on 1 May (10 days).
    assert_eq!(line(&with, "profit", "2024").late_interest, Some(d("32.45")));
    let no = assessed(&law(&[("advances: { per", &late.replace("late: yes", "late: no"))]), &paid);
    assert_eq!(line(&no, "profit", "2024").late_interest, Some(d("6.2")));
}

#[test]
fn a_payment_of_an_unknown_tax_or_period_is_an_error_with_its_place() {
    let rows = "\
2024-02-21T10:00:00Z,p1,tax_paid,,,1,EUR,levi;2024-01,,
2024-02-22T10:00:00Z,p2,tax_paid,,,1,EUR,levy;2024-Q1,,
2024-02-22T10:00:00Z,p3,tax_paid,,,1,EUR,levy;2022-12,,
";
    let a = assessed(&law(&[]), rows);
    let said: Vec<(Code, u32, Option<&str>)> =
        a.errors.iter().map(|e| (e.code, e.place.as_ref().unwrap().line, e.help.as_deref())).collect();
    assert_eq!(
        said,
        [(Code::L0216, 2, Some("did you mean `levy`?")), (Code::L0216, 3, Some("its periods are written like `2024-01`")),]
    );
    // The figures stand.
    assert_eq!(a.total_tax, Some(d("0")));
}

#[test]
fn interest_explains_itself() {
    let inputs = inputs(LEDGER);
    let book = law(&[]);
    let options = Options { year: 2024, ..Options::default() };
    let story = |figure: &str| {
        let step = explain(&book, &inputs, &options, figure).unwrap_or_else(|e| panic!("{figure}: {e:?}"));
        (step.value.clone(), tell(&step, Depth::Full, true))
    };
    let (value, text) = story("levy.late_interest@2024-01");
    assert_eq!(value.as_deref(), Some("1.64"));
    for part in [
        "paid on 2024-02-20, in time",
        "paid on 2024-03-21, 30 days late",
        "40 * 19 * 0.1% + 40 * 11 * 0.2%",
        "from 2024-03-11 through 2024-03-21: 0.2% a day",
        "late_rate",
        "[l.csv:4]",
        "due by 2024-02-20",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(story("levy.late_interest").0.as_deref(), Some("2.14"));
    assert_eq!(story("profit.due").0.as_deref(), Some("2025-05-01"));
    assert_eq!(story("levy.payable@2024-01").0.as_deref(), Some("100"));
    assert_eq!(story("profit.advance").0.as_deref(), Some("0"));
    assert!(story("levy.late_interest@2024-06").1.contains("levy;2024-06"));
    for wrong in ["levy.interest", "levy.late_interest@2024-13", "levy.advance", "profit.late_interest@2024-Q1"] {
        let problems = explain(&book, &inputs, &options, wrong).unwrap_err();
        assert_eq!(problems[0].code, Code::A0213, "{wrong}");
    }
}

#[test]
fn examples_ask_for_days_and_interest() {
    let ledger: String = format!("{HEADER}{LEDGER}{EARNED}").lines().map(|l| format!("  {l}\n")).collect();
    let text = format!(
        "id: yy-late\nyear: 2024\nledger: |\n{ledger}expect:\n\
         - {{ figure: levy.late_interest, at: {{ period: 2024-01 }}, value: 1.64 }}\n\
         - {{ figure: levy.late_interest, value: 2.14 }}\n\
         - {{ figure: levy.late_interest, at: {{ period: 2024-03 }}, value: none }}\n\
         - {{ figure: levy.due, at: {{ period: 2024-01 }}, value: 2024-02-20 }}\n\
         - {{ figure: profit.due, value: 2025-05-01 }}\n\
         - {{ figure: profit.advance, at: {{ period: 2024-Q2 }}, value: 50 }}\n\
         - {{ figure: profit.advance_due, at: {{ period: 2024-Q2 }}, value: 2024-07-19 }}\n\
         - {{ figure: profit.advance, value: 400 }}\n\
         - {{ figure: profit.due, value: 2025-05-02 }}\n\
         - {{ figure: levy.due, value: 2024-02-20 }}\n"
    );
    let results = fisc::examples::run(&law(&[]), &Source::new("e.yaml", text));
    let ok: Vec<bool> = results.iter().map(|r| r.ok).collect();
    assert_eq!(ok, [true, true, true, true, true, true, true, true, false, false], "{results:?}");
    assert_eq!(results[8].got, "2025-05-01");
    assert_eq!(results[9].got, "no such figure");
}

#[test]
fn what_a_law_may_not_say_of_payment() {
    let faults = |change: &[(&str, &str)]| {
        let text = change.iter().fold(LAW.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        load(&[Source::new("tax.yaml", text)]).diagnostics.into_iter().map(|d| d.code).collect::<Vec<_>>()
    };
    let days = "working_days: { rest: [saturday, sunday], holidays: [01-01, 2024-05-20], cite: [act] }\n";
    assert_eq!(faults(&[(days, "")]), [Code::R0202, Code::R0202], "no working days to move to");
    assert_eq!(faults(&[("each: day, cite", "each: day, year_days: 360, cite")]), [Code::R0203]);
    assert_eq!(faults(&[("due: { days: 20, cite: [act] }\n", "note: none\n")]), [Code::R0202], "late, but never due");
    assert_eq!(faults(&[("per: quarter, amount", "per: month, late: yes, amount"), ("earned * 10%", "0")]), [Code::R0202]);
    assert_eq!(faults(&[("rate: late_rate, each", "rate: earned_in_all / 100, each")]), [Code::R0305]);
    assert_eq!(faults(&[("rate: late_rate, each", "rate: late_rate * 1 EUR, each")]), [Code::R0303]);
    assert_eq!(faults(&[("{ days: 20, cite", "{ days: 0, cite")]), [Code::R0203]);
    assert_eq!(faults(&[("{ days: 20, cite", "{ days: 20, day: 3, of: next_month, cite")]), [Code::R0203]);
    assert_eq!(faults(&[("[saturday, sunday]", "[saturday, sonday]")]), [Code::R0204]);
}
