//! A tree as text: compact in its own order, or as RFC 8785 has it.

use super::Json;

/// Without blanks, keys in the order of the file, numbers as they are written, nothing escaped that need not be: what
/// the hash called `source` is taken over.
pub fn compact(value: &Json<'_>) -> String {
    let mut out = String::new();
    write(value, false, &mut out);
    out
}

/// As the JSON Canonicalization Scheme (RFC 8785) has it: keys in the order of their UTF-16 units, numbers as
/// ECMAScript writes them. What the hash called `canonical` is taken over.
pub fn canonical(value: &Json<'_>) -> String {
    let mut out = String::new();
    write(value, true, &mut out);
    out
}

fn write(value: &Json<'_>, is_canonical: bool, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(text) if is_canonical => out.push_str(&ecmascript(text)),
        Json::Number(text) => out.push_str(text),
        Json::Text(text) => write_text(text, out),
        Json::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, is_canonical, out);
            }
            out.push(']');
        }
        Json::Object(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().collect();
            if is_canonical {
                pairs.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            }
            out.push('{');
            for (at, (key, value)) in pairs.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_text(key, out);
                out.push(':');
                write(value, is_canonical, out);
            }
            out.push('}');
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | ..b' ')) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            8 => out.push_str("\\b"),
            9 => out.push_str("\\t"),
            10 => out.push_str("\\n"),
            12 => out.push_str("\\f"),
            13 => out.push_str("\\r"),
            control => out.push_str(&format!("\\u{control:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// `Number.prototype.toString` of the double nearest to it: Rust's digits are the shortest too, laid out otherwise.
fn ecmascript(text: &str) -> String {
    let number: f64 = text.parse().expect("the parser lets only numbers through");
    if number == 0.0 {
        return "0".to_owned();
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').expect("scientific notation has an exponent");
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().expect("an exponent is a whole number");
    let before_point = exponent + 1;
    let count = digits.len() as i32;
    let zeros = |count: i32| "0".repeat(count.unsigned_abs() as usize);
    if (count..=21).contains(&before_point) {
        format!("{sign}{digits}{}", zeros(before_point - count))
    } else if (1..=21).contains(&before_point) {
        let (whole, fraction) = digits.split_at(before_point as usize);
        format!("{sign}{whole}.{fraction}")
    } else if (-5..=0).contains(&before_point) {
        format!("{sign}0.{}{digits}", zeros(before_point))
    } else {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{point}{rest}e{}{}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn compact_keeps_order_and_numbers_and_unescapes() {
        let text = r#"{ "b" : 1.50, "a" : [ true, "\u2013\u0001\/\"\\" ] }"#;
        assert_eq!(
            compact(&parse(text.as_bytes()).unwrap()),
            "{\"b\":1.50,\"a\":[true,\"–\\u0001/\\\"\\\\\"]}"
        );
    }

    #[test]
    fn canonical_is_what_the_rfc_shows() {
        // The example of RFC 8785, section 3.2.2 and 3.2.3.
        let text = r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
            "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#;
        let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
            \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(canonical(&parse(text.as_bytes()).unwrap()), expected);
        let keys = "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}";
        let order = canonical(&parse(keys.as_bytes()).unwrap());
        let values: String = order.chars().filter(|sign| ('2'..='7').contains(sign)).collect();
        assert_eq!(values, "2467153".replace('1', ""), "{order}");
    }

    #[test]
    fn numbers_are_those_of_ecmascript() {
        for (text, expected) in [
            ("-0", "0"),
            ("1.0", "1"),
            ("-1.5e3", "-1500"),
            ("123456789012345678901", "123456789012345680000"),
            ("1e21", "1e+21"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1e-7"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("9007199254740993", "9007199254740992"),
        ] {
            assert_eq!(ecmascript(text), expected);
        }
    }
}
