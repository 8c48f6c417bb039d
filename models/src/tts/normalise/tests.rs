use super::*;

fn said(text: &str) -> String {
    pieces(text).into_iter().flat_map(|piece| piece.words).collect::<Vec<_>>().join(" ")
}

#[test]
fn says_every_case_of_the_table() {
    let cases = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/eval/voice_words.tsv")).unwrap();
    let cases: Vec<_> = cases.lines().filter_map(|line| line.split_once('\t')).collect();
    assert!(cases.len() >= 400, "{} cases", cases.len());
    let wrong: Vec<_> = cases.iter().filter(|(written, spoken)| said(written) != *spoken).collect();
    assert!(wrong.is_empty(), "{:#?}", wrong.iter().map(|(written, _)| (written, said(written))).collect::<Vec<_>>());
}

#[test]
fn says_whole_sentences() {
    let cases = [
        (
            "It is 21 °C in the kitchen, 3 degrees more than at 6:05.",
            "it is twenty one degrees celsius in the kitchen three degrees more than at six oh five",
        ),
        ("I set 2 timers: 5 min and 1 h.", "i set two timers five minutes and one hour"),
        (
            "On 12/24/2025 at 7 p.m. it cost $12.50!",
            "on december twenty fourth twenty twenty five at seven p m it cost twelve dollars and fifty cents",
        ),
        (
            "Dr. Smith's TV uses 0.5 kWh, i.e. 50% less.",
            "doctor smith's t v uses zero point five kilowatt hours that is fifty percent less",
        ),
        ("Line one\n- Line two\n", "line one line two"),
    ];
    for (written, spoken) in cases {
        assert_eq!(said(written), spoken);
    }
}

#[test]
fn tells_pauses() {
    let stops = |text: &str| pieces(text).iter().map(|piece| piece.stop).collect::<Vec<_>>();
    use Stop::{Comma, Exclamation, Flow, Period, Question};
    assert_eq!(
        stops("Yes, it is. Is it? (No!) So: go"),
        [Comma, Flow, Period, Flow, Question, Exclamation, Comma, Flow]
    );
    assert_eq!(stops("Dr. Who vs. 3.5 at 7 p.m. today"), [Flow, Flow, Flow, Flow, Flow, Flow, Flow, Flow]);
    assert_eq!(stops("May 5, 2026, then"), [Flow, Flow, Comma, Flow]);
    assert_eq!(stops("one\ntwo — three… four"), [Period, Flow, Comma, Period, Flow]);
    assert_eq!(stops("It ended. Really."), [Flow, Period, Period]);
}

#[test]
fn pieces_joined_are_the_text() {
    for text in ["", " ", "a", " lead and trail \n", "one—two", "a\u{a0}b", &"x".repeat(3000), &"é".repeat(500)] {
        assert_eq!(pieces(text).iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
    }
}

#[test]
fn output_stays_bounded() {
    for text in
        ["9".repeat(100_000), "A".repeat(10_000), "1.".repeat(10_000), "$1-".repeat(10_000), "![](".repeat(9_000)]
    {
        let words: usize = pieces(&text).iter().map(|piece| piece.words.len()).sum();
        assert!(words <= text.len(), "{words} words of {} bytes", text.len());
        assert!(pieces(&text).iter().all(|piece| piece.words.len() <= PIECE_WORDS_MAX));
    }
}

/// Random text of the characters that readers look at, and of any others: nothing panics, nothing is lost, and what is
/// spoken is letters and apostrophes only.
#[test]
fn any_text_is_said_without_panic() {
    const NASTY: &[char] = &[
        '0', '1', '9', '5', '.', ',', ':', '/', '-', '–', '$', '€', '%', '°', 'C', 'm', 'k', 'A', 'a', 's', 't', 'h',
        ' ', ' ', '\n', '#', '@', '½', '\'', '’', '(', ')', '[', ']', '&', '+', '=', '*', '~', '…', '—', 'é', 'ß', 'İ',
        'ſ', '日', '😀', '\u{301}', '\u{200d}', '\u{feff}', '٣', '²', 'Ⅷ', '\0', 'v', 'p', 'w', 'x',
    ];
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..20_000 {
        let length = random.usize(0..24);
        let nasty = |random: &mut fastrand::Rng| NASTY[random.usize(0..NASTY.len())];
        let text: String =
            (0..length).map(|_| if round % 4 == 0 { random.char(..) } else { nasty(&mut random) }).collect();
        let pieces = pieces(&text);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        let spoken = pieces.iter().flat_map(|piece| &piece.words);
        let plain = |word: &String| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'');
        assert!(spoken.clone().all(plain), "{text:?}: {:?}", spoken.collect::<Vec<_>>());
    }
}
