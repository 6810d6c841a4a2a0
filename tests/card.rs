//! The law's card, the list of jurisdictions, and what is left to confirm.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fisc::diagnostic::Source;
use fisc::engine::Target;
use fisc::law::unconfirmed::unconfirmed;
use fisc::law::{Card, card, page, year};
use fisc::library;
use fisc::page::{html, markdown, terminal};
use fisc::rules::{RuleBook, load};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn invented() -> RuleBook {
    let loaded = load(&[Source::new("card.yaml", include_str!("laws/card.yaml"))]);
    for problem in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    loaded.book.expect("the law is sound")
}

fn scales() -> RuleBook {
    let loaded = load(&[Source::new("scales.yaml", include_str!("laws/scales.yaml"))]);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    loaded.book.unwrap()
}

fn of_2024() -> Card {
    let book = invented();
    let shown = year(&book, Some(2024)).unwrap();
    card(&book, Some(shown))
}

fn every_law() -> Vec<RuleBook> {
    let codes = library::codes(None).into_iter().map(|code| library::law(&code, None).book.unwrap());
    codes.chain([invented(), scales()]).collect()
}

#[test]
fn the_card_reads_as_it_did() {
    let shown = page(&of_2024());
    insta::assert_snapshot!("card_table", terminal::render(&shown, terminal::WIDTH, false));
    insta::assert_snapshot!("card_markdown", markdown::render(&shown));
    insta::assert_snapshot!("card_html", html::page(&shown));
}

#[test]
fn what_is_left_to_confirm_reads_as_it_did() {
    insta::assert_snapshot!("unconfirmed_table", terminal::render(&unconfirmed(&invented()).page(), terminal::WIDTH, false));
}

/// The figures of the card, told apart from its looks.
#[test]
fn values_days_and_shares_are_right() {
    let card = of_2024();
    let rate = &card.parameters[0];
    let told: Vec<_> = rate.values.iter().map(|v| (v.shown.as_str(), v.in_year)).collect();
    assert_eq!(told, [("18%", false), ("12.5%", true), ("unknown", false)]);
    assert_eq!(rate.values[0].in_force.through, Some("2023-04-05".parse().unwrap()));
    let part = card.parameters.iter().find(|p| p.name == "part").unwrap();
    let rows: Vec<_> = part.values[1].table.iter().map(|r| (r.words[0].join(", "), r.shown.as_str())).collect();
    assert_eq!(rows, [("human".to_owned(), "10%"), (String::new(), "100%")], "a formula in a row is told with what it comes to");
    assert_eq!((part.by[0].name.as_str(), part.values[0].in_year), ("person", false));
    let shadow = &rate.shadows[0];
    assert_eq!((shadow.shown.as_str(), shadow.standing.as_deref(), shadow.in_year), ("30%", Some("cancelled"), false));
    assert_eq!(
        (card.watch[0].title.as_str(), card.watch[0].expected.map(|d| d.to_string())),
        ("The rate may rise", Some("2026-04-06".into()))
    );
    assert!(!rate.assumed, "known through the last day of the year");
    assert_eq!(card.parameters[2].values[0].shown, "12,345.6 GBP", "a formula is told with what it comes to");
    // Thirty days after 5 April 2025 is 5 May, a Monday; fifteen after each quarter.
    let days: Vec<_> = card.calendar.iter().map(|d| (d.due.to_string(), d.what, d.period.as_str())).collect();
    assert_eq!(
        days,
        [
            ("2024-07-20".to_owned(), "advance", "2024-25-Q1"),
            ("2024-10-20".to_owned(), "advance", "2024-25-Q2"),
            ("2025-01-20".to_owned(), "advance", "2024-25-Q3"),
            ("2025-04-20".to_owned(), "advance", "2024-25-Q4"),
            ("2025-05-05".to_owned(), "tax", "2024-25"),
        ]
    );
    assert_eq!(card.taxes.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["gains_tax"], "the fee of old has ended");
    assert_eq!((card.confidence.values.confirmed, card.confidence.values.of), (6, 8));
}

/// Scales and records are told amount by amount, side by side where a table has one for each status.
#[test]
fn scales_are_told_band_by_band() {
    let book = scales();
    let card = card(&book, Some(year(&book, Some(2024)).unwrap()));
    let brackets = card.parameters.iter().find(|p| p.name == "brackets").unwrap();
    let rows = &brackets.values[0].table;
    let told: Vec<_> = rows.iter().map(|r| (r.words[0].join(","), r.bands[1].edge.shown.as_str())).collect();
    assert_eq!(
        told,
        [("single".to_owned(), "48,475 EUR"), ("joint".into(), "96,950 EUR"), (String::new(), "64,850 EUR")],
        "a formula is told with what it comes to"
    );
    assert_eq!((rows[0].bands[1].rate.value.as_deref(), rows[0].bands[1].name.as_deref()), (Some("0.22"), Some("high")));
    assert_eq!((brackets.values[1].bands[0].begins, brackets.values[1].in_year), ("from", false));
    let limits = card.parameters.iter().find(|p| p.name == "limits").unwrap();
    let record: Vec<_> = limits.values[0].record.iter().map(|p| (p.name.as_str(), p.shown.as_str())).collect();
    assert_eq!(limits.read_by.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(), ["income_tax"]);
    assert_eq!(record, [("free", "12,096 EUR"), ("top_rate", "42%")]);
    insta::assert_snapshot!("scales_table", terminal::render(&page(&card), terminal::WIDTH, false));
}

/// The whole history has what a year leaves out, and no calendar.
#[test]
fn the_whole_history_has_everything() {
    let book = invented();
    let all = card(&book, None);
    assert_eq!((all.taxes.len(), all.calendar.len()), (3, 0));
    assert!(all.year.is_none());
    let old = card(&book, Some(year(&book, Some(2021)).unwrap()));
    let fee: Vec<_> = old.calendar.iter().filter(|d| d.tax == "old_fee").collect();
    assert_eq!(fee.len(), 24, "each month, for firms and for others");
    assert_eq!((fee[0].due.to_string(), fee[0].when.as_deref()), ("2021-06-10".to_owned(), Some("person is firm")));
}

/// Where the length of the periods differs by taxpayer, each has its days.
#[test]
fn periods_by_taxpayer_are_all_in_the_calendar() {
    let book = invented();
    let card = card(&book, Some(year(&book, Some(2026)).unwrap()));
    let fee = card.taxes.iter().find(|t| t.id == "return_fee").unwrap();
    assert_eq!(fee.per, "quarter if person is firm, else year");
    let days = card.calendar.iter().filter(|d| d.tax == "return_fee");
    let told: Vec<_> = days.map(|d| (d.due.to_string(), d.period.as_str(), d.when.as_deref().unwrap())).collect();
    assert_eq!(told.len(), 5);
    assert_eq!(told[0], ("2026-07-15".to_owned(), "2026-27-Q1", "person is firm"));
    assert_eq!(told[3], ("2027-04-15".to_owned(), "2026-27", "otherwise"));
}

/// What a reading changes follows from the formulas, through the rows that it turns into something else.
#[test]
fn a_reading_names_the_figures_it_may_change() {
    let card = of_2024();
    let names = |list: &[fisc::law::card::Name]| list.iter().map(|n| n.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&card.readings[0].changes), ["gains", "gains_tax"]);
    assert_eq!(card.readings[0].decides, ["how rows gift_given are treated"]);
    assert_eq!(names(&card.choices[0].changes), ["gains", "gains_tax"]);
    assert_eq!(names(&card.facts[0].needed_for), ["gains_tax"]);
    let all = fisc::law::card(&invented(), None);
    assert_eq!(names(&all.facts[0].needed_for), ["gains_tax", "old_fee", "return_fee"]);
    let kg = library::law("kg", None).book.unwrap();
    let of_kg = fisc::law::card(&kg, None);
    let loss = of_kg.readings.iter().find(|r| r.name == "loss_netting").unwrap();
    assert!(names(&loss.changes).contains(&"income_tax".to_owned()) && !names(&loss.changes).contains(&"mining_tax".to_owned()));
}

#[test]
fn every_law_is_on_its_card() {
    for book in every_law() {
        let card = card(&book, None);
        let shown = page(&card);
        let table = terminal::render(&shown, terminal::WIDTH, false);
        for line in table.lines() {
            assert!(line.chars().count() <= terminal::WIDTH, "{}: {line}", book.code);
            assert!(!line.ends_with(' ') && !line.contains('\u{1b}'), "{}: {line:?}", book.code);
        }
        // Broken lines are joined again: a heading may be longer than a line.
        let flat = |text: &str| text.split_whitespace().collect::<String>().replace('`', "");
        let (table, md) = (flat(&table), markdown::render(&shown));
        let mut wanted: Vec<&str> = book.taxes.iter().map(|t| t.title.as_str()).collect();
        wanted.extend(book.options.iter().flat_map(|o| o.options.iter().map(|e| e.title.as_str()).chain([o.question.as_str()])));
        wanted.extend(book.parameters.iter().map(|p| p.title.as_str()));
        wanted.extend(book.facts.iter().map(|f| f.title.as_str()));
        wanted.extend(book.treatments.iter().flat_map(|t| t.kinds.iter().flatten().map(|k| k.word())));
        for name in &wanted {
            assert!(table.contains(&flat(name)), "{}: {name}", book.code);
        }
        for name in book.taxes.iter().map(|t| &t.name).chain(book.options.iter().map(|o| &o.name)) {
            assert!(md.contains(&format!("`{name}`")), "{}: {name}", book.code);
        }
        for (key, entry) in &book.sources {
            let told = card.sources.iter().find(|s| s.key == *key).unwrap();
            assert_eq!(told.status, book.status(key).word());
            assert!(entry.note.as_ref().is_none_or(|n| table.contains(&flat(n))), "{}: note of {key}", book.code);
        }
        well_formed(&html::page(&shown));
        let colours = terminal::render(&shown, terminal::WIDTH, true);
        assert!(colours.contains("\u{1b}[1m"));
    }
}

/// Every element is closed in its order, and what is in attributes and texts is escaped.
fn well_formed(html: &str) {
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        assert!(
            !rest[..start].contains('>') || open.last().is_some_and(|o| o == "style"),
            "a bare > before {}",
            &rest[start..].chars().take(40).collect::<String>()
        );
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap().to_owned();
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "closed in order");
        } else {
            assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
            if name != "meta" {
                open.push(name.clone());
            }
            if name == "style" {
                rest = &rest[rest.find("</style>").unwrap()..];
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
    let mut ids: Vec<&str> =
        html.match_indices(" id=\"").map(|(at, m)| html[at + m.len()..].split('"').next().unwrap()).collect();
    for (at, m) in html.match_indices("href=\"#") {
        let anchor = html[at + m.len()..].split('"').next().unwrap();
        assert!(ids.contains(&anchor), "#{anchor} leads nowhere");
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands once");
}

#[test]
fn what_a_law_says_cannot_break_out_of_the_page() {
    let page = html::page(&page(&of_2024()));
    assert!(page.contains("Country of &lt;Examples&gt; &amp; Co"));
    assert!(page.contains("Read &lt;b&gt;whole&lt;/b&gt;."));
    assert!(page.contains("href=\"https://example.org/act?a=1&amp;b=&lt;2&gt;\""));
    assert!(page.contains("javascript:alert(1)") && !page.contains("href=\"javascript"), "no link to anything but the web");
    // Nothing is loaded from elsewhere.
    for outside in ["src=", "<link", "@import", "url(", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let md = markdown::render(&fisc::law::page(&of_2024()));
    assert!(md.contains("Act on \\*Gains\\* \\| of 2020"));
}

#[test]
fn both_sides_of_a_dispute_are_told() {
    let book = invented();
    let one = &of_2024().disagreements[0];
    assert_eq!((one.source.as_str(), one.against.as_slice()), ("act-2", ["letter".to_owned()].as_slice()));
    assert_eq!(one.bears_on, ["when due: Tax on gains"]);
    let found = unconfirmed(&book);
    let told: Vec<_> = found.groups.iter().map(|g| (g.status, g.items.iter().map(|i| i.what).collect::<Vec<_>>())).collect();
    assert_eq!(
        told,
        [
            ("unconfirmed", vec!["value"]),
            ("disputed", vec!["due date"]),
            ("law_silent", vec!["treatment", "treatment", "treatment", "reading"]),
            ("guidance", vec!["value", "row of a table"]),
        ]
    );
    let due = &found.groups[1].items[0];
    assert_eq!((due.place.file.as_str(), due.name.as_deref()), ("card.yaml", Some("gains_tax")));
    let line = include_str!("laws/card.yaml").lines().nth(due.place.line as usize - 1).unwrap();
    assert!(line.contains("due: { days: 30"), "{line}");
    assert_eq!(due.sources[0].url.as_deref(), Some("https://example.org/act?a=1&b=<2>"), "that of its act");
    assert_eq!(due.sources[0].against[0].note.as_deref(), Some("forty days"));
}

// ---- the commands ----

fn fisc(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fisc")).current_dir(root("")).args(words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(words: &[&str]) -> serde_json::Value {
    let out = fisc(words);
    assert_eq!(out.status.code(), Some(0), "{words:?}: {}", text(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn the_list_of_jurisdictions_counts_right() {
    let list = json(&["jurisdictions", "--format", "json"]);
    let codes: Vec<_> =
        list["jurisdictions"].as_array().unwrap().iter().map(|j| j["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(codes, library::codes(None));
    for entry in list["jurisdictions"].as_array().unwrap() {
        let code = entry["code"].as_str().unwrap().to_owned();
        let (loaded, files) = library::open(&Target::Code(code.clone()), None);
        let book = loaded.book.unwrap();
        let results: Vec<_> = files.iter().flat_map(|f| fisc::examples::run(&book, f)).collect();
        assert_eq!(entry["examples"]["figures"], results.len(), "{code}: one result for each expected figure");
        // A part of a record or scale is a parameter of its own, but no value of its own.
        let values: usize = book.parameters.iter().filter(|p| p.derived.is_none()).map(|p| p.values.len()).sum();
        assert_eq!(entry["confidence"]["values"]["of"], values, "{code}");
        assert_eq!(entry["taxes"].as_array().unwrap().len(), book.taxes.len(), "{code}");
        let left = unconfirmed(&book).count();
        let rules = &entry["confidence"]["rules"];
        assert_eq!(
            rules["of"].as_u64().unwrap() - rules["confirmed"].as_u64().unwrap(),
            left as u64,
            "{code}: the rest is to confirm"
        );
    }
    let table = text(&fisc(&["jurisdictions"]).stdout);
    assert!(table.contains("Kyrgyz Republic") && table.lines().all(|l| l.chars().count() <= 100), "{table}");
    assert!(text(&fisc(&["jurisdictions", "--format", "md"]).stdout).contains("| Kyrgyz") || table.contains("kg"));
}

#[test]
fn a_law_of_the_user_with_errors_is_told_in_the_list() {
    let folder = std::env::temp_dir().join(format!("fisc-card-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("yy")).unwrap();
    std::fs::write(folder.join("yy/tax.yaml"), "jurisdiction: yy\n").unwrap();
    let rules = folder.to_str().unwrap();
    let list = json(&["jurisdictions", "--rules", rules, "--format", "json"]);
    let broken = list["jurisdictions"].as_array().unwrap().iter().find(|j| j["code"] == "yy").unwrap().clone();
    assert!(broken["errors"].as_u64().unwrap() > 0 && broken["title"].is_null());
    assert_eq!(fisc(&["law", "yy", "--rules", rules]).status.code(), Some(1));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn commands_end_as_they_should() {
    for (words, status, says) in [
        (&["law", "kg", "--year", "2024"][..], 0, ""),
        (&["law", "kg"], 0, ""),
        (&["law", "kg", "--all", "--format", "md"], 0, ""),
        (&["law", "jurisdictions/kg"], 0, ""),
        (&["law", "jurisdictions/none"], 1, "jurisdictions/none"),
        (&["check", "--unconfirmed", "kg"], 0, ""),
        (&["check", "--unconfirmed"], 0, ""),
        (&["law", "zz"], 2, "zz"),
        (&["law"], 2, "CODE"),
        (&["law", "kg", "--year", "1999"], 1, "2020-08-01 to"),
        (&["law", "kg", "--year", "-300000"], 1, "300000"),
        (&["law", "kg", "--year", "2024", "--all"], 2, "--all"),
        (&["law", "kg", "--format", "csv"], 2, "html"),
        (&["law", "kg", "-o", "/nowhere/at/all.html"], 1, "/nowhere/at/all.html"),
        (&["law", "kg", "--rules", "/nowhere"], 1, "/nowhere"),
        (&["check", "--unconfirmed", "zz"], 2, "zz"),
        (&["jurisdictions", "--format", "html"], 2, "json"),
    ] {
        let out = fisc(words);
        assert_eq!(out.status.code(), Some(status), "{words:?}: {}", text(&out.stderr));
        assert!(text(&out.stderr).contains(says), "{words:?}: {}", text(&out.stderr));
        assert_eq!(out.stdout.is_empty(), status != 0, "{words:?}");
        assert!(!text(&out.stdout).contains('\u{1b}'), "no colour in a pipe");
    }
}

#[test]
fn the_json_and_the_page_come_from_one_card() {
    let card = json(&["law", "kg", "--year", "2024", "--format", "json"]);
    assert_eq!(card["year"]["label"], "2024");
    let out = fisc(&["law", "kg", "--year", "2024", "--format", "html"]);
    let page = text(&out.stdout);
    assert!(page.starts_with("<!DOCTYPE html>"));
    for tax in card["taxes"].as_array().unwrap() {
        assert!(page.contains(&format!("id=\"name-{}\"", tax["id"].as_str().unwrap())));
    }
    let list = json(&["check", "--unconfirmed", "kg", "--format", "json"]);
    let groups = list["jurisdictions"][0]["groups"].as_array().unwrap().clone();
    let counted: usize = groups.iter().map(|g| g["items"].as_array().unwrap().len()).sum();
    assert_eq!(list["count"], counted);
}
