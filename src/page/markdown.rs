//! A document as Markdown.

use super::{Block, Formula, Link, Look, Page, Table, Text};

/// The document as text.
pub fn render(page: &Page) -> String {
    let mut out = format!("# {}", escaped(&page.title));
    if !page.aside.is_empty() {
        out.push_str(&format!(" ({})", code(&page.aside)));
    }
    out.push_str("\n\n");
    blocks(&page.blocks, 0, &mut out);
    format!("{}\n", out.trim_end())
}

fn blocks(list: &[Block], indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    for block in list {
        match block {
            Block::Section(title) => out.push_str(&format!("## {}\n\n", escaped(title))),
            Block::Entry { title, name } if name.is_empty() => out.push_str(&format!("### {}\n\n", escaped(title))),
            Block::Entry { title, name } => out.push_str(&format!("### {} ({})\n\n", escaped(title), code(name))),
            Block::Para(text) => out.push_str(&format!("{margin}{}\n\n", line(text))),
            Block::Terms(terms) | Block::Roomy(terms) => {
                for term in terms {
                    let (first, rest) = match term.said.split_first() {
                        Some((Block::Para(text), rest)) => (line(text), rest),
                        Some((Block::Formula(f), rest)) if !f.text.trim().contains('\n') => {
                            names(f, indent + 2, out, &format!("{margin}- {}: {}\n", bold(&term.name), code(f.text.trim())));
                            blocks(rest, indent + 2, out);
                            continue;
                        }
                        _ => (String::new(), term.said.as_slice()),
                    };
                    out.push_str(format!("{margin}- {}: {first}", bold(&term.name)).trim_end());
                    out.push('\n');
                    if !rest.is_empty() && !matches!(rest.first(), Some(Block::List(_) | Block::Terms(_) | Block::Roomy(_))) {
                        out.push('\n');
                    }
                    blocks(rest, indent + 2, out);
                }
                end_of_list(indent, out);
            }
            Block::List(items) => {
                items.iter().for_each(|item| out.push_str(&format!("{margin}- {}\n", line(item))));
                end_of_list(indent, out);
            }
            Block::Table(table) => self::table(table, &margin, out),
            Block::Formula(f) => {
                let fence = "`".repeat(longest_ticks(&f.text).max(2) + 1);
                let lines: Vec<String> = f.text.trim_end().lines().map(|l| format!("{margin}{l}")).collect();
                out.push_str(&format!("{margin}{fence}text\n{}\n{margin}{fence}\n", lines.join("\n")));
                names(f, indent, out, "\n");
                end_of_list(indent, out);
            }
        }
    }
}

/// An empty line behind a list that is in no other.
fn end_of_list(indent: usize, out: &mut String) {
    if indent == 0 && !out.ends_with("\n\n") {
        out.push('\n');
    }
}

fn names(formula: &Formula, indent: usize, out: &mut String, before: &str) {
    out.push_str(before);
    for (name, title) in &formula.names {
        out.push_str(&format!("{}- {}: {}\n", " ".repeat(indent), code(name), escaped(title)));
    }
}

fn table(table: &Table, margin: &str, out: &mut String) {
    let head: Vec<String> = table.head.iter().map(|h| escaped(h)).collect();
    let rule: Vec<&str> = (0..table.head.len()).map(|c| if table.right.contains(&c) { "--:" } else { "---" }).collect();
    out.push_str(&format!("{margin}| {} |\n{margin}|{}|\n", head.join(" | "), rule.join("|")));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(line).collect();
        out.push_str(&format!("{margin}| {} |\n", cells.join(" | ")));
    }
    out.push('\n');
}

/// A term, all of it bold.
fn bold(name: &Text) -> String {
    let plain =
        |p: &super::Piece| super::Piece { look: if p.look == Look::Code { Look::Code } else { Look::Plain }, ..p.clone() };
    format!("**{}**", line(&Text(name.0.iter().map(plain).collect())))
}

fn line(text: &Text) -> String {
    let pieces = text.0.iter().map(|piece| {
        let body = piece.text.trim();
        let (before, after) = blanks(&piece.text);
        if body.is_empty() {
            return before.to_owned();
        }
        let shown = match piece.look {
            Look::Code => code(body),
            Look::Strong => format!("**{}**", escaped(body)),
            Look::Doubt => format!("*{}*", escaped(body)),
            Look::Plain | Look::Quiet => escaped(body),
        };
        let shown = match &piece.link {
            Some(Link::Url(url)) if *url == body => format!("<{}>", url.replace('>', "%3E").replace('<', "%3C")),
            Some(Link::Url(url)) => format!("[{shown}](<{}>)", url.replace('>', "%3E").replace('<', "%3C")),
            // Anchors of Markdown differ from one renderer to the next: the number tells where to look.
            Some(Link::Anchor(_)) | None => shown,
        };
        format!("{before}{shown}{after}")
    });
    let joined: String = pieces.collect();
    start(&joined)
}

/// The white space around a text, as one blank each.
fn blanks(text: &str) -> (&'static str, &'static str) {
    let before = if text.starts_with(char::is_whitespace) { " " } else { "" };
    let after = if text.ends_with(char::is_whitespace) { " " } else { "" };
    (before, after)
}

/// A text whose beginning would make it a heading or a list.
fn start(text: &str) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let numbered = digits > 0 && text.get(digits..).and_then(|r| r.strip_prefix(['.', ')'])).is_some_and(ends);
    if numbered {
        let (number, rest) = text.split_at(digits);
        return format!("{number}\\{rest}");
    }
    let listed = text.strip_prefix(['+', '-']).is_some_and(ends);
    if listed || text.starts_with(['#', '=', '~']) || text.starts_with("---") { format!("\\{text}") } else { text.to_owned() }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Code on one line.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let ticks = "`".repeat(longest_ticks(&text) + 1);
    if ticks.len() == 1 { format!("`{text}`") } else { format!("{ticks} {text} {ticks}") }
}
