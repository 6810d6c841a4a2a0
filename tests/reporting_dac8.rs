//! The report under DAC8: whom it is about, who takes it, and what it shares with the report it is based on.

use std::path::PathBuf;
use std::process::{Command, Output};

use fisc::diagnostic::{Code, Source};
use fisc::reporting::form;

const PROVIDER: &str = "\
name: Example Exchange
tin: EX1
country: LT
currency: EUR
time_zone: Europe/Vilnius
address: { city: Vilnius }
";
const LEDGER: &str =
    "timestamp,kind,received_amount,received_asset,sent_amount,sent_asset,value,value_currency,taxpayer,counterparty_kind\n";
const USERS: &str =
    "taxpayer,kind,first_name,last_name,name,birth_date,birth_city,birth_country,city,country,tax_residences,controls,control\n";

/// The files of one test, in a folder of their own.
struct Case {
    folder: PathBuf,
    report: &'static str,
}

impl Case {
    /// One staking row for each of the users, whose names and residences are given.
    fn new(test: &str, users: &[(&str, &str)]) -> Case {
        let rows: String = users.iter().map(|(name, _)| staking(name, "10")).collect();
        let lines: String = users.iter().map(|(name, residences)| person(name, residences)).collect();
        Case::of(test, &rows, &lines)
    }

    fn of(test: &str, rows: &str, users: &str) -> Case {
        let folder = std::env::temp_dir().join(format!("fisc-dac8-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let case = Case { folder, report: "dac8" };
        case.write("provider.yaml", PROVIDER);
        case.write("ledger.csv", &format!("{LEDGER}{rows}"));
        case.write("users.csv", &format!("{USERS}{users}"));
        case
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).unwrap();
    }

    fn provider(&self, more: &str) {
        self.write("provider.yaml", &format!("{PROVIDER}{more}"));
    }

    fn run(&self, words: &[&str]) -> Output {
        let line = ["report", self.report, "ledger.csv", "--provider", "provider.yaml", "--users", "users.csv"];
        let year: &[&str] = if words.contains(&"--year") { &[] } else { &["--year", "2026"] };
        Command::new(env!("CARGO_BIN_EXE_fisc")).current_dir(&self.folder).args(line).args(year).args(words).output().unwrap()
    }

    fn text(&self, words: &[&str]) -> String {
        let out = self.run(words);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// What is told where nothing is written.
    fn refused(&self, words: &[&str]) -> String {
        let out = self.run(words);
        assert_eq!((out.status.code(), out.stdout.len()), (Some(1), 0));
        String::from_utf8(out.stderr).unwrap()
    }

    /// Their last names.
    fn reported(&self, words: &[&str]) -> Vec<String> {
        leaves(&self.text(words), "LastName").into_iter().map(str::to_owned).collect()
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn staking(taxpayer: &str, value: &str) -> String {
    format!("2026-05-05T10:00:00Z,staking,1,BTC,,,{value},EUR,{taxpayer},\n")
}

fn person(taxpayer: &str, residences: &str) -> String {
    format!("{taxpayer},individual,Ann,{taxpayer},,1990-01-02,,,Riga,LV,{residences},,\n")
}

fn leaves<'a>(xml: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    xml.split(&open).skip(1).map(|rest| rest.split(&close).next().unwrap()).collect()
}

const FIVE: [(&str, &str); 5] = [("home", "LT:1"), ("member", "FR:2"), ("part", "RE:3"), ("third", "CH:4"), ("two", "CH:5;FR:6")];

#[test]
fn residents_of_member_states_are_reported_and_others_are_not() {
    let mut case = Case::new("scope", &FIVE);
    assert_eq!(case.reported(&[]), ["home", "member", "part", "two"]);
    // Where the state takes both in one report, the provider names the others too.
    case.provider("reportable: [member_states, CH]\n");
    assert_eq!(case.reported(&[]), ["home", "member", "third", "two"]);
    // Under the framework of the OECD everyone is reported, or whom the provider names; groups are a matter of the form.
    case.report = "carf";
    assert!(case.refused(&[]).contains("provider.yaml:7:14"));
    case.provider("reportable: [CH]\n");
    assert_eq!(case.reported(&[]), ["third", "two"]);
    case.provider("");
    assert_eq!(case.reported(&[]), ["home", "member", "part", "third", "two"]);
}

#[test]
fn an_entity_is_reported_for_those_who_control_it_and_only_with_them() {
    let users = "biz,entity,,,Biz,,,,Boston,US,US:9,,\n\
                 ,controlling_person,Bo,inside,,1970-03-04,,,Berlin,DE,DE:7,biz,ownership\n\
                 ,controlling_person,Jo,outside,,1970-03-04,,,Boston,US,US:8,biz,ownership\n\
                 off,entity,,,Off,,,,Boston,US,US:7,,\n\
                 ,controlling_person,Al,outside,,1970-03-04,,,Boston,US,US:6,off,ownership\n";
    let mut case = Case::of("entity", &(staking("biz", "1") + &staking("off", "2")), users);
    let xml = case.text(&[]);
    assert_eq!((leaves(&xml, "CryptoUsers").len(), leaves(&xml, "LastName")), (1, vec!["inside"]));
    case.report = "carf";
    assert_eq!(leaves(&case.text(&[]), "LastName"), ["inside", "outside", "outside"]);
}

#[test]
fn the_report_goes_to_a_member_state() {
    let mut case = Case::new("state", &FIVE);
    let elsewhere = PROVIDER.replace("country: LT", "country: CH");
    case.write("provider.yaml", &elsewhere);
    let told = case.refused(&[]);
    assert!(told.contains("provider.yaml:3:10") && told.contains("`CH` does not take this report"), "{told}");
    assert!(told.contains("registers in one member state") && told.contains("`transmitting_country`"), "{told}");
    assert_eq!(told.matches("does not take").count(), 1, "{told}");
    // Registered in a member state it reports there.
    case.write("provider.yaml", &format!("{elsewhere}transmitting_country: LT\nidentification_number: \"77\"\n"));
    let xml = case.text(&[]);
    assert_eq!((leaves(&xml, "TransmittingCountry"), leaves(&xml, "ReceivingCountry")), (vec!["LT"], vec!["LT"]));
    assert!(xml.contains("<ResCountryCode>CH</ResCountryCode>") && xml.contains("<IIN issuedBy=\"LT\">77</IIN>"));
    case.provider("receiving_country: CH\n");
    assert!(case.refused(&[]).contains("provider.yaml:7:20"));
    case.report = "carf";
    case.write("provider.yaml", &elsewhere);
    assert_eq!(leaves(&case.text(&[]), "TransmittingCountry"), ["CH"]);
}

/// Above 50,000 and not at it; each by itself.
#[test]
fn a_retail_payment_exceeds_the_threshold() {
    let paid = |value: &str, taxpayer: &str| format!("2026-01-05T10:00:00Z,spend,,,1,USDC,{value},USD,{taxpayer},merchant\n");
    let rows = [paid("50000.00", "at"), paid("50000.01", "above"), paid("30000", "two"), paid("30000", "two")].concat();
    let users = ["at", "above", "two"].map(|name| person(name, "DE:1")).concat();
    let case = Case::of("retail", &rows, &users);
    case.write("provider.yaml", &PROVIDER.replace("EUR", "USD"));
    assert_eq!(
        case.text(&["--format", "csv"]).lines().skip(1).collect::<Vec<_>>(),
        [
            "above,USDC,retail_payment,,50000.01,USD,1,1",
            "at,USDC,crypto_transfer_out,purchase_of_goods,50000.00,USD,1,1",
            "two,USDC,crypto_transfer_out,purchase_of_goods,60000.00,USD,2,2",
        ]
    );
}

#[test]
fn without_residents_the_message_says_that_there_are_none() {
    let case = Case::new("none", &[("third", "CH:1")]);
    let xml = case.text(&[]);
    assert_eq!(leaves(&xml, "MessageTypeIndic"), ["CARF703"]);
    assert_eq!((leaves(&xml, "CryptoUsers").len(), leaves(&xml, "RCASP").len()), (0, 1));
}

#[test]
fn corrections_follow_the_residence() {
    let case = Case::new("again", &[("ann", "DE:1"), ("bob", "FR:2")]);
    let first = case.text(&["-o", "first.xml"]) + &std::fs::read_to_string(case.folder.join("first.xml")).unwrap();
    let ids = leaves(&first, "stf:DocRefId");
    assert!(ids.iter().all(|id| id.starts_with("LT2026DAC8-")), "{ids:?}");
    assert!(leaves(&first, "MessageRefId")[0].starts_with("LT2026LT-"));
    // Ann earned more, Bob turns out to live outside.
    case.write("ledger.csv", &format!("{LEDGER}{}{}", staking("ann", "11"), staking("bob", "10")));
    case.write("users.csv", &format!("{USERS}{}{}", person("ann", "DE:1"), person("bob", "CH:2")));
    let second = case.text(&["--corrects", "first.xml"]);
    assert_eq!(leaves(&second, "MessageTypeIndic"), ["CARF702"]);
    let kinds = leaves(&second, "stf:DocTypeIndic");
    let mut differ: Vec<_> = kinds.into_iter().skip(1).zip(leaves(&second, "stf:CorrDocRefId")).collect();
    differ.sort_unstable();
    assert_eq!(differ, [("OECD2", ids[1]), ("OECD3", ids[2])]);
}

#[test]
fn years_before_the_duty_are_refused() {
    let mut case = Case::new("year", &FIVE);
    let before = case.run(&["--year", "2025"]);
    assert_eq!((before.status.code(), before.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&before.stderr).contains("the first year of `dac8` is 2026"));
    case.report = "carf";
    assert_eq!(leaves(&case.text(&["--year", "2025"]), "MessageTypeIndic"), ["CARF703"]);
}

/// Both reports can go to one authority: neither takes the records of the other for its own.
#[test]
fn reports_of_two_kinds_do_not_correct_each_other() {
    let mut case = Case::new("kinds", &[("ann", "DE:1;CH:2")]);
    let own = case.text(&["-o", "dac8.xml"]) + &std::fs::read_to_string(case.folder.join("dac8.xml")).unwrap();
    case.report = "carf";
    let other = case.text(&["-o", "carf.xml"]) + &std::fs::read_to_string(case.folder.join("carf.xml")).unwrap();
    assert_eq!(leaves(&own, "RelevantTransactions"), leaves(&other, "RelevantTransactions"));
    for element in ["stf:DocRefId", "MessageRefId"] {
        assert!(leaves(&own, element).iter().all(|id| !other.contains(id)), "{element}");
    }
    assert!(case.refused(&["--corrects", "dac8.xml"]).contains("`dac8.xml` cannot be corrected"));
    case.report = "dac8";
    assert!(case.refused(&["--corrects", "carf.xml"]).contains("`carf.xml` cannot be corrected"));
}

#[test]
fn numbers_of_the_provider_and_places_of_birth_stand_in_the_order_of_the_schema() {
    let case = Case::of("numbers", &staking("ann", "1"), "ann,individual,Ann,A,,1990-01-02,Bern,CH,Riga,LV,LV:1,,\n");
    case.provider("lei: 549300EXAMPLE00LT076\nidentification_number: \"77\"\n");
    let xml: String = case.text(&[]).lines().map(str::trim).collect();
    let numbers = "<TIN issuedBy=\"LT\">EX1</TIN><IN INType=\"LEI\">549300EXAMPLE00LT076</IN><IIN issuedBy=\"LT\">77</IIN><Name>";
    assert!(xml.contains(numbers), "{xml}");
    let place = "</BirthDate><BirthPlace><City>Bern</City><CountryInfo><CountryCode>CH</CountryCode></CountryInfo></BirthPlace>";
    assert!(xml.contains(place), "{xml}");
    for wrong in ["549300EXAMPLE00LT077", "549300example00LT076", "549300EXAMPLE00LT0", "549300EXAMPLE00LT07é"] {
        case.provider(&format!("lei: {wrong}\n"));
        let told = case.refused(&[]);
        assert!(told.contains("provider.yaml:7:6") && told.contains("legal entity identifier"), "{told}");
    }
    case.provider("");
    for (half, place) in [("Bern,", "users.csv:2:39"), (",CH", "users.csv:2:34"), ("Bern,XX", "users.csv:2:39")] {
        case.write("users.csv", &format!("{USERS}ann,individual,Ann,A,,1990-01-02,{half},Riga,LV,LV:1,,\n"));
        let told = case.refused(&[]);
        assert!(told.contains(place), "{told}");
    }
}

#[test]
fn the_example_gives_the_same_bytes_and_every_type() {
    let case = Case::new("example", &[]);
    for name in ["provider.yaml", "ledger.csv", "users.csv", "rates.csv"] {
        let from = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/dac8").join(name);
        std::fs::copy(from, case.folder.join(name)).unwrap();
    }
    let rates = ["--rates", "rates.csv"];
    assert_eq!(case.text(&rates), case.text(&rates));
    assert_eq!(case.reported(&rates), ["Jones", "Kazlauskas", "Li"]);
    let csv = case.text(&["--rates", "rates.csv", "--format", "csv"]);
    assert_eq!(
        csv.lines().skip(1).collect::<Vec<_>>(),
        [
            "ann,BTC,crypto_to_crypto_out,,41000.00,EUR,1,1",
            "ann,BTC,crypto_fiat_in,,60000.00,EUR,1.5,1",
            "ann,ETH,crypto_to_crypto_in,,41000.00,EUR,20,1",
            "ann,ETH,crypto_transfer_out,unknown,2500.00,EUR,1,1",
            "ann,ETH,transfer_wallet,,2500.00,EUR,1,1",
            "bea,ETH,crypto_fiat_out,,5000.00,EUR,2,1",
            "biz,BTC,crypto_transfer_in,from_provider,120000.00,EUR,3,1",
            "biz,BTC,crypto_transfer_out,purchase_of_goods,45000.00,EUR,1,1",
            "biz,BTC,retail_payment,,45000.01,EUR,1,1",
        ]
    );
}

/// The code, file, line and column of what is wrong with a form.
fn faults(name: &str, text: &str) -> Vec<(Code, String, u32, u32)> {
    let problems = form::read(&Source::new(name, text)).expect_err("a form was read");
    let place = |p: &fisc::diagnostic::Diagnostic| {
        p.place.as_ref().map_or((String::new(), 0, 0), |p| (p.file.to_string(), p.line, p.column))
    };
    problems.iter().map(|p| (p.code, place(p).0, place(p).1, place(p).2)).collect()
}

#[test]
fn a_form_says_what_differs_from_another() {
    let found = form::read(&Source::new("own.yaml", "title: Own\nbased_on: carf\nno_tin: NONE\n")).unwrap();
    let base = form::read(&form::shipped("carf").unwrap()).unwrap();
    assert_eq!((found.title.as_str(), found.no_tin.as_str(), base.no_tin.as_str()), ("Own", "NONE", "NOTIN"));
    assert_eq!((found.rules.len(), found.categories.len()), (base.rules.len(), base.categories.len()));
    assert!(found.reportable.is_none() && found.filed_in.is_none() && found.record_mark.is_empty());
    let dac8 = form::read(&form::shipped("dac8").unwrap()).unwrap();
    let filed = dac8.filed_in.unwrap();
    assert_eq!((filed.countries.len(), dac8.reportable.unwrap().len()), (27, 34));
    assert_eq!((dac8.rules.len(), dac8.also.len()), (base.rules.len(), base.also.len()));
}

#[test]
fn what_is_wrong_with_a_form_is_told_where_it_stands() {
    let own = |code, line, column| vec![(code, "own.yaml".to_owned(), line, column)];
    let based = |text: &str| format!("title: Own\nbased_on: carf\n{text}");
    assert_eq!(faults("own.yaml", "title: Own\nbased_on: crf\n"), own(Code::R0302, 2, 11));
    assert_eq!(
        faults("reports/carf.yaml", "title: Own\nbased_on: dac8\n"),
        [(Code::R0302, "reports/dac8.yaml".to_owned(), 5, 11)]
    );
    assert_eq!(faults("own.yaml", &based("docments: {}\n")), own(Code::R0201, 3, 1));
    assert_eq!(faults("own.yaml", &based("record_mark: A-B\n")), own(Code::R0203, 3, 14));
    assert_eq!(faults("own.yaml", &based("groups: { g: [DE, XY] }\n")), own(Code::R0204, 3, 19));
    assert_eq!(faults("own.yaml", &based("reportable: { residents_of: [g], cite: [carf] }\n")), own(Code::R0204, 3, 30));
    assert_eq!(faults("own.yaml", &based("reportable: { residents_of: [DE], cite: [crf] }\n")), own(Code::R0402, 3, 42));
    assert_eq!(faults("own.yaml", &based("filed_in: { countries: [DE], cite: [carf] }\n")), own(Code::R0202, 3, 11));
    assert_eq!(faults("own.yaml", &based("from: { day: 2026-13-01, cite: [carf] }\n")), own(Code::R0203, 3, 14));
    assert_eq!(
        faults("own.yaml", &based("readings: { r: { question: Q, taken: T, other: O, cite: [carf] } }\n")),
        own(Code::R0202, 3, 16)
    );
    assert_eq!(faults("own.yaml", &based("sources: { s: { title: S, status: hearsay } }\n")), own(Code::R0204, 3, 35));
    // A section of its own against which the other's rules do not hold: told in the other's file.
    let against = faults("own.yaml", &based("thresholds: { small: { over: 1, currency: USD, cite: [carf] } }\n"));
    assert!(
        matches!(against.as_slice(), [(Code::R0302, file, line, _)] if file == "reports/carf.yaml" && *line > 1),
        "{against:?}"
    );
}
