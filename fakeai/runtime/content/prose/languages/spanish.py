"""Spanish. Topics keep their article and stand behind prepositions that do not contract with it."""

from .language import Language, Small

OPENINGS = (
    "Hay dos maneras de mirar {} y las dos merecen atención",
    "Para hablar sobre {} conviene empezar por un ejemplo pequeño",
    "La pregunta útil sobre {} es qué cambia cuando uno se apoya en ello",
    "En pocas palabras, todo lo relacionado con {} agradece un poco de planificación",
    "Casi todos se encuentran con {} en la práctica mucho antes que en la teoría",
)
SENTENCES = (
    "Ayuda empezar por un caso pequeño que se pueda comprobar a mano",
    "Mide antes de cambiar nada y guarda los números",
    "Un diseño sencillo suele durar más que uno ingenioso",
    "Cuando dos partes no coinciden, mira primero la frontera entre ellas",
    "Gran parte del coste se esconde en la espera y no en el trabajo",
    "El orden de los pasos forma parte de la respuesta",
    "Unos buenos valores por defecto ahorran más tiempo que muchas opciones",
    "Lo que es fácil de observar es fácil de reparar",
    "Un segundo lector encuentra en un minuto lo que al primero se le escapó durante una semana",
    "Un plan que cabe en una página se lee",
    "Los pasos pequeños hacen que los errores salgan baratos",
    "Parte de esto depende de la escala, así que conviene decirla",
    "Un ejemplo dice más que una definición",
)
REMARKS = (
    "Los detalles sobre {} importan sobre todo en los bordes",
    "Quienes trabajan con {} cada día suelen preferir la opción más discreta",
    "Si algo sorprende en {} hay que hacerlo más pequeño hasta que deje de sorprender",
    "Las viejas ideas sobre {} merecen una revisión de vez en cuando",
)
CLOSINGS = (
    "Eso es lo esencial sobre {} y el resto es práctica",
    "Desde aquí, pruébalo con un ejemplo real y ajusta",
    "Yo empezaría por ahí y volvería a mirar después del primer resultado",
)
SMALL = Small(
    hello=("¡Hola! ¿En qué puedo ayudarte hoy?", "¡Hola! ¿Qué puedo hacer por ti?"),
    thanks="¡De nada! Avísame si necesitas algo más.",
    who="Soy un asistente de IA y estoy aquí para responder preguntas, escribir y explicar.",
    yes="Sí",
    no="No",
    because=("en general es así con {} en la mayoría de los casos", "con {} por lo general no es así"),
)
FILLERS = frozenset(
    "a al algo alguna alguno ante aunque bien cada como cómo con cual cuál cuáles cuando cuándo cuanto cuánto cuéntame "
    "da dame de del desde di dime dónde e el ella en entre era es esa escribe ese eso esta está este esto explica "
    "explícame funciona funcionan fue ha hablame háblame hace hay la las le les lo los más me mi mis mucho muy nada ni "
    "no nos o para pero por porque porqué puede puedes podrías qué que quien quién se ser si sí sin sobre son su sus "
    "también te tiene tu tus un una unas uno unos usted y ya yo favor háblanos haz".split()
)
POLAR = frozenset("es son está están puede puedo pueden debo debe hay tiene tienen existe existen".split())

SPANISH = Language("es", "Spanish", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "esto")
