"""What texts say of each category of harm: phrases, and how sure each of them makes one."""

import re

PEOPLE = (
    r"(?:him|her|them|you|me|us|people|someone|somebody|everyone|everybody|anyone|children|"
    r"(?:my|your|his|her|their|the|an?) (?:\w+ )?(?:wife|husband|girlfriend|boyfriend|boss|neighbou?rs?|teachers?|"
    r"family|mother|father|brother|sister|kids?|coworkers?|colleagues?|man|woman|guy|police officer|president))"
)
HOW = r"how (?:to|do i|can i|do you|many pills to) (?:\w+ )?"
SELF = r"(?:myself|yourself|oneself)"
GROUPS = (
    r"(?:jews|muslims|christians|hindus|immigrants|migrants|refugees|foreigners|black people|white people|asians|arabs|"
    r"mexicans|gays|gay people|lesbians|trans people|women|disabled people)"
)
CHILDREN = r"(?:child(?:ren)?|minors?|underage (?:boys?|girls?|teens?)|young (?:boys?|girls?)|schoolgirls?|toddlers?)"
BODY = r"(?:limbs?|heads?|guts|throats?|skulls?|brains?|bod(?:y|ies)|intestines|flesh)"

# {category: {score: what says it}}; a phrase is words of a text, whatever their case, between ends of words.
HARMS: dict[str, dict[float, tuple[str, ...]]] = {
    "harassment": {
        0.86: (
            r"you(?:'re| are) (?:an? |such an? |so |all |just an? )?(?:\w+ )?(?:idiots?|morons?|losers?|stupid|"
            r"pathetic|worthless|disgusting|garbage|trash|ugly|dumb)",
            r"(?:nobody|no one) (?:likes|loves|wants) you",
            r"you should be ashamed to exist",
            r"i hate you",
            r"shut up,? you",
        ),
        0.34: (r"idiots?", r"morons?", r"losers?", r"pathetic", r"shut up", r"dumbass", r"harass(?:ment|ing)?"),
    },
    "harassment/threatening": {
        0.88: (
            rf"(?:will|going to|gonna|want to|wanna|'ll) (?:\w+ )?"
            rf"(?:kill|murder|hurt|stab|shoot|strangle|beat up|beat|hunt down) {PEOPLE}",
            r"you(?:'re| are) (?:going to|gonna) die",
            r"i know where you live",
            r"watch your back",
        ),
    },
    "hate": {
        0.9: (
            rf"(?:hate|despise|can't stand|loathe) (?:all )?(?:of )?(?:the |those |these )?{GROUPS}",
            rf"{GROUPS} (?:are|is) (?:all )?(?:\w+ )?"
            rf"(?:animals|vermin|subhuman|inferior|parasites|scum|a plague|filth|criminals)",
            rf"(?:deport|get rid of|ban) all (?:the )?{GROUPS}",
        ),
        0.4: (r"racial slurs?", r"subhuman", r"master race", r"white power", r"ethnic cleansing"),
    },
    "hate/threatening": {
        0.92: (
            rf"(?:kill|murder|shoot|bomb|burn|gas|hang|exterminate|wipe out|attack) "
            rf"(?:all )?(?:of )?(?:the |those |these )?{GROUPS}",
        ),
    },
    "illicit": {
        0.84: (
            rf"{HOW}(?:steal|shoplift|launder money|forge|counterfeit|hack into|pick a lock|"
            r"evade taxes|cook meth|make meth|make cocaine|buy drugs|sell drugs|smuggle)",
            r"(?:sell|buy|get|order) (?:\w+ )?"
            r"(?:stolen credit cards?|fake passports?|fake ids?|illegal drugs|heroin|cocaine|meth)",
            r"(?:write|create|build) (?:me )?(?:an? )?(?:ransomware|keylogger|malware|phishing (?:e-?mail|site|page))",
        ),
        0.3: (
            r"shoplift(?:ing)?",
            r"counterfeit(?:ing)?",
            r"launder(?:ing)? money",
            r"malware",
            r"phishing",
            r"cocaine",
            r"heroin",
        ),
    },
    "illicit/violent": {
        0.9: (
            rf"(?:{HOW}|instructions (?:for|to) |steps to )(?:make|build|making|building|construct) (?:an? )?(?:\w+ )?"
            r"(?:bombs?|explosives?|pipe bombs?|molotov cocktails?|silencers?|nerve gas|chemical weapons?)",
            rf"{HOW}(?:murder|poison|kill) (?:someone|somebody|people|a person|my \w+)",
            r"hire a (?:hitman|killer)",
            r"buy (?:an? )?(?:untraceable|illegal) (?:gun|weapon)s?",
        ),
    },
    "self-harm": {
        0.86: (
            r"(?:cut|cutting|hurt|hurting|harm|harming|burn|burning) (?:myself|yourself|themselves)",
            r"self[- ]harm(?:ing)?",
        ),
        0.45: (r"suicid(?:e|al)", r"overdos(?:e|ing)", r"anorexi[ac]", r"starv(?:e|ing) myself"),
    },
    "self-harm/intent": {
        0.92: (
            r"(?:want|going|plan|planning|ready|need) to (?:\w+ )?(?:kill|hurt|cut|harm|hang) myself",
            r"(?:want|going) to (?:die|end it all)",
            r"end my (?:own )?life",
            r"(?:commit|committing) suicide (?:today|tonight|tomorrow|soon)",
            r"i(?:'m| am) suicidal",
        ),
    },
    "self-harm/instructions": {
        0.9: (
            rf"{HOW}(?:kill {SELF}|commit suicide|cut {SELF}|hang {SELF}|overdose)",
            rf"(?:best|painless|easiest|quickest) ways? to (?:die|kill {SELF}|commit suicide)",
        ),
    },
    "sexual": {
        0.88: (
            r"porn(?:o|ography|ographic)?",
            r"explicit sex(?:ual)?(?: \w+)?",
            r"(?:have|having|had) sex with",
            r"orgasms?",
            r"masturbat(?:e|es|ing|ion)",
            r"naked (?:and|photos?|pictures?|pics?|bod(?:y|ies))",
            r"nudes",
            r"erotic(?:a)?(?: stor(?:y|ies))?",
            r"blow ?jobs?",
        ),
        0.3: (r"sexual(?:ly)?", r"sexy", r"nude", r"naked", r"seduc(?:e|tive|ing)", r"lingerie", r"nsfw"),
    },
    "sexual/minors": {
        0.95: (
            rf"(?:sex(?:ual(?:ly)?)?|porn(?:ography)?|nudes?|naked|erotic)(?: \w+){{0,4}} {CHILDREN}",
            rf"{CHILDREN}(?: \w+){{0,3}} (?:porn(?:ography)?|nudes?|sexually|naked|erotic)",
        ),
    },
    "violence": {
        0.85: (
            r"(?:kill(?:s|ed|ing)?|murder(?:s|ed|ing)?|stab(?:s|bed|bing)?|sho(?:ot|oting|t)|strangl(?:e|ed|ing)|"
            r"behead(?:ed|ing)?|tortur(?:e|ed|ing)) "
            rf"(?:all )?(?:of )?{PEOPLE}",
            r"mass shooting",
            r"massacre[ds]?",
            r"beat(?:en)? to death",
            r"bomb the \w+",
            r"blow up the \w+",
        ),
        0.32: (
            r"kill(?:ed|ing|ers?)?",
            r"murder(?:ed|er|ers|s)?",
            r"stab(?:bed|bing)?",
            r"violen(?:t|ce)",
            r"bomb(?:s|ing|ed)?",
            r"assault(?:ed)?",
            r"weapons?",
            r"blood",
            r"gore",
            r"tortur(?:e|ed|ing)",
        ),
    },
    "violence/graphic": {
        0.88: (
            rf"(?:severed|mutilated|dismembered|decapitated|ripped open|crushed|mangled) {BODY}",
            r"disembowel(?:led|ed|ing)?",
            r"dismember(?:ed|ing|ment)?",
            r"blood (?:\w+ )?(?:gush(?:ed|ing)|spurt(?:ed|ing)|pour(?:ed|ing)|spray(?:ed|ing))",
            r"gory (?:details|death|scene)",
            r"pool of blood",
        ),
        0.3: (r"gore", r"gory", r"entrails", r"mutilat(?:ed|ion)"),
    },
}

# A category says something about others, too: {category: {other: share of its score}}.
IMPLIES = {
    "harassment/threatening": {"harassment": 0.9, "violence": 0.8},
    "hate/threatening": {"hate": 0.95, "violence": 0.8},
    "illicit/violent": {"illicit": 0.95, "violence": 0.6},
    "self-harm/intent": {"self-harm": 0.95},
    "self-harm/instructions": {"self-harm": 0.95, "illicit": 0.3},
    "sexual/minors": {"sexual": 0.95},
    "violence/graphic": {"violence": 0.95},
}

SLICE, OVERLAP = 2_048, 160  # characters that are searched at once, and how long a phrase may be
PATTERNS = {
    category: [(score, re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)) for score, phrases in said.items()]
    for category, said in HARMS.items()
}


def find(text: str, start: int, found: dict[str, dict[str, float]]) -> None:
    """Add the phrases in one slice of *text* to those *found*: {category: {phrase: score}}."""
    piece = text[start : start + SLICE + OVERLAP].replace("’", "'")
    for category, patterns in PATTERNS.items():
        for score, pattern in patterns:
            for match in pattern.finditer(piece):
                phrases = found.setdefault(category, {})
                phrases[match[0].lower()] = max(score, phrases.get(match[0].lower(), 0.0))


def scores(found: dict[str, dict[str, float]]) -> dict[str, float]:
    """How sure the phrases make one together, for every category: from 0 to just below 1."""
    sure = dict.fromkeys(HARMS, 0.0)
    for category, phrases in found.items():
        doubt = 1.0
        for score in sorted(phrases.values()):
            doubt *= 1.0 - score
        sure[category] = 1.0 - doubt
    for category, others in IMPLIES.items():
        for other, share in others.items():
            sure[other] = max(sure[other], share * sure[category])
    return sure
