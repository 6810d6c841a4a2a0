//! Messages for a terminal: place, excerpt, explanation, remedy.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Place, Severity, SourceMap};

/// Characters of a line shown around a place: a ledger row of a megabyte must not flood the terminal.
const LINE_SHOWN: usize = 400;

/// Renders one message; `colour` for a terminal that takes it.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let excerpts: Vec<Excerpt> = std::iter::once(diagnostic.place.as_ref().map(|p| (p, "", true)))
        .flatten()
        .chain(diagnostic.related.iter().map(|(p, label)| (p, label.as_str(), false)))
        .map(|(place, label, primary)| Excerpt::new(place, label, primary, sources))
        .collect();
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.id()));
    for excerpt in &excerpts {
        let kind = if excerpt.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        group = group.element(
            Snippet::source(excerpt.text.as_str())
                .line_start(excerpt.line)
                .path(excerpt.path.as_str())
                .annotation(kind.span(excerpt.start..excerpt.end).label(excerpt.label.as_str())),
        );
    }
    if !diagnostic.figures.is_empty() {
        group = group.element(Level::NOTE.message(format!("refused because of it: {}", diagnostic.figures.join(", "))));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group]).to_string()
}

struct Excerpt {
    path: String,
    text: String,
    line: usize,
    start: usize,
    end: usize,
    label: String,
    primary: bool,
}

impl Excerpt {
    fn new(place: &Place, label: &str, primary: bool, sources: &SourceMap) -> Self {
        let line = sources.line(&place.file, place.line).unwrap_or("");
        let column = usize::try_from(place.column.saturating_sub(1)).unwrap_or(0);
        let skipped = column.saturating_sub(LINE_SHOWN / 2);
        let shown: String = line.chars().skip(skipped).take(LINE_SHOWN).collect();
        let at = |chars: usize| shown.char_indices().nth(chars).map_or(shown.len(), |(byte, _)| byte);
        let first = column - skipped;
        let length = usize::try_from(place.length).unwrap_or(1);
        let (start, end) = (at(first), at(first.saturating_add(length)));
        Excerpt {
            path: place.file.to_string(),
            line: usize::try_from(place.line).unwrap_or(1),
            start,
            end: end.max(start),
            text: shown,
            label: label.to_owned(),
            primary,
        }
    }
}
