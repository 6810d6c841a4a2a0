//! Candles of exchanges. A candle is two prices: the open at the moment it begins, the close at the last moment of it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::ledger::is_currency;
use crate::number::Decimal;

use super::cells;
use super::read_prices::{Point, unknown};
use super::sheet::{Faults, Line, Row, Sheet, Spot};
use super::symbol::{Pair, of_symbol};
use super::tables::{Prices, Progress};

/// In the order in which they are preferred: epochs before what is written out.
const TIMES: &[&str] = &[
    "unix",
    "unix timestamp",
    "open time",
    "opentime",
    "open_time",
    "open timestamp",
    "timeopen",
    "timestamp",
    "time",
    "date",
    "datetime",
    "snapped_at",
    "start",
    "ts",
];
const CLOSE_TIMES: &[&str] = &["close time", "close_time", "closetime", "timeclose"];
const SYMBOLS: &[&str] = &["symbol", "pair", "market", "ticker", "instrument"];
const PRICES: &[&str] = &["price", "vwap price", "close price"];
/// Columns that say nothing about the price.
const BESIDE: &[&str] = &[
    "",
    "count",
    "trades",
    "tradecount",
    "trade count",
    "number of trades",
    "vwap",
    "quote_volume",
    "quote asset volume",
    "ignore",
    "taker_buy_volume",
    "taker_buy_quote_volume",
    "taker_buy_base_volume",
    "taker_buy_base_asset_volume",
    "taker_buy_quote_asset_volume",
    "taker buy base asset volume",
    "taker buy quote asset volume",
    "quote_asset_volume",
    "number_of_trades",
    "market_cap",
    "marketcap",
    "market cap",
    "adj close",
    "timehigh",
    "timelow",
    "turnover",
    "amount",
    "name",
    "change",
    "change %",
    "high",
    "low",
    "date",
    "time",
    "datetime",
    "timestamp",
    "buyvolume",
    "sellvolume",
];
/// A longer candle has no length of its own: months differ.
const LENGTH_MAX: TimeDelta = TimeDelta::days(7);
/// The close counts so long before the next candle begins.
const BEFORE_THE_NEXT: TimeDelta = TimeDelta::milliseconds(1);

/// Where the parts of a candle stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    time: usize,
    open: Option<usize>,
    high: Option<usize>,
    low: Option<usize>,
    close: Option<usize>,
    close_time: Option<usize>,
    price: Option<usize>,
    pub symbol: Option<usize>,
}

impl Columns {
    /// By their names; a time and a price of some kind are needed.
    pub fn of_header(header: &[String]) -> Option<Columns> {
        let lower: Vec<String> = header.iter().map(|cell| cell.to_lowercase()).collect();
        let find = |names: &[&str]| names.iter().find_map(|name| lower.iter().position(|cell| cell == name));
        let found = Columns {
            time: find(TIMES)?,
            open: find(&["open", "o"]),
            high: find(&["high", "h"]),
            low: find(&["low", "l"]),
            close: find(&["close", "c"]),
            close_time: find(CLOSE_TIMES),
            price: find(PRICES),
            symbol: find(SYMBOLS),
        };
        (found.open.is_some() || found.close.is_some() || found.price.is_some()).then_some(found)
    }

    fn all(&self) -> Vec<usize> {
        let optional = [self.open, self.high, self.low, self.close, self.close_time, self.price, self.symbol];
        optional.into_iter().flatten().chain([self.time]).collect()
    }
}

/// Names the columns that were not read.
pub(super) fn unknown_columns(line: &Line<'_>, columns: &Columns, source: &Source, faults: &mut Faults) {
    let read = columns.all();
    for (index, name) in line.cells.iter().enumerate().filter(|(index, _)| !read.contains(index)) {
        let lower = name.to_lowercase();
        let beside = BESIDE.contains(&lower.as_str()) || lower.contains("volume") || lower.starts_with("x_");
        if !beside {
            faults.more(unknown(name, index, line.number, source));
        }
    }
}

// ---- without a header ----

/// So many columns: time, open, high, low, close, and the time at which the candle ends.
type Order = (usize, [usize; 4], Option<usize>);
/// The orders in which exchanges write candles without a header.
const ORDERS: &[Order] = &[
    (12, [1, 2, 3, 4], Some(6)),
    (5, [1, 2, 3, 4], None),
    (6, [1, 2, 3, 4], None),
    (7, [1, 2, 3, 4], None),
    (8, [1, 2, 3, 4], None),
    // Volume first, then from the close back to the open.
    (6, [5, 3, 4, 2], None),
    (7, [5, 3, 4, 2], None),
    // Low, high, open, close.
    (6, [3, 2, 1, 4], None),
];

/// A first line of numbers, the first of which is an instant.
pub(super) fn is_headless(cells: &[String]) -> bool {
    let number = |cell: &String| cells::amount(cell, false).is_ok();
    ORDERS.iter().any(|(count, ..)| *count == cells.len())
        && cells.first().is_some_and(|c| cells::moment(c).is_some())
        && cells.iter().skip(1).all(number)
}

/// The order in which no row has a low above its open or close, or a high below them; `None` where none is left, or several
/// that do not mean the same.
pub(super) fn headless(sheet: &Sheet<'_>, count: usize) -> Option<Columns> {
    let mut left: Vec<&Order> = ORDERS.iter().filter(|(columns, ..)| *columns == count).collect();
    let value = |row: &Row<'_, '_>, index: usize| cells::amount(row.cell(index), false).ok();
    sheet.rows(&mut Faults::default(), |row, _| {
        left.retain(|(_, order, _)| match order.map(|index| value(row, index)) {
            [Some(open), Some(high), Some(low), Some(close)] => sound(open, high, low, close),
            // A cell that is no number is told when it is read.
            _ => true,
        });
        left.len() > 1
    });
    let (first, others) = left.split_first()?;
    let mut alike = true;
    if !others.is_empty() {
        sheet.rows(&mut Faults::default(), |row, _| {
            let of = |(_, [open, _, _, close], _): &Order| (value(row, *open), value(row, *close));
            alike = others.iter().all(|other| of(other) == of(first));
            alike
        });
    }
    let (_, [open, high, low, close], close_time) = first;
    alike.then(|| Columns {
        open: Some(*open),
        high: Some(*high),
        low: Some(*low),
        close: Some(*close),
        close_time: *close_time,
        ..Columns::default()
    })
}

fn sound(open: Decimal, high: Decimal, low: Decimal, close: Decimal) -> bool {
    low <= open && low <= close && high >= open && high >= close
}

// ---- reading ----

/// One candle, or one price where `close` is not there.
struct Candle {
    from: DateTime<Utc>,
    open: Option<Decimal>,
    close: Option<Decimal>,
    until: Option<DateTime<Utc>>,
    spot: Spot,
}

/// Reads the candles into the prices: of the pair stated, else of that in their own column.
pub(super) fn read(
    sheet: &Sheet<'_>,
    columns: &Columns,
    pair: Option<Pair>,
    prices: &mut Prices,
    faults: &mut Faults,
    progress: Progress<'_>,
) {
    let mut found: Vec<(Pair, Vec<Candle>)> = Vec::new();
    let mut of_symbols: HashMap<String, Option<usize>> = HashMap::new();
    let list_of = |pair: Pair, found: &mut Vec<(Pair, Vec<Candle>)>| {
        found.iter().position(|(known, _)| *known == pair).unwrap_or_else(|| {
            found.push((pair, Vec::new()));
            found.len() - 1
        })
    };
    if let Some(pair) = &pair {
        list_of(pair.clone(), &mut found);
    }
    let (mut count, mut without_zone) = (0u64, None);
    sheet.rows(faults, |row, faults| {
        count += 1;
        if count.is_multiple_of(1000)
            && let Some(progress) = progress
        {
            progress(1000);
        }
        let list = match columns.symbol.filter(|_| pair.is_none()) {
            None => Some(0),
            Some(index) => match of_symbols.get(row.cell(index)) {
                Some(known) => *known,
                None => {
                    let list = row.check(index, symbol(row.cell(index)), faults).map(|pair| list_of(pair, &mut found));
                    of_symbols.insert(row.cell(index).to_owned(), list);
                    list
                }
            },
        };
        if let (Some(candle), Some(list)) = (candle(row, columns, &mut without_zone, faults), list)
            && let Some((_, candles)) = found.get_mut(list)
        {
            candles.push(candle);
        }
        true
    });
    if let Some(place) = without_zone {
        let message = format!("the times of `{}` do not say their zone: they were read as UTC", sheet.source.name);
        faults.more(
            Diagnostic::new(Code::P0106, message).at(place).help("if they are others, add the zone, `2024-07-01T12:00:00+02:00`"),
        );
    }
    for (pair, mut candles) in found {
        if is_currency(&pair.asset) {
            let message = format!("`{}` is a currency: what it is worth goes to a file given with `--rates`", pair.asset);
            faults.more(Diagnostic::new(Code::P0104, message).at(Place::new(&sheet.source.name, 1, 1, 1)));
            continue;
        }
        candles.sort_by_key(|c| c.from);
        let length = length(&candles);
        prices.series(&pair.asset, &pair.quote).moments.extend(candles.into_iter().flat_map(|candle| points(&candle, length)));
    }
}

fn symbol(text: &str) -> Result<Pair, String> {
    let wrong = || format!("`{text}` does not tell the asset from the currency; write `BTC/USD`");
    of_symbol(text).ok_or_else(wrong)
}

fn candle(row: &Row<'_, '_>, columns: &Columns, without_zone: &mut Option<Place>, faults: &mut Faults) -> Option<Candle> {
    let comma = row.sheet.decimal_comma();
    let moment = |index: usize| {
        let text = row.cell(index);
        cells::moment(text).ok_or_else(|| format!("`{text}` is not an instant; write 2024-07-01T12:00:00Z"))
    };
    let from = row.check(columns.time, moment(columns.time), faults);
    if without_zone.is_none() && from.is_some_and(|(_, zoned)| !zoned) {
        *without_zone = Some(row.place(columns.time));
    }
    let until = match columns.close_time {
        Some(index) => Some(row.check(index, moment(index), faults)?.0),
        None => None,
    };
    let mut values = [None; 4];
    let mut sound_cells = true;
    // A table that has a price alone is read as if it were the open.
    let open = columns.open.or(columns.price.filter(|_| columns.close.is_none()));
    for (value, index) in values.iter_mut().zip([open, columns.high, columns.low, columns.close]) {
        let Some(index) = index.filter(|index| !row.cell(*index).is_empty() || *index < row.cells()) else { continue };
        *value = row.check(index, cells::amount(row.cell(index), comma), faults);
        sound_cells &= value.is_some();
    }
    let [open_value, high, low, close] = values;
    if let (Some(o), Some(h), Some(l), Some(c)) = (open_value, high, low, close)
        && !sound(o, h, l, c)
    {
        let wrong: Result<(), String> = Err(format!("open {o} and close {c} do not lie between low {l} and high {h}"));
        row.check(open.unwrap_or(columns.time), wrong, faults);
        return None;
    }
    let (from, _) = from?;
    if !sound_cells || (open_value.is_none() && close.is_none()) {
        return None;
    }
    Some(Candle { from, open: open_value, close, until, spot: row.spot(columns.time) })
}

/// How long candles are: the least time between two. `None` where one is alone, or where they are as long as months.
fn length(candles: &[Candle]) -> Option<TimeDelta> {
    let between = candles.windows(2).filter_map(|pair| match pair {
        [a, b] => Some(b.from - a.from).filter(|d| *d > TimeDelta::zero()),
        _ => None,
    });
    between.min().filter(|length| *length <= LENGTH_MAX)
}

/// The prices that a candle states. Where its length is not known the close has no moment, and is left out.
fn points(candle: &Candle, length: Option<TimeDelta>) -> impl Iterator<Item = Point> + use<> {
    let spot = candle.spot;
    let open = candle.open.map(|open| (candle.from, open, spot));
    let end = candle.until.or_else(|| length.map(|length| candle.from + length - BEFORE_THE_NEXT));
    let close = candle.close.zip(end).map(|(close, end)| (end, close, spot));
    [open, close].into_iter().flatten()
}
