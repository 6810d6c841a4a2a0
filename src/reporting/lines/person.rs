//! What a record says of the customer.

use crate::diagnostic::{Code, Diagnostic};
use crate::reporting::users::{Named, User};

use super::Job;
use super::column::{Known, Whom};

/// The customer as far as he is known.
pub struct Person<'a> {
    job: &'a Job<'a>,
    pub name: &'a str,
    user: Option<&'a User>,
}

impl<'a> Person<'a> {
    pub fn new(job: &'a Job<'a>, name: &'a str, user: Option<&'a User>) -> Person<'a> {
        Person { job, name, user }
    }

    pub fn is(&self, whom: Whom) -> bool {
        let Some(user) = self.user else { return false };
        let (entity, home) =
            (matches!(user.party.named, Named::Entity { .. }), self.countries().contains(&user.party.address.country));
        match whom {
            Whom::Individual => !entity,
            Whom::Entity => entity,
            Whom::Home => home,
            Whom::Abroad => !home,
        }
    }

    fn countries(&self) -> &[String] {
        &self.job.form.residents
    }

    /// What is known of him, and the column of the users that has it.
    pub fn says(&self, known: Known) -> (String, &'static str) {
        let Some(user) = self.user else { return (String::new(), "") };
        let address = &user.party.address;
        let (first, last, entity) = match &user.party.named {
            Named::Individual { first, last, .. } => (first.as_str(), last.as_str(), ""),
            Named::Entity { name } => ("", "", name.as_str()),
        };
        match known {
            Known::FirstName => (first.to_owned(), "first_name"),
            Known::LastName => (last.to_owned(), "last_name"),
            Known::EntityName => (entity.to_owned(), "name"),
            Known::AddressLine => (format!("{} {}", address.street, address.building).trim().to_owned(), "street"),
            Known::City => (address.city.clone(), "city"),
            Known::Region => (address.region.clone(), "region"),
            Known::PostCode => (address.post_code.clone(), "post_code"),
            Known::Country => (address.country.clone(), "country"),
            _ => (String::new(), ""),
        }
    }

    /// His number in a country of the report, signs between the digits left out.
    pub fn tin(&self, digits: Option<usize>, told: &mut Vec<Diagnostic>) -> String {
        let residences = self.user.iter().flat_map(|u| &u.party.residences);
        let found = residences.filter(|(country, _)| self.countries().contains(country)).find_map(|(_, tin)| tin.as_deref());
        let Some(tin) = found else { return String::new() };
        let Some(digits) = digits else { return tin.to_owned() };
        let plain: String = tin.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        if plain.chars().count() != digits || !plain.chars().all(|c| c.is_ascii_digit()) {
            let message = format!("the number `{tin}` of the customer `{}` does not have {digits} digits", self.name);
            told.push(Diagnostic::new(Code::F0102, message).help("mend it in the column `tax_residences` of the users"));
        }
        plain
    }

    /// Whose number it is: of a person, an entity, or none.
    pub fn tin_kind(&self) -> &'static str {
        match self.user {
            Some(_) if self.tin(None, &mut Vec::new()).is_empty() => "none",
            Some(_) if self.is(Whom::Entity) => "entity",
            Some(_) => "individual",
            None => "none",
        }
    }

    /// The customer lacks what the record must have.
    pub fn lacks(&self, column: &str, told: &mut Vec<Diagnostic>) {
        if self.user.is_none() {
            return;
        }
        let message = format!("the customer `{}` has no `{column}` among the users, and the report must have it", self.name);
        let problem = Diagnostic::new(Code::F0102, message).help(format!("fill the column `{column}` of his line"));
        if !told.contains(&problem) {
            told.push(problem);
        }
    }
}
