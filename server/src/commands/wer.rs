//! How far what was understood is from what was said.

/// Errors of a transcript, by the fewest changes that make it right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WordErrors {
    /// Words in place of others.
    pub substituted: usize,
    /// Words that are missing.
    pub deleted: usize,
    /// Words that nobody said.
    pub inserted: usize,
    /// Words that were said.
    pub words: usize,
}

impl WordErrors {
    /// Compares word by word, without regard to case, punctuation and the kind of apostrophe.
    #[must_use]
    pub fn between(said: &str, heard: &str) -> Self {
        let (said, heard) = (words(said), words(heard));
        // Row by row of the table of edit distances; each cell counts the errors of its best way.
        let mut row: Vec<Self> = (0..=heard.len()).map(|inserted| Self { inserted, ..Self::default() }).collect();
        for word in &said {
            let mut diagonal = row[0];
            row[0].deleted += 1;
            for (place, other) in heard.iter().enumerate() {
                let straight = Self { substituted: diagonal.substituted + usize::from(word != other), ..diagonal };
                let above = Self { deleted: row[place + 1].deleted + 1, ..row[place + 1] };
                let left = Self { inserted: row[place].inserted + 1, ..row[place] };
                diagonal = row[place + 1];
                row[place + 1] = straight.better(above).better(left);
            }
        }
        Self { words: said.len(), ..row.last().copied().unwrap_or_default() }
    }

    /// All errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.substituted + self.deleted + self.inserted
    }

    /// Errors per word that was said; more than 1 is possible. 0 when nothing was said and nothing heard.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.errors() as f64 / self.words.max(1) as f64
    }

    fn better(self, other: Self) -> Self {
        if other.errors() < self.errors() { other } else { self }
    }
}

impl std::ops::AddAssign for WordErrors {
    fn add_assign(&mut self, more: Self) {
        self.substituted += more.substituted;
        self.deleted += more.deleted;
        self.inserted += more.inserted;
        self.words += more.words;
    }
}

fn words(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace('\u{2019}', "'");
    let split = plain.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    split.map(|word| word.trim_matches('\'').to_owned()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(said: &str, heard: &str) -> (usize, usize, usize, usize) {
        let errors = WordErrors::between(said, heard);
        (errors.substituted, errors.deleted, errors.inserted, errors.words)
    }

    #[test]
    fn known_pairs() {
        assert_eq!(between("turn on the light", "turn on the light"), (0, 0, 0, 4));
        assert_eq!(between("turn on the light", "turn off the light"), (1, 0, 0, 4));
        assert_eq!(between("turn on the light", "turn the light"), (0, 1, 0, 4));
        assert_eq!(between("turn the light", "turn on the light"), (0, 0, 1, 3));
        assert_eq!(between("a b c d", "b c d e f"), (0, 1, 2, 4));
        assert_eq!(between("", "hello there"), (0, 0, 2, 0));
        assert_eq!(between("hello there", ""), (0, 2, 0, 2));
        assert_eq!(between("", ""), (0, 0, 0, 0));
    }

    #[test]
    fn case_punctuation_and_apostrophes_do_not_count() {
        assert_eq!(between("What's the time, please?", "what\u{2019}s the time please").0, 0);
        assert_eq!(WordErrors::between("It's half-past 7.", "it's half past 7").errors(), 0);
        assert_eq!(WordErrors::between("wont", "won't").errors(), 1);
    }

    #[test]
    fn rates_add_up_by_words() {
        let mut all = WordErrors::between("one two three four", "one two three five");
        all += WordErrors::between("six", "six");
        assert_eq!(all.errors(), 1);
        assert!((all.rate() - 0.2).abs() < 1e-9);
        assert!((WordErrors::between("", "x").rate() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_distance_is_that_of_the_longest_words_too() {
        let said: Vec<String> = (0..60).map(|n| format!("w{n}")).collect();
        let heard: Vec<String> = (0..60).filter(|n| n % 3 != 0).map(|n| format!("w{n}")).collect();
        assert_eq!(between(&said.join(" "), &heard.join(" ")), (0, 20, 0, 60));
    }
}
