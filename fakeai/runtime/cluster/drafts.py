"""What speculation has saved: the drafts that passes checked, and how many of their tokens stayed."""

from collections import Counter
from collections.abc import Sequence

DRAFT = 4  # tokens that one pass checks


class Drafts:
    """Counts of drafts and their tokens. Each pass after the first checks a draft, and makes one token more."""

    def __init__(self) -> None:
        self.drafts = self.tokens = self.accepted = 0
        self.by_place: Counter[int] = Counter()  # accepted tokens, by their place in the draft

    def add(self, passes: Sequence[int], done: int) -> None:
        """A request made *done* passes; *passes* is the one that makes each of its tokens."""
        made = Counter([each for each in passes if each < done])
        self.drafts += max(done - 1, 0)
        self.tokens += DRAFT * max(done - 1, 0)
        for count in made.values():
            self.accepted += count - 1
            self.by_place.update(range(count - 1))

    def merge(self, other: "Drafts") -> None:
        """Add what *other* counted."""
        self.drafts += other.drafts
        self.tokens += other.tokens
        self.accepted += other.accepted
        self.by_place.update(other.by_place)
