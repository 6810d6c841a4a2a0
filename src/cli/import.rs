//! `fisc import`

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, any_error};
use crate::import::{self, Settings, decode};

use super::args::ImportArgs;
use super::progress::Bar;
use super::{End, files, output, show};

/// Files of a folder that may be exports.
const ENDINGS: [&str; 5] = ["csv", "tsv", "txt", "xlsx", "xlsm"];

/// What was found to read.
#[derive(Default)]
struct Found {
    sources: Vec<Source>,
    problems: Vec<Diagnostic>,
    /// Ledgers of a folder are read too.
    with_ledgers: bool,
}

pub fn run(args: &ImportArgs) -> End {
    if let Some(folder) = &args.formats
        && let Err(end) = own_formats(folder)
    {
        return end;
    }
    if let Some(name) = &args.format
        && !import::formats().iter().any(|f| f.name == *name)
    {
        let names: Vec<String> = import::formats().iter().map(|f| f.name.clone()).collect();
        return super::usage(&format!("there is no format `{name}`; known: {}", names.join(", ")));
    }
    let set = match files::pairs(&args.set, "--set") {
        Ok(set) => set,
        Err(end) => return end,
    };
    let mut found = Found::default();
    for path in &args.exports {
        found.read(path);
    }
    let mut map = SourceMap::default();
    found.sources.iter().for_each(|s| map.insert(s));
    if any_error(&found.problems) {
        show(&found.problems, &map, args.quiet);
        return End::Errors;
    }
    let bar = Bar::default();
    let progress = |rows: u64| bar.more(rows);
    let settings = Settings { format: args.format.clone(), zone: args.zone.clone(), set, progress: Some(&progress) };
    let import = import::import(&found.sources, &settings);
    bar.done();
    let mut problems = found.problems;
    problems.extend(import.problems.iter().cloned());
    // What the ledger itself would refuse is told here already.
    if !any_error(&problems) {
        problems.extend(import.ledger(&found.sources).1);
    }
    show(&problems, &map, args.quiet);
    // A ledger with holes would be trusted: it is written only where every row was understood.
    let end = if any_error(&problems) { End::Errors } else { End::Done };
    if args.explain {
        let told = output(&import.explain(), None);
        return match (&args.output, end) {
            (Some(path), End::Done) => told.or_unwritten(output(&import.csv(), Some(path))),
            _ => end.or_unwritten(told),
        };
    }
    if end == End::Done { output(&import.csv(), args.output.as_deref()) } else { end }
}

/// The texts of files and folders, ledgers of fisc among them.
pub fn sources(paths: &[PathBuf]) -> (Vec<Source>, Vec<Diagnostic>) {
    let mut found = Found { with_ledgers: true, ..Found::default() };
    paths.iter().for_each(|path| found.read(path));
    (found.sources, found.problems)
}

/// Formats of the user's own, checked before anything is read.
fn own_formats(folder: &Path) -> Result<(), End> {
    let mut paths: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "yaml")).collect(),
        Err(error) => return Err(super::fail(&format!("`--formats {}`: {error}", folder.display()))),
    };
    paths.sort();
    let read: Vec<Result<Source, Diagnostic>> = paths.iter().map(|p| files::read(p)).collect();
    let mut problems: Vec<Diagnostic> = read.iter().filter_map(|r| r.as_ref().err().cloned()).collect();
    let sources: Vec<Source> = read.into_iter().flatten().collect();
    problems.extend(import::format::add(&sources));
    if problems.is_empty() {
        return Ok(());
    }
    let mut map = SourceMap::default();
    sources.iter().for_each(|s| map.insert(s));
    show(&problems, &map, false);
    Err(End::Errors)
}

impl Found {
    fn read(&mut self, path: &Path) {
        if path.is_dir() {
            return self.folder(path);
        }
        match decode::open(path) {
            Ok(opened) => {
                self.sources.extend(opened.sources);
                self.problems.extend(opened.warnings);
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    /// Every table of a folder and of those in it, by name; ledgers of fisc among them are left out.
    fn folder(&mut self, folder: &Path) {
        let before = self.sources.len();
        let mut paths = Vec::new();
        if let Err(error) = walk(folder, &mut paths, 0) {
            self.problems.push(Diagnostic::new(Code::L0101, format!("`{}` cannot be read: {error}", folder.display())));
        }
        for path in paths {
            self.read(&path);
        }
        let (own, rest): (Vec<Source>, Vec<Source>) =
            self.sources.split_off(before).into_iter().partition(|s| !self.with_ledgers && import::is_ledger(s));
        for source in own {
            let message = format!("`{}` is a ledger already: it was left out", source.name);
            self.problems.push(
                Diagnostic::new(Code::I0107, message).help("give it to `fisc assess` beside the new one if its rows are others"),
            );
        }
        self.sources.extend(rest);
        if self.sources.len() == before {
            let message = format!("the folder `{}` has no export: files that end in {}", folder.display(), ENDINGS.join(", "));
            self.problems.push(Diagnostic::new(Code::L0101, message));
        }
    }
}

fn walk(folder: &Path, to: &mut Vec<PathBuf>, depth: usize) -> std::io::Result<()> {
    const DEPTH_MAX: usize = 8;
    let mut here: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    here.sort();
    for path in here {
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(['.', '~']));
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if hidden {
            continue;
        }
        if path.is_dir() && depth < DEPTH_MAX {
            walk(&path, to, depth + 1)?;
        } else if path.is_file() && ENDINGS.contains(&ending.as_str()) {
            to.push(path);
        }
    }
    Ok(())
}
