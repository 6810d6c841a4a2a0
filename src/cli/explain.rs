//! `fisc explain`

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::engine::{self, Options};
use crate::report::story::{self, tell};

use super::args::{Depth, ExplainArgs, TextFormat};
use super::{End, assess, json, output, show, usage};

pub fn run(args: &ExplainArgs) -> End {
    match explain(args) {
        Ok(end) | Err(end) => end,
    }
}

fn explain(args: &ExplainArgs) -> Result<End, End> {
    let Some((figure, ledgers)) = args.words.split_last() else { return Err(usage("name ledgers, then the figure")) };
    let ledgers: Vec<PathBuf> = ledgers.iter().map(PathBuf::from).collect();
    let asked = assess::question(&ledgers, &args.common)?;
    let year = args.common.year.or_else(|| args.on.map(|day| asked.book.calendar().year_of(day)));
    if !engine::is_of_a_day(&asked.book, figure) {
        if ledgers.is_empty() {
            // The misspelt name of something that needs no ledger.
            if let Some(problem) = engine::meant(&asked.book, figure) {
                show([&problem], &asked.sources, args.common.quiet);
                return Err(End::Errors);
            }
            return Err(usage("name at least one ledger before the figure: `fisc explain ledger.csv .. income_tax`"));
        }
        if year.is_none() {
            return Err(usage("name the tax year: `--year 2024`"));
        }
    }
    let assess::Question { book, inputs, options, sources } = asked;
    let options = Options { year: year.unwrap_or_default(), on: args.on, ..options };
    let faults: Vec<&Diagnostic> = inputs.problems.iter().filter(|p| p.is_error()).collect();
    show(faults.iter().copied(), &sources, args.common.quiet);
    let step = match engine::explain(&book, &inputs, &options, figure) {
        Ok(step) => step,
        Err(problems) => {
            show(problems.iter().filter(|p| !faults.contains(p)), &sources, args.common.quiet);
            return Err(End::Errors);
        }
    };
    let depth = match args.depth {
        Depth::Summary => story::Depth::Summary,
        Depth::Working => story::Depth::Working,
        Depth::Full => story::Depth::Full,
    };
    let text = if args.format == TextFormat::Json { json(&step) } else { tell(&step, depth, args.why_not) };
    let written = output(&text, args.common.output.as_deref());
    let sound = step.value.is_some() && faults.is_empty();
    Ok(if sound { End::Done } else { End::Errors }.or_unwritten(written))
}
