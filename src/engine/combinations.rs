//! Every combination of options, in as few runs as there are different ways through the law.
//!
//! A run notes which options it read. A combination with the same words for those options runs the same way, so one run answers
//! for all of them. What is left is parted by the options that were read, and each part has a run of its own, until nothing is
//! left. An option that nothing reads costs no run, and one that is read only under another costs none elsewhere.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::formula::types::WordId;
use crate::number::Decimal;

/// Runs that are worth their time; past them each option is tried alone.
const RUNS_MAX: usize = 64;

/// What one run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taxed {
    pub total_tax: Option<Decimal>,
    /// Tax and the sum of its `whole` over the year's periods.
    pub taxes: Vec<(String, Option<Decimal>)>,
}

/// An option that is tried, by its index in the law, with all its words.
#[derive(Debug, Clone)]
pub struct Tried {
    pub option: usize,
    pub words: Vec<WordId>,
}

/// Words that are held fast.
type Fixed = BTreeMap<usize, WordId>;

/// A run: the outcome under a word for each option of the law, and the options it read.
pub type Run<'a> = dyn Fn(&[WordId]) -> (Taxed, Vec<usize>) + Sync + 'a;

/// One run and the combinations it answers for: all that have these words.
#[derive(Debug, Clone)]
pub struct Way {
    pub fixed: Fixed,
    pub result: Taxed,
}

/// The ways through the law under the options tried.
#[derive(Debug, Clone)]
pub struct Ways {
    tried: Vec<Tried>,
    /// The word of every option of the law where nothing else is tried.
    chosen: Vec<WordId>,
    ways: Vec<Way>,
    /// True if every combination is answered for.
    pub complete: bool,
}

impl Ways {
    /// Tries them all.
    pub fn explore(tried: Vec<Tried>, chosen: Vec<WordId>, run: &Run<'_>) -> Ways {
        let mut all = Ways { tried, chosen, ways: Vec::new(), complete: true };
        let mut waiting = vec![Fixed::new()];
        while !waiting.is_empty() {
            if all.ways.len() + waiting.len() > RUNS_MAX {
                all.complete = false;
                break;
            }
            waiting = all.wave(waiting, run);
        }
        if !all.complete {
            let open: Vec<Fixed> = all.alone().into_iter().filter(|fixed| all.at(fixed).is_none()).collect();
            all.wave(open, run);
        }
        all
    }

    /// Runs each part and gives what it leaves open.
    fn wave(&mut self, parts: Vec<Fixed>, run: &Run<'_>) -> Vec<Fixed> {
        let results = at_once(&parts, &|fixed| run(&self.words(fixed)));
        let mut open = Vec::new();
        for (mut fixed, (result, read)) in parts.into_iter().zip(results) {
            for tried in &self.tried {
                if !read.contains(&tried.option) || fixed.contains_key(&tried.option) {
                    continue;
                }
                let Some(word) = self.chosen.get(tried.option) else { continue };
                for other in tried.words.iter().filter(|w| *w != word) {
                    let mut part = fixed.clone();
                    part.insert(tried.option, *other);
                    open.push(part);
                }
                fixed.insert(tried.option, *word);
            }
            self.ways.push(Way { fixed, result });
        }
        open
    }

    /// A word for each option of the law.
    pub fn words(&self, fixed: &Fixed) -> Vec<WordId> {
        let word = |(option, word): (usize, &WordId)| fixed.get(&option).copied().unwrap_or(*word);
        self.chosen.iter().enumerate().map(word).collect()
    }

    /// Each option alone, the others as chosen; what is chosen comes first.
    fn alone(&self) -> Vec<Fixed> {
        let others = self.tried.iter().flat_map(|t| t.words.iter().map(|w| Fixed::from([(t.option, *w)])));
        std::iter::once(Fixed::new()).chain(others).collect()
    }

    /// The run that answers for a combination.
    fn at(&self, fixed: &Fixed) -> Option<&Way> {
        let words = self.words(fixed);
        self.ways.iter().find(|way| way.fixed.iter().all(|(option, word)| words.get(*option) == Some(word)))
    }

    /// What one option gives, the others as chosen.
    pub fn under(&self, option: usize, word: WordId) -> Option<&Taxed> {
        self.at(&Fixed::from([(option, word)])).map(|way| &way.result)
    }

    /// The outcomes that a range may speak of, each with its words and how many combinations it answers for. What differs least
    /// from what is chosen comes first.
    pub fn outcomes(&self) -> Vec<(Fixed, &Taxed, u64)> {
        if self.complete {
            let free = |way: &Way| self.count(|t| !way.fixed.contains_key(&t.option));
            return self.ways.iter().map(|way| (way.fixed.clone(), &way.result, free(way))).collect();
        }
        let mut found: Vec<(Fixed, &Taxed, u64)> = Vec::new();
        for fixed in self.alone() {
            // That an option stays as it is chosen is the first of them again.
            let again = fixed.iter().any(|(option, word)| self.chosen.get(*option) == Some(word));
            if let Some(way) = self.at(&fixed).filter(|_| !again) {
                found.push((fixed, &way.result, 1));
            }
        }
        found
    }

    fn count(&self, counts: impl Fn(&Tried) -> bool) -> u64 {
        let words = self.tried.iter().filter(|t| counts(t)).map(|t| u64::try_from(t.words.len()).unwrap_or(u64::MAX));
        words.fold(1, u64::saturating_mul)
    }

    /// How many combinations there are.
    pub fn combinations(&self) -> u64 {
        self.count(|_| true)
    }

    /// True if the option changes some tax: under some combination, or alone where not all were tried.
    pub fn matters(&self, option: usize) -> bool {
        if !self.complete {
            let Some(tried) = self.tried.iter().find(|t| t.option == option) else { return false };
            let first = self.at(&Fixed::new()).map(|way| &way.result);
            return tried.words.iter().any(|w| self.under(option, *w) != first);
        }
        // Two runs that agree but for this option, and differ in what they came to.
        self.ways.iter().enumerate().any(|(i, a)| {
            self.ways.iter().skip(i + 1).any(|b| {
                let differs = |(name, word): (&usize, &WordId)| b.fixed.get(name).is_some_and(|other| other != word);
                let mut apart = a.fixed.iter().filter(|(n, w)| differs((n, w))).map(|(n, _)| *n);
                apart.next() == Some(option) && apart.next().is_none() && a.result != b.result
            })
        })
    }
}

/// Runs that share nothing but what they read, on the processors there are, in the order they were given.
fn at_once<T: Sync, R: Send>(items: &[T], one: &(dyn Fn(&T) -> R + Sync)) -> Vec<R> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(items.len());
    if workers < 2 {
        return items.iter().map(one).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, R>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = one(item);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(index, result);
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A law of four options, written as a table of which option is read next: a small machine that reads and then answers.
    #[derive(Debug, Clone)]
    enum Law {
        Answer(i64),
        Read(usize, Vec<Law>),
    }

    const WORDS: [usize; 4] = [2, 3, 2, 2];

    fn words(option: usize) -> Vec<WordId> {
        let mut names = crate::formula::names::Names::default();
        (0..WORDS[option]).map(|w| names.word(&format!("w{w}"))).collect()
    }

    fn answer(law: &Law, chosen: &[WordId], read: &mut Vec<usize>) -> i64 {
        match law {
            Law::Answer(value) => *value,
            Law::Read(option, branches) => {
                read.push(*option);
                let word = words(*option).iter().position(|w| *w == chosen[*option]).unwrap();
                answer(&branches[word], chosen, read)
            }
        }
    }

    fn laws() -> impl Strategy<Value = Law> {
        (0..4i64).prop_map(Law::Answer).prop_recursive(5, 60, 3, |inner| {
            (0..4usize).prop_flat_map(move |option| {
                prop::collection::vec(inner.clone(), WORDS[option]).prop_map(move |branches| Law::Read(option, branches))
            })
        })
    }

    fn taxed(value: i64) -> Taxed {
        Taxed { total_tax: Some(value.into()), taxes: Vec::new() }
    }

    proptest! {
        /// Against trying all 24 combinations one by one.
        #[test]
        fn the_ways_are_the_combinations(law in laws(), start in prop::collection::vec(0..2usize, 4)) {
            let chosen: Vec<WordId> = (0..4).map(|o| words(o)[start[o]]).collect();
            let tried: Vec<Tried> = (0..4).map(|option| Tried { option, words: words(option) }).collect();
            let ways = Ways::explore(tried, chosen, &|words| {
                let mut read = Vec::new();
                (taxed(answer(&law, words, &mut read)), read)
            });
            prop_assert!(ways.complete);
            let mut all: Vec<(Vec<usize>, i64)> = Vec::new();
            for a in 0..2 { for b in 0..3 { for c in 0..2 { for d in 0..2 {
                let picked = vec![words(0)[a], words(1)[b], words(2)[c], words(3)[d]];
                all.push((vec![a, b, c, d], answer(&law, &picked, &mut Vec::new())));
                let fixed = picked.iter().copied().enumerate().collect();
                prop_assert_eq!(ways.at(&fixed).map(|w| w.result.clone()), Some(taxed(all.last().unwrap().1)));
            }}}}
            let outcomes = ways.outcomes();
            prop_assert_eq!(outcomes.iter().map(|o| o.2).sum::<u64>(), 24);
            prop_assert_eq!(outcomes.iter().filter_map(|o| o.1.total_tax).min(), all.iter().map(|a| a.1.into()).min());
            for option in 0..4 {
                let matters = all.iter().any(|(x, tax)| all.iter().any(|(y, other)| {
                    tax != other && (0..4).all(|o| (x[o] == y[o]) != (o == option))
                }));
                prop_assert_eq!(ways.matters(option), matters, "{}", option);
            }
        }
    }

    #[test]
    fn with_too_many_ways_each_is_tried_alone() {
        let two = words(0);
        let tried: Vec<Tried> = (0..7).map(|option| Tried { option, words: two.clone() }).collect();
        let ways = Ways::explore(tried, vec![two[0]; 7], &|words| {
            let on = words.iter().enumerate().filter(|(_, w)| **w == two[1]).map(|(i, _)| 1_i64 << i);
            (taxed(on.sum()), (0..7).collect())
        });
        assert!(!ways.complete && ways.combinations() == 128);
        let totals: Vec<_> = ways.outcomes().iter().filter_map(|o| o.1.total_tax).collect();
        assert_eq!(totals, [0, 1, 2, 4, 8, 16, 32, 64].map(Decimal::from));
        assert!((0..7).all(|option| ways.matters(option)));
    }
}
