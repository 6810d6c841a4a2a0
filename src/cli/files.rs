//! Files named on the command line, as texts.

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Place, Source, SourceMap};
use crate::engine::Inputs;
use crate::facts::FactsInput;
use crate::import::Settings;
use crate::rules::RuleBook;
use crate::value::open::tables;

use super::args::{Common, Market};
use super::progress::Bar;
use super::{End, fail};

/// Reads a text file; bytes that are not UTF-8 are an error with their line.
pub fn read(path: &Path) -> Result<Source, Diagnostic> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Diagnostic::new(Code::L0101, format!("`{name}` cannot be read: {error}")))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..good).unwrap_or_default();
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let place = Place::new(&name.clone().into(), u32::try_from(line).unwrap_or(u32::MAX), 1, 1);
            let message = format!("`{name}` is not UTF-8 text from line {line} on");
            Err(Diagnostic::new(Code::L0101, message)
                .at(place)
                .help("save it as CSV in UTF-8; a ZIP or workbook is unpacked or exported first"))
        }
    }
}

/// Reads every file that a command names. Files that cannot be read end the command.
pub fn inputs(ledgers: &[std::path::PathBuf], common: &Common) -> Result<Inputs, End> {
    let mut failed = false;
    let mut all = |paths: &[std::path::PathBuf]| -> Vec<Source> {
        let mut found = Vec::new();
        for path in paths {
            match read(path) {
                Ok(source) => found.push(source),
                Err(problem) => {
                    failed = true;
                    super::show(&[problem], &SourceMap::default(), false);
                }
            }
        }
        found
    };
    let ledgers = all(ledgers);
    let facts_file = common.facts.as_ref().map(|path| all(std::slice::from_ref(path)));
    if failed {
        return Err(End::Errors);
    }
    let mut facts = match facts_file.and_then(|mut list| list.pop()) {
        Some(source) => FactsInput::file(source),
        None => FactsInput::default(),
    };
    for setting in &common.set {
        match setting.split_once('=') {
            Some((name, value)) if !name.is_empty() => facts.set(name.trim(), value.trim()),
            _ => return Err(super::usage(&format!("`--set {setting}` is not NAME=VALUE"))),
        }
    }
    opened(&ledgers, &common.market, facts).map_err(|unread| {
        super::show(&unread, &SourceMap::default(), false);
        End::Errors
    })
}

/// Ledgers with prices and rates, progress shown on a terminal. Tables that cannot be opened are the error.
pub fn opened(ledgers: &[Source], market: &Market, facts: FactsInput) -> Result<Inputs, Vec<Diagnostic>> {
    let (prices, of_prices) = tables(&market.prices);
    let (rates, of_rates) = tables(&market.rates);
    let (unread, told): (Vec<Diagnostic>, Vec<Diagnostic>) =
        of_prices.into_iter().chain(of_rates).partition(Diagnostic::is_error);
    if !unread.is_empty() {
        return Err(unread);
    }
    let bar = Bar::default();
    let progress = |rows: u64| bar.more(rows);
    let settings = Settings { zone: market.zone.clone(), progress: Some(&progress), ..Settings::default() };
    let mut inputs = Inputs::read_with(ledgers, &prices, &rates, facts, &settings);
    bar.done();
    inputs.problems.extend(told);
    Ok(inputs)
}

/// `NAME=OPTION` pairs.
pub fn pairs(list: &[String], option: &str) -> Result<Vec<(String, String)>, End> {
    let split = |text: &String| match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err(super::usage(&format!("`{option} {text}` is not NAME=OPTION"))),
    };
    list.iter().map(split).collect()
}

/// A folder of laws that is not there would be passed over in silence.
pub fn rules(folder: Option<&Path>) -> Result<(), End> {
    match folder.filter(|dir| !dir.is_dir()) {
        Some(dir) => Err(fail(&format!("`--rules {}` is not a folder", dir.display()))),
        None => Ok(()),
    }
}

/// The law of a code with its texts; an unknown code is a mistake in the command line, a faulty law an error.
pub fn law(code: &str, folder: Option<&Path>) -> Result<(RuleBook, SourceMap), End> {
    rules(folder)?;
    let loaded = crate::library::law(code, folder);
    match loaded.book {
        Some(book) => Ok((book, loaded.sources)),
        None => {
            super::show(&loaded.diagnostics, &loaded.sources, true);
            let unknown = loaded.diagnostics.iter().any(|d| d.code == Code::F0106);
            Err(if unknown { End::Usage } else { End::Errors })
        }
    }
}
