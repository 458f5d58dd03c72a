"""Dutch."""

from .language import Language, Small

OPENINGS = (
    "Over {} valt op twee manieren na te denken, en beide verdienen aandacht",
    "Bij {} is de nuttige vraag wat er verandert als je erop vertrouwt",
    "Wie met {} begint, neemt het best een klein voorbeeld",
    "Kort gezegd helpt bij {} een beetje voorbereiding",
    "De meeste mensen komen {} in de praktijk tegen, lang voor de theorie",
)
SENTENCES = (
    "Het helpt om te beginnen met een klein geval dat je met de hand kunt nagaan",
    "Meet voordat je iets verandert, en bewaar de getallen",
    "Een eenvoudig ontwerp houdt het meestal langer vol dan een slim ontwerp",
    "Als twee delen elkaar tegenspreken, kijk dan eerst naar de grens ertussen",
    "Veel van de kosten zitten in het wachten en niet in het werk",
    "De volgorde van de stappen hoort bij het antwoord",
    "Goede standaardwaarden besparen meer tijd dan veel opties",
    "Wat makkelijk te zien is, is ook makkelijk te herstellen",
    "Een tweede lezer vindt in een minuut wat de eerste een week lang miste",
    "Een plan dat op één bladzijde past, wordt gelezen",
    "Kleine stappen maken fouten goedkoop",
    "Een deel hangt af van de schaal, dus noem de schaal",
    "Een voorbeeld zegt meer dan een definitie",
)
REMARKS = (
    "De details van {} tellen vooral aan de randen",
    "Mensen die elke dag met {} werken, kiezen graag de saaie oplossing",
    "Als iets aan {} je verrast, maak het dan kleiner",
    "Oude aannames over {} mag je af en toe opnieuw toetsen",
)
CLOSINGS = (
    "Dat is de kern van {} en de rest is oefening",
    "Probeer het van hieruit met een echt voorbeeld en stel bij",
    "Ik zou daar beginnen en na het eerste resultaat opnieuw kijken",
)
SMALL = Small(
    hello=("Hallo! Waarmee kan ik je vandaag helpen?", "Hoi! Wat kan ik voor je doen?"),
    thanks="Graag gedaan! Laat het me weten als ik nog iets kan doen.",
    who="Ik ben een AI-assistent die vragen beantwoordt, schrijft en uitlegt.",
    yes="Ja",
    no="Nee",
    because=("dat geldt voor {} in de meeste gevallen", "voor {} is dat meestal niet zo"),
)
FILLERS = frozenset(
    "aan al als bij dan dat de deze die dit door dus een en er geef had hebben heb hebt heeft hem het hij hoe hun ik "
    "in is ja je jij jou jouw kan kun kunnen kunt leg maar me meer met mij mijn moet na naar niet nog nu of om omdat "
    "onder ons ook op over schrijf te tegen toch toen tot tussen uit uitleggen van vertel veel "
    "voor waar waarom wanneer "
    "want waren was wat we welke werkt werken wie wij worden wordt zal ze zich zij zijn zo "
    "zonder zou alsjeblieft".split()
)
POLAR = frozenset("is zijn was waren kan kun kunnen moet moeten mag mogen heeft hebben wordt worden zou zal".split())

DUTCH = Language("nl", "Dutch", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "eenvoud")
