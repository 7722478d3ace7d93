"""Whether the store holds every file, with the bytes that came in."""

from collections.abc import Iterable, Iterator

from audit.checks import Finding
from portfolio import files
from portfolio.models import Attachment, StoredFile


def stored_files() -> Iterator[Finding]:
    """Each file that is missing, changed or unknown, and in whose pages it is."""
    known: Iterable[tuple[str, int]] = StoredFile.objects.order_by("pk").values_list("sha256", "size").iterator()
    for found in files.fsck(known):
        places = Attachment.objects.filter(file__sha256=found.subject).order_by("pk")
        named = ", ".join(
            f"portfolio {ref}, page {eid}, file {fid}"
            for ref, eid, fid in places.values_list("evidence__portfolio__ref", "evidence__eid", "fid")
        )
        yield Finding(f"{found.subject} ({named})" if named else found.subject, found.what)
