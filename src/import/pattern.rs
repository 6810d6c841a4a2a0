//! Texts with gaps: `Filled Time({zone})` fits `Filled Time(UTC+02:00)` and keeps `UTC+02:00` as `zone`; `{}` fits anything.

use crate::ledger::is_currency;

/// Longer texts fit no pattern: a cell is no place to search a megabyte in.
const LENGTH_MAX: usize = 4000;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// A gap, and which name it fills.
    Gap(Option<usize>),
}

/// A pattern. Letters fit in either case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<Piece>,
    /// The names of the gaps, each once.
    pub names: Vec<String>,
}

/// The words a gap may hold: a list, or any currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    Words(Vec<String>),
    Currency,
}

impl Allowed {
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Allowed::Words(words) => words.iter().any(|w| w.eq_ignore_ascii_case(text)),
            Allowed::Currency => is_currency(text),
        }
    }
}

impl Pattern {
    /// Reads a pattern; the text says what is wrong with it.
    pub fn read(text: &str) -> Result<Pattern, String> {
        let (mut pieces, mut names) = (Vec::new(), Vec::<String>::new());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let Some((name, behind)) = behind.split_once('}') else {
                return Err(format!("`{text}` opens a `{{` and does not close it"));
            };
            let well_formed = |n: &str| n.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !well_formed(name) {
                return Err(format!("`{{{name}}}` is no name: small letters, digits and `_`"));
            }
            let gap = (!name.is_empty()).then(|| {
                names.iter().position(|n| n == name).unwrap_or_else(|| {
                    names.push(name.to_owned());
                    names.len() - 1
                })
            });
            pieces.push(Piece::Gap(gap));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Pattern { pieces, names })
    }

    /// The text without gaps, if it has none.
    pub fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// What the named gaps hold, if the whole text fits. Earlier gaps are kept short. `allowed` limits gaps by name.
    pub fn fit<'t>(&self, text: &'t str, allowed: &[(String, Allowed)]) -> Option<Vec<&'t str>> {
        if let Some(plain) = self.plain() {
            return plain.eq_ignore_ascii_case(text).then(Vec::new);
        }
        if text.len() > LENGTH_MAX {
            return None;
        }
        let mut found = vec![None; self.names.len()];
        self.step(&self.pieces, text, allowed, &mut found).then(|| found.into_iter().map(Option::unwrap_or_default).collect())
    }

    fn step<'t>(&self, pieces: &[Piece], text: &'t str, allowed: &[(String, Allowed)], found: &mut Vec<Option<&'t str>>) -> bool {
        match pieces.split_first() {
            None => text.is_empty(),
            Some((Piece::Text(word), rest)) => match text.split_at_checked(word.len()) {
                Some((head, tail)) if head.eq_ignore_ascii_case(word) => self.step(rest, tail, allowed, found),
                _ => false,
            },
            Some((Piece::Gap(name), rest)) => {
                let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                for end in ends {
                    let Some((head, tail)) = text.split_at_checked(end) else { continue };
                    if let Some(name) = name {
                        let other = found.get(*name).copied().flatten();
                        if head.is_empty() || other.is_some_and(|o| o != head) || !self.allows(*name, head, allowed) {
                            continue;
                        }
                        self.put(found, *name, Some(head));
                        if self.step(rest, tail, allowed, found) {
                            return true;
                        }
                        self.put(found, *name, other);
                    } else if self.step(rest, tail, allowed, found) {
                        return true;
                    }
                }
                false
            }
        }
    }

    fn put<'t>(&self, found: &mut [Option<&'t str>], name: usize, text: Option<&'t str>) {
        if let Some(slot) = found.get_mut(name) {
            *slot = text;
        }
    }

    fn allows(&self, name: usize, text: &str, allowed: &[(String, Allowed)]) -> bool {
        let name = self.names.get(name).map_or("", String::as_str);
        allowed.iter().find(|(n, _)| n == name).is_none_or(|(_, words)| words.fits(text))
    }
}

/// Words compare without case, and `_` and `-` are blanks: `Staking_Reward` is `staking reward`.
pub fn loose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '_' | '-' | '\u{a0}' | ' ' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// A word of a format, where `*` stands for any text, against a loose text.
pub fn word_fits(word: &str, text: &str) -> bool {
    let Some((head, rest)) = word.split_once('*') else { return word == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = text.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_hold_what_stands_between() {
        let p = Pattern::read("Filled Time({zone})").unwrap();
        assert_eq!(p.fit("filled time(UTC+02:00)", &[]), Some(vec!["UTC+02:00"]));
        assert_eq!(p.fit("Filled Time", &[]), None);
        let p = Pattern::read("{coin} Amount {coin}").unwrap();
        assert_eq!(p.fit("BTC Amount BTC", &[]), Some(vec!["BTC"]));
        assert_eq!(p.fit("BTC Amount ETH", &[]), None);
        let p = Pattern::read("Converted {} {} to {amount} {asset}").unwrap();
        assert_eq!(p.fit("Converted 0.1 ETH to 1,132.50 XRP", &[]), Some(vec!["1,132.50", "XRP"]));
    }

    #[test]
    fn a_pair_is_split_by_the_longest_word_allowed() {
        let p = Pattern::read("{base}{quote}").unwrap();
        let quotes = [("quote".to_owned(), Allowed::Words(["USD", "GUSD", "EUR"].map(str::to_owned).to_vec()))];
        assert_eq!(p.fit("BTCGUSD", &quotes), Some(vec!["BTC", "GUSD"]));
        assert_eq!(p.fit("BTCXYZ", &quotes), None);
    }

    #[test]
    fn stars_in_words() {
        assert!(word_fits("finance.*compound interest*", "finance.dpos.compound interest.crypto wallet"));
        assert!(!word_fits("finance.*compound", "finance.compound x"));
        assert!(word_fits("*", ""));
        assert_eq!(loose("Staking_Reward "), "staking reward");
    }
}
