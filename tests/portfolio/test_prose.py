"""Whatever people write, what comes out is harmless, loads nothing, and keeps their words."""

import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.prose import LONGEST_MARKDOWN, SCROLLER, plain, render, words

MAY_STAND = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "code", "em", "strong", "s", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
SAFE_BEGINNINGS = ("http://", "https://", "mailto:")


class Reader(HTMLParser):
    """Collects whatever a browser could act on and should not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.get_starttag_text() == SCROLLER:  # ours, around a table
            return
        if tag not in MAY_STAND:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if (tag, name) == ("a", "href"):
                if not (value or "").lower().startswith(SAFE_BEGINNINGS):
                    self.wrong.append(f"href={value}")
            elif (tag, name) not in {("a", "rel"), ("a", "title"), ("ol", "start")}:
                self.wrong.append(f"{tag} {name}={value}")
        if tag == "a" and dict(attrs).get("rel") != "noopener nofollow noreferrer":
            self.wrong.append("a link without rel")

    def handle_comment(self, data: str) -> None:
        self.wrong.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.wrong.append("an instruction")

    unknown_decl = handle_decl


def wrong_with(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.wrong


HOSTILE = [
    # tags as they are
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.test/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<form action=//evil.test><button>Go</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='https://a.example.org' onclick=alert(1)>x</a>",
    "<a id=location name=location>x</a>",
    "<base href=//evil.test>",
    "<meta http-equiv=refresh content='0;url=//evil.test'>",
    "<link rel=stylesheet href=//evil.test/x.css>",
    "<style>@import '//evil.test/x.css';</style>",
    "<style>body{background:url(//evil.test/x)}</style>",
    "<p style='background:url(//evil.test/x)'>x</p>",
    "<p style=position:fixed;inset:0>x</p>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<h1>Signed off</h1>",
    "<!-- <script>alert(1)</script> -->",
    "<!DOCTYPE html><p>x",
    "<?php echo 1 ?>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img/src=`x`/onerror=alert(1)>",
    "<x onclick=alert(1)>click</x>",
    "<\x00script>alert(1)</script>",
    "\x3cscript\x3ealert(1)\x3c/script\x3e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<div>\n\n*x*\n\n<script>alert(1)</script>\n\n</div>",
    "text <b onmouseover=alert(1)>bold</b> text",
    # links that lead to code
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](java\tscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java%0ascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](\u00a0javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.test/1)",
    "[x](view-source:https://evil.test)",
    "[x](ftp://evil.test)",
    "[x](intent://x)",
    "[x](//evil.test)",
    "[x](/accounts/logout/)",
    "[x](?next=//evil.test)",
    "[x](#id)",
    "[x](\\\\evil.test)",
    "[x](https:evil)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[y]\n\n[y]: data:text/html,x",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "javascript:alert(1)",
    "javascript://example.org/%0aalert(1)",
    # out of the attribute
    '[x](https://a.example.org "\\" onclick=alert(1) x=\\"")',
    "[x](https://a.example.org '\" onclick=\"alert(1)')",
    '[x](https://a.example.org/"onclick="alert(1))',
    "[x](https://a.example.org/'onclick='alert(1))",
    "[x](<https://a.example.org/ onclick=alert(1)>)",
    'https://a.example.org/"onmouseover="alert(1)',
    "https://a.example.org/<script>alert(1)</script>",
    "<https://a.example.org/\"onclick='alert(1)'>",
    'me@example.org"onclick=alert(1)',
    '[x]: https://a.example.org "\\"><script>alert(1)</script>"\n\n[x]',
    '[<img src=x onerror=alert(1)>](https://a.example.org "t")',
    "[![x](javascript:alert(1))](javascript:alert(2))",
    # pictures
    "![x](https://evil.test/pixel.png)",
    "![x](//evil.test/pixel.png)",
    "![x](data:image/png;base64,AAAA)",
    '![" onerror="alert(1)](x)',
    '![x](x "onerror=alert(1)")',
    "![x](x'onerror=alert(1))",
    "![<script>alert(1)</script>](x)",
    "![&lt;script&gt;alert(1)&lt;/script&gt;](x)",
    "![`<img src=x onerror=alert(1)>`](x)",
    "![x][y]\n\n[y]: https://evil.test/p.png",
    "[![x](https://evil.test/p.png)](https://a.example.org)",
    # code, tables, headings, lists
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "```x onclick=alert(1)\nx\n```",
    "    <script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "|<script>alert(1)</script>|b|\n|:-:|-:|\n|<img src=x onerror=alert(1)>|[x](javascript:alert(1))|",
    "# Signed off\n\n## by somebody else",
    "Signed off\n===\n\nby somebody\n---",
    "# <script>alert(1)</script> {#id onclick=alert(1)}",
    "1000000000. x",
    "* <svg onload=alert(1)>\n* > <script>\n  > alert(1)</script>",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "~~<script>alert(1)</script>~~",
    # templates and formats
    "{{7*7}} {% load x %} {% debug %}",
    "%s %(x)s {0.__class__} ${x} #{x}",
    '<a href="{{ x }}">',
    # odd characters
    "\u202e<script>alert(1)</script>",
    "\ufeff<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "\u2028<script>alert(1)</script>\u2029",
    "a\x0b<img src=x onerror=alert(1)>\x0c",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_browser_acts_on_comes_through(text: str) -> None:
    assert wrong_with(render(text)) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_nor_inside_other_marks(text: str) -> None:
    for around in (
        "> {}",
        "- {}",
        "**{}**",
        "[{}](https://a.example.org)",
        "![{}](x)",
        "# {}",
        "x {} y",
        "|a|\n|-|\n|{}|",
    ):
        assert wrong_with(render(around.replace("{}", text))) == []


def test_the_reader_of_these_tests_sees_what_is_wrong() -> None:
    bad = '<script></script><a href="javascript:x" onclick="x">x</a><!-- x --><p id="x"><!DOCTYPE x><?x><h1>'
    assert wrong_with(bad) == [
        "<script>",
        "href=javascript:x",
        "a onclick=x",
        "a link without rel",
        "a comment",
        "p id=x",
        "a declaration",
        "an instruction",
        "<h1>",
    ]


MARKS = st.text("<>&\"'`*_[]()!#|-~=:/\\ \n\tahsjvtp@.;x1{}%")


@given(MARKS)
def test_no_mix_of_marks_gives_anything_else(text: str) -> None:
    assert wrong_with(render(text)) == []


@given(st.lists(st.sampled_from([*HOSTILE, "\n", "\n\n", " ", "> ", "```", "|", "[", "](", ")"]), max_size=6))
def test_no_mix_of_attacks_gives_anything_else(pieces: list[str]) -> None:
    assert wrong_with(render("".join(pieces))) == []


def test_common_marks_are_read() -> None:
    assert render("Some **bold**, *soft*, ~~gone~~ and `code`.") == (
        "<p>Some <strong>bold</strong>, <em>soft</em>, <s>gone</s> and <code>code</code>.</p>\n"
    )
    assert render("1. one\n2. two") == "<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n"
    assert render("|a|b|\n|-|-|\n|1|2|").startswith(f"{SCROLLER}<table>\n<thead>\n<tr>\n<th>a</th>")
    assert render("") == ""


def test_a_link_with_its_address_and_a_bare_one_are_links() -> None:
    rel = 'rel="noopener nofollow noreferrer"'
    assert render("[NSHCS](https://a.example.org/x?a=1&b=2)") == (
        f'<p><a href="https://a.example.org/x?a=1&amp;b=2" {rel}>NSHCS</a></p>\n'
    )
    assert render("https://a.example.org") == (
        f'<p><a href="https://a.example.org" {rel}>https://a.example.org</a></p>\n'
    )
    assert render("me@example.org") == f'<p><a href="mailto:me@example.org" {rel}>me@example.org</a></p>\n'


def test_the_name_of_a_file_is_not_a_link() -> None:
    assert render("see notes.md") == "<p>see notes.md</p>\n"


def test_a_picture_is_replaced_by_its_words() -> None:
    assert render("A ![phantom *in* `air` & <water>](https://evil.test/p.png) here") == (
        "<p>A phantom in air &amp; &lt;water&gt; here</p>\n"
    )


def test_markup_of_theirs_is_shown_as_typed() -> None:
    assert render("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"
    assert render("{{7*7}}") == "<p>{{7*7}}</p>\n"


def test_headings_stand_below_those_of_the_page_and_skip_no_level() -> None:
    text = "### a\n# b\n## c\n#### d\n###### e\n##### f\n# g"
    tags = [line[1:3] for line in render(text).splitlines()]
    assert tags == ["h3", "h3", "h4", "h5", "h6", "h6", "h3"]
    assert render("a\n===\n\nb\n---") == "<h3>a</h3>\n<h4>b</h4>\n"
    assert render("# a\n## b\n### c\n#### d\n##### e\n###### f").splitlines()[-1] == "<h6>f</h6>"


def test_a_text_too_long_for_markdown_is_shown_as_typed_and_whole() -> None:
    text = "**x** <script> " * LONGEST_MARKDOWN
    html = render(text)
    assert html.count("**x** &lt;script&gt;") == LONGEST_MARKDOWN
    assert wrong_with(html) == []


@pytest.mark.parametrize(
    "piece",
    ["[", "![[", "[](", "*a_ ", "**", "_a*", "`", "> ", "- ", "<", "<a@", "http://", "a@b.org ", "|", "&#1;", "\n"],
)
def test_a_text_made_to_be_slow_is_shown_all_the_same(piece: str) -> None:
    began = time.process_time()
    render((piece * LONGEST_MARKDOWN)[:LONGEST_MARKDOWN])
    assert time.process_time() - began < 6


def test_two_texts_read_at_once_are_not_mixed() -> None:
    texts = [f"https://{name}.example.org/{name} " * 20 for name in "abcdefgh"] * 5
    with ThreadPoolExecutor(8) as several:
        assert list(several.map(render, texts)) == [render(text) for text in texts]


def test_plain_is_one_line_without_marks() -> None:
    text = "# Title\nHello **bold** `code`\nand ![a picture](x) [link](https://a.example.org)\n\n- one\n- two\n"
    text += "\n```\nx < 1\n```"
    assert plain(text) == "Title Hello bold code and a picture link one two x < 1"


def test_plain_ends_after_a_whole_word() -> None:
    assert plain("alpha beta, gamma", longest=12) == "alpha beta…"
    assert plain("alpha beta", longest=10) == "alpha beta"
    assert plain("x" * 50, longest=10) == "x" * 10 + "…"
    assert plain("") == ""


@given(MARKS, st.integers(1, 40))
def test_plain_is_never_longer_than_asked(text: str, longest: int) -> None:
    assert len(plain(text, longest)) <= longest + 1
    assert "\n" not in plain(text, longest)


def test_words_are_those_that_a_reader_reads() -> None:
    assert words("") == 0
    assert words("# One\n\n**two** – three's `four` [five](https://a.example.org/not/these) ![six](x.png)") == 6
    assert words("one\ntwo\n\n- three\n- four\n\n|five|six|\n|-|-|\n|seven|eight|") == 8
    assert words("word " * LONGEST_MARKDOWN) == LONGEST_MARKDOWN
