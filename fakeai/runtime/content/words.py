"""Words: what of them is the same whatever their endings are."""

import re
from functools import lru_cache

SMALL = re.compile(r"[a-z]+")  # words of text in lower case, in English
IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "criteria": "criterion",
    "wolves": "wolf", "leaves": "leaf", "loaves": "loaf", "shelves": "shelf", "halves": "half", "calves": "calf",
    "thieves": "thief", "elves": "elf", "scarves": "scarf", "knives": "knife", "wives": "wife", "hooves": "hoof",
}  # fmt: skip


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """*word* without an ending, so that forms of one word agree; what is left begins the word."""
    for ending in ("ing", "ies", "ied", "es", "ed", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


@lru_cache(maxsize=8192)
def root(word: str) -> str:
    """*word* without an ending, so that forms of one word agree in any case, but not different words."""
    word = word.lower().removesuffix("'s").removesuffix("’s")
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            short = word[: -len(ending)]
            if ending == "ies":
                return short + "y"
            if ending == "s" and short.endswith("s"):
                return word
            if ending in ("ing", "ed") and len(short) > 3 and short[-1] == short[-2] and short[-1] not in "ls":
                return short[:-1]
            return short.removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word


def singular(word: str) -> str:
    """*word* without the ending of the plural."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2 else word
