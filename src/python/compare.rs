//! `fisc.compare`: the same ledger under several laws.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::compare::{Asked, compare as compared};
use crate::diagnostic::any_error;
use crate::engine::{Inputs, Options};
use crate::ledger::is_currency;
use crate::library;
use crate::rules::RuleBook;

use super::{PyAssessment, PyLedger, Question, inputs, json, options, refuse, rules_folder};

/// A comparison with what it was computed from, so that the figures of each law can be explained.
#[pyclass(name = "Comparison", module = "fisc._fisc", frozen)]
pub(super) struct PyComparison {
    json: String,
    inputs: Arc<Inputs>,
    laws: Vec<(RuleBook, Options, String)>,
}

#[pymethods]
impl PyComparison {
    /// The JSON of the command line.
    #[getter]
    fn json(&self) -> &str {
        &self.json
    }

    /// The assessment under one of the laws.
    fn assessment(&self, code: &str) -> Option<PyAssessment> {
        let (book, options, json) = self.laws.iter().find(|(book, ..)| book.code == code)?;
        let (book, options, json) = (book.clone(), options.clone(), json.clone());
        Some(PyAssessment { book, inputs: Arc::clone(&self.inputs), options, json })
    }
}

/// Assesses a ledger under several laws. Raises where no law could be assessed at all.
#[pyfunction]
pub(super) fn compare(
    py: Python<'_>,
    ledger: &PyLedger,
    codes: Vec<String>,
    currency: Option<String>,
    asked: Question,
) -> PyResult<PyComparison> {
    py.detach(|| {
        rules_folder(asked.rules.as_deref())?;
        let mut found = inputs(ledger, &asked)?;
        let mut laws: Vec<RuleBook> = Vec::new();
        for code in &codes {
            let loaded = library::law(code, asked.rules.as_deref());
            let Some(book) = loaded.book else { return Err(refuse(&loaded.diagnostics, &loaded.sources)) };
            found.sources.extend(&loaded.sources);
            if laws.iter().any(|other| other.code == book.code) {
                return Err(PyValueError::new_err(format!("`{code}` is named twice")));
            }
            laws.push(book);
        }
        let Some(first) = laws.first() else { return Err(PyValueError::new_err("name at least one law")) };
        let currency = currency.unwrap_or_else(|| first.currency.clone());
        if !is_currency(&currency) {
            return Err(PyValueError::new_err(format!("`{currency}` is not a currency code of ISO 4217")));
        }
        let known = laws.iter().map(|b| b.code.clone()).chain(library::codes(asked.rules.as_deref())).collect();
        let question = Asked { currency, options: options(&asked)?, laws: known };
        let wrong = question.errors(&laws, &found);
        if !wrong.is_empty() {
            return Err(refuse(&wrong, &found.sources));
        }
        let comparison = compared(&laws, &found, &question);
        let empty = |a: &crate::assess::Assessment| a.taxes.is_empty() && a.quantities.is_empty() && any_error(&a.errors);
        if comparison.laws.iter().all(|law| empty(&law.assessment)) {
            let problems: Vec<_> = comparison.laws.iter().flat_map(|law| law.assessment.errors.iter().cloned()).collect();
            return Err(refuse(&problems, &found.sources));
        }
        let of_law = |(book, law): (RuleBook, &crate::compare::Compared)| {
            let options = question.options(&book);
            (book, options, json(&law.assessment))
        };
        let text = json(&comparison);
        let laws = laws.into_iter().zip(&comparison.laws).map(of_law).collect();
        Ok(PyComparison { json: text, inputs: Arc::new(found), laws })
    })
}
