//! Every key and every value of the law in turn: misspelt, gone. In an ordinary run one in `STRIDE` of them, in a full run
//! (`FISC_FULL=1`, as `make test-full` sets it) all.

use fisc::diagnostic::{Code, Diagnostic};

use crate::law::{File, files, new_messages, on_line, stands_at, told};
use crate::tree::{Spot, Style, misspelt, replaced};

const STRIDE: usize = 7;

/// The places to try: all of them, or an even part.
fn some<T>(all: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let stride = if std::env::var_os("FISC_FULL").is_some() { 1 } else { STRIDE };
    all.step_by(stride)
}

fn every() -> impl Iterator<Item = (usize, &'static File, &'static Spot)> {
    files().iter().enumerate().flat_map(|(index, file)| file.spots.iter().map(move |spot| (index, file, spot)))
}

/// Text that only people read.
const FOR_READERS: &[&str] = &["title", "note", "argument", "question", "url", "at", "source"];

/// Keys behind which a formula stands.
const FORMULAS: &[&str] = &[
    "formula",
    "when",
    "then",
    "otherwise",
    "applies",
    "base",
    "rate",
    "amount",
    "less",
    "cost",
    "proceeds",
    "limit",
    "subject",
    "requires",
    "forbids",
    "must_report",
];

/// Words of formulas that are no names.
const WORDS: &[&str] = &[
    "if",
    "then",
    "else",
    "and",
    "or",
    "not",
    "is",
    "in",
    "sum",
    "count",
    "largest",
    "smallest",
    "average",
    "of",
    "over",
    "where",
    "its",
    "matches",
    "disposals",
    "income",
    "expenses",
    "acquisitions",
    "transactions",
    "months",
    "quarters",
    "days",
    "between",
    "at",
    "period",
    "begin",
    "end",
    "known",
    "previous",
    "min",
    "max",
    "positive",
    "abs",
    "round",
    "share",
    "to",
    "toward",
    "yes",
    "no",
    "value",
    "zero",
    "unknown",
    "month",
    "year",
    "years",
    "day",
    "half_up",
    "half_even",
    "down",
    "up",
    "any",
    "ending",
    "so",
    "far",
    "the",
];

/// Words as they stand in a text: letters, digits and `_`, with their bytes.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        if piece.starts_with(|c: char| c.is_ascii_alphabetic()) {
            found.push((at, piece));
        }
        at += piece.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// How often a name is used: in values, apart from text for readers.
fn uses(name: &str) -> usize {
    let told = |s: &&Spot| s.is_scalar() && !FOR_READERS.contains(&s.path.last().map_or("", |l| l.as_str()));
    let all = files().iter().flat_map(|f| &f.spots).filter(told);
    all.flat_map(|s| s.text.split(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c)))).filter(|w| *w == name).count()
}

/// An option that no formula names is what the others leave, and a tax may bear the name of a word: they may be called anything.
fn is_free(spot: &Spot) -> bool {
    spot.path.len() == 4 && spot.path[2] == "options"
        || spot.path.len() == 2 && matches!(spot.path[0].as_str(), "taxes" | "regulation")
}

#[test]
fn every_key_misspelt_is_found() {
    let (mut caught, mut names, mut free, mut faults) = (0, 0, 0, Vec::new());
    for (index, file, spot) in some(every().filter(|(_, _, s)| s.key.is_some())) {
        let wrong = misspelt(spot.name());
        let text = spot.with_key(&file.text, &wrong);
        let all = new_messages(index, &text);
        let at_key = |d: &&Diagnostic| d.place.as_ref().is_some_and(|p| stands_at(p, &file.name, &text, spot.begin()));
        if all.iter().filter(at_key).any(|d| d.message.contains(&wrong)) {
            caught += 1;
        } else if all.iter().any(|d| d.message.contains(spot.name()) || d.message.contains(&wrong)) {
            // A name that the file chose: it is missed where it is used.
            names += 1;
        } else if uses(spot.name()) == 0 || is_free(spot) {
            free += 1;
        } else {
            faults.push(format!("{} {} as `{wrong}`\n{}", file.name, spot.dotted(), told(&all)));
        }
    }
    assert!(faults.is_empty(), "{} keys not found:\n{}", faults.len(), faults.join("\n"));
    println!("{caught} keys refused, {names} names missed where they are used, {free} names that nothing uses");
    assert!(caught > 4 * (names + free), "{caught} {names} {free}");
}

#[test]
fn every_name_misspelt_in_a_formula_is_found() {
    let formula = |s: &Spot| s.is_scalar() && FORMULAS.contains(&s.name());
    let all = every().filter(|(_, _, s)| formula(s)).flat_map(|(index, file, spot)| {
        let names = words(&file.text[spot.value.clone()]).into_iter().filter(|(_, word)| !WORDS.contains(word));
        names.map(move |(at, word)| (index, file, spot, spot.value.start + at, word))
    });
    let (mut caught, mut faults) = (0, Vec::new());
    for (index, file, spot, at, word) in all {
        let wrong = misspelt(word);
        let text = replaced(&file.text, &(at..at + word.len()), &wrong);
        let all = new_messages(index, &text);
        let found =
            |d: &Diagnostic| d.message.contains(&wrong) && d.place.as_ref().is_some_and(|p| stands_at(p, &file.name, &text, at));
        match all.iter().any(found) {
            true => caught += 1,
            false => faults.push(format!("{} {}: `{word}` as `{wrong}`\n{}", file.name, spot.dotted(), told(&all))),
        }
    }
    assert!(faults.is_empty(), "{} names not found:\n{}", faults.len(), faults.join("\n"));
    println!("{caught} names");
    assert!(caught > 100, "{caught}");
}

/// Titles and the like are free, a class and a payer are words of the file's own; anything else is known.
#[test]
fn every_value_misspelt_is_found() {
    let free = |s: &Spot| {
        FOR_READERS.contains(&s.name())
            || matches!(s.name(), "class" | "borne_by" | "jurisdiction" | "known_through")
            || FORMULAS.contains(&s.name())
            || matches!(s.name(), "message" | "cure" | "replaced_by")
            || s.path.iter().any(|step| matches!(step.as_str(), "one_of" | "units" | "registers"))
            // The words of a key of a list.
            || (s.path.iter().any(|step| step == "list_of") && s.path.last().is_some_and(|step| step.parse::<usize>().is_ok()))
    };
    let plain = every().filter(|(_, _, s)| s.is_scalar() && !s.text.is_empty() && !free(s));
    let (mut caught, mut faults) = (0, Vec::new());
    for (index, file, spot) in some(plain) {
        let wrong = misspelt(&spot.text);
        let text = spot.with_value(&file.text, &if spot.style == Style::Plain { wrong.clone() } else { format!("\"{wrong}\"") });
        let all = new_messages(index, &text);
        let line = |d: &Diagnostic| d.place.as_ref().is_some_and(|p| on_line(p, &file.name, &text, spot.value.start));
        match all
            .iter()
            .any(|d| line(d) && (d.message.contains(&wrong) || words(&wrong).iter().any(|(_, w)| d.message.contains(w))))
        {
            true => caught += 1,
            false => faults.push(format!("{} {}: `{wrong}`\n{}", file.name, spot.dotted(), told(&all))),
        }
    }
    assert!(faults.is_empty(), "{} values not found:\n{}", faults.len(), faults.join("\n"));
    println!("{caught} values");
    assert!(caught > 50, "{caught}");
}

/// What may be left out is left out in peace; what may not is missed at the entry that it is missing from, or at what it was for.
#[test]
fn every_entry_left_out_is_missed_or_not_needed() {
    let (mut caught, mut quiet, mut faults) = (0, 0, Vec::new());
    for (index, file, spot) in some(every().filter(|(_, _, s)| s.path.len() > 1)) {
        let text = spot.deleted(&file.text);
        let all = new_messages(index, &text);
        let errors: Vec<_> = all.iter().filter(|d| d.is_error()).collect();
        let shape = errors.iter().find(|d| matches!(d.code, Code::R0202 | Code::R0401));
        let parent = &spot.path[..spot.path.len() - 1];
        let inside = |d: &Diagnostic| {
            let owner = file.spots.iter().find(|s| s.path == parent);
            let line = |byte: usize| crate::tree::place(&file.text, byte).0;
            let range = owner.map_or(1..=1, |o| line(o.begin())..=line(o.value.end));
            d.place.as_ref().is_some_and(|p| *p.file == *file.name && range.contains(&p.line))
        };
        match shape {
            Some(d) if !inside(d) => faults.push(format!("{} {}\n{}", file.name, spot.dotted(), told(&all))),
            _ if errors.is_empty() => quiet += 1,
            _ => caught += 1,
        }
    }
    assert!(faults.is_empty(), "{} in the wrong place:\n{}", faults.len(), faults.join("\n"));
    println!("{caught} missed, {quiet} not needed");
    assert!(caught > 50 && quiet > 50, "{caught} {quiet}");
}
