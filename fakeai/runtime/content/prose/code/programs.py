"""Programs as answers: which language is meant, what the program does, and the fence around it."""

import re

from ..ask import Ask
from ..cues import Cue
from ..topics import topic_of
from . import javascript, others, python, shell, sql
from .tasks import camel, class_of, name_of, task_of

CUES: tuple[Cue, ...] = (
    (
        "write create implement give show make generate code build develop provide need define produce return "
        "complete design schreib schreibe écris écrire escribe scrivi escreva schrijf programmiere have help",
        "function functions code snippet algorithm query decorator dataclass fibonacci fizzbuzz funktion fonction "
        "función funzione função functie program script class method command component programm programme programa",
    ),
    (
        "python django flask pytest dataclass javascript js typescript ts node nodejs react csharp cpp java "
        "golang rust ruby php kotlin perl scala lua haskell sql postgres postgresql mysql sqlite bash shell "
        "dockerfile html css yaml",
    ),
    ("in using with code function program programs script command", "c go r swift terminal line unix linux"),
)
LANGUAGES = (
    ("python", r"\bpython\d?\b|\bdjango\b|\bflask\b|\bpytest\b|\bdataclass\b"), ("typescript",
    r"\btypescript\b|\bts\b"), ("javascript", r"\bjavascript\b|\bjs\b|\bnode(?:\.?js)?\b|\breact\b"),
    ("csharp", r"c#|\bcsharp\b|\bc sharp\b"), ("cpp", r"c\+\+|\bcpp\b"), ("java", r"\bjava\b"), ("go",
    r"\bgolang\b|\bin go\b|\bgo (?:function|program|code)\b"), ("rust", r"\brust\b"),
    ("ruby", r"\bruby\b"), ("php", r"\bphp\b"), ("swift", r"\bswift\b"), ("kotlin", r"\bkotlin\b"), ("perl",
    r"\bperl\b"), ("scala", r"\bscala\b"), ("lua", r"\blua\b"),
    ("haskell", r"\bhaskell\b"), ("sql", r"\bsql\b|\bpostgres\w*|\bmysql\b|\bsqlite\b"), ("bash",
    r"\bbash\b|\bshell\b|\bterminal\b|\bcommand[- ]line\b|\bunix\b|\blinux command\b"),
    ("dockerfile", r"\bdockerfile\b"), ("html", r"\bhtml\b|\bweb ?page\b"), ("css", r"\bcss\b"), ("yaml", r"\byaml\b"),
    ("r", r"\bin r\b|\br (?:function|script|code)\b"),
    ("c", r"\bin c\b|\ba c (?:program|function)\b|\bc (?:program|function|code)\b"),
)  # fmt: skip
NAMED = tuple((name, re.compile(pattern, re.A)) for name, pattern in LANGUAGES)
# Words of which one stands in whatever names a language; of the others, its name.
CLUES = {name: frozenset([name.encode()]) for name, _ in LANGUAGES} | {
    "python": frozenset(b"python python2 python3 django flask pytest dataclass".split()),
    "typescript": frozenset(b"typescript ts".split()),
    "javascript": frozenset(b"javascript js node nodejs react".split()),
    "csharp": frozenset(b"c csharp".split()),
    "cpp": frozenset(b"c cpp".split()),
    "go": frozenset(b"go golang".split()),
    "sql": frozenset(b"sql postgres postgresql mysql sqlite".split()),
    "bash": frozenset(b"bash shell terminal command unix linux".split()),
    "html": frozenset(b"html web webpage".split()),
}
MAKE = (
    r"(?:write|create|implement|give|show|make|generate|code|build|develop|provide|need|define|"
    r"produce|return|complete|design|schreib\w*|écris|écrire|escribe|scrivi|escreva|schrijf|"
    r"programmiere|can i have|help me with)"
)
STRONG = (
    r"(?:functions?|code|snippet|one-liner|algorithm|sql|quer(?:y|ies)|dockerfile|regex|funktion|"
    r"fonction|función|funzione|função|functie|hello world|decorator|dataclass|unit tests?|"
    r"fizz ?buzz)"
)
WEAK = (
    r"(?:program|script|class|method|command|component|app|api|endpoint|page|loop|module|server|"
    r"programm|programme|programa|test|example|implementation|solution|statement|table|file|"
    r"config\w*)"
)
STRONGLY = re.compile(
    rf"\b{MAKE}\b[^.\n]{{0,100}}\b{STRONG}\b|^(?:a |an |the )?(?:python|javascript|typescript|java|"
    rf"sql|bash|rust|ruby|php|swift|kotlin|golang|shell|html|css)\s{{1,9}}\w+"
)
WEAKLY = re.compile(rf"\b{MAKE}\b[^.\n]{{0,100}}\b{WEAK}\b")
DOING = re.compile(
    r"\b(?:script|program)\b (?:that|to|which|for)\b|\bclass\b (?:called|named|for|that|with|"
    r"to represent|representing)\b"
)
HOW_TO = re.compile(
    r"^(?:how (?:do|can|would|to|should)\b|what(?:'s| is) the (?:best |easiest |right |simplest )?way to\b)"
)
TASK_IN = re.compile(
    r"^(?!what |why |when |who |explain |describe |compare |difference|is |are |does |tell |list |"
    r"name |which |give me \d).{0,120}\b(?:in|using|with) (?:python|javascript|typescript|java|"
    r"golang|go|rust|ruby|php|swift|kotlin|c\+\+|c#|sql|bash|haskell|perl|scala|lua|c|js)\b"
)
EXPLAIN = re.compile(
    r"^(?:what|why|when|who|explain|describe|compare|is|are|does|do|should|which|tell me (?:about|"
    r"what|why)|difference)\b"
)
THIS_CODE = re.compile(
    r"\b(?:this|the following|following|my|below) (?:\w+ )?(?:code|function|script|program|"
    r"snippet|class|query)\b|\bwhat does (?:this|it)\b|\breview\b",
    re.I,
)
REPAIR = re.compile(
    r"\b(?:fix|debug|correct|repair|bug|error|doesn't work|not working|refactor|improve|"
    r"optimi[sz]e|clean up|add (?:type hints|docstrings?|comments))\b",
    re.I,
)
TEST = re.compile(r"\b(?:unit )?tests?\b", re.I)
ONLY = re.compile(
    r"\bonly (?:the |output |return |give |write |with )*code\b|\bcode only\b|\bno (?:explanation|"
    r"comments?|prose|text)|without (?:any )?explanation|\bjust (?:the |give me the )?code\b|"
    r"\bonly\b"
)
DEFINED = re.compile(r"^\s{0,9}(?:async )?(?:def|class|function|func|fn)\s{1,9}(\w+)", re.M)
NOT_CODE = re.compile(
    r"\b(?:documentation|description of|explanation of|article|blog post|overview|story|poem|"
    r"essay|email|letter|dress code|area code|zip code|promo code|qr code|postal code|"
    r"training program|exercise program|play script|movie script|code of conduct|bodily|"
    r"class of)\b"
)
UNSPACED = re.compile("函数|函數|関数|함수|代码|代碼|コード|코드|脚本|スクリプト|스크립트|プログラム|程序|프로그램")
SURELY = re.compile(r"\b(?:function|class|script|program|method)\b (?:that|to|which|for|called|named|in)\b")
LONGEST = 6000  # characters of a prompt


def answer(ask: Ask) -> str | None:
    """A program in a fence, and a sentence about it unless only the code may be there."""
    if ask.ruled or len(ask.prompt) > LONGEST:
        return None
    lead = ask.lead
    block = ask.block
    if (
        block
        and ask.prompt.startswith("```", block[0])
        and (THIS_CODE.search(ask.look) or REPAIR.search(ask.lead[:200]) or TEST.search(ask.lead[:120]))
    ):
        return _about_code(ask, ask.prompt[block[1] : block[2]], _fence(ask.prompt[block[0] : block[1]]))
    if NOT_CODE.search(lead[:200]) and not SURELY.search(lead[:200]):
        return None
    language = next(
        (name for name, word in NAMED if not ask.present.isdisjoint(CLUES[name]) and word.search(ask.lower)), ""
    )
    if not _wanted(lead, language):
        return None
    if not language:
        language = (
            "sql"
            if re.search(r"\bquer(?:y|ies)\b", lead)
            else "bash"
            if re.search(r"\bshell|\bcommand\b", lead)
            else "python"
        )
    code, remark = _code(language, ask)
    fenced = f"```{language}\n{code}\n```"
    if (
        ONLY.search(ask.lower)
        or ask.bounds.alone
        or not remark
        or ask.bounds.verbosity == "low"
        or ask.language.code != "en"
    ):
        return fenced
    return f"{fenced}\n\n{remark}"


def _wanted(lead: str, language: str) -> bool:
    if language and UNSPACED.search(lead):
        return True
    if STRONGLY.search(lead[:300]) and not EXPLAIN.match(lead):
        return True
    if WEAKLY.search(lead[:300]) and not EXPLAIN.match(lead) and (language or DOING.search(lead[:300])):
        return True
    if HOW_TO.match(lead):
        return (
            bool(language)
            and (language not in ("c", "r", "go") or bool(task_of(lead)))
            and bool(re.search(r"\b(?:in|using|with)\b", lead))
        )
    return bool(language) and TASK_IN.match(lead) is not None and bool(task_of(lead))


def _code(language: str, ask: Ask) -> tuple[str, str]:
    text = ask.look
    if language == "sql":
        return sql.query(text), "Adjust the names of tables and columns to your schema."
    if language == "bash":
        return shell.script(text), "Try it in an empty folder first."
    if language in others.PAGES:
        topic = re.sub(r"^(?:html|css|yaml|an?|the|simple|basic)\s{1,9}", "", topic_of(text), flags=re.I)
        return others.PAGES[language].replace("TITLE", topic[0].upper() + topic[1:]).replace("TOPIC", topic), ""
    task, name = task_of(text), name_of(text)
    wanted_class = class_of(text) if "class" in ask.words or "dataclass" in ask.words else None
    if wanted_class and task not in ("stack", "queue", "linked_list"):
        if language == "python":
            return python.class_program(*wanted_class)
        if language in ("javascript", "typescript"):
            code = javascript.class_program(*wanted_class)
            return (
                code
                if language == "javascript"
                else code.replace("constructor(", "constructor(public ").replace(", ", ", public ", 0)
            ), "Each object keeps its own fields."
    explicit = bool(re.search(r"\b(?:called|named|name it|call it)\b|\w\(|`", text))
    chosen = name if explicit and name else task or name or "process_items"
    if language == "python":
        return python.program(task, chosen, _purpose(chosen))
    if language in ("javascript", "typescript"):
        code = javascript.program(task, chosen if explicit else camel(chosen))
        return (
            javascript.typed(code) if language == "typescript" else code
        ), "The line at the end shows how to call it."
    called = chosen if explicit or language in others.SNAKE else camel(chosen)
    if language == "csharp" and not explicit:
        called = called[:1].upper() + called[1:]
    return others.program(language, task, called), "The main function shows how to call it."


def _purpose(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _fence(block: str) -> str:
    found = re.match(r"```([\w+#.-]+)", block)
    return found[1].lower() if found else "python"


def _about_code(ask: Ask, code: str, language: str) -> str | None:
    """An explanation, a repair or a test of code that the prompt hands over."""
    names = DEFINED.findall(code[:LONGEST])
    lead = ask.lead[:200]
    if TEST.search(lead) and not REPAIR.search(lead) and names and language in ("python", "py"):
        tests = "\n\n\n".join(f"def test_{name.lower()}_is_there():\n    assert callable({name})" for name in names[:5])
        return f"```python\n{code.strip()}\n\n\n{tests}\n```"
    if REPAIR.search(lead):
        mended = _mended(code) if language in ("python", "py") else code.strip()
        says = (
            "I corrected the syntax; the rest stays as it was."
            if mended.strip() != code.strip()
            else "I found nothing that keeps it from running, so it stays as it is."
        )
        return f"```{language}\n{mended}\n```" if ask.bounds.alone else f"```{language}\n{mended}\n```\n\n{says}"
    said = []
    if names:
        said.append(f"The code defines {_joined([f'`{name}`' for name in names[:5]])}.")
    imported = re.findall(r"^\s{0,9}(?:import|from|#include|use|require)\s{1,9}[<\"]?([\w./:]+)", code[:LONGEST], re.M)
    if imported:
        said.append(f"It builds on {_joined([f'`{name}`' for name in dict.fromkeys(imported)][:4])}.")
    if re.search(r"\b(?:for|while)\b", code):
        said.append("A loop goes through the items one after the other.")
    if re.search(r"\bif\b", code):
        said.append("A condition decides which of them count.")
    if re.search(r"\breturn\b", code):
        said.append("At the end the result is returned to the caller.")
    elif re.search(r"\b(?:print|console\.log|echo|puts)\b", code):
        said.append("At the end it prints the result.")
    if not said:
        said.append(f"The code has {len(code.strip().splitlines())} lines and runs from top to bottom.")
    return ask.bounds.clip(" ".join(said))


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _mended(code: str) -> str:
    """Python *code* with the colons and brackets that lines lack."""
    lines = []
    for line in code.strip("\n").splitlines():
        bare = line.split("#", 1)[0].rstrip()
        missing = bare.count("(") - bare.count(")")
        if missing > 0 and not bare.endswith((",", "(")):
            bare = line = bare + ")" * missing
        if re.match(
            r"\s{0,9}(?:def|class|if|elif|else|for|while|try|except|finally|with)\b", bare
        ) and not bare.endswith((":", ",", "(", "\\")):
            line = bare + ":"
        found = re.match(r"^(\s{0,9})print\s{1,9}(?!\()(.+)$", line)
        lines.append(f"{found[1]}print({found[2]})" if found else line)
    return "\n".join(lines)
