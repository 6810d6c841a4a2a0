//! Each code of the catalogue: its example gives the message at its place, in its words, with a remedy, and no other error beside it.
//!
//! For a new code write `tests/diagnostics/CODE.about.yaml` (meaning, remedy, the message word for word, its place) beside an
//! example `CODE.yaml` or `CODE.csv`, then run this test with `UPDATE_DOCS=1`, which writes docs/diagnostics.md anew.

use std::path::{Path, PathBuf};

use fisc::catalogue::{Entry, find, show};
use fisc::diagnostic::{Code, render};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn entry(code: Code) -> Entry {
    Entry::read(code).unwrap_or_else(|problems| panic!("{}: {problems:#?}", code.id()))
}

#[test]
fn every_code_has_an_example_that_shows_it() {
    let mut faults = Vec::new();
    for code in Code::ALL {
        let entry = match Entry::read(*code) {
            Ok(entry) => entry,
            Err(problems) => {
                faults.extend(problems.iter().map(|p| format!("{}: {} ({:?})", code.id(), p.message, p.place)));
                continue;
            }
        };
        let said = entry.said();
        let Some(found) = said.all.iter().find(|d| d.code == *code) else {
            let all: Vec<_> = said.all.iter().map(|d| (d.code.id(), &d.message)).collect();
            faults.push(format!("{} was not said, but {all:?}", code.id()));
            continue;
        };
        let place = found.place.as_ref().map(|p| (p.line, p.column));
        if place != entry.at {
            faults.push(format!("{} stands at {place:?}, its text says {:?}: {}", code.id(), entry.at, found.message));
        }
        if found.message != entry.says {
            faults.push(format!("{} says `{}`, its text `{}`", code.id(), found.message, entry.says));
        }
        if let Some(other) = said.all.iter().find(|d| d.is_error() && d.code != *code) {
            faults.push(format!("{} is followed by {}: {}", code.id(), other.code.id(), other.message));
        }
        if found.message.contains("Some(") || found.help.as_ref().is_some_and(|h| h.is_empty() || h.contains("Some(")) {
            faults.push(format!("{} says nothing readable: {} {:?}", code.id(), found.message, found.help));
        }
        assert!(render(found, &said.sources, false).contains(code.id()));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A sentence or two each: what it means is not its title again, and what to do is not what it means.
#[test]
fn every_code_has_its_meaning_and_its_remedy() {
    for code in Code::ALL {
        let entry = entry(*code);
        for text in [&entry.meaning, &entry.remedy] {
            assert!(text.split_whitespace().count() >= 5 && text.ends_with('.'), "{}: {text}", code.id());
            assert!(!text.to_lowercase().starts_with(&code.title().to_lowercase()), "{}: {text}", code.id());
        }
        assert_ne!(entry.meaning, entry.remedy, "{}", code.id());
        let shown = show::text(&entry);
        for part in ["What to do", "Example: ", entry.says.as_str()] {
            assert!(shown.contains(part), "{} does not show `{part}`:\n{shown}", code.id());
        }
    }
}

#[test]
fn no_file_of_the_catalogue_is_without_a_code() {
    for file in std::fs::read_dir(root().join("tests/diagnostics")).unwrap().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let stem = name.split('.').next().unwrap();
        assert!(stem == "base" || Code::ALL.iter().any(|c| c.id() == stem), "{name}");
    }
}

/// The published catalogue is what this build says, messages and remedies included.
#[test]
fn the_catalogue_in_docs_is_this_one() {
    let entries: Vec<Entry> = Code::ALL.iter().map(|c| entry(*c)).collect();
    let text = show::markdown_all(&entries);
    for code in Code::ALL {
        assert!(text.contains(&format!("### {}: {}\n", code.id(), code.title())), "{}: its family has no heading", code.id());
    }
    let path = root().join("docs/diagnostics.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    same(&path, &text);
}

fn same(path: &Path, text: &str) {
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let line = written.lines().zip(text.lines()).position(|(a, b)| a != b);
    let differs = line.map(|n| (n + 1, written.lines().nth(n), text.lines().nth(n)));
    assert!(written == text, "{} is not up to date: `UPDATE_DOCS=1 cargo test --test diagnostics`; {differs:?}", path.display());
}

#[test]
fn a_code_is_found_as_it_was_written_or_nearly() {
    assert_eq!(find("R0102"), Ok(Code::R0102));
    assert_eq!(find("a0201"), Ok(Code::A0201));
    assert_eq!(find("R0101x").unwrap_err(), "`R0101x` is not a code of a message; did you mean `R0101`?");
    assert!(find("nothing").unwrap_err().contains("`fisc explain-error` lists all codes"));
}
