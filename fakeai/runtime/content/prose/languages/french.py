"""French. Topics keep their article and stand behind prepositions that do not contract with it."""

from .language import Language, Small

OPENINGS = (
    "Pour aborder {} simplement, mieux vaut partir d'un petit exemple",
    "Il y a deux façons de voir {} et les deux méritent un coup d'œil",
    "La vraie question avec {} est de savoir ce qui change quand on s'y fie",
    "En bref, tout ce qui touche {} demande un peu de préparation",
    "On croise souvent {} dans la pratique bien avant la théorie",
)
SENTENCES = (
    "Il est utile de commencer par un cas que l'on peut vérifier à la main",
    "Mesurez avant de changer quoi que ce soit, et gardez les chiffres",
    "Une conception simple survit souvent à une conception astucieuse",
    "Quand deux parties se contredisent, regardez d'abord leur frontière",
    "Une grande partie du coût se cache dans l'attente plutôt que dans le travail",
    "L'ordre des étapes fait partie de la réponse",
    "De bons réglages par défaut font gagner plus de temps que beaucoup d'options",
    "Ce qui est facile à observer est facile à réparer",
    "Un second lecteur trouve en une minute ce que le premier a manqué pendant une semaine",
    "Un plan qui tient sur une page finit par être lu",
    "De petits pas rendent les erreurs peu coûteuses",
    "Une partie de tout cela dépend de l'échelle, alors précisez l'échelle",
    "Un exemple en dit plus qu'une définition",
)
REMARKS = (
    "Les détails qui entourent {} comptent surtout aux limites",
    "Ceux qui travaillent avec {} chaque jour préfèrent souvent la solution la plus sobre",
    "Si quelque chose vous surprend dans {} alors réduisez l'exemple",
    "Les vieilles hypothèses sur {} méritent d'être vérifiées de temps en temps",
)
CLOSINGS = (
    "Voilà l'essentiel sur {} et le reste est affaire de pratique",
    "À partir de là, essayez sur un exemple réel et ajustez",
    "Je commencerais par là, puis je regarderais à nouveau après le premier résultat",
)
SMALL = Small(
    hello=("Bonjour ! Comment puis-je vous aider aujourd'hui ?", "Bonjour ! Que puis-je faire pour vous ?"),
    thanks="Avec plaisir ! N'hésitez pas si vous avez une autre question.",
    who="Je suis un assistant IA, là pour répondre à vos questions, écrire et expliquer.",
    yes="Oui",
    no="Non",
    because=("c'est vrai pour {} dans la plupart des cas", "ce n'est pas le cas pour {} en général"),
)
FILLERS = frozenset(
    "a à ai alors as au aux avec avez bien c'est ça ce cela ces cet cette comment dans de des dire dis dit dites donc "
    "donne donnez du elle en entre es est et être expliquer explique expliquez faire fait fonctionne il ils je l la le "
    "les leur m'expliquer mais me mes moi mon ne nous on ont ou où par parle parlez pas peux peut peux-tu plus pour "
    "pourquoi pouvez pouvez-vous qu'est-ce que quand quel quelle quelles quels qui quoi s'il sa se ses si son sont "
    "sur te toi ton tu un une vos votre vous y écris écrivez qu est svp plaît raconte".split()
)
POLAR = frozenset("est-ce peut-on faut-il est-il est-elle sont-ils y-a-t-il existe-t-il dois-je puis-je".split())

FRENCH = Language("fr", "French", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "cela")
