//! Which row of a table counted, and what it was looked up by.

use chrono::NaiveDate;

use crate::assess::world::Ctx;
use crate::engine::value_text;
use crate::rules::book::{Given, TableRow};
use crate::rules::tables::key_refs;

use super::Step;
use super::build::Explainer;

impl Explainer<'_> {
    /// Adds the row that counted to the step of its parameter.
    pub fn table_row(&self, parameter: usize, rows: &[TableRow], ctx: Ctx, day: NaiveDate, step: &mut Step) {
        let env = self.run.env;
        let Some(entry) = env.book.parameters.get(parameter) else { return };
        step.parts.extend(key_refs(entry).filter_map(|name| self.name(name, ctx)));
        let Ok(Some(number)) = self.run.world.table_row(parameter, rows, ctx) else { return };
        let Some(row) = rows.get(number) else { return };
        let asked = entry.by.iter().zip(&row.words).filter_map(|(key, words)| {
            let words: Vec<String> = words.as_ref()?.iter().map(|w| value_text(env.book, *w)).collect();
            Some(match words.as_slice() {
                [one] => format!("{} is {one}", key.name),
                many => format!("{} in [{}]", key.name, many.join(", ")),
            })
        });
        let asked = asked.collect::<Vec<_>>().join(", ");
        let asked = if asked.is_empty() { "otherwise".to_owned() } else { asked };
        step.notes.push(format!("row {} of the table: {asked}", number + 1));
        step.notes.extend(row.note.clone());
        step.cite.extend(env.book.citations(&row.cite));
        step.place = Some(format!("{}:{}", row.at.file, row.at.spot.line));
        if let Given::Formula(formula) = &row.value {
            self.law_formula(formula, day, step);
        }
    }
}
