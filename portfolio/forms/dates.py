"""A date as three boxes: day, month and year, as the NHS design system asks."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

PARTS = ("a day", "a month", "a year")


class DateBoxes(forms.MultiWidget):
    """Three boxes: ids and names end in _0 (day), _1 (month) and _2 (year)."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes = [forms.TextInput({"inputmode": "numeric"}) for _part in PARTS]
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class DateBoxField(forms.MultiValueField):
    """A date typed as "3", "03" or " 3 ". Its errors say which part is missing or wrong.

    `what` begins each message: DateBoxField(what="The date you did it") says "The date you did it must include a
    month". The message for an empty date is `error_messages["required"]`, as with any field. An error's `boxes` are
    the parts that are wrong, counted from 0.
    """

    widget = DateBoxes

    def __init__(self, *, what: str = "The date", **kwargs: Any) -> None:
        self.what = what
        super().__init__([forms.CharField(required=False) for _part in PARTS], require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> date | None:
        """The date, or None when nothing was typed and nothing is required."""
        if self.disabled and not isinstance(value, list):
            return value
        typed = [(part or "").strip() for part in value or ["", "", ""]]
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        found = self._date(typed)
        self.validate(found)
        self.run_validators(found)
        return found

    def _date(self, typed: list[str]) -> date:
        """The date of three filled boxes."""
        missing = [at for at, part in enumerate(typed) if not part]
        if missing:
            named = " and ".join(PARTS[at] for at in missing)
            raise ValidationError(f"{self.what} must include {named}", code="missing", params={"boxes": missing})
        wrong = [at for at, part in enumerate(typed) if not (part.isascii() and part.isdecimal() and len(part) <= 4)]
        if wrong:
            raise self._not_real(wrong)
        day, month, year = (int(part) for part in typed)
        if len(typed[2]) != 4:
            raise ValidationError(f"{self.what} must have a year of 4 numbers", code="year", params={"boxes": [2]})
        if not 1 <= month <= 12:
            raise self._not_real([1])
        try:
            return date(year, month, day)
        except ValueError as error:
            raise self._not_real([0]) from error

    def _not_real(self, boxes: list[int]) -> ValidationError:
        return ValidationError(f"{self.what} must be a real date", code="invalid", params={"boxes": boxes})

    def compress(self, data_list: list[Any]) -> date | None:
        """Never called: clean() is ours."""
        raise NotImplementedError
