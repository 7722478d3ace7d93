"""The row above the list of trainees."""

from django import forms


class FindTrainee(forms.Form):
    """By name, or part of one. Anything typed is a search: this form has no errors."""

    q = forms.CharField(label="Find a trainee", required=False, widget=forms.TextInput({"type": "search"}))
