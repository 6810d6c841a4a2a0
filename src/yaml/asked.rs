//! For tests: what the readers ask for. Under each `what` the keys, and under each key the fixed words that may stand there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Node, Spot, Value};

/// Keys by the name of their map, and the words that were possible behind each.
pub type Asked = BTreeMap<&'static str, BTreeMap<&'static str, BTreeSet<&'static str>>>;

#[derive(Default)]
struct Record {
    asked: Asked,
    /// The key behind which a value stands.
    behind: BTreeMap<(u32, u32), (&'static str, &'static str)>,
}

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
}

/// What is asked while `work` is done.
pub fn while_doing(work: impl FnOnce()) -> Asked {
    RECORD.take();
    work();
    RECORD.take().asked
}

pub(super) fn map(what: &'static str) {
    RECORD.with_borrow_mut(|record| {
        record.asked.entry(what).or_default();
    });
}

pub(super) fn key(what: &'static str, key: &'static str, value: Option<&Node>) {
    RECORD.with_borrow_mut(|record| {
        record.asked.entry(what).or_default().entry(key).or_default();
        let Some(node) = value else { return };
        let items: &[Node] = if let Value::List(items) = &node.value { items } else { &[] };
        for node in items.iter().chain([node]) {
            record.behind.insert((node.spot.line, node.spot.column), (what, key));
        }
    });
}

pub(super) fn words(spot: Spot, words: impl Iterator<Item = &'static str>) {
    RECORD.with_borrow_mut(|record| {
        if let Some((what, key)) = record.behind.get(&(spot.line, spot.column))
            && let Some(found) = record.asked.get_mut(what).and_then(|keys| keys.get_mut(key))
        {
            found.extend(words);
        }
    });
}
