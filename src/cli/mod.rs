//! The command line: arguments, files, exit status. 0 done; 1 errors or refused figures; 2 the command line is wrong.

mod args;
mod assess;
mod check;
mod explain;
mod files;
mod import;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::diagnostic::{Diagnostic, SourceMap, render};
use args::{Cli, Command};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Done,
    Errors,
    Usage,
}

impl From<End> for ExitCode {
    fn from(end: End) -> ExitCode {
        ExitCode::from(match end {
            End::Done => 0,
            End::Errors => 1,
            End::Usage => 2,
        })
    }
}

/// Runs the command given by the process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let status = if error.use_stderr() { End::Usage } else { End::Done };
            // A closed pipe is no fault of the command.
            let _ = error.print();
            return status.into();
        }
    };
    let end = match &cli.command {
        Command::Assess(args) => assess::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Check(args) => check::check(args),
        Command::Test(args) => check::test(args),
        Command::Import(args) => import::run(args),
        Command::Jurisdictions(args) => check::jurisdictions(args),
    };
    end.into()
}

/// Writes a result to the file, or to standard output. A file is complete or it is not there.
fn output(text: &str, file: Option<&std::path::Path>) -> End {
    let Some(path) = file else {
        let mut out = std::io::stdout().lock();
        return match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => End::Done,
            // The reader went away: nothing is left to say.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => End::Done,
            Err(error) => fail(&format!("standard output cannot be written: {error}")),
        };
    };
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
    match written {
        Ok(()) => End::Done,
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            fail(&format!("`{}` cannot be written: {error}", path.display()))
        }
    }
}

/// Shows messages on standard error, errors first; at most so many, the rest counted.
fn show(diagnostics: &[Diagnostic], sources: &SourceMap, quiet: bool) {
    const SHOWN_MAX: usize = 60;
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut err = std::io::stderr().lock();
    let wanted: Vec<&Diagnostic> =
        diagnostics.iter().filter(|d| d.is_error()).chain(diagnostics.iter().filter(|d| !d.is_error() && !quiet)).collect();
    for diagnostic in wanted.iter().take(SHOWN_MAX) {
        let _ = writeln!(err, "{}\n", render(diagnostic, sources, colour));
    }
    if wanted.len() > SHOWN_MAX {
        let _ = writeln!(err, "... and {} more messages; `--format json` has them all", wanted.len() - SHOWN_MAX);
    }
}

/// One plain sentence on standard error.
fn fail(message: &str) -> End {
    let _ = writeln!(std::io::stderr(), "error: {message}");
    End::Errors
}

/// A mistake in the command line itself.
fn usage(message: &str) -> End {
    let _ = writeln!(std::io::stderr(), "error: {message}\n\nFor more information, try '--help'.");
    End::Usage
}

/// Text as JSON on one line, with the line end.
fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("{{\"errors\": [\"{error}\"]}}")) + "\n"
}
