//! What providers report of their customers: the rows of a ledger as yearly sums, in the words of a schema.
//!
//! Ledgers and users are gone through line by line and sorted by customer, on disk where they are many. Then one customer at a
//! time is valued, counted and written aside: nothing comes out where something is missing, and the message is named by its content.

mod customers;
mod document;
mod earlier;
pub mod form;
pub mod front;
mod gather;
pub mod input;
pub mod lines;
pub mod provider;
mod rows;
mod sorted;
pub mod users;
mod write;
mod xml;

use std::io;

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};

use crate::assess::env::{Days, local_days};
use crate::assess::refusal::Log;
use crate::diagnostic::{Code, Diagnostic, Severity, any_error};
use crate::engine::warn_of_old;
use crate::ledger::table::PROBLEMS_MAX;
use crate::rules::RuleBook;
use crate::value::Valuer;
use crate::value::tables::{Prices, Rates};

use customers::{Customer, Customers};
use document::DocSpec;
use form::Form;
use gather::{Gather, Sums, Values};
use input::Input;
use provider::Provider;
pub use sorted::LINES_HELD;
use sorted::{Item, Sorter};
use users::{Known, User};
use write::{Body, Spool};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The message of the schema.
    Xml,
    /// The sums.
    Csv,
}

/// What is reported.
pub struct Request<'a> {
    pub form: &'a Form,
    pub provider: &'a Provider,
    pub ledgers: &'a [Input],
    pub users: &'a Input,
    pub prices: &'a Prices,
    pub rates: &'a Rates,
    pub year: i32,
    /// As the message states it; the end of the year if not given.
    pub timestamp: Option<String>,
    /// Files sent before, in their order: what differs from them is written. No sums can be corrected.
    pub earlier: &'a [Input],
    /// With earlier files: the customers who are not in them, in place of corrections.
    pub additions: bool,
    pub format: Format,
    /// How many lines of ledgers and users are held in memory; what is more is sorted on disk. [`LINES_HELD`] if in doubt.
    pub lines_held: usize,
}

/// A report that was gone through and can be written.
pub struct Report {
    head: String,
    body: Spool,
    tail: String,
    /// What is to be told beside the report.
    pub warnings: Vec<Diagnostic>,
}

/// How many customers are what.
#[derive(Debug, Default)]
struct Counts {
    written: u64,
    not_earlier: u64,
}

/// What values of rows rest on, and what is missing for them.
struct Ground {
    own: RuleBook,
    thresholds: Vec<RuleBook>,
    log: Log,
}

impl Report {
    /// Goes through everything: all that is missing, or a report that can be written.
    pub fn new(request: &Request<'_>) -> Result<Report, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let found = Pass::new(request).and_then(|pass| pass.report(&mut problems));
        match found {
            Ok(report) if !any_error(&problems) => Ok(report),
            Ok(_) => Err(problems),
            Err(error) => {
                problems.push(sorted::failed(&error));
                Err(problems)
            }
        }
    }
}

/// One way through all customers.
struct Pass<'a> {
    request: &'a Request<'a>,
    body: Body,
    /// By customer, where there are earlier records.
    by_key: Option<Sorter>,
    sha: Sha256,
    counts: Counts,
}

impl<'a> Pass<'a> {
    fn new(request: &'a Request<'a>) -> io::Result<Pass<'a>> {
        Ok(Pass {
            request,
            body: Body::new(request)?,
            by_key: (!request.earlier.is_empty()).then(|| Sorter::holding(request.lines_held)),
            sha: Sha256::new(),
            counts: Counts::default(),
        })
    }

    fn report(mut self, problems: &mut Vec<Diagnostic>) -> io::Result<Report> {
        let request = self.request;
        let prefix = request.provider.record_prefix(request.year);
        let old_provider = match &mut self.by_key {
            Some(sorter) => earlier::read(request.earlier, &prefix, sorter, problems)?,
            None => None,
        };
        let of_provider = document::of_provider(request, old_provider.as_ref());
        for part in [xml::provider(request.provider), request.timestamp(), format!("{of_provider:?}")] {
            self.sha.update(part.as_bytes());
        }
        let (own, thresholds) = gather::books(request.form, &request.provider.currency, request.provider.zone);
        let ground = Ground { own, thresholds, log: Log::default() };
        self.customers(&ground, problems)?;
        self.differences()?;
        warn_of_old(&ground.log);
        let (errors, mut warnings) = ground.log.into_parts();
        problems.extend(errors);
        problems.extend(self.contradictions(&of_provider, &mut warnings));
        let words = &request.form.message;
        let indic = match request.earlier.is_empty() {
            false if !request.additions => &words.corrections,
            true if self.counts.written == 0 => &words.nothing,
            _ => &words.new,
        };
        self.sha.update(indic.as_bytes());
        let Provider { transmitting, receiving, .. } = request.provider;
        let id = format!("{transmitting}{}{receiving}-{}", request.year, xml::hex(self.sha));
        let (head, tail) = match request.format {
            Format::Xml => (request.head(&id, indic, &of_provider), request.tail()),
            Format::Csv => (String::new(), String::new()),
        };
        Ok(Report { head, body: self.body.finish()?, tail, warnings })
    }

    fn customers(&mut self, ground: &Ground, problems: &mut Vec<Diagnostic>) -> io::Result<()> {
        let request = self.request;
        let mut customers = Customers::read(request.ledgers, request.users, request.form, Sorter::holding(request.lines_held))?;
        while let Some(customer) = customers.next()? {
            let days = local_days(&customer.ledger, &ground.own);
            let of_year = |(index, day): (usize, &NaiveDate)| (day.year() == request.year).then_some(index);
            let rows: Vec<usize> = days.iter().enumerate().filter_map(of_year).collect();
            let Some(first) = rows.first() else { continue };
            // One who is not among the users is valued too: all that is missing is told at once.
            if matches!(customer.known, Known::No) {
                customers.is_unknown(&customer, *first);
            }
            self.customer(ground, &customer, &days, &rows)?;
            if ground.log.len() > PROBLEMS_MAX {
                let message = format!("more than {PROBLEMS_MAX} faults: the rest of the customers were not gone through");
                problems.push(Diagnostic::new(Code::L0101, message).help("mend these first"));
                break;
            }
        }
        problems.extend(customers.into_problems());
        Ok(())
    }

    /// Values the rows of somebody, and writes what is reported of him.
    fn customer(&mut self, ground: &Ground, customer: &Customer, days: &[NaiveDate], rows: &[usize]) -> io::Result<()> {
        let Request { form, provider, prices, rates, .. } = self.request;
        let (ledger, log) = (&customer.ledger, &ground.log);
        // Each value is asked for once or twice: no memory of them is kept.
        let valuer = |book| Valuer::new(book, ledger, Days { all: days, seen: 0 }, prices, rates, log, None);
        let values = Values { own: valuer(&ground.own), thresholds: ground.thresholds.iter().map(valuer).collect() };
        let sums = Gather { form, ledger, values, log }.sums(rows);
        let Known::Yes(user) = &customer.known else { return Ok(()) };
        if !provider.reports(user) || sums.values().all(|categories| categories.is_empty()) {
            return Ok(());
        }
        match self.request.format {
            Format::Csv => {
                self.counts.written += 1;
                self.body.lines(self.request, &customer.name, &sums)
            }
            Format::Xml => self.record(&customer.name, user, &sums),
        }
    }

    fn record(&mut self, name: &str, user: &User, sums: &Sums<'_>) -> io::Result<()> {
        let text = xml::customer(self.request.form, self.request.provider, user, sums);
        let key = document::key(self.request.provider, name);
        match &mut self.by_key {
            Some(sorter) => sorter.push(Item { key, rank: earlier::EARLIER + 1, file: 0, line: 0, payload: text.into_bytes() }),
            None => {
                let document = document::new(self.request, &key, &xml::digest([text.as_str()]));
                self.written(&text, &document)
            }
        }
    }

    fn written(&mut self, text: &str, document: &DocSpec) -> io::Result<()> {
        self.counts.written += 1;
        self.sha.update(document.id.as_bytes());
        self.sha.update(document.indic.as_bytes());
        self.body.record(text, document)
    }

    /// What differs from the earlier records, in the order of their names.
    fn differences(&mut self) -> io::Result<()> {
        let Some(sorter) = self.by_key.take() else { return Ok(()) };
        let (request, mut groups) = (self.request, sorter.groups()?);
        while let Some(items) = groups.group()? {
            let Some((key, last)) = items.last().map(|item| (&item.key, item)) else { continue };
            let old = earlier::last(&items, request.form);
            let text = (last.rank > earlier::EARLIER).then(|| String::from_utf8_lossy(&last.payload));
            let content = text.as_ref().map(|text| xml::digest([text.as_ref()])).unwrap_or_default();
            match (text, old) {
                (Some(text), None) => {
                    self.counts.not_earlier += 1;
                    if request.additions {
                        self.written(&text, &document::new(request, key, &content))?;
                    }
                }
                (Some(text), Some(old)) if !request.additions && old.content != content => {
                    self.written(&text, &document::corrected(request, key, &content, &old))?;
                }
                (None, Some(old)) if !request.additions => {
                    self.written(&old.text, &document::deleted(request, key, &old))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Why a message that corrects or adds would be none.
    fn contradictions(&self, of_provider: &DocSpec, warnings: &mut Vec<Diagnostic>) -> Option<Diagnostic> {
        if self.request.earlier.is_empty() {
            return None;
        }
        let told = |message: &str, help: &str| Some(Diagnostic::new(Code::L0101, message).help(help));
        let resent = of_provider.indic == self.request.form.documents.resent;
        if self.request.additions {
            return match (self.counts.written, resent) {
                (0, _) => told("no customer is new since the earlier files", "leave out `--additions`"),
                (_, false) => told(
                    "the provider's own data differ from the earlier files",
                    "send the corrections first, and name that file behind the earlier ones",
                ),
                _ => None,
            };
        }
        if self.counts.written == 0 && resent {
            return told("nothing differs from the earlier files: there is nothing to correct", "send nothing");
        }
        if self.counts.not_earlier > 0 {
            let count = self.counts.not_earlier;
            let message = format!("customers who are not in the earlier files, so that corrections cannot hold them: {count}");
            let mut warning = Diagnostic::new(Code::F0108, message).help("write a second file with `--additions`");
            warning.severity = Severity::Warning;
            warnings.push(warning);
        }
        None
    }
}

impl Request<'_> {
    fn timestamp(&self) -> String {
        self.timestamp.clone().unwrap_or_else(|| format!("{:04}-12-31T23:59:59", self.year))
    }
}

/// Whether a year can be reported.
pub fn is_year(year: i32) -> bool {
    (1..=9999).contains(&year) && NaiveDate::from_ymd_opt(year, 12, 31).is_some_and(|d| d.year() == year)
}
