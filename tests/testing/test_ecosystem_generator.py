"""The generator: the same bytes for the same seed, and truths that hold for whoever reads only the rows."""

import datetime
import hashlib
import json
import math
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest

from matchmaker.exchange.findings import Refusal
from matchmaker.exchange.readers.bundle import read_bundle
from matchmaker.exchange.readers.rows import RowsReader
from matchmaker.exchange.reading import ReadOptions
from matchmaker.gaps.detect import detect
from matchmaker.graph.scoping import Scope
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.ids import PUBLIC, EcosystemId
from matchmaker.model.reference import NEXT_STAGES
from matchmaker.model.vocabulary import (
    SECTOR_OF,
    GapKind,
    Knowledge,
    OrganizationType,
    PatternName,
    Sector,
    StageTerm,
)
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.testing.ecosystem import RIVERBEND, EcosystemSettings, GeneratedEcosystem, generate_ecosystem
from matchmaker.testing.ecosystem import write_bundle as write
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.truths import area_under_curve

FIXTURE: Final = Path(__file__).resolve().parents[2] / "fixtures" / "riverbend"
SCHOOL_STAGES: Final = ("prek", "k_2", "grades_3_5", "grades_6_8", "grades_9_12")
CONNECTING: Final = frozenset(
    {
        "PARTNERS_WITH",
        "HAS_AGREEMENT_WITH",
        "OFFERED_AT",
        "HOSTS_WBL",
        "RECOGNIZES",
        "FUNDS",
        "COACHES",
        "RECRUITS_FROM",
        "FEEDS_INTO",
    }
)
EARTH_KM: Final = 6371.0088
Row = dict[str, str]
Found = dict[tuple[str, ...], float]


class Reading:
    """A bundle's rows as somebody would read them who knows nothing of how they were made.

    Gaps are worked out here from their definitions, by plain loops, without the product's own detectors.
    """

    def __init__(self, tables: dict[str, list[Row]], ecosystem: str) -> None:
        self.tables = tables
        self.partners = {row["id"]: row for row in tables["partners.csv"]}
        self.programs = {row["id"]: row for row in tables["programs.csv"]}
        self.places = {row["id"]: row for row in tables["places.csv"]}
        self.out: dict[tuple[str, str], list[Row]] = defaultdict(list)
        standing: dict[str, str] = {}
        for tie in tables["ties.csv"]:
            if not tie.get("until"):
                self.out[tie["source"], tie["type"]].append(tie)
                if tie["type"] == "PARTICIPATES_IN" and tie["target"] == ecosystem:
                    standing[tie["source"]] = tie["status"]
        self.gone = {id for id, status in standing.items() if status == "withdrawn"}
        self.members = sorted(set(standing) - self.gone)
        self.operator = {tie["target"]: tie["source"] for tie in tables["ties.csv"] if tie["type"] == "OPERATES"}
        self.covered = {
            row["place"]
            for row in tables["coverage.csv"]
            if (row["subject"], row["share_answered"]) == (ecosystem, "1.0")
        }

    def targets(self, id: str, type: str) -> list[str]:
        return [tie["target"] for tie in self.out[id, type]]

    def held_in(self, id: str) -> set[str]:
        """The places that hold a partner or place."""
        up = self.targets(id, "LOCATED_IN") if id in self.partners else self.targets(id, "PART_OF")
        here = {id} if id in self.places else set()
        return here.union(*(self.held_in(place) for place in up))

    def is_covered(self, id: str) -> bool:
        return bool(self.held_in(id) & self.covered)

    def at(self, id: str) -> tuple[float, float]:
        row = self.partners.get(id) or self.places[id]
        return float(row["latitude"]), float(row["longitude"])

    def sites(self, program: str) -> list[Row]:
        return self.out[program, "OFFERED_AT"]

    def live_programs(self) -> list[str]:
        educators = {"educator_network", "educator_workshop"}
        return [
            id
            for id, row in self.programs.items()
            if self.operator[id] not in self.gone and row["program_type"] not in educators
        ]

    def stage_coverage(self) -> Found:
        served: dict[str, set[str]] = defaultdict(set)
        for program in self.live_programs():
            for site in self.sites(program):
                for place in self.held_in(site["target"]):
                    served[place].update(self.targets(program, "SERVES"))
        studied = [id for id, row in self.places.items() if row["kind"] in {"county", "city"} and self.is_covered(id)]
        return {(place, stage): 1.0 for place in studied for stage in SCHOOL_STAGES if stage not in served[place]}

    def transition(self) -> Found:
        points: dict[str, list[tuple[str, tuple[float, float]]]] = defaultdict(list)
        for program in self.live_programs():
            for stage in self.targets(program, "SERVES"):
                points[stage] += [(program, self.at(site["target"])) for site in self.sites(program)]
        for id, row in self.partners.items():
            if "college" in row["organization_type"] and id not in self.gone:
                for stage in self.targets(id, "SERVES"):
                    points[stage].append((id, self.at(id)))
        found: Found = {}
        for program in self.live_programs():
            operator = self.operator[program]
            if operator not in self.members or not self.is_covered(operator) or self.out[program, "FEEDS_INTO"]:
                continue
            own = [self.at(site["target"]) for site in self.sites(program)]
            stages = self.targets(program, "SERVES")
            for stage in stages:
                after = [term.value for term in NEXT_STAGES[StageTerm(stage)]]
                near = any(
                    other != program and distance_km(here, there) <= 25
                    for term in after
                    for other, there in points[term]
                    for here in own
                )
                if not near and not set(after) & set(stages):
                    found[program, stage] = float(sum(int(site["seats"]) for site in self.sites(program)))
        return found

    def connected(self) -> set[frozenset[str]]:
        owner = {**{id: id for id in self.partners}, **self.operator}
        pairs = set()
        for (source, type), ties in self.out.items():
            for tie in ties if type in CONNECTING else []:
                ends = frozenset({owner.get(source, ""), owner.get(tie["target"], "")}) - {""}
                if len(ends) == 2 and not ends & self.gone:
                    pairs.add(ends)
        return pairs

    def sector(self, id: str) -> Sector:
        return SECTOR_OF[OrganizationType(self.partners[id]["organization_type"])]

    def sector_pair(self) -> Found:
        among = [pair for pair in self.connected() if pair <= set(self.members)]
        counts = Counter(map(self.sector, self.members))
        tied = Counter(frozenset(map(self.sector, pair)) for pair in among)
        open_sectors = {self.sector(id) for id in self.members if not self.is_covered(id)}
        found: Found = {}
        for first, second in combinations([sector for sector in Sector if counts[sector]], 2):
            expected = len(among) * counts[first] * counts[second] / math.comb(len(self.members), 2)
            if not tied[frozenset({first, second})] and not {first, second} & open_sectors and expected >= 1:
                found[first.value, second.value] = expected
        return found

    def place_access(self) -> Found:
        learners: Counter[str] = Counter()
        for row in self.tables["counts.csv"]:
            if row["kind"] == "resident" and row["year"] == "2025" and not row.get("population"):
                learners[row["subject"]] += int(row["value"])
        sites = [site for program in self.live_programs() for site in self.sites(program)]
        seats = [site["target"] for site in sites if int(site["seats"])]
        inside = {place for host in seats for place in self.held_in(host)}
        found: Found = {}
        for place, number in learners.items():
            if place not in inside and self.is_covered(place):
                near = any(distance_km(self.at(place), self.at(host)) <= 10 for host in seats)
                if not near:
                    found[place,] = float(number)
        return found

    def isolation(self) -> Found:
        tied = {end for pair in self.connected() for end in pair}
        return {(id,): 1.0 for id in self.members if id not in tied and self.is_covered(id)}

    def unmet_need(self) -> Found:
        offers = [
            (row["subject"], row["resource"])
            for row in self.tables["offers.csv"]
            if row["subject"] in self.members and not row.get("until")
        ]
        found: Found = {}
        for need in self.tables["needs.csv"]:
            subject = need["subject"]
            if subject not in self.members or not self.is_covered(subject) or need.get("until"):
                continue
            if not any(
                other != subject and term == need["resource"] and distance_km(self.at(subject), self.at(other)) <= 60
                for other, term in offers
            ):
                found[need["id"],] = float(need.get("quantity") or 1)
        return found

    def gaps(self) -> Iterator[tuple[str, Found]]:
        for kind in ("stage_coverage", "transition", "sector_pair", "place_access", "isolation", "unmet_need"):
            yield kind, getattr(self, kind)()


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """By the spherical law of cosines."""
    (north, east), (north_2, east_2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    cosine = math.sin(north) * math.sin(north_2) + math.cos(north) * math.cos(north_2) * math.cos(east - east_2)
    return EARTH_KM * math.acos(max(-1.0, min(1.0, cosine)))


@pytest.fixture(scope="module")
def riverbend() -> GeneratedEcosystem:
    return generate_ecosystem(RIVERBEND)


@pytest.fixture(scope="module")
def reading(riverbend: GeneratedEcosystem) -> Reading:
    return Reading(dict(riverbend.tables), "riverbend")


def ties_of(generated: GeneratedEcosystem, type: str) -> list[Row]:
    return [tie for tie in generated.tables["ties.csv"] if tie["type"] == type]


def test_the_fixture_is_what_the_generator_makes(riverbend: GeneratedEcosystem) -> None:
    there = {path.name: path.read_bytes() for path in FIXTURE.iterdir() if path.name != "README.md"}
    assert there == {name: text.encode() for name, text in riverbend.files().items()}


def test_another_process_with_another_hash_seed_makes_the_same(tmp_path: Path, riverbend: GeneratedEcosystem) -> None:
    command = [sys.executable, "-m", "matchmaker.testing.ecosystem", str(tmp_path)]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": "12345"}, timeout=120)
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == riverbend.files()


def test_another_seed_makes_another_ecosystem() -> None:
    names = [
        {row["name"] for row in generate_ecosystem(EcosystemSettings(seed, 40)).tables["partners.csv"]}
        for seed in (1, 2)
    ]
    assert len(names[0] & names[1]) < 10


def test_too_small_an_ecosystem_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 40"):
        EcosystemSettings(partners=39)


@pytest.mark.parametrize(("partners", "seed"), [(40, 3), (150, 2026), (400, 4)])
def test_every_row_can_be_loaded(tmp_path: Path, partners: int, seed: int) -> None:
    generated = generate_ecosystem(EcosystemSettings(seed, partners))
    write(generated, tmp_path)
    found = read_bundle(tmp_path, ReadOptions())
    reader = RowsReader(PUBLIC, found.name)
    read = [reader.read(row) for row in found.rows()]
    assert (found.findings, found.notices) == ((), ())
    assert [row for row in read if isinstance(row, Refusal)] == []
    assert len(read) == sum(map(len, generated.tables.values()))
    assert abs(generated.truths.members - partners) <= 0.06 * partners


@pytest.mark.parametrize(("partners", "seed"), [(40, 11), (40, 12), (60, 13), (100, 14), (150, 15), (260, 16)])
def test_the_planted_gaps_are_the_only_ones(partners: int, seed: int) -> None:
    generated = generate_ecosystem(EcosystemSettings(seed, partners))
    planted: dict[str, Found] = defaultdict(dict)
    for gap in generated.truths.gaps:
        planted[gap.kind.value][tuple(map(str, gap.subject))] = gap.size
    for kind, found in Reading(dict(generated.tables), "riverbend").gaps():
        assert found == pytest.approx(planted[kind], abs=1e-6), kind


def test_riverbend_has_a_gap_of_every_kind_and_a_county_without(
    riverbend: GeneratedEcosystem, reading: Reading
) -> None:
    kinds = Counter(gap.kind.value for gap in riverbend.truths.gaps)
    assert kinds == {kind: len(found) for kind, found in reading.gaps()}
    assert min(kinds.values()) >= 1
    assert len(kinds) == 6
    [complete] = riverbend.truths.complete_places
    partners = {id for id in reading.partners if complete in reading.held_in(id)}
    assert len(partners) >= 30
    subjects = {part for gap in riverbend.truths.gaps for part in gap.subject}
    assert not {id for id in subjects if complete in reading.held_in(id.split(".")[0])}
    [unstated] = riverbend.truths.unstated_places
    assert unstated not in reading.covered
    assert complete in reading.covered


def test_the_detectors_find_what_was_planted_and_no_more(
    tmp_path: Path, riverbend: GeneratedEcosystem, reading: Reading
) -> None:
    store = SqliteStore.open(tmp_path / "riverbend.db", durability=Durability.NORMAL)
    outcome = import_file(store, FIXTURE, ImportOptions(strict=True), Runner("a test", lambda: 0))
    assert (outcome.refused, outcome.loaded) == (0, outcome.read)
    snapshot = store.snapshot(Scope(EcosystemId("riverbend")), datetime.date(2026, 6, 30))
    store.close()
    answers = detect(snapshot)
    found = {(gap.kind, *gap.subject): (gap.size, gap.unit) for gap in answers if gap.knowledge is Knowledge.KNOWN}
    assert found == {(gap.kind, *gap.subject): (gap.size, gap.unit) for gap in riverbend.truths.gaps}
    [complete], [unstated] = riverbend.truths.complete_places, riverbend.truths.unstated_places
    for gap in answers:
        places = {place for part in gap.subject if part in reading.places for place in reading.held_in(part)}
        assert complete not in places, gap.sentence
        assert unstated not in places or gap.knowledge is Knowledge.NOT_KNOWN, gap.sentence
    about_unstated = {gap.kind for gap in answers if unstated in gap.subject}
    assert {GapKind.STAGE_COVERAGE, GapKind.TRANSITION} <= about_unstated


def test_riverbend_shows_what_it_says_it_shows(riverbend: GeneratedEcosystem, reading: Reading) -> None:
    tables = riverbend.tables
    kinds = Counter(row["organization_type"] for row in tables["partners.csv"])
    assert {term.value for term in Sector} == {reading.sector(id).value for id in reading.members}
    assert kinds["tribal_nation"] == kinds["tribal_education_department"] == kinds["accreditor"] == 1
    widest = Counter(tie["source"] for tie in ties_of(riverbend, "OFFERED_AT")).most_common(1)[0]
    assert widest == ("rb-lornwick-after-school-workshop.makers-hour", 10)
    pcsps = [row["id"] for row in tables["programs.csv"] if row["program_type"] == "pcsp"]
    operators = {reading.partners[reading.operator[id]]["organization_type"] for id in pcsps}
    assert {"four_year_college", "museum", "tribal_education_department"} <= operators
    assert {tie["status"] for tie in ties_of(riverbend, "ACCREDITS")} == {
        "accredited",
        "candidate",
        "self_study",
        "under_review",
        "lapsed",
        "not_started",
    }
    assert {row["status"] for row in tables["criteria.csv"]} == {"met", "not_met", "unknown"}
    assert {tie["status"] for tie in ties_of(riverbend, "PARTICIPATES_IN")} == {
        "participating",
        "invited",
        "paused",
        "withdrawn",
    }
    assert [row["id"] for row in tables["partners.csv"] if row.get("withdrawn_everywhere")] == ["rb-haldtoft-foundry"]
    assert {row.get("capacity_status") for row in tables["partners.csv"]} >= {"open", "limited", "waitlist", "closed"}
    assert {row["requirement"] for row in tables["conditions.csv"]} == {"required", "not_required", "unknown"}
    small = [row for row in tables["counts.csv"] if row["kind"] == "resident" and int(row["value"]) < 10]
    assert [(row["subject"], row["stage"]) for row in small] == [("zip:rb-riverbend-5", "prek")]


def test_employers_are_employers_by_role_too(riverbend: GeneratedEcosystem) -> None:
    by_role = {
        row["organization_type"]
        for row in riverbend.tables["partners.csv"]
        if row.get("wbl_offered") and row["organization_type"] != "employer"
    }
    assert {"school_district", "government_agency", "research_laboratory"} <= by_role
    hosts = {tie["source"] for tie in ties_of(riverbend, "HOSTS_WBL")}
    assert len(hosts) >= 10


def test_colleges_of_every_standing_are_there(riverbend: GeneratedEcosystem) -> None:
    designations = {(row["code"], row["basis"]) for row in riverbend.tables["designations.csv"]}
    assert {("hbcu", "statutory"), ("tribal", "statutory"), ("hsi", "enrollment_threshold")} <= designations
    colleges = [row for row in riverbend.tables["partners.csv"] if row.get("control")]
    assert {row["control"] for row in colleges} == {"public", "private_nonprofit", "private_for_profit"}
    assert sum("closed_on" in row for row in colleges) == 1
    assert sum(row["degree_granting"] == "false" for row in colleges) == 1
    aided = [row for row in colleges if row.get("need_based_aid")]
    assert aided
    assert all(row.get("observed_on") for row in aided)
    committed = ties_of(riverbend, "COMMITTED_TO")
    assert committed
    assert all(tie["link"] and tie["since"] for tie in committed)
    assert "transfer" in {tie["kind"] for tie in ties_of(riverbend, "HAS_AGREEMENT_WITH")}


def test_some_programs_are_recognized_by_nobody_else(riverbend: GeneratedEcosystem, reading: Reading) -> None:
    outside = {
        tie["target"] for tie in ties_of(riverbend, "RECOGNIZES") if reading.operator[tie["target"]] != tie["source"]
    }
    unrecognized = {
        id
        for id, row in reading.programs.items()
        if row["program_type"] == "pcsp" and reading.operator[id] in reading.members and id not in outside
    }
    assert unrecognized == set(riverbend.truths.unrecognized_programs)
    assert len(unrecognized) == 2
    own = [tie for tie in ties_of(riverbend, "RECOGNIZES") if reading.operator[tie["target"]] == tie["source"]]
    assert [tie["target"] in unrecognized for tie in own] == [True]


def test_the_history_is_dated_and_has_ends_and_returns(riverbend: GeneratedEcosystem) -> None:
    ties = ties_of(riverbend, "PARTNERS_WITH")
    assert len(ties) >= 200
    assert all(tie["source"] < tie["target"] for tie in ties)
    assert {tie["since"][:4] for tie in ties if tie.get("since")} == {str(year) for year in range(2015, 2026)}
    assert any(not tie.get("since") for tie in ties)
    ended = [tie for tie in ties if tie.get("until")]
    assert len(ended) >= 20
    assert all(tie["since"] < tie["until"] < "2026" for tie in ended)
    first = {(tie["source"], tie["target"]): tie["until"] for tie in ties if tie.get("episode") == "first"}
    resumed = {(tie["source"], tie["target"]): tie["since"] for tie in ties if tie.get("episode") == "resumed"}
    assert first.keys() == resumed.keys()
    assert len(resumed) >= 5
    assert all(first[pair] <= resumed[pair] for pair in first)
    both = [tie for tie in ties if tie.get("level_by_source") and tie.get("level_by_target")]
    differing = [tie for tie in both if tie["level_by_source"] != tie["level_by_target"]]
    assert 10 <= len(differing) < len(both)


def test_nothing_ends_or_begins_after_the_day_the_truths_hold_on(riverbend: GeneratedEcosystem) -> None:
    for rows in riverbend.tables.values():
        for row in rows:
            assert row.get("until", "") <= "2026-06-30"
            assert row.get("since", "") <= "2026-06-30"


def test_everything_says_that_it_is_invented(riverbend: GeneratedEcosystem) -> None:
    for file, rows in riverbend.tables.items():
        said_by = "asserted_by" if file == "ties.csv" else "source"
        assert {row[said_by] for row in rows} == {"invented for demonstration"}
    for file in ("partners.csv", "programs.csv", "initiatives.csv", "pathways.csv"):
        assert all("(invented)" in row["description"] for row in riverbend.tables[file])
    for row in riverbend.tables["partners.csv"]:
        assert row.get("website", "https://x.example").endswith(".example")
        assert not {"unitid", "leaid", "ncessch", "mid", "fscs", "ein"} & row.keys()
    assert all(row["email"].endswith(".example") for row in riverbend.tables["contacts.csv"])
    assert not any("zip" in row or "county_fips" in row for row in riverbend.tables["places.csv"])


def test_beginners_have_needs_and_offers_and_nothing_else(riverbend: GeneratedEcosystem, reading: Reading) -> None:
    alone = [gap.subject[0] for gap in riverbend.truths.gaps if gap.kind == "isolation"]
    stated = {row["subject"] for file in ("needs.csv", "offers.csv") for row in riverbend.tables[file]}
    assert len(alone) == 3
    assert set(alone) <= stated
    assert not {end for pair in reading.connected() for end in pair} & set(alone)


def test_hidden_traits_matter_and_facts_alone_say_less() -> None:
    ceilings = generate_ecosystem(EcosystemSettings(5, 800)).truths.ceilings()
    assert len(ceilings) == 12
    many = {pattern: ceiling for pattern, ceiling in ceilings.items() if ceiling.good >= 20}
    assert len(many) >= 9
    for pattern, ceiling in many.items():
        assert ceiling.good < ceiling.pairs, pattern
        assert 0.7 < ceiling.knowing_all < 0.95, pattern
        assert ceiling.knowing_facts < ceiling.knowing_all, pattern
    assert ceilings[PatternName.CROSS_SECTOR].knowing_facts > 0.6


def test_good_pairs_are_not_linked_yet(riverbend: GeneratedEcosystem, reading: Reading) -> None:
    good = riverbend.truths.good_pairs()
    linked = {frozenset({source, tie["target"]}) for (source, _), ties in reading.out.items() for tie in ties}
    assert len(good) >= 40
    assert all(pair.probability >= 0.5 for pair in good)
    assert not [pair for pair in good if frozenset({pair.source, pair.target}) in linked]
    assert sum(pair.good for pair in good) >= len(good) / 3


def test_probabilities_come_true() -> None:
    pairs = generate_ecosystem(EcosystemSettings(8, 800)).truths.pairs
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.0)):
        some = [pair for pair in pairs if low <= pair.probability < high]
        expected = sum(pair.probability for pair in some) / len(some)
        spread = math.sqrt(expected * (1 - expected) / len(some))
        assert abs(sum(pair.good for pair in some) / len(some) - expected) < 4 * spread


def test_the_truths_file_says_the_same(riverbend: GeneratedEcosystem) -> None:
    told = json.loads((FIXTURE / "truths.json").read_text("utf-8"))
    assert [gap["subject"] for gap in told["gaps"]] == [list(gap.subject) for gap in riverbend.truths.gaps]
    assert told["members"] == riverbend.truths.members == 144
    assert len(told["good_pairs"]) == len(riverbend.truths.good_pairs())


def test_draws_depend_on_their_names_only() -> None:
    draws = Draws(7)
    before = draws.share("a", 1)
    draws.shuffle(list(range(100)), "other")
    digest = hashlib.sha256(b"7|a|1").digest()
    assert draws.share("a", 1) == before == (int.from_bytes(digest[:8], "big") >> 11) / 2**53
    assert draws.whole(1, 6, "die") in range(1, 7)
    assert sorted(draws.shuffle([3, 1, 2], "x")) == [1, 2, 3]
    assert draws.sample([1, 2, 3], 5, "x") == [1, 2, 3]


@pytest.mark.parametrize(
    ("scored", "area"),
    [
        ([(0.9, True), (0.1, False)], 1.0),
        ([(0.1, True), (0.9, False)], 0.0),
        ([(0.5, True), (0.5, False)], 0.5),
        ([(0.5, True)], 0.5),
        ([(3.0, True), (2.0, False), (1.0, True), (0.0, False)], 0.75),
    ],
)
def test_area_under_the_curve(scored: list[tuple[float, bool]], area: float) -> None:
    assert area_under_curve(scored) == area
