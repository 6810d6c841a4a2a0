//! The command line, as a user meets it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn fisc(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fisc")).current_dir(root("")).args(words).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const EXPORT: &[&str] =
    &["examples/binance.csv", "--in", "kg", "--year", "2024", "--rates", "examples/rates.csv", "--prices", "examples/prices.csv"];

fn with(first: &str, rest: &[&str]) -> Output {
    fisc(&[&[first], EXPORT, rest].concat())
}

#[test]
fn from_an_export_to_the_liability() {
    let out = with("assess", &["--format", "json"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    // Worked a second time with fractions, apart from this code: 75047.9201861131272727..
    assert_eq!(json["total_tax"], "75047.920186113127272727");
    assert_eq!(json["disposals"][0]["disposal"], "binance.csv:20");
    // The same figures by the ledger that `import` writes.
    let ledger = fisc(&["import", "examples/binance.csv"]);
    assert_eq!(text(&ledger.stdout), std::fs::read_to_string(root("examples/ledger.csv")).unwrap());
    let again = fisc(&[&["assess", "examples/ledger.csv"], &EXPORT[1..], &["--format", "json"]].concat());
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(json["taxes"], again["taxes"]);
}

#[test]
fn the_table_and_the_story_read_as_they_did() {
    insta::assert_snapshot!("assess_table", text(&with("assess", &[]).stdout));
    insta::assert_snapshot!("explain_gain", text(&with("explain", &["gain@binance.csv:20"]).stdout));
    insta::assert_snapshot!("explain_summary", text(&with("explain", &["income_tax", "--depth", "summary"]).stdout));
}

#[test]
fn the_json_has_the_keys_relied_on() {
    let out = with("assess", &["--format", "json", "--all-readings"]);
    let text = text(&out.stdout);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "fisc",
            "jurisdiction",
            "tax_year",
            "period",
            "currency",
            "total_tax",
            "taxes",
            "quantities",
            "disposals",
            "income",
            "expenses",
            "holdings",
            "findings",
            "readings",
            "choices",
            "range",
            "assumptions",
            "errors",
            "warnings",
            "provenance"
        ]
    );
    assert_eq!(json["readings"]["cost_method"]["under"]["average"]["taxes"].as_object().unwrap().len(), 1);
    assert_eq!(json["period"], serde_json::json!({"from": "2024-01-01", "to": "2024-12-31"}));
}

#[test]
fn a_missing_rate_names_the_day_and_the_pair() {
    let out = fisc(&["assess", "examples/ledger.csv", "--in", "kg", "--year", "2024", "--prices", "examples/prices.csv"]);
    assert_eq!(out.status.code(), Some(1));
    let err = text(&out.stderr);
    assert!(err.contains("error[A0202]: no rate USD/KGS is given for 2023-02-06"), "{err}");
    assert!(err.contains("2024-12-17"), "all of them at once: {err}");
    assert!(text(&out.stdout).contains("refused"));
}

#[test]
fn mistakes_in_the_command_line_end_with_two() {
    for words in [
        &["assess"][..],
        &["assess", "examples/ledger.csv", "--in", "kg"],
        &["assess", "examples/ledger.csv", "--in", "zz", "--year", "2024"],
        &["assess", "examples/ledger.csv", "--in", "kg", "--year", "2024", "--set", "taxpayer_kid=individual"],
        &["assess", "examples/ledger.csv", "--in", "kg", "--year", "2024", "--set", "taxpayer_kind"],
        &["assess", "examples/ledger.csv", "--in", "kg", "--year", "2024", "--reading", "loss_netting=per_month"],
        &["assess", "examples/ledger.csv", "--in", "kg", "--year", "2024", "--reading", "loss=per_year"],
        &["assess", "examples/ledger.csv", "--in", "kg", "--year", "2024", "--format", "xml"],
        &["assess", "examples/ledger.csv", "--in", "kg", "--year", "2024", "--nonsense"],
        &["explain", "income_tax", "--in", "kg", "--year", "2024"],
        &["import", "examples/binance.csv", "--format", "binanse"],
        &["check", "zz"],
        &["check", "kg", "--format", "csv"],
        &["explain", "examples/ledger.csv", "--in", "kg", "--year", "2024", "income_tax", "--format", "md"],
        &["assess", "examples/ledger.csv", "--in", "kg", "--years", "2024..2022"],
        &["assess", "examples/ledger.csv", "--in", "kg", "--years", "2022..2024", "--by", "taxpayer"],
    ] {
        let out = fisc(words);
        assert_eq!(out.status.code(), Some(2), "{words:?}: {}", text(&out.stderr));
        assert!(!out.stderr.is_empty() && out.stdout.is_empty(), "{words:?}");
    }
}

#[test]
fn an_output_file_is_complete_or_not_there() {
    let folder = std::env::temp_dir().join(format!("fisc-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ledger.csv");
    let name = file.to_str().unwrap();
    assert_eq!(fisc(&["import", "examples/binance.csv", "-o", name]).status.code(), Some(0));
    assert_eq!(std::fs::read(&file).unwrap(), std::fs::read(root("examples/ledger.csv")).unwrap());
    std::fs::remove_file(&file).unwrap();
    let bad = folder.join("bad.csv");
    std::fs::write(&bad, "\"User_ID\",\"UTC_Time\",\"Account\",\"Operation\",\"Coin\",\"Change\",\"Remark\"\n1,2024-01-01 00:00:00,Spot,Moon Gift,BTC,1,\n").unwrap();
    let out = fisc(&["import", bad.to_str().unwrap(), "-o", name]);
    assert_eq!(out.status.code(), Some(1));
    let err = text(&out.stderr);
    assert!(err.contains("I0102") && err.contains("words: [\"Moon Gift\"]"), "{err}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left behind");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn check_and_test_speak_json() {
    let out = fisc(&["test", "kg", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["failed"], 0);
    assert!(json["passed"].as_u64().unwrap() > 100);
    let out = fisc(&["check", "kg", "--format", "json"]);
    assert_eq!(text(&out.stdout).split_whitespace().collect::<String>(), "{\"errors\":[],\"warnings\":[]}");
    assert_eq!(out.status.code(), Some(0));
}

#[test]
fn several_taxpayers_are_kept_apart() {
    let folder = std::env::temp_dir().join(format!("fisc-many-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("book.csv");
    let ledger = "timestamp,kind,taxpayer,received_amount,received_asset,sent_amount,sent_asset\n\
        2023-01-01T00:00:00Z,buy,ann,1,BTC,100,KGS\n2023-01-02T00:00:00Z,buy,bob,1,BTC,500,KGS\n\
        2023-02-01T00:00:00Z,sell,ann,600,KGS,1,BTC\n2023-02-02T00:00:00Z,sell,bob,600,KGS,1,BTC\n";
    std::fs::write(&file, ledger).unwrap();
    let name = file.to_str().unwrap();
    let base = ["assess", name, "--in", "kg", "--year", "2023", "--format", "json"];
    let out = fisc(&base);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("A0102"));
    let json: serde_json::Value = serde_json::from_slice(&fisc(&[&base[..], &["--by", "taxpayer"]].concat()).stdout).unwrap();
    assert_eq!((&json["taxpayers"]["ann"]["total_tax"], &json["taxpayers"]["bob"]["total_tax"]), (&"50".into(), &"10".into()));
    let json: serde_json::Value = serde_json::from_slice(&fisc(&[&base[..], &["--taxpayer", "bob"]].concat()).stdout).unwrap();
    assert_eq!(json["total_tax"], "10");
    let years = fisc(&["assess", name, "--in", "kg", "--years", "2022..2023", "--taxpayer", "ann", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&years.stdout).unwrap();
    assert_eq!((&json["years"][0]["total_tax"], &json["years"][1]["total_tax"]), (&"0".into(), &"50".into()));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn strict_makes_an_assumption_an_error() {
    let out = with("assess", &["--strict"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("A0304"));
}

/// A folder of one test, removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("fisc-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn by_taxpayer_never_passes_over_a_ledger_in_silence() {
    let folder = Folder::new("nobody");
    let header = "timestamp,kind,received_amount,received_asset,sent_amount,sent_asset\n";
    let base = ["--in", "kg", "--year", "2024", "--by", "taxpayer", "--format", "json"];
    let faulty = folder.file("faulty.csv", &format!("{header}yesterday,buy,1,BTC,1,KGS\n"));
    let out = fisc(&[&["assess", faulty.as_str()], &base[..]].concat());
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("L0201"), "{}", text(&out.stderr));
    let nobody = folder.file("nobody.csv", &format!("{header}2024-01-01T00:00:00Z,buy,1,BTC,1,KGS\n"));
    let out = fisc(&[&["assess", nobody.as_str()], &base[..]].concat());
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("no row of the ledger names a taxpayer"));
}

#[test]
fn several_assessments_are_one_csv_table() {
    let out = fisc(&[&["assess"], &EXPORT[..3], &["--years", "2023..2024", "--format", "csv"], &EXPORT[5..]].concat());
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let mut reader = csv::Reader::from_reader(out.stdout.as_slice());
    assert_eq!(reader.headers().unwrap().iter().take(2).collect::<Vec<_>>(), ["tax_year", "id"]);
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|r| &r[0] == "2024"));
}

#[test]
#[cfg(unix)]
fn an_output_that_is_no_file_is_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let folder = Folder::new("goal");
    // A link stays a link.
    let real = folder.file("real.txt", "old");
    let link = folder.0.join("link.txt");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert_eq!(with("assess", &["-o", link.to_str().unwrap()]).status.code(), Some(0));
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert!(std::fs::read_to_string(&real).unwrap().starts_with("kg 2024"));
    // A pipe stays a pipe, and its reader gets the result.
    let pipe = folder.0.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = pipe.clone();
    let reader = std::thread::spawn(move || std::fs::read_to_string(path).unwrap());
    assert_eq!(with("assess", &["-o", pipe.to_str().unwrap()]).status.code(), Some(0));
    assert!(reader.join().unwrap().starts_with("kg 2024"));
    assert!(pipe.metadata().unwrap().file_type().is_fifo());
}

#[test]
fn a_faulty_law_fails_its_test_and_the_others_run() {
    let folder = Folder::new("law");
    folder.file("tax.yaml", "jurisdiction: xx\ntitel: X\n");
    let out = fisc(&["test", folder.0.to_str().unwrap(), "kg", "--format", "json"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("R0201"));
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["failed"], 1);
    assert!(json["passed"].as_u64().unwrap() > 100);
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(root("README.md")).unwrap();
    let block = |before: &str| -> Vec<String> {
        let (_, rest) = readme.split_once(before).unwrap();
        let (block, _) = rest.split_once("```text\n").unwrap().1.split_once("```").unwrap();
        block.lines().filter(|l| !l.trim_end().ends_with("...")).map(str::to_owned).collect()
    };
    let table = text(&with("assess", &[]).stdout);
    assert!(table.starts_with(&block("prints what its owner owes").join("\n")), "{table}");
    let story = text(&with("explain", &["gain@binance.csv:20"]).stdout);
    for line in block("## Why this figure?") {
        assert!(story.lines().any(|l| l == line), "{line:?} is not in\n{story}");
    }
    let (_, command) = readme.split_once("-- compare ").unwrap();
    let words: Vec<&str> = ["compare"].into_iter().chain(command.lines().next().unwrap().split(' ')).collect();
    let compared = fisc(&words);
    assert_eq!(compared.status.code(), Some(0), "{}", text(&compared.stderr));
    for line in block("## One ledger under ten laws") {
        assert!(text(&compared.stdout).lines().any(|l| l == line), "{line:?} is not in\n{}", text(&compared.stdout));
    }
}

#[test]
fn a_deposit_whose_cost_is_stated() {
    let folder = std::env::temp_dir().join(format!("fisc-deposit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("l.csv");
    let rows = "timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset\n\
        2023-03-01T06:00:00Z,d1,deposit,1,BTC,,\n2023-04-01T06:00:00Z,s1,sell,900,KGS,1,BTC\n";
    std::fs::write(&file, rows).unwrap();
    let base = ["assess", file.to_str().unwrap(), "--in", "kg", "--year", "2023", "--format", "json"];
    let bare = fisc(&base);
    assert_eq!(bare.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&bare.stdout).unwrap();
    assert_eq!((&json["errors"][0]["code"], &json["total_tax"]), (&"A0204".into(), &serde_json::Value::Null));
    let told = fisc(&[&base[..], &["--set", "cost={d1: 400}", "--set", "acquired={d1: 2021-01-05}"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((&json["total_tax"], &json["disposals"][0]["acquired"]), (&"50".into(), &"2021-01-05".into()));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_story_tells_what_other_readings_would_give() {
    let out = with("explain", &["taxable_gain", "--all-readings", "--depth", "full", "--format", "json"]);
    assert_eq!(out.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let reading = &json["parts"][0];
    assert_eq!((&reading["name"], &reading["value"]), (&"loss_netting".into(), &"per_sale".into()));
    let notes = reading["notes"].to_string();
    assert!(notes.contains("not chosen: per_year") && notes.contains("total tax 74294.6513"), "{notes}");
}

#[test]
fn a_message_is_explained_by_its_code() {
    let told = fisc(&["explain-error", "r0102"]);
    assert_eq!(told.status.code(), Some(0));
    let shown = text(&told.stdout);
    assert!(shown.starts_with("R0102 (error): a key stands twice\n"), "{shown}");
    assert!(shown.contains("Example: fisc check R0102.yaml") && shown.contains("  = help: keep one of them"), "{shown}");

    let json = fisc(&["explain-error", "A0202", "--format", "json"]);
    let entry: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&entry["code"], &entry["severity"]), (&"A0202".into(), &"error".into()));
    assert_eq!(entry["example"]["message"]["message"], "no rate USD/EUR is given for 2023-02-02");
    assert_eq!(entry["example"]["message"]["line"], 3);

    let list = text(&fisc(&["explain-error"]).stdout);
    assert!(list.contains("  R0408  a source is never cited (warning)\n"), "{list}");
    let all: serde_json::Value = serde_json::from_slice(&fisc(&["explain-error", "--format", "json"]).stdout).unwrap();
    assert_eq!(all.as_array().unwrap().len(), fisc::diagnostic::Code::ALL.len());

    let unknown = fisc(&["explain-error", "R01002"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `R0102`?"));
}

#[test]
fn schemas_for_editors() {
    let rules = fisc(&["schema", "rules"]);
    assert_eq!(text(&rules.stdout), std::fs::read_to_string(root("schemas/rules.json")).unwrap());
    let facts: serde_json::Value = serde_json::from_slice(&fisc(&["schema", "facts", "--in", "kg"]).stdout).unwrap();
    let kinds = &facts["properties"]["taxpayer_kind"];
    assert!(kinds.to_string().contains("\"individual\""), "{kinds}");
    assert_eq!(facts["additionalProperties"], false);
    assert_eq!(fisc(&["schema", "facts", "--in", "kyg"]).status.code(), Some(2));
    assert_eq!(fisc(&["schema", "rules", "--in", "kg"]).status.code(), Some(2));
    assert_eq!(fisc(&["schema", "ruls"]).status.code(), Some(2));
}

#[test]
fn a_report_is_complete_or_not_there() {
    let folder = std::env::temp_dir().join(format!("fisc-report-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("carf.xml");
    let path = file.to_str().unwrap();
    let words = |ledger| ["report", "carf", ledger, "--year", "2026", "--provider", "examples/carf/provider.yaml"];
    let users = ["--users", "examples/carf/users.csv", "-o", path];
    let rates = ["--rates", "examples/carf/rates.csv"];
    let without = fisc(&[&words("examples/carf/ledger.csv")[..], &users].concat());
    assert_eq!(without.status.code(), Some(1));
    assert!(text(&without.stderr).contains("2026-03-13,USD,EUR,RATE"), "{}", text(&without.stderr));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let with = fisc(&[&words("examples/carf/ledger.csv")[..], &users, &rates].concat());
    assert_eq!((with.status.code(), text(&with.stderr).as_str()), (Some(0), ""));
    let first = std::fs::read_to_string(&file).unwrap();
    assert!(first.ends_with("</CARF_OECD>\n"));
    // What stands there stays where a later run fails.
    assert_eq!(fisc(&[&words("examples/carf/ledger.csv")[..], &users].concat()).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    let csv = fisc(&[&words("examples/carf/ledger.csv")[..], &users[..2], &rates, &["--format", "csv"]].concat());
    assert!(text(&csv.stdout).contains("\nbiz,BTC,retail_payment,,45000.01,EUR,1,1\n"), "{}", text(&csv.stdout));
    let files = ["report", "carf", "l.csv", "--provider", "p", "--users", "u"];
    for (wrong, told) in [(&["--year", "2026", "--timestamp", "yesterday"][..], "yesterday"), (&["--year", "0"], "is no year")] {
        let out = fisc(&[&files[..], wrong].concat());
        assert_eq!(out.status.code(), Some(2), "{wrong:?}");
        assert!(text(&out.stderr).contains(told), "{}", text(&out.stderr));
    }
    let other = fisc(&["report", "cars", "l.csv", "--year", "2026", "--provider", "p", "--users", "u"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(text(&other.stderr).contains("carf"));
    std::fs::remove_dir_all(folder).unwrap();
}
