//! Reports of a record for each sale: of another country, on the command line, as the guide shows them.

use fisc::diagnostic::Source;
use fisc::engine::Inputs;
use fisc::facts::FactsInput;
use fisc::reporting::input::Input;
use fisc::reporting::lines::{self, Files, Job};
use fisc::reporting::provider;
use fisc::reporting::{Format, LINES_HELD};

#[path = "common/lines.rs"]
mod harness;

use harness::USERS;

/// A second country needs no more than its own file: a line for each sale, the cost an average.
#[test]
fn another_country_needs_no_more_than_its_file() {
    const RULES: &str = r#"
jurisdiction: xx
title: Sales slip of Lots
currency: EUR
time_zone: Europe/Paris
tax_year: { begins: 01-01 }
covers: { from: 2026-01-01, through: 2026-12-31 }
sources: { act: { title: Act, kind: law, status: confirmed } }
valuation: { order: [row, money_leg, prices, other_leg], exchange: [received, sent], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [move], goes: lost, in_coin: removal, cite: [act] }
  - { to: [acquisition], goes: received, in_coin: removal, cite: [act] }
  - { to: [disposal], goes: apart, in_coin: removal, cite: [act] }
matching: { pool_by: [asset], sequence: by_disposal, steps: [ average: { cite: [act] } ] }
parameters:
  small: { title: Small sales, unit: money, selected_by: tax_year, values: [ { value: 50, cite: [act] } ] }
each_match:
  profit: { unit: money, formula: "proceeds - fees - cost", cite: [act] }
  slip: { one_of: [loss, gain], cases: [ { when: "profit < 0", then: loss }, { otherwise: gain } ], cite: [act] }
quantities:
  losses: { unit: money, formula: "sum of 0 - profit over matches where slip is loss", cite: [act] }
"#;
    const FORM: &str = r#"
title: Sales slip
sources: { act: Act }
rules: slips
people: carf
residents: [FR]
message: { root: Slips, record: Slip, namespace: "urn:xx" }
record: slip
records:
  gain: { each: match }
  loss: { each: asset, above: { losses: small } }
columns:
  - { name: who, element: Who, is: taxpayer }
  - { name: units, element: Units, value: quantity }
  - { name: profit, element: Profit, value: profit }
  - { name: sales, element: Sales, is: sales, of: [loss] }
"#;
    let rules = |folder: &str| vec![Source::new(format!("{folder}/rules.yaml"), RULES)];
    let source = Source::new("slip.yaml", FORM);
    let form = lines::read_with("slip", &source, &rules).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let head = "timestamp,kind,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,taxpayer\n";
    let rows = "2026-01-02T00:00:00Z,buy,1,BTC,100,EUR,,,zoe\n2026-01-03T00:00:00Z,buy,2,BTC,350,EUR,,,zoe\n\
        2026-02-02T00:00:00Z,sell,200,EUR,1,BTC,1,EUR,zoe\n2026-02-03T00:00:00Z,sell,100,EUR,1,BTC,,,zoe\n";
    let user = "zoe,individual,Zoe,Roux,,1990-01-02,,,,Paris,,FR,FR:1\n";
    let provider = "name: P\ntin: '1'\ncountry: FR\ncurrency: EUR\ntime_zone: Europe/Paris\naddress: { city: Paris }\n";
    let told = |last: &str| {
        let last = format!("2026-02-04T00:00:00Z,sell,{last},EUR,1,BTC,,,zoe\n");
        let provider_source = Source::new("provider.yaml", provider);
        let own = provider::read(&provider_source, &form.people).and_then(|p| lines::own(&provider_source, &form, &p)).unwrap();
        let market = Inputs::default();
        let job = Job::new(&form, &own, 2026, (&market.prices, &market.rates), &FactsInput::default());
        let ledgers = [Input::Text(Source::new("ledger.csv", format!("{head}{rows}{last}")))];
        let users = Input::Text(Source::new("users.csv", USERS.to_owned() + user));
        let text = |format| {
            let files = Files { ledgers: &ledgers, users: &users, format, lines_held: LINES_HELD };
            let report = lines::report(&job, &files);
            report.unwrap_or_else(|problems| panic!("{problems:#?}")).text().unwrap()
        };
        (text(Format::Csv), text(Format::Xml))
    };
    assert_eq!(told("150").0, "who,units,profit,sales\nzoe,1,49.00,\nzoe,1,0.00,\n", "a loss of 50 is small");
    let (csv, xml) = told("149.99");
    assert_eq!(csv, "who,units,profit,sales\nzoe,1,49.00,\nzoe,2,-50.01,2\n");
    assert!(
        xml.contains(
            "<Slip>\n    <Who>zoe</Who>\n    <Units>2</Units>\n    <Profit>-50.01</Profit>\n    <Sales>2</Sales>\n  </Slip>"
        ),
        "{xml}"
    );
    let faulty = FORM
        .replace("of: [loss] }", "of: [losses] }")
        .replace("value: profit }", "value: profits }")
        .replace("  gain: {", "  gains: {");
    let problems = lines::read_with("slip", &Source::new("slip.yaml", faulty), &rules).unwrap_err();
    for word in ["`losses` is not a record", "`profits` is not a field", "matches of `gain` have no record", "`gains` is no word"]
    {
        assert!(problems.iter().any(|p| p.message.contains(word) && p.place.is_some()), "{word}: {problems:#?}");
    }
}

fn fisc(arguments: &[&str]) -> (i32, String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fisc"));
    let files = ["--year", "2026", "--provider", "examples/1099-da/provider.yaml", "--users", "examples/1099-da/users.csv"];
    let out = command.arg("report").args(arguments).args(files).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

#[test]
fn the_example_is_what_the_guide_says() {
    let ledger = "examples/1099-da/ledger.csv";
    let (code, csv, errors) = fisc(&["1099-da", ledger, "--format", "csv"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let lines = harness::read(csv.as_bytes());
    assert_eq!(lines.len(), 6, "cyd lives abroad, and what biz sold is below the minimum");
    let guide = std::fs::read_to_string("docs/reporting.md").unwrap();
    let names = [
        "form_8949_code",
        "box_1c_units",
        "box_1d_date_acquired",
        "box_1f_proceeds",
        "box_1g_basis",
        "box_6_term",
        "box_9_noncovered",
    ];
    for line in &lines[..2] {
        let words: Vec<&str> = names.iter().map(|n| line[*n].as_str()).filter(|t| !t.is_empty()).collect();
        assert!(guide.lines().any(|l| l.split_whitespace().collect::<Vec<_>>() == words), "{words:?}");
    }
    // A file of the user's own, with its rules in a folder beside it.
    assert_eq!(fisc(&["reports/1099-da.yaml", ledger, "--format", "csv"]), (0, csv, String::new()));
    let (code, xml, _) = fisc(&["1099-da", ledger]);
    assert_eq!((code, xml.matches("<Form1099DADetail>").count()), (0, 6));
}

#[test]
fn what_is_not_possible_is_refused() {
    let ledger = "examples/1099-da/ledger.csv";
    for (arguments, word) in [
        (vec!["1099-da", ledger, "--corrects", "records.xml"], "`--corrects` is not possible"),
        (vec!["1099-da", ledger, "--timestamp", "2027-01-15T10:00:00"], "--timestamp"),
        (vec!["1099-da", ledger, "--facts", "examples/1099-da/provider.yaml"], "a line for each customer"),
        (vec!["carf", ledger, "--facts", "facts.csv"], "asks for no facts"),
        (vec!["1099", ledger], "1099-da"),
    ] {
        let (code, out, errors) = fisc(&arguments);
        assert!(code == 2 && out.is_empty() && errors.contains(word), "{arguments:?}: {code} {errors}");
    }
    let (code, out, errors) = fisc(&["none.yaml", ledger]);
    assert!(code == 1 && out.is_empty() && errors.contains("none.yaml"), "{errors}");
}
