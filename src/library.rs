//! Where laws are found: embedded in the binary, with folders of the user in front.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, suggestion};
use crate::engine::Target;
use crate::rules::{Loaded, load};

static LAWS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/jurisdictions");

/// The codes of all laws that can be named, in order.
pub fn codes(rules: Option<&Path>) -> Vec<String> {
    let mut found: Vec<String> =
        LAWS.dirs().filter_map(|d| d.path().file_name()).map(|n| n.to_string_lossy().into_owned()).collect();
    if let Some(dir) = rules {
        found.extend(folders(dir).into_iter().filter(|(_, path)| !yaml_files(path).is_empty()).map(|(name, _)| name));
    }
    found.sort();
    found.dedup();
    found
}

fn folders(dir: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter(|e| e.path().is_dir()).map(|e| (e.file_name().to_string_lossy().into_owned(), e.path())).collect()
}

/// The law of a code: from `rules` if it has a folder of that name (or is that folder), else the embedded one.
pub fn law(code: &str, rules: Option<&Path>) -> Loaded {
    if let Some(dir) = rules {
        let named = dir.join(code);
        if named.is_dir() {
            return load(&files(&named));
        }
        if dir.file_name().is_some_and(|n| n.to_string_lossy() == code) && !yaml_files(dir).is_empty() {
            return load(&files(dir));
        }
    }
    match LAWS.get_dir(code) {
        Some(dir) => load(&embedded(dir)),
        None => {
            let codes = codes(rules);
            let help = suggestion(code, codes.iter().map(String::as_str));
            failed(Diagnostic::new(Code::F0106, format!("no jurisdiction has the code `{code}`")).help_opt(help))
        }
    }
}

fn failed(problem: Diagnostic) -> Loaded {
    Loaded { book: None, diagnostics: vec![problem], sources: SourceMap::default() }
}

/// The law a target means, and the files of its examples.
pub fn open(target: &Target, rules: Option<&Path>) -> (Loaded, Vec<Source>) {
    match target {
        Target::Code(code) => (law(code, rules), examples(code, rules)),
        Target::Path(path) => {
            let folder = if path.is_dir() { path.clone() } else { PathBuf::new() };
            if path.is_dir() {
                let sources = files(&folder);
                if sources.is_empty() {
                    let message = format!("`{}` holds no rule file", path.display());
                    let problem =
                        Diagnostic::new(Code::R0209, message).help("a country is a folder with `tax.yaml` and `examples/`");
                    return (failed(problem), Vec::new());
                }
                return (load(&sources), files(&folder.join("examples")));
            }
            match std::fs::read(path) {
                Ok(bytes) => (load(&[text_source(&path.display().to_string(), &bytes)]), Vec::new()),
                Err(error) => {
                    let problem = Diagnostic::new(Code::R0209, format!("`{}` cannot be read: {error}", path.display()));
                    (failed(problem.help("name a code such as those of `fisc jurisdictions`, a folder, or a file")), Vec::new())
                }
            }
        }
    }
}

/// The examples of a code.
pub fn examples(code: &str, rules: Option<&Path>) -> Vec<Source> {
    if let Some(dir) = rules {
        for folder in [dir.join(code), dir.to_owned()] {
            let found = files(&folder.join("examples"));
            if !found.is_empty() {
                return found;
            }
        }
    }
    LAWS.get_dir(format!("{code}/examples")).map(|dir| embedded(dir)).unwrap_or_default()
}

fn embedded(dir: &Dir<'_>) -> Vec<Source> {
    let files = dir.files().filter(|f| f.path().extension().is_some_and(|e| e == "yaml"));
    let mut found: Vec<Source> =
        files.map(|f| text_source(&format!("jurisdictions/{}", f.path().display()), f.contents())).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn yaml_files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let mut found: Vec<PathBuf> =
        entries.filter(|p| p.is_file() && p.extension().is_some_and(|e| e == "yaml" || e == "yml")).collect();
    found.sort();
    found
}

/// The YAML files of a folder, in the order of their names; a file that cannot be read is left to the loader as empty.
fn files(dir: &Path) -> Vec<Source> {
    yaml_files(dir).iter().map(|p| text_source(&p.display().to_string(), &std::fs::read(p).unwrap_or_default())).collect()
}

/// Bytes as text; what is not UTF-8 becomes a mark that the reader of the file will stumble over.
fn text_source(name: &str, bytes: &[u8]) -> Source {
    Source::new(name, String::from_utf8_lossy(bytes).into_owned())
}
