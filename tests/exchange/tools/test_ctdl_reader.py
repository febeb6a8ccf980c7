"""Documents are written as the Credential Registry publishes pathways (CTDL, purl.org/ctdl/terms)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from matchmaker.exchange.readers.ctdl import is_ctdl, read_ctdl
from matchmaker.exchange.readers.ctdl.ordering import positions_of
from matchmaker.exchange.reading import Reading, ReadOptions
from matchmaker.exchange.recognition import probe_path

Say = Callable[[Reading], Any]
WriteJson = Callable[..., Path]

REGISTRY: Final = "https://credentialengineregistry.org/resources/"
GRAPH: Final = {
    "@context": "https://credreg.net/ctdl/schema/context/json",
    "@id": "https://credentialengineregistry.org/graph/ce-path",
    "@graph": [
        {
            "@id": f"{REGISTRY}ce-path",
            "@type": "ceterms:Pathway",
            "ceterms:ctid": "ce-path",
            "ceterms:name": {"es": "Redes", "en-US": "Networks"},
            "ceterms:description": {"en-US": "From first class to the job"},
            "ceterms:hasPart": [f"{REGISTRY}ce-{name}" for name in ("intro", "lab", "cert", "job", "quiz", "gone")],
            "ceterms:hasDestinationComponent": [f"{REGISTRY}ce-cert"],
            "ceterms:occupationType": [
                {
                    "@type": "ceterms:CredentialAlignmentObject",
                    "ceterms:codedNotation": "15-1244.00",
                    "ceterms:targetNodeName": {"en-US": "Network Administrators"},
                }
            ],
            "ceterms:instructionalProgramType": [
                {"ceterms:codedNotation": "11.0901", "ceterms:targetNodeName": {"en-US": "Computer Systems Networking"}}
            ],
            "ceterms:industryType": [
                {
                    "ceterms:frameworkName": {"en-US": "National Career Clusters Framework"},
                    "ceterms:codedNotation": "DT",
                }
            ],
        },
        {
            "@id": f"{REGISTRY}ce-org",
            "@type": "ceterms:CredentialOrganization",
            "ceterms:ctid": "ce-org",
            "ceterms:name": {"en-US": "Mt. Hood Community College"},
            "ceterms:subjectWebpage": "https://www.mhcc.edu",
        },
        {
            "@id": f"{REGISTRY}ce-cert",
            "@type": "ceterms:CredentialComponent",
            "ceterms:ctid": "ce-cert",
            "ceterms:name": {"en-US": "Network Certificate"},
            "ceterms:credentialType": "ceterms:Certificate",
            "ceasn:hasChild": [f"{REGISTRY}ce-lab"],
        },
        {
            "@id": f"{REGISTRY}ce-lab",
            "@type": "ceterms:CourseComponent",
            "ceterms:ctid": "ce-lab",
            "ceterms:name": {"en-US": "Network Lab"},
            "ceterms:hasCondition": [
                {"@type": "ceterms:ComponentCondition", "ceterms:targetComponent": [f"{REGISTRY}ce-intro"]}
            ],
            "ceterms:offeredBy": [f"{REGISTRY}ce-org"],
        },
        {
            "@id": f"{REGISTRY}ce-intro",
            "@type": "ceterms:CourseComponent",
            "ceterms:ctid": "ce-intro",
            "ceterms:name": {"en-US": "Introduction to Networks"},
            "ceterms:description": {"en-US": "Cables and frames"},
            "ceterms:precedes": [f"{REGISTRY}ce-lab"],
        },
        {
            "@id": f"{REGISTRY}ce-job",
            "@type": "ceterms:JobComponent",
            "ceterms:ctid": "ce-job",
            "ceterms:name": {"en-US": "Network technician"},
            "ceterms:occupationType": [{"ceterms:targetNode": "https://www.bls.gov/soc/2018/major_groups.htm#15-1231"}],
            "ceterms:precededBy": [f"{REGISTRY}ce-cert"],
        },
        {
            "@id": f"{REGISTRY}ce-quiz",
            "@type": "ceterms:AssessmentComponent",
            "ceterms:name": {"en-US": "Quiz"},
        },
    ],
}


def test_a_graph_becomes_a_pathway_with_steps_and_ends(write_json: WriteJson, say: Say) -> None:
    path = write_json(GRAPH, "networks.jsonld")
    assert is_ctdl(probe_path(path))
    said = say(read_ctdl(path, ReadOptions()))
    assert said.findings == []
    assert said.cells("pathways.csv") == [
        {
            "id": "ctdl:ce-path",
            "name": "Networks",
            "description": "From first class to the job",
            "career_cluster_framework": "National Career Clusters Framework",
            "career_cluster_code": "DT",
            "source_row": "ce-path",
        }
    ]
    programs = said.named("programs.csv")
    assert programs["Introduction to Networks"] == {
        "id": "ctdl:ce-intro",
        "name": "Introduction to Networks",
        "program_type": "course",
        "description": "Cables and frames",
        "source_row": "ce-intro",
    }
    steps = [(row["target"], row["position"]) for row in said.cells("ties.csv") if row["type"] == "INCLUDES"]
    assert steps == [("ctdl:ce-intro", "1"), ("ctdl:ce-lab", "2")]
    ends = {target for _, target in said.ties("LEADS_TO")}
    assert ends == {"soc:15-1244", "soc:15-1231", "cip:11.0901", "apprenticeship_or_credential"}
    assert said.named("occupations.csv")["Network technician"]["code"] == "15-1231"
    assert said.ties("FEEDS_INTO") == {("ctdl:ce-intro", "ctdl:ce-lab")}
    assert said.named("partners.csv")["Mt. Hood Community College"]["organization_type"] == "two_year_college"
    assert said.ties("OPERATES") == {("ctdl:ce-org", "ctdl:ce-lab")}
    assert [notice.message for notice in said.notices] == [
        "the component can't be carried; it is left out",
        "the component isn't in this file; it is left out",
    ]


def test_envelopes_and_full_addresses_say_the_same(write_json: WriteJson, say: Say) -> None:
    envelope = {"envelope_type": "resource_data", "envelope_ctdl_type": "ceterms:Pathway", "decoded_resource": GRAPH}
    plain = say(read_ctdl(write_json(GRAPH, "a.json"), ReadOptions()))
    wrapped = say(read_ctdl(write_json([envelope], "a.json"), ReadOptions()))
    assert wrapped.parts == plain.parts
    spelled = write_json(GRAPH, "a.json")
    text = spelled.read_text(encoding="utf-8").replace("ceterms:", "https://purl.org/ctdl/terms/")
    spelled.write_text(text, encoding="utf-8")
    assert is_ctdl(probe_path(spelled))
    assert say(read_ctdl(spelled, ReadOptions())).parts == plain.parts


def test_a_nested_pathway_without_ids(write_json: WriteJson, say: Say) -> None:
    nested = {
        "@context": "https://credreg.net/ctdl/schema/context/json",
        "type": "Pathway",
        "name": "Nested",
        "hasPart": [
            {"type": "CourseComponent", "name": {"@en-US": "Course A"}},
            {"type": "WorkExperienceComponent", "name": "Summer Internship"},
            {"type": "WorkExperienceComponent", "name": "Something"},
        ],
    }
    said = say(read_ctdl(write_json(nested, "nested.json"), ReadOptions()))
    assert said.findings == []
    types = {name: row["program_type"] for name, row in said.named("programs.csv").items()}
    assert types == {"Course A": "course", "Summer Internship": "internship"}
    assert len(said.ties("INCLUDES")) == 2
    again = say(read_ctdl(write_json({**nested, "hasPart": nested["hasPart"][::-1]}, "other.json"), ReadOptions()))
    assert again.ties("INCLUDES") == said.ties("INCLUDES")


def test_a_circle_of_components_is_noted(write_json: WriteJson, say: Say) -> None:
    graph = [
        {"@id": "p", "@type": "ceterms:Pathway", "ceterms:name": "P", "ceterms:hasPart": ["a", "b", "c"]},
        {"@id": "a", "@type": "ceterms:CourseComponent", "ceterms:name": "A", "ceterms:precedes": "b"},
        {"@id": "b", "@type": "ceterms:CourseComponent", "ceterms:name": "B", "ceterms:precedes": "a"},
        {"@id": "c", "@type": "ceterms:CourseComponent", "ceterms:name": "C"},
    ]
    said = say(read_ctdl(write_json({"@graph": graph}, "circle.json"), ReadOptions()))
    positions = {row["target"]: row["position"] for row in said.cells("ties.csv") if row["type"] == "INCLUDES"}
    ids = {name: row["id"] for name, row in said.named("programs.csv").items()}
    assert {name: positions[ids[name]] for name in "ABC"} == {"A": "2", "B": "2", "C": "1"}
    assert said.notices[0].message == "some components come before themselves, so their order can't be told"


def test_positions_come_after_everything_before_them() -> None:
    members = ["d", "c", "b", "a", "x"]
    pairs = [("a", "b"), ("b", "d"), ("a", "d"), ("c", "d")]
    assert positions_of(members, pairs) == ({"c": 1, "a": 1, "x": 1, "b": 2, "d": 3}, True)


def test_a_document_without_a_pathway_is_refused(write_json: WriteJson) -> None:
    reading = read_ctdl(
        write_json({"@type": "ceterms:Badge", "ceterms:name": "Pathway badge"}, "x.json"), ReadOptions()
    )
    assert [finding.message for finding in reading.findings] == ["there is no pathway here"]


def test_a_pathway_without_a_name_is_refused(write_json: WriteJson, say: Say) -> None:
    said = say(
        read_ctdl(write_json({"@id": "p", "@type": "ceterms:Pathway", "ceterms:name": 5}, "x.json"), ReadOptions())
    )
    assert [(finding.where, finding.message) for finding in said.findings] == [("name", "is missing")]
    assert said.parts == []
