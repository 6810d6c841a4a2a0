//! `fisc check`, `fisc test`, `fisc jurisdictions`

use std::fmt::Write;

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic, SourceMap};
use crate::engine::Target;
use crate::examples::{self, CaseResult};
use crate::library;
use crate::report::json::Checked;

use super::args::{CheckArgs, Format, ListArgs};
use super::{End, json, output, show};

fn targets(args: &CheckArgs) -> Vec<Target> {
    if args.targets.is_empty() {
        return library::codes(args.rules.as_deref()).into_iter().map(Target::Code).collect();
    }
    args.targets.iter().map(|t| Target::new(t)).collect()
}

pub fn check(args: &CheckArgs) -> End {
    let mut all: Vec<Diagnostic> = Vec::new();
    let mut sources = SourceMap::default();
    let mut lines = String::new();
    for target in targets(args) {
        let (loaded, _) = library::open(&target, args.rules.as_deref());
        let count = |error: bool| loaded.diagnostics.iter().filter(|d| d.is_error() == error).count();
        let name = match &target {
            Target::Code(code) => code.clone(),
            Target::Path(path) => path.display().to_string(),
        };
        let _ = writeln!(lines, "{name}: {} errors, {} warnings", count(true), count(false));
        sources.extend(&loaded.sources);
        all.extend(loaded.diagnostics);
    }
    if all.iter().any(|d| d.code == Code::F0106) {
        show(&all, &sources, args.quiet);
        return End::Usage;
    }
    let written = if args.format == Format::Json {
        output(&json(&Checked::new(&all)), None)
    } else {
        show(&all, &sources, args.quiet);
        output(&lines, None)
    };
    if written != End::Done {
        written
    } else if all.iter().any(Diagnostic::is_error) {
        End::Errors
    } else {
        End::Done
    }
}

#[derive(Serialize)]
struct Tested<'a> {
    passed: usize,
    failed: usize,
    cases: Vec<Case<'a>>,
}

#[derive(Serialize)]
struct Case<'a> {
    id: &'a str,
    ok: bool,
    expected: &'a str,
    got: &'a str,
}

pub fn test(args: &CheckArgs) -> End {
    let mut cases: Vec<CaseResult> = Vec::new();
    let mut sources = SourceMap::default();
    for target in targets(args) {
        let (loaded, files) = library::open(&target, args.rules.as_deref());
        sources.extend(&loaded.sources);
        let Some(book) = loaded.book else {
            show(&loaded.diagnostics, &sources, args.quiet);
            let unknown = loaded.diagnostics.iter().any(|d| d.code == Code::F0106);
            return if unknown { End::Usage } else { End::Errors };
        };
        for file in &files {
            sources.insert(file);
            cases.extend(examples::run(&book, file));
        }
    }
    let failed: Vec<&CaseResult> = cases.iter().filter(|c| !c.ok).collect();
    let passed = cases.len() - failed.len();
    let text = if args.format == Format::Json {
        let cases = cases.iter().map(|c| Case { id: &c.id, ok: c.ok, expected: &c.expected, got: &c.got }).collect();
        json(&Tested { passed, failed: failed.len(), cases })
    } else {
        let mut text = String::new();
        for case in &failed {
            let _ = writeln!(text, "FAILED {}: expected {}, got {}   [{}]", case.id, case.expected, case.got, case.file);
            show(&case.diagnostics, &sources, args.quiet);
        }
        let _ = writeln!(text, "{passed} passed, {} failed", failed.len());
        text
    };
    let written = output(&text, None);
    if written != End::Done {
        written
    } else if failed.is_empty() {
        End::Done
    } else {
        End::Errors
    }
}

pub fn jurisdictions(args: &ListArgs) -> End {
    let mut text = String::new();
    for code in library::codes(args.rules.as_deref()) {
        let loaded = library::law(&code, args.rules.as_deref());
        match loaded.book {
            Some(book) => {
                let taxes: Vec<&str> = book.taxes.iter().map(|t| t.name.as_str()).collect();
                let _ = writeln!(text, "{code}  {}  {} to {}  {}", book.title, book.covers.0, book.covers.1, taxes.join(", "));
            }
            None => {
                let _ = writeln!(text, "{code}  has errors: see `fisc check {code}`");
            }
        }
    }
    output(&text, None)
}
