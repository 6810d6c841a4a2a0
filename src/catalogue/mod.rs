//! The catalogue of messages: what each code means, an example that shows it, and the remedy.
//!
//! One source feeds `fisc explain-error`, docs/diagnostics.md and the tests: for each code a short text
//! `tests/diagnostics/CODE.about.yaml` beside its example. The message shown is what this build says of the example.

mod run;
pub mod show;

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, suggestion};
use crate::yaml::{Node, Reader, parse};

pub use run::Run;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/diagnostics");

/// What is to be known of one code.
#[derive(Debug, Clone)]
pub struct Entry {
    pub code: Code,
    pub meaning: String,
    pub remedy: String,
    /// The message that the example gives, word for word.
    pub says: String,
    /// Line and column of the example at which it is given.
    pub at: Option<(u32, u32)>,
    pub run: Run,
}

/// What came of running an example.
pub struct Said {
    /// Every message, in order.
    pub all: Vec<Diagnostic>,
    pub sources: SourceMap,
}

impl Entry {
    /// The entry of a code; the errors say what is wrong with its text, or that it has none.
    pub fn read(code: Code) -> Result<Entry, Vec<Diagnostic>> {
        let name = format!("{}.about.yaml", code.id());
        let Some(source) = file(&name) else {
            let message = format!("`{}` has no text in the catalogue", code.id());
            return Err(vec![Diagnostic::new(Code::R0209, message).help(format!("write tests/diagnostics/{name}"))]);
        };
        let root = parse(&source)?;
        let mut reader = Reader::new(&source.name);
        match entry(&mut reader, &root, code) {
            Some(entry) if reader.problems.is_empty() => Ok(entry),
            _ => Err(reader.problems),
        }
    }

    /// Runs the example.
    pub fn said(&self) -> Said {
        self.run.said(self.code)
    }
}

fn entry(reader: &mut Reader, node: &Node, code: Code) -> Option<Entry> {
    let mut fields = reader.fields(node, "an entry of the catalogue")?;
    let mut text = |key| fields.require(reader, key).and_then(|n| reader.string(n)).map(|t| t.trim_end().to_owned());
    let (meaning, remedy, says) = (text("meaning"), text("remedy"), text("says"));
    let at = fields.take("at").and_then(|n| place(reader, n));
    let run = Run::read(reader, &mut fields, code);
    fields.done(reader);
    Some(Entry { code, meaning: meaning?, remedy: remedy?, says: says?, at, run })
}

/// `line:column`
fn place(reader: &mut Reader, node: &Node) -> Option<(u32, u32)> {
    let text = reader.text(node)?;
    let found = text.split_once(':').and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?)));
    if found.is_none() {
        reader.problem(Code::R0203, node.spot, format!("`{text}` is not a line and column"), Some("write `at: \"4:1\"`".into()));
    }
    found
}

/// A file of the catalogue.
fn file(name: &str) -> Option<Source> {
    let found = FILES.get_file(name)?;
    Some(Source::new(name, String::from_utf8_lossy(found.contents()).into_owned()))
}

/// The code that a user wrote, in either case; else what he may have meant.
pub fn find(word: &str) -> Result<Code, String> {
    let upper = word.to_uppercase();
    if let Some(code) = Code::ALL.iter().find(|c| c.id() == upper) {
        return Ok(*code);
    }
    let help =
        suggestion(&upper, Code::ALL.iter().map(|c| c.id())).unwrap_or_else(|| "`fisc explain-error` lists all codes".into());
    Err(format!("`{word}` is not a code of a message; {help}"))
}
