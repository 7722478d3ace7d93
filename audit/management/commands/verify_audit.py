"""manage.py verify_audit: is what was written still what stands?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checks
from audit.chain import verify
from audit.models import Chain


class Command(BaseCommand):
    """Names the first broken link of each chain. The exit status is 1 when anything is broken."""

    help = "Verify every audit chain, and what else was registered to be checked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chain", metavar="NAME", help="only this chain, and no other checks")

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["chain"]
        chains = Chain.objects.order_by("name")
        if only and not (chains := chains.filter(name=only)).exists():
            raise CommandError(f"There is no chain named {only!r}.", returncode=2)
        broken = sum(self._tell_of_chain(chain) for chain in chains.iterator())
        if not only:
            broken += sum(self._tell_of_check(name, check) for name, check in checks.registered().items())
        if broken:
            raise CommandError(f"Not whole: {broken}.", returncode=1)

    def _tell_of_chain(self, chain: Chain) -> int:
        if broken := verify(chain.name):
            self.stdout.write(f"BROKEN {broken}")
            return 1
        self.stdout.write(f"{chain.name}: whole, {chain.head_seq} events")
        return 0

    def _tell_of_check(self, name: str, check: checks.Check) -> int:
        """A check asks many times, and people work meanwhile: what is wrong is what is found again at a second look."""
        found = list(check())
        if found:
            again = set(check())
            found = [finding for finding in found if finding in again]
        for finding in found:
            self.stdout.write(f"BROKEN {name}: {finding}")
        if not found:
            self.stdout.write(f"{name}: whole")
        return len(found)
