//! Where the text of a scalar that spans lines stands in its file. YAML folds line ends into spaces and takes indentation away, so
//! a place in the text says nothing of the line and column it was written at.

/// From a byte of the text on, it stands at this line and column (from 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineStart {
    pub byte: usize,
    pub line: u32,
    pub column: u32,
}

/// Finds where each line of a scalar begins, by going through its text and its source side by side: what is no space stands in
/// both, in one order. `lines` are those of the file; the scalar begins at `first` (line from 0, character) and ends before line `end`.
pub fn starts(text: &str, lines: &[&str], first: (usize, usize), end: usize) -> Vec<LineStart> {
    let mut found: Vec<LineStart> = Vec::new();
    let source = lines.iter().enumerate().take(end).skip(first.0).flat_map(|(number, line)| {
        let from = if number == first.0 { first.1 } else { 0 };
        line.chars().enumerate().skip(from).filter(|(_, c)| !c.is_whitespace()).map(move |(column, c)| (number, column, c))
    });
    let mut source = source;
    for (byte, letter) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        // Quotes and escapes stand in the source alone.
        let Some((line, column, _)) = source.find(|(_, _, c)| *c == letter) else { break };
        let (line, column) = (small(line), small(column));
        if found.last().is_none_or(|last| last.line != line) {
            found.push(LineStart { byte, line, column });
        }
    }
    found
}

fn small(from_zero: usize) -> u32 {
    u32::try_from(from_zero + 1).unwrap_or(u32::MAX)
}

/// Where a stretch of a text stands, with its length in characters: at most to the end of its line.
pub fn place(starts: &[LineStart], text: &str, from: usize, to: usize) -> Option<(u32, u32, u32)> {
    let index = starts.iter().rposition(|s| s.byte <= from)?;
    let start = starts.get(index)?;
    let line_end = starts.get(index + 1).map_or(text.len(), |next| next.byte);
    let count = |piece: Option<&str>| u32::try_from(piece.unwrap_or_default().trim_end().chars().count()).unwrap_or(u32::MAX);
    let before = text.get(start.byte..from).unwrap_or_default().chars().count();
    let length = count(text.get(from..to.min(line_end)));
    Some((start.line, start.column + u32::try_from(before).unwrap_or(0), length.max(1)))
}
