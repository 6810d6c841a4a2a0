//! Worked examples: a small ledger, and the figures that must come out.

mod answer;
mod tables;

use chrono::{Datelike, NaiveDate};

use crate::assess::Assessment;
use crate::assess::eval::round;
use crate::diagnostic::{Code, Diagnostic, Place, Source, suggestion};
use crate::engine::{Inputs, Options, assess, comply, usage_errors};
use crate::facts::FactsInput;
use crate::formula::tree::Toward;
use crate::number::Decimal;
use crate::rules::RuleBook;
use crate::yaml::{Node, Reader, Value, parse};

use answer::Answer;

/// One expectation of an example, held against what came out.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// `EXAMPLE: figure`
    pub id: String,
    pub ok: bool,
    pub expected: String,
    pub got: String,
    pub file: String,
    /// What was wrong with the example, if it could not be run.
    pub diagnostics: Vec<Diagnostic>,
}

struct Example {
    id: String,
    year: i32,
    /// The day on which duties are asked, in place of a tax year.
    on: Option<NaiveDate>,
    ledger: Source,
    rates: Vec<Source>,
    prices: Vec<Source>,
    facts: FactsInput,
    options: Options,
    expect: Vec<Expect>,
    /// Where its tables stand in the file.
    origins: Vec<tables::Origin>,
}

struct Expect {
    /// The name of a figure, or that of a rule whose finding is expected.
    figure: String,
    finding: bool,
    at: At,
    value: Answer,
    rounded: Option<(Decimal, Toward)>,
    place: Place,
}

#[derive(Default)]
struct At {
    period: Option<String>,
    row: Option<String>,
    holding: Option<String>,
    on: Option<NaiveDate>,
    account: Option<String>,
    lot: Option<String>,
    /// Whom a finding is about.
    subject: Option<String>,
}

/// How many examples a file has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub examples: usize,
    /// Those whose source is said to be confirmed.
    pub confirmed: usize,
    /// Figures they expect.
    pub figures: usize,
}

impl Counts {
    pub fn and(self, other: Counts) -> Counts {
        Counts {
            examples: self.examples + other.examples,
            confirmed: self.confirmed + other.confirmed,
            figures: self.figures + other.figures,
        }
    }
}

/// Counts the examples of one file, without running them.
pub fn count(file: &Source) -> Counts {
    let Ok(root) = parse(file) else { return Counts::default() };
    let nodes = if let Value::List(items) = &root.value { items.as_slice() } else { std::slice::from_ref(&root) };
    let mut found = Counts { examples: nodes.len(), ..Counts::default() };
    for node in nodes {
        if let Some(Value::List(expected)) = key(node, "expect").map(|n| &n.value) {
            found.figures += expected.len();
        }
        let confirmed = key(node, "source").and_then(|n| key(n, "confirmed")).and_then(Node::text);
        found.confirmed += usize::from(matches!(confirmed, Some("yes" | "true")));
    }
    found
}

fn key<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
        _ => None,
    }
}

/// Runs the examples of one file.
pub fn run(book: &RuleBook, file: &Source) -> Vec<CaseResult> {
    let broken = |diagnostics: Vec<Diagnostic>| {
        vec![CaseResult {
            id: file.name.to_string(),
            ok: false,
            expected: "an example that can be run".into(),
            got: "errors".into(),
            file: file.name.to_string(),
            diagnostics,
        }]
    };
    let root = match parse(file) {
        Ok(root) => root,
        Err(problems) => return broken(problems),
    };
    let nodes: Vec<&Node> = match &root.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![&root],
    };
    let mut results = Vec::new();
    for node in nodes {
        let mut reader = Reader::new(&file.name);
        let example = read(&mut reader, node, file);
        match example {
            Some(example) if reader.problems.is_empty() => {
                let mut cases = check(book, &example, file);
                cases.iter_mut().for_each(|case| tables::place(&mut case.diagnostics, &example.origins, file));
                results.extend(cases);
            }
            _ => results.extend(broken(reader.problems)),
        }
    }
    results
}

fn read(reader: &mut Reader, node: &Node, file: &Source) -> Option<Example> {
    let mut fields = reader.fields(node, "an example")?;
    let id = fields.require(reader, "id").and_then(|n| reader.string(n))?;
    for key in ["title", "note"] {
        fields.take(key).and_then(|n| reader.string(n));
    }
    if let Some(node) = fields.take("source")
        && let Some(mut inner) = reader.fields(node, "the source of an example")
    {
        for key in ["title", "url", "at", "note"] {
            inner.take(key).and_then(|n| reader.string(n));
        }
        inner.take("confirmed").and_then(|n| reader.one_of(n, &[("true", true), ("false", false), ("yes", true), ("no", false)]));
        inner.done(reader);
    }
    let on = fields.take("on").and_then(|n| reader.date(n));
    let year_node = if on.is_some() { fields.take("year") } else { fields.require(reader, "year") };
    let year = year_node.and_then(|n| {
        let text = reader.text(n)?;
        let year = text.split('-').next().and_then(|t| t.parse().ok());
        if year.is_none() {
            reader.problem(
                Code::R0501,
                n.spot,
                format!("`{text}` is not a year"),
                Some("write the year in which the tax year begins: 2024".into()),
            );
        }
        year
    });
    let facts = fields.take("facts").filter(|n| !n.is_empty());
    if let Some(node) = facts {
        reader.entries(node);
    }
    let facts = facts.map(|n| FactsInput::tree(&file.name, n.clone())).unwrap_or_default();
    let mut options = Options {
        readings: pairs(reader, fields.take("readings")),
        choices: pairs(reader, fields.take("choices")),
        ..Options::default()
    };
    let mut origins = Vec::new();
    let mut table = |reader: &mut Reader, key: &'static str| {
        fields.take(key).filter(|n| !n.is_empty()).and_then(|n| tables::read(reader, n, key, file, &mut origins))
    };
    let ledger = table(reader, "ledger").unwrap_or_else(|| Source::new("ledger", "timestamp,kind,sent_amount,sent_asset\n"));
    let (rates, prices) = (table(reader, "rates"), table(reader, "prices"));
    let mut expect = Vec::new();
    if let Some(list) = fields.require(reader, "expect") {
        expect.extend(reader.list(list).iter().filter_map(|n| expectation(reader, n)));
        if expect.is_empty() && reader.problems.is_empty() {
            reader.problem(
                Code::R0501,
                list.spot,
                "the example expects nothing",
                Some("add `- { figure: .., value: .. }`".into()),
            );
        }
    }
    fields.done(reader);
    options.year = year.or(on.map(|day| day.year()))?;
    Some(Example {
        id,
        year: options.year,
        on,
        ledger,
        rates: rates.into_iter().collect(),
        prices: prices.into_iter().collect(),
        facts,
        options,
        expect,
        origins,
    })
}

fn pairs(reader: &mut Reader, node: Option<&Node>) -> Vec<(String, String)> {
    let Some(node) = node else { return Vec::new() };
    let entries = reader.entries(node).to_vec();
    let mut option = |e: &crate::yaml::Entry| {
        let Value::Map(years) = &e.value.value else { return reader.string(&e.value).map(|word| (e.key.clone(), word)) };
        // By year, as the command line has it.
        let each: Vec<String> = years.iter().map(|y| format!("{}: {}", y.key, y.value.text().unwrap_or_default())).collect();
        Some((e.key.clone(), format!("{{{}}}", each.join(", "))))
    };
    entries.iter().filter_map(&mut option).collect()
}

fn expectation(reader: &mut Reader, node: &Node) -> Option<Expect> {
    let mut fields = reader.fields(node, "an expectation")?;
    let finding = fields.take("finding").and_then(|n| reader.string(n));
    let figure = match &finding {
        Some(rule) => Some(rule.clone()),
        None => fields.require(reader, "figure").and_then(|n| reader.string(n)),
    };
    let mut at = At::default();
    if let Some(node) = fields.take("at").filter(|n| !n.is_empty())
        && let Some(mut inner) = reader.fields(node, "`at`")
    {
        let mut text = |key| inner.take(key).and_then(|n| reader.string(n));
        (at.period, at.row, at.holding, at.account, at.lot) =
            (text("period"), text("row"), text("holding"), text("account"), text("lot"));
        at.subject = text("subject");
        at.on = inner.take("on").and_then(|n| reader.date(n));
        inner.done(reader);
    }
    let value = match &finding {
        Some(_) => fields.require(reader, "outcome").and_then(|n| reader.one_of(n, answer::OUTCOMES)).map(Answer::Outcome),
        None => fields.require(reader, "value").and_then(|n| answer_of(reader, n)),
    };
    let rounded = fields.take("rounded_to").filter(|n| !n.is_empty()).and_then(|n| {
        let mut inner = reader.fields(n, "`rounded_to`")?;
        let to = inner.require(reader, "to").and_then(|n| reader.decimal(n)).filter(|to| *to > Decimal::ZERO);
        let toward = inner.require(reader, "toward").and_then(|n| reader.one_of(n, Toward::WORDS));
        inner.done(reader);
        Some((to?, toward?))
    });
    fields.take("note").and_then(|n| reader.string(n));
    let place = reader.place(fields.spot);
    fields.done(reader);
    Some(Expect { figure: figure?, finding: finding.is_some(), at, value: value?, rounded, place })
}

/// `refused`, `none`, a date, a word or an amount.
fn answer_of(reader: &mut Reader, node: &Node) -> Option<Answer> {
    match node.text() {
        Some("refused") => Some(Answer::Refused),
        Some("none") => Some(Answer::Nothing),
        Some(text) if text.len() == 10 && text.matches('-').count() == 2 => reader.date(node).map(Answer::Date),
        Some(text) if is_word(text) => Some(Answer::Word(text.to_owned())),
        _ => reader.decimal(node).map(Answer::Number),
    }
}

fn is_word(text: &str) -> bool {
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(rest)
}

fn check(book: &RuleBook, example: &Example, file: &Source) -> Vec<CaseResult> {
    let inputs = Inputs::read(std::slice::from_ref(&example.ledger), &example.prices, &example.rates, example.facts.clone());
    let mut usage = usage_errors(book, &inputs, &example.options);
    usage.extend(inputs.problems.iter().filter(|p| p.is_error()).cloned());
    if !usage.is_empty() {
        let expected = "an example that can be run".to_owned();
        return vec![CaseResult {
            id: example.id.clone(),
            ok: false,
            expected,
            got: "errors".into(),
            file: file.name.to_string(),
            diagnostics: usage,
        }];
    }
    if let Some(day) = example.on {
        let found = comply(book, &inputs, &example.options, day);
        let of_day = |expect: &Expect| (answer::of_day(expect, &found), found.errors.as_slice());
        return example.expect.iter().map(|expect| on_day(example, expect, &inputs, file, of_day(expect))).collect();
    }
    let assessment = assess(book, &inputs, &example.options);
    example.expect.iter().map(|expect| held(book, example, expect, &assessment, &inputs, file)).collect()
}

/// An expectation about a day.
fn on_day(
    example: &Example,
    expect: &Expect,
    inputs: &Inputs,
    file: &Source,
    (found, errors): (Option<Answer>, &[Diagnostic]),
) -> CaseResult {
    let id = format!("{}: {}", example.id, expect.figure);
    let mut result = CaseResult {
        id,
        ok: found.as_ref() == Some(&expect.value),
        expected: expect.value.to_string(),
        got: found.as_ref().map_or("no such figure".to_owned(), Answer::to_string),
        file: file.name.to_string(),
        diagnostics: Vec::new(),
    };
    if found.is_none() {
        let (_, help) = unknown(expect, inputs);
        let message = format!("the day has no figure `{}`", expect.figure);
        result.diagnostics = vec![Diagnostic::new(Code::R0501, message).at(expect.place.clone()).help(help)];
    } else if !result.ok {
        result.diagnostics = errors.to_vec();
    }
    result
}

/// Why there is no such figure, and what to name instead.
fn unknown(expect: &Expect, inputs: &Inputs) -> (String, String) {
    let ids: Vec<&str> = inputs.ledger.rows.iter().map(|row| &*row.id).collect();
    match expect.at.row.as_deref().filter(|row| !ids.contains(row)) {
        Some(row) => {
            let help =
                suggestion(row, ids.iter().copied()).unwrap_or_else(|| "name a row by what stands in its column `id`".into());
            (format!("the example has no row `{row}`"), help)
        }
        None => {
            let help = "name a tax, a quantity, a field of a row, or a holding";
            (format!("the assessment has no figure `{}` there", expect.figure), help.to_owned())
        }
    }
}

fn held(
    book: &RuleBook,
    example: &Example,
    expect: &Expect,
    assessment: &Assessment,
    inputs: &Inputs,
    file: &Source,
) -> CaseResult {
    let at = [&expect.at.period, &expect.at.row, &expect.at.holding].into_iter().flatten().next();
    let id = format!("{}: {}{}", example.id, expect.figure, at.map(|a| format!("@{a}")).unwrap_or_default());
    let expected = expect.value.to_string();
    let mut result =
        CaseResult { id, ok: false, expected, got: String::new(), file: file.name.to_string(), diagnostics: Vec::new() };
    let found = if expect.finding {
        Some(answer::finding(expect, &assessment.findings))
    } else if expect.at.holding.is_some() {
        answer::holding(book, example, expect, assessment, inputs)
    } else {
        answer::figure(book, expect, assessment).or_else(|| answer::explained(book, example, expect, inputs))
    };
    let Some(found) = found else {
        result.got = "no such figure".into();
        let (message, help) = unknown(expect, inputs);
        result.diagnostics = vec![Diagnostic::new(Code::R0501, message).at(expect.place.clone()).help(help)];
        return result;
    };
    let rounded = match (&found, expect.rounded) {
        (Answer::Number(value), Some((to, toward))) => Answer::Number(round(*value, to, toward).unwrap_or(*value)),
        _ => found.clone(),
    };
    result.ok = rounded == expect.value;
    result.got = found.to_string();
    if found == Answer::Refused && !result.ok {
        result.diagnostics.clone_from(&assessment.errors);
    }
    result
}
