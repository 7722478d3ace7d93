"""Fictional names and texts, the same for the same number on every machine."""

from random import Random

# fmt: off
GIVEN = (
    "Aisha", "Ben", "Carys", "Dev", "Ellen", "Farid", "Grace", "Hari", "Isla", "Jonas", "Keira", "Liam", "Mina",
    "Noah", "Orla", "Piotr", "Quinn", "Rosa", "Sana", "Theo", "Uma", "Viktor", "Wen", "Xena", "Yusuf", "Zoe",
    "Amara", "Bilal", "Chidi", "Dina", "Emeka", "Freya", "Gwen", "Hana", "Ivo", "Jaya", "Kofi", "Leila", "Marek",
    "Nadia",
)
FAMILY = (
    "Abbot", "Bello", "Carrow", "Dhillon", "Easton", "Farrow", "Gill", "Hallam", "Iqbal", "Jessop", "Kaur",
    "Larkin", "Moss", "Nwosu", "Ogden", "Patel", "Quill", "Rahman", "Sefton", "Thorpe", "Ullah", "Vance", "Weller",
    "Yilmaz", "Zielinski", "Ashdown", "Boateng", "Clough", "Danso", "Evers", "Fenwick", "Garner", "Hobday",
    "Ismail", "Judge", "Khan", "Lomax", "Mistry", "Norris", "Okoro", "Pryce", "Rudge", "Sharma", "Tully",
)
# fmt: on
TASKS = (
    "Validating a reference range",
    "A downtime plan for the analyser",
    "Handing over at the end of a shift",
    "Explaining a result to a new colleague",
    "A query that returned too many rows",
    "Checking a calculation by hand",
    "Observing a multidisciplinary meeting",
    "Comparing two methods",
    "Writing a procedure that others can follow",
    "What a quality audit taught me",
    "Presenting a small project",
    "An interface that dropped messages",
)
OPENINGS = (
    "I was asked to do this in my third week in the department, with a colleague beside me for the first half.",
    "The department does this every month, and nobody had written down why the third step comes before the second.",
    "This began as a question from a ward that we could not answer on the telephone.",
    "I had read about this and never done it. My supervisor let me plan it and stopped me twice, both times rightly.",
)
MIDDLES = (
    "I wrote the expected result beside each case before I ran it. Four of sixty did not agree, and three of the four "
    "were mistakes of mine: I had copied a unit from the line above. The fourth was a real fault, which we reported.",
    "**What I did differently.** I asked what the answer was for before I asked what the question was. It took ten "
    "minutes longer and saved a day, because half of what was asked for was never going to be used.",
    "The list has four parts:\n\n- what must be true before we start\n- who is told, and by whom\n- how we know that "
    "it worked\n- what we do when it did not\n\nThe last part was missing, and is now the longest.",
    "I measured it for two weeks before the change and two weeks after. The difference is smaller than I had hoped, "
    "and it may be chance. I will measure it again in the spring before I say that it works.",
)
ENDINGS = (
    "Next time I will ask for the second reader on the first day.",
    "What I will keep: saying aloud what I am about to do. It felt odd, and it stopped me from skipping a step.",
    "My officer asked what I would do with half the time. I would leave out the part that I enjoyed most.",
)
REASONS = (
    "Shows that I planned it, did it and checked it.",
    "The second half is about this activity.",
    "The attached notes were made while I did it.",
    "I did this on my own, as the activity asks.",
)
FEEDBACK = ("Clear and specific. Well done.", "", "Good evidence, and an honest reflection.", "")
RETURNED = (
    "Show it in a second situation as well.",
    "Say what you would do differently, and by when. The rest is good.",
    "The reflection stops before the interesting part: what changed afterwards?",
)
ORGANISATIONS = ("Northmoor", "Easterly", "Saltmarsh", "Highfell", "Brackwater", "Thornby", "Millreach", "Oakhaven")
DEPARTMENTS = ("Clinical Informatics", "Laboratory Medicine", "Medical Physics", "Imaging Science", "Genomics")
SPECIMEN = "Notes made while doing the work"  # the text of the files


def name(number: int) -> str:
    """A person's name. Names repeat after some thousands, as they do; addresses do not."""
    return f"{GIVEN[number % len(GIVEN)]} {FAMILY[number * 7 % len(FAMILY)]}"


def organisation(number: int) -> str:
    return f"{ORGANISATIONS[number % len(ORGANISATIONS)]} Hospitals {number // len(ORGANISATIONS) + 1} (fictional)"


def body(chance: Random) -> str:
    """A page of evidence, of a hundred words or two."""
    middles = chance.sample(MIDDLES, chance.randint(1, 3))
    return "\n\n".join([chance.choice(OPENINGS), *middles, chance.choice(ENDINGS)])
