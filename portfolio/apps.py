from django.apps import AppConfig
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator


class PortfolioConfig(AppConfig):
    name = "portfolio"
    verbose_name = "Portfolios"

    def ready(self) -> None:
        """Answers what the floors below ask (models can be imported only from here on)."""
        from curriculum import use
        from curriculum.models import Curriculum
        from portfolio import access, ledger, proof

        use.asks(
            in_use=ledger.in_use,
            signed=ledger.signed,
            visible=lambda user: access.visible(user, Curriculum),
            administered=access.administered_programmes,
        )
        proof.watch()
        # What Django says of any box whose form says nothing better: in plain words.
        MaxLengthValidator.message = "Enter %(limit_value)d characters or fewer. This has %(show_value)d."
        ProhibitNullCharactersValidator.message = "Take out the characters that cannot be shown."
