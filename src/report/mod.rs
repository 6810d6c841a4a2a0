//! How an assessment is shown: JSON, a table, CSV, Markdown, a story.

pub mod compare;
pub mod comply;
pub mod csv;
pub mod json;
mod json_compare;
pub mod markdown;
mod side_by_side;
pub mod story;
pub mod table;
