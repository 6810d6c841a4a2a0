//! The lines of an export: cells by role, times as instants, numbers as plain decimals.

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::ledger::columns::{Cells, Column};

use super::format::{Format, Role};
use super::recognise::{Recognised, reader, text_of};

/// A line of an export.
#[derive(Debug, Clone)]
pub struct Line {
    pub file: Arc<str>,
    pub line: u32,
    pub time: DateTime<Utc>,
    cells: Vec<(Role, String)>,
}

impl Line {
    pub fn get(&self, role: Role) -> &str {
        self.cells.iter().find(|(r, _)| *r == role).map_or("", |(_, text)| text)
    }

    pub fn place(&self) -> Place {
        Place::new(&self.file, self.line, 1, 1)
    }
}

/// A row of the ledger made from lines of an export.
#[derive(Debug, Clone)]
pub struct Imported {
    pub file: Arc<str>,
    pub line: u32,
    pub time: DateTime<Utc>,
    cells: [String; Column::ALL.len()],
}

impl Imported {
    pub fn new(line: &Line, account: &str) -> Imported {
        let mut row = Imported { file: Arc::clone(&line.file), line: line.line, time: line.time, cells: Default::default() };
        row.set(Column::Timestamp, line.time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        row.set(Column::Account, account.to_owned());
        row.set(Column::Id, format!("{}:{}", crate::ledger::read::file_stem(&line.file), line.line));
        row
    }

    pub fn set(&mut self, column: Column, text: String) {
        if let Some(cell) = self.cells.get_mut(column as usize) {
            *cell = text;
        }
    }
}

impl Cells for Imported {
    fn cell(&self, column: Column) -> &str {
        self.cells.get(column as usize).map_or("", |text| text)
    }

    fn extras(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn line(&self) -> u32 {
        self.line
    }

    fn place(&self, _column: Column) -> Place {
        Place::new(&self.file, self.line, 1, 1)
    }
}

/// Reads all lines behind the header. A line that cannot be read is an error; the others stay.
pub fn lines(source: &Source, found: &Recognised, problems: &mut Vec<Diagnostic>) -> Vec<Line> {
    let mut lines = Vec::new();
    let Some(offset) = zone(source, found, problems) else { return lines };
    for (index, record) in reader(text_of(source), found.delimiter).records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(1));
                problems.push(Diagnostic::new(Code::I0103, format!("the line cannot be read: {error}")).at(Place::new(
                    &source.name,
                    line,
                    1,
                    1,
                )));
                break;
            }
        };
        if index < found.skip || record.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(u32::MAX));
        let record = unfolded(record);
        let cell = |role: Role| {
            found
                .column(role)
                .and_then(|i| record.get(i))
                .unwrap_or_default()
                .trim_matches(|c: char| c.is_whitespace() || c == '\'')
                .to_owned()
        };
        let cells: Vec<(Role, String)> = found.layout.columns.iter().map(|(role, _)| (*role, cell(*role))).collect();
        let text = cell(Role::Time);
        match instant(&text, found.format) {
            Some(time) => lines.push(Line { file: Arc::clone(&source.name), line, time: time - offset, cells }),
            None => {
                let message = format!("`{text}` is not a time as this format writes it");
                let help = format!("expected {}", found.format.time_formats.join(" or "));
                problems.push(Diagnostic::new(Code::I0103, message).at(Place::new(&source.name, line, 1, 1)).help(help));
            }
        }
    }
    lines
}

/// A whole line that a spreadsheet quoted as one field.
fn unfolded(record: csv::StringRecord) -> csv::StringRecord {
    match (record.len(), record.get(0)) {
        (1, Some(only)) if only.contains(',') => {
            reader(&only.replace("\"\"", "\""), b',').records().next().and_then(Result::ok).unwrap_or(record)
        }
        _ => record,
    }
}

fn instant(text: &str, format: &Format) -> Option<DateTime<Utc>> {
    format.time_formats.iter().find_map(|pattern| match pattern.as_str() {
        "rfc3339" => DateTime::parse_from_rfc3339(text).ok().map(|t| t.with_timezone(&Utc)),
        pattern => NaiveDateTime::parse_from_str(text, pattern)
            .ok()
            .map(|t| t.and_utc())
            .filter(|t| t.format("%Y").to_string().len() == 4 && *t > DateTime::UNIX_EPOCH),
    })
}

/// The offset from UTC of the file's times, where its name tells.
fn zone(source: &Source, found: &Recognised, problems: &mut Vec<Diagnostic>) -> Option<TimeDelta> {
    if !found.layout.zone_in_name {
        return Some(TimeDelta::zero());
    }
    let name = source.name.to_uppercase();
    let behind = name.split("UTC").nth(1).unwrap_or_default();
    let sign = if behind.starts_with('-') { -1 } else { 1 };
    let digits: String = behind.trim_start_matches(['+', '-']).chars().take_while(|c| c.is_ascii_digit() || *c == '_').collect();
    let hours = digits.split('_').next().and_then(|h| h.parse::<i64>().ok());
    match (name.contains("UTC"), hours) {
        (true, None) => Some(TimeDelta::zero()),
        (true, Some(hours)) if hours <= 14 => Some(TimeDelta::hours(sign * hours)),
        _ => {
            let message = format!("the times in `{}` are in a zone that only the original file name tells", source.name);
            let help = "give the file back its name, such as `..(UTC+6).csv`; `(UTC)` if the times are in UTC";
            problems.push(Diagnostic::new(Code::I0103, message).at(Place::new(&source.name, 1, 1, 1)).help(help));
            None
        }
    }
}

/// A number as exporters write it: signed, perhaps with an exponent. The digits are kept; the sign comes apart.
/// `None` for what is no number; an empty text for nothing.
pub fn number(text: &str) -> Option<(bool, String)> {
    let text = text.trim();
    if matches!(text, "" | "-" | "--" | "NA" | "NaN" | "null") {
        return Some((false, String::new()));
    }
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.strip_prefix('+').unwrap_or(text)), |d| (true, d));
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok().filter(|e: &i32| e.abs() < 100)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    if exponent == 0 {
        let whole = if whole.is_empty() { "0" } else { whole };
        return Some((negative, if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }));
    }
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let plain = if point <= 0 {
        format!("0.{}{all}", "0".repeat(usize::try_from(-point).ok()?))
    } else {
        let point = usize::try_from(point).ok()?;
        let padded = format!("{all:0<point$}");
        let (before, after) = padded.split_at_checked(point)?;
        if after.is_empty() { before.to_owned() } else { format!("{before}.{after}") }
    };
    let trimmed = plain.trim_start_matches('0');
    Some((negative, if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() }))
}
