"""Messages to the sides of a suggestion: drafted from what each side may know, to be edited and sent by staff.

A message goes to an organization, never to a learner or about one, and to a person only by a name that this person
agreed to. To the second side there is none before the first is interested. Matchmaker sends nothing by itself.
"""

from dataclasses import dataclass, replace

from matchmaker.errors import Conflict, Finding, InvalidInput, NotFound
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import OperationsStore
from matchmaker.model.canonical import Scalar, ValueRefused, canonical_text
from matchmaker.model.decision import OVER, Life, other_side
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import Suggestion
from matchmaker.model.vocabulary import Audience, Side, SuggestionState
from matchmaker.services.asking import (
    check_contact,
    find_bodies,
    find_invitation,
    find_recipients,
    is_to_be_invited,
)
from matchmaker.services.contacting import stop_token
from matchmaker.services.disclosure import disclose_node
from matchmaker.services.draft_facts import Addressee, find_addressees, readable_sentences, stated_conditions
from matchmaker.services.draft_store import COLLECTION, draft_key
from matchmaker.services.draft_words import (
    Conditions,
    DraftParts,
    DraftPurpose,
    find_warnings,
    write_body,
    write_footer,
    write_subject,
)
from matchmaker.services.job_records import Runner
from matchmaker.services.stored_suggestions import Hub, StoredSuggestion, find_stored
from matchmaker.services.suggestion_views import explain_stored

LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 200
LOCAL_URL = "http://127.0.0.1:8765"
"""Where stop links lead while no public address is set: to this machine only."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to one side.

    Attributes
    ----------
    addressees
        Whom it goes to: one for each organization behind the side.
    subject, body
        The words, as drafted or as staff have changed them.
    footer, stop_urls
        What stands below every message: a stop link for each organization that it goes to.
    edited_by, edited_at, version
        Who changed the words and when (seconds since 1970); version 0 where nobody did.
    warnings
        What to look at before sending.
    public_url
        Where people outside reach this product; empty where that isn't set.
    """

    suggestion: str
    side: Side
    purpose: DraftPurpose
    addressees: tuple[Addressee, ...]
    subject: str
    body: str
    footer: str
    stop_urls: tuple[str, ...]
    conditions: tuple[Conditions, ...] = ()
    edited_by: str = ""
    edited_at: int = 0
    version: int = 0
    warnings: tuple[str, ...] = ()
    public_url: str = ""

    @property
    def sendable(self) -> bool:
        """Whether its stop links lead somewhere for its readers."""
        return bool(self.public_url)

    @property
    def text(self) -> str:
        """The whole message as text."""
        return f"{self.body.rstrip()}\n\n{self.footer}"


def get_draft(hub: Hub, id: str, side: Side, public_url: str = "") -> Draft:
    """Return the message to one side of a stored suggestion: as staff have changed it, else as it is drafted.

    Parameters
    ----------
    public_url
        Where people outside reach this product, for the stop link.

    Raises
    ------
    NotFound
        No such suggestion is stored.
    InvalidInput
        There is no message to this side now, with the reason.
    """
    stored = find_stored(hub.store, hub.ecosystem, id)
    if stored is None:
        raise NotFound("stored suggestion", id)
    whole = _check(hub, stored, side)
    snapshot = hub.snapshot()
    parts = _parts(snapshot, stored, side, whole)
    stops = _stop_urls(hub.store.operations(), snapshot, stored.ends[side], public_url)
    draft = Draft(
        id,
        side,
        parts.purpose,
        find_addressees(snapshot, stored.ends[side]),
        write_subject(parts),
        write_body(parts),
        write_footer(parts.ecosystem, stops),
        tuple(url for _, url in stops),
        parts.conditions,
        public_url=public_url,
    )
    return _with_warnings(_with_edits(hub.store.operations(), draft))


def put_draft(hub: Hub, draft: Draft, words: tuple[str, str], runner: Runner) -> Draft:
    """Store the words of a message as staff have changed them, with who and when; return the message.

    Parameters
    ----------
    draft
        As it was read: where somebody else changed the words since, nothing is stored.
    words
        Subject and body; where both are empty, the message is as drafted again.

    Raises
    ------
    InvalidInput
        The words can't be stored.
    Conflict
        Somebody changed them meanwhile.
    """
    subject, body = _checked_words(*words)
    operations, key = hub.store.operations(), draft_key(draft.suggestion, draft.side, draft.purpose)
    if not (subject or body):
        operations.remove(COLLECTION, key)
        return get_draft(hub, draft.suggestion, draft.side, draft.public_url)
    at = runner.clock()
    fields: dict[str, Scalar] = {"subject": subject, "body": body, "who": runner.who, "at": at}
    done = (
        operations.put_new(COLLECTION, key, fields)
        if not draft.version
        else operations.compare_and_set(COLLECTION, key, draft.version, fields)
    )
    if not done:
        found = operations.find(COLLECTION, key)
        raise Conflict(f"the message to the {draft.side.value}", draft.version, found.version if found else 0)
    return get_draft(hub, draft.suggestion, draft.side, draft.public_url)


def _check(hub: Hub, stored: StoredSuggestion, side: Side) -> Suggestion:
    """Return what speaks for a suggestion, or raise `InvalidInput` where there is no message to a side now."""
    findings = _check_order(stored.life, side) or check_contact(hub, stored.ends[side], stored.node.id)
    snapshot = hub.snapshot()
    if not findings and not find_bodies(snapshot, stored.ends[side]):
        valid = f"side {other_side(side).value}"
        findings = [Finding("this side is the hub's own: there is nobody to write to", "side", side.value, valid)]
    whole = None if findings else explain_stored(snapshot, stored)
    if whole is None and not findings:
        findings = [Finding("the two don't fit this kind of link any more", where="suggestion", value=stored.node.id)]
    if whole is not None and not _may_name(snapshot, whole.target if side is Side.SOURCE else whole.source):
        findings = [Finding("the other side may not be named to this one", where="suggestion", value=stored.node.id)]
    if findings or whole is None:
        raise InvalidInput(findings)
    return whole


def _check_order(life: Life, side: Side) -> list[Finding]:
    """Return why there is no message to a side at this point of a suggestion's life; nothing where there is one."""
    if life.may_be_written_to(side):
        return []
    if life.state in OVER:
        return [Finding("its round is over", where="side", value=life.state.value, valid="a suggestion under way")]
    if life.first is None:
        said, valid = (
            "it isn't chosen yet which side is asked first",
            f"decide shortlisted --side {side.value}, then draft",
        )
    else:
        said = "there is no message to the second side before the first has said that it is interested"
        valid = f"side {life.first.value}"
    return [Finding(said, where="side", value=side.value, valid=valid)]


def _may_name(snapshot: Snapshot, end: NodeId) -> bool:
    node, records = snapshot.get_node(end), snapshot.records(end)
    return disclose_node(node, Audience.PARTNER, records=records) is not None


def _parts(snapshot: Snapshot, stored: StoredSuggestion, side: Side, whole: Suggestion) -> DraftParts:
    names = {Side.SOURCE: whole.source_name, Side.TARGET: whole.target_name}
    return DraftParts(
        _purpose(snapshot, stored, side),
        names[side],
        names[other_side(side)],
        snapshot.get_node(snapshot.scope.ecosystem or "").name,
        readable_sentences(snapshot, whole.reasons.get(side, ()), stored, side),
        stated_conditions(snapshot, stored, side),
    )


def _stop_urls(
    operations: OperationsStore, snapshot: Snapshot, end: NodeId, public_url: str
) -> tuple[tuple[str, str], ...]:
    """Return each organization behind an end with its stop link."""
    base = (public_url or LOCAL_URL).rstrip("/")
    recipients = find_recipients(snapshot, end)
    return tuple((one.name, f"{base}/v1/stop/{stop_token(operations, one.id)}") for one in recipients)


def _purpose(snapshot: Snapshot, stored: StoredSuggestion, side: Side) -> DraftPurpose:
    life = stored.life
    asked = {SuggestionState.SUGGESTED, SuggestionState.SHORTLISTED, SuggestionState.ASKED}
    if life.state not in asked:
        return DraftPurpose.INTRODUCTION
    bodies = find_bodies(snapshot, stored.ends[side])
    listed = any(is_to_be_invited(snapshot, body) or find_invitation(snapshot, body) is not None for body in bodies)
    return DraftPurpose.INVITATION if listed else DraftPurpose.REQUEST


def _with_edits(operations: OperationsStore, draft: Draft) -> Draft:
    entry = operations.find(COLLECTION, draft_key(draft.suggestion, draft.side, draft.purpose))
    if entry is None:
        return draft
    fields = entry.fields
    return replace(
        draft,
        subject=str(fields.get("subject", draft.subject)),
        body=str(fields.get("body", draft.body)),
        edited_by=str(fields.get("who", "")),
        edited_at=int(fields.get("at", 0)),
        version=entry.version,
    )


def _with_warnings(draft: Draft) -> Draft:
    warnings = []
    for one in draft.addressees:
        if not one.address:
            reach = f"; phone {one.phone}" if one.phone else ""
            warnings.append(f"No work e-mail address of {one.organization} is known{reach}.")
    if draft.version:
        warnings += find_warnings(draft.body, draft.conditions)
    if not draft.sendable:
        warnings.append("No public address is set (MATCHMAKER_PUBLIC_URL): the stop link works on this machine only.")
    return replace(draft, warnings=tuple(warnings))


def _checked_words(subject: str, body: str) -> tuple[str, str]:
    findings, clean = [], []
    for name, text, longest in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_TEXT)):
        try:
            canonical = canonical_text(text.replace("\r\n", "\n"))
        except ValueRefused as refused:
            findings.append(Finding(f"the {name} {refused}", where=name, valid="text"))
            continue
        if len(canonical) > longest:
            findings.append(
                Finding(f"the {name} is too long", name, str(len(canonical)), f"up to {longest} characters")
            )
        clean.append(canonical)
    if findings:
        raise InvalidInput(findings)
    return clean[0], clean[1]
