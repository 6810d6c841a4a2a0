use super::*;

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

#[test]
fn reads_plain_decimals_only() {
    for text in ["0", "12", "-0.5", "1000.000", "0.000000000000000001"] {
        assert_eq!(d(text).to_string(), text);
    }
    for text in ["", "-", "1e5", "+1", "1,000", ".5", "5.", "0x1", "NaN", " 1"] {
        assert!(matches!(parse(text), Err(NumberError::NotANumber(_))), "{text}");
    }
}

#[test]
fn forty_digits_are_refused_unless_the_tail_is_zeros() {
    assert!(matches!(parse("999982348123456.123456789012345678"), Err(NumberError::TooManyDigits(_))));
    assert!(matches!(parse(&"9".repeat(40)), Err(NumberError::TooManyDigits(_))));
    assert_eq!(parse(&format!("1.5{}", "0".repeat(40))), Ok(d("1.5")));
}

#[test]
fn sums_say_when_a_digit_is_lost() {
    assert!(add(d("9999999999"), d("0.000000000000000001")).unwrap().exact);
    assert!(!add(d("9999999999999999"), d("0.000000000000000001")).unwrap().exact);
    assert_eq!(add_exact(d("9999999999999999"), d("0.000000000000000001")), Err(NumberError::Overflow));
    assert_eq!(add_exact(Decimal::MAX, Decimal::MAX), Err(NumberError::Overflow));
}

#[test]
fn quotients_go_through_a_wide_intermediate() {
    assert_eq!(mul_div(d("4000000"), d("15"), d("30"), 18), Ok(d("2000000")));
    assert_eq!(mul_div(d("1"), d("1"), d("3"), 18), Ok(d("0.333333333333333333")));
    assert_eq!(mul_div(d("2"), d("1"), d("3"), 4), Ok(d("0.6667")));
    assert_eq!(mul_div(d("0.5"), d("1"), d("1"), 0), Ok(d("0")));
    assert_eq!(mul_div(d("1.5"), d("1"), d("1"), 0), Ok(d("2")));
    assert_eq!(mul_div(d("-1.5"), d("1"), d("1"), 0), Ok(d("-2")));
    let big = Decimal::MAX;
    assert_eq!(mul_div(big, big, big, 18), Ok(big));
    assert_eq!(mul_div(big, big, d("1"), 18), Err(NumberError::Overflow));
    assert_eq!(mul_div(d("1"), d("1"), d("0"), 18), Err(NumberError::DivisionByZero));
    assert_eq!(mul(d("0.000000000000000001"), d("0.0000000001")), Ok(d("0.0000000000000000000000000001")));
}

#[test]
fn a_share_and_its_remainder_add_up() {
    for total in ["100", "12345678.87654321", "99999999999999999999.9"] {
        let total = d(total);
        let part = share(total, d("1"), d("3")).unwrap();
        let rest = sub_exact(total, part).unwrap();
        assert_eq!(add_exact(part, rest), Ok(total));
    }
}

#[test]
fn reports_have_no_exponent_and_no_trailing_zeros() {
    assert_eq!(plain(d("5695200.00")), "5695200");
    assert_eq!(plain(d("-0.0")), "0");
    assert_eq!(plain(d("0.1234567890123456785")), "0.123456789012345678");
}

#[test]
fn ratios_are_compared_without_dividing() {
    use std::cmp::Ordering::{Equal, Greater, Less};
    assert_eq!(compare_ratios(d("1"), d("3"), d("2"), d("6")), Equal);
    assert_eq!(compare_ratios(d("1"), d("3"), d("0.3333333333333333333333333333"), d("1")), Greater);
    assert_eq!(compare_ratios(d("-1"), d("3"), d("-0.3333333333333333333333333333"), d("1")), Less);
    assert_eq!(compare_ratios(d("0"), d("3"), d("-5"), d("1")), Greater);
    let tiny = d("0.0000000000000000000000000001");
    assert_eq!(compare_ratios(Decimal::MAX, tiny, Decimal::MAX, d("1")), Greater);
    assert_eq!(compare_ratios(tiny, Decimal::MAX, tiny, Decimal::MAX), Equal);
}
