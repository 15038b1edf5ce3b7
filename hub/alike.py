"""Whether two customers may be one: by which keys they meet, and how alike they are, with reasons.

Knows nothing of the store. A key brings together those worth comparing; only the comparing says
anything. An address that many use, such as `info@`, says nothing about a person.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from hub.interaction import Party, PointKind

LIKELY = 60
"""From this score on people are shown to who can tell."""
MOST = 99
"""Only a person is sure."""

PERSON, ORGANISATION = "person", "organisation"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROLE_NAMES = _words(
    "info contact sales support service klantenservice customerservice help helpdesk admin "
    "administratie administration office kantoor mail post receptie reception hallo hello "
    "verkoop inkoop purchasing boekhouding finance facturen facturatie invoices invoice billing "
    "accounting accounts orders order bestellingen planning logistiek logistics webmaster "
    "noreply no-reply team bestuur secretariaat hr personeel marketing"
)
"""What stands before the @ of addresses that several people read."""

FREE_MAIL = _words(
    "gmail.com googlemail.com hotmail.com hotmail.nl outlook.com live.nl live.com msn.com "
    "yahoo.com icloud.com me.com ziggo.nl kpnmail.nl planet.nl xs4all.nl home.nl hetnet.nl "
    "upcmail.nl proton.me protonmail.com gmx.net gmx.de web.de casema.nl chello.nl tele2.nl"
)
"""Where everybody can have a mailbox: that two have it there says nothing."""

_PARTICLES = _words(
    "van de der den het t ten ter te in op von und la le du des di da dos el en and the"
)
_LEGAL = _words("bv nv vof cv gmbh ag ltd limited inc llc plc sa sarl bvba kg oy ab")
_TITLES = _words("dhr mevr mw mr mrs ms dr drs ir ing prof heer mevrouw")
_SHORTEST_LOCAL = 5
_PHONE_DIGITS = 9
_SHORTEST_SOUND = 3
_SAME, _NEAR, _FAR = 96, 86, 50


class Reason(StrEnum):
    """What speaks for it, and against."""

    NAME = "name"
    NEAR_NAME = "near_name"
    INITIALS = "initials"
    PHONE = "phone"
    LOCAL = "local"
    NAMED_AFTER = "named_after"
    NEAR_LOCAL = "near_local"
    ADDRESS = "address"
    NEAR_ADDRESS = "near_address"
    ORGANISATION = "organisation"
    DOMAIN = "domain"
    NUMBERS = "numbers"
    NAMES = "names"


_WEIGHTS = {
    Reason.NAME: 50,
    Reason.NEAR_NAME: 35,
    Reason.INITIALS: 35,
    Reason.PHONE: 45,
    Reason.LOCAL: 30,
    Reason.NAMED_AFTER: 50,
    Reason.NEAR_LOCAL: 15,
    Reason.ADDRESS: 35,
    Reason.NEAR_ADDRESS: 20,
    Reason.ORGANISATION: 20,
    Reason.DOMAIN: 15,
    Reason.NUMBERS: -15,
    Reason.NAMES: -45,
}


@dataclass(frozen=True)
class Likeness:
    """`score` of 0 to 99; `reasons`, what counts most first."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY


@dataclass(frozen=True)
class Traits:
    """What is compared of a customer. `mails` and `phones` without those that are shared."""

    id: str
    kind: str
    name: str
    number: str = ""
    organisation_id: str = ""
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """Of the name, without what many names have; none where the name is an address."""
        return [] if is_address(self.name) else name_words(self.name)

    @property
    def locals(self) -> set[str]:
        """What stands before the @ of their addresses, where it says something."""
        found = (local_name(mail) for mail in self.mails)
        return {one for one in found if len(one) >= _SHORTEST_LOCAL}

    @property
    def domains(self) -> set[str]:
        """Of those who have a mailbox where not everybody can."""
        return {mail.rpartition("@")[2] for mail in self.mails} - FREE_MAIL

    @property
    def digits(self) -> set[str]:
        """How their numbers end, also of those that stand with their details."""
        said = [text for name, text in self.attributes.items() if "phone" in name or "tel" in name]
        found = (re.sub(r"\D", "", one) for one in (*self.phones, *said))
        return {one[-_PHONE_DIGITS:] for one in found if len(one) >= _PHONE_DIGITS}

    @property
    def door(self) -> str:
        """Postcode and house number; empty where one is not known."""
        said = self.attributes
        postcode = next((said[n] for n in ("postcode", "postal_code", "zip") if said.get(n)), "")
        house = re.search(r"\d+", said.get("house_number", "") or said.get("address", ""))
        if not postcode or house is None:
            return ""
        return f"{plain(postcode).replace(' ', '')}/{house[0]}"

    @property
    def street(self) -> str:
        return plain(f"{self.attributes.get('address', '')} {self.attributes.get('city', '')}")


def is_address(text: str) -> bool:
    """Whether a name is none, but a mail address or a phone number."""
    return "@" in text or bool(re.fullmatch(r"[+\d][\d\s()./-]{5,}", text.strip()))


def is_for_many(mail: str) -> bool:
    """Whether an address is one of those that several people read."""
    local = mail.partition("@")[0].partition("+")[0].casefold()
    return local in ROLE_NAMES or re.sub(r"[._-]", "", local) in ROLE_NAMES


def is_for_many_people(party: Party) -> bool:
    """Whether an address joins nobody to anybody, also where nobody said that it is shared."""
    return party.kind is PointKind.EMAIL and is_for_many(party.value)


def plain(text: str) -> str:
    """Small letters without accents, digits, and single spaces."""
    flat = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ij", "y"))
    kept = "".join(c if c.isalnum() else " " for c in flat if not unicodedata.combining(c))
    return " ".join(kept.split())


def name_words(name: str) -> list[str]:
    """The words of a name that tell it from others, in order."""
    dotless = re.sub(r"\b(\w)\.", r"\1 ", name)
    legal = re.sub(r"\b([bnv])\s+(v)\b", r"\1\2", plain(dotless))
    common = _PARTICLES | _LEGAL | _TITLES
    words = legal.split()
    return [word for word in words if word not in common] or words


def local_name(mail: str) -> str:
    """What stands before the @, letters and digits only; empty where many read it."""
    if is_for_many(mail):
        return ""
    return plain(mail.partition("@")[0].partition("+")[0]).replace(" ", "")


def keys_of(one: Traits) -> set[str]:
    """Under which a customer is looked for; who shares none with them is not compared."""
    kind = ORGANISATION if one.kind == ORGANISATION else PERSON
    words = one.words
    keys = {f"local:{local}" for local in one.locals}
    keys |= {f"phone:{digits}" for digits in one.digits}
    if words:
        keys.add("name:" + " ".join(sorted(words)))
        last, first = sound(words[-1]), words[0][:1] if len(words) > 1 else ""
        if len(last) >= _SHORTEST_SOUND or one.organisation_id:
            keys.add(f"sound:{last}/{first}")
        if one.organisation_id:
            keys.add(f"colleague:{one.organisation_id}/{last}")
        if one.door:
            keys.add(f"door:{one.door}/{last}")
        # A mailbox named after who has it meets who has that name.
        whole = "".join(words)
        if kind == PERSON and len(whole) >= _SHORTEST_LOCAL:
            keys.add(f"local:{plain(one.name).replace(' ', '')}")
    elif one.door:
        keys.add(f"door:{one.door}/")
    if kind == ORGANISATION:
        keys |= {f"domain:{domain}" for domain in one.domains}
    return {f"{kind[0]}:{key}"[:160] for key in keys}


def sound(word: str) -> str:
    """About how a name sounds: what is often written otherwise is the same."""
    for written, said in _SOUNDS:
        word = word.replace(written, said)
    rest = re.sub(r"[aeiouyhw]", "", word[1:])
    return re.sub(r"(.)\1+", r"\1", word[:1] + rest)


_SOUNDS = (
    ("sch", "s"), ("ph", "f"), ("ck", "k"), ("ks", "x"), ("th", "t"), ("dt", "t"), ("c", "k"),
    ("z", "s"), ("v", "f"), ("q", "k"),
)  # fmt: skip


def compare(one: Traits, other: Traits) -> Likeness:
    """How alike they are. Who cannot be one, as a person and an organisation, are not at all."""
    if (one.kind == ORGANISATION) != (other.kind == ORGANISATION):
        return Likeness(0, ())
    found = [*_by_name(one, other), *_by_point(one, other), *_by_place(one, other)]
    if one.number and other.number and one.number != other.number:
        found.append(Reason.NUMBERS)
    score = sum(_WEIGHTS[reason] for reason in found)
    reasons = tuple(sorted(found, key=lambda reason: -abs(_WEIGHTS[reason])))
    return Likeness(max(0, min(MOST, score)), reasons)


def kept_first(one: Traits, other: Traits) -> tuple[Traits, Traits]:
    """Who stays when they are merged: who has a number, a name, or was known first."""
    first, second = sorted(
        (one, other), key=lambda who: (not who.number, who.kind == "visitor", not who.words, who.id)
    )
    return first, second


def _by_name(one: Traits, other: Traits) -> list[Reason]:
    mine, theirs = one.words, other.words
    if not mine or not theirs:
        return []
    alike = fuzz.token_sort_ratio(" ".join(mine), " ".join(theirs))
    if alike >= _SAME:
        return [Reason.NAME]
    if _share_initials(mine, theirs):
        return [Reason.INITIALS]
    # Parents and children differ in the first name: that must be alike by itself.
    nearest = JaroWinkler.similarity(mine[0], theirs[0]) * 100
    if alike >= _NEAR and nearest >= _NEAR:
        return [Reason.NEAR_NAME]
    return [Reason.NAMES] if _differ(mine, theirs, alike) else []


def _share_initials(mine: list[str], theirs: list[str]) -> bool:
    """`J. Jansen` and `Jan Jansen`: the last name is alike, and of one only initials are known."""
    if JaroWinkler.similarity(mine[-1], theirs[-1]) * 100 < _NEAR:
        return False
    first, second = mine[:-1], theirs[:-1]
    if not first or not second or first[0][0] != second[0][0]:
        return False
    return all(len(word) == 1 for word in first) or all(len(word) == 1 for word in second)


def _differ(mine: list[str], theirs: list[str], alike: float) -> bool:
    """Whether these are names of different people: another last name, or another first name where
    both are written out."""
    if alike < _FAR:
        return True
    written = len(mine) > 1 and len(theirs) > 1 and min(len(mine[0]), len(theirs[0])) > 1
    return written and JaroWinkler.similarity(mine[0], theirs[0]) * 100 < _NEAR


def _by_point(one: Traits, other: Traits) -> list[Reason]:
    found = []
    if one.digits & other.digits:
        found.append(Reason.PHONE)
    mine = one.locals | _as_local(one)
    theirs = other.locals | _as_local(other)
    both = bool(one.locals or other.locals)
    if (one.locals & theirs) or (other.locals & mine):
        # Of whom no name is known, their mailbox is the name.
        nameless = not (one.words and other.words) and not one.locals & other.locals
        found.append(Reason.NAMED_AFTER if nameless else Reason.LOCAL)
    elif both and any(fuzz.ratio(a, b) >= _NEAR for a in mine for b in theirs):
        found.append(Reason.NEAR_LOCAL)
    if one.domains & other.domains and not one.organisation_id:
        found.append(Reason.DOMAIN)
    return found


def _as_local(one: Traits) -> set[str]:
    """How a mailbox named after them would be called."""
    if one.kind == ORGANISATION or not one.words:
        return set()
    whole = plain(one.name).replace(" ", "")
    return {whole} if len(whole) >= _SHORTEST_LOCAL and " " in plain(one.name) else set()


def _by_place(one: Traits, other: Traits) -> list[Reason]:
    found = []
    if one.door and one.door == other.door:
        found.append(Reason.ADDRESS)
    elif (
        one.attributes.get("address")
        and other.attributes.get("address")
        and fuzz.token_sort_ratio(one.street, other.street) >= _NEAR
    ):
        found.append(Reason.NEAR_ADDRESS)
    if one.organisation_id and one.organisation_id == other.organisation_id:
        found.append(Reason.ORGANISATION)
    return found
