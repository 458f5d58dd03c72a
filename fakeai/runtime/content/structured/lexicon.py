"""Words that made-up values are made of, and by which a prompt's places, people and things are known."""

CITIES = frozenset(
    "Abu Dhabi|Accra|Addis Ababa|Amsterdam|Ankara|Athens|Atlanta|Auckland|Austin|Baghdad|Bangalore|Bangkok|Barcelona|"
    "Basel|Beijing|Beirut|Belfast|Belgrade|Bengaluru|Berlin|Bern|Bogota|Bogotá|Bordeaux|Boston|Bratislava|Brisbane|"
    "Brussels|Bucharest|Budapest|Buenos Aires|Cairo|Calgary|Cape Town|Caracas|Casablanca|Chennai|Chicago|Cologne|"
    "Copenhagen|Dakar|Dallas|Damascus|Delhi|Denver|Detroit|Doha|Dresden|Dubai|Dublin|Edinburgh|Florence|Frankfurt|"
    "Geneva|Genoa|Glasgow|Hamburg|Hanoi|Havana|Helsinki|Hong Kong|Honolulu|Houston|Hyderabad|Istanbul|Jakarta|"
    "Jerusalem|Johannesburg|Karachi|Kathmandu|Kiev|Kigali|Kolkata|Kraków|Kuala Lumpur|Kyiv|Kyoto|Lagos|Las Vegas|"
    "Leipzig|Lima|Lisbon|Ljubljana|London|Los Angeles|Lyon|Madrid|Manchester|Manila|Marrakesh|Marseille|Melbourne|"
    "Mexico City|Miami|Milan|Minneapolis|Minsk|Montevideo|Montreal|Moscow|Mumbai|Munich|Nairobi|Naples|Nashville|"
    "New Delhi|New Orleans|New York|New York City|Nice|Osaka|Oslo|Ottawa|Oxford|Palo Alto|Paris|Perth|Philadelphia|"
    "Phoenix|Pittsburgh|Porto|Portland|Prague|Quito|Reykjavik|Riga|Rio de Janeiro|Riyadh|Rome|Rotterdam|Salzburg|"
    "San Diego|San Francisco|San Jose|Santiago|Sao Paulo|São Paulo|Sarajevo|Seattle|Seoul|Seville|Shanghai|Shenzhen|"
    "Singapore|Sofia|Stockholm|Stuttgart|Sydney|Taipei|Tallinn|Tbilisi|Tehran|Tel Aviv|Tokyo|Toronto|Toulouse|Tunis|"
    "Turin|Valencia|Vancouver|Venice|Vienna|Vilnius|Warsaw|Washington|Wellington|Zagreb|Zurich|Zürich|"
    "SF|NYC|LA|DC".split("|")
)
COUNTRIES = frozenset(
    "Argentina|Australia|Austria|Bangladesh|Belgium|Brazil|Bulgaria|Canada|Chile|China|Colombia|Croatia|Cuba|Cyprus|"
    "Czechia|Denmark|Egypt|England|Estonia|Ethiopia|Finland|France|Germany|Ghana|Greece|Hungary|Iceland|India|Indonesia|"
    "Iran|Iraq|Ireland|Israel|Italy|Jamaica|Japan|Kenya|Latvia|Lebanon|Lithuania|Luxembourg|Malaysia|Malta|Mexico|"
    "Morocco|Nepal|Netherlands|New Zealand|Nigeria|Norway|Pakistan|Peru|Philippines|Poland|Portugal|Romania|Russia|"
    "Scotland|Senegal|Serbia|Slovakia|Slovenia|South Africa|South Korea|Spain|Sweden|Switzerland|Taiwan|Thailand|"
    "Tunisia|Turkey|UK|USA|Ukraine|United Kingdom|United States|Uruguay|Vietnam|Wales".split("|")
)
STATES = frozenset(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY DC".split()
)
FIRST_NAMES = (
    "Ada Alan Alice Amir Anna Ben Bob Carla Carlos Chen Clara Daniel David Diana Elena Emma Eric Eve Fatima Felix "
    "Grace Hannah Hiro Ingrid Ivan James Jane John Julia Kofi Lars Laura Leo Lina Lucas Maria Marco Mary Maya Mei Mia "
    "Michael Nadia Nina Noah Olga Omar Paul Peter Priya Rosa Sam Sara Sarah Sofia Tom Tomas Vera Yara Yuki Zoe"
).split()
LAST_NAMES = (
    "Almeida Anders Baker Berg Costa Diaz Dubois Fischer Garcia Haddad Hansen Ito Jensen Khan Kim Kovacs Lopez Martin "
    "Meyer Moreau Nakamura Novak Okafor Patel Petrov Reyes Rossi Sato Silva Singh Smith Tanaka Weber Wong Young"
).split()
COMPANIES = ("Northwind", "Contoso", "Acme", "Globex", "Initech", "Umbra Labs", "Bluebird", "Lakeside", "Fabrikam")
TICKERS = {
    "apple": "AAPL", "microsoft": "MSFT", "google": "GOOGL", "alphabet": "GOOGL", "amazon": "AMZN", "nvidia": "NVDA",
    "tesla": "TSLA", "meta": "META", "facebook": "META", "netflix": "NFLX", "intel": "INTC", "amd": "AMD",
    "ibm": "IBM", "oracle": "ORCL", "adobe": "ADBE", "salesforce": "CRM", "boeing": "BA", "disney": "DIS",
}  # fmt: skip
CURRENCIES = {
    "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP", "yen": "JPY",
    "yuan": "CNY", "franc": "CHF", "francs": "CHF", "rupee": "INR", "rupees": "INR", "bitcoin": "BTC", "$": "USD",
    "€": "EUR", "£": "GBP", "¥": "JPY",
}  # fmt: skip
CURRENCY_CODES = frozenset(
    "AUD BRL BTC CAD CHF CNY CZK DKK ETH EUR GBP HKD HUF IDR ILS INR JPY KRW MXN NOK NZD PLN SEK SGD THB TRY "
    "USD ZAR".split()
)
LANGUAGES = (
    "English French German Spanish Italian Portuguese Dutch Polish Russian Ukrainian Turkish Arabic Hebrew Hindi "
    "Chinese Japanese Korean Swedish Norwegian Danish Finnish Greek Czech Hungarian Romanian Vietnamese Thai"
).split()
COLOURS = "blue green red orange purple teal yellow grey black white".split()
STREETS = ("Main Street", "Station Road", "Park Avenue", "Mill Lane", "Harbour Street", "Oak Street", "Church Road")
NUMERALS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "dozen": 12, "twenty": 20, "thirty": 30, "hundred": 100,
}  # fmt: skip
POSITIVE = frozenset(
    "love loved loves great excellent amazing fantastic wonderful happy good best perfect awesome delighted enjoyed "
    "recommend brilliant superb pleased nice thanks excited".split()
)
NEGATIVE = frozenset(
    "hate hated terrible awful bad worst horrible angry broken disappointed disappointing poor sad useless refund slow "
    "annoying frustrated complaint never late wrong crash crashed failed".split()
)
# Words with which sentences begin that are no names, beside those that say little (`FILLERS`).
STARTERS = frozenset(
    "add answer arrange ask book build buy calculate call cancel change check choose classify close compare compute "
    "convert count create define delete describe detect determine divide download draft draw email estimate evaluate "
    "execute extract fetch fill find fix follow forecast generate good greetings hello hey hi identify insert keep "
    "launch look lookup make message multiply name navigate notify open order parse pay pick plan play post predict "
    "print produce register rate include describe click press enable disable chart ship track configure sign log give "
    "provide purchase put query read recommend record remind remove rename repeat replace reply report reserve respond "
    "retrieve return review rewrite run save schedule score search see select send set solve sort start stop store "
    "submit subtract suggest sum summarise summarize text thank thanks today tomorrow tonight transfer translate try "
    "turn update upload use verify view visit wait weather what's who's where's how's it's i'm i'd i've let's "
    "yesterday current currently first next finally using given based according since today's".split()
)
# About the topic of a prompt.
SENTENCES = (
    "The main point is that {} depends on a few clear facts",
    "It comes down to how {} is used in practice",
    "What matters most about {} is stated plainly",
    "There is good evidence on {} and it points one way",
    "The short version: {} is simpler than it looks",
    "Looking at {} step by step makes the result easy to check",
    "Everything said here about {} follows from the request",
    "In practice {} works best when its limits are known",
    "The details of {} were taken as they were given",
    "Nothing about {} contradicts the other facts",
    "A careful reading of {} supports this",
    "The request is about {} and this covers its parts",
)
STEPS = (
    "Write down what is known about {}",
    "Separate the parts of {} that depend on one another",
    "Work through {} one part at a time",
    "Check the result for {} against a simple case",
    "State the answer for {} in one sentence",
    "Note what is left open about {}",
)
TITLES = ("A Closer Look at {}", "{} in Brief", "Notes on {}", "{} Explained", "All About {}", "The Essentials of {}")
INGREDIENTS = (
    "olive oil", "garlic", "onion", "salt", "black pepper", "basil", "butter", "flour", "eggs", "lemon", "parsley",
    "carrots", "rice", "milk",
)  # fmt: skip
GOODS = (
    "desk lamp", "notebook", "water bottle", "backpack", "headphones", "coffee mug", "keyboard", "umbrella", "scarf",
    "bicycle bell", "wall clock", "tea pot",
)  # fmt: skip
NOUNS = (
    "overview detail note example option item part result element aspect pattern layer signal value source target "
    "region module series draft sample section topic group record marker"
).split()
