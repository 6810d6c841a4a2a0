//! What was most likely meant where YAML gives up: the mistakes of someone who has not written it before.
//!
//! The parser says where it could not go on, which is often a line below the mistake. Here the text around that place is looked at
//! for a tab, a colon without its space, a bracket left open and the like. Only what gives an error anyway is looked at.

use super::{Entry, Node, Spot, Style, Value};
use crate::diagnostic::Code;

/// True for a stretch of a line that holds a formula.
pub fn holds_formula(text: &str) -> bool {
    ["formula:", "when:", "then:", "otherwise:", "applies:", "base:", "amount:"].iter().any(|key| text.contains(key))
}

/// A mistake with its place and its remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub spot: Spot,
    pub message: String,
    pub help: String,
}

/// A line of the file, with its number and how far it is indented.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    indent: usize,
    /// Without indentation, and without `- ` before an entry.
    text: &'a str,
    /// Where `text` begins, in characters.
    start: usize,
}

impl<'a> Line<'a> {
    fn new(number: usize, line: &'a str) -> Line<'a> {
        let trimmed = line.trim_start();
        let indent = line.chars().count() - trimmed.chars().count();
        let text = trimmed.strip_prefix("- ").map_or(trimmed, str::trim_start);
        Line { number, indent, text, start: line.chars().count() - text.chars().count() }
    }

    fn is_content(&self) -> bool {
        !self.text.is_empty() && !self.text.starts_with('#')
    }

    fn at(&self, offset: usize, length: usize) -> Spot {
        spot(self.number, self.start + offset, length)
    }

    /// The name before the first colon, and what stands behind it.
    fn key(&self) -> Option<(&'a str, &'a str)> {
        let (name, rest) = self.text.split_once(':')?;
        is_name(name).then_some((name, rest))
    }
}

fn spot(line: usize, column: usize, length: usize) -> Spot {
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Spot { line: small(line), column: small(column + 1), length: small(length.max(1)) }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// The mistake behind an error of the parser at a place, where one can be told.
pub fn likely(lines: &[&str], at: Spot, info: &str) -> Option<Mistake> {
    let number = usize::try_from(at.line).ok()?;
    let line = Line::new(number, lines.get(number.checked_sub(1)?)?);
    let before = lines.get(..number - 1)?.iter().enumerate().rev().map(|(i, l)| Line::new(i + 1, l)).find(Line::is_content);
    tab(lines, &line)
        .or_else(|| bracket(lines, &line, at, info))
        .or_else(|| before.as_ref().and_then(no_space))
        .or_else(|| no_space(&line))
        .or_else(|| first_sign(&line, at, info))
        .or_else(|| colon_in_text(&line, at))
        .or_else(|| before.as_ref().and_then(|before| fallen_out(lines, before)))
        .or_else(|| before.as_ref().and_then(|before| no_colon(before, &line)))
        .or_else(|| before.as_ref().and_then(|before| indentation(lines, before, &line)))
}

fn tab(lines: &[&str], line: &Line<'_>) -> Option<Mistake> {
    let text = lines.get(line.number - 1)?;
    let column = text.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t')?;
    Some(Mistake {
        spot: spot(line.number, column, 1),
        message: "this line is indented with a tab; YAML takes only spaces".into(),
        help: "put two spaces in the place of each tab; most editors can be told to do so for `.yaml` files".into(),
    })
}

fn no_space(line: &Line<'_>) -> Option<Mistake> {
    if let Some(rest) = line.text.strip_prefix('-').filter(|r| !r.is_empty() && !r.starts_with([' ', '-'])) {
        let message = "there is no space after the dash".into();
        return Some(Mistake { spot: line.at(0, 1), message, help: format!("write `- {}`", short(rest)) });
    }
    let (name, rest) = line.key()?;
    let first = rest.chars().next().filter(|c| *c != ' ' && *c != '/')?;
    let length = name.chars().count() + 1;
    let message = if first == '\u{a0}' {
        format!("the space after the colon of `{name}` is a no-break space")
    } else {
        format!("there is no space after the colon of `{name}`")
    };
    Some(Mistake { spot: line.at(0, length), message, help: format!("write `{name}: {}`", short(rest)) })
}

/// The value without a comment, and not too long to be shown.
fn short(text: &str) -> String {
    let text = text.split(" #").next().unwrap_or_default().trim();
    let cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() { format!("{cut}..") } else { cut }
}

/// `title: Rate: general`
fn colon_in_text(line: &Line<'_>, at: Spot) -> Option<Mistake> {
    let (name, rest) = line.key()?;
    let value = rest.split(" #").next()?.trim();
    let second = usize::try_from(at.column).ok()?.checked_sub(1)?;
    let inside = second > line.start + name.chars().count() && !value.starts_with(['"', '\'', '{', '[', '|', '>']);
    let holds = value.contains(": ") || value.ends_with(':');
    (inside && holds).then(|| Mistake {
        spot: at,
        message: format!("the text of `{name}` holds a colon, which YAML takes for the end of another name"),
        help: format!("put the text in double quotes: `{name}: \"{}\"`", short(value)),
    })
}

/// A line above that is no `name: value`.
fn no_colon(before: &Line<'_>, line: &Line<'_>) -> Option<Mistake> {
    let plain = !before.text.contains(':') && !before.text.starts_with(['"', '\'', '{', '[', '}', ']', '-', '|', '>']);
    (plain && line.key().is_some() && line.indent <= before.indent).then(|| Mistake {
        spot: before.at(0, before.text.chars().count()),
        message: "this line has no colon, so it says nothing of any name".into(),
        help: match before.text.split_once('=') {
            Some((name, value)) => format!("write `{}: {}`", name.trim(), short(value)),
            None => "write `name: value`".into(),
        },
    })
}

/// A line of a longer text, such as a table, that is not indented as the others.
fn fallen_out(lines: &[&str], line: &Line<'_>) -> Option<Mistake> {
    let mut above = lines.get(..line.number - 1)?.iter().enumerate().rev().map(|(i, l)| Line::new(i + 1, l));
    let above = above.find(|l| !l.text.is_empty())?;
    (line.key().is_none() && above.key().is_none() && line.indent < above.indent).then(|| Mistake {
        spot: line.at(0, line.text.chars().count()),
        message: "this line is no `name: value`, and stands too far left to belong to the text above it".into(),
        help: format!("indent it as the line above: by {}", spaces(above.indent)),
    })
}

/// A line that begins in a column of its own.
fn indentation(lines: &[&str], before: &Line<'_>, line: &Line<'_>) -> Option<Mistake> {
    let has_value = before.key().is_some_and(|(_, rest)| !rest.split('#').next().unwrap_or_default().trim().is_empty());
    let wanted = if line.indent > before.indent && has_value {
        before.indent
    } else {
        // Behind deeper lines it must fall back to where one of them began.
        let above = lines.get(..line.number - 1)?.iter().enumerate().rev().map(|(i, l)| Line::new(i + 1, l));
        let fits = |l: &Line<'_>| l.is_content() && l.indent <= line.indent;
        let nearest = above.take_while(|l| !l.is_content() || l.indent > 0).find(fits)?;
        (nearest.indent < line.indent && line.indent < before.indent).then_some(nearest.indent + 2)?
    };
    if wanted == line.indent {
        return None;
    }
    Some(Mistake {
        spot: line.at(0, line.text.split([' ', ':']).next().unwrap_or_default().chars().count()),
        message: format!("this line is indented by {}, the one above by {}", spaces(line.indent), spaces(before.indent)),
        help: format!("what belongs together begins in one column: indent it by {}", spaces(wanted)),
    })
}

fn spaces(count: usize) -> String {
    if count == 1 { "1 space".to_owned() } else { format!("{count} spaces") }
}

fn first_sign(line: &Line<'_>, at: Spot, info: &str) -> Option<Mistake> {
    let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
    let sign = line.text.chars().nth(column.checked_sub(line.start)?).filter(|c| "%@`&*!".contains(*c))?;
    info.contains("character").then(|| Mistake {
        spot: at,
        message: format!("a text cannot begin with `{sign}`"),
        help: "put it in double quotes".into(),
    })
}

// ---- brackets and quotes ----

/// Where a bracket or quote was opened.
#[derive(Clone, Copy)]
struct Opened {
    sign: char,
    line: usize,
    column: usize,
}

/// A quote or bracket that is not closed, or closed by another, or a comma that is missing between them.
fn bracket(lines: &[&str], line: &Line<'_>, at: Spot, info: &str) -> Option<Mistake> {
    let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
    let mut open: Vec<Opened> = Vec::new();
    for (index, text) in lines.iter().enumerate().take(line.number) {
        let number = index + 1;
        let mut quote: Option<Opened> = None;
        let mut last = ':';
        let mut escaped = false;
        for (place, sign) in text.chars().enumerate() {
            if let Some(opened) = quote {
                if sign == opened.sign && !escaped {
                    quote = None;
                }
                escaped = opened.sign == '"' && sign == '\\' && !escaped;
                continue;
            }
            if sign == '#' && (place == 0 || text.chars().nth(place - 1).is_some_and(char::is_whitespace)) {
                break;
            }
            if number == line.number && place >= column && !open.is_empty() && !matches!(sign, '"' | '\'') {
                break;
            }
            // A sign inside a word opens nothing.
            let begins = ":-,{[".contains(last) || !open.is_empty();
            match sign {
                '"' | '\'' if ":-,{[".contains(last) => quote = Some(Opened { sign, line: number, column: place }),
                '{' | '[' if begins => open.push(Opened { sign, line: number, column: place }),
                '}' | ']' => {
                    if let Some(opened) = open.pop()
                        && closer(opened.sign) != sign
                    {
                        return Some(crossed(opened, number, place, sign));
                    }
                }
                _ => {}
            }
            if !sign.is_whitespace() {
                last = sign;
            }
        }
        if let Some(opened) = quote
            && (number == line.number || info.contains("quoted"))
        {
            return Some(Mistake {
                spot: spot(opened.line, opened.column, 1),
                message: "the quote that begins here is not closed on its line".into(),
                help: format!("put {} at the end of the text", if opened.sign == '"' { "`\"`" } else { "`'`" }),
            });
        }
    }
    let opened = open.last()?;
    let indent = lines.get(opened.line - 1).map_or(0, |l| Line::new(opened.line, l).indent);
    if opened.line < line.number && line.indent <= indent {
        return Some(Mistake {
            spot: spot(opened.line, opened.column, 1),
            message: format!("`{}` is not closed", opened.sign),
            help: format!("put `{}` where it ends", closer(opened.sign)),
        });
    }
    info.contains("did not find expected ','").then(|| missing_comma(lines, line.number, column)).flatten()
}

fn closer(sign: char) -> char {
    if sign == '{' { '}' } else { ']' }
}

fn crossed(opened: Opened, line: usize, column: usize, sign: char) -> Mistake {
    Mistake {
        spot: spot(line, column, 1),
        message: format!("`{sign}` stands here, but `{}` of column {} is still open", opened.sign, opened.column + 1),
        help: format!("put `{}` before it", closer(opened.sign)),
    }
}

/// `{ from: 2024-01-01 value: 10% }`
fn missing_comma(lines: &[&str], number: usize, column: usize) -> Option<Mistake> {
    let text: Vec<char> = lines.get(number - 1)?.chars().collect();
    let end = text.get(column).filter(|c| **c == ':').map(|_| column)?;
    let begin = text.iter().take(end).rposition(|c| !is_name(&c.to_string())).map_or(0, |i| i + 1);
    let name: String = text.get(begin..end)?.iter().collect();
    // In a formula it is more likely the formula that YAML cannot read.
    let entry = text.iter().take(begin).rposition(|c| ",{".contains(*c)).map_or(0, |i| i + 1);
    if holds_formula(&text.get(entry..begin)?.iter().collect::<String>()) {
        return None;
    }
    (!name.is_empty()).then(|| Mistake {
        spot: spot(number, begin, end - begin),
        message: format!("a comma is missing before `{name}`"),
        help: "inside braces a comma stands between two entries: `{ a: 1, b: 2 }`".into(),
    })
}

// ---- inside braces, where YAML itself sees no error ----

/// A name without a value inside braces: its colon has no space, or a number was written with a comma.
pub fn in_braces(before: Option<&Entry>, key: &str, key_spot: Spot, value: &Node) -> Option<(Code, Mistake)> {
    if !value.is_empty() {
        return None;
    }
    if let Some((name, rest)) = key.split_once(':').filter(|(name, rest)| is_name(name) && !rest.is_empty()) {
        let message = format!("there is no space after the colon of `{name}`");
        return Some((Code::R0101, Mistake { spot: key_spot, message, help: format!("write `{name}: {}`", short(rest)) }));
    }
    let Value::Scalar(scalar) = &before?.value.value else { return None };
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || ".'_".contains(c));
    let number = key.split(['%', ' ']).next().unwrap_or_default();
    let is_number = scalar.style == Style::Plain && digits(scalar.text.trim_start_matches('-')) && digits(number);
    is_number.then(|| {
        let whole = format!("{},{key}", scalar.text);
        let message = format!("a comma stands in the number `{whole}`");
        (Code::R0203, Mistake { spot: key_spot, message, help: decimal_help(&whole) })
    })
}

/// How a number with commas is written here.
pub fn decimal_help(text: &str) -> String {
    let rule = "write decimals with a point, and nothing between thousands";
    let plain = |text: &str| text.replace([',', '.', '\'', '_', ' '], "");
    let Some((whole, fraction)) = text.rsplit_once(',') else {
        return match text.split_once(' ') {
            Some((number, _)) if number.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
                format!("write the number alone: `{number}`")
            }
            _ => format!("{rule}: `1234.50`"),
        };
    };
    let sign: String = fraction.chars().skip_while(|c| c.is_ascii_digit()).collect();
    let fraction: String = fraction.chars().take_while(char::is_ascii_digit).collect();
    // `1,000` may be meant either way.
    if fraction.len() == 3 && sign.trim().is_empty() && !whole.contains('.') {
        return format!("{rule}: `{}{fraction}`, or `{}.{fraction}` if that is meant", plain(whole), plain(whole));
    }
    format!("{rule}: `{}.{fraction}{sign}`", plain(whole))
}

/// How a date that is no year-month-day is written here.
pub fn date_help(text: &str) -> String {
    let rule = "write it as year-month-day";
    let parts: Vec<&str> = text.split(['.', '-', '/']).filter(|p| !p.is_empty()).collect();
    let numbers: Option<Vec<u32>> = parts.iter().map(|p| p.parse().ok()).collect();
    let day = |y: u32, m: u32, d: u32| chrono::NaiveDate::from_ymd_opt(i32::try_from(y).ok()?, m, d);
    match numbers.as_deref() {
        Some([d, m, y]) if text.contains('.') && *y > 999 => day(*y, *m, *d).map(|found| format!("{rule}: {found}")),
        Some([y, m, d]) if *y > 999 => Some(match day(*y, *m, *d) {
            Some(found) => format!("{rule}, two digits for month and day: {found}"),
            None => format!("there is no such day; {rule}: 2024-07-01"),
        }),
        Some([y]) if *y > 999 && *y < 9999 => Some(format!("{rule}; its first day is {y}-01-01")),
        _ => None,
    }
    .unwrap_or_else(|| format!("{rule}: 2024-07-01"))
}
