//! How the example of a code is run: the same stages as the commands, on files of the catalogue.

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap};
use crate::engine::{Inputs, Options, Target, assess, explain, usage_errors};
use crate::facts::FactsInput;
use crate::rules::{Loaded, load};
use crate::yaml::{Fields, Reader};
use crate::{examples, import, library};

use super::{Said, file};

/// Which stages an example goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Check,
    Test,
    Import,
    Assess,
    Explain,
    Format,
}

const STAGES: &[(&str, Stage)] = &[
    ("check", Stage::Check),
    ("test", Stage::Test),
    ("import", Stage::Import),
    ("assess", Stage::Assess),
    ("explain", Stage::Explain),
    ("format", Stage::Format),
];

/// An example: its files are named by the code; what else a command would be told stands here.
#[derive(Debug, Clone)]
pub struct Run {
    stage: Stage,
    jurisdiction: Option<String>,
    year: i32,
    set: Vec<(String, String)>,
    readings: Vec<(String, String)>,
    strict: bool,
    taxpayer: Option<String>,
    figure: Option<String>,
}

impl Run {
    /// Reads the keys that say how; what is usual for the family of the code need not be said.
    pub fn read(reader: &mut Reader, fields: &mut Fields<'_>, code: Code) -> Run {
        let usual = match code.id().as_bytes().first() {
            Some(b'R') => Stage::Check,
            Some(b'I') => Stage::Import,
            _ => Stage::Assess,
        };
        let mut pairs = |reader: &mut Reader, key| -> Vec<(String, String)> {
            let entries = fields.take(key).map(|n| reader.entries(n).to_vec()).unwrap_or_default();
            entries.iter().filter_map(|e| Some((e.key.clone(), reader.string(&e.value)?))).collect()
        };
        let (set, readings) = (pairs(reader, "set"), pairs(reader, "readings"));
        let mut text = |key| fields.take(key).and_then(|n| reader.string(n));
        let (jurisdiction, taxpayer, figure) = (text("in"), text("taxpayer"), text("figure"));
        let year = text("year").and_then(|y| y.parse().ok()).unwrap_or(2023);
        let strict = fields.take("strict").and_then(|n| reader.yes_no(n)).unwrap_or(false);
        let stage = fields.take("run").and_then(|n| reader.one_of(n, STAGES)).unwrap_or(usual);
        Run { stage, jurisdiction, year, set, readings, strict, taxpayer, figure }
    }

    /// The files of the example that a reader wants to see, in order.
    pub fn files(&self, code: Code) -> Vec<Source> {
        ["yaml", "csv", "rates.csv", "prices.csv", "facts.csv", "law.yaml"]
            .iter()
            .filter_map(|ending| file(&format!("{}.{ending}", code.id())))
            .collect()
    }

    /// The command that a user would have typed.
    pub fn command(&self, code: Code) -> String {
        let id = code.id();
        let own = |ending: &str| file(&format!("{id}.{ending}")).map(|f| f.name.to_string());
        match self.stage {
            Stage::Check => format!("fisc check {}", own("yaml").unwrap_or_else(|| format!("{id}/"))),
            Stage::Test => format!("fisc test {id}.yaml"),
            Stage::Import => format!("fisc import {id}.csv -o ledger.csv"),
            Stage::Format => format!("the format file {id}.yaml"),
            Stage::Assess | Stage::Explain => self.assessing(code),
        }
    }

    fn assessing(&self, code: Code) -> String {
        let id = code.id();
        let rates = is_rates(code);
        let own = |ending: &str| file(&format!("{id}.{ending}"));
        let ledger = file(&format!("{id}.csv")).filter(|_| !rates).map_or("ledger.csv".to_owned(), |f| f.name.to_string());
        let word = if self.stage == Stage::Explain { "explain" } else { "assess" };
        let mut text = format!("fisc {word} {ledger} --in {} --year {}", self.jurisdiction.as_deref().unwrap_or("xx"), self.year);
        if let Some(rates) = own("rates.csv").or_else(|| own("csv").filter(|_| rates)) {
            text += &format!(" --rates {}", rates.name);
        }
        if let Some(prices) = own("prices.csv") {
            text += &format!(" --prices {}", prices.name);
        }
        if let Some(facts) = facts_file(code) {
            text += &format!(" --facts {}", facts.name);
        }
        for (option, pairs) in [("--set", &self.set), ("--reading", &self.readings)] {
            for (name, value) in pairs {
                let word = format!("{name}={value}");
                let quoted = if word.contains(['{', ' ']) { format!("\"{word}\"") } else { word };
                text += &format!(" {option} {quoted}");
            }
        }
        if let Some(taxpayer) = &self.taxpayer {
            text += &format!(" --taxpayer {taxpayer}");
        }
        if self.strict {
            text += " --strict";
        }
        if let Some(figure) = &self.figure {
            text += &format!(" {figure}");
        }
        text
    }

    /// Runs the example of a code.
    pub fn said(&self, code: Code) -> Said {
        let mut sources = SourceMap::default();
        for name in ["base.yaml".to_owned(), "base.csv".to_owned()] {
            file(&name).iter().for_each(|f| sources.insert(f));
        }
        self.files(code).iter().for_each(|f| sources.insert(f));
        Said { all: self.messages(code), sources }
    }

    fn messages(&self, code: Code) -> Vec<Diagnostic> {
        let own = |ending: &str| file(&format!("{}.{ending}", code.id()));
        match self.stage {
            Stage::Check => match own("yaml") {
                Some(law) => load(&[law]).diagnostics,
                None => library::open(&Target::Path(code.id().into()), None).0.diagnostics,
            },
            Stage::Test => self.with_law(code, |book| {
                own("yaml").iter().flat_map(|f| examples::run(book, f)).flat_map(|case| case.diagnostics).collect()
            }),
            Stage::Import => own("csv").map(imported).unwrap_or_default(),
            Stage::Format => own("yaml").and_then(|f| import::format::read(&f).err()).unwrap_or_default(),
            Stage::Assess | Stage::Explain => self.with_law(code, |book| self.assessed(book, code)),
        }
    }

    fn law(&self, code: Code) -> Loaded {
        if let Some(other) = &self.jurisdiction {
            return library::law(other, None);
        }
        let law = file(&format!("{}.law.yaml", code.id())).or_else(|| file("base.yaml"));
        load(&law.into_iter().collect::<Vec<_>>())
    }

    fn with_law(&self, code: Code, then: impl FnOnce(&crate::rules::RuleBook) -> Vec<Diagnostic>) -> Vec<Diagnostic> {
        let loaded = self.law(code);
        loaded.book.as_ref().map_or(loaded.diagnostics, then)
    }

    fn assessed(&self, book: &crate::rules::RuleBook, code: Code) -> Vec<Diagnostic> {
        let own = |ending: &str| file(&format!("{}.{ending}", code.id()));
        let (table, rates) = (own("csv"), is_rates(code));
        let ledger: Vec<Source> = table.clone().filter(|_| !rates).or_else(|| file("base.csv")).into_iter().collect();
        let rates: Vec<Source> = own("rates.csv").or_else(|| table.filter(|_| rates)).into_iter().collect();
        let prices: Vec<Source> = own("prices.csv").into_iter().collect();
        let mut facts = facts_file(code).map(FactsInput::file).unwrap_or_default();
        self.set.iter().for_each(|(name, value)| facts.set(name, value));
        let inputs = Inputs::read(&ledger, &prices, &rates, facts);
        let options = Options {
            year: self.year,
            readings: self.readings.clone(),
            strict: self.strict,
            taxpayer: self.taxpayer.clone(),
            ..Options::default()
        };
        let usage = usage_errors(book, &inputs, &options);
        if !usage.is_empty() {
            return usage;
        }
        if let Some(figure) = &self.figure {
            return explain(book, &inputs, &options, figure).err().unwrap_or_default();
        }
        let found = assess(book, &inputs, &options);
        found.errors.into_iter().chain(found.warnings).collect()
    }
}

/// The facts of an example: of one taxpayer, or of many.
fn facts_file(code: Code) -> Option<Source> {
    ["yaml", "facts.csv"].iter().find_map(|ending| file(&format!("{}.{ending}", code.id())))
}

fn is_rates(code: Code) -> bool {
    code.id().starts_with('P')
}

/// What is said of an export, from its bytes on.
fn imported(file: Source) -> Vec<Diagnostic> {
    match import::decode::decode(&file.name, file.text.as_bytes().to_vec()) {
        Ok(opened) => opened.warnings.into_iter().chain(import::load(&opened.sources).1).collect(),
        Err(problem) => vec![problem],
    }
}
