//! A document for people, without a format: sections, terms, tables, formulas. Each renderer knows one format and no law.

pub mod html;
pub mod markdown;
pub mod terminal;
mod wrap;

/// A document.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub title: String,
    /// A short word that stands beside the title, such as a code.
    pub aside: String,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
pub enum Block {
    Section(String),
    /// A heading below a section; `name` is what it is called in formulas and commands.
    Entry {
        title: String,
        name: String,
    },
    Para(Text),
    Terms(Vec<Term>),
    /// Terms of which much is said, with room between them.
    Roomy(Vec<Term>),
    List(Vec<Text>),
    Table(Table),
    Formula(Formula),
}

/// A word or two, and what is said of it.
#[derive(Debug, Clone)]
pub struct Term {
    pub name: Text,
    pub said: Vec<Block>,
}

#[derive(Debug, Clone, Default)]
pub struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<Text>>,
    /// Columns that stand to the right, as amounts do.
    pub right: Vec<usize>,
}

/// A formula as written, and what its names mean.
#[derive(Debug, Clone)]
pub struct Formula {
    pub text: String,
    pub names: Vec<(String, String)>,
}

/// How a stretch of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    #[default]
    Plain,
    Strong,
    /// Less in need of attention than what stands around it.
    Quiet,
    /// A name or formula of the law's file.
    Code,
    /// Something that is not sure.
    Doubt,
}

/// Where a stretch of text leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    Url(String),
    /// A place in the same document.
    Anchor(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub look: Look,
    pub link: Option<Link>,
    /// The name by which other pieces lead here.
    pub anchor: Option<String>,
}

/// A run of text with looks and links; white space in it counts as one blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Piece>);

impl Text {
    pub fn new() -> Text {
        Text::default()
    }

    fn add(mut self, text: impl Into<String>, look: Look, link: Option<Link>) -> Text {
        self.0.push(Piece { text: text.into(), look, link, anchor: None });
        self
    }

    pub fn plain(self, text: impl Into<String>) -> Text {
        self.add(text, Look::Plain, None)
    }

    pub fn strong(self, text: impl Into<String>) -> Text {
        self.add(text, Look::Strong, None)
    }

    pub fn quiet(self, text: impl Into<String>) -> Text {
        self.add(text, Look::Quiet, None)
    }

    pub fn code(self, text: impl Into<String>) -> Text {
        self.add(text, Look::Code, None)
    }

    pub fn doubt(self, text: impl Into<String>) -> Text {
        self.add(text, Look::Doubt, None)
    }

    /// An address, shown as itself. What is no web address is no link.
    pub fn url(self, address: &str) -> Text {
        let web = address.starts_with("https://") || address.starts_with("http://");
        self.add(address, Look::Quiet, web.then(|| Link::Url(address.to_owned())))
    }

    pub fn to(self, text: impl Into<String>, anchor: impl Into<String>) -> Text {
        self.add(text, Look::Quiet, Some(Link::Anchor(anchor.into())))
    }

    /// A stretch that links may lead to.
    pub fn anchored(mut self, text: impl Into<String>, anchor: impl Into<String>) -> Text {
        self.0.push(Piece { text: text.into(), look: Look::Strong, link: None, anchor: Some(anchor.into()) });
        self
    }

    pub fn and(mut self, other: Text) -> Text {
        self.0.extend(other.0);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|p| p.text.trim().is_empty())
    }

    /// The text alone.
    pub fn bare(&self) -> String {
        self.0.iter().map(|p| p.text.as_str()).collect()
    }
}

/// Prose: what stands in backticks is a name.
impl From<&str> for Text {
    fn from(text: &str) -> Text {
        let parts: Vec<&str> = text.split('`').collect();
        // A tick without its pair is a tick.
        if parts.len().is_multiple_of(2) {
            return Text::new().plain(text);
        }
        let parts = parts.into_iter().enumerate().filter(|(_, part)| !part.is_empty());
        parts.fold(Text::new(), |done, (index, part)| if index % 2 == 1 { done.code(part) } else { done.plain(part) })
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::from(text.as_str())
    }
}

impl Term {
    pub fn new(name: impl Into<Text>, said: Vec<Block>) -> Term {
        Term { name: name.into(), said }
    }

    pub fn text(name: impl Into<Text>, text: impl Into<Text>) -> Term {
        Term::new(name, vec![Block::Para(text.into())])
    }
}
