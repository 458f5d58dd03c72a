"""Files in a conversation as prose reads them: their text stands behind the question, as a document."""

import re

from .asking import Asked
from .tools.talk import RESULTS

# Questions what a file is, which need not be read for that.
WHAT = re.compile(
    r"\s*(?:what(?:'s| is| are)? (?:this|that|it|these|in (?:this|that|it|the)|attached)\b|what do you see\b|"
    r"(?:please )?describe (?:this|that|it|the)\b)[^?.!\n]{0,20}[?.!]?\s*",
    re.I,
)


def with_material(asked: Asked, prompt: str) -> tuple[str, Asked]:
    """*prompt* with the text of the files behind it, and what is *asked* with that as its last message.

    After a result of a tool, which is what the answer tells, both stay as they are; so they do when the prompt asks
    what was just shown.
    """
    if not asked.messages or asked.messages[-1].get("role") in RESULTS or (asked.seen and WHAT.fullmatch(prompt)):
        return prompt, asked
    whole = f"{prompt}\n\n<document>\n{asked.material}\n</document>"
    return whole, asked._replace(messages=[*asked.messages, {"role": "user", "content": whole}])
