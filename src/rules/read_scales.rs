//! Scales: bands of an amount, each with its rate. Records: values that are dated together, each with a unit of its own.

use crate::diagnostic::Code;
use crate::formula::types::{Type, Unit, Value};
use crate::yaml::{Entry, Fields, Node, Reader};

use super::book::{Band, DatedValue, Derived, Given, Parameter, RuleBook, TableRow};
use super::read::Read;
use super::read_inputs::given;
use super::units::read_unit;

/// What the values of a parameter are.
#[derive(Debug, Clone)]
pub enum Kind {
    One(Type),
    /// Bands of amounts in a unit.
    Bands(Unit),
    Record(Vec<(String, Type)>),
}

impl Kind {
    /// Reads `unit: ..`, `unit: bands`, `unit: bands in kWh`, or `fields: { NAME: UNIT, .. }`.
    pub fn read(reader: &mut Reader, fields: &mut Fields<'_>, book: &RuleBook) -> Option<Kind> {
        let record = fields.take("fields");
        let unit = if record.is_some() { fields.take("unit") } else { fields.require(reader, "unit") };
        match (unit, record) {
            (Some(_), Some(node)) => {
                reader.problem(
                    Code::R0203,
                    node.spot,
                    "a parameter has a `unit` or `fields`, not both",
                    Some("keep one of them".into()),
                );
                None
            }
            (None, Some(node)) => {
                let entries = reader.entries(node).to_vec();
                let read = |e: &Entry| {
                    let unit = read_unit(reader, &e.value, &book.currency, &book.units)?;
                    part_name(reader, &e.key, e.key_spot);
                    Some((e.key.clone(), unit))
                };
                let fields: Option<Vec<_>> = entries.iter().map(read).collect();
                fields.map(Kind::Record)
            }
            (Some(node), None) => match node.text().and_then(|t| t.strip_prefix("bands")) {
                Some("") => Some(Kind::Bands(Unit::base(&book.currency))),
                Some(rest) if rest.starts_with(" in ") => {
                    let mut inner = node.clone();
                    if let crate::yaml::Value::Scalar(scalar) = &mut inner.value {
                        scalar.text = rest.trim_start_matches(" in ").to_owned();
                    }
                    match read_unit(reader, &inner, &book.currency, &book.units)? {
                        Type::Number(unit) => Some(Kind::Bands(unit)),
                        _ => {
                            reader.problem(
                                Code::R0309,
                                node.spot,
                                "bands are stretches of an amount",
                                Some("write `bands` or `bands in kWh`".into()),
                            );
                            None
                        }
                    }
                }
                _ => read_unit(reader, node, &book.currency, &book.units).map(Kind::One),
            },
            (None, None) => None,
        }
    }

    pub fn ty(&self) -> Type {
        match self {
            Kind::One(ty) => ty.clone(),
            Kind::Bands(unit) => Type::Bands(unit.clone()),
            Kind::Record(_) => Type::Record,
        }
    }

    /// Reads what stands behind `value`, `otherwise`.
    pub fn given(&self, reader: &mut Reader, node: &Node) -> Option<Given> {
        match self {
            _ if node.text() == Some("unknown") => Some(Given::Unknown),
            Kind::One(ty) => given(reader, node, ty),
            Kind::Bands(unit) => bands(reader, node, unit),
            Kind::Record(fields) => record(reader, node, fields),
        }
    }
}

/// The name of a field or band, which stands behind a dot in formulas.
fn part_name(reader: &mut Reader, name: &str, spot: crate::yaml::Spot) {
    let formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !formed {
        let help = "a name is lower-case letters, digits and `_`, and begins with a letter";
        reader.problem(Code::R0205, spot, format!("`{name}` is not a name"), Some(help.into()));
    }
}

fn bands(reader: &mut Reader, node: &Node, unit: &Unit) -> Option<Given> {
    let items = reader.list(node);
    if items.is_empty() {
        reader.problem(
            Code::R0203,
            node.spot,
            "a scale is a list of bands",
            Some("write `- { above: 0, rate: 10% }`, a line each".into()),
        );
        return None;
    }
    let bands: Option<Vec<Band>> = items.iter().map(|item| band(reader, item, unit)).collect();
    let bands = bands?;
    let mut sound = true;
    for (lower, upper) in bands.iter().zip(bands.iter().skip(1)) {
        if let (Given::Literal(Value::Number(a)), Given::Literal(Value::Number(b))) = (&*lower.edge, &*upper.edge)
            && b <= a
        {
            sound = false;
            let message = "this band begins no higher than the one above it";
            reader.problem(Code::R0207, upper.at.spot, message, Some("put the bands in the order of their amounts".into()));
        }
        if upper.name.is_some() && bands.iter().filter(|b| b.name == upper.name).count() > 1 {
            sound = false;
            let message = format!("two bands are named `{}`", upper.name.as_deref().unwrap_or_default());
            reader.problem(Code::R0206, upper.at.spot, message, Some("rename one".into()));
        }
    }
    sound.then_some(Given::Bands(bands))
}

fn band(reader: &mut Reader, node: &Node, unit: &Unit) -> Option<Band> {
    let mut fields = reader.fields(node, "a band")?;
    let (above, from) = (fields.take("above"), fields.take("from"));
    let rate = fields.require(reader, "rate").and_then(|n| given(reader, n, &Type::Number(Unit::rate())));
    let name = fields.take("name").and_then(|n| {
        let name = reader.string(n)?;
        part_name(reader, &name, n.spot);
        Some(name)
    });
    let spot = fields.spot;
    fields.done(reader);
    let (edge, edge_in) = match (above, from) {
        (Some(node), None) => (node, false),
        (None, Some(node)) => (node, true),
        _ => {
            let help = "write `above: 1000` where 1000 itself is still below it, `from: 1000` where it belongs to it";
            reader.problem(Code::R0202, spot, "a band says where it begins, by `above` or by `from`", Some(help.into()));
            return None;
        }
    };
    let edge = given(reader, edge, &Type::Number(unit.clone()))?;
    Some(Band { name, edge: Box::new(edge), edge_in, rate: Box::new(rate?), at: reader.at(spot) })
}

fn record(reader: &mut Reader, node: &Node, declared: &[(String, Type)]) -> Option<Given> {
    let mut fields = reader.fields(node, "a record")?;
    let mut found = Vec::new();
    let spot = fields.spot;
    for (name, ty) in declared {
        match fields.named(name) {
            Some(node) if node.text() == Some("unknown") => found.push((name.clone(), Given::Unknown)),
            Some(node) => found.extend(given(reader, node, ty).map(|g| (name.clone(), g))),
            None => reader.problem(
                Code::R0202,
                spot,
                format!("the record has no `{name}`"),
                Some(format!("add `{name}: ..`, or `{name}: unknown`")),
            ),
        }
    }
    fields.done(reader);
    (found.len() == declared.len()).then_some(Given::Record(found))
}

/// The parameters that stand behind a dot: the fields of a record, the edges and rates of named bands.
pub fn derived(base: &Parameter, kind: &Kind, of: usize) -> Vec<Parameter> {
    let part = |name: String, unit: Type, pick: &dyn Fn(&Given) -> Given| {
        let dated =
            |values: &[DatedValue]| values.iter().map(|v| DatedValue { value: mapped(&v.value, pick), ..v.clone() }).collect();
        let values = dated(&base.values);
        Parameter { name: format!("{}.{name}", base.name), unit, values, derived: Some(Derived { of }), ..base.clone() }
    };
    match kind {
        Kind::One(_) => Vec::new(),
        Kind::Record(fields) => {
            let field = |(name, ty): &(String, Type)| {
                let pick = |given: &Given| match given {
                    Given::Record(fields) => fields.iter().find(|(n, _)| n == name).map_or(Given::Unknown, |(_, g)| g.clone()),
                    _ => Given::Unknown,
                };
                part(name.clone(), ty.clone(), &pick)
            };
            fields.iter().map(field).collect()
        }
        Kind::Bands(unit) => {
            let mut names: Vec<&str> = Vec::new();
            let mut all = Vec::new();
            base.values.iter().for_each(|v| every_band(&v.value, &mut all));
            for name in all.iter().filter_map(|b| b.name.as_deref()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let find = |given: &Given, name: &str, rate: bool| match given {
                Given::Bands(bands) => bands
                    .iter()
                    .find(|b| b.name.as_deref() == Some(name))
                    .map_or(Given::Unknown, |b| if rate { (*b.rate).clone() } else { (*b.edge).clone() }),
                _ => Given::Unknown,
            };
            let both = |name: &&str| {
                [
                    part((*name).to_owned(), Type::Number(unit.clone()), &|g| find(g, name, false)),
                    part(format!("{name}.rate"), Type::Number(Unit::rate()), &|g| find(g, name, true)),
                ]
            };
            names.iter().flat_map(both).collect()
        }
    }
}

fn every_band<'a>(given: &'a Given, to: &mut Vec<&'a Band>) {
    match given {
        Given::Bands(bands) => to.extend(bands),
        Given::Table(rows) => rows.iter().for_each(|r| every_band(&r.value, to)),
        Given::Literal(_) | Given::Formula(_) | Given::Unknown | Given::Record(_) => {}
    }
}

/// A value with each of its parts picked, row by row where it is a table.
fn mapped(given: &Given, pick: &dyn Fn(&Given) -> Given) -> Given {
    match given {
        Given::Table(rows) => {
            Given::Table(rows.iter().map(|r| TableRow { value: mapped(&r.value, pick), ..r.clone() }).collect())
        }
        other => pick(other),
    }
}
