//! `fisc comply`

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use crate::engine::{self, Options};
use crate::page::{html, markdown, terminal};
use crate::report::comply::page;

use super::args::{CardFormat, Common, date};
use super::{End, assess, json, output, show, usage};

pub const EXAMPLES: &str = "\
Examples:
  fisc comply --in kg --on 2026-08-01 --facts provider.yaml
  fisc comply ledger.csv --in kg --on 2026-08-01 --set role=provider
  fisc comply ledger.csv --in us --format json";

#[derive(Debug, Args)]
pub struct ComplyArgs {
    /// Ledgers, or exports whose format is recognised; none where the facts say it all
    #[arg(value_name = "LEDGER")]
    pub ledgers: Vec<PathBuf>,
    #[command(flatten)]
    pub common: Common,
    /// The day asked about; today if not given
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub on: Option<NaiveDate>,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    pub format: CardFormat,
}

pub fn run(args: &ComplyArgs) -> End {
    match comply(args) {
        Ok(end) | Err(end) => end,
    }
}

/// Findings never change how the command ends; faults of the input do.
fn comply(args: &ComplyArgs) -> Result<End, End> {
    if args.common.year.is_some() {
        return Err(usage("duties are asked of a day: write `--on 2026-08-01` in place of `--year`"));
    }
    if args.common.jurisdiction.contains(',') {
        return Err(usage("rules are asked of one law at a time: `--in kg`"));
    }
    let on = args.on.unwrap_or_else(|| chrono::Local::now().date_naive());
    let assess::Question { book, inputs, options, sources } = assess::question(&args.ledgers, &args.common)?;
    if book.duties.is_empty() {
        return Err(usage(&format!("the law of {} has no rules beside taxes", book.title)));
    }
    let found = engine::comply(&book, &inputs, &Options { year: 0, ..options }, on);
    show(found.errors.iter().chain(&found.warnings), &sources, args.common.quiet);
    let file = args.common.output.as_deref();
    let document = || page(&book, &found);
    let text = match args.format {
        CardFormat::Table => super::law::on_terminal(&document(), terminal::WIDTH, file),
        CardFormat::Md => markdown::render(&document()),
        CardFormat::Html => html::page(&document()),
        CardFormat::Json => json(&found),
    };
    let end = if found.errors.is_empty() { End::Done } else { End::Errors };
    Ok(end.or_unwritten(output(&text, file)))
}
