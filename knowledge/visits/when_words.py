"""The words a British resident has for days and times: which rule reads which phrase."""

from __future__ import annotations

import datetime as dt
import re

from knowledge.visits.when_pieces import LAST, Piece, Pieces
from knowledge.visits.when_readings import (
    HOURS,
    WEEKDAYS,
    Reading,
    a_clock,
    a_date,
    a_month,
    a_number,
    a_weekday,
    between,
    coming,
    every,
    in_days,
    later,
    next_one,
    other,
    past_or_to,
    today_between,
    week,
)
from knowledge.visits.when_spelling import tidy

DAY = rf"(?P<day>{'|'.join(WEEKDAYS)})(?:'?s)?\b"
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?! be)|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
HOUR = rf"(?P<hour>1[0-2]|0?[1-9]|{'|'.join(HOURS)})"
AM_PM = r"(?: ?(?P<half>am|pm)\b)?"
ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)"
# A number before these counts or names something else.
COUNTED = (
    r"(?:or so )?(?:years?|yrs?|yo|months?|mths?|weeks?|wks?|days?|hours?|hrs?|minutes?|mins?|seconds?|times?|kids?|"
    r"children|child|people|persons?|adults?|of|bed\w*|miles?|metres?|doors?|floors?|rooms?|alarms?|visits?|cats?|dogs?|"
    r"pounds?|quid|p|pence|percent|points?|more|another|year-old|st|nd|rd|th|"
    r"(?:\w+ ){1,2}(?:street|road|rd|avenue|ave|close|drive|lane|crescent|court|gardens|grove|walk|rise))\b"
)
ALONE = rf"(?![\w:%£/]|\.\d|-\d+[-\d]\d| ?{COUNTED})"

# At each place of a text the first rule that fits reads; what is no time comes first.
RULES: tuple[tuple[re.Pattern[str], Reading], ...] = tuple(
    (re.compile(pattern), reading)
    for pattern, reading in (
        # What looks like a time and is none.
        (r"(?:\+|\b0)\d[\d ()-]{7,}\d|\d{5,}", other("w")),
        (r"£ ?\d+(?:[.,]\d+)*|\d+(?:\.\d+)? ?(?:%|(?:p|pence|pounds?|quid|euros?)\b)", other("w")),
        (r"\b[a-z]{1,2}\d[a-z\d]? ?\d(?![ap]m)[a-z]{2}\b", other("w")),
        (r"\b(?:flat|number|no\.?|house|apartment|apt|room|unit|door|bus|route|block|level|floor|page|option|"
         r"aged?|turns|turned|turning|i'?m|i am|she's|he's|(?:live|lives|living|staying) at) ?#?\d+[a-z]?\b"
         r"(?! ?[ap]m\b|[:.]\d)",
         other("w")),
        (r"\d+(?:st|nd|rd|th) (?:floor|birthday|time|hand|child|baby|one|place|century|party)\b", other("w")),
        (r"24/7|\d/\d(?= ?(?:an? )?(?:hours?|hr|mile|price|term)\b)", other("w")),
        (r"good (?:morning|afternoon|evening)|last (?:night|week|month|weekend|\w+day)\b", other("w")),
        (r"\A(?:morning|afternoon|evening)(?:,|!| all\b| duck| mate| there\b| (?=(?:i|can|my|we|is)\b))",
         other("w")),
        (r"not (?:sure|fuss\w*|bothered)\b", other("h")),
        # Clocks.
        (rf"(?P<part>half)[ -]?(?:past )?(?P<side>){HOUR}{AM_PM}{ALONE}", past_or_to),
        (rf"(?P<part>quarter|twenty|20|25|ten|10|five|5) (?P<side>past) {HOUR}{AM_PM}{ALONE}", past_or_to),
        (rf"(?P<part>quarter|twenty|20|25) (?P<side>to) {HOUR}{AM_PM}{ALONE}", past_or_to),
        (rf"{HOUR} (?P<part>thirty|fifteen|forty[ -]five)(?P<side>)\b{AM_PM}", past_or_to),
        (rf"(?<!from )(?<!between )\b(?P<part>ten|five) (?P<side>to) {HOUR}{AM_PM}{ALONE}", past_or_to),
        (rf"(?P<hour>\d{{1,2}})[:.](?P<minutes>[0-5]\d){AM_PM}{ALONE}", a_clock),
        (rf"(?P<hour>\d{{1,2}}|{'|'.join(HOURS)})[:. ]?(?P<minutes>[0-5]\d)? ?(?P<half>am|pm)(?=ish|\b)", a_clock),
        (rf"{HOUR}(?P<minutes>)(?P<half>)(?: ?oclock| o clock)\b", a_clock),
        # Parts of the day.
        (r"(?:12 )?(?:noon|midday)\b", between(720, 720)),
        (r"tonight\b|this evening\b", today_between(1020, LAST)),
        (r"this morning\b", today_between(0, 719)),
        (r"this afternoon\b", today_between(720, 1020)),
        (r"(?:(?:after )?(?:the )?morning school run|after the school run|(?:after )?school run in the morning)\b",
         between(555, 660)),
        (r"(?:after )?school run\b", between(555, 660, sure=False)),
        (r"after school\b(?! club)", between(930, 1050)),
        (r"after work\b", between(1020, LAST)),
        (r"mornings?\b", between(0, 719)),
        (r"afternoons?\b", between(720, 1020)),
        (r"evenings?\b", between(1020, LAST)),
        (r"am\b", between(0, 719, "m")),
        (r"pm\b", between(720, LAST, "m")),
        (r"(?:at |in the )?nights?\b", between(1020, LAST, "m")),
        (r"(?:dinner|lunch) ?(?:time|hour|break)\b", between(720, 810)),
        (r"(?:dinner|lunch)\b", between(720, 810, "e")),
        (r"tea ?time\b", between(960, 1080)),
        (r"tea\b", between(960, 1080, "e")),
        (r"first thing\b(?! (?:i|you|we|they|to|is|that)\b)", between(0, 570)),
        (r"any ?(?:time|day) (?:but|except|bar|apart from|other than)\b|(?:any|every)thing but\b", other("x")),
        (r"any ?time\b|asap\b|as soon as possible\b", between(0, LAST)),
        # Days.
        (r"(?:the )?day after tomorrow\b", in_days(2)),
        (r"(?:a )?week tomorrow\b|tomorrow week\b", in_days(8)),
        (r"(?:a )?week today\b|today week\b", in_days(7)),
        (r"(?:(?:two|2) weeks|(?:a )?fortnight) tomorrow\b", in_days(15)),
        (r"(?:(?:two|2) weeks|(?:a )?fortnight) today\b", in_days(14)),
        (r"today\b", in_days(0)),
        (r"tomorrow\b", in_days(1)),
        (rf"in (?P<count>a|\d|{'|'.join(HOURS)}) (?P<unit>days?|weeks?|fortnight)\b", later),
        (rf"(?:(?P<weeks>a|one|two|2) )?(?:weeks?|fortnight) (?:on )?{DAY}", coming),
        (rf"{DAY} (?P<weeks>week)\b", coming),
        (rf"(?P<weeks>this|coming)(?: coming)? {DAY}", coming),
        (rf"next {DAY}", next_one),
        (r"(?:the )?week after next\b", week(2)),
        (r"next weekend\b", week(1, first=5, sure=False)),
        (r"this weekend\b", week(0, first=5)),
        (r"next week\b", week(1)),
        (r"this week\b", week(0)),
        (r"week ?ends?\b", every((5, 6))),
        (r"week ?days?\b|(?:in|during|through) the week\b", every(range(5))),
        (r"(?:any|every) ?day\b", every(range(7))),
        (r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?(?![\d/])", a_date),
        (rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? (?P<year>\d{{4}})\b)?", a_date),
        (rf"(?:in|during) {MONTH}", a_month),
        (rf"{MONTH} (?:the )?{ORDINAL}\b", a_date),
        (rf"{MONTH} (?P<day>\d{{1,2}}){ALONE}", a_date),
        (rf"{ORDINAL}\b", a_date),
        (rf"(?:on the |(?<=day )(?:the )?)(?P<day>1[3-9]|2\d|3[01]){ALONE}", a_date),
        (DAY, a_weekday),
        # What joins and bounds them.
        (r"(?:no|not) (?:earlier|sooner) than\b", other("f")),
        (r"(?:no|not) later than\b", other("y")),
        (r"(?:can'?t|cannot|can not)(?: do| make| have| come)?\b|(?:do not|don'?t) (?:do|want|like)\b", other("x")),
        (r"not(?: in| free| available| around| here| at home)?\b", other("x")),
        (r"(?:except|apart from|bar|avoid|busy|never)\b", other("x")),
        (r"(?:i|we|he|she|they)(?:'?m|'re|'s|'ll be| am| are| is)? (?:out|away|busy|at work|work(?:s|ing)?)\b",
         other("x")),
        (r"(?:finish\w*|done)(?: work)? (?:at|by)\b", other("f")),
        (r"following\b", other("h")),
        (r"no(?= (?:\w+days|weekends|mornings|afternoons|evenings)\b)", other("x")),
        (r"no(?= [a-z])(?! (?:good|use|problem))", other("h")),
        (r"(?:(?:is|are) )?(?:no good|no use|not good|out)\b|(?:doesn't|don't|won't) work\b", other("g")),
        (r"before\b|earlier than\b", other("b")),
        (r"after\b|later than\b|past\b", other("l")),
        (r"from\b", other("f")),
        (r"by\b", other("y")),
        (r"until\b|till?\b|up to\b", other("v")),
        (r"between\b", other("c")),
        (r"[ -]?ish\b", other("s")),
        (r"to\b|[-–—]", other("z")),
        (r"at\b|@", other("i")),
        (r"about\b|around\b|roughly\b|circa\b", other("q")),
        (r"onwards?\b|or (?:later\b|after(?= ?(?:[.,!?]|\Z)))", other("k")),
        (r"n?or\b|/", other("o")),
        (r"and\b|&|\+|n\b", other("a")),
        (r"[,;]", other(",")),
        (rf"{HOUR}(?=[ -]?ish\b)", a_number),
        (rf"{HOUR}{ALONE}", a_number),
        (r"(?:the|on|in|an?|any|only|just|my|please|pls)\b|\s+", lambda match, today: ()),
        (r"[\w']+|.", other("w")),
    )
)  # fmt: skip


def pieces_of(text: str, today: dt.date) -> Pieces:
    """Any text in, its words in order out. Never raises."""
    text, position, pieces = tidy(text), 0, list[Piece]()
    while position < len(text):
        match, reading = next((m, reading) for rule, reading in RULES if (m := rule.match(text, position)))
        pieces.extend(reading(match, today))
        position = match.end()
    return tuple(pieces)
