//! What a formula may speak of: every name with its type and where it has a meaning.

use std::collections::BTreeMap;

use super::code::{PartField, Ref, RowField};
use super::types::{Type, Unit, WordId, WordSet};

/// What one evaluation of a formula is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A period, and no row.
    None,
    Row,
    Match,
    Disposal,
    Income,
    Expense,
    Acquisition,
    /// Units that are held: a lot, or what is left of it.
    Holding,
    /// A loss, while it is asked how much of it counts.
    Loss,
    /// A sale out of the whole portfolio.
    PortfolioSale,
    /// A record of a list fact.
    Record(usize),
}

impl Item {
    pub fn words(self) -> &'static str {
        match self {
            Item::None => "a period",
            Item::Row => "a row",
            Item::Match => "a match",
            Item::Disposal => "a disposal",
            Item::Income => "an income",
            Item::Expense => "an expense",
            Item::Acquisition => "an acquisition",
            Item::Holding => "a holding",
            Item::Loss => "a loss",
            Item::PortfolioSale => "a sale out of the portfolio",
            Item::Record(_) => "a record of a list",
        }
    }

    pub fn is_row(self) -> bool {
        !matches!(self, Item::None | Item::Record(_))
    }
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    Year,
    Quarter,
    Month,
    /// One day: what the law asks of a state of things.
    Day,
    /// A stretch in which a value of the law, or a fact, does not change.
    Segment,
    /// One value for each row.
    Row,
}

impl Per {
    pub fn word(self) -> &'static str {
        match self {
            Per::Year => "year",
            Per::Quarter => "quarter",
            Per::Month => "month",
            Per::Day => "day",
            Per::Segment => "segment",
            Per::Row => "row",
        }
    }
}

/// How a fact varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Varies {
    No,
    ByYear,
    ByMonth,
    ByDate,
}

/// Where a formula stands, and so what it may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub item: Item,
    /// The period of the formula; `None` for formulas about a row.
    pub per: Option<Per>,
    /// How its entry is cut into periods: what another entry cuts in the same way may be read.
    pub cut: Option<Cut>,
    /// Quantities and taxes may be read.
    pub figures: bool,
    /// Only what holds for the whole run: readings, choices, facts that do not vary.
    pub fixed: bool,
    /// Only parameters: the value of a parameter.
    pub parameters_only: bool,
    /// The schedule whose formula it is: its amount may be read.
    pub schedule: Option<usize>,
    /// Only what is known on the first day of a tax year: readings, choices, facts.
    pub opening: bool,
}

/// The number of a way of cutting years into periods, in [`Names::cuts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut(pub usize);

/// A way of cutting years into periods: by one length, or by cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutEntry {
    /// The cases as text: two entries with the same text have the same periods.
    pub text: String,
    /// The lengths it may have.
    pub pers: Vec<Per>,
}

impl Scope {
    pub fn row(item: Item) -> Scope {
        Scope { item, per: None, cut: None, figures: false, fixed: false, parameters_only: false, schedule: None, opening: false }
    }

    pub fn period(per: Per, cut: Cut) -> Scope {
        let item = if per == Per::Row { Item::Row } else { Item::None };
        Scope { per: Some(per), cut: Some(cut), figures: true, ..Scope::row(item) }
    }

    pub fn fixed() -> Scope {
        Scope { fixed: true, ..Scope::row(Item::None) }
    }

    /// A day and nothing else: values of the law, facts and options as of then.
    pub fn day() -> Scope {
        Scope::row(Item::None)
    }

    pub fn parameter() -> Scope {
        Scope { parameters_only: true, ..Scope::row(Item::None) }
    }

    pub fn schedule(schedule: usize) -> Scope {
        Scope { schedule: Some(schedule), ..Scope::row(Item::None) }
    }

    pub fn opening() -> Scope {
        Scope { opening: true, ..Scope::row(Item::None) }
    }
}

/// A declared name.
#[derive(Debug, Clone)]
pub struct Named {
    pub target: Ref,
    pub ty: Type,
    pub detail: Detail,
}

impl Named {
    /// True for what may change from one day to the next, so that a year has segments of it.
    pub fn is_dated(&self) -> bool {
        let fact = matches!(self.detail, Detail::Fact { varies: Varies::ByDate, about_row: false, list: None, .. });
        fact || matches!(self.detail, Detail::Parameter { .. })
    }

    /// True for what a table may be looked up by: words, or yes and no, that are not computed.
    pub fn is_key(&self) -> bool {
        let given = matches!(self.detail, Detail::Fact { list: None, .. } | Detail::Label | Detail::Option);
        given && matches!(self.ty, Type::Word(_) | Type::YesNo)
    }
}

#[derive(Debug, Clone)]
pub enum Detail {
    Fact {
        varies: Varies,
        about_row: bool,
        about_asset: bool,
        list: Option<Vec<(String, Type)>>,
    },
    Label,
    Option,
    Parameter {
        never_zero: bool,
        by_row: bool,
        by_match: bool,
        keys: Vec<String>,
    },
    Figure {
        cut: Cut,
    },
    /// A function of one amount, of this type.
    Schedule {
        of: Type,
    },
    Field {
        item: Item,
    },
    Basis,
    Register,
}

/// All names of a rule book, and its table of words.
#[derive(Debug, Clone, Default)]
pub struct Names {
    pub by_name: BTreeMap<String, Named>,
    pub currency: String,
    pub units: Vec<String>,
    pub has_month_end: bool,
    /// Classes that treatment declares, in order.
    pub classes: Vec<String>,
    cuts: Vec<CutEntry>,
    words: Vec<String>,
    word_ids: BTreeMap<String, WordId>,
}

impl Names {
    /// The number of a word, made if new.
    pub fn word(&mut self, word: &str) -> WordId {
        if let Some(id) = self.word_ids.get(word) {
            return *id;
        }
        let id = WordId(u32::try_from(self.words.len()).unwrap_or(u32::MAX - 1));
        self.words.push(word.to_owned());
        self.word_ids.insert(word.to_owned(), id);
        id
    }

    /// The number of a way of cutting years, made if new.
    pub fn cut(&mut self, entry: CutEntry) -> Cut {
        let known = self.cuts.iter().position(|c| *c == entry);
        Cut(known.unwrap_or_else(|| {
            self.cuts.push(entry);
            self.cuts.len() - 1
        }))
    }

    pub fn known_cut(&self, entry: &CutEntry) -> Option<Cut> {
        self.cuts.iter().position(|c| c == entry).map(Cut)
    }

    /// The cut into periods of one length.
    pub fn find_cut(&self, per: Per) -> Option<Cut> {
        self.cuts.iter().position(|c| c.pers == [per] && c.text == per.word()).map(Cut)
    }

    /// The lengths that the periods of a cut may have.
    pub fn pers(&self, cut: Cut) -> &[Per] {
        self.cuts.get(cut.0).map_or(&[], |c| &c.pers)
    }

    /// `month`, or `quarter or month`.
    pub fn cut_words(&self, cut: Cut) -> String {
        self.pers(cut).iter().map(|p| p.word()).collect::<Vec<_>>().join(" or ")
    }

    pub fn find_word(&self, word: &str) -> Option<WordId> {
        self.word_ids.get(word).copied()
    }

    pub fn word_text(&self, id: WordId) -> &str {
        usize::try_from(id.0).ok().and_then(|i| self.words.get(i)).map_or("(another word)", |w| w)
    }

    pub fn money(&self) -> Type {
        Type::Number(Unit::base(&self.currency))
    }

    /// The field of a row, where there is one.
    pub fn row_field(&self, name: &str) -> Option<(RowField, Type)> {
        let (_, field) = RowField::WORDS.iter().find(|(word, _)| *word == name)?;
        let ty = match field {
            RowField::Value | RowField::ReceivedValue | RowField::SentValue | RowField::FeeValue => self.money(),
            RowField::ReceivedAmount | RowField::SentAmount => Type::Number(Unit::number()),
            RowField::Kind => kinds("the kinds of rows"),
            RowField::CounterpartyKind => {
                let words = crate::ledger::COUNTERPARTY_KINDS.iter().map(|w| (*w).to_owned()).collect();
                Type::Word(WordSet { of: "the kinds of counterparties".into(), words, country: false })
            }
            RowField::Country => Type::Word(WordSet { of: "the countries".into(), words: Vec::new(), country: true }),
            RowField::ReceivedMoney | RowField::SentMoney | RowField::HasReceived | RowField::HasSent => Type::YesNo,
            RowField::Day => Type::Date,
        };
        Some((*field, ty))
    }

    /// The field that stands in an item already.
    pub fn part_field(&self, name: &str, item: Item) -> Option<(PartField, Type)> {
        use PartField as F;
        let (_, field) = F::WORDS.iter().find(|(word, _)| *word == name)?;
        let here: &[F] = match item {
            Item::Match => &[
                F::Proceeds,
                F::Fees,
                F::Cost,
                F::Quantity,
                F::Acquired,
                F::CameIn,
                F::Disposed,
                F::HeldDays,
                F::AcquiredKind,
                F::DisposedKind,
                F::AcquiredClass,
                F::Class,
                F::MatchedBy,
                F::Leg,
                F::DeniedLoss,
                F::CostStated,
                F::AcquiredStated,
                F::Stayed,
            ],
            Item::Disposal => {
                &[F::Proceeds, F::Fees, F::Cost, F::Quantity, F::Disposed, F::DisposedKind, F::Class, F::Leg, F::DeniedLoss]
            }
            Item::Income => &[F::Amount, F::Quantity, F::Received, F::Class],
            Item::Expense => &[F::Amount, F::Class],
            Item::Acquisition => &[F::Cost, F::Quantity, F::Acquired, F::Class],
            Item::Holding => &[
                F::Cost,
                F::Quantity,
                F::Acquired,
                F::CameIn,
                F::HeldOn,
                F::HeldDays,
                F::MarketValue,
                F::AcquiredKind,
                F::AcquiredClass,
                F::Class,
            ],
            Item::Loss => &[F::LossMade, F::UnitsSold, F::UnitsBought, F::UnitsRebought, F::UnitsHeld, F::Disposed],
            Item::PortfolioSale => &[F::Proceeds, F::Quantity, F::ValueHeld, F::Disposed],
            Item::None | Item::Row | Item::Record(_) => &[],
        };
        if !here.contains(field) {
            return None;
        }
        let ty = match field {
            F::Proceeds | F::Fees | F::Cost | F::Amount | F::DeniedLoss | F::MarketValue | F::LossMade | F::ValueHeld => {
                self.money()
            }
            F::Quantity | F::UnitsSold | F::UnitsBought | F::UnitsRebought | F::UnitsHeld => Type::Number(Unit::number()),
            F::Acquired | F::CameIn | F::Disposed | F::Received | F::HeldOn => Type::Date,
            F::CostStated | F::AcquiredStated | F::Stayed => Type::YesNo,
            F::HeldDays => Type::Number(Unit::base("days")),
            F::AcquiredKind | F::DisposedKind => kinds("the kinds of rows"),
            F::AcquiredClass | F::Class => {
                Type::Word(WordSet { of: "the classes that treatment gives".into(), words: self.classes.clone(), country: false })
            }
            F::MatchedBy => {
                let steps: Vec<&str> = crate::rules::book::Method::WORDS.iter().map(|(w, _)| *w).collect();
                words("the matching steps", &steps)
            }
            F::Leg => words("the legs", &["sent", "fee"]),
        };
        Some((*field, ty))
    }
}

fn words(of: &str, list: &[&str]) -> Type {
    Type::Word(WordSet { of: of.into(), words: list.iter().map(|w| (*w).to_owned()).collect(), country: false })
}

fn kinds(of: &str) -> Type {
    let words = crate::ledger::Kind::ALL.iter().map(|k| k.word().to_owned()).collect();
    Type::Word(WordSet { of: of.into(), words, country: false })
}
