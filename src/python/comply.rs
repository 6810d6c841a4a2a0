//! `fisc.comply`: what the law asks for beside taxes, on a day.

use std::str::FromStr;

use chrono::NaiveDate;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::engine::{self, Inputs, Options};
use crate::page::{html, terminal};
use crate::report::comply::page;
use crate::rules::RuleBook;

use super::{PyLedger, Question, explained, json, ledger_of, question};

/// The findings of a day, with what they were found from, so that they can be explained from the same texts.
#[pyclass(name = "Compliance", module = "fisc._fisc", frozen)]
pub(super) struct PyCompliance {
    book: RuleBook,
    inputs: Inputs,
    options: Options,
    json: String,
    text: String,
    html: String,
}

#[pymethods]
impl PyCompliance {
    /// The JSON of the command line.
    #[getter]
    fn json(&self) -> &str {
        &self.json
    }

    /// The findings as text of 80 columns.
    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    /// A part of a page, with its own style.
    #[getter]
    fn html(&self) -> &str {
        &self.html
    }

    /// The working of a rule or of a figure of the day: text and JSON.
    fn explain(&self, py: Python<'_>, name: &str, depth: &str) -> PyResult<(String, String)> {
        explained(py, &self.book, &self.inputs, &self.options, name, depth)
    }
}

/// Holds facts and a ledger against the rules of a law on a day; without a ledger the facts alone.
#[pyfunction]
#[pyo3(signature = (ledger, on, asked))]
pub(super) fn comply(py: Python<'_>, ledger: Option<&PyLedger>, on: String, asked: Question) -> PyResult<PyCompliance> {
    let day = NaiveDate::from_str(&on).map_err(|_| PyValueError::new_err(format!("`{on}` is not a date")))?;
    py.detach(|| {
        let empty;
        let ledger = match ledger {
            Some(ledger) => ledger,
            None => {
                empty = ledger_of(&[])?;
                &empty
            }
        };
        let (book, inputs, options) = question(ledger, &asked)?;
        if book.duties.is_empty() {
            return Err(PyValueError::new_err(format!("the law of {} has no rules beside taxes", book.title)));
        }
        let options = Options { on: Some(day), year: book.calendar().year_of(day), ..options };
        let found = engine::comply(&book, &inputs, &options, day);
        let document = page(&book, &found);
        let text = terminal::render(&document, terminal::WIDTH, false);
        let (json, html) = (json(&found), html::part(&document));
        Ok(PyCompliance { book, inputs, options, json, text, html })
    })
}
