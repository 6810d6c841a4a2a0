//! The shipped law: sound, and every worked example comes out.

use std::path::Path;

use fisc::engine::Target;
use fisc::{examples, library};

#[test]
fn every_law_is_sound_and_its_examples_come_out() {
    for code in library::codes(None) {
        let (loaded, files) = library::open(&Target::Code(code.clone()), None);
        assert!(loaded.diagnostics.is_empty(), "{code}: {:#?}", loaded.diagnostics);
        let book = loaded.book.unwrap();
        assert!(!files.is_empty(), "{code} has no examples");
        for case in files.iter().flat_map(|f| examples::run(&book, f)) {
            assert!(case.ok, "{}: expected {}, got {} ({:?})", case.id, case.expected, case.got, case.diagnostics);
        }
    }
}

#[test]
fn an_example_that_is_wrong_fails() {
    let book = library::law("kg", None).book.unwrap();
    let text = "id: x\nyear: 2023\nfacts: { other_income: 100 }\nexpect:\n  - { figure: income_tax, value: 11 }\n  - { figure: nothing, value: 1 }\n";
    let results = examples::run(&book, &fisc::diagnostic::Source::new("x.yaml", text));
    assert_eq!(results.iter().map(|r| (r.ok, r.got.as_str())).collect::<Vec<_>>(), [(false, "10"), (false, "no such figure")]);
}

#[test]
fn every_format_file_is_sound() {
    let (formats, problems) = fisc::import::format::all(&[]);
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(formats.len() >= 2);
}

/// Law is data: no country's name, code, rate, date or threshold stands in the source code.
#[test]
fn no_country_stands_in_the_source() {
    // A code that is also a word of the rule language (`at`) cannot be told apart; the names of its country can.
    let own = ["rules", "example", "facts", "format"].map(|s| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(format!("{s}.json"))).unwrap()
    });
    let mut codes = Vec::new();
    for code in library::codes(None) {
        let book = library::law(&code, None).book.unwrap();
        codes.push(format!("\"{}\"", book.title.to_lowercase()));
        codes.push(format!("\"{}\"", book.zone.name().to_lowercase()));
        let quoted = format!("\"{code}\"");
        if !own.iter().any(|s| s.contains(&quoted)) {
            codes.push(quoted);
        }
    }
    assert!(codes.iter().any(|c| c == "\"kg\""));
    codes.extend(["kyrgyz", "som\"", "bishkek", "hmrc", "5.04", "0.15", "6.5"].map(str::to_owned));
    let dates = ["2022-01-01", "2021-10-01", "2020-08-01"];
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default().to_lowercase();
                for word in codes.iter().map(String::as_str).chain(dates) {
                    assert!(!code.contains(word), "{}:{}: {word}", path.display(), number + 1);
                }
            }
        }
    }
}

/// A second YAML library reads the same texts from the rule files as the walk that keeps places.
#[test]
fn two_yaml_readers_agree() {
    use fisc::yaml::{Node, Value};
    use serde_yaml::Value as Other;
    fn same(ours: &Node, theirs: &Other, path: &str) {
        match (&ours.value, theirs) {
            (Value::Map(a), Other::Mapping(b)) => {
                assert_eq!(a.len(), b.len(), "{path}");
                for (entry, (key, value)) in a.iter().zip(b.iter()) {
                    let key = key.as_str().map_or_else(|| serde_yaml::to_string(key).unwrap().trim().to_owned(), str::to_owned);
                    assert_eq!(entry.key.trim_matches('\''), key.trim_matches('\''), "{path}");
                    same(&entry.value, value, &format!("{path}/{key}"));
                }
            }
            (Value::List(a), Other::Sequence(b)) => {
                assert_eq!(a.len(), b.len(), "{path}");
                a.iter().zip(b).enumerate().for_each(|(i, (a, b))| same(a, b, &format!("{path}/{i}")));
            }
            (Value::Scalar(a), Other::String(b)) => assert_eq!(a.text.trim_end(), b.trim_end(), "{path}"),
            // The other reader types bare numbers and words; ours keeps what was written.
            (Value::Scalar(_), Other::Number(_) | Other::Bool(_) | Other::Null) => {}
            _ => panic!("{path}: {} against {theirs:?}", ours.what()),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders =
        library::codes(None).into_iter().map(|code| root.join("jurisdictions").join(code)).chain([root.join("formats")]);
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()));
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    assert!(files.len() >= 3);
    for path in files {
        let text = std::fs::read_to_string(path).unwrap();
        let ours = fisc::yaml::parse(&fisc::diagnostic::Source::new("f", text.as_str())).unwrap();
        same(&ours, &serde_yaml::from_str(&text).unwrap(), "");
    }
}
