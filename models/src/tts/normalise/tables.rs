//! What stands for what: units, months, abbreviations, letters with marks.

/// Unit signs with their singular and plural. Case counts.
const UNITS: &[(&str, &str, &str)] = &[
    ("%", "percent", "percent"),
    ("‰", "per mille", "per mille"),
    ("°", "degree", "degrees"),
    ("°C", "degree celsius", "degrees celsius"),
    ("℃", "degree celsius", "degrees celsius"),
    ("°F", "degree fahrenheit", "degrees fahrenheit"),
    ("℉", "degree fahrenheit", "degrees fahrenheit"),
    ("ºC", "degree celsius", "degrees celsius"),
    ("ºF", "degree fahrenheit", "degrees fahrenheit"),
    ("C", "degree celsius", "degrees celsius"),
    ("F", "degree fahrenheit", "degrees fahrenheit"),
    ("K", "kelvin", "kelvin"),
    ("mm", "millimeter", "millimeters"),
    ("cm", "centimeter", "centimeters"),
    ("m", "meter", "meters"),
    ("km", "kilometer", "kilometers"),
    ("mi", "mile", "miles"),
    ("ft", "foot", "feet"),
    ("yd", "yard", "yards"),
    ("in", "inch", "inches"),
    ("m²", "square meter", "square meters"),
    ("m2", "square meter", "square meters"),
    ("km²", "square kilometer", "square kilometers"),
    ("m³", "cubic meter", "cubic meters"),
    ("m3", "cubic meter", "cubic meters"),
    ("g", "gram", "grams"),
    ("mg", "milligram", "milligrams"),
    ("kg", "kilogram", "kilograms"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("l", "liter", "liters"),
    ("L", "liter", "liters"),
    ("ml", "milliliter", "milliliters"),
    ("mL", "milliliter", "milliliters"),
    ("s", "second", "seconds"),
    ("sec", "second", "seconds"),
    ("secs", "second", "seconds"),
    ("min", "minute", "minutes"),
    ("mins", "minute", "minutes"),
    ("h", "hour", "hours"),
    ("hr", "hour", "hours"),
    ("hrs", "hour", "hours"),
    ("ms", "millisecond", "milliseconds"),
    ("µs", "microsecond", "microseconds"),
    ("d", "day", "days"),
    ("km/h", "kilometer per hour", "kilometers per hour"),
    ("kph", "kilometer per hour", "kilometers per hour"),
    ("kmh", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("m/s", "meter per second", "meters per second"),
    ("W", "watt", "watts"),
    ("kW", "kilowatt", "kilowatts"),
    ("MW", "megawatt", "megawatts"),
    ("Wh", "watt hour", "watt hours"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
    ("V", "volt", "volts"),
    ("mV", "millivolt", "millivolts"),
    ("A", "amp", "amps"),
    ("mA", "milliamp", "milliamps"),
    ("mAh", "milliamp hour", "milliamp hours"),
    ("Ω", "ohm", "ohms"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("dB", "decibel", "decibels"),
    ("lm", "lumen", "lumens"),
    ("lx", "lux", "lux"),
    ("B", "byte", "bytes"),
    ("kB", "kilobyte", "kilobytes"),
    ("KB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("kbps", "kilobit per second", "kilobits per second"),
    ("Mbps", "megabit per second", "megabits per second"),
    ("mbps", "megabit per second", "megabits per second"),
    ("Gbps", "gigabit per second", "gigabits per second"),
    ("rpm", "r p m", "r p m"),
    ("ppm", "part per million", "parts per million"),
    ("Pa", "pascal", "pascals"),
    ("hPa", "hectopascal", "hectopascals"),
    ("kPa", "kilopascal", "kilopascals"),
    ("mbar", "millibar", "millibars"),
    ("psi", "p s i", "p s i"),
    ("cal", "calorie", "calories"),
    ("kcal", "kilocalorie", "kilocalories"),
    ("J", "joule", "joules"),
    ("kJ", "kilojoule", "kilojoules"),
    ("fps", "frame per second", "frames per second"),
    ("px", "pixel", "pixels"),
    ("x", "times", "times"),
    ("×", "times", "times"),
    ("k", "thousand", "thousand"),
    ("M", "million", "million"),
    ("bn", "billion", "billion"),
];

/// Unit signs that are words or letters too when a space stands before them.
const UNITS_ONLY_GLUED: &[&str] = &["in", "A", "x", "×", "k", "K", "M", "d", "B", "J", "cal"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Short forms that are said in full. The dot at the end is left out.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("Mr", "mister"),
    ("Mrs", "missus"),
    ("Ms", "miz"),
    ("Dr", "doctor"),
    ("Prof", "professor"),
    ("Sgt", "sergeant"),
    ("Capt", "captain"),
    ("Gen", "general"),
    ("Lt", "lieutenant"),
    ("Mt", "mount"),
    ("Ft", "fort"),
    ("Ph.D", "p h d"),
    ("Jr", "junior"),
    ("Sr", "senior"),
    ("St", "saint"),
    ("Ave", "avenue"),
    ("Blvd", "boulevard"),
    ("Rd", "road"),
    ("vs", "versus"),
    ("etc", "et cetera"),
    ("approx", "approximately"),
    ("e.g", "for example"),
    ("i.e", "that is"),
    ("dept", "department"),
    ("Inc", "incorporated"),
    ("Ltd", "limited"),
    ("Corp", "corporation"),
    ("Co", "company"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("temp", "temperature"),
    ("tel", "telephone"),
    ("Tue", "tuesday"),
    ("Tues", "tuesday"),
    ("Mon", "monday"),
    ("Wed", "wednesday"),
    ("Thu", "thursday"),
    ("Thur", "thursday"),
    ("Thurs", "thursday"),
    ("Fri", "friday"),
    ("Sat", "saturday"),
    ("Sun", "sunday"),
    ("w/o", "without"),
    ("w/", "with"),
    ("asap", "a s a p"),
    ("ok", "okay"),
    ("OK", "okay"),
    ("Ok", "okay"),
    ("wi-fi", "wifi"),
    ("Wi-Fi", "wifi"),
    ("WiFi", "wifi"),
    ("WIFI", "wifi"),
    ("iOS", "i o s"),
    ("aka", "a k a"),
    ("TL;DR", "t l d r"),
    ("AT&T", "ay t and t"),
];

/// Short forms that are words of their own unless a dot follows.
const ONLY_WITH_DOT: &[&str] =
    &["Sat", "Sun", "max", "min", "temp", "St", "Co", "tel", "Wed", "Mon", "Fri", "Inc", "Gen", "Ft", "Capt"];

/// Short words in capitals that are shouted, not spelled.
const SHOUTED: &[&str] = &[
    "OFF", "ON", "YES", "NO", "THE", "AND", "ARE", "YOU", "IS", "IT", "IN", "AT", "TO", "OF", "FOR", "NOT", "ALL",
    "NEW", "NOW", "OR", "BUT", "CAN", "DO", "GO", "UP", "ONE", "TWO", "SIX", "TEN", "DAY", "WE", "HE", "SHE", "ME",
    "MY", "WAS", "HAS", "BE", "BY", "IF", "AS", "AN", "SO", "US", "OUT", "HOT", "LOW", "HI", "HEY", "OH", "ANY", "SET",
    "END", "RUN", "TRY", "GET", "WHO", "WHY", "HOW", "BAD", "BIG", "RED", "ADD", "ASK", "LET", "TOO", "USE", "WAY",
];

/// Longer words in capitals that are spelled although one could say them.
const SPELLED: &[&str] = &["HVAC", "HDMI", "UEFI", "IEEE", "WLAN", "USBC", "OLED", "AUX", "IP", "AI", "EU", "UK", "UI"];

/// Singular and plural of a unit sign; `glued` when it stands right after its number.
pub(super) fn unit(sign: &str, glued: bool) -> Option<(&'static str, &'static str)> {
    let known = UNITS.iter().find(|(name, ..)| *name == sign)?;
    (glued || !UNITS_ONLY_GLUED.contains(&sign)).then_some((known.1, known.2))
}

/// The full name of a month, from its name or its first three (or four) letters.
pub(super) fn month(name: &str) -> Option<&'static str> {
    let lower = name.trim_end_matches('.').to_ascii_lowercase();
    let capital = name.starts_with(|c: char| c.is_ascii_uppercase());
    let short = capital && (lower.len() == 3 || lower == "sept");
    MONTHS.into_iter().find(|month| *month == lower && capital || short && month.starts_with(lower.as_str()))
}

/// The month with a number, 1 to 12.
pub(super) fn month_number(number: u32) -> Option<&'static str> {
    MONTHS.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

/// What a short form stands for; `dotted` when a dot follows it.
pub(super) fn abbreviation(token: &str, dotted: bool) -> Option<&'static str> {
    let known = ABBREVIATIONS.iter().find(|(name, _)| *name == token)?;
    (dotted || !ONLY_WITH_DOT.contains(&token)).then_some(known.1)
}

/// Does a dot after `token` belong to it rather than end the sentence?
pub(super) fn keeps_its_dot(token: &str) -> bool {
    const MORE: &[&str] =
        &["No", "a.m", "p.m", "U.S", "etc", "vs", "Vol", "Fig", "pp", "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec"];
    const MAY_END: &[&str] = &[
        "etc", "Inc", "Ltd", "Co", "Ph.D", "ok", "OK", "Ok", "aka", "asap", "iOS", "WiFi", "WIFI", "Wi-Fi", "wi-fi",
        "a.m", "p.m", "min", "max", "temp", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
    ];
    let initial = token.len() == 1 && token.bytes().all(|b| b.is_ascii_uppercase()) && token != "I";
    let known = ABBREVIATIONS.iter().any(|(name, _)| *name == token) || MORE.contains(&token);
    (known && !MAY_END.contains(&token)) || initial
}

/// Is this word in capitals to be spelled letter by letter?
pub(super) fn is_spelled(capitals: &str) -> bool {
    if SHOUTED.contains(&capitals) {
        return false;
    }
    let vowels = capitals.bytes().filter(|byte| b"AEIOUY".contains(byte)).count();
    capitals.len() <= 3 || vowels == 0 || SPELLED.contains(&capitals)
}

/// A letter with a mark as plain letters; `None` for what is no Latin letter.
pub(super) fn plain(c: char) -> Option<&'static str> {
    const FOLDS: &[(&str, &str)] = &[
        ("àáâãäåāăąǎ", "a"),
        ("æ", "ae"),
        ("çćĉċč", "c"),
        ("ďđð", "d"),
        ("èéêëēĕėęě", "e"),
        ("ĝğġģ", "g"),
        ("ĥħ", "h"),
        ("ìíîïĩīĭįı", "i"),
        ("ĵ", "j"),
        ("ķ", "k"),
        ("ĺļľłŀ", "l"),
        ("ñńņňŋ", "n"),
        ("òóôõöøōŏő", "o"),
        ("œ", "oe"),
        ("ŕŗř", "r"),
        ("śŝşšș", "s"),
        ("ß", "ss"),
        ("ţťŧț", "t"),
        ("þ", "th"),
        ("ﬁ", "fi"),
        ("ﬂ", "fl"),
        ("ùúûüũūŭůűų", "u"),
        ("ŵ", "w"),
        ("ýÿŷ", "y"),
        ("źżž", "z"),
    ];
    let lower = c.to_lowercase().next()?;
    FOLDS.iter().find(|(marked, _)| marked.contains(lower)).map(|(_, letters)| *letters)
}

/// How a sign that stands alone is said.
pub(super) fn sign(token: &str, between_numbers: bool) -> Option<&'static str> {
    Some(match token {
        "&" => "and",
        "+" => "plus",
        "=" => "equals",
        "@" => "at",
        "%" => "percent",
        "°" => "degrees",
        "×" => "times",
        "÷" => "divided by",
        "<" => "less than",
        ">" if between_numbers => "greater than",
        "≤" => "at most",
        "≥" => "at least",
        "≈" | "~" => "about",
        "≠" => "is not",
        "±" => "plus or minus",
        "→" => "to",
        "$" => "dollars",
        "€" => "euros",
        "£" => "pounds",
        "§" => "section",
        "π" => "pi",
        "∞" => "infinity",
        "√" => "square root of",
        "*" | "x" if between_numbers => "times",
        "-" | "−" | "–" if between_numbers => "minus",
        "/" if between_numbers => "divided by",
        _ => return None,
    })
}

/// A currency sign: name of one, of many, and of the hundredth part.
pub(super) fn currency(sign: char) -> Option<[&'static str; 4]> {
    Some(match sign {
        '$' => ["dollar", "dollars", "cent", "cents"],
        '€' => ["euro", "euros", "cent", "cents"],
        '£' => ["pound", "pounds", "penny", "pence"],
        '¥' => ["yen", "yen", "sen", "sen"],
        '₹' => ["rupee", "rupees", "paisa", "paise"],
        _ => return None,
    })
}
