//! What became of each line of an export, and whether the balances it states follow from its rows.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::ledger::Kind;
use crate::ledger::read::file_stem;
use crate::number;

use super::{Fate, Import};

impl Import {
    /// A line each: `file,line,became,row,why`.
    pub fn explain(&self) -> String {
        let mut lines: Vec<(u16, u32, String, String, String)> = Vec::new();
        let stem = |file: u16| self.names.get(usize::from(file)).map_or("", |n| file_stem(n));
        for row in &self.rows {
            let id = row.id(stem(row.file));
            for (index, (file, line)) in row.lines.iter().enumerate() {
                let became = if row.kind == Kind::Ignore { "ignored" } else { row.kind.word() };
                let with =
                    if row.lines.len() > 1 { format!("{} of {} lines", index + 1, row.lines.len()) } else { String::new() };
                let why = [with, row.note.clone()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; ");
                lines.push((*file, *line, became.to_owned(), id.clone(), why));
            }
        }
        for (file, fates) in self.fates.iter().enumerate() {
            let file = u16::try_from(file).unwrap_or(u16::MAX);
            for (line, fate) in fates {
                let (became, row, why) = match fate {
                    Fate::Above => ("above the header", String::new(), String::new()),
                    Fate::Header => ("header", String::new(), String::new()),
                    Fate::Left(why) => ("left out", String::new(), why.clone()),
                    Fate::Repeats(of, at) => ("left out", String::new(), format!("it repeats {}:{at}", stem(*of))),
                    Fate::Fault => ("fault", String::new(), "see the message".to_owned()),
                };
                lines.push((file, *line, became.to_owned(), row, why));
            }
        }
        lines.sort();
        lines.dedup();
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = writer.write_record(["file", "line", "became", "row", "why"]);
        for (file, line, became, row, why) in &lines {
            let _ = writer.write_record([stem(*file), &line.to_string(), became, row, why]);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// Follows the balances a file states from row to row; the first that does not follow is told, for each account and asset.
    pub(super) fn running(&mut self) {
        let mut order: Vec<usize> = (0..self.stated.len()).collect();
        order.sort_by_key(|i| self.stated.get(*i).map(|s| (s.file, s.order)));
        let mut last: HashMap<(u16, u32, u32), (crate::number::Decimal, bool)> = HashMap::new();
        let mut problems = Vec::new();
        for index in order {
            let Some(stated) = self.stated.get(index) else { continue };
            let symbol = |s: crate::ledger::Symbol| u32::try_from(s.index()).unwrap_or(u32::MAX);
            let key = (stated.file, symbol(stated.part), symbol(stated.asset));
            let mut told = false;
            if let Some((before, was_told)) = last.get(&key) {
                told = *was_told;
                let follows = number::add_exact(*before, stated.change);
                if follows.as_ref().is_ok_and(|f| *f != stated.amount) && !told {
                    told = true;
                    let asset = self.words.name(stated.asset);
                    let (from, change) = (before.normalize(), stated.change.normalize());
                    let message = format!(
                        "the file states a balance of {} {asset} here, but {from} and a change of {change} make {}",
                        stated.amount.normalize(),
                        follows.unwrap_or_default().normalize()
                    );
                    let place = self.names.get(usize::from(stated.file)).map(|n| Place::new(n, stated.line, 1, 1));
                    let help = "rows may be missing before this one, or another file of the source holds them";
                    problems.push(Diagnostic::new(Code::I0111, message).at_opt(place).help(help));
                }
            }
            last.insert(key, (stated.amount, told));
        }
        self.problems.append(&mut problems);
    }
}
