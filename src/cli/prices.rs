//! `fisc prices`

use crate::assess::Assessment;
use crate::diagnostic::{Diagnostic, Table};
use crate::engine;
use crate::report::table;
use crate::value::missing::{Missing, missing, name, template};

use super::args::By;
use super::args_prices::{FillFormat, MissingArgs, Only, PricesCommand};
use super::{End, assess, fail, json, output, show, usage};

pub fn run(command: &PricesCommand) -> End {
    match command {
        PricesCommand::Missing(args) => match list(args) {
            Ok(end) | Err(end) => end,
        },
        #[cfg(feature = "net")]
        PricesCommand::Fetch(args) => super::fetch::run(args),
    }
}

fn list(args: &MissingArgs) -> Result<End, End> {
    let years = match (&args.years, args.common.year) {
        (Some(text), _) => Some(assess::span(text)?),
        (None, Some(_)) => None,
        (None, None) => return Err(usage("name the tax year: `--year 2024`, or `--years 2022..2024`")),
    };
    let asked = assess::question(&args.ledgers, &args.common)?;
    let (book, inputs, options) = (&asked.book, &asked.inputs, &asked.options);
    let found: Vec<Assessment> = match (years, args.by) {
        (Some((from, to)), _) => engine::years(book, inputs, options, from, to),
        (None, Some(By::Taxpayer)) => engine::by_taxpayer(book, inputs, options).into_iter().map(|(_, a)| a).collect(),
        (None, None) => vec![engine::assess(book, inputs, options)],
    };
    // Faults of the files themselves: what they hide cannot be listed.
    let faults: Vec<&Diagnostic> = inputs.problems.iter().filter(|p| p.is_error()).collect();
    show(faults.iter().copied(), &asked.sources, args.common.quiet);
    let wanted = args.only.map(|only| if only == Only::Prices { Table::Prices } else { Table::Rates });
    let mut all = missing(&found);
    all.retain(|m| wanted.is_none_or(|table| m.want.table == table));
    let end = if faults.is_empty() { End::Done } else { End::Errors };
    if let Some(folder) = &args.fill {
        fill(&all, folder)?;
    }
    let text = match args.format {
        FillFormat::Json => json(&all),
        FillFormat::Csv => to_fill_in(&all)?,
        FillFormat::Table => listed(&all, &asked.book.valuation.rate_source),
    };
    Ok(end.or_unwritten(output(&text, args.common.output.as_deref())))
}

/// The tables to fill in, as files of a folder; one that nothing is missing in is not written.
fn fill(all: &[Missing], folder: &std::path::Path) -> Result<(), End> {
    if let Err(error) = std::fs::create_dir_all(folder) {
        return Err(fail(&format!("the folder `{}` cannot be made: {error}", folder.display())));
    }
    for table in [Table::Prices, Table::Rates].into_iter().filter(|t| all.iter().any(|m| m.want.table == *t)) {
        let path = folder.join(format!("{}.csv", name(table)));
        if path.exists() {
            // What somebody filled in is not written over.
            return Err(fail(&format!("`{}` is there already: move it away, or name another folder", path.display())));
        }
        match output(&template(table, all), Some(&path)) {
            End::Done => {}
            end => return Err(end),
        }
    }
    Ok(())
}

fn to_fill_in(all: &[Missing]) -> Result<String, End> {
    let mut tables: Vec<Table> = all.iter().map(|m| m.want.table).collect();
    tables.dedup();
    match tables.as_slice() {
        [] => Ok(String::new()),
        [table] => Ok(template(*table, all)),
        _ => Err(usage(
            "prices and rates are missing: these are two tables; choose one with `--only`, or write both with `--fill FOLDER`",
        )),
    }
}

fn listed(all: &[Missing], source: &str) -> String {
    let mut text = String::new();
    for (kind, title) in [
        (Table::Prices, "Prices that are missing, for `--prices`".to_owned()),
        (Table::Rates, format!("Rates that are missing, for `--rates` ({source})")),
    ] {
        let of: Vec<&Missing> = all.iter().filter(|m| m.want.table == kind).collect();
        if !of.is_empty() {
            text.push_str(&format!("{title}:\n\n"));
            let mut rows = table::table(&["When", "Of", "In", "Rows", "First row", "Line to add"]);
            for one in of {
                let first = one.rows.first().cloned().unwrap_or_else(|| "what is held".to_owned());
                let want = &one.want;
                rows.row([
                    want.when.clone(),
                    want.of.clone(),
                    want.currency.clone(),
                    one.rows.len().to_string(),
                    first,
                    one.example(),
                ]);
            }
            text.push_str(&rows.text());
            text.push('\n');
        }
    }
    if text.is_empty() { "Nothing is missing.\n".to_owned() } else { text }
}
