//! The rows of ledgers that may be larger than the memory: told to the sorter, and read again as the ledger of one customer.

use std::io;
use std::sync::Arc;

use csv::{ByteRecord, Position};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::ledger::columns::{Cells, Column};
use crate::ledger::read::{Builder, file_stem};
use crate::ledger::table::{CsvRow, Header, each_row};
use crate::ledger::{Ledger, LedgerFile};

use super::input::Input;
use super::sorted::{Item, Sorter, text, text_of};

/// Of the lines of one customer first come those that say who it is, then those who control it, then the rows.
pub const USER: u8 = 0;
pub const PERSON: u8 = 1;
pub const ROW: u8 = 2;

/// The ledgers that were read.
#[derive(Default)]
pub struct Files {
    files: Vec<LedgerFile>,
    headers: Vec<Option<Header>>,
    /// How many rows there were, and whether any names a taxpayer.
    pub rows: u64,
    pub named: bool,
}

/// Reads the files. What no row of text can be is told; what is wrong with a row, when its customer's ledger is made.
pub fn read(inputs: &[Input], to: &mut Sorter, problems: &mut Vec<Diagnostic>) -> io::Result<Files> {
    let mut found = Files::default();
    for input in inputs {
        let file = u16::try_from(found.files.len()).unwrap_or(u16::MAX);
        // The digest of the bytes stands in assessments, which this is none.
        found.files.push(LedgerFile { name: Arc::clone(input.name()), sha256: String::new() });
        let header = match input.open() {
            Ok(opened) => each_row(input.name(), opened, problems, |row, problems| {
                found.rows += 1;
                found.named |= !row.cell(Column::Taxpayer).is_empty();
                if let Some(problem) = no_text(row) {
                    problems.push(problem);
                    return Ok(());
                }
                to.push(item(row, file)?)
            })?,
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        found.headers.push(header);
    }
    Ok(found)
}

fn no_text(row: &CsvRow<'_>) -> Option<Diagnostic> {
    let faulty = row.record.iter().any(|field| std::str::from_utf8(field).is_err());
    faulty.then(|| {
        Diagnostic::new(Code::L0101, format!("line {} of `{}` is not UTF-8 text", row.line(), row.file))
            .at(Place::new(row.file, row.line(), 1, 1))
            .help("save the file as CSV in UTF-8")
    })
}

fn item(row: &CsvRow<'_>, file: u16) -> io::Result<Item> {
    let mut payload = Vec::new();
    row.record.iter().try_for_each(|field| text(field, &mut payload))?;
    Ok(Item { key: row.cell(Column::Taxpayer).to_owned(), rank: ROW, file, line: row.line(), payload })
}

impl Files {
    /// The rows among the items as a ledger, with what is wrong with them.
    pub fn ledger(&self, items: &[Item], problems: &mut Vec<Diagnostic>) -> Ledger {
        let mut builder = Builder::of(self.files.clone());
        for item in items.iter().filter(|item| item.rank == ROW) {
            let index = usize::from(item.file);
            let (Some(file), Some(Some(header))) = (self.files.get(index), self.headers.get(index)) else { continue };
            let record = record(item);
            let row = CsvRow { record: &record, header, file: &file.name };
            builder.row(&row, item.file, file_stem(&file.name));
        }
        let (ledger, more) = builder.finish();
        problems.extend(more);
        ledger
    }
}

fn record(item: &Item) -> ByteRecord {
    let mut record = ByteRecord::new();
    let mut rest = item.payload.as_slice();
    while !rest.is_empty() {
        let Ok(field) = text_of(&mut rest) else { break };
        record.push_field(&field);
    }
    let mut position = Position::new();
    record.set_position(Some(position.set_line(u64::from(item.line)).clone()));
    record
}
