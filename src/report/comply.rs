//! Findings for a terminal, Markdown and JSON.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::engine::Compliance;
use crate::formula::code::{Op, Ref};
use crate::formula::types::Value;
use crate::law::words::{flat, status, thousands, value as value_of};
use crate::number::{Decimal, parse, plain};
use crate::page::{Block, Page, Table, Term, Text};
use crate::regulate::{Finding, Outcome};
use crate::rules::RuleBook;
use crate::rules::book::Status;

use super::json::Assumptions;

/// The findings of a day as a document: what is not met first, what is met last.
pub fn page(book: &RuleBook, found: &Compliance) -> Page {
    let mut blocks = vec![Block::Para(summary(found).into())];
    blocks.extend(explained(found));
    let sections: [(&str, &[Outcome]); 4] = [
        ("Not met", &[Outcome::Failed]),
        ("To report", &[Outcome::ToReport]),
        ("Not checked", &[Outcome::NotChecked]),
        ("Under acts not in force", &[Outcome::WouldFail, Outcome::WouldBeMet]),
    ];
    for (title, outcomes) in sections {
        let own: Vec<&Finding> = found.findings.iter().filter(|f| outcomes.contains(&f.outcome)).collect();
        if own.is_empty() {
            continue;
        }
        blocks.push(Block::Section(format!("{title} ({})", own.len())));
        for group in together(&own) {
            if let [finding] = group.as_slice() {
                blocks.push(Block::Entry { title: finding.title.clone(), name: finding.rule.clone() });
                blocks.push(Block::Terms(terms(book, finding)));
            } else {
                blocks.extend(lacking(&group));
            }
        }
    }
    let met: Vec<Text> = found
        .findings
        .iter()
        .filter(|f| f.outcome == Outcome::Met)
        .map(|f| Text::new().plain(format!("{} ", f.title)).code(f.rule.as_str()))
        .collect();
    if !met.is_empty() {
        blocks.push(Block::Section(format!("Met ({})", met.len())));
        blocks.push(Block::List(met));
    }
    // Where no rule applies the figures of rules are beside the point.
    let figures = quantities(book, found);
    if !figures.rows.is_empty() && !found.findings.is_empty() {
        blocks.push(Block::Section("Figures of the day".into()));
        blocks.push(Block::Table(figures));
    }
    if !found.assumptions.is_empty() {
        blocks.push(Block::Section("Assumed".into()));
        blocks.push(Block::List(found.assumptions.iter().map(|one| one.message.as_str().into()).collect()));
    }
    Page { title: format!("{}: duties, prohibitions, licences on {}", book.title, found.on), aside: book.code.clone(), blocks }
}

/// Rules that lack the same are told as one.
fn together<'a>(findings: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let same = |group: &&mut Vec<&Finding>| {
            let first = group.first();
            first.is_some_and(|f| f.message == finding.message && f.subject == finding.subject)
        };
        match groups.iter_mut().find(same).filter(|_| finding.outcome == Outcome::NotChecked) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// Several rules that lack the same.
fn lacking(group: &[&Finding]) -> Vec<Block> {
    let Some(first) = group.first() else { return Vec::new() };
    let mut terms = vec![Term::text("why", why(first))];
    terms.extend(first.subject.iter().map(|subject| Term::text("Who", subject.as_str())));
    terms.extend(first.cure.iter().map(|cure| Term::text("Cure", cure.as_str())));
    let rules = group.iter().map(|f| Text::new().plain(format!("{} ", f.title)).code(f.rule.as_str())).collect();
    terms.push(Term::new("Rules", vec![Block::List(rules)]));
    vec![Block::Entry { title: format!("{} rules", group.len()), name: String::new() }, Block::Terms(terms)]
}

fn why(finding: &Finding) -> &str {
    finding.message.strip_prefix("not checked: ").unwrap_or(&finding.message)
}

/// What tells how the first finding came about.
fn explained(found: &Compliance) -> Option<Block> {
    let name = found.findings.first()?.explained_by();
    let on = if name.ends_with(&format!("@{}", found.on)) { String::new() } else { format!(" --on {}", found.on) };
    let command = format!("fisc explain .. --in {}{on} {name}", found.jurisdiction);
    Some(Block::Para(Text::from("How a finding came about: ").code(command)))
}

fn summary(found: &Compliance) -> String {
    let count = |outcome: Outcome| found.findings.iter().filter(|f| f.outcome == outcome).count();
    let told = [
        (count(Outcome::Failed), "not met"),
        (count(Outcome::ToReport), "to report"),
        (count(Outcome::NotChecked), "not checked, for something is missing"),
        (count(Outcome::Met), "met"),
    ];
    let said: Vec<String> = told.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if said.is_empty() && !found.errors.is_empty() {
        return "Nothing could be checked: see the errors.".to_owned();
    }
    if said.is_empty() {
        let assumed = if found.assumptions.is_empty() { "" } else { " and assumed" };
        return format!("No rule of this law applies to what was stated{assumed}.");
    }
    format!("Of the rules that apply: {}.", said.join(", "))
}

fn terms(book: &RuleBook, finding: &Finding) -> Vec<Term> {
    // How grave it would be says nothing of what is not known.
    let label = if finding.outcome == Outcome::NotChecked { "why" } else { finding.severity.word() };
    let mut terms = vec![Term::text(label, why(finding))];
    if let Some(subject) = &finding.subject {
        terms.push(Term::text("Who", subject.as_str()));
    }
    if !finding.figures.is_empty() && finding.outcome != Outcome::NotChecked {
        let shown = |value: &String| if parse(value).is_ok() { thousands(value) } else { value.clone() };
        let figure = |(name, value): &(String, String)| format!("`{name}` {}", shown(value));
        let figures: Vec<String> = finding.figures.iter().map(figure).collect();
        terms.push(Term::text("Numbers", figures.join(", ")));
    }
    if finding.from != finding.to {
        terms.push(Term::text("When", format!("{} to {}", finding.from, finding.to)));
    }
    if !finding.transactions.is_empty() {
        terms.push(Term::text("Rows", rows(&finding.transactions)));
    }
    if let Some(due) = finding.due {
        terms.push(Term::text("Due", due.to_string()));
    }
    if let Some(cure) = &finding.cure {
        terms.push(Term::text("Cure", cure.as_str()));
    }
    let test = book.duties.iter().find(|d| d.name == finding.rule);
    if let Some(duty) = test {
        let verb = duty.verb.word().replace('_', " ");
        let rule = match duty.test.code.op {
            Op::Const(Value::YesNo(true)) => Text::new().plain(format!("{verb}, always")),
            _ => Text::new().plain(format!("{verb} ")).code(flat(&duty.test.text)),
        };
        terms.push(Term::text("Rule", rule));
    }
    // Articles of one act stand behind its title.
    let mut last = None;
    for key in &finding.cite {
        let act = book.act_of(key);
        match terms.last_mut().filter(|_| last == Some(act)).and_then(|term| term.said.first_mut()) {
            Some(Block::Para(text)) => *text = std::mem::take(text).plain("; ").and(source(book, key, false)),
            _ => terms.push(Term::text("Law", source(book, key, true))),
        }
        last = Some(act);
    }
    terms
}

fn rows(ids: &[String]) -> String {
    const SHOWN: usize = 8;
    let first: Vec<&str> = ids.iter().take(SHOWN).map(String::as_str).collect();
    let more = ids.len().saturating_sub(SHOWN);
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}

/// The source with its state: confirmed, cancelled on a day, replaced by another.
fn source(book: &RuleBook, key: &str, with_title: bool) -> Text {
    let entry = book.sources.get(key);
    let act = book.sources.get(book.act_of(key));
    let title = act.and_then(|a| a.title.as_deref()).unwrap_or(key);
    let named = match entry.and_then(|e| e.article.as_ref()) {
        Some(article) if with_title => format!("{title}, {article} "),
        Some(article) => format!("{article} "),
        None => format!("{title} "),
    };
    let mut state = status(book.status(key).word());
    let void = entry.and_then(|e| e.void_from).or(act.and_then(|a| a.void_from));
    if let Some(day) = void {
        state = format!("{state} from {day}");
    }
    if let Some(by) = entry.and_then(|e| e.replaced_by.as_ref()).or(act.and_then(|a| a.replaced_by.as_ref())) {
        state = format!("{state}, replaced by {by}");
    }
    if let Some(until) = entry.and_then(|e| e.in_force.until).or(act.and_then(|a| a.in_force.until)) {
        state = format!("{state}, in force until {until}");
    }
    let text = Text::new().plain(named);
    if book.status(key) == Status::Confirmed && void.is_none() {
        text.quiet(format!("({state})"))
    } else {
        text.doubt(format!("({state})"))
    }
}

fn quantities(book: &RuleBook, found: &Compliance) -> Table {
    let row = |(name, value): &(String, Option<Decimal>)| {
        let quantity = book.quantities.iter().find(|q| q.name == *name);
        let shown = |v: Decimal| quantity.map_or_else(|| plain(v), |q| value_of(book, &q.unit, Value::Number(v)));
        let title = quantity.and_then(|q| q.title.clone()).unwrap_or_default();
        vec![Text::new().code(name.as_str()), value.map_or("something is missing".to_owned(), shown).into(), title.into()]
    };
    let head = ["Figure", "Value", "What it is"].map(str::to_owned).to_vec();
    Table {
        head,
        rows: found.quantities.iter().filter(|(name, value)| tells(book, found, name, *value)).map(row).collect(),
        right: vec![1],
    }
}

/// Whether a figure of the day is of interest: not one that is zero or missing and that no rule told of reads.
fn tells(book: &RuleBook, found: &Compliance, name: &str, value: Option<Decimal>) -> bool {
    if value.is_some_and(|v| !v.is_zero()) {
        return true;
    }
    let Some(index) = book.quantities.iter().position(|q| q.name == name) else { return false };
    let told = book.duties.iter().filter(|d| found.findings.iter().any(|f| f.rule == d.name));
    let read = told.flat_map(|d| d.formulas()).any(|f| f.code.refs().contains(&Ref::Quantity(index)));
    read || book.quantities.get(index).is_some_and(|q| q.under.is_some())
}

// ---- JSON ----

struct Map<'a>(&'a [(String, String)]);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(k, v)| (k, v)))
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rule", &self.rule)?;
        map.serialize_entry("title", &self.title)?;
        map.serialize_entry("verb", self.verb.word())?;
        map.serialize_entry("severity", self.severity.word())?;
        map.serialize_entry("outcome", self.outcome.word())?;
        map.serialize_entry("subject", &self.subject)?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("cure", &self.cure)?;
        map.serialize_entry("figures", &Map(&self.figures))?;
        map.serialize_entry("from", &self.from.to_string())?;
        map.serialize_entry("to", &self.to.to_string())?;
        map.serialize_entry("due", &self.due.map(|d| d.to_string()))?;
        map.serialize_entry("transactions", &self.transactions)?;
        map.serialize_entry("cite", &self.cite)?;
        map.serialize_entry("status", self.status.word())?;
        map.serialize_entry("explain", &self.explained_by())?;
        if let Some(under) = &self.under {
            map.serialize_entry("under", under)?;
        }
        map.end()
    }
}

struct Amounts<'a>(&'a Compliance);

impl Serialize for Amounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.quantities.iter().map(|(name, value)| (name, value.map(plain))))
    }
}

impl Serialize for Compliance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (met, findings): (Vec<&Finding>, Vec<&Finding>) = self.findings.iter().partition(|f| f.outcome == Outcome::Met);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("fisc", env!("CARGO_PKG_VERSION"))?;
        map.serialize_entry("jurisdiction", &self.jurisdiction)?;
        map.serialize_entry("on", &self.on.to_string())?;
        map.serialize_entry("currency", &self.currency)?;
        map.serialize_entry("quantities", &Amounts(self))?;
        map.serialize_entry("findings", &findings)?;
        map.serialize_entry("met", &met)?;
        map.serialize_entry("assumptions", &Assumptions(&self.assumptions))?;
        map.serialize_entry("errors", &self.errors)?;
        map.serialize_entry("warnings", &self.warnings)?;
        map.end()
    }
}
