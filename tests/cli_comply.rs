//! `fisc comply`, as a user meets it.

use std::path::Path;
use std::process::{Command, Output};

fn fisc(words: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_fisc")).current_dir(root).args(words).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const PROVIDER: &[&str] = &[
    "comply",
    "--in",
    "kg",
    "--on",
    "2026-08-01",
    "--set",
    "role=provider",
    "--set",
    "licences=[ { kind: trading_operator, from: 2024-08-01 } ]",
    "--set",
    "authorised_capital=250000000",
];

#[test]
fn findings_do_not_change_how_the_command_ends() {
    let out = fisc(&[PROVIDER, &["--format", "json"]].concat());
    assert_eq!((out.status.code(), text(&out.stderr).as_str()), (Some(0), ""));
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((&json["on"], &json["jurisdiction"]), (&"2026-08-01".into(), &"kg".into()));
    assert_eq!(json["quantities"]["capital_required"], "300000000");
    assert_eq!(json["quantities"]["capital_short"], "50000000");
    assert_eq!(json["quantities"]["capital_short_under_cancelled_act_823"], "0");
    let findings = json["findings"].as_array().unwrap();
    for finding in findings {
        let keys = [
            "rule",
            "severity",
            "subject",
            "message",
            "figures",
            "from",
            "to",
            "due",
            "transactions",
            "cite",
            "status",
            "explain",
        ];
        assert!(keys.iter().all(|key| finding.get(key).is_some()), "{finding}");
    }
    let of = |outcome: &str| -> Vec<&str> {
        findings.iter().filter(|f| f["outcome"] == outcome).map(|f| f["rule"].as_str().unwrap()).collect()
    };
    assert_eq!(of("failed"), ["authorised_capital_of_a_provider"]);
    assert_eq!(of("would_be_met"), ["authorised_capital_of_a_provider"]);
    assert_eq!(findings[0]["explain"], "authorised_capital_of_a_provider@2026-08-01");
    // What holds the values of the day is cited, not what held those of other days.
    assert_eq!(findings[0]["cite"], serde_json::json!(["res-514-capital", "decree-112"]));
    let assumed = json["assumptions"].as_array().unwrap();
    for (kind, name) in [("default", "operator"), ("unconfirmed", "order-579")] {
        let found =
            assumed.iter().find(|a| a["kind"] == kind && a["name"] == name).unwrap_or_else(|| panic!("{name}: {assumed:?}"));
        assert!(!found["message"].as_str().unwrap().is_empty());
    }
    assert!(json["met"].as_array().unwrap().iter().any(|f| f["rule"] == "provider_licence"));
}

#[test]
fn a_finding_is_told_with_rule_numbers_source_and_cure() {
    let out = text(&fisc(PROVIDER).stdout);
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    for told in [
        "Not met (1)",
        "250,000,000 KGS, and 300,000,000 KGS are required: 50,000,000 KGS are missing",
        "Numbers capital_required 300,000,000",
        "Cure Pay in 50,000,000 KGS.",
        "Rule requires authorised_capital >= capital_required",
        "Presidential Decree No. 112 (confirmed)",
        "under the cancelled Cabinet Resolution No. 823 (cancelled on 2025-01-25) this would be met",
        "why the fact customers_are_adults (all customers are 18 or older) is not given",
        "Cure give it with --set customers_are_adults=VALUE (yes or no) or in the facts file",
        "How a finding came about: fisc explain .. --in kg authorised_capital_of_a_provider@2026-08-01",
        "Assumed -",
        "Which kind of provider (operator) was not given: as_licensed (one of as_licensed, exchange_operator, trading_operator)",
    ] {
        assert!(flat.contains(told), "{told}\n{out}");
    }
    assert!(out.lines().all(|l| l.chars().count() <= 80), "{out}");
    for format in ["md", "html"] {
        let out = fisc(&[PROVIDER, &["--format", format]].concat());
        assert_eq!(out.status.code(), Some(0));
        assert!(text(&out.stdout).contains("50,000,000"), "{format}");
    }
}

#[test]
fn what_is_wrong_with_the_question_is_told() {
    for (words, code, told) in [
        (&["comply", "--in", "kg", "--year", "2024"][..], 2, "--on"),
        (&["comply", "--in", "kg", "--on", "2024-13-01"], 2, "2024-13-01"),
        (&["comply", "--in", "xx", "--on", "2024-01-01"], 2, "xx"),
        (&["comply", "--in", "kg", "--on", "2024-01-01", "--set", "rolle=provider"], 2, "`role`"),
        (&["comply", "--in", "kg", "--on", "2024-01-01", "--set", "role=proviter"], 1, "provider"),
        (&["comply", "--in", "kg", "--on", "1.8.2026"], 2, "a day is written as 2026-08-01"),
        (&["comply", "--in", "kg,de", "--on", "2024-01-01"], 2, "one law at a time"),
        (&["comply", "none.csv", "--in", "kg", "--on", "2024-01-01"], 1, "none.csv"),
        (&["assess", "examples/ledger.csv", "--in", "sg", "--year", "2024"], 1, "fisc comply"),
    ] {
        let out = fisc(words);
        assert_eq!(out.status.code(), Some(code), "{words:?}: {}", text(&out.stderr));
        assert!(text(&out.stderr).contains(told), "{words:?}: {}", text(&out.stderr));
    }
}

/// What is explained needs neither a tax year nor a ledger where it is of a day.
#[test]
fn a_finding_is_explained_from_the_command_line() {
    let explain = |words: &[&str]| fisc(&[&["explain"], PROVIDER.get(1..).unwrap(), words].concat());
    let out = explain(&["authorised_capital_of_a_provider@2026-08-01"]);
    assert_eq!((out.status.code(), text(&out.stderr).as_str()), (Some(0), ""));
    let story = text(&out.stdout);
    for line in [
        "authorised_capital_of_a_provider@2026-08-01 = failed   [jurisdictions/kg/regulation.yaml:",
        "|    = requires 250000000 >= 300000000",
        "|    cure: Pay in 50,000,000 KGS.",
        "|- authorised_capital = 250000000   [--set]",
        "|  `- trading_operator_capital = 300000000 KGS   [jurisdictions/kg/regulation.yaml:",
        "|          in force from 2026-07-01",
        "|          by Presidential Decree No. 112 (confirmed)",
        "   |- capital_required@2026-08-01 = 300000000 KGS   (as above)",
    ] {
        assert!(story.lines().any(|l| l.starts_with(line)), "{line}\n{story}");
    }
    let json: serde_json::Value =
        serde_json::from_slice(&explain(&["capital_required@2026-08-01", "--format", "json"]).stdout).unwrap();
    assert_eq!(
        (&json["name"], &json["value"], &json["unit"]),
        (&"capital_required@2026-08-01".into(), &"300000000".into(), &"KGS".into())
    );
    // The day of `--on` counts where none is named; a finding that is met or not checked is no failure.
    for (name, told) in [("provider_licence", "= met"), ("adults_only", "= not checked")] {
        let out = explain(&[name]);
        assert_eq!(out.status.code(), Some(0));
        assert!(text(&out.stdout).lines().next().unwrap().contains(told), "{}", text(&out.stdout));
    }
    for (words, code, told) in [
        (&["capital_requird@2026-08-01"][..], 1, "did you mean `capital_required`?"),
        (&["income_tax"], 2, "name at least one ledger"),
        (&["sanctions_abroad@x"], 1, "the ledger has no row `x`"),
    ] {
        let out = explain(words);
        assert_eq!(out.status.code(), Some(code), "{words:?}: {}", text(&out.stderr));
        assert!(text(&out.stderr).contains(told), "{words:?}: {}", text(&out.stderr));
    }
}

/// Rules that lack the same fact are told as one.
#[test]
fn what_lacks_the_same_is_told_once() {
    let out = fisc(&["comply", "--in", "kg", "--on", "2026-08-01", "--set", "role=proviter"]);
    let shown = text(&out.stdout);
    assert_eq!(shown.matches("proviter").count(), 1, "{shown}");
    assert!(shown.contains("rules\n") && shown.contains("provider_licence"), "{shown}");
}

/// An assessment says that there is more to ask than taxes.
#[test]
fn an_assessment_counts_what_stands_beside_taxes() {
    let words = ["assess", "examples/ledger.csv", "--in", "kg", "--year", "2024", "--rates", "examples/rates.csv", "--prices"];
    let out = text(&fisc(&[&words[..], &["examples/prices.csv", "--set", "role=provider"]].concat()).stdout);
    assert!(out.contains("Beside taxes: 1 not met"), "{out}");
    assert!(out.contains("fisc comply .. --in kg --on 2024-12-31"), "{out}");
    let out = text(&fisc(&[&words[..], &["examples/prices.csv"]].concat()).stdout);
    assert!(!out.contains("Beside taxes"), "{out}");
}
