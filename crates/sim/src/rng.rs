//! Random numbers that are the same on every machine for the same seed.

/// SplitMix64: small, fast, and good enough to draw a day's work.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// The sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number from `low` up to and including `high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.bits() % (high - low + 1)
    }

    /// The same in 32 bits.
    pub(crate) fn between_u32(&mut self, low: u32, high: u32) -> u32 {
        u32::try_from(self.between(u64::from(low), u64::from(high))).expect("between two u32")
    }

    /// One of these.
    ///
    /// # Panics
    /// Panics where there are none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let last = from.len() as u64 - 1;
        &from[usize::try_from(self.between(0, last)).expect("an index")]
    }

    /// The value of a row, drawn by the rows' weights.
    pub(crate) fn weighted<'a, T>(&mut self, rows: &'a [(u64, T)]) -> &'a T {
        let total: u64 = rows.iter().map(|(weight, _)| weight).sum();
        let mut left = self.between(1, total);
        for (weight, value) in rows {
            if left <= *weight {
                return value;
            }
            left -= weight;
        }
        unreachable!("the weights add up to their total")
    }

    /// Sixteen random bytes.
    pub fn guid(&mut self) -> crate::value::Guid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.bits().to_le_bytes());
        bytes[8..].copy_from_slice(&self.bits().to_le_bytes());
        crate::value::Guid(bytes)
    }

    /// So many hexadecimal digits in capitals, for file hashes.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            text.push_str(&format!("{:016X}", self.bits()));
        }
        text.truncate(digits);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_never_changes() {
        let mut rng = Rng::new(1);
        assert_eq!(rng.bits(), 0x910a_2dec_8902_5cc1);
        assert_eq!(Rng::new(7).hex(20).len(), 20);
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut rng = Rng::new(3);
        for _ in 0..1000 {
            assert!((5..=7).contains(&rng.between(5, 7)));
            assert_eq!(*rng.weighted(&[(0, 'a'), (9, 'b')]), 'b');
        }
    }
}
