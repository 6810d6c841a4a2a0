//! The matches of a year as records, and which of them are reported.

use std::collections::BTreeMap;

use crate::assess::refusal::{Outcome, both};
use crate::assess::run::Run;
use crate::assess::world::{Ctx, Item, World};
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::code::Ref;
use crate::formula::names::Item as ItemKind;
use crate::formula::types::Value;
use crate::ledger::Kind;
use crate::pairing::pair;
use crate::reporting::users::User;
use crate::rules::book::Method;

use super::cells::Cells;
use super::form::Each;
use super::person::Person;
use super::{Job, Record};

/// A record to be: its kind, and the matches that it is of.
pub struct Group {
    pub kind: usize,
    pub matches: Vec<usize>,
}

/// The records of a run. What is wrong with the customer's own data is told apart.
pub fn records(job: &Job<'_>, run: &Run<'_>, (name, user): (&str, Option<&User>), told: &mut Vec<Diagnostic>) -> Vec<Record> {
    let gather = Gather { job, run };
    gather.check_rows();
    let groups = gather.groups();
    let person = Person::new(job, name, user);
    let mut cells = Cells::new(job, run, &person);
    let mut found = Vec::new();
    for group in groups.iter().filter(|g| gather.exceeds(g.kind)) {
        found.push(Record { cells: cells.of(group, told) });
    }
    found
}

struct Gather<'a> {
    job: &'a Job<'a>,
    run: &'a Run<'a>,
}

/// What a name comes to for a match.
pub fn of_match(world: &World<'_>, name: Ref, index: usize) -> Outcome<Value> {
    world.name(name, Ctx { period: world.env.year, item: Item::Match(index) })
}

/// The kind of record that a match goes into.
pub fn kind_of(job: &Job<'_>, world: &World<'_>, index: usize) -> Outcome<Option<usize>> {
    let word = of_match(world, job.form.record, index)?;
    Ok(job.form.records.iter().position(|k| Value::Word(k.word) == word))
}

impl Gather<'_> {
    /// Those of single matches in the order of time, then those of several, by kind and asset.
    fn groups(&self) -> Vec<Group> {
        let world = self.run.world;
        let mut single = Vec::new();
        let mut several: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        for index in world.items_in(ItemKind::Match, world.env.year) {
            self.check_order(index);
            let kind = match kind_of(self.job, world, index) {
                Ok(Some(kind)) => kind,
                Ok(None) => continue,
                Err(refused) => {
                    world.env.log.refused_figure("record", &refused);
                    continue;
                }
            };
            match self.job.form.records.get(kind).map(|k| k.each) {
                Some(Each::Match) | None => single.push(Group { kind, matches: vec![index] }),
                Some(Each::Asset) => several.entry((kind, self.asset(index))).or_default().push(index),
                Some(Each::Customer) => several.entry((kind, "")).or_default().push(index),
            }
        }
        single.extend(several.into_iter().map(|((kind, _), matches)| Group { kind, matches }));
        single
    }

    /// An order by cost is none where a cost is not known, also where the record does not tell the cost.
    fn check_order(&self, index: usize) {
        let world = self.run.world;
        if let Some(m) = world.parts.matches.get(index)
            && matches!(m.method, Method::Highest | Method::Lowest)
            && let Err(refused) = &m.cost
        {
            world.env.log.refused_figure("order of lots", refused);
        }
    }

    fn asset(&self, index: usize) -> &str {
        let (parts, ledger) = (self.run.world.parts, self.run.world.env.ledger);
        let disposal = parts.matches.get(index).and_then(|m| parts.disposals.get(m.disposal));
        disposal.map_or("", |d| ledger.name(d.asset))
    }

    /// Whether the quantities of the year exceed what they must, so that records of a kind are made.
    fn exceeds(&self, kind: usize) -> bool {
        let Some(kind) = self.job.form.records.get(kind) else { return false };
        let world = self.run.world;
        let year = world.env.year;
        kind.above.iter().all(|(quantity, least)| {
            let least = world.name(*least, Ctx { period: year, item: Item::None });
            match both(world.figure(*quantity, year), least) {
                Ok((Value::Number(amount), Value::Number(least))) => amount > least,
                Ok(_) => false,
                Err(refused) => {
                    world.env.log.refused_figure(&kind.name, &refused);
                    false
                }
            }
        })
    }

    /// Rows that would be passed over in silence: those without the amount, and transfers of which only one side is there.
    fn check_rows(&self) {
        let env = self.run.env;
        let (ledger, log) = (env.ledger, env.log);
        let pairs = pair(ledger, env.days.len(), false);
        for (index, row) in ledger.rows.iter().enumerate().take(env.days.len()) {
            let told = |code: Code, message: String, help: &str| {
                Diagnostic::new(code, message).at_opt(ledger.place(row)).rows([row.id.to_string()]).help(help)
            };
            let coin = |leg: &crate::ledger::Leg| !ledger.is_currency(leg.asset);
            if row.kind != Kind::Ignore
                && let Some(leg) = [row.received, row.sent].into_iter().flatten().find(|l| coin(l) && l.amount.is_none())
            {
                let asset = ledger.name(leg.asset);
                log.refuse_always(format!("amount-of:{}", row.id), || {
                    told(Code::A0214, format!("the row `{}` names {asset} without the amount", row.id), "fill the amount in")
                });
            }
            let stated = ledger.symbols.find("cost").and_then(|s| row.column(s)).filter(|_| row.kind == Kind::Deposit);
            if let Some((text, error)) = stated.and_then(|text| Some((text, crate::number::parse_unsigned(text).err()?))) {
                let message = format!("the cost that the row `{}` states cannot be read: `{text}`: {error}", row.id);
                log.refuse_always(format!("stated:{}", row.id), || {
                    told(Code::F0102, message, "write it in `x_cost` as 1234.56, or leave it empty")
                });
            }
            let one_sided = row.kind == Kind::Transfer && row.sent.is_some() != row.received.is_some();
            if one_sided && pairs.partner(index).is_none() {
                let help = "write the other account in `counterparty` and both legs, or `deposit` or `withdrawal` if it came from outside or went there";
                log.refuse_always(format!("one-side:{}", row.id), || {
                    told(
                        Code::A0208,
                        format!("the transfer `{}` has one side only, and no other row is its other side", row.id),
                        help,
                    )
                });
            }
        }
    }
}
