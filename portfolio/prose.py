"""Safe HTML from what people write in Markdown.

Two nets, one behind the other: the parser takes no HTML from the text, and nh3 lets only a short list of tags and
attributes through. No picture is ever loaded: its words stand in its place.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LONGEST_MARKDOWN = 50_000  # characters; about 8,000 words
HIGHEST_HEADING = 3  # the page has h1 and h2 of its own
TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "code", "em", "strong", "s", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
SCROLLER = (
    '<div class="app-tablewrap" role="group" aria-label="Table" tabindex="0">'  # wide ones scroll by keyboard too
)


def render(text: str) -> SafeString:
    """The text as HTML that is safe on any page. What is too long to be read as Markdown is shown as it was typed."""
    if len(text) > LONGEST_MARKDOWN:
        return mark_safe(linebreaks(text, autoescape=True))  # it escapes all but its own paragraphs
    with _one_at_a_time:
        made = _markdown.render(text)
    safe = nh3.clean(
        made,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow noreferrer",
    )
    # nh3 made it: nothing is left in it but what the lists above name, and a "<table>" in it is a table.
    return mark_safe(safe.replace("<table>", SCROLLER + "<table>").replace("</table>", "</table></div>"))


def plain(text: str, longest: int = 200) -> str:
    """The beginning of the text in one line, without its marks, for lists."""
    line = " ".join(_spoken(text[: longest * 10]).split())
    if len(line) <= longest:
        return line
    return line[:longest].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def quotation(text: str) -> str:
    """The text as a quotation of its own, line by line: nothing in it becomes a heading or a list of the page."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def words(text: str) -> int:
    """How many words a reader reads: marks and addresses behind links do not count."""
    return sum(any(c.isalnum() for c in word) for word in _spoken(text).split())


def _attribute(tag: str, attribute: str, value: str) -> str | None:
    """Links lead somewhere by name: a relative one would mean another place on every page that shows the text."""
    if attribute == "href" and not re.match(r"(?:https?://|mailto:)", value, re.IGNORECASE):
        return None
    return value


def _spoken(text: str) -> str:
    if len(text) > LONGEST_MARKDOWN:
        return text
    with _one_at_a_time:
        tokens = _markdown.parse(text)
    return " ".join(_texts(tokens))


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("inline", "image"):
            yield "".join(_texts(token.children or []))
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        else:
            yield token.content


def _demote_headings(state: StateCore) -> None:
    """The first heading becomes h3, and none is more than one level below the one before it, as screen readers need."""
    above: list[str] = []
    for token in state.tokens:
        if token.type == "heading_open":
            above = [tag for tag in above if tag < token.tag] + [token.tag]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(HIGHEST_HEADING - 1 + len(above), 6)}"


def _words_of_picture(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return nh3.clean_text("".join(_texts(tokens[index].children or [])))


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": True})
    reader.enable(["table", "strikethrough", "linkify"])
    reader.core.ruler.push("demote_headings", _demote_headings)
    reader.add_render_rule("image", _words_of_picture)
    assert reader.linkify is not None
    reader.linkify.set({"fuzzy_link": False})  # "notes.md" is a file, not a place in Moldova
    return reader


_markdown = _reader()
# The finder of bare links keeps what it reads in itself: two threads at once would mix two people's texts.
_one_at_a_time = threading.Lock()
