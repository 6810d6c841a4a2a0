//! `cargo bench --bench report`: what a report of many customers costs, and that its memory does not grow with them. Each number of
//! customers is a process of its own, whose highest memory the system tells; shown are ratios.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use fisc::diagnostic::Source;
use fisc::reporting::input::Input;
use fisc::reporting::{Format, LINES_HELD, Report, Request, form, provider};
use fisc::value::tables::{Prices, Rates};

const CUSTOMERS: [u32; 2] = [100_000, 1_000_000];
const ROWS_EACH: u32 = 3;

const PROVIDER: &str =
    "name: X\ntin: X1\ncountry: LT\ncurrency: EUR\ntime_zone: Europe/Vilnius\naddress: { city: Vilnius }\nnexus: authorisation\n";

/// Customers whose rows stand far apart.
fn write(folder: &Path, customers: u32) -> std::io::Result<()> {
    let mut users = BufWriter::new(File::create(folder.join("users.csv"))?);
    writeln!(users, "taxpayer,kind,first_name,last_name,birth_date,city,country,tax_residences")?;
    let mut ledger = BufWriter::new(File::create(folder.join("ledger.csv"))?);
    writeln!(ledger, "timestamp,kind,received_amount,received_asset,sent_amount,sent_asset,taxpayer")?;
    for round in 0..ROWS_EACH {
        for n in 0..customers {
            // A step that shares no factor with either number of customers visits each once.
            let customer = (u64::from(n) * 7919) % u64::from(customers);
            let (month, day) = (1 + n % 12, 1 + n % 28);
            writeln!(ledger, "2026-{month:02}-{day:02}T12:0{round}:00Z,buy,0.{n:07},BTC,{}.25,EUR,c{customer}", n % 5000)?;
            if round == 0 {
                writeln!(users, "c{n},individual,Ann,N{n},1990-01-02,Riga,LV,LV:{n}")?;
            }
        }
    }
    users.flush()?;
    ledger.flush()
}

/// Seconds, bytes written, and the highest memory in kB as the system tells it, where it does.
fn once(folder: &Path) -> (f64, u64, Option<u64>) {
    let form = form::read(&form::shipped("carf").unwrap()).unwrap();
    let provider = provider::read(&Source::new("provider.yaml", PROVIDER), &form).unwrap();
    let (ledgers, users) = ([Input::file(folder.join("ledger.csv"))], Input::file(folder.join("users.csv")));
    let request = Request {
        form: &form,
        provider: &provider,
        ledgers: &ledgers,
        users: &users,
        prices: &Prices::default(),
        rates: &Rates::default(),
        year: 2026,
        timestamp: None,
        earlier: &[],
        additions: false,
        format: Format::Xml,
        lines_held: LINES_HELD,
    };
    let begun = Instant::now();
    let mut report = Report::new(&request).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let path = folder.join("carf.xml");
    report.write(&mut BufWriter::new(File::create(&path).unwrap())).unwrap();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse().ok());
    (begun.elapsed().as_secs_f64(), fs::metadata(path).unwrap().len(), peak)
}

fn main() {
    if let Some(folder) = std::env::var_os("FISC_REPORT_OF") {
        let (seconds, bytes, peak) = once(Path::new(&folder));
        println!("{seconds} {bytes} {}", peak.unwrap_or(0));
        return;
    }
    let mut told = Vec::new();
    for customers in CUSTOMERS {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), customers).unwrap();
        let run = Command::new(std::env::current_exe().unwrap()).env("FISC_REPORT_OF", folder.path()).output().unwrap();
        let text = String::from_utf8(run.stdout).unwrap();
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [seconds, bytes, peak] = numbers[..] else { panic!("{text}{}", String::from_utf8_lossy(&run.stderr)) };
        println!(
            "{customers} customers: {seconds:.1} s, {:.0} MB of XML, {:.0} MB of memory at most",
            bytes / 1e6,
            peak / 1024.0
        );
        told.push((seconds, peak));
    }
    let [(fewer, less), (more, most)] = told[..] else { return };
    println!("ten times the customers: {:.1} times the time, {:.2} times the memory", more / fewer, most / less);
    assert!(most < 1.5 * less, "the memory grows with the customers");
}
