//! An assessment as Markdown, for a letter or a file.

use std::fmt::Write;

use crate::assess::Assessment;
use crate::assess::assessment::{OptionReport, QuantityValue};
use crate::number::Decimal;

use super::side_by_side;
use super::table::{grouped, shown};

/// The whole document.
pub fn assessment(a: &Assessment) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(a, &mut out);
    out
}

fn write_all(a: &Assessment, out: &mut String) -> std::fmt::Result {
    writeln!(out, "# {} {}\n", a.jurisdiction, a.tax_year)?;
    writeln!(out, "Tax on what the ledger shows: **{} {}**\n", shown(a.total_tax), a.currency)?;
    let late = a.taxes.iter().any(|t| t.late_interest.is_some());
    let (head, rule) = if late { (" Late interest |", "--:|") } else { ("", "") };
    writeln!(out, "| Tax | Period | Base | Whole | By the ledger | Payable | Due |{head}\n|---|---|--:|--:|--:|--:|---|{rule}")?;
    for t in &a.taxes {
        let due = t.due.map(|d| d.to_string()).unwrap_or_default();
        let base = t.base.map(grouped).unwrap_or_default();
        writeln!(
            out,
            "| {} | {} | {base} | {} | {} | {} | {due} |{}",
            cell(&t.title),
            t.period,
            shown(t.whole),
            shown(t.amount),
            shown(t.payable),
            if late { format!(" {} |", t.late_interest.map(grouped).unwrap_or_default()) } else { String::new() }
        )?;
    }
    if a.taxes.iter().any(|t| t.advances.as_ref().is_some_and(|list| !list.is_empty())) {
        writeln!(out, "\n| Paid on account | Period | Amount | Due |\n|---|---|--:|---|")?;
        for (t, advance) in a.taxes.iter().flat_map(|t| t.advances.iter().flatten().map(move |a| (t, a))) {
            let due = advance.due.map(|d| d.to_string()).unwrap_or_default();
            writeln!(out, "| {} | {} | {} | {due} |", cell(&t.title), advance.period, shown(advance.amount))?;
        }
    }
    writeln!(out, "\n| Figure | Amount |\n|---|--:|")?;
    for (name, value) in &a.quantities {
        match value {
            QuantityValue::One(v) => writeln!(out, "| {name} | {} |", shown(*v))?,
            QuantityValue::Map(map) => {
                for (key, v) in map.iter().filter(|(_, v)| *v != Some(Decimal::ZERO)) {
                    writeln!(out, "| {name} {key} | {} |", shown(*v))?;
                }
            }
        }
    }
    for (title, list) in [("Readings", &a.readings), ("Choices", &a.choices)] {
        if list.is_empty() {
            continue;
        }
        writeln!(out, "\n## {title}\n")?;
        for r in list.iter().filter(|r| r.matters || r.under.is_empty()) {
            writeln!(out, "- **{}**: {}. {}", r.name, r.chosen, r.question)?;
        }
        side_by_side(list, out)?;
    }
    if let Some(span) = &a.range {
        writeln!(out, "\n## Lowest and highest total\n")?;
        for line in side_by_side::range(a, span) {
            writeln!(out, "- {line}")?;
        }
    }
    if !a.assumptions.is_empty() {
        writeln!(out, "\n## Assumptions\n")?;
        for one in &a.assumptions {
            writeln!(out, "- {}", one.message)?;
        }
    }
    let problems: Vec<_> = a.errors.iter().chain(&a.warnings).collect();
    if !problems.is_empty() {
        writeln!(out, "\n## Errors and warnings\n")?;
        for p in problems {
            let place = p.place.as_ref().map(|p| format!(" ({}:{})", p.file, p.line)).unwrap_or_default();
            writeln!(out, "- {} {}{place}", p.code.id(), p.message)?;
        }
    }
    Ok(())
}

/// A row a reading, a column an option.
fn side_by_side(list: &[OptionReport], out: &mut String) -> std::fmt::Result {
    let (rows, idle) = side_by_side::rows(list);
    let columns = rows.iter().map(|r| r.others.len()).max().unwrap_or(0);
    let text = |cell: &side_by_side::Cell| format!(" `{}` {} |", cell.option, cell.lines.join("; "));
    if columns > 0 {
        writeln!(out, "\n| Side by side | Chosen |{}", " Otherwise |".repeat(columns))?;
        writeln!(out, "|---|---|{}", "---|".repeat(columns))?;
    }
    for row in &rows {
        let mut others: String = row.others.iter().map(text).collect();
        others.push_str(&" |".repeat(columns.saturating_sub(row.others.len())));
        let note = if row.alone { "" } else { " (only with others)" };
        writeln!(out, "| {}{note} |{}{others}", row.name, text(&row.chosen))?;
    }
    if !idle.is_empty() {
        writeln!(out, "\nWithout effect here: {}.", idle.join(", "))?;
    }
    Ok(())
}

/// A bar inside a cell would end it.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
