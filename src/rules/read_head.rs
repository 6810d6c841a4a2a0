//! Who and when, sources, labels.

use chrono::NaiveDate;

use crate::diagnostic::{Code, suggestion};
use crate::yaml::{Entry, Fields, Node, Reader};

use super::book::{At, InForce, Key, Label, MonthEnd, RuleBook, SourceEntry, Status, Watch};
use super::read::Read;
use super::read_taxes::working_days;

const SOURCE_KINDS: &[(&str, &str)] =
    &[("law", "law"), ("regulation", "regulation"), ("guidance", "guidance"), ("case", "case"), ("practice", "practice")];

/// Reads the head of a law from the file that has it.
pub fn head(reader: &mut Reader, fields: &mut Fields<'_>, book: &mut RuleBook) {
    if let Some(node) = fields.require(reader, "jurisdiction")
        && let Some(code) = reader.string(node)
    {
        if !crate::template::is_code(&code) {
            let help =
                "write the name of the folder: two small letters, and for a region its letters behind a dash: `xx`, `xx-ab`";
            reader.problem(Code::R0203, node.spot, format!("`{code}` is not a code of a country"), Some(help.into()));
        }
        book.code = code;
    }
    book.title = fields.require(reader, "title").and_then(|n| reader.string(n)).unwrap_or_default();
    if let Some(node) = fields.require(reader, "currency")
        && let Some(text) = reader.text(node)
    {
        if !crate::ledger::is_currency(text) {
            let capitals = text.to_uppercase();
            let help = if crate::ledger::is_currency(&capitals) {
                format!("write `{capitals}`")
            } else {
                "give its three capital letters, such as EUR or USD".to_owned()
            };
            reader.problem(Code::R0309, node.spot, format!("`{text}` is not a currency code of ISO 4217"), Some(help));
        }
        book.currency = text.to_owned();
    }
    if let Some(node) = fields.require(reader, "time_zone")
        && let Some(text) = reader.text(node)
    {
        match text.parse() {
            Ok(zone) => book.zone = zone,
            Err(_) => {
                let names = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name());
                let help = suggestion(text, names).or(Some("use a name of the IANA database, such as `Europe/Paris`".into()));
                reader.problem(Code::R0204, node.spot, format!("`{text}` is not a time zone"), help);
            }
        }
    }
    if let Some(node) = fields.take("tax_year")
        && let Some(mut inner) = reader.fields(node, "the tax year")
    {
        if let Some(node) = inner.require(reader, "begins") {
            book.year_begins = month_day(reader, node).unwrap_or((1, 1));
        }
        if let Some(node) = inner.take("stated_by")
            && let Some(name) = reader.text(node)
        {
            book.year_stated_by = Some(Key { name: name.to_owned(), at: reader.at(node.spot), target: None });
        }
        inner.done(reader);
    }
    if let Some(node) = fields.require(reader, "covers")
        && let Some(mut inner) = reader.fields(node, "`covers`")
    {
        let from = inner.require(reader, "from").and_then(|n| reader.date(n));
        let through = inner.require(reader, "through").and_then(|n| reader.date(n));
        if let (Some(from), Some(through)) = (from, through) {
            if through < from {
                reader.problem(Code::R0207, node.spot, format!("the covered time ends on {through}, before it begins"), None);
            }
            book.covers = (from, through);
        }
        inner.done(reader);
    }
    if let Some(node) = fields.take("member_of") {
        book.member_of = reader.words(node).into_iter().map(|(code, spot)| (code, reader.at(spot))).collect();
    }
    if let Some(node) = fields.take("units") {
        book.units = reader.words(node).into_iter().map(|(word, _)| word).collect();
    }
    if let Some(node) = fields.take("month_end")
        && let Some(mut inner) = reader.fields(node, "`month_end`")
    {
        let rule = inner
            .require(reader, "rule")
            .and_then(|n| reader.one_of(n, &[("clip", MonthEnd::Clip), ("next_day", MonthEnd::NextDay)]));
        let cite = reader.cite(&mut inner, "the rule for ends of months");
        // A faulty rule is told once, not again wherever a month is added.
        book.month_end = Some((rule.unwrap_or(MonthEnd::Clip), cite));
        inner.done(reader);
    }
    book.working_days = fields.take("working_days").and_then(|n| working_days(reader, n));
    book.note = reader.text_of(fields, "note");
}

/// `05-01`: month and day.
pub fn month_day(reader: &mut Reader, node: &Node) -> Option<(u32, u32)> {
    let text = reader.text(node)?;
    let parsed = text.split_once('-').and_then(|(m, d)| Some((m.parse::<u32>().ok()?, d.parse::<u32>().ok()?)));
    match parsed.filter(|(m, d)| NaiveDate::from_ymd_opt(2023, *m, *d).is_some()) {
        Some(found) => Some(found),
        None => {
            reader.problem(
                Code::R0203,
                node.spot,
                format!("`{text}` is not a month and day"),
                Some("write month-day: `05-01` is 1 May".into()),
            );
            None
        }
    }
}

/// Reads one entry of `sources`.
pub fn source(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let Some(mut fields) = reader.fields(&entry.value, "a source") else { return };
    let part_of = fields.take("part_of").and_then(|n| Some((reader.string(n)?, reader.at(n.spot))));
    let mut in_force = InForce::default();
    if let Some(node) = fields.take("in_force")
        && let Some(mut inner) = reader.fields(node, "`in_force`")
    {
        in_force = reader.in_force(&mut inner);
        inner.done(reader);
    }
    let found = SourceEntry {
        title: reader.text_of(&mut fields, "title"),
        kind: fields.take("kind").and_then(|n| reader.one_of(n, SOURCE_KINDS)).map(str::to_owned),
        article: reader.text_of(&mut fields, "at"),
        url: reader.text_of(&mut fields, "url"),
        dated: fields.take("dated").and_then(|n| reader.date(n)),
        in_force,
        void_from: fields.take("void_from").and_then(|n| reader.date(n)),
        replaced_by: reader.text_of(&mut fields, "replaced_by"),
        checked: fields.take("checked").and_then(|n| reader.date(n)),
        read_as_of: fields.take("read_as_of").and_then(|n| reader.date(n)),
        status: fields.take("status").and_then(|n| reader.one_of(n, Status::WORDS)),
        against: against(reader, &mut fields),
        note: reader.text_of(&mut fields, "note"),
        at: At { file: reader.file.clone(), spot: entry.key_spot },
        part_of,
    };
    fields.done(reader);
    if found.part_of.is_none() {
        for (missing, key) in [(found.title.is_none(), "title"), (found.kind.is_none(), "kind")] {
            if missing {
                let message = format!("the source `{}` has no `{key}`", entry.key);
                reader.problem(
                    Code::R0202,
                    entry.key_spot,
                    message,
                    Some("an act needs `title` and `kind`; an article of one needs `part_of` and `at`".into()),
                );
            }
        }
    }
    book.sources.insert(entry.key.clone(), found);
}

/// Reads one entry of `watch`.
pub fn watch(reader: &mut Reader, node: &Node) -> Option<Watch> {
    let mut fields = reader.fields(node, "an entry of `watch`")?;
    let title = fields.require(reader, "title").and_then(|n| reader.string(n));
    let cite = reader.cite(&mut fields, "what is to be watched");
    let expected = fields.take("expected").and_then(|n| reader.date(n));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(Watch { title: title.unwrap_or_default(), cite, expected, note, at: reader.at(node.spot) })
}

fn against(reader: &mut Reader, fields: &mut Fields<'_>) -> Vec<(String, At)> {
    match fields.take("against") {
        Some(node) if node.text().is_some() => {
            reader.string(node).map(|key| vec![(key, reader.at(node.spot))]).unwrap_or_default()
        }
        Some(node) => reader.cite_list(node),
        None => Vec::new(),
    }
}

/// Reads one entry of `labels`.
pub fn label(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a label") else { return };
    let title = reader.text_of(&mut fields, "title");
    let note = reader.text_of(&mut fields, "note");
    let words = fields.require(reader, "one_of").map(|n| reader.words(n)).unwrap_or_default();
    let default = fields.require(reader, "default").and_then(|n| Some((reader.string(n)?, n.spot)));
    fields.done(reader);
    for (word, spot) in &words {
        if let Some(other) = book.labels.iter().find(|l| l.words.contains(word)) {
            let message = format!("`{word}` is a word of the label `{}` already", other.name);
            reader.problem(Code::R0206, *spot, message, Some("the words of all labels differ".into()));
        }
    }
    let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
    let Some((default, spot)) = default else { return };
    if !words.contains(&default) {
        let help = suggestion(&default, words.iter().map(String::as_str));
        reader.problem(Code::R0204, spot, format!("the default `{default}` is not one of the words"), help);
    }
    book.labels.push(Label { name, title, words, default, note, at: reader.at(entry.key_spot) });
}
