//! The choice of the next token.

use fastrand::Rng;

use super::grammar::Mask;

/// How tokens are chosen; the state of one answer.
#[derive(Debug)]
pub(crate) struct Sampler {
    temperature: f32,
    top_p: f32,
    random: Rng,
    candidates: Vec<(u32, f32)>,
}

impl Sampler {
    /// `temperature` 0 is greedy; `top_p` above 0 to 1 is the share of probability that is drawn from.
    pub(crate) fn new(temperature: f32, top_p: f32, seed: u64) -> Self {
        Self { temperature, top_p, random: Rng::with_seed(seed), candidates: Vec::new() }
    }

    /// One of the allowed tokens; `None` when there is none.
    pub(crate) fn choose(&mut self, logits: &[f32], allowed: &Mask) -> Option<u32> {
        let tokens = logits.iter().enumerate().map(|(token, &logit)| (token as u32, logit));
        let tokens = tokens.filter(|(token, logit)| allowed.has(*token) && !logit.is_nan());
        if self.temperature <= 0.0 {
            return best(logits, allowed, None);
        }
        self.candidates.clear();
        self.candidates.extend(tokens);
        self.draw()
    }

    fn draw(&mut self) -> Option<u32> {
        let candidates = &mut self.candidates;
        candidates.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let highest = candidates.first()?.1;
        for (_, weight) in candidates.iter_mut() {
            *weight = ((*weight - highest) / self.temperature).exp();
        }
        let total: f32 = candidates.iter().map(|(_, weight)| weight).sum();
        let mut share = 0.0;
        let kept = candidates.iter().take_while(|(_, weight)| {
            let within = share < self.top_p * total;
            share += weight;
            within
        });
        let kept = kept.count().max(1);
        let total: f32 = candidates[..kept].iter().map(|(_, weight)| weight).sum();
        let mut left = self.random.f32() * total;
        let drawn = candidates[..kept].iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        drawn.or(candidates[..kept].last()).map(|(token, _)| *token)
    }
}

/// How much likelier a favoured token is taken to be, as a logarithm.
const FAVOUR: f32 = 8.0;

/// The likeliest of the allowed tokens, where `favoured` counts for more; of equal ones the first, so that the answer does
/// not hang on the order of a sort. `None` when none is allowed.
pub(crate) fn best(logits: &[f32], allowed: &Mask, favoured: Option<u32>) -> Option<u32> {
    let mut best: Option<(u32, f32)> = None;
    for (token, &logit) in (0..).zip(logits) {
        let logit = if favoured == Some(token) { logit + FAVOUR } else { logit };
        if allowed.has(token) && !logit.is_nan() && best.is_none_or(|(_, highest)| logit > highest) {
            best = Some((token, logit));
        }
    }
    best.map(|(token, _)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(size: u32) -> Mask {
        let mut mask = Mask::empty(size as usize);
        (0..size).for_each(|token| mask.add(token));
        mask
    }

    #[test]
    fn greedy_takes_the_best_that_is_allowed() {
        let mut mask = all(4);
        let mut sampler = Sampler::new(0.0, 1.0, 0);
        let logits = [1.0, 5.0, 5.0, f32::NAN];
        assert_eq!(sampler.choose(&logits, &mask), Some(1));
        mask.remove(1);
        assert_eq!(sampler.choose(&logits, &mask), Some(2));
        assert_eq!(sampler.choose(&logits, &Mask::empty(4)), None);
        assert_eq!(best(&[1.0, 5.0, 9.5], &all(3), Some(1)), Some(1));
        assert_eq!(best(&[1.0, 5.0, 13.5], &all(3), Some(1)), Some(2), "it may be overruled");
    }

    #[test]
    fn drawing_follows_the_probabilities_and_the_seed() {
        let logits = [0.0_f32, 3.0_f32.ln(), 6.0_f32.ln()];
        let count = |seed, temperature, top_p| {
            let mut sampler = Sampler::new(temperature, top_p, seed);
            let mut counts = [0; 3];
            (0..10_000).for_each(|_| counts[sampler.choose(&logits, &all(3)).unwrap() as usize] += 1);
            counts
        };
        assert_eq!(count(7, 1.0, 1.0), count(7, 1.0, 1.0));
        let [a, b, c] = count(7, 1.0, 1.0);
        assert!((800..1200).contains(&a) && (2800..3200).contains(&b) && (5800..6200).contains(&c), "{a} {b} {c}");
        let [a, b, c] = count(7, 1.0, 0.7);
        assert!(a == 0 && (3100..3600).contains(&b), "{a} {b} {c}: two tokens make up 90 %, one does not make up 70 %");
        assert_eq!(count(7, 1.0, 0.5), [0, 0, 10_000]);
        assert!(count(7, 0.2, 1.0)[2] > 9500);
    }
}
