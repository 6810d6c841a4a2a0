//! A file in the layout of the ledger: its header, and its records one after the other.

use std::io::Read;
use std::sync::Arc;

use csv::ByteRecord;

use crate::diagnostic::{Code, Diagnostic, Place, suggestion};

use super::columns::{Cells, Column};

/// Past this many faults the rest are only counted.
pub(crate) const PROBLEMS_MAX: usize = 1000;

/// Tells every record of a text that is one; the header, if there is one that can be used. The byte order mark is off already.
pub(crate) fn each_row<E>(
    name: &Arc<str>,
    text: impl Read,
    problems: &mut Vec<Diagnostic>,
    mut tell: impl FnMut(&CsvRow<'_>, &mut Vec<Diagnostic>) -> Result<(), E>,
) -> Result<Option<Header>, E> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .has_headers(false)
        .buffer_capacity(1 << 16)
        .from_reader(text);
    let mut record = ByteRecord::new();
    let header = match reader.read_byte_record(&mut record) {
        Ok(true) => Header::new(&record, name, problems),
        Ok(false) => {
            let message = "the ledger is empty: it has not even a header";
            let help = "the first line names the columns: `timestamp,kind,account,received_amount,..`";
            problems.push(Diagnostic::new(Code::L0101, message).at(Place::new(name, 1, 1, 1)).help(help));
            None
        }
        Err(error) => {
            problems.push(unreadable(name, &error));
            None
        }
    };
    let Some(header) = header else { return Ok(None) };
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) if record.iter().all(<[u8]>::is_empty) => {}
            Ok(true) => {
                let row = CsvRow { record: &record, header: &header, file: name };
                if record.len() == header.width {
                    tell(&row, problems)?;
                } else {
                    let message = format!("the row has {} fields, the header {}", record.len(), header.width);
                    let help = "a field that holds a comma stands in double quotes";
                    problems.push(Diagnostic::new(Code::L0105, message).at(Place::new(name, row.line(), 1, 1)).help(help));
                }
            }
            Ok(false) => break,
            Err(error) => {
                problems.push(unreadable(name, &error));
                break;
            }
        }
        if problems.len() > PROBLEMS_MAX {
            let message = format!("more than {PROBLEMS_MAX} faults: the rest of `{name}` was not read");
            problems.push(Diagnostic::new(Code::L0101, message).help("mend these first"));
            break;
        }
    }
    Ok(Some(header))
}

fn unreadable(name: &Arc<str>, error: &csv::Error) -> Diagnostic {
    let line = error.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(1));
    let message = format!("the file cannot be read as CSV: {error}");
    Diagnostic::new(Code::L0101, message).at(Place::new(name, line, 1, 1))
}

/// Where each column stands.
pub(crate) struct Header {
    position: [Option<usize>; Column::ALL.len()],
    extras: Vec<(usize, String)>,
    width: usize,
}

impl Header {
    fn new(record: &ByteRecord, file: &Arc<str>, problems: &mut Vec<Diagnostic>) -> Option<Header> {
        let mut header = Header { position: [None; Column::ALL.len()], extras: Vec::new(), width: record.len() };
        let mut column_at = 1;
        for (index, field) in record.iter().enumerate() {
            let name = String::from_utf8_lossy(field);
            let length = u32::try_from(name.chars().count()).unwrap_or(1);
            let place = Place::new(file, 1, column_at, length);
            column_at += length + 1;
            header.column(index, &name, place, problems);
        }
        // With a column too many the rows can still be read, and their faults told at once.
        header.required(file, problems).then_some(header)
    }

    fn column(&mut self, index: usize, name: &str, place: Place, problems: &mut Vec<Diagnostic>) {
        let twice = |place: Place| {
            Diagnostic::new(Code::L0104, format!("the column `{name}` stands twice")).at(place).help("keep one of them")
        };
        if let Some(extra) = name.strip_prefix("x_") {
            if self.extras.iter().any(|(_, n)| n == extra) {
                problems.push(twice(place));
            }
            self.extras.push((index, extra.to_owned()));
            return;
        }
        match Column::ALL.iter().find(|c| c.word() == name) {
            Some(column) => match self.position.get_mut(*column as usize) {
                Some(slot @ None) => *slot = Some(index),
                _ => problems.push(twice(place)),
            },
            None => {
                let help = suggestion(name, Column::ALL.iter().map(|c| c.word()));
                let help = help.unwrap_or_else(|| {
                    "a column of your own begins with `x_`; an exchange's own file is read by its format, see `fisc import`"
                        .into()
                });
                problems
                    .push(Diagnostic::new(Code::L0102, format!("`{name}` is not a column of the ledger")).at(place).help(help));
            }
        }
    }

    fn has(&self, column: Column) -> bool {
        self.position.get(column as usize).is_some_and(Option::is_some)
    }

    fn required(&self, name: &Arc<str>, problems: &mut Vec<Diagnostic>) -> bool {
        let before = problems.len();
        let place = || Place::new(name, 1, 1, 1);
        for column in [Column::Timestamp, Column::Kind] {
            if !self.has(column) {
                problems.push(
                    Diagnostic::new(Code::L0103, format!("the column `{}` is missing", column.word()))
                        .at(place())
                        .help("add it to the header and to each row"),
                );
            }
        }
        let legs = [Column::ReceivedAsset, Column::SentAsset, Column::FeeAsset];
        if !legs.iter().any(|c| self.has(*c)) {
            let help = "add `received_amount,received_asset`, `sent_amount,sent_asset` or `fee_amount,fee_asset`";
            problems.push(Diagnostic::new(Code::L0103, "no leg and no fee has its columns").at(place()).help(help));
        }
        problems.len() == before
    }
}

/// A record of a file in the layout of the ledger.
pub(crate) struct CsvRow<'a> {
    pub record: &'a ByteRecord,
    pub header: &'a Header,
    /// The name of the file.
    pub file: &'a Arc<str>,
}

impl CsvRow<'_> {
    fn field(&self, index: usize) -> &str {
        // The text was read as UTF-8; a field is cut between characters.
        self.record.get(index).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl Cells for CsvRow<'_> {
    fn cell(&self, column: Column) -> &str {
        self.header.position.get(column as usize).copied().flatten().map_or("", |index| self.field(index))
    }

    fn extras(&self) -> Vec<(&str, &str)> {
        let extras = self.header.extras.iter().map(|(index, name)| (name.as_str(), self.field(*index)));
        extras.filter(|(_, text)| !text.is_empty()).collect()
    }

    fn line(&self) -> u32 {
        self.record.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(u32::MAX))
    }

    /// Counts characters as the fields stand unquoted: exact for rows without quotes and spaces around fields.
    fn place(&self, column: Column) -> Place {
        let Some(index) = self.header.position.get(column as usize).copied().flatten() else {
            return Place::new(self.file, self.line(), 1, 1);
        };
        let width = |i: usize| u32::try_from(self.field(i).chars().count()).unwrap_or(0);
        let before: u32 = (0..index).map(|i| width(i) + 1).sum();
        Place::new(self.file, self.line(), before + 1, width(index))
    }
}
