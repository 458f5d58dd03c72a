"""Greetings, thanks, and who it is that answers."""

import re

from ..ask import Ask
from ..cues import Cue
from ..languages.detection import GREETED

CUES: tuple[Cue, ...] = (
    (
        "hi hello hey hiya howdy yo sup morning afternoon evening day greetings thanks thank thx ty bye "
        "goodbye farewell "
        "night test testing ping bist eres sei sou quem stai sta vai vas allez geht est está estás tal ça tudo "
        "gaat masz "
        "słychać nasılsın nasılsınız дела справи как кто вы ты хто ти здравствуйте привет спасибо привіт вітаю "
        "дякую добрый "
        "مرحبا السلام شكرا كيف أهلا नमस्ते धन्यवाद moin servus hej tag " + " ".join(GREETED),
    ),
    (
        "who what what's whats which how introduce tell are can is there",
        "you yourself your u i this model version llm gpt",
    ),
    ("qui comment", "es êtes"),
    ("wie", "ben"),
)
GREETING = re.compile(
    r"\W*(?:hi|hello|hey|hiya|howdy|yo|sup|what'?s up|good (?:morning|afternoon|evening|day)|"
    r"greetings|hallo|guten (?:tag|morgen|abend)|moin|servus|bonjour|salut|bonsoir|hola|"
    r"buenos d[íi]as|buenas (?:tardes|noches)|ciao|buongiorno|buonasera|salve|ol[áa]|oi|bom dia|"
    r"boa (?:tarde|noite)|hoi|goedemorgen|goedemiddag|cześć|dzień dobry|hej|merhaba|selam|"
    r"привет|здравствуйте|добрый день|привіт|вітаю|مرحبا|السلام عليكم|أهلا|नमस्ते|こんにちは|"
    r"おはよう(?:ございます)?|こんばんは|你好|您好|嗨|안녕하세요|안녕)"
    r"(?: there| everyone| all| again| world| assistant| chatgpt| gpt| bot| ai)?\W*",
    re.I,
)
THANKS = re.compile(
    r"\W*(?:ok(?:ay)?,? |great,? |perfect,? |cool,? |awesome,? )?(?:many )?(?:thanks|thank you|"
    r"thx|ty|danke(?: schön)?|vielen dank|merci(?: beaucoup)?|(?:muchas )?gracias|"
    r"grazie(?: mille)?|obrigad[oa]|"
    r"dank je|bedankt|dzięki|dziękuję|teşekkürler|teşekkür ederim|спасибо|дякую|شكرا|धन्यवाद|"
    r"ありがとう(?:ございます)?|谢谢|多谢|감사합니다|고마워요?)"
    r"(?: (?:so much|very much|a lot|you|for (?:your|the) help|for everything|again))*\W*",
    re.I,
)
BYE = re.compile(
    r"\W*(?:(?:good)?bye|bye bye|see you(?: later| soon)?|farewell|good night|have a (?:nice|good|"
    r"great) day|tschüss|au revoir|adiós|adios|arrivederci|tchau)\W*",
    re.I,
)
HOW = re.compile(
    r"^(?:(?:hi|hello|hey)[ ,!.]*)?(?:how are you|how's it going|how is it going|how do you do|"
    r"how are things|how have you been)\b.{0,30}$",
    re.I,
)
HOW_ABROAD = re.compile(
    r"^(?:\w+\s{0,9}[,!.]*\s{0,9})?\W*(?:c[óo]mo est[áa]s?|qué tal|comment (?:ça va|vas-tu|allez-vous)|"
    r"ça va|wie geht(?:'s| es)(?: dir| ihnen)?|come (?:stai|sta|va)|como (?:vai|está|vai você)|"
    r"tudo bem|"
    r"hoe gaat het(?: met je)?|как дела|как ты|як справи|jak się masz|co słychać|nasılsın|"
    r"nasılsınız|كيف حالك|आप कैसे हैं|你好吗|最近怎么样|お元気ですか|元気ですか|잘 지내세요|잘 지내)\W*$",
    re.I,
)
WHO = re.compile(
    r"\b(?:who are you|what are you|what(?:'s| is) your name|introduce yourself|"
    r"tell me about yourself|who (?:made|created|built|trained|developed) you|are you (?:a |"
    r"an )?(?:ai|bot|robot|human|chatgpt|gpt|real|person)|"
    r"what can you (?:do|help)|how can you help|wer bist du|qui es-tu|qui êtes-vous|quién eres|"
    r"chi sei|quem é você|wie ben je|кто ты|кто вы|хто ти|あなたは誰|你是谁|누구세요|누구야)",
    re.I,
)
MODEL = re.compile(
    r"\b(?:what|which) (?:ai |language |llm )?(?:model|version|llm|gpt)(?: version|"
    r" of gpt)? (?:are you|is this|do you use|am i|are u|powers)|\bare you (?:gpt|claude|llama|"
    r"gemini|mistral|deepseek)|\byour model\b|\bmodel name\b",
    re.I,
)
PING = re.compile(r"\W*(?:test(?:ing)?|ping|this is (?:just )?a test|hello\?|are you there|you there)\W*", re.I)
LONGEST = 160  # characters
HELLO, HOW_ARE, GOODBYE = (
    "Hello! How can I help you today?",
    "I'm doing well, thank you! How can I help you today?",
    "Goodbye! Come back whenever you like.",
)


def answer(ask: Ask) -> str | None:
    """A polite answer."""
    text = ask.prompt.strip()
    if len(text) > LONGEST:
        return None
    small = ask.language.small
    if GREETING.fullmatch(text):
        return ask.pick(small.hello)
    if THANKS.fullmatch(text):
        return small.thanks
    if HOW.match(text):
        return HOW_ARE
    if HOW_ABROAD.match(text):
        return ask.pick(small.hello)
    if BYE.fullmatch(text):
        return GOODBYE
    if PING.fullmatch(text):
        return "pong" if "ping" in text.lower() else "I'm here and ready. What would you like to do?"
    if MODEL.search(text):
        return ask.bounds.clip(
            f"I am {ask.model}, served by FakeAI."
            if ask.model
            else "I am a simulated language model, served by FakeAI."
        )
    if WHO.search(text):
        role = re.search(r"\byou are (?:an? )?([A-Z][\w-]+(?: [A-Z][\w-]+)?),", ask.system)
        if role:
            return ask.bounds.clip(f"I'm {role[1]}, here to answer questions, write and explain things.")
        return ask.bounds.clip(small.who)
    return None
