"""Trained models of an ecosystem: keeping them, using one, going back to the one before.

Models are private to their ecosystem and lie beside the graph, among the operations, so that backups hold them. Each is
kept under its digest and never changed; which one is in use is one small entry, and a log says who changed that, and
why.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from matchmaker.errors import Conflict, Finding, InvalidInput, NotFound, StoreCorrupt
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import Entry, Fields, OperationsStore
from matchmaker.model.ids import EcosystemId
from matchmaker.recommend.learning.model_json import ModelFile, model_to_json, parse_model
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.additive import ScoringModel
from matchmaker.recommend.scoring.prior import PRIOR_ID, prior_model

MODELS, PAGES, IN_USE, HISTORY = "models", "model-pages", "models-in-use", "model-history"
PAGE = 90_000
"""Characters of a model in one entry."""

REMEMBERED = 50
"""How many models back an ecosystem can go."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who makes a change, when (in whole seconds since 1970) and why."""

    who: str
    at: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that is kept for an ecosystem.

    Attributes
    ----------
    id, digest
        Its name and its version.
    kept
        Who kept it, when and why.
    in_use
        Whether suggestions use it now.
    """

    id: str
    digest: str
    kept: Change
    in_use: bool


@dataclass(frozen=True, slots=True)
class UseOfModel:
    """One change of which model an ecosystem uses."""

    action: str
    model: str
    was: str
    change: Change


def put_model(operations: OperationsStore, model: ModelFile, change: Change) -> KeptModel:
    """Keep a model for its ecosystem; one that is kept already stays as it is."""
    text = model_to_json(model)
    pages = [text[start : start + PAGE] for start in range(0, len(text), PAGE)]
    for number, page in enumerate(pages):
        # Brackets keep the white space at a page's ends.
        operations.put_new(PAGES, _key(model.ecosystem, model.digest, f"{number:04}"), {"page": f"[{page}]"})
    fields: Fields = {"ecosystem": model.ecosystem, "model": model.id, "digest": model.digest, "pages": len(pages)}
    operations.put_new(MODELS, _key(model.ecosystem, model.id), {**fields, **_fields(change)})
    return _find_kept(operations, EcosystemId(model.ecosystem), model.id)


def add_model(operations: OperationsStore, ecosystem: EcosystemId, text: str, change: Change) -> KeptModel:
    """Keep a model that was written to a file.

    Raises
    ------
    InvalidInput
        It is no model, with every fault; or it is another ecosystem's.
    """
    model = parse_model(text)
    if model.ecosystem != ecosystem:
        message = "the model was fitted to another ecosystem, and serves nobody else"
        raise InvalidInput([Finding(message, "ecosystem", model.ecosystem[:200], ecosystem)])
    return put_model(operations, model, change)


def list_models(operations: OperationsStore, ecosystem: EcosystemId) -> list[KeptModel]:
    """Return the models kept for an ecosystem, the newest last."""
    entries = operations.iter_entries(MODELS, _key(ecosystem, ""))
    used = _in_use(operations, ecosystem)
    return sorted((_kept(entry, used) for entry in entries), key=lambda kept: (kept.kept.at, kept.id))


def get_model(operations: OperationsStore, ecosystem: EcosystemId, id: str) -> ModelFile:
    """Return a model kept for an ecosystem by its id, or raise `NotFound`."""
    return _read(operations, ecosystem, _find_kept(operations, ecosystem, id).digest)


def data_facts(model: ModelFile) -> list[tuple[str, str]]:
    """Return where a model comes from, as names and values for its card."""
    return [
        ("ecosystem", model.ecosystem),
        ("version", model.digest),
        ("drawn to", model.prior),
        ("graph hash", model.graph_hash),
        ("ledger hash", model.ledger_hash),
        ("texts", model.statistics),
        ("seed", str(model.seed)),
        ("made with", ", ".join(f"{name} {number}" for name, number in sorted(model.libraries.items()))),
    ]


def iter_history(operations: OperationsStore, ecosystem: EcosystemId) -> Iterator[UseOfModel]:
    """Yield every change of which model an ecosystem uses, oldest first."""
    for _, fields in operations.iter_log(HISTORY):
        if fields.get("ecosystem") == ecosystem:
            yield UseOfModel(
                str(fields.get("action", "")), str(fields["model"]), str(fields["was"]), _change(fields.get)
            )


def use_model(operations: OperationsStore, ecosystem: EcosystemId, id: str, change: Change) -> str:
    """Use a kept model, or the prior by its id, for an ecosystem's suggestions from now on; return what was used.

    Raises
    ------
    NotFound
        No such model is kept for the ecosystem.
    Conflict
        Somebody else changed which one is used at this moment.
    """
    if id != PRIOR_ID:
        _find_kept(operations, ecosystem, id)
    entry = operations.find(IN_USE, ecosystem)
    was = _in_use(operations, ecosystem)
    if was == id:
        return was
    before = [was, *_before(entry)][:REMEMBERED]
    _set_in_use(operations, ecosystem, entry, id, before)
    _write(operations, ecosystem, UseOfModel("use", id, was, change))
    return was


def roll_back_model(operations: OperationsStore, ecosystem: EcosystemId, change: Change) -> tuple[str, str]:
    """Go back to the model that was used before the one in use; return both ids, the one left first.

    Raises
    ------
    NotFound
        No other was used before.
    Conflict
        Somebody else changed which one is used at this moment.
    """
    entry = operations.find(IN_USE, ecosystem)
    before = _before(entry)
    if not before:
        raise NotFound("earlier model", ecosystem)
    was = _in_use(operations, ecosystem)
    _set_in_use(operations, ecosystem, entry, before[0], before[1:])
    _write(operations, ecosystem, UseOfModel("roll_back", before[0], was, change))
    return was, before[0]


def current_model(operations: OperationsStore, ecosystem: EcosystemId | None) -> ScoringModel:
    """Return the model that an ecosystem's suggestions use: the prior where none was put to use, and in public."""
    entry = operations.find(IN_USE, ecosystem) if ecosystem is not None else None
    if entry is None or entry.fields["model"] == PRIOR_ID:
        return prior_model()
    kept = _find_kept(operations, EcosystemId(entry.key), str(entry.fields["model"]))
    return _scoring_model(_Source(kept.digest, operations, EcosystemId(entry.key)))


def with_model(operations: OperationsStore, snapshot: Snapshot, request: SuggestionRequest) -> SuggestionRequest:
    """Return a request that scores with the model that the snapshot's ecosystem uses."""
    return replace(request, model=current_model(operations, snapshot.scope.ecosystem))


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a model lies. Equal digests are equal models, wherever they lie."""

    digest: str
    operations: OperationsStore = field(compare=False)
    ecosystem: EcosystemId = field(compare=False)


@lru_cache(maxsize=32)
def _scoring_model(source: _Source) -> ScoringModel:
    return _read(source.operations, source.ecosystem, source.digest).scoring_model()


def _read(operations: OperationsStore, ecosystem: EcosystemId, digest: str) -> ModelFile:
    pages = operations.iter_entries(PAGES, _key(ecosystem, digest, ""))
    text = "".join(str(entry.fields["page"])[1:-1] for entry in pages)
    try:
        model = parse_model(text)
    except InvalidInput as error:
        raise StoreCorrupt(f"The model {digest[:12]} of {ecosystem} can't be read: {error.message}") from error
    if model.digest != digest or model.ecosystem != ecosystem:
        raise StoreCorrupt(f"The model {digest[:12]} of {ecosystem} isn't what was kept.")
    return model


def _key(*parts: str) -> str:
    return "/".join(parts)


def _fields(change: Change) -> dict[str, str | int]:
    return {"who": change.who, "at": change.at, "why": change.why}


def _change(get: Callable[[str], object]) -> Change:
    return Change(str(get("who") or ""), int(str(get("at") or 0)), str(get("why") or ""))


def _find_kept(operations: OperationsStore, ecosystem: EcosystemId, id: str) -> KeptModel:
    entry = operations.find(MODELS, _key(ecosystem, id))
    used = _in_use(operations, ecosystem)
    if entry is None:
        raise NotFound("model", id[:200], [kept.id for kept in list_models(operations, ecosystem)[-5:]])
    return _kept(entry, used)


def _kept(entry: Entry, used: str) -> KeptModel:
    id = str(entry.fields["model"])
    return KeptModel(id, str(entry.fields["digest"]), _change(entry.fields.get), id == used)


def _in_use(operations: OperationsStore, ecosystem: EcosystemId) -> str:
    entry = operations.find(IN_USE, ecosystem)
    return str(entry.fields["model"]) if entry is not None else PRIOR_ID


def _before(entry: Entry | None) -> list[str]:
    return str(entry.fields.get("before", "")).split() if entry is not None else []


def _set_in_use(
    operations: OperationsStore, ecosystem: EcosystemId, entry: Entry | None, id: str, before: list[str]
) -> None:
    fields = {"model": id, "before": " ".join(before)}
    if entry is None:
        done = operations.put_new(IN_USE, ecosystem, fields)
    else:
        done = operations.compare_and_set(IN_USE, ecosystem, entry.version, fields)
    if not done:
        held = operations.find(IN_USE, ecosystem)
        version = entry.version if entry is not None else 0
        message = "Somebody else changed which model is used just now. Look at the list and try again."
        raise Conflict(ecosystem, version, held.version if held is not None else 0, message)


def _write(operations: OperationsStore, ecosystem: EcosystemId, use: UseOfModel) -> None:
    fields = {"ecosystem": ecosystem, "action": use.action, "model": use.model, "was": use.was}
    operations.append(HISTORY, [{**fields, **_fields(use.change)}])
