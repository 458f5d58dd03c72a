"""Tasks of programs: what a prompt wants a program to do, and how the program is called."""

import re

from ..languages.english import FILLERS

# The first pattern that is found counts; `sort` and the like stand behind what is more exact.
TASKS = tuple(
    (name, re.compile(pattern, re.I))
    for name, pattern in (
        ("hello_world", r"hello,? ?world|\bprints? (?:out )?[\"']?hello\b|says? hello"),
        ("fizz_buzz", r"fizz ?buzz"),
        ("fibonacci", r"斐波那契|フィボナッチ|피보나치|fibonacci|\bfib\b"),
        ("factorial", r"factorial"),
        ("is_palindrome", r"palindrom"),
        ("are_anagrams", r"anagram"),
        ("is_prime", r"素数|质数|소수|\bprimes?\b"),
        ("binary_search", r"binary search"),
        ("bubble_sort", r"bubble ?sort"),
        ("merge_sort", r"merge ?sort"),
        ("quicksort", r"quick ?sort"),
        ("two_sum", r"two[- ]sum|two numbers that (?:add|sum)"),
        ("greatest_common_divisor", r"\bgcd\b|greatest common|largest common"),
        ("is_leap_year", r"leap year"),
        ("to_fahrenheit", r"celsius|fahrenheit"),
        ("count_vowels", r"vowels?"),
        ("word_counts", r"(?:count|frequenc\w+|occurrences?|number)\b.{0,30}\bwords?\b|word (?:count|frequenc)"),
        ("char_counts", r"(?:count|frequenc\w+|occurrences?)\b.{0,30}\b(?:characters?|letters?|chars?)\b"),
        ("reverse_words", r"revers\w*\b.{0,20}\bwords\b"),
        ("reverse_list", r"revers\w*\b.{0,20}\b(?:list|array|linked)"),
        (
            "reverse_string",
            r"revers\w*\b|backwards|反转|反轉|逆|뒤집|umkehr\w*|umdreh\w*|inverse|invert\w*|invierte|rovescia",
        ),
        ("flatten", r"flatten"),
        ("unique", r"duplicat|unique|distinct|dedup"),
        ("is_email", r"(?:valid\w*|check\w*|match\w*)\b.{0,30}\be-?mail|e-?mail\b.{0,20}\bvalid"),
        ("make_password", r"password"),
        ("average", r"\baverage\b|\bmean\b"),
        ("median", r"\bmedian\b"),
        ("largest", r"\b(?:max\w*|largest|biggest|highest)\b"),
        ("smallest", r"\b(?:min\w*|smallest|lowest)\b"),
        ("even_numbers", r"\beven\b"),
        ("odd_numbers", r"\bodd\b"),
        ("title_words", r"capitali[sz]e|title ?case"),
        ("stack", r"\bstack\b"),
        ("queue", r"\bqueue\b"),
        ("linked_list", r"linked list"),
        ("timed", r"decorator"),
        ("fetch_json", r"\b(?:http|api|rest|url|fetch|request)\b"),
        ("read_csv", r"\bcsv\b"),
        ("read_lines", r"\b(?:read|open|load|parse)\w*\b.{0,30}\bfile\b"),
        ("parse_json", r"\bjson\b"),
        ("group_by", r"group\w*\b"),
        ("merge_dictionaries", r"merge\w*\b.{0,30}\b(?:dict|object|map)"),
        ("sort_items", r"排序|ソート|정렬|\bsort\w*|sortier\w*|ordena\w*|trier?\b"),
        ("count_down", r"count ?down|from 10 to 1"),
        ("count_up", r"(?:count|prints?|loop|numbers)\b.{0,30}\b(?:1 to|from 1|numbers)"),
        ("square", r"\bsquares?\b"),
        ("multiply", r"\bmultipl\w*|product of"),
        ("add", r"\b(?:adds?|adding|sums?|addition|total|addiert|addiere|summe|somme|suma)\b"),
    )
)
NAMED = re.compile(
    r"\b(?:called|named|name it|call it|namens|appelée?|llamad[ao])\s{1,9}[`\"']?([A-Za-z_]\w*)|"
    r"\b(?:function|def|method)\s{1,9}[`\"']?([A-Za-z_]\w*)\s{0,9}\(|[`]([A-Za-z_]\w*)(?:\([^`]*\))?[`]",
    re.I,
)
CLASS = re.compile(
    r"\bclass\s{1,9}(?:called |named |for (?:a |an |the )?|to represent (?:a |an )?|"
    r"representing (?:a |an )?|that represents (?:a |an )?)?[`\"']?([A-Za-z_][\w-]*(?: (?!with|"
    r"that|in|has|and|which|using|to|containing)[a-z]+)?)|\b([A-Z]\w+) class\b",
    re.I,
)
FIELDS = re.compile(
    r"\b(?:with|has|having|containing)\s{1,9}(?:the |its |an? |two |three |four )?(?:attributes?|"
    r"fields?|properties|members)?\s{0,9}(?:called|named|of|for)?\s{0,9}:?\s{0,9}([^\n.;:!?]{2,120})",
    re.I,
)
ACTION = re.compile(
    r"\b(?:function|script|program|method|code|snippet|algorithm|query|command|class|routine|"
    r"decorator|app|tool|one-liner|funktion|fonction|función|funzione|função|functie)s?\s{1,9}"
    r"(?:in \w+ |using \w+ )?(?:that |which |to |for |die |qui |que |che )(?:can |will |should )?([^\n.?!;:]{3,100})",
    re.I,
)
NOT_NAMES = FILLERS | frozenset(
    "function python javascript java code script program using returns return takes given input "
    "output new simple string that which in sql bash string's typescript rust golang".split()
)
KEYWORDS = frozenset(
    "and as assert async await break case catch class const continue def default del delete do "
    "elif else enum except export false final finally for from "
    "func function global go if import in interface is lambda let match new none nonlocal not "
    "null or package pass print private public raise return "
    "self static struct super switch this throw true try type typeof use var void while with "
    "yield list dict set str int".split()
)


def task_of(text: str) -> str:
    """The name of the task that *text* describes; empty when it is none of the known ones."""
    return next((name for name, pattern in TASKS if pattern.search(text)), "")


def name_of(text: str) -> str:
    """The name that *text* gives to the function, or else one made of what it is to do; empty when it says neither."""
    named = NAMED.search(text)
    if named:
        name = named[1] or named[2] or named[3]
        if name.lower() not in KEYWORDS:
            return name
    found = ACTION.search(text)
    words = re.findall(r"[a-z]+", found[1].lower()) if found else []
    kept = [word for word in words if word not in NOT_NAMES and word.isascii()][:4]
    if kept:
        kept[0] = base_form(kept[0])
    name = "_".join(kept)
    return f"{name}_all" if name in KEYWORDS else name


def base_form(verb: str) -> str:
    """*verb* without the ending of its third person."""
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if verb.endswith(("sses", "shes", "ches", "xes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith(("ss", "us")) else verb


def camel(name: str) -> str:
    """*name* as other languages than Python write it: `reverseString`."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def class_of(text: str) -> tuple[str, list[str]] | None:
    """The name and the fields of the class that *text* asks for."""
    found = CLASS.search(text)
    if not found:
        return None
    raw = found[1] or found[2]
    words = [word for word in re.findall(r"[A-Za-z]\w*", raw) if word.lower() not in NOT_NAMES or word[0].isupper()]
    name = "".join(word[:1].upper() + word[1:] for word in words[:3])
    if not name or name.lower() in KEYWORDS or name.lower() in NOT_NAMES:
        name = "Item"
    fields = FIELDS.search(text, found.end())
    names = []
    told = re.split(r"\s(?:in|using|for|that|where) ", fields[1])[0] if fields else ""
    for part in re.split(r",|\band\b", told) if told else ():
        words = re.findall(r"[a-z]+", part.lower())
        words = [
            word
            for word in words
            if word not in ("a", "an", "the", "method", "methods", "its", "attributes", "fields", "properties")
        ]
        field = "_".join(words[:2])
        if field and field not in KEYWORDS and "method" not in part.lower():
            names.append(field)
    return name, list(dict.fromkeys(names))[:8] or ["name"]
