//! The words of the commands for those who read and write law.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{CardFormat, ListFormat, TextFormat};

pub const CHECK: &str = "\
Examples:
  fisc check kg
  fisc check my/rules/xx --format json
  fisc check --unconfirmed kg";

pub const TEST: &str = "\
Examples:
  fisc test kg
  fisc test my/rules/xx";

pub const LAW: &str = "\
Examples:
  fisc law kg --year 2024
  fisc law kg --all
  fisc law kg --year 2024 --format html -o law.html";

pub const JURISDICTIONS: &str = "\
Examples:
  fisc jurisdictions
  fisc jurisdictions --format json";

pub const SCHEMA: &str = "\
Examples:
  fisc schema rules -o rules.json
  fisc schema facts --in kg -o facts.json

A YAML file whose first line is `# yaml-language-server: $schema=rules.json` is then completed and checked in editors.";

pub const EXPLAIN_ERROR: &str = "\
Examples:
  fisc explain-error
  fisc explain-error R0102
  fisc explain-error --format md";

pub const NEW: &str = "\
Examples:
  fisc new xx --title Ruritania --currency EUR --time-zone Europe/Vienna
  fisc new my/rules/xx-ab";

#[derive(Debug, Args)]
pub struct CheckCommand {
    #[command(flatten)]
    pub common: CheckArgs,
    /// What rests on sources that are not confirmed, the most consequential first
    #[arg(long)]
    pub unconfirmed: bool,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Codes or folders; every built-in jurisdiction if none is given
    #[arg(value_name = "CODE | PATH")]
    pub targets: Vec<String>,
    /// Folder of rule folders that come before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// No warnings
    #[arg(long)]
    pub quiet: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    pub format: TextFormat,
}

#[derive(Debug, Args)]
pub struct LawArgs {
    /// Jurisdiction, such as `kg`, or the folder of a law
    #[arg(value_name = "CODE | PATH")]
    pub jurisdiction: String,
    /// Tax year, by the calendar year in which it begins; the current one, or the nearest that is covered, if not given
    #[arg(long, value_name = "YEAR", allow_negative_numbers = true)]
    pub year: Option<i32>,
    /// The whole history instead of one year
    #[arg(long, conflicts_with = "year")]
    pub all: bool,
    /// Folder of rule folders that come before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// How the card is written
    #[arg(long, value_enum, default_value = "table")]
    pub format: CardFormat,
    /// Where the card goes: the file is complete or it is not there
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct NewArgs {
    /// The folder to write; its name is the code of the country
    #[arg(value_name = "CODE | PATH")]
    pub folder: PathBuf,
    /// Name of the country
    #[arg(long, value_name = "NAME")]
    pub title: Option<String>,
    /// Currency in which the tax is computed
    #[arg(long, value_name = "CODE", default_value = "EUR")]
    pub currency: String,
    /// Time zone in which its days begin and end
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub time_zone: String,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Folder of rule folders that come before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// How the list is written
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
    /// Where the list goes: the file is complete or it is not there
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ExplainErrorArgs {
    /// Code of a message, such as `R0102`; every code is listed if none is given
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    /// How the result is written; md and json without a code have the whole catalogue
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}

/// Files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// A file of law
    Rules,
    /// Worked examples beside a law
    Example,
    /// Facts about the taxpayer
    Facts,
    /// How an export is read
    Format,
    /// Who reports its customers
    Provider,
}

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which file
    #[arg(value_enum, value_name = "FILE")]
    pub of: SchemaOf,
    /// Facts of this jurisdiction, such as `kg`
    #[arg(long = "in", value_name = "CODE")]
    pub jurisdiction: Option<String>,
    /// Folder of rule folders that come before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Where the schema goes
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
