//! Lines of many files in the order of their customers, sorted on disk where they are too many for the memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::iter::Peekable;

use crate::diagnostic::{Code, Diagnostic};

/// So many lines, of some hundred bytes each, do not fill the memory of a small machine.
pub const LINES_HELD: usize = 200_000;
/// A group that has no name of its own is told in parts of so many.
const PART: usize = 1000;

/// A line with what it is sorted by: the key, then rank, file and line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub key: String,
    pub rank: u8,
    pub file: u16,
    pub line: u32,
    pub payload: Vec<u8>,
}

/// So many runs are open at a time; more are merged into one.
const RUNS_MAX: usize = 100;

/// Takes lines in any order.
pub struct Sorter {
    held: usize,
    lines: Vec<Item>,
    runs: Vec<Run>,
}

impl Sorter {
    /// A sorter that holds so many lines in memory.
    pub fn holding(lines: usize) -> Sorter {
        Sorter { held: lines.max(1), lines: Vec::new(), runs: Vec::new() }
    }

    pub fn push(&mut self, item: Item) -> io::Result<()> {
        self.lines.push(item);
        if self.lines.len() >= self.held { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.lines.sort_unstable();
        self.runs.push(Run::write(self.lines.drain(..).map(Ok))?);
        if self.runs.len() >= RUNS_MAX {
            let merged = Merged::of(std::mem::take(&mut self.runs))?;
            self.runs.push(Run::write(merged)?);
        }
        Ok(())
    }

    /// The lines in their order.
    pub fn groups(mut self) -> io::Result<Groups> {
        if self.runs.is_empty() {
            self.lines.sort_unstable();
            return Ok(Groups { items: Items::Held(self.lines.into_iter()).peekable() });
        }
        self.spill()?;
        Ok(Groups { items: Items::Merged(Merged::of(self.runs)?).peekable() })
    }
}

/// Sorted lines in a file of their own, which is gone when it is closed.
struct Run {
    file: BufReader<File>,
    left: u64,
}

impl Run {
    fn write(items: impl Iterator<Item = io::Result<Item>>) -> io::Result<Run> {
        let mut out = BufWriter::new(tempfile::tempfile()?);
        let mut left = 0;
        for item in items {
            item?.encode(&mut out)?;
            left += 1;
        }
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Run { file: BufReader::new(file), left })
    }

    fn take(&mut self) -> io::Result<Option<Item>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        Item::decode(&mut self.file).map(Some)
    }
}

/// The least line of several runs, again and again.
struct Merged {
    runs: Vec<Run>,
    next: BinaryHeap<Reverse<(Item, usize)>>,
}

impl Merged {
    fn of(runs: Vec<Run>) -> io::Result<Merged> {
        let mut merged = Merged { next: BinaryHeap::new(), runs };
        (0..merged.runs.len()).try_for_each(|run| merged.fill(run))?;
        Ok(merged)
    }

    fn fill(&mut self, run: usize) -> io::Result<()> {
        let next = self.runs.get_mut(run).map(Run::take).transpose()?.flatten();
        self.next.extend(next.map(|item| Reverse((item, run))));
        Ok(())
    }
}

impl Iterator for Merged {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<io::Result<Item>> {
        let Reverse((item, run)) = self.next.pop()?;
        Some(self.fill(run).map(|()| item))
    }
}

enum Items {
    Held(std::vec::IntoIter<Item>),
    Merged(Merged),
}

impl Iterator for Items {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<io::Result<Item>> {
        match self {
            Items::Held(lines) => lines.next().map(Ok),
            Items::Merged(merged) => merged.next(),
        }
    }
}

/// Lines of one key after the other.
pub struct Groups {
    items: Peekable<Items>,
}

impl Groups {
    /// All lines of the next key; those without a key in parts.
    pub fn group(&mut self) -> io::Result<Option<Vec<Item>>> {
        let Some(first) = self.items.next().transpose()? else { return Ok(None) };
        let mut found = vec![first];
        loop {
            let key = found.first().map_or("", |item| item.key.as_str());
            match self.items.peek() {
                Some(Ok(next)) if next.key == key && !(key.is_empty() && found.len() >= PART) => {}
                Some(Err(_)) => {}
                _ => return Ok(Some(found)),
            }
            found.extend(self.items.next().transpose()?);
        }
    }
}

/// What is told where the disk fails.
pub fn failed(error: &io::Error) -> Diagnostic {
    let folder = std::env::temp_dir();
    let message = format!("the folder for what does not fit into the memory, `{}`, fails: {error}", folder.display());
    Diagnostic::new(Code::L0101, message).help("make room there, or name another folder in the variable TMPDIR")
}

impl Item {
    fn encode(&self, to: &mut impl Write) -> io::Result<()> {
        text(self.key.as_bytes(), to)?;
        to.write_all(&[self.rank])?;
        to.write_all(&self.file.to_le_bytes())?;
        to.write_all(&self.line.to_le_bytes())?;
        text(&self.payload, to)
    }

    fn decode(from: &mut impl Read) -> io::Result<Item> {
        let key = String::from_utf8(text_of(from)?).map_err(|_| ErrorKind::InvalidData)?;
        let (mut rank, mut file, mut line) = ([0; 1], [0; 2], [0; 4]);
        from.read_exact(&mut rank)?;
        from.read_exact(&mut file)?;
        from.read_exact(&mut line)?;
        let payload = text_of(from)?;
        Ok(Item { key, rank: u8::from_le_bytes(rank), file: u16::from_le_bytes(file), line: u32::from_le_bytes(line), payload })
    }
}

/// Bytes behind their number.
pub fn text(bytes: &[u8], to: &mut impl Write) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| ErrorKind::InvalidInput)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)
}

pub fn text_of(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u64::from(u32::from_le_bytes(length));
    let mut bytes = Vec::new();
    let read = from.take(length).read_to_end(&mut bytes)?;
    if u64::try_from(read).is_ok_and(|read| read == length) { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
}
