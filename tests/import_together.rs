//! Several exports at once: what two of them share, what left one account and arrived in another, and balances over all.

use fisc::balances::balances;
use fisc::diagnostic::Source;
use fisc::import::{Import, Settings, import};

fn binance(lines: &str) -> Source {
    Source::new("binance.csv", format!("UTC_Time,Account,Operation,Coin,Change,Remark\n{lines}"))
}

fn together(sources: &[Source]) -> Import {
    import(sources, &Settings::default())
}

/// kind, account, received, sent, fee, counterparty
fn rows(found: &Import) -> Vec<String> {
    let csv = found.csv();
    let rows: Vec<String> = csv::Reader::from_reader(csv.as_bytes())
        .records()
        .map(|r| {
            let r = r.unwrap();
            [&r[1], &r[2], &r[3], &r[5], &r[7], &r[13]].join(" | ")
        })
        .collect();
    rows
}

#[test]
fn equal_rows_of_one_file_are_two_events_and_of_two_files_one() {
    let first = binance(
        "2024-01-01 10:00:00,Spot,Deposit,BTC,1,\n2024-01-01 10:00:00,Spot,Deposit,BTC,1,\n2024-01-02 10:00:00,Spot,Deposit,BTC,2,\n",
    );
    let second = Source::new(
        "later.csv",
        // The same rows in another layout, one of them once more.
        "User_ID,Coin,UTC_Time,Account,Operation,Change,Remark\n1,BTC,2024-01-01 10:00:00,Spot,Deposit,1,\n1,BTC,2024-01-02 10:00:00,Spot,Deposit,2,\n1,BTC,2024-01-02 10:00:00,Spot,Deposit,2,\n",
    );
    let found = together(&[first, second]);
    assert_eq!(rows(&found).len(), 4, "{:#?}", rows(&found));
    assert!(found.explain().contains("later.csv,2,left out,,it repeats binance.csv:2"), "{}", found.explain());
}

#[test]
fn an_id_is_known_again_wherever_it_stands() {
    let header = "ID,Account,Type,Subtype,Datetime,Amount,Amount currency,Value,Value currency,Rate,Rate currency,Fee,Fee currency,Order ID\n";
    let row = "7,Main,Deposit,,2024-01-01T10:00:00Z,1.0,BTC,,,,,,,\n";
    let found = together(&[Source::new("a.csv", format!("{header}{row}{row}")), Source::new("b.csv", format!("{header}{row}"))]);
    assert_eq!(rows(&found), ["deposit | Bitstamp | 1.0 |  |  | "]);
}

const KOINLY: &str = "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash\n";

#[test]
fn what_left_one_account_arrives_in_another() {
    let from = binance(
        "2024-01-01 10:00:00,Spot,Withdraw,BTC,-0.5,Withdraw fee is included\n\
         2024-01-03 10:00:00,Spot,Withdraw,ETH,-2,Withdraw fee is included\n\
         2024-01-05 10:00:00,Spot,Withdraw,SOL,-10,\n",
    );
    let to = Source::new(
        "wallet.csv",
        format!(
            "{KOINLY}2024-01-01 10:20:00 UTC,,,0.4995,BTC,,,,,,,0xa\n2024-01-03 10:05:00 UTC,,,2,ETH,,,,,,,0xb\n2024-01-08 11:00:00 UTC,,,10,SOL,,,,,,,0xc\n"
        ),
    );
    let found = together(&[from, to]);
    assert_eq!(
        rows(&found),
        [
            "withdrawal | Binance |  | 0.4995 | 0.0005 | Koinly",
            "deposit | Koinly | 0.4995 |  |  | Binance",
            "withdrawal | Binance |  | 2 |  | Koinly",
            "deposit | Koinly | 2 |  |  | Binance",
            "withdrawal | Binance |  | 10 |  | ",
            "deposit | Koinly | 10 |  |  | ",
        ]
    );
    let told: Vec<(&str, &str)> =
        found.problems.iter().map(|p| (p.code.id(), p.rows.first().map_or("", |r| r.as_str()))).collect();
    assert_eq!(told, [("A0301", "binance.csv:4"), ("A0302", "wallet.csv:4")]);
}

#[test]
fn a_hash_counts_before_an_amount_and_other_hashes_are_other_transactions() {
    let header = "Operation Date,Status,Currency Ticker,Operation Type,Operation Amount,Operation Fees,Operation Hash,Account Name,Account xpub,Countervalue Ticker,Countervalue at Operation Date,Countervalue at CSV Export\n";
    let ledger = Source::new(
        "ledger.csv",
        format!(
            "{header}2024-01-01T10:00:00.000Z,Confirmed,BTC,OUT,1.1,0.1,h1,A,x,,,\n2024-01-01T10:01:00.000Z,Confirmed,BTC,OUT,1.1,0.1,h2,A,x,,,\n"
        ),
    );
    let wallet = Source::new(
        "wallet.csv",
        format!("{KOINLY}2024-01-01 10:02:00 UTC,,,1,BTC,,,,,,,h1\n2024-01-01 10:03:00 UTC,,,1,BTC,,,,,,,h9\n"),
    );
    let found = together(&[ledger, wallet]);
    let rows = rows(&found);
    assert_eq!(rows[0], "withdrawal | Ledger Live |  | 1.0 | 0.1 | Koinly");
    assert_eq!(rows[1], "withdrawal | Ledger Live |  | 1.0 | 0.1 | ");
    assert_eq!(rows[3], "deposit | Koinly | 1 |  |  | ");
}

#[test]
fn balances_by_month_below_zero_and_against_what_is_stated() {
    let header = "portfolio,type,time,amount,balance,amount/balance unit,transfer id,trade id,order id\n";
    let source = Source::new(
        "account.csv",
        format!(
            "{header}default,deposit,2022-01-10T10:00:00.000Z,3,5,ETH,t1,,\ndefault,withdrawal,2022-02-10T10:00:00.000Z,-4,1,ETH,t2,,\n"
        ),
    );
    let found = together(std::slice::from_ref(&source));
    assert_eq!(found.last_stated(), [("Coinbase Pro".to_owned(), "ETH".to_owned(), 1.into())]);
    let (ledger, problems) = found.ledger(&[source]);
    assert!(problems.is_empty());
    let held = balances(&ledger);
    let [eth] = held.as_slice() else { panic!("{held:?}") };
    let months: Vec<(&str, String)> = eth.months.iter().map(|h| (h.month.as_str(), h.amount.to_string())).collect();
    assert_eq!(months, [("2022-01", "3".to_owned()), ("2022-02", "-1".to_owned())]);
    assert_eq!(eth.below_zero.as_ref().map(|b| b.row.as_str()), Some("account.csv:3"));
}

/// `cargo test --release --test import_together -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, of release builds"]
fn a_million_rows_in_three_seconds() {
    let mut text = String::with_capacity(90_000_000);
    text.push_str("\"User_ID\",\"UTC_Time\",\"Account\",\"Operation\",\"Coin\",\"Change\",\"Remark\"\n");
    let start = chrono::DateTime::from_timestamp(1_600_000_000, 0).unwrap();
    for trade in 0..333_334i64 {
        let time = (start + chrono::TimeDelta::seconds(trade * 3)).format("%Y-%m-%d %H:%M:%S");
        text.push_str(&format!("\"900001\",\"{time}\",\"Spot\",\"Transaction Buy\",\"BTC\",\"0.0{trade}\",\"\"\n"));
        text.push_str(&format!("\"900001\",\"{time}\",\"Spot\",\"Transaction Spend\",\"EUR\",\"-{trade}.25000000\",\"\"\n"));
        text.push_str(&format!("\"900001\",\"{time}\",\"Spot\",\"Transaction Fee\",\"BNB\",\"-0.00001{trade}\",\"\"\n"));
    }
    let source = Source::new("binance.csv", text);
    let begun = std::time::Instant::now();
    let found = together(std::slice::from_ref(&source));
    let problems = found.ledger(std::slice::from_ref(&source)).1;
    let csv = found.csv();
    let taken = begun.elapsed();
    println!("{} rows to {} in {taken:?}, {} problems, {} bytes", 1_000_002, found.rows.len(), problems.len(), csv.len());
    assert!(problems.len() + found.problems.len() < 5 && taken.as_secs_f64() < 3.0, "{taken:?}");
}
