//! The law of a country: its files, their shapes, and the compiled rule book.

pub mod book;
mod book_matching;
mod book_regulation;
mod book_rows;
mod book_shares;
mod book_taxes;
mod book_values;
mod causes;
pub mod cited;
pub mod compile;
mod compile_regulation;
mod compile_shares;
mod compile_values;
mod dates;
mod declare;
pub mod load;
mod names;
mod read;
mod read_figures;
mod read_head;
pub mod read_inputs;
mod read_matching;
mod read_regulation;
mod read_rows;
mod read_scales;
mod read_schedules;
mod read_shares;
mod read_tables;
mod read_taxes;
mod sound;
pub mod tables;
mod unions;
pub mod units;
mod years;

pub use book::RuleBook;
pub use load::{Loaded, load, load_with};
