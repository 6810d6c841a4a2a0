//! What a register of an authority says of a row.

use crate::assess::world::Ctx;
use crate::formula::code::RegisterColumn;
use crate::rules::book::RegisterEntry;

use super::Step;
use super::build::Explainer;

impl Explainer<'_> {
    /// Whether a register has what stands in a column of the row, with the entry that has it; those of other days are told too.
    pub(super) fn register(&self, register: usize, column: RegisterColumn, ctx: Ctx) -> Option<Step> {
        let (book, world) = (self.run.env.book, self.run.world);
        let entry = book.registers.get(register)?;
        let word = RegisterColumn::WORDS.iter().find(|(_, c)| *c == column).map_or("", |(word, _)| word);
        let day = world.day_of(ctx.item).unwrap_or(ctx.period.end);
        let name = world.registered_name(column, ctx.item);
        let has = |one: &&RegisterEntry| one.names.iter().any(|n| n.to_lowercase() == name.to_lowercase());
        let of_name: Vec<&RegisterEntry> = entry.entries.iter().filter(|_| !name.is_empty()).filter(has).collect();
        let listed = of_name.iter().find(|one| one.in_force.holds(day));
        let mut step = Step {
            name: format!("{} includes {word}", entry.name),
            value: Some(if listed.is_some() { "yes" } else { "no" }.to_owned()),
            unit: "yes or no".into(),
            notes: vec![entry.title.clone()],
            cite: book.citations(&entry.cite),
            place: Some(format!("{}:{}", entry.at.file, entry.at.spot.line)),
            ..Step::default()
        };
        step.notes.push(if name.is_empty() { format!("the row has no {word}") } else { format!("the row has {name}") });
        for one in &of_name {
            let from = one.in_force.from.map(|d| format!(" from {d}")).unwrap_or_default();
            let until = one.in_force.until.map(|d| format!(" until {d}")).unwrap_or_default();
            step.notes.push(format!("listed{from}{until} as {}", one.names.join(", also ")));
        }
        if let Some(one) = listed {
            step.cite.extend(book.citations(&one.cite));
            step.place = Some(format!("{}:{}", one.at.file, one.at.spot.line));
        }
        Some(step)
    }
}
