//! Of the card: what rows are, what they are worth, fees, the order of lots.

use serde::Serialize;

use super::card::{Days, Formula, Place, Said};

#[derive(Debug, Clone, Serialize)]
pub struct Valuation {
    pub order: Vec<String>,
    pub exchange: Vec<String>,
    pub rates: String,
    pub price_at: String,
    pub cite: Vec<String>,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Treatment {
    /// Empty for every kind that is not named elsewhere.
    pub kinds: Vec<String>,
    pub when: Option<Formula>,
    pub in_force: Days,
    pub r#as: String,
    pub text: String,
    pub class: Option<String>,
    pub proceeds: Option<Formula>,
    pub cost: Option<Formula>,
    /// Asked of each lot that is given: whether it is disposed of.
    pub taxed: Option<Formula>,
    /// The part of the cost that goes over, where the units stay.
    pub share: Option<Formula>,
    /// What the row is besides.
    pub also: Vec<Further>,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Serialize)]
pub struct Further {
    pub r#as: String,
    pub text: String,
    pub class: Option<String>,
    pub proceeds: Option<Formula>,
    pub cost: Option<Formula>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Fees {
    pub to: Vec<String>,
    pub paid_in: Option<String>,
    pub when: Option<Formula>,
    pub in_force: Days,
    pub text: String,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Serialize)]
pub struct Matching {
    pub in_force: Days,
    pub when: Option<Formula>,
    /// Empty where the whole portfolio is one pool.
    pub pool_by: Vec<String>,
    /// `by_disposal` or `by_step`.
    pub sequence: &'static str,
    /// True where a day's purchases are one, made before its sales.
    pub merge_day: bool,
    pub steps: Vec<Step>,
    pub moves: Option<Said>,
    pub shortfall: Option<Said>,
    pub note: Option<String>,
    pub place: Place,
}

/// An amount that lots carry beside their cost.
#[derive(Debug, Clone, Serialize)]
pub struct Basis {
    pub name: String,
    pub title: Option<String>,
    pub start: Formula,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

/// What the law does to holdings on a day.
#[derive(Debug, Clone, Serialize)]
pub struct OnDate {
    /// A date, or the fact that is one.
    pub on: String,
    pub when: Option<Formula>,
    pub r#where: Option<Formula>,
    pub text: String,
    pub formulas: Vec<Formula>,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Serialize)]
pub struct DenyLoss {
    pub in_force: Days,
    pub when: Option<Formula>,
    pub text: String,
    pub units: Formula,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Serialize)]
pub struct Step {
    pub method: String,
    pub text: String,
    pub when: Option<Formula>,
    /// Which lots it may take.
    pub r#where: Option<Formula>,
    /// Of a share of the portfolio: what the whole is worth.
    pub worth: Option<Formula>,
    pub unit_cost: Option<Said>,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}
