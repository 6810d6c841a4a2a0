//! Where everything stands in a YAML text, so that a test can plant a flaw anywhere in it.
#![allow(dead_code)]

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Quoted,
    Block,
    Map,
    List,
}

/// A key with its value, or an item of a list (which has no key).
#[derive(Debug, Clone)]
pub struct Spot {
    /// Keys and numbers of items from the root on.
    pub path: Vec<String>,
    /// Bytes of the key.
    pub key: Option<Range<usize>>,
    /// Bytes of the value.
    pub value: Range<usize>,
    pub text: String,
    pub style: Style,
    /// Inside `{..}` or `[..]`.
    pub in_flow: bool,
    /// Where the next entry of the same map or list begins, and where the one before ends.
    next: Option<usize>,
    before: Option<usize>,
}

impl Spot {
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// `parameters.mining_rate.unit`
    pub fn dotted(&self) -> String {
        self.path.join(".")
    }

    pub fn is_scalar(&self) -> bool {
        matches!(self.style, Style::Plain | Style::Quoted | Style::Block)
    }

    pub fn begin(&self) -> usize {
        self.key.as_ref().map_or(self.value.start, |k| k.start)
    }

    /// The text without this entry.
    pub fn deleted(&self, text: &str) -> String {
        let begin = self.begin();
        let range = match (self.next, self.before) {
            (Some(next), _) => begin..next,
            (None, Some(before)) if self.in_flow => before..self.value.end,
            // The last of a block: its lines go, and the dash of an item with them.
            (None, Some(_)) => text[..begin].rfind('\n').map_or(0, |n| n + 1)..self.value.end,
            (None, None) => begin..self.value.end,
        };
        format!("{}{}", &text[..range.start], &text[range.end..])
    }

    pub fn with_key(&self, text: &str, key: &str) -> String {
        replaced(text, self.key.as_ref().expect("an entry of a map"), key)
    }

    pub fn with_value(&self, text: &str, value: &str) -> String {
        replaced(text, &self.value, value)
    }
}

pub fn replaced(text: &str, range: &Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..range.start], &text[range.end..])
}

/// Line and column, from 1, of a byte.
pub fn place(text: &str, byte: usize) -> (u32, u32) {
    let before = &text[..byte];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
}

/// Every entry and item of a text, in its order.
pub fn spots(text: &str) -> Vec<Spot> {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let byte = |index: usize| bytes.get(index).copied().unwrap_or(text.len());
    let events: Vec<(Event<'_>, Range<usize>)> = Parser::new_from_str(text)
        .map(|found| found.expect("the text is sound YAML"))
        .map(|(event, span)| (event, byte(span.start.index())..byte(span.end.index())))
        .filter(|(event, _)| {
            !matches!(
                event,
                Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing
            )
        })
        .collect();
    let mut walk = Walk { text, events, at: 0, found: Vec::new() };
    walk.node(&mut Vec::new(), false);
    walk.found
}

struct Walk<'a> {
    text: &'a str,
    events: Vec<(Event<'a>, Range<usize>)>,
    at: usize,
    found: Vec<Spot>,
}

impl Walk<'_> {
    fn next(&mut self) -> (Event<'static>, Range<usize>) {
        let (event, span) = self.events[self.at].clone();
        self.at += 1;
        let event = match event {
            Event::Scalar(text, style, _, _) => Event::Scalar(text.into_owned().into(), style, 0, None),
            Event::SequenceStart(..) => Event::SequenceStart(0, None),
            Event::MappingStart(..) => Event::MappingStart(0, None),
            Event::SequenceEnd => Event::SequenceEnd,
            Event::MappingEnd => Event::MappingEnd,
            other => panic!("not in a rule file: {other:?}"),
        };
        (event, span)
    }

    fn ends(&self) -> bool {
        matches!(self.events[self.at].0, Event::SequenceEnd | Event::MappingEnd)
    }

    /// Walks over a value; its bytes, text and style.
    fn node(&mut self, path: &mut Vec<String>, in_flow: bool) -> (Range<usize>, String, Style) {
        let (event, span) = self.next();
        let opening = self.text[span.start..].chars().next();
        match event {
            Event::Scalar(text, style, ..) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    _ => Style::Block,
                };
                let end = span.start + self.text[span.clone()].trim_end().len();
                (span.start..end, text.into_owned(), style)
            }
            Event::MappingStart(..) => {
                let flow = in_flow || opening == Some('{');
                let end = self.children(path, flow, true);
                (span.start..self.closed(flow, end), String::new(), Style::Map)
            }
            _ => {
                let flow = in_flow || opening == Some('[');
                let end = self.children(path, flow, false);
                (span.start..self.closed(flow, end), String::new(), Style::List)
            }
        }
    }

    /// Takes the event that ends a collection: in flow it stands at the bracket.
    fn closed(&mut self, flow: bool, end: usize) -> usize {
        let (_, span) = self.next();
        if flow { span.end } else { end }
    }

    fn children(&mut self, path: &mut Vec<String>, in_flow: bool, map: bool) -> usize {
        let mut own: Vec<usize> = Vec::new();
        let mut end = 0;
        while !self.ends() {
            let (key, name) = if map {
                let (event, span) = self.next();
                let Event::Scalar(text, ..) = event else { panic!("a key is a scalar: {:?}", &self.text[span]) };
                (Some(span), text.into_owned())
            } else {
                (None, own.len().to_string())
            };
            path.push(name);
            let slot = self.found.len();
            let blank = Spot {
                path: path.clone(),
                key,
                value: 0..0,
                text: String::new(),
                style: Style::Plain,
                in_flow,
                next: None,
                before: None,
            };
            self.found.push(blank);
            let (value, text, style) = self.node(path, in_flow);
            path.pop();
            end = value.end.max(self.found[slot].key.as_ref().map_or(0, |k| k.end));
            // Of a map or list, as it is written.
            let text = if matches!(style, Style::Map | Style::List) { self.text[value.clone()].to_owned() } else { text };
            let spot = &mut self.found[slot];
            (spot.value, spot.text, spot.style) = (value, text, style);
            own.push(slot);
        }
        for pair in own.windows(2) {
            self.found[pair[0]].next = Some(self.found[pair[1]].begin());
            self.found[pair[1]].before = Some(self.found[pair[0]].value.end);
        }
        end
    }
}

/// A word with one letter changed, so that it is no word of anything.
pub fn misspelt(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    match letters.get(middle) {
        Some(letter) => {
            letters[middle] = if *letter == 'q' { 'z' } else { 'q' };
            letters.into_iter().collect()
        }
        None => "q".to_owned(),
    }
}
