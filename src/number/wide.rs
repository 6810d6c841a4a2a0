//! Products and quotients through a 384-bit intermediate, rounded once at the end.

use std::cmp::Ordering;

use ruint::Uint;
use rust_decimal::Decimal;

use super::NumberError;

/// 96 + 96 bits of product and up to 46 decimal places of scaling fit with room to spare.
type Wide = Uint<384, 6>;

/// `a * b / c`, multiplied first and rounded half-even once, to `decimals` places or as many as 28 digits allow.
pub fn mul_div(a: Decimal, b: Decimal, c: Decimal, decimals: u32) -> Result<Decimal, NumberError> {
    if c.is_zero() {
        return Err(NumberError::DivisionByZero);
    }
    let negative = (a.is_sign_negative() ^ b.is_sign_negative()) ^ c.is_sign_negative();
    let (a, b, c) = (a.normalize(), b.normalize(), c.normalize());
    let product = wide(a) * wide(b);
    let mut decimals = decimals.min(Decimal::MAX_SCALE);
    loop {
        // a*b/c = product * 10^(c.scale - a.scale - b.scale) / c.mantissa, wanted times 10^decimals.
        let shift = i64::from(decimals) + i64::from(c.scale()) - i64::from(a.scale()) - i64::from(b.scale());
        let (numerator, denominator) = if shift >= 0 {
            (product * power_of_ten(shift.unsigned_abs()), wide(c))
        } else {
            (product, wide(c) * power_of_ten(shift.unsigned_abs()))
        };
        let quotient = half_even(numerator, denominator);
        if let Some(value) = narrow(quotient, decimals, negative) {
            return Ok(value.normalize());
        }
        if decimals == 0 {
            return Err(NumberError::Overflow);
        }
        decimals -= 1;
    }
}

/// Compares `a / b` with `c / d` exactly, by cross-multiplication; `b` and `d` are above zero.
pub fn compare_ratios(a: Decimal, b: Decimal, c: Decimal, d: Decimal) -> Ordering {
    let sign = |x: Decimal| {
        if x.is_zero() {
            0
        } else if x.is_sign_negative() {
            -1
        } else {
            1
        }
    };
    let (left, right) = (sign(a), sign(c));
    if left != right || left == 0 {
        return left.cmp(&right);
    }
    let (a, b, c, d) = (a.normalize(), b.normalize(), c.normalize(), d.normalize());
    let scale = |x: Decimal, y: Decimal| i64::from(x.scale()) + i64::from(y.scale());
    let (mut x, mut y) = (wide(a) * wide(d), wide(c) * wide(b));
    let apart = scale(c, b) - scale(a, d);
    if apart >= 0 {
        x *= power_of_ten(apart.unsigned_abs());
    } else {
        y *= power_of_ten(apart.unsigned_abs());
    }
    if left > 0 { x.cmp(&y) } else { y.cmp(&x) }
}

fn wide(value: Decimal) -> Wide {
    Wide::from(value.mantissa().unsigned_abs())
}

fn power_of_ten(exponent: u64) -> Wide {
    Wide::from(10u8).pow(Wide::from(exponent))
}

fn half_even(numerator: Wide, denominator: Wide) -> Wide {
    let (quotient, remainder) = numerator.div_rem(denominator);
    let twice = remainder << 1;
    let up = twice > denominator || (twice == denominator && quotient.bit(0));
    if up { quotient + Wide::from(1u8) } else { quotient }
}

fn narrow(quotient: Wide, decimals: u32, negative: bool) -> Option<Decimal> {
    let mantissa = i128::try_from(u128::try_from(quotient).ok()?).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, decimals).ok()
}
