//! The records of a file, each read by the rule that fits: legs, time, group.

mod known;
mod legs;
mod time;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use csv::StringRecord;

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::{Symbol, Symbols};
use crate::number::Decimal;

use crate::import::cells::Cells;
use crate::import::format::{Inside, Rule, Template};
use crate::import::moments::Zone;
use crate::import::pattern::{loose, word_fits};
use crate::import::recognise::{File, reader, text_of, unfolded};
use crate::import::settle::{self, FileZone};
use crate::import::{Fate, Settings};

/// Past this many faults in one file the rest are not looked for.
const PROBLEMS_MAX: usize = 200;

/// An amount of an asset.
pub type Coin = (Decimal, Symbol);

/// What one record of an export says.
#[derive(Debug, Clone)]
pub struct Piece {
    pub file: u16,
    pub line: u32,
    /// Place in the order of time within the file: newest-first files are turned round.
    pub order: u32,
    pub time: DateTime<Utc>,
    pub digits: u8,
    pub rule: u16,
    /// The rule's fee word was met: its change is a fee.
    pub is_fee: bool,
    /// Why the row has no effect.
    pub void: Option<u16>,
    pub received: Option<Coin>,
    pub sent: Option<Coin>,
    /// Negative: money back.
    pub fee: Option<Coin>,
    pub value: Option<Coin>,
    pub account: Symbol,
    pub counterparty: Symbol,
    pub hash: Symbol,
    /// What it shares with the rows of its transaction; 0 where it stands alone.
    pub key: u32,
    pub note: String,
}

/// A balance that an export states.
#[derive(Debug, Clone)]
pub struct Stated {
    pub file: u16,
    pub line: u32,
    pub order: u32,
    pub time: DateTime<Utc>,
    pub account: Symbol,
    pub part: Symbol,
    pub amount: Decimal,
    pub asset: Symbol,
    /// What the row itself changed.
    pub change: Decimal,
}

/// Keys of groups to numbers.
#[derive(Default)]
pub struct Keys {
    by_text: HashMap<String, u32>,
    buffer: String,
}

/// What reading fills.
#[derive(Default)]
pub struct Read {
    pub pieces: Vec<Piece>,
    pub stated: Vec<Stated>,
    pub words: Symbols,
    pub keys: Keys,
    /// Text by which a row is known again, where another file may repeat it: beside the piece of that number.
    pub identities: Vec<(usize, String, bool)>,
}

struct FileReader<'a> {
    file: &'a File<'a>,
    number: u16,
    zone: FileZone,
    /// Rules by the type word as the file has it; whether it was a fee word.
    rules: HashMap<String, Vec<(usize, bool)>>,
    assets: HashMap<String, Symbol>,
    zones: HashMap<String, Option<Zone>>,
    rounded: Option<u32>,
    with_identity: bool,
}

/// Reads the records of a file. `with_identity`: another file of the same source is read too.
pub fn read(
    file: &File<'_>,
    number: u16,
    with_identity: bool,
    settings: &Settings<'_>,
    read: &mut Read,
    fates: &mut Vec<(u32, Fate)>,
    problems: &mut Vec<Diagnostic>,
) {
    let Some(zone) = settle::zone(file, settings, problems) else { return };
    let mut one = FileReader {
        file,
        number,
        zone,
        rules: HashMap::new(),
        assets: HashMap::new(),
        zones: HashMap::new(),
        rounded: None,
        with_identity: with_identity || !file.layout.unique.is_empty(),
    };
    let (first, before) = (read.pieces.len(), problems.len());
    let (first_stated, mut count) = (read.stated.len(), 0u64);
    let mut records = reader(text_of(file.source), file.delimiter);
    let mut record = StringRecord::new();
    let mut index = 0;
    loop {
        match records.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let line = error.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(1));
                problems.push(Diagnostic::new(Code::I0103, format!("the line cannot be read: {error}")).at(file.place(line)));
                break;
            }
        }
        let line = record.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(u32::MAX));
        index += 1;
        if index <= file.skip {
            fates.push((line, if index == file.skip { Fate::Header } else { Fate::Above }));
            continue;
        }
        if record.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        if record.len() == 1 {
            record = unfolded(std::mem::take(&mut record));
        }
        one.record(&record, line, read, fates, problems);
        count += 1;
        if count.is_multiple_of(10_000)
            && let Some(progress) = settings.progress
        {
            progress(10_000);
        }
        if problems.len() - before > PROBLEMS_MAX {
            let message = format!("more than {PROBLEMS_MAX} faults: the rest of `{}` was not read", file.source.name);
            problems.push(Diagnostic::new(Code::I0103, message).at(file.place(line)).help("mend these first"));
            break;
        }
    }
    truncated(file, problems);
    one.told(problems);
    turn(read, first, first_stated);
}

/// A file that ends inside quotes was cut off.
fn truncated(file: &File<'_>, problems: &mut Vec<Diagnostic>) {
    let text = text_of(file.source);
    if !text.ends_with('\n') && !text.bytes().filter(|b| *b == b'"').count().is_multiple_of(2) {
        let line = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
        let message = "the file ends inside a quoted field: its end is missing";
        problems.push(Diagnostic::new(Code::I0103, message).at(file.place(line)).help("download the export again"));
    }
}

/// Numbers the pieces of a file in the order of time: a file that runs from new to old is turned round.
fn turn(read: &mut Read, first: usize, first_stated: usize) {
    let Some(pieces) = read.pieces.get_mut(first..) else { return };
    let (mut up, mut down) = (0usize, 0usize);
    for pair in pieces.windows(2) {
        if let [a, b] = pair {
            up += usize::from(a.time < b.time);
            down += usize::from(a.time > b.time);
        }
    }
    if down > up {
        pieces.iter_mut().for_each(|p| p.order = u32::MAX - p.order);
        read.stated.iter_mut().skip(first_stated).for_each(|s| s.order = u32::MAX - s.order);
    }
}

impl FileReader<'_> {
    fn record(
        &mut self,
        record: &StringRecord,
        line: u32,
        read: &mut Read,
        fates: &mut Vec<(u32, Fate)>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let cells = Cells::new(self.file, record);
        let layout = self.file.layout;
        if let Some(cell) = self.file.positions.iter().flatten().filter_map(|p| record.get(*p)).find(|c| is_formula(c)) {
            let shown: String = cell.chars().take(60).collect();
            let message = format!("a formula stands in a cell: `{shown}`");
            problems.push(
                Diagnostic::new(Code::I0103, message)
                    .at(self.file.place(line))
                    .help("an export has values only; download it again"),
            );
            return fates.push((line, Fate::Fault));
        }
        let Some((index, is_fee)) = self.rule(&cells) else {
            let broken = self.broken(record).map(|problem| problem.at(self.file.place(line)));
            problems.push(broken.unwrap_or_else(|| unknown_type(self.file, &cells, line)));
            return fates.push((line, Fate::Fault));
        };
        let Some(rule) = layout.rules.get(index) else { return };
        if let Some(warning) = &rule.warn {
            problems.push(Diagnostic::new(Code::I0113, warning.clone()).at(self.file.place(line)));
        }
        if rule.becomes.is_some_and(|b| b.nothing) {
            return fates.push((line, Fate::Left(rule.why.clone().unwrap_or_else(|| "it says nothing of its own".to_owned()))));
        }
        match self.piece(&cells, rule, index, is_fee, line, read) {
            Ok(piece) => {
                let number = read.pieces.len();
                self.identity(&cells, &piece, number, read);
                self.stated(&cells, &piece, read);
                read.pieces.push(piece);
            }
            Err(problem) => {
                problems.push(problem.at(self.file.place(line)));
                fates.push((line, Fate::Fault));
            }
        }
        if cells.rounded.get() {
            self.rounded.get_or_insert(line);
        }
    }

    /// The first rule that fits, and whether by its fee words.
    fn rule(&mut self, cells: &Cells<'_>) -> Option<(usize, bool)> {
        let layout = self.file.layout;
        let text = layout.kind_of_row.map(|f| cells.field(f)).unwrap_or_default();
        if !self.rules.contains_key(&*text) {
            let word = loose(&text);
            let fits = |words: &[String]| words.iter().any(|w| word_fits(w, &word));
            let candidates = layout.rules.iter().enumerate().filter_map(|(index, rule)| {
                let any = rule.words.is_empty() && rule.fee_words.is_empty();
                if any || fits(&rule.words) { Some((index, false)) } else { fits(&rule.fee_words).then_some((index, true)) }
            });
            self.rules.insert(text.to_string(), candidates.collect());
        }
        let candidates = self.rules.get(&*text)?;
        candidates.iter().copied().find(|(index, _)| layout.rules.get(*index).is_some_and(|r| cells.holds(&r.conditions)))
    }

    fn piece(
        &mut self,
        cells: &Cells<'_>,
        rule: &Rule,
        index: usize,
        is_fee: bool,
        line: u32,
        read: &mut Read,
    ) -> Result<Piece, Diagnostic> {
        let layout = self.file.layout;
        if let Some(problem) = self.broken(cells.record) {
            return Err(problem);
        }
        let moment = self.moment(cells)?;
        let time = self.instant(cells, &moment)?;
        let words = &mut read.words;
        let (mut received, mut sent, mut fee) = self.legs(cells, &rule.legs, words)?;
        if let Some((amount, asset)) = &rule.fee {
            let own = self.coin(cells, amount, asset, words)?.filter(|(amount, _)| !amount.is_zero());
            fee = fee.or(own);
        }
        if layout.each.is_some() {
            self.each(cells, &mut received, &mut sent, &mut fee, words)?;
        }
        if is_fee {
            let change = received.map(|(a, s)| (-a, s)).or(sent);
            (received, sent, fee) = (None, None, change.or(fee));
        }
        let is_inside = match rule.fee_inside {
            Inside::Yes => true,
            Inside::No => false,
            Inside::Told(field) => cells.field(field) == "inside",
        };
        if is_inside {
            legs::inside(&mut received, &mut sent, &mut fee).map_err(|_| overflow())?;
        }
        let value = match &rule.value {
            Some((amount, asset)) => {
                self.coin(cells, amount, asset, words)?.map(|(a, s)| (a.abs(), s)).filter(|(a, _)| !a.is_zero())
            }
            None => None,
        };
        let void = layout.void.iter().position(|v| cells.holds(&v.conditions)).and_then(|v| u16::try_from(v).ok());
        let account = words.intern(&cells.filled(rule.account.as_ref().unwrap_or(&layout.account)));
        let fill = |template: &Option<Template>| template.as_ref().map(|t| cells.filled(t)).unwrap_or_default();
        let counterparty = words.intern(&fill(&rule.counterparty));
        let hash = rule.hash.as_ref().map(|h| cells.text(h)).unwrap_or_default();
        let hash = words.intern(if crate::import::amounts::is_nothing(&hash) { "" } else { &hash });
        let key = if void.is_some() { 0 } else { self.key(cells, rule, account, &mut read.keys) };
        let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        Ok(Piece {
            file: self.number,
            line,
            order: line,
            time,
            digits: moment.digits,
            rule: number(index),
            is_fee: received.is_none() && sent.is_none(),
            void,
            received,
            sent,
            fee,
            value,
            account,
            counterparty,
            hash,
            key,
            note: note(cells, rule),
        })
    }

    /// A row with another number of fields than the header; empty ones at the end do no harm.
    fn broken(&self, record: &StringRecord) -> Option<Diagnostic> {
        let width = self.file.width;
        let more = record.iter().skip(width).any(|c| !c.trim().is_empty());
        (record.len() < width || more).then(|| {
            let message = format!("the row has {} fields, the header {width}", record.len());
            Diagnostic::new(Code::I0103, message).help("the row is cut off or broken: download the export again")
        })
    }

    /// What is told once for the whole file.
    fn told(&self, problems: &mut Vec<Diagnostic>) {
        if let Some(line) = self.rounded {
            let message =
                format!("amounts of `{}` have more digits than 28: they were rounded to 18 decimals", self.file.source.name);
            problems.push(Diagnostic::new(Code::I0109, message).at(self.file.place(line)));
        }
    }
}

fn is_formula(cell: &str) -> bool {
    let cell = cell.trim_start();
    cell.starts_with('=') && !(cell.starts_with("=\"") && cell.trim_end().ends_with('"'))
}

fn overflow() -> Diagnostic {
    Diagnostic::new(Code::I0103, "the amount has more digits than can be kept")
}

fn note(cells: &Cells<'_>, rule: &Rule) -> String {
    let mut out = String::new();
    for text in rule.note.iter().map(|t| cells.filled(t)).chain(rule.why.clone()).filter(|t| !t.is_empty()) {
        if !out.is_empty() {
            out.push_str("; ");
        }
        out.push_str(&text);
    }
    out
}

fn unknown_type(file: &File<'_>, cells: &Cells<'_>, line: u32) -> Diagnostic {
    let layout = file.layout;
    let word = layout.kind_of_row.map(|f| cells.field(f).into_owned()).unwrap_or_default();
    let known = layout.rules.iter().any(|r| r.words.iter().any(|w| word_fits(w, &loose(&word))));
    let mut shown: Vec<String> = Vec::new();
    for column in &layout.columns {
        let name = layout.names.get(column.field).map_or("", String::as_str);
        let text = cells.field(column.field);
        let telling =
            ["amount", "asset", "change", "coin", "currency", "subtype", "side", "status"].iter().any(|w| name.contains(w));
        if telling && !text.is_empty() && text.len() < 40 {
            shown.push(format!("{name} {text}"));
        }
    }
    let row = if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) };
    let message = match (known, word.is_empty()) {
        (true, _) => {
            format!("a row of the type `{word}` as it stands here is one that `{}` does not know{row}", file.format.name)
        }
        (_, true) => format!("a row without a type is one that `{}` does not know{row}", file.format.name),
        _ => format!("`{word}` is a type of row that `{}` does not know{row}", file.format.name),
    };
    let help = format!(
        "add to `types` in formats/{}.yaml, with the kind that fits: `- {{ words: [\"{word}\"], becomes: reward }}`",
        file.format.name
    );
    Diagnostic::new(Code::I0102, message).at(file.place(line)).help(help)
}
