//! What units are worth by the price table, and how prices and rates that were used are told.

use std::rc::Rc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::assess::refusal::{Outcome, Refused};
use crate::diagnostic::{Code, Diagnostic, Table, Want};
use crate::ledger::{Symbol, Transaction, is_currency};
use crate::number::{self, Decimal, plain};
use crate::rules::book::PriceAt;

use super::Valuer;
use super::tables::PriceFound;
use super::ways::{DAYS_USUAL, Way};

impl Valuer<'_> {
    /// Units on a day: at the day's price, or the last one before the day ends. `row`: who is named where a rate is missing.
    pub fn worth_on(&self, asset: Symbol, quantity: Decimal, day: NaiveDate, row: Option<usize>) -> Outcome<Decimal> {
        let end = self.bounds(day).map(|(_, until)| until - TimeDelta::nanoseconds(1));
        self.market(asset, quantity, day, end.unwrap_or_default(), row)
    }

    /// Units just before a row.
    pub fn worth_before(&self, asset: Symbol, quantity: Decimal, row: usize) -> Outcome<Decimal> {
        let day = self.days.get(row).copied().unwrap_or_default();
        let instant = self.ledger.rows.get(row).map(|r| r.timestamp).unwrap_or_default();
        self.market(asset, quantity, day, instant, Some(row))
    }

    fn market(
        &self,
        asset: Symbol,
        quantity: Decimal,
        day: NaiveDate,
        instant: DateTime<Utc>,
        row: Option<usize>,
    ) -> Outcome<Decimal> {
        if quantity.is_zero() {
            return Ok(Decimal::ZERO);
        }
        let name = self.ledger.name(self.ledger.symbols.claimed(asset));
        // What is held came in by some row.
        let row = row.and_then(|r| self.ledger.rows.get(r)).or(self.ledger.rows.first());
        let found = row.map_or(Err(name), |row| self.by_price(row, quantity, name, day, instant));
        found.unwrap_or_else(|wanted| Err(self.no_price(wanted, day, instant, |message, help| message.help(help))))
    }

    /// So many units of an asset in the law's currency: by a price in a currency that becomes the law's own, else by a price
    /// in a coin that has such a price. An error names the asset whose price is missing.
    pub(super) fn by_price<'n>(
        &'n self,
        row: &Transaction,
        amount: Decimal,
        asset: &'n str,
        day: NaiveDate,
        instant: DateTime<Utc>,
    ) -> Result<Outcome<Decimal>, &'n str> {
        let found = self.priced_at(asset, day, instant);
        if let Some(price) = found.iter().find(|price| self.becomes_own(price.currency, day)) {
            return Ok(self.at_price(row, amount, (asset, price), day));
        }
        let through = found.iter().filter(|price| !is_currency(price.currency)).find_map(|price| {
            let of_coin = self.priced_at(price.currency, day, instant);
            of_coin.into_iter().find(|p| self.becomes_own(p.currency, day)).map(|coin| (price, coin))
        });
        if let Some((price, coin)) = through {
            let files = [&price.place.file, &coin.place.file];
            let remark =
                format!("{asset} is priced in {} ({}), and that in {} ({})", price.currency, files[0], coin.currency, files[1]);
            let told = format!(
                "1 {asset} = {} {}, 1 {} = {} {}",
                plain(price.price),
                price.currency,
                price.currency,
                plain(coin.price),
                coin.currency
            );
            self.remark(remark, day, told);
            self.note_price(asset, price, day, instant);
            let units = self.guard(row, number::mul(amount, price.price));
            return Ok(units.and_then(|units| self.at_price(row, units, (price.currency, &coin), day)));
        }
        // Where there is a price, what is missing is a rate; where it is in a coin, the price of the coin.
        match found.first() {
            Some(price) if is_currency(price.currency) => Ok(self.at_price(row, amount, (asset, price), day)),
            Some(price) => Err(price.currency),
            None => Err(asset),
        }
    }

    fn becomes_own(&self, currency: &str, day: NaiveDate) -> bool {
        is_currency(currency) && (currency == self.book.currency || self.way(currency, &self.book.currency, day).is_some())
    }

    fn at_price(
        &self,
        row: &Transaction,
        amount: Decimal,
        (asset, price): (&str, &PriceFound<'_>),
        day: NaiveDate,
    ) -> Outcome<Decimal> {
        self.note_price(asset, price, day, row.timestamp);
        let value = self.guard(row, number::mul(amount, price.price));
        value.and_then(|value| self.in_currency(row, value, price.currency, day))
    }

    fn priced_at(&self, asset: &str, day: NaiveDate, instant: DateTime<Utc>) -> Vec<PriceFound<'_>> {
        let own = &self.book.currency;
        match self.book.valuation.price_at {
            PriceAt::Instant => self.prices.at_or_before(asset, instant, own),
            PriceAt::Day => self.bounds(day).map(|b| self.prices.on_day(asset, day, b, instant, own)).unwrap_or_default(),
        }
    }

    /// How a currency becomes another on a day; looked up once for each.
    pub(super) fn way(&self, from: &str, to: &str, day: NaiveDate) -> Option<Rc<Way>> {
        if let Some(known) = self.ways.borrow().get(from).and_then(|all| all.get(to)).and_then(|days| days.get(&day)) {
            return known.clone();
        }
        let found = Way::find(self.rates, self.wanted(), from, to, day).map(Rc::new);
        let mut ways = self.ways.borrow_mut();
        ways.entry(from.to_owned()).or_default().entry(to.to_owned()).or_default().insert(day, found.clone());
        found
    }

    // ---- what is missing ----

    /// Refuses for want of a price on a day.
    pub(super) fn no_price(
        &self,
        name: &str,
        day: NaiveDate,
        instant: DateTime<Utc>,
        place: impl FnOnce(Diagnostic, String) -> Diagnostic,
    ) -> Refused {
        let when = instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let currency = &self.book.currency;
        let refused = self.log.refuse(format!("price:{name}:{day}"), || {
            let message = format!("no price {name}/{currency} is given for {day}");
            let want = Want { table: Table::Prices, of: name.to_owned(), currency: currency.clone(), when: when.clone() };
            let help = format!("add the line `{}` to the file given with `--prices`", want.line("PRICE"));
            place(Diagnostic::new(Code::A0203, message), help).wants(want)
        });
        self.log.wanted_at(&refused, &when);
        refused
    }

    // ---- what was used ----

    fn remark(&self, remark: String, day: NaiveDate, told: String) {
        self.remarked.set(self.remarked.get() + 1);
        self.log.remarks.borrow_mut().entry(remark).or_default().entry(day).or_insert(told);
    }

    fn tell(&self, text: impl FnOnce() -> String) {
        if let Some(story) = self.story.borrow_mut().as_mut() {
            story.push(text());
        }
    }

    fn old(&self, what: String, day: NaiveDate, told: String) {
        self.remarked.set(self.remarked.get() + 1);
        self.log.old.borrow_mut().entry(what).or_default().entry(day).or_insert(told);
    }

    /// Notes that a rate was used, and what is not plain about it.
    pub(super) fn note(&self, way: &Way, (from, to): (&str, &str), day: NaiveDate) {
        self.tell(|| {
            let through = way.third().map(|third| format!(" through {third}")).unwrap_or_default();
            format!("{from} to {to}{through}: {}", way.told())
        });
        if let Some(remark) = way.remark() {
            self.remark(format!("{from} to {to}: {remark}"), day, way.told());
        }
        if way.age() > DAYS_USUAL {
            self.old(format!("the rate {from}/{to}"), day, way.told());
        }
    }

    fn note_price(&self, asset: &str, price: &PriceFound<'_>, day: NaiveDate, instant: DateTime<Utc>) {
        let told = || {
            let at = price.timestamp.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            let place = &price.place;
            format!("1 {asset} = {} {} at {at} ({}:{})", plain(price.price), price.currency, place.file, place.line)
        };
        self.tell(told);
        if (instant - price.timestamp).num_days() > DAYS_USUAL {
            self.old(format!("the price {asset}/{}", price.currency), day, told());
        }
    }
}
