//! One walk in order of time: what comes in queues, what leaves is matched and costed, days of the law come to pass.

use chrono::{Datelike, NaiveDate};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::assess::refusal::Log;
use crate::ledger::Symbol;
use crate::number::{self, Decimal};
use crate::rules::book::{Method, PoolBy};

use super::ahead::Ahead;
use super::average::Average;
use super::deny::Losses;
use super::pool::{Pool, PoolKey, Queue, Stand, UnitCost};
use super::scheme::{StepPlan, Version, average_bit, day_bit, queue_bit};
use super::{Amounts, Asker, Averaged, CostOf, Lot, Matched, Missing, Movement, Movements, Scheme};

/// What the walk needs to know of the day: boundaries come before the day's first row.
enum Boundary {
    YearEnds,
    Version(usize),
    OnDate(usize),
}

/// Everything that changes while the walk goes on.
pub(super) struct Course<'a, 'b> {
    pub asker: &'b Asker<'a>,
    pub log: &'a Log,
    pub movements: &'b Movements,
    pub scheme: &'b Scheme,
    pub missing: &'b Missing<'b>,
    pub found: Matched,
    pub pools: Vec<Pool>,
    pub pool_of: FxHashMap<(usize, PoolKey), usize>,
    /// The version in force.
    pub version: usize,
    pub ahead: Ahead,
    pub losses: Losses,
    /// Where lots are chosen: rows by id, and the lots each brought in.
    pub rows_by_id: FxHashMap<&'a str, usize>,
    pub lots_by_row: FxHashMap<usize, Vec<usize>>,
    /// Lots whose cost waits for a part.
    pub waits_for: FxHashMap<usize, Vec<usize>>,
    /// Units by asset and account, wherever their lots queue; in the order in which accounts appear.
    pub balances: Vec<(Symbol, Symbol, Decimal)>,
    pub balance_of: FxHashMap<(Symbol, Symbol), usize>,
    /// Parts whose cost is not known yet, by out.
    pub open_parts: FxHashMap<usize, usize>,
    /// Parts that wait for the average of the year, and averages being computed.
    pub pending: FxHashSet<usize>,
    pub settling: Vec<(usize, usize)>,
    /// Of the sale out of the portfolio at hand: the cost and units still to be parted.
    pub portfolio_sale: (Amounts, Decimal),
}

/// Matches and costs all movements. `lot_by_lot`: averages give each lot its share back at the end. `synthetic` gives the row that stands for an entry of `on_date`.
pub fn walk(
    asker: &Asker<'_>,
    scheme: &Scheme,
    movements: &Movements,
    through: NaiveDate,
    lot_by_lot: bool,
    synthetic: &dyn Fn(usize) -> Option<usize>,
    missing: &Missing<'_>,
) -> Matched {
    let env = asker.env;
    let mut course = Course {
        asker,
        log: env.log,
        movements,
        scheme,
        missing,
        found: Matched::default(),
        pools: Vec::new(),
        pool_of: FxHashMap::default(),
        version: scheme.spans.first().map_or(0, |(_, v)| *v),
        ahead: Ahead::default(),
        losses: Losses::default(),
        rows_by_id: FxHashMap::default(),
        lots_by_row: FxHashMap::default(),
        waits_for: FxHashMap::default(),
        balances: Vec::new(),
        balance_of: FxHashMap::default(),
        open_parts: FxHashMap::default(),
        pending: FxHashSet::default(),
        settling: Vec::new(),
        portfolio_sale: (Amounts::zero(scheme.bases), Decimal::ZERO),
    };
    if scheme.takes_selection() {
        course.rows_by_id = env.ledger.rows.iter().enumerate().map(|(index, row)| (&*row.id, index)).collect();
    }
    course.found.parts_of = vec![0..0; movements.outs.len()];
    if scheme.versions.iter().any(|v| v.whole_portfolio) {
        course.found.portfolio = Some(Amounts::zero(scheme.bases));
    }
    course.expect();
    course.losses = Losses::new(&course);
    course.look_ahead();
    let boundaries = course.boundaries(through);
    let mut next = boundaries.iter().peekable();
    for movement in &movements.order {
        let row = match movement {
            Movement::Out(index) => movements.outs.get(*index).map(|o| o.row),
            Movement::In(index) => movements.ins.get(*index).map(|i| i.row),
        };
        let day = row.map_or(NaiveDate::MIN, |r| env.day(r));
        while let Some((_, boundary)) = next.next_if(|(on, _)| *on <= day) {
            course.cross(boundary, day_of(&boundaries, boundary), synthetic);
        }
        match movement {
            Movement::Out(index) => course.went_out(*index, day),
            Movement::In(index) => course.came_in(*index),
        }
    }
    for (on, boundary) in next {
        course.cross(boundary, *on, synthetic);
    }
    course.settle_all();
    if lot_by_lot {
        course.own_costs();
        return course.found;
    }
    course.close()
}

fn day_of(boundaries: &[(NaiveDate, Boundary)], wanted: &Boundary) -> NaiveDate {
    boundaries.iter().find(|(_, b)| std::ptr::eq(b, wanted)).map_or(NaiveDate::MIN, |(day, _)| *day)
}

impl<'a> Course<'a, '_> {
    pub fn rules(&self) -> &Version {
        // A law without a version of matching does not load.
        self.scheme.versions.get(self.version).unwrap_or_else(|| empty_version())
    }

    pub fn steps(&self) -> Vec<StepPlan> {
        self.rules().steps.clone()
    }

    /// The days on which something happens without a row, in order.
    fn boundaries(&self, through: NaiveDate) -> Vec<(NaiveDate, Boundary)> {
        let mut found: Vec<(NaiveDate, u8, Boundary)> = Vec::new();
        let env = self.asker.env;
        if self.scheme.versions.iter().any(|v| v.averages.iter().any(|a| a.of_year))
            && let Some(first) = env.days.first()
        {
            let years = env.calendar.year_of(*first)..=env.calendar.year_of(through);
            found.extend(years.filter_map(|y| env.calendar.year(y.checked_add(1)?)).map(|y| (y.begin, 0, Boundary::YearEnds)));
        }
        found.extend(self.scheme.spans.iter().skip(1).map(|(day, v)| (*day, 1, Boundary::Version(*v))));
        found.extend(self.scheme.on_dates.iter().map(|(day, entry)| (*day, 2, Boundary::OnDate(*entry))));
        found.retain(|(day, ..)| *day <= through && day.year() < 9999);
        found.sort_by_key(|(day, order, _)| (*day, *order));
        found.into_iter().map(|(day, _, boundary)| (day, boundary)).collect()
    }

    fn cross(&mut self, boundary: &Boundary, day: NaiveDate, synthetic: &dyn Fn(usize) -> Option<usize>) {
        match boundary {
            Boundary::YearEnds => self.settle_all(),
            Boundary::Version(version) => self.change_version(*version, day),
            Boundary::OnDate(entry) => self.on_date(*entry, day, synthetic(*entry)),
        }
    }

    // ---- pools ----

    pub fn key(&self, version: &Version, lot: &Lot, on: NaiveDate) -> PoolKey {
        let account = if version.by_account { lot.account } else { Symbol::NONE };
        let mut words = Vec::new();
        if version.by_words {
            for key in version.pool_by(&self.asker.env.book.matching) {
                if let PoolBy::Word(formula) = key {
                    let item = self.asker.view(lot, self.movements, on);
                    words.push(self.asker.word(formula, item).unwrap_or(crate::formula::types::WordId::OTHER));
                }
            }
        }
        PoolKey { asset: lot.asset, account, words }
    }

    pub fn pool(&mut self, key: PoolKey) -> usize {
        if let Some(found) = self.pool_of.get(&(self.version, key.clone())) {
            return *found;
        }
        let rules = self.rules();
        let queues = rules.queues.iter().map(|q| Queue::new(q.by_cost)).collect();
        let averages = rules.averages.iter().map(|_| Average::new(self.scheme.bases)).collect();
        self.pools.push(Pool { key: key.clone(), units: Decimal::ZERO, queues, averages, lots: Vec::new() });
        self.pool_of.insert((self.version, key), self.pools.len() - 1);
        self.pools.len() - 1
    }

    /// Puts a lot that is held into its pool: its queues, its average.
    pub fn enqueue(&mut self, index: usize) {
        let Some(lot) = self.found.lots.get_mut(index) else { return };
        lot.held = true;
        lot.unit_cost = match &lot.rest.cost {
            Ok(cost) if !lot.left.is_zero() => Some(UnitCost::new(*cost, lot.left)),
            _ => None,
        };
        if lot.left.is_zero() {
            return;
        }
        let (stand, admitted, left, pool) = (stand(index, lot), lot.admitted, lot.left, lot.pool);
        let Some(pool) = self.pools.get_mut(pool) else { return };
        pool.lots.push(index);
        pool.units = number::add(pool.units, left).map_or(pool.units, |r| r.value);
        for (place, queue) in pool.queues.iter_mut().enumerate() {
            if admitted & queue_bit(place) != 0 {
                queue.insert(stand);
            }
        }
        let average = (0..pool.averages.len()).find(|a| admitted & average_bit(*a) != 0);
        if let Some(average) = average.and_then(|a| pool.averages.get_mut(a)) {
            average.fresh.push(index);
        }
        if !self.rules().day_sets.is_empty() {
            self.by_day(index, Some(self.version));
        }
    }

    /// Takes a lot out of its queues.
    pub fn dequeue(&mut self, index: usize) {
        let Some(lot) = self.found.lots.get(index) else { return };
        let (stand, admitted) = (stand(index, lot), lot.admitted);
        if let Some(pool) = self.pools.get_mut(lot.pool) {
            for (place, queue) in pool.queues.iter_mut().enumerate() {
                if admitted & queue_bit(place) != 0 {
                    queue.remove(stand);
                }
            }
        }
    }

    /// Which steps of a version admit a lot.
    pub fn admitted(&self, version: &Version, lot: &Lot, on: NaiveDate) -> Result<u64, crate::assess::refusal::Refused> {
        let conditions = version.queues.iter().filter_map(|q| q.step).chain(version.day_sets.iter().filter_map(|s| *s));
        let conditions = conditions.chain(version.steps.iter().map(|s| s.index));
        let matching = self.asker.env.book.matching.get(version.rule);
        let mut answers: Vec<(usize, bool)> = Vec::new();
        for step in conditions {
            if answers.iter().any(|(s, _)| *s == step) {
                continue;
            }
            let formula = matching.and_then(|m| m.steps.get(step)).and_then(|s| s.lots.as_ref());
            let holds = match formula {
                Some(formula) => self.asker.holds(formula, self.asker.view(lot, self.movements, on))?,
                None => true,
            };
            answers.push((step, holds));
        }
        let answer = |step: Option<usize>| step.is_none_or(|s| answers.iter().any(|(a, holds)| *a == s && *holds));
        let mut bits = 0;
        for (place, queue) in version.queues.iter().enumerate().filter(|(_, q)| answer(q.step)) {
            let _ = queue;
            bits |= queue_bit(place);
        }
        // A lot belongs to the first step that takes any lot like it: it is averaged where that step averages.
        let own = version.steps.iter().find(|s| s.method.is_queue() && answer(Some(s.index)));
        if let Some(average) = own.and_then(|s| s.average) {
            bits |= average_bit(average);
        }
        for (place, step) in version.day_sets.iter().enumerate() {
            if answer(*step) {
                bits |= day_bit(place);
            }
        }
        Ok(bits)
    }

    /// Places a lot in the version in force: its pool, and the steps that may take it.
    pub fn place(&mut self, index: usize, on: NaiveDate) {
        let scheme = self.scheme;
        let Some(version) = scheme.versions.get(self.version) else { return };
        let Some(lot) = self.found.lots.get(index) else { return };
        let key = self.key(version, lot, on);
        let admitted = self.admitted(version, lot, on);
        let pool = self.pool(key);
        let bases = scheme.bases;
        if let Some(lot) = self.found.lots.get_mut(index) {
            (lot.pool, lot.by_account) = (pool, version.by_account);
            match admitted {
                Ok(bits) => lot.admitted = bits,
                Err(refused) => {
                    lot.admitted = u64::MAX;
                    lot.rest = Amounts::refused(&refused, bases);
                    lot.came_with = lot.rest.clone();
                }
            }
        }
    }

    // ---- what comes in ----

    fn came_in(&mut self, index: usize) {
        let movements = self.movements;
        let Some(came) = movements.ins.get(index) else { return };
        self.balance(came.asset, came.account, came.quantity);
        match &came.cost {
            CostOf::Known(_) => self.arrive(index),
            CostOf::Carried(carried) => self.carry(index, came, carried),
            CostOf::Shared(shared) => self.share_cost(index, came, shared),
        }
    }

    /// A lot that was expected is there.
    fn arrive(&mut self, index: usize) {
        let Some(lot) = self.ahead.lot_of(index) else { return };
        let fee = self.fee_on_top(index);
        if self.found.lots.get(lot).is_none_or(|l| l.held) {
            let bases = self.scheme.bases;
            return self.add_to_lot(lot, &Amounts::zero(bases).plus_all(&fee, self.log));
        }
        if let Some(entry) = self.found.lots.get_mut(lot) {
            entry.rest = entry.rest.plus_all(&fee, self.log);
            entry.came_with = entry.rest.clone();
        }
        if let Some(extra) = self.ahead.more.remove(&lot)
            && let Some(entry) = self.found.lots.get_mut(lot)
        {
            entry.rest = entry.rest.plus(&extra, self.log);
        }
        self.serve_reserved(lot);
        let on = self.movements.ins.get(index).map_or(NaiveDate::MIN, |i| self.asker.env.day(i.row));
        self.place(lot, on);
        self.join_portfolio(lot);
        self.enqueue(lot);
    }

    /// A fee at cost on top of what came in.
    pub fn fee_on_top(&self, index: usize) -> crate::assess::refusal::Outcome<Decimal> {
        match self.movements.ins.get(index).and_then(|i| i.fee_from) {
            Some(from) => self.found.fee(from),
            None => Ok(Decimal::ZERO),
        }
    }

    /// Units of an account, wherever their lots queue.
    pub fn balance(&mut self, asset: Symbol, account: Symbol, change: Decimal) {
        let place = *self.balance_of.entry((asset, account)).or_insert_with(|| {
            self.balances.push((asset, account, Decimal::ZERO));
            self.balances.len() - 1
        });
        if let Some((_, _, units)) = self.balances.get_mut(place) {
            *units = number::add(*units, change).map_or(*units, |r| r.value);
        }
    }

    /// What a queue takes next in a pool, for a method.
    pub fn next_in(&self, pool: usize, queue: usize, method: Method) -> Option<usize> {
        self.pools.get(pool)?.queues.get(queue)?.next(method)
    }

    // ---- the end ----

    fn close(mut self) -> Matched {
        for pool in 0..self.pools.len() {
            for average in 0..self.pools.get(pool).map_or(0, |p| p.averages.len()) {
                self.absorb(pool, average);
            }
        }
        for pool in &self.pools {
            for average in pool.averages.iter().filter(|a| !a.quantity.is_zero()) {
                self.found.averages.push(Averaged {
                    asset: pool.key.asset,
                    account: pool.key.account,
                    quantity: average.quantity,
                    amounts: average.amounts.clone(),
                });
            }
        }
        self.found
    }
}

pub(super) fn stand(index: usize, lot: &Lot) -> Stand {
    Stand { queued: lot.queued, lot: index, unit_cost: lot.unit_cost }
}

fn empty_version() -> &'static Version {
    static EMPTY: Version = Version {
        rule: 0,
        by_step: false,
        merge_day: false,
        by_account: false,
        by_words: false,
        whole_portfolio: false,
        steps: Vec::new(),
        queues: Vec::new(),
        averages: Vec::new(),
        day_sets: Vec::new(),
        moves: None,
        moves_queue: 0,
    };
    &EMPTY
}
