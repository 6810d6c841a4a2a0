//! `fisc assess`

use crate::assess::Assessment;
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Inputs, Options};
use crate::report::json::{ByTaxpayer, Years};
use crate::report::{csv, markdown, table};
use crate::rules::RuleBook;

use super::args::{AssessArgs, Common, Format};
use super::{End, files, json, output, show, usage};

/// The options that `assess` and `explain` share.
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
    })
}

/// The law, the inputs and the options, or how the command ends without them.
pub fn question(ledgers: &[std::path::PathBuf], common: &Common) -> Result<(RuleBook, Inputs, Options), End> {
    let book = files::law(&common.jurisdiction, common.rules.as_deref())?;
    let options = options(common)?;
    let inputs = files::inputs(ledgers, common)?;
    let wrong = engine::usage_errors(&book, &inputs, &options);
    if !wrong.is_empty() {
        show(&wrong, &inputs.sources, common.quiet);
        return Err(End::Usage);
    }
    Ok((book, inputs, options))
}

pub fn run(args: &AssessArgs) -> End {
    match assess(args) {
        Ok(end) | Err(end) => end,
    }
}

fn assess(args: &AssessArgs) -> Result<End, End> {
    let years = match (&args.years, args.common.year) {
        (Some(text), _) => Some(span(text).ok_or_else(|| usage(&format!("`--years {text}` is not FROM..TO")))?),
        (None, Some(_)) => None,
        (None, None) => return Err(usage("name the tax year: `--year 2024`, or `--years 2022..2024`")),
    };
    let (book, inputs, mut options) = question(&args.ledgers, &args.common)?;
    options.holdings_on = args.holdings_on;
    let (text, all) = match (years, args.by) {
        (Some((from, to)), _) => {
            let all = engine::years(&book, &inputs, &options, from, to);
            let text = if args.format == Format::Json { json(&Years { years: &all }) } else { each(&all, args.format) };
            (text, all)
        }
        (None, Some(_)) => {
            let all = engine::by_taxpayer(&book, &inputs, &options);
            let text = match args.format {
                Format::Json => json(&ByTaxpayer(&all)),
                _ => all.iter().map(|(id, a)| format!("Taxpayer {id}\n{}", one(a, args.format))).collect(),
            };
            (text, all.into_iter().map(|(_, a)| a).collect())
        }
        (None, None) => {
            let all = vec![engine::assess(&book, &inputs, &options)];
            (each(&all, args.format), all)
        }
    };
    let mut told: Vec<Diagnostic> = Vec::new();
    for problem in all.iter().flat_map(|a| a.errors.iter().chain(&a.warnings)) {
        if !told.contains(problem) {
            told.push(problem.clone());
        }
    }
    let mut sources = inputs.sources.clone();
    law_sources(args, &mut sources);
    show(&told, &sources, args.common.quiet);
    let written = output(&text, args.common.output.as_deref());
    let failed = all.iter().any(|a| !a.errors.is_empty() || a.total_tax.is_none());
    Ok(if written != End::Done {
        written
    } else if failed {
        End::Errors
    } else {
        End::Done
    })
}

/// Messages may point into the law too.
fn law_sources(args: &AssessArgs, sources: &mut crate::diagnostic::SourceMap) {
    sources.extend(&crate::library::law(&args.common.jurisdiction, args.common.rules.as_deref()).sources);
}

fn span(text: &str) -> Option<(i32, i32)> {
    let (from, to) = text.split_once("..")?;
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from <= to && to - from < 200).then_some((from, to))
}

fn each(all: &[Assessment], format: Format) -> String {
    all.iter().map(|a| one(a, format)).collect::<Vec<_>>().join("\n")
}

fn one(assessment: &Assessment, format: Format) -> String {
    match format {
        Format::Table => table::assessment(assessment),
        Format::Json => json(assessment),
        Format::Csv => csv::disposals(assessment),
        Format::Md => markdown::assessment(assessment),
    }
}
