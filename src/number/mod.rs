//! Exact amounts: decimals read as text, sums that are exact, quotients through a wider intermediate.
//!
//! `rust_decimal` holds 96 bits. Its checked operations catch overflow but round silently when digits fall off the end,
//! so every operation here says whether it was exact ([`Rounded`]) or refuses ([`NumberError`]).

mod wide;

pub use rust_decimal::{Decimal, RoundingStrategy};

pub use wide::{compare_ratios, mul_div};

/// Decimals that a stored cost keeps at most, half-even.
pub const COST_DECIMALS: u32 = 18;

/// Why a number could not be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("`{0}` is not a plain decimal number")]
    NotANumber(String),
    #[error("`{0}` is negative")]
    Negative(String),
    #[error("`{0}` has more digits than can be kept exactly (28 digits in all)")]
    TooManyDigits(String),
    #[error("the result is larger than 28 digits can hold")]
    Overflow,
    #[error("division by zero")]
    DivisionByZero,
}

/// A result and whether digits were lost in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounded {
    pub value: Decimal,
    pub exact: bool,
}

/// Reads a plain decimal (`12`, `-0.5`, `1000.000`): digits, at most one point, an optional leading minus. No exponent,
/// no thousands separator, no plus sign. More digits than 28 are refused, never rounded.
pub fn parse(text: &str) -> Result<Decimal, NumberError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return Err(NumberError::NotANumber(text.to_owned()));
    }
    match Decimal::from_str_exact(text) {
        Ok(value) => Ok(value),
        Err(_) => trimmed(whole, fraction, digits.len() != text.len()).ok_or_else(|| NumberError::TooManyDigits(text.to_owned())),
    }
}

/// Trailing zeros carry no value: 40 digits of which 30 are zeros at the end still fit.
fn trimmed(whole: &str, fraction: &str, negative: bool) -> Option<Decimal> {
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let text = format!(
        "{}{}.{}",
        if negative { "-" } else { "" },
        if whole.is_empty() { "0" } else { whole },
        if fraction.is_empty() { "0" } else { fraction }
    );
    Decimal::from_str_exact(&text).ok()
}

/// As [`parse`], for amounts that are never negative.
pub fn parse_unsigned(text: &str) -> Result<Decimal, NumberError> {
    let value = parse(text)?;
    if text.starts_with('-') { Err(NumberError::Negative(text.to_owned())) } else { Ok(value) }
}

/// The sum, rounded half-even only where 28 digits cannot hold it; `exact` says so when a digit within
/// [`COST_DECIMALS`] was lost.
pub fn add(a: Decimal, b: Decimal) -> Result<Rounded, NumberError> {
    let value = a.checked_add(b).ok_or(NumberError::Overflow)?;
    let kept = a.scale().max(b.scale());
    if value.scale() >= kept.min(COST_DECIMALS) {
        return Ok(Rounded { value, exact: true });
    }
    // Fewer decimals than the operands had: exact only if what fell off were zeros.
    let (a, b) = (a.normalize(), b.normalize());
    let value = a.checked_add(b).ok_or(NumberError::Overflow)?;
    Ok(Rounded { value, exact: value.scale() >= a.scale().max(b.scale()).min(COST_DECIMALS) })
}

/// The difference, under the rule of [`add`].
pub fn sub(a: Decimal, b: Decimal) -> Result<Rounded, NumberError> {
    add(a, -b)
}

/// A sum that must not lose a digit: quantities and conserved costs.
pub fn add_exact(a: Decimal, b: Decimal) -> Result<Decimal, NumberError> {
    let sum = add(a, b)?;
    if sum.exact { Ok(sum.value) } else { Err(NumberError::Overflow) }
}

/// The difference, under the rule of [`add_exact`].
pub fn sub_exact(a: Decimal, b: Decimal) -> Result<Decimal, NumberError> {
    add_exact(a, -b)
}

/// The product: exact where 28 digits hold it, else rounded half-even.
pub fn mul(a: Decimal, b: Decimal) -> Result<Decimal, NumberError> {
    let (a, b) = (a.normalize(), b.normalize());
    if a.scale() + b.scale() <= Decimal::MAX_SCALE
        && let Some(mantissa) = a.mantissa().checked_mul(b.mantissa())
        && let Ok(value) = Decimal::try_from_i128_with_scale(mantissa, a.scale() + b.scale())
    {
        return Ok(value);
    }
    mul_div(a, b, Decimal::ONE, Decimal::MAX_SCALE)
}

/// The quotient, rounded half-even where it does not end within 28 digits.
pub fn div(a: Decimal, b: Decimal) -> Result<Decimal, NumberError> {
    mul_div(a, Decimal::ONE, b, Decimal::MAX_SCALE)
}

/// The part of `total` that falls to `part` out of `whole`, multiplied before divided, half-even at 18 decimals or as
/// many as still let `total - part` be exact.
pub fn share(total: Decimal, part: Decimal, whole: Decimal) -> Result<Decimal, NumberError> {
    if part == whole {
        return Ok(total);
    }
    mul_div(total, part, whole, stored_decimals(total))
}

/// As [`share`], for units of an asset: as many decimals as leave room to add a thousand such amounts exactly, since what a
/// unit costs may be large.
pub fn share_of_units(total: Decimal, part: Decimal, whole: Decimal) -> Result<Decimal, NumberError> {
    const HEADROOM: u32 = 3;
    if part == whole {
        return Ok(total);
    }
    let decimals = Decimal::MAX_SCALE.saturating_sub(integer_digits(total) + HEADROOM).max(total.normalize().scale());
    mul_div(total, part, whole, decimals)
}

/// How many decimals a part of `total` may have so that the remainder stays exact in 28 digits.
fn stored_decimals(total: Decimal) -> u32 {
    COST_DECIMALS.min(Decimal::MAX_SCALE - integer_digits(total)).max(total.normalize().scale())
}

/// Rounds a cost to the decimals that are stored.
pub fn stored(cost: Decimal) -> Decimal {
    cost.round_dp_with_strategy(
        COST_DECIMALS.min(Decimal::MAX_SCALE - integer_digits(cost)),
        RoundingStrategy::MidpointNearestEven,
    )
}

/// A rate as it is written: `0.1` is `10%`.
pub fn percent(rate: Decimal) -> String {
    mul(rate, Decimal::ONE_HUNDRED).map_or_else(|_| plain(rate), |hundredths| format!("{}%", plain(hundredths)))
}

fn integer_digits(value: Decimal) -> u32 {
    let mut whole = value.trunc().mantissa().unsigned_abs();
    let mut digits = 0;
    while whole > 0 {
        whole /= 10;
        digits += 1;
    }
    digits.min(Decimal::MAX_SCALE)
}

/// Text of an amount for a report: no exponent, no trailing zeros, at most 18 decimals.
pub fn plain(value: Decimal) -> String {
    let rounded = value.round_dp_with_strategy(COST_DECIMALS, RoundingStrategy::MidpointNearestEven).normalize();
    if rounded.is_zero() { "0".to_owned() } else { rounded.to_string() }
}

#[cfg(test)]
mod tests;
