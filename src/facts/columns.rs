//! Row facts in columns `x_NAME` of the ledger.

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::Ledger;
use crate::rules::RuleBook;
use crate::rules::book::About;

use super::{FactReader, Facts, Given};

/// Reads them beside what the facts file says.
pub(super) fn read(book: &RuleBook, ledger: &Ledger, facts: &mut Facts, reader: &mut FactReader<'_>) {
    for (index, fact) in book.facts.iter().enumerate().filter(|(_, f)| f.about == About::Row) {
        let Some(column) = ledger.symbols.find(&fact.name) else { continue };
        for row in &ledger.rows {
            let Some(text) = row.column(column) else { continue };
            match reader.scalar(fact, text) {
                Ok(value) => {
                    if let Some(slot) = facts.given.get_mut(index) {
                        match slot {
                            Given::ByRow(map) => drop(map.insert(row.id.to_string(), value)),
                            _ => *slot = Given::ByRow([(row.id.to_string(), value)].into()),
                        }
                    }
                }
                Err(message) => {
                    let message = format!("column `x_{}`: {message}", fact.name);
                    reader
                        .problems
                        .push(Diagnostic::new(Code::F0102, message).at_opt(ledger.place(row)).rows([row.id.to_string()]));
                }
            }
        }
    }
}
