//! Exchange exports, read by format files.

use crate::diagnostic::{Diagnostic, Source};
use crate::ledger::Ledger;
use crate::ledger::read::Builder;

/// Reads ledgers and exports as one ledger.
pub fn load(sources: &[Source]) -> (Ledger, Vec<Diagnostic>) {
    let mut builder = Builder::default();
    for source in sources {
        builder.csv(source);
    }
    builder.finish()
}
