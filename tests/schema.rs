//! The schemas that editors use: as committed, true to the shipped files, and of one mind with the readers about flaws.

#[path = "common/tree.rs"]
mod tree;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fisc::diagnostic::{Code, Diagnostic, Source};
use fisc::reporting::{form, provider};
use fisc::rules::{RuleBook, load};
use fisc::schema::{File, facts, facts_in};
use jsonschema::Validator;
use serde_json::{Value, json};
use tree::{Spot, misspelt, spots};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(root("").join(&path)).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()))
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(root(folder)).unwrap().flatten().map(|e| e.path()).collect();
    found.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
    found.sort();
    found
}

fn law(code: &str) -> RuleBook {
    fisc::library::law(code, None).book.unwrap()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).expect("the schema is a schema")
}

/// YAML as an editor's YAML 1.2 reader gives it, by a second library; `None` where it is no YAML at all.
fn value(text: &str) -> Option<Value> {
    fn of(yaml: serde_yaml::Value) -> Option<Value> {
        use serde_yaml::Value as Yaml;
        Some(match yaml {
            Yaml::Mapping(map) => {
                let pairs = map.into_iter().map(|(key, inner)| {
                    let key = match key {
                        Yaml::String(key) => key,
                        other => serde_yaml::to_string(&other).ok()?.trim().to_owned(),
                    };
                    Some((key, of(inner)?))
                });
                Value::Object(pairs.collect::<Option<_>>()?)
            }
            Yaml::Sequence(items) => Value::Array(items.into_iter().map(of).collect::<Option<_>>()?),
            other => serde_json::to_value(other).ok()?,
        })
    }
    of(serde_yaml::from_str(text).ok()?)
}

fn accepts(validator: &Validator, text: &str) -> bool {
    value(text).is_none_or(|v| validator.is_valid(&v))
}

fn held(validator: &Validator, name: &str, value: &Value) {
    let faults: Vec<String> = validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{name}: {faults:#?}");
}

#[test]
fn the_committed_schemas_are_these() {
    let facts_file = ("facts", facts());
    let all = File::ALL.iter().map(|(name, file)| (*name, file.schema())).chain([facts_file]);
    for (name, schema) in all {
        validator(&schema);
        let written = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = root(&format!("schemas/{name}.json"));
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &written).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == written, "schemas/{name}.json is not up to date: `UPDATE_SCHEMAS=1 cargo test --test schema`");
    }
}

#[test]
fn the_shipped_files_fit_their_schemas() {
    let (rules, example, format) =
        (validator(&File::Rules.schema()), validator(&File::Example.schema()), validator(&File::Format.schema()));
    let mut seen = 0;
    let mut hold = |validator: &Validator, path: &Path| {
        held(validator, &path.display().to_string(), &value(&text(path)).unwrap());
        seen += 1;
    };
    for code in fisc::library::codes(None) {
        files(&format!("jurisdictions/{code}")).iter().for_each(|p| hold(&rules, p));
        files(&format!("jurisdictions/{code}/examples")).iter().for_each(|p| hold(&example, p));
    }
    files("formats").iter().for_each(|p| hold(&format, p));
    hold(&rules, Path::new("tests/schema/law.yaml"));
    hold(&rules, Path::new("tests/diagnostics/base.yaml"));
    hold(&example, Path::new("tests/schema/example.yaml"));
    hold(&format, Path::new("tests/schema/format.yaml"));
    let provider = validator(&File::Provider.schema());
    for path in [
        "examples/carf/provider.yaml",
        "examples/dac8/provider.yaml",
        "examples/1099-da/provider.yaml",
        "tests/schema/provider.yaml",
    ] {
        hold(&provider, Path::new(path));
    }
    assert!(seen > 60, "{seen}");
    // The folder of a new law.
    let head = fisc::template::Head::new("xx", None, "EUR", "Europe/Paris").unwrap();
    for (path, text) in head.files() {
        let schema = if path.starts_with("examples") { &example } else { &rules };
        held(schema, &path.display().to_string(), &value(&text).unwrap());
    }
}

#[test]
fn the_facts_of_every_example_fit_the_facts_of_its_law() {
    let mut seen = 0;
    for code in fisc::library::codes(None) {
        let schema = validator(&facts_in(&law(&code)));
        for path in files(&format!("jurisdictions/{code}/examples")) {
            let example = value(&text(&path)).unwrap();
            let list = example.as_array().cloned().unwrap_or_else(|| vec![example]);
            for facts in list.iter().filter_map(|e| e.get("facts")).filter(|f| !f.is_null()) {
                held(&schema, &path.display().to_string(), facts);
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn facts_that_a_law_refuses_do_not_fit() {
    let book = load(&[Source::new("law.yaml", text("tests/schema/law.yaml"))]).book.unwrap();
    let (schema, general) = (validator(&facts_in(&book)), validator(&facts()));
    let fine = [
        "{ trade: farm, resident: no }",
        "{ resident: { 2023-01-01: yes, 2023-07-01: no } }",
        "{ own_power: { 2023-07: 12.5 }, card: { s1: 100 } }",
        "{ stays: [{ from: 2023-01-01, through: 2023-02-01 }], cost: { d1: 100 }, acquired: { d1: 2022-01-01 } }",
        "{ filed: { 2022: { gains: 10 } } }",
    ];
    for facts in fine {
        held(&schema, facts, &value(facts).unwrap());
        held(&general, facts, &value(facts).unwrap());
    }
    let wrong = [
        "{ trad: farm }",
        "{ trade: fram }",
        "{ trade: { 2023: farm } }",
        "{ own_power: { 2023: 1 } }",
        "{ resident: maybe }",
        "{ own_power: much }",
        "{ stays: [{ from: 2023-01-01 }] }",
        "{ stays: [{ from: 2023-01-01, through: 2023-02-01, where: here }] }",
        "{ acquired: { d1: January } }",
        "{ filed: { 2022: { gians: 10 } } }",
    ];
    for facts in wrong {
        assert!(!accepts(&schema, facts), "{facts}");
    }
    assert!(!accepts(&general, "[a, b]") && !accepts(&general, "{ acquired: { d1: January } }"));
}

/// A file of one kind: how its reader judges a text, and its schema.
struct Judged {
    text: String,
    schema: Validator,
    errors: fn(&str) -> Vec<Diagnostic>,
}

fn law_errors(text: &str) -> Vec<Diagnostic> {
    load(&[Source::new("law.yaml", text)]).diagnostics.into_iter().filter(Diagnostic::is_error).collect()
}

fn example_errors(example: &str) -> Vec<Diagnostic> {
    static BOOK: OnceLock<RuleBook> = OnceLock::new();
    let book = BOOK.get_or_init(|| load(&[Source::new("law.yaml", text("tests/schema/law.yaml"))]).book.unwrap());
    let cases = fisc::examples::run(book, &Source::new("example.yaml", example));
    cases.into_iter().flat_map(|c| c.diagnostics).collect()
}

fn format_errors(text: &str) -> Vec<Diagnostic> {
    fisc::import::format::read(&Source::new("format.yaml", text)).err().unwrap_or_default()
}

fn provider_errors(text: &str) -> Vec<Diagnostic> {
    let form = form::read(&form::shipped("carf").unwrap()).unwrap();
    provider::read(&Source::new("provider.yaml", text), &form).err().unwrap_or_default()
}

fn judged() -> Vec<Judged> {
    let one = |path: &str, file: File, errors| Judged { text: text(path), schema: validator(&file.schema()), errors };
    let all = vec![
        one("tests/schema/law.yaml", File::Rules, law_errors),
        one("tests/schema/example.yaml", File::Example, example_errors as fn(&str) -> Vec<Diagnostic>),
        one("tests/schema/format.yaml", File::Format, format_errors),
        one("tests/schema/provider.yaml", File::Provider, provider_errors),
    ];
    for file in &all {
        assert!((file.errors)(&file.text).is_empty() && accepts(&file.schema, &file.text));
    }
    all
}

/// Plants a flaw at every place where `flaw` gives a text; `must` says whether the reader's verdict binds the schema.
/// The schema may never refuse what the reader takes.
fn of_one_mind(flaw: impl Fn(&str, &Spot) -> Option<String>, must: impl Fn(&Spot, &[Diagnostic]) -> bool) -> usize {
    let (mut refused, mut faults) = (0, Vec::new());
    for file in judged() {
        for spot in spots(&file.text) {
            let Some(flawed) = flaw(&file.text, &spot) else { continue };
            let errors = (file.errors)(&flawed);
            let accepted = accepts(&file.schema, &flawed);
            refused += usize::from(!accepted);
            let first = errors.first().map(|d| &d.message);
            if accepted && must(&spot, &errors) {
                faults.push(format!("{}: the reader refuses it ({first:?}), the schema does not", spot.dotted()));
            }
            if !accepted && errors.is_empty() {
                faults.push(format!("{}: the schema refuses it, the reader does not", spot.dotted()));
            }
        }
    }
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
    refused
}

fn in_table(spot: &Spot) -> bool {
    spot.path.iter().any(|step| ["table", "fields"].contains(&step.as_str()) || spot.path.iter().any(|s| s == "figures"))
}

fn any(errors: &[Diagnostic], codes: &[Code]) -> bool {
    errors.iter().any(|d| codes.contains(&d.code))
}

#[test]
fn misspelt_keys_are_refused_by_both() {
    let refused = of_one_mind(
        |text, spot| spot.key.is_some().then(|| spot.with_key(text, &misspelt(spot.name()))),
        // The keys of tables and records are names that the file declares.
        |spot, errors| !in_table(spot) && any(errors, &[Code::R0201, Code::R0105]),
    );
    assert!(refused > 250, "{refused}");
}

#[test]
fn missing_keys_are_refused_by_both() {
    let refused = of_one_mind(
        |text, spot| spot.key.is_some().then(|| spot.deleted(text)),
        |spot, errors| {
            // Needed for what stands elsewhere: sections of the law, arguments of readings, dates of later values, keys of tables.
            let beyond =
                spot.path.len() == 1 || in_table(spot) || matches!(spot.name(), "argument" | "from" | "late" | "by" | "worth");
            !beyond && any(errors, &[Code::R0202, Code::R0401])
        },
    );
    assert!(refused > 150, "{refused}");
}

#[test]
fn values_of_another_shape_are_refused_by_both() {
    let other = |text: &str, spot: &Spot| match (spot.is_scalar(), spot.style == tree::Style::Block) {
        (_, true) => None,
        (true, _) => Some(spot.with_value(text, "{ x: y }")),
        (false, _) if spot.in_flow || text[spot.value.clone()].starts_with(['{', '[']) => Some(spot.with_value(text, "xyz")),
        _ => None,
    };
    // What a default must be follows from its neighbours, and a value from the unit.
    let refused = of_one_mind(other, |spot, errors| {
        !matches!(spot.name(), "default" | "value" | "otherwise") && any(errors, &[Code::R0203])
    });
    assert!(refused > 300, "{refused}");
}

#[test]
fn misspelt_words_are_refused_by_both() {
    let refused = of_one_mind(
        |text, spot| (spot.style == tree::Style::Plain).then(|| spot.with_value(text, &misspelt(&spot.text))),
        |spot, errors| {
            // Words that the file itself declares, and the names of time zones, are not in a schema.
            let declared = in_table(spot)
                || matches!(spot.name(), "default" | "time_zone")
                || spot.path.iter().any(|step| ["one_of", "some_of", "default"].contains(&step.as_str()));
            !declared && any(errors, &[Code::R0204])
        },
    );
    assert!(refused > 60, "{refused}");
}

#[test]
fn a_file_with_its_schema_named_is_read_as_ever() {
    let line = "# yaml-language-server: $schema=../../schemas/rules.json\n";
    let text = text("tests/schema/law.yaml");
    assert!(text.starts_with(line) && law_errors(&text).is_empty());
    assert_eq!(File::Rules.schema()["$schema"], json!("http://json-schema.org/draft-07/schema#"));
}
