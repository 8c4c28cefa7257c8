"""What signing in does differently here than in plain django-allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from people import limits

WORTH_SAYING = ("account/messages/password_changed.txt", "account/messages/password_set.txt")


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by password or mailed code; nobody signs up, an address that asks for a code becomes known."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses before the password is looked at; allauth's own limits lie in a cache that each process has alone."""
        if not limits.may_try_password(request, credentials.get("email") or ""):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.address(request) or super().get_client_ip(request)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Says only what the next page does not show by itself."""
        if message or message_template in WORTH_SAYING:
            super().add_message(request, level, message_template, message_context, extra_tags, message)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, context, email or user.email)
