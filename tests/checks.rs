//! The ten refusals a writer of rules most relies on: the code, the place, the words and the remedy of each.
//!
//! Each case is a sound law, `tests/diagnostics/base.yaml`, with one flaw put in.

use std::path::Path;
use std::time::{Duration, Instant};

use fisc::diagnostic::{Code, Diagnostic, Source};
use fisc::rules::load;

fn base() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/base.yaml");
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The sound law with each of `edits` made once.
fn with(edits: &[(&str, &str)]) -> String {
    let mut text = base();
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once in base.yaml");
        text = text.replacen(from, to, 1);
    }
    text
}

/// Loads a law that must be refused and returns all that is said of it.
fn refused(text: &str) -> Vec<Diagnostic> {
    let loaded = load(&[Source::new("law.yaml", text)]);
    assert!(loaded.book.is_none(), "the law was taken");
    loaded.diagnostics
}

/// The text that a message underlines.
fn underlined<'a>(text: &'a str, problem: &Diagnostic) -> &'a str {
    let place = problem.place.as_ref().unwrap_or_else(|| panic!("no place: {}", problem.message));
    assert_eq!(&*place.file, "law.yaml");
    let line = text.lines().nth(place.line as usize - 1).unwrap();
    let at = |characters: u32| line.char_indices().nth(characters as usize).map_or(line.len(), |(byte, _)| byte);
    &line[at(place.column - 1)..at(place.column - 1 + place.length)]
}

/// One flaw, one message: its code, what it underlines and on which line, its words and its remedy.
#[track_caller]
fn one(edits: &[(&str, &str)], code: Code, line: u32, under: &str, message: &str, help: &str) {
    let text = with(edits);
    let all = refused(&text);
    assert_eq!(all.len(), 1, "{all:#?}");
    let problem = &all[0];
    assert_eq!((problem.code, problem.message.as_str(), problem.help.as_deref()), (code, message, Some(help)));
    assert_eq!((problem.place.as_ref().unwrap().line, underlined(&text, problem)), (line, under));
}

#[test]
fn the_law_without_a_flaw_is_sound() {
    let loaded = load(&[Source::new("law.yaml", base())]);
    assert!(loaded.book.is_some() && loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
}

#[test]
fn an_unknown_key() {
    let tax = [("    due: { before", "    dues: { before")];
    one(&tax, Code::R0201, 80, "dues", "`dues` is not a key of a tax", "did you mean `due`?");
    let treatment = [("{ kinds: [buy], as: acquisition,", "{ kinds: [buy], as: acquisition, clas: x,")];
    one(&treatment, Code::R0201, 49, "clas", "`clas` is not a key of a treatment", "did you mean `class`?");
}

#[test]
fn a_misspelt_quantity_suggests_the_right_one() {
    let gains = [("positive(gains + receipts", "positive(gians + receipts")];
    one(&gains, Code::R0302, 78, "gians", "nothing is named `gians`", "did you mean `gains`?");
    let receipts = [("positive(gains + receipts", "positive(gains + reciepts")];
    one(&receipts, Code::R0302, 78, "reciepts", "nothing is named `reciepts`", "did you mean `receipts`?");
}

#[test]
fn money_and_a_rate_are_not_added() {
    one(
        &[("positive(gains + receipts", "positive(gains + 10% + receipts")],
        Code::R0303,
        78,
        "gains + 10%",
        "`+` does not go between money in EUR and a rate",
        "a rate is taken of money by `*`: `base * rate`",
    );
    one(
        &[("positive(gains + receipts", "positive(gains + 5 USD + receipts")],
        Code::R0303,
        78,
        "gains + 5 USD",
        "`+` does not go between money in EUR and money in USD",
        "two currencies are not added: turn one into the other first",
    );
}

#[test]
fn a_cycle() {
    let help = "break the circle; a value of the period before is read with `previous(NAME, START)`";
    let own = [("formula: sum of amount over income,", "formula: receipts + sum of amount over income,")];
    one(&own, Code::R0306, 72, "receipts", "`receipts` depends on itself: receipts -> receipts", help);
    let three = [
        ("formula: sum of amount over income,", "formula: ratio * 1 EUR,"),
        ("sum of positive(gain) over matches }", "\"sum of positive(gain) over matches + receipts\" }"),
    ];
    one(&three, Code::R0306, 66, "gains", "`gains` depends on itself: gains -> receipts -> ratio -> gains", help);
    let parameter = [("value: 20%, cite", "value: tax_rate, cite")];
    one(&parameter, Code::R0306, 27, "tax_rate", "`tax_rate` depends on itself: tax_rate -> tax_rate", help);
}

#[test]
fn a_dated_gap() {
    let text = with(&[("from: 2022-01-01, value: 20%", "from: 2022-01-01, until: 2023-03-31, value: 20%")]);
    let all = refused(&text);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0].code, Code::R0208);
    assert_eq!(all[0].message, "`tax_rate` has no value from 2023-04-01 until 2023-06-30");
    assert_eq!(all[0].help.as_deref(), Some("give the missing value, or `value: unknown` where the sources are silent"));
    // The entry behind the gap.
    let place = all[0].place.as_ref().unwrap();
    assert_eq!((place.line, place.column), (34, 9));
    // A value that ends the day before the next begins leaves none.
    let whole = with(&[("from: 2022-01-01, value: 20%", "from: 2022-01-01, until: 2023-06-30, value: 20%")]);
    assert!(load(&[Source::new("law.yaml", whole)]).book.is_some());
}

#[test]
fn an_uncited_value() {
    let text = with(&[("value: 20%, cite: [act-1]", "value: 20%")]);
    let all = refused(&text);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].code, all[0].message.as_str()), (Code::R0401, "this value of `tax_rate` has no citation"));
    let help = "add `cite: [key]` with a key of `sources`; where the law says nothing, cite a source with `status: law_silent`";
    assert_eq!(all[0].help.as_deref(), Some(help));
    let place = all[0].place.as_ref().unwrap();
    assert_eq!((place.line, place.column), (33, 9));

    // An empty list cites nothing either.
    let all = refused(&with(&[("value: 20%, cite: [act-1]", "value: 20%, cite: []")]));
    assert_eq!((all.len(), all[0].code), (1, Code::R0401));
    assert_eq!(all[0].help.as_deref(), Some("name a source: `cite: [key]`"));
}

#[test]
fn an_untreated_kind() {
    let text = with(&[("  - { kinds: [other], as: income, cite: [act-1] }\n", "")]);
    let all = refused(&text);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0].code, Code::R0404);
    for kind in ["`mining`", "`airdrop`", "`expense`"] {
        assert!(all[0].message.contains(kind), "{kind}: {}", all[0].message);
    }
    // What is treated, and what the engine itself fixes, is not asked for.
    for kind in ["`buy`", "`issue`", "`transfer`", "`opening`", "`ignore`"] {
        assert!(!all[0].message.contains(kind), "{kind}: {}", all[0].message);
    }
    let help = "add `{ kinds: [..], as: .., cite: [..] }`, or `{ kinds: [other], as: refuse, .. }` at the end";
    assert_eq!(all[0].help.as_deref(), Some(help));
    assert_eq!(all[0].place.as_ref().unwrap().line, 49);
}

#[test]
fn a_formula_that_yaml_cut() {
    // In braces, by a comma: both halves are shown.
    let text = with(&[("formula: sum of amount over income,", "formula: min(1 EUR, sum of amount over income),")]);
    let all = refused(&text);
    let shown: Vec<_> = all.iter().map(|d| (d.code, underlined(&text, d), d.help.is_some())).collect();
    let second = (Code::R0105, "sum of amount over income)", true);
    assert_eq!(shown, [(Code::R0105, "min(1 EUR", true), second]);
    assert!(all.iter().all(|d| d.help.as_ref().unwrap().starts_with("put the formula in double quotes")));
    // By ` #`, where what is left cannot stand alone.
    one(
        &[("base: positive(gains + receipts", "base: positive(gains # + receipts")],
        Code::R0105,
        78,
        "positive(gains",
        "YAML ended this formula early: `)` was expected, but the end of the formula stands here",
        "put the formula in double quotes: in braces a comma or bracket ends it, and ` #` begins a comment",
    );
    // By a colon or a bracket YAML itself stumbles over, on the line of a formula.
    for flaw in ["sum of amount over income where class: x,", "sum of amount over income where kind in [prize],"] {
        let all = refused(&with(&[("sum of amount over income,", flaw)]));
        assert_eq!((all.len(), all[0].code), (1, Code::R0105), "{flaw}");
        assert_eq!(all[0].place.as_ref().unwrap().line, 72, "{flaw}");
        assert_eq!(all[0].help.as_deref(), Some("put the formula in quotes, or on a line of its own below `formula: |`"));
    }
}

#[test]
fn a_duplicate_key() {
    let help = "keep one of them; with two, YAML readers silently drop one";
    let head = [("currency: EUR", "currency: EUR\ncurrency: USD")];
    one(&head, Code::R0102, 4, "currency", "the key `currency` stands twice here", help);
    let nested = [("{ before: 06-01,", "{ before: 06-01, before: 07-01,")];
    one(&nested, Code::R0102, 80, "before", "the key `before` stands twice here", help);
    let quantity = [("  receipts: {", "  gains: {")];
    one(&quantity, Code::R0102, 72, "gains", "the key `gains` stands twice here", help);
    // The first of the two is shown as well.
    let all = refused(&with(&head));
    let (first, label) = &all[0].related[0];
    assert_eq!((first.line, first.column, label.as_str()), (3, 1, "first here"));
}

#[test]
fn an_alias_bomb() {
    // Ten to the twentieth `x`, if aliases were followed.
    let mut text = String::from("jurisdiction: xx\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    let begun = Instant::now();
    let all = refused(&text);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(all.iter().all(|d| d.code == Code::R0103), "{all:#?}");
    assert!(all.len() < 5, "it reads on behind the first alias: {} messages", all.len());
    assert!(underlined(&text, &all[0]).starts_with("&a0"), "{all:#?}");
    assert_eq!(all[0].message, "an anchor (`&name`) lets text be repeated elsewhere, which hides what the rule says");
    assert!(all.iter().any(|d| underlined(&text, d) == "*a0" && d.message.starts_with("an alias")), "{all:#?}");
    assert!(all.iter().all(|d| d.help.as_ref().unwrap().starts_with("write the value out where it is used")), "{all:#?}");

    // A bomb of depth instead: refused, not a full stack.
    let deep = format!("jurisdiction: xx\ntitle: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let all = refused(&deep);
    assert_eq!((all.len(), all[0].code), (1, Code::R0104), "{all:#?}");
    assert!(all[0].help.is_some());
}

/// However a formula is laid out over lines, a flaw is shown on its line and in its column.
#[test]
fn a_place_in_a_formula_of_several_lines() {
    let layouts = [
        "formula: |\n      sum of amount\n      over incme",
        "formula: >\n      sum of amount\n      over incme",
        "formula: >-\n\n      sum of\n      amount\n\n      over incme",
        "formula: |\n      sum of\n        amount\n          over incme",
        "formula: sum of amount\n      over incme",
        "formula: \"sum of amount\n      over incme\"",
        "formula: 'sum of\n\n      amount over\n      incme'",
        "formula: | # how it is computed\n      sum of amount\n\n      over incme",
    ];
    for layout in layouts {
        let flat = "  receipts: { unit: money, formula: sum of amount over income, cite: [act-1] }";
        let tall = format!("  receipts:\n    unit: money\n    {layout}\n    cite: [act-1]");
        let text = with(&[(flat, &tall)]);
        let at = text.find("incme").unwrap();
        let line = text[..at].matches('\n').count() + 1;
        let column = at - text[..at].rfind('\n').unwrap();
        let all = refused(&text);
        assert_eq!(all.len(), 1, "{layout}: {all:#?}");
        let place = all[0].place.as_ref().unwrap();
        let found = (usize::try_from(place.line).unwrap(), usize::try_from(place.column).unwrap(), place.length);
        assert_eq!(found, (line, column, 5), "{layout}");
        assert!(load(&[Source::new("law.yaml", text.replace("incme", "income"))]).book.is_some(), "{layout}");
    }
}
