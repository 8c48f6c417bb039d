//! Words that are written alike and said differently, told apart by the words beside them.

/// After these a word that is noun and verb is the verb.
const BEFORE_VERBS: &[&str] = &[
    "to", "will", "i", "you", "we", "they", "can", "could", "should", "would", "shall", "please", "not", "cannot",
    "don't", "i'll", "you'll", "we'll", "can't", "won't", "must", "may", "might", "also", "me", "let's",
];
/// Before these the first word of a clause is a verb.
const AFTER_VERBS: &[&str] = &["the", "a", "my", "your", "this", "that", "all", "it", "every", "our", "these", "those"];

/// After these "read" has happened already.
const BEFORE_PAST: &[&str] = &[
    "have", "has", "had", "was", "were", "been", "be", "is", "are", "i've", "you've", "we've", "they've", "he's",
    "she's", "haven't", "hasn't", "hadn't", "already", "never", "just", "being", "having",
];
/// After these, two words before, too: "have you read", "has been widely read".
const EARLIER_PAST: &[&str] = &["have", "has", "had", "i've", "you've", "we've", "they've"];
/// What is made of the metal.
const OF_LEAD: &[&str] =
    &["pipe", "pipes", "paint", "poisoning", "acid", "battery", "weight", "bullet", "sheet", "glass"];
/// What happens live.
const LIVE_THINGS: &[&str] = &[
    "music",
    "stream",
    "streams",
    "show",
    "shows",
    "concert",
    "concerts",
    "broadcast",
    "tv",
    "television",
    "audience",
    "wire",
    "wires",
    "video",
    "view",
    "feed",
    "camera",
    "performance",
    "event",
    "events",
    "coverage",
    "recording",
    "update",
    "updates",
    "picture",
    "pictures",
    "band",
    "report",
    "traffic",
    "radio",
    "animals",
    "plants",
];
/// After these "live" is how it happens.
const BEFORE_LIVE: &[&str] =
    &["go", "goes", "going", "went", "is", "are", "was", "broadcast", "streamed", "played", "a"];
/// After these "lives" is what somebody does.
const BEFORE_LIVES: &[&str] = &["he", "she", "it", "who", "that", "which", "nobody", "somebody", "everybody", "family"];
/// Before these "lives" is what somebody does.
const AFTER_LIVES: &[&str] = &["in", "on", "at", "with", "near", "here", "there", "alone", "upstairs", "next"];

/// How word `at` is to be looked up: a spelling that is said as it is meant, and whether it is a verb.
pub(crate) fn meant<'a>(words: &[&'a str], at: usize) -> (&'a str, bool) {
    let near = |step: isize| at.checked_add_signed(step).and_then(|at| words.get(at)).copied().unwrap_or("");
    let word = words.get(at).copied().unwrap_or("");
    let metal = near(-1) == "of" && near(-2) == "made" || OF_LEAD.contains(&near(1));
    match word {
        "read" if BEFORE_PAST.contains(&near(-1)) || EARLIER_PAST.contains(&near(-2)) => ("red", false),
        "read" => ("reed", false),
        "lead" => (word, !metal),
        "live" => (word, !(LIVE_THINGS.contains(&near(1)) || BEFORE_LIVE.contains(&near(-1)))),
        "lives" => (word, BEFORE_LIVES.contains(&near(-1)) || AFTER_LIVES.contains(&near(1))),
        _ => (word, is_verb(words, at)),
    }
}

fn is_verb(words: &[&str], at: usize) -> bool {
    match at.checked_sub(1).and_then(|before| words.get(before)) {
        Some(before) => BEFORE_VERBS.contains(before),
        None => words.get(at + 1).is_some_and(|after| AFTER_VERBS.contains(after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, word: &str) -> (String, bool) {
        let words: Vec<&str> = text.split(' ').collect();
        let (spelling, verb) = meant(&words, words.iter().position(|other| *other == word).unwrap());
        (spelling.to_owned(), verb)
    }

    #[test]
    fn tells_reading_from_having_read() {
        assert_eq!(of("please read the list", "read").0, "reed");
        assert_eq!(of("i read every day", "read").0, "reed");
        assert_eq!(of("i have read it", "read").0, "red");
        assert_eq!(of("have you read it", "read").0, "red");
        assert_eq!(of("it was read twice", "read").0, "red");
    }

    #[test]
    fn tells_homographs_by_their_neighbours() {
        assert!(of("we live here", "live").1 && of("people live longer", "live").1);
        assert!(!of("a live concert", "live").1 && !of("the show is live", "live").1);
        assert!(of("who lives upstairs", "lives").1 && !of("it saves lives", "lives").1);
        assert!(of("take the lead", "lead").1 && of("roads lead home", "lead").1);
        assert!(!of("the lead pipe", "lead").1 && !of("made of lead", "lead").1);
        assert!(of("please wind the clock", "wind").1 && !of("the wind is cold", "wind").1);
        assert!(of("close the door", "close").1 && !of("it is close", "close").1);
        assert_eq!(meant(&[], 0), ("", false));
    }
}
