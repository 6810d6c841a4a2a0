//! Readings and choices side by side: a row a reading, a column an option, each with its difference to what was chosen.

use crate::assess::Assessment;
use crate::assess::assessment::{Extreme, OptionReport, Span, Under};
use crate::number::{self, Decimal};

use super::table::{grouped, shown};

/// One option of a row.
pub struct Cell {
    pub option: String,
    /// The total, and what differs.
    pub lines: Vec<String>,
}

/// One reading or choice that changes some tax.
pub struct Row {
    pub name: String,
    /// False if it changes something only together with others.
    pub alone: bool,
    pub chosen: Cell,
    pub others: Vec<Cell>,
}

/// The rows of those that matter, and the names of those that change nothing.
pub fn rows(list: &[OptionReport]) -> (Vec<Row>, Vec<&str>) {
    let tried = || list.iter().filter(|r| !r.under.is_empty());
    let idle = tried().filter(|r| !r.matters).map(|r| r.name.as_str()).collect();
    (tried().filter(|r| r.matters).filter_map(row).collect(), idle)
}

fn row(report: &OptionReport) -> Option<Row> {
    let chosen = report.under.iter().find(|u| u.option == report.chosen)?;
    let others = report.under.iter().filter(|u| u.option != report.chosen);
    let alone = others.clone().any(|u| (u.total_tax, &u.taxes) != (chosen.total_tax, &chosen.taxes));
    let others = others.map(|u| Cell { option: u.option.clone(), lines: differences(chosen, u) }).collect();
    let chosen = Cell { option: chosen.option.clone(), lines: vec![shown(chosen.total_tax)] };
    Some(Row { name: report.name.clone(), alone, chosen, others })
}

/// The total with its difference; where only the parts differ, those taxes.
fn differences(chosen: &Under, other: &Under) -> Vec<String> {
    let mut lines = vec![with_difference(chosen.total_tax, other.total_tax)];
    if chosen.total_tax == other.total_tax {
        for (id, whole) in &other.taxes {
            let before = chosen.taxes.iter().find(|(known, _)| known == id).map_or(Some(Decimal::ZERO), |(_, whole)| *whole);
            if before != *whole {
                lines.push(format!("{id} {}", with_difference(before, *whole)));
            }
        }
        for (id, _) in chosen.taxes.iter().filter(|(id, _)| other.taxes.iter().all(|(known, _)| known != id)) {
            lines.push(format!("no {id}"));
        }
    }
    lines
}

fn with_difference(before: Option<Decimal>, after: Option<Decimal>) -> String {
    match before.zip(after) {
        Some((before, after)) if before == after => format!("{} (=)", grouped(after)),
        Some((before, after)) => {
            let difference = number::sub(after, before).map_or(Decimal::ZERO, |r| r.value);
            format!("{} ({}{})", grouped(after), if difference.is_sign_positive() { "+" } else { "" }, grouped(difference))
        }
        None => shown(after),
    }
}

/// The lowest and the highest total, each with what gives it, then what was tried.
pub fn range(a: &Assessment, span: &Span) -> Vec<String> {
    let one = |word: &str, extreme: &Extreme| {
        let differs = |(is_reading, name, option): &(bool, String, String)| {
            let list = if *is_reading { &a.readings } else { &a.choices };
            let chosen = list.iter().find(|r| r.name == *name && r.matters).is_some_and(|r| r.chosen != *option);
            chosen.then(|| format!("{name}={option}"))
        };
        let options: Vec<String> = extreme.options.iter().filter_map(differs).collect();
        let options = if options.is_empty() { "as chosen".to_owned() } else { format!("with {}", options.join(", ")) };
        format!("{word} {} {}, {options}", grouped(extreme.total_tax), a.currency)
    };
    let mut lines = Vec::new();
    lines.extend(span.lowest.as_ref().map(|x| one("Lowest:", x)));
    lines.extend(span.highest.as_ref().map(|x| one("Highest:", x)));
    let all = Decimal::from(span.combinations);
    lines.push(if span.complete {
        match span.combinations {
            1 => "(there is one combination)".to_owned(),
            2 => "(of both combinations)".to_owned(),
            _ => format!("(of all {} combinations)", grouped(all)),
        }
    } else {
        format!("(each alone, the others as chosen: of {} combinations too many differ to try all)", grouped(all))
    });
    if span.refused > 0 {
        lines.push(format!(
            "({} of those tried have no total: something they need is missing)",
            grouped(Decimal::from(span.refused))
        ));
    }
    lines
}
