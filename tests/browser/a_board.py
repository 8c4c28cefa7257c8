"""A small board with a called meeting in the product's own database: run in the product's environment."""

import json
import os
import sys

PASSWORD = "samsyn-demo"
PEOPLE = {
    "olga": ("Olga Kansli", "officer"),
    "bo": ("Bo Ek", "member"),
    "cy": ("Cy Alm", "member"),
    "mia": ("Mia Lind", "member"),
    "jon": ("Jon Berg", "member"),
    "gun": ("Gun Holm", "member"),
}
SEATS = [
    ("Eksjö kommun", "municipality", "bo", "ordinary", "chair"),
    ("Region Jönköpings län", "region", "cy", "ordinary", "vice_chair"),
    ("Försäkringskassan", "insurance", "mia", "ordinary", ""),
    ("Arbetsförmedlingen", "employment", "jon", "ordinary", ""),
    ("Arbetsförmedlingen", "employment", "gun", "deputy", ""),
]
ITEMS = [
    ("Verksamhetsplan 2027", "decision", "att fastställa förslaget till verksamhetsplan"),
    ("Information från kansliet", "information", ""),
]


def address(name: str, at: str) -> str:
    """The login of one of them."""
    return f"{name}@{at}.example"


def make(at: str) -> dict[str, str]:
    """The board, its people (signing in at ``at``) and the meeting; tells the meeting's key."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model
    from django.utils import timezone
    from wagtail.models import Collection

    from records.roles import roles
    from workflows.models import AgendaItem, Board, Meeting, Member, Seat

    collection = Collection.objects.get(depth=1).add_child(name=f"Samordningsförbundet {at}")
    roles.create(collection, f"Samordningsförbundet {at}")
    people = {}
    for name, (called, role) in PEOPLE.items():
        first, last = called.split()
        user = get_user_model().objects.create_user(address(name, at), PASSWORD, first_name=first, last_name=last)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        roles.assign(user, collection, role)
        people[name] = user
    board = Board.objects.create(collection=collection)
    for member, party, name, kind, office in SEATS:
        Seat.objects.create(
            member=Member.objects.get_or_create(board=board, name=member, defaults={"party": party})[0],
            user=people[name],
            name=PEOPLE[name][0],
            kind=kind,
            office=office,
            starts_on=timezone.localdate().replace(month=1, day=1),
        )
    now = timezone.now()
    meeting = Meeting.objects.create(
        board=board, title="Styrelsemöte", starts_at=now, state="called", called_at=now, place="Stadshuset, Eksjö"
    )
    for position, (title, sort, proposal) in enumerate(ITEMS, start=1):
        AgendaItem.objects.create(meeting=meeting, position=position, title=title, sort=sort, proposal=proposal)
    return {"key": str(meeting.key)}


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(make(sys.argv[1])))
