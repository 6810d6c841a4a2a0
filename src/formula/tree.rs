//! A formula as written: names not yet resolved.

use chrono::NaiveDate;

use super::token::Span;
use crate::number::Decimal;

/// A node with its place in the formula's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    pub span: Span,
    pub node: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Number(Decimal),
    Percent(Decimal),
    Date(NaiveDate),
    YesNo(bool),
    /// `5000 KGS`, `3 kWh`, `30 days`.
    WithUnit(Decimal, String),
    Name(String),
    Minus(Box<Expr>),
    Not(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `X is w`, `X is not w`, `X in [a, b]`.
    Is {
        subject: Box<Expr>,
        words: Vec<(String, Span)>,
        negated: bool,
    },
    /// `NAME includes word`
    Includes(Box<Expr>, String, Span),
    /// `AMOUNT in USD`
    InCurrency(Box<Expr>, String),
    Known(String),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Call(Function, Vec<Expr>),
    /// `SCHEDULE(AMOUNT)`
    Apply(String, Span, Vec<Expr>),
    Round {
        value: Box<Expr>,
        to: Decimal,
        toward: Toward,
    },
    DaysBetween(Box<Expr>, Box<Expr>),
    /// `NAME at DATE`
    At(String, Box<Expr>),
    PeriodBegin,
    PeriodEnd,
    Previous(String, Box<Expr>),
    Aggregate {
        how: How,
        of: Option<Box<Expr>>,
        over: Over,
        over_span: Span,
        filter: Option<Box<Expr>>,
        reach: Reach,
    },
}

/// Which days an aggregate takes its items from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The period of the formula.
    Period,
    /// From the first day of the tax year to the last day of the period.
    YearSoFar,
    /// The best of all windows of one length that end on a day of the period.
    Any { best: Best, count: u32, unit: DateUnit },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Best {
    Largest,
    Smallest,
}

/// What dates are moved by and windows are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateUnit {
    Days,
    Months,
    Years,
}

impl DateUnit {
    pub fn word(self) -> &'static str {
        match self {
            DateUnit::Days => "days",
            DateUnit::Months => "months",
            DateUnit::Years => "years",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
    And,
    Or,
}

impl Binary {
    pub fn sign(self) -> &'static str {
        match self {
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::Equal => "=",
            Binary::NotEqual => "<>",
            Binary::Less => "<",
            Binary::AtMost => "<=",
            Binary::More => ">",
            Binary::AtLeast => ">=",
            Binary::And => "and",
            Binary::Or => "or",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Min,
    Max,
    Positive,
    Abs,
    Share,
}

impl Function {
    pub fn name(self) -> &'static str {
        match self {
            Function::Min => "min",
            Function::Max => "max",
            Function::Positive => "positive",
            Function::Abs => "abs",
            Function::Share => "share",
        }
    }
}

/// Direction of a rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    Down,
    Up,
    HalfUp,
    HalfEven,
    Zero,
}

impl Toward {
    pub const WORDS: &'static [(&'static str, Toward)] = &[
        ("down", Toward::Down),
        ("up", Toward::Up),
        ("half_up", Toward::HalfUp),
        ("half_even", Toward::HalfEven),
        ("zero", Toward::Zero),
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Sum,
    Count,
    Largest,
    Smallest,
    Average,
}

impl How {
    pub const WORDS: &'static [(&'static str, How)] = &[
        ("sum", How::Sum),
        ("count", How::Count),
        ("largest", How::Largest),
        ("smallest", How::Smallest),
        ("average", How::Average),
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, how)| *how == self).map_or("", |(word, _)| word)
    }
}

/// What an aggregate runs over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    Transactions,
    Acquisitions,
    Disposals,
    Matches,
    ItsMatches,
    Income,
    Expenses,
    Months,
    Quarters,
    /// A list fact.
    List(String),
    /// The days that the records of a list fact cover.
    DaysOf(String),
    /// The periods of a quantity or tax.
    PeriodsOf(String),
    /// The stretches in which a parameter or fact does not change.
    SegmentsOf(String),
    /// What is held on a day.
    Holdings(HeldAt),
}

/// When what is held is looked at: as the period begins, or at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldAt {
    Begin,
    End,
    Day(NaiveDate),
    /// A fact or parameter that is a date.
    Name(String),
}

impl Over {
    pub const WORDS: &'static [(&'static str, Over)] = &[
        ("transactions", Over::Transactions),
        ("acquisitions", Over::Acquisitions),
        ("disposals", Over::Disposals),
        ("matches", Over::Matches),
        ("income", Over::Income),
        ("expenses", Over::Expenses),
        ("months", Over::Months),
        ("quarters", Over::Quarters),
    ];

    pub fn word(&self) -> String {
        match self {
            Over::ItsMatches => "its matches".to_owned(),
            Over::List(name) => name.clone(),
            Over::DaysOf(name) => format!("days of {name}"),
            Over::PeriodsOf(name) => format!("periods of {name}"),
            Over::SegmentsOf(name) => format!("segments of {name}"),
            Over::Holdings(_) => "holdings".to_owned(),
            other => Self::WORDS.iter().find(|(_, over)| over == other).map_or_else(String::new, |(word, _)| (*word).to_owned()),
        }
    }
}
