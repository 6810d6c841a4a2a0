//! Text to nodes.

use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::{Entry, Node, Scalar, Spot, Style, Value, lines, mistakes};
use crate::diagnostic::{Code, Diagnostic, Source};

/// A rule file is read by people: these bounds only stop hostile input.
const BYTES_MAX: usize = 4 << 20;
const DEPTH_MAX: usize = 32;
const ALIAS: (&str, &str) = (
    "an alias (`*name`) repeats text from elsewhere, which hides what the rule says",
    "write the value out where it is used; a text that begins with `*` stands in double quotes",
);

/// Reads a file as one tree. Errors: invalid YAML, a key twice, anchors, aliases, tags, merge keys, too large, too deep.
pub fn parse(source: &Source) -> Result<Node, Vec<Diagnostic>> {
    let file = &source.name;
    if source.text.len() > BYTES_MAX {
        let message = format!("the file has {} bytes; at most {BYTES_MAX} are read", source.text.len());
        return Err(vec![Diagnostic::new(Code::R0104, message).help("split the file: the files of a folder are one law")]);
    }
    let mut builder =
        Builder { file, lines: source.text.lines().collect(), problems: Vec::new(), stack: Vec::new(), flow: 0, root: None };
    for event in Parser::new_from_str(&source.text) {
        match event {
            Ok((event, span)) => {
                if !builder.event(event, span) {
                    break;
                }
            }
            Err(error) => {
                let spot = Spot { line: small(error.marker().line()), column: small(error.marker().col() + 1), length: 1 };
                builder.invalid(spot, error.info());
                break;
            }
        }
    }
    builder.finish()
}

fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn too_deep() -> Diagnostic {
    Diagnostic::new(Code::R0104, format!("nested more than {DEPTH_MAX} levels deep")).help("flatten the structure")
}

/// A collection being built.
enum Open {
    List(Spot, Vec<Node>),
    Map(Spot, Vec<Entry>, Option<(String, Spot)>),
}

struct Builder<'a> {
    file: &'a Arc<str>,
    lines: Vec<&'a str>,
    problems: Vec<Diagnostic>,
    stack: Vec<Open>,
    flow: usize,
    root: Option<Node>,
}

impl Builder<'_> {
    /// Takes one event; false when reading on makes no sense.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        let spot = self.spot(span);
        match event {
            Event::Alias(_) => {
                self.refuse(spot, ALIAS.0, ALIAS.1);
                return false;
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.plain_only(spot, anchor, tag.is_some());
                let node = Node { spot, value: Value::Scalar(self.scalar(&text, style, span)) };
                self.push(node);
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain_only(spot, anchor, tag.is_some());
                self.open(Open::List(spot, Vec::new()), spot);
            }
            Event::MappingStart(anchor, tag) => {
                self.plain_only(spot, anchor, tag.is_some());
                self.open(Open::Map(spot, Vec::new(), None), spot);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::DocumentStart(_) if self.root.is_some() => {
                self.refuse(spot, "a second document begins here", "keep one document in a file");
                return false;
            }
            _ => {}
        }
        self.stack.len() <= DEPTH_MAX
    }

    fn open(&mut self, open: Open, spot: Spot) {
        if self.stack.len() == DEPTH_MAX {
            self.problems.push(too_deep().at(spot.place(self.file)));
        }
        if self.flow > 0 || self.char_at(spot).is_some_and(|c| c == '{' || c == '[') {
            self.flow += 1;
        }
        self.stack.push(open);
    }

    fn close(&mut self) {
        self.flow = self.flow.saturating_sub(1);
        let node = match self.stack.pop() {
            Some(Open::List(spot, items)) => Node { spot, value: Value::List(items) },
            Some(Open::Map(spot, entries, _)) => Node { spot, value: Value::Map(entries) },
            None => return,
        };
        self.push(node);
    }

    fn push(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, pending)) => match pending.take() {
                Some((key, key_spot)) => {
                    let flow = self.flow > 0;
                    if let Some((code, mistake)) = mistakes::in_braces(entries.last(), &key, key_spot, &node).filter(|_| flow) {
                        let problem = Diagnostic::new(code, mistake.message).at(mistake.spot.place(self.file));
                        self.problems.push(problem.help(mistake.help));
                    }
                    entries.push(Entry { key, key_spot, value: node });
                }
                None => {
                    let key = node.text().unwrap_or_default().to_owned();
                    let earlier = entries.iter().find(|e| e.key == key).map(|e| e.key_spot);
                    *pending = Some((key.clone(), node.spot));
                    self.key(&node, &key, earlier);
                }
            },
        }
    }

    fn key(&mut self, node: &Node, key: &str, earlier: Option<Spot>) {
        if node.text().is_none() {
            let message = "a key must be a single word";
            self.problems.push(Diagnostic::new(Code::R0101, message).at(node.spot.place(self.file)));
        } else if key == "<<" {
            self.refuse(
                node.spot,
                "a merge key (`<<`) takes over keys from elsewhere, which hides what the rule says",
                "write the keys out",
            );
        } else if let Some(first) = earlier {
            let message = format!("the key `{key}` stands twice here");
            self.problems.push(
                Diagnostic::new(Code::R0102, message)
                    .at(node.spot.place(self.file))
                    .related(first.place(self.file), "first here")
                    .help("keep one of them; with two, YAML readers silently drop one"),
            );
        }
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Scalar {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            _ => Style::Block,
        };
        let rest = self.lines.get(span.end.line().saturating_sub(1)).map(|l| l.chars().skip(span.end.col()).collect::<String>());
        let comment_follows =
            style == Style::Plain && rest.is_some_and(|r| r.trim_start().starts_with('#') && r.starts_with([' ', '\t']));
        let (first, last) = (span.start.line().saturating_sub(1), span.end.line());
        let spans = style == Style::Block || span.start.line() < last;
        let starts = if spans { lines::starts(text, &self.lines, (first, span.start.col()), last) } else { Vec::new() };
        Scalar { text: text.to_owned(), style, in_flow: self.flow > 0, comment_follows, starts }
    }

    fn spot(&self, span: Span) -> Spot {
        let length = if span.start.line() == span.end.line() { span.end.col().saturating_sub(span.start.col()) } else { 1 };
        Spot { line: small(span.start.line()), column: small(span.start.col() + 1), length: small(length.max(1)) }
    }

    fn char_at(&self, spot: Spot) -> Option<char> {
        let line = self.lines.get(usize::try_from(spot.line).ok()?.checked_sub(1)?)?;
        line.chars().nth(usize::try_from(spot.column).ok()?.checked_sub(1)?)
    }

    fn plain_only(&mut self, spot: Spot, anchor: usize, tagged: bool) {
        if anchor > 0 {
            self.refuse(
                spot,
                "an anchor (`&name`) lets text be repeated elsewhere, which hides what the rule says",
                "write the value out where it is used",
            );
        }
        if tagged {
            self.refuse(
                spot,
                "a tag (`!name`) changes how a value is read",
                "leave the tag out: the place of a value gives its type",
            );
        }
    }

    fn refuse(&mut self, spot: Spot, message: &str, help: &str) {
        self.problems.push(Diagnostic::new(Code::R0103, message).at(spot.place(self.file)).help(help));
    }

    fn invalid(&mut self, spot: Spot, info: &str) {
        // The parser looks ahead through opening brackets and may give up before this reader counts them.
        if info.contains("recursion limit") {
            self.problems.push(too_deep().at(spot.place(self.file)));
            return;
        }
        // An alias of nothing stops the parser itself.
        if info.contains("unknown anchor") {
            self.refuse(spot, ALIAS.0, ALIAS.1);
            return;
        }
        if let Some(mistake) = mistakes::likely(&self.lines, spot, info) {
            let problem = Diagnostic::new(Code::R0101, mistake.message).at(mistake.spot.place(self.file));
            self.problems.push(problem.help(mistake.help));
            return;
        }
        let line = usize::try_from(spot.line).ok().and_then(|l| self.lines.get(l.saturating_sub(1)));
        let formula = line.is_some_and(|l| mistakes::holds_formula(l));
        let (code, message, help) = if formula {
            let help = "put the formula in quotes, or on a line of its own below `formula: |`";
            (
                Code::R0105,
                format!("YAML cannot read this line, perhaps because a formula holds `:`, `,`, `[` or `#`: {info}"),
                help,
            )
        } else {
            (
                Code::R0101,
                format!("this is not valid YAML: {info}"),
                "check the indentation, the brackets and the quotes of this line and the one above",
            )
        };
        self.problems.push(Diagnostic::new(code, message).at(spot.place(self.file)).help(help));
    }

    fn finish(mut self) -> Result<Node, Vec<Diagnostic>> {
        match self.root.take() {
            Some(root) if self.problems.is_empty() => Ok(root),
            Some(_) => Err(self.problems),
            None => {
                if self.problems.is_empty() {
                    let at = Spot { line: 1, column: 1, length: 1 };
                    self.problems.push(Diagnostic::new(Code::R0101, "the file is empty").at(at.place(self.file)));
                }
                Err(self.problems)
            }
        }
    }
}
