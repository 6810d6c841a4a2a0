//! Who the customers are: a CSV with a line for each, and one for each person who controls an entity.

mod join;
mod read;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use join::{Known, known};
pub use read::read;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Address {
    pub street: String,
    pub building: String,
    pub post_code: String,
    pub city: String,
    /// State, province, county.
    pub region: String,
    pub country: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Named {
    Individual { first: String, last: String, born: NaiveDate },
    Entity { name: String },
}

/// A person or entity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Party {
    pub named: Named,
    pub address: Address,
    /// Countries of tax residence, each with the number there, if there is one.
    pub residences: Vec<(String, Option<String>)>,
    /// City and country of birth, where they are known.
    pub born_in: Option<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct User {
    pub party: Party,
    /// Who controls an entity, and the schema's codes of how.
    pub controlled_by: Vec<(Party, Vec<String>)>,
}

/// What the reading leaves of a line: the party, unless the line has faults, and how a person controls the entity.
#[derive(Serialize, Deserialize)]
struct Line {
    /// Column and length of the name by which the line is sorted.
    at: (u32, u32),
    party: Option<Party>,
    how: Vec<String>,
}

const LENGTH_MAX: usize = 200;

/// Why a text cannot stand in the report.
pub fn unfit(text: &str) -> Option<String> {
    let length = text.chars().count();
    if length > LENGTH_MAX {
        return Some(format!("has {length} characters, the schema takes {LENGTH_MAX}"));
    }
    text.chars().any(char::is_control).then(|| "holds a control character, such as a line end".to_owned())
}
