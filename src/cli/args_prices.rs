//! The words of `fisc prices`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::args::{By, Common};

const MISSING: &str = "\
Examples:
  fisc prices missing ledger.csv --in kg --year 2024
  fisc prices missing ledger.csv --in kg --year 2024 --fill missing/
  fisc assess ledger.csv --in kg --year 2024 --prices missing/prices.csv --rates missing/rates.csv";

#[derive(Debug, Subcommand)]
pub enum PricesCommand {
    /// The prices and rates for want of which something is refused: a list to fill in
    #[command(after_help = MISSING)]
    Missing(MissingArgs),
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
