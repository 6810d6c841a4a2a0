//! Words that no name of a rule file may be.

use crate::formula::code::{PartField, RowField};
use crate::formula::parse::RESERVED;

/// True for a word of the language or a field that stands in rows already.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
        || RowField::WORDS.iter().any(|(w, _)| *w == name)
        || PartField::WORDS.iter().any(|(w, _)| *w == name)
}
