//! `fisc compare`

use crate::compare::{Asked, compare};
use crate::engine::Options;
use crate::ledger::is_currency;
use crate::library;
use crate::report::compare as report;
use crate::rules::RuleBook;

use super::args::{CompareArgs, Format};
use super::{End, assess, files, json, output, show, usage};

pub fn run(args: &CompareArgs) -> End {
    match compared(args) {
        Ok(end) | Err(end) => end,
    }
}

fn compared(args: &CompareArgs) -> Result<End, End> {
    let common = &args.common;
    if common.year.is_none() {
        return Err(usage("name the tax year: `--year 2024`"));
    }
    let mut laws: Vec<RuleBook> = Vec::new();
    let mut sources = crate::diagnostic::SourceMap::default();
    for code in common.jurisdiction.split(',').map(str::trim) {
        if laws.iter().any(|book| book.code == code) {
            return Err(usage(&format!("`--in` names `{code}` twice")));
        }
        let (book, texts) = files::law(code, common.rules.as_deref())?;
        sources.extend(&texts);
        laws.push(book);
    }
    let currency = args.currency.clone().or_else(|| laws.first().map(|b| b.currency.clone())).unwrap_or_default();
    if !is_currency(&currency) {
        return Err(usage(&format!("`--currency {currency}` is not a currency code of ISO 4217")));
    }
    let asked = Asked {
        currency,
        options: Options { all_readings: !args.as_chosen, all_choices: !args.as_chosen, ..assess::options(common)? },
        laws: laws.iter().map(|b| b.code.clone()).chain(library::codes(common.rules.as_deref())).collect(),
    };
    let inputs = files::inputs(&args.ledgers, common)?;
    sources.extend(&inputs.sources);
    let wrong = asked.errors(&laws, &inputs);
    if !wrong.is_empty() {
        show(&wrong, &sources, common.quiet);
        return Err(End::Usage);
    }
    let found = compare(&laws, &inputs, &asked);
    let messages: Vec<_> = found.laws.iter().flat_map(|l| l.assessment.errors.iter().chain(&l.assessment.warnings)).collect();
    show(messages.iter().copied(), &sources, common.quiet);
    let text = match args.format {
        Format::Table => report::text(&found),
        Format::Json => json(&found),
        Format::Csv => report::csv(&found),
        Format::Md => report::markdown(&found),
    };
    let written = output(&text, common.output.as_deref());
    let failed = found.laws.iter().any(|l| l.tax.is_none() || !l.assessment.errors.is_empty());
    Ok(if failed { End::Errors } else { End::Done }.or_unwritten(written))
}
