//! The working of a figure as an indented tree.

use std::collections::HashSet;

use crate::explain::Step;

/// How much of a story is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The figure, its formula, and the values put in.
    Summary,
    /// Down to rows and values of the law.
    Working,
    /// With every branch not taken and every note.
    Full,
}

/// The tree as text. `why_not` shows the branches not taken at every depth.
pub fn tell(step: &Step, depth: Depth, why_not: bool) -> String {
    let mut out = String::new();
    let level = match depth {
        Depth::Summary => 1,
        Depth::Working | Depth::Full => usize::MAX,
    };
    // The working of a rule comes by the same figures more than once.
    let mut told = (step.unit == "finding").then(HashSet::new);
    write(step, "", "", level, (depth, why_not), &mut told, &mut out);
    out
}

/// What was told with its parts, where it is told once only.
type Seen<'a> = Option<HashSet<(&'a str, Option<&'a str>)>>;

fn write<'a>(
    step: &'a Step,
    lead: &str,
    below: &str,
    level: usize,
    (depth, why_not): (Depth, bool),
    told: &mut Seen<'a>,
    out: &mut String,
) {
    let value = match (&step.value, step.unit.as_str()) {
        (Some(value), "" | "fact" | "label" | "reading" | "choice" | "yes or no" | "date" | "word" | "number") => value.clone(),
        (Some(value), "finding") => value.replace('_', " "),
        (Some(value), "rate") => percent(value),
        (Some(value), unit) => format!("{value} {unit}"),
        (None, _) => "refused".to_owned(),
    };
    let place = step.place.as_ref().map(|p| format!("   [{p}]")).unwrap_or_default();
    let again = !step.parts.is_empty() && told.as_mut().is_some_and(|told| !told.insert((&step.name, step.value.as_deref())));
    let above = if again { "   (as above)" } else { "" };
    out.push_str(&format!("{lead}{} = {value}{place}{above}\n", step.name));
    if again {
        return;
    }
    let bar = if step.parts.is_empty() || level == 0 { "   " } else { "|  " };
    let mut line = |text: String| out.push_str(&format!("{below}{bar}{text}\n"));
    if let Some(formula) = &step.formula {
        line(format!("  = {}", formula.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    if let Some(with) = step.with.as_ref().filter(|w| Some(*w) != step.value.as_ref()) {
        line(format!("  = {with}"));
    }
    for note in step.notes.iter().filter(|n| tells(n, depth, why_not)) {
        line(format!("  {note}"));
    }
    if depth != Depth::Summary && !step.cite.is_empty() {
        line(format!("  by {}", together(&step.cite)));
    }
    if level == 0 {
        return;
    }
    let last = step.parts.len().saturating_sub(1);
    for (index, part) in step.parts.iter().enumerate() {
        let (lead, next) = if index == last { ("`- ", "   ") } else { ("|- ", "|  ") };
        write(part, &format!("{below}{lead}"), &format!("{below}{next}"), level - 1, (depth, why_not), told, out);
    }
}

/// Citations with an act named once for its articles: `Tax Code, Art. 4 (confirmed), Art. 189 (confirmed)`.
fn together(cite: &[String]) -> String {
    let mut out = String::new();
    let mut last: Option<&str> = None;
    for one in cite {
        let act = one.split_once(", Art").map(|(act, _)| act);
        match (act, last) {
            (Some(act), Some(before)) if act == before => out.push_str(one.get(act.len()..).unwrap_or(one)),
            _ => {
                out.push_str(if out.is_empty() { "" } else { "; " });
                out.push_str(one);
            }
        }
        last = act;
    }
    out
}

fn tells(note: &str, depth: Depth, why_not: bool) -> bool {
    let not_taken = note.starts_with("not taken") || note.starts_with("not chosen");
    note.starts_with("refused") || depth == Depth::Full || (depth == Depth::Working && !not_taken) || (why_not && not_taken)
}

/// `0.1` as `10%`.
fn percent(value: &str) -> String {
    match crate::number::parse(value) {
        Ok(rate) => crate::number::percent(rate),
        Err(_) => value.to_owned(),
    }
}
