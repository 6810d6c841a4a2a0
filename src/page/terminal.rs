//! A document on a terminal: 80 columns, aligned, with colour only where it is asked for.

use super::wrap::{Bit, Line, columns, line_columns, longest_word, wrap};
use super::{Block, Formula, Look, Page, Table, Term, Text};

/// Columns of a line, unless more are asked for.
pub const WIDTH: usize = 80;
const TERM: usize = 22;
const GAP: usize = 2;

/// The document as text. With `colour` it holds escape sequences.
pub fn render(page: &Page, width: usize, colour: bool) -> String {
    let mut writer = Writer { out: String::new(), width, colour };
    writer.ends(&page.title, &page.aside, Look::Quiet);
    writer.line(0, &[bit("=".repeat(width), Look::Quiet)]);
    writer.blocks(&page.blocks, 0);
    writer.out
}

struct Writer {
    out: String,
    width: usize,
    colour: bool,
}

fn bit(text: impl Into<String>, look: Look) -> Bit {
    Bit { text: text.into(), look, url: None }
}

fn pad(count: usize) -> Bit {
    bit(" ".repeat(count), Look::Plain)
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block], indent: usize) {
        for (index, block) in blocks.iter().enumerate() {
            let first = index == 0;
            match block {
                Block::Section(title) => {
                    self.out.push_str("\n\n");
                    self.line(0, &[bit(title.as_str(), Look::Strong)]);
                    self.line(0, &[bit("-".repeat(self.width), Look::Quiet)]);
                }
                Block::Entry { title, name } => {
                    // Right below the rule of a section no line is left out.
                    if !matches!(index.checked_sub(1).and_then(|i| blocks.get(i)), Some(Block::Section(_))) {
                        self.out.push('\n');
                    }
                    self.ends(title, name, Look::Code);
                }
                Block::Para(text) => {
                    let before = index.checked_sub(1).and_then(|i| blocks.get(i));
                    let apart = matches!(before, Some(Block::Table(_) | Block::Terms(_) | Block::Roomy(_)));
                    if apart || (indent == 0 && matches!(before, Some(Block::Para(_)))) {
                        self.out.push('\n');
                    }
                    wrap(text, self.width - indent).iter().for_each(|l| self.line(indent, l));
                }
                Block::Terms(terms) => self.terms(terms, if indent == 0 { 2 } else { indent }, false),
                Block::Roomy(terms) => {
                    if matches!(index.checked_sub(1).and_then(|i| blocks.get(i)), Some(Block::Para(_))) {
                        self.out.push('\n');
                    }
                    self.terms(terms, if indent == 0 { 2 } else { indent }, true);
                }
                Block::List(items) => {
                    for item in items {
                        self.hanging(&[bit("- ", Look::Quiet)], &wrap(item, self.width - indent - 2), indent);
                    }
                }
                Block::Table(table) => {
                    if !first && indent == 0 && matches!(index.checked_sub(1).and_then(|i| blocks.get(i)), Some(Block::Para(_))) {
                        self.out.push('\n');
                    }
                    self.table(table, if indent == 0 { 2 } else { indent });
                }
                Block::Formula(formula) => self.formula(formula, indent),
            }
        }
    }

    /// A title at the left end, a name at the right one.
    fn ends(&mut self, title: &str, name: &str, look: Look) {
        let lines = wrap(&Text::new().strong(title), self.width - GAP - columns(name).min(self.width / 2));
        let last = lines.len().saturating_sub(1);
        for (index, line) in lines.iter().enumerate() {
            let mut line = line.clone();
            if index == last && !name.is_empty() {
                line.push(pad(self.width.saturating_sub(line_columns(&line) + columns(name))));
                line.push(bit(name, look));
            }
            self.line(0, &line);
        }
    }

    fn terms(&mut self, terms: &[Term], indent: usize, roomy: bool) {
        let natural = terms.iter().map(|t| columns(&t.name.bare())).max().unwrap_or(0);
        let width = natural.min(TERM);
        for (number, term) in terms.iter().enumerate() {
            if roomy && number > 0 {
                self.out.push('\n');
            }
            let mut inner = Writer { out: String::new(), width: self.width, colour: self.colour };
            inner.blocks(&term.said, indent + width + GAP);
            let names = wrap(&term.name, width);
            let said: Vec<&str> = inner.out.lines().skip_while(|l| l.trim().is_empty()).collect();
            for index in 0..names.len().max(said.len()) {
                let name = names.get(index).map(Vec::as_slice).unwrap_or_default();
                let rest = said.get(index).map_or("", |l| l.get(indent + width + GAP..).unwrap_or_default());
                let mut line = name.to_vec();
                line.push(pad((width + GAP).saturating_sub(line_columns(name))));
                if rest.is_empty() {
                    self.line(indent, name);
                } else {
                    self.unended(indent, &line);
                    self.out.push_str(rest);
                    self.out.push('\n');
                }
            }
        }
    }

    fn formula(&mut self, formula: &Formula, indent: usize) {
        for line in formula.text.lines() {
            let deep = line.len() - line.trim_start().len();
            for wrapped in wrap(&Text::new().code(line), self.width.saturating_sub(indent + deep)) {
                self.line(indent + deep.min(20), &wrapped);
            }
        }
        let width = formula.names.iter().map(|(n, _)| columns(n)).max().unwrap_or(0).min(26);
        for (name, title) in &formula.names {
            let start = [bit(format!("{name:<width$}  "), Look::Quiet)];
            let lines = wrap(&Text::new().quiet(title.as_str()), self.width.saturating_sub(indent + 2 + line_columns(&start)));
            self.hanging(&start, &lines, indent + 2);
        }
    }

    /// Lines behind a start that only the first line has.
    fn hanging(&mut self, start: &[Bit], lines: &[Line], indent: usize) {
        for (index, line) in lines.iter().enumerate() {
            let begin = if index == 0 { start.to_vec() } else { vec![pad(line_columns(start))] };
            self.line(indent, &[begin, line.clone()].concat());
        }
    }

    fn table(&mut self, table: &Table, indent: usize) {
        let Some(widths) = widths(table, self.width - indent) else { return self.upright(table, indent) };
        let head: Vec<Text> = table.head.iter().map(|h| Text::new().quiet(h.as_str())).collect();
        self.row(&head, &widths, &table.right, indent);
        let rule: Vec<Text> = widths.iter().map(|w| Text::new().quiet("-".repeat(*w))).collect();
        self.row(&rule, &widths, &[], indent);
        for row in &table.rows {
            self.row(row, &widths, &table.right, indent);
        }
    }

    fn row(&mut self, cells: &[Text], widths: &[usize], right: &[usize], indent: usize) {
        let wrapped: Vec<Vec<Line>> = cells.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
        for index in 0..wrapped.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line: Line = Vec::new();
            for (column, (cell, width)) in wrapped.iter().zip(widths).enumerate() {
                let content = cell.get(index).cloned().unwrap_or_default();
                let free = width.saturating_sub(line_columns(&content));
                let (before, after) = if right.contains(&column) { (free, 0) } else { (0, free) };
                line.push(pad(before));
                line.extend(content);
                line.push(pad(after + GAP));
            }
            self.line(indent, &line);
        }
    }

    /// A table that is too wide for the line: each row as terms.
    fn upright(&mut self, table: &Table, indent: usize) {
        for row in &table.rows {
            let pairs = table.head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            let terms: Vec<Term> = pairs.map(|(head, cell)| Term::text(Text::new().quiet(head.as_str()), cell.clone())).collect();
            self.terms(&terms, indent, false);
            self.out.push('\n');
        }
    }

    fn line(&mut self, indent: usize, line: &[Bit]) {
        self.unended(indent, line);
        let kept = self.out.trim_end_matches(' ').len();
        self.out.truncate(kept);
        self.out.push('\n');
    }

    fn unended(&mut self, indent: usize, line: &[Bit]) {
        self.out.push_str(&" ".repeat(indent));
        for bit in line {
            let start = match bit.look {
                Look::Strong => "\u{1b}[1m",
                Look::Quiet => "\u{1b}[2m",
                Look::Code => "\u{1b}[36m",
                Look::Doubt => "\u{1b}[33m",
                Look::Plain => "",
            };
            if !self.colour || bit.text.trim().is_empty() {
                self.out.push_str(&bit.text);
                continue;
            }
            // A terminal that knows links makes an address whole again that was broken over lines.
            let (open, close) = match &bit.url {
                Some(url) => (format!("\u{1b}]8;;{url}\u{1b}\\"), "\u{1b}]8;;\u{1b}\\"),
                None => (String::new(), ""),
            };
            let end = if start.is_empty() { "" } else { "\u{1b}[0m" };
            self.out.push_str(&format!("{open}{start}{}{end}{close}", bit.text));
        }
    }
}

/// The widths of the columns: natural where they fit, else the widest give way. `None` where no width does.
fn widths(table: &Table, room: usize) -> Option<Vec<usize>> {
    let cells = |column: usize| table.rows.iter().filter_map(move |r| r.get(column));
    let mut widths: Vec<usize> = Vec::new();
    let mut least: Vec<usize> = Vec::new();
    for (column, head) in table.head.iter().enumerate() {
        widths.push(cells(column).map(|c| columns(&c.bare())).max().unwrap_or(0).max(columns(head)));
        least.push(cells(column).map(longest_word).max().unwrap_or(0).max(columns(head)).min(16));
    }
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        let widest = (0..widths.len()).filter(|c| widths.get(*c) > least.get(*c)).max_by_key(|c| widths.get(*c).copied())?;
        if let Some(width) = widths.get_mut(widest) {
            *width -= 1;
        }
    }
    Some(widths)
}
