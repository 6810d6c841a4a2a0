//! Laws of the engine, on ledgers made at random.

mod common;

use common::{acts, assessed, csv, inputs, kg, options, rows};
use fisc::assess::refusal::Log;
use fisc::assess::run::{Inputs as RunInputs, Shared, first_year, with_shared};
use fisc::calendar::TaxCalendar;
use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess, explain};
use fisc::explain::Step;
use fisc::facts::FactsInput;
use fisc::lots::CostOf;
use fisc::number::{Decimal, parse};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use proptest::prelude::*;

const METHODS: [&str; 3] = ["fifo", "average", "specific"];

fn exact(value: Decimal) -> BigRational {
    BigRational::new(BigInt::from(value.mantissa()), BigInt::from(10u8).pow(value.scale()))
}

fn near(a: &BigRational, b: &BigRational) -> bool {
    (a - b).abs() <= BigRational::new(1.into(), BigInt::from(10u8).pow(12))
}

/// All costs that came in, and all that left or stayed.
fn conserved(ledger: &str, method: &str) {
    let inputs = inputs(ledger);
    assert!(inputs.problems.is_empty(), "{:?}", inputs.problems);
    let book = kg();
    let calendar = TaxCalendar { month: 1, day: 1 };
    let year = calendar.year(2023).unwrap();
    let (facts, _) =
        fisc::facts::read(&inputs.facts, book, &inputs.ledger, fisc::facts::Whose { year: 2023, ..Default::default() });
    let words = book
        .options
        .iter()
        .map(|o| book.names.find_word(if o.name == "cost_method" { method } else { &o.default }).unwrap())
        .collect();
    let asked = RunInputs {
        book,
        ledger: &inputs.ledger,
        prices: &inputs.prices,
        rates: &inputs.rates,
        facts: &facts,
        options: words,
        by_year: &[],
        strict: false,
        shadow: None,
        year,
        calendar: book.calendar(),
        first_year: first_year(book, &inputs.ledger, book.calendar(), year),
    };
    let log = Log::default();
    with_shared(&asked, &Shared::new(&asked, year.end), &log, |run| {
        let movements = &run.classified.movements;
        // Quantities, by asset.
        for asset in common::ASSETS {
            let of = |symbol| inputs.ledger.name(symbol) == asset;
            let came: BigRational = movements.ins.iter().filter(|i| of(i.asset)).map(|i| exact(i.quantity)).sum();
            let left: BigRational = movements.outs.iter().filter(|o| of(o.asset)).map(|o| exact(o.quantity)).sum();
            let held: BigRational = run.matched.lots.iter().filter(|l| of(l.asset)).map(|l| exact(l.left)).sum();
            assert_eq!(came, left + held, "quantity of {asset}");
        }
        // Costs: what a rollover carries neither comes nor goes.
        let came: BigRational = movements
            .ins
            .iter()
            .map(|i| match &i.cost {
                CostOf::Known(cost) => exact(cost.clone().unwrap()),
                CostOf::Carried(carried) => exact(carried.extra.clone().unwrap()),
                // A share of what other lots cost is nothing new.
                CostOf::Shared(_) => exact(fisc::number::Decimal::ZERO),
            })
            .sum();
        let carried = |out: usize| movements.outs[out].why == fisc::lots::Why::Rollover;
        let parts = run.matched.parts.iter().filter(|p| !carried(p.out));
        let gone: BigRational = parts.map(|p| exact(p.amounts.cost.clone().unwrap())).sum();
        let averages = run.matched.averages.iter().map(|a| &a.amounts);
        let left: BigRational =
            run.matched.lots.iter().map(|l| &l.rest).chain(averages).map(|a| exact(a.cost.clone().unwrap())).sum();
        assert_eq!(came, gone + left, "cost under {method}");
    });
}

/// A second matcher, written from the words of the law alone, on exact fractions.
struct Naive {
    /// By asset: lots of day-order, quantity, cost.
    lots: std::collections::BTreeMap<String, Vec<(usize, BigRational, BigRational)>>,
    average: bool,
}

impl Naive {
    fn take(&mut self, asset: &str, quantity: &BigRational) -> (BigRational, Vec<(usize, BigRational, BigRational)>) {
        let lots = self.lots.entry(asset.to_owned()).or_default();
        lots.sort_by_key(|(order, ..)| *order);
        if self.average {
            let units: BigRational = lots.iter().map(|(_, q, _)| q.clone()).sum();
            let cost: BigRational = lots.iter().map(|(_, _, c)| c.clone()).sum();
            if !units.is_zero() {
                for (_, q, c) in lots.iter_mut() {
                    *c = &cost * &*q / &units;
                }
            }
        }
        let mut wanted = quantity.clone();
        let mut taken = Vec::new();
        while wanted.is_positive() {
            let (order, q, c) = lots.remove(0);
            if q > wanted {
                let part = &c * &wanted / &q;
                taken.push((order, wanted.clone(), part.clone()));
                lots.insert(0, (order, &q - &wanted, c - part));
                break;
            }
            wanted -= &q;
            taken.push((order, q, c));
        }
        (taken.iter().map(|(_, _, c)| c.clone()).sum(), taken)
    }

    /// The cost of each row that disposes.
    fn run(ledger: &str, average: bool) -> Vec<(String, BigRational)> {
        let mut naive = Naive { lots: Default::default(), average };
        let mut costs = Vec::new();
        for (order, line) in ledger.lines().skip(1).filter(|l| !l.is_empty()).enumerate() {
            let cells: Vec<&str> = line.split(',').collect();
            let number = |i: usize| exact(parse(if cells[i].is_empty() { "0" } else { cells[i] }).unwrap());
            let (received, sent) = (number(4), number(6));
            match cells[2] {
                "buy" => naive.lots.entry(cells[5].into()).or_default().push((order, received, sent + number(8))),
                "airdrop" | "opening" => naive.lots.entry(cells[5].into()).or_default().push((order, received, number(10))),
                "sell" | "spend" => costs.push((cells[1].to_owned(), naive.take(cells[7], &sent).0)),
                "gift_given" => drop(naive.take(cells[7], &sent)),
                "swap" => {
                    let (_, taken) = naive.take(cells[7], &sent);
                    for (order, q, c) in taken {
                        naive.lots.entry(cells[5].into()).or_default().push((order, &received * q / &sent, c));
                    }
                }
                other => panic!("{other}"),
            }
        }
        costs
    }
}

/// Every step that is a sum or a product comes to its value.
fn adds_up(step: &Step) {
    let value = |s: &Step| s.value.as_ref().and_then(|v| parse(v).ok()).map(exact);
    if step.name.starts_with("sum over")
        && let Some(total) = value(step)
    {
        let sum: BigRational = step.parts.iter().filter_map(value).sum();
        assert!(near(&sum, &total), "{}: {sum} is not {total}", step.name);
    }
    if let (Some(with), Some(total)) = (&step.with, value(step))
        && let Some((base, rate)) = with.split_once(" * ")
        && let (Ok(base), Ok(rate)) = (parse(base), parse(rate))
    {
        assert!(near(&(exact(base) * exact(rate)), &total), "{with} is not {total}");
    }
    if let (Some(with), Some(total)) = (&step.with, value(step))
        && let Some((a, b)) = with.split_once(" - ")
        && let (Ok(a), Ok(b)) = (parse(a), parse(b))
    {
        assert!(near(&(exact(a) - exact(b)), &total), "{with} is not {total}");
    }
    step.parts.iter().for_each(adds_up);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: std::env::var("PROPTEST_CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(48), ..ProptestConfig::default() })]

    #[test]
    fn what_came_in_went_out_or_is_held(acts in acts()) {
        let ledger = csv(&rows(&acts));
        for method in METHODS {
            conserved(&ledger, method);
        }
    }

    #[test]
    fn a_later_row_changes_no_earlier_gain(acts in acts(), cut in 0..40usize) {
        let all = rows(&acts);
        let fewer = &all[..cut.min(all.len())];
        for method in METHODS {
            let whole = assessed(&csv(&all), &[("cost_method", method)]);
            let part = assessed(&csv(fewer), &[("cost_method", method)]);
            let json = |a: &fisc::assess::Assessment| a.disposals.iter().map(|d| serde_json::to_string(d).unwrap()).collect::<Vec<_>>();
            prop_assert_eq!(&json(&whole)[..part.disposals.len()], &json(&part)[..]);
        }
    }

    #[test]
    fn a_purchase_may_be_split_in_two(acts in acts(), which in 0..40usize, part in 1..99u64) {
        let all = rows(&acts);
        let buys: Vec<usize> = all.iter().enumerate().filter(|(_, r)| r.contains(",buy,")).map(|(i, _)| i).collect();
        prop_assume!(!buys.is_empty());
        let at = buys[which % buys.len()];
        let cells: Vec<&str> = all[at].split(',').collect();
        let mut split = all.clone();
        let piece = |text: &str, first: bool| {
            let whole = parse(text).unwrap();
            let share = (whole * Decimal::from(part) / Decimal::ONE_HUNDRED).normalize();
            if first { share.to_string() } else { (whole - share).to_string() }
        };
        let half = |first: bool, id: &str| {
            let mut cells: Vec<String> = cells.iter().map(|c| (*c).to_owned()).collect();
            cells[1] = id.to_owned();
            for i in [4, 6, 8] {
                cells[i] = piece(&cells[i].clone(), first);
            }
            cells.join(",")
        };
        split[at] = half(true, cells[1]);
        split.insert(at + 1, half(false, "other-half"));
        for method in ["fifo", "average"] {
            let one = assessed(&csv(&all), &[("cost_method", method)]);
            let two = assessed(&csv(&split), &[("cost_method", method)]);
            prop_assert!(near(&exact(one.total_tax.unwrap()), &exact(two.total_tax.unwrap())), "{} {}", method, one.total_tax.unwrap() - two.total_tax.unwrap());
        }
    }

    #[test]
    fn a_naive_matcher_agrees(acts in acts()) {
        let ledger = csv(&rows(&acts));
        for method in ["fifo", "average"] {
            let assessment = assessed(&ledger, &[("cost_method", method)]);
            for (row, cost) in Naive::run(&ledger, method == "average") {
                let parts: Vec<_> = assessment.disposals.iter().filter(|d| d.disposal == row).collect();
                prop_assert!(!parts.is_empty());
                let ours: BigRational = parts.iter().map(|d| exact(d.cost.unwrap())).sum();
                prop_assert!(near(&ours, &cost), "{method} {row}: {ours} against {cost}");
            }
        }
    }

    #[test]
    fn every_step_adds_up_to_its_figure(acts in acts()) {
        let inputs = inputs(&csv(&rows(&acts)));
        for figure in ["total_tax", "income_tax", "taxable_gain", "taxable_receipts"] {
            let step = explain(kg(), &inputs, &options(&[]), figure).unwrap();
            adds_up(&step);
        }
        let assessment = assess(kg(), &inputs, &options(&[]));
        let told = explain(kg(), &inputs, &options(&[]), "income_tax").unwrap();
        prop_assert_eq!(told.value.unwrap(), fisc::number::plain(assessment.taxes[0].whole.unwrap()));
    }

    #[test]
    fn the_same_input_gives_the_same_bytes(acts in acts()) {
        let ledger = csv(&rows(&acts));
        let once = serde_json::to_string(&assessed(&ledger, &[])).unwrap();
        prop_assert_eq!(once, serde_json::to_string(&assessed(&ledger, &[])).unwrap());
    }

    #[test]
    fn no_ledger_makes_it_panic(acts in acts(), edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12usize), 1..8)) {
        let text = mutate(&csv(&rows(&acts)), &edits);
        let inputs = Inputs::read(&[Source::new("l.csv", text.as_str())], &[Source::new("p.csv", text.as_str())], &[Source::new("r.csv", text.as_str())], FactsInput::default());
        let assessment = assess(kg(), &inputs, &options(&[]));
        serde_json::to_string(&assessment).unwrap();
        for problem in assessment.errors.iter().chain(&assessment.warnings) {
            fisc::diagnostic::render(problem, &inputs.sources, false);
        }
        drop(explain(kg(), &inputs, &options(&[]), "income_tax"));
    }

    #[test]
    fn no_export_makes_it_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12usize), 1..8)) {
        let text = mutate(include_str!("../examples/binance.csv"), &edits);
        drop(fisc::import::load(&[Source::new("b.csv", text)]));
    }

    #[test]
    fn no_rule_file_makes_it_panic(file in 0..2usize, edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12usize), 1..4)) {
        let texts = [include_str!("../jurisdictions/kg/tax.yaml"), include_str!("../jurisdictions/kg/treatment.yaml")];
        let sources: Vec<Source> = texts.iter().enumerate().map(|(i, t)| Source::new(format!("{i}.yaml"), if i == file { mutate(t, &edits) } else { (*t).to_owned() })).collect();
        let loaded = fisc::rules::load(&sources);
        for problem in &loaded.diagnostics {
            fisc::diagnostic::render(problem, &loaded.sources, false);
        }
        if let Some(book) = loaded.book {
            let ledger = "timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset\n2023-01-01T00:00:00Z,b,buy,1,BTC,100,KGS\n2023-02-01T00:00:00Z,s,sell,300,KGS,1,BTC\n";
            drop(serde_json::to_string(&assess(&book, &common::inputs(ledger), &Options { year: 2023, ..Options::default() })));
        }
    }

    #[test]
    fn no_formula_makes_it_panic(text in "[ a-z0-9_+*/().,<>=%\\[\\]-]{0,60}") {
        drop(fisc::formula::parse::parse(&text, &[]));
    }

    #[test]
    fn wide_quotients_are_right(a in any::<i64>(), b in any::<i64>(), c in any::<i64>(), s in 0..18u32, t in 0..18u32) {
        prop_assume!(c != 0);
        let (x, y, z) = (Decimal::from_i128_with_scale(i128::from(a), s), Decimal::from_i128_with_scale(i128::from(b), t), Decimal::from(c));
        if let Ok(q) = fisc::number::mul_div(x, y, z, 10) {
            let want = exact(x) * exact(y) / exact(z);
            let slack = BigRational::new(1.into(), BigInt::from(10u8).pow(q.scale().min(10)) * 2) + BigRational::new(1.into(), BigInt::from(10u8).pow(10) * 2);
            prop_assert!((exact(q) - want).abs() <= slack);
        }
    }
}

/// Damages a text at some places: what a cut download, a spreadsheet or a typing error might do, and worse.
fn mutate(text: &str, edits: &[(prop::sample::Index, usize)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (index, kind) in edits {
        if chars.is_empty() {
            break;
        }
        let at = index.index(chars.len());
        match kind {
            0 => drop(chars.remove(at)),
            1 => chars.insert(at, '"'),
            2 => chars[at] = ',',
            3 => chars.truncate(at),
            4 => chars.splice(at..at, "9".repeat(40).chars()).for_each(drop),
            5 => chars[at] = '\u{0}',
            6 => chars.insert(at, '-'),
            7 => chars.insert(at, '\n'),
            8 => chars[at] = 'ü',
            9 => chars.splice(at..at, "0.00000000000000000000000001".chars()).for_each(drop),
            10 => chars.insert(at, ':'),
            _ => {
                let end = (at + 30).min(chars.len());
                let piece: Vec<char> = chars[at..end].to_vec();
                chars.splice(at..at, piece).for_each(drop);
            }
        }
    }
    chars.into_iter().collect()
}
