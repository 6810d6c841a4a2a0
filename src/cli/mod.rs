//! The command line: arguments, files, exit status. 0 done; 1 errors or refused figures; 2 the command line is wrong.

mod args;
mod args_law;
mod args_prices;
mod assess;
mod balances;
mod check;
mod compare;
mod comply;
mod explain;
mod explain_error;
#[cfg(feature = "net")]
mod fetch;
mod files;
mod import;
mod law;
mod new;
mod output;
mod prices;
mod progress;
mod report;
mod report_lines;
mod schema;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use output::{fail, json, output, show, usage};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Done,
    Errors,
    Usage,
}

impl End {
    /// This end, unless the result could not be written.
    fn or_unwritten(self, written: End) -> End {
        if written == End::Done { self } else { written }
    }
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
        Command::Compare(args) => compare::run(args),
        Command::Comply(args) => comply::run(args),
        Command::Report(args) => report::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Check(args) => check::check(args),
        Command::Test(args) => check::test(args),
        Command::Import(args) => import::run(args),
        Command::Law(args) => law::run(args),
        Command::Jurisdictions(args) => law::jurisdictions(args),
        Command::Balances(args) => balances::run(args),
        Command::Prices(command) => prices::run(command),
        Command::New(args) => new::run(args),
        Command::Schema(args) => schema::run(args),
        Command::ExplainError(args) => explain_error::run(args),
    };
    end.into()
}
