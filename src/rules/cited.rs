//! Everything in a law that rests on a source.

use super::book::{At, Cite, Given, RuleBook};

/// What rests on a source; the most consequential first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Tax,
    Duty,
    Value,
    TableRow,
    Due,
    Rounding,
    Advances,
    LateInterest,
    Quantity,
    Schedule,
    Offset,
    Treatment,
    Field,
    Fees,
    Matching,
    UnitCost,
    Moves,
    Shortfall,
    Basis,
    OnDate,
    DenyLoss,
    Valuation,
    Reading,
    Choice,
    Fact,
    MonthEnd,
    WorkingDays,
    Shadow,
    Watch,
    Register,
}

impl What {
    pub fn word(self) -> &'static str {
        match self {
            What::Tax => "tax",
            What::Duty => "rule",
            What::Register => "register",
            What::Value => "value",
            What::TableRow => "row of a table",
            What::Due => "due date",
            What::Rounding => "rounding",
            What::Advances => "advances",
            What::LateInterest => "interest on late payment",
            What::Quantity => "quantity",
            What::Schedule => "schedule",
            What::Offset => "offset",
            What::Treatment => "treatment",
            What::Field => "field",
            What::Fees => "fees",
            What::Matching => "matching",
            What::UnitCost => "unit cost",
            What::Moves => "moves",
            What::Shortfall => "units never seen coming in",
            What::Basis => "basis",
            What::OnDate => "day of the law",
            What::DenyLoss => "loss that does not count",
            What::Valuation => "valuation",
            What::Reading => "reading",
            What::Choice => "choice",
            What::Fact => "fact",
            What::MonthEnd => "ends of months",
            What::WorkingDays => "working days",
            What::Shadow => "value of an act not in force",
            What::Watch => "what may change",
        }
    }

    /// True for what the law in force says; what was cancelled or may come is told apart.
    pub fn counts(self) -> bool {
        !matches!(self, What::Shadow | What::Watch)
    }

    /// True for what decides by itself, so that it may not rest on an act which is not in force.
    pub fn decides(self) -> bool {
        use What as W;
        let beside =
            [W::Duty, W::Register, W::TableRow, W::Valuation, W::Reading, W::Choice, W::Fact, W::MonthEnd, W::Shadow, W::Watch];
        !beside.contains(&self)
    }
}

/// An entry of the law with its citations.
#[derive(Debug, Clone, Copy)]
pub struct Cited<'a> {
    pub what: What,
    /// Its place in the list of its section; values count through all parameters.
    pub section: usize,
    /// The value within its parameter; the step within its version of `matching`; the due date within its tax, those of its advances after its own; of roundings, that of
    /// the tax, of its interest, of its advances.
    pub index: usize,
    pub cite: &'a Cite,
    pub at: &'a At,
}

/// Every entry that cites, section by section.
pub fn every(book: &RuleBook) -> Vec<Cited<'_>> {
    let mut found: Vec<Cited<'_>> = Vec::new();
    let mut add = |what, section, index, cite, at| found.push(Cited { what, section, index, cite, at });
    if let Some((_, cite)) = &book.month_end
        && let Some((_, at)) = cite.first()
    {
        add(What::MonthEnd, 0, 0, cite, at);
    }
    if let Some(days) = &book.working_days {
        add(What::WorkingDays, 0, 0, &days.cite, &days.at);
    }
    for (i, fact) in book.facts.iter().enumerate() {
        add(What::Fact, i, 0, &fact.cite, &fact.at);
    }
    for (i, option) in book.options.iter().enumerate() {
        add(if option.is_reading { What::Reading } else { What::Choice }, i, 0, &option.cite, &option.at);
    }
    for (i, parameter) in book.parameters.iter().enumerate().filter(|(_, p)| p.derived.is_none()) {
        for (index, value) in parameter.values.iter().enumerate() {
            add(What::Value, i, index, &value.cite, &value.at);
            if let Given::Table(rows) = &value.value {
                // Added to what the value cites; most rows cite nothing of their own.
                rows.iter().filter(|r| !r.cite.is_empty()).for_each(|r| add(What::TableRow, i, index, &r.cite, &r.at));
            }
        }
        for (index, value) in parameter.shadows.iter().enumerate() {
            add(What::Shadow, i, index, &value.cite, &value.at);
        }
    }
    add(What::Valuation, 0, 0, &book.valuation.cite, &book.valuation.at);
    for (i, treatment) in book.treatments.iter().enumerate() {
        add(What::Treatment, i, 0, &treatment.cite, &treatment.at);
    }
    for (i, fee) in book.fees.iter().enumerate() {
        add(What::Fees, i, 0, &fee.cite, &fee.at);
    }
    for (i, version) in book.matching.iter().enumerate() {
        for (index, step) in version.steps.iter().enumerate() {
            add(What::Matching, i, index, &step.cite, &step.at);
            if let Some(unit_cost) = &step.unit_cost {
                add(What::UnitCost, i, index, &unit_cost.cite, &step.at);
            }
        }
        if let Some(moves) = &version.moves {
            add(What::Moves, i, 0, &moves.cite, &moves.at);
        }
        if let Some(shortfall) = &version.shortfall {
            add(What::Shortfall, i, 0, &shortfall.cite, &shortfall.at);
        }
    }
    for (i, basis) in book.bases.iter().enumerate() {
        add(What::Basis, i, 0, &basis.cite, &basis.at);
    }
    for (i, entry) in book.on_dates.iter().enumerate() {
        add(What::OnDate, i, 0, &entry.cite, &entry.at);
    }
    for (i, rule) in book.deny_loss.iter().enumerate() {
        add(What::DenyLoss, i, 0, &rule.cite, &rule.at);
    }
    for (i, field) in book.fields.iter().enumerate() {
        add(What::Field, i, 0, &field.cite, &field.at);
    }
    for (i, schedule) in book.schedules.iter().enumerate() {
        add(What::Schedule, i, 0, &schedule.cite, &schedule.at);
    }
    for (i, offset) in book.offsets.iter().enumerate() {
        add(What::Offset, i, 0, &offset.cite, &offset.at);
    }
    // The parts behind a dot rest on what the whole rests on.
    for (i, quantity) in book.quantities.iter().enumerate().filter(|(_, q)| !q.name.contains('.')) {
        let what = if quantity.under.is_some() { What::Shadow } else { What::Quantity };
        add(what, i, 0, &quantity.cite, &quantity.at);
    }
    for (i, tax) in book.taxes.iter().enumerate() {
        add(What::Tax, i, 0, &tax.cite, &tax.at);
        let advances = tax.advances.as_ref();
        for (index, due) in tax.due.iter().chain(advances.iter().flat_map(|a| &a.due)).enumerate() {
            add(What::Due, i, index, &due.cite, &due.at);
        }
        if let Some(late) = &tax.late {
            add(What::LateInterest, i, 0, &late.cite, &late.at);
        }
        if let Some(advances) = advances {
            add(What::Advances, i, 0, &advances.cite, &advances.at);
        }
        let late = tax.late.as_ref().and_then(|l| l.round.as_ref());
        let roundings = [tax.round.as_ref(), late, advances.and_then(|a| a.round.as_ref())];
        for (index, round) in roundings.into_iter().enumerate().filter_map(|(n, r)| Some((n, r?))) {
            add(What::Rounding, i, index, &round.cite, &round.at);
        }
    }
    for (i, duty) in book.duties.iter().enumerate() {
        add(What::Duty, i, 0, &duty.cite, &duty.at);
        for due in &duty.due {
            add(What::Duty, i, 0, &due.cite, &due.at);
        }
    }
    for (i, register) in book.registers.iter().enumerate() {
        add(What::Register, i, 0, &register.cite, &register.at);
        register.entries.iter().filter(|e| !e.cite.is_empty()).for_each(|e| add(What::Register, i, 0, &e.cite, &e.at));
    }
    for (i, watch) in book.watch.iter().enumerate() {
        add(What::Watch, i, 0, &watch.cite, &watch.at);
    }
    found
}
