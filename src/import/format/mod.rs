//! A format file, read and checked: how the rows of an export become rows of a ledger.

mod fields;
mod library;
mod read;
mod rules;

use crate::ledger::Kind;
use crate::number::Decimal;

use super::expr::Expr;
use super::pattern::{Allowed, Pattern};

pub use library::{add, all, formats, read};

/// A source's files of one sort, in every layout it has had.
#[derive(Debug, Clone)]
pub struct Format {
    pub name: String,
    pub title: String,
    /// The format it is like, or itself: rows of one family with the same id are the same row.
    pub family: String,
    pub layouts: Vec<Layout>,
}

/// The name of a column, and which of several of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub pattern: Pattern,
    /// The fields that the pattern's gaps fill.
    pub fills: Vec<usize>,
    pub occurrence: usize,
    /// As the format writes it.
    pub text: String,
}

/// A column: the names it has had.
#[derive(Debug, Clone)]
pub struct ColumnSpec {
    pub field: usize,
    pub names: Vec<Name>,
    pub required: bool,
}

/// Where the text of a field comes from.
#[derive(Debug, Clone)]
pub enum Field {
    /// The column of that number.
    Column(usize),
    /// Settled once for a file: from the header, the lines above it, the file's name, or what the user said.
    Settled,
    /// A gap of a part.
    Part(usize, usize),
    Set(Expr),
}

/// Text cut by patterns, the first that fits.
#[derive(Debug, Clone)]
pub struct Part {
    pub of: Expr,
    pub patterns: Vec<(Pattern, Vec<(usize, usize)>)>,
    pub allowed: Vec<(String, Allowed)>,
}

/// A text with fields in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    pub pieces: Vec<TemplatePiece>,
}

impl Template {
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().filter_map(|p| match p {
            TemplatePiece::Field(field) => Some(*field),
            TemplatePiece::Text(_) => None,
        })
    }

    /// The text, with what `field` says of each field.
    pub fn filled<'t>(&'t self, field: impl Fn(usize) -> &'t str) -> String {
        let text = |piece: &'t TemplatePiece| match piece {
            TemplatePiece::Text(text) => text.as_str(),
            TemplatePiece::Field(number) => field(*number),
        };
        self.pieces.iter().map(text).collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePiece {
    Text(String),
    Field(usize),
}

/// Something the file may not say.
#[derive(Debug, Clone)]
pub struct Given {
    pub field: usize,
    pub name: String,
    pub about: String,
    pub default: Option<String>,
    /// Columns one of which has it in every row.
    pub common_to: Vec<usize>,
    /// Answers, each with a word (with `*`) that the file's name then fits.
    pub by_name: Vec<(String, String)>,
}

/// Whether a fee stands inside the amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    No,
    Yes,
    /// Where this field says `inside`.
    Told(usize),
}

/// Where the zone of local times stands.
#[derive(Debug, Clone, Default)]
pub enum ZoneSpec {
    #[default]
    Utc,
    /// Only the user knows.
    Asked,
    /// Taken as UTC where the user does not say otherwise.
    Assumed,
    Told(Template),
}

#[derive(Debug, Clone, Default)]
pub struct TimeSpec {
    pub of: Vec<Template>,
    pub patterns: Vec<String>,
    pub zone: ZoneSpec,
    /// Names of zones that only this source uses.
    pub zone_words: Vec<(String, String)>,
}

/// A formula of an amount and one of its asset.
pub type Money = (Expr, Expr);

/// The legs of a row.
#[derive(Debug, Clone, Default)]
pub struct Legs {
    /// A signed amount: in or out.
    pub change: Option<Money>,
    pub received: Option<Money>,
    pub sent: Option<Money>,
}

/// What a row becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Kind(Kind),
    /// A buy, sell or swap by its legs.
    Trade,
}

/// What rows become by the legs that stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Becomes {
    /// Nothing is written: the row says nothing of its own.
    pub nothing: bool,
    pub both: Option<Outcome>,
    /// Both sides of one asset.
    pub same: Option<Outcome>,
    pub received: Option<Outcome>,
    pub sent: Option<Outcome>,
    pub fee: Option<Outcome>,
}

#[derive(Debug, Clone)]
pub enum Test {
    /// A loose word, with `*`.
    Word(String),
    /// The same text as this formula gives.
    Same(Expr),
    Compare(std::cmp::Ordering, bool, Decimal),
}

/// A formula's text, and the tests of which one must hold.
#[derive(Debug, Clone)]
pub struct Condition {
    pub of: Expr,
    pub tests: Vec<Test>,
}

/// Conditions that must all hold, and some that must not.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    pub when: Vec<Condition>,
    pub unless: Vec<Condition>,
}

/// The meaning of some type words.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Loose; none means any.
    pub words: Vec<String>,
    pub fee_words: Vec<String>,
    pub conditions: Conditions,
    pub becomes: Option<Becomes>,
    pub legs: Legs,
    pub fee: Option<Money>,
    pub fee_inside: Inside,
    pub value: Option<Money>,
    pub group: Option<usize>,
    pub account: Option<Template>,
    pub counterparty: Option<Template>,
    pub hash: Option<Expr>,
    pub note: Vec<Template>,
    pub why: Option<String>,
    pub warn: Option<String>,
}

/// Rows that have no effect, whatever their type.
#[derive(Debug, Clone)]
pub struct Void {
    pub conditions: Conditions,
    pub why: String,
}

/// How the sides of a group meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// All in one transaction, summed by asset.
    Sum,
    /// One row against one opposite row of the same asset and amount.
    Pairs,
    /// One asset got for several: a row each.
    Split,
}

/// What rows must share to be one transaction.
#[derive(Debug, Clone)]
pub struct Group {
    pub name: String,
    pub by: Vec<Expr>,
    pub by_time: bool,
    /// Rows that are incomplete alone join those of the next seconds.
    pub within: Option<i64>,
    pub last_time: bool,
    pub sides: Sides,
    /// What cannot be told apart is written row by row, with a warning.
    pub apart: bool,
    /// Rows of other formats with a group of this name belong to it too.
    pub across: bool,
    pub becomes: Option<Becomes>,
}

/// How a source writes assets.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    pub upper: bool,
    pub rename: Vec<(String, String)>,
    pub suffixes: Vec<String>,
    /// Taken off where the rest has so many letters or more.
    pub prefixes: Vec<(String, usize)>,
}

/// Columns that stand once for each asset.
#[derive(Debug, Clone)]
pub struct Each {
    pub change: Vec<Pattern>,
    pub fee: Vec<Pattern>,
    pub balance: Vec<Pattern>,
}

/// One header that the source has used, and how its rows are read.
#[derive(Debug, Clone)]
pub struct Layout {
    pub names: Vec<String>,
    pub fields: Vec<Field>,
    pub columns: Vec<ColumnSpec>,
    pub unused: Vec<Name>,
    pub each: Option<Each>,
    pub file_name: Vec<(Pattern, Vec<usize>)>,
    pub preamble: Vec<(Pattern, Vec<usize>)>,
    pub given: Vec<Given>,
    pub parts: Vec<Part>,
    pub time: TimeSpec,
    pub account: Template,
    pub kind_of_row: Option<usize>,
    pub assets: Assets,
    pub groups: Vec<Group>,
    pub void: Vec<Void>,
    pub rules: Vec<Rule>,
    pub unique: Vec<usize>,
    pub balance: Option<Money>,
    pub part: Option<Template>,
    /// Known, and not to be read: the text says why.
    pub refuse: Option<String>,
}
