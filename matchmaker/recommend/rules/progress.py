"""Rules on what has become of the pair so far: nothing under way between the two, and no freeze to wait for."""

from matchmaker.model.vocabulary import SuggestionState
from matchmaker.recommend.ledger import HeldKind
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.pairs import RoleRows
from matchmaker.recommend.rules.rule import JudgedPair, Rule, Said
from matchmaker.recommend.visibility import state_fact

_WORDS = {
    SuggestionState.DECLINED: "was declined",
    SuggestionState.SNOOZED: "was put off",
    SuggestionState.EXPIRED: "found no answer",
}


def _not_under_way(rows: RoleRows) -> Mask:
    return ~rows.index.ledger.held_among(rows.subjects, rows.others, HeldKind.UNDER_WAY)


def _not_frozen(rows: RoleRows) -> Mask:
    return ~rows.index.ledger.held_among(rows.subjects, rows.others, HeldKind.FROZEN)


def _say_under_way(pair: JudgedPair) -> Said:
    held = pair.index.ledger.find_held(*pair.ends)
    if pair.met or held is None:
        return Said("No suggestion of the two is under way.")
    node = pair.index.snapshot.nodes[held.suggestion]
    state, day = node.get_text("state").replace("_", " "), node.get_text("changed_on")
    sentence = f"A suggestion of the two is under way: {state}{f' on {day}' if day else ''}."
    return Said(sentence, (state_fact(pair.index.snapshot, sentence, [held.suggestion]),))


def _say_frozen(pair: JudgedPair) -> Said:
    held = pair.index.ledger.find_held(*pair.ends)
    if pair.met or held is None:
        return Said("No earlier suggestion of the two keeps them apart.")
    node = pair.index.snapshot.nodes[held.suggestion]
    state, day = SuggestionState(node.get_text("state")), node.get_text("changed_on")
    words = f"{_WORDS.get(state, state.value)}{f' on {day}' if day else ''}"
    sentence = f"An earlier suggestion of the two {words}; it may come again from {held.until}."
    return Said(sentence, (state_fact(pair.index.snapshot, sentence, [held.suggestion]),))


NOT_UNDER_WAY = Rule("not_under_way", _not_under_way, _say_under_way)
NOT_FROZEN = Rule("not_frozen", _not_frozen, _say_frozen)
