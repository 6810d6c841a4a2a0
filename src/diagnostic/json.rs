//! Messages as data: the fields that the JSON of every command and the Python module share.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Diagnostic, Severity};

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.code.id())?;
        map.serialize_entry("severity", if self.severity == Severity::Error { "error" } else { "warning" })?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("help", &self.help)?;
        map.serialize_entry("file", &self.place.as_ref().map(|p| p.file.as_ref()))?;
        map.serialize_entry("line", &self.place.as_ref().map(|p| p.line))?;
        map.serialize_entry("column", &self.place.as_ref().map(|p| p.column))?;
        map.serialize_entry("figures", &self.figures)?;
        map.serialize_entry("rows", &self.rows)?;
        map.end()
    }
}
