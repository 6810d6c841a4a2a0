//! The card as a document. Everything here is read from the card, so that all formats say the same.

use std::collections::BTreeMap;

use crate::page::{self, Block, Page, Table, Term, Text};

use super::card::{Card, Days, Formula, Name, OptionSet, Source};
use super::words;

/// The document of a card.
pub fn page(card: &Card) -> Page {
    let show = Show { card, by_key: card.sources.iter().map(|s| (s.key.as_str(), s)).collect() };
    let mut blocks = show.head();
    show.facts(&mut blocks);
    show.rows(&mut blocks);
    show.taxes(&mut blocks);
    show.figures(&mut blocks);
    show.parameters(&mut blocks);
    show.options("Readings: where the law is unclear", &card.readings, &mut blocks);
    show.options("Choices of the taxpayer", &card.choices, &mut blocks);
    show.calendar(&mut blocks);
    show.watch(&mut blocks);
    show.known(&mut blocks);
    show.disagreements(&mut blocks);
    show.sources(&mut blocks);
    let year = card.year.as_ref().map(|y| format!(", tax year {}", y.label)).unwrap_or_default();
    Page { title: format!("{}{year}", card.title), aside: card.jurisdiction.clone(), blocks }
}

pub(super) struct Show<'a> {
    pub card: &'a Card,
    pub by_key: BTreeMap<&'a str, &'a Source>,
}

pub(super) fn section(title: &str) -> Block {
    Block::Section(title.to_owned())
}

pub(super) fn para(text: impl Into<Text>) -> Block {
    Block::Para(text.into())
}

pub(super) fn formula(formula: &Formula) -> Block {
    // A name alone needs no line of its own for what it means.
    if let [only] = formula.names.as_slice()
        && only.name == formula.text.trim()
    {
        return para(Text::new().code(only.name.as_str()).quiet(format!("  {}", only.title)));
    }
    let names = formula.names.iter().map(|n| (n.name.clone(), n.title.clone())).collect();
    Block::Formula(page::Formula { text: formula.text.clone(), names })
}

/// Titles, with the name where there is no title.
pub(super) fn titles(names: &[Name]) -> String {
    let title = |n: &Name| if n.title.is_empty() { n.name.clone() } else { n.title.clone() };
    names.iter().map(title).collect::<Vec<_>>().join("; ")
}

pub(super) fn days(days: Days) -> String {
    words::days(days.from, days.through)
}

/// Sentences one after the other, each ended.
pub(super) fn ended(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

impl Show<'_> {
    /// Articles with the number of their act: `Art. 4, Art. 189 [1]; [7]`; what is not confirmed says so.
    pub fn cites(&self, keys: &[String]) -> Text {
        let mut out = Text::new();
        let found: Vec<&&Source> = keys.iter().filter_map(|key| self.by_key.get(key.as_str())).collect();
        let mut said = false;
        for (index, source) in found.iter().enumerate() {
            let article = source.at.clone().unwrap_or_default();
            let doubtful = source.status != "confirmed";
            let named = !article.is_empty() || doubtful;
            if named && said {
                out = out.quiet(", ");
            }
            out = out.quiet(article.as_str());
            if doubtful {
                let gap = if article.is_empty() { "" } else { " " };
                out = out.plain(gap).doubt(format!("({})", words::status(&source.status)));
            }
            said |= named;
            // The number stands once, behind the last of an act's articles.
            if found.get(index + 1).is_some_and(|next| next.number == source.number) {
                continue;
            }
            let gap = if said { " " } else { "" };
            out = out.plain(gap).to(format!("[{}]", source.number), format!("source-{}", source.number));
            out = out.quiet(if index + 1 < found.len() { "; " } else { "" });
            said = false;
        }
        out
    }

    /// The last terms of an entry: its note and its law.
    pub fn grounds(&self, note: Option<&String>, cite: &[String], terms: &mut Vec<Term>) {
        if let Some(note) = note {
            terms.push(Term::text("Note", note.as_str()));
        }
        if !cite.is_empty() {
            terms.push(Term::text("Law", self.cites(cite)));
        }
    }

    fn head(&self) -> Vec<Block> {
        let card = self.card;
        let mut when = String::new();
        if let Some(year) = &card.year {
            when = format!("From {} to {}. ", year.from, year.to);
        }
        let covered = match card.covers {
            Days { from: Some(from), through: Some(through) } => format!("The file covers {from} to {through}. "),
            _ => String::new(),
        };
        let zone = format!("Amounts are in {}; a row's day is its day in {}.", card.currency, card.time_zone);
        let (values, rules) = (card.confidence.values, card.confidence.rules);
        let sure = format!(
            "{} of {} dated values, and {} of all {} rules, rest on confirmed sources alone. What is left to confirm: ",
            values.confirmed, values.of, rules.confirmed, rules.of
        );
        let command = format!("fisc check --unconfirmed {}", card.jurisdiction);
        let mut blocks = vec![para(format!("{when}{covered}{zone}"))];
        blocks.push(para(Text::new().plain(sure).code(command)));
        blocks.extend(card.note.iter().map(|note| para(note.as_str())));
        blocks.push(section("In short"));
        blocks.push(self.in_short());
        blocks
    }

    fn in_short(&self) -> Block {
        let mut rows = Vec::new();
        for tax in &self.card.taxes {
            let rate = match tax.rate_in_force.as_slice() {
                [] if tax.rate.is_some() => "by formula".to_owned(),
                [] => "an amount".to_owned(),
                some => some.join(", then "),
            };
            let own: Vec<_> = self.card.calendar.iter().filter(|d| d.tax == tax.id && d.what == "tax").collect();
            let due = match own.as_slice() {
                [] => tax.due.iter().map(|d| d.text.clone()).collect::<Vec<_>>().join(", or "),
                days if days.len() <= 4 => {
                    let by_case = days.iter().any(|d| d.when.is_some());
                    let days: Vec<String> = days.iter().map(|d| d.due.to_string()).collect();
                    days.join(if by_case { " or " } else { ", " })
                }
                days => {
                    let ends = (days.first().map(|d| d.due), days.last().map(|d| d.due));
                    format!("{} days, {} to {}", days.len(), text(ends.0), text(ends.1))
                }
            };
            rows.push(vec![Text::new().strong(tax.title.as_str()), rate.into(), lengths(&tax.per).into(), due.into()]);
        }
        let head = ["Tax", "Rate", "Each", "Due"].map(str::to_owned).to_vec();
        Block::Table(Table { head, rows, right: Vec::new() })
    }

    fn facts(&self, blocks: &mut Vec<Block>) {
        if !self.card.facts.is_empty() {
            blocks.push(section("Who is taxed, and the facts asked"));
            blocks.push(Block::Roomy(self.card.facts.iter().map(|f| self.fact(f)).collect()));
        }
        if !self.card.labels.is_empty() {
            blocks.push(Block::Entry { title: "Words of a row's category".into(), name: "category".into() });
            let label = |l: &super::card::Label| {
                let title = l.title.clone().unwrap_or_default();
                let answers = one_of(&l.one_of).plain("; if not given ").code(l.default.as_str());
                let mut said = if title.is_empty() { Vec::new() } else { vec![para(Text::new().strong(title))] };
                said.push(para(answers));
                said.extend(l.note.iter().map(|n| para(n.as_str())));
                Term::new(Text::new().code(l.name.as_str()), said)
            };
            blocks.push(Block::Terms(self.card.labels.iter().map(label).collect()));
        }
    }

    fn fact(&self, fact: &super::card::Fact) -> Term {
        let answers = if let Some(unit) = &fact.unit {
            Text::new().plain(match unit.as_str() {
                "number" | "rate" | "date" => format!("A {unit}"),
                "yes or no" => "Yes or no".to_owned(),
                unit => format!("An amount in {unit}"),
            })
        } else if !fact.list_of.is_empty() {
            let keys: Vec<String> = fact.list_of.iter().map(|k| format!("{} ({})", k.name, k.title)).collect();
            Text::new().plain(format!("A list of {}", keys.join(", ")))
        } else {
            one_of(&fact.one_of)
        };
        let varies = match fact.varies.as_str() {
            "by_year" => "; asked for each year",
            "by_month" => "; asked for each month",
            "by_date" => "; may change on any day",
            _ => "",
        };
        let about = if fact.about == "taxpayer" { String::new() } else { format!("; asked of a {}", fact.about) };
        let default = match &fact.default {
            Some(default) => Text::new().plain("; if not given ").code(default.as_str()),
            None => match fact.if_missing.as_deref() {
                Some("nothing") => Text::from("; may be left out"),
                Some("not_checked") => Text::from("; ").doubt("without it the rules that read it are not checked"),
                _ => Text::from("; ").doubt("without it the figures that read it are refused"),
            },
        };
        let mut said = vec![para(Text::new().strong(fact.title.as_str()))];
        said.push(para(answers.plain(format!("{varies}{about}")).and(default)));
        if !fact.needed_for.is_empty() {
            said.push(para(format!("For: {}", titles(&fact.needed_for))));
        }
        said.extend(fact.note.iter().map(|n| para(n.as_str())));
        if !fact.cite.is_empty() {
            said.push(para(self.cites(&fact.cite)));
        }
        Term::new(Text::new().code(fact.name.as_str()), said)
    }

    fn options(&self, title: &str, sets: &[OptionSet], blocks: &mut Vec<Block>) {
        if sets.is_empty() {
            return;
        }
        blocks.push(section(title));
        for set in sets {
            blocks.push(Block::Entry { title: set.question.clone(), name: set.name.clone() });
            let mut terms: Vec<Term> = Vec::new();
            for option in &set.options {
                let default = option.name == set.default;
                let title =
                    Text::new().strong(option.title.as_str()).plain(if default { " (used unless told otherwise)" } else { "" });
                let mut said = vec![para(title)];
                if !option.argument.is_empty() {
                    said.push(para(option.argument.as_str()));
                }
                terms.push(Term::new(Text::new().code(option.name.as_str()), said));
            }
            if !set.decides.is_empty() {
                terms.push(Term::text("Decides", set.decides.join("; ")));
            }
            if !set.changes.is_empty() {
                terms.push(Term::text("Changes", titles(&set.changes)));
            }
            self.grounds(set.note.as_ref(), &set.cite, &mut terms);
            blocks.push(Block::Terms(terms));
        }
    }

    fn calendar(&self, blocks: &mut Vec<Block>) {
        let days = &self.card.calendar;
        if days.is_empty() {
            return;
        }
        blocks.push(section("Calendar"));
        blocks.push(para("What is due for the periods of the year, where the tax applies."));
        if let Some(days) = &self.card.working_days {
            let all: Vec<&str> = days.rest.iter().chain(&days.holidays).map(String::as_str).collect();
            blocks.push(para(Text::from(format!("No working days: {}. ", all.join(", "))).and(self.cites(&days.cite))));
            blocks.extend(days.note.iter().map(|n| para(n.as_str())));
        }
        let differs = days.iter().any(|d| d.when.is_some());
        let mut head = vec!["Due", "Tax", "Period"];
        head.extend(differs.then_some("For whom"));
        let title = |d: &super::card::DueDay| if d.what == "advance" { format!("{}, advance", d.title) } else { d.title.clone() };
        let row = |d: &super::card::DueDay| {
            let mut cells: Vec<Text> = vec![Text::new().strong(d.due.to_string()), title(d).into(), d.period.clone().into()];
            if differs {
                cells.push(d.when.as_ref().map(|w| Text::new().code(w.as_str())).unwrap_or_default());
            }
            cells
        };
        let head = head.into_iter().map(str::to_owned).collect();
        blocks.push(Block::Table(Table { head, rows: days.iter().map(row).collect(), right: Vec::new() }));
    }
}

fn one_of(words: &[String]) -> Text {
    let mut text = Text::new();
    for (index, word) in words.iter().enumerate() {
        text = text.plain(if index == 0 { "" } else { ", " }).code(word.as_str());
    }
    text
}

pub(super) fn text(day: Option<chrono::NaiveDate>) -> String {
    day.map(|d| d.to_string()).unwrap_or_default()
}

/// The lengths alone, of `quarter if SMALL, else month`.
fn lengths(per: &str) -> String {
    let length = |case: &str| case.split(' ').next().unwrap_or_default().to_owned();
    per.split(", else ").map(length).collect::<Vec<_>>().join(" or ")
}

/// A sentence from a phrase.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
