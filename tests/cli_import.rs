//! `fisc import` and `fisc balances` as commands: folders, bad files, what is left behind.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn fisc(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fisc")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

const BINANCE: &str = "UTC_Time,Account,Operation,Coin,Change,Remark\n";

#[test]
fn bad_files_are_told_and_leave_nothing_behind() {
    let folder = folder("bad_files");
    let good = format!("{BINANCE}2024-01-01 10:00:00,Spot,Deposit,BTC,1,\n");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("cut.csv", format!("{BINANCE}2024-01-01 10:00:00,Spot,Dep").into_bytes(), "I0103"),
        ("quote.csv", format!("{BINANCE}2024-01-01 10:00:00,Spot,Deposit,BTC,1,\"With").into_bytes(), "I0103"),
        ("formula.csv", format!("{BINANCE}2024-01-01 10:00:00,Spot,Deposit,BTC,=1+1,\n").into_bytes(), "I0103"),
        ("note.csv", format!("{BINANCE}2024-01-01 10:00:00,Spot,Deposit,BTC,1,=cmd|x\n").into_bytes(), "I0103"),
        ("binary.csv", b"\x00\x01\x02\x03".to_vec(), "I0110"),
        ("archive.csv", b"PK\x03\x04\x14\x00\x00".to_vec(), "I0110"),
        ("page.csv", b"<!doctype html><html>".to_vec(), "I0110"),
        ("utf16.csv", b"\xff\xfea".to_vec(), "I0110"),
        ("long.csv", vec![b'a'; 3 << 20], "I0110"),
        ("strange.csv", b"a,b,c\n1,2,3\n".to_vec(), "I0101"),
        ("empty.csv", Vec::new(), "I0101"),
    ];
    for (name, bytes, code) in cases {
        std::fs::write(folder.join(name), bytes).unwrap();
        let (from, to) = (folder.join(name), folder.join("out.csv"));
        let out = fisc(&["import", from.to_str().unwrap(), "-o", to.to_str().unwrap()]);
        assert_eq!(out.status.code(), Some(1), "{name}");
        assert!(text(&out.stderr).contains(code), "{name}: {}", text(&out.stderr));
        assert!(!to.exists() && text(&out.stdout).is_empty(), "{name}");
        std::fs::remove_file(from).unwrap();
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let latin = [good.as_bytes(), b"2024-01-02 10:00:00,Spot,Deposit,BTC,1,caf\xe9\n"].concat();
    std::fs::write(folder.join("latin.csv"), latin).unwrap();
    let out = fisc(&["import", folder.join("latin.csv").to_str().unwrap()]);
    assert!(out.status.success() && text(&out.stdout).contains("café") && text(&out.stderr).contains("Windows-1252"));
}

#[test]
fn a_folder_is_read_at_once_and_a_ledger_in_it_left_out() {
    let folder = folder("whole_folder");
    std::fs::create_dir(folder.join("2024")).unwrap();
    std::fs::write(folder.join("a.csv"), format!("{BINANCE}2023-01-01 10:00:00,Spot,Deposit,BTC,1,\n")).unwrap();
    std::fs::write(folder.join("2024/b.csv"), format!("{BINANCE}2024-01-01 10:00:00,Spot,Deposit,ETH,1,\n")).unwrap();
    std::fs::write(folder.join("readme.md"), "no export").unwrap();
    let (from, to) = (folder.to_str().unwrap(), folder.join("ledger.csv"));
    for _ in 0..2 {
        let out = fisc(&["import", from, "-o", to.to_str().unwrap()]);
        assert!(out.status.success(), "{}", text(&out.stderr));
        assert_eq!(std::fs::read_to_string(&to).unwrap().lines().count(), 3);
    }
}

#[test]
fn each_line_is_told_of_and_an_answer_nobody_asked_for_is_an_error() {
    let out = fisc(&["import", "tests/import/nicehash/report.csv", "--explain"]);
    let told = text(&out.stdout);
    assert!(told.contains("report.csv,3,mining,report.csv:2") && told.contains("report.csv,4,left out,,totals"), "{told}");
    let out = fisc(&["import", "tests/import/nicehash/report.csv", "--set", "fiatt=EUR"]);
    assert_eq!(out.status.code(), Some(1));
    let out = fisc(&["import", "tests/import/electrum/history.csv"]);
    assert!(text(&out.stderr).contains("--zone"), "{}", text(&out.stderr));
    let out = fisc(&["import", "tests/import/electrum/history.csv", "--zone", "Europe/Pariss"]);
    assert!(text(&out.stderr).contains("Europe/Paris"), "{}", text(&out.stderr));
}

#[test]
fn a_format_of_ones_own_is_a_file() {
    let folder = folder("own_formats");
    let format = "format: acme\ntitle: Acme\naccount: Acme\ncolumns: { time: When, type: What, size: Size, coin: Coin }\nchange: [size, coin]\ntypes:\n  - { words: [got], becomes: deposit }\n";
    std::fs::write(folder.join("acme.yaml"), format).unwrap();
    std::fs::write(folder.join("acme.csv"), "When,What,Size,Coin\n2024-01-01 10:00:00,got,1,BTC\n").unwrap();
    let (own, file) = (folder.to_str().unwrap(), folder.join("acme.csv"));
    let out = fisc(&["import", file.to_str().unwrap(), "--formats", own]);
    assert!(text(&out.stdout).contains("2024-01-01T10:00:00Z,deposit,Acme,1,BTC"), "{}", text(&out.stderr));
    std::fs::write(folder.join("acme.yaml"), format.replace("columns:", "colums:").replace("deposit", "depsit")).unwrap();
    let out = fisc(&["import", file.to_str().unwrap(), "--formats", own]);
    let told = text(&out.stderr);
    assert!(told.contains("did you mean `columns`?") && told.contains("did you mean `deposit`?"), "{told}");
}

#[test]
fn balances_of_exports() {
    let folder = folder("balances");
    let header = "portfolio,type,time,amount,balance,amount/balance unit,transfer id,trade id,order id\n";
    let rows =
        "default,deposit,2022-01-10T10:00:00.000Z,3,5,ETH,t1,,\ndefault,withdrawal,2022-02-10T10:00:00.000Z,-4,1,ETH,t2,,\n";
    let file = folder.join("account.csv");
    std::fs::write(&file, format!("{header}{rows}")).unwrap();
    let out = fisc(&["balances", file.to_str().unwrap()]);
    let told = text(&out.stdout);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(told.contains("Coinbase Pro  ETH      2022-02  -1"), "{told}");
    assert!(told.contains("Coinbase Pro ETH: -1 after account.csv:3"), "{told}");
    assert!(told.contains("Coinbase Pro ETH: stated 1, ours -1, difference -2"), "{told}");
    let out = fisc(&["balances", file.to_str().unwrap(), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["balances"][0]["below_zero"]["row"], "account.csv:3");
    assert_eq!(json["differences"][0]["difference"], "-2");
}
