//! The records of a file, each read by the rule that fits: legs, time, group.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use csv::StringRecord;

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::{Symbol, Symbols};
use crate::number::{self, Decimal};

use super::cells::Cells;
use super::format::{Assets, Inside, Legs, Rule, Template};
use super::moments::{self, Moment, Zone};
use super::pattern::{loose, word_fits};
use super::recognise::{File, reader, text_of, unfolded};
use super::settle::{self, FileZone};
use super::{Fate, Settings};

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
            inside(&mut received, &mut sent, &mut fee).map_err(|_| overflow())?;
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
        let hash = words.intern(if super::amounts::is_nothing(&hash) { "" } else { &hash });
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

    fn moment(&self, cells: &Cells<'_>) -> Result<Moment, Diagnostic> {
        let time = &self.file.layout.time;
        let mut shown = String::new();
        for template in &time.of {
            let text = cells.filled(template);
            let text = text.trim();
            let found = moments::usual(text).or_else(|| time.patterns.iter().find_map(|p| moments::by_pattern(text, p)));
            if let Some(found) = found {
                return Ok(found);
            }
            shown = text.to_owned();
        }
        let expected = time.patterns.iter().map(String::as_str).chain(["2024-03-01 08:10:05"]).collect::<Vec<_>>().join("`, `");
        let message = format!("`{}` is not a time as this format writes it", shown.chars().take(60).collect::<String>());
        Err(Diagnostic::new(Code::I0103, message).help(format!("expected `{expected}`; a spreadsheet may have changed it")))
    }

    fn instant(&mut self, cells: &Cells<'_>, moment: &Moment) -> Result<DateTime<Utc>, Diagnostic> {
        let zone = match (moment.offset, &self.zone) {
            (Some(offset), _) => Zone::Fixed(offset),
            (None, FileZone::One(zone)) => *zone,
            (None, FileZone::OfRow) => self.row_zone(cells)?,
        };
        zone.instant(moment.local).ok_or_else(|| {
            let message = format!("the clock never showed {} in this zone: it was put forward", moment.local);
            Diagnostic::new(Code::I0103, message).help("the times are in another zone: see `--zone`")
        })
    }

    fn row_zone(&mut self, cells: &Cells<'_>) -> Result<Zone, Diagnostic> {
        let time = &self.file.layout.time;
        let super::format::ZoneSpec::Told(template) = &time.zone else { return Zone::UTC.ok_or_else(overflow) };
        let text = cells.filled(template);
        let known = |text: &str| Zone::read(time.zone_words.iter().find(|(w, _)| w == text).map_or(text, |(_, z)| z));
        let found = *self.zones.entry(text.clone()).or_insert_with(|| known(&text));
        found.ok_or_else(|| {
            Diagnostic::new(Code::I0103, format!("`{text}` is not a zone")).help("expected `UTC+02:00` or `Europe/Paris`")
        })
    }

    #[allow(clippy::type_complexity)]
    fn legs(
        &mut self,
        cells: &Cells<'_>,
        legs: &Legs,
        words: &mut Symbols,
    ) -> Result<(Option<Coin>, Option<Coin>, Option<Coin>), Diagnostic> {
        let (mut received, mut sent) = (None, None);
        if let Some((amount, asset)) = &legs.change
            && let Some((amount, asset)) = self.coin(cells, amount, asset, words)?
        {
            *(if amount.is_sign_negative() { &mut sent } else { &mut received }) = Some((amount.abs(), asset));
        }
        for (leg, to) in [(&legs.received, &mut received), (&legs.sent, &mut sent)] {
            if let Some((amount, asset)) = leg
                && let Some((amount, asset)) = self.coin(cells, amount, asset, words)?
            {
                *to = Some((amount.abs(), asset));
            }
        }
        Ok((received, sent, None))
    }

    fn each(
        &mut self,
        cells: &Cells<'_>,
        received: &mut Option<Coin>,
        sent: &mut Option<Coin>,
        fee: &mut Option<Coin>,
        words: &mut Symbols,
    ) -> Result<(), Diagnostic> {
        for columns in &self.file.each {
            let number = |at: Option<usize>| -> Result<Option<Decimal>, Diagnostic> {
                let text = at.and_then(|a| cells.record.get(a)).unwrap_or_default();
                let found = super::amounts::read(text, self.file.comma);
                let found = found.ok_or_else(|| Diagnostic::new(Code::I0103, format!("`{text}` is not a number")))?;
                Ok(found.value.filter(|v| !v.is_zero()))
            };
            let asset = self.asset(&columns.asset, words);
            if let Some(change) = number(columns.change)? {
                let to = if change.is_sign_negative() { &mut *sent } else { &mut *received };
                if to.is_some() {
                    return Err(Diagnostic::new(Code::I0104, "the row moves two assets in one direction"));
                }
                *to = Some((change.abs(), asset));
            }
            if let Some(found) = number(columns.fee)? {
                *fee = Some((found.abs(), asset));
            }
        }
        Ok(())
    }

    fn coin(
        &mut self,
        cells: &Cells<'_>,
        amount: &super::expr::Expr,
        asset: &super::expr::Expr,
        words: &mut Symbols,
    ) -> Result<Option<Coin>, Diagnostic> {
        let amount = cells.number(amount).map_err(|fault| Diagnostic::new(Code::I0103, fault.message()))?;
        let Some(amount) = amount else { return Ok(None) };
        let text = cells.text(asset);
        if super::amounts::is_nothing(&text) {
            if amount.is_zero() {
                return Ok(None);
            }
            let help = "check the row: each amount has its coin";
            return Err(Diagnostic::new(Code::I0103, format!("the amount {amount} names no coin")).help(help));
        }
        Ok(Some((amount, self.asset(&text, words))))
    }

    fn asset(&mut self, text: &str, words: &mut Symbols) -> Symbol {
        if let Some(symbol) = self.assets.get(text) {
            return *symbol;
        }
        let symbol = words.intern(&asset_name(text, &self.file.layout.assets));
        self.assets.insert(text.to_owned(), symbol);
        symbol
    }

    /// The number of the transaction's key; 0 where the row stands alone.
    fn key(&self, cells: &Cells<'_>, rule: &Rule, account: Symbol, keys: &mut Keys) -> u32 {
        let Some(group) = rule.group.and_then(|g| self.file.layout.groups.get(g)) else { return 0 };
        let mut buffer = std::mem::take(&mut keys.buffer);
        buffer.clear();
        let mut some = group.by_time || group.within.is_some();
        for expr in &group.by {
            let text = cells.text(expr);
            some |= !text.is_empty();
            buffer.push_str(&text);
            buffer.push('\u{1f}');
        }
        buffer.push_str(&group.name);
        if !group.across {
            buffer.push('\u{1f}');
            buffer.push_str(&self.file.format.family);
        }
        buffer.push('\u{1f}');
        buffer.push_str(&account.index().to_string());
        let next = u32::try_from(keys.by_text.len() + 1).unwrap_or(u32::MAX);
        let key = match keys.by_text.get(&buffer) {
            Some(key) => *key,
            None if some => *keys.by_text.entry(buffer.clone()).or_insert(next),
            None => 0,
        };
        keys.buffer = buffer;
        if some { key } else { 0 }
    }

    /// The text by which the row is known again in another file.
    fn identity(&self, cells: &Cells<'_>, piece: &Piece, number: usize, read: &mut Read) {
        if !self.with_identity {
            return;
        }
        let layout = self.file.layout;
        let joined = |fields: &mut dyn Iterator<Item = usize>| fields.map(|f| cells.field(f)).collect::<Vec<_>>().join("\u{1f}");
        let own = joined(&mut layout.unique.iter().copied());
        let unique = own.chars().any(|c| c != '\u{1f}');
        let family = &self.file.format.family;
        let text = if unique {
            format!("{family}\u{1e}{own}")
        } else {
            // The moment counts, not how this layout writes it; the number of a line and the like do not.
            let named = |f: usize| layout.names.get(f).map_or("", String::as_str);
            let balance = layout.balance.as_ref().and_then(|(amount, _)| match amount {
                super::expr::Expr::Field(f) => Some(*f),
                _ => None,
            });
            let mut fields: Vec<usize> = layout
                .columns
                .iter()
                .map(|c| c.field)
                .filter(|f| !matches!(named(*f), "time" | "row") && Some(*f) != balance)
                .collect();
            fields.sort_by_key(|f| named(*f));
            let cells: Vec<String> = fields
                .iter()
                .map(|f| (named(*f), cells.field(*f)))
                .filter(|(_, t)| !t.is_empty())
                .map(|(n, t)| format!("{n}={t}"))
                .collect();
            format!("{family}\u{1e}{}\u{1e}{}", piece.time.timestamp_nanos_opt().unwrap_or_default(), cells.join("\u{1f}"))
        };
        read.identities.push((number, text, unique));
    }

    fn stated(&mut self, cells: &Cells<'_>, piece: &Piece, read: &mut Read) {
        let layout = self.file.layout;
        let Some((amount, asset)) = &layout.balance else { return };
        let Ok(Some((amount, asset))) = self.coin(cells, amount, asset, &mut read.words) else { return };
        let side = |coin: Option<Coin>| coin.filter(|(_, s)| *s == asset).map(|(a, _)| a).unwrap_or_default();
        let change = side(piece.received).checked_sub(side(piece.sent)).and_then(|c| c.checked_sub(side(piece.fee)));
        let part = layout.part.as_ref().map(|t| cells.filled(t)).unwrap_or_default();
        let part = read.words.intern(&part);
        read.stated.push(Stated {
            file: piece.file,
            line: piece.line,
            order: piece.order,
            time: piece.time,
            account: piece.account,
            part,
            amount,
            asset,
            change: change.unwrap_or_default(),
        });
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

/// A fee that stands inside the amounts: out of what was sent in its coin, back to what was received in it; else it is apart.
fn inside(received: &mut Option<Coin>, sent: &mut Option<Coin>, fee: &mut Option<Coin>) -> Result<(), number::NumberError> {
    let Some((fee, asset)) = fee else { return Ok(()) };
    *fee = fee.abs();
    match (sent, received) {
        (Some((amount, of)), _) if of == asset => *amount = number::sub_exact(*amount, *fee)?,
        (_, Some((amount, of))) if of == asset => *amount = number::add_exact(*amount, *fee)?,
        _ => {}
    }
    Ok(())
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

/// The name of an asset as the ledger has it.
fn asset_name(text: &str, assets: &Assets) -> String {
    let text = if assets.upper { text.to_uppercase() } else { text.to_owned() };
    let renamed = |text: &str| assets.rename.iter().find(|(from, _)| from == text).map(|(_, to)| to.clone());
    if let Some(name) = renamed(&text) {
        return name;
    }
    let suffix = assets.suffixes.iter().find_map(|suffix| {
        // `#.S`: digits may stand before it.
        let (numbered, suffix) = suffix.strip_prefix('#').map_or((false, suffix.as_str()), |s| (true, s));
        let base = text.strip_suffix(suffix).filter(|b| !b.is_empty())?;
        let bare = if numbered { base.trim_end_matches(|c: char| c.is_ascii_digit()) } else { base };
        Some(if bare.is_empty() { base } else { bare }.to_owned())
    });
    let text = suffix.unwrap_or(text);
    if let Some(name) = renamed(&text) {
        return name;
    }
    let prefix =
        assets.prefixes.iter().find_map(|(prefix, least)| text.strip_prefix(prefix.as_str()).filter(|rest| rest.len() >= *least));
    prefix.map_or(text.clone(), |rest| renamed(rest).unwrap_or_else(|| rest.to_owned()))
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
