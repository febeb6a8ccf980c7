"""What organizations need and offer, and the fields and occupations that programs are about."""

from matchmaker.model.vocabulary import Sector

TOPICS = {
    "01.0000": "Agriculture and food systems",
    "03.0103": "Environmental studies",
    "11.0701": "Computer science",
    "14.0101": "Engineering",
    "15.0613": "Manufacturing technology",
    "26.0101": "Biology",
    "27.0101": "Mathematics",
    "40.0501": "Chemistry",
    "40.0801": "Physics",
    "51.0000": "Health sciences",
}
"""Fields, by CIP code."""

OCCUPATIONS = {
    "15-1252": "Software developers",
    "17-2051": "Civil engineers",
    "17-3023": "Electrical and electronic engineering technicians",
    "19-4042": "Environmental science technicians",
    "29-1141": "Registered nurses",
    "29-2012": "Medical laboratory technicians",
    "47-2111": "Electricians",
    "51-4041": "Machinists",
    "51-8031": "Water treatment operators",
}
"""Occupations, by SOC code."""

OCCUPATION_WITHOUT_PROGRAM = "51-8031"
"""Employers look for these, and no program prepares for it."""

_NEEDED = {
    Sector.EARLY_LEARNING: "curriculum professional_development volunteers equipment",
    Sector.K12: "mentors guest_speakers equipment curriculum professional_development field_sites job_shadows "
    "internships",
    Sector.OUT_OF_SCHOOL_TIME: "mentors volunteers space funding curriculum learners guest_speakers",
    Sector.HIGHER_EDUCATION: "learners internships outreach",
    Sector.INFORMAL_LEARNING: "learners volunteers funding outreach",
    Sector.COMMUNITY: "space funding mentors curriculum",
    Sector.INDUSTRY: "outreach learners curriculum",
    Sector.PHILANTHROPY: "data outreach",
    Sector.GOVERNMENT: "outreach data",
    Sector.TRIBAL_NATION: "co_design mentors internships",
    Sector.BACKBONE: "data leadership",
}
_OFFERED = {
    Sector.EARLY_LEARNING: "outreach space learners",
    Sector.K12: "learners space data professional_development",
    Sector.OUT_OF_SCHOOL_TIME: "outreach co_design learners volunteers",
    Sector.HIGHER_EDUCATION: "mentors curriculum professional_development equipment guest_speakers admissions_pathway",
    Sector.INFORMAL_LEARNING: "field_sites curriculum equipment professional_development space",
    Sector.COMMUNITY: "outreach volunteers co_design space",
    Sector.INDUSTRY: "mentors guest_speakers job_shadows internships equipment funding",
    Sector.PHILANTHROPY: "funding scholarships leadership",
    Sector.GOVERNMENT: "data internships job_shadows field_sites",
    Sector.TRIBAL_NATION: "co_design leadership field_sites",
    Sector.BACKBONE: "coaching leadership outreach technical_assistance",
}
NEEDED_BY = {sector: terms.split() for sector, terms in _NEEDED.items()}
OFFERED_BY = {sector: terms.split() for sector, terms in _OFFERED.items()}

AT_WORK = ("job_shadows", "internships")
"""What only schools of older learners look for."""

CAN_BE_UNMET = {
    Sector.EARLY_LEARNING: ("translation",),
    Sector.K12: ("translation", "transportation"),
    Sector.OUT_OF_SCHOOL_TIME: ("transportation", "meals", "evaluation"),
    Sector.HIGHER_EDUCATION: ("evaluation", "credentialing"),
    Sector.INFORMAL_LEARNING: ("evaluation", "transportation"),
    Sector.COMMUNITY: ("translation", "meals", "transportation"),
}
"""What nobody offers where a need is planted, by who may need it: in no list above, so that no other need is of it."""
