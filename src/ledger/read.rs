//! CSV to a ledger: strict, all faults at once, each with its line and column.

use std::sync::Arc;

use csv::ByteRecord;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Place, Source, suggestion};
use crate::number;

use super::columns::{Cells, Column};
use super::{Ledger, LedgerFile, row};

/// Past this many faults the rest are only counted.
const PROBLEMS_MAX: usize = 1000;

/// Reads ledger files as one ledger, sorted by instant. What could be read is in the ledger even where rows have faults.
pub fn read(sources: &[Source]) -> (Ledger, Vec<Diagnostic>) {
    let mut builder = Builder::default();
    for source in sources {
        builder.csv(source);
    }
    builder.finish()
}

/// Builds a ledger from files one after the other.
#[derive(Default)]
pub struct Builder {
    ledger: Ledger,
    problems: Vec<Diagnostic>,
}

impl Builder {
    /// Registers a file; rows name it by the number returned.
    pub fn file(&mut self, source: &Source) -> u16 {
        let sha256 = Sha256::digest(source.text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        self.ledger.files.push(LedgerFile { name: Arc::clone(&source.name), sha256 });
        u16::try_from(self.ledger.files.len() - 1).unwrap_or(u16::MAX)
    }

    /// Adds one row of text.
    pub fn row(&mut self, cells: &impl Cells, file: u16, stem: &str) {
        if let Some(row) = row::read(cells, file, stem, Arc::make_mut(&mut self.ledger.symbols), &mut self.problems) {
            self.ledger.rows.push(row);
        }
    }

    pub fn problem(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Reads a file in the layout of the ledger.
    pub fn csv(&mut self, source: &Source) {
        let file = self.file(source);
        let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).has_headers(false).from_reader(text.as_bytes());
        let mut record = ByteRecord::new();
        let header = match reader.read_byte_record(&mut record) {
            Ok(true) => Header::new(&record, source, &mut self.problems),
            Ok(false) => {
                let message = "the ledger is empty: it has not even a header";
                let help = "the first line names the columns: `timestamp,kind,account,received_amount,..`";
                self.problems.push(Diagnostic::new(Code::L0101, message).at(Place::new(&source.name, 1, 1, 1)).help(help));
                return;
            }
            Err(error) => return self.unreadable(source, &error),
        };
        let Some(header) = header else { return };
        let stem = file_stem(&source.name);
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => self.record(&record, &header, source, file, stem),
                Ok(false) => break,
                Err(error) => return self.unreadable(source, &error),
            }
            if self.problems.len() > PROBLEMS_MAX {
                let message = format!("more than {PROBLEMS_MAX} faults: the rest of `{}` was not read", source.name);
                self.problems.push(Diagnostic::new(Code::L0101, message).help("mend these first"));
                return;
            }
        }
    }

    fn record(&mut self, record: &ByteRecord, header: &Header, source: &Source, file: u16, stem: &str) {
        if record.iter().all(<[u8]>::is_empty) {
            return;
        }
        let row = CsvRow { record, header, file: &source.name };
        if record.len() != header.width {
            let message = format!("the row has {} fields, the header {}", record.len(), header.width);
            let help = "a field that holds a comma stands in double quotes";
            self.problems.push(Diagnostic::new(Code::L0105, message).at(Place::new(&source.name, row.line(), 1, 1)).help(help));
            return;
        }
        self.row(&row, file, stem);
    }

    fn unreadable(&mut self, source: &Source, error: &csv::Error) {
        let line = error.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(1));
        let message = format!("the file cannot be read as CSV: {error}");
        self.problems.push(Diagnostic::new(Code::L0101, message).at(Place::new(&source.name, line, 1, 1)));
    }

    /// Sorts the rows and settles what needs all of them: ids that stand twice, lots that are named.
    pub fn finish(mut self) -> (Ledger, Vec<Diagnostic>) {
        self.ledger.rows.sort_by_key(|r| r.timestamp);
        self.ids();
        (self.ledger, self.problems)
    }

    fn ids(&mut self) {
        let mut by_id: HashMap<Arc<str>, usize> = HashMap::new();
        by_id.reserve(self.ledger.rows.len());
        for (index, row) in self.ledger.rows.iter().enumerate() {
            if let Some(first) = by_id.insert(Arc::clone(&row.id), index).and_then(|i| self.ledger.rows.get(i)) {
                let mut problem =
                    Diagnostic::new(Code::L0210, format!("the id `{}` stands twice", row.id)).at_opt(self.ledger.place(row));
                if let Some(place) = self.ledger.place(first) {
                    problem = problem.related(place, "first here");
                }
                self.problems
                    .push(problem.rows([row.id.to_string()]).help("each row has an id of its own; two ledgers may also overlap"));
            }
        }
        let mut faults = Vec::new();
        let files = self.ledger.files.clone();
        for row in &mut self.ledger.rows {
            let place = files.get(usize::from(row.file)).map(|f| Place::new(&f.name, row.line, 1, 1));
            let id = row.id.to_string();
            let Some(extra) = &mut row.extra else { continue };
            for choice in &mut extra.lots {
                if by_id.contains_key(choice.row.as_str()) {
                    continue;
                }
                let split = choice
                    .row
                    .rsplit_once(':')
                    .and_then(|(row, quantity)| Some((row.to_owned(), number::parse_unsigned(quantity).ok()?)));
                match split.filter(|(row, _)| by_id.contains_key(row.as_str())) {
                    Some((named, quantity)) => {
                        choice.row = named;
                        choice.quantity = Some(quantity);
                    }
                    None => {
                        let message = format!("`lot` names `{}`, which is no row of the ledger", choice.row);
                        let problem = Diagnostic::new(Code::L0211, message).at_opt(place.clone()).rows([id.clone()]);
                        faults.push(problem.help("write the id of the row that acquired the lot: `ID`, or `ID:QTY;ID:QTY`"));
                    }
                }
            }
        }
        self.problems.append(&mut faults);
    }
}

/// The name of a file without its folders.
pub fn file_stem(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// Where each column stands.
struct Header {
    position: [Option<usize>; Column::ALL.len()],
    extras: Vec<(usize, String)>,
    width: usize,
}

impl Header {
    fn new(record: &ByteRecord, source: &Source, problems: &mut Vec<Diagnostic>) -> Option<Header> {
        let mut header = Header { position: [None; Column::ALL.len()], extras: Vec::new(), width: record.len() };
        let mut column_at = 1;
        for (index, field) in record.iter().enumerate() {
            let name = String::from_utf8_lossy(field);
            let length = u32::try_from(name.chars().count()).unwrap_or(1);
            let place = Place::new(&source.name, 1, column_at, length);
            column_at += length + 1;
            header.column(index, &name, place, problems);
        }
        // With a column too many the rows can still be read, and their faults told at once.
        header.required(source, problems).then_some(header)
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

    fn required(&self, source: &Source, problems: &mut Vec<Diagnostic>) -> bool {
        let before = problems.len();
        let place = || Place::new(&source.name, 1, 1, 1);
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

struct CsvRow<'a> {
    record: &'a ByteRecord,
    header: &'a Header,
    file: &'a Arc<str>,
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
