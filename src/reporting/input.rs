//! What a report reads: files that are gone through once, line by line, or texts at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap};

const MARK: &[u8] = b"\xef\xbb\xbf";
const BUFFER: usize = 1 << 16;

/// A file on disk, which may be larger than the memory, or a text.
#[derive(Debug, Clone)]
pub enum Input {
    File { name: Arc<str>, path: PathBuf },
    Text(Source),
}

impl Input {
    pub fn file(path: PathBuf) -> Input {
        Input::File { name: path.display().to_string().into(), path }
    }

    pub fn name(&self) -> &Arc<str> {
        match self {
            Input::File { name, .. } => name,
            Input::Text(source) => &source.name,
        }
    }

    /// The text from its beginning, behind a byte order mark.
    pub fn open(&self) -> Result<Box<dyn BufRead + '_>, Diagnostic> {
        let opened = || -> io::Result<Box<dyn BufRead + '_>> {
            let mut text: Box<dyn BufRead + '_> = match self {
                Input::File { path, .. } => Box::new(BufReader::with_capacity(BUFFER, File::open(path)?)),
                Input::Text(source) => Box::new(source.text.as_bytes()),
            };
            if text.fill_buf()?.starts_with(MARK) {
                text.consume(MARK.len());
            }
            Ok(text)
        };
        opened().map_err(|error| unread(self.name(), &error))
    }

    /// Adds the lines that messages point at to the texts of which they show an excerpt.
    pub fn excerpts(&self, problems: &[Diagnostic], map: &mut SourceMap) {
        if let Input::Text(source) = self {
            return map.insert(source);
        }
        let places = problems.iter().flat_map(|p| p.place.iter().chain(p.related.iter().map(|(place, _)| place)));
        let wanted: BTreeSet<u32> = places.filter(|p| p.file == *self.name()).map(|p| p.line).collect();
        let (Some(last), Ok(text)) = (wanted.last(), self.open()) else { return };
        let numbered = (1..=*last).zip(text.split(b'\n').map_while(Result::ok));
        let lines: BTreeMap<u32, Arc<str>> = numbered
            .filter(|(number, _)| wanted.contains(number))
            .map(|(number, line)| (number, String::from_utf8_lossy(&line).trim_end_matches('\r').into()))
            .collect();
        map.insert_lines(self.name(), lines);
    }
}

fn unread(name: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::new(Code::L0101, format!("`{name}` cannot be read: {error}"))
}

/// What is read is kept until it is let go, so that the text of a record can be looked at again.
pub struct Kept<R> {
    inner: R,
    kept: std::rc::Rc<std::cell::RefCell<Vec<u8>>>,
}

/// The bytes that [`Kept`] kept.
pub struct Seen {
    kept: std::rc::Rc<std::cell::RefCell<Vec<u8>>>,
    /// How many bytes were let go before them.
    gone: usize,
}

impl<R: Read> Kept<R> {
    pub fn new(inner: R) -> (Kept<R>, Seen) {
        let kept = std::rc::Rc::default();
        (Kept { inner, kept: std::rc::Rc::clone(&kept) }, Seen { kept, gone: 0 })
    }
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(to)?;
        self.kept.borrow_mut().extend_from_slice(to.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl Seen {
    /// The text between two places, counted in bytes from the beginning; what stands before it is let go.
    pub fn text(&mut self, from: usize, to: usize) -> String {
        let mut kept = self.kept.borrow_mut();
        let (start, end) = (from.saturating_sub(self.gone), to.saturating_sub(self.gone));
        let text = String::from_utf8_lossy(kept.get(start..end).unwrap_or_default()).into_owned();
        if start > BUFFER {
            kept.drain(..start);
            self.gone += start;
        }
        text
    }
}
