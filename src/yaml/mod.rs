//! YAML with places: one walk gives every scalar as text with where it stands. Nothing is typed here; its place types it.
//!
//! Rule files use a plain subset: no anchors, aliases, merge keys, tags, and no key twice. That also disarms alias bombs.

#[cfg(test)]
pub mod asked;
mod decode;
mod lines;
pub mod mistakes;
mod parse;

use std::sync::Arc;

pub use decode::{Fields, Reader};
use lines::LineStart;
pub use parse::parse;

use crate::diagnostic::Place;

/// Where a node stands: line and column from 1, length in characters (1 for what spans lines).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spot {
    pub line: u32,
    pub column: u32,
    pub length: u32,
}

impl Spot {
    pub fn place(self, file: &Arc<str>) -> Place {
        Place::new(file, self.line, self.column, self.length)
    }
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Quoted,
    /// `|` or `>`; the text begins on the next line.
    Block,
}

/// A scalar as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    pub text: String,
    pub style: Style,
    /// True where the text stands inside `{..}` or `[..]`, where a comma or bracket ends it.
    pub in_flow: bool,
    /// True where a `#` comment follows on the same line.
    pub comment_follows: bool,
    /// Of a scalar over several lines: where each line of its text stands.
    starts: Vec<LineStart>,
}

impl Scalar {
    /// A scalar that stands in no file.
    pub fn new(text: &str, style: Style) -> Scalar {
        Scalar { text: text.to_owned(), style, in_flow: false, comment_follows: false, starts: Vec::new() }
    }

    /// Line, column and length of a stretch of the text, where it spans lines.
    pub fn place(&self, from: usize, to: usize) -> Option<(u32, u32, u32)> {
        lines::place(&self.starts, &self.text, from, to)
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub spot: Spot,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub key_spot: Spot,
    pub value: Node,
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// An empty plain scalar: a key with nothing behind it.
    pub fn is_empty(&self) -> bool {
        matches!(&self.value, Value::Scalar(s) if s.text.is_empty() && s.style == Style::Plain)
    }

    /// What kind of thing stands here, in the user's words.
    pub fn what(&self) -> &'static str {
        match &self.value {
            Value::Scalar(_) if self.is_empty() => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map of keys and values",
        }
    }
}
