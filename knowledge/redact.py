"""Take personal details out of a message before it is kept. What stays says what was asked, not who asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

Find = re.Pattern[str]
Put = str | Callable[[re.Match[str]], str]

SHORT_CODES = frozenset({"999", "112", "101", "105", "111", "119", "116", "123", "159", "18000", "18001", "7726"})
MOST_DIGITS = 6  # more than this in a row can reach or identify somebody

STREETS = (
    "street|st|road|rd|avenue|ave|close|drive|lane|crescent|cres|way|court|gardens|gdns|grove|place|terrace|walk|rise|"
    "square|hill|green|mews|row|boulevard|house|lodge|towers?|heights"
)
# Between a number and "street" these mean that no address is meant: "2 doors down my street".
NOT_STREET_NAMES = (
    "my|our|your|his|her|their|the|this|that|a|an|in|on|at|of|from|to|down|up|with|and|or|is|are|for|by|new|old|"
    "am|pm|years?|months?|weeks?|days?|hours?|minutes?|mins|metres?|miles?|people|kids|children|lads|times?"
)
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# A name typed without a capital is only known by itself. Common in Leicester; others need their capital letter.
FIRST_NAMES = (
    "aaron|abdul|abdullah|adam|ahmed|aisha|alan|alex|ali|alice|amanda|amina|amir|amit|amy|andrew|andy|angela|anita|"
    "ann|anna|anne|anthony|ashley|asif|barbara|ben|bethany|bilal|brenda|brian|callum|carol|caroline|charlie|chloe|chris|"
    "christine|claire|colin|connor|craig|dan|daniel|danny|darren|dave|david|dawn|dean|deborah|debbie|denise|derek|"
    "diane|donna|doreen|doris|dorothy|edna|elaine|eileen|elizabeth|ella|ellie|emily|emma|eric|ethan|farah|fatima|fiona|"
    "gary|gareth|george|geoff|georgia|gemma|gladys|gordon|graham|gurpreet|hannah|harpreet|harry|hassan|heather|helen|"
    "hussain|ian|ibrahim|imran|irene|jack|jackie|jacob|jake|james|jamie|jan|jane|janet|jasmine|jason|jean|jenny|"
    "jessica|jim|joan|joanne|joe|john|jordan|joseph|josh|joyce|julie|june|karen|kate|kath|katie|keith|kelly|ken|kerry|"
    "kevin|khalid|kiran|kyle|laura|lauren|leah|lee|leanne|len|lewis|liam|linda|lisa|lorraine|louise|lucy|luke|lynn|"
    "maria|marie|margaret|mark|martin|mary|matt|matthew|maureen|megan|michael|michelle|mike|mohamed|mohammad|mohammed|"
    "molly|muhammad|nadia|natalie|nathan|neil|nick|nicola|nigel|norman|olivia|omar|oliver|owen|pam|pat|patel|patricia|"
    "paul|paula|pauline|peter|phil|philip|priya|rachel|raj|rajesh|rebecca|richard|rita|rob|robert|ron|ronald|rosie|"
    "roy|ruth|ryan|sally|sam|samantha|samir|sandra|sanjay|sara|sarah|scott|sean|sharon|shaun|sheila|shirley|simon|"
    "singh|sophie|stacey|stephen|steve|steven|stuart|sue|sunita|susan|tariq|terry|thomas|tim|toby|tom|tony|tracey|"
    "tracy|trevor|usha|valerie|vera|vijay|vikram|wayne|wendy|will|william|yasmin|yusuf|zainab|zoe"
)
# A capital after "I'm" is not always a name: "I'm Polish".
NOT_NAMES = frozenset(
    (
        "a an the not so in at on from really very just sorry british english polish indian romanian somali "
        "muslim hindu sikh christian catholic jewish monday tuesday wednesday thursday "
        "friday saturday sunday urgent i my we he she they it you and but"
    ).split()
)
CAPITAL = r"(?-i:[^\W\d_a-z])[\w'’-]*"
# What follows a name that is not its second half.
AFTER_NAME = (
    "and|but|i|im|i'm|ive|i'd|id|my|me|at|from|in|on|of|the|a|is|was|can|could|you|please|pls|live|lives|living|to|"
    "phone|number|email|address|need|needs|want|wants|would|with|for|we|our|here|duck|so|then|who|or"
)


def redact(text: str, local: frozenset[str] = frozenset()) -> str:
    """Any string in, the same without personal details out; each is replaced by what it was, in brackets.

    `local` are names of areas, in small letters: "this is Braunstone" says nobody's name.

    Never raises. Doing it again changes nothing.
    """
    while (fewer := _once(text, local)) != text:
        text = fewer
    return text


def _once(text: str, local: frozenset[str]) -> str:
    for find, put in RULES:
        text = find.sub(partial(_name, local=local) if put is _name else put, text)
    return text


def _number(match: re.Match[str]) -> str:
    """A run of digits and what parts them: kept if it is short, or made of short codes only ("999 or 101")."""
    groups = re.findall(r"\d+", match[0])
    if sum(map(len, groups)) <= MOST_DIGITS or all(group in SHORT_CODES for group in groups):
        return match[0]
    return "[number]"


def _name(match: re.Match[str], local: frozenset[str] = frozenset()) -> str:
    said, name = match["said"], match["name"]
    first = re.split(r"[\s'’-]", name)[0].casefold()
    return match[0] if first in NOT_NAMES | local else f"{said}[name]"


def _rule(pattern: str, put: Put, flags: int = re.IGNORECASE) -> tuple[Find, Put]:
    return re.compile(pattern, flags), put


# In this order: what another rule could cut in half comes first.
RULES: tuple[tuple[Find, Put], ...] = (
    _rule(r"\b(?:https?://|www\.)[^\s?#\[\]]*[?#][^\s\[\]]*", "[link]"),
    _rule(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", "[email]"),
    _rule(r"(?<![\w\[])@\w[\w.]*", "[handle]"),
    _rule(r"\b(?:insta(?:gram)?|snap(?:chat)?|tiktok|facebook|fb|twitter|telegram)( (?:is|name is)|:) ?\w[\w.]+",
          "[handle]"),
    _rule(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b", "[number]"),  # NHS
    _rule(r"\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b", "[number]"),  # National Insurance
    _rule(r"\b\d{2}-\d{2}-\d{2}\b(?!-?\d)", "[number]"),  # sort code
    _rule(r"\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:\d{4}|\d{2})\b", "[date]"),
    _rule(rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{MONTHS})[a-z]*,? \d{{2,4}}\b", "[date]"),
    _rule(rf"\b(?:{MONTHS})[a-z]* \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b", "[date]"),
    _rule(r"\b(born (?:in|on)|dob:?|date of birth(?: is)?:?) ?\d[\w/ ]{0,12}", r"\1 [date]"),
    _rule(r"\b([a-z]{1,2}\d[a-z\d]?)\s{0,2}\d[a-z]{2}\b", r"\1"),  # a postcode's first half says the area only
    _rule(rf"\b\d{{1,4}}[a-z]?,? (?:(?!(?:{NOT_STREET_NAMES})\b)[a-z][\w'’.-]* ){{1,3}}(?:{STREETS})\b\.?",
          "[address]"),
    _rule(r"\b(?:flat|apartment|room|unit) (?:no\.? |number )?\d{1,4}[a-z]?\b", "[address]"),
    _rule(r"\b(?:house |door )?(?:number|no\.) ?\d{1,3}[a-z]?\b(?! ?(?:times|of|or|on))", "[address]"),
    _rule(r"\+?\d[\d\s()./+-]*\d", _number),
    _rule(r"\d{7,}", "[number]"),
    _rule(r"(?P<said>\b(?:my name(?: is|['’]?s)|name:|i am called|im called|i['’]m called) )"
          rf"(?P<name>[^\W\d_][\w'’-]*(?: (?!(?:{AFTER_NAME})\b)[^\W\d_][\w'’-]*)?)", _name),
    _rule(rf"(?P<said>\b(?:[Ii] ?['’]?[Aa]?[Mm]|[Tt]his is|[Cc]all me|[Mm]y name(?: is|['’]?s)) )"
          rf"(?P<name>{CAPITAL}(?: {CAPITAL})*)", _name, 0),
    _rule(rf"(?P<said>\b(?:i ?['’]?a?m|this is|call me|it['’]?s) )(?P<name>(?:{FIRST_NAMES})\b(?: {CAPITAL})?)", _name),
    _rule(rf"(?P<said>\b(?:mr|mrs|ms|miss|dr|mister)\.? )(?P<name>(?-i:{CAPITAL}))", _name),
)  # fmt: skip
