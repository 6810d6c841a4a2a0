//! A format file to a format. A layout's own keys stand before those of the file, these before those of the format it is like.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::yaml::{Fields, Node, Reader};

use super::fields::Names;
use super::library::Parsed;
use super::rules;
use super::{Assets, ColumnSpec, Field, Format, Layout, Template, TimeSpec, ZoneSpec};

/// Maps that are asked one after the other for a key.
pub struct Chain<'a> {
    maps: Vec<(Arc<str>, Fields<'a>)>,
}

impl<'a> Chain<'a> {
    /// The value of a key in the first map that has it; the reader then speaks of that map's file.
    pub fn take(&mut self, reader: &mut Reader, key: &'static str) -> Option<&'a Node> {
        let mut found = None;
        for (file, fields) in &mut self.maps {
            let node = fields.take(key);
            if found.is_none()
                && let Some(node) = node
            {
                reader.file = Arc::clone(file);
                found = Some(node);
            }
        }
        found
    }
}

/// The keys that say how rows are read.
const OF_BODY: [&str; 19] = [
    "parts",
    "set",
    "time",
    "account",
    "assets",
    "unique",
    "balance",
    "part",
    "change",
    "received",
    "sent",
    "fee",
    "value",
    "fee_inside",
    "tx_hash",
    "note",
    "counterparty",
    "groups",
    "void",
];

/// The keys of a file that are not a layout's.
const OF_FILE: [&str; 4] = ["format", "title", "like", "layouts"];

pub fn format(reader: &mut Reader, parsed: &Parsed, base: Option<&Parsed>) -> Option<Format> {
    let mut fields = reader.fields(&parsed.root, "a format")?;
    let name = fields.require(reader, "format").and_then(|n| reader.string(n));
    let title = fields.require(reader, "title").and_then(|n| reader.string(n));
    let layouts = fields.take("layouts");
    let spot = parsed.root.spot;
    let mut own: Vec<Option<&Node>> = match layouts {
        Some(list) => reader.list(list).iter().map(Some).collect(),
        None => vec![None],
    };
    if own.is_empty() {
        own.push(None);
    }
    let mut found = Vec::new();
    for node in own {
        let mut maps = Vec::new();
        if let Some(map) = node.and_then(|n| reader.fields(n, "a layout")) {
            maps.push((Arc::clone(&parsed.file), map));
        }
        let whole = [Some(parsed), base];
        for file in whole.into_iter().flatten() {
            if let Some(map) = reader.fields(&file.root, "a format") {
                maps.push((Arc::clone(&file.file), map));
            }
        }
        let mut chain = Chain { maps };
        let layout = layout(reader, &mut chain);
        reader.file = Arc::clone(&parsed.file);
        if let Some(layout) = &layout
            && layout.columns.is_empty()
        {
            reader.problem(Code::I0105, node.map_or(spot, |n| n.spot), "a layout without `columns`", None);
        }
        found.extend(layout);
        // Keys nobody asked for: in the layout, and in the file once.
        let own_maps = usize::from(node.is_some()) + 1;
        for (index, (_, mut map)) in chain.maps.into_iter().take(own_maps).enumerate() {
            if index + 1 == own_maps {
                for key in OF_FILE {
                    map.take(key);
                }
            }
            map.done(reader);
        }
    }
    let name = name?;
    let family = parsed.like.clone().unwrap_or_else(|| name.clone());
    Some(Format { name, title: title?, family, layouts: found })
}

fn layout(reader: &mut Reader, chain: &mut Chain<'_>) -> Option<Layout> {
    let mut names = Names::default();
    // What the file itself is called can always be asked.
    names.names.push("file_name".to_owned());
    names.fields.push(Field::Settled);
    let mut columns: Vec<ColumnSpec> = Vec::new();
    if let Some(node) = chain.take(reader, "columns") {
        names.columns(reader, node, true, &mut columns);
    }
    if let Some(node) = chain.take(reader, "also") {
        names.columns(reader, node, false, &mut columns);
    }
    let unused = chain.take(reader, "unused").map(|n| names.unused(reader, n)).unwrap_or_default();
    let each = chain.take(reader, "each").and_then(|n| names.each(reader, n));
    let mut patterns = |reader: &mut Reader, key: &'static str| {
        let Some(node) = chain.take(reader, key) else { return Vec::new() };
        reader.list(node).iter().filter_map(|n| names.pattern(reader, n)).collect()
    };
    let file_name = patterns(reader, "file_name");
    let preamble = patterns(reader, "preamble");
    let given = chain.take(reader, "given").map(|n| names.given(reader, n)).unwrap_or_default();
    if let Some(why) = chain.take(reader, "refuse").and_then(|n| reader.string(n)) {
        for key in OF_BODY.iter().chain(&["types"]) {
            chain.take(reader, key);
        }
        return Some(refused(names, columns, unused, each, why));
    }
    let mut parts = Vec::new();
    if let Some(node) = chain.take(reader, "parts") {
        for (index, item) in reader.list(node).iter().enumerate() {
            parts.extend(names.part(reader, item, index));
        }
    }
    if let Some(node) = chain.take(reader, "set") {
        names.set(reader, node);
    }
    let time = time(reader, chain, &names);
    let account = chain.take(reader, "account").and_then(|n| names.template(reader, n));
    let assets = chain.take(reader, "assets").and_then(|n| assets(reader, n)).unwrap_or_default();
    let unique = chain.take(reader, "unique").map(|n| names.field_list(reader, n)).unwrap_or_default();
    let balance = chain.take(reader, "balance").and_then(|n| rules::money(reader, &names, n));
    let part = chain.take(reader, "part").and_then(|n| names.template(reader, n));
    let body = rules::read(reader, chain, &names);
    let kind_of_row = names.names.iter().position(|n| n == "type");
    if account.is_none() {
        reader.problem(Code::I0105, Default::default(), "the format names no `account`", Some("add `account: NAME`".into()));
    }
    Some(Layout {
        names: names.names,
        fields: names.fields,
        columns,
        unused,
        each,
        file_name,
        preamble,
        given,
        parts,
        time: time.unwrap_or_default(),
        account: account.unwrap_or_default(),
        kind_of_row,
        assets,
        groups: body.groups,
        void: body.void,
        rules: body.rules,
        unique,
        balance,
        part,
        refuse: None,
    })
}

/// A layout that is known and not read: only its header counts.
fn refused(names: Names, columns: Vec<ColumnSpec>, unused: Vec<super::Name>, each: Option<super::Each>, why: String) -> Layout {
    Layout {
        names: names.names,
        fields: names.fields,
        columns,
        unused,
        each,
        refuse: Some(why),
        file_name: Vec::new(),
        preamble: Vec::new(),
        given: Vec::new(),
        parts: Vec::new(),
        time: TimeSpec::default(),
        account: Template::default(),
        kind_of_row: None,
        assets: Assets::default(),
        groups: Vec::new(),
        void: Vec::new(),
        rules: Vec::new(),
        unique: Vec::new(),
        balance: None,
        part: None,
    }
}

/// `time: { of: "{date} {clock}", formats: [..], zone: utc | assumed | asked | "{zone}" }`
fn time(reader: &mut Reader, chain: &mut Chain<'_>, names: &Names) -> Option<TimeSpec> {
    let usual = names.names.iter().position(|n| n == "time").map(|f| Template { pieces: vec![super::TemplatePiece::Field(f)] });
    let Some(node) = chain.take(reader, "time") else {
        return usual.map(|of| TimeSpec { of: vec![of], patterns: Vec::new(), zone: ZoneSpec::Utc, zone_words: Vec::new() });
    };
    let mut fields = reader.fields(node, "`time`")?;
    let of = match fields.take("of") {
        Some(node) => names.templates(reader, node),
        None => usual.into_iter().collect(),
    };
    if of.is_empty() {
        let help = Some("name a column `time`, or write `of: \"{date} {clock}\"`".to_owned());
        reader.problem(Code::I0105, node.spot, "a layout without a column for the time", help);
    }
    let patterns = fields.take("formats").map(|n| reader.words(n)).unwrap_or_default();
    for (pattern, spot) in &patterns {
        let bad = chrono::format::StrftimeItems::new(pattern).any(|item| matches!(item, chrono::format::Item::Error));
        if bad {
            reader.problem(Code::I0105, *spot, format!("`{pattern}` is no pattern of a time"), None);
        }
    }
    let zone = match fields.take("zone").map(|n| (n, n.text())) {
        None | Some((_, Some("utc"))) => ZoneSpec::Utc,
        Some((_, Some("asked"))) => ZoneSpec::Asked,
        Some((_, Some("assumed"))) => ZoneSpec::Assumed,
        Some((node, _)) => ZoneSpec::Told(names.template(reader, node)?),
    };
    let words = fields.take("zone_words").map(|n| reader.entries(n)).unwrap_or_default();
    let zone_words = words.iter().filter_map(|e| Some((e.key.clone(), reader.string(&e.value)?))).collect();
    fields.done(reader);
    Some(TimeSpec { of, patterns: patterns.into_iter().map(|(p, _)| p).collect(), zone, zone_words })
}

/// `assets: { upper: yes, rename: { XBT: BTC }, suffixes: [.S], prefixes: { LD: 3 } }`
fn assets(reader: &mut Reader, node: &Node) -> Option<Assets> {
    let mut fields = reader.fields(node, "`assets`")?;
    let upper = fields.take("upper").and_then(|n| reader.yes_no(n)).unwrap_or(false);
    let suffixes = fields.take("suffixes").map(|n| reader.words(n)).unwrap_or_default().into_iter().map(|(w, _)| w).collect();
    let mut rename = Vec::new();
    if let Some(node) = fields.take("rename") {
        for entry in reader.entries(node) {
            rename.extend(reader.string(&entry.value).map(|to| (entry.key.clone(), to)));
        }
    }
    let mut prefixes = Vec::new();
    if let Some(node) = fields.take("prefixes") {
        for entry in reader.entries(node) {
            let least = reader.decimal(&entry.value).and_then(|d| usize::try_from(d.mantissa()).ok());
            prefixes.extend(least.map(|least| (entry.key.clone(), least)));
        }
    }
    fields.done(reader);
    Some(Assets { upper, rename, suffixes, prefixes })
}
