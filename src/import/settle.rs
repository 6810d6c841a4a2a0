//! What is settled once for a file: gaps of its name and of the lines above the header, what the user said, what all rows share.

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::read::file_stem;

use super::Settings;
use super::amounts;
use super::format::{Given, ZoneSpec};
use super::moments::Zone;
use super::pattern::{loose, word_fits};
use super::recognise::{File, reader, text_of};

/// Rows looked at to see how the file writes its decimals.
const LOOKED_AT: usize = 2000;

/// Fields that the file's name and the lines above the header tell.
pub fn from_name_and_preamble(file: &mut File<'_>) {
    let name = file_stem(&file.source.name).to_owned();
    set(file, 0, name.clone());
    let layout = file.layout;
    for (pattern, fills) in &layout.file_name {
        if let Some(gaps) = pattern.fit(&name, &[]) {
            fills.iter().zip(gaps).for_each(|(field, text)| set(file, *field, text.to_owned()));
            break;
        }
    }
    let above: Vec<String> = reader(text_of(file.source), file.delimiter)
        .records()
        .take(file.skip.saturating_sub(1))
        .map_while(Result::ok)
        .flat_map(|r| r.iter().map(|c| amounts::clean(c).to_owned()).collect::<Vec<_>>())
        .collect();
    for (pattern, fills) in &layout.preamble {
        let Some(gaps) = above.iter().find_map(|cell| pattern.fit(cell, &[])) else { continue };
        let gaps: Vec<String> = gaps.into_iter().map(str::to_owned).collect();
        fills.iter().zip(gaps).for_each(|(field, text)| set(file, *field, text));
    }
}

fn set(file: &mut File<'_>, field: usize, text: String) {
    if let Some(slot) = file.settled.get_mut(field) {
        *slot = text;
    }
}

/// A file whose columns are not parted by commas may write a decimal comma: its numbers tell.
pub fn decimal_comma(file: &File<'_>) -> bool {
    if file.delimiter == b',' {
        return false;
    }
    let (mut comma, mut point) = (false, false);
    for record in reader(text_of(file.source), file.delimiter).records().skip(file.skip).take(LOOKED_AT).map_while(Result::ok) {
        for cell in &record {
            let cell = amounts::clean(cell);
            let digits = cell.trim_start_matches('-');
            let numeric = digits.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.') && !digits.is_empty();
            match (numeric, digits.rfind(','), digits.rfind('.')) {
                (true, Some(c), Some(p)) if p > c => point = true,
                (true, Some(_), _) => comma = true,
                (true, None, Some(_)) if digits.matches('.').count() == 1 => {
                    point |= digits.split('.').next_back().is_some_and(|d| d.len() != 3)
                }
                _ => {}
            }
        }
    }
    comma && !point
}

/// Settles what may be asked; what is not known and has no usual answer is an error.
pub fn given(file: &mut File<'_>, settings: &Settings<'_>, problems: &mut Vec<Diagnostic>) -> bool {
    let mut all = true;
    for given in &file.layout.given {
        if let Some((_, text)) = settings.set.iter().rev().find(|(name, _)| *name == given.name) {
            set(file, given.field, text.clone());
            continue;
        }
        if file.settled.get(given.field).is_some_and(|t| !t.is_empty()) {
            continue;
        }
        let name = loose(file.settled.first().map_or("", String::as_str));
        if let Some((answer, _)) = given.by_name.iter().find(|(_, word)| word_fits(word, &name)) {
            set(file, given.field, answer.clone());
            continue;
        }
        if let Some(text) = common(file, given) {
            set(file, given.field, text);
            continue;
        }
        let say = format!("say it with `--set {}=..`", given.name);
        match &given.default {
            Some(default) => {
                let message = format!("the file does not say {}: `{default}` is taken", given.about);
                problems.push(Diagnostic::new(Code::I0107, message).at(file.place(1)).help(format!("if that is wrong, {say}")));
                set(file, given.field, default.clone());
            }
            None => {
                let message = format!("the file does not say {}", given.about);
                problems.push(Diagnostic::new(Code::I0106, message).at(file.place(1)).help(say));
                all = false;
            }
        }
    }
    all
}

/// The one text that stands in one of some columns in every row.
fn common(file: &File<'_>, given: &Given) -> Option<String> {
    let columns: Vec<usize> = given.common_to.iter().filter_map(|f| file.position(*f)).collect();
    let mut left: Option<Vec<String>> = None;
    for record in reader(text_of(file.source), file.delimiter).records().skip(file.skip).map_while(Result::ok) {
        let here: Vec<String> = columns
            .iter()
            .filter_map(|c| record.get(*c))
            .map(|c| amounts::clean(c).to_owned())
            .filter(|c| !c.is_empty())
            .collect();
        if here.is_empty() {
            continue;
        }
        match &mut left {
            None => left = Some(here),
            Some(left) => left.retain(|l| here.iter().any(|h| h.eq_ignore_ascii_case(l))),
        }
    }
    let mut left = left?;
    left.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    match left.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// How the zone of a file's local times is found.
pub enum FileZone {
    /// One for all rows.
    One(Zone),
    /// Each row tells its own.
    OfRow,
}

/// The zone of a file; an error where only the user knows it and has not said.
pub fn zone(file: &File<'_>, settings: &Settings<'_>, problems: &mut Vec<Diagnostic>) -> Option<FileZone> {
    let of_user = settings.zone.as_deref().and_then(Zone::read).map(FileZone::One);
    let utc = || Zone::UTC.map(FileZone::One);
    match &file.layout.time.zone {
        ZoneSpec::Utc => utc(),
        ZoneSpec::Asked if of_user.is_some() => of_user,
        ZoneSpec::Assumed if of_user.is_some() => of_user,
        ZoneSpec::Assumed => {
            let message = format!("`{}` does not say in which zone its times are: UTC is taken", file.source.name);
            let help = "compare one row with a time you know, on a chain for instance; if it is another zone, say `--zone Europe/Paris` or `--zone UTC+8`";
            problems.push(Diagnostic::new(Code::I0107, message).at(file.place(1)).help(help));
            utc()
        }
        ZoneSpec::Asked => {
            let message = format!("`{}` does not say in which zone its times are", file.source.name);
            let help = "say it with `--zone Europe/Paris`, `--zone UTC+8` or `--zone UTC`; a row whose time you know, on a chain for instance, tells";
            problems.push(Diagnostic::new(Code::I0106, message).at(file.place(1)).help(help));
            None
        }
        ZoneSpec::Told(template) => {
            let fields: Vec<usize> = template.fields().collect();
            if fields.iter().any(|field| file.position(*field).is_some()) {
                return Some(FileZone::OfRow);
            }
            let settled = |field: usize| file.settled.get(field).map_or("", String::as_str);
            let text = if fields.iter().any(|f| settled(*f).is_empty()) { String::new() } else { template.filled(settled) };
            let text = file.layout.time.zone_words.iter().find(|(w, _)| *w == text).map_or(text.as_str(), |(_, z)| z.as_str());
            let found = Zone::read(text).map(FileZone::One).or(of_user);
            if found.is_none() {
                let message = format!("`{}` does not say in which zone its times are", file.source.name);
                let help = if file.layout.file_name.is_empty() {
                    "say it with `--zone Europe/Paris`, `--zone UTC+8` or `--zone UTC`"
                } else {
                    "give the file back its name, such as `..(UTC+6).csv`, or say `--zone UTC+6`"
                };
                problems.push(Diagnostic::new(Code::I0106, message).at(file.place(1)).help(help));
            }
            found
        }
    }
}
