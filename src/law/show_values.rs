//! Of the document: rates, allowances and other values by their dates, their tables, scales and records.

use crate::page::{Block, Table, Term, Text};

use super::card::{Band, Name, Parameter, Part, Row, Value};
use super::show::{Show, capital, days, para, section, titles};

impl Show<'_> {
    pub(super) fn parameters(&self, blocks: &mut Vec<Block>) {
        if self.card.parameters.is_empty() {
            return;
        }
        blocks.push(section("Rates, allowances and other values"));
        for parameter in &self.card.parameters {
            blocks.push(Block::Entry { title: parameter.title.clone(), name: parameter.name.clone() });
            blocks.push(self.values(parameter));
            self.details(parameter, blocks);
            let mut terms = Vec::new();
            if let Some(known) = parameter.known_through {
                let text = Text::from(format!("through {known}"));
                terms.push(Term::text(
                    "Known",
                    if parameter.assumed { text.plain("; ").doubt("later it is an assumption") } else { text },
                ));
            }
            terms.push(Term::text("Chosen", parameter.selected_by.as_str()));
            if !parameter.read_by.is_empty() {
                terms.push(Term::text("Goes into", titles(&parameter.read_by)));
            }
            self.grounds(parameter.note.as_ref(), &[], &mut terms);
            blocks.push(Block::Terms(terms));
        }
    }

    /// What does not fit a line: of a year what stands in it, of the whole history all.
    fn details(&self, parameter: &Parameter, blocks: &mut Vec<Block>) {
        let all = parameter.values.iter().chain(&parameter.shadows).filter(|v| detailed(v));
        let (shown, left): (Vec<&Value>, Vec<&Value>) = all.partition(|v| v.in_year || self.card.year.is_none());
        for value in shown {
            let when = days(value.in_force);
            let rule = if value.table.is_empty() { "" } else { "the first that fits counts" };
            let title = match (when.is_empty(), rule.is_empty()) {
                (true, true) => String::new(),
                (true, false) => format!("{}:", capital(rule)),
                (false, true) => format!("{}:", capital(&when)),
                (false, false) => format!("{}; {rule}:", capital(&when)),
            };
            if !title.is_empty() {
                blocks.push(para(title));
            }
            if value.table.is_empty() {
                blocks.push(Block::Table(parts(&value.bands, &value.record)));
            } else if value.table.iter().any(|r| !r.bands.is_empty() || !r.record.is_empty()) {
                self.many(parameter, value, blocks);
            } else {
                blocks.push(self.table(parameter, value));
            }
        }
        if !left.is_empty() {
            let others = if left.len() == 1 { "One more".to_owned() } else { format!("{} more", left.len()) };
            let more = format!("{others}, of other years: ");
            blocks.push(para(Text::new().quiet(more).code(format!("fisc law {} --all", self.card.jurisdiction))));
        }
    }

    /// Rows that are scales or records: side by side where their lines agree, else one after the other.
    fn many(&self, parameter: &Parameter, value: &Value, blocks: &mut Vec<Block>) {
        let lines: Vec<Vec<(String, Text)>> = value.table.iter().map(lines).collect();
        let same = |a: &[(String, Text)], b: &[(String, Text)]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0);
        let first = lines.first().map(Vec::as_slice).unwrap_or_default();
        let labels = if value.table.iter().all(|r| !r.bands.is_empty()) { "Rate" } else { "" };
        if lines.len() <= 5 && lines.iter().all(|l| same(l, first)) {
            let mut head = vec![labels.to_owned()];
            head.extend(value.table.iter().map(whose));
            let row = |(index, (label, _)): (usize, &(String, Text))| {
                let cells = lines.iter().filter_map(|l| l.get(index)).map(|(_, cell)| cell.clone());
                std::iter::once(Text::new().strong(label.as_str())).chain(cells).collect()
            };
            blocks.push(Block::Table(Table { head, rows: first.iter().enumerate().map(row).collect(), right: Vec::new() }));
            return;
        }
        for row in &value.table {
            let keys: Vec<&str> = parameter.by.iter().map(|k| k.name.as_str()).collect();
            blocks.push(para(Text::from(format!("{}: ", keys.join(", "))).strong(whose(row))));
            if row.bands.is_empty() && row.record.is_empty() {
                blocks.push(para(shown_row(row)));
            } else {
                blocks.push(Block::Table(parts(&row.bands, &row.record)));
            }
        }
    }

    fn table(&self, parameter: &Parameter, value: &Value) -> Block {
        // A question is too long for the head of a column.
        let short = |n: &Name| !n.title.is_empty() && n.title.chars().count() <= 32;
        let title = |n: &Name| if short(n) { n.title.clone() } else { n.name.clone() };
        let cited = value.table.iter().any(|r| !r.cite.is_empty() || r.note.is_some());
        let mut head: Vec<String> = parameter.by.iter().map(title).chain(["Value".to_owned()]).collect();
        head.extend(cited.then(|| "Law".to_owned()));
        let row = |row: &Row| {
            let last = row.words.iter().all(Vec::is_empty);
            let word = |(index, words): (usize, &Vec<String>)| match words.as_slice() {
                [] if last && index == 0 => Text::new().quiet("otherwise"),
                [] => Text::new().quiet(if last { "" } else { "any" }),
                words => Text::new().code(words.join(", ")),
            };
            let mut cells: Vec<Text> = row.words.iter().enumerate().map(word).collect();
            cells.push(shown_row(row));
            let note = row.note.as_ref().map(|n| format!(" {n}")).unwrap_or_default();
            cells.extend(cited.then(|| self.cites(&row.cite).plain(note)));
            cells
        };
        Block::Table(Table { head, rows: value.table.iter().map(row).collect(), right: Vec::new() })
    }

    fn values(&self, parameter: &Parameter) -> Block {
        let year = self.card.year.as_ref().map(|y| y.label.as_str());
        // The column says which values stand in the year, and which are no law.
        let marked = year.is_some() || !parameter.shadows.is_empty();
        let mut head = vec!["Days".to_owned(), "Value".to_owned()];
        head.extend(marked.then(String::new));
        head.push("Law".to_owned());
        let row = |value: &Value| {
            let always = Text::new().quiet("always");
            let when = days(value.in_force);
            let mut cells = vec![if when.is_empty() { always } else { when.into() }, shown(value)];
            let mark = match (&value.standing, year) {
                (Some(standing), _) => Text::new().doubt(format!("{standing}: not used")),
                (None, Some(year)) if value.in_year => Text::new().strong(format!("in {year}")),
                _ => Text::new(),
            };
            cells.extend(marked.then_some(mark));
            let note = value.note.as_ref().map(|n| format!(". {n}")).unwrap_or_default();
            cells.push(self.cites(&value.cite).plain(note));
            cells
        };
        let rows = parameter.values.iter().chain(&parameter.shadows).map(row).collect();
        Block::Table(Table { head, rows, right: Vec::new() })
    }
}

fn counted(count: usize, what: &str, one: &str) -> String {
    format!("{what} {count} {one}{}", if count == 1 { "" } else { "s" })
}

/// True for a value that has lines of its own.
fn detailed(value: &Value) -> bool {
    !value.table.is_empty() || !value.bands.is_empty() || !value.record.is_empty()
}

/// Whom a row of a table is for.
fn whose(row: &Row) -> String {
    let words: Vec<String> = row.words.iter().filter(|w| !w.is_empty()).map(|w| w.join(" or ")).collect();
    if words.is_empty() { "otherwise".to_owned() } else { words.join(", ") }
}

/// The lines of a scale or record: what each is about, and what it says.
fn lines(row: &Row) -> Vec<(String, Text)> {
    let bands = row.bands.iter().map(|b| (rate(b), edge(b)));
    bands.chain(row.record.iter().map(|p| (p.name.clone(), part(p)))).collect()
}

fn rate(band: &Band) -> String {
    match &band.name {
        Some(name) => format!("{} ({name})", band.rate.shown),
        None => band.rate.shown.clone(),
    }
}

fn edge(band: &Band) -> Text {
    Text::from(format!("{} ", band.begins)).and(part(&band.edge))
}

/// An amount, behind the formula that gives it.
fn part(part: &Part) -> Text {
    match &part.formula {
        Some(formula) => Text::new().code(formula.text.as_str()).plain(" = ").plain(part.shown.as_str()),
        None if part.value.is_none() => Text::new().doubt(part.shown.as_str()),
        None => Text::new().plain(part.shown.as_str()),
    }
}

fn parts(bands: &[Band], record: &[Part]) -> Table {
    if record.is_empty() {
        let named = bands.iter().any(|b| b.name.is_some());
        let mut head = vec!["Amount".to_owned(), "Rate".to_owned()];
        head.extend(named.then(|| "Band".to_owned()));
        let row = |b: &Band| {
            let mut cells = vec![edge(b), Text::new().strong(b.rate.shown.as_str())];
            cells.extend(named.then(|| b.name.as_ref().map(|n| Text::new().code(n.as_str())).unwrap_or_default()));
            cells
        };
        return Table { head, rows: bands.iter().map(row).collect(), right: Vec::new() };
    }
    let row = |p: &Part| vec![Text::new().code(p.name.as_str()), part(p)];
    Table { head: vec!["Figure".to_owned(), "Value".to_owned()], rows: record.iter().map(row).collect(), right: Vec::new() }
}

fn shown_row(row: &Row) -> Text {
    match &row.formula {
        Some(formula) => Text::new().code(formula.text.as_str()).plain(" = ").strong(row.shown.as_str()),
        None if row.value.is_none() => Text::new().doubt(row.shown.as_str()),
        None => Text::new().strong(row.shown.as_str()),
    }
}

/// A dated value: the formula with what it comes to.
fn shown(value: &Value) -> Text {
    match &value.formula {
        Some(formula) => Text::new().code(formula.text.as_str()).plain(" = ").strong(value.shown.as_str()),
        None if !value.table.is_empty() => Text::from(value.shown.as_str()),
        None if !value.bands.is_empty() => Text::from(counted(value.bands.len(), "a scale of", "band")),
        None if !value.record.is_empty() => Text::from(counted(value.record.len(), "a record of", "figure")),
        None if value.value.is_none() => Text::new().doubt(value.shown.as_str()),
        None if value.in_year => Text::new().strong(value.shown.as_str()),
        None => Text::from(value.shown.as_str()),
    }
}
