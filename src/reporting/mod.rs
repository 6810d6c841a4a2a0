//! What providers report of their customers: the rows of a ledger as yearly sums, in the words of a schema.
//!
//! A report is gone through twice: first everything is valued and counted, so that nothing is written where something is missing
//! and the message can be named by its content; then it is written, one customer at a time.

mod earlier;
pub mod form;
mod gather;
pub mod lines;
pub mod provider;
pub mod users;
mod write;
mod xml;

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};

use crate::assess::env::{Days, local_days};
use crate::assess::refusal::Log;
use crate::diagnostic::{Code, Diagnostic, Severity, Source, any_error};
use crate::engine::{Inputs, warn_of_old};
use crate::rules::RuleBook;
use crate::value::Valuer;

pub use earlier::Earlier;
use form::Form;
use gather::{Gather, Order, Sums, Values};
use provider::Provider;
use users::{User, Users};
use xml::DocSpec;

/// What is reported.
pub struct Request<'a> {
    pub form: &'a Form,
    pub provider: &'a Provider,
    pub users: &'a Users,
    pub inputs: &'a Inputs,
    pub year: i32,
    /// As the message states it; the end of the year if not given.
    pub timestamp: Option<String>,
    /// The records to correct.
    pub earlier: Option<&'a Earlier>,
    /// With earlier records: those that are not among them, in place of corrections.
    pub additions: bool,
}

/// A report that was gone through: it can be written.
pub struct Report<'a> {
    request: &'a Request<'a>,
    ground: &'a Ground,
    log: Log,
    /// What the message is, of the form's words.
    indic: String,
    message_id: String,
    /// Customers of earlier files who are no longer reported.
    gone: Vec<String>,
    /// What is to be told beside the report.
    pub warnings: Vec<Diagnostic>,
}

/// What the values of rows rest on, and the order of the customers.
pub struct Ground {
    own: RuleBook,
    thresholds: Vec<RuleBook>,
    days: Vec<NaiveDate>,
    order: Order,
}

impl Ground {
    pub fn new(request: &Request<'_>) -> Ground {
        let (own, thresholds) = gather::books(request.form, &request.provider.currency, request.provider.zone);
        let days = local_days(&request.inputs.ledger, &own);
        let order = Order::new(&request.inputs.ledger, &days, request.year);
        Ground { own, thresholds, days, order }
    }

    fn gather<'a>(&'a self, request: &'a Request<'a>, log: &'a Log) -> Gather<'a> {
        let Inputs { ledger, prices, rates, .. } = request.inputs;
        // Each value is asked for once or twice: a memory of them would outgrow the ledger.
        let valuer = |book: &'a RuleBook| Valuer::new(book, ledger, Days { all: &self.days, seen: 0 }, prices, rates, log, None);
        let values = Values { own: valuer(&self.own), thresholds: self.thresholds.iter().map(valuer).collect() };
        Gather { form: request.form, ledger, values, log }
    }
}

/// The names of earlier records begin so.
pub fn prefix(provider: &Provider, year: i32) -> String {
    format!("{}{year}", provider.transmitting)
}

/// The records of earlier files, in the order in which they were sent.
pub fn earlier(sources: &[Source], form: &Form, provider: &Provider, year: i32) -> Result<Earlier, Vec<Diagnostic>> {
    earlier::read(sources, form, &prefix(provider, year))
}

/// How many customers are what.
#[derive(Debug, Default)]
struct Counts {
    written: u64,
    not_earlier: u64,
}

impl<'a> Report<'a> {
    /// Goes through everything: all that is missing, or a report that can be written.
    pub fn new(request: &'a Request<'a>, ground: &'a Ground) -> Result<Report<'a>, Vec<Diagnostic>> {
        let mut problems = unknown_customers(request, ground);
        problems.extend(nobody_named(request));
        let log = Log::default();
        let mut report = Report {
            request,
            ground,
            log,
            indic: String::new(),
            message_id: String::new(),
            gone: Vec::new(),
            warnings: Vec::new(),
        };
        let counts = report.survey();
        warn_of_old(&report.log);
        let (errors, warnings) = std::mem::take(&mut report.log).into_parts();
        problems.extend(errors);
        problems.extend(report.contradictions(&counts));
        report.warnings.extend(warnings);
        if any_error(&problems) { Err(problems) } else { Ok(report) }
    }

    /// Values everything, and names the message by what would be written.
    fn survey(&mut self) -> Counts {
        let mut counts = Counts::default();
        let mut sha = Sha256::new();
        let mut absent: std::collections::BTreeSet<&str> =
            self.request.earlier.iter().flat_map(|e| e.customers.keys()).map(String::as_str).collect();
        for part in [xml::provider(self.request.provider), self.timestamp(), format!("{:?}", self.provider_document())] {
            sha.update(part.as_bytes());
        }
        self.each(|customer| {
            absent.remove(customer.key.as_str());
            counts.not_earlier += u64::from(self.request.earlier.is_some_and(|e| !e.customers.contains_key(&customer.key)));
            if let Some(document) = self.document(&customer) {
                counts.written += 1;
                sha.update(document.id.as_bytes());
                sha.update(document.indic.as_bytes());
            }
            Ok::<(), std::convert::Infallible>(())
        })
        .unwrap_or_default();
        self.gone = match self.request.earlier.filter(|_| !self.request.additions) {
            Some(_) => absent.into_iter().map(str::to_owned).collect(),
            None => Vec::new(),
        };
        for key in &self.gone {
            sha.update(key.as_bytes());
        }
        let words = &self.request.form.message;
        self.indic = match self.request.earlier {
            Some(_) if !self.request.additions => words.corrections.clone(),
            None if counts.written == 0 => words.nothing.clone(),
            _ => words.new.clone(),
        };
        sha.update(self.indic.as_bytes());
        let provider = self.request.provider;
        self.message_id = format!("{}{}-{}", prefix(provider, self.request.year), provider.receiving, xml::hex(sha));
        counts
    }

    /// Why a message that corrects or adds would be none.
    fn contradictions(&mut self, counts: &Counts) -> Vec<Diagnostic> {
        if self.request.earlier.is_none() {
            return Vec::new();
        }
        let told = |message: &str, help: &str| vec![Diagnostic::new(Code::L0101, message).help(help)];
        let resent = self.provider_document().indic == self.request.form.documents.resent;
        if self.request.additions {
            return match (counts.written, resent) {
                (0, _) => told("no customer is new since the earlier files", "leave out `--additions`"),
                (_, false) => told(
                    "the provider's own data differ from the earlier files",
                    "send the corrections first, and name that file behind the earlier ones",
                ),
                _ => Vec::new(),
            };
        }
        if counts.written == 0 && self.gone.is_empty() && resent {
            return told("nothing differs from the earlier files: there is nothing to correct", "send nothing");
        }
        if counts.not_earlier > 0 {
            let message = format!("{} customers are not in the earlier files: corrections cannot hold them", counts.not_earlier);
            let mut warning = Diagnostic::new(Code::F0108, message).help("write a second file with `--additions`");
            warning.severity = Severity::Warning;
            self.warnings.push(warning);
        }
        Vec::new()
    }

    fn timestamp(&self) -> String {
        self.request.timestamp.clone().unwrap_or_else(|| format!("{:04}-12-31T23:59:59", self.request.year))
    }

    /// Everyone who is reported, by name, with his sums.
    fn each<E>(&self, mut tell: impl FnMut(Customer<'_>) -> Result<(), E>) -> Result<(), E> {
        let (request, ledger) = (self.request, &self.request.inputs.ledger);
        let gather = self.ground.gather(request, &self.log);
        for (symbol, rows) in self.ground.order.customers(ledger) {
            let name = ledger.name(symbol);
            // One who is not among the users is valued too: all that is missing is told at once.
            let sums = gather.sums(&rows);
            let Some(user) = request.users.get(name).filter(|u| self.is_reportable(u)) else { continue };
            if sums.values().all(|categories| categories.is_empty()) {
                continue;
            }
            let text = xml::customer(request.form, &request.provider.currency, user, &sums);
            let key = xml::digest(["customer", request.provider.tin.as_str(), name]);
            tell(Customer { name, key, text, sums })?;
        }
        Ok(())
    }

    fn is_reportable(&self, user: &User) -> bool {
        let Some(countries) = &self.request.provider.reportable else { return true };
        let parties = std::iter::once(&user.party).chain(user.controlled_by.iter().map(|(party, _)| party));
        parties.flat_map(|p| &p.residences).any(|(country, _)| countries.contains(country))
    }

    fn new_id(&self, key: &str, content: &str) -> String {
        format!("{}-{key}-{content}", prefix(self.request.provider, self.request.year))
    }

    /// What the record of a customer is sent as; none where it is not sent.
    fn document(&self, customer: &Customer<'_>) -> Option<DocSpec> {
        let words = &self.request.form.documents;
        let content = xml::digest([customer.text.as_str()]);
        let id = self.new_id(&customer.key, &content);
        let old = self.request.earlier.and_then(|e| e.customers.get(&customer.key));
        match (self.request.earlier, old) {
            (None, _) => Some(DocSpec { indic: words.new.clone(), id, corrects: None }),
            (Some(_), None) => self.request.additions.then(|| DocSpec { indic: words.new.clone(), id, corrects: None }),
            (Some(_), Some(old)) if self.request.additions || old.content == content => None,
            (Some(_), Some(old)) => Some(correction(&words.corrected, id, &old.id)),
        }
    }

    /// The record of somebody who is no longer reported.
    fn deletion(&self, key: &str, old: &earlier::Record) -> DocSpec {
        correction(&self.request.form.documents.deleted, self.new_id(key, &old.content), &old.id)
    }

    fn provider_document(&self) -> DocSpec {
        let words = &self.request.form.documents;
        let content = xml::digest([xml::provider(self.request.provider).as_str()]);
        let key = xml::digest(["provider", self.request.provider.tin.as_str()]);
        let id = self.new_id(&key, &content);
        match self.request.earlier.and_then(|e| e.provider.as_ref()) {
            None => DocSpec { indic: words.new.clone(), id, corrects: None },
            Some(old) if old.content == content => DocSpec { indic: words.resent.clone(), id: old.id.clone(), corrects: None },
            Some(old) => correction(&words.corrected, id, &old.id),
        }
    }
}

/// The record that stands for another has a name of its own, even where the content comes back to what it was.
fn correction(indic: &str, id: String, old: &str) -> DocSpec {
    let mark: String = xml::digest([indic, old]).chars().take(8).collect();
    DocSpec { indic: indic.to_owned(), id: format!("{id}-{mark}"), corrects: Some(old.to_owned()) }
}

/// Somebody who is reported.
struct Customer<'a> {
    name: &'a str,
    key: String,
    /// The elements of the record, its document aside.
    text: String,
    sums: Sums<'a>,
}

/// The customers of the year's rows who are not among the users, all in one message.
fn unknown_customers(request: &Request<'_>, ground: &Ground) -> Vec<Diagnostic> {
    let ledger = &request.inputs.ledger;
    let missing: Vec<(&str, usize)> = ground
        .order
        .customers(ledger)
        .filter(|(symbol, _)| !request.users.contains_key(ledger.name(*symbol)))
        .filter_map(|(symbol, rows)| Some((ledger.name(symbol), *rows.first()?)))
        .collect();
    let Some((_, first)) = missing.first() else { return Vec::new() };
    let names = missing.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let rows = missing.iter().filter_map(|(_, row)| Some(ledger.rows.get(*row)?.id.to_string()));
    let mut problem =
        Diagnostic::new(Code::F0108, format!("{} taxpayers of the ledger are not among the users: {names}", missing.len()))
            .at_opt(ledger.rows.get(*first).and_then(|r| ledger.place(r)))
            .rows(rows)
            .help("add a line for each to the file given with `--users`, or mend the faulty ones");
    problem.severity = Severity::Error;
    vec![problem]
}

/// A ledger of which no row names a taxpayer would make an empty report.
fn nobody_named(request: &Request<'_>) -> Option<Diagnostic> {
    let ledger = &request.inputs.ledger;
    let unnamed = !ledger.rows.is_empty() && ledger.taxpayers().is_empty();
    unnamed.then(|| {
        let help = "fill the column `taxpayer`; rows without one are the provider's own";
        Diagnostic::new(Code::A0103, "no row of the ledger names a taxpayer").help(help)
    })
}

/// Whether a year can be reported.
pub fn is_year(year: i32) -> bool {
    (1..=9999).contains(&year) && NaiveDate::from_ymd_opt(year, 12, 31).is_some_and(|d| d.year() == year)
}
