//! The story of a figure: a tree that leads back to rows, values of the law and their sources.

mod aggregate;
pub mod build;
mod cases;
pub mod duty;
mod facts;
mod formula;
mod items;
mod names;
mod paying;
mod registers;
mod schedules;
mod shares;
mod tables;
mod taxes;

use serde::Serialize;

/// One step: a figure with the formula that gave it and the parts it was made of.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Step {
    /// `mining_tax@2024-07`, `gain@row-12`, or what kind of part it is.
    pub name: String,
    /// The value as text; `None` where refused.
    pub value: Option<String>,
    pub unit: String,
    /// The formula as the law's file has it.
    pub formula: Option<String>,
    /// The formula with the numbers put in.
    pub with: Option<String>,
    /// Sources: `Tax Code, No. 3, Art. 439 (confirmed)`.
    pub cite: Vec<String>,
    /// What a reader should know: dates in force, the branch not taken, the argument of a reading.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// `file:line` of a row of the ledger or an entry of the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    pub parts: Vec<Step>,
}
