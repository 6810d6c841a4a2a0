//! Who reports: the provider's own data.

use chrono_tz::Tz;

use crate::diagnostic::{Code, Diagnostic, Source, suggestion};
use crate::yaml::{Fields, Node, Reader, Spot, parse};

use super::form::{self, Form};
use super::users::{Address, Party, User};

#[derive(Debug, Clone)]
pub struct Provider {
    pub name: String,
    /// Of residence, and the number there.
    pub country: String,
    pub tin: String,
    pub address: Address,
    /// In which amounts are reported.
    pub currency: String,
    /// By which the year begins and ends.
    pub zone: Tz,
    pub transmitting: String,
    pub receiving: String,
    /// The code of the schema.
    pub nexus: Option<String>,
    /// How values were found, where not from the provider's own trade: the code of the schema.
    pub valuation: Option<String>,
    pub contact: Option<String>,
    pub warning: Option<String>,
    /// Given to the provider where it is registered: by the country that transmits.
    pub identification_number: Option<String>,
    pub lei: Option<String>,
    /// Residents of these countries are reported; everyone where neither the provider nor the form names any.
    pub reportable: Option<Vec<String>>,
    /// That of the form.
    record_mark: String,
}

impl Provider {
    /// Names of records begin so.
    pub fn record_prefix(&self, year: i32) -> String {
        format!("{}{year}{}", self.transmitting, self.record_mark)
    }

    /// Whether somebody is reported: for himself, or for one who controls him.
    pub fn reports(&self, user: &User) -> bool {
        let mut parties = std::iter::once(&user.party).chain(user.controlled_by.iter().map(|(party, _)| party));
        parties.any(|party| self.reports_residents(party))
    }

    pub fn reports_residents(&self, party: &Party) -> bool {
        let countries = self.reportable.as_ref();
        countries.is_none_or(|countries| party.residences.iter().any(|(country, _)| countries.contains(country)))
    }
}

/// Reads the file; all that is wrong with it where it cannot be used.
pub fn read(source: &Source, form: &Form) -> Result<Provider, Vec<Diagnostic>> {
    let root = parse(source)?;
    let mut reader = Reader::new(&source.name);
    match provider(&mut reader, &root, form) {
        Some(found) if reader.problems.is_empty() => Ok(found),
        _ => Err(reader.problems),
    }
}

fn provider(reader: &mut Reader, root: &Node, form: &Form) -> Option<Provider> {
    let mut fields = reader.fields(root, "a provider")?;
    let name = text(reader, &mut fields, "name", true);
    let tin = text(reader, &mut fields, "tin", true);
    let country = country(reader, &mut fields, "country", form, true);
    let currency = currency(reader, &mut fields);
    let zone = zone(reader, &mut fields);
    let transmitting = self::country(reader, &mut fields, "transmitting_country", form, false).or_else(|| country.clone());
    let receiving = self::country(reader, &mut fields, "receiving_country", form, false).or_else(|| transmitting.clone());
    taken(reader, form, [&transmitting, &receiving]);
    let country = country.map(|(word, _)| word);
    let address = fields.require(reader, "address").and_then(|n| address(reader, n, form, country.as_deref()));
    let nexus = word(reader, &mut fields, "nexus", &form.nexus);
    let valuation = word(reader, &mut fields, "valuation", &form.valuations);
    let contact = text(reader, &mut fields, "contact", false);
    let warning = text(reader, &mut fields, "warning", false);
    let identification_number = text(reader, &mut fields, "identification_number", false);
    let lei = lei(reader, &mut fields);
    let reportable = fields.take("reportable").map(|n| form::countries(reader, n, &form.countries, &form.groups));
    // What other reports ask of the provider; each reads its own.
    for entry in fields.take("reports").map(|n| reader.entries(n)).unwrap_or_default() {
        reader.entries(&entry.value);
    }
    fields.done(reader);
    Some(Provider {
        name: name?,
        country: country?,
        tin: tin?,
        address: address?,
        currency: currency?,
        zone: zone?,
        transmitting: transmitting?.0,
        receiving: receiving?.0,
        nexus,
        valuation,
        contact,
        warning,
        identification_number,
        lei,
        reportable: reportable.or_else(|| form.reportable.clone()),
        record_mark: form.record_mark.clone(),
    })
}

/// Whether the countries to which the report goes take it.
fn taken(reader: &mut Reader, form: &Form, countries: [&Option<(String, Spot)>; 2]) {
    let Some(filed) = &form.filed_in else { return };
    let mut told = None;
    for (word, spot) in countries.into_iter().flatten().filter(|(word, _)| !filed.countries.contains(word)) {
        // The same place stands for both where only the residence is given.
        if told.replace(*spot) != Some(*spot) {
            let message = format!("`{word}` does not take this report ({})", form.title);
            reader.problem(Code::R0204, *spot, message, Some(filed.otherwise.clone()));
        }
    }
}

/// A legal entity identifier, whose last two digits check the others.
fn lei(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<String> {
    let node = fields.take("lei")?;
    let word = reader.string(node)?;
    let rest = word.chars().try_fold(0, |rest, c| {
        let digit = c.to_digit(36).filter(|_| !c.is_ascii_lowercase())?;
        Some((rest * if digit < 10 { 10 } else { 100 } + digit) % 97)
    });
    if word.len() != 20 || rest != Some(1) {
        let help = "it has 20 capital letters and digits (ISO 17442); the last two digits check the others";
        reader.problem(Code::R0204, node.spot, format!("`{word}` is not a legal entity identifier"), Some(help.into()));
    }
    Some(word)
}

/// The code of the schema for one of its words.
fn word(reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str, words: &form::Words) -> Option<String> {
    let node = fields.take(key)?;
    let text = reader.text(node)?;
    let found = words.iter().find(|(name, _)| name == text);
    if found.is_none() {
        let help = suggestion(text, words.iter().map(|(name, _)| name.as_str()));
        reader.problem(Code::R0204, node.spot, format!("`{text}` is not possible here"), help);
    }
    found.map(|(_, code)| code.clone())
}

/// A text that the schema can hold.
fn text(reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str, must: bool) -> Option<String> {
    let node = if must { fields.require(reader, key) } else { fields.take(key) }?;
    let found = reader.string(node)?;
    if let Some(fault) = super::users::unfit(&found) {
        reader.problem(Code::R0203, node.spot, format!("`{key}` {fault}"), None);
    }
    Some(found)
}

/// A country with its place.
fn country(reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str, form: &Form, must: bool) -> Option<(String, Spot)> {
    let node = if must { fields.require(reader, key) } else { fields.take(key) }?;
    let word = reader.string(node)?;
    if form.countries.contains(&word) {
        return Some((word, node.spot));
    }
    let help = "write the two capital letters of ISO 3166";
    reader.problem(Code::R0204, node.spot, format!("`{word}` is not a country code of the schema"), Some(help.into()));
    None
}

fn currency(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<String> {
    let node = fields.require(reader, "currency")?;
    let word = reader.string(node)?;
    if crate::ledger::is_currency(&word) {
        return Some(word);
    }
    reader.problem(Code::R0204, node.spot, format!("`{word}` is not a currency code of ISO 4217"), None);
    None
}

fn zone(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<Tz> {
    let node = fields.require(reader, "time_zone")?;
    let word = reader.text(node)?;
    let found = word.parse().ok();
    if found.is_none() {
        let help = suggestion(word, chrono_tz::TZ_VARIANTS.iter().map(|z| z.name()))
            .unwrap_or_else(|| "give a name of the IANA database: Continent/City".into());
        reader.problem(Code::R0204, node.spot, format!("`{word}` is not a time zone"), Some(help));
    }
    found
}

fn address(reader: &mut Reader, node: &Node, form: &Form, home: Option<&str>) -> Option<Address> {
    let mut fields = reader.fields(node, "an address")?;
    let street = text(reader, &mut fields, "street", false).unwrap_or_default();
    let building = text(reader, &mut fields, "building", false).unwrap_or_default();
    let post_code = text(reader, &mut fields, "post_code", false).unwrap_or_default();
    let city = text(reader, &mut fields, "city", true);
    let region = text(reader, &mut fields, "region", false).unwrap_or_default();
    let country = country(reader, &mut fields, "country", form, false).map(|(word, _)| word);
    let country = country.or_else(|| home.map(str::to_owned));
    fields.done(reader);
    Some(Address { street, building, post_code, city: city?, region, country: country? })
}
