"""Agents: prompts in the form of ReAct end with a final answer, worked out from what was observed."""

import re

from ..ask import Ask
from ..cues import Cue
from .arithmetic import LEAD, NotArithmetic, evaluate, shown_number
from .facts import fact

CUES: tuple[Cue, ...] = (("thought action observation final scratchpad",),)
THOUGHT, FINAL = re.compile(r"\bThought ?:", re.I), re.compile(r"\bFinal Answer ?:", re.I)
QUESTION = re.compile(r"(?:^|\n)\s{0,9}(?:Question|Task|New input|Input|Query)\s{0,9}:\s{0,9}(.+)")
OBSERVED = re.compile(
    r"(?:^|\n)\s{0,9}Observation\s{0,9}:\s{0,9}(.+?)(?=\n\s{0,9}(?:Thought|Action|Final Answer|Question)\s{0,9}:|\Z)",
    re.S,
)
PLACEHOLDER = re.compile(r"^(?:the result of|the input question|the result)\b", re.I)
READ = 12_000  # characters at the end of a prompt


def answer(ask: Ask) -> str | None:
    """A last thought and the final answer."""
    text = f"{ask.system}\n{ask.prompt}" if ask.system else ask.prompt
    text = text if len(text) <= READ else text[:4000] + text[4000 - READ :]
    low = text.lower()
    if "thought" not in low or "final answer" not in low or not THOUGHT.search(text) or not FINAL.search(text):
        return None
    asked = [
        each.strip()
        for each in QUESTION.findall(text)
        if not PLACEHOLDER.match(each.strip()) and "you must answer" not in each
    ]
    question = asked[-1] if asked else ask.prompt.strip().splitlines()[-1] if ask.prompt.strip() else ""
    question = question[:400]
    observed = [each.strip() for each in OBSERVED.findall(text) if not PLACEHOLDER.match(each.strip())]
    final = observed[-1].splitlines()[0] if observed and observed[-1] else _worked_out(ask, question)
    thought = "I now know the final answer"
    if ask.prompt.rstrip().endswith("Thought:"):
        return (
            f" {thought}\nFinal Answer: {final}"
            if not ask.prompt.endswith(" ")
            else f"{thought}\nFinal Answer: {final}"
        )
    return f"Thought: {thought}\nFinal Answer: {final}"


def _worked_out(ask: Ask, question: str) -> str:
    lower = question.lower()
    known = fact(lower, re.findall(r"\w+", lower))
    if known:
        return known[1]
    try:
        found = LEAD.match(lower)
        return shown_number(evaluate(lower[found.end() if found else 0 :].strip(" ?.")))
    except NotArithmetic:
        from ..topics import topic_of

        opening = ask.language.openings[ask.chance.below(len(ask.language.openings))]
        return opening.replace("{}", topic_of(question)) + ask.language.stop
