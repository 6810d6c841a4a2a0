//! From matched rows to liabilities.

pub mod assessment;

pub use assessment::Assessment;
