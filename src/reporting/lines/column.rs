//! A column of a report of lines: what it is called, and where its content comes from.

use crate::diagnostic::{Code, suggestion};
use crate::formula::code::Ref;
use crate::formula::types::{Type, WordId};
use crate::rules::RuleBook;
use crate::yaml::{Fields, Node, Reader};

use super::form::{AssetWord, Each, RecordKind, of_match};

#[derive(Debug, Clone)]
pub struct Column {
    /// Of the CSV.
    pub name: Option<String>,
    /// Of the XML.
    pub element: Option<String>,
    pub from: From,
    /// The field without which it stays blank.
    pub when: Option<Ref>,
    /// The records that have it, by their places.
    pub of: Vec<usize>,
    pub customer: Option<Whom>,
    /// It may not be blank.
    pub must: bool,
    pub has: Vec<Column>,
}

#[derive(Debug, Clone)]
pub enum From {
    /// Columns inside.
    Group,
    Text(String),
    Known(Known),
    /// A number of so many digits.
    Tin(Option<usize>),
    TinKind(Vec<(String, String)>),
    /// A word of the provider for the asset.
    Asset(String),
    Money(Ref, Cents),
    Number(Ref),
    Date(Ref),
    Tick {
        field: Ref,
        csv: String,
        xml: String,
    },
    Words(Ref, Vec<(WordId, String)>),
}

/// Over which parts rounded amounts add up to the rounded whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cents {
    Sale,
    Lot,
}

/// Customers that a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    Individual,
    Entity,
    /// Living in one of the countries of the report.
    Home,
    Abroad,
}

/// What is known of a record or customer without a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Year,
    Number,
    Taxpayer,
    Account,
    FirstName,
    LastName,
    EntityName,
    AddressLine,
    City,
    Region,
    PostCode,
    Country,
    /// How many sales.
    Sales,
    /// The ids of their rows.
    Rows,
}

impl Known {
    pub const WORDS: &'static [(&'static str, Known)] = &[
        ("year", Known::Year),
        ("number", Known::Number),
        ("taxpayer", Known::Taxpayer),
        ("account", Known::Account),
        ("first_name", Known::FirstName),
        ("last_name", Known::LastName),
        ("entity_name", Known::EntityName),
        ("address_line", Known::AddressLine),
        ("city", Known::City),
        ("region", Known::Region),
        ("post_code", Known::PostCode),
        ("country", Known::Country),
        ("sales", Known::Sales),
        ("rows", Known::Rows),
    ];
}

impl Column {
    /// What holds of a group holds of what is inside.
    fn inherit(&mut self, customer: Option<Whom>, of: &[usize]) {
        self.customer = self.customer.or(customer);
        self.of.retain(|kind| of.contains(kind));
        let (customer, of) = (self.customer, self.of.clone());
        self.has.iter_mut().for_each(|c| c.inherit(customer, &of));
    }
}

/// What names in columns are looked up in.
pub struct Context<'a> {
    pub book: &'a RuleBook,
    pub records: &'a [RecordKind],
    pub assets: &'a [AssetWord],
}

pub fn read(reader: &mut Reader, node: &Node, context: &Context<'_>) -> Option<Column> {
    let mut fields = reader.fields(node, "a column of a report")?;
    let name = fields.take("name").and_then(|n| reader.string(n));
    let element = fields.take("element").and_then(|n| reader.string(n));
    let of = match fields.take("of") {
        Some(node) => records(reader, node, context),
        None => (0..context.records.len()).collect(),
    };
    let whom = [("individual", Whom::Individual), ("entity", Whom::Entity), ("home", Whom::Home), ("abroad", Whom::Abroad)];
    let customer = fields.take("for").and_then(|n| reader.one_of(n, &whom));
    let must = fields.take("must").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    let when = fields.take("when").and_then(|n| condition(reader, n, context.book));
    let has = fields.take("has").map(|n| reader.list(n)).unwrap_or_default();
    let mut has: Vec<Column> = has.iter().filter_map(|n| read(reader, n, context)).collect();
    has.iter_mut().for_each(|c| c.inherit(customer, &of));
    let from = if has.is_empty() { source(reader, &mut fields, node, context, &of) } else { Some(From::Group) };
    fields.done(reader);
    Some(Column { name, element, from: from?, when, of, customer, must, has })
}

fn records(reader: &mut Reader, node: &Node, context: &Context<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    for (word, spot) in reader.words(node) {
        match context.records.iter().position(|k| k.name == word) {
            Some(place) => found.push(place),
            None => {
                let help = suggestion(&word, context.records.iter().map(|k| k.name.as_str()));
                reader.problem(Code::R0302, spot, format!("`{word}` is not a record of this report"), help);
            }
        }
    }
    found
}

fn condition(reader: &mut Reader, node: &Node, book: &RuleBook) -> Option<Ref> {
    let name = reader.text(node)?;
    match of_match(book, name) {
        Some((field, Type::YesNo)) => Some(field),
        _ => {
            let help = "name a field of `each_match` with `unit: yes_no`";
            reader.problem(Code::R0302, node.spot, format!("`{name}` is not a condition of the rules"), Some(help.into()));
            None
        }
    }
}

fn source(reader: &mut Reader, fields: &mut Fields<'_>, node: &Node, context: &Context<'_>, of: &[usize]) -> Option<From> {
    if let Some(text) = fields.take("text") {
        return reader.string(text).map(From::Text);
    }
    if let Some(node) = fields.take("is") {
        return known(reader, fields, node, context);
    }
    let Some(value) = fields.take("value") else {
        let help = "say where its content comes from: `value`, `is`, `text`, or columns inside with `has`";
        reader.problem(Code::R0202, node.spot, "a column has no content", Some(help.into()));
        return None;
    };
    let name = reader.text(value)?;
    let Some((field, ty)) = of_match(context.book, name) else {
        let known = context.book.fields.iter().map(|f| f.name.as_str());
        reader.problem(
            Code::R0302,
            value.spot,
            format!("`{name}` is not a field of matches of the rules"),
            suggestion(name, known),
        );
        return None;
    };
    let single = of.iter().all(|k| context.records.get(*k).is_some_and(|k| k.each == Each::Match));
    if !single && !matches!(ty, Type::Number(_)) {
        let message = format!("`{name}` is no amount, and some of the records are of several matches");
        reader.problem(Code::R0304, value.spot, message, Some("say under `of` which records have it".into()));
    }
    match ty {
        Type::Number(_) if ty == context.book.names.money() => {
            let over = [("sale", Cents::Sale), ("lot", Cents::Lot)];
            let cents = fields.take("cents").and_then(|n| reader.one_of(n, &over)).unwrap_or(Cents::Sale);
            Some(From::Money(field, cents))
        }
        Type::Number(_) => Some(From::Number(field)),
        Type::Date => Some(From::Date(field)),
        Type::YesNo => tick(reader, fields, field),
        Type::Word(set) => {
            let words = words(reader, fields)?;
            for word in set.words.iter().filter(|w| !words.iter().any(|(known, _)| known == *w)) {
                reader.problem(
                    Code::R0202,
                    value.spot,
                    format!("the word `{word}` has nothing that stands for it"),
                    Some("add it to `words`".into()),
                );
            }
            Some(From::Words(
                field,
                words.into_iter().filter_map(|(w, to)| Some((context.book.names.find_word(&w)?, to))).collect(),
            ))
        }
        _ => {
            reader.problem(Code::R0304, value.spot, format!("`{name}` cannot stand in a column"), None);
            None
        }
    }
}

fn known(reader: &mut Reader, fields: &mut Fields<'_>, node: &Node, context: &Context<'_>) -> Option<From> {
    let word = reader.text(node)?;
    if let Some(key) = word.strip_prefix("asset.") {
        if context.assets.iter().any(|a| a.key == key) {
            return Some(From::Asset(key.to_owned()));
        }
        let help = suggestion(key, context.assets.iter().map(|a| a.key.as_str()));
        reader.problem(Code::R0302, node.spot, format!("`{key}` is not among the `assets` of this report"), help);
        return None;
    }
    match word {
        "tin" => {
            let digits = fields.take("digits").and_then(|n| reader.decimal(n)).and_then(|d| usize::try_from(d).ok());
            Some(From::Tin(digits))
        }
        "tin_kind" => words(reader, fields).map(From::TinKind),
        _ => reader.one_of(node, Known::WORDS).map(From::Known),
    }
}

fn words(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<Vec<(String, String)>> {
    let entries = fields.require(reader, "words").map(|n| reader.entries(n))?;
    Some(entries.iter().map(|e| (e.key.clone(), e.value.text().unwrap_or_default().to_owned())).collect())
}

fn tick(reader: &mut Reader, fields: &mut Fields<'_>, field: Ref) -> Option<From> {
    let node = fields.require(reader, "tick")?;
    let mut inner = reader.fields(node, "what stands for a tick")?;
    let csv = inner.require(reader, "csv").and_then(|n| reader.string(n));
    let xml = inner.require(reader, "xml").and_then(|n| reader.string(n));
    inner.done(reader);
    Some(From::Tick { field, csv: csv?, xml: xml? })
}
