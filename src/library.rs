//! Where laws are found: embedded in the binary, with folders of the user in front.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, suggestion};
use crate::engine::Target;
use crate::rules::{Loaded, load_with};

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
    let load = |files: &[Source]| load_with(files, &|union| union_in(union, rules));
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
            let help = if yaml_files(Path::new(code)).is_empty() {
                suggestion(code, codes.iter().map(String::as_str))
            } else {
                Some(format!("the folder `{code}` is here: say where laws of your own are with `--rules .`"))
            };
            failed(Diagnostic::new(Code::F0106, format!("no jurisdiction has the code `{code}`")).help_opt(help))
        }
    }
}

/// The files of a union, by its code.
pub fn union(code: &str) -> Vec<Source> {
    LAWS.get_dir(code).map(embedded).unwrap_or_default()
}

/// The same, with the folders of the user in front.
fn union_in(code: &str, rules: Option<&Path>) -> Vec<Source> {
    let own = rules.map(|dir| files(&dir.join(code))).unwrap_or_default();
    if own.is_empty() { union(code) } else { own }
}

fn failed(problem: Diagnostic) -> Loaded {
    Loaded { book: None, diagnostics: vec![problem], sources: SourceMap::default() }
}

/// The law a target means, and the files of its examples. A path may be the folder of a law, one rule file, one example,
/// or a folder of examples; examples away from their law are held against the law that the folder's name is the code of.
pub fn open(target: &Target, rules: Option<&Path>) -> (Loaded, Vec<Source>) {
    let path = match target {
        Target::Code(code) => return (law(code, rules), examples(code, rules)),
        Target::Path(path) => path,
    };
    // A union may stand beside the folder of its member.
    let beside = path.parent().filter(|_| path.is_dir());
    let load = |files: &[Source]| load_with(files, &|union| union_in(union, rules.or(beside)));
    if path.is_dir() {
        let (sources, examples): (Vec<Source>, Vec<Source>) = files(path).into_iter().partition(|s| !is_example(s));
        let inner = files(&path.join("examples"));
        let all = || examples.iter().chain(&inner).cloned().collect::<Vec<_>>();
        if !sources.is_empty() {
            return (load(&sources), all());
        }
        if !examples.is_empty() || !inner.is_empty() {
            return (law_near(path, rules), all());
        }
        let message = format!("`{}` holds no rule file", path.display());
        return (
            failed(Diagnostic::new(Code::R0209, message).help("a country is a folder with `tax.yaml` and `examples/`")),
            Vec::new(),
        );
    }
    match std::fs::read(path) {
        Ok(bytes) => {
            let source = text_source(&path.display().to_string(), &bytes);
            if is_example(&source) {
                (law_near(path.parent().unwrap_or(path), rules), vec![source])
            } else {
                (load(&[source]), Vec::new())
            }
        }
        Err(error) => {
            let problem = Diagnostic::new(Code::R0209, format!("`{}` cannot be read: {error}", path.display()));
            (failed(problem.help("name a code such as those of `fisc jurisdictions`, a folder, or a file")), Vec::new())
        }
    }
}

/// True for a file of worked examples.
fn is_example(source: &Source) -> bool {
    let line = |word: &str| {
        source.text.lines().any(|l| l.trim_start_matches("- ").starts_with(word) || l.trim_start().starts_with(word))
    };
    line("expect:") && !line("jurisdiction:")
}

/// The law for examples in a folder: its own rule files, those of the folder around it, else the law of either's name.
fn law_near(folder: &Path, rules: Option<&Path>) -> Loaded {
    let load = |files: &[Source]| load_with(files, &|union| union_in(union, rules));
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let around: Vec<&Path> = folder.ancestors().take(3).collect();
    for dir in &around {
        let own: Vec<Source> = files(dir).into_iter().filter(|s| !is_example(s)).collect();
        if own.iter().any(|s| s.text.lines().any(|l| l.starts_with("jurisdiction:"))) {
            return load(&own);
        }
    }
    let names: Vec<String> = around.iter().filter_map(|d| d.file_name()).map(|n| n.to_string_lossy().into_owned()).collect();
    match names.iter().find(|name| codes(rules).contains(name)) {
        Some(code) => law(code, rules),
        None => {
            let message = format!("no law was found for the examples in `{}`", folder.display());
            failed(Diagnostic::new(Code::R0209, message).help("put them into `CODE/examples/`, or beside the rule files"))
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
pub(crate) fn files(dir: &Path) -> Vec<Source> {
    yaml_files(dir).iter().map(|p| text_source(&p.display().to_string(), &std::fs::read(p).unwrap_or_default())).collect()
}

/// Bytes as text; what is not UTF-8 becomes a mark that the reader of the file will stumble over.
fn text_source(name: &str, bytes: &[u8]) -> Source {
    Source::new(name, String::from_utf8_lossy(bytes).into_owned())
}
