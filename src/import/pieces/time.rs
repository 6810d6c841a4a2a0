//! When it happened.

use chrono::{DateTime, Utc};

use crate::diagnostic::{Code, Diagnostic};
use crate::import::cells::Cells;
use crate::import::moments::{self, Moment, Zone};
use crate::import::settle::FileZone;

use super::{FileReader, overflow};

impl FileReader<'_> {
    pub(super) fn moment(&self, cells: &Cells<'_>) -> Result<Moment, Diagnostic> {
        let time = &self.file.layout.time;
        let mut shown = String::new();
        for template in &time.of {
            let text = cells.filled(template);
            let text = text.trim();
            let found = moments::usual(text).or_else(|| time.patterns.iter().find_map(|p| moments::by_pattern(text, p)));
            if let Some(found) = found {
                return Ok(found);
            }
            shown = text.to_owned();
        }
        let expected = time.patterns.iter().map(String::as_str).chain(["2024-03-01 08:10:05"]).collect::<Vec<_>>().join("`, `");
        let message = format!("`{}` is not a time as this format writes it", shown.chars().take(60).collect::<String>());
        Err(Diagnostic::new(Code::I0103, message).help(format!("expected `{expected}`; a spreadsheet may have changed it")))
    }

    pub(super) fn instant(&mut self, cells: &Cells<'_>, moment: &Moment) -> Result<DateTime<Utc>, Diagnostic> {
        let zone = match (moment.offset, &self.zone) {
            (Some(offset), _) => Zone::Fixed(offset),
            (None, FileZone::One(zone)) => *zone,
            (None, FileZone::OfRow) => self.row_zone(cells)?,
        };
        zone.instant(moment.local).ok_or_else(|| {
            let message = format!("the clock never showed {} in this zone: it was put forward", moment.local);
            Diagnostic::new(Code::I0103, message).help("the times are in another zone: see `--zone`")
        })
    }

    pub(super) fn row_zone(&mut self, cells: &Cells<'_>) -> Result<Zone, Diagnostic> {
        let time = &self.file.layout.time;
        let crate::import::format::ZoneSpec::Told(template) = &time.zone else { return Zone::UTC.ok_or_else(overflow) };
        let text = cells.filled(template);
        let known = |text: &str| Zone::read(time.zone_words.iter().find(|(w, _)| w == text).map_or(text, |(_, z)| z));
        let found = *self.zones.entry(text.clone()).or_insert_with(|| known(&text));
        found.ok_or_else(|| {
            Diagnostic::new(Code::I0103, format!("`{text}` is not a zone")).help("expected `UTC+02:00` or `Europe/Paris`")
        })
    }
}
