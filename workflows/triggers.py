"""What the database itself refuses: versions, papers, confirmed decisions and registry numbers never change."""

from records.triggers import append_only, frozen, guarded, kept
from workflows.models import (
    Adjustment,
    AgendaItem,
    AgendaPaper,
    Attendance,
    Ballot,
    CompletionRequest,
    Decision,
    DelegatedDecision,
    Disqualification,
    Letter,
    Matter,
    MatterFile,
    Meeting,
    Minutes,
    Motion,
    Note,
    Notice,
    ParagraphCounter,
    Posting,
    Reservation,
    Seat,
    Service,
    Statement,
    Vote,
    WorkflowVersion,
)

append_only(WorkflowVersion)
# Not wholly append-only: the author's account may go, the paper stays.
frozen(Statement, ["matter_id", "step", "visit", "outcome", "text", "created_at"])
kept(Statement)
frozen(Letter, ["matter_id", "step", "subject", "body", "created_at", "held_for_id", "source"])
frozen(Letter, ["recipients", "sent_at"], when="held_for_id IS NULL OR sent_at IS NOT NULL", name="sent")
kept(Letter)
frozen(
    Decision,
    ["matter_id", "visit", "number", "meeting_date", "paragraph", "outcome", "amount", "conditions", "created_at"],
)
frozen(Decision, ["confirmed_at", "confirmed_name", "confirmed_as"], when="confirmed_at IS NOT NULL", name="confirmed")
kept(Decision)
frozen(Note, ["matter_id", "audience", "text", "sender", "created_at"])
kept(Note)
frozen(MatterFile, ["key", "note_id", "name", "size", "sha256", "file"])
kept(MatterFile)
frozen(CompletionRequest, ["matter_id", "visit", "fields", "message", "due", "created_at"])
kept(CompletionRequest)
frozen(
    Matter,
    ["key", "collection_id", "series_id", "registry_year", "registry_serial", "registry_number", "submission_id"],
)
kept(Matter)

# --- before the meeting: it is cancelled, never removed; a seat keeps whose it is ---------------------------
frozen(Meeting, ["key", "board_id"])
frozen(Meeting, ["opened_at", "closed_at"], when="closed_at IS NOT NULL", name="held")
kept(Meeting)
frozen(AgendaItem, ["key", "meeting_id", "matter_id"])
frozen(AgendaPaper, ["key", "item_id", "name", "size", "content_type", "sha256", "file"])
frozen(Seat, ["key"])

# --- at the meeting: what has been said, voted and decided stays --------------------------------------------
PARAGRAPH = ["meeting_id", "sort", "title", "matter_id", "proposal", "state", "paragraph", "paragraph_year"]
DECIDED = ["opened_at", "closed_at", "outcome", "method", "amount", "conditions", "decided", "decision_id"]
frozen(AgendaItem, [*PARAGRAPH, *DECIDED], when="state = 'done'", name="closed")
kept(AgendaItem, when="state = 'done'")
guarded(
    ParagraphCounter,
    'NEW."last" < OLD."last" OR NEW."year" <> OLD."year" OR NEW."board_id" <> OLD."board_id"',
    name="forward",
    sentence="A paragraph's number is given once",
)
kept(ParagraphCounter)
append_only(Service)
append_only(Vote)
frozen(Ballot, ["item_id", "number", "sort", "yes_id", "no_id", "opened_at"])
frozen(Ballot, ["closed_at"], when="closed_at IS NOT NULL", name="closed")
frozen(Ballot, ["winner_id", "tally", "settled_by"], when="winner_id IS NOT NULL", name="settled")
kept(Ballot)
frozen(Motion, ["item_id", "seat_id", "sort", "outcome", "amount", "text", "made_at"])
frozen(Motion, ["withdrawn_at"], when="withdrawn_at IS NOT NULL", name="withdrawn")
kept(Motion)
frozen(Reservation, ["item_id", "seat_id", "made_at"])
kept(Reservation)
frozen(Disqualification, ["item_id", "seat_id", "created_at"])
kept(Disqualification)
frozen(Attendance, ["meeting_id", "seat_id", "name", "arrived_at"])
frozen(Attendance, ["left_at"], when="left_at IS NOT NULL", name="left")

# --- after the meeting: what has been signed, posted and decided by delegation stays -------------------------
frozen(
    Minutes,
    ["content", "digest", "state", "is_immediate", "number", "meeting_id", "adjusted_at", "signed_sha256"],
    when="state = 'adjusted'",
    name="adjusted",
)
frozen(Minutes, ["content", "digest"], when="state = 'ready'", unless="state = 'draft'", name="ready")
frozen(Minutes, ["file", "sha256"], when="sha256 <> ''", name="kept")
kept(Minutes)
# The signer's account may go, the signature stays.
frozen(Adjustment, ["minutes_id", "seat_id", "name", "role", "means", "digest", "reference", "signed_at"])
kept(Adjustment)
frozen(Notice, ["minutes_id", "due"])
frozen(Notice, ["posted_on"], when="posted_on IS NOT NULL", name="posted")
kept(Notice)
frozen(Posting, ["notice_id", "member_id", "key"])
frozen(Posting, ["posted_on", "proof", "confirmed_by"], when="posted_on IS NOT NULL", name="posted")
kept(Posting)
frozen(
    DelegatedDecision,
    [
        "delegation_id",
        "matter_id",
        "year",
        "number",
        "decided_at",
        "decided_name",
        "outcome",
        "amount",
        "text",
        "reasons",
    ],
)
frozen(DelegatedDecision, ["reported_in_id"], when="reported_in_id IS NOT NULL", name="reported")
kept(DelegatedDecision)
