//! A checked formula: every name resolved, every type known.

use chrono::NaiveDate;

use crate::number::Decimal;

use super::token::Span;
use super::tree::{Binary, DateUnit, Function, How, Reach, Toward};
use super::types::{Type, Value, WordId};

/// A node of a checked formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub span: Span,
    pub ty: Type,
    pub op: Op,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    Const(Value),
    Ref(Ref),
    Minus(Box<Code>),
    Not(Box<Code>),
    /// Arithmetic and comparison of numbers.
    Binary(Binary, Box<Code>, Box<Code>),
    /// Comparison of dates.
    Dates(Binary, Box<Code>, Box<Code>),
    /// A date moved by days, months or years; `back` for minus.
    Moved {
        date: Box<Code>,
        by: Box<Code>,
        unit: DateUnit,
        back: bool,
    },
    And(Box<Code>, Box<Code>),
    Or(Box<Code>, Box<Code>),
    Is {
        subject: Box<Code>,
        words: Vec<WordId>,
        negated: bool,
    },
    /// A bit of a set.
    Includes(Box<Code>, u64),
    /// Whether a register has, on the day, what stands in a column of the row.
    Registered(usize, RegisterColumn),
    /// An amount of money in another currency.
    InCurrency(Box<Code>, Currencies),
    Known(Ref),
    If(Box<Code>, Box<Code>, Box<Code>),
    Call(Function, Vec<Code>),
    /// A schedule on an amount, and the amount inside its own formula.
    Apply(usize, Box<Code>),
    Argument,
    Round {
        value: Box<Code>,
        to: Decimal,
        toward: Toward,
    },
    DaysBetween(Box<Code>, Box<Code>),
    At(Ref, Box<Code>),
    PeriodBegin,
    PeriodEnd,
    Previous(usize, Box<Code>),
    Aggregate {
        how: How,
        of: Option<Box<Code>>,
        over: Range,
        filter: Option<Box<Code>>,
        reach: Reach,
    },
}

/// Two currencies: of what, in what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currencies {
    pub from: [u8; 3],
    pub to: [u8; 3],
}

impl Currencies {
    /// Of two codes of three letters.
    pub fn new(from: &str, to: &str) -> Option<Currencies> {
        Some(Currencies { from: from.as_bytes().try_into().ok()?, to: to.as_bytes().try_into().ok()? })
    }

    pub fn names(&self) -> (&str, &str) {
        (std::str::from_utf8(&self.from).unwrap_or_default(), std::str::from_utf8(&self.to).unwrap_or_default())
    }
}

/// A column of a row that a register is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterColumn {
    Counterparty,
    Account,
    ReceivedAsset,
    SentAsset,
}

impl RegisterColumn {
    pub const WORDS: &'static [(&'static str, RegisterColumn)] = &[
        ("counterparty", RegisterColumn::Counterparty),
        ("account", RegisterColumn::Account),
        ("received_asset", RegisterColumn::ReceivedAsset),
        ("sent_asset", RegisterColumn::SentAsset),
    ];
}

/// What an aggregate runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    Transactions,
    Acquisitions,
    Disposals,
    Matches,
    ItsMatches,
    Income,
    Expenses,
    Months,
    Quarters,
    List(usize),
    /// The days that the records of a list fact cover; the two keys are the first and last day of a record.
    Days {
        fact: usize,
        from: usize,
        through: usize,
    },
    /// The periods of a quantity or tax.
    PeriodsOf(Ref),
    /// The stretches in which a parameter or fact does not change.
    SegmentsOf(Ref),
    /// What is held.
    Holdings(HeldOn),
}

/// When what is held is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldOn {
    Begin,
    End,
    Day(NaiveDate),
    Name(Ref),
}

/// A resolved name: an index into the rule book, or a field that stands there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ref {
    Fact(usize),
    Label(usize),
    /// A reading or choice.
    Option(usize),
    Parameter(usize),
    Schedule(usize),
    Quantity(usize),
    Tax(usize),
    /// A computed field of a row block.
    Field(usize),
    Row(RowField),
    Part(PartField),
    /// A basis that lots carry.
    Basis(usize),
    /// A list of names kept by an authority.
    Register(usize),
    /// Key `k` of the record a list fact runs over.
    Record(usize, usize),
    /// A fact about the asset of one leg of a row: the received one, or the one sent.
    OfLeg(usize, bool),
}

/// Fields of a ledger row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowField {
    Value,
    ReceivedValue,
    SentValue,
    FeeValue,
    ReceivedAmount,
    SentAmount,
    Kind,
    CounterpartyKind,
    Country,
    ReceivedMoney,
    SentMoney,
    HasReceived,
    HasSent,
    Day,
}

impl RowField {
    pub const WORDS: &'static [(&'static str, RowField)] = &[
        ("value", RowField::Value),
        ("received_value", RowField::ReceivedValue),
        ("sent_value", RowField::SentValue),
        ("fee_value", RowField::FeeValue),
        ("received_amount", RowField::ReceivedAmount),
        ("sent_amount", RowField::SentAmount),
        ("kind", RowField::Kind),
        ("counterparty_kind", RowField::CounterpartyKind),
        ("country", RowField::Country),
        ("received_money", RowField::ReceivedMoney),
        ("sent_money", RowField::SentMoney),
        ("has_received", RowField::HasReceived),
        ("has_sent", RowField::HasSent),
        ("day", RowField::Day),
    ];
}

/// Fields of a match, disposal, income, expense or acquisition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartField {
    Proceeds,
    Fees,
    Cost,
    Quantity,
    Acquired,
    CameIn,
    Disposed,
    HeldDays,
    AcquiredKind,
    DisposedKind,
    AcquiredClass,
    Class,
    MatchedBy,
    Leg,
    Amount,
    Received,
    /// The part of a loss that does not count.
    DeniedLoss,
    /// Whether the row that brought the units states their cost and day by itself, as that of a deposit does.
    CostStated,
    AcquiredStated,
    /// The units never went from one account to another.
    Stayed,
    /// The day on which a holding is looked at, and what it is worth then.
    HeldOn,
    MarketValue,
    LossMade,
    UnitsSold,
    UnitsBought,
    UnitsRebought,
    UnitsHeld,
    ValueHeld,
}

impl PartField {
    pub const WORDS: &'static [(&'static str, PartField)] = &[
        ("proceeds", PartField::Proceeds),
        ("fees", PartField::Fees),
        ("cost", PartField::Cost),
        ("quantity", PartField::Quantity),
        ("acquired", PartField::Acquired),
        ("came_in", PartField::CameIn),
        ("disposed", PartField::Disposed),
        ("held_days", PartField::HeldDays),
        ("acquired_kind", PartField::AcquiredKind),
        ("disposed_kind", PartField::DisposedKind),
        ("acquired_class", PartField::AcquiredClass),
        ("class", PartField::Class),
        ("matched_by", PartField::MatchedBy),
        ("leg", PartField::Leg),
        ("amount", PartField::Amount),
        ("received", PartField::Received),
        ("denied_loss", PartField::DeniedLoss),
        ("cost_stated", PartField::CostStated),
        ("acquired_stated", PartField::AcquiredStated),
        ("stayed", PartField::Stayed),
        ("held_on", PartField::HeldOn),
        ("market_value", PartField::MarketValue),
        ("loss_made", PartField::LossMade),
        ("units_sold", PartField::UnitsSold),
        ("units_bought", PartField::UnitsBought),
        ("units_rebought", PartField::UnitsRebought),
        ("units_held", PartField::UnitsHeld),
        ("value_held", PartField::ValueHeld),
    ];
}

impl Code {
    pub fn constant(value: Value, ty: Type) -> Code {
        Code { span: Span::default(), ty, op: Op::Const(value) }
    }

    /// Calls `visit` on this node and every node below it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Code)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }

    /// The nodes directly below, in the order of the text.
    pub fn children(&self) -> Vec<&Code> {
        match &self.op {
            Op::Const(_) | Op::Argument | Op::Ref(_) | Op::Known(_) | Op::Registered(..) | Op::PeriodBegin | Op::PeriodEnd => {
                Vec::new()
            }
            Op::Includes(a, _)
            | Op::InCurrency(a, _)
            | Op::Apply(_, a)
            | Op::Minus(a)
            | Op::Not(a)
            | Op::At(_, a)
            | Op::Previous(_, a) => vec![a],
            Op::Is { subject, .. } => vec![subject],
            Op::Round { value, .. } => vec![value],
            Op::Binary(_, a, b) | Op::Dates(_, a, b) | Op::And(a, b) | Op::Or(a, b) | Op::DaysBetween(a, b) => vec![a, b],
            Op::Moved { date, by, .. } => vec![date, by],
            Op::If(a, b, c) => vec![a, b, c],
            Op::Call(_, list) => list.iter().collect(),
            Op::Aggregate { of, filter, .. } => of.iter().chain(filter.iter()).map(|c| &**c).collect(),
        }
    }

    /// Every name the formula reads; a `previous` value does not count, since it is another period's.
    pub fn refs(&self) -> Vec<Ref> {
        let mut found = Vec::new();
        self.walk(&mut |code| match &code.op {
            Op::Ref(Ref::OfLeg(fact, _)) | Op::Known(Ref::OfLeg(fact, _)) => found.push(Ref::Fact(*fact)),
            Op::Ref(name) | Op::Known(name) | Op::At(name, _) => found.push(*name),
            Op::Registered(register, _) => found.push(Ref::Register(*register)),
            Op::Apply(schedule, _) => found.push(Ref::Schedule(*schedule)),
            Op::Aggregate { over: Range::SegmentsOf(name), .. } => found.push(*name),
            Op::Aggregate { over: Range::List(fact) | Range::Days { fact, .. }, .. } => found.push(Ref::Fact(*fact)),
            Op::Aggregate { over: Range::Holdings(HeldOn::Name(name)), .. } => found.push(*name),
            _ => {}
        });
        found
    }
}
