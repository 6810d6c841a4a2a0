//! A real law to plant flaws in, and what the checker says of it then.

use std::sync::OnceLock;

use fisc::diagnostic::{Diagnostic, Place, Source};
use fisc::rules::load;

use crate::tree::{Spot, place, spots};

/// A file of the law with everything that stands in it.
pub struct File {
    pub name: String,
    pub text: String,
    pub spots: Vec<Spot>,
}

/// The files of the shipped law.
pub fn files() -> &'static [File] {
    static ALL: OnceLock<Vec<File>> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("jurisdictions/kg");
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
        paths.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
        paths.sort();
        let file = |path: &std::path::PathBuf| {
            let text = std::fs::read_to_string(path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            File { name, spots: spots(&text), text }
        };
        let found: Vec<File> = paths.iter().map(file).collect();
        let all: Vec<_> = check(&found, 0, &found[0].text);
        assert!(all.iter().all(|d| !d.is_error()), "the law itself is sound: {all:#?}");
        found
    })
}

/// What is said of the law where the text of one file is another. A panic of the checker fails the test by itself.
pub fn check(files: &[File], changed: usize, text: &str) -> Vec<Diagnostic> {
    let source =
        |(index, file): (usize, &File)| Source::new(file.name.as_str(), if index == changed { text } else { file.text.as_str() });
    let sources: Vec<Source> = files.iter().enumerate().map(source).collect();
    load(&sources).diagnostics
}

/// Messages that the sound law does not give.
pub fn new_messages(changed: usize, text: &str) -> Vec<Diagnostic> {
    static BEFORE: OnceLock<Vec<String>> = OnceLock::new();
    let files = files();
    let before = BEFORE.get_or_init(|| check(files, 0, &files[0].text).into_iter().map(|d| d.message).collect());
    let mut all = check(files, changed, text);
    all.retain(|d| !before.contains(&d.message));
    all
}

/// True if a message stands at a byte of a changed text.
pub fn stands_at(found: &Place, file: &str, text: &str, byte: usize) -> bool {
    *found.file == *file && (found.line, found.column) == place(text, byte)
}

/// True if a message stands on the line of a byte.
pub fn on_line(found: &Place, file: &str, text: &str, byte: usize) -> bool {
    *found.file == *file && found.line == place(text, byte).0
}

/// The messages, short, for a failing test.
pub fn told(all: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| {
        let at = d.place.as_ref().map_or(String::new(), |p| format!("{}:{}:{}", p.file, p.line, p.column));
        format!("    {} {at} {}", d.code.id(), d.message)
    };
    all.iter().take(4).map(line).collect::<Vec<_>>().join("\n")
}
