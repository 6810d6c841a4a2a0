//! CSV to a ledger: strict, all faults at once, each with its line and column.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::number;

use super::columns::Cells;
use super::{Ledger, LedgerFile, row, table};

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

    /// A builder whose rows come from files known already.
    pub(crate) fn of(files: Vec<LedgerFile>) -> Builder {
        Builder { ledger: Ledger { files, ..Ledger::default() }, problems: Vec::new() }
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
        let stem = file_stem(&source.name);
        let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
        let Builder { ledger, problems } = self;
        let read = table::each_row(&source.name, text.as_bytes(), problems, |cells, problems| {
            ledger.rows.extend(row::read(cells, file, stem, Arc::make_mut(&mut ledger.symbols), problems));
            Ok::<(), Infallible>(())
        });
        let Ok(_) = read;
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
