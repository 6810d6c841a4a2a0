//! The JSON that other programs rely on: amounts are strings, keys stand in a fixed order.

use std::fmt::Display;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::assess::Assessment;
use crate::assess::assessment::{
    AdvanceLine, Assumption, DisposalPart, ExpenseLine, Extreme, Holding, IncomeLine, OptionReport, Provenance, QuantityValue,
    Span, TaxLine, Under,
};
use crate::diagnostic::Diagnostic;
use crate::number::{Decimal, plain};

/// An amount as a string, or null where it was refused.
pub(super) fn amount(value: Option<Decimal>) -> Option<String> {
    value.map(plain)
}

/// With the decimals the law rounds to, where it rounds.
fn rounded(value: Option<Decimal>, decimals: Option<u32>) -> Option<String> {
    value.map(|v| match decimals {
        Some(places) => {
            let mut fixed = v;
            fixed.rescale(places);
            fixed.to_string()
        }
        None => plain(v),
    })
}

fn text<T: Display>(value: Option<T>) -> Option<String> {
    value.map(|v| v.to_string())
}

impl Serialize for Assessment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.fields(&mut map)?;
        map.end()
    }
}

impl Assessment {
    /// The decimals of the total: the most that one of its taxes was rounded to, if the law rounds them all.
    fn decimals(&self) -> Option<u32> {
        let summed = self.taxes.iter().filter(|t| t.kind == "tax");
        summed.map(|t| t.decimals).reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b))).flatten()
    }

    pub(super) fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("fisc", env!("CARGO_PKG_VERSION"))?;
        map.serialize_entry("jurisdiction", &self.jurisdiction)?;
        map.serialize_entry("tax_year", &self.tax_year)?;
        map.serialize_entry("period", &Pairs(&[("from", Some(self.from.to_string())), ("to", Some(self.to.to_string()))]))?;
        map.serialize_entry("currency", &self.currency)?;
        map.serialize_entry("total_tax", &rounded(self.total_tax, self.decimals()))?;
        if let Some(converted) = self.converted {
            map.serialize_entry("total_tax_converted", &amount(converted))?;
        }
        map.serialize_entry("taxes", &self.taxes)?;
        map.serialize_entry("quantities", &Quantities(&self.quantities))?;
        map.serialize_entry("disposals", &self.disposals)?;
        map.serialize_entry("income", &self.income)?;
        map.serialize_entry("expenses", &self.expenses)?;
        map.serialize_entry("holdings", &self.holdings)?;
        map.serialize_entry("findings", &self.findings)?;
        map.serialize_entry("readings", &OptionReports(&self.readings))?;
        map.serialize_entry("choices", &OptionReports(&self.choices))?;
        if let Some(range) = &self.range {
            map.serialize_entry("range", range)?;
        }
        map.serialize_entry("assumptions", &Assumptions(&self.assumptions))?;
        map.serialize_entry("errors", &self.errors)?;
        map.serialize_entry("warnings", &self.warnings)?;
        map.serialize_entry("provenance", &self.provenance)
    }
}

/// A map of texts in a fixed order.
struct Pairs<'a>(&'a [(&'a str, Option<String>)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for TaxLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("title", &self.title)?;
        map.serialize_entry("kind", &self.kind)?;
        map.serialize_entry("period", &self.period)?;
        map.serialize_entry("base", &amount(self.base))?;
        map.serialize_entry("amount", &rounded(self.amount, self.decimals))?;
        map.serialize_entry("whole", &rounded(self.whole, self.decimals))?;
        map.serialize_entry("payable", &rounded(self.payable, self.decimals))?;
        map.serialize_entry("late_interest", &rounded(self.late_interest, self.late_decimals))?;
        map.serialize_entry("due", &text(self.due))?;
        if let Some(advances) = &self.advances {
            map.serialize_entry("advances", advances)?;
        }
        map.serialize_entry("borne_by", &self.borne_by)?;
        map.serialize_entry("cite", &self.cite)?;
        map.end()
    }
}

impl Serialize for AdvanceLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let amount = rounded(self.amount, self.decimals);
        Pairs(&[("period", Some(self.period.clone())), ("amount", amount), ("due", text(self.due))]).serialize(serializer)
    }
}

struct Quantities<'a>(&'a [(String, QuantityValue)]);

impl Serialize for Quantities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            match value {
                QuantityValue::One(one) => map.serialize_entry(name, &amount(*one))?,
                QuantityValue::Map(many) => map.serialize_entry(name, &Amounts(many))?,
            }
        }
        map.end()
    }
}

struct Amounts<'a>(&'a [(String, Option<Decimal>)]);

impl Serialize for Amounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, &amount(*value))?;
        }
        map.end()
    }
}

impl Serialize for DisposalPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(17))?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("disposal", &self.disposal)?;
        map.serialize_entry("leg", &self.leg)?;
        map.serialize_entry("asset", &self.asset)?;
        map.serialize_entry("account", &self.account)?;
        map.serialize_entry("quantity", &plain(self.quantity))?;
        map.serialize_entry("acquired", &text(self.acquired))?;
        map.serialize_entry("disposed", &self.disposed.to_string())?;
        map.serialize_entry("proceeds", &amount(self.proceeds))?;
        map.serialize_entry("cost", &amount(self.cost))?;
        map.serialize_entry("fees", &amount(self.fees))?;
        map.serialize_entry("gain", &amount(self.gain))?;
        map.serialize_entry("taxable_gain", &amount(self.taxable_gain))?;
        map.serialize_entry("matched_by", &self.matched_by)?;
        map.serialize_entry("class", &self.class)?;
        map.serialize_entry("term", &self.term)?;
        map.serialize_entry("held_days", &self.held_days)?;
        map.end()
    }
}

impl Serialize for IncomeLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("asset", &self.asset)?;
        map.serialize_entry("quantity", &amount(self.quantity))?;
        map.serialize_entry("received", &self.received.to_string())?;
        map.serialize_entry("amount", &amount(self.amount))?;
        map.serialize_entry("class", &self.class)?;
        map.end()
    }
}

impl Serialize for ExpenseLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Pairs(&[("id", Some(self.id.clone())), ("amount", amount(self.amount)), ("class", Some(self.class.clone()))])
            .serialize(serializer)
    }
}

impl Serialize for Holding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = [
            ("asset", Some(self.asset.clone())),
            ("account", Some(self.account.clone())),
            ("quantity", Some(plain(self.quantity))),
            ("cost", amount(self.cost)),
            ("acquired", text(self.acquired)),
            ("lot", self.lot.clone()),
        ];
        Pairs(&pairs).serialize(serializer)
    }
}

struct OptionReports<'a>(&'a [OptionReport]);

impl Serialize for OptionReports<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for report in self.0 {
            map.serialize_entry(&report.name, report)?;
        }
        map.end()
    }
}

impl Serialize for OptionReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("question", &self.question)?;
        map.serialize_entry("chosen", &self.chosen)?;
        map.serialize_entry("default", &self.default)?;
        let options: Vec<&str> = self.options.iter().map(|(name, ..)| name.as_str()).collect();
        map.serialize_entry("options", &options)?;
        map.serialize_entry("under", &Unders(&self.under))?;
        if !self.under.is_empty() {
            map.serialize_entry("matters", &self.matters)?;
        }
        map.end()
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("lowest", &self.lowest)?;
        map.serialize_entry("highest", &self.highest)?;
        map.serialize_entry("combinations", &self.combinations)?;
        map.serialize_entry("refused", &self.refused)?;
        map.serialize_entry("complete", &self.complete)?;
        map.end()
    }
}

impl Serialize for Extreme {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |reading: bool| -> Vec<(&str, Option<String>)> {
            let options = self.options.iter().filter(|(is_reading, ..)| *is_reading == reading);
            options.map(|(_, name, option)| (name.as_str(), Some(option.clone()))).collect()
        };
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("total_tax", &plain(self.total_tax))?;
        map.serialize_entry("readings", &Pairs(&of(true)))?;
        map.serialize_entry("choices", &Pairs(&of(false)))?;
        map.end()
    }
}

struct Unders<'a>(&'a [Under]);

impl Serialize for Unders<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for under in self.0 {
            map.serialize_entry(&under.option, under)?;
        }
        map.end()
    }
}

impl Serialize for Under {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("total_tax", &amount(self.total_tax))?;
        map.serialize_entry("taxes", &Amounts(&self.taxes))?;
        map.end()
    }
}

/// Assumptions, as every face writes them.
pub(super) struct Assumptions<'a>(pub &'a [Assumption]);

impl Serialize for Assumptions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for one in self.0 {
            list.serialize_element(&Pairs(&[
                ("kind", Some(one.kind.to_owned())),
                ("name", Some(one.name.clone())),
                ("message", Some(one.message.clone())),
            ]))?;
        }
        list.end()
    }
}

impl Serialize for Provenance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = [
            ("rules_sha256", Some(self.rules_sha256.clone())),
            ("ledger_sha256", Some(self.ledger_sha256.clone())),
            ("facts_sha256", self.facts_sha256.clone()),
            ("prices_sha256", self.prices_sha256.clone()),
            ("rates_sha256", self.rates_sha256.clone()),
        ];
        Pairs(&pairs).serialize(serializer)
    }
}

/// `{"taxpayers": {ID: assessment}}`
pub struct ByTaxpayer<'a>(pub &'a [(String, Assessment)]);

impl Serialize for ByTaxpayer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Inner<'a>(&'a [(String, Assessment)]);
        impl Serialize for Inner<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(id, a)| (id, a)))
            }
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("taxpayers", &Inner(self.0))?;
        map.end()
    }
}

/// `{"years": [assessment, ..]}`
#[derive(serde::Serialize)]
pub struct Years<'a> {
    pub years: &'a [Assessment],
}

/// `{"errors", "warnings"}`
#[derive(serde::Serialize)]
pub struct Checked<'a> {
    pub errors: Vec<&'a Diagnostic>,
    pub warnings: Vec<&'a Diagnostic>,
}

impl<'a> Checked<'a> {
    pub fn new(all: impl IntoIterator<Item = &'a Diagnostic>) -> Self {
        let (errors, warnings) = all.into_iter().partition(|d| d.is_error());
        Checked { errors, warnings }
    }
}
