//! What a report asks for: categories, the rules by which a row falls into them, and the words of its schema. All of it is data.

mod layers;
mod scope;

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Code, Diagnostic, Source, suggestion};
use crate::ledger::{COUNTERPARTY_KINDS, Kind};
use crate::number::Decimal;
use crate::rules::book::{Side, Valuation};
use crate::rules::neutral;
use crate::yaml::{Entry, Fields, Node, Reader};

use layers::Layers;
pub use scope::{FiledIn, Group, countries};
use scope::{filed_in, first_year, grounds, readings, record_mark, reportable, said, source};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports");

/// The word for an empty cell.
pub const NONE: &str = "none";

/// A word of the file and what it is in the schema.
pub type Words = Vec<(String, String)>;

#[derive(Debug, Clone)]
pub struct Form {
    pub title: String,
    pub message: Message,
    pub documents: Documents,
    pub no_tin: String,
    pub valuation: Valuation,
    pub thresholds: Vec<Threshold>,
    /// In the order of the schema.
    pub categories: Vec<Category>,
    pub rules: Vec<Rule>,
    /// Beside the category of a leg: counted once more.
    pub also: Vec<Rule>,
    /// Whether a fee that was kept back from what came in is taken off the amounts of an exchange, and off the units that came in.
    pub net_of_fees: bool,
    /// Ways to value, other than by the provider's own trade.
    pub valuations: Words,
    pub nexus: Words,
    pub controls: Words,
    pub countries: Vec<String>,
    /// Names for several countries.
    pub groups: Vec<Group>,
    /// Residents of these are reported; everyone where it is not given.
    pub reportable: Option<Vec<String>>,
    pub filed_in: Option<FiledIn>,
    /// Years before it are not reported.
    pub first_year: Option<i32>,
    /// Tells the names of its records from those of other reports of the same provider and year.
    pub record_mark: String,
}

/// The frame of the message.
#[derive(Debug, Clone, Default)]
pub struct Message {
    pub root: String,
    pub body: String,
    pub namespace: String,
    pub documents: String,
    pub version: String,
    pub kind: String,
    pub new: String,
    pub corrections: String,
    pub nothing: String,
}

/// What a record of the message is.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    pub new: String,
    pub corrected: String,
    pub deleted: String,
    pub resent: String,
}

#[derive(Debug, Clone)]
pub struct Threshold {
    pub name: String,
    pub over: Decimal,
    pub currency: String,
}

#[derive(Debug, Clone)]
pub struct Category {
    pub name: String,
    pub element: String,
    pub type_element: Option<String>,
    pub types: Words,
    pub always_typed: bool,
    pub counted: bool,
    /// Whether it says how its values were found, where not from the provider's own trade.
    pub says_valuation: bool,
}

/// What the other leg of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    Money,
    Crypto,
    Nothing,
}

/// Which legs fall into a category: each condition that is given must hold.
#[derive(Debug, Clone)]
pub struct Rule {
    pub leg: Option<Side>,
    pub against: Vec<Against>,
    pub kinds: Vec<Kind>,
    /// Words of `counterparty_kind`; none given: any.
    pub counterparty: Vec<String>,
    /// Index of a threshold that the value must exceed.
    pub over: Option<usize>,
    /// Index of the category; `None`: not reported.
    pub category: Option<usize>,
    /// Index of the type among those of the category.
    pub kind: Option<usize>,
}

impl Rule {
    /// Whether the rule fits a leg, its value aside.
    pub fn fits(&self, leg: Side, kind: Kind, against: Against, counterparty: &str) -> bool {
        self.leg.is_none_or(|l| l == leg)
            && self.kinds.contains(&kind)
            && (self.against.is_empty() || self.against.contains(&against))
            && (self.counterparty.is_empty() || self.counterparty.iter().any(|c| c == counterparty))
    }
}

/// The names of the reports that come with fisc.
pub fn names() -> Vec<String> {
    let stems = FILES.files().filter_map(|f| Some(f.path().file_stem()?.to_string_lossy().into_owned()));
    let mut found: Vec<String> = stems.collect();
    found.sort();
    found
}

/// A report that comes with fisc.
pub fn shipped(name: &str) -> Option<Source> {
    let file = FILES.get_file(format!("{name}.yaml"))?;
    Some(Source::new(format!("reports/{name}.yaml"), file.contents_utf8()?))
}

/// Reads a form; all that is wrong with it where it cannot be used.
pub fn read(source: &Source) -> Result<Form, Vec<Diagnostic>> {
    let chain = layers::chain(source)?;
    let mut layers = Layers::new(&chain);
    let form = form(&mut layers);
    let problems = layers.done();
    match form {
        Some(form) if problems.is_empty() => Ok(form),
        _ => Err(problems),
    }
}

fn form(layers: &mut Layers<'_>) -> Option<Form> {
    let title = layers.text("title");
    let sources = layers.all("sources", |reader, node| reader.entries(node).iter().filter_map(|e| source(reader, e)).collect());
    let message = layers.require("message", message).flatten().unwrap_or_default();
    let documents = layers.require("documents", documents).flatten().unwrap_or_default();
    let no_tin = layers.text("no_tin");
    let valuation = layers.require("valuation", neutral::valuation).flatten();
    let thresholds: Vec<Threshold> = layers.take("thresholds", each(|r, e| threshold(r, e, &sources))).unwrap_or_default();
    let categories: Vec<Category> = layers.require("categories", each(category)).unwrap_or_default();
    let mut rules = |key| -> Vec<Rule> {
        let read = |reader: &mut Reader, node: &Node| {
            let items = reader.list(node);
            items.iter().filter_map(|node| rule(reader, node, &categories, &thresholds)).collect()
        };
        layers.require(key, read).unwrap_or_default()
    };
    let (own, also) = (rules("rules"), rules("also"));
    let net_of_fees = layers.take("net_of_fees", |r, n| said(r, n, &sources)).is_some();
    let valuations = layers.take("valuations", each(pair)).unwrap_or_default();
    let nexus = layers.require("nexus", each(pair)).unwrap_or_default();
    let controls = layers.require("controls", each(pair)).unwrap_or_default();
    let known = layers.require("countries", |reader, node| reader.words(node)).unwrap_or_default();
    let known: Vec<String> = known.into_iter().map(|(word, _)| word).collect();
    let group = |reader: &mut Reader, entry: &Entry| Some((entry.key.clone(), countries(reader, &entry.value, &known, &[])));
    let groups: Vec<Group> = layers.take("groups", each(group)).unwrap_or_default();
    let reportable = layers.take("reportable", |r, n| reportable(r, n, (&known, &groups), &sources)).flatten();
    let filed_in = layers.take("filed_in", |r, n| filed_in(r, n, (&known, &groups), &sources)).flatten();
    let first_year = layers.take("from", |r, n| first_year(r, n, &sources)).flatten();
    layers.take("readings", |r, n| readings(r, n, &sources));
    let record_mark = layers.take("record_mark", record_mark).flatten().unwrap_or_default();
    Some(Form {
        title,
        message,
        documents,
        no_tin,
        valuation: valuation?,
        thresholds,
        categories,
        rules: own,
        also,
        net_of_fees,
        valuations,
        nexus,
        controls,
        countries: known,
        groups,
        reportable,
        filed_in,
        first_year,
        record_mark,
    })
}

/// Reads a map of names, entry by entry.
fn each<'a, T>(read: impl Fn(&mut Reader, &'a Entry) -> Option<T>) -> impl FnOnce(&mut Reader, &'a Node) -> Vec<T> {
    move |reader, node| reader.entries(node).iter().filter_map(|entry| read(reader, entry)).collect()
}

fn pair(reader: &mut Reader, entry: &Entry) -> Option<(String, String)> {
    Some((entry.key.clone(), reader.string(&entry.value)?))
}

fn string(reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str) -> String {
    fields.require(reader, key).and_then(|n| reader.string(n)).unwrap_or_default()
}

fn message(reader: &mut Reader, node: &Node) -> Option<Message> {
    let mut fields = reader.fields(node, "`message`")?;
    let mut text = |key| string(reader, &mut fields, key);
    let found = Message {
        root: text("root"),
        body: text("body"),
        namespace: text("namespace"),
        documents: text("documents"),
        version: text("version"),
        kind: text("type"),
        new: text("new"),
        corrections: text("corrections"),
        nothing: text("nothing"),
    };
    fields.done(reader);
    Some(found)
}

fn documents(reader: &mut Reader, node: &Node) -> Option<Documents> {
    let mut fields = reader.fields(node, "`documents`")?;
    let mut text = |key| string(reader, &mut fields, key);
    let found = Documents { new: text("new"), corrected: text("corrected"), deleted: text("deleted"), resent: text("resent") };
    fields.done(reader);
    Some(found)
}

fn threshold(reader: &mut Reader, entry: &Entry, sources: &[String]) -> Option<Threshold> {
    let mut fields = reader.fields(&entry.value, "a threshold")?;
    let over = fields.require(reader, "over").and_then(|n| reader.decimal(n));
    let node = fields.require(reader, "currency");
    let currency = node.and_then(|n| reader.string(n));
    if let (Some(node), Some(currency)) = (node, currency.as_deref().filter(|c| !crate::ledger::is_currency(c))) {
        reader.problem(Code::R0204, node.spot, format!("`{currency}` is not a currency code of ISO 4217"), None);
    }
    grounds(reader, &mut fields, sources);
    fields.done(reader);
    Some(Threshold { name: entry.key.clone(), over: over?, currency: currency? })
}

fn category(reader: &mut Reader, entry: &Entry) -> Option<Category> {
    let mut fields = reader.fields(&entry.value, "a category")?;
    let element = string(reader, &mut fields, "element");
    let type_element = fields.take("type_element").and_then(|n| reader.string(n));
    let types = fields.take("types").map(|n| reader.entries(n)).unwrap_or_default();
    let types = types.iter().filter_map(|entry| pair(reader, entry)).collect();
    let always_typed = fields.take("always_typed").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    let counted = fields.take("counted").and_then(|n| reader.yes_no(n)).unwrap_or(true);
    let says_valuation = fields.take("says_valuation").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    fields.done(reader);
    Some(Category { name: entry.key.clone(), element, type_element, types, always_typed, counted, says_valuation })
}

const AGAINST: &[(&str, Against)] = &[("money", Against::Money), ("crypto", Against::Crypto), ("nothing", Against::Nothing)];

fn rule(reader: &mut Reader, node: &Node, categories: &[Category], thresholds: &[Threshold]) -> Option<Rule> {
    let mut fields = reader.fields(node, "a rule of a report")?;
    let leg = fields.take("leg").and_then(|n| reader.one_of(n, &[("received", Side::Received), ("sent", Side::Sent)]));
    let against = fields.take("against").map(|n| reader.list(n)).unwrap_or_default();
    let against = against.iter().filter_map(|n| reader.one_of(n, AGAINST)).collect();
    let kinds = fields.require(reader, "kinds").map(|n| reader.words(n)).unwrap_or_default();
    let kinds = kinds.iter().filter_map(|(word, spot)| {
        let kind = Kind::from_word(word);
        if kind.is_none() {
            let help = suggestion(word, Kind::ALL.iter().map(|k| k.word()));
            reader.problem(Code::R0204, *spot, format!("`{word}` is not a kind of row"), help);
        }
        kind
    });
    let kinds = kinds.collect();
    let counterparty = fields.take("counterparty").map(|n| reader.words(n)).unwrap_or_default();
    let known = || COUNTERPARTY_KINDS.iter().copied().chain([NONE]);
    for (word, spot) in counterparty.iter().filter(|(word, _)| !known().any(|k| k == word)) {
        let help = suggestion(word, known());
        reader.problem(Code::R0204, *spot, format!("`{word}` is not a kind of counterparty"), help);
    }
    let over = fields.take("over").and_then(|n| named(reader, n, thresholds.iter().map(|t| t.name.as_str())));
    let to = fields.require(reader, "as")?;
    let reported = to.text() != Some("nothing");
    let category = if reported { named(reader, to, categories.iter().map(|c| c.name.as_str())) } else { None };
    let why = fields.take("why").and_then(|n| reader.string(n));
    if !reported && why.is_none() {
        reader.problem(Code::R0202, node.spot, "a rule that reports nothing has no `why`", Some("add `why: \"..\"`".into()));
    }
    let kind = match (category.and_then(|c| categories.get(c)), fields.take("type")) {
        (Some(category), Some(n)) => named(reader, n, category.types.iter().map(|(word, _)| word.as_str())),
        (Some(category), None) if category.always_typed => {
            let message = format!("`{}` is always of some type", category.name);
            reader.problem(Code::R0202, node.spot, message, Some("add `type: ..`".into()));
            None
        }
        _ => None,
    };
    fields.done(reader);
    let counterparty = counterparty.into_iter().map(|(word, _)| word).collect();
    Some(Rule { leg, against, kinds, counterparty, over, category, kind })
}

/// The place of a name in a list.
fn named<'a>(reader: &mut Reader, node: &Node, names: impl Iterator<Item = &'a str> + Clone) -> Option<usize> {
    let text = reader.text(node)?;
    let found = names.clone().position(|name| name == text);
    if found.is_none() {
        reader.problem(Code::R0302, node.spot, format!("`{text}` is not known here"), suggestion(text, names));
    }
    found
}
