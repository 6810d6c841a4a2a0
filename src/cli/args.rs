//! The words of the command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::args_law::{self, CheckArgs, CheckCommand, ExplainErrorArgs, LawArgs, ListArgs, NewArgs, SchemaArgs};
use super::args_prices::PricesCommand;

/// What crypto tax comes to, and why: the law is data, every figure explains itself.
#[derive(Debug, Parser)]
#[command(name = "fisc", version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

const ASSESS: &str = "\
Examples:
  fisc assess binance.csv --in kg --year 2024 --rates rates.csv --prices prices.csv
  fisc assess 2023.csv 2024.csv --in kg --years 2023..2024 --format json -o both.json
  fisc assess ledger.csv --in kg --year 2024 --set taxpayer_kind=company --all-readings";

const COMPARE: &str = "\
Examples:
  fisc compare ledger.csv --in kg,de,us --year 2024 --currency USD --rates rates.csv
  fisc compare binance.csv --in kg,de --year 2024 --currency EUR --rates rates.csv --facts facts.yaml
  fisc compare ledger.csv --in kg,de --year 2024 --currency EUR --rates rates.csv --set kg.taxpayer_kind=company";

const EXPLAIN: &str = "\
Examples:
  fisc explain ledger.csv --in kg --year 2024 income_tax
  fisc explain ledger.csv --in kg --year 2024 mining_tax@2024-07 --depth summary
  fisc explain ledger.csv --in kg --year 2024 gain@ledger.csv:20 --why-not
  fisc explain --in kg --facts provider.yaml capital_required@2026-08-01
  fisc explain --in kg --facts provider.yaml --on 2026-08-01 provider_licence";

const BALANCES: &str = "\
Examples:
  fisc balances ledger.csv
  fisc balances kraken-ledgers.csv binance.csv --format json";

const IMPORT: &str = "\
Examples:
  fisc import binance.csv -o ledger.csv
  fisc import exports/ -o ledger.csv
  fisc import electrum-history.csv --zone Europe/Paris --set fiat=EUR -o ledger.csv
  fisc import part1.csv part2.csv --format binance_transactions --explain";

const EXAMPLES: &str = "\
Examples:
  fisc assess binance.csv --in kg --year 2024 --rates rates.csv --prices prices.csv
  fisc assess ledger.csv --in kg --year 2024 --set taxpayer_kind=company --format json
  fisc explain ledger.csv --in kg --year 2024 income_tax
  fisc import binance.csv -o ledger.csv
  fisc check my/rules && fisc test my/rules

Exit status: 0 done; 1 errors, refused figures or failed tests; 2 a mistake in the command line.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Liabilities of a tax year, from ledgers or exchange exports
    #[command(after_help = ASSESS)]
    Assess(AssessArgs),
    /// The same ledger under several laws, in one currency
    #[command(after_help = COMPARE)]
    Compare(CompareArgs),
    /// Duties, prohibitions, licences on a day
    #[command(after_help = super::comply::EXAMPLES)]
    Comply(super::comply::ComplyArgs),
    /// What a provider reports of its customers
    #[command(after_help = super::report::EXAMPLES)]
    Report(super::report::ReportArgs),
    /// The working of one figure, down to the rows
    #[command(after_help = EXPLAIN)]
    Explain(ExplainArgs),
    /// Whether rule files are sound
    #[command(after_help = args_law::CHECK)]
    Check(CheckCommand),
    /// Whether the worked examples of rule files come out
    #[command(after_help = args_law::TEST)]
    Test(CheckArgs),
    /// Exchange exports to a ledger
    #[command(after_help = IMPORT)]
    Import(ImportArgs),
    /// A country's law as a card: taxes, rates, due days, readings, sources
    #[command(after_help = args_law::LAW)]
    Law(LawArgs),
    /// What is covered, how surely, until when
    #[command(after_help = args_law::JURISDICTIONS)]
    Jurisdictions(ListArgs),
    /// What each account held, where it falls below zero, and where the exports state otherwise
    #[command(after_help = BALANCES)]
    Balances(BalancesArgs),
    /// Prices and rates: what is missing
    #[command(subcommand)]
    Prices(PricesCommand),
    /// A new country: a folder with a law to fill in
    #[command(after_help = args_law::NEW)]
    New(NewArgs),
    /// JSON Schema of the files that people write, for editors
    #[command(after_help = args_law::SCHEMA)]
    Schema(SchemaArgs),
    /// What a message means, with an example and the remedy
    #[command(after_help = args_law::EXPLAIN_ERROR)]
    ExplainError(ExplainErrorArgs),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Csv,
    Md,
}

/// A day, as `2026-08-01`.
pub fn date(text: &str) -> Result<NaiveDate, String> {
    let day = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
    day.ok_or_else(|| "a day is written as 2026-08-01, and must be one of the calendar".to_owned())
}

/// Formats of what is not a table of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextFormat {
    Table,
    Json,
}

/// Formats of the law's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CardFormat {
    Table,
    Md,
    Html,
    Json,
}

/// Formats of a list of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Table,
    Md,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Depth {
    /// The figure, its formula, and the values put in
    Summary,
    /// Down to rows and values of the law
    Working,
    /// With every branch not taken and every note
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Taxpayer,
}

/// What things were worth, and when.
#[derive(Debug, Args)]
pub struct Market {
    /// Prices: CSV `timestamp,asset,currency,price`, candles of exchanges, folders of them; `BTC/USD=FILE` where a file does not name its pair
    #[arg(long, value_name = "[PAIR=]FILE")]
    pub prices: Vec<PathBuf>,
    /// Exchange rates: CSV `date,base,quote,rate`, tables of banks, folders of them; `EUR=FILE` where a file does not name its currency
    #[arg(long, value_name = "[CODE=]FILE")]
    pub rates: Vec<PathBuf>,
    /// Zone of the times, where an export does not say: `Europe/Paris`, `UTC+8`
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub zone: Option<String>,
}

/// What is assessed, and how.
#[derive(Debug, Args)]
pub struct Common {
    /// Jurisdiction, such as `kg`; `compare` takes several: `kg,de`
    #[arg(long = "in", value_name = "CODE")]
    pub jurisdiction: String,
    /// Tax year, by the calendar year in which it begins
    #[arg(long, value_name = "YEAR", allow_negative_numbers = true)]
    pub year: Option<i32>,
    /// Facts: a YAML file `NAME: value`, or a CSV with a line for each taxpayer
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// One fact; may be given again, as most options
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// How an unclear point of law is read
    #[arg(long, value_name = "NAME=OPTION")]
    pub reading: Vec<String>,
    /// The tax under every reading
    #[arg(long)]
    pub all_readings: bool,
    /// A right of the taxpayer
    #[arg(long, value_name = "NAME=OPTION")]
    pub choose: Vec<String>,
    /// The tax under every choice
    #[arg(long)]
    pub all_choices: bool,
    #[command(flatten)]
    pub market: Market,
    /// Folder of rule folders that come before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Whose rows count, where the ledger has several taxpayers
    #[arg(long, value_name = "ID")]
    pub taxpayer: Option<String>,
    /// A value used past the day it is known to hold is an error
    #[arg(long)]
    pub strict: bool,
    /// No warnings
    #[arg(long)]
    pub quiet: bool,
    /// Where the result goes: the file is complete or it is not there
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct AssessArgs {
    /// Ledgers, or exports whose format is recognised
    #[arg(required = true, value_name = "LEDGER")]
    pub ledgers: Vec<PathBuf>,
    #[command(flatten)]
    pub common: Common,
    /// Several tax years, one assessment each
    #[arg(long, value_name = "FROM..TO", conflicts_with = "year")]
    pub years: Option<String>,
    /// One assessment for each taxpayer of the ledger
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["taxpayer", "years"])]
    pub by: Option<By>,
    /// Show what is held at the end of this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub holdings_on: Option<NaiveDate>,
    /// How the result is written; csv has the disposals
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Ledgers, or exports whose format is recognised
    #[arg(required = true, value_name = "LEDGER")]
    pub ledgers: Vec<PathBuf>,
    #[command(flatten)]
    pub common: Common,
    /// Currency in which the laws are set side by side; that of the first law if not given
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// Only the readings and choices as given or by default: no lowest and highest
    #[arg(long, conflicts_with_all = ["all_readings", "all_choices"])]
    pub as_chosen: bool,
    /// How the result is written; csv has a line for each law
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Ledgers, then the figure: `income_tax`, `mining_tax@2024-07`, `gain@ROW`; of a day `NAME@DATE`, of a rule beside taxes `RULE@DATE`
    #[arg(required = true, value_name = "LEDGER.. FIGURE")]
    pub words: Vec<String>,
    #[command(flatten)]
    pub common: Common,
    /// The day asked about, for rules beside taxes and figures of a day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub on: Option<NaiveDate>,
    /// How much is told
    #[arg(long, value_enum, default_value = "working")]
    pub depth: Depth,
    /// Tell the branches and readings not taken
    #[arg(long)]
    pub why_not: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    pub format: TextFormat,
}

#[derive(Debug, Args)]
pub struct BalancesArgs {
    /// Ledgers, exports whose format is recognised, or folders of them
    #[arg(required = true, value_name = "LEDGER")]
    pub ledgers: Vec<PathBuf>,
    /// Zone of the times, where an export does not say
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub zone: Option<String>,
    /// Answer to something an export does not say: `fiat=GBP`
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    pub format: TextFormat,
    /// Where the result goes
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// No warnings
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Exports, or folders of them, read together
    #[arg(required = true, value_name = "EXPORT")]
    pub exports: Vec<PathBuf>,
    /// Name of the format, where the header does not tell
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,
    /// Zone of the times, where the file does not say: `Europe/Paris`, `UTC+8`
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub zone: Option<String>,
    /// Answer to something the file does not say: `fiat=GBP`
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Folder of format files that come before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub formats: Option<PathBuf>,
    /// Tell what became of each line of the exports
    #[arg(long)]
    pub explain: bool,
    /// Where the ledger goes
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// No warnings
    #[arg(long)]
    pub quiet: bool,
}
