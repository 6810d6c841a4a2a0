//! A table of text as banks and exchanges publish it: any delimiter, lines above the header, cells with their places.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place, Source};

/// So many lines may stand above the header: a link, terms of use, a title.
const LINES_ABOVE: usize = 60;
/// So many faults of one file are told; the rest are counted.
const FAULTS_MAX: usize = 200;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Where a value stands: the number of its file, the line, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub file: u16,
    pub line: u32,
    pub column: u16,
    pub length: u16,
}

/// The files that tables were read from, by number.
#[derive(Debug, Clone, Default)]
pub struct Files(Vec<Arc<str>>);

impl Files {
    pub fn add(&mut self, name: &Arc<str>) -> u16 {
        self.0.push(Arc::clone(name));
        u16::try_from(self.0.len() - 1).unwrap_or(u16::MAX)
    }

    pub fn place(&self, spot: Spot) -> Place {
        Place::new(&self.name(spot), spot.line, u32::from(spot.column), u32::from(spot.length))
    }

    pub fn name(&self, spot: Spot) -> Arc<str> {
        self.0.get(usize::from(spot.file)).cloned().unwrap_or_else(|| "".into())
    }
}

/// A table whose header, if it has one, was found.
pub struct Sheet<'a> {
    pub source: &'a Source,
    pub file: u16,
    pub delimiter: u8,
    text: &'a str,
    /// Where the rows begin, and on which line.
    start: usize,
    line: u32,
}

/// One line of text, as a header might stand on it.
pub struct Line<'a> {
    pub cells: Vec<String>,
    pub number: u32,
    delimiter: u8,
    start: usize,
    end: usize,
    text: &'a str,
}

/// The first lines of a text, split into cells.
pub fn first_lines(source: &Source) -> impl Iterator<Item = Line<'_>> {
    let text = without_mark(&source.text);
    let mut at = 0;
    let lines = text.split_inclusive('\n').enumerate().map(move |(index, line)| {
        let start = at;
        at += line.len();
        (index, line.trim_end_matches(['\n', '\r']), start, at)
    });
    lines.filter(|(_, line, ..)| !line.trim().is_empty()).take(LINES_ABOVE).map(move |(index, line, start, end)| {
        let delimiter = delimiter(line);
        Line { cells: split(line, delimiter), number: number(index + 1), delimiter, start, end, text }
    })
}

pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The one that stands most often outside of quotes; a comma where none does.
fn delimiter(line: &str) -> u8 {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|d| *d == byte && !quoted)
            && let Some(count) = counts.get_mut(at)
        {
            *count += 1;
        }
    }
    let most = counts.iter().copied().max().filter(|m| *m > 0);
    DELIMITERS.iter().zip(counts).find(|(_, count)| Some(*count) == most).map_or(b',', |(d, _)| *d)
}

fn split(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
    let first = reader.records().next().and_then(Result::ok);
    first.iter().flatten().map(|cell| cell.trim().to_owned()).collect()
}

impl<'a> Sheet<'a> {
    /// The rows below a header.
    pub fn below(source: &'a Source, file: u16, header: &Line<'a>) -> Sheet<'a> {
        let (start, line) = (header.end, header.number + 1);
        Sheet { source, file, delimiter: header.delimiter, text: header.text, start, line }
    }

    /// The rows from a line on that has no header above it.
    pub fn from(source: &'a Source, file: u16, first: &Line<'a>) -> Sheet<'a> {
        Sheet { source, file, delimiter: first.delimiter, text: first.text, start: first.start, line: first.number }
    }

    /// A comma in a number is the decimal one: it does not part the cells.
    pub fn decimal_comma(&self) -> bool {
        self.delimiter != b','
    }

    /// Hands each row that is not empty to `read`, until it says to stop.
    pub fn rows(&self, faults: &mut Faults, mut read: impl FnMut(&Row<'_, 'a>, &mut Faults) -> bool) {
        let rest = self.text.get(self.start..).unwrap_or_default();
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(self.delimiter).from_reader(rest.as_bytes());
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => return,
                Ok(true) => {}
                Err(error) => {
                    let message = format!("the file cannot be read: {error}");
                    let place = Place::new(&self.source.name, self.line, 1, 1);
                    faults.more(Diagnostic::new(Code::P0101, message).at(place));
                    return;
                }
            }
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let position = record.position();
            let offset = position.map_or(0, |p| usize::try_from(p.byte()).unwrap_or(usize::MAX));
            // Empty lines before a row are counted into its place.
            let blank = rest.get(offset..).unwrap_or_default();
            let skipped: usize = blank.bytes().take_while(|b| matches!(b, b'\n' | b'\r')).filter(|b| *b == b'\n').count();
            let line = self.line - 1 + position.map_or(1, |p| u32::try_from(p.line()).unwrap_or(u32::MAX)) + number(skipped);
            if !read(&Row { sheet: self, record: &record, line, raw: blank.trim_start_matches(['\n', '\r']) }, faults) {
                return;
            }
        }
    }
}

/// A row of a sheet.
pub struct Row<'r, 'a> {
    pub sheet: &'r Sheet<'a>,
    pub line: u32,
    record: &'r csv::StringRecord,
    raw: &'r str,
}

impl Row<'_, '_> {
    pub fn cell(&self, index: usize) -> &str {
        self.record.get(index).unwrap_or_default().trim()
    }

    pub fn cells(&self) -> usize {
        self.record.len()
    }

    /// Where a cell stands, by its characters in the line.
    pub fn spot(&self, index: usize) -> Spot {
        let (mut field, mut column, mut quoted) = (0, 1usize, false);
        let mut chars = self.raw.chars().peekable();
        while field < index {
            match chars.next() {
                None => break,
                Some('\n') if !quoted => break,
                Some('"') => quoted = !quoted,
                Some(c) if !quoted && u8::try_from(c).is_ok_and(|b| b == self.sheet.delimiter) => field += 1,
                Some(_) => {}
            }
            column += 1;
        }
        while chars.next_if(|c| *c == ' ' || *c == '"').is_some() {
            column += 1;
        }
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        Spot {
            file: self.sheet.file,
            line: self.line,
            column: small(column),
            length: small(self.cell(index).chars().count().max(1)),
        }
    }

    /// The place of a cell.
    pub fn place(&self, index: usize) -> Place {
        let spot = self.spot(index);
        Place::new(&self.sheet.source.name, spot.line, u32::from(spot.column), u32::from(spot.length))
    }

    /// The value of a cell, or its fault noted.
    pub fn check<T>(&self, index: usize, result: Result<T, String>, faults: &mut Faults) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(message) => {
                faults.more(Diagnostic::new(Code::P0102, message).at(self.place(index)));
                None
            }
        }
    }
}

/// What is wrong with one file: as many faults as someone would read, and the number of the others.
#[derive(Debug, Default)]
pub struct Faults {
    found: Vec<Diagnostic>,
    left: usize,
}

impl Faults {
    pub fn more(&mut self, fault: Diagnostic) {
        if self.found.len() < FAULTS_MAX { self.found.push(fault) } else { self.left += 1 }
    }

    pub fn into_all(mut self, name: &Arc<str>) -> Vec<Diagnostic> {
        if self.left > 0 {
            let message = format!("`{name}` has {} more faults like these", self.left);
            self.found.push(Diagnostic::new(Code::P0102, message).help("mend those named first"));
        }
        self.found
    }
}
