"""Numbers, clock times and durations: how they are said, and the value that a tool gets."""

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen""".split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def spoken(number, with_and=False):
    """An integer of -9999..9999 in words, as people say it."""
    if number < 0:
        return "minus " + spoken(-number, with_and)
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (" " + _ONES[ones] if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        join = " and " if with_and else " "
        return _ONES[hundreds] + " hundred" + (join + spoken(rest) if rest else "")
    thousands, rest = divmod(number, 1000)
    return spoken(thousands) + " thousand" + (" " + spoken(rest, with_and) if rest else "")


def clock(rng):
    """A clock time: (spoken, "HH:MM")."""
    hour = rng.choice([5, 6, 6, 7, 7, 7, 8, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    minute = rng.choice([0, 0, 0, 0, 15, 30, 30, 45, 5, 10, 20, 25, 35, 40, 50, 55, rng.randrange(1, 60)])
    words, hour24 = _clock_words(rng, hour, minute), hour % 12
    part = rng.random()
    if part < 0.12:
        words, hour24 = words + " a m", hour % 12
    elif part < 0.24:
        words, hour24 = words + " p m", hour % 12 + 12
    elif part < 0.34:
        words += " in the morning"
    elif part < 0.44 and 4 <= hour <= 10:
        words, hour24 = words + " in the evening", hour + 12
    elif part < 0.48 and 1 <= hour <= 5:
        words, hour24 = words + " in the afternoon", hour + 12
    else:
        hour24 = hour  # said without a half of the day: taken as said
    if rng.random() < 0.02:
        return rng.choice([("noon", "12:00"), ("midnight", "00:00")])
    return words, f"{hour24:02d}:{minute:02d}"


def clock_words(hour, minute):
    """A time of day (24 h) as an answer says it."""
    half = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
    return f"{_plain_clock((hour - 1) % 12 + 1, minute)} {half}"


def _plain_clock(hour, minute):
    if minute == 0:
        return f"{spoken(hour)} o'clock"
    return f"{spoken(hour)} {'oh ' if minute < 10 else ''}{spoken(minute)}"


def _clock_words(rng, hour, minute):
    following = spoken(hour % 12 + 1)
    choices = [_plain_clock(hour, minute)]
    if minute == 0:
        choices = [f"{spoken(hour)} o'clock", spoken(hour)]
    if minute == 15:
        choices.append(f"quarter past {spoken(hour)}")
    if minute == 30:
        choices.append(f"half past {spoken(hour)}")
    if minute == 45:
        choices.append(f"quarter to {following}")
    if minute in (5, 10, 20):
        choices.append(f"{spoken(minute)} past {spoken(hour)}")
    if minute in (40, 50, 55):
        choices.append(f"{spoken(60 - minute)} to {following}")
    return rng.choice(choices)


def duration(rng):
    """A duration: (spoken, {"hours"?, "minutes"?, "seconds"?} as said)."""
    kind = rng.random()
    if kind < 0.62:
        minutes = rng.choice([1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10, 12, 14, 15, 15, 18, 20, 20, 25, 30, 30, 35, 40, 45, 50, 60, 75, 90])
        minutes = rng.randrange(1, 100) if rng.random() < 0.25 else minutes
        if minutes == 30 and rng.random() < 0.4:
            return "half an hour", {"minutes": 30}
        return f"{spoken(minutes)} minute{'s' if minutes > 1 else ''}", {"minutes": minutes}
    if kind < 0.77:
        seconds = rng.choice([10, 15, 20, 30, 40, 45, 50, 60, 90, rng.randrange(5, 100)])
        return f"{spoken(seconds)} seconds", {"seconds": seconds}
    hours = rng.randrange(1, 13)
    words = "one hour" if hours == 1 and rng.random() < 0.4 else "an hour" if hours == 1 else f"{spoken(hours)} hours"
    if kind < 0.9:
        return words, {"hours": hours}
    minutes = rng.choice([5, 10, 15, 20, 30, 45, 50])
    if hours > 1 and minutes == 30 and rng.random() < 0.6:
        return f"{spoken(hours)} and a half hours", {"hours": hours, "minutes": 30}
    return f"{words} and {spoken(minutes)} minutes", {"hours": hours, "minutes": minutes}


def span_words(span):
    """A duration mapping as an answer says it."""
    parts = []
    for unit in ("hours", "minutes", "seconds"):
        if unit in span:
            count = span[unit]
            parts.append(f"{spoken(count)} {unit if count != 1 else unit[:-1]}")
    return " and ".join(parts)
