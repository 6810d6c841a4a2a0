//! Tables of prices and rates read from CSV.
