//! Where a law is: a code, or a folder or file.

use std::path::{Path, PathBuf};

/// A place in a list of laws: a code, or a folder or file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Code(String),
    Path(PathBuf),
}

impl Target {
    /// A word that names an existing path, or looks like one, is a path; else it is a code.
    pub fn new(text: &str) -> Target {
        let path = Path::new(text);
        if text.contains(['/', '\\', '.']) || (path.exists() && !crate::library::codes(None).iter().any(|c| c == text)) {
            Target::Path(path.to_owned())
        } else {
            Target::Code(text.to_owned())
        }
    }
}
