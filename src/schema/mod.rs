//! The shapes of all YAML files as JSON Schema, for editors that complete and complain while a file is written.
//!
//! A shape names every key that the readers ask for under one `what` (see [`crate::yaml::Fields`]). The tests of `agree` record what
//! the readers ask for, and hold it against the shapes both ways; tests/schema.rs holds the schema against the readers' verdicts.

#[cfg(test)]
mod agree;
mod facts;
mod files;
mod format;
mod rules;
mod rules_matching;
mod rules_regulation;
mod rules_rows;
mod rules_shares;
mod rules_taxes;
mod rules_values;
mod write;

pub use facts::{facts, facts_in};

use serde_json::Value;

/// What may stand behind a key.
#[derive(Debug, Clone, Copy)]
pub enum Val {
    /// A single value, read as text.
    Text,
    Formula,
    Number,
    Date,
    /// `05-01`
    MonthDay,
    /// A currency code of ISO 4217.
    Currency,
    /// A name of the file: lower-case letters, digits, `_`.
    Name,
    /// A unit: some fixed words, or one that the file declares.
    Unit,
    /// A text of this form.
    Form(&'static str),
    Words(&'static [&'static str]),
    /// Words that are kept elsewhere.
    WordsOf(fn() -> Vec<&'static str>),
    List(&'static Val),
    /// One of it, or a list.
    OneOrMore(&'static Val),
    /// A map whose keys are names that the file chooses.
    Names(&'static Val),
    /// A map of another shape, by its `what`.
    Map(&'static str),
    Either(&'static [Val]),
    /// Nothing may stand behind the key as well.
    OrNothing(&'static Val),
    Bool,
    /// Anything: it is read later, against declarations.
    Any,
}

/// A key of a map.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    pub needed: bool,
    pub val: Val,
    pub about: &'static str,
}

const fn need(name: &'static str, val: Val, about: &'static str) -> Key {
    Key { name, needed: true, val, about }
}

const fn may(name: &'static str, val: Val, about: &'static str) -> Key {
    Key { name, needed: false, val, about }
}

const BECAUSE: Key = may(
    "exempt_because",
    Val::Words(&[
        "allowance",
        "asset",
        "gift",
        "holding_period",
        "inclusion",
        "loss_not_counted",
        "losses",
        "other",
        "other_tax",
        "person",
        "receipt",
        "rollover",
        "source",
        "threshold",
    ]),
    "Why it is left out of tax, for setting laws side by side.",
);

/// A map with fixed keys.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// As the readers name it in messages.
    pub what: &'static str,
    pub about: &'static str,
    pub keys: &'static [Key],
    /// Exactly one of these sets of keys stands there.
    pub one_of: &'static [&'static [&'static str]],
    /// Where the first key stands, the others stand too.
    pub with: &'static [(&'static str, &'static [&'static str])],
    /// Further keys are names of the file, with such values.
    pub rest: Option<Val>,
}

const fn shape(what: &'static str, about: &'static str, keys: &'static [Key]) -> Shape {
    Shape { what, about, keys, one_of: &[], with: &[], rest: None }
}

const LIST_OF_TEXT: Val = Val::List(&Val::Text);
const CITE_ABOUT: &str = "Where this is written: keys of `sources`.";
const CITE: Key = need("cite", LIST_OF_TEXT, CITE_ABOUT);
const MAY_CITE: Key = may("cite", LIST_OF_TEXT, CITE_ABOUT);
const NOTE: Key = may("note", Val::Text, "A remark for the reader.");
const TITLE: Key = may("title", Val::Text, "What it is called in reports.");
const NEED_TITLE: Key = need("title", Val::Text, "What it is called in reports.");
const PER_ABOUT: &str = "How long a period of it is; a year if nothing is said.";
const FROM: Key = may("from", Val::Date, "The first day on which it holds.");
const UNTIL: Key = may("until", Val::Date, "The last day on which it holds.");

/// A kind of file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    Rules,
    Example,
    Format,
    Provider,
}

impl File {
    pub const ALL: &'static [(&'static str, File)] =
        &[("rules", File::Rules), ("example", File::Example), ("format", File::Format), ("provider", File::Provider)];

    fn shapes(self) -> Vec<Shape> {
        match self {
            File::Rules => [
                rules::SHAPES,
                rules_values::SHAPES,
                rules_shares::SHAPES,
                rules_rows::SHAPES,
                rules_matching::SHAPES,
                rules_taxes::SHAPES,
                rules_regulation::SHAPES,
            ]
            .concat(),
            File::Example => files::EXAMPLE.to_vec(),
            File::Format => format::FORMAT.to_vec(),
            File::Provider => files::PROVIDER.to_vec(),
        }
    }

    fn title(self) -> &'static str {
        match self {
            File::Rules => "A rule file of fisc",
            File::Example => "Worked examples of fisc",
            File::Format => "A format of exports for fisc",
            File::Provider => "A provider that reports its customers with fisc",
        }
    }

    /// The schema, as JSON.
    pub fn schema(self) -> Value {
        // The first shape is the file itself; a file of examples may hold several.
        write::schema(self.title(), &self.shapes(), self == File::Example)
    }
}
