"""What people with bad intentions write into a box: about two hundred ways to be more than text."""

from tests.portfolio.test_prose import HOSTILE

OUT_OF_AN_ATTRIBUTE = [
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "' autofocus onfocus=alert(1) x='",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "`><img src=x onerror=alert(1)>",
    '" style="background:url(//evil.test/x)" x="',
    '"/><base href="//evil.test/">',
    '"><iframe src="javascript:alert(1)">',
    '"><a href="javascript:alert(1)">x</a>',
    "&quot;><script>alert(1)</script>",
    "&#34; onclick=&#34;alert(1)",
    '\\" onclick=\\"alert(1)',
    "x onclick=alert(1) y",
    "/ onmouseover=alert(1) /",
    "\x0conload=alert(1) ",
]
OUT_OF_AN_ELEMENT = [
    f"</{tag}><script>alert(1)</script>"
    for tag in ("title", "textarea", "option", "select", "style", "script", "noscript", "template", "h1", "svg")
]
OUT_OF_A_SCRIPT = [
    "</script><script>alert(1)</script>",
    "';alert(1)//",
    '";alert(1)//',
    "`;alert(1)//",
    "${alert(1)}",
    "\\';alert(1)//",
    "<!--<script>alert(1)</script>-->",
    "\u2028alert(1)\u2029",
    '{"x": "</script><script>alert(1)</script>"}',
    "]]><script>alert(1)</script>",
    "*/alert(1)/*",
    "%0aalert(1)",
]
FORMATS = [
    "{{7*7}}",
    "{% load static %}{% now 'Y' %}",
    "{% include 'base.html' %}",
    "{# x #}{{ settings.SECRET_KEY }}",
    "{{ request.user.password }}",
    "{{ ''.__class__.__mro__ }}",
    "%s %d %(name)s %n",
    "{0.__class__} {self} {}",
    "${7*7} #{7*7} <%= 7*7 %> @(7*7)",
    "{{constructor.constructor('alert(1)')()}}",
    "[[7*7]] *{7*7} ~{x}",
    "$name ${HOME} `id` $(id)",
]
BEYOND_US = [
    "![x](//evil.test/a.png)",
    "<img src=//evil.test/b.png>",
    "<link rel=stylesheet href=//evil.test/c.css>",
    "<link rel=prefetch href=//evil.test/d>",
    "<style>@import '//evil.test/e.css'</style>",
    "<style>*{background:url(//evil.test/f)}</style>",
    "<meta http-equiv=refresh content='0;//evil.test/g'>",
    "<form action=//evil.test/h><input autofocus></form>",
    "<video poster=//evil.test/i src=//evil.test/j>",
    "<object data=//evil.test/k>",
    "<audio src=//evil.test/l autoplay>",
    "<input type=image src=//evil.test/m>",
    "<svg><use href=//evil.test/n#x></use><image href=//evil.test/o></svg>",
    "<body background=//evil.test/p>",
    "<a ping=//evil.test/q href=//evil.test/r>x</a>",
    "<img srcset='//evil.test/s 1x'>",
]
NAMED = [
    *("<a name=forms id=cookie>", "<form id=test><input name=action>", "<img name=getElementById>"),
    "<p id=maincontent>",
]
ODD = [
    "<img src=x onerror\u00a0=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg\tonload\n=\talert(1)>",
    "<iframe/onload=alert(1)//",
    "<<script>alert(1)//<</script>",
    "<script\n>alert(1)</script\n>",
    "<ſcript>alert(1)</ſcript>",
    "ʺ onclick=alert(1) ʺ",
    "﹤script﹥alert(1)﹤/script﹥",
    "\u202ertl\u202c \u200bzero",
    "A" * 180,
    "𝕏" * 60,
    "a\u0300" * 60,
]
FROM_PROSE = [one.replace("\x00", "").replace("\x01", "") for one in HOSTILE]
GROUPS = (OUT_OF_AN_ATTRIBUTE, OUT_OF_AN_ELEMENT, OUT_OF_A_SCRIPT, FORMATS, BEYOND_US, NAMED, ODD, FROM_PROSE)
PAYLOADS = list(dict.fromkeys(one for group in GROUPS for one in group))


def packed(longest: int) -> list[str]:
    """All of them in as few texts of at most so many characters, each on one line. What is longer is cut."""
    texts = [""]
    for payload in PAYLOADS:
        line = " ".join(payload.split())[:longest]
        if len(texts[-1]) + 1 + len(line) > longest:
            texts.append("")
        texts[-1] = f"{texts[-1]} {line}".strip()
    return texts
