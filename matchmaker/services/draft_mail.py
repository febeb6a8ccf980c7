"""A message as a file that mail programs open as a draft."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from matchmaker.errors import ConfigError, Finding, InvalidInput
from matchmaker.services.draft_facts import Addressee
from matchmaker.services.drafting import Draft

LONGEST_LINE = 998
"""Of a mail; a stop link that is broken into two lines leads nowhere."""


def write_eml(draft: Draft) -> bytes:
    """Return a message as a file that mail programs open as a draft, addressed to work contacts.

    Raises
    ------
    ConfigError
        No public address is set, so that its readers couldn't follow the stop link.
    """
    if not draft.sendable:
        raise ConfigError(
            "Set MATCHMAKER_PUBLIC_URL to where people outside reach this server: every message carries a stop link, "
            "and without it the link leads nowhere for them."
        )
    message = EmailMessage(policy=SMTP.clone(max_line_length=LONGEST_LINE))
    known = [_mailbox(one) for one in draft.addressees if one.address]
    if known:
        message["To"] = known
    message["Subject"] = " ".join(draft.subject.split())
    message["X-Unsent"] = "1"
    message["List-Unsubscribe"] = ", ".join(f"<{url}>" for url in draft.stop_urls)
    if len(draft.stop_urls) == 1:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(draft.text)
    return message.as_bytes()


def _mailbox(one: Addressee) -> Address:
    shown = one.name or ", ".join(part for part in (one.role.replace("_", " "), one.organization) if part)
    try:
        return Address(display_name=" ".join(shown.split()), addr_spec=one.address)
    except (ValueError, IndexError) as error:
        valid = "an address such as office@example.org"
        raise InvalidInput(
            [Finding("the work contact's e-mail address can't be used", "email", one.address, valid)]
        ) from error
