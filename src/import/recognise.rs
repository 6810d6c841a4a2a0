//! Which format a file has, by its header: in the first lines, whatever the delimiter and the order of the columns.

use csv::StringRecord;

use crate::diagnostic::{Code, Diagnostic, Place, Source};

use super::format::{Field, Format, Layout, Name, formats};
use super::settle;

/// The header is looked for in so many first lines.
const LINES_MAX: usize = 30;

/// So many columns that a format does not know may stand beside those it knows.
const UNKNOWN_MAX: usize = 3;

/// The columns of one asset, where each asset has its own.
#[derive(Debug, Clone, Default)]
pub struct AssetColumns {
    pub asset: String,
    pub change: Option<usize>,
    pub fee: Option<usize>,
    pub balance: Option<usize>,
}

/// A file whose format is known: where its columns stand, and what is settled for the whole of it.
pub struct File<'s> {
    pub source: &'s Source,
    pub format: &'static Format,
    pub layout: &'static Layout,
    pub delimiter: u8,
    /// Records before the header, and the header itself.
    pub skip: usize,
    pub width: usize,
    /// Where each column of the layout stands.
    pub positions: Vec<Option<usize>>,
    pub each: Vec<AssetColumns>,
    /// The text of each settled field; empty for the others.
    pub settled: Vec<String>,
    /// Names of columns that the format does not know.
    pub unknown: Vec<String>,
    /// The file writes a decimal comma.
    pub comma: bool,
}

/// A name of a column without what exporters put around it.
fn clean(name: &str) -> String {
    let bare = name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '"' || c == '\'');
    bare.split(|c: char| c.is_whitespace() || c == '\u{a0}').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A CSV reader over a text, its lines counted as the file has them.
pub fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(text.as_bytes())
}

pub fn text_of(source: &Source) -> &str {
    source.text.strip_prefix('\u{feff}').unwrap_or(&source.text)
}

/// A whole line that a spreadsheet quoted as one field.
pub fn unfolded(record: StringRecord) -> StringRecord {
    match (record.len(), record.get(0)) {
        (1, Some(only)) if only.contains(',') && only.contains('"') => {
            reader(&only.replace("\"\"", "\""), b',').records().next().and_then(Result::ok).unwrap_or(record)
        }
        _ => record,
    }
}

fn header(record: &StringRecord) -> Vec<String> {
    match (record.len(), record.get(0)) {
        (1, Some(only)) if only.contains(',') => only.split(',').map(clean).collect(),
        _ => record.iter().map(clean).collect(),
    }
}

/// How a layout stands to a header.
struct Fit {
    positions: Vec<Option<usize>>,
    each: Vec<AssetColumns>,
    settled: Vec<(usize, String)>,
    missing: Vec<String>,
    unknown: Vec<String>,
}

impl Fit {
    fn new(layout: &Layout, header: &[String]) -> Fit {
        let mut fit =
            Fit { positions: Vec::new(), each: Vec::new(), settled: Vec::new(), missing: Vec::new(), unknown: Vec::new() };
        let mut known = vec![false; header.len()];
        for column in &layout.columns {
            let found = column.names.iter().find_map(|name| fit.find(name, header));
            if let Some(flag) = found.and_then(|index| known.get_mut(index)) {
                *flag = true;
            }
            if found.is_none() && column.required {
                fit.missing.push(column.names.first().map(|n| n.text.clone()).unwrap_or_default());
            }
            fit.positions.push(found);
        }
        fit.each(layout, header, &mut known);
        for (index, name) in header.iter().enumerate() {
            let unused = layout.unused.iter().any(|n| n.pattern.fit(name, &[]).is_some());
            if !known.get(index).copied().unwrap_or(true) && !unused && !name.is_empty() {
                fit.unknown.push(name.clone());
            }
        }
        fit
    }

    fn find(&mut self, name: &Name, header: &[String]) -> Option<usize> {
        // A gap that another column has filled already holds the same here.
        let settled = &self.settled;
        let same =
            |gaps: &[String]| name.fills.iter().zip(gaps).all(|(field, gap)| settled.iter().all(|(f, t)| f != field || t == gap));
        let fits = |h: &String| {
            let gaps = name.pattern.fit(h, &[])?.into_iter().map(str::to_owned).collect::<Vec<_>>();
            Some(gaps).filter(|gaps| same(gaps))
        };
        let (index, gaps) =
            header.iter().enumerate().filter_map(|(index, h)| Some((index, fits(h)?))).nth(name.occurrence.saturating_sub(1))?;
        self.settled.extend(name.fills.iter().copied().zip(gaps));
        Some(index)
    }

    fn each(&mut self, layout: &Layout, header: &[String], known: &mut [bool]) {
        let Some(each) = &layout.each else { return };
        for (index, name) in header.iter().enumerate() {
            if known.get(index).copied().unwrap_or(true) {
                continue;
            }
            for (patterns, what) in [(&each.change, 0), (&each.fee, 1), (&each.balance, 2)] {
                let Some(asset) = patterns.iter().find_map(|p| p.fit(name, &[])).and_then(|gaps| gaps.first().copied()) else {
                    continue;
                };
                let at = self.each.iter().position(|e| e.asset == asset).unwrap_or_else(|| {
                    self.each.push(AssetColumns { asset: asset.to_owned(), ..AssetColumns::default() });
                    self.each.len() - 1
                });
                if let Some(columns) = self.each.get_mut(at) {
                    *[&mut columns.change, &mut columns.fee, &mut columns.balance][what] = Some(index);
                }
                if let Some(flag) = known.get_mut(index) {
                    *flag = true;
                }
                break;
            }
        }
        if self.each.is_empty() {
            self.missing.push("columns of an asset".to_owned());
        }
    }

    fn matched(&self) -> usize {
        self.positions.iter().flatten().count() + self.each.len()
    }

    fn reads(&self) -> bool {
        self.missing.is_empty() && self.unknown.len() <= UNKNOWN_MAX && self.unknown.len() * 2 <= self.matched()
    }
}

/// The format of a file. `wanted` limits it to one.
pub fn recognise<'s>(source: &'s Source, wanted: Option<&str>) -> Option<File<'s>> {
    let candidates = || formats().iter().filter(|f| wanted.is_none_or(|w| w == f.name));
    let mut best: Option<((usize, usize), File<'s>)> = None;
    for delimiter in [b',', b';', b'\t'] {
        for (index, record) in reader(text_of(source), delimiter).records().take(LINES_MAX).enumerate() {
            let Ok(record) = record else { break };
            let header = header(&record);
            if header.len() < 3 {
                continue;
            }
            for format in candidates() {
                for layout in &format.layouts {
                    let fit = Fit::new(layout, &header);
                    let rank = (fit.unknown.len(), usize::MAX - fit.matched());
                    if fit.reads() && best.as_ref().is_none_or(|(r, _)| rank < *r) {
                        best = Some((rank, file(source, format, layout, delimiter, index + 1, header.len(), fit)));
                    }
                }
            }
            if best.as_ref().is_some_and(|(_, f)| f.skip == index + 1 && f.unknown.is_empty()) {
                return best.map(|(_, f)| f);
            }
        }
        if best.is_some() {
            break;
        }
    }
    best.map(|(_, file)| file)
}

fn file<'s>(
    source: &'s Source,
    format: &'static Format,
    layout: &'static Layout,
    delimiter: u8,
    skip: usize,
    width: usize,
    fit: Fit,
) -> File<'s> {
    let mut settled = vec![String::new(); layout.names.len()];
    for (field, text) in fit.settled {
        if let Some(slot) = settled.get_mut(field) {
            *slot = text;
        }
    }
    let (positions, each, unknown) = (fit.positions, fit.each, fit.unknown);
    let mut file = File { source, format, layout, delimiter, skip, width, positions, each, settled, unknown, comma: false };
    settle::from_name_and_preamble(&mut file);
    file.comma = settle::decimal_comma(&file);
    file
}

impl File<'_> {
    pub fn place(&self, line: u32) -> Place {
        Place::new(&self.source.name, line, 1, 1)
    }

    /// Where the column of a field stands, if it is a column.
    pub fn position(&self, field: usize) -> Option<usize> {
        match self.layout.fields.get(field)? {
            Field::Column(column) => self.positions.get(*column).copied().flatten(),
            _ => None,
        }
    }
}

/// Says which formats come nearest and what differs.
pub fn unknown(source: &Source, wanted: Option<&str>) -> Diagnostic {
    let place = || Place::new(&source.name, 1, 1, 1);
    if super::is_ledger(source) {
        let message = format!("`{}` is a ledger already", source.name);
        let help = "it needs no import: give it to `fisc assess` as it is, beside exports if need be";
        return Diagnostic::new(Code::I0101, message).at(place()).help(help);
    }
    let mut near: Vec<(usize, String, String)> = Vec::new();
    for delimiter in [b',', b';', b'\t'] {
        for record in reader(text_of(source), delimiter).records().take(LINES_MAX).map_while(Result::ok) {
            let header = header(&record);
            if header.len() < 3 {
                continue;
            }
            for format in formats().iter().filter(|f| wanted.is_none_or(|w| w == f.name)) {
                for layout in &format.layouts {
                    let fit = Fit::new(layout, &header);
                    // A line that shares nothing with a layout is not near to it.
                    if fit.matched() == 0 {
                        continue;
                    }
                    let says = |what: &str, list: &[String]| match list {
                        [] => String::new(),
                        _ => format!(", {what} {}", list.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" ")),
                    };
                    let text = format!("`{}`{}{}", format.name, says("without", &fit.missing), says("with", &fit.unknown));
                    let distance = (2 * fit.missing.len() + fit.unknown.len() + 10).saturating_sub(fit.matched());
                    near.push((distance, format.name.clone(), text));
                }
            }
        }
    }
    near.sort();
    let mut names: Vec<&str> = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    for (_, name, text) in &near {
        if shown.len() < 2 && !names.contains(&name.as_str()) {
            names.push(name);
            shown.push(text);
        }
    }
    let nearest = if shown.is_empty() { "no known format is near".to_owned() } else { format!("nearest: {}", shown.join("; ")) };
    let message = format!("the header of `{}` is of no known format", source.name);
    let help = format!("{nearest}. A ledger of fisc begins with `timestamp,kind,..`");
    Diagnostic::new(Code::I0101, message).at(place()).help(help)
}
