//! The tables inside an example: CSV text in a YAML file, whose messages point at the lines of the file itself.

use crate::diagnostic::{Code, Diagnostic, Source};
use crate::yaml::{Node, Reader, Style, Value};

/// Where the text of a table stands in the file.
#[derive(Debug, Clone)]
pub struct Origin {
    table: String,
    /// The line of the file on which the table's first line stands.
    first: u32,
    indent: u32,
}

/// Reads a table; one written without `|` would be a single line.
pub fn read(reader: &mut Reader, node: &Node, key: &str, file: &Source, origins: &mut Vec<Origin>) -> Option<Source> {
    let text = reader.string(node)?;
    let Value::Scalar(scalar) = &node.value else { return None };
    if scalar.style == Style::Plain && text.contains(',') {
        let message = format!("the lines of `{key}` run together into one");
        let help = format!("write a bar behind the name, `{key}: |`, and the lines below it, each indented by two spaces more");
        reader.problem(Code::R0501, node.spot, message, Some(help));
        return None;
    }
    let table = format!("{}#{key}", file.name);
    if scalar.style == Style::Block
        && let Some(first) = text.lines().next()
    {
        let from = usize::try_from(node.spot.line).unwrap_or(usize::MAX).saturating_sub(1);
        let found = file.text.lines().enumerate().skip(from).find(|(_, line)| line.trim_start() == first.trim_start());
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        origins.extend(found.map(|(index, line)| Origin {
            table: table.clone(),
            first: small(index + 1),
            indent: small(line.chars().count().saturating_sub(first.chars().count())),
        }));
    }
    Some(Source::new(table, text))
}

/// Turns places in the tables into places in the file.
pub fn place(diagnostics: &mut [Diagnostic], origins: &[Origin], file: &Source) {
    for diagnostic in diagnostics {
        let places = diagnostic.place.iter_mut().chain(diagnostic.related.iter_mut().map(|(place, _)| place));
        for place in places {
            if let Some(origin) = origins.iter().find(|o| *o.table == *place.file) {
                place.file = std::sync::Arc::clone(&file.name);
                place.line = place.line.saturating_sub(1).saturating_add(origin.first);
                place.column = place.column.saturating_add(origin.indent);
            }
        }
    }
}
