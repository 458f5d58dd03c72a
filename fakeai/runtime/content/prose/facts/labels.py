"""Words that speak for a label: feelings, and the subjects of texts."""

POSITIVE = frozenset(
    "love loved loves loving great good excellent amazing awesome fantastic wonderful best happy pleased delighted perfect enjoy "
    "enjoyed nice beautiful brilliant superb recommend recommended impressive impressed fast friendly helpful easy comfortable "
    "favorite favourite thanks thank glad satisfied outstanding delicious fun exciting incredible better joy smooth charming "
    "masterpiece thrilled stunning flawless reliable worth pleasant cool like liked gut toll super liebe génial excelente bueno "
    "encanta bon parfait wunderbar großartig".split()
)
NEGATIVE = frozenset(
    "hate hated hates terrible bad awful horrible worst sad angry disappointed disappointing disappointment poor broken slow ugly "
    "boring annoying useless waste wasted never refund failed fails fail failure crash crashed crashes bug bugs problem problems "
    "rude dirty expensive late wrong broke damaged defective unhappy frustrating frustrated frustration unacceptable mess cheap "
    "lost missing worse regret avoid scam pain painful disgusting cold noisy difficult hard unreliable mediocre schlecht "
    "schrecklich malo horrible terrible mauvais nul enttäuscht".split()
)
NEGATIONS = frozenset(
    "not no never isn't wasn't don't doesn't didn't can't won't hardly cannot nicht kein keine nunca".split()
)
SUBJECTS: dict[str, frozenset[str]] = {}
for _names, _words in (
    ("sport", "game team match player players goal score league season coach won win championship football soccer basketball tennis "
     "olympic cup tournament race club"),
    ("politic government election", "president election government vote minister parliament senate policy congress law party campaign senator "
     "governor treaty democracy"),
    ("tech science computer software", "software computer app phone ai chip data internet robot startup algorithm code device cloud nvidia google apple "
     "microsoft smartphone programming gpu server"),
    ("science", "research study scientists species space nasa planet experiment physics biology telescope genome discovery"),
    ("business financ econom market", "market stock stocks shares profit revenue company bank economy investors earnings trade price sales merger ceo "
     "quarterly inflation"),
    ("entertainment movie music culture", "movie film actor actress song album concert show series star hollywood singer award festival premiere"),
    ("health medic", "doctor hospital patient disease health vaccine medical symptoms treatment virus cancer drug diet nurse"),
    ("world international", "war country minister embassy border refugees united nations peace foreign"),
    ("travel", "flight hotel trip vacation airport beach tour passport travel luggage booking"),
    ("food cook", "recipe restaurant cook bake dish meal delicious chef flavor dinner pizza"),
    ("billing payment invoice", "charged charge charges invoice bill billing payment refund card subscription price cost paid credit money fee"),
    ("technical support bug", "error crash crashes broken bug login install website app page load loading slow password reset screen connection "
     "update server fails"),
    ("account login", "account password login log signin username profile email reset access locked"),
    ("shipping delivery order", "package delivery delivered shipping shipped order tracking arrive arrived late courier address"),
    ("return refund", "refund return returned exchange money back"),
    ("feature", "feature add wish could support would option request suggestion dark mode"),
    ("question inquiry", "how what when where who why question wondering possible can"),
    ("complaint", "terrible unacceptable disappointed worst angry complaint rude refund broken never"),
    ("praise compliment feedback", "great love thank thanks excellent amazing helpful"),
    ("spam phishing", "winner won prize free click offer urgent lottery cash claim congratulations viagra bitcoin guaranteed limited buy discount "
     "password verify"),
    ("urgent high critical", "urgent asap immediately emergency down outage critical now blocked deadline production"),
    ("low minor", "typo minor cosmetic whenever small suggestion"),
    ("toxic offensive hate", "idiot stupid hate kill dumb moron shut trash loser"),
    ("joy happy", "happy love great wonderful excited glad joy delighted smile fun yay"),
    ("sad", "sad cry crying lost miss lonely tears depressed grief sorry"),
    ("anger angry", "angry hate furious mad rage annoyed unacceptable outrageous"),
    ("fear", "afraid scared fear terrified worried nervous panic anxious"),
    ("surprise", "surprised wow unexpected suddenly amazed shocked unbelievable"),
    ("disgust", "disgusting gross nasty revolting sick"),
    ("greeting", "hello hi hey morning evening greetings"),
    ("weather", "rain sun snow storm weather temperature forecast wind cloudy sunny degrees"),
    ("animal pet", "dog cat horse bird fish lion tiger puppy kitten elephant pet"),
    ("plant", "tree flower leaf garden rose grass seed oak"),
    ("vehicle car", "car truck bus bike engine wheel drive motor train"),
    ("history", "century war empire king ancient revolution medieval"),
    ("education", "school student teacher university exam class learning course"),
    ("environment climate", "climate carbon forest pollution emissions ocean warming energy"),
    ("crime", "police arrested murder robbery court suspect prison theft"),
):  # fmt: skip
    for _name in _names.split():
        SUBJECTS[_name] = SUBJECTS.get(_name, frozenset()) | frozenset(_words.split())
