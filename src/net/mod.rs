//! Prices and rates from public sources, into a folder. The only part of fisc that touches a network, and only where it was built in.

mod client;
mod fill;
mod xml;

pub use client::{Client, Manners};
pub use fill::{Asked, Fetched, Public, fetch, sources};
