//! From matched rows to liabilities.

pub mod aggregate;
pub mod assessment;
pub mod build;
mod build_taxes;
pub mod carries;
pub mod env;
pub mod eval;
pub mod exempt;
mod given;
pub mod held;
pub mod holdings;
mod items;
pub mod late;
pub mod matching;
pub mod parts;
pub mod payments;
pub mod periods;
pub mod refusal;
pub mod run;
pub mod schedules;
pub mod shares;
mod standing;
pub mod tax;
pub mod world;

pub use assessment::Assessment;
