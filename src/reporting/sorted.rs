//! Lines of many files in the order of their customers, sorted on disk where they are too many for the memory.

use std::cmp::Ordering;
use std::io::{self, ErrorKind, Read, Write};
use std::iter::Peekable;

use extsort::{ExternalSorter, PushExternalSorter, Sortable, SortedIterator};

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

type Compare = fn(&Item, &Item) -> Ordering;

/// Takes lines in any order.
pub struct Sorter {
    inner: PushExternalSorter<Item, Compare>,
}

impl Sorter {
    /// A sorter that holds so many lines in memory.
    pub fn holding(lines: usize) -> Sorter {
        Sorter { inner: ExternalSorter::new().with_segment_size(lines).pushed_by(|a, b| a.cmp(b)) }
    }

    pub fn push(&mut self, item: Item) -> io::Result<()> {
        self.inner.push(item)
    }

    /// The lines in their order.
    pub fn groups(self) -> io::Result<Groups> {
        let sorted = self.inner.done()?;
        Ok(Groups { left: sorted.sorted_count(), items: sorted.peekable() })
    }
}

/// Lines of one key after the other.
pub struct Groups {
    items: Peekable<SortedIterator<Item, Compare>>,
    left: u64,
}

impl Groups {
    fn take(&mut self) -> io::Result<Option<Item>> {
        match self.items.next().transpose()? {
            Some(item) => {
                self.left = self.left.saturating_sub(1);
                Ok(Some(item))
            }
            // A file that ends too early looks like one that is through.
            None if self.left > 0 => Err(ErrorKind::UnexpectedEof.into()),
            None => Ok(None),
        }
    }

    /// All lines of the next key; those without a key in parts.
    pub fn group(&mut self) -> io::Result<Option<Vec<Item>>> {
        let Some(first) = self.take()? else { return Ok(None) };
        let mut found = vec![first];
        loop {
            let key = found.first().map_or("", |item| item.key.as_str());
            match self.items.peek() {
                Some(Ok(next)) if next.key == key && !(key.is_empty() && found.len() >= PART) => {}
                Some(Err(_)) => {}
                _ => return Ok(Some(found)),
            }
            found.extend(self.take()?);
        }
    }
}

/// What is told where the disk fails.
pub fn failed(error: &io::Error) -> Diagnostic {
    let folder = std::env::temp_dir();
    let message = format!("the folder for what does not fit into the memory, `{}`, fails: {error}", folder.display());
    Diagnostic::new(Code::L0101, message).help("make room there, or name another folder in the variable TMPDIR")
}

impl Sortable for Item {
    fn encode<W: Write>(&self, to: &mut W) -> io::Result<()> {
        text(self.key.as_bytes(), to)?;
        to.write_all(&[self.rank])?;
        to.write_all(&self.file.to_le_bytes())?;
        to.write_all(&self.line.to_le_bytes())?;
        text(&self.payload, to)
    }

    fn decode<R: Read>(from: &mut R) -> io::Result<Item> {
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
