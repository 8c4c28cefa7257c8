"""A bare Django view, for comparison: ``gunicorn tests.bench.bare:application``."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="only-for-benches", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[])


def hello(_request: HttpRequest) -> HttpResponse:
    """As little as Django can do."""
    return HttpResponse("hello")


urlpatterns = [path("", hello)]
application = get_wsgi_application()
