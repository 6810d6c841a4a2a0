//! The files of a folder, read as one law.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, any_error};
use crate::formula::names::{Item, Names};
use crate::yaml::{Fields, Node, Reader, parse};

use super::book::{At, PriceAt, RateDay, RuleBook, Valuation};
use super::{
    compile, dates, declare, read_figures, read_head, read_inputs, read_matching, read_regulation, read_rows, read_schedules,
    read_shares, sound, unions,
};

/// A law and what is to be said of it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// `None` where there are errors.
    pub book: Option<RuleBook>,
    pub diagnostics: Vec<Diagnostic>,
    pub sources: SourceMap,
}

/// Reads, compiles and checks the files of one law. All errors are reported at once.
pub fn load(files: &[Source]) -> Loaded {
    load_with(files, &crate::library::union)
}

/// The same, with a way to find the files of a union by its code.
pub fn load_with(files: &[Source], union: &dyn Fn(&str) -> Vec<Source>) -> Loaded {
    load_as(files, union, Purpose::Law)
}

/// The rules of a report that a provider makes of its customers: a law without taxes, to which a deposit comes from outside.
pub fn load_report(files: &[Source]) -> Loaded {
    load_as(files, &crate::library::union, Purpose::Report)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Law,
    Report,
}

fn load_as(files: &[Source], union: &dyn Fn(&str) -> Vec<Source>, purpose: Purpose) -> Loaded {
    let mut diagnostics = Vec::new();
    let mut sources = SourceMap::default();
    let mut book = RuleBook { pairs: purpose == Purpose::Law, ..empty() };
    let mut roots: Vec<(Reader, Node)> = Vec::new();
    let mut sha = Sha256::new();
    for file in files {
        sources.insert(file);
        sha.update(file.text.as_bytes());
        match parse(file) {
            Ok(node) => roots.push((Reader::new(&file.name), node)),
            Err(problems) => diagnostics.extend(problems),
        }
    }
    let unions = unions::find(&mut roots, union, &mut diagnostics);
    for file in unions.iter().flat_map(|u| &u.files) {
        sources.insert(file);
        sha.update(file.text.as_bytes());
    }
    book.sha256 = hex(&sha.finalize());
    // With a file that is not YAML the others would only raise errors that follow from it.
    let readable = diagnostics.is_empty();
    if readable {
        read_all(&mut book, &mut roots, files, purpose);
        for union in unions {
            union.read_into(&mut book, &mut diagnostics);
        }
    }
    for (reader, _) in &mut roots {
        diagnostics.append(&mut reader.problems);
    }
    if readable {
        dates::settle(&mut book, &mut diagnostics);
        declare::declare(&mut book, &mut diagnostics);
        super::tables::resolve(&mut book, &mut diagnostics);
        compile::formulas(&mut book, &mut diagnostics);
        sound::check(&book, &mut diagnostics);
    }
    diagnostics.sort_by(|a, b| (a.place.as_ref(), a.code).cmp(&(b.place.as_ref(), b.code)));
    diagnostics.dedup();
    let book = (!any_error(&diagnostics)).then_some(book);
    Loaded { book, diagnostics, sources }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(super) fn empty() -> RuleBook {
    let nowhere = At { file: "".into(), spot: crate::yaml::Spot::default() };
    RuleBook {
        code: String::new(),
        title: String::new(),
        currency: String::new(),
        zone: chrono_tz::UTC,
        year_begins: (1, 1),
        year_stated_by: None,
        covers: (NaiveDate::MIN, NaiveDate::MAX),
        note: None,
        units: Vec::new(),
        month_end: None,
        working_days: None,
        sources: Default::default(),
        labels: Vec::new(),
        facts: Vec::new(),
        options: Vec::new(),
        parameters: Vec::new(),
        schedules: Vec::new(),
        allocations: Vec::new(),
        offsets: Vec::new(),
        valuation: Valuation {
            order: Vec::new(),
            exchange: Vec::new(),
            rate_source: String::new(),
            rate_day: RateDay::Same,
            price_at: PriceAt::Day,
            cite: Vec::new(),
            note: None,
            at: nowhere.clone(),
        },
        treatments: Vec::new(),
        fees: Vec::new(),
        matching: Vec::new(),
        pairs: true,
        bases: Vec::new(),
        on_dates: Vec::new(),
        deny_loss: Vec::new(),
        fields: Vec::new(),
        quantities: Vec::new(),
        taxes: Vec::new(),
        duties: Vec::new(),
        registers: Vec::new(),
        member_of: Vec::new(),
        union_files: Default::default(),
        watch: Vec::new(),
        names: Names::default(),
        sha256: String::new(),
        reads_previous: false,
    }
}

/// The head comes first, whichever file has it: it names the currency that `money` means.
fn read_all(book: &mut RuleBook, roots: &mut [(Reader, Node)], files: &[Source], purpose: Purpose) {
    let has_head =
        |node: &Node| matches!(&node.value, crate::yaml::Value::Map(entries) if entries.iter().any(|e| e.key == "jurisdiction"));
    roots.sort_by_key(|(_, node)| !has_head(node));
    let mut seen: Vec<&'static str> = Vec::new();
    for (index, (reader, node)) in roots.iter_mut().enumerate() {
        let Some(mut fields) = reader.fields(node, "a rule file") else { continue };
        if index == 0 {
            read_head::head(reader, &mut fields, book);
        }
        sections(reader, &mut fields, book, &mut seen);
        fields.done(reader);
    }
    if let Some((reader, node)) = roots.first_mut() {
        // A law that only regulates has nothing that taxes need.
        let taxes = ["treatment", "fees", "matching", "taxes"];
        let none = seen.contains(&"regulation") && !taxes.iter().any(|section| seen.contains(section));
        for missing in ["sources", "valuation"].into_iter().chain(taxes.into_iter().filter(|_| !none)) {
            if !seen.contains(&missing) && (missing, purpose) != ("taxes", Purpose::Report) {
                let message = format!("the law has no `{missing}`");
                reader.problem(Code::R0202, node.spot, message, Some(format!("add a section `{missing}:`")));
            }
        }
    } else if files.is_empty() {
        // Said by the caller, who knows which folder was meant.
    }
}

pub(super) fn sections(reader: &mut Reader, fields: &mut Fields<'_>, book: &mut RuleBook, seen: &mut Vec<&'static str>) {
    let mut section = |fields: &mut Fields<'_>, key: &'static str| {
        let node = fields.take(key).cloned();
        if node.is_some() {
            seen.push(key);
        }
        node
    };
    if let Some(node) = section(fields, "sources") {
        reader.entries(&node).iter().for_each(|e| read_head::source(reader, e, book));
    }
    if let Some(node) = section(fields, "labels") {
        reader.entries(&node).iter().for_each(|e| read_head::label(reader, e, book));
    }
    if let Some(node) = section(fields, "facts") {
        reader.entries(&node).iter().for_each(|e| read_inputs::fact(reader, e, book));
    }
    for (key, is_reading) in [("choices", false), ("readings", true)] {
        if let Some(node) = section(fields, key) {
            reader.entries(&node).iter().for_each(|e| read_inputs::option(reader, e, is_reading, book));
        }
    }
    if let Some(node) = section(fields, "parameters") {
        reader.entries(&node).iter().for_each(|e| read_inputs::parameter(reader, e, book));
    }
    if let Some(node) = section(fields, "schedules") {
        reader.entries(&node).iter().for_each(|e| read_schedules::schedule(reader, e, book));
    }
    if let Some(node) = section(fields, "valuation")
        && let Some(valuation) = read_rows::valuation(reader, &node)
    {
        book.valuation = valuation;
    }
    if let Some(node) = section(fields, "treatment") {
        book.treatments.extend(reader.list(&node).iter().filter_map(|n| read_rows::treatment(reader, n)));
    }
    if let Some(node) = section(fields, "fees") {
        book.fees.extend(reader.list(&node).iter().filter_map(|n| read_rows::fee(reader, n)));
    }
    if let Some(node) = section(fields, "matching") {
        read_matching::matching(reader, &node, book);
    }
    if let Some(node) = section(fields, "bases") {
        reader.entries(&node).iter().for_each(|e| read_matching::basis(reader, e, book));
    }
    if let Some(node) = section(fields, "on_date") {
        book.on_dates.extend(reader.list(&node).iter().filter_map(|n| read_matching::on_date(reader, n)));
    }
    if let Some(node) = section(fields, "deny_loss") {
        read_matching::deny_loss(reader, &node, book);
    }
    let blocks = [
        ("each_match", Item::Match),
        ("each_disposal", Item::Disposal),
        ("each_income", Item::Income),
        ("each_expense", Item::Expense),
        ("each_acquisition", Item::Acquisition),
        ("each_holding", Item::Holding),
    ];
    for (key, item) in blocks {
        if let Some(node) = section(fields, key) {
            reader.entries(&node).iter().for_each(|e| read_figures::field(reader, e, item, book));
        }
    }
    if let Some(node) = section(fields, "quantities") {
        reader.entries(&node).iter().for_each(|e| read_figures::quantity(reader, e, book));
    }
    if let Some(node) = section(fields, "offsets") {
        reader.entries(&node).iter().for_each(|e| read_shares::offset(reader, e, book));
    }
    if let Some(node) = section(fields, "taxes") {
        reader.entries(&node).iter().for_each(|e| read_figures::tax(reader, e, book));
    }
    if let Some(node) = section(fields, "registers") {
        reader.entries(&node).iter().for_each(|e| read_regulation::register(reader, e, book));
    }
    if let Some(node) = section(fields, "regulation") {
        reader.entries(&node).iter().for_each(|e| read_regulation::duty(reader, e, book));
    }
    if let Some(node) = section(fields, "watch") {
        book.watch.extend(reader.list(&node).iter().filter_map(|n| read_head::watch(reader, n)));
    }
}
