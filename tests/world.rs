//! The shipped example under ten laws: what a comparison says is what each law says alone, and a year among several is that year.

use fisc::assess::Assessment;
use fisc::compare::{Asked, compare};
use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess, years};
use fisc::facts::FactsInput;
use fisc::library;
use fisc::number::Decimal;
use fisc::rules::RuleBook;

const TEN: [&str; 10] = ["kg", "us", "gb", "ie", "de", "at", "fr", "jp", "ca", "au"];

fn file(name: &str) -> Source {
    let path = format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    Source::new(name, std::fs::read_to_string(path).unwrap())
}

fn inputs() -> Inputs {
    let prices = [file("prices.csv"), file("world-prices.csv")];
    let rates = [file("rates.csv"), file("world-rates.csv")];
    Inputs::read(&[file("binance.csv")], &prices, &rates, FactsInput::default())
}

fn laws() -> Vec<RuleBook> {
    TEN.iter().map(|code| library::law(code, None).book.expect("the shipped law is sound")).collect()
}

fn taxes(a: &Assessment) -> Vec<(String, String, Option<Decimal>, Option<Decimal>)> {
    a.taxes.iter().map(|t| (t.id.clone(), t.period.clone(), t.whole, t.amount)).collect()
}

#[test]
fn ten_laws_in_one_comparison_are_ten_single_runs() {
    let (inputs, laws) = (inputs(), laws());
    let asked = Asked {
        currency: "USD".into(),
        options: Options { year: 2024, ..Options::default() },
        laws: TEN.iter().map(|c| (*c).to_owned()).collect(),
    };
    let found = compare(&laws, &inputs, &asked);
    assert_eq!(found.laws.len(), 10);
    for (book, law) in laws.iter().zip(&found.laws) {
        let alone = assess(book, &inputs, &Options { year: 2024, ..Options::default() });
        assert!(alone.errors.is_empty(), "{}: {:?}", book.code, alone.errors);
        assert!(alone.total_tax.is_some(), "{}", book.code);
        let beside = &law.assessment;
        assert_eq!(beside.jurisdiction, book.code);
        assert_eq!((beside.total_tax, taxes(beside)), (alone.total_tax, taxes(&alone)), "{}", book.code);
        assert_eq!(beside.disposals.len(), alone.disposals.len(), "{}", book.code);
        let gains = |a: &Assessment| a.disposals.iter().map(|d| d.gain).collect::<Vec<_>>();
        assert_eq!(gains(beside), gains(&alone), "{}", book.code);
    }
    // A comparison in which nothing is taxed anywhere would show nothing.
    assert!(found.laws.iter().filter(|l| l.assessment.total_tax.is_some_and(|t| t > Decimal::ZERO)).count() >= 5);
}

#[test]
fn a_year_among_several_is_that_year_alone() {
    let inputs = inputs();
    for book in laws() {
        let alone = assess(&book, &inputs, &Options { year: 2024, ..Options::default() });
        let span = years(&book, &inputs, &Options::default(), 2022, 2025);
        let among = span.iter().find(|a| a.tax_year == alone.tax_year).unwrap();
        assert_eq!((among.total_tax, taxes(among)), (alone.total_tax, taxes(&alone)), "{}", book.code);
        assert_eq!(format!("{:?}", among.quantities), format!("{:?}", alone.quantities), "{}", book.code);
    }
}
