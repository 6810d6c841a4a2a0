//! Reports of a record for each sale: true to the ledger against a second, naive model; and what is wrong is told at once.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use fisc::diagnostic::Code;

#[path = "common/lines.rs"]
mod harness;

use harness::{BUY, Case, Line, USERS, person, row};

/// Numbers that look random and are the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Units in thousandths, money in cents.
#[derive(Debug, Clone)]
struct Lot {
    acquired: DateTime<Utc>,
    number: usize,
    came_in: NaiveDate,
    units: i128,
    whole: i128,
    /// Of what is covered.
    cost: Option<i128>,
    outside: bool,
}

#[derive(Debug, Default)]
struct Model {
    lots: BTreeMap<(String, String, &'static str), Vec<Lot>>,
    number: usize,
    /// Lines: customer, row, units, acquired, came in from outside, exact share of proceeds and of cost as fractions.
    lines: Vec<Wanted>,
}

#[derive(Debug)]
struct Wanted {
    customer: String,
    row: String,
    units: i128,
    acquired: Option<NaiveDate>,
    outside: Option<NaiveDate>,
    proceeds: (i128, i128),
    cost: Option<(i128, i128)>,
    lot: usize,
    lot_whole: (i128, i128),
}

fn day(at: DateTime<Utc>) -> NaiveDate {
    // The provider's clock is five hours behind.
    (at - Duration::hours(5)).date_naive()
}

impl Model {
    fn bring(&mut self, key: (String, String, &'static str), at: DateTime<Utc>, units: i128, cost: Option<i128>, outside: bool) {
        self.number += 1;
        let lot = Lot { acquired: at, number: self.number, came_in: day(at), units, whole: units, cost, outside };
        self.lots.entry(key).or_default().push(lot);
    }

    /// The first units of an account, with their lots.
    fn take(&mut self, key: &(String, String, &'static str), mut units: i128) -> Vec<(Lot, i128)> {
        let mut taken = Vec::new();
        let lots = self.lots.get_mut(key).unwrap();
        lots.sort_by_key(|l| (l.acquired, l.number));
        for lot in lots.iter_mut().filter(|l| l.units > 0) {
            let part = units.min(lot.units);
            if part > 0 {
                lot.units -= part;
                units -= part;
                taken.push((lot.clone(), part));
            }
        }
        assert_eq!(units, 0);
        taken
    }

    fn held(&self, key: &(String, String, &'static str)) -> i128 {
        self.lots.get(key).map_or(0, |lots| lots.iter().map(|l| l.units).sum())
    }
}

fn plain(units: i128) -> String {
    format!("{}.{:03}", units / 1000, units % 1000)
}

fn money(cents: i128) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Cents of a cell.
fn cents(text: &str) -> i128 {
    text.replace('.', "").parse().unwrap()
}

/// Thousandths of a cell that may have no zeros at its end.
fn thousandths(text: &str) -> i128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<3}").parse().unwrap()
}

/// Rows of some customers, and what they must come to in 2026.
fn generated(seed: u64, customers: usize, rows: usize) -> (Case, Model) {
    let (mut dice, mut model, mut case) = (Dice(seed), Model::default(), Case::new(&[]));
    case.zone = "Etc/GMT+5";
    case.users = USERS.to_owned();
    let assets = ["BTC", "ETH"];
    for customer in 0..customers {
        let name = format!("c{customer}");
        case.users += &person(&name);
        let mut at = Utc.with_ymd_and_hms(2025, 9, 1, 0, 0, 0).unwrap();
        for number in 0..rows {
            at += Duration::minutes(60 + i64::try_from(dice.roll(30_000)).unwrap());
            if day(at) > NaiveDate::from_ymd_opt(2026, 12, 31).unwrap() {
                break;
            }
            let (asset, account) =
                (assets[usize::try_from(dice.roll(2)).unwrap()], ["X", "Y"][usize::try_from(dice.roll(2)).unwrap()]);
            let (id, key) = (format!("{name}r{number}"), (name.clone(), account.to_owned(), asset));
            let (units, usd) = (1 + i128::from(dice.roll(5_000)), 1 + i128::from(dice.roll(9_000_000)));
            let head = format!("id={id} timestamp={} account={account} taxpayer={name}", at.format("%Y-%m-%dT%H:%M:%SZ"));
            let held = model.held(&key);
            let part = if held == 0 { 0 } else { 1 + i128::from(dice.roll(u64::try_from(held).unwrap())) };
            let text = match (dice.roll(8), part) {
                (0..=2, _) | (_, 0) => {
                    let fee = i128::from(dice.roll(500));
                    let covered = day(at) >= NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
                    model.bring(key, at, units, covered.then_some(usd + fee), false);
                    format!(
                        "{head} kind=buy received_amount={} received_asset={asset} sent_amount={} sent_asset=USD fee_amount={} fee_asset=USD",
                        plain(units),
                        money(usd),
                        money(fee)
                    )
                }
                (3, _) => {
                    model.bring(key, at, units, None, true);
                    format!("{head} kind=deposit received_amount={} received_asset={asset}", plain(units))
                }
                (4, part) => {
                    model.take(&key, part);
                    format!("{head} kind=withdrawal sent_amount={} sent_asset={asset}", plain(part))
                }
                (5, part) => {
                    let other = if account == "X" { "Y" } else { "X" };
                    for (lot, units) in model.take(&key, part) {
                        model.number += 1;
                        let moved = Lot { number: model.number, units, cost: None, ..lot };
                        model.lots.entry((name.clone(), other.to_owned(), asset)).or_default().push(moved);
                    }
                    format!(
                        "{head} kind=transfer received_amount={0} received_asset={asset} sent_amount={0} sent_asset={asset} counterparty={other}",
                        plain(part)
                    )
                }
                (_, part) => {
                    let fee = i128::from(dice.roll(300)).min(usd);
                    let sold = day(at);
                    for (lot, units) in model.take(&key, part) {
                        if sold < NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() {
                            continue;
                        }
                        model.lines.push(Wanted {
                            customer: name.clone(),
                            row: id.clone(),
                            units,
                            acquired: lot.cost.map(|_| lot.came_in),
                            outside: lot.outside.then_some(lot.came_in),
                            proceeds: ((usd - fee) * units, part),
                            cost: lot.cost.map(|cost| (cost * units, lot.whole)),
                            lot: lot.number,
                            lot_whole: (lot.cost.unwrap_or_default(), lot.whole),
                        });
                    }
                    format!(
                        "{head} kind=sell received_amount={} received_asset=USD sent_amount={} sent_asset={asset} fee_amount={} fee_asset=USD",
                        money(usd),
                        plain(part),
                        money(fee)
                    )
                }
            };
            case.ledger += &row(&text);
        }
    }
    (case, model)
}

fn near(cell: i128, (above, below): (i128, i128)) -> bool {
    (cell * below - above).abs() <= below
}

#[test]
fn records_are_true_to_the_ledger_to_the_cent() {
    let mut checked = 0;
    for seed in 1..=12 {
        let (case, model) = generated(seed, 6, 60);
        let lines = case.lines();
        assert_eq!(lines.len(), model.lines.len(), "seed {seed}");
        let mut of_sale: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
        let mut of_lot: BTreeMap<usize, (i128, i128, (i128, i128))> = BTreeMap::new();
        for (line, want) in lines.iter().zip(&model.lines) {
            let at = format!("seed {seed}: {line:?} {want:?}");
            let date = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
            assert_eq!((&line["taxpayer"], &line["sale_row"]), (&want.customer, &want.row), "{at}");
            assert_eq!(thousandths(&line["box_1c_units"]), want.units, "{at}");
            assert_eq!(line["box_1d_date_acquired"], date(want.acquired), "{at}");
            assert_eq!(line["box_12b_date_transferred_in"], date(want.outside), "{at}");
            assert_eq!(line["box_9_noncovered"], if want.cost.is_some() { "" } else { "X" }, "{at}");
            let proceeds = cents(&line["box_1f_proceeds"]);
            assert!(near(proceeds, want.proceeds), "{at}");
            let sale = of_sale.entry(&want.row).or_insert((0, want.proceeds.0 / want.units));
            sale.0 += proceeds;
            match want.cost {
                None => assert_eq!(line["box_1g_basis"], "", "{at}"),
                Some(cost) => {
                    let basis = cents(&line["box_1g_basis"]);
                    assert!(near(basis, cost), "{at}");
                    let lot = of_lot.entry(want.lot).or_insert((0, 0, want.lot_whole));
                    (lot.0, lot.1) = (lot.0 + basis, lot.1 + want.units);
                }
            }
            checked += 1;
        }
        for (row, (sum, whole)) in of_sale {
            assert_eq!(sum, whole, "seed {seed}: the parts of {row} are the sale");
        }
        for (lot, (basis, units, (cost, whole))) in of_lot {
            // What was sold of a lot is its share of the cost, rounded once; a lot sold whole is all of it.
            assert!(
                (2 * (basis * whole - cost * units)).abs() <= whole,
                "seed {seed}, lot {lot}: {basis} of {cost} for {units} of {whole}"
            );
        }
    }
    assert!(checked > 1000, "{checked} lines");
}

// ---- what is wrong ----

const SELL: &str =
    "id=s1 timestamp=2026-06-01T12:00:00Z kind=sell received_amount=300 received_asset=USD sent_amount=1 sent_asset=BTC";

fn told(case: &Case) -> Vec<(Code, String)> {
    case.faults().into_iter().map(|p| (p.code, format!("{} | {}", p.message, p.help.unwrap_or_default()))).collect()
}

fn has(found: &[(Code, String)], code: Code, words: &[&str]) -> bool {
    found.iter().any(|(c, text)| *c == code && words.iter().all(|w| text.contains(w)))
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let mut case = Case::new(&[
        "id=s1 timestamp=2026-06-01T12:00:00Z kind=sell received_amount=300 received_asset=USD sent_amount=2 sent_asset=BTC",
        "id=b2 timestamp=2026-06-02T12:00:00Z kind=buy received_amount=1 received_asset=XYZ sent_amount=10 sent_asset=USD",
        "id=s2 timestamp=2026-06-03T12:00:00Z kind=sell received_amount=20 received_asset=USD sent_amount=1 sent_asset=XYZ",
        "id=b3 timestamp=2026-06-04T12:00:00Z kind=buy received_amount=1 received_asset=ETH sent_amount=10 sent_asset=EUR taxpayer=bob",
        "id=s3 timestamp=2026-06-05T12:00:00Z kind=sell received_amount=20 received_asset=USD sent_amount=1 sent_asset=ETH taxpayer=bob",
        "id=t1 timestamp=2026-06-06T12:00:00Z kind=transfer sent_amount=1 sent_asset=ETH taxpayer=bob",
        "id=d1 timestamp=2026-06-07T12:00:00Z kind=deposit received_amount=1 received_asset=ETH taxpayer=bob x_acquired=last-year",
        "id=b4 timestamp=2026-06-08T12:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=10 sent_asset=USD taxpayer=eve",
        "id=s4 timestamp=2026-06-09T12:00:00Z kind=sell received_amount=20 received_asset=USD sent_amount=1 sent_asset=BTC taxpayer=eve",
    ]);
    case.users += "bob,individual,Bob,Lee,,1990-01-02,Low Street,3,80202,Denver,,US,US:12\n";
    let found = told(&case);
    assert!(has(&found, Code::A0201, &["`s1`", "2 BTC", "deposit"]), "{found:#?}");
    assert!(has(&found, Code::F0108, &["`code`", "XYZ", "999999999"]), "{found:#?}");
    assert!(has(&found, Code::F0108, &["`name`", "XYZ"]), "{found:#?}");
    assert!(has(&found, Code::F0108, &["not among the users", "`eve`"]), "{found:#?}");
    assert!(has(&found, Code::F0102, &["`12`", "9 digits"]), "{found:#?}");
    assert!(has(&found, Code::F0102, &["`bob`", "`region`"]), "{found:#?}");
    assert!(has(&found, Code::F0102, &["`d1`", "last-year"]), "{found:#?}");
    assert!(has(&found, Code::A0208, &["`t1`", "one side"]), "{found:#?}");
    assert!(found.iter().any(|(_, text)| text.contains("EUR")), "the cost of a covered lot: {found:#?}");
    assert_eq!(found.len(), 9, "{found:#?}");
}

#[test]
fn an_asset_without_its_words_is_told() {
    let mut case = Case::new(&[BUY, SELL]);
    case.own = "{ assets: { BTC: { name: Bitcoin } } }";
    let found = told(&case);
    assert!(found.len() == 1 && has(&found, Code::F0108, &["`code` of BTC"]), "{found:#?}");
}

#[test]
fn a_cost_that_was_stated_and_cannot_be_read_is_not_blank() {
    let stated = |cells: &str| {
        Case::new(&[
            &format!("id=d1 timestamp=2026-02-03T12:00:00Z kind=deposit received_amount=1 received_asset=BTC {cells}"),
            SELL,
        ])
    };
    assert!(has(&told(&stated("x_cost=much")), Code::F0102, &["x_cost", "`much`"]));
    assert!(has(&told(&stated("x_acquired=2026-02-04")), Code::F0102, &["after the day"]));
    assert_eq!(stated("x_acquired=2026-02-03").lines().len(), 1);
}

#[test]
fn the_providers_section_is_held_against_the_report() {
    let told = |own: &'static str| {
        let mut case = Case::new(&[BUY, SELL]);
        case.own = own;
        case.faults().into_iter().map(|p| (p.code, p.place.map_or(0, |p| p.line), p.message)).collect::<Vec<_>>()
    };
    for (own, code, word) in [
        ("{ choices: { stablecoin: together } }", Code::R0302, "`stablecoin`"),
        ("{ choices: { stablecoins: all } }", Code::R0204, "`all`"),
        ("{ readings: { coin_fees: none } }", Code::R0204, "`none`"),
        ("{ facts: { kind_of_asset: { BTC: other } } }", Code::F0101, "`kind_of_asset`"),
        ("{ facts: { asset_kind: { BTC: coin } } }", Code::F0102, "`coin`"),
        ("{ assets: { BTC: { code: short, name: Bitcoin } } }", Code::R0203, "`short`"),
        ("{ assets: { BTC: { colour: blue } } }", Code::R0201, "`colour`"),
        ("{ reportable: [USA] }", Code::R0204, "`USA`"),
        ("{ thing: 1 }", Code::R0201, "`thing`"),
    ] {
        let found = told(own);
        assert!(found.iter().any(|(c, line, text)| *c == code && *line == 9 && text.contains(word)), "{own}: {found:?}");
    }
}

#[test]
fn a_ledger_without_customers_is_told() {
    let mut case = Case::new(&[BUY]);
    case.ledger = case.ledger.replace(",ann,", ",,");
    assert!(has(&told(&case), Code::A0103, &["taxpayer"]));
    let empty: Vec<Line> = Case::new(&[]).lines();
    assert!(empty.is_empty());
}
