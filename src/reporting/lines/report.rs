//! The report over a ledger of many customers: gone through once for what is missing, and once to be written.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::assess::env::local_days;
use crate::diagnostic::{Code, Diagnostic, Severity, any_error};
use crate::ledger::{Ledger, Symbol};
use crate::reporting::users::Users;

use super::write::{Format, Writer};
use super::{Job, Record};

/// A report in which nothing is missing.
pub struct Report<'a> {
    job: &'a Job<'a>,
    users: &'a Users,
    customers: Vec<(String, Ledger)>,
    pub warnings: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    /// Goes through everything: all that is missing, or a report that can be written.
    pub fn new(job: &'a Job<'a>, users: &'a Users, ledger: &Ledger) -> Result<Report<'a>, Vec<Diagnostic>> {
        let mut customers: Vec<(String, Ledger)> =
            ledger.by_taxpayer().into_iter().map(|(symbol, own)| (ledger.name(symbol).to_owned(), own)).collect();
        customers.sort_by(|a, b| a.0.cmp(&b.0));
        let mut report = Report { job, users, customers, warnings: Vec::new() };
        let mut told = Told::default();
        told.extend(super::covered(job.own, job.year));
        if told.all.is_empty() {
            told.extend(report.unknown(ledger));
            told.extend(nobody_named(ledger));
            for (name, own) in report.reported() {
                told.extend(job.records(name, users.get(name), own).1);
            }
        }
        if any_error(&told.all) {
            return Err(told.all);
        }
        report.warnings = told.all;
        Ok(report)
    }

    /// The customers who are reported; those who are not among the users are gone through as well.
    fn reported(&self) -> impl Iterator<Item = (&str, &Ledger)> {
        let customers = self.customers.iter().map(|(name, own)| (name.as_str(), own));
        customers.filter(|(name, _)| self.users.get(*name).is_none_or(|user| self.job.reports_on(user)))
    }

    fn records(&self) -> impl Iterator<Item = Vec<Record>> {
        self.reported().map(|(name, own)| self.job.records(name, self.users.get(name), own).0)
    }

    pub fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write(Format::Csv, out)
    }

    pub fn xml(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write(Format::Xml, out)
    }

    fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = Writer::new(self.job.form, format, out)?;
        for records in self.records() {
            records.iter().try_for_each(|record| writer.record(record))?;
        }
        writer.end()
    }

    /// Customers with rows of the year who are not among the users, all in one message.
    fn unknown(&self, ledger: &Ledger) -> Option<Diagnostic> {
        let days = local_days(ledger, &self.job.own.book);
        let year = self.job.own.book.calendar().year(self.job.year)?;
        let mut seen: HashSet<Symbol> = HashSet::new();
        let mut missing: Vec<(&str, usize)> = Vec::new();
        for (index, (row, day)) in ledger.rows.iter().zip(&days).enumerate() {
            let inside = *day >= year.begin && *day <= year.end && row.taxpayer != Symbol::NONE;
            if inside && seen.insert(row.taxpayer) && !self.users.contains_key(ledger.name(row.taxpayer)) {
                missing.push((ledger.name(row.taxpayer), index));
            }
        }
        missing.sort_unstable();
        let (_, first) = missing.first()?;
        let names = missing.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let rows = missing.iter().filter_map(|(_, row)| Some(ledger.rows.get(*row)?.id.to_string()));
        let message = format!("{} taxpayers of the ledger are not among the users: {names}", missing.len());
        let mut problem = Diagnostic::new(Code::F0108, message)
            .at_opt(ledger.rows.get(*first).and_then(|r| ledger.place(r)))
            .rows(rows)
            .help("add a line for each to the file given with `--users`, or mend the faulty ones");
        problem.severity = Severity::Error;
        Some(problem)
    }
}

/// A ledger of which no row names a taxpayer would make an empty report.
fn nobody_named(ledger: &Ledger) -> Option<Diagnostic> {
    let unnamed = !ledger.rows.is_empty() && ledger.taxpayers().is_empty();
    unnamed.then(|| {
        let help = "fill the column `taxpayer`; rows without one are the provider's own";
        Diagnostic::new(Code::A0103, "no row of the ledger names a taxpayer").help(help)
    })
}

/// Messages, each told once however many customers it is about.
#[derive(Default)]
struct Told {
    all: Vec<Diagnostic>,
    known: HashSet<String>,
}

impl Told {
    fn extend(&mut self, more: impl IntoIterator<Item = Diagnostic>) {
        for problem in more {
            let place = problem.place.as_ref().map(|p| (p.file.to_string(), p.line, p.column));
            if self.known.insert(format!("{}{place:?}{}", problem.code.id(), problem.message)) {
                self.all.push(problem);
            }
        }
    }
}
