//! A comparison as JSON: the assessment of each law, and what sets them side by side.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::compare::difference::Difference;
use crate::compare::{Compared, Comparison};

use super::json::amount;

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Laws<'a>(&'a [Compared]);
        impl Serialize for Laws<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|law| (&law.code, law)))
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("currency", &self.currency)?;
        map.serialize_entry("jurisdictions", &Laws(&self.laws))?;
        if let Some(difference) = &self.difference {
            map.serialize_entry("difference", difference)?;
        }
        map.end()
    }
}

impl Serialize for Compared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.assessment.fields(&mut map)?;
        map.serialize_entry("comparison", &Beside(self))?;
        map.end()
    }
}

/// What one law comes to beside the others.
struct Beside<'a>(&'a Compared);

impl Serialize for Beside<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let law = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("title", &law.title)?;
        map.serialize_entry("conversion", &law.conversion.as_ref().and_then(|c| c.told()))?;
        map.serialize_entry("gains", &amount(law.gains))?;
        map.serialize_entry("income", &amount(law.income))?;
        map.serialize_entry("base", &amount(law.base))?;
        map.serialize_entry("rate_on_gains", &amount(law.rate_on_gains))?;
        map.serialize_entry("rate_on_gains_and_income", &amount(law.rate_on_all))?;
        map.serialize_entry("exempt", &Exempt(law))?;
        map.serialize_entry("lowest_converted", &amount(law.range.map(|(low, _)| low)))?;
        map.serialize_entry("highest_converted", &amount(law.range.map(|(_, high)| high)))?;
        map.serialize_entry("reasons", &law.reasons)?;
        map.end()
    }
}

struct Exempt<'a>(&'a Compared);

impl Serialize for Exempt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (cause, left_out) in &self.0.exempt {
            let both = [("amount", amount(*left_out)), ("converted", amount(self.0.converted(*left_out)))];
            map.serialize_entry(cause.word(), &both.into_iter().collect::<std::collections::BTreeMap<_, _>>())?;
        }
        map.end()
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Parts<'a>(&'a Difference);
        impl Serialize for Parts<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.parts.iter().map(|(part, value)| (part.word(), amount(Some(*value)))))
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("between", &[&self.between.0, &self.between.1])?;
        map.serialize_entry("total", &amount(self.total))?;
        map.serialize_entry("parts", &Parts(self))?;
        map.serialize_entry("unknown", &self.unknown.iter().map(|p| p.word()).collect::<Vec<_>>())?;
        map.end()
    }
}
