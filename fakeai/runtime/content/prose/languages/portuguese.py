"""Portuguese. Topics keep their article and stand behind prepositions that do not contract with it."""

from .language import Language, Small

OPENINGS = (
    "Há duas maneiras de olhar para {} e ambas merecem atenção",
    "Para falar sobre {} convém começar por um exemplo pequeno",
    "A pergunta útil sobre {} é o que muda quando se depende disso",
    "Em resumo, tudo o que envolve {} recompensa um pouco de planejamento",
    "Quase todos encontram {} na prática muito antes da teoria",
)
SENTENCES = (
    "Ajuda começar por um caso pequeno que se possa verificar à mão",
    "Meça antes de mudar qualquer coisa e guarde os números",
    "Um projeto simples costuma durar mais do que um engenhoso",
    "Quando duas partes não concordam, olhe primeiro para a fronteira entre elas",
    "Grande parte do custo se esconde na espera e não no trabalho",
    "A ordem dos passos faz parte da resposta",
    "Bons valores padrão poupam mais tempo do que muitas opções",
    "O que é fácil de observar é fácil de reparar",
    "Um segundo leitor encontra em um minuto o que o primeiro não viu durante uma semana",
    "Um plano que cabe em uma página acaba sendo lido",
    "Passos pequenos tornam os erros baratos",
    "Parte disso depende da escala, portanto diga a escala",
    "Um exemplo diz mais do que uma definição",
)
REMARKS = (
    "Os detalhes sobre {} importam sobretudo nas bordas",
    "Quem trabalha com {} todos os dias costuma preferir a opção mais discreta",
    "Se alguma coisa sobre {} surpreende, torne o exemplo menor",
    "Velhas ideias sobre {} merecem uma revisão de vez em quando",
)
CLOSINGS = (
    "Isso é o essencial sobre {} e o resto é prática",
    "A partir daqui, experimente com um exemplo real e ajuste",
    "Eu começaria por aí e olharia de novo depois do primeiro resultado",
)
SMALL = Small(
    hello=("Olá! Como posso ajudar você hoje?", "Oi! O que posso fazer por você?"),
    thanks="De nada! Avise se precisar de mais alguma coisa.",
    who="Sou um assistente de IA e estou aqui para responder perguntas, escrever e explicar.",
    yes="Sim",
    no="Não",
    because=("isso vale para {} na maioria dos casos", "para {} geralmente não é assim"),
)
FILLERS = frozenset(
    "a à ao aos as às até com como conte da dá dar das de dê diga do dos e é ela ele em entre era escreva essa esse "
    "está estão este eu explica explicar explique fala fale faz favor foi funciona funcionam há isso isto já lhe lo "
    "mais mas me meu meus minha muito na não nas nem no nos nós o onde os ou para pela pelo por porque pode poderia "
    "podes qual quais quando que quê quem se sem ser seu seus são sobre só sua suas também te tem têm teu tu um uma "
    "umas uns você vocês quanto".split()
)
POLAR = frozenset("é são está estão pode posso podem devo deve há tem têm existe existem".split())

PORTUGUESE = Language(
    "pt", "Portuguese", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "isto"
)
