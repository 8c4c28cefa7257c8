"""Sessions in the database, each read and written by one statement: Django's own, without what they ask beside it."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string

from records.prepared import Prepared, PreparedInsert, PreparedUpdate

_by_key = Prepared(lambda key: Session.objects.filter(session_key=key), "a key")
_begun = PreparedInsert(Session, known="session_key")
_changed = PreparedUpdate(Session, ["session_data", "expire_date"], ["session_key"])


class SessionStore(db.SessionStore):
    """A session; what a view has saved in its own transaction is not written once more when it answers."""

    _written: tuple[str | None, bytes] | None = None

    def _get_session_from_db(self) -> Session | None:
        found: Session | None = _by_key.first(self.session_key)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)  # whether it is taken is told by the INSERT

    def save(self, must_create: bool = False) -> None:
        """Store it. Raises CreateError when the key is taken, UpdateError when the session was ended elsewhere."""
        if self.session_key is None:
            self.create()
            return
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        written = (self.session_key, self.serializer().dumps(data))
        if written == self._written and not must_create:
            return
        row = self.create_model_instance(data)
        if must_create:
            if not _begun.one(row):
                raise CreateError
        elif not _changed.rows(row.session_data, row.expire_date, row.session_key):
            raise UpdateError
        self._written = written
