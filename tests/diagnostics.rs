//! One example for each code: the code is reported at its place, in words, with a remedy, and no other error beside it.
//!
//! `tests/diagnostics/expected.txt` has a line `CODE line:column` for each; `-` where a message has no place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fisc::diagnostic::{Code, Diagnostic, Severity, Source, render};
use fisc::engine::{Inputs, Options, assess, explain, usage_errors};
use fisc::facts::FactsInput;
use fisc::rules::{RuleBook, load};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

fn file(name: &str) -> Source {
    Source::new(name, std::fs::read_to_string(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}")))
}

fn law() -> RuleBook {
    load(&[file("base.yaml")]).book.unwrap()
}

fn options(code: &str) -> Options {
    let pairs = |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let year = match code {
        "A0101" => 2019,
        "A0205" => 2024,
        "A0304" => 2025,
        _ => 2023,
    };
    let readings = match code {
        "F0104" => pairs(&[("loses", "all")]),
        "F0105" => pairs(&[("losses", "al")]),
        "A0210" => pairs(&[("losses", "all")]),
        _ => Vec::new(),
    };
    Options {
        year,
        readings,
        strict: code == "A0304",
        taxpayer: (code == "A0103").then(|| "cid".to_owned()),
        ..Options::default()
    }
}

/// What the engine says of an example.
fn said(code: &str) -> Vec<Diagnostic> {
    let csv = || file(&format!("{code}.csv"));
    let yaml = || file(&format!("{code}.yaml"));
    let ledger =
        "timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset\n2023-01-01T00:00:00Z,b1,buy,1,BTC,100,EUR\n";
    let judged = |ledgers: &[Source], facts: FactsInput| {
        let mut facts = facts;
        if code != "A0207" {
            facts.set("allowance_used", "0");
        }
        if code == "A0205" {
            facts.set("own_power", "100");
        }
        let mut inputs = Inputs::read(ledgers, &[], &[], facts);
        if code == "A0206" {
            inputs.facts = FactsInput::yaml(Source::new("facts.yaml", "allowance_used: 0\nown_power: 1\n"));
        }
        let found = assess(&law(), &inputs, &options(code));
        let mut all = usage_errors(&law(), &inputs, &options(code));
        all.extend(found.errors.into_iter().chain(found.warnings));
        all
    };
    match (code.get(..1).unwrap(), code) {
        (_, "R0501") => fisc::examples::run(&law(), &yaml()).into_iter().flat_map(|r| r.diagnostics).collect(),
        (_, "R0209") => fisc::library::open(&fisc::engine::Target::Path(folder().join("nothing")), None).0.diagnostics,
        ("R", _) => load(&[yaml()]).diagnostics,
        (_, "F0106") => fisc::library::law("kyg", None).diagnostics,
        (_, "F0104" | "F0105") => usage_errors(&law(), &Inputs::default(), &options(code)),
        ("F", _) => judged(&[Source::new("ledger.csv", ledger)], FactsInput::yaml(yaml())),
        ("P", _) => fisc::value::tables::Rates::read(&[csv()]).1,
        (_, "I0105") => fisc::import::format::read(&yaml()).unwrap_err(),
        (_, "I0110") => vec![fisc::import::decode::open(&folder().join("I0110.csv")).unwrap_err()],
        ("I", _) => fisc::import::load(&[csv()]).1,
        (_, "A0213") => {
            explain(&law(), &Inputs::read(&[csv()], &[], &[], FactsInput::default()), &options(code), "income_tx").unwrap_err()
        }
        (_, "A0206") => steady(),
        (_, "L0212" | "L0213") | ("A", _) => judged(&[csv()], FactsInput::default()),
        _ => fisc::import::load(&[csv()]).1,
    }
}

/// A value that changes inside the year of the formula that reads it.
fn steady() -> Vec<Diagnostic> {
    let base = file("base.yaml");
    let text = base.text.replace("rate: tax_rate at period.end", "rate: tax_rate");
    let book = load(&[Source::new("base.yaml", text)]).book.unwrap();
    let mut facts = FactsInput::default();
    facts.set("allowance_used", "0");
    let ledger = file("A0206.csv");
    assess(&book, &Inputs::read(&[ledger], &[], &[], facts), &options("A0206")).errors
}

fn expected() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("expected.txt")).unwrap();
    text.lines().filter_map(|l| l.split_once(' ')).map(|(code, place)| (code.to_owned(), place.to_owned())).collect()
}

#[test]
fn every_code_has_an_example_that_shows_it() {
    let expected = expected();
    let mut lines = String::new();
    let mut faults = Vec::new();
    for code in Code::ALL {
        let all = said(code.id());
        let Some(found) = all.iter().find(|d| d.code == *code) else {
            faults.push(format!(
                "{} was not said, but {:?}",
                code.id(),
                all.iter().map(|d| (d.code.id(), &d.message)).collect::<Vec<_>>()
            ));
            continue;
        };
        let place = found.place.as_ref().map_or("-".to_owned(), |p| format!("{}:{}", p.line, p.column));
        lines.push_str(&format!("{} {place}\n", code.id()));
        if expected.get(code.id()) != Some(&place) {
            faults.push(format!("{} stands at {place}, expected {:?}: {}", code.id(), expected.get(code.id()), found.message));
        }
        if let Some(other) = all.iter().find(|d| d.severity == Severity::Error && d.code != *code) {
            faults.push(format!("{} is followed by {}: {}", code.id(), other.code.id(), other.message));
        }
        if found.message.is_empty() || found.message.contains("Some(") || found.help.as_ref().is_some_and(String::is_empty) {
            faults.push(format!("{} says nothing readable: {}", code.id(), found.message));
        }
        assert!(render(found, &Default::default(), false).contains(code.id()));
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(folder().join("expected.txt"), lines).unwrap();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_example_is_without_a_code() {
    for entry in std::fs::read_dir(folder()).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = name.split('.').next().unwrap();
        assert!(["base", "expected"].contains(&stem) || Code::ALL.iter().any(|c| c.id() == stem), "{name}");
    }
}

/// What a user most needs to be told well: the words and the remedy, not only the code.
#[test]
fn the_remedies_read_as_they_did() {
    let shown = [
        "R0103", "R0105", "R0201", "R0208", "R0302", "R0303", "R0306", "R0401", "L0202", "L0204", "L0205", "A0201", "A0202",
        "A0203",
    ];
    let mut text = String::new();
    for code in shown {
        let mut sources = fisc::diagnostic::SourceMap::default();
        for name in [format!("{code}.yaml"), format!("{code}.csv")] {
            if folder().join(&name).exists() {
                sources.insert(&file(&name));
            }
        }
        for problem in said(code).iter().filter(|d| d.code.id() == code).take(1) {
            text.push_str(&format!("{}\n\n", render(problem, &sources, false)));
        }
    }
    insta::assert_snapshot!("remedies", text);
}
