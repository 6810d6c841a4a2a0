//! The readers and the shapes agree: what the readers ask for is recorded while files are read, and compared both ways.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::Source;
use crate::yaml::asked::{Asked, while_doing};

use super::{File, Shape, Val};

/// Maps that are read key by key, not by asking for keys. tests/schema.rs holds them against the verdict of the readers.
const READ_BY_HAND: &[&str] = &["a step"];
/// Files that only people of the project write: no editor needs to know them.
const WITHOUT_SCHEMA: &[&str] = &[
    "an entry of the catalogue",
    "`documents`",
    "`filed_in`",
    "`from`",
    "`message`",
    "`reportable`",
    "a category",
    "a reading of a report",
    "a report",
    "a rule of a report",
    "a source of a report",
    "a statement of a report",
    "a threshold",
    "a report of lines",
    "what is said of an asset",
    "the message of a report of lines",
    "a record of a report",
    "a column of a report",
    "what stands for a tick",
    "what a provider says for a report",
    "an asset of a report",
];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn source(path: &Path) -> Source {
    Source::new(path.display().to_string(), std::fs::read_to_string(path).unwrap())
}

/// Reads the shipped files and those under tests/schema, which together show every key.
fn asked() -> Asked {
    while_doing(|| {
        for code in crate::library::codes(None) {
            let law = crate::library::law(&code, None).book.expect("the shipped law is sound");
            crate::library::examples(&code, None).iter().for_each(|file| drop(crate::examples::run(&law, file)));
        }
        let law = crate::rules::load(&[source(&root("tests/schema/law.yaml"))]);
        assert!(law.book.is_some(), "{:#?}", law.diagnostics);
        for case in crate::examples::run(&law.book.unwrap(), &source(&root("tests/schema/example.yaml"))) {
            assert!(case.ok, "{case:#?}");
        }
        for path in files(&root("formats"), "yaml").iter().chain([&root("tests/schema/format.yaml")]) {
            crate::import::format::read(&source(path)).unwrap();
        }
        let form = crate::reporting::form::read(&crate::reporting::form::shipped("carf").unwrap()).unwrap();
        for path in [root("examples/carf/provider.yaml"), root("tests/schema/provider.yaml")] {
            crate::reporting::provider::read(&source(&path), &form).unwrap();
        }
        for path in files(&root("tests/diagnostics"), "yaml") {
            crate::rules::load(&[source(&path)]);
        }
    })
}

fn shapes() -> BTreeMap<&'static str, Shape> {
    let all: Vec<Shape> = File::ALL.iter().flat_map(|(_, file)| file.shapes()).collect();
    let by_what: BTreeMap<_, _> = all.iter().map(|s| (s.what, *s)).collect();
    assert_eq!(by_what.len(), all.len(), "two shapes have one name");
    by_what
}

/// The fixed words that may stand behind a key.
fn words(val: Val) -> BTreeSet<&'static str> {
    match val {
        Val::Words(words) => words.iter().copied().collect(),
        Val::List(inner) | Val::OneOrMore(inner) | Val::OrNothing(inner) => words(*inner),
        Val::Either(all) => all.iter().flat_map(|v| words(*v)).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn the_readers_ask_for_what_the_schema_describes() {
    let (asked, shapes) = (asked(), shapes());
    let mut faults = Vec::new();
    for (what, keys) in &asked {
        if WITHOUT_SCHEMA.contains(what) {
            continue;
        }
        let Some(shape) = shapes.get(what) else {
            faults.push(format!("the readers read {what}, and no shape in src/schema describes it"));
            continue;
        };
        for (name, seen) in keys {
            let Some(key) = shape.keys.iter().find(|k| k.name == *name) else {
                faults.push(format!("the readers ask {what} for `{name}`, which its shape does not have"));
                continue;
            };
            let own = words(key.val);
            // `refused` and the like stand beside a number and are not read as one of a list.
            let either = matches!(key.val, Val::Either(_));
            if !(own == *seen || (either && seen.is_empty())) {
                faults.push(format!("`{name}` of {what}: the readers take {seen:?}, the schema has {own:?} (if the first is empty, show the key in tests/schema)"));
            }
        }
        for key in shape.keys.iter().filter(|k| !keys.contains_key(k.name)) {
            faults.push(format!("no reader asks {what} for `{}`", key.name));
        }
    }
    for what in shapes.keys().filter(|w| !asked.contains_key(*w) && !READ_BY_HAND.contains(w)) {
        faults.push(format!("no file that was read shows {what}: add it to tests/schema"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A map that only some test of its own shows would not be recorded: its name stands in the source text of its reader.
#[test]
fn every_map_in_the_source_of_the_readers_was_read() {
    let asked = asked();
    let mut faults = Vec::new();
    for path in files(&root("src"), "rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        for call in text.split(".fields(").skip(1) {
            let Some(line) = call.lines().next() else { continue };
            let Some(what) = line.split_once(", \"").and_then(|(_, rest)| rest.split_once('"')).map(|(what, _)| what) else {
                continue;
            };
            if !WITHOUT_SCHEMA.contains(&what) && !asked.contains_key(what) {
                faults.push(format!("{}: {what} is shown by no file of tests/schema", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_key_is_described() {
    for shape in shapes().values() {
        for key in shape.keys {
            assert!(key.about.ends_with(['.', '?']) || key.name == "begins", "{}: {}", shape.what, key.name);
            for set in shape.one_of.iter().chain(shape.with.iter().map(|(_, others)| others)) {
                assert!(set.iter().all(|name| shape.keys.iter().any(|k| k.name == *name)), "{}: {set:?}", shape.what);
            }
        }
    }
}
