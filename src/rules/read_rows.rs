//! Valuation, treatment, fees, matching: what rows are for the law.

use crate::diagnostic::{Code, suggestion};
use crate::ledger::Kind;
use crate::yaml::{Fields, Node, Reader, Value};

use super::book::{
    Effect, FeeRule, Goes, Matching, Method, PaidIn, PriceAt, RateDay, RuleBook, Side, Step, Treatment, Valuation, ValueFrom,
    Worth,
};
use super::read::Read;

/// Reads `valuation`.
pub fn valuation(reader: &mut Reader, node: &Node) -> Option<Valuation> {
    let mut fields = reader.fields(node, "`valuation`")?;
    let from = [
        ("row", ValueFrom::Row),
        ("money_leg", ValueFrom::MoneyLeg),
        ("prices", ValueFrom::Prices),
        ("other_leg", ValueFrom::OtherLeg),
    ];
    let order = fields.require(reader, "order").map(|n| one_of_each(reader, n, &from)).unwrap_or_default();
    let sides = [("received", Side::Received), ("sent", Side::Sent)];
    let exchange = fields.require(reader, "exchange").map(|n| one_of_each(reader, n, &sides)).unwrap_or_default();
    let (mut rate_source, mut rate_day) = (String::new(), RateDay::Same);
    if let Some(node) = fields.require(reader, "rates")
        && let Some(mut inner) = reader.fields(node, "`rates`")
    {
        rate_source = inner.require(reader, "source").and_then(|n| reader.string(n)).unwrap_or_default();
        let days = [("same", RateDay::Same), ("previous_publication", RateDay::PreviousPublication)];
        rate_day = inner.require(reader, "day").and_then(|n| reader.one_of(n, &days)).unwrap_or(RateDay::Same);
        inner.done(reader);
    }
    let price_at = fields
        .require(reader, "price_at")
        .and_then(|n| reader.one_of(n, &[("instant", PriceAt::Instant), ("day", PriceAt::Day)]));
    let cite = reader.cite(&mut fields, "the valuation");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(Valuation {
        order,
        exchange,
        rate_source,
        rate_day,
        price_at: price_at.unwrap_or(PriceAt::Day),
        cite,
        note,
        at: reader.at(node.spot),
    })
}

fn one_of_each<T: Copy>(reader: &mut Reader, node: &Node, options: &[(&'static str, T)]) -> Vec<T> {
    reader.list(node).iter().filter_map(|item| reader.one_of(item, options)).collect()
}

/// Reads one entry of `treatment`.
pub fn treatment(reader: &mut Reader, node: &Node) -> Option<Treatment> {
    let mut fields = reader.fields(node, "a treatment")?;
    let kinds = fields.require(reader, "kinds").and_then(|n| kinds(reader, n));
    let in_force = reader.in_force(&mut fields);
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let effect = fields.require(reader, "as").and_then(|n| reader.one_of(n, Effect::WORDS));
    let class = fields.take("class").and_then(|n| reader.string(n));
    let proceeds = worth(reader, &mut fields, "proceeds");
    let cost = worth(reader, &mut fields, "cost");
    let because = reader.because(&mut fields);
    let cite = reader.cite(&mut fields, "this treatment");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(Treatment {
        kinds: kinds?,
        in_force,
        when,
        effect: effect?,
        class,
        proceeds,
        cost,
        because,
        cite,
        note,
        at: reader.at(node.spot),
    })
}

/// The kinds an entry is for; `Some(None)` for `[other]`.
fn kinds(reader: &mut Reader, node: &Node) -> Option<Option<Vec<Kind>>> {
    let words = reader.words(node);
    if matches!(words.as_slice(), [(word, _)] if word == "other") {
        return Some(None);
    }
    let mut found = Vec::new();
    for (word, spot) in words {
        match Kind::from_word(&word) {
            Some(kind) if kind.is_fixed() => {
                let message = format!("what `{word}` means is fixed; a law gives no treatment for it");
                reader.problem(Code::R0204, spot, message, Some("leave it out".into()));
            }
            Some(kind) => found.push(kind),
            None => {
                let help = suggestion(&word, Kind::ALL.iter().map(|k| k.word()));
                reader.problem(Code::R0204, spot, format!("`{word}` is not a kind of row"), help);
            }
        }
    }
    Some(Some(found))
}

fn worth(reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str) -> Worth {
    let Some(node) = fields.take(key) else { return Worth::Value };
    match node.text() {
        Some("value") => Worth::Value,
        Some("zero") => Worth::Zero,
        _ => reader.formula(node).map_or(Worth::Value, |f| Worth::Formula(Box::new(f))),
    }
}

/// Reads one entry of `fees`.
pub fn fee(reader: &mut Reader, node: &Node) -> Option<FeeRule> {
    let mut fields = reader.fields(node, "a fee rule")?;
    let to = fields.require(reader, "to").map(|n| one_of_each(reader, n, Effect::WORDS)).unwrap_or_default();
    let paid = [("money", PaidIn::Money), ("sent", PaidIn::Sent), ("received", PaidIn::Received), ("other", PaidIn::Other)];
    let paid_in = fields.take("paid_in").and_then(|n| reader.one_of(n, &paid));
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let in_force = reader.in_force(&mut fields);
    let goes = [("received", Goes::Received), ("sent", Goes::Sent), ("apart", Goes::Apart), ("lost", Goes::Lost)];
    let goes = fields.require(reader, "goes").and_then(|n| reader.one_of(n, &goes));
    let in_coin = fields.require(reader, "in_coin").and_then(|n| reader.one_of(n, &[("removal", false), ("disposal", true)]));
    let cite = reader.cite(&mut fields, "this fee rule");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(FeeRule { to, paid_in, when, in_force, goes: goes?, coin_is_disposal: in_coin?, cite, note, at: reader.at(node.spot) })
}

/// Reads `matching`.
pub fn matching(reader: &mut Reader, node: &Node) -> Option<Matching> {
    let mut fields = reader.fields(node, "`matching`")?;
    let keys = fields
        .require(reader, "pool_by")
        .map(|n| one_of_each(reader, n, &[("asset", true), ("account", false)]))
        .unwrap_or_default();
    fields.require(reader, "sequence").and_then(|n| reader.one_of(n, &[("by_disposal", ())]));
    let mut steps = Vec::new();
    if let Some(list) = fields.require(reader, "steps") {
        for item in reader.list(list) {
            steps.extend(step(reader, item));
        }
        if !steps.iter().any(|s| s.when.is_none() && s.method != Method::Specific) {
            let help = "end the list with a step such as `fifo` that has no `when`";
            reader.problem(Code::R0403, list.spot, "no step covers every disposal", Some(help.into()));
        }
    }
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    if !keys.contains(&true) {
        reader.problem(
            Code::R0203,
            node.spot,
            "lots are pooled by asset at least",
            Some("write `pool_by: [asset]` or `[asset, account]`".into()),
        );
    }
    Some(Matching { by_account: keys.contains(&false), by_asset: keys.contains(&true), steps, note, at: reader.at(node.spot) })
}

fn step(reader: &mut Reader, node: &Node) -> Option<Step> {
    let Value::Map(entries) = &node.value else {
        reader.problem(
            Code::R0203,
            node.spot,
            "a step is a method with its citation",
            Some("write `- fifo: { cite: [..] }`".into()),
        );
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
    let mut fields = reader.fields(&entry.value, "a matching step")?;
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let cite = reader.cite(&mut fields, &format!("the step `{}`", entry.key));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(Step { method: *method, when, cite, note, at: reader.at(entry.key_spot) })
}

/// Every kind is treated, its last entry without a condition, and nothing stands behind that.
pub fn complete(problems: &mut Vec<crate::diagnostic::Diagnostic>, book: &RuleBook) {
    use crate::diagnostic::Diagnostic;
    let catch_all = book.treatments.iter().position(|t| t.kinds.is_none());
    if let Some(index) = catch_all
        && index + 1 < book.treatments.len()
        && let Some(after) = book.treatments.get(index + 1)
    {
        let message = "`kinds: [other]` stands once, as the last treatment";
        problems.push(Diagnostic::new(Code::R0410, message).at(after.at.place()).help("move `[other]` to the end"));
    }
    let mut untreated: Vec<&str> = Vec::new();
    for kind in Kind::ALL.iter().filter(|k| !k.is_fixed()) {
        let own: Vec<&Treatment> =
            book.treatments.iter().filter(|t| t.kinds.as_ref().is_some_and(|k| k.contains(kind))).collect();
        let always = |t: &Treatment| t.when.is_none() && t.in_force.from.is_none() && t.in_force.until.is_none();
        if let Some(first) = own.iter().position(|t| always(t))
            && let Some(after) = own.get(first + 1)
        {
            let message = format!("a treatment above always takes `{kind}`, so this one is never reached");
            problems.push(
                Diagnostic::new(Code::R0410, message).at(after.at.place()).help("put the treatment with a condition first"),
            );
        }
        match own.last() {
            Some(last) if !always(last) && catch_all.is_none() => {
                let message = format!("the last treatment of `{kind}` has a condition, so some rows would have none");
                problems.push(Diagnostic::new(Code::R0405, message).at(last.at.place()).help("add one without `when` below it"));
            }
            None if catch_all.is_none() => untreated.push(kind.word()),
            _ => {}
        }
    }
    if let Some(first) = book.treatments.first().filter(|_| !untreated.is_empty()) {
        let (kinds, have) = if untreated.len() == 1 { ("kind", "has") } else { ("kinds", "have") };
        let message = format!("the {kinds} of row `{}` {have} no treatment", untreated.join("`, `"));
        let help = "add `{ kinds: [..], as: .., cite: [..] }`, or `{ kinds: [other], as: refuse, .. }` at the end";
        problems.push(Diagnostic::new(Code::R0404, message).at(first.at.place()).help(help));
    }
}
