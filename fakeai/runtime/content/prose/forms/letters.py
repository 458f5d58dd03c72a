"""Letters: e-mails, letters, posts and product texts, ready to send."""

import re

from ..ask import Ask
from ..cues import Cue
from ..measured import Sentences
from .verse import _subject

CUES: tuple[Cue, ...] = (
    (
        "write draft compose create generate give prepare produce need make schreib schreibe schreiben écris "
        "escribe scrivi rédige redacta send help craft tell",
        "email e mail letter tweet post memo invitation announcement message toast carta correo lettre brief",
    ),
)
ASKS = re.compile(
    r"\b(?:write|draft|compose|create|generate|prepare|send|make|help|schreib\w*|rédige|écris|"
    r"escribe|redacta|scrivi)\b[^.\n]{0,80}?\b"
    r"(?P<kind>e-?mail|mail|(?:cover |resignation |thank[- ]you |love |formal )?letter|tweet|"
    r"(?:linkedin|social media|blog|facebook|instagram) post|memo|invitation|announcement|message|"
    r"toast|carta|correo|lettre|brief)\b",
    re.I,
)
NOT = re.compile(
    r"\b(?:function|script|program|code|regex|query|class|validate|parse|commit message|log message|error message)\b",
    re.I,
)
ABOUT = re.compile(
    r"\b(?:about|regarding|concerning|on|asking for|asking|requesting|request(?:ing)? for|"
    r"to request|announcing|inviting .{0,30}? to|apologi[sz]ing for|thanking .{0,30}? for|for|"
    r"declining|confirming|über|sobre|sur)\s{1,9}([^\n.?!;:]{2,80})",
    re.I,
)
TO = re.compile(
    r"\bto (?:my |our |the |a |an )?((?:boss|manager|team|landlord|customer|client|professor|"
    r"teacher|friend|colleague|colleagues|neighbou?r|recruiter|hr|mom|mother|dad|father|supplier|"
    r"support)\b|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)
FROM = re.compile(r"\b(?:from|sign(?:ed)? (?:it )?(?:as|by)?|my name is|i am|i'm)\s{1,9}([A-Z][a-z]+(?: [A-Z][a-z]+)?)")


def answer(ask: Ask) -> str | None:
    """The text of the letter."""
    head = ask.look[:600]
    found = ask.find(ASKS)
    if not found or NOT.search(head) or re.match(r"^(?:what|how|why|when|explain) ", ask.lead):
        return None
    kind = found["kind"].lower()
    about = ABOUT.search(ask.look, found.end())
    topic = _subject(about[1]) if about else ask.topic
    if topic.lower() in (kind, "email", "letter", "message"):
        topic = "our next steps"
    made = Sentences(ask.language, topic, ask.chance)
    if kind == "tweet" or "post" in kind:
        tag = "".join(word.capitalize() for word in re.findall(r"\w+", topic)[:3])
        if kind == "tweet":
            return f"{made.opening}{ask.language.stop} {made.next()}{ask.language.stop} #{tag}"[:280]
        return (
            f"{made.opening}{ask.language.stop}\n\n{made.join([made.next(), made.next(), made.remark])}"
            f"\n\n{made.closing}{ask.language.stop}\n\n#{tag}"
        )
    to = TO.search(ask.look)
    whom = to[1] if to else ""
    name = (
        whom
        if whom[:1].isupper()
        else {"team": "all", "colleagues": "all"}.get(whom, f"[{whom.capitalize() or 'Name'}]")
    )
    sender = FROM.search(ask.look)
    signed = sender[1] if sender else "[Your name]"
    if ask.language.code != "en":
        text = f"{made.join([made.opening, made.next(), made.next()])}\n\n{made.closing}{ask.language.stop}"
        return ask.bounds.clip(text) if ask.bounds.are_set else f"{text}\n\n{signed}"
    casual = re.search(r"\b(?:casual|informal|friendly|friend|mom|mother|dad|father)\b", ask.lower)
    subject = f"Subject: {_headed(topic)}\n\n" if "mail" in kind else ""
    hello, bye = (f"Hi {name},", "Best wishes,") if casual or "mail" in kind else (f"Dear {name},", "Sincerely,")
    body = ask.pick((
        f"I am writing to you about {topic}. I have given it some thought, and I would like to settle "
f"the next steps with you.",
        f"I hope you are well. I would like to talk with you about {topic}, and I would be glad to "
f"hear what you think.",
        f"Thank you for your time. This is a short note about {topic}, so that we both know where we stand.",
    ))  # fmt: skip
    more = (
        ""
        if ask.bounds.verbosity == "low" or ask.bounds.are_set
        else "\n\nWould a short call this week suit you? If anything is unclear, "
        "please let me know and I will send the details."
    )
    return f"{subject}{hello}\n\n{body}{more}\n\n{bye}\n{signed}"


def _headed(topic: str) -> str:
    """*topic* as a subject line: without its article, with a capital."""
    bare = re.sub(r"^(?:a|an|the|my|our) ", "", topic)
    return bare[:1].upper() + bare[1:]
