//! `fisc report`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::diagnostic::{Diagnostic, Source, SourceMap, any_error};
use crate::engine::Inputs;
use crate::facts::FactsInput;
use crate::reporting::{self, Ground, Report, Request, form, lines, provider, users};

use super::args::Market;
use super::output::output_with;
use super::{End, files, import as opening, show, usage};

pub const EXAMPLES: &str = "\
Examples:
  fisc report carf ledger.csv --year 2026 --provider provider.yaml --users users.csv --rates rates.csv -o carf.xml
  fisc report carf ledger.csv --year 2026 --provider provider.yaml --users users.csv --format csv
  fisc report carf ledger.csv --year 2026 --provider provider.yaml --users users.csv --corrects carf.xml -o corrections.xml
  fisc report 1099-da ledger.csv --year 2026 --provider provider.yaml --users users.csv --format csv";

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
    /// Ledgers with a column `taxpayer`, or exports whose format is recognised
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
    let form_source = match form::shipped(&args.report) {
        Some(source) => source,
        None if args.report.ends_with(".yaml") => files::read(args.report.as_ref()).map_err(|problem| {
            show(&[problem], &SourceMap::default(), args.quiet);
            End::Errors
        })?,
        None => {
            let known = form::names().join(", ");
            let message =
                format!("there is no report `{}`; known: {known}; or name a file of your own: `report.yaml`", args.report);
            return Err(usage(&message));
        }
    };
    if !reporting::is_year(args.year) {
        return Err(usage(&format!("`--year {}` is no year", args.year)));
    }
    if lines::is_of_lines(&form_source) {
        return super::report_lines::report(args, &form_source);
    }
    if args.facts.is_some() {
        return Err(usage(&format!("the report `{}` asks for no facts: leave out `--facts`", args.report)));
    }
    if args.format == ReportFormat::Csv && !args.corrects.is_empty() {
        return Err(usage("corrections are records of the message: leave out `--format csv`"));
    }
    let timestamp = args.timestamp.as_deref().map(timestamp).transpose()?;
    let mut map = SourceMap::default();
    map.insert(&form_source);
    let told = |problems: Vec<Diagnostic>, map: &SourceMap| {
        show(&problems, map, args.quiet);
        End::Errors
    };
    let mut problems = Vec::new();
    let mut text = |path: &PathBuf, map: &mut SourceMap| match files::read(path) {
        Ok(source) => {
            map.insert(&source);
            Some(source)
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    let (provider_source, users_source) = (text(&args.provider, &mut map), text(&args.users, &mut map));
    let before: Vec<Source> = args.corrects.iter().filter_map(|path| text(path, &mut map)).collect();
    let (Some(provider_source), Some(users_source), true) = (provider_source, users_source, problems.is_empty()) else {
        return Err(told(problems, &map));
    };
    let form = form::read(&form_source).map_err(|problems| told(problems, &map))?;
    let provider = provider::read(&provider_source, &form);
    let (users, of_users) = users::read(&users_source, &form);
    let inputs = inputs(args, &mut map)?;
    let mut problems: Vec<Diagnostic> = inputs.problems.clone();
    problems.extend(of_users);
    let provider = match provider {
        Ok(provider) => provider,
        Err(more) => return Err(told([more, problems].concat(), &map)),
    };
    let earlier = if before.is_empty() { None } else { Some(reporting::earlier(&before, &form, &provider, args.year)) };
    let earlier = earlier.transpose().map_err(|problems| told(problems, &map))?;
    let request = Request {
        form: &form,
        provider: &provider,
        users: &users,
        inputs: &inputs,
        year: args.year,
        timestamp,
        earlier: earlier.as_ref(),
        additions: args.additions,
    };
    let ground = Ground::new(&request);
    let found = Report::new(&request, &ground);
    problems.extend(match &found {
        Ok(report) => report.warnings.clone(),
        Err(more) => more.clone(),
    });
    show(&problems, &map, args.quiet);
    match found {
        Ok(report) if !any_error(&problems) => Ok(output_with(args.output.as_deref(), |out: &mut dyn Write| match args.format {
            ReportFormat::Xml => report.xml(out),
            ReportFormat::Csv => report.csv(out),
        })),
        _ => Err(End::Errors),
    }
}

/// The ledger with prices and rates.
pub(super) fn inputs(args: &ReportArgs, map: &mut SourceMap) -> Result<Inputs, End> {
    let told = |problems: &[Diagnostic], map: &SourceMap| {
        show(problems, map, args.quiet);
        End::Errors
    };
    let (ledgers, problems) = opening::sources(&args.ledgers);
    if any_error(&problems) {
        return Err(told(&problems, map));
    }
    let opened = files::opened(&ledgers, &args.market, FactsInput::default());
    let mut inputs = opened.map_err(|unread| told(&unread, map))?;
    inputs.problems.extend(problems);
    map.extend(&inputs.sources);
    Ok(inputs)
}

/// A time of the schema: `2027-01-15T10:00:00`, with or without its zone.
fn timestamp(text: &str) -> Result<String, End> {
    let plain = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").is_ok();
    if plain || chrono::DateTime::parse_from_rfc3339(text).is_ok() {
        return Ok(text.replace(' ', "T"));
    }
    Err(usage(&format!("`--timestamp {text}` is not a time such as `2027-01-15T10:00:00`")))
}
