//! Addresses as Windows writes them.

// A shape of text, no network: `core` has it.
use core::net::Ipv4Addr;

/// Windows writes an IPv4 client of a dual-stack socket as `::ffff:10.0.0.1`; it is `10.0.0.1`.
pub fn unmapped(written: &str) -> &str {
    const MAPPED: &str = "::ffff:";
    match written.get(..MAPPED.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(MAPPED) => {
            let rest = &written[MAPPED.len()..];
            if rest.parse::<Ipv4Addr>().is_ok() { rest } else { written }
        }
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        for (written, address) in [
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::FFFF:10.0.0.1", "10.0.0.1"),
            ("::ffff:not-an-address", "::ffff:not-an-address"),
            ("::ffff:ffff:1", "::ffff:ffff:1"),
            ("::1", "::1"),
            ("fe80::1%5", "fe80::1%5"),
            ("é:ffff:10.0.0.1", "é:ffff:10.0.0.1"),
        ] {
            assert_eq!(unmapped(written), address);
        }
    }
}
