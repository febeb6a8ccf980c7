"""Reference data: the stages of a pathway and what may be needed or offered; in every store, never imported."""

from types import MappingProxyType

from matchmaker.model.elements import Node, Provenance
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.vocabulary import CareerStep, Confidence, Label, ResourceTerm, StageTerm, WblType

S, W = StageTerm, WblType

NEXT_STAGES: MappingProxyType[StageTerm, tuple[StageTerm, ...]] = MappingProxyType(
    {
        S.PREK: (S.K_2,),
        S.K_2: (S.GRADES_3_5,),
        S.GRADES_3_5: (S.GRADES_6_8,),
        S.GRADES_6_8: (S.GRADES_9_12,),
        S.GRADES_9_12: (
            S.APPRENTICESHIP_OR_CREDENTIAL,
            S.POSTSECONDARY_TWO_YEAR,
            S.POSTSECONDARY_FOUR_YEAR,
            S.EARLY_CAREER,
        ),
        S.APPRENTICESHIP_OR_CREDENTIAL: (S.POSTSECONDARY_TWO_YEAR, S.POSTSECONDARY_FOUR_YEAR, S.EARLY_CAREER),
        S.POSTSECONDARY_TWO_YEAR: (S.POSTSECONDARY_FOUR_YEAR, S.APPRENTICESHIP_OR_CREDENTIAL, S.EARLY_CAREER),
        S.POSTSECONDARY_FOUR_YEAR: (S.GRADUATE, S.EARLY_CAREER),
        S.GRADUATE: (S.EARLY_CAREER,),
        S.EARLY_CAREER: (S.INCUMBENT_WORKER,),
        S.INCUMBENT_WORKER: (S.APPRENTICESHIP_OR_CREDENTIAL, S.POSTSECONDARY_TWO_YEAR, S.GRADUATE),
    }
)
"""The stages that a learner may go on to: the straight way, transfer, re-entry, and earning while learning."""

STAGE_NAMES = MappingProxyType(
    {
        S.PREK: "preschool",
        S.K_2: "kindergarten to grade 2",
        S.GRADES_3_5: "grades 3 to 5",
        S.GRADES_6_8: "grades 6 to 8",
        S.GRADES_9_12: "grades 9 to 12",
        S.APPRENTICESHIP_OR_CREDENTIAL: "apprenticeship or credential",
        S.POSTSECONDARY_TWO_YEAR: "two-year college",
        S.POSTSECONDARY_FOUR_YEAR: "four-year college",
        S.GRADUATE: "graduate study",
        S.EARLY_CAREER: "early career",
        S.INCUMBENT_WORKER: "working adults",
    }
)
"""How a stage is shown to people."""

STAGE_POSITION = MappingProxyType({stage: position for position, stage in enumerate(StageTerm, start=1)})
"""The order of the stages, from 1."""

STAGE_ISCED: MappingProxyType[StageTerm, tuple[str, ...]] = MappingProxyType(
    {
        S.PREK: ("0",),
        S.K_2: ("0", "1"),
        S.GRADES_3_5: ("1",),
        S.GRADES_6_8: ("1", "2"),
        S.GRADES_9_12: ("2", "3"),
        S.APPRENTICESHIP_OR_CREDENTIAL: ("4",),
        S.POSTSECONDARY_TWO_YEAR: ("5",),
        S.POSTSECONDARY_FOUR_YEAR: ("6",),
        S.GRADUATE: ("7", "8"),
        S.EARLY_CAREER: (),
        S.INCUMBENT_WORKER: (),
    }
)
"""The ISCED 2011 levels that a stage spans, as the United States map their grades; none for the stages at work."""

STEP_OF_WBL: MappingProxyType[WblType, CareerStep] = MappingProxyType(
    {
        **dict.fromkeys((W.GUEST_SPEAKER, W.CAREER_FAIR, W.WORKPLACE_TOUR), CareerStep.CAREER_AWARENESS),
        **dict.fromkeys((W.INFORMATIONAL_INTERVIEW, W.JOB_SHADOW, W.MENTORING), CareerStep.CAREER_EXPLORATION),
        **dict.fromkeys(
            (W.INDUSTRY_PROJECT, W.SIMULATED_WORKPLACE, W.SCHOOL_BASED_ENTERPRISE, W.INTERNSHIP, W.PRE_APPRENTICESHIP),
            CareerStep.CAREER_PREPARATION,
        ),
        **dict.fromkeys(
            (W.CLINICAL, W.COOPERATIVE_EDUCATION, W.YOUTH_APPRENTICESHIP, W.REGISTERED_APPRENTICESHIP),
            CareerStep.CAREER_TRAINING,
        ),
    }
)
"""The step of career-connected learning that each type usually is: the default, which an ecosystem may set otherwise.

An educator externship is an educator's learning and no step of a learner's.
"""

WORK_BASED_STEPS = frozenset({CareerStep.CAREER_PREPARATION, CareerStep.CAREER_TRAINING})
"""The steps that are work-based learning."""

REFERENCE_PROVENANCE = Provenance(source="matchmaker vocabulary", confidence=Confidence.STATED)


def _reference_nodes() -> tuple[Node, ...]:
    stages = [
        Node(
            NodeId(stage.value),
            Label.STAGE,
            {
                "name": STAGE_NAMES[stage],
                "position": STAGE_POSITION[stage],
                "next": tuple(sorted(term.value for term in NEXT_STAGES[stage])),
            },
            PUBLIC,
            REFERENCE_PROVENANCE,
        )
        for stage in StageTerm
    ]
    resources = [
        Node(
            NodeId(term.value),
            Label.RESOURCE,
            {"name": term.value.replace("_", " ")},
            PUBLIC,
            REFERENCE_PROVENANCE,
        )
        for term in ResourceTerm
    ]
    return tuple(sorted(stages + resources, key=lambda node: node.id))


REFERENCE_NODES = _reference_nodes()
"""The Stage and Resource nodes, in id order. A store writes them when it is made; their ids are the plain terms."""
