//! Valuation, treatment, fees, matching: what rows are for the law.

use crate::diagnostic::{Code, suggestion};
use crate::ledger::Kind;
use crate::yaml::{Fields, Node, Reader, Value as Yaml};

use super::book::{
    Effect, FeeRule, Further, Goes, PaidIn, PriceAt, RateDay, RuleBook, Side, Treatment, Valuation, ValueFrom, Worth,
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
        let days = [
            ("same", RateDay::Same),
            ("previous_publication", RateDay::PreviousPublication),
            ("publication_before", RateDay::PublicationBefore),
            ("month_average", RateDay::MonthAverage),
            ("year_average", RateDay::YearAverage),
        ];
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
    let (first, also) = effects(reader, &mut fields)?;
    let taxed_node = fields.take("taxed");
    let taxed = taxed_node.and_then(|n| reader.formula(n));
    let lots_node = fields.take("lots");
    let lots = lots_node.and_then(|n| reader.one_of(n, &[("kept", false), ("merged", true)]));
    if let (Some(node), false) = (taxed_node, first.effect == Effect::Exchange) {
        let help = "use it with `as: exchange`: what is not taxed carries its cost over";
        reader.problem(Code::R0203, node.spot, "`taxed` parts an exchange", Some(help.into()));
    }
    if let (Some(node), true) =
        (lots_node, first.effect != Effect::Rollover || (lots == Some(true) && first.keeps_date != Some(false)))
    {
        let help = "write `as: rollover, lots: merged, acquired: own`";
        reader.problem(Code::R0203, node.spot, "`lots` is about a rollover, and merged lots have one day", Some(help.into()));
    }
    let share_node = fields.take("share");
    let share = share_node.and_then(|n| reader.formula(n));
    if let (Some(node), false) = (share_node, first.effect == Effect::Rollover) {
        let help = "use it with `as: rollover`: what was sent stays, and this part of its cost goes over";
        reader.problem(Code::R0203, node.spot, "`share` is about a rollover", Some(help.into()));
    }
    let claim_node = fields.take("for");
    let for_claim = claim_node.and_then(|n| reader.one_of(n, &[("claim", true)])).unwrap_or(false);
    if let (Some(node), false) = (claim_node, first.effect == Effect::Exchange && taxed.is_none()) {
        let help = "use it with `as: exchange`, without `taxed`: the coins are exchanged for the claim";
        reader.problem(Code::R0203, node.spot, "what becomes a claim is exchanged for it", Some(help.into()));
    }
    let because = reader.because(&mut fields);
    let cite = reader.cite(&mut fields, "this treatment");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(Treatment {
        kinds: kinds?,
        in_force,
        when,
        effect: first.effect,
        class: first.class,
        proceeds: first.proceeds,
        cost: first.cost,
        keeps_date: first.keeps_date,
        taxed,
        share,
        merges_lots: lots.unwrap_or(false),
        for_claim,
        also,
        because,
        cite,
        note,
        at: reader.at(node.spot),
    })
}

/// `as:` one effect with its keys beside it, or a list of maps.
fn effects(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<(Further, Vec<Further>)> {
    let node = fields.require(reader, "as")?;
    let Yaml::List(items) = &node.value else {
        return Some((effect_of(reader, fields, node)?, Vec::new()));
    };
    let mut found = Vec::new();
    for item in items {
        let Some(mut inner) = reader.fields(item, "an effect") else { continue };
        if let Some(word) = inner.require(reader, "as") {
            found.extend(effect_of(reader, &mut inner, word));
        }
        inner.done(reader);
    }
    let one_leg = |e: &Further| {
        matches!(e.effect, Effect::Acquisition | Effect::Disposal | Effect::Income | Effect::Expense | Effect::Removal)
    };
    if found.len() < 2 || !found.iter().all(one_leg) {
        let help = "each is one of `acquisition`, `income` (what came in), `disposal`, `removal`, `expense` (what was sent)";
        reader.problem(Code::R0203, node.spot, "a list of effects has two or more, each of one leg", Some(help.into()));
        return None;
    }
    let first = found.remove(0);
    Some((first, found))
}

fn effect_of(reader: &mut Reader, fields: &mut Fields<'_>, word: &Node) -> Option<Further> {
    let effect = reader.one_of(word, Effect::WORDS);
    let class = fields.take("class").and_then(|n| reader.string(n));
    let proceeds = worth(reader, fields, "proceeds");
    let cost = worth(reader, fields, "cost");
    let acquired = fields.take("acquired").and_then(|n| reader.one_of(n, &[("own", false), ("carried", true)]));
    Some(Further { effect: effect?, class, proceeds, cost, keeps_date: acquired })
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

/// What a leg counts as.
pub fn worth(reader: &mut Reader, fields: &mut Fields<'_>, key: &'static str) -> Worth {
    let Some(node) = fields.take(key) else { return Worth::Value };
    match node.text() {
        Some("value") => Worth::Value,
        Some("zero") => Worth::Zero,
        Some("cost") if key == "proceeds" => Worth::Cost,
        Some("carried") if key == "cost" => Worth::Carried,
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
    let goes = [
        ("received", Goes::Received),
        ("sent", Goes::Sent),
        ("split", Goes::Split),
        ("apart", Goes::Apart),
        ("lost", Goes::Lost),
    ];
    let goes = fields.require(reader, "goes").and_then(|n| reader.one_of(n, &goes));
    let in_coin = fields.require(reader, "in_coin").and_then(|n| reader.one_of(n, &[("removal", false), ("disposal", true)]));
    let at_cost = fields.take("worth").and_then(|n| reader.one_of(n, &[("value", false), ("cost", true)])).unwrap_or(false);
    let cite = reader.cite(&mut fields, "this fee rule");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    Some(FeeRule {
        to,
        paid_in,
        when,
        in_force,
        goes: goes?,
        coin_is_disposal: in_coin?,
        at_cost,
        cite,
        note,
        at: reader.at(node.spot),
    })
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
