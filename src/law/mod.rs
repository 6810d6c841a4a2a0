//! The law for people who know law: a country's rule book as a card, what is covered and how surely, what to confirm next.
//!
//! `Card` is built once from the rule book; the terminal, Markdown, HTML and JSON are made from it and from nothing else.

pub mod build;
mod build_figures;
mod build_lots;
mod build_rows;
mod calendar;
pub mod card;
mod card_rows;
mod cites;
mod dues;
mod graph;
mod optional;
pub mod overview;
mod show;
mod show_figures;
mod show_rows;
mod show_sources;
mod show_values;
pub mod unconfirmed;
pub mod words;
mod words_lots;

pub use build::{card, year};
pub use card::Card;
pub use show::page;
