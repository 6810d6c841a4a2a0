//! Prices and rates: tables as banks and exchanges publish them, and what the engine makes of them.

use fisc::assess::Assessment;
use fisc::assess::assessment::QuantityValue;
use fisc::diagnostic::{Code, Diagnostic, Source, Table};
use fisc::engine::{Inputs, Options, assess, explain};
use fisc::facts::FactsInput;
use fisc::rules::{RuleBook, load};
use fisc::value::missing::{missing, template};
use fisc::value::tables::{Prices, Rates};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn about(name: &str, text: &str, about: &str) -> Source {
    Source { about: Some(about.into()), ..Source::new(name, text) }
}

fn rates_of(source: Source) -> Rates {
    let (rates, problems) = Rates::read(&[source]);
    assert!(problems.is_empty(), "{problems:#?}");
    rates
}

/// A rate as text, with `1/` where the table has the opposite pair.
fn rate(rates: &Rates, base: &str, quote: &str, on: &str) -> String {
    rates.on(base, quote, day(on)).map_or("none".to_owned(), |found| {
        format!("{}{}", if found.inverse { "1/" } else { "" }, fisc::number::plain(found.rate))
    })
}

fn prices_of(source: Source) -> Prices {
    let (prices, problems) = Prices::read(&[source]);
    assert!(problems.iter().all(|p| !p.is_error()), "{problems:#?}");
    prices
}

/// The last price at or before an instant, with what it is in.
fn price(prices: &Prices, asset: &str, at: &str) -> String {
    let instant = at.parse().unwrap();
    let found = prices.at_or_before(asset, instant, "USD");
    found.first().map_or("none".to_owned(), |p| format!("{} {}", fisc::number::plain(p.price), p.currency))
}

fn told(problems: &[Diagnostic]) -> Vec<String> {
    let place = |p: &Diagnostic| p.place.as_ref().map_or(String::new(), |at| format!("{}:{}:{} ", at.file, at.line, at.column));
    problems.iter().map(|p| format!("{}{} {}", place(p), p.code.id(), p.message)).collect()
}

// ---- rates as banks publish them ----

#[test]
fn the_table_of_the_european_central_bank() {
    let ecb = "Date,USD,JPY,BGN,CYP,CZK,GBP,CHF,\n2024-01-12,1.0942,158.59,1.9558,N/A,24.706,0.8601,0.9331,\n\
               2024-01-11,1.0987,159.71,1.9558,N/A,24.659,0.8603,0.9336,\n";
    let rates = rates_of(Source::new("eurofxref-hist.csv", ecb));
    assert_eq!(rate(&rates, "EUR", "USD", "2024-01-12"), "1.0942");
    assert_eq!(rate(&rates, "JPY", "EUR", "2024-01-11"), "1/159.71");
    // N/A is no rate, and a weekend has none.
    assert_eq!(rate(&rates, "EUR", "CYP", "2024-01-12"), "none");
    assert_eq!(rate(&rates, "EUR", "USD", "2024-01-13"), "none");
    let daily = "Date, USD, JPY, GBP, CHF, \n23 January 2024, 1.0872, 160.98, 0.8575, 0.9457, \n";
    assert_eq!(rate(&rates_of(Source::new("eurofxref.csv", daily)), "EUR", "CHF", "2024-01-23"), "0.9457");
}

#[test]
fn tables_of_national_banks() {
    // A row for each currency, with the number of units, in Cyrillic, with decimal commas and a mark before the header.
    let long = "\u{feff}Дата;Код валюты;Номинал;Наименование;Курс\n01.03.2024;USD;1;Доллар США;89,4300\n01.03.2024;JPY;100;Йена;59,6300\n";
    let rates = rates_of(about("long.csv", long, "KGS"));
    assert_eq!(rate(&rates, "USD", "KGS", "2024-03-01"), "89.43");
    assert_eq!(rate(&rates, "JPY", "KGS", "2024-03-01"), "0.5963");
    // A column for each, the units in its heading.
    let wide = "Дата\tUSD\tEUR\t100 JPY\n01.03.2024\t89,4300\t96,8200\t59,6300\n02.03.2024\t\t-\t\n";
    let rates = rates_of(about("wide.csv", wide, "KGS"));
    assert_eq!(rate(&rates, "EUR", "KGS", "2024-03-01"), "96.82");
    assert_eq!(rate(&rates, "JPY", "KGS", "2024-03-01"), "0.5963");
    assert_eq!(rate(&rates, "EUR", "KGS", "2024-03-02"), "none");
    // The heading may say all: a title above it, a currency beside the word, pairs.
    let named = "Official rates\n\nDate,Code,Nominal,\"Rate, KGS\"\n2024-03-01,JPY,10,5.963\n";
    assert_eq!(rate(&rates_of(Source::new("n.csv", named)), "JPY", "KGS", "2024-03-01"), "0.5963");
    let pairs = "\"date\",\"FXUSDCAD\",\"EUR/CAD\"\n\"2024-03-01\",\"1.3573\",\"1.4682\"\n";
    let rates = rates_of(Source::new("p.csv", pairs));
    assert_eq!(
        (rate(&rates, "USD", "CAD", "2024-03-01"), rate(&rates, "EUR", "CAD", "2024-03-01")),
        ("1.3573".into(), "1.4682".into())
    );
    // How much of each currency one unit is worth.
    let of_one = "Date,USD,JPY\n2024-03-01,1.08,162.5\n";
    assert_eq!(rate(&rates_of(about("o.csv", of_one, "EUR/")), "EUR", "JPY", "2024-03-01"), "162.5");
}

#[test]
fn what_a_table_does_not_say_is_asked_for() {
    let wide = "Date;USD;EUR\n01.03.2024;89,43;96,82\n";
    let (rates, problems) = Rates::read(&[Source::new("bank.csv", wide)]);
    assert_eq!(rates.currencies().len(), 0);
    assert_eq!(told(&problems), ["bank.csv:1:1 P0104 `bank.csv` does not say which currency its rates are in"]);
    assert!(problems[0].help.as_ref().unwrap().contains("`--rates CODE=bank.csv`"));
    let candles = "time,open,high,low,close\n1704067200,1,2,1,2\n";
    let (_, problems) = Prices::read(&[Source::new("candles.csv", candles)]);
    assert_eq!(
        told(&problems),
        ["candles.csv:1:1 P0104 `candles.csv` does not say which asset it prices, and in which currency"]
    );
    let (_, problems) = Prices::read(&[about("candles.csv", candles, "BTC")]);
    assert_eq!(problems[0].code, Code::P0104);
}

#[test]
fn every_fault_is_told_with_its_place() {
    let text = "Дата;Код;Номинал;Курс;Спред\n32.03.2024;USD;1;89,43;0\n\n01.03.2024;UDS;1;89,43;0\n01.03.2024;USD;0;1.234,5;0\n01/02/2024;EUR;1;;0\n";
    let (_, problems) = Rates::read(&[about("bank.csv", text, "KGS")]);
    assert_eq!(
        told(&problems),
        [
            "bank.csv:1:1 P0105 the column `Спред` (number 5) has no meaning for rates: it was not read",
            "bank.csv:2:1 P0102 `32.03.2024` is not a date; write 2024-07-01",
            "bank.csv:4:12 P0102 `UDS` is not a currency code of ISO 4217; prices of assets go to the price file",
            "bank.csv:5:18 P0102 `1.234,5` has a comma and a point; write the decimals behind a point and nothing else",
            "bank.csv:5:16 P0102 a rate is above zero",
            "bank.csv:6:1 P0102 `01/02/2024` does not tell the day from the month; write the days as 2024-07-01",
        ]
    );
    let text = "timestamp,asset,currency,price,x_note\n2024-13-01,BTC,USD,1,\n2024-01-01T00:00:00,BTC,USDD,1,\n2024-01-01,,USD,x,\n2024-01-01,EUR,USD,1,\n";
    let (_, problems) = Prices::read(&[Source::new("p.csv", text)]);
    let places: Vec<String> = told(&problems).iter().map(|t| t.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(places, ["p.csv:2:1", "p.csv:3:1", "p.csv:3:25", "p.csv:4:17", "p.csv:4:12", "p.csv:5:12"]);
}

// ---- candles ----

/// The same two days in every layout: opens at 42,000 and 43,000, closes at 43,000 and 41,500.
#[test]
fn candles_of_every_layout() {
    let layouts: [(&str, &str); 9] = [
        // Binance: no header, epoch in thousandths, in millionths from 2025 on.
        (
            "BTCUSD-1d-2024-01.csv",
            "1704067200000,42000,43500,41900,43000,10,1704153599999,430000,99,5,215000,0\n\
             1704153600000,43000,43100,41000,41500,10,1704239999999,415000,99,5,207500,0\n",
        ),
        (
            "BTCUSD-1d-2025-01.csv",
            "1704067200000000,42000,43500,41900,43000,10,1704153599999999,430000,99,5,215000,0\n\
             1704153600000000,43000,43100,41000,41500,10,1704239999999999,415000,99,5,207500,0\n",
        ),
        // Kraken: no header, number of trades.
        ("XBTUSD_1440.csv", "1704067200,42000,43500,41900,43000,10,99\n1704153600,43000,43100,41000,41500,10,99\n"),
        // Gate: no header, from volume back to the open.
        ("BTC_USD-202401.csv", "1704067200,10,43000,43500,41900,42000\n1704153600,10,41500,43100,41000,43000\n"),
        // Coinbase: low, high, open, close.
        ("BTC-USD.csv", "1704067200,41900,43500,42000,43000,10\n1704153600,41000,43100,43000,41500,10\n"),
        (
            "Bitstamp_BTCUSD_d.csv",
            "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n\
             1704153600,2024-01-02 00:00:00,BTC/USD,43000,43100,41000,41500,10,415000\n\
             1704067200000,2024-01-01 00:00:00,BTC/USD,42000,43500,41900,43000,10,430000\n",
        ),
        (
            "btc-usd.csv",
            "time,low,high,open,close,volume\n1704067200,41900,43500,42000,43000,10\n1704153600,41000,43100,43000,41500,10\n",
        ),
        (
            "x.csv",
            "Open time;Symbol;Open;High;Low;Close;Close time\n2024-01-01T00:00:00Z;BTC-USD;42000,0;43500,0;41900,0;43000,0;2024-01-01T23:59:59.999Z\n\
             2024-01-02T00:00:00Z;BTC-USD;43000,0;43100,0;41000,0;41500,0;2024-01-02T23:59:59.999Z\n",
        ),
        (
            "BTC_USD.csv",
            "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-01,42000,43500,41900,43000,43000,10\n2024-01-02,43000,43100,41000,41500,41500,10\n",
        ),
    ];
    for (name, text) in layouts {
        let prices = prices_of(Source::new(name, text));
        let at = |when: &str| price(&prices, "BTC", when);
        assert_eq!(at("2023-12-31T23:59:59Z"), "none", "{name}");
        // The open counts from the first moment on, the close only at the last: what was still to come is not known before.
        assert_eq!(at("2024-01-01T00:00:00Z"), "42000 USD", "{name}");
        assert_eq!(at("2024-01-01T23:59:59Z"), "42000 USD", "{name}");
        assert_eq!(at("2024-01-02T12:00:00Z"), "43000 USD", "{name}");
        assert_eq!(at("2024-01-03T00:00:00Z"), "41500 USD", "{name}");
    }
}

#[test]
fn tables_with_one_price() {
    let gecko = "snapped_at,price,market_cap,total_volume\n2024-01-01 00:00:00 UTC,42208.2,826,19\n2024-01-02 00:00:00 UTC,8.1e-05,826,19\n";
    let prices = prices_of(Source::new("btc-usd-max.csv", gecko));
    assert_eq!(price(&prices, "BTC", "2024-01-01T09:00:00Z"), "42208.2 USD");
    assert_eq!(price(&prices, "BTC", "2024-01-02T09:00:00Z"), "0.000081 USD");
}

#[test]
fn candles_that_contradict_themselves_are_refused() {
    let crossed = "unix,symbol,open,high,low,close\n1704067200,BTC/USD,42000,41000,40000,40500\n";
    let (_, problems) = Prices::read(&[Source::new("c.csv", crossed)]);
    assert_eq!(told(&problems), ["c.csv:2:20 P0102 open 42000 and close 40500 do not lie between low 40000 and high 41000"]);
    // Without a header an order must be the only one that fits.
    let (_, problems) = Prices::read(&[Source::new("BTCUSD.csv", "1704067200,1,6,6,5,5.5\n")]);
    assert_eq!(
        told(&problems),
        ["BTCUSD.csv:1:1 P0101 the 6 columns of `BTCUSD.csv` have no header, and are in none of the orders known, or in several"]
    );
    let (_, problems) = Prices::read(&[Source::new("c.csv", "unix,symbol,open,close\n1704067200,SHIBUSD,1,1\n")]);
    assert_eq!(told(&problems), ["c.csv:2:12 P0102 `SHIBUSD` does not tell the asset from the currency; write `BTC/USD`"]);
    // Two sources for one moment that differ.
    let (a, b) = ("time,open\n1704067200,1\n1704153600,2\n", "time,open\n1704067200,1.5\n1704153600,2.5\n");
    let (_, problems) = Prices::read(&[about("a.csv", a, "BTC/USD"), about("b.csv", b, "BTC/USD")]);
    assert_eq!(
        told(&problems),
        ["b.csv:2:1 P0103 two different values are given for 2024-01-01 00:00:00 UTC: 1 and 1.5, and for 1 more moments"]
    );
}

#[test]
fn times_without_a_zone_are_told() {
    let text = "time,symbol,open,high,low,close\n2024-01-01 00:00:00,BTC/USD,1,1,1,1\n2024-01-01 01:00:00,BTC/USD,1,1,1,1\n";
    let (_, problems) = Prices::read(&[Source::new("c.csv", text)]);
    assert_eq!(told(&problems), ["c.csv:2:1 P0106 the times of `c.csv` do not say their zone: they were read as UTC"]);
}

// ---- a law and its rates ----

const LAW: &str = r#"
jurisdiction: xx
title: Country of Examples
currency: KGS
time_zone: America/Lima
tax_year: { begins: 04-06 }
covers: { from: 2022-04-06, through: 2026-04-05 }
sources: { act: { title: Act, kind: law, status: confirmed } }
valuation:
  order: [row, money_leg, prices, other_leg]
  exchange: [received, sent]
  rates: { source: National Bank, day: RATES }
  price_at: PRICES
  cite: [act]
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [staking], as: income, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [acquisition, disposal, income, move], goes: lost, in_coin: removal, cite: [act] }
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  earned: { unit: money, formula: "sum of amount over income", cite: [act] }
  sold: { unit: money, formula: "sum of proceeds over disposals", cite: [act] }
taxes:
  tax: { title: Tax, base: "earned + sold", rate: 10%, cite: [act] }
"#;

fn law(rates: &str, prices: &str) -> RuleBook {
    let loaded = load(&[Source::new("tax.yaml", LAW.replace("RATES", rates).replace("PRICES", prices))]);
    loaded.book.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics))
}

const HEADER: &str = "timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset\n";

fn inputs(rows: &str, rates: &[(&str, &str)], prices: &[(&str, &str)]) -> Inputs {
    let sources = |all: &[(&str, &str)]| all.iter().map(|(name, text)| Source::new(*name, *text)).collect::<Vec<_>>();
    let ledger = Source::new("ledger.csv", format!("{HEADER}{rows}"));
    Inputs::read(&[ledger], &sources(prices), &sources(rates), FactsInput::default())
}

fn of(book: &RuleBook, inputs: &Inputs) -> Assessment {
    assess(book, inputs, &Options { year: 2023, ..Options::default() })
}

fn earned(found: &Assessment) -> String {
    match found.quantities.iter().find(|(name, _)| name == "earned") {
        Some((_, QuantityValue::One(Some(value)))) => fisc::number::plain(*value),
        _ => panic!("{:#?}", found.errors),
    }
}

fn assumed(found: &Assessment) -> Vec<&str> {
    found.assumptions.iter().filter(|a| a.kind == "rates").map(|a| a.message.as_str()).collect()
}

const TEN_DOLLARS: &str = "2023-06-05T12:00:00Z,r1,staking,10,USD,,\n";

#[test]
fn which_day_is_right_is_the_laws() {
    let table = "date,base,quote,rate\n2023-06-02,USD,KGS,80\n2023-06-05,USD,KGS,90\n2023-05,USD,KGS,70\n2023-06,USD,KGS,85\n2023,USD,KGS,88\n";
    for (rule, value) in [
        ("same", "900"),
        ("previous_publication", "900"),
        ("publication_before", "800"),
        ("month_average", "850"),
        ("year_average", "880"),
    ] {
        let found = of(&law(rule, "day"), &inputs(TEN_DOLLARS, &[("r.csv", table)], &[]));
        assert_eq!(earned(&found), value, "{rule}");
        assert!(assumed(&found).is_empty());
    }
    // The tax year that begins in 2023: a day of January is in it.
    let january = "2024-01-10T12:00:00Z,r1,staking,10,USD,,\n";
    assert_eq!(earned(&of(&law("year_average", "day"), &inputs(january, &[("r.csv", table)], &[]))), "880");
}

#[test]
fn averages_are_computed_where_the_days_cover_them() {
    let days = |from: u32, to: u32| -> String {
        let row = |d: u32| format!("2023-06-{d:02},USD,KGS,{}\n", 80 + d);
        "date,base,quote,rate\n".to_owned() + &(from..=to).map(row).collect::<String>()
    };
    let book = law("month_average", "day");
    let found = of(&book, &inputs(TEN_DOLLARS, &[("r.csv", &days(1, 30))], &[]));
    // The average of 81 to 110 is 95.5.
    assert_eq!(earned(&found), "955");
    assert_eq!(
        assumed(&found),
        [
            "USD to KGS: the month averages of USD/KGS are computed from the rates of days in r.csv; for 2023-06-05: 1 USD = 95.5 KGS on average \
          of the month 2023-06, computed from 30 rates (r.csv)"
        ]
    );
    // Half a month is no month.
    let found = of(&book, &inputs(TEN_DOLLARS, &[("r.csv", &days(1, 15))], &[]));
    let error = found.errors.iter().find(|e| e.code == Code::A0202).unwrap();
    assert_eq!(error.message, "no rate USD/KGS is given for the month 2023-06, nor for all its days");
    assert!(error.help.as_ref().unwrap().contains("`2023-06,USD,KGS,RATE`"));
}

#[test]
fn a_rate_goes_through_one_third_currency_and_says_so() {
    let ecb = ("ecb.csv", "date,base,quote,rate\n2023-06-05,EUR,USD,1.25\n2023-06-05,EUR,GBP,0.9\n");
    let own = ("own.csv", "date,base,quote,rate\n2023-06-05,EUR,KGS,95\n2023-06-05,GBP,KGS,110\n");
    let book = law("same", "day");
    let given = inputs(TEN_DOLLARS, &[ecb, own], &[]);
    let found = of(&book, &given);
    // 10 USD / 1.25 x 95: through the euro, not the pound.
    assert_eq!(earned(&found), "760");
    let way = "1 EUR = 1.25 USD on 2023-06-05 (ecb.csv), 1 EUR = 95 KGS on 2023-06-05 (own.csv)";
    assert_eq!(
        assumed(&found),
        [format!(
            "USD to KGS: no rate USD/KGS is given: it goes through EUR, from ecb.csv and own.csv; USD/EUR is the inverse of EUR/USD in ecb.csv; \
             for 2023-06-05: {way}"
        )]
    );
    let step = explain(&book, &given, &Options { year: 2023, ..Options::default() }, "amount@r1").unwrap();
    assert!(step.notes.contains(&format!("USD to KGS through EUR: {way}")), "{step:#?}");
    // A direct rate is taken, even the opposite one, and that is said.
    let inverse = ("inv.csv", "date,base,quote,rate\n2023-06-05,KGS,USD,0.0125\n");
    let found = of(&book, &inputs(TEN_DOLLARS, &[ecb, own, inverse], &[]));
    assert_eq!(earned(&found), "800");
    assert_eq!(
        assumed(&found),
        ["USD to KGS: USD/KGS is the inverse of KGS/USD in inv.csv; for 2023-06-05: 1 KGS = 0.0125 USD on 2023-06-05 (inv.csv)"]
    );
    // Never through two.
    let far = ("far.csv", "date,base,quote,rate\n2023-06-05,USD,EUR,0.8\n2023-06-05,EUR,GBP,0.9\n2023-06-05,GBP,KGS,110\n");
    assert!(of(&book, &inputs(TEN_DOLLARS, &[far], &[])).errors.iter().any(|e| e.code == Code::A0202));
    // With `same` both rates are of the day.
    let stale = ("own.csv", "date,base,quote,rate\n2023-06-02,EUR,KGS,95\n");
    assert!(of(&book, &inputs(TEN_DOLLARS, &[ecb, stale], &[])).errors.iter().any(|e| e.code == Code::A0202));
    assert_eq!(earned(&of(&law("previous_publication", "day"), &inputs(TEN_DOLLARS, &[ecb, stale], &[]))), "760");
}

#[test]
fn prices_in_other_currencies_and_coins() {
    let coins = "2023-06-05T12:00:00Z,r1,staking,2,ETH,,\n";
    let rates = ("r.csv", "date,base,quote,rate\n2023-06-05,USD,KGS,90\n");
    let in_both =
        ("p.csv", "timestamp,asset,currency,price\n2023-06-05T10:00:00Z,ETH,EUR,1700\n2023-06-05T10:00:00Z,ETH,USD,1800\n");
    let book = law("same", "day");
    // EUR would come first, but has no rate.
    let given = inputs(coins, &[rates], &[in_both]);
    assert_eq!(earned(&of(&book, &given)), "324000");
    let step = explain(&book, &given, &Options { year: 2023, ..Options::default() }, "amount@r1").unwrap();
    assert_eq!(
        step.notes[..2],
        ["1 ETH = 1800 USD at 2023-06-05T10:00:00Z (p.csv:3)", "USD to KGS: 1 USD = 90 KGS on 2023-06-05 (r.csv)"]
    );
    // In a coin, by the price of that coin.
    let in_coin = ("ETHUSDT-1d.csv", "1685923200000,1800,1900,1700,1850,1,1686009599999,1,1,1,1,0\n");
    let found = of(&book, &inputs(coins, &[rates], &[in_coin]));
    let error = found.errors.iter().find(|e| e.code == Code::A0203).unwrap();
    assert_eq!(error.message, "no price USDT/KGS is given for 2023-06-05");
    let of_coin = ("u.csv", "timestamp,asset,currency,price\n2023-06-05,USDT,USD,0.999\n");
    let found = of(&book, &inputs(coins, &[rates], &[in_coin, of_coin]));
    // In Lima the day begins at 5 in UTC: of the candle only its close lies in it.
    assert_eq!(earned(&found), "332667");
    assert_eq!(
        assumed(&found),
        [
            "ETH is priced in USDT (ETHUSDT-1d.csv), and that in USD (u.csv); for 2023-06-05: 1 ETH = 1850 USDT, 1 USDT = 0.999 USD"
        ]
    );
    // The user's word goes before the name of the file.
    let said = Source { about: Some("ETH/USD".into()), ..Source::new("ETHUSDT-1d.csv", in_coin.1) };
    let ledger = Source::new("ledger.csv", format!("{HEADER}{coins}"));
    let given = Inputs::read(&[ledger], &[said], &[Source::new("r.csv", rates.1)], FactsInput::default());
    assert_eq!(earned(&of(&book, &given)), "333000");
}

#[test]
fn a_price_of_a_day_is_of_the_day_of_the_law() {
    // 9 pm of 5 June in Lima is the 6th in UTC.
    let coins = "2023-06-06T02:00:00Z,r1,staking,2,ETH,,\n";
    let days = ("p.csv", "timestamp,asset,currency,price\n2023-06-05,ETH,KGS,100\n2023-06-06,ETH,KGS,200\n");
    assert_eq!(earned(&of(&law("same", "day"), &inputs(coins, &[], &[days]))), "200");
    // An old price at an instant is used, and told.
    let old = ("p.csv", "timestamp,asset,currency,price\n2023-05-05T00:00:00Z,ETH,KGS,100\n");
    let found = of(&law("same", "instant"), &inputs(coins, &[], &[old]));
    assert_eq!(earned(&found), "200");
    assert!(found.warnings.iter().any(|w| w.code == Code::A0306), "{:#?}", found.warnings);
}

// ---- what is missing ----

const SEVERAL: &str = "2023-06-05T12:00:00Z,r1,staking,2,ETH,,\n2023-06-05T15:00:00Z,r2,staking,1,ETH,,\n2023-06-05T16:00:00Z,r3,staking,1,SOL,,\n\
                       2023-07-01T12:00:00Z,b1,buy,1,BTC,100,USD\n2023-07-02T12:00:00Z,b2,buy,1,BTC,100,USD\n2023-07-03T12:00:00Z,s1,sell,300,EUR,1,BTC\n";

/// Fills every line of a template in.
fn filled(template: &str) -> String {
    template.replace(",,", ",7,")
}

fn wanted(found: &Assessment) -> Vec<String> {
    missing([found]).iter().map(|m| format!("{} ({})", m.example(), m.rows.join(" "))).collect()
}

#[test]
fn what_is_missing_is_exactly_what_is_refused() {
    for rule in ["same", "publication_before", "month_average"] {
        for at in ["day", "instant"] {
            let book = law(rule, at);
            let found = of(&book, &inputs(SEVERAL, &[], &[]));
            let refused = found.errors.iter().filter(|e| matches!(e.code, Code::A0202 | Code::A0203)).count();
            let list = missing([&found]);
            assert_eq!(list.len(), refused);
            assert!(found.total_tax.is_none());
            let (when, bought) = ways(rule);
            // One rate of the month is for both purchases.
            let buyers = if rule == "month_average" { "b1 b2" } else { "b1" };
            assert_eq!(
                wanted(&found),
                [
                    "2023-06-05T12:00:00Z,ETH,KGS,PRICE (r1 r2)".to_owned(),
                    "2023-06-05T16:00:00Z,SOL,KGS,PRICE (r3)".to_owned(),
                    format!("{when},EUR,KGS,RATE (s1)"),
                    // What was bought first was sold; the second purchase is not asked about.
                    format!("{bought},USD,KGS,RATE ({buyers})"),
                ],
                "{rule} {at}"
            );
            // Filled in, nothing is missing and nothing refused.
            let (prices, rates) = (filled(&template(Table::Prices, &list)), filled(&template(Table::Rates, &list)));
            let whole = of(&book, &inputs(SEVERAL, &[("rates.csv", &rates)], &[("prices.csv", &prices)]));
            assert!(whole.errors.is_empty() && whole.warnings.is_empty() && whole.total_tax.is_some(), "{whole:#?}");
            assert!(missing([&whole]).is_empty());
            // Each line left out is missed again, alone.
            for gone in &list {
                let without = |table: &str| -> String {
                    let of = &gone.want;
                    table
                        .lines()
                        .filter(|l| !l.starts_with(&format!("{},{},", of.when, of.of)))
                        .map(|l| format!("{l}\n"))
                        .collect()
                };
                let (prices, rates) = (without(&prices), without(&rates));
                let again = of(&book, &inputs(SEVERAL, &[("rates.csv", &rates)], &[("prices.csv", &prices)]));
                assert_eq!(missing([&again]), std::slice::from_ref(gone));
            }
        }
    }
}

/// For when the rates of the sale and of the purchase are wanted.
fn ways(rule: &str) -> (&'static str, &'static str) {
    match rule {
        "same" => ("2023-07-03", "2023-07-01"),
        "publication_before" => ("2023-07-02", "2023-06-30"),
        _ => ("2023-07", "2023-07"),
    }
}

#[test]
fn the_list_can_be_filled_in_and_given_back() {
    let folder = std::env::temp_dir().join(format!("fisc-missing-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    std::fs::write(at("l.csv"), format!("{HEADER}{SEVERAL}")).unwrap();
    let law = folder.join("rules/xx");
    std::fs::create_dir_all(&law).unwrap();
    std::fs::write(law.join("tax.yaml"), LAW.replace("RATES", "same").replace("PRICES", "day")).unwrap();
    let fisc = |words: &[&str]| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_fisc")).args(words).env("NO_COLOR", "1").output().unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let (ledger, rules, fill) = (at("l.csv"), at("rules"), at("fill"));
    let common = [ledger.as_str(), "--in", "xx", "--year", "2023", "--rules", rules.as_str()];
    let missing = |more: &[&str]| fisc(&[&["prices", "missing"], &common[..], more].concat());
    let (status, table, _) = missing(&[]);
    assert_eq!(status, Some(0));
    assert!(
        table.contains("2023-06-05T12:00:00Z  ETH  KGS  ")
            && table.contains("Rates that are missing, for `--rates` (National Bank)"),
        "{table}"
    );
    let (status, rates, _) = missing(&["--only", "rates", "--format", "csv"]);
    assert_eq!(
        (status, rates.as_str()),
        (Some(0), "date,base,quote,rate,x_rows,x_first_row\n2023-07-03,EUR,KGS,,1,s1\n2023-07-01,USD,KGS,,1,b1\n")
    );
    assert_eq!(missing(&["--format", "csv"]).0, Some(2));
    assert_eq!(missing(&["--fill", &fill]).0, Some(0));
    // What was filled in is not written over.
    assert_eq!(missing(&["--fill", &fill]).0, Some(1));
    let (prices, rates) = (at("fill/prices.csv"), at("fill/rates.csv"));
    let assess = || fisc(&[&["assess"], &common[..], &["--format", "json", "--prices", &prices, "--rates", &rates]].concat());
    // Not filled in: each line is told.
    let (status, _, told) = assess();
    assert_eq!((status, told.matches("the number is missing").count()), (Some(1), 4), "{told}");
    for file in [&prices, &rates] {
        std::fs::write(file, filled(&std::fs::read_to_string(file).unwrap())).unwrap();
    }
    let (status, json, told) = assess();
    assert_eq!(status, Some(0), "{told}");
    // 3 ETH and 1 SOL at 7, 300 EUR at 7, a tenth of it.
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["total_tax"], "212.8");
    let (_, nothing, _) = missing(&["--prices", &prices, "--rates", &rates]);
    assert_eq!(nothing, "Nothing is missing.\n");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn folders_archives_and_alphabets() {
    let folder = std::env::temp_dir().join(format!("fisc-tables-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("klines/deeper")).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("klines/a.csv", b"1704067200,1,2,1,2,5\n1704153600,2,3,2,3,5\n");
    write("klines/deeper/b.txt", b"1704240000,3,4,3,4,5\n1704326400,4,5,4,5,5\n");
    write("klines/notes.md", b"not a table");
    let said = |about: &str, name: &str| std::path::PathBuf::from(format!("{about}={}", folder.join(name).display()));
    let (sources, problems) = fisc::value::open::tables(&[said("BTC/USD", "klines")]);
    assert!(problems.is_empty() && sources.len() == 2, "{problems:#?}");
    let (prices, problems) = Prices::read(&sources);
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(price(&prices, "BTC", "2024-01-04T00:00:00Z"), "4 USD");
    // `Дата;Код;Курс` in Windows-1251.
    write("bank.csv", b"\xc4\xe0\xf2\xe0;\xca\xee\xe4;\xca\xf3\xf0\xf1\n01.03.2024;USD;89,43\n");
    let (sources, problems) = fisc::value::open::tables(&[said("KGS", "bank.csv")]);
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::P0106]);
    assert_eq!(rate(&Rates::read(&sources).0, "USD", "KGS", "2024-03-01"), "89.43");
    // Packed, as banks and exchanges give them.
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    packed.start_file("eurofxref-hist.csv", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut packed, b"Date,USD,JPY,GBP,CHF,\n2024-01-12,1.0942,158.59,0.8601,0.9331,\n").unwrap();
    write("ecb.zip", packed.finish().unwrap().get_ref());
    let (sources, problems) = fisc::value::open::tables(&[folder.join("ecb.zip")]);
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(rate(&Rates::read(&sources).0, "EUR", "USD", "2024-01-12"), "1.0942");
    // What is no table says so.
    write("broken.zip", b"PK\x03\x04 and then nothing");
    write("daily.xml", b"<?xml version=\"1.0\"?><rates/>");
    let (_, problems) =
        fisc::value::open::tables(&[folder.join("broken.zip"), folder.join("daily.xml"), folder.join("absent.csv")]);
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::P0101, Code::P0101, Code::L0101]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_zone_of_an_export_can_be_told() {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_fisc")).args(["assess", "--help"]).output().unwrap();
    assert!(String::from_utf8(out.stdout).unwrap().contains("--zone <ZONE>"));
    let read = |zone: &str| {
        let settings = fisc::import::Settings { zone: Some(zone.to_owned()), ..fisc::import::Settings::default() };
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/import/electrum/history.csv")).unwrap();
        let given = Inputs::read_with(&[Source::new("electrum.csv", text)], &[], &[], FactsInput::default(), &settings);
        given.ledger.rows.first().map(|row| row.timestamp).unwrap_or_else(|| panic!("{:#?}", given.problems))
    };
    assert_eq!((read("UTC") - read("UTC+3")).num_hours(), 3);
}
