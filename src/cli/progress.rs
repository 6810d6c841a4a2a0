//! How far a long reading has come: on a terminal, and nowhere else.

use std::cell::RefCell;
use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// Rows read so far, on a terminal; nothing in a pipe, and nothing where it is quick.
#[derive(Default)]
pub struct Bar {
    bar: RefCell<Option<ProgressBar>>,
    rows: RefCell<u64>,
}

/// The bar appears when so many rows were read.
const SHOWN_FROM: u64 = 100_000;

impl Bar {
    pub fn more(&self, rows: u64) {
        let mut all = self.rows.borrow_mut();
        *all += rows;
        let mut bar = self.bar.borrow_mut();
        if bar.is_none() && *all >= SHOWN_FROM && std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{spinner} {human_pos} rows read, {elapsed}").ok();
            *bar = Some(style.map_or_else(ProgressBar::new_spinner, |style| ProgressBar::new_spinner().with_style(style)));
        }
        if let Some(bar) = bar.as_ref() {
            bar.set_position(*all);
        }
    }

    pub fn done(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
