"""English."""

from .language import Language, Small

OPENINGS = (
    "Here is a short way to look at {} in general",
    "The useful question about {} is what changes when you rely on it",
    "There are two sides to {} and both deserve a look",
    "Most people meet {} in practice long before they meet the theory",
    "In brief, anyone who deals with {} is rewarded for a little planning",
    "A good first step with {} is to write down what you expect to happen",
    "Let us take {} one step at a time",
    "The short answer on {} is that it depends on what you compare it with",
    "What matters most about {} is rarely what gets measured first",
    "It is easier to see {} from the outside in",
    "Three things decide the success of {} and only one of them is talent",
)
SENTENCES = (
    "It helps to start from a small case that you can check by hand",
    "Measure before you change anything, and keep the numbers next to the code",
    "A simple design usually survives longer than a clever one",
    "When two parts disagree, look at the boundary between them first",
    "Much of the cost hides in waiting rather than in work",
    "Write the result down in one sentence, and see whether it still holds tomorrow",
    "The order of the steps is part of the answer",
    "Good defaults save more time than many options",
    "Every limit you choose is a promise to somebody",
    "What is easy to observe is easy to repair",
    "Ask what would have to be true for the opposite to work",
    "A second reader finds in a minute what the first one missed for a week",
    "Failure is a state like any other, and it deserves a clear message",
    "Keep the fast path short and the rare path obvious",
    "Names carry more of the design than diagrams do",
    "Repeat the experiment with a different seed before you trust it",
    "The cheapest request is the one that you do not send",
    "Some of this depends on scale, so state the scale",
    "A plan that fits on one page gets read",
    "Compare against something real, even if it is slow",
    "Small batches make mistakes cheap",
    "Everything that can be computed from the facts need not be kept",
    "With that in place, the rest follows",
    "An example says more than a definition, and two say more than twice as much",
    "The first version only has to be honest about what it cannot do",
    "Habits explain more of the outcome than intentions do",
    "Most surprises come from something that was assumed and never said",
    "It pays to know which part you would give up first",
    "Whoever pays for a choice should be in the room when it is made",
)
REMARKS = (
    "The details of {} matter most at the edges, where inputs are empty, huge or late",
    "People who use {} every day tend to prefer the boring option",
    "If something about {} surprises you, make it smaller until it no longer does",
    "The same idea appears in {} under several names",
    "It is worth separating the idea of {} from the way it is stored",
    "Once the shape is right, the speed of {} is mostly arithmetic",
    "Old assumptions about {} are worth testing again from time to time",
    "The last ten percent of {} is where most of the care goes",
    "Two people who talk about {} often mean two different things",
    "History explains a good deal about {} in its present form",
)
CLOSINGS = (
    "That is the core of {} and the rest is practice",
    "If you tell me about {} in your own case, I can be more specific",
    "From here, try it on a real example and adjust",
    "In short, the limits of {} are worth knowing before anything else",
    "I would begin there and look again after the first result",
    "All in all, there is less mystery in {} than it seems at first",
    "Which of these matters most depends on your own constraints",
)
SMALL = Small(
    hello=(
        "Hello! How can I help you today?",
        "Hi there! What would you like to work on?",
        "Hello! What can I do for you?",
    ),
    thanks="You're welcome! Let me know if there is anything else I can help with.",
    who="I'm an AI assistant, here to answer questions, write and explain things.",
    yes="Yes",
    no="No",
    because=(
        "that holds for {} in most cases, although the details matter",
        "that is not so with {} in general, although there are exceptions",
    ),
)
FILLERS = frozenset(
    "a about after again all also an and any are as at be been before being between both but by can could did do does "
    "each either else every explain few for from get give go had has have he help her here him his how i if in into is "
    "it its just know let like list make many may me might more most much must my need no not now of off on once one "
    "only or other our out over own please say she should show so some such take tell test than that the their them "
    "then there these they this those through to too under up us use very want was we were what when where which "
    "while who why will with word words would write yes you your".split()
)
POLAR = frozenset(
    "is are was were am do does did can could will would should has have had may might must isn't aren't don't doesn't "
    "didn't can't won't".split()
)

ENGLISH = Language("en", "English", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "this")
