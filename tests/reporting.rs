//! What providers report: sums true to the ledger, categories, the threshold, corrections, and nothing where something is missing.

use std::collections::BTreeMap;

use fisc::diagnostic::{Code, Diagnostic, Source};
use fisc::engine::Inputs;
use fisc::facts::FactsInput;
use fisc::ledger::{COUNTERPARTY_KINDS, Kind, takes};
use fisc::reporting::form::{self, Against, Form, NONE};
use fisc::reporting::input::Input;
use fisc::reporting::{Format, LINES_HELD, Report, Request, provider};
use fisc::rules::book::Side;

const PROVIDER: &str = "\
name: Example Exchange
tin: EX1
country: LT
currency: EUR
time_zone: Europe/Vilnius
address: { city: Vilnius }
";
const RATES: &str = "date,base,quote,rate\n2026-01-01,USD,EUR,0.9\n";
const LEDGER: &str =
    "timestamp,kind,received_amount,received_asset,sent_amount,sent_asset,value,value_currency,taxpayer,counterparty_kind,id\n";
const USERS: &str = "taxpayer,kind,first_name,last_name,name,birth_date,city,country,tax_residences,controls,control\n";

fn carf() -> Form {
    form::read(&form::shipped("carf").unwrap()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn person(taxpayer: &str) -> String {
    format!("{taxpayer},individual,Ann,{taxpayer},,1990-01-02,Riga,LV,LV:{taxpayer},,\n")
}

struct Case<'a> {
    provider: &'a str,
    ledger: String,
    users: String,
    rates: &'a str,
    earlier: Vec<&'a str>,
    additions: bool,
    lines_held: usize,
}

impl<'a> Case<'a> {
    /// Rows without their header, and the names of the users.
    fn new(rows: &str, names: &[&str]) -> Case<'a> {
        let users = USERS.to_owned() + &names.iter().map(|n| person(n)).collect::<String>();
        Case {
            provider: PROVIDER,
            ledger: LEDGER.to_owned() + rows,
            users,
            rates: RATES,
            earlier: Vec::new(),
            additions: false,
            lines_held: LINES_HELD,
        }
    }

    /// XML, CSV and warnings.
    fn told(&self) -> Result<(String, String, Vec<Diagnostic>), Vec<Diagnostic>> {
        let form = carf();
        let provider = provider::read(&Source::new("provider.yaml", self.provider), &form)?;
        let text = |name: &str, text: &str| Input::Text(Source::new(name, text));
        let (ledgers, users) = ([text("ledger.csv", &self.ledger)], text("users.csv", &self.users));
        let earlier: Vec<Input> = self.earlier.iter().map(|before| text("before.xml", before)).collect();
        let market = Inputs::read(&[], &[], &[Source::new("rates.csv", self.rates)], FactsInput::default());
        assert_eq!(market.problems, []);
        let mut request = Request {
            form: &form,
            provider: &provider,
            ledgers: &ledgers,
            users: &users,
            prices: &market.prices,
            rates: &market.rates,
            year: 2026,
            timestamp: None,
            earlier: &earlier,
            additions: self.additions,
            format: Format::Xml,
            lines_held: self.lines_held,
        };
        let mut xml = Report::new(&request)?;
        (request.format, request.earlier) = (Format::Csv, &[]);
        let csv = Report::new(&request)?.text().unwrap();
        Ok((xml.text().unwrap(), csv, xml.warnings))
    }

    fn xml(&self) -> String {
        self.told().unwrap_or_else(|problems| panic!("{problems:#?}")).0
    }

    /// The lines of the CSV behind the taxpayer, without header.
    fn lines(&self) -> Vec<String> {
        let csv = self.told().unwrap_or_else(|problems| panic!("{problems:#?}")).1;
        csv.lines().skip(1).map(|line| line.split_once(',').unwrap().1.to_owned()).collect()
    }

    fn faults(&self) -> Vec<(Code, u32, u32)> {
        let problems = self.told().expect_err("a report was written");
        problems
            .iter()
            .map(|p| (p.code, p.place.as_ref().map_or(0, |p| p.line), p.place.as_ref().map_or(0, |p| p.column)))
            .collect()
    }
}

fn leaves<'a>(xml: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    xml.split(&open).skip(1).map(|rest| rest.split(&close).next().unwrap()).collect()
}

/// What each record of a customer is, its name, and that of the one it corrects; in the order of what they are.
fn records(xml: &str) -> Vec<(String, String, String)> {
    let one = |block: &str, element: &str| leaves(block, element).first().copied().unwrap_or_default().to_owned();
    let blocks = leaves(xml, "CryptoUsers").into_iter();
    let mut found: Vec<_> =
        blocks.map(|b| (one(b, "stf:DocTypeIndic"), one(b, "stf:DocRefId"), one(b, "stf:CorrDocRefId"))).collect();
    found.sort();
    found
}

/// Numbers that look random and are the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Taxpayer, asset, category, type.
type Of<'a> = (String, &'a str, &'a str, &'a str);

/// Ten thousand customers; amounts in cents, units in millionths, summed here with whole numbers.
#[test]
fn the_sums_are_those_of_the_ledger_to_the_cent() {
    let mut dice = Dice(7);
    let names: Vec<String> = (0..10_000).map(|n| format!("c{n:05}")).collect();
    let mut rows = String::new();
    let mut own: BTreeMap<Of, (u64, u64, u64)> = BTreeMap::new();
    for n in 0..30_000u64 {
        let name = if n < 10_000 { &names[n as usize] } else { &names[dice.roll(10_000) as usize] };
        let (cents, micros) = (1 + dice.roll(5_000_000), 1 + dice.roll(9_000_000));
        let (day, month, asset) = (1 + dice.roll(28), 1 + dice.roll(12), ["BTC", "ETH", "SOL"][dice.roll(3) as usize]);
        let (amount, units) =
            (format!("{}.{:02}", cents / 100, cents % 100), format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000));
        let (row, counts): (String, &[(&str, &str)]) = match dice.roll(6) {
            0 => (format!("buy,{units},{asset},{amount},EUR,,,{name},"), &[("crypto_fiat_in", "")]),
            1 => (format!("sell,{amount},EUR,{units},{asset},,,{name},"), &[("crypto_fiat_out", "")]),
            2 => (format!("staking,{units},{asset},,,{amount},EUR,{name},"), &[("crypto_transfer_in", "staking")]),
            3 => (format!("deposit,{units},{asset},,,{amount},EUR,{name},exchange"), &[("crypto_transfer_in", "from_provider")]),
            4 => (
                format!("withdrawal,,,{units},{asset},{amount},EUR,{name},self_hosted"),
                &[("crypto_transfer_out", "unknown"), ("transfer_wallet", "")],
            ),
            _ => (format!("airdrop,{units},{asset},,,{amount},EUR,{name},"), &[("crypto_transfer_in", "airdrop")]),
        };
        // A year before: not reported.
        let year = if n >= 10_000 && dice.roll(10) == 0 { 2025 } else { 2026 };
        rows += &format!("{year}-{month:02}-{day:02}T12:00:00Z,{row},\n");
        for (category, kind) in counts.iter().filter(|_| year == 2026) {
            let sum = own.entry((name.clone(), asset, category, kind)).or_default();
            *sum = (sum.0 + cents, sum.1 + micros, sum.2 + 1);
        }
    }
    let mut case = Case::new(&rows, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let (xml, csv, _) = case.told().unwrap_or_else(|problems| panic!("{:#?}", &problems[..problems.len().min(3)]));
    let whole = |text: &str, decimals: usize| -> u64 {
        let (units, part) = text.split_once('.').unwrap_or((text, ""));
        format!("{units}{part:0<decimals$}").parse().unwrap()
    };
    let mut told = BTreeMap::new();
    for line in csv.lines().skip(1) {
        let f: Vec<&str> = line.split(',').collect();
        assert_eq!(f[5], "EUR");
        told.insert(
            (f[0].to_owned(), f[1].to_owned(), f[2].to_owned(), f[3].to_owned()),
            (whole(f[4], 2), whole(f[6], 6), f[7].parse().unwrap()),
        );
    }
    let own: BTreeMap<_, _> =
        own.into_iter().map(|((n, a, c, k), sum)| ((n, a.to_owned(), c.to_owned(), k.to_owned()), sum)).collect();
    assert!(own.len() > 20_000 && told == own);
    assert_eq!(leaves(&xml, "CryptoUsers").len(), 10_000);
    case.lines_held = 3000;
    let again = case.told().unwrap();
    assert!((xml, csv) == (again.0, again.1), "the same input gives the same bytes, sorted in memory or on disk");
}

/// Whatever the ledger lets pass, some rule tells what becomes of it.
#[test]
fn every_kind_of_row_has_its_category() {
    let form = carf();
    let mut open = Vec::new();
    for kind in Kind::ALL {
        let (received, sent) = takes(*kind);
        for (side, takes, other) in [(Side::Received, received, sent), (Side::Sent, sent, received)] {
            for against in [Against::Nothing, Against::Money, Against::Crypto] {
                for party in COUNTERPARTY_KINDS.iter().copied().chain([NONE]) {
                    let found = form.rules.iter().any(|r| r.over.is_none() && r.fits(side, *kind, against, party));
                    if takes && (other || against == Against::Nothing) && !found {
                        open.push((kind.word(), format!("{side:?}"), format!("{against:?}")));
                    }
                }
            }
        }
    }
    open.dedup();
    // These cannot stand alone in a ledger, or only against an amount of zero: they are refused.
    let alone = ["swap", "buy", "sell"];
    open.retain(|(kind, _, against)| !(alone.contains(kind) && against == "Nothing"));
    assert!(open.is_empty(), "{open:#?}");
}

#[test]
fn each_category_has_its_rows() {
    for (row, expected) in [
        ("buy,2,BTC,100,EUR,,,ann,", "BTC,crypto_fiat_in,,100.00,EUR,2,1"),
        ("buy,2,BTC,100,USD,,,ann,", "BTC,crypto_fiat_in,,90.00,EUR,2,1"),
        // What for is not known.
        ("buy,2,BTC,,,70,EUR,ann,", "BTC,crypto_transfer_in,unknown,70.00,EUR,2,1"),
        ("sell,,,2,BTC,70,EUR,ann,", "BTC,crypto_transfer_out,unknown,70.00,EUR,2,1"),
        // What was paid counts, not what the row says it was worth.
        ("buy,2,BTC,100,EUR,120,EUR,ann,", "BTC,crypto_fiat_in,,100.00,EUR,2,1"),
        ("sell,100,EUR,2,BTC,,,ann,", "BTC,crypto_fiat_out,,100.00,EUR,2,1"),
        ("swap,2,BTC,30,ETH,50,EUR,ann,", "BTC,crypto_to_crypto_in,,50.00,EUR,2,1;ETH,crypto_to_crypto_out,,50.00,EUR,30,1"),
        (
            "wrap,2,WBTC,2,BTC,50,EUR,ann,",
            "BTC,crypto_to_crypto_out,wrapping,50.00,EUR,2,1;WBTC,crypto_to_crypto_in,wrapping,50.00,EUR,2,1",
        ),
        ("airdrop,2,BTC,,,50,EUR,ann,", "BTC,crypto_transfer_in,airdrop,50.00,EUR,2,1"),
        ("staking,2,BTC,,,50,EUR,ann,", "BTC,crypto_transfer_in,staking,50.00,EUR,2,1"),
        ("mining,2,BTC,,,50,EUR,ann,", "BTC,crypto_transfer_in,mining,50.00,EUR,2,1"),
        ("borrow,2,BTC,,,50,EUR,ann,", "BTC,crypto_transfer_in,loan,50.00,EUR,2,1"),
        ("repay,,,2,BTC,50,EUR,ann,", "BTC,crypto_transfer_out,loan,50.00,EUR,2,1"),
        ("interest,2,BTC,,,50,EUR,ann,", "BTC,crypto_transfer_in,other,50.00,EUR,2,1"),
        ("revenue,2,BTC,,,50,EUR,ann,", "BTC,crypto_transfer_in,sale_of_goods,50.00,EUR,2,1"),
        ("deposit,2,BTC,,,50,EUR,ann,exchange", "BTC,crypto_transfer_in,from_provider,50.00,EUR,2,1"),
        ("deposit,2,BTC,,,50,EUR,ann,", "BTC,crypto_transfer_in,unknown,50.00,EUR,2,1"),
        ("withdrawal,,,2,BTC,50,EUR,ann,exchange", "BTC,crypto_transfer_out,to_provider,50.00,EUR,2,1"),
        (
            "withdrawal,,,2,BTC,50,EUR,ann,self_hosted",
            "BTC,crypto_transfer_out,unknown,50.00,EUR,2,1;BTC,transfer_wallet,,50.00,EUR,2,1",
        ),
        (
            "withdrawal,,,2,BTC,50,EUR,ann,unknown",
            "BTC,crypto_transfer_out,unknown,50.00,EUR,2,1;BTC,transfer_wallet,,50.00,EUR,2,1",
        ),
        ("gift_given,,,2,BTC,50,EUR,ann,person", "BTC,crypto_transfer_out,other,50.00,EUR,2,1"),
        ("collateral_out,,,2,BTC,50,EUR,ann,", "BTC,crypto_transfer_out,collateral,50.00,EUR,2,1"),
        ("transfer,,,2,BTC,50,EUR,ann,", ""),
        ("deposit,50,EUR,,,,,ann,", ""),
        // Of nobody: the provider's own.
        ("buy,2,BTC,100,EUR,,,,", ""),
    ] {
        // The second row is of somebody else, so that the ledger names somebody.
        let rows = format!("2026-05-05T10:00:00Z,{row},\n2026-05-05T11:00:00Z,ignore,,,,,,,ann,,\n");
        assert_eq!(Case::new(&rows, &["ann"]).lines().join(";"), expected, "{row}");
    }
}

/// A fee kept back from what came in is in neither amount, nor in the units that came in; one beside the exchange is in neither anyway.
#[test]
fn amounts_are_without_fees() {
    let head = "timestamp,kind,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,value,value_currency,taxpayer\n";
    for (row, expected) in [
        ("sell,100,EUR,2,BTC,1.50,EUR,,,ann", "BTC,crypto_fiat_out,,98.50,EUR,2,1"),
        ("sell,100,EUR,2,BTC,0.01,BTC,,,ann", "BTC,crypto_fiat_out,,100.00,EUR,2,1"),
        ("buy,2,BTC,100,EUR,1.50,EUR,,,ann", "BTC,crypto_fiat_in,,100.00,EUR,2,1"),
        ("buy,2,BTC,100,EUR,0.02,BTC,,,ann", "BTC,crypto_fiat_in,,99.00,EUR,1.98,1"),
        (
            "swap,2,BTC,30,ETH,0.02,BTC,50,EUR,ann",
            "BTC,crypto_to_crypto_in,,49.50,EUR,1.98,1;ETH,crypto_to_crypto_out,,49.50,EUR,30,1",
        ),
        (
            "swap,2,BTC,30,ETH,0.3,ETH,50,EUR,ann",
            "BTC,crypto_to_crypto_in,,50.00,EUR,2,1;ETH,crypto_to_crypto_out,,50.00,EUR,30,1",
        ),
        (
            "withdrawal,,,2,BTC,0.02,BTC,50,EUR,ann",
            "BTC,crypto_transfer_out,unknown,50.00,EUR,2,1;BTC,transfer_wallet,,50.00,EUR,2,1",
        ),
    ] {
        let mut case = Case::new("", &["ann"]);
        case.ledger = format!("{head}2026-05-05T10:00:00Z,{row}\n");
        assert_eq!(case.lines().join(";"), expected, "{row}");
    }
}

#[test]
fn a_provider_says_how_transfers_were_valued() {
    let rows = format!("{TWO}2026-05-05T10:00:00Z,buy,2,BTC,100,EUR,,,ann,,\n");
    let mut case = Case::new(&rows, &["ann", "bob"]);
    assert_eq!(leaves(&case.xml(), "AltValuation"), [""; 0]);
    let provider = format!("{PROVIDER}valuation: third_party\n");
    case.provider = &provider;
    let xml = case.xml();
    assert_eq!(leaves(&xml, "AltValuation"), ["CARF1002"; 2]);
    assert!(leaves(&xml, "CryptoTransferIn")[0].contains("</NumberofUnits>\n          <AltValuation>"), "{xml}");
    assert!(!leaves(&xml, "CryptoFiatIn")[0].contains("AltValuation"));
}

/// Above 50,000 and not at it; in the currency of the threshold where the row or the price is in it, else at the rate of the day.
#[test]
fn a_retail_payment_exceeds_the_threshold() {
    for (value, currency, category) in [
        ("49999.99", "USD", "crypto_transfer_out"),
        ("50000", "USD", "crypto_transfer_out"),
        ("50000.01", "USD", "retail_payment"),
        ("45000", "EUR", "crypto_transfer_out"),
        ("45000.01", "EUR", "retail_payment"),
    ] {
        let rows = format!("2026-01-05T10:00:00Z,spend,,,1,BTC,{value},{currency},ann,merchant,\n");
        let lines = Case::new(&rows, &["ann"]).lines();
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].split(',').nth(1), Some(category), "{value} {currency}");
    }
    // Each payment by itself: two below do not add up to one above.
    let row = "2026-01-05T10:00:00Z,spend,,,1,BTC,30000,USD,ann,merchant,\n";
    assert_eq!(Case::new(&row.repeat(2), &["ann"]).lines(), ["BTC,crypto_transfer_out,purchase_of_goods,54000.00,EUR,2,2"]);
}

/// The day begins by the zone of the provider: 22:30 in UTC is past midnight there.
#[test]
fn the_year_is_that_of_the_provider() {
    let rows = "2025-12-31T21:30:00Z,staking,1,BTC,,,10,EUR,ann,,\n2025-12-31T22:30:00Z,staking,1,BTC,,,20,EUR,ann,,\n\
                2026-12-31T22:30:00Z,staking,1,BTC,,,40,EUR,ann,,\n";
    assert_eq!(Case::new(rows, &["ann"]).lines(), ["BTC,crypto_transfer_in,staking,20.00,EUR,1,1"]);
}

const TWO: &str = "2026-05-05T10:00:00Z,staking,1,BTC,,,10,EUR,ann,,\n2026-05-05T10:00:00Z,staking,1,BTC,,,20,EUR,bob,,\n";

#[test]
fn without_anyone_to_report_the_message_says_so() {
    let mut case = Case::new(TWO, &["ann", "bob"]);
    let provider = format!("{PROVIDER}reportable: [FR]\n");
    case.provider = &provider;
    let xml = case.xml();
    assert_eq!(leaves(&xml, "MessageTypeIndic"), ["CARF703"]);
    assert_eq!((leaves(&xml, "CryptoUsers").len(), leaves(&xml, "RCASP").len()), (0, 1));
    let provider = format!("{PROVIDER}reportable: [FR, LV]\n");
    case.provider = &provider;
    assert_eq!(leaves(&case.xml(), "CryptoUsers").len(), 2);
}

#[test]
fn corrections_hold_what_differs_and_name_what_they_correct() {
    let first = Case::new(TWO, &["ann", "bob"]).xml();
    let ids = leaves(&first, "stf:DocRefId");
    // Ann has other sums, Bob is gone, Cid is new.
    let rows = "2026-05-05T10:00:00Z,staking,1,BTC,,,11,EUR,ann,,\n2026-05-05T10:00:00Z,staking,1,BTC,,,5,EUR,cid,,\n";
    let mut case = Case::new(rows, &["ann", "bob", "cid"]);
    case.earlier = vec![&first];
    let (second, _, warnings) = case.told().unwrap();
    assert_eq!(leaves(&second, "MessageTypeIndic"), ["CARF702"]);
    assert_eq!(leaves(&second, "stf:DocTypeIndic")[0], "OECD0");
    let corrects = |record: &(String, String, String)| (record.0.clone(), record.2.clone());
    let differ: Vec<_> = records(&second).iter().map(corrects).collect();
    assert_eq!(differ, [("OECD2".to_owned(), ids[1].to_owned()), ("OECD3".to_owned(), ids[2].to_owned())]);
    assert_eq!(leaves(&second, "stf:DocRefId")[0], ids[0], "the provider is the same record");
    assert!(second.contains("11.00") && second.contains("20.00") && second.contains("<LastName>bob</LastName>"));
    assert!(warnings[0].message.ends_with(": 1"), "{warnings:?}");
    // The one who is new goes into a message of new data.
    case.additions = true;
    let added = case.xml();
    assert_eq!(leaves(&added, "MessageTypeIndic"), ["CARF701"]);
    assert_eq!(leaves(&added, "stf:DocTypeIndic"), ["OECD0", "OECD1"]);
    assert_eq!(leaves(&added, "LastName"), ["cid"]);
    // After all three nothing differs; back to the first, the record has a name of its own and corrects the last one.
    case.additions = false;
    case.earlier = vec![&first, &second, &added];
    assert_eq!(case.faults(), [(Code::L0101, 0, 0)]);
    let mut back = Case::new(TWO, &["ann", "bob"]);
    back.earlier = vec![&first, &second, &added];
    let third = back.xml();
    let back: Vec<_> = records(&third).iter().map(corrects).collect();
    let (of_ann, of_cid) = (records(&second)[0].1.clone(), records(&added)[0].1.clone());
    assert_eq!(back, [("OECD2".to_owned(), of_ann), ("OECD3".to_owned(), of_cid)]);
    assert!(!ids.contains(&records(&third)[0].1.as_str()));
}

#[test]
fn files_of_others_are_not_corrected() {
    let first = Case::new(TWO, &["ann", "bob"]).xml();
    for broken in [first.replace("LT2026", "LT2025"), "<x/>".to_owned(), first.replace("stf:", "other:")] {
        let mut case = Case::new(TWO, &["ann", "bob"]);
        case.earlier = vec![&broken];
        assert_eq!(case.faults(), [(Code::L0101, 0, 0)]);
    }
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let rows = "2026-05-05T10:00:00Z,staking,1,BTC,,,,,ann,,\n2026-05-06T10:00:00Z,buy,1,BTC,10,GBP,,,bob,,\n\
                2026-05-07T10:00:00Z,buy,1,BTC,10,EUR,,,cid,,\n2026-05-07T10:00:00Z,buy,1,BTC,10,EUR,,,dan,,\n";
    let case = Case::new(rows, &["ann", "bob"]);
    let problems = case.told().unwrap_err();
    let codes: Vec<Code> = problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, [Code::F0108, Code::A0203, Code::A0202]);
    assert!(problems[0].is_error() && problems[0].message.contains("`cid`, `dan`"), "{}", problems[0].message);
    let nobody = Case::new("2026-05-05T10:00:00Z,staking,1,BTC,,,1,EUR,,,\n", &["ann"]);
    assert_eq!(nobody.faults(), [(Code::A0103, 0, 0)]);
}

#[test]
fn every_fault_of_the_users_has_its_place() {
    let users = format!(
        "{USERS}ann,individual,Ann,,,1990-13-01,Riga,XX,,,\nann,individual,Ann,B,,1990-01-01,Riga,LV,LV,,\n\
         biz,company,,,Biz,,Riga,LV,LV,,\n,controlling_person,Bo,Li,,1990-01-01,Riga,LV,LV:1,ann,owns\nbob,entity,,,Bob\n"
    );
    let mut case = Case::new("", &[]);
    case.users = users;
    assert_eq!(
        case.faults(),
        [
            (Code::F0102, 2, 20),
            (Code::F0102, 2, 22),
            (Code::F0102, 2, 38),
            (Code::F0102, 2, 41),
            (Code::F0109, 3, 1),
            (Code::F0102, 4, 5),
            (Code::F0102, 5, 56),
            (Code::F0107, 6, 1),
        ]
    );
    case.users = "taxpayer,kind,citty,country,tax_residences\n".to_owned();
    assert_eq!(case.faults(), [(Code::F0101, 1, 15), (Code::F0107, 1, 1)]);
}

#[test]
fn the_provider_is_read_strictly() {
    let mut case = Case::new(TWO, &["ann", "bob"]);
    case.provider = "name: X\ntin: T\ncountry: LTU\ncurrency: EURO\ntime_zone: Vilnius\nadress: { city: V }\n";
    let codes: Vec<_> = case.faults().into_iter().map(|(code, line, _)| (code, line)).collect();
    let expected = [(Code::R0204, 3), (Code::R0204, 4), (Code::R0204, 5), (Code::R0202, 1), (Code::R0201, 6)];
    assert_eq!(codes, expected);
}

#[test]
fn signs_of_xml_are_no_markup() {
    let mut case = Case::new(TWO, &["ann", "bob"]);
    case.users = case.users.replace("Ann,ann", "\"<A & \"\"B\"\">\",ann");
    assert!(case.xml().contains("<FirstName>&lt;A &amp; &quot;B&quot;&gt;</FirstName>"));
}
