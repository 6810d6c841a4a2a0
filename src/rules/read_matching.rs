//! `matching`, `bases`, `on_date`, `deny_loss`.

use crate::diagnostic::{Code, suggestion};
use crate::formula::tree::Toward;
use crate::yaml::{Entry, Fields, Node, Reader, Value};

use super::book::{
    Basis, BasisName, DenyLoss, InForce, Matching, Method, Moves, OnDate, OnDateWhat, OnDay, PoolBy, Remainder, RuleBook,
    Shortfall, ShortfallCost, Step, UnitCost, Window,
};
use super::read::Read;
use super::read_rows::worth;

/// Reads `matching`: one version, or a list of them.
pub fn matching(reader: &mut Reader, node: &Node, book: &mut RuleBook) {
    let versions: Vec<&Node> = match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    let several = versions.len() > 1;
    let read: Vec<Matching> = versions.into_iter().filter_map(|n| version(reader, n)).collect();
    if several {
        covered(reader, node, &read);
    }
    book.matching.extend(read);
}

/// Every day has a version that holds without a condition.
fn covered(reader: &mut Reader, node: &Node, versions: &[Matching]) {
    let always: Vec<InForce> = versions.iter().filter(|v| v.when.is_none()).map(|v| v.in_force).collect();
    let help = "give the first unconditional version no `from`, each next one the day after, and the last no `until`";
    let mut expected = None;
    for (index, force) in always.iter().enumerate() {
        if force.from.is_some() && (index == 0 || force.from != expected) || (index > 0 && expected.is_none()) {
            reader.problem(
                Code::R0208,
                node.spot,
                "the versions of `matching` leave days without a rule, or overlap",
                Some(help.into()),
            );
            return;
        }
        expected = force.until.and_then(|d| d.succ_opt());
    }
    if always.is_empty() || expected.is_some() {
        reader.problem(Code::R0403, node.spot, "no version of `matching` covers what is left", Some(help.into()));
    }
}

fn version(reader: &mut Reader, node: &Node) -> Option<Matching> {
    let mut fields = reader.fields(node, "`matching`")?;
    let in_force = reader.in_force(&mut fields);
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let pool_node = fields.require(reader, "pool_by");
    let pool_by: Vec<PoolBy> = pool_node.map(|n| pool_keys(reader, n)).unwrap_or_default();
    let by_step = fields.require(reader, "sequence").and_then(|n| reader.one_of(n, &[("by_disposal", false), ("by_step", true)]));
    let merge_day = fields.take("merge").and_then(|n| reader.one_of(n, &[("day", true)])).unwrap_or(false);
    let mut steps: Vec<Step> = Vec::new();
    let steps_node = fields.require(reader, "steps");
    if let Some(list) = steps_node {
        for item in reader.list(list) {
            steps.extend(step(reader, item));
        }
        in_order(reader, list, &steps, by_step == Some(true));
    }
    let moves = fields.take("moves").and_then(|n| moves(reader, n));
    let shortfall = fields.take("shortfall").and_then(|n| shortfall(reader, n));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    if let Some(pool_node) = pool_node {
        let whole = pool_by.is_empty() && matches!(&pool_node.value, Value::List(items) if items.is_empty());
        let shares = steps.iter().any(|s| s.method == Method::PortfolioShare);
        if shares && !whole {
            let help = "write `pool_by: []`: the share is of the cost of everything held";
            reader.problem(Code::R0203, pool_node.spot, "`portfolio_share` looks at the whole portfolio", Some(help.into()));
        } else if !shares && !pool_by.iter().any(|k| matches!(k, PoolBy::Asset)) {
            let help = "write `pool_by: [asset]` or `[asset, account]`";
            reader.problem(Code::R0203, node.spot, "lots are pooled by asset at least", Some(help.into()));
        }
    }
    Some(Matching {
        in_force,
        when,
        pool_by,
        by_step: by_step?,
        merge_day,
        steps,
        moves,
        shortfall,
        note,
        at: reader.at(node.spot),
    })
}

fn pool_keys(reader: &mut Reader, node: &Node) -> Vec<PoolBy> {
    let key = |reader: &mut Reader, item: &Node| match item.text() {
        Some("asset") => Some(PoolBy::Asset),
        Some("account") => Some(PoolBy::Account),
        _ => reader.formula(item).map(|f| PoolBy::Word(Box::new(f))),
    };
    reader.list(node).iter().filter_map(|item| key(reader, item)).collect()
}

/// The steps end with one that covers every disposal, and stand in an order that can be gone through.
fn in_order(reader: &mut Reader, list: &Node, steps: &[Step], by_step: bool) {
    if !steps.iter().any(|s| s.when.is_none() && s.lots.is_none() && s.method.is_queue()) {
        let help = "end the list with a step such as `fifo` that has no `when` and no `where`";
        reader.problem(Code::R0403, list.spot, "no step covers every disposal", Some(help.into()));
    }
    let covering = steps.iter().position(|s| s.when.is_none() && s.lots.is_none() && s.method.is_queue());
    if let Some(after) = covering.and_then(|i| steps.get(i + 1)) {
        let message = format!("the step before `{}` takes all that is held, so this one is never reached", after.method.word());
        reader.problem(Code::R0410, after.at.spot, message, Some("put the step that always holds last".into()));
    }
    if by_step {
        let first_other = steps.iter().position(|s| !s.method.looks_at_days());
        let late = first_other.and_then(|at| steps.iter().skip(at).find(|s| s.method.looks_at_days()));
        if let Some(late) = late {
            let help = "in `sequence: by_step` put `same_day` and `acquired_within` first";
            let message = format!("`{}` stands behind a step that takes what is held", late.method.word());
            reader.problem(Code::R0203, late.at.spot, message, Some(help.into()));
        }
    }
}

fn step(reader: &mut Reader, node: &Node) -> Option<Step> {
    let Value::Map(entries) = &node.value else {
        let help = "write `- fifo: { cite: [..] }`";
        reader.problem(Code::R0203, node.spot, "a step is a method with its citation", Some(help.into()));
        return None;
    };
    let [entry] = entries.as_slice() else {
        reader.problem(Code::R0203, node.spot, "a step names one method", None);
        return None;
    };
    let Some((_, method)) = Method::WORDS.iter().find(|(word, _)| *word == entry.key) else {
        let help = suggestion(&entry.key, Method::WORDS.iter().map(|(w, _)| *w));
        reader.problem(Code::R0204, entry.key_spot, format!("`{}` is not a way of matching", entry.key), help);
        return None;
    };
    let mut fields = match method {
        Method::AcquiredWithin => reader.fields(&entry.value, "`acquired_within`"),
        Method::PortfolioShare => reader.fields(&entry.value, "`portfolio_share`"),
        Method::Specific | Method::SameRow | Method::SameDay => reader.fields(&entry.value, "a step that finds lots"),
        _ => reader.fields(&entry.value, "a step that queues lots"),
    }?;
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let lots = fields.take("where").and_then(|n| reader.formula(n));
    let window = if *method == Method::AcquiredWithin { window(reader, &mut fields, entry) } else { None };
    let is_average = matches!(method, Method::Average | Method::TotalAverage);
    let queues = method.is_queue() && *method != Method::PortfolioShare;
    let cost_node = if queues { fields.take("cost") } else { None };
    let cost = cost_node.and_then(|n| reader.one_of(n, &[("own", false), ("average", true)]));
    if let (Some(node), Some(false), true) = (cost_node, cost, is_average) {
        let help = "leave `cost` out, or use `fifo`";
        reader.problem(Code::R0203, node.spot, format!("`{}` is a way of averaging", method.word()), Some(help.into()));
    }
    let averages = cost.unwrap_or(false) || is_average;
    let unit_cost_node = if queues { fields.take("unit_cost") } else { None };
    let unit_cost = unit_cost_node.and_then(|n| unit_cost(reader, n));
    if let (Some(node), false) = (unit_cost_node, averages) {
        let help = "a lot keeps its total cost; round the unit cost of an average";
        reader.problem(Code::R0203, node.spot, format!("`{}` has no unit cost to round", method.word()), Some(help.into()));
    }
    let worth = if *method == Method::PortfolioShare { fields.take("value").and_then(|n| reader.formula(n)) } else { None };
    let cite = reader.cite(&mut fields, &format!("the step `{}`", entry.key));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    let at = reader.at(entry.key_spot);
    Some(Step { method: *method, when, lots, window, averages, unit_cost, worth, cite, note, at })
}

fn window(reader: &mut Reader, fields: &mut Fields<'_>, entry: &Entry) -> Option<Window> {
    let (after, before) = (fields.take("after"), fields.take("before"));
    let orders = [("fifo", false), ("lifo", true)];
    let latest_first = fields.take("order").and_then(|n| reader.one_of(n, &orders)).unwrap_or(false);
    match (after, before) {
        (Some(node), None) | (None, Some(node)) => {
            Some(Window { days: days(reader, node)?, after: after.is_some(), latest_first })
        }
        _ => {
            let help = "write `{ after: 30 days, .. }` or `{ before: 28 days, .. }`";
            reader.problem(Code::R0202, entry.key_spot, "`acquired_within` needs either `after` or `before`", Some(help.into()));
            None
        }
    }
}

/// `30 days`.
fn days(reader: &mut Reader, node: &Node) -> Option<u32> {
    let text = reader.text(node)?;
    let count = text.strip_suffix("days").or_else(|| text.strip_suffix("day")).and_then(|n| n.trim().parse().ok());
    if count.is_none_or(|c: u32| c > 3660) {
        reader.problem(Code::R0203, node.spot, format!("`{text}` is not a number of days"), Some("write `30 days`".into()));
        return None;
    }
    count
}

fn unit_cost(reader: &mut Reader, node: &Node) -> Option<UnitCost> {
    let mut fields = reader.fields(node, "`unit_cost`")?;
    let round = fields.require(reader, "round");
    let (mut to, mut toward) = (None, None);
    if let Some(node) = round
        && let Some(mut inner) = reader.fields(node, "`round`")
    {
        to = inner.require(reader, "to").and_then(|n| reader.decimal(n));
        toward = inner.require(reader, "toward").and_then(|n| reader.one_of(n, Toward::WORDS));
        inner.done(reader);
        if to.is_some_and(|t| t <= crate::number::Decimal::ZERO) {
            reader.problem(Code::R0203, node.spot, "rounding needs a step above zero", Some("write `to: 1`".into()));
            to = None;
        }
    }
    let at_least = fields.take("at_least").and_then(|n| reader.decimal(n));
    let words = [("held", Remainder::Held), ("sold", Remainder::Sold), ("dropped", Remainder::Dropped)];
    let remainder = fields.require(reader, "remainder").and_then(|n| reader.one_of(n, &words));
    let cite = reader.cite(&mut fields, "this rounding");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(UnitCost { to: to?, toward: toward?, at_least, remainder: remainder?, cite, note })
}

fn moves(reader: &mut Reader, node: &Node) -> Option<Moves> {
    let mut fields = reader.fields(node, "`moves`")?;
    let orders = [
        ("steps", None),
        ("fifo", Some(Method::Fifo)),
        ("lifo", Some(Method::Lifo)),
        ("highest", Some(Method::Highest)),
        ("lowest", Some(Method::Lowest)),
    ];
    let take = fields.require(reader, "take").and_then(|n| reader.one_of(n, &orders));
    let queue = fields.require(reader, "queue").and_then(|n| reader.one_of(n, &[("acquired", false), ("arrival", true)]));
    let cite = reader.cite(&mut fields, "`moves`");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(Moves { take: take?, by_arrival: queue?, cite, note, at: reader.at(node.spot) })
}

fn shortfall(reader: &mut Reader, node: &Node) -> Option<Shortfall> {
    let mut fields = reader.fields(node, "`shortfall`")?;
    let words = [("zero", ShortfallCost::Zero), ("value", ShortfallCost::Value)];
    let cost = fields.require(reader, "cost").and_then(|n| reader.one_of(n, &words));
    let cite = reader.cite(&mut fields, "`shortfall`");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(Shortfall { cost: cost?, cite, note, at: reader.at(node.spot) })
}

/// Reads one entry of `bases`.
pub fn basis(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a basis") else { return };
    let title = reader.text_of(&mut fields, "title");
    let start = fields.require(reader, "start").and_then(|n| reader.formula(n));
    let cite = reader.cite(&mut fields, &format!("the basis `{name}`"));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    if let Some(start) = start {
        book.bases.push(Basis { name, title, start, cite, note, at: reader.at(entry.key_spot) });
    }
}

/// Reads one entry of `on_date`.
pub fn on_date(reader: &mut Reader, node: &Node) -> Option<OnDate> {
    let mut fields = reader.fields(node, "an entry of `on_date`")?;
    let on = fields.require(reader, "on").and_then(|n| match n.text().and_then(|t| t.parse().ok()) {
        Some(day) => Some(OnDay::Day(day)),
        None => reader.formula(n).map(|f| OnDay::Formula(Box::new(f))),
    });
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let lots = fields.take("where").and_then(|n| reader.formula(n));
    let (set, deem, regroup) = (fields.take("set"), fields.take("deem"), fields.take("regroup"));
    let what = match (set, deem, regroup) {
        (Some(node), None, None) => set_amounts(reader, node),
        (None, Some(node), None) => deemed(reader, node),
        (None, None, Some(node)) => regrouped(reader, node),
        _ => {
            let help = "write one of `set: { cost: \"value\" }`, `deem: { class: .. }`, `regroup: { order: fifo }`";
            reader.problem(Code::R0202, node.spot, "an entry of `on_date` does one thing", Some(help.into()));
            None
        }
    };
    if let (Some(_), Some(OnDateWhat::Regroup { .. })) = (&lots, &what) {
        let help = "leave `where` out";
        reader.problem(Code::R0203, node.spot, "every lot that is held is regrouped", Some(help.into()));
    }
    let cite = reader.cite(&mut fields, "this entry of `on_date`");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(OnDate { on: on?, when, lots, what: what?, cite, note, at: reader.at(node.spot) })
}

fn basis_name(text: &str) -> BasisName {
    if text == "cost" { BasisName::Cost } else { BasisName::Basis(text.to_owned()) }
}

fn set_amounts(reader: &mut Reader, node: &Node) -> Option<OnDateWhat> {
    let entries = reader.entries(node);
    let set: Vec<_> = entries.iter().filter_map(|e| Some((basis_name(&e.key), reader.formula(&e.value)?))).collect();
    (!set.is_empty()).then_some(OnDateWhat::Set(set))
}

fn deemed(reader: &mut Reader, node: &Node) -> Option<OnDateWhat> {
    let mut fields = reader.fields(node, "`deem`")?;
    let class = fields.require(reader, "class").and_then(|n| reader.string(n));
    let proceeds = worth(reader, &mut fields, "proceeds");
    let keeps = fields.take("acquired").and_then(|n| reader.one_of(n, &[("own", false), ("carried", true)]));
    fields.done(reader);
    Some(OnDateWhat::Deem { proceeds, class: class?, keeps_date: keeps.unwrap_or(false) })
}

fn regrouped(reader: &mut Reader, node: &Node) -> Option<OnDateWhat> {
    let mut fields = reader.fields(node, "`regroup`")?;
    let orders = [("fifo", Method::Fifo), ("lifo", Method::Lifo), ("highest", Method::Highest), ("lowest", Method::Lowest)];
    let order = fields.require(reader, "order").and_then(|n| reader.one_of(n, &orders));
    fields.done(reader);
    Some(OnDateWhat::Regroup { order: order? })
}

/// Reads `deny_loss`: one rule or a list.
pub fn deny_loss(reader: &mut Reader, node: &Node, book: &mut RuleBook) {
    let rules: Vec<&Node> = match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    for node in rules {
        let Some(mut fields) = reader.fields(node, "`deny_loss`") else { continue };
        let in_force = reader.in_force(&mut fields);
        let when = fields.take("when").and_then(|n| reader.formula(n));
        let lots = fields.take("where").and_then(|n| reader.formula(n));
        let (mut before, mut after) = (0, 0);
        if let Some(window) = fields.require(reader, "window")
            && let Some(mut inner) = reader.fields(window, "`window`")
        {
            before = inner.take("before").and_then(|n| days(reader, n)).unwrap_or(0);
            after = inner.take("after").and_then(|n| days(reader, n)).unwrap_or(0);
            inner.done(reader);
        }
        let units = fields.require(reader, "units").and_then(|n| reader.formula(n));
        let into = fields.require(reader, "into").and_then(|n| reader.string(n));
        let cite = reader.cite(&mut fields, "`deny_loss`");
        let note = reader.text_of(&mut fields, "note");
        fields.done(reader);
        if let (Some(units), Some(into)) = (units, into) {
            let into = if into == "nothing" { None } else { Some(basis_name(&into)) };
            let at = reader.at(node.spot);
            book.deny_loss.push(DenyLoss { in_force, when, lots, before, after, units, into, cite, note, at });
        }
    }
}

/// What only the whole law can tell: names of bases, changes of pools that say how lots are allotted.
pub fn complete(problems: &mut Vec<crate::diagnostic::Diagnostic>, book: &RuleBook) {
    use crate::diagnostic::Diagnostic;
    let names: Vec<&str> = book.bases.iter().map(|b| b.name.as_str()).chain(["cost"]).collect();
    let mut unknown = |name: &str, at: &super::book::At| {
        let help = suggestion(name, names.iter().copied());
        let message = format!("`{name}` is neither `cost` nor a basis of this law");
        problems.push(Diagnostic::new(Code::R0302, message).at(at.place()).help_opt(help));
    };
    let is_unknown = |name: &BasisName| match name {
        BasisName::Cost => None,
        BasisName::Basis(name) => (!book.bases.iter().any(|b| b.name == *name)).then(|| name.clone()),
    };
    for rule in &book.deny_loss {
        if let Some(name) = rule.into.as_ref().and_then(is_unknown) {
            unknown(&name, &rule.at);
        }
    }
    for entry in &book.on_dates {
        if let OnDateWhat::Set(set) = &entry.what {
            for name in set.iter().filter_map(|(name, _)| is_unknown(name)) {
                unknown(&name, &entry.at);
            }
        }
    }
    // From coarse pools to pools by account: the law says which lots go where.
    for pair in book.matching.windows(2) {
        let [before, after] = pair else { continue };
        let Some(day) = after.in_force.from.filter(|_| after.by_account() && !before.by_account()) else { continue };
        let told =
            book.on_dates.iter().any(|e| matches!((&e.on, &e.what), (OnDay::Day(on), OnDateWhat::Regroup { .. }) if *on == day));
        if !told {
            let message = format!("from {day} on lots are pooled by account, and nothing says which lots go to which account");
            let help = format!("add `on_date: [ {{ on: {day}, regroup: {{ order: fifo }}, cite: [..] }} ]`");
            problems.push(Diagnostic::new(Code::R0202, message).at(after.at.place()).help(help));
        }
    }
}
