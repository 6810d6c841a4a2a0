//! Text with looks, broken into lines of a width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Link, Look, Text};

/// A stretch of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bit {
    pub text: String,
    pub look: Look,
    pub url: Option<String>,
}

pub type Line = Vec<Bit>;

/// Columns that a text takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

pub fn line_columns(line: &[Bit]) -> usize {
    line.iter().map(|b| columns(&b.text)).sum()
}

/// A word: bits without white space between them.
type Word = Vec<Bit>;

fn words(text: &Text) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut open = false;
    for piece in &text.0 {
        let url = match &piece.link {
            Some(Link::Url(url)) => Some(url.clone()),
            _ => None,
        };
        let mut rest = piece.text.as_str();
        while !rest.is_empty() {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if !word.is_empty() {
                // Control characters of a file must not reach a terminal.
                let shown = word.chars().filter(|c| !c.is_control()).collect();
                let bit = Bit { text: shown, look: piece.look, url: url.clone() };
                match found.last_mut() {
                    Some(last) if open => last.push(bit),
                    _ => found.push(vec![bit]),
                }
                open = true;
            }
            let trimmed = after.trim_start();
            if trimmed.len() < after.len() {
                open = false;
            }
            rest = trimmed;
        }
    }
    found
}

/// The longest word of a text.
pub fn longest_word(text: &Text) -> usize {
    words(text).iter().map(|w| line_columns(w)).max().unwrap_or(0)
}

/// Breaks a text into lines of at most `width` columns; a longer word is broken too, behind a mark if it has one.
pub fn wrap(text: &Text, width: usize) -> Vec<Line> {
    let width = width.max(8);
    let mut lines: Vec<Line> = Vec::new();
    let mut line: Line = Vec::new();
    for mut word in words(text) {
        let mut used = line_columns(&line);
        if used > 0 {
            if used + 1 + line_columns(&word) <= width {
                let look = joint(&line, &word);
                push(&mut line, Bit { text: " ".into(), look, url: None });
                word.into_iter().for_each(|bit| push(&mut line, bit));
                continue;
            }
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while used + line_columns(&word) > width {
            let (head, tail) = split(word, width);
            lines.push(head);
            word = tail;
        }
        word.into_iter().for_each(|bit| push(&mut line, bit));
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A blank between two bits of one look has that look.
fn joint(line: &Line, word: &Word) -> Look {
    match (line.last(), word.first()) {
        (Some(a), Some(b)) if a.look == b.look => a.look,
        _ => Look::Plain,
    }
}

fn push(line: &mut Line, bit: Bit) {
    match line.last_mut() {
        Some(last) if last.look == bit.look && last.url == bit.url => last.text.push_str(&bit.text),
        _ => line.push(bit),
    }
}

/// The part of a word that fits, and the rest.
fn split(word: Word, width: usize) -> (Line, Word) {
    let chars: Vec<(usize, char)> = word.iter().enumerate().flat_map(|(i, b)| b.text.chars().map(move |c| (i, c))).collect();
    let mut fits = 0;
    let mut used = 0;
    for (_, c) in &chars {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        fits += 1;
    }
    let mark = |c: char| "/-_?&=.,".contains(c);
    let nice = chars.iter().take(fits).rposition(|(_, c)| mark(*c)).map(|p| p + 1).filter(|p| *p > width / 2);
    let cut = nice.unwrap_or(fits).max(1);
    let (mut head, mut tail): (Line, Word) = (Vec::new(), Vec::new());
    for (index, (bit, c)) in chars.into_iter().enumerate() {
        let Some(from) = word.get(bit) else { continue };
        let to = if index < cut { &mut head } else { &mut tail };
        push(to, Bit { text: c.to_string(), look: from.look, url: from.url.clone() });
    }
    (head, tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: Text, width: usize) -> Vec<String> {
        wrap(&text, width).iter().map(|l| l.iter().map(|b| b.text.as_str()).collect()).collect()
    }

    #[test]
    fn words_of_several_looks_stay_together() {
        let text = Text::new().plain("one (").code("two").plain(") three  \n four");
        assert_eq!(shown(text, 11), ["one (two)", "three four"]);
    }

    #[test]
    fn what_is_too_long_is_broken_behind_a_mark() {
        let text = Text::new().plain("see").url("https://example.org/a_long_name/of-a-page");
        assert_eq!(shown(text, 20), ["seehttps://example.", "org/a_long_name/of-", "a-page"]);
        assert_eq!(shown(Text::from("\u{6cd5}".repeat(9)), 8), ["\u{6cd5}".repeat(4), "\u{6cd5}".repeat(4), "\u{6cd5}".into()]);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(shown(Text::from("a\u{1b}[31mb"), 20), ["a[31mb"]);
    }
}
