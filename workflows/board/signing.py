"""How minutes are signed: services that ``settings.SIGNING_SERVICE`` names; the built-in one is signing in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from workflows.models import Adjustment

BUILT_IN = "workflows.board.signing.SignedIn"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be signed, and by whom: the digest stands for the fixed text."""

    title: str
    digest: str
    user: Any
    back: str
    """The full address of the page that takes over when the person comes back from the service."""


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody has signed: the name the service vouches for, and what it calls the signature."""

    name: str
    reference: str = ""
    means: str = Adjustment.Means.OUTSIDE


class SigningService:
    """One service. It is asked to begin, and then to finish with what the person comes back with."""

    label: str | Promise = ""

    def begin(self, request: Request) -> str:
        """The address the person is sent to, or nothing when no journey is needed."""
        return ""

    def finish(self, request: Request, answer: Mapping[str, str]) -> Proof:
        """The proof. Raises records.errors.NotAllowed, with the reason, when nothing was signed by this person."""
        raise NotImplementedError


class SignedIn(SigningService):
    """Signing is to press the button, signed in with one's own account; name, time and digest are kept."""

    label = _("signed in, in this system")

    def finish(self, request: Request, answer: Mapping[str, str]) -> Proof:
        return Proof(str(request.user), means=Adjustment.Means.OWN)


def service() -> SigningService:
    """The service of this installation."""
    return cast("SigningService", import_string(getattr(settings, "SIGNING_SERVICE", "") or BUILT_IN)())
