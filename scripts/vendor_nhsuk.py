#!/usr/bin/env python3
"""Takes the NHS frontend and the Markdown toolbar from npm and writes them, patched, under static/vendor/.

Run it again only to take another version: change the version and its checksum below, run, look at the difference,
commit. The same version always gives the same bytes. It needs `npm` and nothing else.

What the patch does, and why: the NHS stylesheet asks for /assets/... and fetches a font from another host. Here every
address is relative, the remote font is gone (it is not ours to use, and no page may call another host), the system's
own fonts stand in its place, and source-map comments are stripped. Of the icons only those that the stylesheet names
are kept: no logo and no favicon of the NHS.
"""

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
EXAMPLES_FILE = ROOT / "tests" / "look" / "nhsuk_examples.json"

NHSUK = "nhsuk-frontend@10.6.1"
NHSUK_SHA512 = "PZorqQZjZx/A26yJoskCL9z0ib6AtkAyF0o4K/RHr8zRrJyXrUOCnMbjy0VNXsGO4tfTNMwqlkwATKs4a0xayw=="
TOOLBAR = "@github/markdown-toolbar-element@2.2.3"
TOOLBAR_SHA512 = "AlquKGee+IWiAMYVB0xyHFZRMnu4n3X4HTvJHu79GiVJ1ojTukCWyxMlF5NMsecoLcBKsuBhx3QPv2vkE/zQ0A=="

# system-ui is left out: on Debian it is DejaVu, which is much wider.
FONTS = "-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial,Liberation Sans,sans-serif"
# Upstream's own examples of what our form templates write; tests/look compares ours with these.
EXAMPLES = {
    "button": "default",
    "checkboxes": "with error message and hint",
    "date-input": "with error on month input",
    "error-summary": "with multiple errors",
    "file-upload": "with error message and hint",
    "input": "with error message and hint",
    "radios": "with hints on items",
    "select": "with error message and hint",
    "textarea": "with error message and hint",
}

MIT = """\
{package}, {version}
{patched}

MIT License

{copyright}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def fetch(package: str, sha512: str, into: Path) -> Path:
    """The package's folder, unpacked, after its checksum (npm's own "integrity") was found to be the expected one."""
    done = subprocess.run(
        ["npm", "pack", package, "--json", "--silent"], cwd=into, check=True, capture_output=True, text=True
    )
    tarball = into / json.loads(done.stdout)[0]["filename"].replace("@", "").replace("/", "-")
    found = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if found != sha512:
        raise SystemExit(f"{package}: the checksum is {found}, expected {sha512}")
    folder = into / tarball.stem
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def patch_css(css: str) -> str:
    """The stylesheet without a request to anywhere else."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = css.replace("font-family:Frutiger W01,arial,sans-serif", f"font-family:{FONTS}")
    css = css.replace("url(/assets/images/", "url(images/")
    return strip_source_map(css)


def strip_source_map(text: str) -> str:
    """Without the comment that names a source map, which is not vendored and would be a 404."""
    return re.sub(r"\s*(/\*|//)# sourceMappingURL=[^\n]*", "", text).rstrip() + "\n"


def write(path: Path, text: str) -> None:
    """The file, its folder made if need be, always with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def empty(folder: Path) -> None:
    """No file of an earlier version stays behind."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def vendor_nhsuk(package: Path) -> None:
    """Stylesheet, script, the icons that the stylesheet names, the licence, and the examples that our tests read."""
    dist, target = package / "dist" / "nhsuk", VENDOR / "nhsuk"
    empty(target)
    css = patch_css((dist / "nhsuk-frontend.min.css").read_text(encoding="utf-8"))
    if "http" in css or "Frutiger" in css:
        raise SystemExit("The stylesheet still names another host or the Frutiger font: mend patch_css.")
    write(target / "nhsuk-frontend.css", css)
    write(target / "nhsuk-frontend.js", strip_source_map((dist / "nhsuk-frontend.min.js").read_text(encoding="utf-8")))
    for icon in sorted(set(re.findall(r"url\(images/([\w-]+\.svg)\)", css))):
        write(target / "images" / icon, (dist / "assets" / "images" / icon).read_text(encoding="utf-8"))
    licence(target, NHSUK, "Patched by scripts/vendor_nhsuk.py.", "Copyright (c) 2019 NHS.UK")
    examples = {component: example(dist, component, name) for component, name in EXAMPLES.items()}
    write(EXAMPLES_FILE, json.dumps(examples, indent=1, ensure_ascii=False) + "\n")


def example(dist: Path, component: str, name: str) -> dict[str, object]:
    """The first of a component's examples with that name: what goes in, and the HTML that comes out."""
    listed = json.loads((dist / "components" / component / "fixtures.json").read_text(encoding="utf-8"))["fixtures"]
    found = next((one for one in listed if one["name"] == name), None)
    if found is None:
        raise SystemExit(f"{component} has no example named {name!r}: {sorted({one['name'] for one in listed})}")
    return {"name": name, "options": found["options"], "html": found["html"]}


def vendor_toolbar(package: Path) -> None:
    """One module, as published."""
    target = VENDOR / "markdown-toolbar-element"
    empty(target)
    script = strip_source_map((package / "dist" / "index.js").read_text(encoding="utf-8"))
    write(target / "markdown-toolbar-element.js", script)
    licence(target, TOOLBAR, "As published.", "Copyright (c) 2017-2018 GitHub, Inc.")


def licence(target: Path, package: str, patched: str, copyright_line: str) -> None:
    """The licence beside the code, with its version: the NHS package comes without one."""
    name, version = package.rsplit("@", 1)
    text = MIT.format(package=name, version=version, patched=patched, copyright=copyright_line)
    write(target / "LICENCE.txt", text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        vendor_nhsuk(fetch(NHSUK, NHSUK_SHA512, Path(scratch)))
        vendor_toolbar(fetch(TOOLBAR, TOOLBAR_SHA512, Path(scratch)))
