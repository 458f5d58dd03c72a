"""Grammars in GBNF, as XGrammar and llama.cpp take them, in the words of Lark."""

import re

RULE = re.compile(r"(?m)^[ \t]*([A-Za-z_][\w-]*)[ \t]*::=")
TOKEN = re.compile(
    r'(?P<text>"(?:\\.|[^"\\\n])*")|(?P<set>\[(?:\\.|[^\]\\])*\])|(?P<comment>\#[^\n]*)|(?P<name>[A-Za-z_][\w-]*)|'
    r"(?P<times>\{\s*(?P<least>\d+)\s*(?P<comma>,)?\s*(?P<most>\d+)?\s*\})|(?P<any>\.)|(?P<other>\S)|(?P<space>\s+)"
)
ESCAPED = re.compile(r"\\.|[/\[]", re.DOTALL)  # within a set: what is escaped, and what Lark wants escaped
ROOT, START = "root", "start"
NOTHING = "nothing"  # a rule for the empty text, which Lark has no word for
MORE = 16  # times that what may be repeated without end is repeated beyond the least


def lark_of(definition: str) -> str:
    """*definition* in the words of Lark, whichever of the two it is in."""
    rules = list(RULE.finditer(definition))
    if not rules:
        return definition
    names = {ROOT: START}
    for rule in rules:
        names.setdefault(rule[1], f"r{len(names)}")
    lines = []
    for rule, after in zip(rules, [*rules[1:], None], strict=True):
        body = definition[rule.end() : after.start() if after else len(definition)]
        lines.append(f"{names[rule[1]]}: {''.join(_said(token, names) for token in TOKEN.finditer(body)).strip()}")
    return "\n".join([*lines, f"{NOTHING}:"] if any(NOTHING in line for line in lines) else lines) + "\n"


def _said(token: re.Match[str], names: dict[str, str]) -> str:
    """What Lark calls a *token*."""
    kind, text = token.lastgroup or "", token[0]
    if token["text"] is not None:
        return text if text != '""' else f" {NOTHING} "
    if token["set"] is not None:
        inner = ESCAPED.sub(lambda found: found[0] if found[0].startswith("\\") else f"\\{found[0]}", text[1:-1])
        return f"/[{inner}]/"
    if token["times"] is not None:
        least = int(token["least"])
        most = least if token["comma"] is None else int(token["most"]) if token["most"] else least + MORE
        return f"~{least}..{most}"
    if kind == "comment" or token["space"] is not None:
        return " "
    if token["any"] is not None:
        return "/./"
    return names.get(text, f"r_{text.replace('-', '_').lower()}") if kind == "name" else text
