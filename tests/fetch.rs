//! Fetching, against a server on this machine that answers as the public sources do, and as they do on bad days.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fisc::diagnostic::Source;
use fisc::value::open::tables;
use fisc::value::tables::{Prices, Rates};

/// One answer of the server.
#[derive(Clone)]
struct Answer {
    status: u16,
    headers: &'static str,
    body: Vec<u8>,
    /// Fewer bytes are sent than were announced.
    cut: bool,
    /// Nothing is sent for so long.
    slow: Duration,
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer { status, headers: "", body: body.into(), cut: false, slow: Duration::ZERO }
}

#[derive(Default)]
struct Seen {
    /// Paths, agents and moments of the requests.
    requests: Vec<(String, String, Instant)>,
}

struct Server {
    url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    /// Answers each path with its answers in turn; the last of them again and again.
    fn new(answers: Vec<(&str, Vec<Answer>)>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let noted = Arc::clone(&seen);
        let answers: HashMap<String, Vec<Answer>> = answers.into_iter().map(|(path, list)| (path.to_owned(), list)).collect();
        std::thread::spawn(move || {
            let mut turns: HashMap<String, usize> = HashMap::new();
            for stream in listener.incoming().flatten() {
                let Some((path, agent)) = request(&stream) else { continue };
                noted.lock().unwrap().requests.push((path.clone(), agent, Instant::now()));
                let turn = turns.entry(path.clone()).or_default();
                let list = answers.get(&path).map(Vec::as_slice).unwrap_or_default();
                let given = list.get(*turn).or(list.last()).cloned().unwrap_or_else(|| answer(404, "no such page"));
                *turn += 1;
                // A slow answer does not keep the others waiting.
                std::thread::spawn(move || respond(stream, &given));
            }
        });
        Server { url, seen }
    }

    fn paths(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.iter().map(|(path, ..)| path.clone()).collect()
    }
}

fn request(stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut agent = String::new();
    for line in reader.lines().map_while(Result::ok).take_while(|l| !l.is_empty()) {
        if let Some(value) = line.to_lowercase().strip_prefix("user-agent: ") {
            agent = value.to_owned();
        }
    }
    Some((first.split(' ').nth(1)?.to_owned(), agent))
}

fn respond(mut stream: TcpStream, answer: &Answer) {
    std::thread::sleep(answer.slow);
    let head = format!(
        "HTTP/1.1 {} X\r\ncontent-length: {}\r\nconnection: close\r\n{}\r\n",
        answer.status,
        answer.body.len(),
        answer.headers
    );
    let sent = if answer.cut { answer.body.len() / 2 } else { answer.body.len() };
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer.body[..sent]));
    let _ = stream.shutdown(std::net::Shutdown::Write);
    // The client closes first, or goes away.
    let _ = stream.read(&mut [0; 64]);
}

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("fisc-fetch-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Folder(path)
    }

    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.path() {
                    path if path.is_dir() => folders.push(path),
                    path => found.push(path.strip_prefix(&self.0).unwrap().display().to_string()),
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn fetch(server: &Server, folder: &Folder, more: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fisc"));
    command.args(["prices", "fetch", "--pause", "1", "--cache"]).arg(&folder.0);
    for source in ["ecb", "ecb-daily", "nbkr", "coinbase"] {
        command.arg("--base-url").arg(format!("{source}={}", server.url));
    }
    // The server is on this machine, whatever goes through a proxy otherwise.
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    let out = command.args(more).output().unwrap();
    (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
}

const ECB: &str = "/stats/eurofxref/eurofxref-hist.zip";
const NBKR: &str = "/XML/daily.xml";
const RATES: &str =
    "Date,USD,JPY,CYP,GBP,CHF,\n2024-01-12,1.0942,158.59,N/A,0.8601,0.9331,\n2024-01-11,1.0987,159.71,N/A,0.8603,0.9336,\n";
const XML: &str = "<?xml version=\"1.0\" encoding=\"windows-1251\"?>\n<CurrencyRates Name=\"Daily Exchange Rates\" Date=\"12.01.2024\">\n\
  <Currency ISOCode=\"USD\">\n<Nominal>1</Nominal>\n<Value>89,0853</Value>\n</Currency>\n\
  <Currency ISOCode=\"KZT\"><Nominal>10</Nominal><Value>1,9720</Value></Currency>\n</CurrencyRates>\n";
const CANDLES: &str = "[[1704153600,41000,43100,43000,41500.10,10.5],[1704067200,41900.01,43500,42000,43000,12]]";

fn packed(text: &str) -> Vec<u8> {
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    packed.start_file("eurofxref-hist.csv", zip::write::SimpleFileOptions::default()).unwrap();
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap().into_inner()
}

fn candles(from: &str, through: &str) -> String {
    format!("/products/BTC-USD/candles?granularity=86400&start={from}T00:00:00Z&end={through}T00:00:00Z")
}

#[test]
fn every_source_goes_into_the_folder_and_is_read_from_there() {
    let (first, second) = (candles("2024-01-01", "2024-06-30"), candles("2024-07-01", "2024-12-31"));
    let server = Server::new(vec![
        (ECB, vec![answer(200, packed(RATES))]),
        (NBKR, vec![answer(200, XML)]),
        (first.as_str(), vec![answer(200, CANDLES)]),
        (second.as_str(), vec![answer(200, "[]")]),
    ]);
    let folder = Folder::new("all");
    let all = ["--source", "ecb,nbkr,coinbase", "--pair", "BTC/USD", "--from", "2024-01-01", "--through", "2024-08-01"];
    let (status, out, err) = fetch(&server, &folder, &all);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.starts_with("4 files fetched, 0 there already, 0 failed"), "{out}");
    assert_eq!(
        folder.files(),
        [
            "prices/coinbase/BTC-USD-2024-1.csv",
            "prices/coinbase/BTC-USD-2024-2.csv",
            "rates/ecb/eurofxref-hist.zip",
            "rates/nbkr/2024-01-12.csv"
        ]
    );
    let (sources, problems) = tables(&[folder.0.join("rates")]);
    assert!(problems.is_empty(), "{problems:#?}");
    let (rates, problems) = Rates::read(&sources);
    assert!(problems.is_empty(), "{problems:#?}");
    let rate = |base, quote| fisc::number::plain(rates.on(base, quote, "2024-01-12".parse().unwrap()).unwrap().rate);
    assert_eq!([rate("EUR", "USD"), rate("USD", "KGS"), rate("KZT", "KGS")], ["1.0942", "89.0853", "0.1972"]);
    let (sources, _) = tables(&[folder.0.join("prices")]);
    let (prices, problems) = Prices::read(&sources);
    assert!(problems.is_empty(), "{problems:#?}");
    let found = prices.at_or_before("BTC", "2024-01-03T00:00:00Z".parse().unwrap(), "USD");
    assert_eq!((fisc::number::plain(found[0].price), found[0].currency), ("41500.1".to_owned(), "USD"));
    let requests = &server.seen.lock().unwrap().requests;
    assert!(requests.iter().all(|(_, agent, _)| agent.starts_with("fisc/")), "{:?}", requests[0].1);
}

#[test]
fn what_is_there_is_not_asked_for_again() {
    let (first, second) = (candles("2023-01-01", "2023-06-30"), candles("2023-07-01", "2023-12-31"));
    // The second part fails in the first run, as if it had been interrupted.
    let server = Server::new(vec![
        (first.as_str(), vec![answer(200, CANDLES)]),
        (second.as_str(), vec![answer(403, "no"), answer(200, CANDLES)]),
    ]);
    let folder = Folder::new("again");
    let asked = ["--source", "coinbase", "--pair", "BTC/USD", "--from", "2023-01-01", "--through", "2023-12-31"];
    let (status, out, err) = fetch(&server, &folder, &asked);
    assert_eq!(status, Some(1));
    assert!(out.starts_with("1 files fetched, 0 there already, 1 failed"), "{out}");
    assert!(err.contains("the server answers 403") && !err.contains("tries"), "{err}");
    // What an interrupted run left half written is in nobody's way.
    std::fs::write(folder.0.join("prices/coinbase/.BTC-USD-2023-2.csv.1.part"), "time,lo").unwrap();
    let (status, out, _) = fetch(&server, &folder, &asked);
    assert_eq!(status, Some(0));
    assert!(out.starts_with("1 files fetched, 1 there already, 0 failed"), "{out}");
    assert_eq!(server.paths(), [first, second.clone(), second]);
    let (sources, problems) = tables(std::slice::from_ref(&folder.0));
    assert!(problems.is_empty() && sources.len() == 2, "{problems:#?}");
}

#[test]
fn bad_days_of_a_server() {
    let limited = Answer { headers: "retry-after: 1\r\n", ..answer(429, "slow down") };
    let cut = Answer { cut: true, ..answer(200, packed(RATES)) };
    let slow = Answer { slow: Duration::from_secs(4), ..answer(200, packed(RATES)) };
    let server = Server::new(vec![(ECB, vec![limited, answer(503, ""), cut, slow, answer(200, packed(RATES))])]);
    let folder = Folder::new("bad");
    let (status, _, err) = fetch(&server, &folder, &["--source", "ecb", "--timeout", "1"]);
    assert_eq!(status, Some(0), "{err}");
    assert_eq!(folder.files(), ["rates/ecb/eurofxref-hist.zip"]);
    let requests = &server.seen.lock().unwrap().requests;
    assert_eq!(requests.len(), 5);
    assert!(requests[1].2 - requests[0].2 >= Duration::from_secs(1), "it waits as long as it is asked to");
}

#[test]
fn what_is_no_table_is_not_kept() {
    for body in
        [b"<html>maintenance</html>".to_vec(), packed("Date,USD\n2024-01-12,what\n"), packed(RATES)[..60].to_vec(), Vec::new()]
    {
        let server = Server::new(vec![(ECB, vec![answer(200, body)])]);
        let folder = Folder::new("no-table");
        let (status, _, err) = fetch(&server, &folder, &["--source", "ecb"]);
        assert_eq!(status, Some(1));
        assert!(err.contains("the answer cannot be used") && err.contains("(5 tries)"), "{err}");
        assert!(folder.files().is_empty());
        assert_eq!(server.paths().len(), 5);
    }
    let broken = [XML[..150].to_owned(), XML.replace("89,0853", ""), XML.replace("12.01.2024", "today")];
    for (body, why) in broken.into_iter().zip(["breaks off", "missing", "date"]) {
        let server = Server::new(vec![(NBKR, vec![answer(200, body)])]);
        let folder = Folder::new("no-xml");
        let (status, _, err) = fetch(&server, &folder, &["--source", "nbkr"]);
        assert!(status == Some(1) && err.contains(why) && folder.files().is_empty(), "{err}");
    }
    for body in
        ["{\"message\":\"NotFound\"}", "[[1704153600,41000,43100]]", "[[1704153600,43000,41000,43000,41500,1]]", "[[1704153600,4"]
    {
        let path = candles("2023-01-01", "2023-06-30");
        let server = Server::new(vec![(path.as_str(), vec![answer(200, body)])]);
        let folder = Folder::new("no-candles");
        let asked = ["--source", "coinbase", "--pair", "BTC/USD", "--from", "2023-01-01", "--through", "2023-03-01"];
        let (status, _, err) = fetch(&server, &folder, &asked);
        assert!(status == Some(1) && folder.files().is_empty(), "{err}");
    }
}

#[test]
fn a_server_that_is_not_there() {
    let folder = Folder::new("nobody");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server { url: format!("http://{free}"), seen: Arc::default() };
    let (status, out, err) = fetch(&server, &folder, &["--source", "ecb"]);
    assert_eq!(status, Some(1));
    assert!(out.contains("1 failed") && err.contains("(5 tries)"), "{err}");
    // A mistake in the command line asks nobody.
    assert_eq!(fetch(&server, &folder, &["--source", "nobody"]).0, Some(2));
    assert_eq!(fetch(&server, &folder, &["--source", "coinbase"]).0, Some(2));
    assert_eq!(fetch(&server, &folder, &["--source", "coinbase", "--pair", "BTC"]).0, Some(2));
    assert!(Rates::read(&[Source::new("empty", "")]).1.iter().any(|p| p.is_error()));
}
