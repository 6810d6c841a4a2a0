//! The Python module: thin wrappers. Everything crosses as plain values; the package in `python/fisc` gives them shape.

mod compare;
mod comply;
mod convert;
mod law;
mod report;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Source, SourceMap, any_error, render};
use crate::engine::{self, Inputs, Options, Target};
use crate::facts::FactsInput;
use crate::ledger::Ledger;
use crate::library;
use crate::report::story::{Depth, tell};
use crate::rules::RuleBook;

/// A ledger that was read; opaque to Python.
#[pyclass(name = "Ledger", module = "fisc._fisc", frozen)]
struct PyLedger {
    ledger: Ledger,
    problems: Vec<Diagnostic>,
    sources: SourceMap,
}

#[pymethods]
impl PyLedger {
    fn __len__(&self) -> usize {
        self.ledger.rows.len()
    }

    /// The messages of reading, as JSON.
    #[getter]
    fn diagnostics(&self) -> String {
        json(&self.problems)
    }

    #[getter]
    fn taxpayers(&self) -> Vec<String> {
        self.ledger.taxpayers().into_iter().map(|s| self.ledger.name(s).to_owned()).collect()
    }
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// An error that carries messages as JSON: the package turns it into `fisc.FiscError`.
fn refuse(problems: &[Diagnostic], sources: &SourceMap) -> PyErr {
    let text: Vec<String> = problems.iter().map(|p| render(p, sources, false)).collect();
    PyValueError::new_err((text.join("\n\n"), json(problems)))
}

fn read_source(path: &Path) -> Result<Source, Diagnostic> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| Diagnostic::new(Code::L0101, format!("`{name}` cannot be read: {e}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Diagnostic::new(Code::L0101, format!("`{name}` is not UTF-8 text")).help("save it as CSV in UTF-8"))?;
    Ok(Source::new(name, text))
}

fn read_sources(paths: &[PathBuf]) -> PyResult<Vec<Source>> {
    let read: Vec<Result<Source, Diagnostic>> = paths.iter().map(|p| read_source(p)).collect();
    let problems: Vec<Diagnostic> = read.iter().filter_map(|r| r.as_ref().err().cloned()).collect();
    if problems.is_empty() { Ok(read.into_iter().flatten().collect()) } else { Err(refuse(&problems, &SourceMap::default())) }
}

fn ledger_of(sources: &[Source]) -> PyResult<PyLedger> {
    let (ledger, problems) = crate::import::load(sources);
    let mut map = SourceMap::default();
    sources.iter().for_each(|s| map.insert(s));
    // A ledger none of whose rows could be read is no ledger.
    if any_error(&problems) && ledger.rows.is_empty() {
        return Err(refuse(&problems, &map));
    }
    Ok(PyLedger { ledger, problems, sources: map })
}

/// Reads ledgers or exports from files.
#[pyfunction]
fn read_ledger(py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<PyLedger> {
    let sources = read_sources(&paths)?;
    py.detach(|| ledger_of(&sources))
}

/// Reads a ledger from CSV text.
#[pyfunction]
fn ledger_from_text(py: Python<'_>, name: String, text: String) -> PyResult<PyLedger> {
    py.detach(|| ledger_of(&[Source::new(name, text)]))
}

/// Prices or rates: files by path, or CSV text.
#[derive(FromPyObject)]
struct Tables {
    paths: Vec<PathBuf>,
    text: Option<String>,
}

impl Tables {
    /// The texts, and what has to be told about how they were read.
    fn sources(&self, name: &str) -> PyResult<(Vec<Source>, Vec<Diagnostic>)> {
        let (mut found, problems) = crate::value::open::tables(&self.paths);
        if any_error(&problems) {
            return Err(refuse(&problems, &SourceMap::default()));
        }
        found.extend(self.text.iter().map(|t| Source::new(name, t.as_str())));
        Ok((found, problems))
    }
}

/// Everything an assessment is asked with, beside the ledger.
#[derive(FromPyObject)]
struct Question {
    code: String,
    year: i32,
    /// JSON of a map of facts, every scalar a string.
    facts: String,
    readings: Vec<(String, String)>,
    choices: Vec<(String, String)>,
    prices: Tables,
    rates: Tables,
    rules: Option<PathBuf>,
    strict: bool,
    all_readings: bool,
    all_choices: bool,
    holdings_on: Option<String>,
    taxpayer: Option<String>,
}

/// An assessment with what it was computed from, so that its figures can be explained from the same texts.
#[pyclass(name = "Assessment", module = "fisc._fisc", frozen)]
struct PyAssessment {
    book: RuleBook,
    inputs: Arc<Inputs>,
    options: Options,
    json: String,
}

#[pymethods]
impl PyAssessment {
    /// The JSON of the command line.
    #[getter]
    fn json(&self) -> &str {
        &self.json
    }

    /// The working of a figure: text and JSON.
    fn explain(&self, py: Python<'_>, figure: &str, depth: &str) -> PyResult<(String, String)> {
        explained(py, &self.book, &self.inputs, &self.options, figure, depth)
    }
}

/// The working of a figure or rule: text and JSON.
fn explained(
    py: Python<'_>,
    book: &RuleBook,
    inputs: &Inputs,
    options: &Options,
    name: &str,
    depth: &str,
) -> PyResult<(String, String)> {
    py.detach(|| {
        let step = engine::explain(book, inputs, options, name).map_err(|problems| refuse(&problems, &inputs.sources))?;
        let depth = match depth {
            "summary" => Depth::Summary,
            "full" => Depth::Full,
            _ => Depth::Working,
        };
        Ok((tell(&step, depth, depth == Depth::Full), json(&step)))
    })
}

/// A folder of laws that is not there would be passed over in silence.
fn rules_folder(folder: Option<&Path>) -> PyResult<()> {
    match folder.filter(|dir| !dir.is_dir()) {
        Some(dir) => Err(PyValueError::new_err(format!("`{}`, given as rules, is not a folder", dir.display()))),
        None => Ok(()),
    }
}

/// The ledger with the facts, prices and rates of a question.
fn inputs(ledger: &PyLedger, asked: &Question) -> PyResult<Inputs> {
    let facts = match convert::facts(&asked.facts) {
        Some(node) => FactsInput::tree("facts", node),
        None => FactsInput::default(),
    };
    let (prices, of_prices) = asked.prices.sources("prices")?;
    let (rates, of_rates) = asked.rates.sources("rates")?;
    let mut inputs = Inputs::read(&[], &prices, &rates, facts);
    inputs.problems.extend(of_prices.into_iter().chain(of_rates));
    inputs.ledger = ledger.ledger.clone();
    inputs.problems.splice(0..0, ledger.problems.iter().cloned());
    inputs.sources.extend(&ledger.sources);
    Ok(inputs)
}

fn options(asked: &Question) -> PyResult<Options> {
    let holdings_on = match &asked.holdings_on {
        Some(day) => Some(NaiveDate::from_str(day).map_err(|_| PyValueError::new_err(format!("`{day}` is not a date")))?),
        None => None,
    };
    Ok(Options {
        year: asked.year,
        readings: asked.readings.clone(),
        choices: asked.choices.clone(),
        strict: asked.strict,
        all_readings: asked.all_readings,
        all_choices: asked.all_choices,
        holdings_on,
        taxpayer: asked.taxpayer.clone(),
        ..Options::default()
    })
}

fn question(ledger: &PyLedger, asked: &Question) -> PyResult<(RuleBook, Inputs, Options)> {
    rules_folder(asked.rules.as_deref())?;
    let loaded = library::law(&asked.code, asked.rules.as_deref());
    let Some(book) = loaded.book else { return Err(refuse(&loaded.diagnostics, &loaded.sources)) };
    let mut inputs = inputs(ledger, asked)?;
    inputs.sources.extend(&loaded.sources);
    let options = options(asked)?;
    let wrong = engine::usage_errors(&book, &inputs, &options);
    if wrong.is_empty() { Ok((book, inputs, options)) } else { Err(refuse(&wrong, &inputs.sources)) }
}

/// Assesses a tax year. Raises where nothing could be computed.
#[pyfunction]
fn assess(py: Python<'_>, ledger: &PyLedger, asked: Question) -> PyResult<PyAssessment> {
    py.detach(|| {
        let (book, inputs, options) = question(ledger, &asked)?;
        let assessment = engine::assess(&book, &inputs, &options);
        if assessment.taxes.is_empty() && assessment.quantities.is_empty() && any_error(&assessment.errors) {
            return Err(refuse(&assessment.errors, &inputs.sources));
        }
        let json = json(&assessment);
        Ok(PyAssessment { book, inputs: Arc::new(inputs), options, json })
    })
}

/// The messages on a rule folder, file or code, as JSON.
#[pyfunction]
fn check(py: Python<'_>, target: String) -> String {
    py.detach(|| json(&library::open(&Target::new(&target), None).0.diagnostics))
}

#[pymodule]
fn _fisc(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<PyLedger>()?;
    module.add_class::<PyAssessment>()?;
    module.add_class::<compare::PyComparison>()?;
    module.add_function(wrap_pyfunction!(read_ledger, module)?)?;
    module.add_function(wrap_pyfunction!(ledger_from_text, module)?)?;
    module.add_function(wrap_pyfunction!(assess, module)?)?;
    module.add_function(wrap_pyfunction!(compare::compare, module)?)?;
    module.add_function(wrap_pyfunction!(check, module)?)?;
    module.add_class::<comply::PyCompliance>()?;
    module.add_function(wrap_pyfunction!(comply::comply, module)?)?;
    module.add_class::<report::PyReport>()?;
    module.add_function(wrap_pyfunction!(report::report, module)?)?;
    module.add_class::<law::PyLaw>()?;
    module.add_function(wrap_pyfunction!(law::law, module)?)?;
    module.add_function(wrap_pyfunction!(law::jurisdictions, module)?)?;
    Ok(())
}
