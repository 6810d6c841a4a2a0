//! Records as CSV and as XML, one after the other.

use std::io::{self, Write};

use crate::reporting::Format;
use crate::reporting::xml::Xml;

use super::cells::leaves;
use super::column::{Column, From, Known};
use super::form::LineForm;
use super::{Cell, Record};

/// The names of the columns of the CSV; columns of one name share a cell.
pub fn csv_header(form: &LineForm) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for column in leaves(&form.columns) {
        names.extend(column.name.iter().filter(|n| !names.contains(n)).cloned().collect::<Vec<_>>());
    }
    names
}

/// Writes records and numbers them.
pub struct Writer<'a, W: Write> {
    form: &'a LineForm,
    leaves: Vec<&'a Column>,
    header: Vec<String>,
    out: Out<W>,
    number: u64,
}

enum Out<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Xml(W),
}

impl<'a, W: Write> Writer<'a, W> {
    /// Begins the file.
    pub fn new(form: &'a LineForm, format: Format, mut out: W) -> io::Result<Writer<'a, W>> {
        let header = csv_header(form);
        let out = match format {
            Format::Csv => {
                let mut table = csv::WriterBuilder::new().from_writer(out);
                table.write_record(&header)?;
                Out::Csv(Box::new(table))
            }
            Format::Xml => {
                let words = &form.message;
                writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{} xmlns=\"{}\">", words.root, words.namespace)?;
                Out::Xml(out)
            }
        };
        Ok(Writer { form, leaves: leaves(&form.columns), header, out, number: 0 })
    }

    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        self.number += 1;
        let number = Cell::both(self.number.to_string());
        let cell = |place: usize, column: &Column| match column.from {
            From::Known(Known::Number) => number.clone(),
            _ => record.cells.get(place).cloned().unwrap_or_default(),
        };
        let cells: Vec<Cell> = self.leaves.iter().enumerate().map(|(place, column)| cell(place, column)).collect();
        match &mut self.out {
            Out::Csv(table) => {
                let mut line = vec![""; self.header.len()];
                for (column, cell) in self.leaves.iter().zip(&cells) {
                    let place = column.name.as_ref().and_then(|n| self.header.iter().position(|h| h == n));
                    if let Some(slot) = place.and_then(|p| line.get_mut(p)).filter(|slot| slot.is_empty()) {
                        *slot = &cell.csv;
                    }
                }
                table.write_record(line)?;
                Ok(())
            }
            Out::Xml(out) => {
                let mut xml = Xml::at(1);
                xml.open(&self.form.message.record);
                elements(&mut xml, &self.form.columns, &mut cells.iter());
                xml.close(&self.form.message.record);
                out.write_all(xml.into_text().as_bytes())
            }
        }
    }

    /// Ends the file and gives back what it was written to.
    pub fn end(self) -> io::Result<W> {
        match self.out {
            Out::Csv(table) => table.into_inner().map_err(|error| io::Error::other(error.to_string())),
            Out::Xml(mut out) => {
                writeln!(out, "</{}>", self.form.message.root)?;
                Ok(out)
            }
        }
    }
}

/// Elements in the order of the columns; what is blank, and what holds only that, is left out.
fn elements<'c>(xml: &mut Xml, columns: &[Column], cells: &mut impl Iterator<Item = &'c Cell>) {
    for column in columns {
        let own: Vec<&Cell> = cells.take_exact(leaves(std::slice::from_ref(column)).len());
        if matches!(column.from, From::Group) {
            let Some(element) = &column.element else { continue };
            let mut inner = Xml::at(xml.depth() + 1);
            elements(&mut inner, &column.has, &mut own.into_iter());
            let text = inner.into_text();
            if !text.is_empty() {
                xml.open(element);
                xml.raw(&text);
                xml.close(element);
            }
        } else if let (Some(element), Some(cell)) = (&column.element, own.first()) {
            xml.any(element, &cell.xml);
        }
    }
}

trait TakeExact<'c> {
    fn take_exact(&mut self, count: usize) -> Vec<&'c Cell>;
}

impl<'c, I: Iterator<Item = &'c Cell>> TakeExact<'c> for I {
    fn take_exact(&mut self, count: usize) -> Vec<&'c Cell> {
        self.by_ref().take(count).collect()
    }
}
