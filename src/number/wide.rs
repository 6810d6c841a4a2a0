//! Products and quotients through a 384-bit intermediate, rounded once at the end.

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
