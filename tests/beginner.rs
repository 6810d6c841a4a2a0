//! `fisc check` as the teacher: what someone who has never written YAML gets wrong, one mistake at a time, in a law that was sound.
//! Each is told once, where it stands, with how it is written.

use fisc::diagnostic::{Diagnostic, Source};
use fisc::rules::load;
use fisc::template::Head;

struct Mistake {
    right: &'static str,
    wrong: &'static str,
    said: &'static str,
    help: &'static str,
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        right: "    title: Rate of the tax",
        wrong: "\ttitle: Rate of the tax",
        said: "R0101 this line is indented with a tab; YAML takes only spaces",
        help: "put two spaces in the place of each tab; most editors can be told to do so for `.yaml` files",
    },
    Mistake {
        right: "    title: Rate of the tax",
        wrong: "    title:Rate of the tax",
        said: "R0101 there is no space after the colon of `title`",
        help: "write `title: Rate of the tax`",
    },
    Mistake {
        right: "{ from: 2024-01-01, value: 10%",
        wrong: "{ from: 2024-01-01, value:10%",
        said: "R0101 there is no space after the colon of `value`",
        help: "write `value: 10%`",
    },
    Mistake {
        right: "formula: \"proceeds - cost\"",
        wrong: "formula:\"proceeds - cost\"",
        said: "R0101 there is no space after the colon of `formula`",
        help: "write `formula: \"proceeds - cost\"`",
    },
    Mistake {
        right: "formula: \"proceeds - cost\"",
        wrong: "formula: \"proceeds - cost",
        said: "R0101 the quote that begins here is not closed on its line",
        help: "put `\"` at the end of the text",
    },
    Mistake {
        right: "formula: \"proceeds - cost\"",
        wrong: "formula: “proceeds - cost”",
        said: "R0301 `“` has no meaning in a formula",
        help: "put the formula in straight quotes: `\"`",
    },
    Mistake {
        right: "    title: Rate of the tax",
        wrong: "   title: Rate of the tax",
        said: "R0101 this line is indented by 4 spaces, the one above by 3 spaces",
        help: "what belongs together begins in one column: indent it by 3 spaces",
    },
    Mistake {
        right: "    unit: rate  ",
        wrong: "      unit: rate  ",
        said: "R0101 this line is indented by 6 spaces, the one above by 4 spaces",
        help: "what belongs together begins in one column: indent it by 4 spaces",
    },
    Mistake {
        right: "  tax_rate:\n    title: Rate",
        wrong: "  tax_rate:\n  title: Rate",
        said: "R0101 this line is indented by 4 spaces, the one above by 2 spaces",
        help: "what belongs together begins in one column: indent it by 2 spaces",
    },
    Mistake {
        right: "      - { from: 2024-01-01, value: 10%",
        wrong: "      { from: 2024-01-01, value: 10%",
        said: "R0203 a list was expected here, but a map of keys and values stands here",
        help: "begin each entry with a dash and a space, or write `[a, b]`",
    },
    Mistake {
        right: "      - { from: 2024-01-01, value: 10%",
        wrong: "      -{ from: 2024-01-01, value: 10%",
        said: "R0101 there is no space after the dash",
        help: "write `- { from: 2024-01-01, value: 10%, cite: [a..`",
    },
    Mistake { right: "value: 10%", wrong: "value: 10", said: "R0203 `10` is a rate without its sign", help: "write `10%`" },
    Mistake {
        right: "value: 10%",
        wrong: "value: 0.1",
        said: "R0203 `0.1` is a rate without its sign",
        help: "write `10%`, or `0.1%` if that is meant",
    },
    Mistake {
        right: "value: 10%",
        wrong: "value: 0,1",
        said: "R0203 a comma stands in the number `0,1`",
        help: "write decimals with a point, and nothing between thousands: `0.1`",
    },
    Mistake {
        right: "value: 10%",
        wrong: "value: 10,5%",
        said: "R0203 a comma stands in the number `10,5%`",
        help: "write decimals with a point, and nothing between thousands: `10.5%`",
    },
    Mistake { right: "value: 10%", wrong: "value: 10 percent", said: "R0203 `10 percent` is not in rate", help: "write `10%`" },
    Mistake {
        right: "value: 10%",
        wrong: "value: \"10,5%\"",
        said: "R0203 `10,5%` is not a rate: `10,5` is not a plain decimal number",
        help: "write decimals with a point, and nothing between thousands: `10.5%`",
    },
    Mistake {
        right: "from: 2024-01-01, value: 10%",
        wrong: "from: 01.01.2024, value: 10%",
        said: "R0203 `01.01.2024` is not a date",
        help: "write it as year-month-day: 2024-01-01",
    },
    Mistake {
        right: "from: 2024-01-01, value: 10%",
        wrong: "from: 2024-1-1, value: 10%",
        said: "R0203 `2024-1-1` is not a date",
        help: "write it as year-month-day, two digits for month and day: 2024-01-01",
    },
    Mistake {
        right: "from: 2024-01-01, value: 10%",
        wrong: "from: 2024-02-30, value: 10%",
        said: "R0203 `2024-02-30` is not a date",
        help: "there is no such day; write it as year-month-day: 2024-07-01",
    },
    Mistake {
        right: "from: 2024-01-01, value: 10%",
        wrong: "from: 2024, value: 10%",
        said: "R0203 `2024` is not a date",
        help: "write it as year-month-day; its first day is 2024-01-01",
    },
    Mistake {
        right: "unit: rate  ",
        wrong: "unit: percent  ",
        said: "R0309 `percent` is not a unit",
        help: "write `unit: rate`, and its values with the sign: 10%",
    },
    Mistake {
        right: "unit: rate  ",
        wrong: "unit: %  ",
        said: "R0101 a text cannot begin with `%`",
        help: "put it in double quotes",
    },
    Mistake {
        right: "title: Gains less losses of the year\n    unit: money",
        wrong: "title: Gains less losses of the year\n    unit: euro",
        said: "R0309 `euro` is not a unit",
        help: "write `money`: an amount in the currency of the law, EUR",
    },
    Mistake {
        right: "title: Gains less losses of the year\n    unit: money",
        wrong: "title: Gains less losses of the year\n    unit: eur",
        said: "R0309 `eur` is not a unit",
        help: "write `money`: an amount in the currency of the law, EUR",
    },
    Mistake {
        right: "title: Gains less losses of the year\n    unit: money",
        wrong: "title: Gains less losses of the year\n    unit: €",
        said: "R0309 `€` is not a unit",
        help: "write `money`: an amount in the currency of the law, EUR",
    },
    Mistake {
        right: "  tax_rate:",
        wrong: "  Tax_Rate:",
        said: "R0205 `Tax_Rate` is not a name",
        help: "write `tax_rate`: a name is small letters, digits and `_`, and begins with a letter",
    },
    Mistake {
        right: "  tax_rate:",
        wrong: "  tax-rate:",
        said: "R0205 `tax-rate` is not a name",
        help: "write `tax_rate`: a name is small letters, digits and `_`, and begins with a letter",
    },
    Mistake {
        right: "  tax_rate:",
        wrong: "  tax rate:",
        said: "R0205 `tax rate` is not a name",
        help: "write `tax_rate`: a name is small letters, digits and `_`, and begins with a letter",
    },
    Mistake {
        right: "    title: Rate of the tax",
        wrong: "    Title: Rate of the tax",
        said: "R0201 `Title` is not a key of a parameter",
        help: "did you mean `title`?",
    },
    Mistake {
        right: "parameters:",
        wrong: "Parameters:",
        said: "R0201 `Parameters` is not a key of a rule file",
        help: "did you mean `parameters`?",
    },
    Mistake {
        right: "formula: \"proceeds - cost\"",
        wrong: "formula: \"Proceeds - cost\"",
        said: "R0302 nothing is named `Proceeds`",
        help: "did you mean `proceeds`?",
    },
    Mistake {
        right: "currency: EUR",
        wrong: "currency: eur",
        said: "R0309 `eur` is not a currency code of ISO 4217",
        help: "write `EUR`",
    },
    Mistake {
        right: "currency: EUR",
        wrong: "currency: Euro",
        said: "R0309 `Euro` is not a currency code of ISO 4217",
        help: "give its three capital letters, such as EUR or USD",
    },
    Mistake {
        right: "jurisdiction: xx",
        wrong: "jurisdiction: XX",
        said: "R0203 `XX` is not a code of a country",
        help: "write the name of the folder: two small letters, and for a region its letters behind a dash: `xx`, `xx-ab`",
    },
    Mistake {
        right: "rate: tax_rate",
        wrong: "rate: tax_rate%",
        said: "R0301 `%` has no meaning in a formula",
        help: "a rate is written without a space: `10%`",
    },
    Mistake {
        right: "base: \"positive(gains + receipts)\"",
        wrong: "base: \"positive(gains + receipts) x 2\"",
        said: "R0301 `x` was not expected here",
        help: "the sign of multiplication is `*`",
    },
    Mistake {
        right: "base: \"positive(gains + receipts)\"",
        wrong: "base: \"positive(gains + receipts - 1000)\"",
        said: "R0303 `-` does not go between money in EUR and a number",
        help: "give the number its unit, as in `5000 EUR`",
    },
    Mistake {
        right: "base: \"positive(gains + receipts)\"",
        wrong: "base: \"positive(gains + receipts - 1,000 EUR)\"",
        said: "R0301 2 values are given, 1 are needed",
        help: "a comma separates values: numbers are written with a point, and nothing between thousands: 1234.50",
    },
    Mistake {
        right: "base: \"positive(gains + receipts)\"",
        wrong: "base: \"positive(gains + receipts - 1000 €)\"",
        said: "R0301 `€` has no meaning in a formula",
        help: "write the code of the currency behind the number: `1000 USD`",
    },
    Mistake {
        right: "base: \"positive(gains + receipts)\"",
        wrong: "base: \"positive(gains + receipts - €1000)\"",
        said: "R0301 `€` has no meaning in a formula",
        help: "write the code of the currency behind the number: `1000 USD`",
    },
    Mistake {
        right: "rate: tax_rate",
        wrong: "rate: \"if period.begin >= 01.07.2024 then 10% else 5%\"",
        said: "R0301 `01.07.2024` is not a date",
        help: "write it as year-month-day: 2024-07-01",
    },
    Mistake {
        right: "cite: [act-rate] }",
        wrong: "cite: act-rate }",
        said: "R0203 a list was expected here, but a single value stands here",
        help: "a list stands in brackets, even if it is of one: `[act-rate]`",
    },
    Mistake {
        right: ", cite: [act-rate] }",
        wrong: " }",
        said: "R0401 this value of `tax_rate` has no citation",
        help: "add `cite: [key]` with a key of `sources`; where the law says nothing, cite a source with `status: law_silent`",
    },
    Mistake {
        right: "kinds: [buy]",
        wrong: "kinds: buy",
        said: "R0203 a list was expected here, but a single value stands here",
        help: "a list stands in brackets, even if it is of one: `[buy]`",
    },
    Mistake {
        right: "title: Rate of the tax",
        wrong: "title: Rate of the tax: general",
        said: "R0101 the text of `title` holds a colon, which YAML takes for the end of another name",
        help: "put the text in double quotes: `title: \"Rate of the tax: general\"`",
    },
    Mistake {
        right: "title: Rate of the tax",
        wrong: "title= Rate of the tax",
        said: "R0101 this line has no colon, so it says nothing of any name",
        help: "write `title: Rate of the tax`",
    },
    Mistake {
        right: "before: 05-01",
        wrong: "before: 01.05.",
        said: "R0203 `01.05.` is not a month and day",
        help: "write month-day: `05-01` is 1 May",
    },
    Mistake {
        right: "before: 05-01",
        wrong: "before: 1 May",
        said: "R0203 `1 May` is not a month and day",
        help: "write month-day: `05-01` is 1 May",
    },
    Mistake {
        right: "begins: 01-01",
        wrong: "begins: 1 January",
        said: "R0203 `1 January` is not a month and day",
        help: "write month-day: `05-01` is 1 May",
    },
    Mistake {
        right: "value: 10%, cite: [act-rate] }",
        wrong: "value: 10%, cite: [act-rate]",
        said: "R0101 `{` is not closed",
        help: "put `}` where it ends",
    },
    Mistake {
        right: "value: 10%, cite: [act-rate] }",
        wrong: "value: 10%, cite: [act-rate }",
        said: "R0101 `}` stands here, but `[` of column 47 is still open",
        help: "put `]` before it",
    },
    Mistake {
        right: "{ from: 2024-01-01, value: 10%",
        wrong: "{ from: 2024-01-01 value: 10%",
        said: "R0101 a comma is missing before `value`",
        help: "inside braces a comma stands between two entries: `{ a: 1, b: 2 }`",
    },
    Mistake {
        right: "base: \"positive(gains + receipts)\"",
        wrong: "base: \"if gains => 0 EUR then gains else 0\"",
        said: "R0301 `=>` has no meaning in a formula",
        help: "write `>=`",
    },
    Mistake {
        right: "base: \"positive(gains + receipts)\"",
        wrong: "base: \"if gains == 0 EUR then gains else 0\"",
        said: "R0301 `==` has no meaning in a formula",
        help: "write `=`",
    },
    Mistake {
        right: "formula: \"proceeds - cost\"",
        wrong: "formula: \"if disposed >= acquired + 1 year then 0 else proceeds - cost\"",
        said: "R0305 adding months or years to a date needs to know what happens at the end of a month",
        help: "state `month_end: { rule: clip, cite: [..] }` at the head of the file",
    },
    Mistake {
        right: "formula: \"proceeds - cost\"",
        wrong: "formula: \"if held_days > 365 then 0 else proceeds - cost\"",
        said: "R0303 `>` does not go between an amount in days and a number",
        help: "give the number its unit, as in `365 days`",
    },
    Mistake {
        right: "formula: \"proceeds - cost\"",
        wrong: "formula: \"if held_days > 1 year then 0 else proceeds - cost\"",
        said: "R0303 `>` does not go between an amount in days and an amount in years",
        help: "days never turn into years; compare dates: `disposed > acquired + 1 year`",
    },
    Mistake {
        right: "formula: \"proceeds - cost\"",
        wrong: "formula: \"if held_days > 365 days then 0\"",
        said: "R0301 `else` was expected, but the end of the formula stands here",
        help: "every `if` says what holds otherwise: `if .. then .. else 0`",
    },
    Mistake {
        right: "    title: Rate of the tax",
        wrong: "    title:\u{a0}Rate of the tax",
        said: "R0101 the space after the colon of `title` is a no-break space",
        help: "write `title: Rate of the tax`",
    },
];

/// The law that `fisc new` writes.
fn law() -> String {
    let files = Head::new("xx", None, "EUR", "UTC").unwrap().files();
    files.into_iter().find(|(path, _)| path.ends_with("tax.yaml")).unwrap().1
}

fn errors(text: &str) -> Vec<Diagnostic> {
    load(&[Source::new("tax.yaml", text)]).diagnostics.into_iter().filter(Diagnostic::is_error).collect()
}

#[test]
fn every_mistake_is_told_once_with_its_remedy() {
    let law = law();
    let mut faults = Vec::new();
    for mistake in MISTAKES {
        assert!(law.contains(mistake.right), "the law has no longer `{}`", mistake.right);
        let text = law.replacen(mistake.right, mistake.wrong, 1);
        let found = errors(&text);
        let said: Vec<String> = found.iter().map(|e| format!("{} {}", e.code.id(), e.message)).collect();
        let help = found.first().and_then(|e| e.help.clone()).unwrap_or_default();
        if said != [mistake.said] || help != mistake.help {
            faults.push(format!("{}\n  is told as {said:#?}\n  with {help:?}", mistake.wrong));
            continue;
        }
        // It stands where the text was changed, not where the parser gave up.
        let begins = text.bytes().zip(law.bytes()).take_while(|(a, b)| a == b).count();
        let line = text.get(..begins).unwrap().matches('\n').count() + 1;
        let place = found[0].place.as_ref().unwrap();
        if usize::try_from(place.line).unwrap().abs_diff(line) > 1 {
            faults.push(format!("{}\n  is told at line {}, stands at {line}", mistake.wrong, place.line));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What other editors and other systems make of a file is no mistake.
#[test]
fn line_ends_and_marks_of_other_systems_are_read() {
    assert!(errors(&law().replace('\n', "\r\n")).is_empty());
    assert!(errors(&format!("\u{feff}{}", law())).is_empty());
}

/// A remedy that shows how it is written is one that can be taken at its word.
#[test]
fn what_is_shown_is_how_it_is_written() {
    let law = law();
    for (wrong, right) in [
        ("value: 10,5%", "value: 10.5%"),
        ("value: 10 percent", "value: 10%"),
        ("value:10%", "value: 10%"),
        ("value: 0.1", "value: 10%"),
        ("from: 01.07.2024, value: 10%", "from: 2024-07-01, value: 10%"),
        ("from: 2024-7-1, value: 10%", "from: 2024-07-01, value: 10%"),
    ] {
        let from = if wrong.starts_with("from") { "from: 2024-01-01, value: 10%" } else { "value: 10%" };
        let problem = errors(&law.replacen(from, wrong, 1)).remove(0);
        let shown = right.split(": ").nth(1).unwrap().split(',').next().unwrap();
        assert!(problem.help.as_ref().is_some_and(|h| h.contains(shown)), "{wrong}: {:?}", problem.help);
        let mended = errors(&law.replacen(from, right, 1));
        assert!(mended.iter().all(|e| e.code.id() == "R0208"), "{right}: {mended:#?}");
    }
}

/// The same for an example: what is wrong in its table stands at the line of the file.
#[test]
fn the_mistakes_of_an_example_stand_at_their_lines() {
    let book = load(&[Source::new("tax.yaml", law())]).book.unwrap();
    let files = Head::new("xx", None, "EUR", "UTC").unwrap().files();
    let sound = files.into_iter().find(|(path, _)| path.ends_with("sale.yaml")).unwrap().1;
    let cases = [
        ("ledger: |", "ledger:", "R0501", "the lines of `ledger` run together into one", "`ledger: |`"),
        ("12:00:00Z,buy", "12:00:00,buy", "L0201", "is not an instant with its zone", "2024-03-01T08:10:05Z"),
        ("Z,buy,", "Z,purchase,", "L0202", "`purchase` is not a kind of row", "`buy`"),
        ("sell,1500,", "sell,1500 EUR,", "L0203", "`1500 EUR` is not a plain decimal", "plain decimal"),
        ("  sold,2024", "sold,2024", "R0101", "stands too far left", "by 2 spaces"),
        ("row: sold", "row: sol", "R0501", "the example has no row `sol`", "did you mean `sold`?"),
        ("figure: income_tax", "figure: incometax", "R0501", "no figure `incometax`", "name a tax"),
        ("value: 50 }", "value: 50 EUR }", "R0203", "is not a plain decimal", "write the number alone: `50`"),
        ("expect:", "expects:", "R0202", "an example has no `expect`", "expect"),
        ("at: { row: sold }", "at: sold", "R0203", "a map with the keys of `at` was expected", "{ key: value"),
    ];
    for (right, wrong, code, message, help) in cases {
        assert!(sound.contains(right), "{right}");
        let text = sound.replacen(right, wrong, 1);
        let file = Source::new("xx/examples/sale.yaml", text.as_str());
        let problems: Vec<Diagnostic> = fisc::examples::run(&book, &file).into_iter().flat_map(|case| case.diagnostics).collect();
        let found = problems.first().unwrap_or_else(|| panic!("{wrong}: nothing was said"));
        assert_eq!(found.code.id(), code, "{wrong}: {}", found.message);
        assert!(found.message.contains(message), "{wrong}: {}", found.message);
        assert!(found.help.as_ref().is_some_and(|h| h.contains(help)), "{wrong}: {:?}", found.help);
        let begins = text.bytes().zip(sound.bytes()).take_while(|(a, b)| a == b).count();
        let place = found.place.as_ref().unwrap();
        assert_eq!(&*place.file, "xx/examples/sale.yaml", "{wrong}");
        let shown = text.lines().nth(usize::try_from(place.line).unwrap() - 1).unwrap();
        let line = text.get(..begins).unwrap().matches('\n').count() + 1;
        let near = usize::try_from(place.line).unwrap().abs_diff(line) <= 1 || code == "R0202";
        assert!(near, "{wrong} stands at line {line}, is told at {}: {shown}", place.line);
    }
}
