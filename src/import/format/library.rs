//! The format files that come with fisc, read once.

use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Code, Diagnostic, Source, suggestion};
use crate::yaml::{Node, Reader, Value, parse};

use super::{Format, read::format};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/formats");

/// A format file as a tree.
pub struct Parsed {
    pub file: Arc<str>,
    pub name: String,
    pub like: Option<String>,
    pub root: Node,
}

static ALL: OnceLock<Vec<Format>> = OnceLock::new();

/// All formats, in the order of their names. A test holds the shipped files free of errors.
pub fn formats() -> &'static [Format] {
    ALL.get_or_init(|| all(&[]).0)
}

/// Puts formats of the user's own beside those that come with fisc, in front of those of the same name. To be called before
/// the first file is read.
pub fn add(own: &[Source]) -> Vec<Diagnostic> {
    let (formats, problems) = all(own);
    // A second call would come too late to be heard: the first one stands.
    let _ = ALL.set(formats);
    problems
}

/// All formats and what is wrong with their files.
pub fn all(own: &[Source]) -> (Vec<Format>, Vec<Diagnostic>) {
    let mut parsed: Vec<Parsed> = Vec::new();
    let mut problems = Vec::new();
    let shipped = FILES.files().filter(|f| f.path().extension().is_some_and(|e| e == "yaml")).map(|file| {
        let name = format!("formats/{}", file.path().display());
        Source::new(name, String::from_utf8_lossy(file.contents()).into_owned())
    });
    for source in own.iter().cloned().chain(shipped) {
        match parsed_file(&source) {
            Ok(one) if parsed.iter().any(|p| p.name == one.name) => {}
            Ok(one) => parsed.push(one),
            Err(more) => problems.extend(more),
        }
    }
    parsed.sort_by(|a, b| a.name.cmp(&b.name));
    let mut found = Vec::new();
    for one in &parsed {
        match build(one, &parsed) {
            Ok(format) => found.push(format),
            Err(more) => problems.extend(more),
        }
    }
    (found, problems)
}

/// Reads one format file; formats it is like are looked for among those that come with fisc.
pub fn read(source: &Source) -> Result<Format, Vec<Diagnostic>> {
    let parsed = parsed_file(source)?;
    let mut shipped = Vec::new();
    if let Some(like) = &parsed.like {
        let path = format!("{like}.yaml");
        if let Some(file) = FILES.get_file(&path) {
            shipped.push(parsed_file(&Source::new(
                format!("formats/{path}"),
                String::from_utf8_lossy(file.contents()).into_owned(),
            ))?);
        }
    }
    build(&parsed, &shipped)
}

fn parsed_file(source: &Source) -> Result<Parsed, Vec<Diagnostic>> {
    let root = parse(source)?;
    let scalar = |key: &str| match &root.value {
        Value::Map(entries) => entries.iter().find(|e| e.key == key).and_then(|e| e.value.text()).map(str::to_owned),
        _ => None,
    };
    Ok(Parsed { file: Arc::clone(&source.name), name: scalar("format").unwrap_or_default(), like: scalar("like"), root })
}

fn build(parsed: &Parsed, known: &[Parsed]) -> Result<Format, Vec<Diagnostic>> {
    let mut reader = Reader::new(&parsed.file);
    let base = parsed.like.as_ref().map(|like| known.iter().find(|p| p.name == *like));
    if let (Some(None), Some(like)) = (&base, &parsed.like) {
        let help = suggestion(like, known.iter().map(|p| p.name.as_str()).collect::<Vec<_>>());
        reader.problem(Code::I0105, parsed.root.spot, format!("`like: {like}` names no format"), help);
    }
    let format = format(&mut reader, parsed, base.flatten());
    reader.problems.dedup();
    let mut problems: Vec<Diagnostic> = Vec::new();
    for problem in reader.problems {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    match format {
        Some(format) if problems.is_empty() => Ok(format),
        _ => Err(problems),
    }
}
