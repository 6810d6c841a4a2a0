//! What things were worth: prices, exchange rates, and the value of a row in the law's currency.

mod candles;
mod cells;
mod market;
pub mod missing;
pub mod open;
mod other;
mod read_prices;
mod read_rates;
mod sheet;
pub mod symbol;
pub mod tables;
pub mod ways;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::OnceLock;

use chrono::{NaiveDate, TimeZone, Utc};

use crate::assess::env::Days;
use crate::assess::refusal::{Log, Outcome, Refused};
use crate::calendar::TaxCalendar;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::{Ledger, Leg, Symbol, Transaction};
use crate::number::{self, Decimal, NumberError};
use crate::rules::RuleBook;
use crate::rules::book::{Side, ValueFrom};
use tables::{Prices, Rates};
use ways::{Wanted, Way};

type Ways = HashMap<String, HashMap<String, HashMap<NaiveDate, Option<Rc<Way>>>>>;

/// Values rows on demand and remembers them.
pub struct Valuer<'a> {
    pub book: &'a RuleBook,
    pub ledger: &'a Ledger,
    pub days: &'a [NaiveDate],
    pub prices: &'a Prices,
    pub rates: &'a Rates,
    pub log: &'a Log,
    memo: Vec<[OnceCell<Outcome<Decimal>>; 4]>,
    shared: Option<&'a Values>,
    /// How currencies become others, by both and the day.
    ways: RefCell<Ways>,
    /// How often a rate or price was used of which something is to be said.
    remarked: Cell<usize>,
    /// What was used, while somebody wants to be told.
    story: RefCell<Option<Vec<String>>>,
}

/// What rows are worth, found once for several runs over the same rows. Only what could be found: a refusal belongs to its run.
/// With each goes whether something is to be said of the rates or prices used, by each run that uses it.
pub struct Values(Vec<[OnceLock<(Decimal, bool)>; 4]>);

impl Values {
    /// Room for so many rows.
    pub fn new(rows: usize) -> Values {
        Values(std::iter::repeat_with(Default::default).take(rows).collect())
    }
}

/// Which value of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Whole,
    Received,
    Sent,
    Fee,
}

impl<'a> Valuer<'a> {
    pub fn new(
        book: &'a RuleBook,
        ledger: &'a Ledger,
        days: Days<'a>,
        prices: &'a Prices,
        rates: &'a Rates,
        log: &'a Log,
        shared: Option<&'a Values>,
    ) -> Self {
        // Rows after those that the run sees are few: payments. They are valued without a memory.
        let memo = std::iter::repeat_with(Default::default).take(days.seen).collect();
        Valuer {
            book,
            ledger,
            days: days.all,
            prices,
            rates,
            log,
            memo,
            shared,
            ways: RefCell::default(),
            remarked: Cell::default(),
            story: RefCell::default(),
        }
    }

    /// A value of a row in the law's currency.
    pub fn value(&self, row: usize, which: Which) -> Outcome<Decimal> {
        let slot = match which {
            Which::Whole => 0,
            Which::Received => 1,
            Which::Sent => 2,
            Which::Fee => 3,
        };
        match self.memo.get(row).and_then(|slots| slots.get(slot)) {
            Some(cell) => cell.get_or_init(|| self.found(row, which, slot)).clone(),
            None => self.compute(row, which),
        }
    }

    /// From another run over the same rows, else computed and left for the others.
    fn found(&self, row: usize, which: Which, slot: usize) -> Outcome<Decimal> {
        let Some(cell) = self.shared.and_then(|s| s.0.get(row)).and_then(|slots| slots.get(slot)) else {
            return self.compute(row, which);
        };
        if let Some((known, false)) = cell.get() {
            return Ok(*known);
        }
        let before = self.remarked.get();
        let value = self.compute(row, which);
        if let Ok(value) = value {
            // Another run may have come first, with the same value.
            let _ = cell.set((value, self.remarked.get() > before));
        }
        value
    }

    /// The rates and prices that a value of a row rests on, in words.
    pub fn story(&self, row: usize, which: Which) -> Vec<String> {
        self.story.replace(Some(Vec::new()));
        // Computed once more, so that what was looked up is told; the value is the same.
        let _ = self.compute(row, which);
        let mut told = self.story.take().unwrap_or_default();
        told.dedup();
        told
    }

    fn compute(&self, index: usize, which: Which) -> Outcome<Decimal> {
        let Some(row) = self.ledger.rows.get(index) else { return Ok(Decimal::ZERO) };
        let day = self.days.get(index).copied().unwrap_or_default();
        match which {
            Which::Fee => self.fee(row, day, index),
            Which::Whole => self.whole(row, day, None),
            Which::Received => match row.received_value {
                Some(value) => self.convert(row, value, row.value_currency, day),
                None => self.whole(row, day, Some(Side::Received)),
            },
            Which::Sent => match row.sent_value {
                Some(value) => self.convert(row, value, row.value_currency, day),
                None => self.whole(row, day, Some(Side::Sent)),
            },
        }
    }

    /// The value of the legs, by the law's order of where to look. `side`: the leg it is asked for, tried first.
    fn whole(&self, row: &Transaction, day: NaiveDate, side: Option<Side>) -> Outcome<Decimal> {
        let legs = self.legs(row, side);
        if legs.is_empty() {
            return self.valueless(row, day);
        }
        let mut missing: Option<Refused> = None;
        for from in &self.book.valuation.order {
            let found = match from {
                ValueFrom::Row => self.stated(row, day, side),
                ValueFrom::MoneyLeg => {
                    legs.iter().find(|l| self.ledger.is_currency(l.asset)).map(|leg| self.money(row, *leg, day))
                }
                ValueFrom::Prices => legs.first().and_then(|leg| self.priced(row, *leg, day, &mut missing)),
                ValueFrom::OtherLeg => legs.get(1).and_then(|leg| self.priced(row, *leg, day, &mut missing)),
            };
            if let Some(value) = found {
                return value;
            }
        }
        Err(missing.unwrap_or_else(|| self.no_value(row, day, legs.first().map_or("", |l| self.ledger.name(l.asset)))))
    }

    /// The legs in the order in which their market value counts.
    fn legs(&self, row: &Transaction, side: Option<Side>) -> Vec<Leg> {
        let leg = |side: Side| if side == Side::Received { row.received } else { row.sent };
        let two = row.received.is_some() && row.sent.is_some();
        let mut order: Vec<Side> = self.book.valuation.exchange.clone();
        for each in [Side::Received, Side::Sent] {
            if !order.contains(&each) {
                order.push(each);
            }
        }
        if let (Some(side), false) = (side, two) {
            order.retain(|s| *s != side);
            order.insert(0, side);
        }
        order.into_iter().filter_map(leg).collect()
    }

    fn stated(&self, row: &Transaction, day: NaiveDate, side: Option<Side>) -> Option<Outcome<Decimal>> {
        let own = match side {
            Some(Side::Received) => row.received_value,
            Some(Side::Sent) => row.sent_value,
            None => None,
        };
        let stated = own.or(row.value).or(row.received_value).or(row.sent_value)?;
        Some(self.convert(row, stated, row.value_currency, day))
    }

    fn money(&self, row: &Transaction, leg: Leg, day: NaiveDate) -> Outcome<Decimal> {
        match leg.amount {
            Some(amount) => self.convert(row, amount, leg.asset, day),
            None => Err(self.unknown_amount(row, leg)),
        }
    }

    fn unknown_amount(&self, row: &Transaction, leg: Leg) -> Refused {
        self.log.refuse(format!("amount:{}", row.id), || {
            let message = format!("the row `{}` names {} without the amount", row.id, self.ledger.name(leg.asset));
            self.at(
                row,
                Diagnostic::new(Code::A0214, message)
                    .help("give the amount, or the value of the row in `value` and `value_currency`"),
            )
        })
    }

    /// Amount times price, turned into the law's currency; `None` where there is no price.
    fn priced(&self, row: &Transaction, leg: Leg, day: NaiveDate, missing: &mut Option<Refused>) -> Option<Outcome<Decimal>> {
        if self.ledger.is_currency(leg.asset) {
            return Some(self.money(row, leg, day));
        }
        let asset = self.ledger.name(self.ledger.symbols.claimed(leg.asset));
        let Some(amount) = leg.amount else { return Some(Err(self.unknown_amount(row, leg))) };
        match self.by_price(row, amount, asset, day, row.timestamp) {
            Ok(value) => Some(value),
            Err(asset) => {
                let refused = self.no_value(row, day, asset);
                missing.get_or_insert(refused);
                None
            }
        }
    }

    /// The instants at which a local day begins and ends.
    fn bounds(&self, day: NaiveDate) -> Option<(chrono::DateTime<Utc>, chrono::DateTime<Utc>)> {
        let zone = self.book.zone;
        let start = |d: NaiveDate| {
            let midnight = d.and_hms_opt(0, 0, 0)?;
            // A day may begin later than midnight where clocks go forward then.
            let local = zone
                .from_local_datetime(&midnight)
                .earliest()
                .or_else(|| zone.from_local_datetime(&d.and_hms_opt(1, 0, 0)?).earliest());
            local.map(|l| l.with_timezone(&Utc))
        };
        Some((start(day)?, start(day.succ_opt()?)?))
    }

    /// The fee's value: stated; money; in the coin of a leg that coin's share of the leg's value; else by price.
    fn fee(&self, row: &Transaction, day: NaiveDate, index: usize) -> Outcome<Decimal> {
        let Some(fee) = row.fee else { return Ok(Decimal::ZERO) };
        if let Some(value) = row.fee_value {
            return self.convert(row, value, row.value_currency, day);
        }
        if self.ledger.is_currency(fee.asset) {
            return self.money(row, fee, day);
        }
        let amount = fee.amount.unwrap_or_default();
        if amount.is_zero() {
            return Ok(Decimal::ZERO);
        }
        let same = [(row.received, Which::Received), (row.sent, Which::Sent)].into_iter().find_map(|(leg, which)| {
            let leg = leg.filter(|l| l.asset == fee.asset)?;
            Some((leg.amount.filter(|a| !a.is_zero())?, self.value(index, which).ok()?))
        });
        if let Some((whole, value)) = same {
            return self.guard(row, number::share(value, amount, whole));
        }
        let mut missing = None;
        match self.priced(row, fee, day, &mut missing) {
            Some(value) => value,
            None => Err(missing.unwrap_or_else(|| self.no_value(row, day, self.ledger.name(fee.asset)))),
        }
    }

    fn valueless(&self, row: &Transaction, day: NaiveDate) -> Outcome<Decimal> {
        match self.stated(row, day, None) {
            Some(value) => value,
            None => Ok(Decimal::ZERO),
        }
    }

    // ---- currencies ----

    /// An amount of a currency in the law's currency, at the rate of a day.
    pub fn convert(&self, row: &Transaction, amount: Decimal, currency: Symbol, day: NaiveDate) -> Outcome<Decimal> {
        self.in_currency(row, amount, self.ledger.name(currency), day)
    }

    fn in_currency(&self, row: &Transaction, amount: Decimal, from: &str, day: NaiveDate) -> Outcome<Decimal> {
        self.exchanged(amount, (from, &self.book.currency), day, Some(row))
    }

    fn wanted(&self) -> Wanted<'a> {
        let calendar = TaxCalendar { month: self.book.year_begins.0, day: self.book.year_begins.1 };
        Wanted { day: self.book.valuation.rate_day, calendar, own: &self.book.currency }
    }

    fn no_value(&self, row: &Transaction, day: NaiveDate, name: &str) -> Refused {
        let refused = self
            .no_price(name, day, row.timestamp, |message, help| self.at(row, message).help(help + ", or give the row a `value`"));
        self.log.add_row(&refused, &row.id);
        refused
    }

    fn at(&self, row: &Transaction, diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.at_opt(self.ledger.place(row))
    }

    /// A number that outgrew 28 digits refuses what needs it.
    pub fn guard(&self, row: &Transaction, result: Result<Decimal, NumberError>) -> Outcome<Decimal> {
        result.map(number::stored).map_err(|error| {
            self.log.refuse(format!("number:{}", row.id), || {
                self.at(row, Diagnostic::new(Code::A0209, format!("the row `{}`: {error}", row.id)).rows([row.id.to_string()]))
            })
        })
    }
}
