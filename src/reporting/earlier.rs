//! What was reported before: the records of earlier files, by customer, for corrections.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Source};

use super::form::Form;

/// A record as it was last sent.
#[derive(Debug, Clone)]
pub struct Record {
    pub id: String,
    /// Digest of its content.
    pub content: String,
    text: Arc<str>,
    range: Range<usize>,
}

impl Record {
    /// The elements before the document, as they were.
    pub fn text(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// By the digest of the customer's name.
    pub customers: BTreeMap<String, Record>,
    pub provider: Option<Record>,
}

/// Reads files in the order in which they were sent. `prefix`: that of the names of records of this country and year.
pub fn read(sources: &[Source], form: &Form, prefix: &str) -> Result<Earlier, Vec<Diagnostic>> {
    let mut found = Earlier::default();
    let mut problems = Vec::new();
    for source in sources {
        if let Err(message) = found.add(source, form, prefix) {
            let help =
                "name the files that this command wrote for the same provider and year, in the order in which they were sent";
            let problem = Diagnostic::new(Code::L0101, format!("`{}` cannot be corrected: {message}", source.name));
            problems.push(problem.help(help));
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

impl Earlier {
    fn add(&mut self, source: &Source, form: &Form, prefix: &str) -> Result<(), String> {
        let provider = blocks(&source.text, "RCASP").next().ok_or("it has no provider")?;
        let (_, _, record) = self.record(source, provider, prefix)?;
        self.provider = Some(record);
        for block in blocks(&source.text, "CryptoUsers") {
            let (customer, indic, record) = self.record(source, block, prefix)?;
            if indic == form.documents.deleted {
                self.customers.remove(&customer);
            } else {
                self.customers.insert(customer, record);
            }
        }
        Ok(())
    }

    /// Whose the record is, what it was sent as, and the record.
    fn record(&self, source: &Source, block: Range<usize>, prefix: &str) -> Result<(String, String, Record), String> {
        let text = source.text.get(block.clone()).unwrap_or_default();
        let leaf = |element: &str| {
            let (open, close) = (format!("<stf:{element}>"), format!("</stf:{element}>"));
            let from = text.rfind(&open)? + open.len();
            let to = text.get(from..)?.find(&close)? + from;
            text.get(from..to)
        };
        let (id, indic) = leaf("DocRefId").zip(leaf("DocTypeIndic")).ok_or("a record has no name")?;
        let mut parts = id.split('-');
        let (Some(first), Some(whose), Some(content)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(format!("its record `{id}` was not named by this command"));
        };
        if first != prefix {
            return Err(format!("its record `{id}` is of another country or year than `{prefix}`"));
        }
        let end = text.rfind("<DocSpec>").map_or(0, |at| text.get(..at).map_or(0, |t| t.rfind('\n').map_or(0, |n| n + 1)));
        let range = block.start..block.start + end;
        let record = Record { id: id.to_owned(), content: content.to_owned(), text: Arc::clone(&source.text), range };
        Ok((whose.to_owned(), indic.to_owned(), record))
    }
}

/// The insides of the elements of a name, from the line behind the opening tag on.
fn blocks<'a>(text: &'a str, element: &str) -> impl Iterator<Item = Range<usize>> + 'a {
    let (open, close) = (format!("<{element}>\n"), format!("</{element}>"));
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = text.get(at..)?.find(&open)? + at + open.len();
        let to = text.get(from..)?.find(&close)? + from;
        at = to;
        Some(from..to)
    })
}
