//! What reads what: from a fact or reading to the figures that may come out otherwise for it.
//!
//! Beside the names of formulas there are the rows themselves: a reading that decides how a row is treated reaches every
//! figure that runs over the parts which such rows become.

use std::collections::{BTreeMap, BTreeSet};

use crate::formula::Formula;
use crate::formula::code::{Op, Range, Ref};
use crate::formula::names::Item;
use crate::rules::RuleBook;
use crate::rules::book::{Effect, OnDateWhat, OnDay, PerRule, PoolBy, Rule, Tariff, Treatment, Worth};
use crate::rules::compile::{paying_formulas, tax_formulas};

/// The parts that rows become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Parts {
    Matches,
    Income,
    Expenses,
    Acquisitions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Name(Ref),
    Parts(Parts),
}

/// For each node, the nodes that read it.
pub struct Graph {
    readers: BTreeMap<Node, BTreeSet<Node>>,
}

impl Graph {
    pub fn of(book: &RuleBook) -> Graph {
        let mut graph = Graph { readers: BTreeMap::new() };
        for (index, parameter) in book.parameters.iter().enumerate() {
            let reader = Node::Name(Ref::Parameter(index));
            parameter.values.iter().flat_map(|v| v.value.formulas()).for_each(|f| graph.formula(f, reader));
            parameter.derived.iter().for_each(|d| graph.edge(Node::Name(Ref::Parameter(d.of)), reader));
            parameter.by.iter().filter_map(|key| key.target).for_each(|name| graph.edge(Node::Name(name), reader));
        }
        for (index, schedule) in book.schedules.iter().enumerate() {
            let reader = Node::Name(Ref::Schedule(index));
            if let Tariff::Rule(rule) = &schedule.how {
                graph.rule(rule, reader);
            }
            crate::assess::schedules::scale_of(&schedule.how).into_iter().for_each(|name| graph.edge(Node::Name(name), reader));
        }
        for (index, field) in book.fields.iter().enumerate() {
            let reader = Node::Name(Ref::Field(index));
            graph.rule(&field.rule, reader);
            if let Some(parts) = of_item(field.item) {
                graph.edge(Node::Parts(parts), reader);
            }
        }
        for (index, quantity) in book.quantities.iter().enumerate() {
            graph.rule(&quantity.rule, Node::Name(Ref::Quantity(index)));
            let computed = quantity.computed.map(|c| c.formulas(book)).unwrap_or_default();
            computed.into_iter().for_each(|f| graph.formula(f, Node::Name(Ref::Quantity(index))));
            graph.per(&quantity.per, Node::Name(Ref::Quantity(index)));
        }
        for (index, tax) in book.taxes.iter().enumerate() {
            let formulas = tax_formulas(tax).into_iter().chain(paying_formulas(tax));
            formulas.for_each(|f| graph.formula(f, Node::Name(Ref::Tax(index))));
            graph.per(&tax.per, Node::Name(Ref::Tax(index)));
        }
        graph.rows(book);
        graph
    }

    /// Quantities and taxes, in the order of the file, that a name reaches.
    pub fn figures(&self, name: Ref) -> Vec<Ref> {
        let mut reached: BTreeSet<Node> = BTreeSet::new();
        let mut open = vec![Node::Name(name)];
        while let Some(node) = open.pop() {
            for reader in self.readers.get(&node).into_iter().flatten() {
                if reached.insert(*reader) {
                    open.push(*reader);
                }
            }
        }
        let figure = |node: &Node| match node {
            Node::Name(name @ (Ref::Quantity(_) | Ref::Tax(_))) => Some(*name),
            _ => None,
        };
        reached.iter().filter_map(figure).collect()
    }

    /// Fields, parameters, quantities and taxes whose own formula reads a name.
    pub fn readers(&self, name: Ref) -> Vec<Ref> {
        let direct = self.readers.get(&Node::Name(name)).into_iter().flatten();
        direct.filter_map(|n| if let Node::Name(r) = n { Some(*r) } else { None }).filter(|r| *r != name).collect()
    }

    fn edge(&mut self, read: Node, reader: Node) {
        self.readers.entry(read).or_default().insert(reader);
    }

    fn rule(&mut self, rule: &Rule, reader: Node) {
        for case in &rule.cases {
            case.when.iter().chain([&case.then]).for_each(|f| self.formula(f, reader));
        }
    }

    /// The length of the periods decides over what falls into one.
    fn per(&mut self, per: &PerRule, reader: Node) {
        per.cases.iter().filter_map(|c| c.when.as_ref()).for_each(|f| self.formula(f, reader));
    }

    fn formula(&mut self, formula: &Formula, reader: Node) {
        for name in formula.code.refs() {
            self.edge(Node::Name(name), reader);
        }
        let mut over: Vec<Parts> = Vec::new();
        formula.code.walk(&mut |code| {
            if let Op::Aggregate { over: range, .. } = &code.op {
                over.extend(of_range(*range));
            }
        });
        over.into_iter().for_each(|parts| self.edge(Node::Parts(parts), reader));
    }

    /// What decides over rows: treatments, fees, the order of lots.
    fn rows(&mut self, book: &RuleBook) {
        for (index, treatment) in book.treatments.iter().enumerate() {
            if let Some(when) = &treatment.when {
                // Where the condition fails, a later treatment of the kind takes the row.
                let later = book.treatments.iter().skip(index).filter(|t| shares_kind(t, treatment));
                self.feeds(when, &later.flat_map(effects).flat_map(becomes).copied().collect::<Vec<_>>());
            }
            for formula in treatment.taxed.iter().chain(&treatment.share) {
                self.feeds(formula, &[Parts::Matches, Parts::Acquisitions]);
            }
            let own = (treatment.effect, &treatment.proceeds, &treatment.cost);
            for (effect, proceeds, cost) in treatment.also.iter().map(|f| (f.effect, &f.proceeds, &f.cost)).chain([own]) {
                if let Worth::Formula(formula) = proceeds {
                    self.feeds(formula, becomes(effect));
                }
                if let Worth::Formula(formula) = cost {
                    self.feeds(formula, &[Parts::Acquisitions]);
                }
            }
        }
        for when in book.fees.iter().filter_map(|f| f.when.as_ref()) {
            self.feeds(when, &[Parts::Matches, Parts::Acquisitions]);
        }
        lot_formulas(book).into_iter().for_each(|f| self.feeds(f, &[Parts::Matches]));
        for (index, basis) in book.bases.iter().enumerate() {
            self.formula(&basis.start, Node::Name(Ref::Basis(index)));
        }
        // What was acquired is matched later, at its cost.
        self.edge(Node::Parts(Parts::Acquisitions), Node::Parts(Parts::Matches));
    }

    fn feeds(&mut self, formula: &Formula, parts: &[Parts]) {
        parts.iter().for_each(|p| self.formula(formula, Node::Parts(*p)));
    }
}

/// The formulas that say which lots leave, and at what cost.
fn lot_formulas(book: &RuleBook) -> Vec<&Formula> {
    let mut found: Vec<&Formula> = Vec::new();
    for version in &book.matching {
        found.extend(&version.when);
        found.extend(version.pool_by.iter().filter_map(|k| if let PoolBy::Word(f) = k { Some(&**f) } else { None }));
        found.extend(version.steps.iter().flat_map(|s| [&s.when, &s.lots, &s.worth]).flatten());
    }
    for entry in &book.on_dates {
        found.extend(entry.when.iter().chain(&entry.lots));
        if let OnDay::Formula(formula) = &entry.on {
            found.push(formula);
        }
        match &entry.what {
            OnDateWhat::Set(list) => found.extend(list.iter().map(|(_, f)| f)),
            OnDateWhat::Deem { proceeds: Worth::Formula(formula), .. } => found.push(formula),
            OnDateWhat::Deem { .. } | OnDateWhat::Regroup { .. } => {}
        }
    }
    found.extend(book.deny_loss.iter().flat_map(|d| d.when.iter().chain(&d.lots).chain([&d.units])));
    found
}

fn effects(treatment: &Treatment) -> impl Iterator<Item = Effect> + '_ {
    treatment.also.iter().map(|f| f.effect).chain([treatment.effect])
}

fn shares_kind(a: &Treatment, b: &Treatment) -> bool {
    match (&a.kinds, &b.kinds) {
        (Some(a), Some(b)) => a.iter().any(|kind| b.contains(kind)),
        _ => true,
    }
}

fn becomes(effect: Effect) -> &'static [Parts] {
    match effect {
        Effect::Acquisition => &[Parts::Acquisitions],
        Effect::Disposal | Effect::Exchange | Effect::Rollover => &[Parts::Matches, Parts::Acquisitions],
        Effect::Income => &[Parts::Income, Parts::Acquisitions],
        Effect::Expense => &[Parts::Expenses, Parts::Matches],
        Effect::Removal => &[Parts::Matches],
        Effect::Move | Effect::Ignore | Effect::Refuse => &[],
    }
}

fn of_item(item: Item) -> Option<Parts> {
    match item {
        Item::Match | Item::Disposal | Item::Loss | Item::PortfolioSale => Some(Parts::Matches),
        Item::Income => Some(Parts::Income),
        Item::Expense => Some(Parts::Expenses),
        Item::Acquisition => Some(Parts::Acquisitions),
        Item::None | Item::Row | Item::Record(_) | Item::Holding => None,
    }
}

fn of_range(range: Range) -> Option<Parts> {
    match range {
        Range::Disposals | Range::Matches | Range::ItsMatches | Range::Holdings(_) => Some(Parts::Matches),
        Range::Income => Some(Parts::Income),
        Range::Expenses => Some(Parts::Expenses),
        Range::Acquisitions => Some(Parts::Acquisitions),
        Range::Transactions
        | Range::Months
        | Range::Quarters
        | Range::List(_)
        | Range::Days { .. }
        | Range::PeriodsOf(_)
        | Range::SegmentsOf(_) => None,
    }
}
