//! The law's card and the list of jurisdictions for Python, as the JSON and texts of the command line.

use std::path::PathBuf;

use pyo3::prelude::*;

use crate::law::{Card, card, overview, page, year as tax_year};
use crate::library;
use crate::page::{html, markdown, terminal};

use super::{json, refuse, rules_folder};

/// The card of a law.
#[pyclass(name = "Law", module = "fisc._fisc", frozen)]
pub struct PyLaw {
    card: Card,
}

#[pymethods]
impl PyLaw {
    /// The JSON of the command line.
    #[getter]
    fn json(&self) -> String {
        json(&self.card)
    }

    /// The card as text of 80 columns.
    #[getter]
    fn text(&self) -> String {
        terminal::render(&page(&self.card), terminal::WIDTH, false)
    }

    #[getter]
    fn markdown(&self) -> String {
        markdown::render(&page(&self.card))
    }

    /// A part of a page, with its own style.
    #[getter]
    fn html(&self) -> String {
        html::part(&page(&self.card))
    }

    /// A page of its own.
    #[getter]
    fn page(&self) -> String {
        html::page(&page(&self.card))
    }
}

/// The law of a code: of a tax year, of the current one, or its whole history.
#[pyfunction]
#[pyo3(signature = (code, year, all, rules))]
pub fn law(py: Python<'_>, code: String, year: Option<i32>, all: bool, rules: Option<PathBuf>) -> PyResult<PyLaw> {
    rules_folder(rules.as_deref())?;
    py.detach(|| {
        let loaded = library::law(&code, rules.as_deref());
        let Some(book) = &loaded.book else { return Err(refuse(&loaded.diagnostics, &loaded.sources)) };
        let shown = if all { None } else { Some(tax_year(book, year).map_err(|p| refuse(&[p], &loaded.sources))?) };
        Ok(PyLaw { card: card(book, shown) })
    })
}

/// What is covered, as the JSON of a list.
#[pyfunction]
#[pyo3(signature = (rules=None))]
pub fn jurisdictions(py: Python<'_>, rules: Option<PathBuf>) -> PyResult<String> {
    rules_folder(rules.as_deref())?;
    Ok(py.detach(|| json(&overview::overviews(rules.as_deref()))))
}
