//! An assessment for a terminal: the total first, then what it is made of, then what it rests on.

use std::fmt::Write;

use crate::assess::Assessment;
use crate::assess::assessment::{OptionReport, QuantityValue, TaxLine};
use crate::number::{Decimal, plain};
use crate::regulate::Outcome;

use super::side_by_side;

/// Decimals shown in a table; the JSON has all of them.
const DECIMALS: u32 = 2;

/// An amount for people: thousands apart, at most two decimals.
pub fn grouped(value: Decimal) -> String {
    let rounded = value.round_dp_with_strategy(DECIMALS, rust_decimal::RoundingStrategy::MidpointAwayFromZero).normalize();
    let text = plain(rounded);
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction:0<2}") };
    format!("{sign}{out}{fraction}")
}

/// An amount for people, or that it was refused.
pub fn shown(value: Option<Decimal>) -> String {
    value.map_or_else(|| "refused".to_owned(), grouped)
}

/// The whole table as text.
pub fn assessment(a: &Assessment) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(a, &mut out);
    out
}

fn write_all(a: &Assessment, out: &mut String) -> std::fmt::Result {
    let headline = a.total_tax.map_or("refused: see the errors".to_owned(), |t| format!("{} {}", grouped(t), a.currency));
    writeln!(out, "{} {}   tax on what the ledger shows: {headline}\n", a.jurisdiction, a.tax_year)?;
    taxes(a, out)?;
    quantities(a, out)?;
    let counts = [
        (a.disposals.len(), "matched sale", "matched sales"),
        (a.income.len(), "receipt", "receipts"),
        (a.expenses.len(), "cost", "costs"),
        (a.holdings.len(), "lot held at the end", "lots held at the end"),
    ];
    let count = |(n, one, many): &(usize, &str, &str)| format!("{n} {}", if *n == 1 { one } else { many });
    let counts: Vec<String> = counts.iter().filter(|(n, ..)| *n > 0).map(count).collect();
    if !counts.is_empty() {
        writeln!(out, "Rows: {}\n", counts.join(", "))?;
    }
    findings(a, out)?;
    readings(a, out)?;
    if !a.assumptions.is_empty() {
        writeln!(out, "Assumed")?;
        for one in &a.assumptions {
            wrapped(out, "  - ", &one.message)?;
        }
        writeln!(out)?;
    }
    if let Some(tax) = a.taxes.iter().find(|t| t.whole.is_none_or(|w| !w.is_zero())).or(a.taxes.first()) {
        let period = if tax.period == a.tax_year { String::new() } else { format!("@{}", tax.period) };
        writeln!(out, "How a figure came about: fisc explain .. {}{period}", tax.id)?;
    }
    Ok(())
}

/// How many rules beside taxes are not met; the JSON and `fisc comply` tell them.
fn findings(a: &Assessment, out: &mut String) -> std::fmt::Result {
    let count = |outcome: Outcome| a.findings.iter().filter(|f| f.outcome == outcome).count();
    let told = [(Outcome::Failed, "not met"), (Outcome::ToReport, "to report"), (Outcome::NotChecked, "not checked")];
    let said: Vec<String> = told
        .iter()
        .map(|(outcome, words)| (count(*outcome), words))
        .filter(|(n, _)| *n > 0)
        .map(|(n, w)| format!("{n} {w}"))
        .collect();
    if said.is_empty() {
        return Ok(());
    }
    writeln!(out, "Beside taxes: {} (fisc comply .. --in {} --on {})\n", said.join(", "), a.jurisdiction, a.to)
}

fn taxes(a: &Assessment, out: &mut String) -> std::fmt::Result {
    if a.taxes.is_empty() {
        return writeln!(out, "No tax of this law applies.\n");
    }
    let zero = |t: &&TaxLine| t.whole == Some(Decimal::ZERO) && t.period != a.tax_year;
    let late = a.taxes.iter().any(|t| t.late_interest.is_some());
    let mut table = self::table(&["Tax", "Period", "Base", "Whole", "By the ledger", "Payable", "Due"]);
    if late {
        table.head("Late interest");
    }
    for tax in a.taxes.iter().filter(|t| !zero(t)) {
        let base = if tax.whole.is_none() && tax.base.is_none() {
            "refused".to_owned()
        } else {
            tax.base.map(grouped).unwrap_or_default()
        };
        let due = tax.due.map(|d| d.to_string()).unwrap_or_default();
        let cells = [tax.title.clone(), tax.period.clone(), base, shown(tax.whole), shown(tax.amount), shown(tax.payable), due];
        let interest = tax.late_interest.map(grouped).unwrap_or_default();
        table.row(cells.into_iter().chain(late.then_some(interest)));
    }
    out.push_str(&table.text());
    let zeros = a.taxes.iter().filter(zero).count();
    if zeros > 0 {
        let periods = if zeros == 1 { "period" } else { "periods" };
        writeln!(out, "  ({zeros} {periods} with a tax of zero left out)")?;
    }
    writeln!(out)?;
    advances(a, out)
}

fn advances(a: &Assessment, out: &mut String) -> std::fmt::Result {
    let mut table = self::table(&["Paid on account", "Period", "Amount", "Due"]);
    for (tax, advance) in a.taxes.iter().flat_map(|t| t.advances.iter().flatten().map(move |a| (t, a))) {
        let due = advance.due.map(|d| d.to_string()).unwrap_or_default();
        table.row([tax.title.clone(), advance.period.clone(), shown(advance.amount), due]);
    }
    if table.rows.len() > 1 {
        out.push_str(&table.text());
        writeln!(out)?;
    }
    Ok(())
}

fn quantities(a: &Assessment, out: &mut String) -> std::fmt::Result {
    let mut table = self::table(&["Figure", "Amount"]);
    let mut any = false;
    for (name, value) in &a.quantities {
        let text = match value {
            QuantityValue::One(Some(v)) if v.is_zero() => continue,
            QuantityValue::One(v) => shown(*v),
            QuantityValue::Map(map) => {
                let some: Vec<String> =
                    map.iter().filter(|(_, v)| *v != Some(Decimal::ZERO)).map(|(k, v)| format!("{k} {}", shown(*v))).collect();
                match some.len() {
                    0 => continue,
                    1..=12 => some.join("\n"),
                    n => format!("{n} values"),
                }
            }
        };
        any = true;
        table.row([name.clone(), text]);
    }
    if any {
        out.push_str(&table.text());
        writeln!(out)?;
    }
    Ok(())
}

fn readings(a: &Assessment, out: &mut String) -> std::fmt::Result {
    for (title, list) in [("Readings of the law (where it is unclear)", &a.readings), ("Choices", &a.choices)] {
        if list.is_empty() {
            continue;
        }
        writeln!(out, "{title}")?;
        // Side by side, those that change nothing are named in one line below.
        for report in list.iter().filter(|r| r.matters || r.under.is_empty()) {
            let mark = if report.chosen == report.default { "" } else { " (not the default)" };
            wrapped(out, "  - ", &format!("{}: {}{mark}. {}", report.name, report.chosen, report.question))?;
        }
        side_by_side(list, out)?;
        writeln!(out)?;
    }
    if let Some(span) = &a.range {
        writeln!(out, "Lowest and highest total")?;
        for line in side_by_side::range(a, span) {
            wrapped(out, "  ", &line)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A row a reading, a column an option; what is more than fits the width stands on further lines of the row.
fn side_by_side(list: &[OptionReport], out: &mut String) -> std::fmt::Result {
    const OTHERS: usize = 2;
    let (rows, idle) = side_by_side::rows(list);
    let mut table = self::table(&["Side by side", "Chosen", "Otherwise", ""]);
    let text = |cell: &side_by_side::Cell| format!("{}\n{}", cell.option, cell.lines.join("\n"));
    let name = |row: &side_by_side::Row| {
        if row.alone { row.name.clone() } else { format!("{}\n(only with others)", row.name) }
    };
    for row in &rows {
        let mut first = true;
        for others in row.others.chunks(OTHERS) {
            let mut cells = others.iter().map(text);
            let (name, chosen) = if first { (name(row), text(&row.chosen)) } else { Default::default() };
            table.row([name, chosen, cells.next().unwrap_or_default(), cells.next().unwrap_or_default()]);
            first = false;
        }
    }
    if !rows.is_empty() {
        writeln!(out)?;
        out.push_str(&table.text());
    }
    if !idle.is_empty() {
        wrapped(out, "  ", &format!("Without effect here: {}.", idle.join(", ")))?;
    }
    Ok(())
}

/// Text wrapped at 90 columns behind a bullet.
pub(super) fn wrapped(out: &mut String, bullet: &str, text: &str) -> std::fmt::Result {
    let mut line = bullet.to_owned();
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() > 90 {
            writeln!(out, "{}", line.trim_end())?;
            line = " ".repeat(bullet.len());
        }
        line.push_str(word);
        line.push(' ');
    }
    writeln!(out, "{}", line.trim_end())
}

/// A plain table: columns padded, amounts to the right.
pub struct Table {
    rows: Vec<Vec<String>>,
}

pub(crate) fn table(header: &[&str]) -> Table {
    Table { rows: vec![header.iter().map(|h| (*h).to_owned()).collect()] }
}

impl Table {
    /// One more column.
    fn head(&mut self, title: &str) {
        if let Some(header) = self.rows.first_mut() {
            header.push(title.to_owned());
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(crate) fn text(&self) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let width = |column: usize| {
            self.rows
                .iter()
                .flat_map(|r| cell(r, column).lines().map(|l| l.chars().count()).collect::<Vec<_>>())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let right = |column: usize| {
            self.rows.iter().skip(1).all(|r| {
                cell(r, column).lines().all(|l| l == "refused" || l.chars().all(|c| c.is_ascii_digit() || ",.-%".contains(c)))
            }) && column > 0
        };
        let mut out = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let height = row.iter().map(|c| c.lines().count()).max().unwrap_or(1).max(1);
            for line in 0..height {
                let mut text = String::from("  ");
                for (column, width) in widths.iter().enumerate() {
                    let content = cell(row, column).lines().nth(line).unwrap_or_default().to_owned();
                    let padded = if right(column) { format!("{content:>width$}") } else { format!("{content:<width$}") };
                    text.push_str(&padded);
                    text.push_str("  ");
                }
                out.push_str(text.trim_end());
                out.push('\n');
            }
            if index == 0 {
                let rule: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
                out.push_str(&format!("  {}\n", rule.join("  ").trim_end()));
            }
        }
        out
    }
}
