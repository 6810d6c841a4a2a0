//! The elements of the schema, in its order.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::number::{Decimal, RoundingStrategy, plain};

use super::document::DocSpec;
use super::form::Form;
use super::gather::{Sum, Sums, What};
use super::provider::Provider;
use super::users::{Address, Named, Party, User};

/// Lines of elements, indented.
#[derive(Default)]
pub struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    pub fn at(depth: usize) -> Xml {
        Xml { text: String::new(), depth }
    }

    pub fn into_text(self) -> String {
        self.text
    }

    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Lines that are made already.
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub fn line(&mut self, text: &str) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    pub fn open(&mut self, element: &str) {
        self.line(&format!("<{element}>"));
        self.depth += 1;
    }

    pub fn close(&mut self, element: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(&format!("</{element}>"));
    }

    pub fn leaf(&mut self, element: &str, text: &str) {
        self.with(element, "", text);
    }

    /// A leaf that is left out where there is nothing to say.
    pub fn any(&mut self, element: &str, text: &str) {
        if !text.is_empty() {
            self.leaf(element, text);
        }
    }

    fn with(&mut self, element: &str, attribute: &str, text: &str) {
        let mut line = format!("<{element}{attribute}>");
        escape(text, &mut line);
        let _ = write!(line, "</{element}>");
        self.line(&line);
    }

    pub fn doc_spec(&mut self, spec: &DocSpec) {
        self.open("DocSpec");
        self.leaf("stf:DocTypeIndic", &spec.indic);
        self.leaf("stf:DocRefId", &spec.id);
        if let Some(corrects) = &spec.corrects {
            self.leaf("stf:CorrDocRefId", corrects);
        }
        self.close("DocSpec");
    }
}

/// Signs that mean something in XML, and those that may not stand there at all.
pub fn escape(text: &str, to: &mut String) {
    for c in text.chars() {
        match c {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => to.push('\u{fffd}'),
            _ => to.push(c),
        }
    }
}

/// The first 20 hexadecimal digits of a digest over parts.
pub fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part.as_bytes());
        sha.update([0]);
    }
    hex(sha)
}

pub fn hex(sha: Sha256) -> String {
    sha.finalize().iter().take(10).map(|b| format!("{b:02x}")).collect()
}

/// An amount with two decimals.
pub fn cents(amount: Decimal) -> String {
    let rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
    // Nothing has no sign.
    format!("{:.2}", if rounded.is_zero() { Decimal::ZERO } else { rounded })
}

/// The provider, its document aside.
pub fn provider(provider: &Provider) -> String {
    let mut xml = Xml::at(3);
    xml.open("RCASP_ID");
    xml.open("Entity");
    xml.leaf("ResCountryCode", &provider.country);
    xml.with("TIN", &format!(" issuedBy=\"{}\"", provider.country), &provider.tin);
    if let Some(lei) = &provider.lei {
        xml.with("IN", " INType=\"LEI\"", lei);
    }
    if let Some(number) = &provider.identification_number {
        xml.with("IIN", &format!(" issuedBy=\"{}\"", provider.transmitting), number);
    }
    xml.leaf("Name", &provider.name);
    address(&mut xml, &provider.address);
    xml.close("Entity");
    xml.close("RCASP_ID");
    if let Some(nexus) = &provider.nexus {
        xml.leaf("Nexus", nexus);
    }
    xml.into_text()
}

/// A customer with what he did, the document aside.
/// Of those who control an entity, only they are told who would be reported themselves.
pub fn customer(form: &Form, provider: &Provider, user: &User, sums: &Sums<'_>) -> String {
    let mut xml = Xml::at(3);
    xml.open("UserID");
    party(&mut xml, form, &user.party);
    xml.close("UserID");
    for (person, how) in user.controlled_by.iter().filter(|(person, _)| provider.reports_residents(person)) {
        xml.open("ControllingPerson");
        party(&mut xml, form, person);
        how.iter().for_each(|code| xml.leaf("CtrlgPersonType", code));
        xml.close("ControllingPerson");
    }
    for (asset, categories) in sums {
        xml.open("RelevantTransactions");
        xml.leaf("CryptoAsset", asset);
        for (what, sum) in categories {
            category(&mut xml, form, provider, *what, sum);
        }
        xml.close("RelevantTransactions");
    }
    xml.into_text()
}

fn category(xml: &mut Xml, form: &Form, provider: &Provider, (category, kind): What, sum: &Sum) {
    let Some(category) = form.categories.get(category) else { return };
    xml.open(&category.element);
    let code = kind.and_then(|k| category.types.get(k)).map(|(_, code)| code);
    if let (Some(element), Some(code)) = (&category.type_element, code) {
        xml.leaf(element, code);
    }
    if category.counted {
        xml.leaf("NumberofTransactions", &sum.transactions.to_string());
    }
    xml.with("Amount", &format!(" currCode=\"{}\"", provider.currency), &cents(sum.amount));
    xml.leaf("NumberofUnits", &plain(sum.units));
    if category.says_valuation {
        xml.any("AltValuation", provider.valuation.as_deref().unwrap_or_default());
    }
    xml.close(&category.element);
}

fn party(xml: &mut Xml, form: &Form, party: &Party) {
    let element = if matches!(party.named, Named::Entity { .. }) { "Entity" } else { "Individual" };
    xml.open(element);
    for (country, _) in &party.residences {
        xml.leaf("ResCountryCode", country);
    }
    for (country, tin) in &party.residences {
        match tin {
            Some(tin) => xml.with("TIN", &format!(" issuedBy=\"{country}\""), tin),
            None => xml.with("TIN", &format!(" issuedBy=\"{country}\" unknown=\"true\""), &form.no_tin),
        }
    }
    match &party.named {
        Named::Entity { name } => {
            xml.leaf("Name", name);
            address(xml, &party.address);
        }
        Named::Individual { first, last, born } => {
            xml.open("Name");
            xml.leaf("FirstName", first);
            xml.leaf("LastName", last);
            xml.close("Name");
            address(xml, &party.address);
            xml.open("BirthInfo");
            xml.leaf("BirthDate", &born.to_string());
            if let Some((city, country)) = &party.born_in {
                xml.open("BirthPlace");
                xml.leaf("City", city);
                xml.open("CountryInfo");
                xml.leaf("CountryCode", country);
                xml.close("CountryInfo");
                xml.close("BirthPlace");
            }
            xml.close("BirthInfo");
        }
    }
    xml.close(element);
}

fn address(xml: &mut Xml, address: &Address) {
    xml.open("Address");
    xml.leaf("CountryCode", &address.country);
    xml.open("AddressFix");
    xml.any("Street", &address.street);
    xml.any("BuildingIdentifier", &address.building);
    xml.any("PostCode", &address.post_code);
    xml.leaf("City", &address.city);
    xml.any("CountrySubentity", &address.region);
    xml.close("AddressFix");
    xml.close("Address");
}
