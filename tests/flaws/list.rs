//! The flaws: where each is planted, what is said of it, and where.

/// What is done to the text at a spot. `«` marks where the message stands.
#[derive(Clone, Copy)]
pub enum Plant {
    /// Another value.
    Value(&'static str),
    /// Text before and after the value, within its quotes.
    Around(&'static str, &'static str),
    /// Another key.
    Key(&'static str),
    /// The entry goes.
    Delete,
    /// An entry above this one, or below it.
    Before(&'static str),
    After(&'static str),
    /// The entry once more, above itself.
    Twice,
}

/// Where the message stands.
#[derive(Clone, Copy)]
pub enum Where {
    /// At what was planted, or its mark.
    Here,
    /// At the entry that holds it: its key, or where its value begins.
    Owner,
    /// At the entry above which something was put.
    Moved,
    /// At the entry so many steps further out than its holder.
    Above(usize),
    /// Anywhere on the line that was planted.
    Line,
    /// At the first entry of a path.
    First(&'static str),
}

pub struct Flaw {
    pub name: &'static str,
    /// Which entries: `*` stands for any step.
    pub spot: &'static str,
    /// Which values.
    pub when: fn(&str) -> bool,
    pub plant: Plant,
    pub code: &'static str,
    /// A word of the message; `*` for the name of the entry.
    pub names: &'static str,
    pub place: Where,
}

use Plant::{After, Around, Before, Delete, Key, Twice, Value};
use Where::{Above, First, Here, Line, Moved, Owner};

fn any(_: &str) -> bool {
    true
}

/// A formula that is a whole, so that something can be put behind it: its first bracket closes at its end.
fn whole(text: &str) -> bool {
    let mut open = 0;
    let closes = text.char_indices().find(|(_, c)| {
        open += i32::from(*c == '(') - i32::from(*c == ')');
        *c == ')' && open == 0
    });
    text.starts_with("positive(") && text.matches("positive(").count() == 1 && closes.is_some_and(|(at, _)| at + 1 == text.len())
}

const fn flaw(
    name: &'static str,
    spot: &'static str,
    plant: Plant,
    code: &'static str,
    names: &'static str,
    place: Where,
) -> Flaw {
    Flaw { name, spot, when: any, plant, code, names, place }
}

const fn only(
    name: &'static str,
    (spot, when): (&'static str, fn(&str) -> bool),
    plant: Plant,
    code: &'static str,
    names: &'static str,
    place: Where,
) -> Flaw {
    Flaw { name, spot, when, plant, code, names, place }
}

pub const FLAWS: &[Flaw] = &[
    // The head.
    flaw("no currency of this world", "currency", Value("QQQ"), "R0309", "QQQ", Here),
    flaw("a time zone misspelt", "time_zone", Value("Europe/Pariss"), "R0204", "Europe/Pariss", Here),
    flaw("a month that is none", "tax_year.begins", Value("13-40"), "R0203", "13-40", Here),
    flaw("a date in words", "covers.from", Value("1 August 2020"), "R0203", "1 August 2020", Here),
    flaw("a day that is none", "covers.through", Value("2026-02-30"), "R0203", "2026-02-30", Here),
    flaw("an end before the beginning", "covers.through", Value("2001-01-01"), "R0207", "2001-01-01", Owner),
    flaw("no title", "title", Delete, "R0202", "title", First("jurisdiction")),
    flaw("no currency", "currency", Delete, "R0202", "currency", First("jurisdiction")),
    flaw("a section misspelt", "parameters", Key("paramters"), "R0201", "paramters", Here),
    flaw("a section twice", "title", After("«title: Again"), "R0102", "title", Here),
    flaw("a key of another section", "taxes.*.title", After("«selected_by: period"), "R0201", "selected_by", Here),
    // YAML.
    flaw("an anchor", "facts.*.title", Value("&a Title"), "R0103", "anchor", Here),
    flaw("an alias", "facts.*.title", Value("*a"), "R0103", "alias", Here),
    flaw("a tag", "facts.*.title", Value("!!str Title"), "R0103", "tag", Here),
    flaw("a merge key", "facts.*.title", Before("«<<: x"), "R0103", "<<", Here),
    flaw("a key twice in an entry", "facts.*.title", After("«title: Again"), "R0102", "title", Here),
    flaw("two taxes of one name", "taxes.income_tax", After("«income_tax: { title: Again }"), "R0102", "income_tax", Here),
    // Sources.
    flaw("an act that is not there", "sources.*.part_of", Value("tax_code"), "R0402", "tax_code", Here),
    flaw("no word of a status", "sources.*.status", Value("confirmt"), "R0204", "confirmt", Here),
    flaw("no kind of text", "sources.*.kind", Value("statute"), "R0204", "statute", Here),
    flaw("a day turned round", "sources.*.dated", Value("18.01.2022"), "R0203", "18.01.2022", Here),
    flaw("an act without a kind", "sources.*.kind", Delete, "R0202", "kind", Owner),
    flaw("a source never cited", "labels", Before("«never: { title: x, kind: law }"), "R0201", "never", Here),
    flaw("a source that nothing cites", "sources.*", Before("«never: { title: x, kind: law }"), "R0408", "never", Here),
    flaw(
        "against what is not there",
        "sources.*",
        Before("other: { part_of: tc, at: x, against: «nowhere }"),
        "R0402",
        "nowhere",
        Here,
    ),
    flaw("an article misspelt as a key", "sources.*.part_of", Key("part_off"), "R0201", "part_off", Here),
    // Labels.
    flaw("a default that is no word of the label", "labels.*.default", Value("cahs"), "R0204", "cahs", Here),
    flaw("a label without a default", "labels.*.default", Delete, "R0202", "default", Owner),
    flaw("a label without words", "labels.*.one_of", Delete, "R0202", "one_of", Owner),
    flaw(
        "a word of two labels",
        "labels.*",
        Before("one: { one_of: [same, a], default: a }\ntwo: { one_of: [«same, b], default: b }"),
        "R0206",
        "same",
        Here,
    ),
    // Facts.
    flaw("two shapes of a fact", "facts.*.unit", After("one_of: [a, b]"), "R0203", "one_of", Owner),
    flaw("no shape of a fact", "facts.*.unit", Delete, "R0203", "one_of", Owner),
    only(
        "a default that is no word of the fact",
        ("facts.*.default", |t| t.parse::<i64>().is_err() && !t.is_empty() && t != "yes" && t != "no" && t != "[]"),
        Value("individul"),
        "R0204",
        "individul",
        Here,
    ),
    only("a default that is no amount", ("facts.*.default", |t| t == "0"), Value("none"), "R0203", "none", Here),
    flaw("no way to vary", "facts.*.varies", Value("by_week"), "R0204", "by_week", Here),
    flaw("an unknown unit of a fact", "facts.*.unit", Value("Kwh"), "R0309", "Kwh", Here),
    flaw("a fact nobody reads", "facts.*", Before("«unread: { unit: money }"), "R0409", "unread", Here),
    flaw("a fact named as a row's field", "facts.*", Before("«value: { unit: money }"), "R0205", "value", Here),
    flaw("a name in capitals", "facts.*", Before("«Other: { unit: money }"), "R0205", "Other", Here),
    flaw(
        "a fact named as a tax",
        "facts.regime",
        Before("income_tax: { unit: money }"),
        "R0206",
        "income_tax",
        First("taxes.income_tax"),
    ),
    // Readings.
    flaw("a default that is no option", "readings.*.default", Value("per_sael"), "R0204", "per_sael", Here),
    flaw("a reading without an argument", "readings.*.options.*.argument", Delete, "R0202", "argument", Owner),
    flaw("a reading without a question", "readings.*.question", Delete, "R0202", "question", Owner),
    flaw("a reading without a citation", "readings.*.cite", Delete, "R0401", "citation", Owner),
    flaw(
        "a reading nobody reads",
        "readings.*",
        Before("«unread: { question: q, options: { a: { argument: x }, b: { argument: y } }, default: a, cite: [tc] }"),
        "R0409",
        "unread",
        Here,
    ),
    flaw(
        "a reading of one option",
        "readings.*",
        Before("one: { question: q, options: «{ a: { argument: x } }, default: a, cite: [tc] }"),
        "R0203",
        "two options",
        Here,
    ),
    // Parameters.
    flaw("a parameter without a unit", "parameters.*.unit", Delete, "R0202", "unit", Owner),
    flaw("a parameter without values", "parameters.*.values", Value("[]"), "R0202", "values", Here),
    only(
        "a rate that is not written as one",
        ("parameters.*.values.*.value", |t| t.ends_with('%')),
        Value("0.1"),
        "R0203",
        "0.1",
        Here,
    ),
    only(
        "a value in another currency",
        ("parameters.*.values.*.value", |t| t.ends_with(" KGS")),
        Value("100 USD"),
        "R0203",
        "100 USD",
        Here,
    ),
    flaw("a value with a comma", "parameters.*.values.0.value", Value("\"1,5\""), "R0203", "1,5", Here),
    flaw("dates out of order", "parameters.*.values.1.from", Value("1999-01-01"), "R0207", "1999-01-01", Owner),
    flaw("dates that overlap", "parameters.*.values.1.from", After("until: «2000-01-01"), "R0207", "2000-01-01", Here),
    only(
        "a gap in the dates",
        ("parameters.*.values.0", |t| t.contains("from:")),
        Before("{ from: 1990-01-01, until: 1990-12-31, value: unknown, cite: [tc] }"),
        "R0208",
        "1991-01-01",
        Moved,
    ),
    flaw("a later value without a date", "parameters.*.values.1.from", Delete, "R0202", "from", Owner),
    flaw("a value without a citation", "parameters.*.values.*.cite", Delete, "R0401", "citation", Owner),
    flaw("a value that cites nothing", "parameters.*.values.*.cite", Value("[]"), "R0401", "cites nothing", Here),
    flaw("a citation of an unknown source", "parameters.*.values.*.cite.0", Value("tc-9999"), "R0402", "tc-9999", Here),
    flaw(
        "a parameter nobody reads",
        "parameters.*",
        Before("«unread:\n  title: x\n  unit: rate\n  selected_by: period\n  values: [{ value: 1%, cite: [tc] }]"),
        "R0409",
        "unread",
        Here,
    ),
    flaw("a value by itself", "parameters.*.values.0.value", Value("unread + 1"), "R0302", "unread", Here),
    flaw("no day that selects", "parameters.*.selected_by", Value("year"), "R0204", "year", Here),
    flaw("known through no day", "parameters.*.known_through", Value("2023-13-01"), "R0203", "2023-13-01", Here),
    flaw("a parameter that reads a fact", "parameters.*.values.0.value", Value("other_income"), "R0305", "other_income", Here),
    // What rows are.
    flaw("no place for a value", "valuation.order.*", Value("price"), "R0204", "price", Here),
    flaw("no day of a rate", "valuation.rates.day", Value("sme"), "R0204", "sme", Here),
    flaw("no kind of row", "treatment.*.kinds.0", Value("byu"), "R0204", "byu", Here),
    flaw("a kind that is fixed", "treatment.*.kinds.0", Value("opening"), "R0204", "opening", Here),
    flaw("no effect", "treatment.*.as", Value("sale"), "R0204", "sale", Here),
    flaw("a treatment without an effect", "treatment.*.as", Delete, "R0202", "as", Owner),
    only("a treatment never reached", ("treatment.*", |t| !t.contains("when:")), Twice, "R0410", "never reached", Moved),
    only(
        "a kind without a treatment",
        ("treatment.*", |t| t.contains("kinds: [issue]")),
        Delete,
        "R0404",
        "issue",
        First("treatment.0"),
    ),
    only(
        "a kind whose last treatment has a condition",
        ("treatment.*", |t| t.contains("kinds: [issue]")),
        Value("{ kinds: [issue], when: \"has_received\", as: income, cite: [tc] }"),
        "R0405",
        "issue",
        Here,
    ),
    flaw("an effect without a rule for its fees", "fees.0", Delete, "R0406", "fee", First("fees.0")),
    flaw("a condition that is none", "treatment.*.when", Value("\"«value\""), "R0304", "yes or no", Here),
    flaw("a cost that is no money", "treatment.*.cost", Value("\"«10%\""), "R0303", "rate", Here),
    flaw("a cost that reads a figure", "treatment.*.cost", Value("\"value + «taxable_gain\""), "R0305", "taxable_gain", Here),
    flaw(
        "a word of a reading misspelt",
        "treatment.*.cost",
        Value("\"if free_asset_cost is «taxed_valeu then value else 0\""),
        "R0302",
        "taxed_valeu",
        Here,
    ),
    flaw("a fee that goes nowhere", "fees.*.goes", Value("away"), "R0204", "away", Here),
    flaw("a fee on no effect", "fees.*.to.0", Value("acquisitoin"), "R0204", "acquisitoin", Here),
    flaw("no way of matching", "matching.steps.*.fifo", Key("lifo2"), "R0204", "lifo2", Here),
    flaw("no pool", "matching.pool_by", Value("[account]"), "R0203", "asset", Owner),
    flaw("a step that varies", "matching.steps.*.*.when", Value("\"«regime is mining\""), "R0305", "regime", Here),
    // Figures.
    flaw("cases without an end", "quantities.*.cases.*.otherwise", Key("whenever"), "R0201", "whenever", Here),
    flaw(
        "the last case has a condition",
        "each_match.*.cases.*.otherwise",
        Key("when: \"leg is fee\", then"),
        "R0403",
        "left",
        Above(1),
    ),
    flaw("a formula and cases", "quantities.*.formula", After("cases: «[{ otherwise: \"0\" }]"), "R0203", "both", Here),
    flaw("no formula", "quantities.*.formula", Delete, "R0202", "formula", Owner),
    only("money and a rate", ("taxes.*.base", whole), Around("«", " + 10%"), "R0303", "rate", Here),
    only("money times money", ("taxes.*.base", whole), Around("«", " * 5 KGS"), "R0303", "times", Here),
    only("two currencies", ("taxes.*.base", whole), Around("«", " + 5 EUR"), "R0303", "EUR", Here),
    only("a division unguarded", ("taxes.*.base", whole), Around("", " / «taxable_gain"), "R0308", "taxable_gain", Here),
    only(
        "a guard the wrong way round",
        ("taxes.*.base", whole),
        Around("if taxable_gain = 0 then ", " / «taxable_gain else 0"),
        "R0308",
        "taxable_gain",
        Here,
    ),
    only("a case without its end", ("taxes.*.base", whole), Around("if taxable_gain > 0 then ", "«"), "R0301", "else", Here),
    only("a bracket not closed", ("taxes.*.base", whole), Around("(", "«"), "R0301", "`)`", Here),
    only("a bracket too many", ("taxes.*.base", whole), Around("", "«)"), "R0301", ")", Here),
    only("a sign from a keyboard", ("taxes.*.base", whole), Around("", " « × 2"), "R0301", "×", Line),
    only("a name misspelt at the end", ("taxes.*.base", whole), Around("", " + «taxable_gian"), "R0302", "taxable_gian", Here),
    only("a date and an amount", ("taxes.*.base", whole), Around("«", " + 2024-01-01"), "R0304", "date", Here),
    only(
        "an aggregate over nothing known",
        ("taxes.*.base", whole),
        Around("", " + (sum of gain over «sales)"),
        "R0302",
        "sales",
        Here,
    ),
    only("a field of a row without a row", ("taxes.*.base", whole), Around("", " + «proceeds"), "R0305", "proceeds", Here),
    only(
        "a tax that reads itself",
        ("taxes.income_tax.base", whole),
        Around("", " + income_tax"),
        "R0306",
        "income_tax",
        First("taxes.income_tax"),
    ),
    only(
        "months without an aggregate",
        ("taxes.*.base", whole),
        Around("", " + «mining_electricity"),
        "R0307",
        "mining_electricity",
        Here,
    ),
    only(
        "a fact of months in a year",
        ("taxes.*.base", whole),
        Around("", " + «own_generation_kwh * 1 KGS"),
        "R0307",
        "own_generation_kwh",
        Here,
    ),
    only(
        "a value of the period before of a fact",
        ("taxes.*.base", whole),
        Around("", " + «previous(other_income, 0)"),
        "R0302",
        "other_income",
        Here,
    ),
    only(
        "words compared as numbers",
        ("taxes.*.applies", |t| !t.contains('\n')),
        Value("\"«taxpayer_kind = individual\""),
        "R0302",
        "individual",
        Line,
    ),
    flaw("a rate that is money", "taxes.*.rate", Value("\"«5 KGS\""), "R0303", "rate", Here),
    flaw("a tax without a rate", "taxes.*.rate", Delete, "R0202", "rate", Owner),
    flaw("a tax with base and amount", "taxes.*.rate", After("amount: \"0\""), "R0202", "amount", Owner),
    flaw("no length of a period", "taxes.*.per", Value("week"), "R0204", "week", Here),
    flaw("a due day that is none", "taxes.*.due.day", Value("32"), "R0203", "32", Here),
    flaw("due at no time", "taxes.*.due.of", Value("next_week"), "R0204", "next_week", Here),
    flaw("a due date without a citation", "taxes.*.due.cite", Delete, "R0401", "citation", Owner),
    flaw(
        "the last due date has a condition",
        "taxes.*.due.1.before",
        Before("when: \"taxpayer_kind is sole_trader\""),
        "R0403",
        "left",
        Above(1),
    ),
    only(
        "a tax that begins before its rate",
        ("taxes.income_tax.from", |t| t > "2021"),
        Value("2020-08-01"),
        "R0208",
        "begins",
        Owner,
    ),
    flaw(
        "a rounding toward nothing",
        "taxes.*.rate",
        After("round: { to: 1, toward: «nearest, cite: [tc] }"),
        "R0204",
        "nearest",
        Here,
    ),
    flaw("a rounding to nothing", "taxes.*.rate", After("round: «{ to: 0, toward: up, cite: [tc] }"), "R0203", "zero", Here),
    flaw("no column of the report", "each_match.*.shown_as", Value("taxable_gains"), "R0204", "taxable_gains", Here),
    flaw(
        "a field nobody reads",
        "each_match.*",
        Before("«unread: { unit: money, formula: \"cost\", cite: [tc] }"),
        "R0409",
        "unread",
        Here,
    ),
    flaw(
        "a field of another row",
        "each_income.*",
        Before("other: { unit: money, formula: \"«proceeds\", cite: [tc] }"),
        "R0305",
        "proceeds",
        Here,
    ),
    flaw(
        "rows of a period in a row",
        "each_match.*",
        Before("other: { unit: money, formula: \"sum of amount over «income\", cite: [tc] }"),
        "R0305",
        "income",
        Here,
    ),
    flaw(
        "matches of a period",
        "quantities.*",
        Before("other: { unit: money, formula: \"sum of gain over «its matches\", cite: [tc] }"),
        "R0305",
        "its matches",
        Here,
    ),
    flaw(
        "a day in amounts",
        "each_match.*",
        Before("other: { unit: yes_no, formula: \"«acquired + cost > disposed\", cite: [tc] }"),
        "R0304",
        "money",
        Here,
    ),
    flaw(
        "a formula cut by a comma",
        "quantities.*",
        Before("other: { unit: money, formula: «min(1 KGS, 2 KGS), cite: [tc] }"),
        "R0105",
        "ended",
        Here,
    ),
    flaw(
        "two figures in a circle",
        "quantities.*",
        Before("one: { unit: money, formula: two, cite: [tc] }\n«two: { unit: money, formula: one, cite: [tc] }"),
        "R0306",
        "two",
        First("quantities.one"),
    ),
];
