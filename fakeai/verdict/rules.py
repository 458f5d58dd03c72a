"""What a client must not do, and what it should not: each rule looks at all attempts and tells what it found."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .attempts import Attempt, attempts, chains

EARLY = 0.01  # seconds that a retry may come before its time: clocks differ by less
SHORTEST = 12  # characters of a broken answer that are looked for in what is sent later
SLOW = ("stalled_token", "slow_body", "delay")  # faults that let an answer wait


@dataclass(frozen=True)
class Limits:
    """What a client may do. Times are in seconds."""

    retries: int = 5  # of one call
    pause: float = 0.1  # before a retry, where the server names none
    unread: float = 30.0  # that a stream may stay open without a token being read
    now: float = 0.0  # of the server's clock


@dataclass(frozen=True)
class Finding:
    """What one rule found in one call, in a sentence."""

    number: int
    sentence: str


@dataclass(frozen=True)
class Rule:
    """One rule. What breaks one that is *strict* makes the verdict guilty; else it is a warning."""

    name: str
    summary: str
    strict: bool
    look: Callable[[Sequence[Attempt], Limits], Iterable[Finding]]


@dataclass(frozen=True)
class Ruling:
    """A rule, and what it found."""

    rule: Rule
    findings: tuple[Finding, ...]

    @property
    def word(self) -> str:
        """`ok`, `warning` or `guilty`."""
        return "ok" if not self.findings else "guilty" if self.rule.strict else "warning"


def judge(entries: Iterable[dict[str, object]], limits: Limits) -> list[Ruling]:
    """What each rule finds in the *entries* of a journal."""
    made = attempts(entries)
    return [Ruling(rule, tuple(rule.look(made, limits))) for rule in RULES]


def _early(made: Sequence[Attempt], limits: Limits) -> Iterator[Finding]:
    for each in made:
        if each.again and each.retry_after is not None:
            waited = each.again.began - each.ended
            if waited < each.retry_after - EARLY:
                yield Finding(
                    each.again.number,
                    f"{each.again.name} came {waited:.3f} s after the {each.status} of #{each.number}, "
                    f"which asked for {each.retry_after:g} s.",
                )


def _senseless(made: Sequence[Attempt], limits: Limits) -> Iterator[Finding]:
    for each in made:
        if each.again and not each.may_be_retried:
            why = f"{each.status} {each.code}" if each.code else str(each.status)
            yield Finding(each.again.number, f"{each.again.name} asks again what #{each.number} refused with {why}.")


def _storm(made: Sequence[Attempt], limits: Limits) -> Iterator[Finding]:
    for chain in chains(made):
        if len(chain) - 1 > limits.retries:
            yield Finding(
                chain[0].number,
                f"{chain[0].name} was tried again {len(chain) - 1} times in {chain[-1].began - chain[0].began:.1f} s.",
            )


def _hasty(made: Sequence[Attempt], limits: Limits) -> Iterator[Finding]:
    for each in made:
        if each.again and each.may_be_retried and each.retry_after is None:
            waited = each.again.began - each.ended
            if waited < limits.pause - EARLY:
                yield Finding(
                    each.again.number,
                    f"{each.again.name} came {waited:.3f} s after #{each.number} failed, without a pause.",
                )


def _swallowed(made: Sequence[Attempt], limits: Limits) -> Iterator[Finding]:
    for each in made:
        if each.is_broken and len(each.said) >= SHORTEST:
            for later in made:
                if later.began >= each.ended and later.sign != each.sign and _quotes(later, each.said):
                    yield Finding(
                        later.number,
                        f"{later.name} sends as an answer what #{each.number} said until it broke off ({each.fault}).",
                    )
                    break


def _quotes(later: Attempt, said: str) -> bool:
    return json.dumps(said, ensure_ascii=False)[1:-1] in later.read


def _unread(made: Sequence[Attempt], limits: Limits) -> Iterator[Finding]:
    for each in made:
        silent = limits.now - each.ended
        if each.how == "waiting" and each.streamed and each.fault not in SLOW and silent > limits.unread:
            yield Finding(
                each.number,
                f"{each.name} is still open, and nothing of it was read for {silent:.0f} s: a connection leaks.",
            )


def _given_up(made: Sequence[Attempt], limits: Limits) -> Iterator[Finding]:
    for each in made:
        if each.failed and each.may_be_retried and not each.again:
            what = f"broke off ({each.fault})" if each.is_broken else f"failed with {each.status or 'no answer'}"
            yield Finding(each.number, f"{each.name} {what} and was not tried again.")


RULES = (
    Rule("retry-after", "A retry waits as long as the server asks.", True, _early),
    Rule("not-retryable", "What would be refused again is not asked again.", True, _senseless),
    Rule("retry-storm", "A call is tried again a limited number of times.", True, _storm),
    Rule("truncated", "An answer that broke off is not taken for a whole one.", True, _swallowed),
    Rule("leaked", "Streams are read to their end, or closed.", True, _unread),
    Rule("pause", "A retry waits a little where the server names no time.", False, _hasty),
    Rule("given-up", "What may be tried again is.", False, _given_up),
)
