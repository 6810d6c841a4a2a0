//! The names of a layout: columns, gaps of patterns, what the user is asked, texts cut, formulas.

use crate::diagnostic::Code;
use crate::import::expr::{self, Expr};
use crate::import::pattern::{Allowed, Pattern};
use crate::yaml::{Node, Reader, Spot, Value};

use super::{ColumnSpec, Each, Field, Given, Name, Part, Template, TemplatePiece};

/// The names declared so far.
#[derive(Default)]
pub struct Names {
    pub names: Vec<String>,
    pub fields: Vec<Field>,
}

impl Names {
    /// Declares a name. Gaps of patterns may stand several times; other names once.
    pub fn declare(&mut self, reader: &mut Reader, name: &str, field: Field, spot: Spot) -> usize {
        let again = matches!(field, Field::Settled);
        if let Some(index) = self.names.iter().position(|n| n == name) {
            if !(again && matches!(self.fields.get(index), Some(Field::Settled))) {
                reader.problem(Code::I0105, spot, format!("the name `{name}` is given twice"), None);
            }
            return index;
        }
        let formed = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !formed {
            let help = Some("small letters, digits and `_`, a letter first".to_owned());
            reader.problem(Code::I0105, spot, format!("`{name}` is no name"), help);
        }
        self.names.push(name.to_owned());
        self.fields.push(field);
        self.names.len() - 1
    }

    pub fn pattern(&mut self, reader: &mut Reader, node: &Node) -> Option<(Pattern, Vec<usize>)> {
        let text = reader.string(node)?;
        let pattern = plain_pattern(reader, &text, node.spot)?;
        let fills = pattern.names.iter().map(|n| self.declare(reader, n, Field::Settled, node.spot)).collect();
        Some((pattern, fills))
    }

    /// `Cur.#2` is the second column named `Cur.`.
    fn name(&mut self, reader: &mut Reader, node: &Node) -> Option<Name> {
        let text = reader.string(node)?;
        let (bare, occurrence) = match text.rsplit_once('#').map(|(bare, n)| (bare, n.parse::<usize>())) {
            Some((bare, Ok(n))) if !bare.is_empty() && n > 0 => (bare.to_owned(), n),
            _ => (text.clone(), 1),
        };
        let pattern = plain_pattern(reader, &bare, node.spot)?;
        let fills = pattern.names.iter().map(|n| self.declare(reader, n, Field::Settled, node.spot)).collect();
        Some(Name { pattern, fills, occurrence, text })
    }

    fn column_names(&mut self, reader: &mut Reader, node: &Node) -> Vec<Name> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(|n| self.name(reader, n)).collect(),
            _ => self.name(reader, node).into_iter().collect(),
        }
    }

    /// `FIELD: COLUMN`, or `FIELD: [COLUMN, COLUMN]` for the names it has had.
    pub fn columns(&mut self, reader: &mut Reader, node: &Node, required: bool, to: &mut Vec<ColumnSpec>) {
        for entry in reader.entries(node) {
            let names = self.column_names(reader, &entry.value);
            let field = self.declare(reader, &entry.key, Field::Column(to.len()), entry.key_spot);
            to.push(ColumnSpec { field, names, required });
        }
    }

    pub fn unused(&mut self, reader: &mut Reader, node: &Node) -> Vec<Name> {
        reader.list(node).iter().filter_map(|n| self.name(reader, n)).collect()
    }

    /// A column each asset has: `"{coin} Amount {coin}"`.
    pub fn each(&mut self, reader: &mut Reader, node: &Node) -> Option<Each> {
        let mut fields = reader.fields(node, "`each`")?;
        let mut patterns = |reader: &mut Reader, key: &'static str| -> Vec<Pattern> {
            let nodes: Vec<&Node> = match fields.take(key) {
                Some(node) => match &node.value {
                    Value::List(items) => items.iter().collect(),
                    _ => vec![node],
                },
                None => Vec::new(),
            };
            let mut found = Vec::new();
            for node in nodes {
                let Some(pattern) = reader.string(node).and_then(|t| plain_pattern(reader, &t, node.spot)) else { continue };
                if pattern.names.len() == 1 {
                    found.push(pattern);
                } else {
                    reader.problem(Code::I0105, node.spot, "a column of `each` has one gap: the asset", None);
                }
            }
            found
        };
        let each =
            Each { change: patterns(reader, "change"), fee: patterns(reader, "fee"), balance: patterns(reader, "balance") };
        fields.done(reader);
        Some(each)
    }

    pub fn given(&mut self, reader: &mut Reader, node: &Node) -> Vec<Given> {
        let mut found = Vec::new();
        for entry in reader.entries(node) {
            let field = self.declare(reader, &entry.key, Field::Settled, entry.key_spot);
            let Some(mut fields) = reader.fields(&entry.value, "what is asked") else { continue };
            let about = fields.require(reader, "about").and_then(|n| reader.string(n)).unwrap_or_default();
            let default = fields.take("default").and_then(|n| reader.string(n));
            let common = fields.take("common_to").map(|n| reader.words(n)).unwrap_or_default();
            let mut by_name = Vec::new();
            if let Some(node) = fields.take("by_name") {
                for word in reader.entries(node) {
                    by_name.extend(reader.string(&word.value).map(|w| (word.key.clone(), crate::import::pattern::loose(&w))));
                }
            }
            fields.done(reader);
            let common_to = common.iter().filter_map(|(name, spot)| self.field(reader, name, *spot)).collect();
            found.push(Given { field, name: entry.key.clone(), about, default, common_to, by_name });
        }
        found
    }

    pub fn field(&self, reader: &mut Reader, name: &str, spot: Spot) -> Option<usize> {
        let found = self.names.iter().position(|n| n == name);
        if found.is_none() {
            let help = crate::diagnostic::suggestion(name, self.names.iter().map(String::as_str));
            reader.problem(Code::I0105, spot, format!("`{name}` is no field of this layout"), help);
        }
        found
    }

    /// `{ of: notes, like: "Converted {} {} to {amount} {asset}", only: { asset: [..] } }`.
    pub fn part(&mut self, reader: &mut Reader, node: &Node, index: usize) -> Option<Part> {
        let mut fields = reader.fields(node, "a part")?;
        let of = fields.require(reader, "of").and_then(|n| self.expr(reader, n));
        let mut patterns = Vec::new();
        if let Some(like) = fields.require(reader, "like") {
            let nodes: Vec<&Node> = match &like.value {
                Value::List(items) => items.iter().collect(),
                _ => vec![like],
            };
            let mut gaps: Vec<(String, usize)> = Vec::new();
            for node in nodes {
                let Some(pattern) = reader.string(node).and_then(|t| plain_pattern(reader, &t, node.spot)) else { continue };
                let mut fills = Vec::new();
                for (gap, name) in pattern.names.iter().enumerate() {
                    let slot = match gaps.iter().find(|(n, _)| n == name) {
                        Some((_, slot)) => *slot,
                        None => {
                            self.declare(reader, name, Field::Part(index, gaps.len()), node.spot);
                            gaps.push((name.clone(), gaps.len()));
                            gaps.len() - 1
                        }
                    };
                    fills.push((slot, gap));
                }
                patterns.push((pattern, fills));
            }
        }
        let mut allowed = Vec::new();
        if let Some(only) = fields.take("only") {
            for entry in reader.entries(only) {
                match entry.value.text() {
                    Some("currency") => allowed.push((entry.key.clone(), Allowed::Currency)),
                    _ => {
                        let words = reader.words(&entry.value).into_iter().map(|(w, _)| w).collect();
                        allowed.push((entry.key.clone(), Allowed::Words(words)));
                    }
                }
            }
        }
        fields.done(reader);
        Some(Part { of: of?, patterns, allowed })
    }

    /// `set`: names for formulas.
    pub fn set(&mut self, reader: &mut Reader, node: &Node) {
        for entry in reader.entries(node) {
            if let Some(expr) = self.expr(reader, &entry.value) {
                self.declare(reader, &entry.key, Field::Set(expr), entry.key_spot);
            }
        }
    }

    pub fn expr(&self, reader: &mut Reader, node: &Node) -> Option<Expr> {
        let text = reader.text(node)?;
        self.expr_text(reader, text, node.spot)
    }

    pub fn expr_text(&self, reader: &mut Reader, text: &str, spot: Spot) -> Option<Expr> {
        match expr::read(text, &self.names) {
            Ok(expr) => Some(expr),
            Err(message) => {
                reader.problem(Code::I0105, spot, message, None);
                None
            }
        }
    }

    pub fn template(&self, reader: &mut Reader, node: &Node) -> Option<Template> {
        let text = reader.string(node)?;
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(TemplatePiece::Text(before.to_owned()));
            }
            let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
            pieces.push(TemplatePiece::Field(self.field(reader, name, node.spot)?));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(TemplatePiece::Text(rest.to_owned()));
        }
        Some(Template { pieces })
    }

    /// One template, or a list of them.
    pub fn templates(&self, reader: &mut Reader, node: &Node) -> Vec<Template> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(|n| self.template(reader, n)).collect(),
            _ => self.template(reader, node).into_iter().collect(),
        }
    }

    pub fn field_list(&self, reader: &mut Reader, node: &Node) -> Vec<usize> {
        reader.words(node).iter().filter_map(|(name, spot)| self.field(reader, name, *spot)).collect()
    }
}

fn plain_pattern(reader: &mut Reader, text: &str, spot: Spot) -> Option<Pattern> {
    match Pattern::read(text) {
        Ok(pattern) => Some(pattern),
        Err(message) => {
            reader.problem(Code::I0105, spot, message, None);
            None
        }
    }
}
