//! `fisc report`

use std::io::{BufRead, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, any_error};
use crate::facts::FactsInput;
use crate::import;
use crate::reporting::Format;
use crate::reporting::front::{self, Files, How, Kind, Refused};
use crate::reporting::input::Input;

use super::args::Market;
use super::output::output_with;
use super::{End, files, import as opening, show, usage};

pub const EXAMPLES: &str = "\
Examples:
  fisc report carf ledger.csv --year 2026 --provider provider.yaml --users users.csv --rates rates.csv -o carf.xml
  fisc report carf ledger.csv --year 2026 --provider provider.yaml --users users.csv --format csv
  fisc report carf ledger.csv --year 2026 --provider provider.yaml --users users.csv --corrects carf.xml -o corrections.xml
  fisc report 1099-da ledger.csv --year 2026 --provider provider.yaml --users users.csv --format csv";

/// The header of a ledger is no longer.
const LINE_MAX: u64 = 1 << 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// The message of the schema
    Xml,
    /// The sums
    Csv,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The report, such as `carf`, or a YAML file that describes one
    #[arg(value_name = "REPORT")]
    pub report: String,
    /// Ledgers with a column `taxpayer`
    #[arg(required = true, value_name = "LEDGER")]
    pub ledgers: Vec<PathBuf>,
    /// The calendar year
    #[arg(long, value_name = "YEAR")]
    pub year: i32,
    /// Who reports: a YAML file
    #[arg(long, value_name = "FILE")]
    pub provider: PathBuf,
    /// Who the customers are: a CSV with a line for each taxpayer
    #[arg(long, value_name = "FILE")]
    pub users: PathBuf,
    #[command(flatten)]
    pub market: Market,
    /// Facts of single customers, for reports of single sales: a CSV with a line for each
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// When the message is made, as it says itself; the end of the year if not given
    #[arg(long, value_name = "TIME")]
    pub timestamp: Option<String>,
    /// A message sent before: only what differs from it is written, as corrections and deletions. Given again for each later one
    #[arg(long, value_name = "FILE")]
    pub corrects: Vec<PathBuf>,
    /// Of what differs, the customers who are new: they go into a message of their own
    #[arg(long, requires = "corrects")]
    pub additions: bool,
    /// How the report is written
    #[arg(long, value_enum, default_value = "xml")]
    pub format: ReportFormat,
    /// Where the report goes: the file is complete or it is not there
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// No warnings
    #[arg(long)]
    pub quiet: bool,
}

pub fn run(args: &ReportArgs) -> End {
    match report(args) {
        Ok(end) | Err(end) => end,
    }
}

fn report(args: &ReportArgs) -> Result<End, End> {
    let told = |problems: &[Diagnostic], map: &SourceMap| {
        show(problems, map, args.quiet);
        End::Errors
    };
    let refused = |refused| match refused {
        Refused::Usage(message) => usage(&message),
        Refused::Faults(problems) => told(&problems, &SourceMap::default()),
    };
    let kind = Kind::named(&args.report).map_err(refused)?;
    let how = How {
        kind: &kind,
        year: args.year,
        format: if args.format == ReportFormat::Csv { Format::Csv } else { Format::Xml },
        timestamp: args.timestamp.as_deref(),
        corrects: !args.corrects.is_empty(),
        additions: args.additions,
        facts: args.facts.is_some(),
    };
    how.check().map_err(refused)?;
    let unread = |problem| told(&[problem], &SourceMap::default());
    let facts = args.facts.as_ref().map(|path| files::read(path)).transpose().map_err(unread)?;
    let provider = files::read(&args.provider).map_err(unread)?;
    let (ledgers, mut problems) = ledgers(&args.ledgers);
    let market = files::opened(&[], &args.market, FactsInput::default());
    let market = market.map_err(|unread| told(&unread, &SourceMap::default()))?;
    problems.extend(market.problems.iter().cloned());
    let files = Files {
        provider: &provider,
        ledgers: &ledgers,
        users: &Input::file(args.users.clone()),
        market: &market,
        facts: &facts.map_or_else(FactsInput::default, FactsInput::file),
        earlier: &args.corrects.iter().cloned().map(Input::file).collect::<Vec<_>>(),
    };
    let found = front::report(&how, &files);
    problems.extend(match &found {
        Ok(report) => report.warnings.clone(),
        Err(Refused::Faults(more)) => more.clone(),
        Err(Refused::Usage(message)) => return Err(usage(message)),
    });
    show(&problems, &front::texts(&how, &files, &problems), args.quiet);
    match found {
        Ok(mut report) if !any_error(&problems) => {
            Ok(output_with(args.output.as_deref(), |out: &mut dyn Write| report.write(out)))
        }
        _ => Err(End::Errors),
    }
}

/// Ledgers are read line by line; what is packed or in a folder, as texts. An export does not say whose it is.
fn ledgers(paths: &[PathBuf]) -> (Vec<Input>, Vec<Diagnostic>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        let input = Input::file(path.clone());
        if path.is_file() && first_line(&input).is_some_and(|source| import::is_ledger(&source)) {
            found.push(input);
            continue;
        }
        let (sources, told) = opening::sources(std::slice::from_ref(path));
        problems.extend(told);
        for source in sources {
            match import::recognised(&source).filter(|_| !import::is_ledger(&source)) {
                Some(format) => problems.push(
                    Diagnostic::new(
                        Code::L0103,
                        format!("`{}` is an export ({format}): it does not say whose it is", source.name),
                    )
                    .help("make a ledger of it with `fisc import`, and add the column `taxpayer`"),
                ),
                None => found.push(Input::Text(source)),
            }
        }
    }
    (found, problems)
}

fn first_line(input: &Input) -> Option<Source> {
    let mut line = Vec::new();
    input.open().ok()?.take(LINE_MAX).read_until(b'\n', &mut line).ok()?;
    Some(Source::new(Arc::clone(input.name()), String::from_utf8(line).ok()?))
}
