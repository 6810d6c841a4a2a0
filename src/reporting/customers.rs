//! The customers of a report, one at a time: who each is, and what he did.

use std::io;

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::Ledger;
use crate::ledger::table::PROBLEMS_MAX;

use super::form::Form;
use super::input::Input;
use super::rows::{self, Files};
use super::sorted::{Groups, Sorter};
use super::users::{self, Known};

/// So many names are told of those who are not among the users.
const NAMES_MAX: usize = 100;

/// Somebody with rows in the ledgers, or with a line among the users.
pub struct Customer {
    pub name: String,
    pub known: Known,
    /// His rows of all years.
    pub ledger: Ledger,
}

/// Reads ledgers and users whole, then tells the customers by name.
pub struct Customers<'a> {
    users: &'a Input,
    files: Files,
    groups: Groups,
    /// What is wrong with the users and the ledgers, as far as they were told.
    pub of_users: Vec<Diagnostic>,
    pub of_ledgers: Vec<Diagnostic>,
    unknown: Unknown,
}

#[derive(Default)]
struct Unknown {
    count: u64,
    names: Vec<String>,
    problem: Option<Diagnostic>,
}

impl<'a> Customers<'a> {
    pub fn read(ledgers: &[Input], users: &'a Input, form: &Form, mut sorter: Sorter) -> io::Result<Customers<'a>> {
        let of_users = users::read(users, form, &mut sorter)?;
        let mut of_ledgers = Vec::new();
        let files = rows::read(ledgers, &mut sorter, &mut of_ledgers)?;
        let groups = sorter.groups()?;
        Ok(Customers { users, files, groups, of_users, of_ledgers, unknown: Unknown::default() })
    }

    /// The next customer. Rows without a taxpayer are checked and passed over.
    pub fn next(&mut self) -> io::Result<Option<Customer>> {
        while let Some(items) = self.groups.group()? {
            if self.too_many() {
                return Ok(None);
            }
            let ledger = self.files.ledger(&items, &mut self.of_ledgers);
            let Some(first) = items.first().filter(|item| !item.key.is_empty()) else { continue };
            let known = users::known(&items, self.users.name(), &mut self.of_users);
            return Ok(Some(Customer { name: first.key.clone(), known, ledger }));
        }
        Ok(None)
    }

    fn too_many(&mut self) -> bool {
        let many = self.of_users.len() + self.of_ledgers.len() > PROBLEMS_MAX;
        if many {
            let message = format!("more than {PROBLEMS_MAX} faults: the rest was not gone through");
            self.of_ledgers.push(Diagnostic::new(Code::L0101, message).help("mend these first"));
        }
        many
    }

    /// Notes that somebody who did something is not among the users. `row`: the first that would be reported.
    pub fn is_unknown(&mut self, customer: &Customer, row: usize) {
        let unknown = &mut self.unknown;
        unknown.count += 1;
        let Some(row) = customer.ledger.rows.get(row).filter(|_| unknown.names.len() < NAMES_MAX) else { return };
        unknown.names.push(format!("`{}`", customer.name));
        let problem = unknown.problem.get_or_insert_with(|| {
            Diagnostic::new(Code::F0108, "").at_opt(customer.ledger.place(row)).help(
                "add a line for each to the file given with `--users`, or take their rows out of the ledger if they are no customers",
            )
        });
        problem.rows.push(row.id.to_string());
    }

    /// All that is wrong with users and ledgers.
    pub fn into_problems(mut self) -> Vec<Diagnostic> {
        let place = |p: &Diagnostic| p.place.as_ref().map(|p| (p.file.to_string(), p.line));
        self.of_users.sort_by_key(place);
        self.of_ledgers.sort_by_key(place);
        let mut found = self.of_users;
        found.append(&mut self.of_ledgers);
        if let Some(mut problem) = self.unknown.problem {
            let (count, named) = (self.unknown.count, self.unknown.names.len());
            let more = count.saturating_sub(u64::try_from(named).unwrap_or(u64::MAX));
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = self.unknown.names.join(", ");
            problem.message = format!("taxpayers of the ledger who are not among the users: {names}{more}");
            problem.severity = crate::diagnostic::Severity::Error;
            found.push(problem);
        }
        // A ledger of which no row names a taxpayer would make an empty report.
        if self.files.rows > 0 && !self.files.named {
            let help = "fill the column `taxpayer`; rows without one are the provider's own";
            found.push(Diagnostic::new(Code::A0103, "no row of the ledger names a taxpayer").help(help));
        }
        found
    }
}
