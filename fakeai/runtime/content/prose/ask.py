"""What is asked: a prompt as the forms of answers read it."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from ...chance import Chance
from .bounds import Bounds
from .languages.detection import without_request
from .languages.language import Language
from .topics import topic_in

# What stands before a request and does not belong to it.
POLITE = re.compile(
    r"^(?:\s|please|kindly|(?:hi|hello|hey)(?! world)|ok|okay|so|now|then|thanks|there|assistant|chatgpt|gpt|"
    r"(?:can|could|would|will) (?:you|u)(?: please)?(?: help me(?: to)?)?|i (?:want|need|would like) (?:you )?to|"
    r"i'd like (?:you )?to|your task is to|your job is to|help me(?: to)?|let's|bitte|por favor|"
    r"s'il te plaît|[,.!:*#>-])*"
    r"(?<![\w])",
    re.I,
)
FIRST = re.compile(r"(?<=[.!?])\s|\n")  # what ends the first sentence
OPENED = re.compile(r'"""|```[\w+#.-]*\n|<\w{3,20}>|\'\'\'')  # what opens a block of text
OPENS = ('"""', "```", "<", "'''")  # what that begins with
MOST_BLOCKS, BLOCKS_WITHIN = 20, 20_000  # places where a block may begin, and characters in which they are
MARKER = re.compile(
    r"(?:^|(?<=[.!?;]) )(?:the |user |input |customer )?(?:text|review|input|sentence|message|article|document|"
    r"content|tweet|comment|passage|email|paragraph|phrase|statement|question|code|diff|"
    r"transcript|query|headline|story|"
    r"texto|texte|testo|tekst)s?\s{0,3}:\s{0,9}",
    re.I | re.M,
)
CUE = re.compile(
    r"\n\s{0,9}(?:\w+ ){0,2}\w+\s{0,9}[:=]\s{0,9}\Z|\n\s{0,9}(?:->|=>)\s{0,9}\Z"
)  # an empty "Answer:" at the end
COLON = re.compile(r"^([^\n]{3,400}?):(?=\s)\s{0,9}(\S.*)$", re.S)
QUOTED = re.compile(
    r"“([^“”]+)”|\"([^\"]+)\"|«\s?([^«»]+?)\s?»|„([^„“”]+)[“”]|(?<!\w)'([^\n]{1,300}?)'(?!\w)|`([^`]+)`|「([^「」]+)」"
)
QUOTES = "“\"«„'`「"  # one of them begins what is quoted
ENDING = re.compile(
    r"^(?:now |please |can you |could you )*(?:summari[sz]e|translate|classify|extract|rewrite|"
    r"tl;?dr|what|which|how|give|"
    r"is|answer|convert|identify|determine|respond|reply)\b",
    re.I,
)
WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
AROUND = 40  # characters before and after the clauses with the cues of a form that belong to it
SHOWN = 450  # characters of a long prompt's beginning, and of its end, in which its form is looked for


class Ask:
    """A prompt, where its form is looked for, and what else decides how it is answered.

    When the *system* message says what to do with every message, it is the instruction and the prompt is its body.
    """

    def __init__(
        self,
        prompt: str,
        look: str,
        language: Language,
        bounds: Bounds,
        chance: Chance,
        present: AbstractSet[bytes] = frozenset(),
        *,
        system: str = "",
        seen: str = "",
        model: str = "",
        written: Language | None = None,
        ruled: bool = False,
    ) -> None:
        self.prompt, self.look, self.language = prompt, look, language
        self.bounds, self.chance, self.present = bounds, chance, present  # words, as `cues.spaced` has them
        self.system, self.seen, self.model = system, seen, model
        self.written = written or language  # the language of the prompt; *language* is that of the answer
        self.ruled = ruled  # by the system message
        self.start, self.end = 0, len(look)  # where the cues of a form stand

    @cached_property
    def lower(self) -> str:
        """Where the form is looked for, in lower case."""
        return self.look.lower()

    @cached_property
    def words(self) -> list[str]:
        """The words there, in lower case."""
        return WORDS.findall(self.lower)

    @cached_property
    def lead(self) -> str:
        """That without polite words before the request, in lower case."""
        found = POLITE.match(self.lower)
        return self.lower[found.end() :] if found else self.lower

    @cached_property
    def first(self) -> str:
        """The request's first sentence, in lower case and without the mark at its end."""
        return FIRST.split(self.lead, maxsplit=1)[0].rstrip(" .!?")

    @cached_property
    def topic(self) -> str:
        """What the prompt is about."""
        if self.written is self.language:
            return topic_in(self.prompt, self.language)
        prompt = without_request(self.prompt)
        topic = topic_in(prompt, self.written)
        if topic == self.written.it or (self.language.marks_topic and not topic[-1].isalnum()):
            return self.language.it
        return topic

    @cached_property
    def block(self) -> tuple[int, int, int, int] | None:
        """Where the first block in quotation marks, fences or tags begins, its text starts and ends, and it ends."""
        prompt, at = self.prompt, 0
        if not any(map(prompt.__contains__, OPENS)):
            return None
        for _ in range(MOST_BLOCKS):
            found = OPENED.search(prompt, at, BLOCKS_WITHIN)
            if found is None:
                return None
            mark = found[0]
            closing = f"</{mark[1:]}" if mark[0] == "<" else mark[:3]
            end = prompt.find(closing, found.end() + 1)
            if end > 0 and prompt[found.end() : end].strip():
                return found.start(), found.end(), end, end + len(closing)
            at = found.end()
        return None

    @cached_property
    def parts(self) -> tuple[str, str]:
        """The instruction, and the text that it is to be done with, which may be empty."""
        if self.ruled:
            return self.system, self.prompt.strip()
        prompt = self.prompt
        if self.block:
            begin, start, end, beyond = self.block
            return (prompt[:begin] + " " + prompt[beyond:]).strip(), prompt[start:end].strip()
        cue = CUE.search(prompt, max(0, len(prompt) - 60))
        whole = prompt[: cue.start()] if cue else prompt
        head = whole[:2000]
        marked = [found for found in MARKER.finditer(head) if found.start() > 0] if ":" in head else ()
        if marked:
            return whole[: marked[-1].start()].strip(), whole[marked[-1].end() :].strip().strip('"')
        colon = COLON.match(whole)
        if colon:
            return colon[1].strip(), unquoted(colon[2])
        before, gap, after = whole.partition("\n\n")
        if gap and after.strip():
            text, _, last = whole.rpartition("\n\n")
            if len(last) < 200 and ENDING.match(last.strip()) and not ENDING.match(before.strip()):
                return last.strip(), text.strip()
            return before.strip(), after.strip()
        head = whole[:4000]
        quoted = list(QUOTED.finditer(head)) if any(map(head.__contains__, QUOTES)) else ()
        if quoted:
            longest = max(quoted, key=lambda found: len(found[0]))
            body = next(group for group in longest.groups() if group is not None)
            return (whole[: longest.start()] + whole[longest.end() :]).strip(), body
        return whole.strip(), ""

    @cached_property
    def body(self) -> str:
        """The text that the prompt hands over, which may be empty."""
        return self.parts[1]

    def at(self, place: tuple[int, int] | None) -> None:
        """A form is looked at whose cues stand at *place*; None: anywhere."""
        start, end = place or (0, len(self.look))
        self.start, self.end = max(start - AROUND, 0), end + AROUND

    def find(self, pattern: "re.Pattern[str]") -> "re.Match[str] | None":
        """Where *pattern* stands around the cues of the form."""
        return pattern.search(self.look, self.start, self.end)

    def found(self, pattern: "re.Pattern[str]") -> "re.Match[str] | None":
        """The same in lower case."""
        return pattern.search(self.lower, self.start, self.end)

    def says(self, pattern: "re.Pattern[str]") -> bool:
        """Whether *pattern* stands anywhere where the form is looked for, in lower case."""
        return pattern.search(self.lower) is not None

    def pick(self, options: Sequence[str]) -> str:
        """One of *options*."""
        return options[self.chance.below(len(options))]


def unquoted(text: str) -> str:
    """*text* without quotation marks around all of it."""
    text = text.strip()
    found = QUOTED.fullmatch(text)
    return next(group for group in found.groups() if group is not None) if found else text
