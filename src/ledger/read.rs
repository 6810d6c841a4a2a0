//! CSV to transactions.
