//! Tables of prices and rates, read from CSV.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::number::{self, Decimal};

/// A rate and where it stands; with `inverse` the table has the opposite pair, and the caller divides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateFound {
    pub rate: Decimal,
    pub inverse: bool,
    pub day: NaiveDate,
    pub place: Place,
}

/// A price of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFound<'a> {
    pub price: Decimal,
    pub currency: &'a str,
    pub timestamp: DateTime<Utc>,
    pub place: Place,
}

/// A value of one moment, and where it stands.
type Dated<K> = (K, Decimal, Place);

/// Prices in one currency, in order of time.
type Series = Vec<Dated<DateTime<Utc>>>;

/// Exchange rates: units of the quote currency for one of the base currency.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    /// By base and quote, in order of days.
    by_pair: HashMap<String, HashMap<String, Vec<Dated<NaiveDate>>>>,
    sha256: Option<String>,
}

/// Prices of assets.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// By asset and currency, in order of time.
    by_asset: HashMap<String, Vec<(String, Series)>>,
    sha256: Option<String>,
}

impl Rates {
    /// Reads files with the columns `date,base,quote,rate`.
    pub fn read(sources: &[Source]) -> (Rates, Vec<Diagnostic>) {
        let mut rates = Rates { sha256: fingerprint(sources), ..Rates::default() };
        let mut problems = Vec::new();
        for source in sources {
            for record in records(source, ["date", "base", "quote", "rate"], &mut problems) {
                let [date, base, quote, rate] = &record.cells;
                let day = record.check(
                    0,
                    plain_date(date).ok_or_else(|| format!("`{date}` is not a date; write 2024-07-01")),
                    &mut problems,
                );
                let rate = record.check(3, positive(rate, false), &mut problems);
                let pair = record.check(1, currencies(base, quote), &mut problems);
                if let (Some(day), Some(rate), Some(())) = (day, rate, pair) {
                    let list = rates.by_pair.entry(base.clone()).or_default().entry(quote.clone()).or_default();
                    list.push((day, rate, record.place(0)));
                }
            }
        }
        for list in rates.by_pair.values_mut().flat_map(HashMap::values_mut) {
            sorted(list, &mut problems);
        }
        (rates, problems)
    }

    /// The rate of one day.
    pub fn on(&self, base: &str, quote: &str, day: NaiveDate) -> Option<RateFound> {
        self.on_or_before(base, quote, day).filter(|found| found.day == day)
    }

    /// The last rate published on or before a day.
    pub fn on_or_before(&self, base: &str, quote: &str, day: NaiveDate) -> Option<RateFound> {
        let last = |base: &str, quote: &str, inverse: bool| {
            let list = self.by_pair.get(base)?.get(quote)?;
            let (found, rate, place) = list.get(list.partition_point(|(d, _, _)| *d <= day).checked_sub(1)?)?;
            Some(RateFound { rate: *rate, inverse, day: *found, place: place.clone() })
        };
        match (last(base, quote, false), last(quote, base, true)) {
            (Some(direct), Some(inverse)) => Some(if inverse.day > direct.day { inverse } else { direct }),
            (direct, inverse) => direct.or(inverse),
        }
    }

    /// Every currency that some rate is of, in the order of their codes.
    pub fn currencies(&self) -> BTreeSet<&str> {
        let quotes = self.by_pair.values().flat_map(HashMap::keys);
        self.by_pair.keys().chain(quotes).map(String::as_str).collect()
    }

    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }
}

impl Prices {
    /// Reads files with the columns `timestamp,asset,currency,price`.
    pub fn read(sources: &[Source]) -> (Prices, Vec<Diagnostic>) {
        let mut prices = Prices { sha256: fingerprint(sources), ..Prices::default() };
        let mut problems = Vec::new();
        for source in sources {
            for record in records(source, ["timestamp", "asset", "currency", "price"], &mut problems) {
                let [timestamp, asset, currency, price] = &record.cells;
                let instant = record.check(0, instant(timestamp), &mut problems);
                let price = record.check(3, positive(price, true), &mut problems);
                let known = if crate::ledger::is_currency(currency) {
                    Ok(())
                } else {
                    Err(format!("`{currency}` is not a currency code of ISO 4217"))
                };
                let known = record.check(2, known, &mut problems);
                if let (Some(instant), Some(price), Some(())) = (instant, price, known) {
                    let lists = prices.by_asset.entry(asset.clone()).or_default();
                    let index = lists.iter().position(|(c, _)| c == currency).unwrap_or_else(|| {
                        lists.push((currency.clone(), Vec::new()));
                        lists.len() - 1
                    });
                    if let Some((_, list)) = lists.get_mut(index) {
                        list.push((instant, price, record.place(0)));
                    }
                }
            }
        }
        for lists in prices.by_asset.values_mut() {
            lists.sort_by(|(a, _), (b, _)| a.cmp(b));
            lists.iter_mut().for_each(|(_, list)| sorted(list, &mut problems));
        }
        (prices, problems)
    }

    /// The price on a day (`from` included, `until` not): the latest at or before `instant`, else the earliest after it.
    /// `prefer`: the currency whose price is taken if there are several.
    pub fn on_day(
        &self,
        asset: &str,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        instant: DateTime<Utc>,
        prefer: &str,
    ) -> Option<PriceFound<'_>> {
        self.pick(asset, prefer, |list| {
            let day = list.partition_point(|(t, ..)| *t < from)..list.partition_point(|(t, ..)| *t < until);
            let list = list.get(day)?;
            let before = list.partition_point(|(t, ..)| *t <= instant);
            list.get(before.saturating_sub(1))
        })
    }

    /// The latest price at or before an instant.
    pub fn at_or_before(&self, asset: &str, instant: DateTime<Utc>, prefer: &str) -> Option<PriceFound<'_>> {
        self.pick(asset, prefer, |list| list.get(list.partition_point(|(t, ..)| *t <= instant).checked_sub(1)?))
    }

    fn pick<'a>(
        &'a self,
        asset: &str,
        prefer: &str,
        choose: impl Fn(&'a [Dated<DateTime<Utc>>]) -> Option<&'a Dated<DateTime<Utc>>>,
    ) -> Option<PriceFound<'a>> {
        let lists = self.by_asset.get(asset)?;
        let preferred = lists.iter().filter(|(c, _)| c == prefer);
        let others = lists.iter().filter(|(c, _)| c != prefer);
        preferred.chain(others).find_map(|(currency, list)| {
            let (timestamp, price, place) = choose(list)?;
            Some(PriceFound { price: *price, currency, timestamp: *timestamp, place: place.clone() })
        })
    }

    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }
}

fn fingerprint(sources: &[Source]) -> Option<String> {
    if sources.is_empty() {
        return None;
    }
    let mut sha = Sha256::new();
    sources.iter().for_each(|s| sha.update(s.text.as_bytes()));
    Some(sha.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

/// Sorts by time; two different values for one moment are an error, two equal ones are not.
fn sorted<K: Ord + Copy + std::fmt::Display>(list: &mut [Dated<K>], problems: &mut Vec<Diagnostic>) {
    list.sort_by_key(|(key, ..)| *key);
    for pair in list.windows(2) {
        if let [(a, x, first), (b, y, second)] = pair
            && a == b
            && x != y
        {
            let message = format!("two different values are given for {a}: {x} and {y}");
            problems.push(
                Diagnostic::new(Code::P0103, message)
                    .at(second.clone())
                    .related(first.clone(), "first here")
                    .help("keep the right one"),
            );
        }
    }
}

fn plain_date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    if let Some(day) = plain_date(text) {
        return Ok(day.and_time(chrono::NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|t| t.with_timezone(&Utc))
        .map_err(|_| format!("`{text}` is not an instant; write 2024-07-01T12:00:00Z"))
}

fn positive(text: &str, zero: bool) -> Result<Decimal, String> {
    let value = number::parse_unsigned(text).map_err(|e| e.to_string())?;
    if value.is_zero() && !zero { Err("a rate is above zero".to_owned()) } else { Ok(value) }
}

fn currencies(base: &str, quote: &str) -> Result<(), String> {
    match [base, quote].iter().find(|c| !crate::ledger::is_currency(c)) {
        Some(wrong) => Err(format!("`{wrong}` is not a currency code of ISO 4217; prices of assets go to the price file")),
        None => Ok(()),
    }
}

/// One row of a table.
struct Record {
    file: Arc<str>,
    line: u32,
    cells: [String; 4],
    /// Where the columns stand in the file.
    order: [usize; 4],
    raw: Vec<usize>,
}

impl Record {
    /// The place of a cell: its characters in the line, as far as plain fields allow.
    fn place(&self, cell: usize) -> Place {
        let position = self.order.get(cell).copied().unwrap_or(0);
        let before: usize = self.raw.iter().take(position).map(|length| length + 1).sum();
        let length = self.raw.get(position).copied().unwrap_or(1);
        Place::new(&self.file, self.line, u32::try_from(before + 1).unwrap_or(1), u32::try_from(length).unwrap_or(1))
    }

    fn check<T>(&self, cell: usize, result: Result<T, String>, problems: &mut Vec<Diagnostic>) -> Option<T> {
        result.map_err(|message| problems.push(Diagnostic::new(Code::P0102, message).at(self.place(cell)))).ok()
    }
}

/// The rows of a table whose header has exactly the columns wanted, in any order.
fn records(source: &Source, wanted: [&str; 4], problems: &mut Vec<Diagnostic>) -> Vec<Record> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().map(|h| h.iter().map(str::to_owned).collect()).unwrap_or_default();
    let mut order = [0; 4];
    for (slot, name) in order.iter_mut().zip(wanted) {
        match header.iter().position(|h| h == name) {
            Some(index) => *slot = index,
            None => {
                let message = format!("the column `{name}` is missing");
                let help = format!("the header is `{}`", wanted.join(","));
                problems.push(Diagnostic::new(Code::P0101, message).at(Place::new(&source.name, 1, 1, 1)).help(help));
                return Vec::new();
            }
        }
    }
    let mut found = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |p| u32::try_from(p.line()).unwrap_or(u32::MAX));
                let cell = |index: usize| record.get(index).unwrap_or_default().to_owned();
                let raw = record.iter().map(|c| c.chars().count()).collect();
                let cells = order.map(cell);
                if !record.iter().all(str::is_empty) {
                    found.push(Record { file: Arc::clone(&source.name), line, cells, order, raw });
                }
            }
            Err(error) => {
                let line = error.position().map_or(1, |p| u32::try_from(p.line()).unwrap_or(1));
                problems.push(Diagnostic::new(Code::P0101, format!("the file cannot be read: {error}")).at(Place::new(
                    &source.name,
                    line,
                    1,
                    1,
                )));
            }
        }
    }
    found
}
