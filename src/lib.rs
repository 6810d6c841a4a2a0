//! fisc: a rules engine for crypto tax and regulation. The law is data, every figure explains itself.

pub mod assess;
pub mod diagnostic;
pub mod explain;
pub mod formula;
pub mod ledger;
pub mod number;
pub mod rules;
pub mod value;
pub mod yaml;
