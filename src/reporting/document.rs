//! The names of messages and records: the same content has the same name.

use super::Request;
use super::earlier::Record;
use super::provider::Provider;
use super::xml;

/// What a record is, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocSpec {
    pub indic: String,
    pub id: String,
    pub corrects: Option<String>,
}

/// What customers are called in the names of records.
pub fn key(provider: &Provider, name: &str) -> String {
    xml::digest(["customer", provider.tin.as_str(), name])
}

/// The record of a customer as it is sent for the first time.
pub fn new(request: &Request<'_>, key: &str, content: &str) -> DocSpec {
    DocSpec { indic: request.form.documents.new.clone(), id: id(request, key, content), corrects: None }
}

/// The record of a customer that stands for the last one.
pub fn corrected(request: &Request<'_>, key: &str, content: &str, old: &Record) -> DocSpec {
    correction(&request.form.documents.corrected, id(request, key, content), &old.id)
}

/// The record of somebody who is no longer reported.
pub fn deleted(request: &Request<'_>, key: &str, old: &Record) -> DocSpec {
    correction(&request.form.documents.deleted, id(request, key, &old.content), &old.id)
}

/// The record of the provider, which may have been sent before.
pub fn of_provider(request: &Request<'_>, old: Option<&Record>) -> DocSpec {
    let words = &request.form.documents;
    let content = xml::digest([xml::provider(request.provider).as_str()]);
    let key = xml::digest(["provider", request.provider.tin.as_str()]);
    match old {
        None => new(request, &key, &content),
        Some(old) if old.content == content => DocSpec { indic: words.resent.clone(), id: old.id.clone(), corrects: None },
        Some(old) => corrected(request, &key, &content, old),
    }
}

fn id(request: &Request<'_>, key: &str, content: &str) -> String {
    format!("{}-{key}-{content}", request.provider.record_prefix(request.year))
}

/// The record that stands for another has a name of its own, even where the content comes back to what it was.
fn correction(indic: &str, id: String, old: &str) -> DocSpec {
    let mark: String = xml::digest([indic, old]).chars().take(8).collect();
    DocSpec { indic: indic.to_owned(), id: format!("{id}-{mark}"), corrects: Some(old.to_owned()) }
}
