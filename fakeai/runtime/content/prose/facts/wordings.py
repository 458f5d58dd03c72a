"""Words that stand for others: formal, casual, different, and as they are spelled."""

CONTRACTIONS = {
    "can't": "cannot", "won't": "will not", "n't": " not", "'re": " are", "'ll": " will", "'ve": " have",
    "i'm": "I am", "let's": "let us",
    "it's": "it is", "that's": "that is", "what's": "what is", "there's": "there is", "he's": "he is",
    "she's": "she is", "'d": " would",
}  # fmt: skip
FORMAL_WORDS = {
    "hey": "Hello", "hi": "Hello", "hiya": "Hello", "yo": "Hello", "gonna": "going to", "wanna": "want to",
    "gotta": "have to", "kinda": "somewhat", "sorta": "somewhat", "yeah": "yes",
    "yep": "yes", "nope": "no", "ok": "acceptable", "okay": "acceptable", "thanks": "thank you", "thx": "thank you",
    "pls": "please", "plz": "please", "u": "you",
    "ur": "your", "asap": "at your earliest convenience", "guys": "everyone", "stuff": "material", "get": "obtain",
    "got": "received", "help": "assist",
    "need": "require", "want": "wish", "big": "significant", "buy": "purchase", "ask": "inquire", "tell": "inform",
    "show": "demonstrate", "start": "commence",
    "end": "conclude", "fix": "resolve", "check": "verify", "lots of": "many", "a lot of": "a great deal of",
    "cool": "excellent", "awesome": "excellent", "kids": "children",
    "boss": "supervisor", "sorry": "my apologies", "bad": "unfavorable", "send": "send", "can you": "could you please",
    "dude": "colleague", "sup": "how are you", "cuz": "because",
}  # fmt: skip
CASUAL_WORDS = {
    "hello": "hey", "therefore": "so", "however": "but", "require": "need", "purchase": "buy", "obtain": "get",
    "assist": "help", "inform": "tell", "cannot": "can't", "do not": "don't",
    "is not": "isn't", "are not": "aren't", "i am": "I'm", "it is": "it's", "we are": "we're", "i will": "I'll",
    "thank you": "thanks", "commence": "start", "regarding": "about",
    "sincerely": "cheers", "dear": "hi", "we would": "we'd", "i would": "I'd", "please": "please", "request": "ask",
    "additional": "more",
}  # fmt: skip
OTHER_WORDS = {
    "use": "apply", "used": "applied", "big": "large", "small": "little", "quick": "fast", "fast": "quick",
    "begin": "start", "start": "begin", "important": "key", "help": "support",
    "show": "reveal", "shows": "reveals", "make": "create", "makes": "creates", "many": "numerous", "very": "really",
    "good": "fine", "because": "since", "but": "yet", "also": "as well",
    "get": "receive", "need": "require", "happy": "glad", "hard": "difficult", "easy": "simple", "think": "believe",
    "jumps": "leaps", "lazy": "idle", "large": "big", "people": "persons",
    "improve": "enhance", "problem": "issue", "buy": "purchase", "look": "glance", "said": "stated",
    "often": "frequently", "enough": "sufficient", "begins": "starts", "keep": "retain",
    "brown": "brownish", "utilize": "use", "utilizes": "uses", "numerous": "many", "commence": "start",
    "facilitate": "help", "approximately": "about", "sufficient": "enough",
}  # fmt: skip
TYPOS = {
    "teh": "the", "recieve": "receive", "recieved": "received", "definately": "definitely", "seperate": "separate",
    "occured": "occurred", "untill": "until", "wich": "which", "becuase": "because",
    "adress": "address", "tommorow": "tomorrow", "tomorow": "tomorrow", "alot": "a lot", "thier": "their",
    "freind": "friend", "beleive": "believe", "goverment": "government", "accomodate": "accommodate",
    "acheive": "achieve", "arguement": "argument", "calender": "calendar", "enviroment": "environment",
    "existance": "existence", "grammer": "grammar", "neccessary": "necessary", "wierd": "weird",
    "dont": "don't", "cant": "can't", "wont": "won't", "isnt": "isn't", "doesnt": "doesn't", "didnt": "didn't",
    "im": "I'm", "ive": "I've", "youre": "you're", "thats": "that's", "whats": "what's",
    "speling": "spelling", "mispell": "misspell", "writting": "writing", "begining": "beginning",
    "buisness": "business", "langauge": "language", "comming": "coming", "goed": "went", "sentance": "sentence",
    "helo": "hello", "wrold": "world", "buyed": "bought", "runned": "ran", "eated": "ate", "taked": "took",
    "thinked": "thought", "bringed": "brought", "mistaks": "mistakes", "erors": "errors", "eror": "error",
}  # fmt: skip
