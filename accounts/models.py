"""People: who signs in. What they may do in a portfolio is a role, kept in portfolio.models.people."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class MailChoice(models.TextChoices):
    """How somebody gets what they are told."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day"


class UserManager(BaseUserManager["User"]):
    """Makes people. Addresses are stored in lower case: one person, one account."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password they can sign in only after following a link that sets one."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """The one who appoints the first administrators."""
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. They sign in with their e-mail address; there is no username."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=200)
    post = models.CharField(max_length=200, blank=True, help_text="For example, Principal Clinical Scientist")
    registration_number = models.CharField(
        max_length=40, blank=True, help_text="With the register, for example HCPC CS01234. Copied into each decision."
    )
    is_staff = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField(
        "active", default=True, help_text="Untick in place of deleting: they lose access at their next request."
    )
    mail_choice = models.CharField("mail", max_length=10, choices=MailChoice, default=MailChoice.AT_ONCE)
    one_off = models.BooleanField(
        "without an account",
        default=False,
        editable=False,
        help_text="They sign what they are asked through links to their address",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="merged",
        help_text="The account of the same person that goes on; what this one signed names it for ever",
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_address"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(is_active=False),
                name="an_account_that_was_merged_is_not_active",
            ),
            models.CheckConstraint(
                condition=models.Q(mail_choice__in=MailChoice.values), name="a_mail_choice_is_a_known_word"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})"

    @property
    def wants_digest(self) -> bool:
        """Whether what they are told is collected into one mail a day."""
        return self.mail_choice == MailChoice.DAILY

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


def display_name(user: User) -> str:
    """What allauth's pages and mails call a person."""
    return user.name
