"""Sampling: what temperature, penalties and biases do to an answer, and how probable each of its tokens is."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..chance import Chance
from ..errors import ApiError
from ..tokens import Tokens

BANNED, FORCED = -50, 50  # a bias beyond these decides whether a token can stand in an answer, or nothing else can
MOST_FORCED = 16  # tokens of an answer that a bias dictates and no limit ends
UNLIKELY = -9999.0  # the log probability of what cannot be said, as OpenAI writes it
OTHERS = tuple(
    " the| a| and| to| of| in| is| it| that| for|.|,| with| on| as|\n| this| by| or| an| be| from".split("|")
)  # what else might be said


class Sampling(NamedTuple):
    """How tokens are chosen. *biases* are those of the request, by token id."""

    greedy: bool = False
    penalty: float = 0.0
    biases: tuple[tuple[int, float], ...] = ()
    alternatives: int | None = None  # that are told with each token; None: nothing is told

    @classmethod
    def of(cls, body: dict[str, Any]) -> "Sampling":
        """What *body* asks for.

        Raises:
            ApiError: 400, its fields contradict one another.
        """
        asked, count = body.get("logprobs") is True, body.get("top_logprobs")
        if count is not None and not asked:
            raise ApiError(400, "Invalid value for 'top_logprobs': 'top_logprobs' is only allowed when 'logprobs' is "
                           "true.", code="invalid_value", param="top_logprobs")  # fmt: skip
        penalty = (body.get("frequency_penalty") or 0) + (body.get("presence_penalty") or 0)
        penalty += (body.get("repetition_penalty") or 1) - 1
        return cls(is_greedy(body), penalty, _biases(body.get("logit_bias")), int(count or 0) if asked else None)

    @property
    def banned(self) -> frozenset[int]:
        return frozenset(id for id, bias in self.biases if bias <= BANNED)

    @property
    def forced(self) -> list[int]:
        return [id for id, bias in self.biases if bias >= FORCED]


PLAIN = Sampling()


def is_greedy(body: dict[str, Any]) -> bool:
    """Whether the likeliest token is always taken, so that no seed and no other choice changes the answer."""
    return body.get("temperature") == 0 or body.get("top_p") == 0 or body.get("top_k") == 1 or body.get("min_p") == 1


def _biases(given: Any) -> tuple[tuple[int, float], ...]:
    found = []
    for id, bias in (given or {}).items():
        if not id.isdecimal():
            raise ApiError(400, f"Invalid key in 'logit_bias': {id}. You should only be submitting integer token ids.",
                           code="invalid_logit_bias", param="logit_bias")  # fmt: skip
        if not -100 <= bias <= 100:
            raise ApiError(400, f"Invalid value in 'logit_bias': {bias}. Biases must be in [-100, 100].",
                           code="invalid_logit_bias", param="logit_bias")  # fmt: skip
        found.append((int(id), bias))
    return tuple(found)


def dictated(forced: Sequence[int], tokens: Tokens, most: int, chance: Chance) -> list[str]:
    """What is said when a bias leaves only *forced* tokens: one that nothing limits says a few.

    Raises:
        ApiError: 400, there is no such token.
    """
    try:
        known = [tokens.decode([id]) for id in forced]
    except (KeyError, ValueError, OverflowError):
        raise ApiError(400, "Invalid key in 'logit_bias': a token id is not in the vocabulary.",
                       code="invalid_logit_bias", param="logit_bias") from None  # fmt: skip
    return [known[chance.below(len(known))] for _ in range(min(most, MOST_FORCED))]


def without(banned: frozenset[int], said: list[str], tokens: Tokens) -> list[str]:
    """The tokens *said*, less what cannot be said: neither they nor their joined text have a token of *banned*."""
    kept = said
    while True:
        ids = tokens.encode("".join(kept))
        if not any(id in banned for id in ids):
            return kept if kept is said else tokens.pieces("".join(kept))
        kept = tokens.pieces(tokens.decode([id for id in ids if id not in banned]))


def unrepeated(said: list[str]) -> list[str]:
    """The tokens *said* without sentences that were there before."""
    kept: list[str] = []
    seen: set[str] = set()
    sentence: list[str] = []
    for at, token in enumerate(said):
        sentence.append(token)
        if token.rstrip("\n")[-1:] in (".", "!", "?") or at == len(said) - 1:
            text = "".join(sentence).strip()
            if text not in seen:
                seen.add(text)
                kept += sentence
            sentence = []
    return kept


def probabilities(said: Sequence[str], alternatives: int, greedy: bool, chance: Chance) -> list[dict[str, Any]]:
    """How probable each token was, with as many *alternatives*, as `logprobs.content` tells it.

    The token that was taken is among the alternatives when it is likelier than they are, and their probabilities
    together are at most 1.
    """
    told = []
    for number, (token, draw) in enumerate(zip(said, chance.spread(len(said)), strict=True)):
        sure = 0.75 + 0.24 * draw if not greedy else 0.9 + 0.09 * draw  # 0.51 to 0.99: always the likeliest
        entry = _entry(token, sure)
        left = 1.0 - sure
        top = [entry] if alternatives else []
        for place in range(len(OTHERS)):
            if len(top) >= alternatives:
                break
            other = OTHERS[(number + place) % len(OTHERS)]
            if other != token:
                left /= 2
                top.append(_entry(other, left))
        told.append({**entry, "top_logprobs": [dict(each) for each in top]})
    return told


def _entry(token: str, probability: float) -> dict[str, Any]:
    logprob = max(math.log(probability), UNLIKELY)
    return {"token": token, "logprob": logprob, "bytes": [*token.encode("utf-8", "surrogatepass")]}
