"""What the database itself refuses: versions, papers, confirmed decisions and registry numbers never change."""

from records.triggers import append_only, frozen, kept
from workflows.models import CompletionRequest, Decision, Letter, Matter, Statement, WorkflowVersion

append_only(WorkflowVersion)
# Not wholly append-only: the author's account may go, the paper stays.
frozen(Statement, ["matter_id", "step", "visit", "outcome", "text", "created_at"])
kept(Statement)
frozen(Letter, ["matter_id", "step", "subject", "body", "recipients", "created_at"])
kept(Letter)
frozen(
    Decision,
    ["matter_id", "visit", "number", "meeting_date", "paragraph", "outcome", "amount", "conditions", "created_at"],
)
frozen(Decision, ["confirmed_at", "confirmed_name", "confirmed_as"], when="confirmed_at IS NOT NULL", name="confirmed")
kept(Decision)
frozen(CompletionRequest, ["matter_id", "visit", "fields", "message", "due", "created_at"])
kept(CompletionRequest)
frozen(
    Matter,
    ["key", "collection_id", "series_id", "registry_year", "registry_serial", "registry_number", "submission_id"],
)
kept(Matter)
