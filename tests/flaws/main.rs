//! Flaws planted in the shipped law, one at a time, anywhere in it: the checker finds each where it stands and names it.

mod law;
mod list;
mod sweeps;
#[path = "../common/tree.rs"]
mod tree;

use law::{File, files, new_messages, on_line, stands_at, told};
use list::{FLAWS, Flaw, Plant, Where};
use tree::{Spot, place, replaced, spots};

/// A flaw is planted in at most so many of the places that fit it.
const PLACES: usize = 2;

/// Whether a path fits a pattern: `*` is any one step.
fn fits(path: &[String], pattern: &str) -> bool {
    let steps: Vec<&str> = pattern.split('.').collect();
    steps.len() == path.len() && steps.iter().zip(path).all(|(step, own)| *step == "*" || step == own)
}

/// A flawed text: in which file, and at which bytes of it a message may stand.
struct Planted {
    text: String,
    places: Vec<usize>,
}

/// `«` in what is planted marks where the message stands; it is taken out.
fn unmarked(text: &str) -> (String, Option<usize>) {
    (text.replace('«', ""), text.find('«'))
}

/// What parts two entries of one map or list.
fn between(spot: &Spot, indent: &str) -> String {
    match (spot.in_flow, spot.key.is_some()) {
        (true, _) => ", ".to_owned(),
        (false, true) => format!("\n{indent}"),
        (false, false) => format!("\n{}- ", &indent[2..]),
    }
}

/// Text put above an entry, and where its mark stands.
fn above_itself(text: &str, spot: &Spot, indent: &str, new: &str) -> (String, usize) {
    let (begin, (new, mark)) = (spot.begin(), unmarked(new));
    (format!("{}{new}{}{}", &text[..begin], between(spot, indent), &text[begin..]), begin + mark.unwrap_or(0))
}

fn plant(file: &File, spot: &Spot, flaw: &Flaw) -> Planted {
    let text = &file.text;
    let indent = " ".repeat(usize::try_from(place(text, spot.begin()).1).unwrap() - 1);
    let begin = spot.begin();
    let (flawed, at) = match flaw.plant {
        Plant::Value(new) => {
            let (new, mark) = unmarked(new);
            (spot.with_value(text, &new), spot.value.start + mark.unwrap_or(0))
        }
        Plant::Around(before, after) => {
            let quote = usize::from(spot.style == tree::Style::Quoted);
            let inner = spot.value.start + quote..spot.value.end - quote;
            let new = format!("{before}{}{after}", &text[inner.clone()]);
            let (new, mark) = unmarked(&new);
            (replaced(text, &inner, &new), inner.start + mark.unwrap_or(0))
        }
        Plant::Key(new) => (spot.with_key(text, new), begin),
        Plant::Delete => (spot.deleted(text), begin),
        Plant::Before(new) => above_itself(text, spot, &indent, &new.replace('\n', &format!("\n{indent}"))),
        Plant::After(new) => {
            let (new, mark) = unmarked(new);
            let end = spot.value.end;
            let between = between(spot, &indent);
            (format!("{}{between}{new}{}", &text[..end], &text[end..]), end + between.len() + mark.unwrap_or(0))
        }
        Plant::Twice => above_itself(text, spot, &indent, &text[begin..spot.value.end]),
    };
    let places = match flaw.place {
        Where::Here => vec![at],
        Where::Moved => vec![begin + flawed.len() - text.len()],
        Where::Owner => above(file, spot, 1),
        Where::Above(steps) => above(file, spot, steps + 1),
        Where::Line => vec![at],
        Where::First(pattern) => {
            spots(&flawed).iter().filter(|s| fits(&s.path, pattern)).take(1).flat_map(|s| [s.begin(), s.value.start]).collect()
        }
    };
    Planted { text: flawed, places }
}

/// Key and value of the entry so many steps out.
fn above(file: &File, spot: &Spot, steps: usize) -> Vec<usize> {
    let owner = &spot.path[..spot.path.len() - steps];
    let entry = file.spots.iter().find(|s| s.path == owner);
    entry.map_or_else(Vec::new, |s| s.key.iter().map(|k| k.start).chain([s.value.start]).collect())
}

/// `None` where the flaw has no place in this law; else what went wrong.
fn try_all(flaw: &Flaw) -> Option<Vec<String>> {
    let mut faults = Vec::new();
    let mut planted = 0;
    for (index, file) in files().iter().enumerate() {
        let found = file.spots.iter().filter(|s| fits(&s.path, flaw.spot) && (flaw.when)(&s.text));
        for spot in found.take(PLACES - planted) {
            planted += 1;
            let Planted { text, places } = plant(file, spot, flaw);
            let all = new_messages(index, &text);
            let right = if matches!(flaw.place, Where::Line) { on_line } else { stands_at };
            let told_right = all.iter().any(|d| {
                d.code.id() == flaw.code
                    && (d.message.contains(flaw.names) || d.message.contains(spot.name()) && flaw.names == "*")
                    && d.place
                        .iter()
                        .chain(d.related.iter().map(|(p, _)| p))
                        .any(|p| places.iter().any(|at| right(p, &file.name, &text, *at)))
                    && !d.message.contains("Some(")
            });
            if !told_right {
                let expected: Vec<_> = places.iter().map(|at| place(&text, *at)).collect();
                faults.push(format!(
                    "{} at {} `{}`: expected {} naming `{}` at {}:{expected:?}, but\n{}",
                    flaw.name,
                    file.name,
                    spot.dotted(),
                    flaw.code,
                    flaw.names,
                    file.name,
                    told(&all)
                ));
            }
        }
    }
    (planted > 0).then_some(faults)
}

#[test]
fn each_flaw_is_found_where_it_stands() {
    let (mut faults, mut planted, mut without) = (Vec::new(), 0, Vec::new());
    for flaw in FLAWS {
        match try_all(flaw) {
            Some(more) => {
                planted += 1;
                faults.extend(more);
            }
            None => without.push(flaw.name),
        }
    }
    assert!(faults.is_empty(), "{} not found:\n{}", faults.len(), faults.join("\n"));
    assert!(planted >= 60, "only {planted} of {} flaws have a place in the law; not: {without:?}", FLAWS.len());
}

#[test]
fn the_flaws_are_distinct() {
    let mut names: Vec<_> = FLAWS.iter().map(|f| f.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), FLAWS.len());
}
