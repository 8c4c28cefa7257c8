"""Addresses for signing in: only those of django-allauth's pages that are needed, in Swedish."""

from allauth.account import views
from django.urls import path, re_path
from django.views.generic import RedirectView

code = RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)

urlpatterns = [
    path("logga-in/", views.login, name="account_login"),
    path("logga-ut/", views.logout, name="account_logout"),
    path("avstangt/", views.account_inactive, name="account_inactive"),
    path("kod/", views.request_login_code, name="account_request_login_code"),
    path("kod/skriv/", views.confirm_login_code, name="account_confirm_login_code"),
    path("losenord/byt/", views.password_change, name="account_change_password"),
    path("losenord/valj/", views.password_set, name="account_set_password"),
    path("losenord/glomt/", views.password_reset, name="account_reset_password"),
    path("losenord/glomt/skickat/", views.password_reset_done, name="account_reset_password_done"),
    path("losenord/nytt/klart/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^losenord/nytt/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # Names that django-allauth looks up. Nobody signs up, changes or confirms an address: all lead to the code.
    path("ny/", code, name="account_signup"),
    path("adress/", code, name="account_email"),
    path("bekrafta/", code, name="account_email_verification_sent"),
]
