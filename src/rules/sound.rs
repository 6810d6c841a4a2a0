//! Whether the law hangs together: cycles, citations, things never used, things never reached.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::formula::code::Ref;
use crate::formula::names::Per;

use super::book::{At, Cite, EachWhat, Effect, Rule, RuleBook, SelectedBy, Tariff};
use super::compile::{every_formula, tax_formulas};
use super::{causes, cited, dates};

/// All checks that need the whole law.
pub fn check(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    cycles(book, problems);
    least(book, problems);
    citations(book, problems);
    unused(book, problems);
    fees(book, problems);
    beginnings(book, problems);
    causes::check(book, problems);
    under(book, problems);
    super::read_rows::complete(problems, book);
    super::read_matching::complete(problems, book);
}

// ---- cycles ----

fn rule_refs(rule: &Rule) -> Vec<Ref> {
    rule.cases.iter().flat_map(|c| c.when.iter().chain([&c.then])).flat_map(|f| f.code.refs()).collect()
}

fn graph(book: &RuleBook) -> BTreeMap<Ref, (String, At, Vec<Ref>)> {
    let mut nodes = BTreeMap::new();
    for (index, parameter) in book.parameters.iter().enumerate() {
        let refs = parameter.values.iter().chain(&parameter.shadows).flat_map(|v| v.value.formulas()).flat_map(|f| f.code.refs());
        nodes.insert(Ref::Parameter(index), (parameter.name.clone(), parameter.at.clone(), refs.collect()));
    }
    for (index, schedule) in book.schedules.iter().enumerate() {
        let refs = match &schedule.how {
            Tariff::Rule(rule) => rule_refs(rule),
            scale => crate::assess::schedules::scale_of(scale).into_iter().collect(),
        };
        nodes.insert(Ref::Schedule(index), (schedule.name.clone(), schedule.at.clone(), refs));
    }
    for (index, field) in book.fields.iter().enumerate() {
        nodes.insert(Ref::Field(index), (field.name.clone(), field.at.clone(), rule_refs(&field.rule)));
    }
    for (index, quantity) in book.quantities.iter().enumerate() {
        let refs = match quantity.computed {
            Some(computed) => computed.formulas(book).into_iter().flat_map(|f| f.code.refs()).collect(),
            None => rule_refs(&quantity.rule),
        };
        nodes.insert(Ref::Quantity(index), (quantity.name.clone(), quantity.at.clone(), refs));
    }
    for (index, tax) in book.taxes.iter().enumerate() {
        let refs = tax_formulas(tax).into_iter().flat_map(|f| f.code.refs()).collect();
        nodes.insert(Ref::Tax(index), (tax.name.clone(), tax.at.clone(), refs));
    }
    nodes
}

fn cycles(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    let nodes = graph(book);
    let mut done: BTreeSet<Ref> = BTreeSet::new();
    for start in nodes.keys() {
        let mut path: Vec<Ref> = Vec::new();
        visit(*start, &nodes, &mut path, &mut done, problems);
    }
}

/// Depth first; names of a law are few, and a path is at most as long as they are many.
fn visit(
    node: Ref,
    nodes: &BTreeMap<Ref, (String, At, Vec<Ref>)>,
    path: &mut Vec<Ref>,
    done: &mut BTreeSet<Ref>,
    problems: &mut Vec<Diagnostic>,
) {
    if done.contains(&node) {
        return;
    }
    if let Some(start) = path.iter().position(|p| *p == node) {
        let names: Vec<&str> =
            path.iter().skip(start).chain([&node]).filter_map(|r| nodes.get(r)).map(|(name, _, _)| name.as_str()).collect();
        if let Some((name, at, _)) = nodes.get(&node) {
            let message = format!("`{name}` depends on itself: {}", names.join(" -> "));
            let help = "break the circle; a value of the period before is read with `previous(NAME, START)`";
            problems.push(Diagnostic::new(Code::R0306, message).at(at.place()).help(help));
        }
        done.extend(path.iter().skip(start));
        return;
    }
    let Some((_, _, refs)) = nodes.get(&node) else { return };
    path.push(node);
    for next in refs {
        visit(*next, nodes, path, done, problems);
    }
    path.pop();
    done.insert(node);
}

/// `default: least NAME` names a figure, and is tried in few runs.
fn least(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    let named = book.options.iter().filter_map(|o| o.least.as_ref());
    for (index, (figure, at)) in named.enumerate() {
        let taxes = book.taxes.iter().map(|t| t.name.as_str());
        let quantities = book.quantities.iter().filter(|q| !q.per.is(Per::Row)).map(|q| q.name.as_str());
        let known: Vec<&str> = taxes.chain(quantities).chain(["total_tax"]).collect();
        if !known.contains(&figure.as_str()) {
            let message = format!("`{figure}` is not a tax or quantity of a period");
            let help = suggestion(figure, known.iter().copied());
            problems.push(Diagnostic::new(Code::R0302, message).at(at.place()).help_opt(help));
        }
        if index >= 2 {
            let message = "more than two options default to what gives the least";
            let help = "name the default option of the others";
            problems.push(Diagnostic::new(Code::R0203, message).at(at.place()).help(help));
        }
    }
}

// ---- citations ----

fn citations(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    let mut cited: BTreeSet<&str> = BTreeSet::new();
    for entry in cited::every(book) {
        let (cite, rests) = (entry.cite, entry.what.decides());
        for (key, at) in cite {
            cited.insert(key);
            unknown_source(book, key, at, problems);
        }
        if rests && dates::not_in_force(book, cite) {
            let message = format!("this rests on {} alone, {}", keys(cite), told(book, cite));
            let place = cite.first().map(|(_, at)| at.place());
            problems
                .push(Diagnostic::new(Code::R0407, message).at_opt(place).help("cite an act in force, or leave the rule out"));
        }
    }
    for entry in book.sources.values() {
        for (key, at) in entry.part_of.iter().chain(&entry.against) {
            unknown_source(book, key, at, problems);
        }
    }
    // An act counts as cited through its articles, a source through one that stands against it.
    let mut reached: BTreeSet<&str> = cited.clone();
    for key in cited {
        let entry = book.sources.get(key);
        reached.extend(entry.iter().flat_map(|e| e.part_of.iter().chain(&e.against)).map(|(k, _)| k.as_str()));
    }
    for (key, _) in reached.clone().into_iter().filter_map(|k| Some((k, book.sources.get(k)?))) {
        if let Some((act, _)) = book.sources.get(key).and_then(|e| e.part_of.as_ref()) {
            reached.insert(act);
        }
    }
    // With faulty entries what is cited is not all known.
    if crate::diagnostic::any_error(problems) {
        return;
    }
    for (key, entry) in &book.sources {
        if !reached.contains(key.as_str()) && !book.union_files.contains(&entry.at.file) {
            let message = format!("the source `{key}` is never cited");
            problems.push(
                Diagnostic::new(Code::R0408, message).at(entry.at.place()).help("cite it where it counts, or leave it out"),
            );
        }
    }
}

/// `a` and `b`
fn keys(cite: &Cite) -> String {
    cite.iter().map(|(key, _)| format!("`{key}`")).collect::<Vec<_>>().join(" and ")
}

/// What is the matter with sources that are not in force.
fn told(book: &RuleBook, cite: &Cite) -> String {
    let mut words: Vec<&str> = cite.iter().map(|(key, _)| book.status(key).word()).collect();
    words.dedup();
    format!("which {} {}", if cite.len() == 1 { "is" } else { "are" }, words.join(" and "))
}

fn unknown_source(book: &RuleBook, key: &str, at: &At, problems: &mut Vec<Diagnostic>) {
    if !book.sources.contains_key(key) {
        let help =
            suggestion(key, book.sources.keys().map(String::as_str)).unwrap_or_else(|| "declare it under `sources`".into());
        problems.push(Diagnostic::new(Code::R0402, format!("no source has the key `{key}`")).at(at.place()).help(help));
    }
}

// ---- unused ----

fn unused(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    // With faulty formulas what is used is not known.
    if crate::diagnostic::any_error(problems) {
        return;
    }
    let mut used: BTreeSet<Ref> = every_formula(book).iter().flat_map(|f| f.code.refs()).collect();
    used.extend(book.parameters.iter().flat_map(super::tables::key_refs));
    used.extend(book.offsets.iter().filter_map(|o| o.brought.as_ref()?.fact).map(|(fact, _)| Ref::Fact(fact)));
    used.extend(book.parameters.iter().filter_map(|p| p.existing_since.as_ref()?.target));
    used.extend(book.duties.iter().filter_map(|d| if let EachWhat::Record(key) = &d.each.what { key.target } else { None }));
    used.extend(book.year_stated_by.as_ref().and_then(|k| k.target));
    used.extend(book.quantities.iter().flat_map(|q| &q.per.segments).filter_map(|k| k.target));
    used.extend(book.schedules.iter().filter_map(|s| crate::assess::schedules::scale_of(&s.how)));
    // A part that is used uses the whole.
    for (index, parameter) in book.parameters.iter().enumerate() {
        if let (Some(derived), true) = (parameter.derived, used.contains(&Ref::Parameter(index))) {
            used.insert(Ref::Parameter(derived.of));
        }
    }
    let mut warn = |what: &str, name: &str, at: &At| {
        if book.union_files.contains(&at.file) {
            return;
        }
        let message = format!("{what} `{name}` is never used");
        problems.push(Diagnostic::new(Code::R0409, message).at(at.place()).help("use it in a formula, or leave it out"));
    };
    for (index, fact) in book.facts.iter().enumerate() {
        if !used.contains(&Ref::Fact(index)) {
            warn("the fact", &fact.name, &fact.at);
        }
    }
    for (index, option) in book.options.iter().enumerate() {
        if !used.contains(&Ref::Option(index)) {
            warn(if option.is_reading { "the reading" } else { "the choice" }, &option.name, &option.at);
        }
    }
    for (index, register) in book.registers.iter().enumerate() {
        if !used.contains(&Ref::Register(index)) {
            warn("the register", &register.name, &register.at);
        }
    }
    for (index, schedule) in book.schedules.iter().enumerate() {
        if !used.contains(&Ref::Schedule(index)) {
            warn("the schedule", &schedule.name, &schedule.at);
        }
    }
    for (index, parameter) in book.parameters.iter().enumerate().filter(|(_, p)| p.derived.is_none()) {
        if !used.contains(&Ref::Parameter(index)) {
            warn("the parameter", &parameter.name, &parameter.at);
        }
    }
    for (index, field) in book.fields.iter().enumerate() {
        if field.shown_as.is_none() && !used.contains(&Ref::Field(index)) {
            warn("the field", &field.name, &field.at);
        }
    }
}

// ---- beginnings ----

/// A tax reads no value that begins later than the tax itself.
fn beginnings(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    if crate::diagnostic::any_error(problems) {
        return;
    }
    for tax in &book.taxes {
        let begins = tax.in_force.from.map_or(book.covers.0, |from| from.max(book.covers.0));
        let read = [&tax.base, &tax.rate, &tax.amount].into_iter().flatten().flat_map(|f| f.code.refs());
        for name in read.collect::<BTreeSet<Ref>>() {
            let Ref::Parameter(index) = name else { continue };
            let Some(parameter) = book.parameters.get(index) else { continue };
            let first = parameter.values.first().and_then(|v| v.in_force.from);
            let (Some(first), true) = (first, matches!(parameter.selected_by, SelectedBy::Period | SelectedBy::TaxYear)) else {
                continue;
            };
            if first > begins {
                let message = format!("`{}` begins on {first}, but `{}` reads it from {begins} on", parameter.name, tax.name);
                let help = "give the earlier value, or `value: unknown`, or let the tax begin later with `from:`";
                problems.push(
                    Diagnostic::new(Code::R0208, message)
                        .at(parameter.at.place())
                        .related(tax.at.place(), "read here")
                        .help(help),
                );
            }
        }
    }
}

// ---- what acts not in force would give ----

/// A quantity under an act names an act that is not in force, and no formula reads it: it decides nothing.
fn under(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    let read: BTreeSet<Ref> = every_formula(book).iter().flat_map(|f| f.code.refs()).collect();
    for (index, quantity) in book.quantities.iter().enumerate() {
        let Some((act, at)) = &quantity.under else { continue };
        unknown_source(book, act, at, problems);
        if book.sources.contains_key(act) && !dates::not_in_force(book, &vec![(act.clone(), at.clone())]) {
            let message = format!("`{act}` is in force: what rests on it counts anyway");
            problems.push(Diagnostic::new(Code::R0407, message).at(at.place()).help("leave `under` out"));
        }
        if read.contains(&Ref::Quantity(index)) {
            let message = format!("`{}` is what an act not in force would give; no formula may rest on it", quantity.name);
            problems.push(Diagnostic::new(Code::R0305, message).at(quantity.at.place()).help("read it in a report only"));
        }
    }
}

// ---- fees ----

fn fees(book: &RuleBook, problems: &mut Vec<Diagnostic>) {
    if book.treatments.is_empty() {
        return;
    }
    let mut wanted: BTreeSet<Effect> = book.treatments.iter().map(|t| t.effect).collect();
    wanted.insert(Effect::Move);
    for effect in wanted {
        if matches!(effect, Effect::Ignore | Effect::Refuse) {
            continue;
        }
        let always = book.fees.iter().any(|f| {
            f.to.contains(&effect)
                && f.when.is_none()
                && f.paid_in.is_none()
                && f.in_force.from.is_none()
                && f.in_force.until.is_none()
        });
        if !always {
            let place = book.fees.first().map(|f| f.at.place()).or_else(|| book.treatments.first().map(|t| t.at.place()));
            let message = format!("a fee on `{}` has no rule that always holds", effect.word());
            let help = format!("add `{{ to: [{}], goes: .., in_coin: .., cite: [..] }}`", effect.word());
            problems.push(Diagnostic::new(Code::R0406, message).at_opt(place).help(help));
        }
    }
}
