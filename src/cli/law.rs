//! `fisc law`, `fisc jurisdictions`, `fisc check --unconfirmed`

use std::io::IsTerminal;
use std::path::Path;

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic, SourceMap};
use crate::engine::Target;
use crate::law::unconfirmed::{Unconfirmed, unconfirmed as list};
use crate::law::{card, overview, page, year};
use crate::library;
use crate::page::{Page, html, markdown, terminal};
use crate::rules::RuleBook;

use super::args::{CardFormat, ListFormat, TextFormat};
use super::args_law::{CheckArgs, LawArgs, ListArgs};
use super::{End, files, json, output, show};

/// Columns of the list of jurisdictions, which is wider than a text to read.
const LIST_WIDTH: usize = 100;

/// A document for a terminal, with colour only where one reads it.
pub(super) fn on_terminal(page: &Page, width: usize, file: Option<&Path>) -> String {
    let colour = file.is_none() && std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    terminal::render(page, width, colour)
}

pub fn run(args: &LawArgs) -> End {
    let (book, sources) = match law(args) {
        Ok(found) => found,
        Err(end) => return end,
    };
    let shown = if args.all { Ok(None) } else { year(&book, args.year).map(Some) };
    let card = match shown {
        Ok(year) => card(&book, year),
        Err(problem) => {
            show(&[problem], &sources, false);
            return End::Errors;
        }
    };
    let file = args.output.as_deref();
    let text = match args.format {
        CardFormat::Table => on_terminal(&page(&card), terminal::WIDTH, file),
        CardFormat::Md => markdown::render(&page(&card)),
        CardFormat::Html => html::page(&page(&card)),
        CardFormat::Json => json(&card),
    };
    output(&text, file)
}

/// The law of a code, or of a folder.
fn law(args: &LawArgs) -> Result<(RuleBook, SourceMap), End> {
    files::rules(args.rules.as_deref())?;
    let target = Target::new(&args.jurisdiction);
    if let Target::Code(code) = &target {
        return files::law(code, args.rules.as_deref());
    }
    let (loaded, _) = library::open(&target, args.rules.as_deref());
    loaded.book.map(|book| (book, loaded.sources.clone())).ok_or_else(|| {
        show(&loaded.diagnostics, &loaded.sources, true);
        End::Errors
    })
}

#[derive(Serialize)]
struct Jurisdictions {
    jurisdictions: Vec<overview::Overview>,
}

pub fn jurisdictions(args: &ListArgs) -> End {
    if let Err(end) = files::rules(args.rules.as_deref()) {
        return end;
    }
    let all = overview::overviews(args.rules.as_deref());
    let file = args.output.as_deref();
    let text = match args.format {
        ListFormat::Table => on_terminal(&overview::page(&all), LIST_WIDTH, file),
        ListFormat::Md => markdown::render(&overview::page(&all)),
        ListFormat::Json => json(&Jurisdictions { jurisdictions: all }),
    };
    output(&text, file)
}

#[derive(Serialize)]
struct ToConfirm {
    count: usize,
    jurisdictions: Vec<Unconfirmed>,
}

/// What is left to confirm in each target. That something is left is neither an error nor a warning.
pub fn unconfirmed(targets: &[Target], args: &CheckArgs) -> End {
    let mut found: Vec<Unconfirmed> = Vec::new();
    let mut end = End::Done;
    for target in targets {
        let (loaded, _) = library::open(target, args.rules.as_deref());
        match loaded.book {
            Some(book) => found.push(list(&book)),
            None => {
                show(&loaded.diagnostics, &loaded.sources, true);
                let unknown = loaded.diagnostics.iter().any(|d: &Diagnostic| d.code == Code::F0106);
                end = if unknown || end == End::Usage { End::Usage } else { End::Errors };
            }
        }
    }
    if found.is_empty() && end != End::Done {
        return end;
    }
    let text = match args.format {
        TextFormat::Json => json(&ToConfirm { count: found.iter().map(Unconfirmed::count).sum(), jurisdictions: found }),
        TextFormat::Table => {
            let pages = found.iter().map(|u| on_terminal(&u.page(), terminal::WIDTH, None));
            pages.collect::<Vec<_>>().join("\n\n")
        }
    };
    end.or_unwritten(output(&text, None))
}
