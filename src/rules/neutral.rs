//! Values without a law: in any currency and zone, by an order of where to look that some other file gives.

use chrono_tz::Tz;

use crate::yaml::{Node, Reader};

use super::book::{RuleBook, Valuation};
use super::{load, read_rows};

/// Reads `valuation` as a law has it.
pub fn valuation(reader: &mut Reader, node: &Node) -> Option<Valuation> {
    read_rows::valuation(reader, node)
}

/// A book that taxes nothing and values rows.
pub fn valuing(valuation: Valuation, currency: &str, zone: Tz) -> RuleBook {
    RuleBook { currency: currency.to_owned(), zone, valuation, ..load::empty() }
}
