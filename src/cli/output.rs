//! Where results and messages go: standard output or a file, and standard error.

use std::collections::HashSet;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, SourceMap, render};

use super::End;

/// Writes a result to the file, or to standard output. A file is complete or it is not there.
pub fn output(text: &str, file: Option<&Path>) -> End {
    output_with(file, |out| out.write_all(text.as_bytes()))
}

/// As [`output`], for what is too large to be held as one text.
pub fn output_with(file: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> End {
    let Some(path) = file else {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        return written(write(&mut out).and_then(|()| out.flush()), "standard output");
    };
    let name = format!("`{}`", path.display());
    match Goal::of(path) {
        // A device or a pipe cannot be replaced by a file: it is written as it stands.
        Goal::Stream => written(std::fs::OpenOptions::new().write(true).open(path).and_then(|file| through(file, write)), &name),
        Goal::File(path) => written(replace(&path, write), &name),
    }
}

fn through(file: std::fs::File, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(file);
    write(&mut out).and_then(|()| out.flush())
}

fn written(result: std::io::Result<()>, name: &str) -> End {
    match result {
        Ok(()) => End::Done,
        // The reader went away: nothing is left to say.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => End::Done,
        Err(error) => fail(&format!("{name} cannot be written: {error}")),
    }
}

/// What a path to write stands for.
enum Goal {
    Stream,
    File(PathBuf),
}

impl Goal {
    fn of(path: &Path) -> Goal {
        match path.metadata() {
            Ok(found) if !found.is_file() && !found.is_dir() => Goal::Stream,
            // A link stays: the file it leads to is replaced.
            Ok(_) => Goal::File(path.canonicalize().unwrap_or_else(|_| path.to_owned())),
            Err(_) => Goal::File(path.to_owned()),
        }
    }
}

/// Writes a file beside the wanted one, then takes its place.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let made = std::fs::File::create(&part).and_then(|file| through(file, write));
    let result = made.and_then(|()| std::fs::rename(&part, path));
    if result.is_err() {
        // Nothing half done is left behind; that it may not exist is no further fault.
        let _ = std::fs::remove_file(&part);
    }
    result
}

/// Shows messages on standard error, errors first, each once.
pub fn show<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic> + Clone, sources: &SourceMap, quiet: bool) {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut told: HashSet<String> = HashSet::new();
    let mut err = std::io::stderr().lock();
    let errors = diagnostics.clone().into_iter().filter(|d| d.is_error());
    let warnings = diagnostics.into_iter().filter(|d| !d.is_error() && !quiet);
    for diagnostic in errors.chain(warnings) {
        let text = render(diagnostic, sources, colour);
        if !told.contains(&text) {
            let _ = writeln!(err, "{text}\n");
            told.insert(text);
        }
    }
}

/// One plain sentence on standard error.
pub fn fail(message: &str) -> End {
    let _ = writeln!(std::io::stderr(), "error: {message}");
    End::Errors
}

/// A mistake in the command line itself.
pub fn usage(message: &str) -> End {
    let _ = writeln!(std::io::stderr(), "error: {message}\n\nFor more information, try '--help'.");
    End::Usage
}

/// A result as JSON, with the line end.
pub fn json<T: serde::Serialize>(value: &T) -> String {
    // Maps have text keys and no value refuses to be written: this cannot fail.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
