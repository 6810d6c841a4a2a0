//! Of the document: taxes, figures, values by their dates.

use crate::page::{Block, Term, Text};

use super::card::{Figure, Formula, Name, Tax};
use super::show::{Show, days, ended, formula, para, section, titles};

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
            // A schedule is for an amount, not for a period.
            let per = match figure.per.strip_prefix("amount in ") {
                Some(of) => format!("a function of an amount in {of}; it gives {}", figure.unit),
                None => per,
            };
            let mut terms = vec![Term::new("Formula", vec![formula(&joined(figure))]), Term::text("Is", per)];
            if !figure.read_by.is_empty() {
                terms.push(Term::text("Goes into", titles(&figure.read_by)));
            }
            self.grounds(figure.note.as_ref(), &figure.cite, &mut terms);
            blocks.push(Block::Terms(terms));
        }
    }
}
