//! A format file: how the rows of an export become rows of a ledger.

use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Code, Diagnostic, Source};
use crate::ledger::Kind;
use crate::yaml::{Fields, Node, Reader, parse};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/formats");

/// What a column of an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Time,
    Type,
    Asset,
    /// A signed amount.
    Change,
    /// The sub-account.
    Part,
    Note,
    TxHash,
    SentAmount,
    SentAsset,
    ReceivedAmount,
    ReceivedAsset,
    FeeAmount,
    FeeAsset,
    Value,
    ValueCurrency,
}

const ROLES: &[(&str, Role)] = &[
    ("time", Role::Time),
    ("type", Role::Type),
    ("asset", Role::Asset),
    ("change", Role::Change),
    ("part", Role::Part),
    ("note", Role::Note),
    ("tx_hash", Role::TxHash),
    ("sent_amount", Role::SentAmount),
    ("sent_asset", Role::SentAsset),
    ("received_amount", Role::ReceivedAmount),
    ("received_asset", Role::ReceivedAsset),
    ("fee_amount", Role::FeeAmount),
    ("fee_asset", Role::FeeAsset),
    ("value", Role::Value),
    ("value_currency", Role::ValueCurrency),
];

/// One header that the source has used.
#[derive(Debug, Clone)]
pub struct Layout {
    pub columns: Vec<(Role, String)>,
    pub optional: Vec<String>,
    /// The zone of the times stands in the name of the file, as `(UTC+3)`.
    pub zone_in_name: bool,
}

/// What a row becomes: a kind, or a trade, which is a buy, sell or swap by its legs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    Kind(Kind),
    Trade,
}

/// How rows of a type are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Each by itself.
    None,
    /// What comes in against what goes out.
    Exchange,
    /// The two sides of a move between sub-accounts.
    Transfer,
}

/// The meaning of a group of type words.
#[derive(Debug, Clone)]
pub struct TypeRule {
    pub words: Vec<String>,
    pub fees: Vec<String>,
    pub group: Group,
    /// Rows belong together only if their notes agree.
    pub by_note: bool,
    pub both: Option<Becomes>,
    pub received: Option<Becomes>,
    pub sent: Option<Becomes>,
}

/// A format.
#[derive(Debug, Clone)]
pub struct Format {
    pub name: String,
    pub title: String,
    pub account: String,
    pub grouped: bool,
    pub layouts: Vec<Layout>,
    pub time_formats: Vec<String>,
    pub join_within_seconds: i64,
    /// A prefix taken off assets longer than so many letters.
    pub asset_prefixes: Vec<(String, usize)>,
    pub lower_case: bool,
    pub types: Vec<TypeRule>,
}

/// All formats, in the order of their names. A test holds the shipped files free of errors.
pub fn formats() -> &'static [Format] {
    static ALL: OnceLock<Vec<Format>> = OnceLock::new();
    ALL.get_or_init(|| all().0)
}

/// All formats and what is wrong with their files.
pub fn all() -> (Vec<Format>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for file in FILES.files().filter(|f| f.path().extension().is_some_and(|e| e == "yaml")) {
        let name = format!("formats/{}", file.path().display());
        match read(&Source::new(name, String::from_utf8_lossy(file.contents()).into_owned())) {
            Ok(format) => found.push(format),
            Err(more) => problems.extend(more),
        }
    }
    found.sort_by(|a: &Format, b: &Format| a.name.cmp(&b.name));
    (found, problems)
}

/// Reads a format file.
pub fn read(source: &Source) -> Result<Format, Vec<Diagnostic>> {
    let root = parse(source)?;
    let mut reader = Reader::new(&source.name);
    let format = format(&mut reader, &root);
    match format {
        Some(format) if reader.problems.is_empty() => Ok(format),
        _ => Err(reader.problems),
    }
}

fn format(reader: &mut Reader, node: &Node) -> Option<Format> {
    let mut fields = reader.fields(node, "a format")?;
    let name = fields.require(reader, "format").and_then(|n| reader.string(n));
    let title = fields.require(reader, "title").and_then(|n| reader.string(n));
    let account = fields.require(reader, "account").and_then(|n| reader.string(n));
    let grouped = fields.require(reader, "rows").and_then(|n| reader.one_of(n, &[("one", false), ("grouped", true)]));
    let layouts = fields
        .require(reader, "layouts")
        .map(|n| reader.list(n).iter().filter_map(|l| layout(reader, l)).collect())
        .unwrap_or_default();
    let mut time_formats = Vec::new();
    if let Some(node) = fields.require(reader, "time")
        && let Some(mut inner) = reader.fields(node, "`time`")
    {
        time_formats =
            inner.require(reader, "formats").map(|n| reader.words(n)).unwrap_or_default().into_iter().map(|(w, _)| w).collect();
        inner.require(reader, "zone").and_then(|n| reader.one_of(n, &[("utc", ())]));
        inner.done(reader);
    }
    let join = fields
        .take("join_within_seconds")
        .and_then(|n| reader.decimal(n))
        .and_then(|d| i64::try_from(d.mantissa()).ok())
        .unwrap_or(0);
    let lower_case = fields.take("types_in_lower_case").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    let prefixes =
        fields.take("assets").map(|n| reader.list(n).iter().filter_map(|p| prefix(reader, p)).collect()).unwrap_or_default();
    let types = fields
        .require(reader, "types")
        .map(|n| reader.list(n).iter().filter_map(|t| type_rule(reader, t)).collect())
        .unwrap_or_default();
    fields.done(reader);
    Some(Format {
        name: name?,
        title: title?,
        account: account?,
        grouped: grouped?,
        layouts,
        time_formats,
        join_within_seconds: join,
        asset_prefixes: prefixes,
        lower_case,
        types,
    })
}

fn layout(reader: &mut Reader, node: &Node) -> Option<Layout> {
    let mut fields = reader.fields(node, "a layout")?;
    let mut columns = Vec::new();
    if let Some(map) = fields.require(reader, "columns")
        && let Some(mut inner) = reader.fields(map, "the columns of a layout")
    {
        for (word, role) in ROLES {
            columns.extend(inner.take(word).and_then(|n| reader.string(n)).map(|name| (*role, name)));
        }
        inner.done(reader);
    }
    let optional = fields.take("optional").map(|n| reader.words(n)).unwrap_or_default().into_iter().map(|(w, _)| w).collect();
    let zone_in_name = fields.take("zone").and_then(|n| reader.one_of(n, &[("file_name", true)])).unwrap_or(false);
    fields.done(reader);
    if !columns.iter().any(|(role, _)| *role == Role::Time) {
        reader.problem(Code::I0105, node.spot, "a layout without a column for the time", Some("add `time: COLUMN`".into()));
    }
    Some(Layout { columns, optional, zone_in_name })
}

fn prefix(reader: &mut Reader, node: &Node) -> Option<(String, usize)> {
    let mut fields = reader.fields(node, "a rule for assets")?;
    let prefix = fields.require(reader, "prefix").and_then(|n| reader.string(n));
    let longer =
        fields.require(reader, "longer_than").and_then(|n| reader.decimal(n)).and_then(|d| usize::try_from(d.mantissa()).ok());
    fields.take("note").and_then(|n| reader.string(n));
    fields.done(reader);
    Some((prefix?, longer?))
}

fn type_rule(reader: &mut Reader, node: &Node) -> Option<TypeRule> {
    let mut fields = reader.fields(node, "a type")?;
    let mut words = |reader: &mut Reader, key: &'static str| -> Vec<String> {
        fields.take(key).map(|n| reader.words(n)).unwrap_or_default().into_iter().map(|(word, _)| word).collect()
    };
    let (names, fees) = (words(reader, "words"), words(reader, "fees"));
    let groups = [("exchange", Group::Exchange), ("transfer", Group::Transfer)];
    let group = fields.take("group").and_then(|n| reader.one_of(n, &groups)).unwrap_or(Group::None);
    let by_note = fields.take("by_note").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    let becomes =
        |reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str| fields.take(key).and_then(|n| becomes(reader, n));
    let (both, received, sent) =
        (becomes(reader, &mut fields, "both"), becomes(reader, &mut fields, "received"), becomes(reader, &mut fields, "sent"));
    fields.done(reader);
    if names.is_empty() || both.or(received).or(sent).is_none() {
        reader.problem(Code::I0105, node.spot, "a type needs `words`, and at least one of `both`, `received`, `sent`", None);
    }
    Some(TypeRule { words: names, fees, group, by_note, both, received, sent })
}

fn becomes(reader: &mut Reader, node: &Node) -> Option<Becomes> {
    let text = reader.text(node)?;
    if text == "trade" {
        return Some(Becomes::Trade);
    }
    let kind = Kind::from_word(text);
    if kind.is_none() {
        reader.problem(Code::I0105, node.spot, format!("`{text}` is neither `trade` nor a kind of row"), None);
    }
    kind.map(Becomes::Kind)
}
