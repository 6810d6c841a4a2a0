//! A ledger of a provider, told as a report of a record for each sale.

#![allow(dead_code)]

use std::collections::BTreeMap;

use fisc::diagnostic::{Diagnostic, Source};
use fisc::engine::Inputs;
use fisc::facts::FactsInput;
use fisc::reporting::input::Input;
use fisc::reporting::lines::{self, Files, Job, LineForm};
use fisc::reporting::{Format, LINES_HELD, form, provider};

pub const LEDGER: &str = "id,timestamp,kind,account,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,value,value_currency,counterparty,category,taxpayer,lot,x_cost,x_acquired\n";
pub const USERS: &str =
    "taxpayer,kind,first_name,last_name,name,birth_date,street,building,post_code,city,region,country,tax_residences\n";

pub fn form() -> LineForm {
    let source = form::shipped("1099-da").unwrap();
    lines::read("1099-da", &source, None).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// `key=value` pairs as a row of the ledger.
pub fn row(cells: &str) -> String {
    let given: BTreeMap<&str, &str> = cells.split(' ').map(|pair| pair.split_once('=').unwrap()).collect();
    let names: Vec<&str> = LEDGER.trim().split(',').collect();
    assert!(given.keys().all(|k| names.contains(k)), "{cells}");
    let cell = |name: &&str| match (*name, given.get(name)) {
        ("taxpayer", None) => "ann".to_owned(),
        ("account", None) => "A".to_owned(),
        (_, found) => found.copied().unwrap_or_default().to_owned(),
    };
    names.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
}

pub fn person(name: &str) -> String {
    format!("{name},individual,Ann,{name},,1990-01-02,High Street,2,80202,Denver,CO,US,US:123456789\n")
}

#[derive(Clone)]
pub struct Case {
    pub year: i32,
    /// What the provider says for the report.
    pub own: &'static str,
    pub zone: &'static str,
    pub ledger: String,
    pub users: String,
    pub facts: Option<&'static str>,
    pub prices: &'static str,
}

pub type Line = BTreeMap<String, String>;

impl Case {
    pub fn new(rows: &[&str]) -> Case {
        let ledger = LEDGER.to_owned() + &rows.iter().map(|r| row(r)).collect::<String>();
        let own = "assets: { BTC: { code: 4H95J0R2X, name: Bitcoin }, ETH: { code: X9J9K872S, name: Ether }, USDC: { code: '999999999', name: USD Coin }, ART: { code: '999999999', name: Art } }";
        Case { year: 2026, own, zone: "Etc/UTC", ledger, users: USERS.to_owned() + &person("ann"), facts: None, prices: "" }
    }

    pub fn told(&self) -> Result<(Vec<Line>, String, Vec<Diagnostic>), Vec<Diagnostic>> {
        let form = form();
        let text = format!(
            "name: Broker\ntin: '12'\ncountry: US\ncurrency: USD\ntime_zone: {}\naddress: {{ city: Cheyenne }}\nreports:\n  1099-da:\n    {}\n",
            self.zone, self.own
        );
        let source = Source::new("provider.yaml", text);
        let own = provider::read(&source, &form.people).and_then(|p| lines::own(&source, &form, &p))?;
        let text = |name: &str, text: &str| Input::Text(Source::new(name, text));
        let prices = [Source::new("prices.csv", format!("timestamp,asset,currency,price\n{}", self.prices))];
        let market = Inputs::read(&[], &prices, &[], FactsInput::default());
        assert_eq!(market.problems, []);
        let facts = self.facts.map_or_else(FactsInput::default, |f| FactsInput::file(Source::new("facts.csv", f)));
        let job = Job::new(&form, &own, self.year, (&market.prices, &market.rates), &facts);
        let (ledgers, users) = ([text("ledger.csv", &self.ledger)], text("users.csv", &self.users));
        let told = |format, lines_held| lines::report(&job, &Files { ledgers: &ledgers, users: &users, format, lines_held });
        let (mut xml, mut csv) = (told(Format::Xml, LINES_HELD)?, told(Format::Csv, LINES_HELD)?);
        let (csv, again) = (csv.text().unwrap(), told(Format::Csv, 5)?.text().unwrap());
        assert_eq!(csv, again, "the same bytes, sorted in memory or on disk");
        Ok((read(csv.as_bytes()), xml.text().unwrap(), xml.warnings))
    }

    pub fn lines(&self) -> Vec<Line> {
        let (lines, _, warnings) = self.told().unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert!(warnings.is_empty(), "{warnings:#?}");
        lines
    }

    pub fn xml(&self) -> String {
        self.told().unwrap_or_else(|problems| panic!("{problems:#?}")).1
    }

    pub fn faults(&self) -> Vec<Diagnostic> {
        self.told().expect_err("a report was written")
    }
}

pub fn read(csv: &[u8]) -> Vec<Line> {
    let mut reader = csv::Reader::from_reader(csv);
    let names = reader.headers().unwrap().clone();
    let line = |r: csv::StringRecord| names.iter().map(str::to_owned).zip(r.iter().map(str::to_owned)).collect();
    reader.records().map(|r| line(r.unwrap())).collect()
}

/// Some cells of each line, apart by `|`.
pub fn cells(lines: &[Line], names: &[&str]) -> Vec<String> {
    lines.iter().map(|l| names.iter().map(|n| l[*n].as_str()).collect::<Vec<_>>().join("|")).collect()
}

pub const BUY: &str =
    "id=b1 timestamp=2026-01-01T00:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=100 sent_asset=USD";
