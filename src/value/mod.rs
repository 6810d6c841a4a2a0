//! What things were worth: prices, exchange rates, and the value of a row.

pub mod tables;
