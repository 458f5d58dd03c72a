"""Things of common categories, the best known first."""

CATEGORIES: dict[str, tuple[str, ...]] = {}


def _add(names: str, things: str) -> None:
    CATEGORIES.update(dict.fromkeys(names.split(","), tuple(things.split(", "))))


_add(
    "fruit,fruits,früchte,obst,frutas,frutti,vruchten",
    "Apple, Banana, Orange, Strawberry, Grape, Mango, Pineapple, Peach, Pear, Cherry, Watermelon, Kiwi, "
    "Plum, Blueberry, Raspberry, Lemon, Papaya, Apricot, Fig, Pomegranate, Lime, Melon, Coconut, Blackberry, Grapefruit, Guava, Lychee, Passion fruit, Nectarine, Tangerine, Cranberry, Dragon fruit, Quince, Persimmon, Date",
)
_add(
    "vegetable,vegetables",
    "Carrot, Broccoli, Spinach, Tomato, Potato, Onion, Cucumber, Pepper, Lettuce, Cabbage, Cauliflower, Zucchini, "
    "Eggplant, Pea, Radish, Beetroot, Celery, Kale, Leek, Pumpkin",
)
_add(
    "colour,colours,color,colors,farben,colores,couleurs,colori,cores",
    "Red, Blue, Green, Yellow, Orange, Purple, Black, White, Pink, Brown, Gray, Turquoise, Violet, Gold, "
    "Silver, Crimson, Teal, Beige, Indigo, Magenta",
)
_add("primary colors,primary colours", "Red, Blue, Yellow")
_add(
    "country,countries,länder,países,pays,nations,nation",
    "France, Japan, Brazil, Canada, Germany, India, Kenya, Australia, Mexico, Italy, Spain, Egypt, Norway, "
    "South Korea, Argentina, China, Portugal, South Africa, Sweden, Thailand, Poland, Turkey, Chile, New Zealand, Greece",
)
_add(
    "european countries",
    "France, Germany, Italy, Spain, Poland, Portugal, Sweden, Greece, Norway, Austria, Belgium, Ireland, "
    "Finland, Denmark, Switzerland, Hungary, Croatia, Romania, Bulgaria, Iceland",
)
_add("asian countries", "Japan, India, China, Thailand, South Korea, Vietnam, Indonesia, Malaysia, Nepal, Mongolia")
_add("african countries", "Kenya, Egypt, Nigeria, Ghana, Morocco, Ethiopia, Senegal, Tanzania, South Africa, Uganda")
_add(
    "south american countries",
    "Brazil, Argentina, Chile, Peru, Colombia, Uruguay, Ecuador, Bolivia, Paraguay, Venezuela",
)
_add(
    "city,cities,städte,ciudades,villes",
    "Tokyo, Paris, London, New York, Berlin, Sydney, Rome, Toronto, Madrid, Cairo, Mumbai, Seoul, Buenos Aires, "
    "Lisbon, Vienna, Amsterdam, Istanbul, Nairobi, Chicago, Singapore",
)
_add(
    "capital,capitals",
    "Paris, Tokyo, Berlin, Rome, Madrid, London, Ottawa, Canberra, Lisbon, Vienna, Oslo, Cairo, Nairobi, Athens, Warsaw",
)
_add("continent,continents", "Asia, Africa, North America, South America, Antarctica, Europe, Australia")
_add("ocean,oceans", "Pacific Ocean, Atlantic Ocean, Indian Ocean, Southern Ocean, Arctic Ocean")
_add("planet,planets,planeten", "Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, Neptune")
_add(
    "animal,animals,tiere,animales,animaux",
    "Dog, Cat, Elephant, Lion, Dolphin, Eagle, Horse, Penguin, Tiger, Rabbit, Wolf, Giraffe, Bear, Owl, Fox, "
    "Turtle, Whale, Kangaroo, Otter, Zebra",
)
_add("mammal,mammals", "Dog, Elephant, Dolphin, Lion, Horse, Bat, Whale, Bear, Otter, Kangaroo, Rabbit, Mouse")
_add("bird,birds", "Eagle, Sparrow, Owl, Penguin, Robin, Parrot, Swan, Falcon, Heron, Crow, Flamingo, Pelican")
_add("fish,fishes", "Salmon, Tuna, Trout, Cod, Carp, Herring, Mackerel, Bass, Pike, Perch")
_add("insect,insects", "Ant, Bee, Butterfly, Beetle, Dragonfly, Grasshopper, Ladybug, Moth, Wasp, Cricket")
_add("flower,flowers", "Rose, Tulip, Lily, Daisy, Sunflower, Orchid, Lavender, Daffodil, Iris, Peony, Violet, Jasmine")
_add("tree,trees", "Oak, Maple, Pine, Birch, Willow, Cedar, Beech, Ash, Elm, Spruce")
_add(
    "programming language,programming languages,programmiersprachen,coding languages,lenguajes de programación",
    "Python, JavaScript, Java, C++, Go, Rust, TypeScript, Ruby, C#, "
    "Swift, Kotlin, PHP, Haskell, Scala, Julia, R, Perl, Lua, Elixir, Dart",
)
_add(
    "language,languages",
    "English, Spanish, Mandarin, French, German, Arabic, Hindi, Portuguese, Japanese, Russian, Italian, Korean, Dutch, "
    "Polish, Turkish",
)
_add(
    "book,books,bücher,libros,livres,novel,novels,classic novels",
    "Pride and Prejudice, Moby-Dick, 1984, To Kill a Mockingbird, Jane Eyre, The Great Gatsby, Don Quixote, "
    "Frankenstein, Great Expectations, The Odyssey, Dracula, Crime and Punishment, Middlemarch, Brave New World, The Hobbit",
)
_add(
    "movie,movies,film,films",
    "Casablanca, The Godfather, Jaws, Titanic, Inception, The Matrix, Psycho, Toy Story, Gladiator, Spirited Away, "
    "Rear Window, Alien, Amélie, Parasite, Vertigo",
)
_add(
    "author,authors,writer,writers",
    "Jane Austen, Leo Tolstoy, Virginia Woolf, Charles Dickens, Mark Twain, Toni Morrison, George Orwell, "
    "Gabriel García Márquez, Agatha Christie, Franz Kafka",
)
_add(
    "scientist,scientists",
    "Marie Curie, Albert Einstein, Isaac Newton, Charles Darwin, Ada Lovelace, Galileo Galilei, Nikola Tesla, "
    "Rosalind Franklin, Alan Turing, Grace Hopper",
)
_add(
    "musician,musicians,composer,composers",
    "Bach, Mozart, Beethoven, Chopin, Clara Schumann, Debussy, Vivaldi, Brahms, Tchaikovsky, Handel",
)
_add(
    "instrument,instruments,musical instruments",
    "Piano, Guitar, Violin, Flute, Drums, Cello, Trumpet, Clarinet, Saxophone, Harp, Trombone, Oboe",
)
_add(
    "sport,sports",
    "Football, Tennis, Basketball, Swimming, Cycling, Running, Volleyball, Rowing, Hockey, Golf, Rugby, Skiing",
)
_add(
    "hobby,hobbies",
    "Reading, Gardening, Painting, Cooking, Hiking, Photography, Chess, Knitting, Woodworking, Birdwatching",
)
_add(
    "profession,professions,job,jobs,occupation,occupations",
    "Teacher, Nurse, Engineer, Carpenter, Chef, Electrician, Architect, Farmer, Lawyer, Librarian, Pilot, Designer",
)
_add(
    "food,foods,dish,dishes,meal,meals",
    "Pizza, Sushi, Tacos, Pasta, Curry, Paella, Ramen, Burger, Salad, Soup, Falafel, Pancakes, Risotto, Dumplings",
)
_add(
    "dessert,desserts",
    "Tiramisu, Cheesecake, Apple pie, Brownies, Crème brûlée, Ice cream, Panna cotta, Baklava, Mousse, Gelato",
)
_add(
    "drink,drinks,beverage,beverages",
    "Water, Coffee, Tea, Orange juice, Lemonade, Milk, Smoothie, Hot chocolate, Cola, Mineral water",
)
_add(
    "spice,spices,herb,herbs",
    "Basil, Cinnamon, Pepper, Thyme, Cumin, Paprika, Ginger, Rosemary, Oregano, Turmeric, Mint, Saffron",
)
_add("month,months", "January, February, March, April, May, June, July, August, September, October, November, December")
_add("day,days,weekday,weekdays,days of the week", "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
_add("season,seasons", "Spring, Summer, Autumn, Winter")
_add("shape,shapes", "Circle, Square, Triangle, Rectangle, Pentagon, Hexagon, Ellipse, Trapezoid, Rhombus, Octagon")
_add(
    "element,elements,chemical elements",
    "Hydrogen, Helium, Carbon, Nitrogen, Oxygen, Sodium, Iron, Copper, Silver, Gold, Silicon, Calcium",
)
_add("metal,metals", "Iron, Copper, Gold, Silver, Aluminium, Zinc, Nickel, Tin, Lead, Titanium")
_add("river,rivers", "Nile, Amazon, Yangtze, Mississippi, Danube, Rhine, Ganges, Volga, Mekong, Congo")
_add(
    "mountain,mountains",
    "Mount Everest, K2, Kilimanjaro, Mont Blanc, Denali, Matterhorn, Mount Fuji, Aconcagua, Elbrus, Olympus",
)
_add("car brand,car brands,cars,car", "Toyota, Ford, Honda, Volkswagen, BMW, Volvo, Tesla, Fiat, Renault, Hyundai")
_add("company,companies", "Apple, Microsoft, Toyota, Siemens, Nestlé, Samsung, Unilever, NVIDIA, Airbus, Sony")
_add(
    "database,databases",
    "PostgreSQL, MySQL, SQLite, MongoDB, Redis, Cassandra, MariaDB, Oracle Database, Neo4j, DuckDB",
)
_add(
    "framework,frameworks,web frameworks",
    "Django, React, Flask, Ruby on Rails, Vue, Angular, Spring, FastAPI, Laravel, Svelte",
)
_add("operating system,operating systems", "Linux, Windows, macOS, FreeBSD, Android, iOS, ChromeOS, Solaris")
_add(
    "sorting algorithm,sorting algorithms",
    "Merge sort, Quicksort, Heapsort, Insertion sort, Bubble sort, Selection sort, Radix sort, Shell sort",
)
_add(
    "data structure,data structures",
    "Array, Linked list, Stack, Queue, Hash table, Binary tree, Heap, Graph, Trie, Set",
)
_add("emotion,emotions,feelings", "Joy, Sadness, Anger, Fear, Surprise, Disgust, Trust, Pride, Hope, Relief")
_add("prime,primes,prime numbers", "2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71")
_add("even numbers", "2, 4, 6, 8, 10, 12, 14, 16, 18, 20")
_add("odd numbers", "1, 3, 5, 7, 9, 11, 13, 15, 17, 19")
_add(
    "name,names,first names,baby names",
    "Ava, Liam, Sofia, Noah, Mia, Lucas, Emma, Ethan, Chloe, Oliver, Maya, Hugo, Nora, Leo, Ruby",
)
_add("cat names,dog names,pet names", "Luna, Milo, Bella, Oscar, Daisy, Charlie, Coco, Max, Willow, Simba, Nala, Rocky")
_add("toy,toys", "Building blocks, Teddy bear, Puzzle, Yo-yo, Kite, Toy train, Doll, Marbles, Spinning top, Board game")
_add("holiday,holidays", "New Year's Day, Easter, Diwali, Christmas, Hanukkah, Eid al-Fitr, Thanksgiving, Halloween")
_add("adjective,adjectives", "bright, careful, gentle, honest, lively, patient, quiet, sharp, steady, warm")
_add("verb,verbs", "run, build, learn, write, carry, listen, grow, plan, share, travel")
_add("noun,nouns", "bridge, garden, letter, mountain, window, river, teacher, engine, market, story")
_add(
    "word,words,random words",
    "river, lantern, puzzle, meadow, compass, harbor, whisper, orbit, cobalt, thimble, ember, willow",
)

# Ideas that fit any subject: `{}` is what they are for.
IDEAS = (
    "Start a small pilot of {} with five people", "Write a one-page guide to {}", "Hold a short workshop on {}",
    "Collect three real examples of {}", "Pair up with somebody who knows {}", "Make a checklist for {}",
    "Record a short video about {}", "Set a monthly review of {}", "Ask users what they miss about {}",
    "Build a simple prototype around {}", "Compare {} with an older way of doing it", "Share the results of {} in public",
)  # fmt: skip
TIPS = (
    "Start small with {}", "Set a clear goal for {}", "Keep notes about {}", "Measure {} before you change it",
    "Ask for feedback on {} early", "Remove what {} does not need", "Repeat what works for {}", "Plan time for {} in advance",
    "Learn from somebody with experience of {}", "Review {} once a week", "Automate the boring parts of {}",
    "Be patient with {}",
)  # fmt: skip
REASONS = (
    "{} saves time in the long run", "{} makes mistakes easier to see", "{} costs less than the alternatives",
    "{} is easy to start with", "{} works at any scale", "{} is well understood", "{} helps people work together",
    "{} leaves room for change", "{} gives quick feedback", "{} builds on things you already know",
    "{} reduces risk", "{} is easy to explain to others",
)  # fmt: skip
QUESTIONS = (
    "What is {} and why does it matter?", "How did {} begin?", "Who uses {} most?", "What are the limits of {}?",
    "How would you explain {} to a child?", "What is the biggest mistake people make with {}?",
    "How has {} changed in the last ten years?", "What would happen without {}?", "What does {} cost?",
    "How do you measure success with {}?", "Which alternatives to {} are there?", "What comes after {}?",
)  # fmt: skip
FACTS = (
    "{} has a longer history than most people expect", "{} differs from place to place", "{} is studied in many fields",
    "{} depends strongly on its surroundings", "{} is often confused with something similar",
    "Small changes to {} can have large effects", "{} looks different at a small scale", "{} is still an area of active research",
    "{} has inspired books and films", "There is more than one way to classify {}", "{} can be observed in everyday life",
    "The word for {} varies a lot between languages",
)  # fmt: skip
STEPS = (
    "Decide what you want from {} and write it down", "Gather everything that {} needs", "Prepare a clean place to work",
    "Begin with the simplest part of {}", "Check the first result before you go on", "Add the remaining parts one at a time",
    "Test {} from beginning to end", "Fix what does not work yet", "Ask somebody else to look at it", "Clean up and take notes",
    "Share the result", "Review {} after a week",
)  # fmt: skip
EXAMPLES = (
    "A small project that uses {} for the first time", "A team that relies on {} every day", "A school course about {}",
    "A shop that offers {} to its customers", "A book chapter on {}", "A museum exhibit about {}", "A city that invests in {}",
    "A research group that measures {}", "A family that discusses {} at dinner", "A startup built around {}",
    "A hospital that depends on {}", "A festival that celebrates {}",
)  # fmt: skip
PROS = (
    "It saves time once it is set up", "It is easy to explain", "It scales well", "It makes errors visible early",
    "It has a large community", "It costs little to try", "It fits with existing tools", "It is flexible",
)  # fmt: skip
CONS = (
    "It takes time to learn", "It needs regular maintenance", "It can be slow at first", "It does not fit every case",
    "It adds one more dependency", "It is hard to undo later", "It hides some details", "It needs agreement in the team",
)  # fmt: skip
TITLES = (
    "The Quiet Power of {}", "{} Made Simple", "A Beginner's Guide to {}", "What Nobody Tells You About {}", "Rethinking {}",
    "The Art of {}", "{} in Ten Minutes", "Why {} Matters", "Inside {}", "The Future of {}", "Lessons from {}", "{} Explained",
)  # fmt: skip
NAMES = (
    "Bright{}", "{}ly", "{} Works", "Nova {}", "{} & Co.", "Blue {}", "{}Hub", "The {} Room", "{} Lane", "North {}", "{}Nest", "True {}",
)  # fmt: skip
KINDS: dict[str, tuple[str, ...]] = {}
for _words, _table in (
    ("idea ideas ideen idées idee project projects activity activities suggestion suggestions topics use uses topic", IDEAS),
    ("tip tips tipps advice hint hints trick tricks practices practice strategies strategy habit habits way ways method "
     "methods technique techniques consejos conseils improvements rules principles goals", TIPS),
    ("reason reasons gründe benefit benefits advantage advantages vorteile arguments argument raisons razones strengths "
     "features feature", REASONS),
    ("question questions fragen preguntas faq faqs", QUESTIONS),
    ("fact facts fakten points point insights things thing takeaways aspects characteristics", FACTS),
    ("step steps schritte étapes pasos stages phases instructions tasks", STEPS),
    ("example examples beispiele exemples ejemplos cases case applications", EXAMPLES),
    ("pro pros", PROS),
    ("con cons disadvantage disadvantages drawback drawbacks downsides weaknesses risks challenges problems", CONS),
    ("title titles headline headlines slogan slogans tagline taglines", TITLES),
    ("brand company-name startup-name brands", NAMES),
):  # fmt: skip
    KINDS |= dict.fromkeys(_words.split(), _table)
