//! Of the document: how far the law is known, where sources disagree, and the sources.

use crate::page::{Block, Term, Text};

use super::card::Source;
use super::show::{Show, days, para, section, text, titles};
use super::words::status;

impl Show<'_> {
    pub(super) fn watch(&self, blocks: &mut Vec<Block>) {
        if self.card.watch.is_empty() {
            return;
        }
        blocks.push(section("What to watch"));
        let watch = |watch: &super::card::Watch| {
            let mut said = vec![para(Text::new().strong(watch.title.as_str()))];
            said.extend(watch.note.iter().map(|n| para(n.as_str())));
            said.push(para(self.cites(&watch.cite)));
            Term::new(watch.expected.map_or("soon".to_owned(), |d| d.to_string()), said)
        };
        blocks.push(Block::Roomy(self.card.watch.iter().map(watch).collect()));
    }

    pub(super) fn known(&self, blocks: &mut Vec<Block>) {
        let card = self.card;
        let mut terms: Vec<Term> = Vec::new();
        for known in &card.known {
            terms.push(Term::text(format!("through {}", known.through), titles(&known.names)));
        }
        for act in card.sources.iter().filter(|s| s.read_as_of.is_some()) {
            let name = format!("read as of {}", text(act.read_as_of));
            terms.push(Term::text(name, Text::from(act.text.as_str()).plain(" ").and(self.number(act))));
        }
        let mut checked: Vec<_> = card.sources.iter().filter_map(|s| s.checked).collect();
        checked.sort_unstable();
        match (checked.first(), checked.last()) {
            (Some(first), Some(last)) if first == last => terms.push(Term::text("Checked", format!("all on {first}"))),
            (Some(first), Some(last)) => terms.push(Term::text("Checked", format!("between {first} and {last}"))),
            _ => {}
        }
        if terms.is_empty() {
            return;
        }
        blocks.push(section("How far it is known"));
        blocks.push(para(
            "Used past these days, a value is an assumption; the assessment says so, and under --strict it is an error.",
        ));
        blocks.push(Block::Terms(terms));
    }

    pub(super) fn disagreements(&self, blocks: &mut Vec<Block>) {
        if self.card.disagreements.is_empty() {
            return;
        }
        blocks.push(section("Where sources disagree"));
        for one in &self.card.disagreements {
            let Some(source) = self.by_key.get(one.source.as_str()) else { continue };
            blocks.push(Block::Entry { title: source.text.clone(), name: String::new() });
            let mut terms = vec![Term::new("One side", self.side(source))];
            for other in one.against.iter().filter_map(|key| self.by_key.get(key.as_str())) {
                terms.push(Term::new("The other", self.side(other)));
            }
            if one.against.is_empty() {
                terms.push(Term::text("The other", "not named in the file; the note above tells of it"));
            }
            if !one.bears_on.is_empty() {
                terms.push(Term::text("Bears on", one.bears_on.join("; ")));
            }
            blocks.push(Block::Terms(terms));
        }
    }

    fn side(&self, source: &Source) -> Vec<Block> {
        let name = Text::new().strong(source.text.as_str()).plain(" ").and(self.number(source));
        let mut said = vec![para(name.plain(" ").and(standing(source)))];
        said.extend(source.note.iter().map(|n| para(n.as_str())));
        said
    }

    fn number(&self, source: &Source) -> Text {
        Text::new().to(format!("[{}]", source.number), format!("source-{}", source.number))
    }

    pub(super) fn sources(&self, blocks: &mut Vec<Block>) {
        blocks.push(section("Sources"));
        let acts = self.card.sources.iter().filter(|s| s.part_of.is_none());
        blocks.push(Block::Roomy(acts.map(|act| self.act(act)).collect()));
    }

    fn act(&self, act: &Source) -> Term {
        let name = Text::new().anchored(format!("[{}]", act.number), format!("source-{}", act.number));
        let mut said = vec![para(Text::new().strong(act.text.as_str())), para(about(act))];
        if let Some(url) = &act.url {
            said.push(para(Text::new().url(url)));
        }
        said.extend(act.note.iter().map(|n| para(n.as_str())));
        said.extend(self.stands_against(act).map(para));
        let parts: Vec<Text> =
            self.card.sources.iter().filter(|s| s.number == act.number && s.key != act.key).map(|s| self.part(s, act)).collect();
        if !parts.is_empty() {
            said.push(Block::List(parts));
        }
        Term::new(name, said)
    }

    fn part(&self, part: &Source, act: &Source) -> Text {
        let article = part.at.clone().or_else(|| part.title.clone()).unwrap_or_else(|| part.key.clone());
        let mut text = Text::new().strong(article);
        if part.status != act.status {
            text = text.plain(" ").and(standing(part));
        }
        if let Some(note) = &part.note {
            text = text.plain(": ").and(note.as_str().into());
        }
        if let Some(url) = &part.url {
            text = text.plain(" ").url(url);
        }
        match self.stands_against(part) {
            Some(against) => text.plain(". ").and(against),
            None => text,
        }
    }

    fn stands_against(&self, source: &Source) -> Option<Text> {
        let others = source.against.iter().filter_map(|key| self.by_key.get(key.as_str()));
        let mut text = Text::new();
        for (index, other) in others.enumerate() {
            text = text.plain(if index == 0 { "Against it: " } else { ", " }).and(self.number(other));
        }
        (!text.is_empty()).then_some(text)
    }
}

/// How sure, as a word that stands out unless it is confirmed.
fn standing(source: &Source) -> Text {
    let word = status(&source.status);
    if source.status == "confirmed" { Text::new().quiet("(confirmed)") } else { Text::new().doubt(format!("({word})")) }
}

/// Kind, dates and standing on one line.
fn about(act: &Source) -> Text {
    let mut parts: Vec<String> = act.kind.iter().cloned().collect();
    parts.extend(act.dated.map(|d| format!("of {d}")));
    let in_force = days(act.in_force);
    if !in_force.is_empty() {
        parts.push(format!("in force {in_force}"));
    }
    parts.extend(act.void_from.map(|d| format!("void from {d}")));
    parts.extend(act.replaced_by.as_ref().map(|r| format!("replaced by {r}")));
    parts.extend(act.read_as_of.map(|d| format!("read as of {d}")));
    parts.extend(act.checked.map(|d| format!("checked {d}")));
    standing(act).quiet(format!(" {}", parts.join(", ")))
}
