//! Files to texts: UTF-8, UTF-16 with its mark, Windows-1252 where nothing else fits, workbooks sheet by sheet.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place, Source};

/// A longer line is no line of an export.
const LINE_MAX: usize = 1 << 20;
const CHUNK: usize = 1 << 16;

/// The texts of a file (several for a workbook), and what has to be told about how it was read.
#[derive(Debug, Default)]
pub struct Opened {
    pub sources: Vec<Source>,
    pub warnings: Vec<Diagnostic>,
}

fn error(name: &str, line: usize, message: String) -> Diagnostic {
    let place = Place::new(&name.into(), u32::try_from(line).unwrap_or(u32::MAX), 1, 1);
    Diagnostic::new(Code::I0110, message).at(place)
}

/// Reads a file. What is no table of text is an error that says what it is.
pub fn open(path: &Path) -> Result<Opened, Diagnostic> {
    let name = path.display().to_string();
    let bytes = bytes(path, &name)?;
    decode(&name, bytes)
}

/// The bytes of a file; a line past all measure ends the reading before the memory is full.
fn bytes(path: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    let unread = |e: std::io::Error| Diagnostic::new(Code::L0101, format!("`{name}` cannot be read: {e}"));
    let mut file = File::open(path).map_err(unread)?;
    let mut found: Vec<u8> = Vec::new();
    let mut chunk = vec![0u8; CHUNK];
    let (mut line, mut length) = (1usize, 0usize);
    loop {
        let count = file.read(&mut chunk).map_err(unread)?;
        let Some(read) = chunk.get(..count).filter(|c| !c.is_empty()) else { return Ok(found) };
        let table = found.is_empty() && !read.starts_with(b"PK");
        if table {
            is_text(name, read)?;
        }
        if !found.starts_with(b"PK") && !read.starts_with(b"PK\x03\x04") {
            for byte in read {
                length += 1;
                if *byte == b'\n' || *byte == b'\r' {
                    line += usize::from(*byte == b'\n');
                    length = 0;
                }
            }
            if length > LINE_MAX {
                let message = format!("line {line} of `{name}` is longer than a million characters: this is no table");
                return Err(error(name, line, message).help("download the export again, as CSV"));
            }
        }
        found.extend_from_slice(read);
    }
}

/// Refuses what is no text by its first bytes.
fn is_text(name: &str, start: &[u8]) -> Result<(), Diagnostic> {
    let kinds: [(&[u8], &str, &str); 5] = [
        (b"%PDF", "a PDF", "download the export as CSV"),
        (b"\x1f\x8b", "a gzip archive", "unpack it first"),
        (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
        (b"\xd0\xcf\x11\xe0", "a workbook of the old kind (.xls)", "save it as .xlsx or CSV"),
        (b"<", "a page of the web or XML", "download the export as CSV"),
    ];
    for (magic, what, help) in kinds {
        if start.starts_with(magic) {
            return Err(error(name, 1, format!("`{name}` is {what}, no table of text")).help(help));
        }
    }
    let utf16 = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    let strange = start.iter().filter(|b| **b < 9 || (14..32).contains(*b) && **b != 26).count();
    if !utf16 && strange > 0 {
        let message = format!("`{name}` is binary: it is no table of text");
        return Err(error(name, 1, message).help("download the export as CSV"));
    }
    Ok(())
}

/// Bytes to texts.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<Opened, Diagnostic> {
    if bytes.starts_with(b"PK") {
        return workbook(name, bytes);
    }
    is_text(name, bytes.get(..CHUNK).unwrap_or(&bytes))?;
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(name, rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(name, rest, u16::from_be_bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Opened { sources: vec![Source::new(name, text)], warnings: Vec::new() }),
        Err(fault) => {
            let good = fault.utf8_error().valid_up_to();
            let bytes = fault.into_bytes();
            let line = bytes.get(..good).unwrap_or_default().iter().filter(|b| **b == b'\n').count() + 1;
            let text: Option<String> = bytes.iter().map(|b| windows_1252(*b)).collect();
            let Some(text) = text else {
                let message = format!("`{name}` is text of an encoding that is not known, from line {line} on");
                return Err(error(name, line, message).help("save it as CSV in UTF-8"));
            };
            let message = format!("`{name}` is not UTF-8 from line {line} on: it was read as Windows-1252");
            let place = Place::new(&name.into(), u32::try_from(line).unwrap_or(u32::MAX), 1, 1);
            let warning = Diagnostic::new(Code::I0107, message)
                .at(place)
                .help("check the names in that line; if they are wrong, save it in UTF-8");
            Ok(Opened { sources: vec![Source::new(name, text)], warnings: vec![warning] })
        }
    }
}

fn utf16(name: &str, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Opened, Diagnostic> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|p| unit(*p))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Opened { sources: vec![Source::new(name, text)], warnings: Vec::new() }),
        _ => {
            let message = format!("`{name}` begins as UTF-16 text and breaks off");
            Err(error(name, 1, message).help("download the export again, or save it in UTF-8"))
        }
    }
}

/// A byte of Windows-1252; five of them stand for nothing.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•', '–',
        '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte) - 0x80).copied().filter(|c| *c != '\0'),
        _ => Some(char::from(byte)),
    }
}

#[cfg(not(feature = "xlsx"))]
fn workbook(name: &str, _bytes: Vec<u8>) -> Result<Opened, Diagnostic> {
    let message = format!("`{name}` is a workbook or an archive: this build of fisc reads neither");
    Err(error(name, 1, message).help("unpack it, or save the sheet as CSV"))
}

#[cfg(feature = "xlsx")]
fn workbook(name: &str, bytes: Vec<u8>) -> Result<Opened, Diagnostic> {
    use calamine::{Reader, Xlsx};
    let not_one = |why: String| {
        let message = format!("`{name}` is an archive, and no workbook that can be read ({why})");
        error(name, 1, message).help("a ZIP is unpacked first, and the files in it are given")
    };
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).map_err(|e| not_one(e.to_string()))?;
    let mut found = Opened::default();
    let names = book.sheet_names();
    for sheet in &names {
        let range = book.worksheet_range(sheet).map_err(|e| not_one(e.to_string()))?;
        if range.is_empty() {
            continue;
        }
        let title: Arc<str> = if names.len() == 1 { name.into() } else { format!("{name}#{sheet}").into() };
        found.sources.push(Source::new(title, sheet_text(&range)));
    }
    // A workbook has sheets that are no export, beside the one that is.
    if found.sources.iter().any(|s| super::recognised(s).is_some()) {
        found.sources.retain(|s| super::recognised(s).is_some());
    } else {
        found.sources.truncate(1);
    }
    match found.sources.is_empty() {
        true => Err(error(name, 1, format!("the workbook `{name}` is empty"))),
        false => Ok(found),
    }
}

/// A sheet as CSV, each row on the line of its number.
#[cfg(feature = "xlsx")]
fn sheet_text(range: &calamine::Range<calamine::Data>) -> String {
    let mut text = "\n".repeat(range.start().map_or(0, |(row, _)| usize::try_from(row).unwrap_or(0)));
    for row in range.rows() {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = writer.write_record(row.iter().map(|cell| cell_text(cell).replace(['\n', '\r'], " ")));
        text.push_str(&String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()));
    }
    text
}

/// Numbers in the shortest decimals that mean the same, as the workbook has them; times in the usual form.
#[cfg(feature = "xlsx")]
fn cell_text(cell: &calamine::Data) -> String {
    use calamine::Data;
    match cell {
        Data::DateTime(moment) if moment.is_datetime() => {
            let thousandths = (moment.as_f64() * 86_400_000.0).round();
            let time = (thousandths.abs() < 1e15).then(|| chrono::TimeDelta::milliseconds(thousandths as i64));
            let epoch = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).map(|d| d.and_time(chrono::NaiveTime::MIN));
            let whole = time.is_some_and(|t| t.num_milliseconds() % 1000 == 0);
            let pattern = if whole { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.3f" };
            epoch.zip(time).and_then(|(e, t)| e.checked_add_signed(t)).map(|t| t.format(pattern).to_string()).unwrap_or_default()
        }
        Data::Error(error) => format!("={error}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode("f.csv", bytes.to_vec()).unwrap().sources.first().unwrap().text.to_string()
    }

    #[test]
    fn encodings() {
        assert_eq!(text(b"\xff\xfea\0,\0\xe9\0"), "a,é");
        assert_eq!(text(b"\xfe\xff\0a\0,\0\xe9"), "a,é");
        let opened = decode("f.csv", b"a\n\x80 5,caf\xe9".to_vec()).unwrap();
        assert_eq!(&*opened.sources.first().unwrap().text, "a\n€ 5,café");
        assert_eq!(opened.warnings.first().unwrap().place.as_ref().unwrap().line, 2);
        assert!(decode("f.csv", b"a\x81".to_vec()).is_err());
        assert!(decode("f.csv", b"\xff\xfea".to_vec()).is_err());
    }

    #[test]
    fn what_is_no_text() {
        for start in [&b"%PDF-1.7"[..], b"\x1f\x8b\x08", b"a\0b\0c", b"<html>", b"\xd0\xcf\x11\xe0"] {
            assert!(is_text("f", start).is_err(), "{start:?}");
        }
        assert!(is_text("f", "\u{feff}a,b\r\n1,2".as_bytes()).is_ok());
        assert!(decode("f.csv", b"PK\x03\x04junk".to_vec()).is_err());
    }
}
