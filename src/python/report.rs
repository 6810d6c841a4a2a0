//! Reports of providers.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::diagnostic::{Source, any_error};
use crate::engine::Inputs;
use crate::facts::FactsInput;
use crate::reporting::front::{self, Files, How, Kind, Refused};
use crate::reporting::input::Input;
use crate::reporting::{Format, Report};

use super::{Tables, json, read_source, refuse};

/// Everything a report is asked with.
#[derive(FromPyObject)]
pub(super) struct Reported {
    name: String,
    year: i32,
    ledger: Tables,
    users: Tables,
    provider: Tables,
    prices: Tables,
    rates: Tables,
    facts: Tables,
    format: String,
    timestamp: Option<String>,
    corrects: Vec<PathBuf>,
    additions: bool,
}

/// A report that can be written.
#[pyclass(name = "Report", module = "fisc._fisc", frozen)]
pub(super) struct PyReport {
    report: Mutex<Report>,
    warnings: String,
}

#[pymethods]
impl PyReport {
    /// The messages beside the report, as JSON.
    #[getter]
    fn warnings(&self) -> &str {
        &self.warnings
    }

    /// The whole report.
    fn text(&self, py: Python<'_>) -> PyResult<String> {
        Ok(py.detach(|| self.report.lock().unwrap_or_else(PoisonError::into_inner).text())?)
    }

    /// Writes a file: it is complete or it is not there.
    fn write(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
            self.report.lock().unwrap_or_else(PoisonError::into_inner).write(&mut out)?;
            out.flush()?;
            let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        })
    }
}

/// Files by path, or the one text.
fn inputs(tables: &Tables, name: &str) -> Vec<Input> {
    let files = tables.paths.iter().cloned().map(Input::file);
    files.chain(tables.text.iter().map(|text| Input::Text(Source::new(name, text.as_str())))).collect()
}

fn one(tables: &Tables, name: &str) -> PyResult<Input> {
    let found = inputs(tables, name);
    match <[Input; 1]>::try_from(found) {
        Ok([only]) => Ok(only),
        Err(_) => Err(PyValueError::new_err(format!("the {name} are one file"))),
    }
}

/// Makes a report. Raises where anything is missing: all of it is told.
#[pyfunction]
pub(super) fn report(py: Python<'_>, asked: Reported) -> PyResult<PyReport> {
    py.detach(|| {
        let kind = Kind::named(&asked.name).map_err(|refused| raised(refused, |_| Default::default()))?;
        let facts = match (asked.facts.paths.first(), &asked.facts.text) {
            (Some(path), _) => FactsInput::file(read_source(path).map_err(|problem| refuse(&[problem], &Default::default()))?),
            (None, Some(text)) => FactsInput::file(Source::new("facts.csv", text.as_str())),
            (None, None) => FactsInput::default(),
        };
        let provider = match (asked.provider.paths.first(), &asked.provider.text) {
            (Some(path), _) => read_source(path).map_err(|problem| refuse(&[problem], &Default::default()))?,
            (None, text) => Source::new("provider", text.as_deref().unwrap_or_default()),
        };
        let (prices, mut problems) = asked.prices.sources("prices")?;
        let (rates, of_rates) = asked.rates.sources("rates")?;
        problems.extend(of_rates);
        let mut market = Inputs::read(&[], &prices, &rates, FactsInput::default());
        problems.append(&mut market.problems);
        let how = How {
            kind: &kind,
            year: asked.year,
            format: if asked.format == "csv" { Format::Csv } else { Format::Xml },
            timestamp: asked.timestamp.as_deref(),
            corrects: !asked.corrects.is_empty(),
            additions: asked.additions,
            facts: facts.source().is_some(),
        };
        let files = Files {
            provider: &provider,
            ledgers: &inputs(&asked.ledger, "ledger"),
            users: &one(&asked.users, "users")?,
            market: &market,
            facts: &facts,
            earlier: &asked.corrects.iter().cloned().map(Input::file).collect::<Vec<_>>(),
        };
        let report = front::report(&how, &files);
        let report = report.map_err(|refused| raised(refused, |problems| front::texts(&how, &files, problems)))?;
        problems.extend(report.warnings.iter().cloned());
        if any_error(&problems) {
            return Err(refuse(&problems, &front::texts(&how, &files, &problems)));
        }
        Ok(PyReport { warnings: json(&problems), report: Mutex::new(report) })
    })
}

fn raised(refused: Refused, texts: impl Fn(&[crate::diagnostic::Diagnostic]) -> crate::diagnostic::SourceMap) -> PyErr {
    match refused {
        Refused::Usage(message) => PyValueError::new_err(message),
        Refused::Faults(problems) => refuse(&problems, &texts(&problems)),
    }
}
