//! How sure a heard word is: what speaks for it, weighed by weights that were fitted to words heard right and wrong.

use serde::Deserialize;

/// What speaks for a word. All are logarithms, 0 at best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    /// Mean over its letters: how clearly each sounded.
    pub(super) letters: f32,
    /// The least clear letter.
    pub(super) worst: f32,
    /// Mean over its letters: how expected each was, by the n-gram.
    pub(super) text: f32,
    /// Share of the texts that were still possible at the end, by their mass, that have the word in this place.
    pub(super) share: f32,
}

/// Weights of a logistic regression, from the package.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct ConfidenceWeights {
    bias: f32,
    letters: f32,
    worst: f32,
    text: f32,
    share: f32,
    /// An utterance less sure than this was no speech: nothing is heard.
    #[serde(default)]
    pub(super) least: f32,
}

impl Evidence {
    /// How likely the word is right, 0 to 1. Without weights the clarity of its letters must do.
    pub(super) fn confidence(&self, weights: Option<ConfidenceWeights>) -> f32 {
        let Some(weights) = weights else { return self.letters.exp().clamp(0.0, 1.0) };
        let sum = weights.bias
            + weights.letters * self.letters
            + weights.worst * self.worst
            + weights.text * self.text
            + weights.share * self.share;
        1.0 / (1.0 + (-sum).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIDENCE: Evidence = Evidence { letters: -0.5, worst: -2.0, text: -1.0, share: -0.1 };

    #[test]
    fn without_weights_the_letters_count() {
        assert!((EVIDENCE.confidence(None) - (-0.5_f32).exp()).abs() < 1e-6);
    }

    #[test]
    fn weights_are_a_logistic_regression() {
        let weights: ConfidenceWeights =
            serde_json::from_str(r#"{"bias": 3.0, "letters": 2.0, "worst": 0.5, "text": 0.25, "share": 1.0}"#).unwrap();
        let logit = 3.0 - 1.0 - 1.0 - 0.25 - 0.1_f32;
        assert!((EVIDENCE.confidence(Some(weights)) - 1.0 / (1.0 + (-logit).exp())).abs() < 1e-6);
        let clearer = Evidence { worst: -0.6, ..EVIDENCE };
        assert!(clearer.confidence(Some(weights)) > EVIDENCE.confidence(Some(weights)));
    }
}
