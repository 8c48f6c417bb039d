use std::path::PathBuf;

use super::{
    config::VoiceConfig,
    lexicon::{Lexicon, Phone},
    normalise::{self, Stop},
    phones,
    phrase::{Phrase, Phraser},
    style::Style,
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pocket/voice")
}

fn front_end() -> (VoiceConfig, Lexicon) {
    let config = VoiceConfig::parse(&std::fs::read_to_string(folder().join("config.json")).unwrap()).unwrap();
    let lexicon = Lexicon::parse(&std::fs::read(folder().join("lexicon.bin")).unwrap(), &config.phones).unwrap();
    (config, lexicon)
}

fn spell(config: &VoiceConfig, phones: &[Phone]) -> String {
    let name = |phone: &Phone| {
        let stress = if phone.stressed { "+" } else { "" };
        format!("{}{stress}", config.phones[usize::from(phone.index)])
    };
    phones.iter().map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn says_words_as_the_recipe_does() {
    let (config, lexicon) = front_end();
    // What `say` of models/recipe/voice/dictionary.py gives for the same words.
    let cases = [
        ("the", "dh ax"),
        ("to", "t ax"),
        ("a", "ax"),
        ("ay", "ey+"),
        ("kitchen", "k ih+ ch ax n"),
        ("lights", "l ay+ t s"),
        ("don't", "d ow+ n t"),
        ("i'll", "ay+ l"),
        ("thermostats", "th er+ m ax s t ae+ t s"),
        ("boxes", "b aa+ k s ax z"),
        ("zigbee", "z ih+ g b iy"),
        ("kubernetes", "k y uw+ b er n iy+ t s"),
        ("w", "d ah+ b ah l y uw+"),
        ("dog's", "d ao+ g z"),
        ("cat's", "k ae+ t s"),
        ("james's", "jh ey+ m z ax z"),
        ("boys'", "b oy+ z"),
        ("podcast", "p aa+ d k ae+ s t"),
        ("zzz", "z"),
    ];
    for (word, wanted) in cases {
        assert_eq!(spell(&config, &lexicon.say(word, false)), wanted, "{word}");
    }
}

#[test]
fn tells_verbs_from_nouns() {
    let (config, lexicon) = front_end();
    assert_eq!(spell(&config, &lexicon.say("close", false)), "k l ow+ s");
    assert_eq!(spell(&config, &lexicon.say("close", true)), "k l ow+ z");
    let phones = |text: &str| {
        let pieces = normalise::pieces(text);
        let phrase = Phrase { pieces, stop: Stop::Period, continues: false, style: Style::PLAIN, gap_ms: 0 };
        let rows = phones::clause(&phrase, &lexicon, &config).unwrap().rows;
        rows.iter().map(|row| config.phones[row[0] as usize].clone()).collect::<Vec<_>>().join(" ")
    };
    assert!(phones("I will close it").contains("k l ow z"));
    assert!(phones("Close the door").contains("k l ow z"));
    assert!(phones("It is close").contains("k l ow s"));
}

#[test]
fn every_word_is_said_without_panic() {
    let (config, lexicon) = front_end();
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..20_000 {
        let letters = random.usize(0..60);
        let word: String = (0..letters).map(|_| if random.u8(..) < 20 { '\'' } else { random.lowercase() }).collect();
        let said = lexicon.say(&word, random.bool());
        assert!(said.iter().all(|phone| usize::from(phone.index) < config.phones.len()), "{word}");
    }
    assert!(lexicon.say("", false).is_empty());
    assert!(lexicon.say("ÄÖ日", true).is_empty());
}

#[test]
fn a_damaged_lexicon_is_refused() {
    let (config, _) = front_end();
    let bytes = std::fs::read(folder().join("lexicon.bin")).unwrap();
    assert!(Lexicon::parse(&[], &config.phones).is_err());
    assert!(Lexicon::parse(&bytes[..bytes.len() / 2], &config.phones).is_err());
    assert!(Lexicon::parse(&[&bytes[..], b"x"].concat(), &config.phones).is_err());
    assert!(Lexicon::parse(&bytes, &config.phones[..20]).is_err());
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..30 {
        let mut damaged = bytes.clone();
        for _ in 0..20 {
            let at = random.usize(0..damaged.len());
            damaged[at] = random.u8(..);
        }
        // Either refused or still safe to ask.
        if let Ok(lexicon) = Lexicon::parse(&damaged, &config.phones) {
            for word in ["kitchen", "a", "zebra", "don't", "qwertyuiop"] {
                lexicon.say(word, true);
            }
        }
    }
}

#[test]
fn rows_tell_what_the_model_was_taught() {
    let (config, lexicon) = front_end();
    let mut phraser = Phraser::default();
    phraser.push("Okay, in it?");
    phraser.end();
    let clauses: Vec<_> = std::iter::from_fn(|| phraser.next())
        .map(|phrase| phones::clause(&phrase, &lexicon, &config).unwrap())
        .collect();
    let index = |name: &str| config.phones.iter().position(|phone| phone == name).unwrap() as i64;
    let [okay, question] = &clauses[..] else { panic!("{clauses:?}") };
    assert_eq!(okay.rows[0], [0, 0, 0, 0, 1]);
    assert_eq!(okay.rows.last(), okay.rows.first());
    // "in": a preposition that begins and ends with one phone each; the question goes on with the sentence.
    assert_eq!(question.rows[1], [index("ih"), 1, 2, 2, 8]);
    assert_eq!(question.rows[2], [index("n"), 0, 4, 2, 8]);
    assert_eq!(question.spans, [1..3, 3..5]);
}

#[test]
fn config_is_checked() {
    let text = std::fs::read_to_string(folder().join("config.json")).unwrap();
    assert!(VoiceConfig::parse(&text).is_ok());
    let changes = [("\"hop\": 240", "\"hop\": 0"), ("24000", "16000"), ("\"gain\": 1.6", "\"gain\": -1"), ("{", "[")];
    for (from, to) in changes {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert!(VoiceConfig::parse(&changed).is_err(), "{to}");
    }
}

#[test]
fn a_package_of_several_voices_tells_them_apart() {
    let text = std::fs::read_to_string(folder().join("config.json")).unwrap();
    let mut content: serde_json::Value = serde_json::from_str(&text).unwrap();
    content["speakers"] = serde_json::json!([
        {"name": "pearl", "description": "", "also": ["nova"], "gain": 1.5, "pitch_hz": 180.0},
        {"name": "flint", "description": "", "also": ["onyx", "echo"], "gain": 1.2, "pitch_hz": 98.0},
    ]);
    let config = VoiceConfig::parse(&content.to_string()).unwrap();
    assert!(config.reads_speaker);
    let numbers = ["pearl", "Flint", "ONYX", "nova", "unheard-of", ""].map(|name| config.speaker(name));
    assert_eq!(numbers, [0, 1, 1, 0, 0, 0]);
    for (name, wrong) in [("pitch_hz", 4.0), ("gain", -1.0)] {
        let mut broken = content.clone();
        broken["speakers"][1][name] = wrong.into();
        assert!(VoiceConfig::parse(&broken.to_string()).is_err(), "{name}");
    }
    content.as_object_mut().unwrap().remove("speakers");
    let alone = VoiceConfig::parse(&content.to_string()).unwrap();
    assert!(!alone.reads_speaker && alone.speakers().len() == 1 && alone.speaker("onyx") == 0);
}
