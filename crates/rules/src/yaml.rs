//! YAML, counted before it is built: an alias can stand for a whole tree, and be used a thousand times.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

/// Values in one file, aliases followed. The largest rule that people publish has about a thousand.
const VALUES_MAX: u32 = 50_000;

/// Says what is wrong where a file would unfold into more than `VALUES_MAX` values.
///
/// Without an anchor and an alias a text unfolds to nothing longer than itself.
pub(crate) fn check_size(text: &str) -> Result<(), String> {
    if !(text.contains('&') && text.contains('*')) {
        return Ok(());
    }
    let left = Cell::new(VALUES_MAX);
    for document in yaml_serde::Deserializer::from_str(text) {
        // What is no YAML the parser of rules tells, with its place.
        if let Err(error) = Counter(&left).deserialize(document) {
            let is_too_large = left.get() == 0;
            return if is_too_large { Err(error.to_string()) } else { Ok(()) };
        }
    }
    Ok(())
}

/// Walks a value and keeps nothing of it.
#[derive(Clone, Copy)]
struct Counter<'c>(&'c Cell<u32>);

impl Counter<'_> {
    fn count<E: Error>(self) -> Result<(), E> {
        match self.0.get().checked_sub(1) {
            Some(left) => {
                self.0.set(left);
                Ok(())
            }
            None => Err(E::custom(format_args!("unfolds to more than {VALUES_MAX} values"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Counter<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! count_scalars {
    ($( $method:ident($kind:ty) )*) => { $(
        fn $method<E: Error>(self, _: $kind) -> Result<(), E> {
            self.count()
        }
    )* };
}

impl<'de> Visitor<'de> for Counter<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    count_scalars! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128) visit_f64(f64) visit_str(&str)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.count()
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.count()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.count()?;
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.count()?;
        while map.next_entry_seed(self, self)?.is_some() {}
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (_, value) = tagged.variant_seed(Tag)?;
        value.newtype_variant_seed(self)
    }
}

/// The name of a `!tag`.
struct Tag;

impl<'de> DeserializeSeed<'de> for Tag {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        String::deserialize(deserializer).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unfolds_without_end_is_refused_before_it_is_built() {
        let list = vec!["x"; 20_000].join(", ");
        let flat = format!("a: &a [{list}]\nb: [{}]\n", vec!["*a"; 10_000].join(", "));
        let tagged = format!("a: !t &a [{list}]\nb: [{}]\n", vec!["!u [*a]"; 10].join(", "));
        for bomb in [flat, tagged] {
            let problem = check_size(&bomb).unwrap_err();
            assert!(problem.contains("more than 50000 values"), "{problem}");
        }
    }

    #[test]
    fn anchors_that_people_write_are_no_harm() {
        for good in [
            "a: &a [x, 1, 2.5, true, null]\nb: *a\n---\nc: &c {d: -1}\ne: *c\n",
            "a: 'x & y *'\n",
            "a: [broken & *",
            "",
        ] {
            assert_eq!(check_size(good), Ok(()), "{good}");
        }
    }
}
