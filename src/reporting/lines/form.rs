//! A report of lines as data: its rule book, its records and their columns.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, any_error, suggestion};
use crate::formula::code::Ref;
use crate::formula::names::Item;
use crate::formula::types::{Type, WordId};
use crate::reporting::form::{self as sums, Form};
use crate::rules::{RuleBook, load_report};
use crate::yaml::{Entry, Fields, Node, Reader, Value, parse};

use super::column::{self, Column};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports");

#[derive(Debug, Clone)]
pub struct LineForm {
    /// As it is asked for.
    pub name: String,
    pub title: String,
    pub book: RuleBook,
    /// By whose words the files of provider and users are read.
    pub people: Form,
    /// Residents of these countries are reported.
    pub residents: Vec<String>,
    pub assets: Vec<AssetWord>,
    pub message: Message,
    /// The field of a match that says where it is reported.
    pub record: Ref,
    pub records: Vec<RecordKind>,
    pub columns: Vec<Column>,
    /// The texts of the rules, for messages.
    pub texts: SourceMap,
}

/// What a provider says of an asset.
#[derive(Debug, Clone)]
pub struct AssetWord {
    pub key: String,
    pub title: String,
    pub help: String,
    pub length: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub struct Message {
    pub root: String,
    pub record: String,
    pub namespace: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    Match,
    Asset,
    Customer,
}

#[derive(Debug, Clone)]
pub struct RecordKind {
    pub name: String,
    pub word: WordId,
    pub each: Each,
    /// A quantity and the value that it must exceed.
    pub above: Vec<(Ref, Ref)>,
    /// What stands for the asset's own words.
    pub assets: Vec<(String, String)>,
}

/// True for a report that has a record for each sale.
pub fn is_of_lines(source: &Source) -> bool {
    let Ok(root) = parse(source) else { return false };
    matches!(&root.value, Value::Map(entries) if entries.iter().any(|e| e.key == "records"))
}

/// Reads a form with its rules: those that come with fisc, or a folder beside the form; all that is wrong where it cannot be used.
pub fn read(name: &str, source: &Source, beside: Option<&Path>) -> Result<LineForm, Vec<Diagnostic>> {
    match beside {
        Some(folder) => read_with(name, source, &|rules| crate::library::files(&folder.join(rules))),
        None => read_with(name, source, &shipped_rules),
    }
}

fn shipped_rules(folder: &str) -> Vec<Source> {
    let files = FILES.get_dir(folder).map(|d| d.files().collect::<Vec<_>>()).unwrap_or_default();
    let text = |f: &include_dir::File<'_>| Some(Source::new(format!("reports/{}", f.path().display()), f.contents_utf8()?));
    let mut found: Vec<Source> = files.into_iter().filter_map(text).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The same, with the rules of a folder that `rules` gives.
pub fn read_with(name: &str, source: &Source, rules: &dyn Fn(&str) -> Vec<Source>) -> Result<LineForm, Vec<Diagnostic>> {
    let root = parse(source)?;
    let mut reader = Reader::new(&source.name);
    let mut problems = Vec::new();
    let form = form(&mut reader, name, &root, rules, &mut problems);
    problems.splice(0..0, reader.problems);
    match form {
        Some(form) if !any_error(&problems) => Ok(form),
        _ => Err(problems),
    }
}

fn form(
    reader: &mut Reader,
    name: &str,
    root: &Node,
    rules: &dyn Fn(&str) -> Vec<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Option<LineForm> {
    let mut fields = reader.fields(root, "a report of lines")?;
    let title = string(reader, &mut fields, "title");
    // Sources are for readers; the rules have their own, which every rule cites.
    if let Some(node) = fields.require(reader, "sources") {
        reader.entries(node);
    }
    let folder = fields.require(reader, "rules")?;
    let loaded = load_report(&rules(reader.text(folder)?));
    problems.extend(loaded.diagnostics);
    let people_node = fields.require(reader, "people")?;
    let people = people(reader, people_node, problems);
    let residents = fields.require(reader, "residents").map(|n| reader.words(n)).unwrap_or_default();
    let assets: Vec<AssetWord> =
        fields.take("assets").map(|n| reader.entries(n)).unwrap_or_default().iter().filter_map(|e| asset(reader, e)).collect();
    let message = fields.require(reader, "message").and_then(|n| message(reader, n))?;
    let (record, kinds, columns) =
        (fields.require(reader, "record"), fields.require(reader, "records"), fields.require(reader, "columns"));
    let unreported = fields.take("not_reported").map(|n| reader.words(n)).unwrap_or_default();
    fields.done(reader);
    let book = loaded.book?;
    let (record, words) = record_field(reader, record?, &book)?;
    let records = records(reader, kinds?, &book, &words, &unreported);
    let context = column::Context { book: &book, records: &records, assets: &assets };
    let columns = reader.list(columns?).iter().filter_map(|n| column::read(reader, n, &context)).collect();
    let residents = residents.into_iter().map(|(word, _)| word).collect();
    Some(LineForm {
        name: name.to_owned(),
        title,
        book,
        people: people?,
        residents,
        assets,
        message,
        record,
        records,
        columns,
        texts: loaded.sources,
    })
}

pub(super) fn string(reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str) -> String {
    fields.require(reader, key).and_then(|n| reader.string(n)).unwrap_or_default()
}

/// The report of sums whose words the provider's file and that of the users have.
fn people(reader: &mut Reader, node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Form> {
    let name = reader.text(node)?;
    let Some(source) = sums::shipped(name) else {
        reader.problem(
            Code::R0302,
            node.spot,
            format!("there is no report `{name}`"),
            suggestion(name, sums::names().iter().map(String::as_str)),
        );
        return None;
    };
    sums::read(&source).map_err(|more| problems.extend(more)).ok()
}

fn asset(reader: &mut Reader, entry: &Entry) -> Option<AssetWord> {
    let mut fields = reader.fields(&entry.value, "what is said of an asset")?;
    let (title, help) = (string(reader, &mut fields, "title"), string(reader, &mut fields, "help"));
    let length = fields.take("length").and_then(|n| reader.decimal(n)).and_then(|d| usize::try_from(d).ok());
    fields.done(reader);
    Some(AssetWord { key: entry.key.clone(), title, help, length })
}

fn message(reader: &mut Reader, node: &Node) -> Option<Message> {
    let mut fields = reader.fields(node, "the message of a report of lines")?;
    let mut text = |key| string(reader, &mut fields, key);
    let found = Message { root: text("root"), record: text("record"), namespace: text("namespace") };
    fields.done(reader);
    Some(found)
}

/// A field of matches by its name, as formulas read it, and its type.
pub(super) fn of_match(book: &RuleBook, name: &str) -> Option<(Ref, Type)> {
    let declared =
        book.names.by_name.get(name).map(|n| (n.target, n.ty.clone())).filter(|(target, _)| matches!(target, Ref::Field(_)));
    declared.or_else(|| book.names.part_field(name, Item::Match).map(|(field, ty)| (Ref::Part(field), ty)))
}

fn record_field(reader: &mut Reader, node: &Node, book: &RuleBook) -> Option<(Ref, Vec<String>)> {
    let name = reader.text(node)?;
    match of_match(book, name) {
        Some((target, Type::Word(set))) => Some((target, set.words)),
        _ => {
            let help = "name a field of `each_match` with `one_of`";
            reader.problem(
                Code::R0302,
                node.spot,
                format!("`{name}` is not a word of the matches of the rules"),
                Some(help.into()),
            );
            None
        }
    }
}

fn records(
    reader: &mut Reader,
    node: &Node,
    book: &RuleBook,
    words: &[String],
    unreported: &[(String, crate::yaml::Spot)],
) -> Vec<RecordKind> {
    let mut found = Vec::new();
    let unknown = |reader: &mut Reader, word: &str, spot| {
        let help = suggestion(word, words.iter().map(String::as_str));
        reader.problem(Code::R0204, spot, format!("`{word}` is no word that says where a match is reported"), help);
    };
    for (word, spot) in unreported.iter().filter(|(word, _)| !words.contains(word)) {
        unknown(reader, word, *spot);
    }
    for entry in reader.entries(node) {
        if !words.contains(&entry.key) {
            unknown(reader, &entry.key, entry.key_spot);
        }
        found.extend(record_kind(reader, entry, book));
    }
    let reported =
        |word: &&String| found.iter().any(|k: &RecordKind| k.name == **word) || unreported.iter().any(|(w, _)| w == *word);
    for word in words.iter().filter(|w| !reported(w)) {
        let message = format!("matches of `{word}` have no record");
        reader.problem(Code::R0202, node.spot, message, Some("add it here, or under `not_reported`".into()));
    }
    found
}

fn record_kind(reader: &mut Reader, entry: &Entry, book: &RuleBook) -> Option<RecordKind> {
    let mut fields = reader.fields(&entry.value, "a record of a report")?;
    let each = [("match", Each::Match), ("asset", Each::Asset), ("customer", Each::Customer)];
    let each = fields.require(reader, "each").and_then(|n| reader.one_of(n, &each));
    let mut above = Vec::new();
    for pair in fields.take("above").map(|n| reader.entries(n)).unwrap_or_default() {
        let target = |name: &str| book.names.by_name.get(name).map(|n| n.target);
        let quantity = target(&pair.key).filter(|t| matches!(t, Ref::Quantity(_)));
        let value = reader.text(&pair.value).and_then(target).filter(|t| matches!(t, Ref::Parameter(_)));
        match quantity.zip(value) {
            Some(found) => above.push(found),
            None => {
                let message = format!("`{}` and what it must exceed are not a quantity and a value of the rules", pair.key);
                reader.problem(Code::R0302, pair.key_spot, message, Some("write `above: { QUANTITY: PARAMETER }`".into()));
            }
        }
    }
    let assets = fields.take("assets").map(|n| reader.entries(n)).unwrap_or_default();
    let assets = assets.iter().filter_map(|e| Some((e.key.clone(), reader.string(&e.value)?))).collect();
    fields.done(reader);
    Some(RecordKind { name: entry.key.clone(), word: book.names.find_word(&entry.key)?, each: each?, above, assets })
}
