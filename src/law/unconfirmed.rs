//! What a lawyer should confirm next: everything that rests on a source which is not confirmed.

use serde::Serialize;

use crate::page::{Block, Page, Term, Text};
use crate::rules::RuleBook;
use crate::rules::book::{Given, Rule, Status, Tariff};
use crate::rules::cited::{self, Cited, What};

use super::card::Place;
use super::words::flat;
use super::{cites, words};

/// The order of the groups: what nobody has confirmed yet comes first.
const ORDER: &[Status] = &[
    Status::Unconfirmed,
    Status::Disputed,
    Status::LawSilent,
    Status::Guidance,
    Status::Proposed,
    Status::Cancelled,
    Status::Replaced,
];

#[derive(Debug, Clone, Serialize)]
pub struct Unconfirmed {
    pub jurisdiction: String,
    pub title: String,
    pub groups: Vec<Group>,
}

/// The entries whose least sure source has a status.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    pub status: &'static str,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Item {
    pub what: &'static str,
    /// The name it has in the law's file, where it has one.
    pub name: Option<String>,
    pub title: String,
    /// What the file says there.
    pub says: String,
    pub place: Place,
    /// Those that are not confirmed.
    pub sources: Vec<Source>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Source {
    pub key: String,
    pub text: String,
    pub status: &'static str,
    /// Its own address, or that of its act.
    pub url: Option<String>,
    pub note: Option<String>,
    /// The other side.
    pub against: Vec<Source>,
}

/// The list of a law, the most consequential first in each group.
pub fn unconfirmed(book: &RuleBook) -> Unconfirmed {
    let mut found: Vec<(Status, What, Item)> = Vec::new();
    for entry in cited::every(book).into_iter().filter(|c| c.what.counts()) {
        let doubtful: Vec<&String> =
            entry.cite.iter().map(|(key, _)| key).filter(|key| book.status(key) != Status::Confirmed).collect();
        let Some(status) = ORDER.iter().find(|s| doubtful.iter().any(|key| book.status(key) == **s)) else { continue };
        let item = Item {
            what: entry.what.word(),
            name: name(book, &entry),
            title: words::entry(book, &entry),
            says: says(book, &entry).unwrap_or_default(),
            place: cites::place(entry.at),
            sources: doubtful.into_iter().map(|key| source(book, key, true)).collect(),
        };
        found.push((*status, entry.what, item));
    }
    // Sorting keeps the order of the file among equals.
    found.sort_by_key(|(_, what, _)| *what);
    let group = |status: &Status| {
        let own = found.iter().filter(|(s, ..)| s == status);
        Group { status: status.word(), items: own.map(|(.., item)| item.clone()).collect() }
    };
    let groups = ORDER.iter().map(group).filter(|g| !g.items.is_empty()).collect();
    Unconfirmed { jurisdiction: book.code.clone(), title: book.title.clone(), groups }
}

fn source(book: &RuleBook, key: &str, sides: bool) -> Source {
    let entry = book.sources.get(key);
    let act = book.sources.get(cites::act(book, key));
    let own = |key: &String| source(book, key, false);
    // A source may be the one that stands against another: that is its other side too.
    let facing = book.sources.iter().filter(|(_, s)| s.against.iter().any(|(against, _)| against == key)).map(|(k, _)| k);
    let others = entry.into_iter().flat_map(|e| e.against.iter().map(|(k, _)| k)).chain(facing);
    Source {
        key: key.to_owned(),
        text: cites::text(book, key),
        status: book.status(key).word(),
        url: entry.and_then(|e| e.url.clone()).or_else(|| act?.url.clone()),
        note: entry.and_then(|e| e.note.clone()),
        against: if sides { others.map(own).collect() } else { Vec::new() },
    }
}

fn name(book: &RuleBook, entry: &Cited<'_>) -> Option<String> {
    let found = match entry.what {
        What::Tax | What::Due | What::Rounding | What::Advances | What::LateInterest => {
            book.taxes.get(entry.section).map(|t| &t.name)
        }
        What::Value | What::TableRow => book.parameters.get(entry.section).map(|p| &p.name),
        What::Schedule => book.schedules.get(entry.section).map(|s| &s.name),
        What::Offset => book.offsets.get(entry.section).map(|o| &o.name),
        What::Quantity => book.quantities.get(entry.section).map(|q| &q.name),
        What::Field => book.fields.get(entry.section).map(|f| &f.name),
        What::Reading | What::Choice => book.options.get(entry.section).map(|o| &o.name),
        What::Fact => book.facts.get(entry.section).map(|f| &f.name),
        What::Duty => book.duties.get(entry.section).map(|d| &d.name),
        What::Register => book.registers.get(entry.section).map(|r| &r.name),
        What::Basis => book.bases.get(entry.section).map(|b| &b.name),
        What::Treatment
        | What::Fees
        | What::Matching
        | What::UnitCost
        | What::Moves
        | What::Shortfall
        | What::OnDate
        | What::DenyLoss
        | What::Valuation
        | What::MonthEnd
        | What::WorkingDays
        | What::Shadow
        | What::Watch => None,
    };
    found.cloned()
}

fn says(book: &RuleBook, entry: &Cited<'_>) -> Option<String> {
    match entry.what {
        What::Tax => book.taxes.get(entry.section).map(|tax| {
            let base = tax.base.as_ref().map(|f| f.text.as_str());
            let rate = tax.rate.as_ref().map(|f| f.text.as_str());
            match (base, rate, &tax.amount) {
                (Some(base), Some(rate), _) => format!("{base}, at {rate}"),
                (_, _, Some(amount)) => amount.text.clone(),
                _ => String::new(),
            }
        }),
        What::Duty => {
            book.duties.get(entry.section).map(|d| format!("{} {}", d.verb.word().replace('_', " "), flat(&d.test.text)))
        }
        What::Due => book.taxes.get(entry.section).and_then(|t| {
            let advances = t.advances.iter().flat_map(|a| &a.due);
            t.due.iter().chain(advances).nth(entry.index).map(words::due)
        }),
        What::Rounding => book.taxes.get(entry.section).and_then(|t| {
            let late = t.late.as_ref().and_then(|l| l.round.as_ref());
            let advances = t.advances.as_ref().and_then(|a| a.round.as_ref());
            [t.round.as_ref(), late, advances].get(entry.index).copied().flatten().map(words::rounding)
        }),
        What::Advances => {
            book.taxes.get(entry.section)?.advances.as_ref().map(|a| format!("each {}: {}", a.per.word(), flat(&a.amount.text)))
        }
        What::LateInterest => {
            book.taxes.get(entry.section)?.late.as_ref().map(|l| format!("{}, {}", flat(&l.rate.text), words::late(l)))
        }
        What::Value => {
            let parameter = book.parameters.get(entry.section)?;
            let dated = parameter.values.get(entry.index)?;
            let when = words::days(dated.in_force.from, dated.in_force.until);
            Some(format!("{} {when}", words::given(book, &parameter.unit, &dated.value)).trim_end().to_owned())
        }
        What::TableRow => {
            let parameter = book.parameters.get(entry.section)?;
            let Given::Table(rows) = &parameter.values.get(entry.index)?.value else { return None };
            let row = rows.iter().find(|r| std::ptr::eq(&raw const r.cite, entry.cite))?;
            let asked: Vec<&str> = row.asked.iter().flatten().flatten().map(|(word, _)| word.as_str()).collect();
            let whose = if asked.is_empty() { "otherwise".to_owned() } else { asked.join(", ") };
            Some(format!("{whose}: {}", words::given(book, &parameter.unit, &row.value)))
        }
        What::Schedule => book.schedules.get(entry.section).map(|s| match &s.how {
            Tariff::Slice(scale) | Tariff::Whole(scale) => format!("by the bands of {}", scale.name),
            Tariff::Rule(found) => rule(found),
        }),
        What::Offset => book.offsets.get(entry.section).map(|o| flat(&o.arises.text)),
        What::Quantity => book.quantities.get(entry.section).map(|q| rule(&q.rule)),
        What::Field => book.fields.get(entry.section).map(|f| rule(&f.rule)),
        What::Treatment => book.treatments.get(entry.section).map(|t| {
            let when = t.when.as_ref().map(|w| format!("if {}: ", flat(&w.text))).unwrap_or_default();
            format!("{when}{}", words::treatment(t))
        }),
        What::Fees => book.fees.get(entry.section).map(words::fees),
        What::Matching | What::UnitCost => {
            let step = book.matching.get(entry.section)?.steps.get(entry.index)?;
            if entry.what == What::Matching { Some(words::step(step)) } else { step.unit_cost.as_ref().map(words::unit_cost) }
        }
        What::Moves => book.matching.get(entry.section)?.moves.as_ref().map(words::moves),
        What::Shortfall => book.matching.get(entry.section)?.shortfall.as_ref().map(words::shortfall),
        What::Basis => book.bases.get(entry.section).map(|b| flat(&b.start.text)),
        What::OnDate => book.on_dates.get(entry.section).map(|o| words::on_date(&o.what)),
        What::DenyLoss => book.deny_loss.get(entry.section).map(words::deny_loss),
        What::Reading | What::Choice => book.options.get(entry.section).map(|o| {
            let chosen = o.options.iter().find(|e| e.name == o.default).map_or(o.default.as_str(), |e| e.title.as_str());
            format!("{chosen} ({})", o.default)
        }),
        What::Fact | What::Valuation | What::MonthEnd | What::WorkingDays | What::Shadow | What::Watch | What::Register => None,
    }
}

fn rule(rule: &Rule) -> String {
    let case = |c: &crate::rules::book::Case| match &c.when {
        Some(when) => format!("if {}: {}", flat(&when.text), flat(&c.then.text)),
        None => flat(&c.then.text),
    };
    rule.cases.iter().map(case).collect::<Vec<_>>().join("; else ")
}

impl Unconfirmed {
    pub fn count(&self) -> usize {
        self.groups.iter().map(|g| g.items.len()).sum()
    }

    /// The list as a document.
    pub fn page(&self) -> Page {
        let mut blocks = Vec::new();
        if self.groups.is_empty() {
            blocks.push(Block::Para("Everything rests on confirmed sources.".into()));
        } else {
            let counts: Vec<String> =
                self.groups.iter().map(|g| format!("{} {}", g.items.len(), words::status(g.status))).collect();
            blocks.push(Block::Para(format!("To confirm: {}. The most consequential come first.", counts.join(", ")).into()));
        }
        for group in &self.groups {
            blocks.push(Block::Section(format!("{} ({})", heading(group.status), group.items.len())));
            for item in &group.items {
                blocks.push(Block::Entry { title: title(item), name: item.name.clone().unwrap_or_default() });
                blocks.push(Block::Terms(terms(item)));
            }
        }
        Page { title: format!("{}: what is not confirmed", self.title), aside: self.jurisdiction.clone(), blocks }
    }
}

fn heading(status: &str) -> &'static str {
    match status {
        "unconfirmed" => "Not confirmed",
        "disputed" => "Disputed",
        "law_silent" => "The law is silent",
        "guidance" => "By guidance only",
        "proposed" => "Proposed",
        "cancelled" => "Cancelled",
        _ => "Replaced",
    }
}

fn title(item: &Item) -> String {
    let mut chars = item.title.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => item.what.to_owned(),
    }
}

fn terms(item: &Item) -> Vec<Term> {
    let place = Text::new().quiet(format!("{}:{}", item.place.file, item.place.line));
    let mut terms = vec![Term::text("Where", Text::from(format!("{}, ", item.what)).and(place))];
    if !item.says.is_empty() {
        terms.push(Term::text("Says", item.says.as_str()));
    }
    for source in &item.sources {
        terms.push(Term::new("Source", side(source)));
        terms.extend(source.against.iter().map(|other| Term::new("Against it", side(other))));
    }
    terms
}

fn side(source: &Source) -> Vec<Block> {
    let name = Text::new().strong(source.text.as_str()).plain(" ").doubt(format!("({})", words::status(source.status)));
    let mut said = vec![Block::Para(name)];
    said.extend(source.note.iter().map(|n| Block::Para(n.as_str().into())));
    said.extend(source.url.iter().map(|url| Block::Para(Text::new().url(url))));
    said
}
