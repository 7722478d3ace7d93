"""Which item an activity is in, and how an event names it."""

from portfolio.models import Activity, Item
from portfolio.states import ItemState


def undecided(activity: Activity) -> Item:
    """The one item in which this activity is in review."""
    return Item.objects.select_related("submission__portfolio__curriculum", "activity__module").get(
        activity=activity, state=ItemState.UNDECIDED
    )


def place(activity: Activity) -> dict[str, object]:
    """How an event names an activity."""
    return {"module": activity.module.code, "number": activity.number}
