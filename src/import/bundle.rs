//! Rows of an export that are one transaction, summed by side and asset, become one row of the ledger, or as many as they must.

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::{Kind, Symbol, Symbols, is_currency};
use crate::number::{self, Decimal};

use super::format::{Becomes, Format, Group, Layout, Outcome, Rule};
use super::pieces::{Coin, Piece};
use super::recognise::File;
use super::row::Row;

/// What making rows looks up and fills.
pub struct Maker<'a> {
    pub files: &'a [File<'a>],
    pub words: &'a Symbols,
    pub rows: Vec<Row>,
    pub problems: Vec<Diagnostic>,
}

/// Sums by asset, in the order of the file.
type Side = Vec<Coin>;

fn add(side: &mut Side, (amount, asset): Coin) -> Result<(), number::NumberError> {
    match side.iter_mut().find(|(_, a)| *a == asset) {
        Some((sum, _)) => *sum = number::add_exact(*sum, amount)?,
        None => side.push((amount, asset)),
    }
    Ok(())
}

/// The sides of a transaction.
#[derive(Default)]
struct Sums {
    received: Side,
    sent: Side,
    fees: Side,
    value: Option<Coin>,
}

impl Sums {
    fn of(pieces: &[&Piece]) -> Result<Sums, number::NumberError> {
        let mut sums = Sums::default();
        let (mut of_sent, mut of_received) = (Side::new(), Side::new());
        for piece in pieces {
            piece.received.map_or(Ok(()), |coin| add(&mut sums.received, coin))?;
            piece.sent.map_or(Ok(()), |coin| add(&mut sums.sent, coin))?;
            piece.fee.map_or(Ok(()), |coin| add(&mut sums.fees, coin))?;
            let main = pieces.len() == 1 || !piece.is_fee;
            if let Some(value) = piece.value.filter(|_| main) {
                add(if piece.sent.is_some() { &mut of_sent } else { &mut of_received }, value)?;
            }
        }
        let one = |side: &Side| match side.as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        sums.value = one(&of_sent).or(one(&of_received));
        Ok(sums)
    }

    /// What went out and came back in one transaction is one movement.
    fn net(&mut self) -> Result<(), number::NumberError> {
        if self.received.len() < 2 && self.sent.len() < 2 {
            return Ok(());
        }
        for (sent, asset) in &mut self.sent {
            if let Some((received, _)) = self.received.iter_mut().find(|(_, a)| a == asset) {
                let both = (*received).min(*sent);
                *received = number::sub_exact(*received, both)?;
                *sent = number::sub_exact(*sent, both)?;
            }
        }
        self.received.retain(|(a, _)| !a.is_zero());
        self.sent.retain(|(a, _)| !a.is_zero());
        Ok(())
    }
}

impl Maker<'_> {
    fn file(&self, piece: &Piece) -> Option<&File<'_>> {
        self.files.get(usize::from(piece.file))
    }

    fn layout(&self, piece: &Piece) -> Option<&'static Layout> {
        self.file(piece).map(|f| f.layout)
    }

    fn format(&self, piece: &Piece) -> Option<&'static Format> {
        self.file(piece).map(|f| f.format)
    }

    pub fn rule(&self, piece: &Piece) -> Option<&'static Rule> {
        self.layout(piece)?.rules.get(usize::from(piece.rule))
    }

    pub fn group(&self, piece: &Piece) -> Option<&'static Group> {
        self.layout(piece)?.groups.get(self.rule(piece)?.group?)
    }

    fn becomes(&self, piece: &Piece) -> Becomes {
        let own = self.rule(piece).and_then(|r| r.becomes);
        own.or_else(|| self.group(piece).and_then(|g| g.becomes)).unwrap_or_default()
    }

    /// A problem at the place of a piece.
    fn problem(&mut self, code: Code, piece: &Piece, message: String, help: &str) {
        let place = self.file(piece).map(|f| f.place(piece.line));
        self.problems.push(Diagnostic::new(code, message).at_opt(place).help(help));
    }

    fn shown(&self, side: &Side) -> String {
        let one = |(amount, asset): &Coin| format!("{amount} {}", self.words.name(*asset));
        if side.is_empty() { "nothing".to_owned() } else { side.iter().map(one).collect::<Vec<_>>().join(", ") }
    }

    /// Writes the pieces as one transaction; they are in the order of time.
    pub fn one(&mut self, pieces: &[&Piece]) {
        let Some(first) = pieces.iter().min_by_key(|p| (p.time, p.order)).copied() else { return };
        let mut sums = match Sums::of(pieces) {
            Ok(sums) => sums,
            Err(error) => return self.problem(Code::I0103, first, error.to_string(), "the amounts cannot be summed exactly"),
        };
        if sums.net().is_err() {
            return self.problem(Code::I0103, first, "the amounts cannot be summed exactly".into(), "write these rows by hand");
        }
        if let Some(void) = pieces.iter().find_map(|p| p.void) {
            let why = self.layout(first).and_then(|l| l.void.get(usize::from(void))).map(|v| v.why.clone());
            return self.ignored(first, &sums, why.unwrap_or_default(), pieces);
        }
        sums.received.retain(|(a, _)| !a.is_zero());
        sums.sent.retain(|(a, _)| !a.is_zero());
        if sums.received.len() > 1 || sums.sent.len() > 1 {
            return self.unclear(first, &sums, pieces);
        }
        // The row that says most of what it is leads: one with a meaning of its own, no fee.
        let leads = |p: &&Piece| (p.is_fee, self.rule(p).is_none_or(|r| r.becomes.is_none()));
        let lead = pieces.iter().copied().min_by_key(|p| (leads(p), p.time, p.order)).unwrap_or(first);
        let Some((kind, received, sent, extra)) = self.kind(lead, first, &sums) else { return };
        if let Some(extra) = extra
            && add(&mut sums.fees, extra).is_err()
        {
            return self.problem(Code::I0103, first, "the fees cannot be summed exactly".into(), "write these rows by hand");
        }
        self.write(first, lead, (kind, received, sent), &sums, pieces);
    }

    /// The kind by the legs that stand, and what of a move within an asset did not arrive: a fee.
    #[allow(clippy::type_complexity)]
    fn kind(&mut self, lead: &Piece, first: &Piece, sums: &Sums) -> Option<(Kind, Option<Coin>, Option<Coin>, Option<Coin>)> {
        let becomes = self.becomes(lead);
        let (mut received, mut sent, mut extra) = (sums.received.first().copied(), sums.sent.first().copied(), None);
        let outcome = match (received, sent) {
            (Some((into, a)), Some((out, b))) if a == b && becomes.same.is_some() => {
                if out > into {
                    extra = Some((out - into, a));
                    sent = Some((into, a));
                } else if into > out {
                    received = Some((into - out, a));
                    sent = None;
                }
                if sent.is_some() { becomes.same } else { becomes.received }
            }
            (Some(_), Some(_)) => becomes.both,
            (Some(_), None) => becomes.received,
            (None, Some(_)) => becomes.sent,
            (None, None) if sums.fees.is_empty() => match becomes.both.or(becomes.fee).or(becomes.received).or(becomes.sent) {
                Some(Outcome::Kind(Kind::Ignore)) => Some(Outcome::Kind(Kind::Ignore)),
                // Rows that cancel each other out, or move nothing: understood, without effect.
                _ => Some(Outcome::Kind(Kind::Ignore)),
            },
            (None, None) => becomes.fee.or(Some(Outcome::Kind(Kind::Fee))),
        };
        let kind = match outcome {
            Some(Outcome::Kind(kind)) => kind,
            Some(Outcome::Trade) => self.trade(received, sent),
            None => {
                self.meaningless(lead, first, sums);
                return None;
            }
        };
        Some((kind, received, sent, extra))
    }

    /// A buy pays a currency, a sell receives one, a swap neither, or both.
    fn trade(&self, received: Option<Coin>, sent: Option<Coin>) -> Kind {
        let money = |coin: Option<Coin>| coin.is_some_and(|(_, a)| is_currency(self.words.name(a)));
        match (money(received), money(sent)) {
            (false, true) => Kind::Buy,
            (true, false) => Kind::Sell,
            _ => Kind::Swap,
        }
    }

    fn meaningless(&mut self, lead: &Piece, first: &Piece, sums: &Sums) {
        let word = self.rule(lead).and_then(|r| r.words.first().cloned()).unwrap_or_default();
        let what = match (sums.received.is_empty(), sums.sent.is_empty()) {
            (false, false) => "with both sides",
            (false, true) => "that only receives",
            (true, false) => "that only sends",
            (true, true) => "with nothing but a fee",
        };
        let name = self.format(lead).map_or("", |f| f.name.as_str());
        let message = format!(
            "a transaction of the type `{word}` {what} has no meaning in `{name}` (in {}; out {})",
            self.shown(&sums.received),
            self.shown(&sums.sent)
        );
        let help = "its other side may be missing from the export; if the row is right, say in the format file what it becomes";
        self.problem(Code::I0104, first, message, help);
    }

    fn unclear(&mut self, first: &Piece, sums: &Sums, pieces: &[&Piece]) {
        let message = format!(
            "{} rows of one transaction cannot be told apart: in {}; out {}",
            pieces.len(),
            self.shown(&sums.received),
            self.shown(&sums.sent)
        );
        if self.group(first).is_some_and(|g| g.apart) && pieces.len() > 1 {
            self.problem(
                Code::I0107,
                first,
                format!("{message}; each is written by itself"),
                "mend these rows in the ledger by hand",
            );
            pieces.iter().for_each(|piece| self.one(&[piece]));
            return;
        }
        let last = pieces.iter().max_by_key(|p| p.line).and_then(|p| self.file(p).map(|f| f.place(p.line)));
        let place = self.file(first).map(|f| f.place(first.line));
        let mut problem = Diagnostic::new(Code::I0104, message).at_opt(place);
        if let Some(last) = last {
            problem = problem.related(last, "to here");
        }
        self.problems
            .push(problem.help("export the trades themselves (trade history), or write these rows into a ledger by hand"));
    }

    fn ignored(&mut self, first: &Piece, sums: &Sums, why: String, pieces: &[&Piece]) {
        let mut row = Row::new(first, Kind::Ignore);
        (row.received, row.sent) = (sums.received.first().copied(), sums.sent.first().copied());
        row.fee = sums.fees.first().copied().filter(|(a, _)| !a.is_zero()).map(|(a, s)| (a.abs(), s));
        row.note = join(&first.note, &why);
        row.lines = pieces.iter().map(|p| (p.file, p.line)).collect();
        self.rows.push(row);
    }

    fn write(&mut self, first: &Piece, lead: &Piece, made: (Kind, Option<Coin>, Option<Coin>), sums: &Sums, pieces: &[&Piece]) {
        let (kind, received, sent) = made;
        let mut row = Row::new(first, kind);
        if self.group(lead).is_some_and(|g| g.last_time)
            && let Some(last) = pieces.iter().max_by_key(|p| (p.time, p.order))
        {
            (row.time, row.digits) = (last.time, last.digits);
        }
        (row.received, row.sent, row.value) = (received, sent, sums.value);
        row.counterparty = lead.counterparty;
        row.note.clone_from(&lead.note);
        row.hash = pieces.iter().map(|p| p.hash).find(|h| *h != Symbol::NONE).unwrap_or(Symbol::NONE);
        row.lines = pieces.iter().map(|p| (p.file, p.line)).collect();
        if kind == Kind::Ignore {
            // What was understood and has no effect keeps even the amounts that are zero.
            row.received = received.or_else(|| pieces.iter().find_map(|p| p.received));
            row.sent = sent.or_else(|| if row.received.is_some() { None } else { pieces.iter().find_map(|p| p.sent) });
            row.value = None;
        }
        if pieces.len() > 2 {
            row.note = join(&row.note, &format!("{} lines put together", pieces.len()));
        }
        let (fees, back): (Side, Side) = sums.fees.iter().filter(|(a, _)| !a.is_zero()).partition(|(a, _)| a.is_sign_positive());
        // The ledger has room for one fee: that of a leg's own coin first, the others by themselves.
        let legs = [received, sent].map(|leg| leg.map(|(_, asset)| asset));
        let own = fees.iter().position(|(_, asset)| legs.contains(&Some(*asset))).unwrap_or(0);
        row.fee = fees.get(own).copied();
        let value_fits = [row.received, row.sent, row.fee].iter().flatten().all(|(_, a)| !is_currency(self.words.name(*a)));
        let legs_fit = [row.received, row.sent].iter().flatten().all(|(_, a)| !is_currency(self.words.name(*a)));
        let one_sided_fee = row.received.is_none() && row.sent.is_none();
        row.value = row.value.filter(|_| legs_fit && (value_fits || !one_sided_fee));
        let extra = fees.iter().enumerate().filter(|(index, _)| *index != own).map(|(_, coin)| (Kind::Fee, *coin));
        let more: Vec<(Kind, Coin)> = extra.chain(back.iter().map(|(a, s)| (Kind::Cashback, (-*a, *s)))).collect();
        let base = row.clone();
        self.rows.push(row);
        for (index, (kind, coin)) in more.into_iter().enumerate() {
            let mut row = Row { kind, received: None, sent: None, fee: None, value: None, lines: Vec::new(), ..base.clone() };
            *(if kind == Kind::Fee { &mut row.fee } else { &mut row.received }) = Some(coin);
            row.suffix = u16::try_from(index + 2).unwrap_or(u16::MAX);
            self.rows.push(row);
        }
    }

    /// Several assets given for one: a row each, what was got shared out by order, else by value.
    pub fn split(&mut self, pieces: &[&Piece]) {
        let mut gave: Vec<&Piece> = pieces.iter().copied().filter(|p| p.sent.is_some()).collect();
        let mut got: Vec<&Piece> = pieces.iter().copied().filter(|p| p.received.is_some()).collect();
        gave.sort_by_key(|p| (p.file, p.line));
        got.sort_by_key(|p| (p.file, p.line));
        let one_asset = got.iter().all(|p| p.received.map(|(_, a)| a) == got.first().and_then(|p| p.received).map(|(_, a)| a));
        if gave.len() < 2 || got.is_empty() || !one_asset || pieces.iter().any(|p| p.is_fee) {
            return self.one(pieces);
        }
        let first = self.rows.len();
        if gave.len() == got.len() {
            for (gave, got) in gave.iter().zip(&got) {
                self.one(&[gave, got]);
            }
            return self.in_order_of_file(first);
        }
        let values: Option<Vec<Decimal>> = gave.iter().map(|p| p.value.map(|(v, _)| v)).collect();
        let total = got.iter().filter_map(|p| p.received).try_fold(Decimal::ZERO, |sum, (a, _)| number::add_exact(sum, a).ok());
        let shares = values.zip(total).and_then(|(values, total)| shares(total, &values));
        let (Some(shares), Some((_, asset))) = (shares, got.first().and_then(|p| p.received)) else { return self.one(pieces) };
        let template = got.first().copied();
        for (index, (gave, share)) in gave.into_iter().zip(shares).enumerate() {
            let Some(got) = template else { return };
            let part = Piece {
                received: Some((share, asset)),
                value: None,
                line: if index == 0 { got.line } else { gave.line },
                ..got.clone()
            };
            self.one(&[gave, &part]);
        }
        self.in_order_of_file(first);
    }

    /// Rows of one conversion stand as they do in the file, also where the file runs backwards.
    fn in_order_of_file(&mut self, first: usize) {
        let Some(rows) = self.rows.get_mut(first..) else { return };
        let mut orders: Vec<u32> = rows.iter().map(|r| r.order).collect();
        orders.sort_unstable();
        rows.iter_mut().zip(orders).for_each(|(row, order)| row.order = order);
    }

    /// Rows against opposite rows of the same asset and amount; what finds none stands alone.
    pub fn pairs(&mut self, pieces: &[&Piece], within: i64) {
        let mut open: Vec<&Piece> = Vec::new();
        for piece in pieces {
            let opposite = |other: &&Piece| {
                let near = (piece.time - other.time).num_seconds() <= within;
                near && match (piece.received, piece.sent, other.received, other.sent) {
                    (Some(a), None, None, Some(b)) | (None, Some(a), Some(b), None) => a == b,
                    _ => false,
                }
            };
            match open.iter().position(opposite) {
                Some(index) => {
                    let other = open.remove(index);
                    self.one(&[other, piece]);
                }
                None => open.push(piece),
            }
        }
        open.into_iter().for_each(|piece| self.one(&[piece]));
    }
}

/// Parts of a total in the ratio of values; the last takes what is left.
fn shares(total: Decimal, values: &[Decimal]) -> Option<Vec<Decimal>> {
    let whole = values.iter().try_fold(Decimal::ZERO, |sum, v| number::add_exact(sum, *v).ok()).filter(|w| !w.is_zero())?;
    let mut left = total;
    let mut found = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let part = if index + 1 == values.len() { left } else { number::share(total, *value, whole).ok()?.normalize() };
        left = number::sub_exact(left, part).ok()?;
        found.push(part);
    }
    Some(found)
}

fn join(a: &str, b: &str) -> String {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b.to_owned(),
        (_, true) => a.to_owned(),
        _ => format!("{a}; {b}"),
    }
}
