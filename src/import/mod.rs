//! Exchange exports, read by format files: no Rust for any one of them.

pub mod format;
mod grouped;
mod recognise;
mod rows;
mod single;

use crate::diagnostic::{Diagnostic, Source};
use crate::ledger::Ledger;
use crate::ledger::columns::{Cells, Column};
use crate::ledger::read::{Builder, file_stem};

pub use format::{Format, formats};
use rows::Imported;

/// True where the first line is that of a ledger.
fn is_ledger(source: &Source) -> bool {
    let text = recognise::text_of(source);
    let first = text.lines().next().unwrap_or_default();
    let words: Vec<&str> = first.split(',').map(|w| w.trim().trim_matches('"')).collect();
    words.contains(&"timestamp") || words.contains(&"kind") || text.trim().is_empty()
}

/// The name of a file's format, if it is an export of a known one.
pub fn recognised(source: &Source) -> Option<&'static str> {
    recognise::recognise(source, None).map(|found| found.format.name.as_str())
}

/// Reads ledgers and exports as one ledger; rows of an export point at its lines.
pub fn load(sources: &[Source]) -> (Ledger, Vec<Diagnostic>) {
    let mut builder = Builder::default();
    for source in sources {
        if is_ledger(source) {
            builder.csv(source);
            continue;
        }
        let (rows, problems) = import(source, None);
        let file = builder.file(source);
        problems.into_iter().for_each(|p| builder.problem(p));
        for row in &rows {
            builder.row(row, file, file_stem(&source.name));
        }
    }
    builder.finish()
}

/// The rows of one export. `format` names it where the header does not tell.
fn import(source: &Source, format: Option<&str>) -> (Vec<Imported>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let Some(found) = recognise::recognise(source, format) else {
        return (Vec::new(), vec![recognise::unknown(source, format)]);
    };
    let lines = rows::lines(source, &found, &mut problems);
    let rows = if found.format.grouped {
        grouped::rows(found.format, &lines, &mut problems)
    } else {
        lines.iter().filter_map(|line| single::row(found.format, line, &mut problems)).collect()
    };
    (rows, problems)
}

/// Exports as the text of a ledger, in the order of time.
pub fn to_csv(sources: &[Source], format: Option<&str>) -> (String, Vec<Diagnostic>) {
    let mut all: Vec<Imported> = Vec::new();
    let mut problems = Vec::new();
    for source in sources {
        let (rows, more) = import(source, format);
        all.extend(rows);
        problems.extend(more);
    }
    all.sort_by_key(|r| r.time);
    let columns = [
        Column::Timestamp,
        Column::Kind,
        Column::Account,
        Column::ReceivedAmount,
        Column::ReceivedAsset,
        Column::SentAmount,
        Column::SentAsset,
        Column::FeeAmount,
        Column::FeeAsset,
        Column::Value,
        Column::ValueCurrency,
        Column::TxHash,
        Column::Note,
        Column::Id,
    ];
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(columns.map(Column::word));
    for row in &all {
        let _ = writer.write_record(columns.map(|c| row.cell(c)));
    }
    // What the ledger itself would refuse is told here already.
    if !crate::diagnostic::any_error(&problems) {
        let mut builder = Builder::default();
        for source in sources {
            let file = builder.file(source);
            all.iter().filter(|r| r.file == source.name).for_each(|row| builder.row(row, file, file_stem(&source.name)));
        }
        problems.extend(builder.finish().1);
    }
    (String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default(), problems)
}
