//! `fisc assess`

use std::path::PathBuf;

use crate::assess::Assessment;
use crate::diagnostic::SourceMap;
use crate::engine::{self, Inputs, Options};
use crate::report::json::{ByTaxpayer, Years};
use crate::report::{csv, markdown, table};
use crate::rules::RuleBook;

use super::args::{AssessArgs, By, Common, Format};
use super::{End, fail, files, json, output, show, usage};

/// The options that `assess`, `explain` and `compare` share.
pub fn options(common: &Common) -> Result<Options, End> {
    Ok(Options {
        year: common.year.unwrap_or_default(),
        readings: files::pairs(&common.reading, "--reading")?,
        choices: files::pairs(&common.choose, "--choose")?,
        strict: common.strict,
        all_readings: common.all_readings,
        all_choices: common.all_choices,
        holdings_on: None,
        taxpayer: common.taxpayer.clone(),
        ..Options::default()
    })
}

/// What is asked: the law, what it is applied to, and how.
pub struct Question {
    pub book: RuleBook,
    pub inputs: Inputs,
    pub options: Options,
    /// Texts of the inputs and of the law, for excerpts in messages.
    pub sources: SourceMap,
}

/// The question of a command line, or how the command ends without one.
pub fn question(ledgers: &[PathBuf], common: &Common) -> Result<Question, End> {
    let (book, mut sources) = files::law(&common.jurisdiction, common.rules.as_deref())?;
    let options = options(common)?;
    let inputs = files::inputs(ledgers, common)?;
    sources.extend(&inputs.sources);
    let wrong = engine::usage_errors(&book, &inputs, &options);
    if wrong.is_empty() {
        return Ok(Question { book, inputs, options, sources });
    }
    show(&wrong, &sources, common.quiet);
    Err(End::Usage)
}

pub fn run(args: &AssessArgs) -> End {
    match assess(args) {
        Ok(end) | Err(end) => end,
    }
}

fn assess(args: &AssessArgs) -> Result<End, End> {
    let years = match (&args.years, args.common.year) {
        (Some(text), _) => Some(span(text)?),
        (None, Some(_)) => None,
        (None, None) => return Err(usage("name the tax year: `--year 2024`, or `--years 2022..2024`")),
    };
    let mut asked = question(&args.ledgers, &args.common)?;
    asked.options.holdings_on = args.holdings_on;
    let Question { book, inputs, options, sources } = &asked;
    let found = match (years, args.by) {
        (Some((from, to)), _) => Found::Years(engine::years(book, inputs, options, from, to)),
        (None, Some(By::Taxpayer)) => Found::Taxpayers(engine::by_taxpayer(book, inputs, options)),
        (None, None) => Found::One(Box::new(engine::assess(book, inputs, options))),
    };
    let all = found.all();
    // Rows that name nobody would be passed over where the facts alone name taxpayers.
    let unnamed = args.by.is_some() && !inputs.ledger.rows.is_empty() && inputs.ledger.taxpayers().is_empty();
    if all.is_empty() || unnamed {
        show(&inputs.problems, sources, args.common.quiet);
        return Err(fail("no row of the ledger names a taxpayer: leave out `--by taxpayer`"));
    }
    let messages: Vec<_> = all.iter().flat_map(|a| a.errors.iter().chain(&a.warnings)).collect();
    show(messages.iter().copied(), sources, args.common.quiet);
    let written = output(&found.text(args.format), args.common.output.as_deref());
    let failed = all.iter().any(|a| !a.errors.is_empty() || a.total_tax.is_none());
    Ok(if failed { End::Errors } else { End::Done }.or_unwritten(written))
}

/// `2022..2024`
pub fn span(text: &str) -> Result<(i32, i32), End> {
    const YEARS_MAX: i32 = 200;
    let parsed = text.split_once("..").and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().parse().ok()?)));
    let Some((from, to)): Option<(i32, i32)> = parsed else {
        return Err(usage(&format!("`--years {text}` is not FROM..TO, such as `2022..2024`")));
    };
    match to.checked_sub(from) {
        Some(0..YEARS_MAX) => Ok((from, to)),
        Some(..0) => Err(usage(&format!("`--years {text}` ends before it begins"))),
        _ => Err(usage(&format!("`--years {text}` are more than {YEARS_MAX} years"))),
    }
}

/// One assessment, or several of one kind.
enum Found {
    One(Box<Assessment>),
    Years(Vec<Assessment>),
    Taxpayers(Vec<(String, Assessment)>),
}

impl Found {
    fn all(&self) -> Vec<&Assessment> {
        match self {
            Found::One(one) => vec![one],
            Found::Years(years) => years.iter().collect(),
            Found::Taxpayers(all) => all.iter().map(|(_, a)| a).collect(),
        }
    }

    fn text(&self, format: Format) -> String {
        match format {
            Format::Json => match self {
                Found::One(one) => json(one),
                Found::Years(years) => json(&Years { years }),
                Found::Taxpayers(all) => json(&ByTaxpayer(all)),
            },
            Format::Csv => match self {
                Found::One(one) => csv::disposals(one),
                Found::Years(years) => csv::by("tax_year", years.iter().map(|a| (a.tax_year.as_str(), a))),
                Found::Taxpayers(all) => csv::by("taxpayer", all.iter().map(|(id, a)| (id.as_str(), a))),
            },
            Format::Table => self.each(table::assessment, "Taxpayer "),
            Format::Md => self.each(markdown::assessment, "## Taxpayer "),
        }
    }

    /// One after the other, each taxpayer under a heading.
    fn each(&self, one: impl Fn(&Assessment) -> String, heading: &str) -> String {
        let texts: Vec<String> = match self {
            Found::One(a) => vec![one(a)],
            Found::Years(years) => years.iter().map(one).collect(),
            Found::Taxpayers(all) => all.iter().map(|(id, a)| format!("{heading}{id}\n\n{}", one(a))).collect(),
        };
        texts.join("\n")
    }
}
