//! A new country: the files of a law to be filled in, with its name, currency and time zone in their places.

use std::path::PathBuf;

use include_dir::{Dir, include_dir};

use crate::diagnostic::suggestion;

static TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/law");

/// What a new law says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    code: String,
    title: String,
    currency: String,
    time_zone: String,
}

/// A word that cannot stand in the head of a law, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}: {help}")]
pub struct Unfit {
    pub message: String,
    pub help: String,
}

fn unfit(message: String, help: impl Into<String>) -> Unfit {
    Unfit { message, help: help.into() }
}

impl Head {
    /// The head of a new law. `code`: two small letters, and a region behind a dash; without a title the code stands for it.
    pub fn new(code: &str, title: Option<&str>, currency: &str, time_zone: &str) -> Result<Head, Unfit> {
        if !is_code(code) {
            let help =
                "take the two letters of the country, written small, and for a region its letters behind a dash: `xx`, `xx-ab`";
            return Err(unfit(format!("`{code}` is not a code of a country"), help));
        }
        let title = title.map_or_else(|| format!("Country {}", code.to_uppercase()), |t| t.trim().to_owned());
        if title.is_empty() || title.chars().any(char::is_control) {
            return Err(unfit("the title is empty or holds more than one line".into(), "give the name of the country"));
        }
        if !crate::ledger::is_currency(currency) {
            let help = "give the three capital letters of ISO 4217";
            return Err(unfit(format!("`{currency}` is not a currency code"), help));
        }
        if time_zone.parse::<chrono_tz::Tz>().is_err() {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name());
            let help = suggestion(time_zone, names).unwrap_or_else(|| "give a name of the IANA database: Continent/City".into());
            return Err(unfit(format!("`{time_zone}` is not a time zone"), help));
        }
        Ok(Head { code: code.to_owned(), title, currency: currency.to_owned(), time_zone: time_zone.to_owned() })
    }

    /// The files of the law, by their paths inside its folder.
    pub fn files(&self) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        collect(&TEMPLATE, &mut found);
        found.sort();
        found.into_iter().map(|(path, text)| (path, self.fill(text))).collect()
    }

    /// One pass, so that a title which holds one of the words stays as it is.
    fn fill(&self, text: &str) -> String {
        // In quotes a title may hold anything but the two signs that mean something there.
        let quoted = format!("\"{}\"", self.title.replace('\\', "\\\\").replace('"', "\\\""));
        let words = [
            ("\"TITLE\"", quoted.as_str()),
            ("TITLE", &self.title),
            ("TIME_ZONE", &self.time_zone),
            ("CURRENCY", &self.currency),
            ("CODE", &self.code),
        ];
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((at, word, value)) =
            words.iter().filter_map(|(word, value)| Some((rest.find(word)?, *word, *value))).min_by_key(|(at, ..)| *at)
        {
            filled.push_str(rest.get(..at).unwrap_or_default());
            filled.push_str(value);
            rest = rest.get(at + word.len()..).unwrap_or_default();
        }
        filled + rest
    }
}

/// True for the code of a country or region.
pub fn is_code(code: &str) -> bool {
    let (country, region) = code.split_once('-').map_or((code, None), |(c, r)| (c, Some(r)));
    let small = |text: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&text.len()) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    country.chars().all(|c| c.is_ascii_lowercase()) && small(country, 2..=2) && region.is_none_or(|r| small(r, 1..=3))
}

fn collect(dir: &'static Dir<'_>, to: &mut Vec<(PathBuf, &'static str)>) {
    to.extend(dir.files().filter_map(|f| Some((f.path().to_owned(), f.contents_utf8()?))));
    dir.dirs().for_each(|inner| collect(inner, to));
}
