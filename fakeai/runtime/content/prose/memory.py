"""Memory: what a user has said of themselves, for when they ask about it later in the conversation."""

import re
from collections.abc import Iterator, Sequence

LOOKED_AT = 2000  # characters of each message in which it is looked for
FIRST, LAST = 10, 40  # messages of the user in which it is looked for

_THING = r"(?P<thing>[a-z][\w'’-]*(?: [a-z][\w'’-]*){0,3}?)"
_VALUE = r"(?P<value>[^\s.,!?;\n][^.,!?;\n]{0,80}?)"
_END = r"(?=[.,!?;\n]|$| and (?:i|my|i'm)\b| but )"
QUESTION = re.compile(
    r"(?:(?:hi|hello|hey|ok|okay|so|and|now|please|well)[,!. ]+)*"
    r"(?P<lead>(?:can|could|do) you (?:still )?(?:remember|recall|know|tell me) |remind me (?:of )?|tell me )?"
    r"(?:"
    rf"(?P<what>what(?:'s|’s| is| was|s)? )?my {_THING}(?: is| was)?|"
    r"(?P<me>who (?:am i|i am))|"
    r"(?P<old>how old (?:am i|i am))|"
    rf"what(?:'s|’s| is| do i call) my (?P<called>[a-z][\w -]{{1,30}}?)(?: called| named|'s name|’s name)|"
    r"(?P<wh>where|what|who) (?:do|did) i (?P<verb>[a-z]+)(?: (?:in|at|for|as|to|with))?|"
    r"(?P<message>what (?:did i (?:just )?(?:say|ask|tell you)(?: you)?|"
    r"was my (?:last|previous) (?:question|message)))|"
    r"(?P<first>what (?:did i (?:say|ask)(?: you)? first|"
    r"was (?:my first|the first) (?:question|message)(?: i (?:asked|sent))?))"
    r")(?: again| earlier| before| a moment ago)?\s*[?.!]*",
    re.I,
)
_SURNAMES = r"(?: (?!I\b)[A-Z][\w'’-]*){0,2}"
INTRODUCED = re.compile(
    r"\b(?:my (?:full |first )?name(?: is|'s|’s)|call me|i am called|i'm called|i go by)\s+"
    rf"(?P<full>\w[\w'’-]*(?-i:{_SURNAMES}))|"
    rf"\b(?:i'?m|i’m|i am|this is)\s+(?P<plain>(?-i:[A-Z][\w'’-]*{_SURNAMES}))\b|"
    r"^\W*(?:hi|hello|hey)\b[,!. ]*(?:there[,!. ]*)?(?:i'm|i’m|i am|this is)\s+(?P<greeted>[a-z]\w*)[.!]*\s*$",
    re.I | re.M,
)
AGE = re.compile(r"\bi(?:'m|’m| am)\s+(\d{1,3})\b(?! (?:km|miles|minutes|percent))", re.I)
NEVER = frozenset(("question", "mistake", "bad", "answer", "favorite", "opinion", "advice"))  # what nobody is told of


def recalled(text: str, said: Sequence[str]) -> str | None:
    """The answer to the question *text* about what the user *said* before, the latest last; None when it is none."""
    found = QUESTION.fullmatch(text)
    if found is None or not said or (found["thing"] and not (found["what"] or found["lead"])):
        return None
    if found["message"]:
        return f'You said: "{said[-1].strip()[:LOOKED_AT]}"'
    if found["first"]:
        return f'The first thing you said was: "{said[0].strip()[:LOOKED_AT]}"'
    looked = said if len(said) <= FIRST + LAST else [*said[:FIRST], *said[-LAST:]]
    earlier = [each[:LOOKED_AT] for each in reversed(looked)]
    if found["old"]:
        age = next((match[1] for each in earlier if (match := AGE.search(each))), None)
        return f"You are {age} years old." if age else None
    if found["verb"]:
        return _done(found["wh"].lower(), found["verb"].lower(), earlier)
    thing = (found["thing"] or found["called"] or "name").lower().removesuffix("'s name")
    if found["me"] or thing in ("name", "full name", "first name"):
        name = next(_names(earlier), None)
        if name is None:
            return "You haven't told me your name yet."
        return f"You are {name}." if found["me"] else f"Your {thing} is {name}."
    if not found["called"] and thing.endswith((" called", " named")):
        thing = thing.rpartition(" ")[0]
    return _told(thing, earlier)


def _names(earlier: Sequence[str]) -> Iterator[str]:
    for each in earlier:
        for found in INTRODUCED.finditer(each):
            name: str = found["full"] or found["plain"] or found["greeted"] or ""
            yield name if name[0].isupper() else name.capitalize()


def _told(thing: str, earlier: Sequence[str]) -> str | None:
    """What the user said that their *thing* is."""
    if thing.split()[-1] in NEVER:
        return None
    named = re.escape(thing).replace("color", "colou?r").replace("favorite", "favou?rite")
    named = named.replace("colour", "colou?r").replace("favourite", "favou?rite")
    stated = re.compile(
        rf"\bmy {named}(?P<verb> is called| is named|'s name is|’s name is| is| are| was|:)\s+{_VALUE}{_END}", re.I
    )
    for each in earlier:
        found = stated.search(each)
        if found:
            verb = {":": " is"}.get(found["verb"], found["verb"])
            return f"Your {thing}{verb} {found['value']}."
    return None


def _done(wh: str, verb: str, earlier: Sequence[str]) -> str | None:
    """What the user said that they do: "I live in Lisbon"."""
    stated = re.compile(rf"\bi {re.escape(verb)}(?P<how> (?:in|at|for|as|to|near|on))? +{_VALUE}{_END}", re.I)
    for each in earlier:
        found = stated.search(each)
        if found and (wh != "where" or found["how"]):
            return f"You {verb}{found['how'] or ''} {found['value']}."
    return None
