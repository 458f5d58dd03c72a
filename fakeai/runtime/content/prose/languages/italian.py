"""Italian. Topics keep their article and stand behind words that do not contract with it."""

from .language import Language, Small

OPENINGS = (
    "Per capire {} conviene partire da un esempio piccolo",
    "Ci sono due modi di guardare {} e tutti e due meritano attenzione",
    "Quasi tutti incontrano {} nella pratica molto prima che nella teoria",
    "In breve, chi lavora con {} viene ripagato da un po' di pianificazione",
    "La domanda utile per {} è che cosa cambia quando ci si fa affidamento",
)
SENTENCES = (
    "Aiuta cominciare da un caso piccolo che si possa verificare a mano",
    "Misura prima di cambiare qualcosa, e conserva i numeri",
    "Un progetto semplice di solito dura più a lungo di uno ingegnoso",
    "Quando due parti non vanno d'accordo, guarda prima il loro confine",
    "Gran parte del costo si nasconde nell'attesa e non nel lavoro",
    "L'ordine dei passi fa parte della risposta",
    "Buoni valori predefiniti fanno risparmiare più tempo di molte opzioni",
    "Quello che è facile da osservare è facile da riparare",
    "Un secondo lettore trova in un minuto quello che al primo è sfuggito per una settimana",
    "Un piano che sta in una pagina viene letto",
    "I piccoli passi rendono gli errori poco costosi",
    "Una parte dipende dalla scala, quindi conviene dirla",
    "Un esempio dice più di una definizione",
)
REMARKS = (
    "I dettagli che riguardano {} contano soprattutto ai margini",
    "Chi usa {} ogni giorno tende a preferire la scelta meno vistosa",
    "Due persone che discutono intorno a un tema come {} spesso intendono cose diverse",
    "Le vecchie idee che circondano {} meritano una verifica ogni tanto",
)
CLOSINGS = (
    "Questo è l'essenziale per {} e il resto è pratica",
    "Da qui, provalo con un esempio reale e correggi",
    "Comincerei da lì e guarderei di nuovo dopo il primo risultato",
)
SMALL = Small(
    hello=("Ciao! Come posso aiutarti oggi?", "Buongiorno! Che cosa posso fare per te?"),
    thanks="Prego! Fammi sapere se ti serve altro.",
    who="Sono un assistente IA, qui per rispondere alle domande, scrivere e spiegare.",
    yes="Sì",
    no="No",
    because=("per {} vale nella maggior parte dei casi", "per {} di solito non è così"),
)
FILLERS = frozenset(
    "a ad agli ai al alla alle allo anche c'è che chi ci come con cos'è cosa così da dai dal dalla dammi degli dei del "
    "della delle dello di dimmi dove e è ed era essere fa favore fra funziona funzionano gli ha hai hanno ho i il in io "
    "l la le lei lo loro lui ma me mi mia mio molto ne nei nel nella noi non nostro o ogni parlami per perché più poi "
    "puoi può qual quale quali quando quanto quella quello questa questo qui scrivi se sei si sono spiega spiegami su "
    "sua sui sul sulla suo tra tu tua tuo un una uno vi voi potresti raccontami cos".split()
)
POLAR = frozenset("è sono può posso possono devo deve c'è esiste esistono si ha hanno".split())

ITALIAN = Language("it", "Italian", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "questo")
