//! Of the document: taxes, figures, values by their dates.

use crate::page::{Block, Table, Term, Text};

use super::card::{Figure, Formula, Name, Parameter, Row, Tax, Value};
use super::show::{Show, capital, days, ended, formula, para, section, titles};

/// Cases as one formula.
fn joined(figure: &Figure) -> Formula {
    if let [only] = figure.cases.as_slice() {
        return only.then.clone();
    }
    let mut lines: Vec<String> = Vec::new();
    let mut names: Vec<Name> = Vec::new();
    for case in &figure.cases {
        lines.push(case.when.as_ref().map_or("otherwise".to_owned(), |w| format!("when {}", w.text)));
        lines.extend(case.then.text.lines().map(|l| format!("    {l}")));
        for name in case.when.iter().chain([&case.then]).flat_map(|f| &f.names) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    Formula { text: lines.join("\n"), names }
}

impl Show<'_> {
    pub(super) fn taxes(&self, blocks: &mut Vec<Block>) {
        blocks.push(section("Taxes"));
        if self.card.taxes.is_empty() {
            blocks.push(para("The law's file has no tax that stands in this year."));
        }
        for tax in &self.card.taxes {
            blocks.push(Block::Entry { title: tax.title.clone(), name: tax.id.clone() });
            blocks.push(Block::Terms(self.tax(tax)));
        }
    }

    fn tax(&self, tax: &Tax) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        if tax.kind != "tax" || tax.borne_by != "taxpayer" {
            terms.push(Term::text("What", format!("{}, borne by the {}", tax.kind, tax.borne_by)));
        }
        let parts =
            [("Who", &tax.applies), ("Base", &tax.base), ("Rate", &tax.rate), ("Amount", &tax.amount), ("Less", &tax.less)];
        for (name, part) in parts {
            let Some(part) = part else { continue };
            let mut said = vec![formula(part)];
            if name == "Rate" && !tax.rate_in_force.is_empty() && tax.rate_in_force != [part.text.clone()] {
                said.insert(0, para(Text::new().strong(tax.rate_in_force.join(", then "))));
            }
            terms.push(Term::new(name, said));
        }
        if let Some(round) = &tax.round {
            terms.push(Term::text("Rounded", Text::from(format!("{}. ", round.text)).and(self.cites(&round.cite))));
        }
        terms.push(Term::text("Period", format!("each {}", tax.per)));
        if !tax.due.is_empty() {
            terms.push(Term::new("Due", tax.due.iter().map(|d| para(self.due(d, tax.due.len() > 1))).collect()));
        }
        self.advances(tax, &mut terms);
        self.late(tax, &mut terms);
        let in_force = days(tax.in_force);
        if !in_force.is_empty() {
            terms.push(Term::text("In force", in_force));
        }
        self.grounds(tax.note.as_ref(), &tax.cite, &mut terms);
        terms
    }

    fn advances(&self, tax: &Tax, terms: &mut Vec<Term>) {
        let Some(advances) = &tax.advances else { return };
        let off = if advances.cumulative { "; what earlier advances of the year came to is taken off" } else { "" };
        let mut said = vec![para(format!("each {}{off}:", advances.per)), formula(&advances.amount)];
        said.extend(advances.round.iter().map(|r| para(Text::from(format!("Rounded {}. ", r.text)).and(self.cites(&r.cite)))));
        let several = advances.due.len() > 1;
        said.extend(advances.due.iter().map(|d| para(Text::from("Due ").and(self.due(d, several)))));
        if !advances.late {
            said.push(para("A late advance bears no interest."));
        }
        said.extend(advances.note.iter().map(|n| para(n.as_str())));
        said.push(para(self.cites(&advances.cite)));
        terms.push(Term::new("Advances", said));
    }

    fn late(&self, tax: &Tax, terms: &mut Vec<Term>) {
        let Some(late) = &tax.late else { return };
        let mut said = vec![formula(&late.rate), para(late.text.as_str())];
        said.extend(late.round.iter().map(|r| para(Text::from(format!("Rounded {}. ", r.text)).and(self.cites(&r.cite)))));
        said.extend(late.note.iter().map(|n| para(n.as_str())));
        said.push(para(self.cites(&late.cite)));
        terms.push(Term::new("Late interest", said));
    }

    fn due(&self, due: &super::card::Due, several: bool) -> Text {
        let when = match &due.when {
            Some(when) => Text::new().plain("if ").code(when.text.as_str()).plain(": "),
            None if several => Text::from("otherwise: "),
            None => Text::new(),
        };
        let note = due.note.as_ref().map(|n| format!("{} ", ended(n))).unwrap_or_default();
        when.plain(format!("{}. {note}", due.text)).and(self.cites(&due.cite))
    }

    pub(super) fn figures(&self, blocks: &mut Vec<Block>) {
        if self.card.quantities.is_empty() && self.card.fields.is_empty() {
            return;
        }
        blocks.push(section("How the figures are made"));
        for figure in self.card.quantities.iter().chain(&self.card.fields) {
            let title = figure.title.clone().unwrap_or_else(|| figure.name.replace('_', " "));
            blocks.push(Block::Entry { title, name: figure.name.clone() });
            let of_rows = self.card.fields.iter().any(|f| f.name == figure.name);
            let per = if of_rows {
                format!("of each {}, in {}", figure.per, figure.unit)
            } else {
                format!("each {}, in {}", figure.per, figure.unit)
            };
            let mut terms = vec![Term::new("Formula", vec![formula(&joined(figure))]), Term::text("Is", per)];
            if !figure.read_by.is_empty() {
                terms.push(Term::text("Goes into", titles(&figure.read_by)));
            }
            self.grounds(figure.note.as_ref(), &figure.cite, &mut terms);
            blocks.push(Block::Terms(terms));
        }
    }

    pub(super) fn parameters(&self, blocks: &mut Vec<Block>) {
        if self.card.parameters.is_empty() {
            return;
        }
        blocks.push(section("Rates, allowances and other values"));
        for parameter in &self.card.parameters {
            blocks.push(Block::Entry { title: parameter.title.clone(), name: parameter.name.clone() });
            blocks.push(self.values(parameter));
            self.tables(parameter, blocks);
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

    /// The tables that stand in the year; of the whole history each of them.
    fn tables(&self, parameter: &Parameter, blocks: &mut Vec<Block>) {
        let tables = parameter.values.iter().chain(&parameter.shadows).filter(|v| !v.table.is_empty());
        let (shown, left): (Vec<&Value>, Vec<&Value>) = tables.partition(|v| v.in_year);
        for value in shown {
            let when = days(value.in_force);
            let title = if when.is_empty() {
                "The first row that fits counts:".to_owned()
            } else {
                format!("{}; the first row that fits counts:", capital(&when))
            };
            blocks.push(para(title));
            blocks.push(self.table(parameter, value));
        }
        if !left.is_empty() {
            let tables = if left.len() == 1 { "One more table".to_owned() } else { format!("{} more tables", left.len()) };
            let more = format!("{tables}, of other years: ");
            blocks.push(para(Text::new().quiet(more).code(format!("fisc law {} --all", self.card.jurisdiction))));
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
        None if value.value.is_none() => Text::new().doubt(value.shown.as_str()),
        None if value.in_year => Text::new().strong(value.shown.as_str()),
        None => Text::from(value.shown.as_str()),
    }
}
