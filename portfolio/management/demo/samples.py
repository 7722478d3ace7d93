"""Small real files of each kind, made here: no binary is kept in the repository for the demonstration."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def pdf(text: str) -> bytes:
    """A page with one line on it."""
    line = text.replace("\\", "").replace("(", "").replace(")", "")
    stream = f"BT /F1 18 Tf 60 760 Td ({line}) Tj ET".encode("latin-1", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    whole, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return whole + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(whole),
    )


def png(text: str) -> bytes:
    """A drawing of five boxes in a row."""
    picture = Image.new("RGB", (640, 200), "white")
    draw = ImageDraw.Draw(picture)
    for number in range(5):
        left = 20 + number * 124
        draw.rectangle((left, 70, left + 100, 130), outline="#005eb8", width=3)
    draw.text((20, 20), text, fill="#212b32")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def docx(text: str) -> bytes:
    """A document of one paragraph."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", CONTENT_TYPES)
        package.writestr("_rels/.rels", RELATIONS)
        package.writestr("word/document.xml", body)
    return out.getvalue()


def csv(text: str) -> bytes:
    """Twelve rows of two columns under a heading."""
    rows = "".join(f"{number},{(number * 7) % 11}\r\n" for number in range(1, 13))
    return f"{text},count\r\n{rows}".encode()


KINDS = {"pdf": pdf, "png": png, "docx": docx, "csv": csv}


def upload(name: str, kind: str) -> SimpleUploadedFile:
    """A file of that kind whose content is about its name."""
    return SimpleUploadedFile(name, KINDS[kind](name.rsplit(".", 1)[0].replace("-", " ")))
