//! Which format a file has, by its header.

use csv::StringRecord;

use crate::diagnostic::{Code, Diagnostic, Place, Source};

use super::format::{Format, Layout, Role, formats};

/// The header is looked for in so many first lines.
const LINES_MAX: usize = 30;

/// A file's format, and where its columns stand.
pub struct Recognised {
    pub format: &'static Format,
    pub layout: &'static Layout,
    pub delimiter: u8,
    /// Records before the header, and the header itself, are skipped.
    pub skip: usize,
    positions: Vec<(Role, usize)>,
}

impl Recognised {
    pub fn column(&self, role: Role) -> Option<usize> {
        self.positions.iter().find(|(r, _)| *r == role).map(|(_, index)| *index)
    }
}

/// A name of a column without what exporters put around it.
fn clean(name: &str) -> String {
    name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '"' || c == '\'').replace('\u{a0}', " ")
}

/// A CSV reader over a text, its lines counted as the file has them.
pub fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(text.as_bytes())
}

pub fn text_of(source: &Source) -> &str {
    source.text.strip_prefix('\u{feff}').unwrap_or(&source.text)
}

/// The format of a file. `wanted` limits it to one.
pub fn recognise(source: &Source, wanted: Option<&str>) -> Option<Recognised> {
    let candidates = || formats().iter().filter(|f| wanted.is_none_or(|w| w == f.name));
    for delimiter in [b',', b';', b'\t'] {
        for (index, record) in reader(text_of(source), delimiter).records().take(LINES_MAX).enumerate() {
            let Ok(record) = record else { break };
            let header = header(&record);
            for format in candidates() {
                for layout in &format.layouts {
                    if let Some(positions) = fits(layout, &header) {
                        return Some(Recognised { format, layout, delimiter, skip: index + 1, positions });
                    }
                }
            }
        }
    }
    None
}

/// A spreadsheet may have put the whole header into one quoted field.
fn header(record: &StringRecord) -> Vec<String> {
    match (record.len(), record.get(0)) {
        (1, Some(only)) if only.contains(',') => only.split(',').map(clean).collect(),
        _ => record.iter().map(clean).collect(),
    }
}

/// Every column of the layout stands in the header, and nothing else but what is optional.
fn fits(layout: &Layout, header: &[String]) -> Option<Vec<(Role, usize)>> {
    let found: Option<Vec<(Role, usize)>> =
        layout.columns.iter().map(|(role, name)| Some((*role, header.iter().position(|h| h == name)?))).collect();
    let known = |h: &String| h.is_empty() || layout.optional.contains(h) || layout.columns.iter().any(|(_, n)| n == h);
    found.filter(|_| header.iter().all(known))
}

/// Says which formats come nearest and what differs.
pub fn unknown(source: &Source, wanted: Option<&str>) -> Diagnostic {
    let first = reader(text_of(source), b',').records().next().and_then(Result::ok).map(|r| header(&r)).unwrap_or_default();
    let mut near: Vec<(usize, String)> = Vec::new();
    for format in formats().iter().filter(|f| wanted.is_none_or(|w| w == f.name)) {
        let best = format.layouts.iter().map(|layout| {
            let missing: Vec<&str> =
                layout.columns.iter().map(|(_, n)| n.as_str()).filter(|n| !first.iter().any(|h| h == n)).collect();
            let known = |h: &&String| layout.optional.contains(h) || layout.columns.iter().any(|(_, n)| n == *h);
            let extra: Vec<&str> = first.iter().filter(|h| !h.is_empty() && !known(h)).map(String::as_str).collect();
            let says = |what: &str, list: &[&str]| {
                if list.is_empty() {
                    String::new()
                } else {
                    format!(", {what} {}", list.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" "))
                }
            };
            (missing.len() + extra.len(), format!("`{}`{}{}", format.name, says("without", &missing), says("with", &extra)))
        });
        near.extend(best.min());
    }
    near.sort();
    let near: Vec<String> = near.into_iter().take(2).map(|(_, text)| text).collect();
    if super::is_ledger(source) {
        let message = format!("`{}` is a ledger already", source.name);
        let help = "it needs no import: give it to `fisc assess` as it is, beside exports if need be";
        return Diagnostic::new(Code::I0101, message).at(Place::new(&source.name, 1, 1, 1)).help(help);
    }
    let message = format!("the header of `{}` is of no known format", source.name);
    let help = format!("nearest: {}. A ledger of fisc begins with `timestamp,kind,..`", near.join("; "));
    Diagnostic::new(Code::I0101, message).at(Place::new(&source.name, 1, 1, 1)).help(help)
}
