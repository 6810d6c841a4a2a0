//! The day's rates as some banks give them in XML: an element for each currency.

use serde::Deserialize;

/// The names of the elements and attributes.
#[derive(Debug, Clone, Deserialize)]
pub struct Names {
    root: String,
    /// Attribute of the root: the day.
    date: String,
    item: String,
    /// Attribute of the item.
    code: String,
    units: String,
    rate: String,
    /// The currency of the rates.
    #[serde(rename = "in")]
    quote: String,
}

/// As a table, `date,base,nominal,rate,quote`, and the day as the bank writes it.
pub fn table(text: &str, names: &Names) -> Result<(String, String), String> {
    if !text.trim_end().ends_with(&format!("</{}>", names.root)) {
        return Err(format!("it is no `{}`, or breaks off", names.root));
    }
    let head = inside(text, &format!("<{}", names.root), ">").ok_or("its root is not closed")?;
    let date = attribute(head, &names.date).ok_or_else(|| format!("it has no `{}`", names.date))?;
    let mut out = "date;base;nominal;rate;quote\n".to_owned();
    let (open, close) = (format!("<{} ", names.item), format!("</{}>", names.item));
    let mut rest = text;
    let mut count = 0;
    while let Some((_, after)) = rest.split_once(&open) {
        let (item, behind) = after.split_once(&close).ok_or("an element is not closed")?;
        rest = behind;
        let code = attribute(item, &names.code).ok_or_else(|| format!("a `{}` has no `{}`", names.item, names.code))?;
        let element = |name: &str| inside(item, &format!("<{name}>"), &format!("</{name}>")).map(str::trim);
        let rate = element(&names.rate).ok_or_else(|| format!("{code} has no `{}`", names.rate))?;
        let units = element(&names.units).unwrap_or("1");
        out.push_str(&format!("{date};{code};{units};{rate};{}\n", names.quote));
        count += 1;
    }
    if count == 0 { Err(format!("it has no `{}`", names.item)) } else { Ok((date.to_owned(), out)) }
}

fn inside<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    text.split_once(open)?.1.split_once(close).map(|(inner, _)| inner)
}

fn attribute<'t>(head: &'t str, name: &str) -> Option<&'t str> {
    inside(head, &format!("{name}=\""), "\"")
}
