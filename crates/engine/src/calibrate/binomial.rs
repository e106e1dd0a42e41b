//! What a count says of a share, exactly: no normal curve, which fails for few samples and for shares near one.

/// An interval leaves out so much at each end.
const TAIL: f64 = 0.025;
/// Halvings of the unit interval: finer than any share is told.
const HALVINGS: u32 = 50;

/// Chances of 0 to `n` hits in `n` trials, summed up from 0.
struct Binomial {
    /// Natural logarithms of factorials, from 0 to n.
    ln_factorials: Vec<f64>,
}

impl Binomial {
    fn of(n: u64) -> Binomial {
        let mut ln_factorials = vec![0.0];
        let mut sum = 0.0;
        for factor in 1..=n {
            sum += (factor as f64).ln();
            ln_factorials.push(sum);
        }
        Binomial { ln_factorials }
    }

    fn n(&self) -> usize {
        self.ln_factorials.len() - 1
    }

    /// The chances of 0, 1, … n hits, where each trial hits with chance `p`, between 0 and 1.
    fn chances(&self, p: f64) -> impl Iterator<Item = f64> {
        let n = self.n();
        let (hit, miss) = (p.ln(), (1.0 - p).ln());
        (0..=n).map(move |hits| {
            let ways = self.ln_factorials[n] - self.ln_factorials[hits] - self.ln_factorials[n - hits];
            (ways + hits as f64 * hit + (n - hits) as f64 * miss).exp()
        })
    }

    /// The chance of `k` hits at most.
    fn at_most(&self, k: usize, p: f64) -> f64 {
        self.chances(p).take(k + 1).sum::<f64>().min(1.0)
    }
}

/// The share at which something that rises with it reaches a level.
fn crossing(level: f64, rising: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if rising(middle) < level { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Clopper and Pearson's interval at 95 % for a share of which `hits` of `of` were seen.
pub(super) fn interval(hits: u64, of: u64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let binomial = Binomial::of(of);
    let k = hits.min(of) as usize;
    let low = match k {
        0 => 0.0,
        _ => crossing(TAIL, |p| 1.0 - binomial.at_most(k - 1, p)),
    };
    let high = match k == binomial.n() {
        true => 1.0,
        false => crossing(1.0 - TAIL, |p| 1.0 - binomial.at_most(k, p)),
    };
    (low, high)
}

/// How many happenings may be expected at most where so many were seen: Poisson's exact upper end of a 95 % interval.
pub(super) fn most_expected(seen: u64) -> f64 {
    let at_most = |expected: f64| {
        let (mut ln_chance, mut sum) = (-expected, (-expected).exp());
        for happenings in 1..=seen {
            ln_chance += expected.ln() - (happenings as f64).ln();
            sum += ln_chance.exp();
        }
        sum
    };
    // Beyond ten standard deviations nothing is left to look for.
    let reach = seen as f64 + 10.0 * (seen as f64).sqrt() + 10.0;
    reach * crossing(1.0 - TAIL, |part| 1.0 - at_most(reach * part))
}

/// Which of `n` samples, in order, is with so much confidence no less than what a share of all does not exceed. It
/// depends on their number alone, so that nothing is chosen after looking. `None`: there are too few for any.
pub(super) fn tolerance_rank(n: u64, share: f64, confidence: f64) -> Option<usize> {
    // The k-th lies at or above the share where no more than k - 1 lie below it.
    let mut at_most = 0.0;
    let reaches = |chance: f64| {
        at_most += chance;
        at_most >= confidence
    };
    let below = Binomial::of(n).chances(share).take(n as usize).position(reaches)?;
    Some(below + 1)
}

/// The fewest samples for which there is such a rank: 1 - share^n must reach the confidence.
pub(super) fn fewest_samples(share: f64, confidence: f64) -> u64 {
    ((1.0 - confidence).ln() / share.ln()).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(one: f64, other: f64) -> bool {
        (one - other).abs() < 5e-5
    }

    #[test]
    fn intervals_are_those_of_the_tables() {
        // R: binom.test(k, n)$conf.int
        for (hits, of, low, high) in [
            (0, 10, 0.0, 0.30850),
            (1, 10, 0.00253, 0.44502),
            (5, 10, 0.18709, 0.81291),
            (10, 10, 0.69150, 1.0),
            (19, 20, 0.75127, 0.99873),
            (29, 29, 0.88056, 1.0),
        ] {
            let told = interval(hits, of);
            assert!(is_near(told.0, low) && is_near(told.1, high), "{hits} of {of}: {told:?}");
        }
        assert_eq!(interval(0, 0), (0.0, 1.0));
    }

    #[test]
    fn of_rare_happenings_the_upper_end_is_that_of_the_tables() {
        // R: poisson.test(k)$conf.int[2]
        for (seen, most) in [(0, 3.68888), (1, 5.57164), (5, 11.66833), (100, 121.62677)] {
            assert!(is_near(most_expected(seen), most), "{seen}: {}", most_expected(seen));
        }
    }

    #[test]
    fn of_many_samples_the_interval_is_narrow() {
        let (low, high) = interval(9_500, 10_000);
        assert!(0.945 < low && low < 0.95 && 0.95 < high && high < 0.955, "{low} {high}");
    }

    #[test]
    fn twenty_nine_samples_are_the_fewest_for_nine_of_ten() {
        assert_eq!(fewest_samples(0.9, 0.95), 29);
        assert_eq!((tolerance_rank(28, 0.9, 0.95), tolerance_rank(29, 0.9, 0.95)), (None, Some(29)));
        assert_eq!(tolerance_rank(46, 0.9, 0.95), Some(45), "the tables of distribution-free tolerance");
        assert_eq!(tolerance_rank(0, 0.9, 0.95), None);
    }
}
