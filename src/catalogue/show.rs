//! An entry of the catalogue as text, Markdown and JSON.

use std::fmt::Write;

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic, Severity, Source, render};

use super::Entry;

/// Lines of a longer example shown before and after the place of the message.
const AROUND: u32 = 2;
/// An example of so many lines is shown whole.
const WHOLE: usize = 12;
const WIDTH: usize = 88;

const FAMILIES: &[(char, &str)] = &[
    ('R', "Rule files"),
    ('L', "The ledger"),
    ('F', "Facts, readings, choices, options"),
    ('P', "Prices and rates"),
    ('A', "Assessing"),
    ('I', "Importing"),
];

fn severity(code: Code) -> &'static str {
    if code.severity() == Severity::Error { "error" } else { "warning" }
}

/// Every code with its title, by family.
pub fn list() -> String {
    let mut text = String::new();
    for (letter, title) in FAMILIES {
        let _ = writeln!(text, "{title}");
        for code in Code::ALL.iter().filter(|c| c.id().starts_with(*letter)) {
            let mark = if code.severity() == Severity::Warning { " (warning)" } else { "" };
            let _ = writeln!(text, "  {}  {}{mark}", code.id(), code.title());
        }
        text.push('\n');
    }
    text + "`fisc explain-error CODE` has the meaning, an example and the remedy of each.\n"
}

/// What an entry shows of its example.
struct Example {
    /// The lines a reader needs to see, numbered, with the name of the file.
    excerpt: Option<(String, String)>,
    message: Option<Diagnostic>,
    rendered: String,
}

impl Example {
    fn of(entry: &Entry) -> Example {
        let said = entry.said();
        let message = said.all.into_iter().find(|d| d.code == entry.code);
        let rendered = message.as_ref().map(|d| render(d, &said.sources, false)).unwrap_or_default();
        let excerpt = entry.run.files(entry.code).first().map(|f| (f.name.to_string(), excerpt(f, entry.at)));
        Example { excerpt, message, rendered }
    }
}

fn excerpt(file: &Source, at: Option<(u32, u32)>) -> String {
    let lines: Vec<&str> = file.text.lines().collect();
    let line = at.map_or(1, |(line, _)| line);
    let shown = |number: u32| lines.len() <= WHOLE || (number + AROUND >= line && number <= line + AROUND);
    let mut text = String::new();
    for (number, line) in (1u32..).zip(&lines).filter(|(number, _)| shown(*number)) {
        let mut line: String = line.chars().take(160).collect();
        line.truncate(line.trim_end().len());
        let _ = writeln!(text, "{}", format!("{number:>4} | {line}").trim_end());
    }
    text
}

/// An entry for a terminal.
pub fn text(entry: &Entry) -> String {
    let (code, example) = (entry.code, Example::of(entry));
    let mut text = format!("{} ({}): {}\n\n{}\n", code.id(), severity(code), code.title(), wrapped(&entry.meaning));
    let _ = writeln!(text, "What to do\n\n{}", wrapped(&entry.remedy));
    let _ = writeln!(text, "Example: {}\n", entry.run.command(code));
    if let Some((_, lines)) = &example.excerpt {
        let _ = writeln!(text, "{lines}");
    }
    text + &example.rendered + "\n"
}

/// Paragraphs broken into lines of a readable width, each followed by an empty line.
fn wrapped(text: &str) -> String {
    let mut found = String::new();
    for paragraph in text.lines().filter(|l| !l.trim().is_empty()) {
        let mut width = 0;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if width > 0 && width + 1 + length > WIDTH {
                found.push('\n');
                width = 0;
            } else if width > 0 {
                found.push(' ');
                width += 1;
            }
            found.push_str(word);
            width += length;
        }
        found.push_str("\n\n");
    }
    found.truncate(found.trim_end_matches('\n').len() + 1);
    found
}

/// An entry as a section of a Markdown file.
pub fn markdown(entry: &Entry) -> String {
    let (code, example) = (entry.code, Example::of(entry));
    let mut text = format!("### {}: {}\n\n", code.id(), code.title());
    if code.severity() == Severity::Warning {
        text += "A warning.\n\n";
    }
    let _ = writeln!(text, "{}\n\n**What to do.** {}\n", wrapped(&entry.meaning).trim_end(), wrapped(&entry.remedy).trim_end());
    let _ = writeln!(text, "Example: `{}`\n", entry.run.command(code));
    if let Some((_, lines)) = &example.excerpt {
        let _ = writeln!(text, "```text\n{}```\n", lines);
    }
    let _ = writeln!(text, "```text\n{}\n```\n", example.rendered);
    text
}

/// The whole catalogue as a Markdown file.
pub fn markdown_all(entries: &[Entry]) -> String {
    let mut text = String::from(
        "# Messages\n\nEvery message of fisc has a code that keeps its meaning. This is their catalogue: meaning, remedy, an example and what fisc\n\
         says of it. It is written by `fisc explain-error --format md`; `fisc explain-error CODE` shows one.\n\n\
         The law of the examples is an invented country, `xx`.\n\n",
    );
    for (letter, title) in FAMILIES {
        let _ = writeln!(text, "## {title}\n");
        for entry in entries.iter().filter(|e| e.code.id().starts_with(*letter)) {
            text += &markdown(entry);
        }
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// An entry as data.
#[derive(Serialize)]
pub struct Json {
    code: &'static str,
    severity: &'static str,
    title: &'static str,
    meaning: String,
    remedy: String,
    example: JsonExample,
}

#[derive(Serialize)]
struct JsonExample {
    command: String,
    file: Option<String>,
    lines: Option<String>,
    message: Option<Diagnostic>,
}

/// An entry as data; the message has the fields it has in the JSON of every command.
pub fn json(entry: &Entry) -> Json {
    let (code, example) = (entry.code, Example::of(entry));
    let (file, lines) = example.excerpt.unzip();
    let command = entry.run.command(code);
    Json {
        code: code.id(),
        severity: severity(code),
        title: code.title(),
        meaning: entry.meaning.clone(),
        remedy: entry.remedy.clone(),
        example: JsonExample { command, file, lines, message: example.message },
    }
}
