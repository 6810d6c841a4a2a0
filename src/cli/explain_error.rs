//! `fisc explain-error`

use crate::catalogue::{Entry, find, show};
use crate::diagnostic::{Code, SourceMap};

use super::args::ListFormat;
use super::args_law::ExplainErrorArgs;
use super::{End, json, output, usage};

pub fn run(args: &ExplainErrorArgs) -> End {
    let codes = match args.code.as_deref().map(find) {
        Some(Ok(code)) => vec![code],
        Some(Err(message)) => return usage(&message),
        None => Code::ALL.to_vec(),
    };
    if args.code.is_none() && args.format == ListFormat::Table {
        return output(&show::list(), None);
    }
    let mut entries: Vec<Entry> = Vec::new();
    for code in codes {
        match Entry::read(code) {
            Ok(entry) => entries.push(entry),
            // A test holds the catalogue free of gaps.
            Err(problems) => {
                super::show(&problems, &SourceMap::default(), false);
                return End::Errors;
            }
        }
    }
    let one = entries.first().filter(|_| args.code.is_some());
    let text = match (args.format, one) {
        (ListFormat::Table, _) => entries.iter().map(show::text).collect(),
        (ListFormat::Md, Some(entry)) => show::markdown(entry).trim_end().to_owned() + "\n",
        (ListFormat::Md, None) => show::markdown_all(&entries),
        (ListFormat::Json, Some(entry)) => json(&show::json(entry)),
        (ListFormat::Json, None) => json(&entries.iter().map(show::json).collect::<Vec<_>>()),
    };
    output(&text, None)
}
