//! Of the document: what rows are, what they are worth, fees, the order of lots.

use std::collections::BTreeSet;

use crate::page::{Block, Term, Text};

use super::card::{Formula, Name, Treatment};
use super::show::{Show, capital, days, formula, para, section};

impl Show<'_> {
    pub(super) fn rows(&self, blocks: &mut Vec<Block>) {
        let card = self.card;
        blocks.push(section("What is taxed: what each kind of row is"));
        blocks.push(para(
            "The first case that fits counts. What opens an account, moves between accounts of one owner, or pays a tax \
             is the same under every law and is not listed.",
        ));
        blocks.push(Block::Roomy(self.treatments()));
        let names: BTreeSet<&Name> = card
            .treatment
            .iter()
            .flat_map(|t| [&t.when, &t.proceeds, &t.cost, &t.taxed, &t.share])
            .flatten()
            .flat_map(|f| &f.names)
            .collect();
        if !names.is_empty() {
            blocks.push(para("Names above:"));
            blocks.push(Block::Terms(
                names.into_iter().map(|n| Term::text(Text::new().code(n.name.as_str()), n.title.as_str())).collect(),
            ));
        }
        self.worth(blocks);
        self.fees(blocks);
        self.lots(blocks);
    }

    fn treatments(&self) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        let mut last: Option<&[String]> = None;
        for treatment in &self.card.treatment {
            let again = last == Some(treatment.kinds.as_slice());
            let text = para(self.treatment(treatment, again));
            match terms.last_mut() {
                Some(term) if again => term.said.push(text),
                _ => {
                    let kinds =
                        if treatment.kinds.is_empty() { "every other kind".to_owned() } else { treatment.kinds.join(", ") };
                    terms.push(Term::new(Text::new().code(kinds), vec![text]));
                }
            }
            last = Some(&treatment.kinds);
        }
        terms
    }

    fn treatment(&self, treatment: &Treatment, again: bool) -> Text {
        let mut text = Text::new();
        let when = days(treatment.in_force);
        if !when.is_empty() {
            text = text.plain(format!("{when}, "));
        }
        if let Some(when) = &treatment.when {
            text = text.plain("if ").code(when.text.as_str()).plain(": ");
        } else if again {
            text = text.plain("otherwise: ");
        }
        let (word, rest) = treatment.text.split_at(treatment.text.find([':', ';']).unwrap_or(treatment.text.len()));
        text = text.strong(word).plain(rest);
        for (what, formula) in [("amount", &treatment.proceeds), ("cost", &treatment.cost)] {
            if let Some(formula) = formula {
                text = text.plain(format!("; {what}: ")).code(formula.text.as_str());
            }
        }
        if let Some(taxed) = &treatment.taxed {
            text = text.plain("; taxed if ").code(taxed.text.as_str());
        }
        if let Some(share) = &treatment.share {
            text = text.plain("; the part: ").code(share.text.as_str());
        }
        if let Some(class) = &treatment.class {
            text = text.plain("; class ").code(class.as_str());
        }
        for further in &treatment.also {
            text = text.plain("; and ").plain(further.text.as_str());
            for formula in further.proceeds.iter().chain(&further.cost) {
                text = text.plain(": ").code(formula.text.as_str());
            }
            if let Some(class) = &further.class {
                text = text.plain("; class ").code(class.as_str());
            }
        }
        let note = treatment.note.as_ref().map(|n| format!(" ({})", n.trim_end_matches('.'))).unwrap_or_default();
        text.and(format!("{note}. ").into()).and(self.cites(&treatment.cite))
    }

    fn worth(&self, blocks: &mut Vec<Block>) {
        let valuation = &self.card.valuation;
        blocks.push(Block::Entry { title: "What a row is worth".into(), name: String::new() });
        let mut terms = vec![
            Term::text("Looked for", valuation.order.join(", then ")),
            Term::text("Of a swap", valuation.exchange.join(", then ")),
            Term::text("Exchange rates", valuation.rates.as_str()),
            Term::text("Prices", valuation.price_at.as_str()),
        ];
        self.grounds(valuation.note.as_ref(), &valuation.cite, &mut terms);
        blocks.push(Block::Terms(terms));
    }

    fn fees(&self, blocks: &mut Vec<Block>) {
        if self.card.fees.is_empty() {
            return;
        }
        blocks.push(Block::Entry { title: "Fees".into(), name: String::new() });
        let fee = |fee: &super::card::Fees| {
            let mut text = Text::new();
            let when = days(fee.in_force);
            if !when.is_empty() {
                text = text.plain(format!("{when}, "));
            }
            if let Some(paid) = &fee.paid_in {
                text = text.plain(format!("paid in {paid}: "));
            }
            if let Some(when) = &fee.when {
                text = text.plain("if ").code(when.text.as_str()).plain(": ");
            }
            let note = fee.note.as_ref().map(|n| format!(" ({})", n.trim_end_matches('.'))).unwrap_or_default();
            Term::text(fee.to.join(", "), text.and(format!("{}{note}. ", fee.text).into()).and(self.cites(&fee.cite)))
        };
        blocks.push(Block::Terms(self.card.fees.iter().map(fee).collect()));
    }

    fn lots(&self, blocks: &mut Vec<Block>) {
        for matching in &self.card.matching {
            blocks.push(Block::Entry { title: "Order of lots".into(), name: String::new() });
            let in_force = days(matching.in_force);
            let when =
                matching.when.as_ref().map(|w| Text::new().plain("If ").code(w.text.as_str()).plain(". ")).unwrap_or_default();
            let pool = if matching.pool_by.is_empty() {
                "The whole portfolio is one pool".to_owned()
            } else {
                format!("Lots are kept apart by {}", matching.pool_by.join(" and "))
            };
            let since = if in_force.is_empty() { String::new() } else { format!(", {in_force}") };
            let turn = if matching.sequence == "by_step" {
                "each step is gone through for all disposals"
            } else {
                "each disposal goes through the steps"
            };
            let merge = if matching.merge_day { " A day's purchases are one lot, made before its sales." } else { "" };
            blocks.push(para(when.plain(format!("{pool}{since}; {turn}, in this order.{merge}"))));
            let mut terms: Vec<Term> = matching.steps.iter().map(|s| self.step(s)).collect();
            for (name, said) in [("Moves", &matching.moves), ("Never seen", &matching.shortfall)] {
                terms.extend(said.iter().map(|s| {
                    Term::text(name, Text::from(format!("{}{}. ", s.text, noted(s.note.as_ref()))).and(self.cites(&s.cite)))
                }));
            }
            blocks.push(Block::Terms(terms));
            blocks.extend(matching.note.iter().map(|n| para(n.as_str())));
        }
        self.bases(blocks);
        self.days_of_the_law(blocks);
        self.denied(blocks);
    }

    fn step(&self, step: &super::card::Step) -> Term {
        let mut text = conditional(step.when.as_ref());
        text = text.plain(step.text.as_str());
        if let Some(lots) = &step.r#where {
            text = text.plain("; lots where ").code(lots.text.as_str());
        }
        if let Some(worth) = &step.worth {
            text = text.plain("; the whole is worth ").code(worth.text.as_str());
        }
        text = text.and(format!("{}. ", noted(step.note.as_ref())).into()).and(self.cites(&step.cite));
        if let Some(cost) = &step.unit_cost {
            text = text.plain(format!(". {}. ", capital(&cost.text))).and(self.cites(&cost.cite));
        }
        Term::text(step.method.replace('_', " "), text)
    }

    fn bases(&self, blocks: &mut Vec<Block>) {
        for basis in &self.card.bases {
            let title = basis.title.clone().unwrap_or_else(|| basis.name.replace('_', " "));
            blocks.push(Block::Entry { title, name: basis.name.clone() });
            let mut terms = vec![Term::new("Begins as", vec![formula(&basis.start)])];
            self.grounds(basis.note.as_ref(), &basis.cite, &mut terms);
            blocks.push(Block::Terms(terms));
        }
    }

    fn days_of_the_law(&self, blocks: &mut Vec<Block>) {
        if self.card.on_date.is_empty() {
            return;
        }
        blocks.push(Block::Entry { title: "What the law does to what is held".into(), name: String::new() });
        let entry = |entry: &super::card::OnDate| {
            let mut text = conditional(entry.when.as_ref()).plain(entry.text.as_str());
            for formula in &entry.formulas {
                text = text.plain(": ").code(formula.text.as_str());
            }
            if let Some(lots) = &entry.r#where {
                text = text.plain("; lots where ").code(lots.text.as_str());
            }
            Term::text(
                entry.on.as_str(),
                text.and(format!("{}. ", noted(entry.note.as_ref())).into()).and(self.cites(&entry.cite)),
            )
        };
        blocks.push(Block::Terms(self.card.on_date.iter().map(entry).collect()));
    }

    fn denied(&self, blocks: &mut Vec<Block>) {
        for rule in &self.card.deny_loss {
            blocks.push(Block::Entry { title: "Losses that do not count".into(), name: String::new() });
            let mut terms = vec![Term::text("What", conditional(rule.when.as_ref()).plain(rule.text.as_str()))];
            terms.push(Term::new("Units", vec![formula(&rule.units)]));
            let in_force = days(rule.in_force);
            if !in_force.is_empty() {
                terms.push(Term::text("In force", in_force));
            }
            self.grounds(rule.note.as_ref(), &rule.cite, &mut terms);
            blocks.push(Block::Terms(terms));
        }
    }
}

/// The condition of an entry, before what it says.
fn conditional(when: Option<&Formula>) -> Text {
    when.map(|w| Text::new().plain("if ").code(w.text.as_str()).plain(": ")).unwrap_or_default()
}

/// A note behind what it is about.
fn noted(note: Option<&String>) -> String {
    note.map(|n| format!(" ({})", n.trim_end_matches('.'))).unwrap_or_default()
}
