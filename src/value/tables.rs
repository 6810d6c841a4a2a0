//! Tables of prices and rates, and how they are asked.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::ledger::is_currency;
use crate::number::{self, Decimal};

use super::sheet::{Faults, Files, Spot};
use super::{read_prices, read_rates};

/// A rate and where it stands; with `inverse` the table has the opposite pair, and the caller divides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateFound {
    pub rate: Decimal,
    pub inverse: bool,
    pub day: NaiveDate,
    pub place: Place,
}

/// An average of rates over a span of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AverageFound {
    pub rate: Decimal,
    pub inverse: bool,
    /// How many rates of days it was computed from; `None` where the table states it.
    pub computed: Option<usize>,
    pub place: Place,
}

/// A price of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFound<'a> {
    pub price: Decimal,
    /// A currency, or the asset in which an exchange quotes.
    pub currency: &'a str,
    pub timestamp: DateTime<Utc>,
    pub place: Place,
}

/// A value of one moment, and where it stands.
pub(super) type Dated<K> = (K, Decimal, Spot);

/// Prices in one currency, in order of time: of moments, and of whole days wherever those begin.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    pub moments: Vec<Dated<DateTime<Utc>>>,
    pub days: Vec<Dated<NaiveDate>>,
}

/// By base and quote, in order of time.
type ByPair = HashMap<String, HashMap<String, Vec<Dated<NaiveDate>>>>;

/// Days without a rate that a span may have between two, or at its ends, and still have an average.
const GAP_MAX: i64 = 10;

/// What a rate is of: a day, or, as some banks publish them, the average of a month or year, named by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Day(NaiveDate),
    Month(NaiveDate),
    Year(NaiveDate),
}

/// Exchange rates: units of the quote currency for one of the base currency.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    days: ByPair,
    months: ByPair,
    years: ByPair,
    files: Files,
    sha256: Option<String>,
}

/// Prices of assets.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// By asset and currency, in order of time.
    by_asset: HashMap<String, Vec<(String, Series)>>,
    files: Files,
    sha256: Option<String>,
}

/// How far the reading of tables has come, in rows.
pub type Progress<'a> = Option<&'a dyn Fn(u64)>;

impl Rates {
    /// Reads the tables of banks in any of the layouts known, and `date,base,quote,rate`.
    pub fn read(sources: &[Source]) -> (Rates, Vec<Diagnostic>) {
        Rates::read_watched(sources, None)
    }

    pub fn read_watched(sources: &[Source], progress: Progress<'_>) -> (Rates, Vec<Diagnostic>) {
        let mut rates = Rates { sha256: fingerprint(sources), ..Rates::default() };
        let mut problems = Vec::new();
        for source in sources {
            let file = rates.files.add(&source.name);
            let mut faults = Faults::default();
            read_rates::read(source, file, &mut rates, &mut faults, progress);
            problems.extend(faults.into_all(&source.name));
        }
        let Rates { days, months, years, files, .. } = &mut rates;
        for table in [days, months, years] {
            let mut pairs: Vec<_> =
                table.iter_mut().flat_map(|(b, quotes)| quotes.iter_mut().map(move |(q, l)| (b, q, l))).collect();
            pairs.sort_by_key(|(base, quote, _)| (base.as_str(), quote.as_str()));
            for (_, _, list) in pairs {
                sorted(list, files, &mut problems);
            }
        }
        (rates, problems)
    }

    pub(super) fn add(&mut self, base: &str, quote: &str, span: Span, rate: Decimal, spot: Spot) {
        let (table, day) = match span {
            Span::Day(day) => (&mut self.days, day),
            Span::Month(day) => (&mut self.months, day),
            Span::Year(day) => (&mut self.years, day),
        };
        // Names are made once for a pair, not for each of its rates.
        let missing = table.get(base).and_then(|quotes| quotes.get(quote)).is_none();
        if missing {
            table.entry(base.to_owned()).or_default().insert(quote.to_owned(), Vec::new());
        }
        if let Some(list) = table.get_mut(base).and_then(|quotes| quotes.get_mut(quote)) {
            list.push((day, rate, spot));
        }
    }

    /// The rate of one day.
    pub fn on(&self, base: &str, quote: &str, day: NaiveDate) -> Option<RateFound> {
        self.on_or_before(base, quote, day).filter(|found| found.day == day)
    }

    /// The last rate published on or before a day.
    pub fn on_or_before(&self, base: &str, quote: &str, day: NaiveDate) -> Option<RateFound> {
        let last = |base: &str, quote: &str, inverse: bool| {
            let list = self.days.get(base)?.get(quote)?;
            let (found, rate, spot) = list.get(list.partition_point(|(d, ..)| *d <= day).checked_sub(1)?)?;
            Some(RateFound { rate: *rate, inverse, day: *found, place: self.files.place(*spot) })
        };
        match (last(base, quote, false), last(quote, base, true)) {
            (Some(direct), Some(inverse)) => Some(if inverse.day > direct.day { inverse } else { direct }),
            (direct, inverse) => direct.or(inverse),
        }
    }

    /// The average of a month or year: as the table states it, else that of the rates of its days, if they cover it.
    pub fn average(&self, base: &str, quote: &str, name: Span, (from, through): (NaiveDate, NaiveDate)) -> Option<AverageFound> {
        let (table, name) = match name {
            Span::Month(name) => (&self.months, name),
            Span::Year(name) => (&self.years, name),
            Span::Day(_) => return None,
        };
        let stated = |base: &str, quote: &str, inverse: bool| {
            let list = table.get(base)?.get(quote)?;
            let (_, rate, spot) = list.get(list.binary_search_by_key(&name, |(d, ..)| *d).ok()?)?;
            Some(AverageFound { rate: *rate, inverse, computed: None, place: self.files.place(*spot) })
        };
        let computed = |base: &str, quote: &str, inverse: bool| {
            let list = self.days.get(base)?.get(quote)?;
            let span = list.partition_point(|(d, ..)| *d < from)..list.partition_point(|(d, ..)| *d <= through);
            let mut days: Vec<&Dated<NaiveDate>> = list.get(span)?.iter().collect();
            days.dedup_by_key(|(day, ..)| *day);
            let ends = std::iter::once(from).chain(days.iter().map(|(d, ..)| *d)).chain([through]).collect::<Vec<_>>();
            if ends.windows(2).any(|pair| matches!(pair, [a, b] if (*b - *a).num_days() > GAP_MAX)) {
                return None;
            }
            let sum = days.iter().try_fold(Decimal::ZERO, |sum, (_, rate, _)| Some(number::add(sum, *rate).ok()?.value))?;
            let rate = number::div(sum, Decimal::from(days.len())).ok()?;
            let place = self.files.place(days.first()?.2);
            Some(AverageFound { rate, inverse, computed: Some(days.len()), place })
        };
        stated(base, quote, false)
            .or_else(|| stated(quote, base, true))
            .or_else(|| computed(base, quote, false))
            .or_else(|| computed(quote, base, true))
    }

    /// Every currency that some rate is of, in the order of their codes.
    pub fn currencies(&self) -> BTreeSet<&str> {
        let tables = [&self.days, &self.months, &self.years];
        tables.into_iter().flat_map(|t| t.keys().chain(t.values().flat_map(HashMap::keys))).map(String::as_str).collect()
    }

    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }
}

impl Prices {
    /// Reads tables of prices and candles in any of the layouts known, and `timestamp,asset,currency,price`.
    pub fn read(sources: &[Source]) -> (Prices, Vec<Diagnostic>) {
        Prices::read_watched(sources, None)
    }

    pub fn read_watched(sources: &[Source], progress: Progress<'_>) -> (Prices, Vec<Diagnostic>) {
        let mut prices = Prices { sha256: fingerprint(sources), ..Prices::default() };
        let mut problems = Vec::new();
        for source in sources {
            let file = prices.files.add(&source.name);
            let mut faults = Faults::default();
            read_prices::read(source, file, &mut prices, &mut faults, progress);
            problems.extend(faults.into_all(&source.name));
        }
        let mut assets: Vec<_> = prices.by_asset.iter_mut().collect();
        assets.sort_by_key(|(asset, _)| asset.as_str());
        for (_, lists) in assets {
            lists.sort_by(|(a, _), (b, _)| a.cmp(b));
            for (_, series) in lists {
                sorted(&mut series.moments, &prices.files, &mut problems);
                sorted(&mut series.days, &prices.files, &mut problems);
            }
        }
        (prices, problems)
    }

    pub(super) fn series(&mut self, asset: &str, currency: &str) -> &mut Series {
        let lists = self.by_asset.entry(asset.to_owned()).or_default();
        let index = lists.iter().position(|(c, _)| c == currency).unwrap_or_else(|| {
            lists.push((currency.to_owned(), Series::default()));
            lists.len() - 1
        });
        // The index is that of the list found or just made.
        &mut lists[index].1
    }

    /// The prices on a day (from `from` on, before `until`): of each currency the latest at or before `instant`, else the
    /// earliest after it, else that of the whole day. Those in `prefer` come first, then those in other currencies, then
    /// those in assets.
    pub fn on_day(
        &self,
        asset: &str,
        day: NaiveDate,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        instant: DateTime<Utc>,
        prefer: &str,
    ) -> Vec<PriceFound<'_>> {
        self.pick(asset, prefer, |series| {
            let list = &series.moments;
            let moments = list.partition_point(|(t, ..)| *t < from)..list.partition_point(|(t, ..)| *t < until);
            let list = list.get(moments).unwrap_or_default();
            let before = list.partition_point(|(t, ..)| *t <= instant);
            let whole = || series.days.binary_search_by_key(&day, |(d, ..)| *d).ok().and_then(|index| series.days.get(index));
            list.get(before.saturating_sub(1)).copied().or_else(|| whole().map(begun))
        })
    }

    /// The latest prices at or before an instant, in the order of [`Prices::on_day`]. A whole day's price is there from midnight of UTC on.
    pub fn at_or_before(&self, asset: &str, instant: DateTime<Utc>, prefer: &str) -> Vec<PriceFound<'_>> {
        self.pick(asset, prefer, |Series { moments, days }| {
            let moment =
                moments.partition_point(|(t, ..)| *t <= instant).checked_sub(1).and_then(|index| moments.get(index)).copied();
            let day = instant.date_naive();
            let whole = days.partition_point(|(d, ..)| *d <= day).checked_sub(1).and_then(|index| days.get(index)).map(begun);
            moment.into_iter().chain(whole).max_by_key(|(t, ..)| *t)
        })
    }

    fn pick<'a>(
        &'a self,
        asset: &str,
        prefer: &str,
        choose: impl Fn(&'a Series) -> Option<Dated<DateTime<Utc>>>,
    ) -> Vec<PriceFound<'a>> {
        let lists = self.by_asset.get(asset).map(Vec::as_slice).unwrap_or_default();
        let found = lists.iter().filter_map(|(currency, series)| {
            let (timestamp, price, spot) = choose(series)?;
            Some(PriceFound { price, currency, timestamp, place: self.files.place(spot) })
        });
        let mut found: Vec<PriceFound<'a>> = found.collect();
        found.sort_by_key(|price| rank(price.currency, prefer));
        found
    }

    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }
}

/// The price of a whole day as one of its first moment.
fn begun((day, price, spot): &Dated<NaiveDate>) -> Dated<DateTime<Utc>> {
    (day.and_time(chrono::NaiveTime::MIN).and_utc(), *price, *spot)
}

/// Which of several currencies is taken first, where nothing else decides: the law's own, the two in which most of the world
/// is quoted, then by code; assets last.
pub fn rank<'a>(currency: &'a str, own: &str) -> (usize, &'a str) {
    let common = ["EUR", "USD"].iter().position(|c| *c == currency);
    let place = if currency == own { 0 } else { common.map_or(if is_currency(currency) { 3 } else { 4 }, |at| at + 1) };
    (place, currency)
}

fn fingerprint(sources: &[Source]) -> Option<String> {
    if sources.is_empty() {
        return None;
    }
    let mut sha = Sha256::new();
    for source in sources {
        // What the user says of a file changes what it means.
        source.about.iter().for_each(|about| sha.update(about.as_bytes()));
        sha.update(source.text.as_bytes());
    }
    Some(sha.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

/// Sorts by time; two different values for one moment are an error, two equal ones are not.
fn sorted<K: Ord + Copy + std::fmt::Display>(list: &mut [Dated<K>], files: &Files, problems: &mut Vec<Diagnostic>) {
    list.sort_by_key(|(key, ..)| *key);
    let differ = |pair: &&[Dated<K>]| matches!(pair, [(a, x, _), (b, y, _)] if a == b && x != y);
    let mut all = list.windows(2).filter(differ);
    let Some([(at, x, first), (_, y, second)]) = all.next() else { return };
    let more = all.count();
    let others = if more == 0 { String::new() } else { format!(", and for {more} more moments") };
    let message = format!("two different values are given for {at}: {x} and {y}{others}");
    problems.push(
        Diagnostic::new(Code::P0103, message)
            .at(files.place(*second))
            .related(files.place(*first), "first here")
            .help("keep the right one"),
    );
}
