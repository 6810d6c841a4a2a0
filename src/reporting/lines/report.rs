//! The report over ledgers of many customers, one customer at a time.

use std::collections::HashSet;
use std::io::{self, BufWriter};

use crate::assess::env::local_days;
use crate::diagnostic::{Code, Diagnostic, any_error};
use crate::ledger::table::PROBLEMS_MAX;
use crate::reporting::customers::{Customer, Customers};
use crate::reporting::input::Input;
use crate::reporting::sorted::{self, Sorter};
use crate::reporting::users::Known;
use crate::reporting::write::spool;
use crate::reporting::{Format, Report};

use super::Job;
use super::write::Writer;

/// The files of a report.
pub struct Files<'a> {
    pub ledgers: &'a [Input],
    pub users: &'a Input,
    pub format: Format,
    /// How many lines are held in memory.
    pub lines_held: usize,
}

/// Goes through everything: all that is missing, or a report that can be written.
pub fn report(job: &Job<'_>, files: &Files<'_>) -> Result<Report, Vec<Diagnostic>> {
    if let Some(problem) = super::covered(job.own, job.year) {
        return Err(vec![problem]);
    }
    let mut problems = Vec::new();
    match gone_through(job, files, &mut problems) {
        Ok(report) if !any_error(&problems) => Ok(Report { warnings: problems, ..report }),
        Ok(_) => Err(problems),
        Err(error) => {
            problems.push(sorted::failed(&error));
            Err(problems)
        }
    }
}

fn gone_through(job: &Job<'_>, files: &Files<'_>, problems: &mut Vec<Diagnostic>) -> io::Result<Report> {
    let sorter = Sorter::holding(files.lines_held);
    let mut customers = Customers::read(files.ledgers, files.users, &job.form.people, sorter)?;
    let mut writer = Writer::new(job.form, files.format, BufWriter::new(spool()))?;
    let mut told = Told::default();
    while let Some(customer) = customers.next()? {
        let user = match &customer.known {
            Known::Yes(user) if !job.reports_on(user) => continue,
            Known::Yes(user) => Some(&**user),
            // One who is not among the users is gone through as well: all that is missing is told at once.
            Known::No | Known::Faulty => None,
        };
        if let (Known::No, Some(row)) = (&customer.known, first_of_year(job, &customer)) {
            customers.is_unknown(&customer, row);
        }
        let (records, more) = job.records(&customer.name, user, &customer.ledger);
        told.extend(more);
        records.iter().try_for_each(|record| writer.record(record))?;
        if told.all.len() > PROBLEMS_MAX && any_error(&told.all) {
            let message = format!("more than {PROBLEMS_MAX} messages: the rest of the customers were not gone through");
            told.all.push(Diagnostic::new(Code::L0101, message).help("mend these first"));
            break;
        }
    }
    problems.extend(customers.into_problems());
    problems.append(&mut told.all);
    let body = writer.end()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(Report { head: String::new(), body, tail: String::new(), warnings: Vec::new() })
}

fn first_of_year(job: &Job<'_>, customer: &Customer) -> Option<usize> {
    let year = job.own.book.calendar().year(job.year)?;
    local_days(&customer.ledger, &job.own.book).iter().position(|day| (year.begin..=year.end).contains(day))
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
            // What is only a remark on one customer among thousands is told for the first of them.
            let full = self.all.len() > PROBLEMS_MAX && !problem.is_error();
            let place = problem.place.as_ref().map(|p| (p.file.to_string(), p.line, p.column));
            if !full && self.known.insert(format!("{}{place:?}{}", problem.code.id(), problem.message)) {
                self.all.push(problem);
            }
        }
    }
}
