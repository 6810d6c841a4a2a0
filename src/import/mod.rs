//! Exchange exports, read by format files: no Rust for any one of them.
//!
//! bytes -> `decode` -> texts -> `recognise` -> `pieces` (one a record) -> `repeats` -> `group`, `bundle` -> rows.

mod amounts;
mod bundle;
mod cells;
pub mod decode;
mod explain;
mod expr;
pub mod format;
mod group;
pub(crate) mod moments;
mod pairs;
mod pattern;
mod pieces;
mod recognise;
mod repeats;
mod row;
mod settle;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place, Source, any_error, suggestion};
use crate::ledger::columns::{Cells as _, Column};
use crate::ledger::read::{Builder, file_stem};
use crate::ledger::{Ledger, Symbols};
use crate::number::{self, Decimal};

use bundle::Maker;
pub use format::{Format, formats};
use pieces::Read;
pub use pieces::Stated;
use recognise::File;
use row::{COLUMNS, Row, RowText};

/// What the user says beside the files.
#[derive(Default, Clone)]
pub struct Settings<'a> {
    /// The format, where the header does not tell.
    pub format: Option<String>,
    /// The zone of local times, where the file does not say.
    pub zone: Option<String>,
    /// Answers to what a format asks, by name.
    pub set: Vec<(String, String)>,
    /// Told how many more rows were read, now and then.
    pub progress: Option<&'a dyn Fn(u64)>,
}

/// What became of a line of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Above,
    Header,
    /// Nothing was written for it, and why.
    Left(String),
    /// It repeats a line of a file.
    Repeats(u16, u32),
    Fault,
}

/// Exports read together.
#[derive(Default)]
pub struct Import {
    pub rows: Vec<Row>,
    pub problems: Vec<Diagnostic>,
    words: Symbols,
    names: Vec<Arc<str>>,
    /// The family of formats of each file.
    families: Vec<&'static str>,
    fates: Vec<Vec<(u32, Fate)>>,
    /// Balances that the exports state, in the order read.
    pub stated: Vec<Stated>,
}

/// True where the first line is that of a ledger.
pub fn is_ledger(source: &Source) -> bool {
    let text = recognise::text_of(source);
    let first = text.lines().next().unwrap_or_default();
    let words: Vec<&str> = first.split(',').map(|w| w.trim().trim_matches('"')).collect();
    words.contains(&"kind") && words.contains(&"timestamp")
}

/// The name of a file's format, if it is an export of a known one.
pub fn recognised(source: &Source) -> Option<&'static str> {
    recognise::recognise(source, None).map(|found| found.format.name.as_str())
}

/// Reads ledgers and exports as one ledger; rows of an export point at its lines.
pub fn load(sources: &[Source]) -> (Ledger, Vec<Diagnostic>) {
    load_with(sources, &Settings::default())
}

/// As [`load`], with what the user says of the exports.
pub fn load_with(sources: &[Source], settings: &Settings<'_>) -> (Ledger, Vec<Diagnostic>) {
    let mut builder = Builder::default();
    let (mut exports, mut numbers) = (Vec::new(), Vec::new());
    for source in sources {
        if is_ledger(source) || not_an_export(source) {
            builder.csv(source);
        } else {
            numbers.push(builder.file(source));
            exports.push(source.clone());
        }
    }
    let import = import(&exports, settings);
    import.problems.iter().for_each(|p| builder.problem(p.clone()));
    import.build(&mut builder, &numbers);
    builder.finish()
}

/// A file that has nothing of an export is told of as a ledger: its header may be misspelt, or it is empty.
fn not_an_export(source: &Source) -> bool {
    let text = recognise::text_of(source);
    let first = text.lines().next().unwrap_or_default();
    let words: Vec<&str> = first.split(',').map(|w| w.trim().trim_matches('"')).collect();
    let ours = words.contains(&"timestamp") || words.contains(&"kind");
    text.trim().is_empty() || ours && recognise::recognise(source, None).is_none()
}

/// Reads exports together: what two of them share is read once, and rows of several files may be one transaction.
pub fn import(sources: &[Source], settings: &Settings<'_>) -> Import {
    let mut found = Import::default();
    if let Some(zone) = settings.zone.as_deref().filter(|z| moments::Zone::read(z).is_none()) {
        let help = suggestion(zone, chrono_tz::TZ_VARIANTS.iter().map(|z| z.name()))
            .unwrap_or_else(|| "`Europe/Paris`, `UTC+8`, `UTC`".into());
        found.problems.push(Diagnostic::new(Code::I0106, format!("`{zone}` is not a zone")).help(help));
        return found;
    }
    let mut files: Vec<File<'_>> = Vec::new();
    for source in sources {
        files.extend(opened(source, settings, &mut found.problems));
    }
    unasked(&files, settings, &mut found.problems);
    let mut read = Read::default();
    for (number, file) in files.iter().enumerate() {
        let shared = files.iter().filter(|f| f.format.family == file.format.family).count() > 1;
        let mut fates = Vec::new();
        let number = u16::try_from(number).unwrap_or(u16::MAX);
        pieces::read(file, number, shared, settings, &mut read, &mut fates, &mut found.problems);
        found.fates.push(fates);
    }
    repeats::leave_out(&mut read, &mut found.fates);
    let mut maker = Maker { files: &files, words: &read.words, rows: Vec::new(), problems: Vec::new() };
    group::rows(&mut maker, &read.pieces);
    found.rows = maker.rows;
    found.problems.append(&mut maker.problems);
    found.rows.sort_by_key(|r| (r.time, r.file, r.order, r.suffix));
    found.names = files.iter().map(|f| Arc::clone(&f.source.name)).collect();
    found.families = files.iter().map(|f| f.format.family.as_str()).collect();
    found.words = read.words;
    found.stated = read.stated;
    found.running();
    found.pair();
    found
}

/// A file with its format, or what is wrong with it.
fn opened<'s>(source: &'s Source, settings: &Settings<'_>, problems: &mut Vec<Diagnostic>) -> Option<File<'s>> {
    let Some(mut file) = recognise::recognise(source, settings.format.as_deref()) else {
        problems.push(recognise::unknown(source, settings.format.as_deref()));
        return None;
    };
    if let Some(why) = &file.layout.refuse {
        let message = format!("`{}` is not read: {why}", source.name);
        problems.push(
            Diagnostic::new(Code::I0112, message)
                .at(Place::new(&source.name, 1, 1, 1))
                .help("give the file that the format's guide names instead"),
        );
        return None;
    }
    if !file.unknown.is_empty() {
        let list = file.unknown.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        let message =
            format!("`{}` has a column that `{}` does not know: {list}; it was not read", source.name, file.format.name);
        let help = format!(
            "if it tells nothing that matters, add it to `unused` in formats/{}.yaml; if it does, give it a name in `also`",
            file.format.name
        );
        let line = u32::try_from(file.skip).unwrap_or(1);
        problems.push(Diagnostic::new(Code::I0108, message).at(Place::new(&source.name, line, 1, 1)).help(help));
    }
    settle::given(&mut file, settings, problems).then_some(file)
}

/// An answer nobody asked for is most likely misspelt.
fn unasked(files: &[File<'_>], settings: &Settings<'_>, problems: &mut Vec<Diagnostic>) {
    for (name, _) in &settings.set {
        let known: Vec<&str> = files.iter().flat_map(|f| f.layout.given.iter().map(|g| g.name.as_str())).collect();
        if !known.contains(&name.as_str()) && !files.is_empty() {
            let help = suggestion(name, known);
            problems
                .push(Diagnostic::new(Code::I0106, format!("`--set {name}=..`: none of these files asks for it")).help_opt(help));
        }
    }
}

impl Import {
    fn build(&self, builder: &mut Builder, numbers: &[u16]) {
        // Files of unknown formats have no number here: those that were opened are found by name.
        let mut text = RowText::new();
        for row in &self.rows {
            let Some(name) = self.names.get(usize::from(row.file)) else { continue };
            text.fill(row, &self.words, name);
            let file = numbers.get(usize::from(row.file)).copied().unwrap_or(0);
            builder.row(&text, file, file_stem(name));
        }
    }

    /// The last balance that the exports state of each account and asset, over all its parts: sub-accounts, files of another sort.
    pub fn last_stated(&self) -> Vec<(String, String, Decimal)> {
        let mut last: BTreeMap<(&str, &str, &str, &str), &Stated> = BTreeMap::new();
        for stated in &self.stated {
            let family = self.families.get(usize::from(stated.file)).copied().unwrap_or_default();
            let name = |s| self.words.name(s);
            let one = last.entry((name(stated.account), name(stated.asset), family, name(stated.part))).or_insert(stated);
            if (stated.time, stated.file, stated.order) >= (one.time, one.file, one.order) {
                *one = stated;
            }
        }
        let mut sums: BTreeMap<(&str, &str), Decimal> = BTreeMap::new();
        for ((account, asset, ..), stated) in last {
            let sum = sums.entry((account, asset)).or_default();
            *sum = number::add(*sum, stated.amount).map_or(*sum, |s| s.value);
        }
        sums.into_iter().map(|((account, asset), sum)| (account.to_owned(), asset.to_owned(), sum)).collect()
    }

    /// The rows as a ledger, with what the ledger itself would refuse.
    pub fn ledger(&self, sources: &[Source]) -> (Ledger, Vec<Diagnostic>) {
        let mut builder = Builder::default();
        let numbers: Vec<u16> = self
            .names
            .iter()
            .filter_map(|name| sources.iter().find(|s| s.name == *name))
            .map(|source| builder.file(source))
            .collect();
        self.build(&mut builder, &numbers);
        builder.finish()
    }

    /// The rows as the text of a ledger, in the order of time.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = writer.write_record(COLUMNS.map(Column::word));
        let mut text = RowText::new();
        for row in &self.rows {
            let Some(name) = self.names.get(usize::from(row.file)) else { continue };
            text.fill(row, &self.words, name);
            let _ = writer.write_record(COLUMNS.map(|c| text.cell(c)));
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

/// Exports as the text of a ledger, in the order of time.
pub fn to_csv(sources: &[Source], settings: &Settings<'_>) -> (String, Vec<Diagnostic>) {
    let import = import(sources, settings);
    let mut problems = import.problems.clone();
    // What the ledger itself would refuse is told here already.
    if !any_error(&problems) {
        problems.extend(import.ledger(sources).1);
    }
    (import.csv(), problems)
}
