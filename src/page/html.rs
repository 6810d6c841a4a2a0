//! A document as HTML: a page of its own that loads nothing, or a part of another page.

use super::{Block, Formula, Link, Look, Page, Piece, Table, Text};

const STYLE: &str = include_str!("style.css");

/// A whole page.
pub fn page(page: &Page) -> String {
    let title = escaped(&page.title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n</head>\n\
         <body class=\"fisc-body\">\n{}</body>\n</html>\n",
        part(page)
    )
}

/// The document as one element with its own style, for a notebook.
pub fn part(page: &Page) -> String {
    let mut out = format!("<div class=\"fisc-page\">\n<style>\n{STYLE}</style>\n<header><h1>{}", escaped(&page.title));
    if !page.aside.is_empty() {
        out.push_str(&format!(" <code>{}</code>", escaped(&page.aside)));
    }
    out.push_str("</h1></header>\n");
    contents(page, &mut out);
    blocks(&page.blocks, &mut out);
    out.push_str("</div>\n");
    out
}

/// Links to the sections, where there are many.
fn contents(page: &Page, out: &mut String) {
    let titles: Vec<&String> =
        page.blocks.iter().filter_map(|b| if let Block::Section(title) = b { Some(title) } else { None }).collect();
    if titles.len() < 4 {
        return;
    }
    let links: Vec<String> = titles.iter().map(|t| format!("<a href=\"#{}\">{}</a>", slug(t), escaped(t))).collect();
    out.push_str(&format!("<nav>{}</nav>\n", links.join(" ")));
}

fn blocks(list: &[Block], out: &mut String) {
    for block in list {
        match block {
            Block::Section(title) => out.push_str(&format!("<h2 id=\"{}\">{}</h2>\n", slug(title), escaped(title))),
            Block::Entry { title, name } if name.is_empty() => out.push_str(&format!("<h3>{}</h3>\n", escaped(title))),
            Block::Entry { title, name } => {
                let (title, id, name) = (escaped(title), slug(name), escaped(name));
                out.push_str(&format!("<h3 id=\"name-{id}\">{title} <code>{name}</code></h3>\n"));
            }
            Block::Para(text) => out.push_str(&format!("<p>{}</p>\n", inline(text))),
            Block::Terms(terms) | Block::Roomy(terms) => {
                let roomy = matches!(block, Block::Roomy(_));
                out.push_str(if roomy { "<dl class=\"roomy\">\n" } else { "<dl>\n" });
                for term in terms {
                    out.push_str(&format!("<dt>{}</dt><dd>\n", inline(&term.name)));
                    blocks(&term.said, out);
                    out.push_str("</dd>\n");
                }
                out.push_str("</dl>\n");
            }
            Block::List(items) => {
                out.push_str("<ul>\n");
                items.iter().for_each(|item| out.push_str(&format!("<li>{}</li>\n", inline(item))));
                out.push_str("</ul>\n");
            }
            Block::Table(table) => self::table(table, out),
            Block::Formula(formula) => self::formula(formula, out),
        }
    }
}

fn table(table: &Table, out: &mut String) {
    let class = |column: usize| if table.right.contains(&column) { " class=\"right\"" } else { "" };
    out.push_str("<div class=\"wide\"><table>\n<thead><tr>");
    table.head.iter().enumerate().for_each(|(i, h)| out.push_str(&format!("<th{}>{}</th>", class(i), escaped(h))));
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        row.iter().enumerate().for_each(|(i, cell)| out.push_str(&format!("<td{}>{}</td>", class(i), inline(cell))));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

fn formula(formula: &Formula, out: &mut String) {
    out.push_str(&format!("<pre><code>{}</code></pre>\n", escaped(formula.text.trim_end())));
    if formula.names.is_empty() {
        return;
    }
    let names = formula.names.iter().map(|(name, title)| format!("<li><code>{}</code> {}</li>", escaped(name), escaped(title)));
    out.push_str(&format!("<ul class=\"names\">{}</ul>\n", names.collect::<Vec<_>>().join("")));
}

fn inline(text: &Text) -> String {
    text.0.iter().map(piece).collect()
}

fn piece(piece: &Piece) -> String {
    let body = escaped(&piece.text);
    let id = piece.anchor.as_ref().map(|a| format!(" id=\"{}\"", slug(a))).unwrap_or_default();
    let shown = match piece.look {
        Look::Plain if id.is_empty() => body,
        Look::Plain => format!("<span{id}>{body}</span>"),
        Look::Strong => format!("<strong{id}>{body}</strong>"),
        Look::Quiet => format!("<span class=\"quiet\"{id}>{body}</span>"),
        Look::Code => format!("<code{id}>{body}</code>"),
        Look::Doubt => format!("<span class=\"doubt\"{id}>{body}</span>"),
    };
    match &piece.link {
        Some(Link::Url(url)) => format!("<a href=\"{}\" rel=\"noopener noreferrer\">{shown}</a>", escaped(url)),
        Some(Link::Anchor(anchor)) => format!("<a href=\"#{}\">{shown}</a>", slug(anchor)),
        None => shown,
    }
}

/// A text as a name of a place in the page.
fn slug(text: &str) -> String {
    let chars = text.chars().map(|c| if c.is_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' });
    chars.collect::<String>().trim_matches('-').to_owned()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}
