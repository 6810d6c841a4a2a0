//! A comparison for people: as a table for a terminal, as Markdown, as CSV.

use std::fmt::Write;

use crate::compare::difference::Difference;
use crate::compare::{Compared, Comparison};
use crate::number::{Decimal, plain};
use crate::rules::book::Cause;

use super::markdown::cell;
use super::table::{grouped, shown, table, wrapped};

/// A block of the comparison: its title, its header, its rows.
struct Block {
    title: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Block {
    fn new<const N: usize>(title: impl Into<String>, header: [&str; N]) -> Block {
        Block { title: title.into(), header: header.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }
}

/// An amount that may not be known, as distinct from one that was refused.
fn or_unknown(value: Option<Decimal>) -> String {
    value.map_or_else(|| "unknown".to_owned(), grouped)
}

fn or_nothing(value: Option<Decimal>) -> String {
    value.map(grouped).unwrap_or_default()
}

fn hundredths(rate: Decimal) -> Decimal {
    rate.saturating_mul(Decimal::ONE_HUNDRED).round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// A rate with two decimals.
fn rate(value: Option<Decimal>) -> String {
    value.map(|v| format!("{:.2}%", hundredths(v))).unwrap_or_default()
}

fn blocks(c: &Comparison) -> Vec<Block> {
    let mut found = vec![taxes(c)];
    let mut add = |block: Block| {
        if !block.rows.is_empty() {
            found.push(block);
        }
    };
    add(ranges(c));
    add(bases(c));
    add(left_out(c));
    if let Some(difference) = &c.difference {
        add(apart(difference, &c.currency));
    }
    found
}

fn taxes(c: &Comparison) -> Block {
    let converted = format!("In {}", c.currency);
    let mut block = Block::new("", ["Law", "Year", "Tax", "", &converted, "Of gains", "Of gains and income"]);
    for law in &c.laws {
        let a = &law.assessment;
        block.row([
            law.code.clone(),
            a.tax_year.clone(),
            shown(a.total_tax),
            a.currency.clone(),
            if a.total_tax.is_some() { or_unknown(law.tax) } else { "refused".to_owned() },
            rate(law.rate_on_gains),
            rate(law.rate_on_all),
        ]);
    }
    block
}

fn ranges(c: &Comparison) -> Block {
    let title = format!("Lowest and highest under the readings and choices, in {}", c.currency);
    let mut block = Block::new(title, ["Law", "Lowest", "Highest", "Combinations"]);
    for law in &c.laws {
        let Some((low, high)) = law.range else { continue };
        let tried = match &law.assessment.range {
            Some(span) if span.complete => span.combinations.to_string(),
            Some(span) => format!("{}, each alone", span.combinations),
            None => "1".to_owned(),
        };
        block.row([law.code.clone(), grouped(low), grouped(high), tried]);
    }
    block
}

fn bases(c: &Comparison) -> Block {
    let title = format!("What the tax is taken of, in {}", c.currency);
    let mut block = Block::new(title, ["Law", "Gains", "Income", "Base of the largest tax"]);
    for law in c.laws.iter().filter(|l| l.gains.is_some() || l.income.is_some()) {
        let [gains, income, base] = [law.gains, law.income, law.base].map(|v| law.converted(v));
        block.row([law.code.clone(), or_unknown(gains), or_unknown(income), or_nothing(base)]);
    }
    block
}

fn left_out(c: &Comparison) -> Block {
    let mut block = Block::new("What is left out of tax", ["Law", "Why", "Amount", "", &format!("In {}", c.currency)]);
    for law in &c.laws {
        for (cause, amount) in &law.exempt {
            let currency = law.assessment.currency.clone();
            let converted = or_unknown(law.converted(*amount));
            block.row([law.code.clone(), cause.title().to_owned(), or_unknown(*amount), currency, converted]);
        }
    }
    block
}

fn apart(d: &Difference, currency: &str) -> Block {
    let (a, b) = &d.between;
    let mut block = Block::new(format!("Why {a} and {b} differ, in {currency}"), ["From", &format!("{a} less {b}")]);
    for (part, amount) in &d.parts {
        block.row([part.title().to_owned(), grouped(*amount)]);
    }
    if let Some(total) = d.total {
        block.row(["in all".to_owned(), grouped(total)]);
    }
    block
}

/// What stands below the tables: how amounts were converted, why a law has no total, what the difference leaves open.
fn notes(c: &Comparison) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for law in &c.laws {
        let reasons = &law.reasons;
        found.extend(reasons.iter().take(3).map(|reason| format!("{}: {reason}", law.code)));
        if reasons.len() > 3 {
            found.push(format!("{}: and {} further reasons", law.code, reasons.len() - 3));
        }
    }
    found.extend(c.laws.iter().filter_map(|l| l.conversion.as_ref()?.told()));
    if let Some(d) = c.difference.as_ref().filter(|d| !d.unknown.is_empty()) {
        let unknown: Vec<&str> = d.unknown.iter().map(|p| p.title()).collect();
        found.push(format!("Not known, and so among the rates of the difference: {}", unknown.join("; ")));
    }
    found.dedup();
    found
}

fn headline(c: &Comparison) -> String {
    let laws = if c.laws.len() == 1 { "law" } else { "laws" };
    format!("One ledger under {} {laws}, in {}", c.laws.len(), c.currency)
}

/// The tables as text, at most 100 columns wide.
pub fn text(c: &Comparison) -> String {
    let mut out = format!("{}\n\n", headline(c));
    for block in blocks(c) {
        if !block.title.is_empty() {
            out.push_str(&format!("{}\n", block.title));
        }
        let header: Vec<&str> = block.header.iter().map(String::as_str).collect();
        let mut table = table(&header);
        block.rows.into_iter().for_each(|row| table.row(row));
        out.push_str(&table.text());
        out.push('\n');
    }
    for note in notes(c) {
        // Writing to a string cannot fail.
        let _ = wrapped(&mut out, "  - ", &note);
    }
    out
}

/// The same as Markdown.
pub fn markdown(c: &Comparison) -> String {
    let mut out = format!("# {}\n", headline(c));
    for block in blocks(c) {
        if !block.title.is_empty() {
            let _ = write!(out, "\n## {}\n", block.title);
        }
        let line = |cells: &[String]| format!("| {} |\n", cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(" | "));
        let words = |column: usize| column == 0 || block.rows.iter().any(|r| r.get(column).is_some_and(|c| !is_amount(c)));
        let rule = (0..block.header.len()).map(|i| if words(i) { "---|" } else { "--:|" }).collect::<String>();
        let _ = write!(out, "\n{}|{rule}\n", line(&block.header));
        block.rows.iter().for_each(|row| out.push_str(&line(row)));
    }
    let notes = notes(c);
    if !notes.is_empty() {
        out.push('\n');
        notes.iter().for_each(|note| {
            let _ = writeln!(out, "- {note}");
        });
    }
    out
}

fn is_amount(text: &str) -> bool {
    matches!(text, "refused" | "unknown") || text.chars().all(|c| c.is_ascii_digit() || ",.-%".contains(c))
}

/// A line for each law; what is left out has a column for each cause that occurs. Amounts are exact.
pub fn csv(c: &Comparison) -> String {
    let mut causes: Vec<Cause> = c.laws.iter().flat_map(|l| &l.exempt).map(|(cause, _)| *cause).collect();
    causes.sort();
    causes.dedup();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fixed = [
        "jurisdiction",
        "tax_year",
        "currency",
        "total_tax",
        "converted_currency",
        "total_tax_converted",
        "rate_on_gains",
        "rate_on_gains_and_income",
        "gains",
        "income",
        "base",
        "lowest_converted",
        "highest_converted",
        "reasons",
    ];
    let named = causes.iter().map(|cause| format!("exempt_{}", cause.word()));
    // Writing to memory cannot fail, and all rows have the fields of the header.
    let _ = writer.write_record(fixed.iter().map(|f| (*f).to_owned()).chain(named));
    for law in &c.laws {
        let _ = writer.write_record(line(law, &c.currency).into_iter().chain(causes.iter().map(|cause| {
            let found = law.exempt.iter().find(|(other, _)| other == cause);
            // Nothing left out for a cause is zero; an amount that is not known is empty.
            found.map_or("0".to_owned(), |(_, amount)| amount.map(plain).unwrap_or_default())
        })));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn line(law: &Compared, currency: &str) -> Vec<String> {
    let a = &law.assessment;
    let amount = |value: Option<Decimal>| value.map(plain).unwrap_or_default();
    vec![
        law.code.clone(),
        a.tax_year.clone(),
        a.currency.clone(),
        amount(a.total_tax),
        currency.to_owned(),
        amount(law.tax),
        amount(law.rate_on_gains),
        amount(law.rate_on_all),
        amount(law.gains),
        amount(law.income),
        amount(law.base),
        amount(law.range.map(|(low, _)| low)),
        amount(law.range.map(|(_, high)| high)),
        law.reasons.join("; "),
    ]
}
