//! Exports to rows: the layouts a source has used, the traps in them, and what is refused.

use fisc::diagnostic::{Diagnostic, Source};
use fisc::import::{Settings, load, recognised, to_csv};

fn imported(name: &str, text: &str) -> (Vec<String>, Vec<Diagnostic>) {
    let (csv, problems) = to_csv(&[Source::new(name, text)], &Settings::default());
    // timestamp,kind,account,received,sent,fee,value: what the rows say, without notes and ids.
    let rows = csv::Reader::from_reader(csv.as_bytes())
        .records()
        .map(|r| {
            let r = r.unwrap();
            let pair = |i: usize| format!("{} {}", &r[i], &r[i + 1]).trim().to_owned();
            [r[0].to_owned(), r[1].to_owned(), pair(3), pair(5), pair(7), pair(9)].join(" | ")
        })
        .collect();
    (rows, problems)
}

fn rows(name: &str, text: &str) -> Vec<String> {
    let (rows, problems) = imported(name, text);
    assert!(problems.is_empty(), "{problems:#?}");
    rows
}

const BINANCE: &str = "\"User_ID\",\"UTC_Time\",\"Account\",\"Operation\",\"Coin\",\"Change\",\"Remark\"\n";

fn binance(lines: &[&str]) -> String {
    let quoted = |line: &&str| format!("\"42\",{}\n", line.split(',').map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(","));
    format!("{BINANCE}{}", lines.iter().map(quoted).collect::<String>())
}

#[test]
fn fills_of_one_second_are_summed_and_fees_attached() {
    let text = binance(&[
        "2024-03-01 08:10:05,Spot,Transaction Buy,BTC,0.01,",
        "2024-03-01 08:10:05,Spot,Transaction Spend,EUR,-560,",
        "2024-03-01 08:10:05,Spot,Transaction Buy,BTC,0.005,",
        "2024-03-01 08:10:05,Spot,Transaction Spend,EUR,-280.1,",
        "2024-03-01 08:10:06,Spot,Transaction Fee,BNB,-0.0021,",
        "2024-03-01 08:10:07,Spot,Transaction Buy,BTC,0.001,",
        "2024-03-01 08:10:07,Spot,Transaction Spend,EUR,-56,",
    ]);
    assert_eq!(
        rows("b.csv", &text),
        [
            "2024-03-01T08:10:05Z | buy | 0.015 BTC | 840.1 EUR | 0.0021 BNB | ",
            "2024-03-01T08:10:07Z | buy | 0.001 BTC | 56 EUR |  | ",
        ]
    );
}

#[test]
fn the_old_names_go_by_their_sign() {
    let text = binance(&[
        "2020-03-01 08:00:00,Spot,Sell,ETH,-2,",
        "2020-03-01 08:00:00,Spot,Sell,USDT,400,",
        "2020-03-01 08:00:00,Spot,Fee,BNB,-9.895E-06,",
        "2020-03-01 08:00:00,Spot,Fee,USDT,-0.1,",
        "2020-03-02 08:00:00,Spot,Buy,ETH,-1,",
        "2020-03-02 08:00:00,Spot,Buy,BTC,0.05,",
    ]);
    assert_eq!(
        rows("b.csv", &text),
        [
            "2020-03-01T08:00:00Z | swap | 400 USDT | 2 ETH | 0.1 USDT | ",
            "2020-03-01T08:00:00Z | fee |  |  | 0.000009895 BNB | ",
            "2020-03-02T08:00:00Z | swap | 0.05 BTC | 1 ETH |  | ",
        ]
    );
}

#[test]
fn other_headers_of_the_same_source_are_read() {
    let bare = "UTC_Time,Account,Operation,Coin,Change,Remark\n2020-01-05 10:00:00,Spot,Deposit,BTC,1,\n";
    assert_eq!(rows("b.csv", bare), ["2020-01-05T10:00:00Z | deposit | 1 BTC |  |  | "]);
    let newest = "\u{feff}User ID,Time,Account,Operation,Coin,Change,Remark\n1,25-06-01 02:30:00,Spot,Staking Rewards,SOL,0.5,\n";
    assert_eq!(rows("history (UTC+6).csv", newest), ["2025-05-31T20:30:00Z | staking | 0.5 SOL |  |  | "]);
    assert_eq!(rows("history(UTC-3).csv", newest), ["2025-06-01T05:30:00Z | staking | 0.5 SOL |  |  | "]);
    let (_, problems) = imported("history.csv", newest);
    assert_eq!(problems[0].code.id(), "I0106");
    assert!(problems[0].help.as_ref().unwrap().contains("UTC+6"));
    let spreadsheet = "\"User_ID,\"\"UTC_Time\"\",\"\"Account\"\",\"\"Operation\"\",\"\"Coin\"\",\"\"Change\"\",\"\"Remark\"\"\"\n\"1,\"\"2024-01-01 00:00:00\"\",\"\"Spot\"\",\"\"Deposit\"\",\"\"BTC\"\",\"\"1\"\",\"\"\"\"\"\n";
    assert_eq!(rows("b.csv", spreadsheet), ["2024-01-01T00:00:00Z | deposit | 1 BTC |  |  | "]);
}

#[test]
fn dust_goes_by_its_remark() {
    let text = binance(&[
        "2024-03-05 11:11:11,Spot,Small Assets Exchange BNB,DOGE,-1.52,DOGE to BNB",
        "2024-03-05 11:11:11,Spot,Small Assets Exchange BNB,TRX,-0.8,TRX to BNB",
        "2024-03-05 11:11:11,Spot,Small Assets Exchange BNB,BNB,0.0006,DOGE to BNB",
        "2024-03-05 11:11:12,Spot,Small Assets Exchange BNB,BNB,0.00025,TRX to BNB",
    ]);
    assert_eq!(
        rows("b.csv", &text),
        [
            "2024-03-05T11:11:11Z | dust_conversion | 0.0006 BNB | 1.52 DOGE |  | ",
            "2024-03-05T11:11:11Z | dust_conversion | 0.00025 BNB | 0.8 TRX |  | "
        ]
    );
}

#[test]
fn moves_between_sub_accounts_and_earn_receipts() {
    let text = binance(&[
        "2024-03-06 00:00:30,Spot,Simple Earn Flexible Subscription,USDT,-50,",
        "2024-03-07 00:00:30,Earn,Simple Earn Flexible Interest,LDUSDT,0.004,",
        "2024-03-09 15:00:00,Spot,Transfer Between Main and Funding Wallet,BTC,-0.002,",
        "2024-03-09 15:00:00,Funding,Transfer Between Main and Funding Wallet,BTC,0.002,",
    ]);
    assert_eq!(
        rows("b.csv", &text),
        [
            "2024-03-06T00:00:30Z | transfer |  | 50 USDT |  | ",
            "2024-03-07T00:00:30Z | interest | 0.004 USDT |  |  | ",
            "2024-03-09T15:00:00Z | transfer | 0.002 BTC | 0.002 BTC |  | ",
        ]
    );
}

#[test]
fn what_cannot_be_told_apart_is_refused_and_nothing_is_skipped() {
    let text = binance(&[
        "2024-03-01 08:10:05,Spot,Transaction Buy,BTC,0.01,",
        "2024-03-01 08:10:05,Spot,Transaction Buy,ETH,0.5,",
        "2024-03-01 08:10:05,Spot,Transaction Spend,EUR,-560,",
        "2024-03-02 08:10:05,Spot,Moon Gift,BTC,-1,",
        "2024-03-03 08:10:05,Spot,Deposit,BTC,one,",
        "2024-03-04 08:10:05,Spot,Staking Rewards,BTC,-1,",
    ]);
    let (_, problems) = imported("b.csv", &text);
    let mut found: Vec<(&str, u32)> = problems.iter().map(|p| (p.code.id(), p.place.as_ref().unwrap().line)).collect();
    found.sort_unstable();
    assert_eq!(found, [("I0102", 5), ("I0103", 6), ("I0104", 2), ("I0104", 7)]);
}

const KOINLY: &str = "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,Net Worth Currency,Label,Description,TxHash\n";

#[test]
fn koinly_rows_go_by_their_legs_and_labels() {
    let text = format!(
        "{KOINLY}{}",
        "2024-01-02 10:00:00 UTC,1000.00,EUR,0.02500000,BTC,2.50,EUR,,,,first,\n\
         2024-01-05 12:30 UTC,,,0.5,ETH,,,1050.00,EUR,,own,0xaa\n\
         2024-02-01 00:00:00,,,0.0012,ETH,0,,3.10,EUR,Reward,staking,\n\
         2024-02-10T08:00:00Z,0.1,ETH,240.5,USDC,0.002,ETH,240,USD,,,\n\
         2024-03-01 18:15:00 UTC,0.001,BTC,,,,,55.00,EUR,COST,hosting,\n\
         2024-03-10 09:00:00 UTC,,,1000,NULL1,,,0,EUR,airdrop,unknown,\n\
         2024-04-01 07:00:00 UTC,0.002,BTC,110,EUR,0.50,EUR,110,EUR,,,\n\
         2024-04-12 10:00:00 UTC,0.05,ETH,0.05,WETH,,,,,swap,wrap,\n"
    );
    assert_eq!(
        rows("k.csv", &text),
        [
            "2024-01-02T10:00:00Z | buy | 0.02500000 BTC | 1000.00 EUR | 2.50 EUR | ",
            "2024-01-05T12:30:00Z | deposit | 0.5 ETH |  |  | 1050.00 EUR",
            "2024-02-01T00:00:00Z | reward | 0.0012 ETH |  |  | 3.10 EUR",
            "2024-02-10T08:00:00Z | swap | 240.5 USDC | 0.1 ETH | 0.002 ETH | 240 USD",
            "2024-03-01T18:15:00Z | spend |  | 0.001 BTC |  | 55.00 EUR",
            "2024-03-10T09:00:00Z | airdrop | 1000 NULL1 |  |  | ",
            "2024-04-01T07:00:00Z | sell | 110 EUR | 0.002 BTC | 0.50 EUR | ",
            "2024-04-12T10:00:00Z | wrap | 0.05 WETH | 0.05 ETH |  | ",
        ]
    );
    let simple = "Koinly Date,Amount,Currency,Label,TxHash\n2024-01-02 10:00:00 UTC,-0.5,BTC,gift,\n2024-01-03 10:00:00 UTC,0.1,BTC,,0xbb\n";
    assert_eq!(
        rows("k.csv", simple),
        ["2024-01-02T10:00:00Z | gift_given |  | 0.5 BTC |  | ", "2024-01-03T10:00:00Z | deposit | 0.1 BTC |  |  | "]
    );
}

#[test]
fn columns_may_stand_in_another_order_and_a_strange_one_is_named() {
    let shuffled = "Coin;Change;UTC_Time;Operation;Remark;Account\nBTC;1;2024-01-01 00:00:00;Deposit;;Spot\n";
    assert_eq!(rows("b.csv", shuffled), ["2024-01-01T00:00:00Z | deposit | 1 BTC |  |  | "]);
    let strange = "UTC_Time,Account,Mood,Operation,Coin,Change,Remark\n2024-01-01 00:00:00,Spot,good,Deposit,BTC,1,\n";
    let (read, problems) = imported("b.csv", strange);
    assert_eq!(read, ["2024-01-01T00:00:00Z | deposit | 1 BTC |  |  | "]);
    assert_eq!(problems[0].code.id(), "I0108");
    assert!(problems[0].message.contains("`Mood`"), "{}", problems[0].message);
    let renamed = "UTC_Time,Account,Action,Coin,Change,Remark\n";
    let (read, problems) = imported("b.csv", renamed);
    assert!(read.is_empty());
    assert_eq!(problems[0].code.id(), "I0101");
    let help = problems[0].help.as_ref().unwrap();
    assert!(help.contains("`binance_transactions`, without `Operation`, with `Action`"), "{help}");
}

#[test]
fn an_export_goes_into_a_ledger_with_its_own_lines() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/binance.csv")).unwrap();
    let source = Source::new("examples/binance.csv", text);
    assert_eq!(recognised(&source), Some("binance_transactions"));
    let (ledger, problems) = load(&[source]);
    assert!(problems.is_empty());
    let row = ledger.row("binance.csv:20").unwrap();
    assert_eq!((row.line, row.kind.word()), (20, "sell"));
    // Written out and read again it is the same ledger, but for the places.
    let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/ledger.csv")).unwrap();
    let (again, _) = load(&[Source::new("ledger.csv", written)]);
    assert_eq!(ledger.rows.len(), again.rows.len());
    for (a, b) in ledger.rows.iter().zip(&again.rows) {
        assert_eq!(
            (&a.id, a.timestamp, a.kind, a.received.map(|l| l.amount), a.sent.map(|l| l.amount)),
            (&b.id, b.timestamp, b.kind, b.received.map(|l| l.amount), b.sent.map(|l| l.amount))
        );
    }
}
