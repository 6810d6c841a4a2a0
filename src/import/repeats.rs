//! Rows that several exports share: known again by their own id, else by all they say, as often as they stand.

use std::collections::HashMap;

use super::Fate;
use super::pieces::Read;

/// Takes out pieces that repeat others. By an id: wherever they stand. Without one: two equal rows of one file are two events,
/// so a file adds only those that the files before it do not have as often.
pub fn leave_out(read: &mut Read, fates: &mut [Vec<(u32, Fate)>]) {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut counts: HashMap<&str, Vec<(u16, Vec<usize>)>> = HashMap::new();
    let mut repeated: HashMap<usize, usize> = HashMap::new();
    for (number, text, unique) in &read.identities {
        let Some(piece) = read.pieces.get(*number) else { continue };
        if *unique {
            if let Some(other) = first.get(text.as_str()) {
                repeated.insert(*number, *other);
            } else {
                first.insert(text, *number);
            }
            continue;
        }
        let files = counts.entry(text).or_default();
        let here = match files.iter().position(|(file, _)| *file == piece.file) {
            Some(at) => at,
            None => {
                files.push((piece.file, Vec::new()));
                files.len() - 1
            }
        };
        let nth = files.get(here).map_or(0, |(_, list)| list.len());
        let earlier = files.iter().take(here).find_map(|(_, list)| list.get(nth).copied());
        if let Some((_, list)) = files.get_mut(here) {
            list.push(*number);
        }
        if let Some(earlier) = earlier {
            repeated.insert(*number, earlier);
        }
    }
    if repeated.is_empty() {
        return;
    }
    let places: Vec<(u16, u32)> = read.pieces.iter().map(|p| (p.file, p.line)).collect();
    for (number, other) in &repeated {
        if let (Some((file, line)), Some((of, at))) = (places.get(*number), places.get(*other))
            && let Some(list) = fates.get_mut(usize::from(*file))
        {
            list.push((*line, Fate::Repeats(*of, *at)));
        }
    }
    let gone: std::collections::HashSet<(u16, u32)> = repeated.keys().filter_map(|n| places.get(*n).copied()).collect();
    let mut number = 0;
    read.pieces.retain(|_| {
        number += 1;
        !repeated.contains_key(&(number - 1))
    });
    read.stated.retain(|s| !gone.contains(&(s.file, s.line)));
}
