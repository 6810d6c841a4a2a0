//! What is fetched, and where it goes: a file for each part, whole or not there, so that a run goes on where the last one ended.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Source};
use crate::value::open;
use crate::value::symbol::Pair;
use crate::value::tables::{Prices, Rates};

use super::client::Client;
use super::xml;

const SOURCES: &str = include_str!("../../sources/public.json");

/// A public source.
#[derive(Debug, Clone, Deserialize)]
pub struct Public {
    pub title: String,
    pub base_url: String,
    path: String,
    layout: Layout,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Layout {
    /// A table of rates that is kept as it is.
    Table {
        file: String,
    },
    Xml(xml::Names),
    /// Lists of numbers, in the order of the header.
    Candles {
        header: String,
    },
}

/// The public sources, by name.
pub fn sources() -> Result<BTreeMap<String, Public>, String> {
    serde_json::from_str(SOURCES).map_err(|error| format!("the list of sources cannot be read: {error}"))
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub pairs: Vec<Pair>,
    pub from: NaiveDate,
    pub through: NaiveDate,
    pub today: NaiveDate,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    New(PathBuf),
    /// It is there already, and does not change any more.
    Kept(PathBuf),
    Failed(String),
}

impl Public {
    pub fn is_rates(&self) -> bool {
        !matches!(self.layout, Layout::Candles { .. })
    }
}

/// Fills a folder from one source, and tells of each file. What fails does not keep the rest from being fetched.
pub fn fetch(client: &Client, (name, source): (&str, &Public), cache: &Path, asked: &Asked, tell: &mut dyn FnMut(Fetched)) {
    let folder = cache.join(if source.is_rates() { "rates" } else { "prices" }).join(name);
    let url = |path: &str| format!("{}{path}", source.base_url.trim_end_matches('/'));
    match &source.layout {
        Layout::Table { file } => {
            let path = folder.join(file);
            let found = client.get(&url(&source.path), |body| table(file, body));
            tell(found.and_then(|body| write(&path, &body)).map_or_else(Fetched::Failed, |()| Fetched::New(path)));
        }
        Layout::Xml(names) => {
            let found = client.get(&url(&source.path), |body| of_xml(&body, names));
            let kept = |(day, text): (NaiveDate, String)| {
                let path = folder.join(format!("{day}.csv"));
                let there = path.exists();
                write(&path, text.as_bytes()).map(|()| if there { Fetched::Kept(path) } else { Fetched::New(path) })
            };
            tell(found.and_then(kept).unwrap_or_else(Fetched::Failed));
        }
        Layout::Candles { header } => {
            for pair in &asked.pairs {
                for (from, through) in halves(asked.from, asked.through) {
                    let file =
                        format!("{}-{}-{}-{}.csv", pair.asset, pair.quote, from.year(), if from.month() == 1 { 1 } else { 2 });
                    let path = folder.join(&file);
                    // A part of the year that is over does not change any more.
                    if through < asked.today && path.exists() {
                        tell(Fetched::Kept(path));
                        continue;
                    }
                    let words = [
                        ("{asset}", &pair.asset),
                        ("{currency}", &pair.quote),
                        ("{from}", &from.to_string()),
                        ("{through}", &through.to_string()),
                    ];
                    let asked = words.iter().fold(source.path.clone(), |path, (word, value)| path.replace(word, value));
                    let found = client.get(&url(&asked), |body| candles(&file, &body, header));
                    tell(
                        found
                            .and_then(|text| write(&path, text.as_bytes()))
                            .map_or_else(Fetched::Failed, |()| Fetched::New(path)),
                    );
                }
            }
        }
    }
}

/// Half years that have a day of the span: so many candles fit one answer.
fn halves(from: NaiveDate, through: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut found = Vec::new();
    let mut begin = NaiveDate::from_ymd_opt(from.year(), if from.month() > 6 { 7 } else { 1 }, 1);
    while let Some(first) = begin.filter(|b| *b <= through) {
        begin = first.checked_add_months(chrono::Months::new(6));
        if let Some(last) = begin.and_then(|next| next.pred_opt()) {
            found.push((first, last));
        }
    }
    found
}

// ---- answers ----

/// What is kept is what `--rates` and `--prices` can read.
fn sound(problems: &[Diagnostic]) -> Result<(), String> {
    match problems.iter().find(|p| p.is_error()) {
        Some(problem) => Err(problem.message.clone()),
        None => Ok(()),
    }
}

fn table(file: &str, body: Vec<u8>) -> Result<Vec<u8>, String> {
    let (sources, _) = open::bytes(file, body.clone()).map_err(|problem| problem.message)?;
    sound(&Rates::read(&sources).1)?;
    Ok(body)
}

fn of_xml(body: &[u8], names: &xml::Names) -> Result<(NaiveDate, String), String> {
    // Only names of currencies are beyond ASCII, and are not read.
    let (date, text) = xml::table(&String::from_utf8_lossy(body), names)?;
    let day = NaiveDate::parse_from_str(&date, "%d.%m.%Y").map_err(|_| format!("`{date}` is not a date"))?;
    sound(&Rates::read(&[Source::new("rates", text.as_str())]).1)?;
    Ok((day, text))
}

/// A list of lists of numbers as CSV. The numbers are taken as they are written, never through binary fractions.
fn candles(file: &str, body: &[u8], header: &str) -> Result<String, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    // Read once as JSON, so that what is parted below has this shape and no other.
    let rows: Vec<Vec<serde_json::Number>> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let columns = header.split(',').count();
    if let Some(row) = rows.iter().find(|row| row.len() != columns) {
        return Err(format!("a candle has {} numbers, not {columns}", row.len()));
    }
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let inner = bare.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]"));
    let mut lines: Vec<&str> = inner.map(|rows| rows.split("],[").collect()).unwrap_or_default();
    lines.sort();
    let text = format!("{header}\n{}{}", lines.join("\n"), if lines.is_empty() { "" } else { "\n" });
    sound(&Prices::read(&[Source::new(file, text.as_str())]).1)?;
    Ok(text)
}

/// Beside the wanted file, then in its place.
fn write(path: &Path, body: &[u8]) -> Result<(), String> {
    let unwritten = |error: std::io::Error| format!("`{}` cannot be written: {error}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(unwritten)?;
    // Hidden: a folder of tables is read without what begins with a point.
    let name = format!(".{}.{}.part", path.file_name().unwrap_or_default().to_string_lossy(), std::process::id());
    let part = folder.join(name);
    let result = std::fs::write(&part, body).and_then(|()| std::fs::rename(&part, path));
    if result.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    result.map_err(unwritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_years_of_a_span() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let all = halves(day("2023-08-15"), day("2024-07-01"));
        let all: Vec<String> = all.iter().map(|(a, b)| format!("{a}..{b}")).collect();
        assert_eq!(all, ["2023-07-01..2023-12-31", "2024-01-01..2024-06-30", "2024-07-01..2024-12-31"]);
    }
}
