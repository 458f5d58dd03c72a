"""Forms of answers: a list, a sum, a translation. Each is a module with two names; `answers.py` has the list of them.

`CUES` says which prompts are worth a look: alternatives, each a tuple of words of which one of each must stand in the
prompt ("list enumerate", "of for"); words after `^^` must begin it. All cues of all forms are looked for at once, so a
form costs nothing where its words are not.

`answer(ask)` is called when a cue stands there, and gives the whole answer, or None when the prompt does not ask for
this form after all: a cue is a hint, and the form decides. It reads the prompt through `Ask`: `ask.lead` without
politeness, `ask.parts` for an instruction and the text that it is about, `ask.look` for the beginning and the end of
a long one. It takes chance from `ask.chance` alone, keeps to `ask.bounds` (`ask.bounds.clip`, or one word where
`is_brief`), answers in `ask.language` or leaves it, and holds nobody up: patterns are bounded and long texts are read
in part. Where `ask.ruled`, the system message orders the form for every message, and the prompt is its material.

The first form of the list that answers is the answer; where none does, a voice of the language speaks (`voice.py`).
A form that a system message may order stands in `RULED`, too, with the words that order it in `rules.py`.
"""
