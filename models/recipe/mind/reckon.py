"""Sums, and days and times from the clock that the instructions tell: questions with their answers.

A sum of two long numbers is worked out aloud, tens first: every step is then one that can be learnt by heart.
"""

import datetime

from text import follow, grammar, numbers

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_CLOCKS = ["It is {day} {time}.", "The time is {time} on {day}.", "Now: {day}, {time}.", "Current time: {time}, {day}.", "Today is {day}. The clock shows {time}."]
_DATED = ["It is {day}, {date}, {time}.", "Today is {day}, {date}. It is {time}.", "Date: {date}, {day}. Time: {time}.", "Now: {day} {date} {time}."]

_SHIFTS = {  # days from today -> ways to ask
    1: "what day is tomorrow|which day is tomorrow|what weekday is tomorrow|what day do we have tomorrow|what day comes after today|tell me what day tomorrow is",
    -1: "what day was yesterday|which day was yesterday|what weekday was yesterday|what day did we have yesterday",
    2: "what day is the day after tomorrow|what day is in two days|which day is it in two days|what day will it be in two days",
    3: "what day is in three days|which day is it in three days|what day will it be in three days",
    7: "what day is it in a week|which day is it in one week",
}
_DATES = {
    "date": "what is the date|what's the date today|what date is it|which date is today|tell me the date|what is today's date",
    "month": "what month is it|which month is it|what month do we have", "year": "what year is it|which year is it|what year do we have",
}
_LATER = "what time is it in {span}|what time will it be in {span}|how late is it in {span}|what will the clock say in {span}|tell me the time in {span}"
RELATIVE = {
    "alarm_set": "wake me in {span}|set an alarm in {span}|alarm in {span}|wake me up in {span}|set the alarm to ring in {span}|i want to get up in {span}",
    "reminder_set": "remind me in {span} to {chore}|remind me to {chore} in {span}|in {span} remind me to {chore}|set a reminder in {span} to {chore}|"
                    "i have to {chore} in {span} remind me|tell me in {span} to {chore}",
}


class Clock:
    """Day and time of a session, sometimes with the date; None where the instructions do not say."""

    def __init__(self, rng):
        when = datetime.datetime(rng.randrange(2024, 2033), 1, 1) + datetime.timedelta(minutes=rng.randrange(365 * 24 * 60))
        self.day, self.time, self.dated, self.when = DAYS[when.weekday()], f"{when:%H:%M}", rng.random() < 0.4, when
        form = rng.choice(_DATED if self.dated else _CLOCKS)
        self.line = form.format(day=self.day, time=self.time, date=rng.choice([self._long(), self._long(), f"{when:%Y-%m-%d}"]))

    def __getitem__(self, index):
        return (self.day, self.time)[index]

    def _long(self):
        return f"{self.when.day} {_MONTHS[self.when.month - 1]} {self.when.year}"

    def later(self, minutes):
        """The time some minutes from now."""
        return f"{self.when + datetime.timedelta(minutes=minutes):%H:%M}"


def span(rng):
    """(as said, minutes) of a time to wait that can be added in one's head."""
    kind = rng.random()
    if kind < 0.3:
        hours = rng.randrange(1, 7)
        return "an hour" if hours == 1 else f"{numbers.spoken(hours)} hours", 60 * hours
    if kind < 0.42:
        return rng.choice(["half an hour", "thirty minutes"]), 30
    minutes = rng.choice([5, 5, 10, 10, 10, 15, 20, 20, 25, 40, 45])
    return f"{numbers.spoken(minutes)} minutes", minutes


def question(rng, clock):
    """(Phrasing, fixed slots, answer) of a question about the day, the date or the time."""
    kind = rng.random()
    if kind < 0.45:
        shift = rng.choice(list(_SHIFTS))
        answer = f"It {'was' if shift < 0 else 'is'} {DAYS[(clock.when.weekday() + shift) % 7]}." if clock else "Sorry, I do not know the day."
        return _ask("shift", rng, _SHIFTS[shift]), {}, answer
    if kind < 0.65:
        what = rng.choice(list(_DATES))
        if not clock or not clock.dated:
            return _ask(what, rng, _DATES[what]), {}, f"Sorry, I do not know the {what}."
        said = {"date": f"{clock.when.day} {_MONTHS[clock.when.month - 1]}", "month": _MONTHS[clock.when.month - 1], "year": clock.when.year}
        return _ask(what, rng, _DATES[what]), {}, f"It is {said[what]}."
    words, minutes = span(rng)
    answer = f"It will be {clock.later(minutes)}." if clock else "Sorry, I do not know the time."
    return _ask("later", rng, _LATER), {"span": (words, minutes)}, answer


def _ask(intent, rng, row):
    return grammar.Phrasing(f"ask_{intent}", rng.choice(follow.split(row)), {}, False)


def sum_of(intent, a, b):
    """The answer to a sum; long ones are worked out."""
    if intent == "sum_multiply":
        return f"That is {a * b}."
    if intent == "sum_add":
        return _added(a, b)
    if a < b:
        return _taken(b, a, f", so it is minus {b - a}.")
    return _taken(a, b, ".")


def _added(a, b):
    if min(a, b) < 10 or a % 10 == 0 or b % 10 == 0:
        return f"That is {a + b}."
    tens, ones = a // 10 * 10 + b // 10 * 10, a % 10 + b % 10
    return f"{a // 10 * 10} and {b // 10 * 10} is {tens}, {a % 10} and {b % 10} is {ones}, that makes {a + b}."


def _taken(a, b, end):
    if a <= 20 or b < 10 or b % 10 == 0:
        return f"That is {a - b}." if end == "." else f"That is minus {a - b}."
    rest = a - b // 10 * 10
    return f"{a} minus {b // 10 * 10} is {rest}, minus {b % 10} is {a - b}{end}"
