//! What was reported before: the records of earlier files, told to the sorter by customer, for corrections.

use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Code, Diagnostic};

use super::form::Form;
use super::input::Input;
use super::sorted::{Item, Sorter};

/// A record as it was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// Digest of the name of whose it is.
    #[serde(skip)]
    pub whose: String,
    pub id: String,
    /// Digest of its content.
    pub content: String,
    /// What it was sent as.
    pub indic: String,
    /// The elements before the document, as they were.
    pub text: String,
}

/// Earlier records come before the new one of the same customer.
pub const EARLIER: u8 = 0;

/// Reads files in the order in which they were sent: the customers go to the sorter, the provider's last record comes back.
/// `prefix`: that of the names of records of this country and year.
pub fn read(inputs: &[Input], prefix: &str, to: &mut Sorter, problems: &mut Vec<Diagnostic>) -> io::Result<Option<Record>> {
    let mut provider = None;
    for (number, input) in (0u16..).zip(inputs) {
        let (mut of_file, mut line, mut fault) = (None, 0u32, None);
        let text = match input.open() {
            Ok(text) => text,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let blocks = each_block(text, |element, block| {
            match record(block, prefix) {
                Err(message) => fault = fault.take().or(Some(message)),
                Ok(record) if element == PROVIDER => of_file = Some(record),
                Ok(record) => {
                    line = line.saturating_add(1);
                    let payload = serde_json::to_vec(&record)?;
                    to.push(Item { key: record.whose, rank: EARLIER, file: number, line, payload })?;
                }
            }
            Ok(())
        })?;
        let fault = blocks.or(fault).or_else(|| of_file.is_none().then(|| "it has no provider".to_owned()));
        if let Some(message) = fault {
            let help =
                "name the files that this command wrote for the same provider and year, in the order in which they were sent";
            let problem = Diagnostic::new(Code::L0101, format!("`{}` cannot be corrected: {message}", input.name()));
            problems.push(problem.help(help));
        }
        provider = of_file.or(provider);
    }
    Ok(provider)
}

/// The last of the earlier records of a customer, unless it took back what was before.
pub fn last(items: &[Item], form: &Form) -> Option<Record> {
    let item = items.iter().rfind(|item| item.rank == EARLIER)?;
    let record: Record = serde_json::from_slice(&item.payload).ok()?;
    (record.indic != form.documents.deleted).then_some(record)
}

const PROVIDER: &str = "RCASP";
const BLOCKS: [&str; 2] = [PROVIDER, "CryptoUsers"];

/// The lines inside the elements that are records; why the text is none that can be read.
fn each_block(text: impl BufRead, mut tell: impl FnMut(&str, &str) -> io::Result<()>) -> io::Result<Option<String>> {
    let mut block: Option<(&str, String)> = None;
    for line in text.lines() {
        let line = match line {
            Ok(line) => line,
            Err(error) => return Ok(Some(error.to_string())),
        };
        let tag = line.trim();
        match &mut block {
            None => {
                let opened = BLOCKS.iter().find(|b| tag.strip_prefix('<').and_then(|t| t.strip_suffix('>')) == Some(b));
                block = opened.map(|element| (*element, String::new()));
            }
            Some((element, inside)) if tag.strip_prefix("</").and_then(|t| t.strip_suffix('>')) == Some(element) => {
                tell(element, inside)?;
                block = None;
            }
            Some((_, inside)) => {
                inside.push_str(&line);
                inside.push('\n');
            }
        }
    }
    Ok(block.map(|(element, _)| format!("its last `{element}` has no end")))
}

fn record(block: &str, prefix: &str) -> Result<Record, String> {
    let leaf = |element: &str| {
        let (open, close) = (format!("<stf:{element}>"), format!("</stf:{element}>"));
        let from = block.rfind(&open)? + open.len();
        let to = block.get(from..)?.find(&close)? + from;
        block.get(from..to)
    };
    let (id, indic) = leaf("DocRefId").zip(leaf("DocTypeIndic")).ok_or("a record has no name")?;
    let mut parts = id.split('-');
    let (Some(first), Some(whose), Some(content)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!("its record `{id}` was not named by this command"));
    };
    if first != prefix {
        return Err(format!("its record `{id}` is of another report, country or year than `{prefix}`"));
    }
    let before = block.rfind("<DocSpec>").and_then(|at| block.get(..at)).unwrap_or_default();
    let text = before.rfind('\n').and_then(|end| before.get(..=end)).unwrap_or_default();
    Ok(Record { whose: whose.into(), id: id.into(), content: content.into(), indic: indic.into(), text: text.into() })
}
