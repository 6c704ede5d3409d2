"""When residents would like a visit: stories of people and slots, a table of phrases, rules for any text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.hours import clock_words
from knowledge.visits.when import Wish, read_when
from knowledge.visits.when_pieces import DAYS_AHEAD
from knowledge.visits.when_readings import MONTHS, WEEKDAYS
from knowledge.visits.when_spelling import SHORT_FORMS, tidy
from knowledge.visits.when_words import RULES

TODAY = dt.date(2026, 11, 25)  # a Wednesday
WEEK = [name[:3] for name in WEEKDAYS]


def wish(text: str, today: dt.date = TODAY) -> Wish:
    found = read_when(text, today)
    assert found is not None, text
    return found


def at(text: str) -> dt.datetime:
    """ "12-03 14:00", a slot this autumn or winter."""
    year = 2026 if text >= "11" else 2027
    return dt.datetime.fromisoformat(f"{year}-{text}")


def fitting(text: str, *slots: str) -> list[str]:
    """Those of the slots that fit what somebody wrote."""
    return [slot for slot in slots if wish(text).fits(at(slot))]


# Stories: what somebody wrote, and the slots they are shown.


def test_a_mother_at_home_between_the_school_runs_is_offered_that_stretch() -> None:
    slots = ["11-26 09:00", "11-26 09:15", "11-26 11:00", "11-26 11:15", "11-26 15:30"]
    assert fitting("after the school run please duck", *slots) == ["11-26 09:15", "11-26 11:00"]


def test_dinner_time_in_leicester_is_in_the_middle_of_the_day() -> None:
    assert fitting("dinner time would suit me", "11-26 12:00", "11-26 13:30", "11-26 17:00") == [
        "11-26 12:00",
        "11-26 13:30",
    ]


def test_somebody_who_works_until_three_and_not_on_fridays_is_offered_what_is_left() -> None:
    slots = ["11-26 14:45", "11-26 15:00", "11-27 15:00", "11-30 16:00"]
    assert fitting("any day but friday, after 3", *slots) == ["11-26 15:00", "11-30 16:00"]


def test_two_days_share_the_time_that_follows_them() -> None:
    slots = ["11-30 14:00", "11-30 15:00", "12-01 15:30", "12-02 15:30"]
    assert fitting("mon or tues after 3", *slots) == ["11-30 15:00", "12-01 15:30"]


def test_a_weekday_is_wished_for_in_any_week() -> None:
    assert fitting("thursday at 2", "11-26 14:00", "12-03 14:00", "12-03 14:15") == ["11-26 14:00", "12-03 14:00"]


def test_this_friday_is_not_the_one_after() -> None:
    assert fitting("this friday", "11-27 10:00", "12-04 10:00") == ["11-27 10:00"]


def test_a_time_alone_is_wished_for_on_any_day() -> None:
    assert fitting("half 2", "11-26 14:30", "01-04 14:30", "01-04 02:30") == ["11-26 14:30", "01-04 14:30"]


def test_a_date_that_is_too_far_away_fits_nothing_and_leaves_it_to_the_buttons() -> None:
    found = wish("25/3")
    assert (found.days, found.sure) == ((), False)
    assert not found.fits(at("03-25 10:00"))


def test_days_ruled_out_by_all_there_is_leave_nothing() -> None:
    found = wish("thursday but not thursdays")
    assert (found.days, found.weekdays, found.sure) == ((), None, False)


def test_one_date_ruled_out_leaves_the_others() -> None:
    assert fitting("fridays but not this friday", "11-27 10:00", "12-03 10:00", "12-04 10:00") == ["12-04 10:00"]
    assert fitting("not tomorrow", "11-26 10:00", "11-27 10:00") == ["11-27 10:00"]


def test_a_tuesday_said_on_a_monday_may_be_tomorrow_or_next_week() -> None:
    monday, wednesday = dt.date(2026, 11, 23), TODAY
    assert not wish("next tuesday", monday).sure
    assert wish("next tuesday", wednesday).sure
    assert wish("next tuesday", monday).days == wish("next tuesday", wednesday).days == (dt.date(2026, 12, 1),)


# Phrases, as they are read on Wednesday 25 November 2026: days | times | ? where it is unsure.

SURE = """
thurs 2pm                          | thu                 | =14:00
thursday at 2                      | thu                 | =14:00
tues morning                       | tue                 | -11:59
next tuesday                       | 12-01               |
next wednesday                     | 12-02               |
this friday                        | 11-27               |
coming monday                      | 11-30               |
a week on friday                   | 12-04               |
friday week                        | 12-04               |
two weeks on monday                | 12-14               |
a fortnight on monday              | 12-14               |
today                              | 11-25               |
tomorrow                           | 11-26               |
tomoz arvo                         | 11-26               | 12:00-17:00
day after tomorrow                 | 11-27               |
a week tomorrow                    | 12-03               |
a week today                       | 12-02               |
two weeks today                    | 12-09               |
a fortnight tomorrow               | 12-10               |
in december, mondays               | 12-07 12-14 12-21 12-28 |
in 3 days                          | 11-28               |
monday or wednesday                | mon wed             |
mon, tues, weds am                 | mon tue wed         | -11:59
fri pm                             | fri                 | 12:00-
monday to wednesday                | mon tue wed         |
saturday to monday                 | sat sun mon         |
between monday and wednesday       | mon tue wed         |
any day but friday                 | mon tue wed thu sat sun |
not mondays                        | tue wed thu fri sat sun |
not mondays or tuesdays            | wed thu fri sat sun |
no mondays                         | tue wed thu fri sat sun |
can't do mondays                   | tue wed thu fri sat sun |
mondays are no good                | tue wed thu fri sat sun |
never on mondays                   | tue wed thu fri sat sun |
I'm out monday but tuesday is good | tue                 |
I work till 4                      |                     | 16:00-
I finish work at 4                 |                     | 16:00-
I work mondays                     | tue wed thu fri sat sun |
not monday but tuesday             | tue                 |
weekdays but not friday            | mon tue wed thu     |
weekends                           | sat sun             |
this weekend                       | 11-28 11-29         |
weekdays                           | mon tue wed thu fri |
any day                            | mon tue wed thu fri sat sun |
this week                          | 11-25 11-26 11-27 11-28 11-29 |
next week                          | 11-30 12-01 12-02 12-03 12-04 12-05 12-06 |
tuesday or thursday next week      | 12-01 12-03         |
week after next, friday            | 12-11               |
next week - monday or tuesday      | 11-30 12-01         |
this week before friday            | 11-25 11-26         |
after friday this week             | 11-28 11-29         |
by friday                          | 11-25 11-26 11-27   |
before the weekend                 | 11-25 11-26 11-27   |
tomorrow or friday                 | 11-26 fri           |
tomorrow and friday                | 11-26 fri           |
tomorrow, saturday                 | 11-26 sat           |
25th                               | 11-25               |
the 3rd                            | 12-03               |
the 31st                           | 12-31               |
25 november                        | 11-25               |
25/11                              | 11-25               |
25/11/26                           | 11-25               |
4/1                                | 01-04               |
november 27th                      | 11-27               |
dec 3                              | 12-03               |
1st of december                    | 12-01               |
1st to 4th december                | 12-01 12-02 12-03 12-04 |
thursday 3rd december              | 12-03               |
thursday, 26th                     | 11-26               |
thursday 26                        | 11-26               |
on the 27                          | 11-27               |
2pm                                |                     | =14:00
2 p.m.                             |                     | =14:00
1030am                             |                     | =10:30
2.30                               |                     | =14:30
14:30                              |                     | =14:30
2 o clock                          |                     | =14:00
half-past two                      |                     | =14:30
two thirty                         |                     | =14:30
ten forty-five                     |                     | =10:45
two o'clock                        |                     | =14:00
half 2                             |                     | =14:30
half past two                      |                     | =14:30
quarter to three                   |                     | =14:45
quarter past 10                    |                     | =10:15
five past 2                        |                     | =14:05
ten ish                            |                     | 09:30-10:30
2pm-ish                            |                     | 13:30-14:30
about half 3                       |                     | 15:00-16:00
about teatime                      |                     | 16:00-18:00
noon                               |                     | =12:00
dinner time                        |                     | 12:00-13:30
dinnertime                         |                     | 12:00-13:30
lunchtime                          |                     | 12:00-13:30
after dinner                       |                     | 13:30-
wednesday dinner                   | wed                 | 12:00-13:30
teatime                            |                     | 16:00-18:00
after tea tomorrow                 | 11-26               | 18:00-
first thing                        |                     | -09:30
mornings                           |                     | -11:59
afternoon                          |                     | 12:00-17:00
aft                                |                     | 12:00-17:00
evening                            |                     | 17:00-
tonight                            | 11-25               | 17:00-
this morning                       | 11-25               | -11:59
this afternoon                     | 11-25               | 12:00-17:00
saturday night                     | sat                 | 17:00-
after school                       |                     | 15:30-17:30
after the school run               |                     | 09:15-11:00
after work                         |                     | 17:00-
any time                           |                     |
before 10                          |                     | -09:59
not before 10                      |                     | 10:00-
no earlier than 10                 |                     | 10:00-
no later than 4                    |                     | -16:00
not until 3                        |                     | 15:00-
can't do after 3                   |                     | -15:00
after 3                            |                     | 15:00-
from 3                             |                     | 15:00-
2pm onwards                        |                     | 14:00-
10am or later                      |                     | 10:00-
by 4                               |                     | -16:00
till 12                            |                     | -12:00
between 10 and 12                  |                     | 10:00-12:00
between 10 and 2                   |                     | 10:00-14:00
from ten to twelve                 |                     | 10:00-12:00
10-12                              |                     | 10:00-12:00
11-1pm                             |                     | 11:00-13:00
8-9pm                              |                     | 20:00-21:00
thursday 10-12                     | thu                 | 10:00-12:00
monday to friday 9-5               | mon tue wed thu fri | 09:00-17:00
after 10 and before 2              |                     | 10:00-13:59
8 at night                         |                     | =20:00
9 in the evening                   |                     | =21:00
8-10 in the evening                |                     | 20:00-22:00
weds evening after 8               | wed                 | 20:00-
6 in the morning                   |                     | =06:00
tomorrow morning 10                | 11-26               | =10:00
not mornings                       |                     | 12:00-
not evenings                       |                     | -16:59
morning or afternoon               |                     | -17:00
thrusday                           | thu                 |
wedensday                          | wed                 |
No, thursday 2pm                   | thu                 | =14:00
number 14 on thursday at 3         | thu                 | =15:00
LE3 1AB thursday 2pm               | thu                 | =14:00
ring 0116 254 1234 after 4         |                     | 16:00-
she turns 10 on friday             | fri                 |
"""
UNSURE = """
next friday                        | 12-04               |
next weekend                       | 12-05 12-06         |
this wednesday                     | 11-25               |
wednesday week                     | 12-02               |
in two weeks                       | 12-09               |
thursday 3                         | thu                 | =15:00
friday 3rd december                | 12-03 fri           |
after school run                   |                     | 09:15-11:00
school run                         |                     | 09:15-11:00
ten to twelve                      |                     | =11:50
02:30                              |                     | =14:30
2 or 3 on thursday                 | thu                 | 14:00-15:00
5 to 3                             |                     | 15:00-17:00
mornings and evenings              |                     |
before 10 or after 3               |                     |
monday morning or tuesday afternoon | mon tue            | -17:00
not monday morning                 | tue wed thu fri sat sun | -11:59
not monday, tuesday                | wed thu fri sat sun |
not 2pm                            |                     |
no thursday                        | thu                 |
not sure, maybe thursday           | thu                 |
tuesday or after 3                 | tue                 | 15:00-
I work 9-5                         |                     |
the following tuesday              | tue                 |
next week or friday                | 12-04               |
25 march                           | never               |
after 25 march                     | never               |
1st to 25 march                    | never               |
"""
NOTHING = """
yes please
2
12
my smoke alarm beeps
call me on 0116 254 1234
07700 900123
number 14
flat 2, 10 hockley farm road
I live at 10 Gooding Avenue
LE3 1AB
I'm 75
my son is 9 years old
born 12/03/1951
32/11
£10
10 quid
24/7
25pm
we have 3-4 kids
after 3 weeks
three of us
999
my tea is burning
I smoke at night
I sat down
wed like a visit
Good morning
Morning, can I book a visit
sonday
"""


def rows(table: str, sure: bool) -> list[tuple[str, Wish]]:
    return [(text.strip(), expected(days, times, sure)) for text, days, times in map(cells, table.strip().splitlines())]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def expected(days: str, times: str, sure: bool) -> Wish:
    dates = tuple(at(f"{day} 00:00").date() for day in days.split() if day[0].isdigit())
    weekdays = frozenset(WEEK.index(day) for day in days.split() if day in WEEK)
    first, _, last = times.lstrip("=").partition("-")
    exact = times.startswith("=")
    return Wish(
        days=dates if dates or days == "never" else None,
        weekdays=weekdays or None,
        exact=clock(first) if exact else None,
        not_before=clock(first) if first and not exact else None,
        not_after=clock(last) if last else None,
        sure=sure,
    )


def clock(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


@pytest.mark.parametrize(("text", "reading"), [*rows(SURE, True), *rows(UNSURE, False)])
def test_a_phrase_is_read(text: str, reading: Wish) -> None:
    assert read_when(text, TODAY) == reading


@pytest.mark.parametrize("text", NOTHING.strip().splitlines())
def test_what_is_no_time_is_not_read(text: str) -> None:
    assert read_when(text, TODAY) is None


# Rules for any text.

WORDS = """
not or and but to - from between before after by until at about ish onwards , . / any day every weekend weekdays week
this next a the on in half quarter past ten two 1 2 3 8 10 12 13 25th 3rd 25/11 14:30 2.30 2pm 9am am pm noon night
morning evening dinner tea teatime first thing school run fortnight tomorrow today busy can't except no good of december
£ LE3 1AB number 0116 2541234 weeks kids
"""
VOCABULARY = [*WORDS.split(), *WEEKDAYS, *SHORT_FORMS, *MONTHS]
sayings = st.lists(st.sampled_from(VOCABULARY), max_size=9).map(" ".join)
texts = st.text(max_size=40) | sayings | sayings
todays = st.dates(dt.date(2000, 1, 1), dt.date(2090, 12, 31))


@given(texts, todays)
@example("in an hour", TODAY)
@example("before 12am", TODAY)
def test_any_text_is_read_in_days_ahead_and_in_order_or_not_at_all(text: str, today: dt.date) -> None:
    found = read_when(text, today) or Wish()
    days = list(found.days or ())
    assert days == sorted(set(days))
    assert all(0 <= (day - today).days <= DAYS_AHEAD for day in days)
    assert not found.sure or (found.days != () and found.weekdays != frozenset())


@given(texts, todays)
def test_times_run_forward_and_an_exact_one_stands_alone(text: str, today: dt.date) -> None:
    found = read_when(text, today) or Wish()
    if found.not_before and found.not_after:
        assert found.not_before <= found.not_after
    assert found.exact is None or (found.not_before, found.not_after) == (None, None)


@given(
    st.sampled_from(WEEKDAYS), st.sampled_from(["this {}", "next {}", "{} week", "a week on {}", "coming {}"]), todays
)
def test_a_named_weekday_gives_one_date_of_that_weekday(name: str, words: str, today: dt.date) -> None:
    (day,) = wish(words.format(name), today).days or ()
    assert WEEKDAYS[day.weekday()] == name


@given(st.sampled_from(WEEKDAYS), st.sampled_from(["{}", "{}s", "{} please", "on {}", "{} after 3"]), todays)
def test_a_weekday_alone_is_that_weekday(name: str, words: str, today: dt.date) -> None:
    assert wish(words.format(name), today).weekdays == frozenset({WEEKDAYS.index(name)})


slots = st.builds(
    dt.datetime.combine,
    todays,
    st.sampled_from([dt.time(hour, minute) for hour in range(8, 20) for minute in (0, 15, 30, 45)]),
)


@given(slots, st.sampled_from(["{day:%A} {time}", "{day:%a} at {time}", "{time} on {day:%A}", "{day:%A} {day:%H:%M}"]))
def test_the_printed_words_of_a_slot_fit_it(slot: dt.datetime, words: str) -> None:
    found = wish(words.format(day=slot, time=clock_words(slot)), slot.date())
    assert found.sure
    assert found.fits(slot)
    assert not found.fits(slot + dt.timedelta(minutes=15))
    assert not found.fits(slot + dt.timedelta(days=1))


@given(slots, st.integers(0, DAYS_AHEAD))
def test_the_printed_date_of_a_slot_fits_it_alone(slot: dt.datetime, ahead: int) -> None:
    found = wish(f"{slot:%A} {slot.day} {slot:%B} {clock_words(slot)}", slot.date() - dt.timedelta(days=ahead))
    assert found.sure
    assert found.days == (slot.date(),)
    assert found.fits(slot)


@given(st.sampled_from(WEEKDAYS), st.data())
def test_two_letters_swapped_leave_a_long_name_readable(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 2))
    slip = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    assert tidy(slip) == name


# Pieces.


@pytest.mark.parametrize("word", ["sundry", "mourning", "today", "midday", "holiday", "someday", "kids", "monk"])
def test_words_that_only_look_like_days_stay_as_they_are(word: str) -> None:
    assert tidy(word) == word


def test_a_slip_keeps_its_plural() -> None:
    assert tidy("Mondys  and tusday’s") == "mondays and tuesdays"


def test_some_rule_reads_every_character() -> None:
    assert all(
        any(rule.match(character) for rule, _ in RULES) for character in map(chr, range(0x500)) if character != "\n"
    )


def test_a_wish_for_nothing_fits_anything() -> None:
    assert Wish().fits(at("11-26 03:00"))
