//! The files of tables: by name, by folder, packed, with what the user says they are about.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::import::decode;

const ENDINGS: [&str; 4] = ["csv", "tsv", "txt", "zip"];
const DEPTH_MAX: usize = 8;
/// What a packed table may come to.
#[cfg(feature = "zip")]
const UNPACKED_MAX: u64 = 2 << 30;

/// The texts of files and folders, each given as `FILE` or `WHAT=FILE`.
pub fn tables(words: &[PathBuf]) -> (Vec<Source>, Vec<Diagnostic>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for word in words {
        let (about, path) = parted(word);
        let before = found.len();
        let mut files = Vec::new();
        if path.is_dir() {
            if let Err(error) = walk(&path, &mut files, 0) {
                problems.push(unread(&path, &error));
            } else if files.is_empty() {
                let message = format!("the folder `{}` has no table: files that end in {}", path.display(), ENDINGS.join(", "));
                problems.push(Diagnostic::new(Code::L0101, message));
            }
        } else {
            files.push(path);
        }
        for file in files {
            match open(&file) {
                Ok((sources, more)) => {
                    found.extend(sources);
                    problems.extend(more);
                }
                Err(problem) => problems.push(problem),
            }
        }
        for source in found.iter_mut().skip(before) {
            source.about.clone_from(&about);
        }
    }
    (found, problems)
}

/// What is said of the file, and its path. A file whose own name has the sign is taken by its name.
fn parted(word: &Path) -> (Option<Arc<str>>, PathBuf) {
    let parts = word.to_str().filter(|_| !word.exists()).and_then(|text| text.split_once('='));
    match parts {
        Some((about, path)) if !about.is_empty() && !path.is_empty() => (Some(about.into()), PathBuf::from(path)),
        _ => (None, word.to_owned()),
    }
}

fn unread(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(Code::L0101, format!("`{}` cannot be read: {error}", path.display()))
}

fn walk(folder: &Path, to: &mut Vec<PathBuf>, depth: usize) -> std::io::Result<()> {
    let mut here: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    here.sort();
    for path in here {
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(['.', '~']));
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if path.is_dir() && !hidden && depth < DEPTH_MAX {
            walk(&path, to, depth + 1)?;
        } else if path.is_file() && !hidden && ENDINGS.contains(&ending.as_str()) {
            to.push(path);
        }
    }
    Ok(())
}

pub type Opened = (Vec<Source>, Vec<Diagnostic>);

fn open(path: &Path) -> Result<Opened, Diagnostic> {
    let name = path.display().to_string();
    bytes(&name, std::fs::read(path).map_err(|error| unread(path, &error))?)
}

/// The texts of a file's bytes.
pub fn bytes(name: &str, bytes: Vec<u8>) -> Result<Opened, Diagnostic> {
    if bytes.starts_with(b"PK\x03\x04") {
        return packed(name, bytes);
    }
    text(name, bytes)
}

fn text(name: &str, bytes: Vec<u8>) -> Result<Opened, Diagnostic> {
    if bytes.starts_with(b"<") {
        let message = format!("`{name}` is XML or a page of the web, no table of text");
        return Err(Diagnostic::new(Code::P0101, message).at(Place::new(&name.into(), 1, 1, 1)).help("download the CSV instead"));
    }
    let cyrillic = std::str::from_utf8(&bytes).is_err() && is_cyrillic(&bytes);
    if cyrillic {
        let text: String = bytes.iter().map(|b| windows_1251(*b)).collect();
        let message = format!("`{name}` is not UTF-8: it was read as Windows-1251");
        let warning = Diagnostic::new(Code::P0106, message).help("save it in UTF-8 if its words are others");
        return Ok((vec![Source::new(name, text)], vec![warning]));
    }
    let opened = decode::decode(name, bytes)?;
    Ok((opened.sources, opened.warnings))
}

/// Text of two bytes and more above ASCII in a row is of another alphabet; accented letters stand alone.
fn is_cyrillic(bytes: &[u8]) -> bool {
    !bytes.starts_with(b"\xff\xfe")
        && !bytes.starts_with(b"\xfe\xff")
        && bytes.windows(3).any(|three| three.iter().all(|b| *b >= 0xc0))
}

/// The letters of Windows-1251; what else stands above ASCII is of no word that a table has.
fn windows_1251(byte: u8) -> char {
    match byte {
        0..0x80 => char::from(byte),
        0xa8 => 'Ё',
        0xb8 => 'ё',
        0xb9 => '№',
        0xa0 => '\u{a0}',
        0xc0.. => char::from_u32(0x410 + u32::from(byte - 0xc0)).unwrap_or('\u{fffd}'),
        _ => '\u{fffd}',
    }
}

#[cfg(not(feature = "zip"))]
fn packed(name: &str, _: Vec<u8>) -> Result<Opened, Diagnostic> {
    Err(Diagnostic::new(Code::P0101, format!("`{name}` is packed")).help("unpack it first"))
}

/// Every table of an archive.
#[cfg(feature = "zip")]
fn packed(name: &str, bytes: Vec<u8>) -> Result<Opened, Diagnostic> {
    use std::io::Read;
    let broken = |why: String| {
        let message = format!("`{name}` is packed, and cannot be unpacked: {why}");
        Diagnostic::new(Code::P0101, message).help("download it again, or unpack it first")
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|e| broken(e.to_string()))?;
    let mut found: Opened = Default::default();
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| broken(e.to_string()))?;
        let inner = entry.name().map_err(|e| broken(e.to_string()))?.into_owned();
        let ending = inner.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        if entry.is_dir() || !ENDINGS.contains(&ending.as_str()) || ending == "zip" {
            continue;
        }
        let mut bytes = Vec::new();
        entry.by_ref().take(left + 1).read_to_end(&mut bytes).map_err(|e| broken(e.to_string()))?;
        left = left.checked_sub(bytes.len() as u64).ok_or_else(|| broken("it unpacks to more than 2 GB".to_owned()))?;
        let (sources, more) = text(&format!("{name}/{inner}"), bytes)?;
        found.0.extend(sources);
        found.1.extend(more);
    }
    if found.0.is_empty() { Err(broken("it has no table".to_owned())) } else { Ok(found) }
}
