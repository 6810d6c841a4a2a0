//! Tables of prices: `timestamp,asset,currency,price`, and the candles of exchanges with and without a header.

use chrono::{DateTime, Utc};

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::ledger::is_currency;
use crate::number::Decimal;

use super::candles::{self, Columns};
use super::cells;
use super::sheet::{Faults, Line, Row, Sheet, first_lines};
use super::symbol::{self, Pair};
use super::tables::{Prices, Progress};

/// Reads one table into the prices.
pub(super) fn read(source: &Source, file: u16, prices: &mut Prices, faults: &mut Faults, progress: Progress<'_>) {
    let stated = source.about.as_deref().map(|text| (text, Pair::stated(text)));
    if let Some((text, None)) = stated {
        let message = format!("`{text}` is not a pair of an asset and a currency");
        faults.more(Diagnostic::new(Code::P0104, message).help("write `ASSET/CURRENCY=FILE`, such as `BTC/USD=candles.csv`"));
        return;
    }
    let stated = stated.and_then(|(_, pair)| pair);
    for line in first_lines(source) {
        if let Some(plain) = Plain::of(&line) {
            if stated.is_some() {
                let message = "the table names asset and currency itself";
                faults.more(Diagnostic::new(Code::P0104, message).help("give the file without saying what it is about"));
            }
            plain.unknown_columns(&line, source, faults);
            return plain.rows(&Sheet::below(source, file, &line), prices, faults, progress);
        }
        let headed = Columns::of_header(&line.cells);
        let (columns, sheet) = match headed {
            Some(columns) => {
                candles::unknown_columns(&line, &columns, source, faults);
                (Some(columns), Sheet::below(source, file, &line))
            }
            None if candles::is_headless(&line.cells) => {
                let sheet = Sheet::from(source, file, &line);
                (candles::headless(&sheet, line.cells.len()), sheet)
            }
            None => continue,
        };
        let Some(columns) = columns else { return faults.more(unordered(source, &line)) };
        let pair = stated.or_else(|| columns.symbol.is_none().then(|| symbol::of_file(&source.name)).flatten());
        if pair.is_none() && columns.symbol.is_none() {
            return faults.more(mute(source, line.number));
        }
        return candles::read(&sheet, &columns, pair, prices, faults, progress);
    }
    faults.more(unreadable(source));
}

fn mute(source: &Source, line: u32) -> Diagnostic {
    let name = &source.name;
    Diagnostic::new(Code::P0104, format!("`{name}` does not say which asset it prices, and in which currency"))
        .at(Place::new(name, line, 1, 1))
        .help(format!("say it with the file, `--prices BTC/USD={name}`, or in its name, as in `BTC-USD.csv`"))
}

fn unordered(source: &Source, line: &Line<'_>) -> Diagnostic {
    let message = format!(
        "the {} columns of `{}` have no header, and are in none of the orders known, or in several",
        line.cells.len(),
        source.name
    );
    Diagnostic::new(Code::P0101, message)
        .at(Place::new(&source.name, line.number, 1, 1))
        .help("put a header above them, such as `timestamp,open,high,low,close,volume`")
}

fn unreadable(source: &Source) -> Diagnostic {
    let header = first_lines(source).next();
    let line = header.as_ref().map_or(1, |line| line.number);
    let has = |name: &&&str| header.as_ref().is_some_and(|h| h.cells.iter().any(|c| c.to_lowercase() == **name));
    let missing = PLAIN.iter().find(|name| !has(name)).unwrap_or(&"timestamp");
    Diagnostic::new(Code::P0101, format!("the column `{missing}` is missing"))
        .at(Place::new(&source.name, line, 1, 1))
        .help("the header is `timestamp,asset,currency,price`, or that of candles: a time, and `open`, `close` or `price`")
}

const PLAIN: [&str; 4] = ["timestamp", "asset", "currency", "price"];

/// The table with a column for each of its four parts, in any order.
struct Plain([usize; 4]);

impl Plain {
    fn of(line: &Line<'_>) -> Option<Plain> {
        let mut columns = [0; 4];
        for (slot, name) in columns.iter_mut().zip(PLAIN) {
            *slot = line.cells.iter().position(|cell| cell.to_lowercase() == name)?;
        }
        Some(Plain(columns))
    }

    fn unknown_columns(&self, line: &Line<'_>, source: &Source, faults: &mut Faults) {
        for (index, name) in line.cells.iter().enumerate().filter(|(index, name)| !self.0.contains(index) && !name.is_empty()) {
            if !name.starts_with("x_") {
                faults.more(unknown(name, index, line.number, source));
            }
        }
    }

    fn rows(&self, sheet: &Sheet<'_>, prices: &mut Prices, faults: &mut Faults, progress: Progress<'_>) {
        let mut count = 0u64;
        sheet.rows(faults, |row, faults| {
            count += 1;
            if count.is_multiple_of(1000)
                && let Some(progress) = progress
            {
                progress(1000);
            }
            self.row(row, prices, faults);
            true
        });
    }

    fn row(&self, row: &Row<'_, '_>, prices: &mut Prices, faults: &mut Faults) {
        let [timestamp, asset, currency, price] = self.0;
        let at = row.check(timestamp, instant(row.cell(timestamp)), faults);
        let value = row.check(price, cells::amount(row.cell(price), row.sheet.decimal_comma()), faults);
        let code = row.cell(currency);
        let wrong = || format!("`{code}` is not a currency code of ISO 4217");
        let known = row.check(currency, is_currency(code).then_some(()).ok_or_else(wrong), faults);
        let name = row.cell(asset);
        let rate = || format!("`{name}` is a currency: what it is worth goes to the file given with `--rates`");
        let named = match name {
            "" => Err("the asset is missing".to_owned()),
            name if is_currency(name) => Err(rate()),
            _ => Ok(()),
        };
        let named = row.check(asset, named, faults);
        if let (Some(at), Some(value), Some(()), Some(())) = (at, value, known, named) {
            let (series, spot) = (prices.series(name, code), row.spot(timestamp));
            match row.cell(timestamp).len() {
                // A plain day is the whole of it, wherever days begin.
                10 if row.cell(timestamp).contains('-') => series.days.push((at.date_naive(), value, spot)),
                _ => series.moments.push((at, value, spot)),
            }
        }
    }
}

/// An instant with its zone, or a plain day.
fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let found = cells::moment(text).filter(|(_, zoned)| *zoned).map(|(at, _)| at);
    found.ok_or_else(|| format!("`{text}` is not an instant; write 2024-07-01T12:00:00Z"))
}

pub(super) fn unknown(name: &str, index: usize, line: u32, source: &Source) -> Diagnostic {
    let message = format!("the column `{name}` (number {}) has no meaning for prices: it was not read", index + 1);
    Diagnostic::new(Code::P0105, message)
        .at(Place::new(&source.name, line, 1, 1))
        .help("a column that need not be read is named `x_..`")
}

/// A price that was found, with where it stands.
pub(super) type Point = (DateTime<Utc>, Decimal, super::sheet::Spot);
