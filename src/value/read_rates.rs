//! Tables of exchange rates: `date,base,quote,rate`, and as banks publish them, with a column or a row for each currency.

use chrono::NaiveDate;

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::ledger::is_currency;
use crate::number::{self, Decimal};

use super::cells::{self, Slashes};
use super::sheet::{Faults, Line, Row, Sheet, first_lines};
use super::symbol::About;
use super::tables::{Progress, Rates, Span};

const DATES: &[&str] = &["date", "дата", "data", "datum", "күнү", "observation date", "effective date", "fecha"];
/// In the order in which they are preferred: a code before a name.
const BASES: &[&str] = &[
    "base",
    "currency code",
    "iso code",
    "isocode",
    "iso",
    "char code",
    "charcode",
    "код валюты",
    "буквенный код",
    "код",
    "code",
    "currency",
    "валюта",
    "валютанын коду",
];
const QUOTES: &[&str] = &["quote", "quote currency"];
const UNITS: &[&str] = &["nominal", "номинал", "units", "unit", "per", "multiplier", "количество", "кол-во", "единиц", "amount"];
const RATES: &[&str] = &["rate", "курс", "official rate", "exchange rate", "value", "значение", "mid", "kurs"];
/// Columns that say nothing about the rate.
const BESIDE: &[&str] = &[
    "",
    "name",
    "название",
    "наименование",
    "country",
    "страна",
    "currency name",
    "№",
    "#",
    "id",
    "numeric code",
    "numcode",
    "цифровой код",
];
/// Currencies that are no more, and stand in tables of many years.
const WITHDRAWN: &[&str] = &[
    "ATS", "BEF", "CYP", "DEM", "EEK", "ESP", "FIM", "FRF", "GRD", "HRK", "IEP", "ITL", "LTL", "LUF", "LVL", "MTL", "NLG", "PTE",
    "ROL", "SIT", "SKK", "TRL", "BGN", "AZM", "BYR", "BYB", "GHC", "MZM", "SDD", "TMM", "VEB", "VEF", "ZMK", "ZWD", "MRO", "STD",
];
/// What stands for a day without a rate.
const NOTHING: &[&str] = &["", "N/A", "n/a", "-", "--", "ND", "NaN", "Bank holiday"];

/// A pair that a column has the rates of, for so many units of the base.
#[derive(Debug, Clone)]
struct Column {
    index: usize,
    base: String,
    quote: String,
    units: Decimal,
}

/// Where the quote of a table with a row for each currency is said.
#[derive(Debug)]
enum Other {
    Column(usize),
    Always(About),
}

#[derive(Debug)]
enum Layout {
    /// A row for each currency.
    Long { date: usize, base: usize, other: Other, units: Option<usize>, rate: usize },
    /// A column for each.
    Wide { date: usize, columns: Vec<Column> },
}

/// Reads one table into the rates.
pub(super) fn read(source: &Source, file: u16, rates: &mut Rates, faults: &mut Faults, progress: Progress<'_>) {
    let about = match source.about.as_deref().map(|text| (text, About::stated(text))) {
        Some((text, None)) => {
            let message = format!("`{text}` is not a currency; what the rates of `{}` are in is said with its code", source.name);
            faults.more(
                Diagnostic::new(Code::P0104, message).help("write `CODE=FILE`, or `CODE/=FILE` where one unit of it is priced"),
            );
            return;
        }
        other => other.and_then(|(_, about)| about),
    };
    let mut first = None;
    let mut mute = None;
    for line in first_lines(source) {
        first = first.or(Some(line.number));
        match recognise(&line, about.as_ref(), &mut Faults::default()) {
            Seen::Table(layout) => {
                // Said once more, now that it is known to be the header.
                recognise(&line, about.as_ref(), faults);
                unknown_columns(&line, &layout, source, faults);
                return rows(&Sheet::below(source, file, &line), &layout, rates, faults, progress);
            }
            Seen::Mute => mute = mute.or(Some(line.number)),
            Seen::Nothing => {}
        }
    }
    let at = |line: u32| Place::new(&source.name, line, 1, 1);
    faults.more(match mute {
        Some(line) => Diagnostic::new(Code::P0104, format!("`{}` does not say which currency its rates are in", source.name))
            .at(at(line))
            .help(format!(
                "say it with the file: `--rates CODE={0}` where it tells what each currency is worth in CODE, `--rates CODE/={0}` where it \
                 tells how much of each currency one CODE is worth",
                source.name
            )),
        None => unreadable(source, at(first.unwrap_or(1))),
    });
}

/// What the first lines lack.
fn unreadable(source: &Source, at: Place) -> Diagnostic {
    const PLAIN: [&str; 4] = ["date", "base", "quote", "rate"];
    let header = first_lines(source).next().map(|line| line.cells).unwrap_or_default();
    let missing = PLAIN.iter().find(|name| !header.iter().any(|h| h.to_lowercase() == **name)).unwrap_or(&"date");
    Diagnostic::new(Code::P0101, format!("the column `{missing}` is missing"))
        .at(at)
        .help("the header is `date,base,quote,rate`, or that of a bank's table: a date, and a column or a row for each currency")
}

enum Seen {
    Table(Layout),
    /// A table of rates that does not say which currency they are in.
    Mute,
    Nothing,
}

/// A header cell in lower case, without a currency's code, and that code.
fn word(cell: &str) -> (String, Option<String>) {
    let code = cell.split(|c: char| !c.is_alphanumeric()).find(|w| is_currency(w)).map(str::to_owned);
    let without = code.as_ref().map_or(cell.to_owned(), |code| cell.replace(code.as_str(), ""));
    let clean: String = without.to_lowercase().replace(['_', ',', '(', ')', ':'], " ");
    (clean.split_whitespace().collect::<Vec<_>>().join(" "), code)
}

fn recognise(line: &Line<'_>, about: Option<&About>, faults: &mut Faults) -> Seen {
    let header = &line.cells;
    let words: Vec<(String, Option<String>)> = header.iter().map(|cell| word(cell)).collect();
    let find = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| words.iter().zip(header).position(|((w, _), cell)| w == name || cell.to_lowercase() == *name))
    };
    let Some(date) = find(DATES) else { return Seen::Nothing };
    if let (Some(base), Some(rate)) = (find(BASES), find(RATES)) {
        let units = find(UNITS);
        if let Some(quote) = find(QUOTES) {
            if about.is_some() {
                let message = "the table names both currencies itself".to_owned();
                faults.more(Diagnostic::new(Code::P0104, message).help("give the file without saying what it is about"));
            }
            return Seen::Table(Layout::Long { date, base, other: Other::Column(quote), units, rate });
        }
        let own = words.get(rate).and_then(|(_, code)| code.clone()).map(About::In);
        return match about.cloned().or(own) {
            Some(about) => Seen::Table(Layout::Long { date, base, other: Other::Always(about), units, rate }),
            None => Seen::Mute,
        };
    }
    wide(header, date, about)
}

/// A column for each currency. Where neither the header nor the user says what the rates are in, the table of the European
/// Central Bank is known by its columns: it has no euro, for every rate is of one euro.
fn wide(header: &[String], date: usize, about: Option<&About>) -> Seen {
    let cells = header.iter().enumerate().filter(|(index, _)| *index != date);
    let known: Vec<(usize, Heading)> = cells.filter_map(|(index, cell)| Some((index, heading(cell)?))).collect();
    if known.is_empty() {
        return Seen::Nothing;
    }
    let single = known.iter().filter(|(_, h)| h.other.is_none()).count();
    let has = |code: &str| known.iter().any(|(_, h)| h.other.is_none() && h.code == code);
    let central = || {
        let plain = known.iter().all(|(_, h)| h.other.is_none() && h.units == Decimal::ONE);
        let published = header.get(date).is_some_and(|d| d == "Date") && ["USD", "JPY", "GBP", "CHF"].iter().all(|c| has(c));
        (plain && published && !has("EUR")).then(|| About::Of("EUR".to_owned()))
    };
    let about = about.cloned().or_else(central);
    if single > 0 && about.is_none() {
        return Seen::Mute;
    }
    let column = |(index, heading): (usize, Heading)| {
        let Heading { code, other, units } = heading;
        let (base, quote) = match (other, &about) {
            (Some(quote), _) => (code, quote),
            (None, Some(About::In(quote))) => (code, quote.clone()),
            (None, Some(About::Of(base))) => (base.clone(), code),
            (None, None) => return None,
        };
        Some(Column { index, base, quote, units })
    };
    Seen::Table(Layout::Wide { date, columns: known.into_iter().filter_map(column).collect() })
}

/// What a column's heading names: `USD`, `100 JPY`, `100HUF`, `USD/EUR`, `FXUSDCAD`.
struct Heading {
    code: String,
    other: Option<String>,
    units: Decimal,
}

fn heading(cell: &str) -> Option<Heading> {
    let known = |code: &str| is_currency(code) || WITHDRAWN.contains(&code);
    let one =
        |code: &str, other: Option<&str>| Heading { code: code.to_owned(), other: other.map(str::to_owned), units: Decimal::ONE };
    let joined = cell.strip_prefix("FX").unwrap_or(cell);
    if let (6, Some(base), Some(quote)) = (joined.len(), joined.get(..3), joined.get(3..))
        && known(base)
        && known(quote)
    {
        return Some(one(base, Some(quote)));
    }
    let mut codes = Vec::new();
    let mut units = None;
    for part in cell.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()) {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (count, code) = part.split_at(digits);
        if !count.is_empty() {
            units = Some(number::parse(count).ok().filter(|n| !n.is_zero())?);
        }
        match code {
            "" => {}
            code if known(code) => codes.push(code),
            _ => return None,
        }
    }
    match codes.as_slice() {
        [code] => Some(Heading { units: units.unwrap_or(Decimal::ONE), ..one(code, None) }),
        [base, quote] => Some(Heading { units: units.unwrap_or(Decimal::ONE), ..one(base, Some(quote)) }),
        _ => None,
    }
}

/// Names the columns that were not read.
fn unknown_columns(line: &Line<'_>, layout: &Layout, source: &Source, faults: &mut Faults) {
    let read: Vec<usize> = match layout {
        Layout::Long { date, base, other, units, rate } => {
            let other = if let Other::Column(index) = other { Some(*index) } else { None };
            [*date, *base, *rate].into_iter().chain(*units).chain(other).collect()
        }
        Layout::Wide { date, columns } => columns.iter().map(|c| c.index).chain([*date]).collect(),
    };
    for (index, name) in line.cells.iter().enumerate().filter(|(index, _)| !read.contains(index)) {
        let lower = name.to_lowercase();
        if BESIDE.contains(&lower.as_str()) || lower.starts_with("x_") {
            continue;
        }
        let message = format!("the column `{name}` (number {}) has no meaning for rates: it was not read", index + 1);
        let place = Place::new(&source.name, line.number, 1, 1);
        faults
            .more(Diagnostic::new(Code::P0105, message).at(place).help("if it is a currency, head it with its code of ISO 4217"));
    }
}

fn rows(sheet: &Sheet<'_>, layout: &Layout, rates: &mut Rates, faults: &mut Faults, progress: Progress<'_>) {
    let (Layout::Long { date, .. } | Layout::Wide { date, .. }) = layout;
    let slashes = slashes(sheet, *date);
    let mut count = 0u64;
    sheet.rows(faults, |row, faults| {
        count += 1;
        if count.is_multiple_of(1000)
            && let Some(progress) = progress
        {
            progress(1000);
        }
        let Some(span) = row.check(*date, span(row.cell(*date), slashes), faults) else { return true };
        match layout {
            Layout::Long { base, other, units, rate, .. } => long(row, span, (*base, other, *units, *rate), rates, faults),
            Layout::Wide { columns, .. } => {
                for column in columns.iter().filter(|c| !NOTHING.contains(&row.cell(c.index))) {
                    let value = cells::rate(row.cell(column.index), row.sheet.decimal_comma());
                    let value = value.and_then(|rate| of_one(rate, column.units));
                    if let Some(value) = row.check(column.index, value, faults) {
                        rates.add(&column.base, &column.quote, span, value, row.spot(column.index));
                    }
                }
            }
        }
        true
    });
}

/// A table may have dates whose day and month only other rows tell apart.
fn slashes(sheet: &Sheet<'_>, date: usize) -> Slashes {
    let mut dates = Vec::new();
    sheet.rows(&mut Faults::default(), |row, _| {
        let cell = row.cell(date);
        let slashed = cell.contains('/');
        if slashed {
            dates.push(cell.to_owned());
        }
        slashed
    });
    cells::slashes(dates.iter().map(String::as_str))
}

/// A day, or a month or year whose average stands in the table: `2024-07`, `2024`.
fn span(text: &str, slashes: Slashes) -> Result<Span, String> {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let first = match (digits, text.len()) {
        (true, 7) => {
            text.split_once('-').and_then(|(y, m)| NaiveDate::from_ymd_opt(y.parse().ok()?, m.parse().ok()?, 1)).map(Span::Month)
        }
        (true, 4) => text.parse().ok().and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1)).map(Span::Year),
        _ => None,
    };
    first.map_or_else(|| cells::day(text, slashes).map(Span::Day), Ok)
}

/// What one unit is worth, where the table states it of several.
fn of_one(rate: Decimal, units: Decimal) -> Result<Decimal, String> {
    if units == Decimal::ONE { Ok(rate) } else { number::div(rate, units).map_err(|e| e.to_string()) }
}

fn long(
    row: &Row<'_, '_>,
    span: Span,
    (base, other, units, rate): (usize, &Other, Option<usize>, usize),
    rates: &mut Rates,
    faults: &mut Faults,
) {
    let comma = row.sheet.decimal_comma();
    let code = |index: usize, faults: &mut Faults| {
        let text = row.cell(index);
        let named = heading(text).filter(|h| h.other.is_none());
        let wrong = || format!("`{text}` is not a currency code of ISO 4217; prices of assets go to the price file");
        row.check(index, named.ok_or_else(wrong), faults)
    };
    let value = row.check(rate, cells::rate(row.cell(rate), comma), faults);
    let one = code(base, faults);
    let count = match units.filter(|index| !row.cell(*index).is_empty()) {
        Some(index) => row.check(index, cells::rate(row.cell(index), comma), faults),
        None => Some(Decimal::ONE),
    };
    let (Some(value), Some(one), Some(count)) = (value, one, count) else { return };
    let (from, to) = match other {
        Other::Column(index) => match code(*index, faults) {
            Some(quote) => (one.code.clone(), quote.code),
            None => return,
        },
        Other::Always(About::In(quote)) => (one.code.clone(), quote.clone()),
        Other::Always(About::Of(base)) => (base.clone(), one.code.clone()),
    };
    let count = number::mul(count, one.units).map_err(|e| e.to_string());
    if let Some(value) = row.check(rate, count.and_then(|count| of_one(value, count)), faults) {
        rates.add(&from, &to, span, value, row.spot(0));
    }
}
