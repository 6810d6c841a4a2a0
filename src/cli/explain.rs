//! `fisc explain`

use std::path::PathBuf;

use crate::engine;
use crate::report::story::{self, tell};

use super::args::{Depth, ExplainArgs, Format};
use super::{End, assess, json, output, show, usage};

pub fn run(args: &ExplainArgs) -> End {
    match explain(args) {
        Ok(end) | Err(end) => end,
    }
}

fn explain(args: &ExplainArgs) -> Result<End, End> {
    let Some((figure, ledgers)) = args.words.split_last() else { return Err(usage("name ledgers, then the figure")) };
    if ledgers.is_empty() {
        return Err(usage("name at least one ledger before the figure"));
    }
    if args.common.year.is_none() {
        return Err(usage("name the tax year: `--year 2024`"));
    }
    let ledgers: Vec<PathBuf> = ledgers.iter().map(PathBuf::from).collect();
    let (book, inputs, options) = assess::question(&ledgers, &args.common)?;
    let faults: Vec<_> = inputs.problems.iter().filter(|p| p.is_error()).cloned().collect();
    show(&faults, &inputs.sources, args.common.quiet);
    match engine::explain(&book, &inputs, &options, figure) {
        Ok(step) => {
            let depth = match args.depth {
                Depth::Summary => story::Depth::Summary,
                Depth::Working => story::Depth::Working,
                Depth::Full => story::Depth::Full,
            };
            let text = if args.format == Format::Json { json(&step) } else { tell(&step, depth, args.why_not) };
            let written = output(&text, args.common.output.as_deref());
            let refused = step.value.is_none() || !faults.is_empty();
            Ok(if written != End::Done {
                written
            } else if refused {
                End::Errors
            } else {
                End::Done
            })
        }
        Err(problems) => {
            show(&problems, &inputs.sources, args.common.quiet);
            Ok(End::Errors)
        }
    }
}
