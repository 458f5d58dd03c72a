"""Well-known facts: capitals, and questions whose answer everybody can look up."""

from typing import NamedTuple

CAPITALS = {
    name.lower(): (name, capital)
    for name, capital in (
        pair.split(":")
        for pair in (
            "France:Paris, Germany:Berlin, Italy:Rome, Spain:Madrid, Portugal:Lisbon, England:London, "
            "the United Kingdom:London, Scotland:Edinburgh, Wales:Cardiff, Ireland:Dublin, Austria:Vienna, Switzerland:Bern, "
            "Belgium:Brussels, the Netherlands:Amsterdam, Denmark:Copenhagen, Norway:Oslo, Sweden:Stockholm, Finland:Helsinki, "
            "Iceland:Reykjavík, Poland:Warsaw, the Czech Republic:Prague, Hungary:Budapest, Greece:Athens, Romania:Bucharest, "
            "Bulgaria:Sofia, Croatia:Zagreb, Serbia:Belgrade, Ukraine:Kyiv, Russia:Moscow, Turkey:Ankara, Egypt:Cairo, "
            "Morocco:Rabat, Nigeria:Abuja, Kenya:Nairobi, Ethiopia:Addis Ababa, Ghana:Accra, South Africa:Pretoria, "
            "Japan:Tokyo, China:Beijing, South Korea:Seoul, India:New Delhi, Pakistan:Islamabad, Bangladesh:Dhaka, "
            "Thailand:Bangkok, Vietnam:Hanoi, Indonesia:Jakarta, the Philippines:Manila, Malaysia:Kuala Lumpur, "
            "Singapore:Singapore, Australia:Canberra, New Zealand:Wellington, Canada:Ottawa, the United States:Washington, D.C., "
            "Mexico:Mexico City, Cuba:Havana, Brazil:Brasília, Argentina:Buenos Aires, Chile:Santiago, Peru:Lima, "
            "Colombia:Bogotá, Venezuela:Caracas, Ecuador:Quito, Uruguay:Montevideo, Israel:Jerusalem, Saudi Arabia:Riyadh, "
            "Iran:Tehran, Iraq:Baghdad, Qatar:Doha, Nepal:Kathmandu, Mongolia:Ulaanbaatar, Latvia:Riga, Estonia:Tallinn, "
            "Lithuania:Vilnius, Slovenia:Ljubljana, Slovakia:Bratislava, Luxembourg:Luxembourg, Jamaica:Kingston"
        ).replace("Washington, D.C.", "Washington D.C.").split(", ")
    )
}  # fmt: skip
for _other, _name in {
    "usa": "the united states", "us": "the united states", "america": "the united states", "uk": "the united kingdom",
    "united states": "the united states", "united kingdom": "the united kingdom", "great britain": "the united kingdom",
    "britain": "the united kingdom", "netherlands": "the netherlands", "holland": "the netherlands",
    "czech republic": "the czech republic", "czechia": "the czech republic", "philippines": "the philippines",
    "the usa": "the united states", "the us": "the united states", "the uk": "the united kingdom", "korea": "south korea",
    "united states of america": "the united states",
}.items():  # fmt: skip
    CAPITALS[_other] = CAPITALS[_name]
# Countries and their capitals as other languages call them.
FOREIGN_CAPITALS = {
    "de": "frankreich:Paris deutschland:Berlin italien:Rom spanien:Madrid österreich:Wien schweiz:Bern england:London "
          "polen:Warschau japan:Tokio china:Peking russland:Moskau portugal:Lissabon kanada:Ottawa brasilien:Brasília",
    "fr": "france:Paris allemagne:Berlin italie:Rome espagne:Madrid autriche:Vienne suisse:Berne angleterre:Londres "
          "pologne:Varsovie japon:Tokyo chine:Pékin russie:Moscou portugal:Lisbonne canada:Ottawa brésil:Brasilia",
    "es": "francia:París alemania:Berlín italia:Roma españa:Madrid austria:Viena suiza:Berna inglaterra:Londres "
          "polonia:Varsovia japón:Tokio china:Pekín rusia:Moscú portugal:Lisboa canadá:Ottawa brasil:Brasilia",
    "it": "francia:Parigi germania:Berlino italia:Roma spagna:Madrid austria:Vienna svizzera:Berna inghilterra:Londra "
          "polonia:Varsavia giappone:Tokyo cina:Pechino russia:Mosca portogallo:Lisbona canada:Ottawa brasile:Brasilia",
    "pt": "frança:Paris alemanha:Berlim itália:Roma espanha:Madri áustria:Viena suíça:Berna inglaterra:Londres "
          "polônia:Varsóvia japão:Tóquio china:Pequim rússia:Moscou portugal:Lisboa canadá:Ottawa brasil:Brasília",
    "nl": "frankrijk:Parijs duitsland:Berlijn italië:Rome spanje:Madrid oostenrijk:Wenen zwitserland:Bern engeland:Londen "
          "polen:Warschau japan:Tokio china:Peking rusland:Moskou portugal:Lissabon canada:Ottawa nederland:Amsterdam",
    "pl": "francji:Paryż niemiec:Berlin włoch:Rzym hiszpanii:Madryt polski:Warszawa japonii:Tokio chin:Pekin",
    "ru": "франции:Париж германии:Берлин италии:Рим испании:Мадрид россии:Москва польши:Варшава японии:Токио китая:Пекин",
    "uk": "франції:Париж німеччини:Берлін італії:Рим іспанії:Мадрид україни:Київ польщі:Варшава японії:Токіо китаю:Пекін",
    "ja": "フランス:パリ ドイツ:ベルリン イタリア:ローマ スペイン:マドリード 日本:東京 中国:北京 イギリス:ロンドン アメリカ:ワシントンD.C.",
    "zh": "法国:巴黎 德国:柏林 意大利:罗马 西班牙:马德里 日本:东京 中国:北京 英国:伦敦 美国:华盛顿",
    "ko": "프랑스:파리 독일:베를린 이탈리아:로마 스페인:마드리드 일본:도쿄 중국:베이징 한국:서울 영국:런던",
}  # fmt: skip
CAPITAL_SENTENCES = {
    "de": "Die Hauptstadt von {} ist {}.", "fr": "La capitale est {1}.", "es": "La capital de {} es {}.",
    "it": "La capitale è {1}.", "pt": "A capital é {1}.", "nl": "De hoofdstad van {} is {}.", "pl": "Stolicą {} jest {}.",
    "ru": "Столица {} — {}.", "uk": "Столиця {} — {}.", "ja": "{}の首都は{}です。", "zh": "{}的首都是{}。", "ko": "{}의 수도는 {}입니다.",
}  # fmt: skip


class Fact(NamedTuple):
    """An answer to every question that has all of *words*, any order; `|` between words means either."""

    words: tuple[frozenset[str], ...]
    short: str
    sentence: str


def _fact(words: str, short: str, sentence: str) -> Fact:
    return Fact(tuple(frozenset(word.split("|")) for word in words.split()), short, sentence)


FACTS = (
    _fact("wrote|author romeo juliet", "William Shakespeare", "Romeo and Juliet was written by William Shakespeare, around 1595."),
    _fact("wrote|author hamlet", "William Shakespeare", "Hamlet was written by William Shakespeare, around 1600."),
    _fact("wrote|author 1984", "George Orwell", "1984 was written by George Orwell and published in 1949."),
    _fact("wrote|author pride prejudice", "Jane Austen", "Pride and Prejudice was written by Jane Austen and published in 1813."),
    _fact("wrote|author moby", "Herman Melville", "Moby-Dick was written by Herman Melville and published in 1851."),
    _fact("wrote|author gatsby", "F. Scott Fitzgerald", "The Great Gatsby was written by F. Scott Fitzgerald and published in 1925."),
    _fact("wrote|author mockingbird", "Harper Lee", "To Kill a Mockingbird was written by Harper Lee and published in 1960."),
    _fact("painted|painter mona lisa", "Leonardo da Vinci", "The Mona Lisa was painted by Leonardo da Vinci."),
    _fact("painted|painter starry night", "Vincent van Gogh", "The Starry Night was painted by Vincent van Gogh in 1889."),
    _fact("who invented telephone", "Alexander Graham Bell", "Alexander Graham Bell is credited with inventing the telephone in 1876."),
    _fact("who invented bulb", "Thomas Edison", "Thomas Edison is credited with the first practical light bulb, in 1879."),
    _fact("who discovered penicillin", "Alexander Fleming", "Penicillin was discovered by Alexander Fleming in 1928."),
    _fact("who discovered gravity", "Isaac Newton", "Isaac Newton described the law of gravity in 1687."),
    _fact("who relativity", "Albert Einstein", "The theory of relativity was developed by Albert Einstein."),
    _fact("who created|invented|made|wrote python", "Guido van Rossum", "Python was created by Guido van Rossum and first released in 1991."),
    _fact("who created|invented|made|wrote linux", "Linus Torvalds", "Linux was created by Linus Torvalds in 1991."),
    _fact("who first president united|us|america", "George Washington", "The first President of the United States was George Washington."),
    _fact("who first moon", "Neil Armstrong", "Neil Armstrong was the first person to walk on the Moon, on July 20, 1969."),
    _fact("when|year moon landing|land|landed", "1969", "The first Moon landing was on July 20, 1969."),
    _fact("when|year world war ii|2|two end|ended|over", "1945", "World War II ended in 1945."),
    _fact("when|year world war ii|2|two start|started|begin|began", "1939", "World War II began in 1939."),
    _fact("when|year world war i|1|one end|ended|over", "1918", "World War I ended in 1918."),
    _fact("when|year berlin wall fall|fell", "1989", "The Berlin Wall fell on November 9, 1989."),
    _fact("when|year titanic sink|sank", "1912", "The Titanic sank on April 15, 1912."),
    _fact("when|year french revolution", "1789", "The French Revolution began in 1789."),
    _fact("boiling|boil water", "100 °C", "Water boils at 100 °C (212 °F) at sea level."),
    _fact("freezing|freeze water", "0 °C", "Water freezes at 0 °C (32 °F)."),
    _fact("largest|biggest planet", "Jupiter", "Jupiter is the largest planet in the Solar System."),
    _fact("smallest planet", "Mercury", "Mercury is the smallest planet in the Solar System."),
    _fact("red planet", "Mars", "Mars is known as the Red Planet."),
    _fact("closest|nearest planet sun", "Mercury", "Mercury is the planet closest to the Sun."),
    _fact("how many planets", "8", "There are eight planets in the Solar System."),
    _fact("how many continents", "7", "There are seven continents."),
    _fact("how many oceans", "5", "There are five oceans."),
    _fact("how many days year", "365", "A year has 365 days, and a leap year has 366."),
    _fact("how many days week", "7", "A week has seven days."),
    _fact("how many hours day", "24", "A day has 24 hours."),
    _fact("how many minutes hour", "60", "An hour has 60 minutes."),
    _fact("how many seconds minute", "60", "A minute has 60 seconds."),
    _fact("how many legs spider", "8", "A spider has eight legs."),
    _fact("how many sides|angles hexagon", "6", "A hexagon has six sides."),
    _fact("how many sides|angles triangle", "3", "A triangle has three sides."),
    _fact("how many bones body|human", "206", "An adult human body has 206 bones."),
    _fact("how many states united|us|america", "50", "The United States has 50 states."),
    _fact("largest|biggest ocean", "The Pacific Ocean", "The Pacific Ocean is the largest ocean on Earth."),
    _fact("tallest|highest mountain", "Mount Everest", "Mount Everest is the highest mountain above sea level, at 8,849 metres."),
    _fact("longest river", "The Nile", "The Nile is usually called the longest river in the world, at about 6,650 kilometres."),
    _fact("largest|biggest country", "Russia", "Russia is the largest country in the world by area."),
    _fact("smallest country", "Vatican City", "Vatican City is the smallest country in the world."),
    _fact("largest|biggest mammal|animal", "The blue whale", "The blue whale is the largest animal on Earth."),
    _fact("fastest animal", "The peregrine falcon", "The peregrine falcon is the fastest animal, and the cheetah the fastest on land."),
    _fact("speed light", "299,792,458 m/s", "The speed of light in a vacuum is 299,792,458 metres per second."),
    _fact("symbol|formula gold", "Au", "The chemical symbol for gold is Au."),
    _fact("symbol silver", "Ag", "The chemical symbol for silver is Ag."),
    _fact("symbol|formula water", "H2O", "The chemical formula of water is H2O."),
    _fact("symbol iron", "Fe", "The chemical symbol for iron is Fe."),
    _fact("color|colour sky", "Blue", "The sky is blue, because air scatters short wavelengths of sunlight most."),
    _fact("why sky blue", "Rayleigh scattering", "The sky is blue because air scatters the short, blue wavelengths of sunlight more than "
          "the long, red ones. This is called Rayleigh scattering."),
    _fact("color|colour grass", "Green", "Grass is green, because of the chlorophyll in it."),
    _fact("color|colour banana", "Yellow", "A ripe banana is yellow."),
    _fact("opposite hot", "Cold", "The opposite of hot is cold."),
    _fact("opposite big|large", "Small", "The opposite of big is small."),
    _fact("opposite up", "Down", "The opposite of up is down."),
    _fact("opposite good", "Bad", "The opposite of good is bad."),
    _fact("opposite happy", "Sad", "The opposite of happy is sad."),
    _fact("currency japan", "Yen", "The currency of Japan is the yen."),
    _fact("currency united|uk|england|britain kingdom|uk|england|britain", "Pound sterling", "The currency of the United Kingdom is the pound sterling."),
    _fact("language|speak|spoken brazil", "Portuguese", "The official language of Brazil is Portuguese."),
    _fact("value pi", "3.14159", "Pi is approximately 3.14159."),
    _fact("meaning life", "42", "According to The Hitchhiker's Guide to the Galaxy, the answer is 42. Everybody else is still looking."),
    _fact("stand html", "HyperText Markup Language", "HTML stands for HyperText Markup Language."),
    _fact("stand|stands cpu", "Central Processing Unit", "CPU stands for Central Processing Unit."),
    _fact("stand|stands gpu", "Graphics Processing Unit", "GPU stands for Graphics Processing Unit."),
    _fact("stand|stands api", "Application Programming Interface", "API stands for Application Programming Interface."),
    _fact("where eiffel tower", "Paris", "The Eiffel Tower is in Paris, France."),
    _fact("where statue liberty", "New York", "The Statue of Liberty is in New York Harbor."),
    _fact("where taj mahal", "Agra, India", "The Taj Mahal is in Agra, India."),
    _fact("gas|gases plants absorb|breathe", "Carbon dioxide", "Plants absorb carbon dioxide and give off oxygen."),
    _fact("powerhouse cell", "The mitochondria", "Mitochondria are called the powerhouse of the cell."),
    _fact("what photosynthesis", "How plants turn light into energy", "Photosynthesis is the process by which plants, algae and some "
          "bacteria turn light, water and carbon dioxide into sugar and oxygen. It takes place in chloroplasts, whose chlorophyll "
          "absorbs the light."),
)  # fmt: skip
INDEX: dict[str, list[Fact]] = {}
for _each in FACTS:
    for _word in _each.words[-1]:
        INDEX.setdefault(_word, []).append(_each)
