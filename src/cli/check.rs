//! `fisc check`, `fisc test`

use std::fmt::Write;

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic, SourceMap};
use crate::engine::Target;
use crate::examples::{self, CaseResult};
use crate::library;
use crate::report::json::Checked;

use super::args::TextFormat;
use super::args_law::{CheckArgs, CheckCommand};
use super::{End, files, json, law, output, show};

fn targets(args: &CheckArgs) -> Vec<Target> {
    if args.targets.is_empty() {
        return library::codes(args.rules.as_deref()).into_iter().map(Target::Code).collect();
    }
    args.targets.iter().map(|t| Target::new(t)).collect()
}

fn name(target: &Target) -> String {
    match target {
        Target::Code(code) => code.clone(),
        Target::Path(path) => path.display().to_string(),
    }
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// An unknown code is a mistake in the command line.
fn unknown_code(found: &[Diagnostic]) -> bool {
    found.iter().any(|d| d.code == Code::F0106)
}

pub fn check(command: &CheckCommand) -> End {
    let args = &command.common;
    if let Err(end) = files::rules(args.rules.as_deref()) {
        return end;
    }
    if command.unconfirmed {
        return law::unconfirmed(&targets(args), args);
    }
    let mut all: Vec<Diagnostic> = Vec::new();
    let mut sources = SourceMap::default();
    let mut lines = String::new();
    for target in targets(args) {
        let (loaded, _) = library::open(&target, args.rules.as_deref());
        let count = |error: bool| loaded.diagnostics.iter().filter(|d| d.is_error() == error).count();
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{}: {}, {}", name(&target), plural(count(true), "error"), plural(count(false), "warning"));
        sources.extend(&loaded.sources);
        all.extend(loaded.diagnostics);
    }
    if unknown_code(&all) {
        show(&all, &sources, args.quiet);
        return End::Usage;
    }
    let written = if args.format == TextFormat::Json {
        output(&json(&Checked::new(&all)), None)
    } else {
        show(&all, &sources, args.quiet);
        output(&lines, None)
    };
    let failed = all.iter().any(Diagnostic::is_error);
    if failed { End::Errors } else { End::Done }.or_unwritten(written)
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

/// What the examples of all targets came to.
#[derive(Default)]
struct Ran {
    cases: Vec<CaseResult>,
    /// Messages of laws that could not be loaded, so that their examples could not be run.
    faults: Vec<Diagnostic>,
    sources: SourceMap,
}

impl Ran {
    fn target(&mut self, target: &Target, args: &CheckArgs) {
        let (loaded, files) = library::open(target, args.rules.as_deref());
        self.sources.extend(&loaded.sources);
        let Some(book) = loaded.book else {
            let errors = loaded.diagnostics.iter().filter(|d| d.is_error()).count();
            self.cases.push(CaseResult {
                id: name(target),
                ok: false,
                expected: "a law without errors".to_owned(),
                got: format!("{errors} errors"),
                file: name(target),
                diagnostics: Vec::new(),
            });
            self.faults.extend(loaded.diagnostics);
            return;
        };
        for file in &files {
            self.sources.insert(file);
            self.cases.extend(examples::run(&book, file));
        }
    }

    fn passed(&self) -> usize {
        self.cases.iter().filter(|c| c.ok).count()
    }

    fn failed(&self) -> impl Iterator<Item = &CaseResult> {
        self.cases.iter().filter(|c| !c.ok)
    }

    /// A line for each failed case, and the count.
    fn text(&self) -> String {
        let mut text = String::new();
        for case in self.failed() {
            let _ = writeln!(text, "FAILED {}: expected {}, got {}   [{}]", case.id, case.expected, case.got, case.file);
        }
        let _ = writeln!(text, "{} passed, {} failed", self.passed(), self.failed().count());
        text
    }

    fn json(&self) -> String {
        let cases = self.cases.iter().map(|c| Case { id: &c.id, ok: c.ok, expected: &c.expected, got: &c.got }).collect();
        json(&Tested { passed: self.passed(), failed: self.failed().count(), cases })
    }
}

pub fn test(args: &CheckArgs) -> End {
    if let Err(end) = files::rules(args.rules.as_deref()) {
        return end;
    }
    let mut ran = Ran::default();
    for target in targets(args) {
        ran.target(&target, args);
    }
    let messages: Vec<&Diagnostic> = ran.faults.iter().chain(ran.failed().flat_map(|c| &c.diagnostics)).collect();
    show(messages.iter().copied(), &ran.sources, args.quiet);
    if unknown_code(&ran.faults) {
        return End::Usage;
    }
    let written = output(&if args.format == TextFormat::Json { ran.json() } else { ran.text() }, None);
    if ran.failed().next().is_some() { End::Errors } else { End::Done }.or_unwritten(written)
}
