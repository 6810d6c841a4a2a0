//! A folder for each format under tests/import: files in layouts its source has used, with invented data, and the rows they must give.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fisc::diagnostic::any_error;
use fisc::import::{Settings, decode, formats, import, recognised};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let mut found: Vec<PathBuf> = std::fs::read_dir(root).unwrap().flatten().map(|e| e.path()).collect();
    found.sort();
    found
}

/// `options.txt`: what the command line would be told, a line each.
fn settings(folder: &Path) -> Settings<'static> {
    let mut settings = Settings::default();
    for line in std::fs::read_to_string(folder.join("options.txt")).unwrap_or_default().lines() {
        match line.split_once(": ").unwrap() {
            ("zone", zone) => settings.zone = Some(zone.to_owned()),
            ("set", pair) => settings.set.extend(pair.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()))),
            other => panic!("{other:?}"),
        }
    }
    settings
}

/// The first twelve columns: what happened, without notes and ids.
fn table(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|r| r.unwrap().iter().take(12).map(str::to_owned).collect()).collect()
}

#[test]
fn each_format_gives_the_rows_it_must() {
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for folder in folders() {
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().flatten().map(|e| e.path()).collect();
        files.retain(|p| p.extension().is_some_and(|e| e == "csv") && p.file_name().is_some_and(|n| n != "expected.csv"));
        files.sort();
        let sources: Vec<_> = files.iter().flat_map(|p| decode::open(p).unwrap().sources).collect();
        seen.extend(sources.iter().filter_map(recognised));
        let found = import(&sources, &settings(&folder));
        let mut problems = found.problems.clone();
        problems.extend(found.ledger(&sources).1);
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if any_error(&problems) {
            faults.push(format!("{name}: {problems:#?}"));
        }
        let expected = table(&std::fs::read_to_string(folder.join("expected.csv")).unwrap());
        let rows = table(&found.csv());
        for row in expected.iter().filter(|r| !rows.contains(r)) {
            faults.push(format!("{name} lacks {}", row.join(",")));
        }
        for row in rows.iter().filter(|r| !expected.contains(r)) {
            faults.push(format!("{name} has {}", row.join(",")));
        }
        if rows.len() != expected.len() {
            faults.push(format!("{name}: {} rows, expected {}", rows.len(), expected.len()));
        }
        // Every line of every file is told of.
        let told = csv::Reader::from_reader(found.explain().as_bytes()).records().count();
        let lines: usize = sources.iter().map(|s| s.text.lines().filter(|l| !l.trim().is_empty()).count()).sum();
        if told != lines {
            faults.push(format!("{name}: {told} lines are told of, the files have {lines}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let unseen: Vec<&str> = formats().iter().map(|f| f.name.as_str()).filter(|f| !seen.contains(f)).collect();
    assert!(unseen.is_empty(), "formats without a folder under tests/import: {unseen:?}");
}
