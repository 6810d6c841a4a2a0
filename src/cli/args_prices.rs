//! The words of `fisc prices`.

use std::path::PathBuf;

#[cfg(feature = "net")]
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use super::args::{By, Common};

#[cfg(feature = "net")]
const FETCH: &str = "\
Examples:
  fisc prices fetch --cache market
  fisc prices fetch --cache market --pair BTC/USD,ETH/USD --from 2023-01-01
  fisc assess ledger.csv --in kg --year 2024 --rates market/rates --prices market/prices";

const MISSING: &str = "\
Examples:
  fisc prices missing ledger.csv --in kg --year 2024
  fisc prices missing ledger.csv --in kg --year 2024 --fill missing/
  fisc assess ledger.csv --in kg --year 2024 --prices missing/prices.csv --rates missing/rates.csv";

#[derive(Debug, Subcommand)]
pub enum PricesCommand {
    /// The prices and rates for want of which something is refused: a list to fill in
    #[command(after_help = MISSING)]
    Missing(Box<MissingArgs>),
    /// Prices and rates from public sources, into a folder for `--rates` and `--prices`
    #[cfg(feature = "net")]
    #[command(after_help = FETCH)]
    Fetch(FetchArgs),
}

#[cfg(feature = "net")]
#[derive(Debug, Args)]
pub struct FetchArgs {
    /// The folder: rates go to `rates`, prices to `prices` in it. What is there already is kept
    #[arg(long, value_name = "FOLDER", default_value = "cache")]
    pub cache: PathBuf,
    /// A source; every source of rates, and of prices where pairs are named, if not given
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub source: Vec<String>,
    /// An asset and the currency of its prices
    #[arg(long, value_name = "BTC/USD", value_delimiter = ',')]
    pub pair: Vec<String>,
    /// First day of the prices; 1 January of last year if not given
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// Last day of the prices; today if not given
    #[arg(long, value_name = "DATE")]
    pub through: Option<NaiveDate>,
    /// Another address of a source
    #[arg(long, value_name = "SOURCE=URL")]
    pub base_url: Vec<String>,
    /// Milliseconds between two requests
    #[arg(long, value_name = "NUMBER")]
    pub pause: Option<u64>,
    /// Seconds that a request may take
    #[arg(long, value_name = "NUMBER")]
    pub timeout: Option<u64>,
}

/// One of the two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Only {
    Prices,
    Rates,
}

/// Formats of a list that is also a table to fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FillFormat {
    Table,
    Csv,
    Json,
}

#[derive(Debug, Args)]
pub struct MissingArgs {
    /// Ledgers, or exports whose format is recognised
    #[arg(required = true, value_name = "LEDGER")]
    pub ledgers: Vec<PathBuf>,
    #[command(flatten)]
    pub common: Common,
    /// Several tax years
    #[arg(long, value_name = "FROM..TO", conflicts_with = "year")]
    pub years: Option<String>,
    /// For each taxpayer of the ledger
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["taxpayer", "years"])]
    pub by: Option<By>,
    /// One of the two lists
    #[arg(long, value_enum, value_name = "WHICH")]
    pub only: Option<Only>,
    /// Write `prices.csv` and `rates.csv` to fill in into this folder
    #[arg(long, value_name = "FOLDER")]
    pub fill: Option<PathBuf>,
    /// How the list is written; csv is the table to fill in
    #[arg(long, value_enum, default_value = "table")]
    pub format: FillFormat,
}
