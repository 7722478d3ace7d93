"""What the words of an assessment come down to, so that two can be compared."""

import unicodedata

KEY = 300  # characters: a key is no longer than the longest words that it is made of


def key_of(words: str) -> str:
    """What words come down to when capitals, spaces and the forms of letters do not count."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())[:KEY]


def case_key_of(reference: str) -> str:
    """The same of a case's reference, in which punctuation does not count either: Case-7 is case 7."""
    words = "".join(sign if sign.isalnum() else " " for sign in key_of(reference))
    return "".join(words.split())[:60] or key_of(reference)[:60]


def keys_of(title: str, case_reference: str) -> tuple[str, str]:
    """The two keys that a record holds of its title and its case."""
    return key_of(title), case_key_of(case_reference) if case_reference else ""
