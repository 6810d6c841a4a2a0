//! fisc: a rules engine for crypto tax and regulation. The law is data, every figure explains itself.

pub mod diagnostic;
pub mod ledger;
pub mod number;
pub mod value;
pub mod yaml;
