"""allauth's own forms with our words: a label, no placeholder, and a message of its own for each empty field."""

from typing import Any

from allauth.account import forms
from django.conf import settings
from django.forms import ModelForm, RadioSelect
from django.http import HttpRequest

from accounts.letters import tell
from accounts.models import User
from outbox.writing import Outsider

WORDS = {
    "login": ("E-mail address", "Enter your e-mail address"),
    "email": ("E-mail address", "Enter your e-mail address"),
    "password": ("Password", "Enter your password"),
    "oldpassword": ("Current password", "Enter your current password"),
    "password1": ("New password", "Enter a new password"),
    "password2": ("New password again", "Enter the new password again"),
}
HINTS = {
    "password1": "At least 12 characters. Not your name or address, and not a password that many people use.",
}


class OurWords:
    """Before a form of allauth's: our words on its fields."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WORDS.keys() & self.fields.keys():
            field = self.fields[name]
            field.label, field.error_messages["required"] = WORDS[name]
            field.widget.attrs.pop("placeholder", None)
            field.help_text = HINTS.get(name, "")  # the way to a new password stands beside the button


class SignIn(OurWords, forms.LoginForm):
    pass


class Reauthenticate(OurWords, forms.ReauthenticateForm):
    pass


class AskForPassword(OurWords, forms.ResetPasswordForm):
    """One question and one row, whoever asks: how long the answer takes does not say whether an address is anybody's.

    Somebody who signs by links has no account, so no password to set: to them this is an unknown address.
    """

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.users = list(User.objects.filter(email__iexact=email, is_active=True, one_off=False))
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """The link is made when the mail leaves, and not here as allauth would."""
        email: str = self.cleaned_data["email"]
        for user in self.users:
            tell("account/email/password_reset_key", user, {})
        if not self.users:
            tell("account/email/unknown_account", Outsider(email), {})
        return email


class SetPasswordByLink(OurWords, forms.ResetPasswordKeyForm):
    pass


class ChangePassword(OurWords, forms.ChangePasswordForm):
    pass


class SetPassword(OurWords, forms.SetPasswordForm):
    pass


class MailForm(ModelForm):
    """How somebody gets what they are told."""

    class Meta:
        model = User
        fields = ("mail_choice",)
        labels = {"mail_choice": "When do you want mail?"}
        widgets = {"mail_choice": RadioSelect}
        error_messages = {
            "mail_choice": {
                "required": "Choose when you want mail.",
                "invalid_choice": "Choose one of the two.",
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mail_choice"].help_text = (
            f"Once a day is one mail with all that you were told, after {settings.DIGEST_HOUR}:00. "
            "On a day with nothing there is none. Mail about your password comes at once."
        )
