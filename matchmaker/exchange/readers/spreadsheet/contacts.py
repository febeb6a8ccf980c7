"""Work contacts in a row of a sheet."""

from collections.abc import Iterator, Mapping

from matchmaker.exchange.mapping import Target
from matchmaker.exchange.readers.spreadsheet.days import read_date
from matchmaker.exchange.readers.spreadsheet.parts import filled
from matchmaker.exchange.readers.spreadsheet.sheet_row import SheetRow
from matchmaker.exchange.readers.spreadsheet.terms import ROLES, find_term
from matchmaker.exchange.readers.spreadsheet.values import Cell, find_email, find_phone
from matchmaker.exchange.reading import Part
from matchmaker.model.vocabulary import ContactRole

T = Target


def contact_parts(row: SheetRow, id: str, said: Mapping[str, str]) -> Iterator[Part]:
    """Yield a row's work contact; a person is named only with the day on which they agreed."""
    told = " ".join(text for _, text in row.cells.get(T.CONTACT_NAME, ()))
    email = row.read(T.CONTACT_EMAIL, _email) or find_email(told)
    phone = row.read(T.CONTACT_PHONE, _phone) or find_phone(told)
    agreed_on = row.read(T.CONTACT_AGREED_ON, read_date)
    name = _without(told, find_email(told), find_phone(told))
    if name and not agreed_on:
        valid = "a column with the day that person agreed to be named"
        row.note(
            "the name of a person is left out: no day on which they agreed", row.heading(T.CONTACT_NAME), "", valid
        )
    named = {"name": name, "agreed_on": agreed_on} if name and agreed_on else {}
    if email or phone or named:
        role = find_term(row.text(T.CONTACT_ROLE), ROLES) or ContactRole.GENERAL
        yield Part(
            "contacts.csv",
            {"subject": id, "role": role.value, **filled(email=email, phone=phone, **named), **said},
        )


def _without(text: str, *found: str) -> str:
    """Return what is left of a text, such as the name before an e-mail address."""
    for part in filter(None, found):
        text = text.replace(part, " ")
    return " ".join(text.split()).strip(" ,;:-()<>/|")


def _email(text: str) -> Cell:
    found = find_email(text)
    return (
        Cell(found) if found else Cell(wrong="is not an e-mail address", valid="an address such as office@example.org")
    )


def _phone(text: str) -> Cell:
    return (
        Cell(" ".join(text.split()))
        if sum(letter.isdigit() for letter in text) >= 7
        else Cell(wrong=_NOT_A_PHONE, valid=_PHONE)
    )


_NOT_A_PHONE, _PHONE = "is not a phone number", "a number with at least seven digits, such as 305-555-0100"
