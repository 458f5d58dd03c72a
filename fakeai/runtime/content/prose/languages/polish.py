"""Polish. Topics stand in quotation marks, so that their case does not matter."""

from .language import Language, Small

OPENINGS = (
    "Na temat „{}” można spojrzeć z dwóch stron i obie zasługują na uwagę",
    "W sprawie „{}” warto najpierw zapytać, co się dzięki temu zmienia",
    "Kto zajmuje się tematem „{}” powinien zacząć od małego przykładu",
    "Temat „{}” na pierwszy rzut oka wydaje się większy, niż jest",
)
SENTENCES = (
    "Dobrze jest zacząć od małego przypadku, który można sprawdzić ręcznie",
    "Najpierw zmierz, a dopiero potem zmieniaj, i zachowaj liczby",
    "Prosty projekt zwykle żyje dłużej niż sprytny",
    "Gdy dwie części się nie zgadzają, najpierw spójrz na granicę między nimi",
    "Duża część kosztów kryje się w czekaniu, a nie w pracy",
    "Kolejność kroków jest częścią odpowiedzi",
    "Dobre ustawienia domyślne oszczędzają więcej czasu niż wiele opcji",
    "To, co łatwo zauważyć, łatwo też naprawić",
    "Drugi czytelnik w minutę znajduje to, co pierwszy przeoczył przez tydzień",
    "Plan, który mieści się na jednej stronie, zostaje przeczytany",
    "Małe kroki sprawiają, że błędy są tanie",
)
REMARKS = (
    "Szczegóły w temacie „{}” liczą się przede wszystkim na obrzeżach",
    "Pod hasłem „{}” nie wszyscy rozumieją to samo",
    "Stare założenia na temat „{}” warto od czasu do czasu sprawdzić",
)
CLOSINGS = (
    "To jest sedno tematu „{}” a reszta to praktyka",
    "Stąd najlepiej spróbować na prawdziwym przykładzie i poprawić",
    "Zacząłbym od tego i spojrzał ponownie po pierwszym wyniku",
)
SMALL = Small(
    hello=("Cześć! W czym mogę dziś pomóc?", "Dzień dobry! Co mogę dla Ciebie zrobić?"),
    thanks="Nie ma za co! Daj znać, jeśli mogę jeszcze w czymś pomóc.",
    who="Jestem asystentem AI, który odpowiada na pytania, pisze i wyjaśnia.",
    yes="Tak",
    no="Nie",
    because=("w temacie „{}” zwykle tak właśnie jest", "w temacie „{}” zwykle tak nie jest"),
)
FILLERS = frozenset(
    "a ale bez być był była było co czy czym dla dlaczego do dlatego gdy gdzie i ich im ja jak jaka jaki jakie jako jest "
    "jestem jeszcze już kiedy kim kto która które którego który lub ma mam mi mnie może możesz mój na napisz nad nas "
    "nie niż o od on ona ono opisz opowiedz oraz po pod proszę przez przy są się ta tak te tego tej ten to tu twój ty "
    "tylko w we więc wyjaśnij wytłumacz z za ze że żeby działa działają powiedz podaj czemu".split()
)
POLAR = frozenset(["czy"])

POLISH = Language("pl", "Polish", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "prostota")
