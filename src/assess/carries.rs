//! Offsets: losses with the year they arose in, used in later years as far as the law lets them.

use std::rc::Rc;

use crate::calendar::Period;
use crate::diagnostic::{Code as Kind, Diagnostic};
use crate::facts::Given;
use crate::formula::types::Value;
use crate::number::Decimal;
use crate::rules::book::{CarryPart, Offset};

use super::refusal::{Outcome, both};
use super::world::{Ctx, Item, World};

/// What is left of what arose in one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vintage {
    pub year: i32,
    pub amount: Decimal,
}

/// What a year does with what it was handed.
#[derive(Debug, Clone, Default)]
pub struct Used {
    /// What may be used in the year.
    pub brought: Vec<Vintage>,
    /// What could be used last the year before.
    pub expired: Vec<Vintage>,
    /// The room of each head, where it is known, and what it took.
    pub heads: Vec<(Option<Decimal>, Decimal)>,
    /// What is not used.
    pub rest: Vec<Vintage>,
}

impl World<'_> {
    /// A part of an offset in a year.
    pub(super) fn carry(&self, offset: usize, part: CarryPart, year: Period) -> Outcome<Decimal> {
        let Some(entry) = self.env.book.offsets.get(offset) else { return Ok(Decimal::ZERO) };
        match part {
            CarryPart::Arisen => self.at_least_zero(&entry.arises, year),
            CarryPart::Left => self.total(&self.left(offset, year)?),
            CarryPart::Brought => self.total(&self.opening(offset, year)?.0),
            CarryPart::Expired => self.total(&self.opening(offset, year)?.1),
            CarryPart::Head(head) => Ok(self.uses(offset, year)?.heads.get(head).map_or(Decimal::ZERO, |(_, took)| *took)),
            CarryPart::Used => {
                self.uses(offset, year)?.heads.iter().try_fold(Decimal::ZERO, |sum, (_, took)| self.plus(sum, *took))
            }
        }
    }

    fn total(&self, vintages: &[Vintage]) -> Outcome<Decimal> {
        vintages.iter().try_fold(Decimal::ZERO, |sum, v| self.plus(sum, v.amount))
    }

    /// What a year may use, and what expired before it; oldest first.
    fn opening(&self, offset: usize, year: Period) -> Outcome<(Vec<Vintage>, Vec<Vintage>)> {
        let Some(entry) = self.env.book.offsets.get(offset) else { return Ok(Default::default()) };
        let calendar = self.env.calendar;
        let number = calendar.year_of(year.begin);
        let before = calendar.year(number - 1).filter(|y| y.begin >= self.env.first_year.begin);
        let handed = match before {
            Some(before) => (*self.left(offset, before)?).clone(),
            None => self.stated(entry, number)?,
        };
        let (mut usable, mut expired) = (Vec::new(), Vec::new());
        for vintage in handed {
            match &entry.lasts {
                Some(lasts) => {
                    // The law of the year in which it arose says how long it lasts.
                    let day = calendar.year(vintage.year).map_or(year.begin, |y| y.begin);
                    let years = self.number(&lasts.code, Ctx { period: Period::day(day), item: Item::None })?;
                    let last = Decimal::from(vintage.year).checked_add(years);
                    if last.is_some_and(|last| Decimal::from(number) <= last) {
                        usable.push(vintage)
                    } else {
                        expired.push(vintage)
                    }
                }
                None => usable.push(vintage),
            }
        }
        Ok((usable, expired))
    }

    /// What the facts say was brought into the first year.
    fn stated(&self, entry: &Offset, first: i32) -> Outcome<Vec<Vintage>> {
        let Some((fact, keys)) = entry.brought.as_ref().and_then(|b| b.fact) else { return Ok(Vec::new()) };
        let Some((year, amount)) = keys else {
            let ctx = Ctx { period: self.env.calendar.year(first).unwrap_or(self.env.first_year), item: Item::None };
            let value = self.fact(fact, ctx)?;
            let amount = if let Value::Number(n) = value { n.max(Decimal::ZERO) } else { Decimal::ZERO };
            return Ok(Vec::from_iter((!amount.is_zero()).then_some(Vintage { year: first - 1, amount })));
        };
        self.records(fact)?;
        let Given::List(records) = self.env.given(fact) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for record in records.iter().filter(|_| !self.env.is_emptied(fact)) {
            let (Some(Value::Number(year)), Some(Value::Number(amount))) = (record.get(year), record.get(amount)) else {
                continue;
            };
            let year = i32::try_from(year.trunc().mantissa()).unwrap_or(i32::MAX);
            if year >= first {
                let name = &entry.name;
                return Err(self.env.log.refuse(format!("carry:{name}:{year}"), || {
                    let message =
                        format!("`{name}` of {year} is stated as brought forward, but the years from {first} on are computed");
                    Diagnostic::new(Kind::F0102, message)
                        .help(format!("state a figure of a later year as `filed: {{{year}: {{{name}.left: ..}}}}`"))
                }));
            }
            found.push(Vintage { year, amount: (*amount).max(Decimal::ZERO) });
        }
        found.sort_by_key(|v| v.year);
        Ok(found)
    }

    /// What a year uses of what it was handed.
    pub fn uses(&self, offset: usize, year: Period) -> Outcome<Rc<Used>> {
        let key = (offset, year.begin);
        if let Some(known) = self.carried.borrow().0.get(&key) {
            return known.clone();
        }
        let found = self.used(offset, year).map(Rc::new);
        self.carried.borrow_mut().0.insert(key, found.clone());
        found
    }

    fn used(&self, offset: usize, year: Period) -> Outcome<Used> {
        let Some(entry) = self.env.book.offsets.get(offset) else { return Ok(Used::default()) };
        let opening = self.opening(offset, year);
        if let Ok((brought, expired)) = &opening
            && brought.iter().all(|v| v.amount.is_zero())
        {
            // Nothing can be used, whatever room there is: a year that is not known does not stand in the way of later ones.
            let heads = entry.against.iter().map(|head| (self.at_least_zero(&head.room, year).ok(), Decimal::ZERO)).collect();
            return Ok(Used { brought: Vec::new(), expired: expired.clone(), heads, rest: Vec::new() });
        }
        let limit = entry.limit.as_ref().map(|f| self.at_least_zero(f, year)).transpose();
        let mut rooms: Outcome<Vec<Decimal>> = Ok(Vec::new());
        for head in &entry.against {
            // All reasons are gathered.
            rooms = both(rooms, self.at_least_zero(&head.room, year)).map(|(mut all, room)| {
                all.push(room);
                all
            });
        }
        let (((brought, expired), limit), rooms) = both(both(opening, limit), rooms)?;
        let mut rest = brought.clone();
        if entry.newest_first {
            rest.reverse();
        }
        let mut allowed = limit;
        let mut heads = Vec::new();
        for room in rooms {
            let mut wanted = allowed.map_or(room, |a| a.min(room));
            let mut took = Decimal::ZERO;
            for vintage in &mut rest {
                let part = vintage.amount.min(wanted);
                vintage.amount = self.plus(vintage.amount, -part)?;
                wanted = self.plus(wanted, -part)?;
                took = self.plus(took, part)?;
            }
            allowed = allowed.map(|a| self.plus(a, -took)).transpose()?;
            heads.push((Some(room), took));
        }
        rest.retain(|v| !v.amount.is_zero());
        rest.sort_by_key(|v| v.year);
        Ok(Used { brought, expired, heads, rest })
    }

    /// What a year hands on: what it did not use, and what it adds. A filed figure replaces the total.
    pub fn left(&self, offset: usize, year: Period) -> Outcome<Rc<Vec<Vintage>>> {
        let key = (offset, year.begin);
        if let Some(known) = self.carried.borrow().1.get(&key) {
            return known.clone();
        }
        let found = self.handed_on(offset, year).map(Rc::new);
        self.carried.borrow_mut().1.insert(key, found.clone());
        found
    }

    fn handed_on(&self, offset: usize, year: Period) -> Outcome<Vec<Vintage>> {
        let Some(entry) = self.env.book.offsets.get(offset) else { return Ok(Vec::new()) };
        let number = self.env.calendar.year_of(year.begin);
        let computed = both(self.uses(offset, year), self.at_least_zero(&entry.arises, year)).map(|(used, arisen)| {
            let mut all = used.rest.clone();
            all.extend((!arisen.is_zero()).then_some(Vintage { year: number, amount: arisen }));
            all
        });
        let filed = self.env.facts.filed.get(&(number, format!("{}.left", entry.name)));
        let Some(Value::Number(filed)) = filed.copied() else { return computed };
        // What was filed stands; its years are those computed, as far as they go: what is less was used, the oldest first.
        let mut all = computed.unwrap_or_default();
        let total = self.total(&all)?;
        if filed > total {
            all.push(Vintage { year: number, amount: self.plus(filed, -total)? });
            return Ok(all);
        }
        let mut more = self.plus(total, -filed)?;
        for vintage in &mut all {
            let part = vintage.amount.min(more);
            vintage.amount = self.plus(vintage.amount, -part)?;
            more = self.plus(more, -part)?;
        }
        all.retain(|v| !v.amount.is_zero());
        Ok(all)
    }
}
