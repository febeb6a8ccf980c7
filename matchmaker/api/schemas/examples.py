"""An example of every answer, by the name of its schema. Portland's are real facts; Riverbend is invented."""

from collections.abc import Mapping
from types import MappingProxyType

from matchmaker.api.schemas.model_examples import MODEL_EXAMPLES

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_BEAVERTON: dict[str, Json] = {"id": "or-district:2243", "name": "Beaverton School District 48J"}
_INTEL: dict[str, Json] = {"id": "intel", "name": "Intel"}
_HUB: dict[str, Json] = {"id": "portland-metro-stem", "name": "Portland Metro STEM Partnership"}
_HASH = "4f0c2f5f0b7f4a7f0b1f1e7c9f3d2a6b8c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f"
_BEAVERTON_NODE: dict[str, Json] = {
    **_BEAVERTON,
    "label": "Partner",
    "properties": {"name": "Beaverton School District 48J", "organization_type": "school_district", "sector": "k12"},
}
_POLICY: dict[str, Json] = {
    "name": "balanced",
    "version": 1,
    "weights": {"score": 1.0, "gap": 1.5, "new": 0.0, "small": 0.0, "popularity": 0.0},
    "digest": "",
}
_TOLD: dict[str, Json] = {
    "as_of": "2026-11-01",
    "policy": _POLICY,
    "model": "prior-1+content-18fa06fd",
    "graph_hash": _HASH,
    "ledger_hash": _HASH,
}
_FACT: dict[str, Json] = {
    "sentence": "Intel and Beaverton School District 48J are in Washington County, Oregon.",
    "elements": ["or-district:2243", "intel", "county:41067"],
    "dated": "2024",
    "freshness": "fresh",
}
_REASON: dict[str, Json] = {
    "feature": "same_county",
    "sentence": "You are both in Washington County, Oregon.",
    "facts": [_FACT],
    "hidden_facts": 0,
}
_SUGGESTION: dict[str, Json] = {
    "id": "suggestion:8e1b0f6c2d7a4c39b5e0a1f2c3d4e5f6",
    "pattern": "employer_school",
    "tie": "HOSTS_WBL",
    "source": _INTEL,
    "target": _BEAVERTON,
    "score": -1.05,
    "intercept": -1.2,
    "likelihood": 0.259,
    "band": "medium",
    "basis": "prior",
    "gap_value": 0.0,
    "priority": -1.05,
    "contributions": [{"feature": "same_county", "tag": "pair", "value": 1.0, "share": 0.15, "facts": [_FACT]}],
    "reasons": {"source": [_REASON], "target": [_REASON]},
    "unknowns": ["Not recorded for Intel: needs, offers."],
    "notes": [],
    "confirmed": True,
    "introducer": {
        "id": "reed",
        "name": "Reed College",
        "sentences": {
            "source": "Reed College is tied to both of you and could introduce you to Beaverton School District 48J.",
            "target": "Reed College is tied to both of you and could introduce you to Intel.",
        },
        "facts": [_FACT],
    },
    "counterfactual": {
        "feature": "capacity_source",
        "about": "intel",
        "position": 1,
        "sentence": "Intel would stand first if it said that it can take on more.",
        "facts": [],
    },
    "showing": {"position": 2, "propensity": 1.0, "kept": False, "drawn": False, "times_shown": 0},
}
_LIST = "list:0f1e2d3c4b5a69788796a5b4c3d2e1f0"
_GAP: dict[str, Json] = {
    "id": "gap:0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d",
    "kind": "unmet_need",
    "subject": ["need:1"],
    "knowledge": "known",
    "sentence": "Kestrelgill Pump Works is looking for transportation. What would help: an offer of transportation.",
    "size": 1.0,
    "unit": "needs",
    "expected": None,
    "observed": None,
    "learners": None,
    "confidence": 1.0,
    "freshness": "fresh",
    "coverage": ["coverage:1"],
    "evidence": ["need:1"],
    "present": [],
    "ask": "",
    "patterns": ["cross_sector"],
}
_COVERAGE: dict[str, Json] = {
    "id": "coverage:1",
    "covers": "Offer",
    "sectors": [],
    "stages": [],
    "place": "county:rb-riverbend",
    "share_answered": 1.0,
    "as_of": "2026-06-01",
    "source": "invented for demonstration",
}
_NETWORK_NODE: dict[str, Json] = {
    **_BEAVERTON_NODE,
    "sector": "k12",
    "stages": ["grades_9_12"],
    "position": None,
    "degree": 3,
}
_FIU: dict[str, Json] = {
    "first": "miami:florida-international-university-33199",
    "first_name": "Florida International University",
    "second": "unitid:133951",
    "second_name": "Florida International University",
    "verdict": "same",
    "probability": 0.999664592,
    "reasons": ["the names agree", "the same ZIP, 33199", "the same web domain", "the same type of organization"],
    "whole": "",
    "owner": "miami",
    "job": "",
}
_JOB: dict[str, Json] = {
    "id": "job-3",
    "kind": "import",
    "about": "Our partners.csv",
    "who": "api",
    "state": "done",
    "batches": 1,
    "started_at": 1793520000,
    "changed_at": 1793520002,
    "problem": "",
}

_SUGGESTION_ID = "suggestion:8e1b0f6c2d7a4c39b5e0a1f2c3d4e5f6"
_SIDES: dict[str, Json] = {
    "source": {
        **_INTEL,
        "asked_on": ["2026-11-02"],
        "answer": "interested",
        "answered_on": "2026-11-05",
        "answered_by": "community relations",
        "answered_how": "e-mail",
        "reason": "",
    },
    "target": {
        **_BEAVERTON,
        "asked_on": [],
        "answer": None,
        "answered_on": "",
        "answered_by": "",
        "answered_how": "",
        "reason": "",
    },
}
_STEP: dict[str, Json] = {
    "job": "job-4",
    "before": "shortlisted",
    "after": "asked",
    "side": "source",
    "answer": "",
    "reason": "",
    "on": "2026-11-02",
    "note": "",
    "who": "Ana",
    "at": 1793606400,
    "taken_back": False,
}
_LIFE: dict[str, Json] = {
    "id": _SUGGESTION_ID,
    "version": 12,
    "pattern": "employer_school",
    "state": "asked",
    "words": "asked",
    "sides": _SIDES,
    "round": 0,
    "owner": "Ana",
    "note": "",
    "frozen_until": "",
    "days": {"suggested": "2026-11-01", "shortlisted": "2026-11-01", "asked": "2026-11-02"},
    "steps": [_STEP],
    "suggestion": _SUGGESTION,
}
_STORED: dict[str, Json] = {
    "id": _SUGGESTION_ID,
    "pattern": "employer_school",
    "state": "asked",
    "source": _INTEL,
    "target": _BEAVERTON,
    "changed_on": "2026-11-05",
    "owner": "Ana",
    "frozen_until": "",
}
_DECIDED: dict[str, Json] = {
    "id": _SUGGESTION_ID,
    "state": "asked",
    "version": 12,
    "job": "job-5",
    "waiting_for": [],
    "frozen_until": "",
    "notes": [],
}
_DRAFT: dict[str, Json] = {
    "suggestion": _SUGGESTION_ID,
    "side": "source",
    "purpose": "request",
    "addressees": [
        {"organization": "Intel", "role": "", "name": "", "address": "", "phone": "", "language": ""},
    ],
    "subject": "Would Intel like to meet Beaverton School District 48J?",
    "body": "Hello, …",
    "footer": "-- …",
    "text": "Hello, …",
    "edited_by": "",
    "edited_at": 0,
    "version": 0,
    "warnings": ["No work e-mail address of Intel is known."],
    "sendable": True,
}
_TIMES: dict[str, Json] = {
    "n": 1,
    "states": {"asked": 1},
    "spans": {"suggestion_to_introduction": {"n": 0, "median": None, "least": None, "most": None}},
    "survival": {"became_active": 0, "due": 0, "lasted": 0, "share": None},
}
_STOP: dict[str, Json] = {
    "partner": "intel",
    "everywhere": True,
    "kind": "stop_link",
    "since": 1793606400,
    "who": "",
    "note": "",
}

EXAMPLES: Mapping[str, dict[str, Json]] = MappingProxyType(
    {
        "PartnerPage": {"partners": [_BEAVERTON_NODE], "total": 1, "next_cursor": None},
        "PartnerOut": {
            **_BEAVERTON_NODE,
            "member": True,
            "facts": [],
            "needs": [],
            "offers": [],
            "ties": [
                {
                    "id": "tie:5d3c2b1a0f9e8d7c6b5a49382716f5e4",
                    "type": "MEMBER_OF",
                    "outgoing": True,
                    "other": _HUB,
                    "properties": {"since": "2012"},
                    "source": "oregonlive.com 2012-04",
                    "freshness": "stale",
                }
            ],
            "sources": ["Oregon Department of Education"],
            "fields": [
                {
                    "field": "name",
                    "source": "Oregon Department of Education",
                    "source_row": "or_districts_2024.csv district_id 2243",
                    "observed_on": "2023",
                    "confidence": "register",
                    "owner": "public",
                    "dated": "2023",
                    "freshness": "fresh",
                    "others": 1,
                }
            ],
            "questions": [],
        },
        "SuggestionListOut": {
            "id": _LIST,
            "subject": _BEAVERTON,
            "ecosystem": "portland-metro-stem",
            "suggestions": [_SUGGESTION],
            "notes": ["All who meet every rule were compared: 117."],
            "seed": 0,
            "cycle": "2026-q4",
            "kept_cost": 0.0,
            "just_below": [],
            **_TOLD,
        },
        "ShowingRecorded": {"list": _LIST, "cycle": "2026-q4", "shown": 1, "new": True},
        "ExposureOut": {
            "ecosystem": _HUB,
            "cycle": "2026-q4",
            "lists": 1,
            "counts": {"intel": 1},
            "waiting": [_BEAVERTON],
        },
        "ExplanationOut": {
            "source": _BEAVERTON,
            "target": _INTEL,
            "best": "employer_school",
            "patterns": [
                {
                    "pattern": "employer_school",
                    "eligible": True,
                    "rules": [
                        {"name": "two_sectors", "met": True, "sentence": "They are of two sectors.", "facts": []}
                    ],
                    "found_by": ["three_steps"],
                    "suggestion": _SUGGESTION,
                    "would_help": "",
                }
            ],
            "place": 2,
            "cycle": "2026-q4",
            "source_times_shown": 0,
            "target_times_shown": 0,
            "not_fitting": [{"pattern": "pcsp_college", "ends": "a pre-college STEM program and a college"}],
            "ecosystem": "portland-metro-stem",
            **_TOLD,
        },
        "SuggestionLifeOut": _LIFE,
        "StoredPage": {"suggestions": [_STORED], "total": 1, "next_cursor": None},
        "DecidedOut": _DECIDED,
        "DraftOut": _DRAFT,
        "TimesReportOut": {
            "ecosystem": "portland-metro-stem",
            "as_of": "2026-11-06",
            "all": _TIMES,
            "patterns": {"employer_school": _TIMES},
        },
        "StopOut": _STOP,
        "StopsOut": {"stops": [_STOP]},
        "EcosystemPage": {
            "ecosystems": [{**_HUB, "label": "Ecosystem", "properties": {"name": "Portland Metro STEM Partnership"}}],
            "total": 1,
            "next_cursor": None,
        },
        "GapReportOut": {
            "ecosystem": {"id": "riverbend", "name": "Riverbend STEM Ecosystem"},
            "as_of": "2026-11-01",
            "graph_hash": _HASH,
            "kinds": ["unmet_need"],
            "gaps": [{**_GAP, "suggestions": [], "note": ""}],
            "not_known": [],
            "coverage": [_COVERAGE],
            "sector_pairs": [{"sectors": ["k12", "industry"], "observed": 4, "expected": 6.5}],
        },
        "NetworkOut": {
            "ecosystem": _HUB,
            "as_of": "2026-11-01",
            "graph_hash": _HASH,
            "nodes": [_NETWORK_NODE],
            "ties": [
                {
                    "id": "tie:5d3c2b1a0f9e8d7c6b5a49382716f5e4",
                    "type": "PARTNERS_WITH",
                    "source": "intel",
                    "target": "or-district:2243",
                    "properties": {},
                }
            ],
        },
        "ImportOut": {
            "name": "Our partners",
            "format": "spreadsheet_csv",
            "read": 7,
            "outside": 0,
            "loaded": 6,
            "added": 6,
            "changed": 0,
            "unchanged": 0,
            "refused": 1,
            "written": False,
            "job": None,
            "plan": "plan:ebcad7485002aea703214e9ce4b7e4d9",
            "findings": [
                {
                    "file": "Our partners.csv",
                    "line": 6,
                    "where": "Zip Code",
                    "message": "is malformed",
                    "value": "3313",
                    "valid": "5 digits, or 5+4",
                }
            ],
            "notices": [],
            "changes": [],
            "unlisted": 0,
            "merged": [_FIU],
            "to_review": [],
            "uncompared": 0,
        },
        "JobOut": _JOB,
        "JobsOut": {"jobs": [_JOB]},
        "Patterns": {"patterns": [{"pattern": "employer_school"}]},
        **MODEL_EXAMPLES,
        "Live": {"status": "live"},
        "Ready": {"status": "ready", "revision": 3},
        "Problem": {
            "type": "urn:matchmaker:problem:not_found",
            "title": "Not Found",
            "status": 404,
            "detail": "No partner called 'Intl' is known here. Did you mean: Intel (partner, intel)?",
            "instance": "/v1/partners/Intl",
            "findings": [],
            "near": ["Intel (partner, intel)"],
        },
    }
)
