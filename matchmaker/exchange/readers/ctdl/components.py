"""What a component of a CTDL pathway is here: a program, a stage, an occupation, or nothing that can be carried."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from matchmaker.exchange.readers.ctdl.graph import BLANK, CtdlGraph, coded, language_text, local_name, soc_of, types_of
from matchmaker.exchange.readers.documents import items_of, minted_id, text_of
from matchmaker.exchange.readers.type_words import find_program_type, guess_program_type
from matchmaker.model.vocabulary import Label, ProgramType, StageTerm

_CREDENTIAL_STAGES: Final[Mapping[str, StageTerm]] = MappingProxyType(
    {
        **dict.fromkeys(("SecondarySchoolDiploma", "GeneralEducationDevelopment"), StageTerm.GRADES_9_12),
        **dict.fromkeys(
            (
                *("ApprenticeshipCertificate", "Badge", "Certificate", "CertificateOfCompletion", "Certification"),
                *("DigitalBadge", "JourneymanCertificate", "License", "MasterCertificate", "MicroCredential"),
                *("OpenBadge", "QualityAssuranceCredential", "BasicTechnicalCertificate", "TechnicalLevel1Certificate"),
            ),
            StageTerm.APPRENTICESHIP_OR_CREDENTIAL,
        ),
        **dict.fromkeys(
            ("AssociateDegree", "AssociateOfArtsDegree", "AssociateOfScienceDegree", "AssociateOfAppliedScienceDegree"),
            StageTerm.POSTSECONDARY_TWO_YEAR,
        ),
        **dict.fromkeys(
            ("BachelorDegree", "BachelorOfArtsDegree", "BachelorOfScienceDegree"), StageTerm.POSTSECONDARY_FOUR_YEAR
        ),
        **dict.fromkeys(
            ("MasterDegree", "MasterOfArtsDegree", "MasterOfScienceDegree", "DoctoralDegree", "ProfessionalDoctorate"),
            StageTerm.GRADUATE,
        ),
        "ResearchDoctorate": StageTerm.GRADUATE,
    }
)
_LEARNING: Final = frozenset({"CourseComponent", "Course", "LearningOpportunityProfile", "LearningProgram"})
_BY_WORDS: Final = frozenset(
    {
        "WorkExperienceComponent",
        "CocurricularComponent",
        "ExtracurricularComponent",
        "BasicComponent",
        "PathwayComponent",
    }
)
CARRIED: Final = (
    "a course, a credential of a known kind, a job with a SOC code, or an activity whose name says its kind"
)


@dataclass(frozen=True, slots=True)
class Component:
    """A component as a thing here.

    Attributes
    ----------
    label
        `Label.PROGRAM`, `Label.STAGE` or `Label.OCCUPATION`.
    ids
        Its ids: one, or several occupations.
    cells
        The cells of a program beside its id.
    names
        The names of occupations, by id.
    """

    label: Label
    ids: tuple[str, ...]
    cells: Mapping[str, str]
    names: Mapping[str, str]


def ctdl_id(key: str, node: Mapping[str, object]) -> str:
    """Return the id of an object: its CTID, which the registry gives once; else the digest of its address or name."""
    ctid = text_of(node.get("ctid")).lower()
    if ctid:
        return minted_id("ctdl", ctid)
    if key.startswith(BLANK):
        return minted_id("ctdl", "named", *sorted(types_of(node)), language_text(node.get("name")))
    return minted_id("ctdl", "at", key)


def read_component(graph: CtdlGraph, key: str) -> Component | None:
    """Return what a component is here; None where it is nothing that can be carried."""
    node = graph.nodes[key]
    types = types_of(node)
    proxied = graph.nodes.get(next(iter(graph.references(node, "proxyFor", "proxyForList")), ""), {})
    if "JobComponent" in types or "Occupation" in types or "Job" in types:
        return _occupation(node, proxied)
    if "CredentialComponent" in types:
        stage = _stage(node, proxied)
        return Component(Label.STAGE, (stage,), {}, {}) if stage else None
    name = language_text(node.get("name")) or language_text(proxied.get("name"))
    type = _program_type(node, proxied, name, types)
    if not type or not name:
        return None
    cells = {
        "name": name,
        "program_type": type,
        "description": language_text(node.get("description")) or language_text(proxied.get("description")),
        "website": text_of(node.get("subjectWebpage")) or text_of(proxied.get("subjectWebpage")),
    }
    return Component(Label.PROGRAM, (ctdl_id(key, node),), cells, {})


def _program_type(node: Mapping[str, object], proxied: Mapping[str, object], name: str, types: set[str]) -> str:
    category = language_text(node.get("componentCategory")) or language_text(proxied.get("componentCategory"))
    said = find_program_type(category) or guess_program_type(category, name)
    if types & _LEARNING:
        return said or ProgramType.COURSE.value
    return said if types & _BY_WORDS else ""


def _occupation(node: Mapping[str, object], proxied: Mapping[str, object]) -> Component | None:
    own = language_text(node.get("name")) or language_text(proxied.get("name"))
    names = occupations_of(node, own) or occupations_of(proxied, own)
    return Component(Label.OCCUPATION, tuple(names), {}, names) if names else None


def occupations_of(node: Mapping[str, object], name: str = "") -> dict[str, str]:
    """Return the occupations with SOC codes that an object names, their names by id; ``name`` where one has none."""
    found: dict[str, str] = {}
    for fields, text in coded(node, "occupationType", "oNETCode", "onetCode", "codedNotation"):
        code = soc_of(text)
        if code:
            found.setdefault(f"soc:{code}", language_text(fields.get("targetNodeName")) or name or code)
    return found


def _stage(node: Mapping[str, object], proxied: Mapping[str, object]) -> str:
    given = [*items_of(node.get("credentialType")), *types_of(proxied)]
    for value in given:
        words = [language_text(value), text_of(value)]
        if isinstance(value, dict):
            words += [text_of(item) for item in value.values()]
        for word in words:
            stage = _CREDENTIAL_STAGES.get(local_name(word).replace(" ", ""))
            if stage is not None:
                return stage.value
    return ""
