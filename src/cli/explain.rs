//! `fisc explain`

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::engine;
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
    if ledgers.is_empty() {
        return Err(usage("name at least one ledger before the figure: `fisc explain ledger.csv .. income_tax`"));
    }
    if args.common.year.is_none() {
        return Err(usage("name the tax year: `--year 2024`"));
    }
    let ledgers: Vec<PathBuf> = ledgers.iter().map(PathBuf::from).collect();
    let assess::Question { book, inputs, options, sources } = assess::question(&ledgers, &args.common)?;
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
