"""German. Topics stand behind "Thema" and the like, so that their case does not matter."""

from .language import Language, Small

OPENINGS = (
    "Zum Thema {} gibt es zwei Seiten, und beide verdienen einen Blick",
    "Beim Stichwort {} lohnt sich zuerst die Frage, was sich dadurch ändert",
    "Wer sich mit dem Thema {} beschäftigt, beginnt am besten mit einem kleinen Beispiel",
    "Das Thema {} wirkt auf den ersten Blick größer, als es ist",
    "Kurz gesagt, hängt beim Thema {} vieles davon ab, womit man vergleicht",
)
SENTENCES = (
    "Es hilft, mit einem kleinen Fall zu beginnen, den man von Hand prüfen kann",
    "Miss zuerst, und bewahre die Zahlen neben der Begründung auf",
    "Ein einfacher Entwurf hält meist länger als ein raffinierter",
    "Wenn zwei Teile sich widersprechen, liegt die Ursache oft an ihrer Grenze",
    "Ein großer Teil der Kosten steckt im Warten und nicht in der Arbeit",
    "Die Reihenfolge der Schritte gehört zur Antwort",
    "Gute Voreinstellungen sparen mehr Zeit als viele Optionen",
    "Was leicht zu beobachten ist, lässt sich auch leicht reparieren",
    "Ein zweiter Leser findet in einer Minute, was der erste eine Woche lang übersah",
    "Ein Plan, der auf eine Seite passt, wird auch gelesen",
    "Kleine Schritte machen Fehler billig",
    "Manches davon hängt von der Größe ab, also sollte man sie nennen",
    "Ein Beispiel sagt mehr als eine Definition",
)
REMARKS = (
    "Die Einzelheiten beim Thema {} zählen vor allem an den Rändern",
    "Unter dem Begriff {} verstehen nicht alle dasselbe",
    "Wer täglich mit dem Thema {} zu tun hat, wählt gern die unauffällige Lösung",
    "Alte Annahmen zum Thema {} sollte man von Zeit zu Zeit prüfen",
)
CLOSINGS = (
    "Das ist der Kern des Themas {} und der Rest ist Übung",
    "Von hier aus probiert man es am besten an einem echten Beispiel",
    "Ich würde damit beginnen und nach dem ersten Ergebnis noch einmal hinsehen",
)
SMALL = Small(
    hello=("Hallo! Wie kann ich dir heute helfen?", "Guten Tag! Womit kann ich helfen?"),
    thanks="Gern geschehen! Sag Bescheid, wenn ich noch etwas tun kann.",
    who="Ich bin ein KI-Assistent und beantworte Fragen, schreibe und erkläre.",
    yes="Ja",
    no="Nein",
    because=("das gilt beim Thema {} in den meisten Fällen", "beim Thema {} ist das meistens nicht so"),
)
FILLERS = frozenset(
    "kurz aber alle als am an auch auf aus bei beim beschreiben bin bist bitte da das dass dein deine dem den denn der des dich die dir "
    "doch du ein eine einem einen einer eines er erkläre erklären erklär erzählen sagen helfen erzähl erzähle es etwas für gib gibt habe haben hat "
    "hier ich ihr im in ist ja kann kannst kein keine können könntest man mein meine mich mir mit nach nicht noch nun "
    "oder ob schreib schreibe sein sie sind so soll über um und uns unter vom von vor wann war warum was wegen welche "
    "welcher welches wenn wer werden wie wieso wir wird wo zu zum zur zwischen funktioniert bedeutet nenne".split()
)
POLAR = frozenset(
    "ist sind war waren bin bist kann kannst können könnte soll sollte sollten darf dürfen muss müssen hat haben wird "
    "werden gibt stimmt".split()
)

GERMAN = Language(
    "de", "German", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "Einfachheit"
)
