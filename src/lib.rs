//! fisc: a rules engine for crypto tax and regulation. The law is data, every figure explains itself.

pub mod assess;
pub mod balances;
pub mod calendar;
pub mod catalogue;
pub mod classify;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compare;
pub mod diagnostic;
pub mod engine;
pub mod examples;
pub mod explain;
pub mod facts;
pub mod formula;
pub mod import;
pub mod law;
pub mod ledger;
pub mod library;
pub mod lots;
#[cfg(feature = "net")]
pub mod net;
pub mod number;
pub mod page;
pub mod pairing;
#[cfg(feature = "python")]
mod python;
pub mod regulate;
pub mod report;
pub mod reporting;
pub mod rules;
pub mod schema;
pub mod template;
pub mod value;
pub mod yaml;
