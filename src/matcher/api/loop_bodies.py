"""Bodies of claims, orders, links, open doors and messages, with examples from Mr Wu's wish."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from matcher.domain.base import IS_WHOLE, Id, Whole, YesNo
from matcher.service.claiming.comments import Verdict
from matcher.service.rosters.loop import Stage
from matcher.service.rosters.replies import Says
from matcher.store.claims import Standing

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]+$")]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9][0-9 -]{5,18}[0-9]$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClaimAsked(_Body):
    """A claim: of which wish, by whom. A volunteer's account claims for itself."""

    wish: Id
    volunteer: Id | None = None
    team: Id | None = None
    places: Annotated[int, Field(ge=1, le=100), IS_WHOLE] = 1
    minutes: Annotated[int, Field(ge=0, le=10_000), IS_WHOLE] | None = None
    channel: Literal["livestream", "online", "qr", "offline", "team"] | None = None


CLAIM_EXAMPLES: Any = {"wu": {"summary": "Somebody claims Mr Wu's ride", "value": {
    "wish": "wu-escort", "volunteer": "v05", "minutes": 240, "channel": "livestream",
}}}


class ClaimTold(_Body):
    """A claim as the server took it: `holds` a place, or `waits` at a position of the waitlist."""

    claim: str
    wish: str
    volunteer: str | None
    team: str | None
    at: datetime
    state: str
    standing: Standing
    position: int | None
    places: int | None
    sequence: int
    version: int
    again: bool
    until: datetime | None = None
    """Until when a place is kept for this claim, if one came free."""
    title: str | None = None
    """Where the claimant sees it: the wish's title, and the resident by alias or masked."""
    resident: str | None = None


class Answered(_Body):
    """What somebody on the waitlist says to the place kept for them."""

    accepts: YesNo


class CommentsAsked(_Body):
    """Livestream comments: lines `昵称：内容` or CSV with a header."""

    text: Annotated[str, Field(max_length=2_000_000)]
    wish: Id | None = None
    people: Annotated[dict[str, Id], Field(max_length=5000)] = {}
    makes_people: YesNo = False


COMMENT_EXAMPLES: Any = {"wu": {"summary": "A broadcast about Mr Wu", "value": {
    "text": "20:04:02 罗志强：认领吴伯\n20:04:05 阿芳：+1\n20:05:10 罗志强：不去了", "people": {"阿芳": "v05"},
}}}


class CommentTold(_Body):
    """What became of one comment, and why."""

    row: int
    who: str
    text: str
    verdict: Verdict
    wish: str | None
    volunteer: str | None
    claim: str | None
    standing: str | None
    position: int | None
    why: str
    assumed: bool


class CommentsTold(_Body):
    """What was understood of all comments."""

    claimed: int
    again: int
    withdrawn: int
    ignored: int
    refused: int
    assumed: int
    lines: list[CommentTold]


class MoveAsked(_Body):
    """Where a wish goes in the loop. `published` may open it with places; a submitted order needs its `wish`."""

    stage: Stage
    wish: Id | None = None
    places: Whole | None = None
    answer_minutes: Whole | None = None


MOVE_EXAMPLES: Any = {"wu": {"summary": "Mr Wu's wish is opened for twelve", "value": {
    "stage": "published", "places": 12, "answer_minutes": 1440,
}}}


class OrderTold(_Body):
    """A wish on its way round the loop; `next` is what the community can make of it."""

    order: str
    wish: str | None
    stage: Stage
    places: int | None
    answer_minutes: int
    asked: dict[str, Any] | None
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: str
    next: list[str]


class ConfirmAsked(_Body):
    """That a visit took place, and how it was."""

    visit: Annotated[str, Field(min_length=1, max_length=160)] | None = None
    stars: Annotated[int, Field(ge=1, le=5), IS_WHOLE] | None = None
    words: Text | None = None


class ConfirmTold(_Body):
    """A confirmed visit, and the points it earned."""

    visit: str
    wish: str
    stage: str
    said: dict[str, Any]
    points: dict[str, int]


class LinkAsked(_Body):
    """A new link: to submit a `wish`, to `join`, or to `claim` (one wish, or any)."""

    kind: Literal["wish", "join", "claim"]
    wish: Id | None = None
    label: Annotated[str, Field(max_length=80)] = ""
    days: Whole = 30
    most_uses: Annotated[int, Field(ge=1, le=1_000_000), IS_WHOLE] | None = None
    most_per_address: Annotated[int, Field(ge=1, le=100_000), IS_WHOLE] = 30


LINK_EXAMPLES: Any = {"wu": {"summary": "A code to claim Mr Wu's ride", "value": {
    "kind": "claim", "wish": "wu-escort", "label": "直播间", "days": 7, "most_uses": 2000,
}}}


class LinkTold(_Body):
    """A link. `url` and `code` are there only in the answer that made it."""

    id: str
    kind: str
    wish: str | None
    shown: str
    label: str
    expires_at: datetime
    revoked_at: datetime | None
    most_uses: int | None
    most_per_address: int
    uses: int
    created_at: datetime
    created_by: str
    url: str | None = None
    code: str | None = None
    """The QR code as SVG."""


class TicketAsked(_Body):
    """A secret for one person: their own turns (`person`), a `claim`, an `order`, or a `visit` to confirm."""

    kind: Literal["order", "claim", "person", "visit"]
    subject: Annotated[str, Field(min_length=1, max_length=160)]
    once: YesNo = False
    days: Annotated[int, Field(ge=1, le=366), IS_WHOLE] = 90


TICKET_EXAMPLES: Any = {"wu": {"summary": "A code by which one volunteer sees their turns", "value": {
    "kind": "person", "subject": "v05", "days": 90,
}}}


class TicketTold(_Body):
    """A ticket with its secret, shown this once."""

    kind: str
    subject: str
    once: bool
    expires_at: datetime
    url: str
    code: str


class MessageAsked(_Body):
    """A message about a visit; phone numbers in it are masked."""

    text: Annotated[str, Field(max_length=4000)]


MESSAGE_EXAMPLES: Any = {"wu": {"summary": "A word to the driver", "value": {"text": "周六早上八点在楼下等，走得慢，请多等一会儿。"}}}


class MessageTold(_Body):
    """A message: its author by alias or masked."""

    number: int
    visit: str
    side: str
    name: str
    text: str
    created_at: datetime
    hidden: bool


class HideAsked(_Body):
    """Take a message out of sight, or put it back."""

    hidden: YesNo = True


class WishSubmitted(_Body):
    """What somebody wishes for, in their own words; a helper may submit it for a resident."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[^\x00]+$")]
    name: Name
    phone: Phone
    address: Text = ""
    when: Text = ""
    helper_name: Text = ""
    helper_phone: Phone | None = None


SUBMIT_EXAMPLES: Any = {"wu": {"summary": "A neighbour asks for Mr Wu", "value": {
    "text": "想每个月有人开车陪我去看儿子", "name": "吴伯", "phone": "13800000900", "when": "周末上午",
    "helper_name": "李姐", "helper_phone": "13800000902",
}}}


class Joined(_Body):
    """Somebody who wants to help."""

    name: Name
    phone: Phone
    gender: Literal["female", "male"] | None = None
    languages: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=10)] = []
    can: Text = ""
    """What they can do, in their own words."""
    free: Text = ""
    """When they are free, in their own words."""


JOIN_EXAMPLES: Any = {"hong": {"summary": "Somebody joins", "value": {
    "name": "李红", "phone": "13800000903", "can": "会开车", "free": "周六上午",
}}}


class OpenClaim(_Body):
    """A claim by who has no account: by name and phone; by a personal code the wish alone."""

    wish: Id | None = None
    name: Name | None = None
    phone: Phone | None = None
    minutes: Annotated[int, Field(ge=0, le=10_000), IS_WHOLE] | None = None


OPEN_CLAIM_EXAMPLES: Any = {"hong": {"summary": "Somebody claims Mr Wu's ride", "value": {
    "wish": "wu-escort", "name": "李红", "phone": "13800000903", "minutes": 240,
}}}


class OpenStep(_Body):
    """Which claim is meant; a claim's own code needs none."""

    claim: Annotated[str, Field(max_length=120)] | None = None


class OpenAnswer(OpenStep):
    """What is said to the place kept for a claim."""

    accepts: YesNo


class Offer(_Body):
    """A wish as everybody may see it: the resident by alias or masked."""

    wish: str
    kind: str
    title: str
    resident: str | None
    minutes: int
    stage: str
    claims_open: datetime | None
    claims_close: datetime | None
    places: int | None
    free: int | None
    waiting: int


class VisitTold(_Body):
    """A visit as the resident's side sees it; `said` is what it said of it."""

    visit: str
    stage: str
    title: str
    resident: str | None
    start: datetime | None
    end: datetime | None
    said: dict[str, Any]


class OpenTold(_Body):
    """What a code opens: a link (`wish`, `join`, `claim`) with what is offered, or a ticket with what it is about."""

    kind: str
    community: str
    expires_at: datetime
    offers: list[Offer] = []
    name: str = ""
    """What the community is called."""
    timezone: str = "Asia/Shanghai"
    claim: ClaimTold | None = None
    order: dict[str, Any] | None = None
    volunteer: str | None = None
    person: str | None = None
    """The volunteer by alias or masked."""
    visit: str | None = None
    about: VisitTold | None = None
    """The visit a ticket is for."""


class OpenDone(_Body):
    """What was done, in a sentence; `secret` is the person's own code, shown this once."""

    message: str
    claim: ClaimTold | None = None
    order: str | None = None
    stage: str | None = None
    volunteer: str | None = None
    secret: str | None = None
    url: str | None = None


class Turn(_Body):
    """One turn of a person: when, what, and as what."""

    visit: str
    start: datetime | None
    end: datetime | None
    title: str
    resident: str | None
    place: str | None
    standby: bool
    said: Says | None
    """What the person said to it, as it stands now."""
    outcome: str | None
    """What is on record: `done`, `no-show`, `cancelled`."""
    begun: bool
    """Whether it has begun: from then on it can be done, and not be declined any more."""


class ReplyAsked(_Body):
    """What somebody says to a turn; `no` is a decline on record. `words` go into the visit's thread."""

    visit: Annotated[str, Field(min_length=1, max_length=160)]
    says: Says
    words: Text = ""
    volunteer: Id | None = None
    """Whose turn; left away by whose own it is."""


REPLY_EXAMPLES: Any = {"no": {"summary": "December does not suit", "value": {
    "visit": "wu-escort/2026-12", "volunteer": "v01", "says": "no", "words": "那天要加班",
}}}


class ReplyTold(_Body):
    """What was said to a turn, and when; `start` is the time it was said to."""

    visit: str
    volunteer: str
    says: Says
    at: datetime
    start: datetime | None
    role: str
    standby: bool


class OpenReply(_Body):
    """What the person of a code says to a turn."""

    visit: Annotated[str, Field(min_length=1, max_length=160)]
    says: Says
    words: Text = ""


class OpenVisit(_Body):
    """Which visit is meant."""

    visit: Annotated[str, Field(min_length=1, max_length=160)]


class TurnDone(OpenVisit):
    """Which visit, and whose part in it; left away by whose own it is."""

    volunteer: Id | None = None


DONE_EXAMPLES: Any = {"done": {"summary": "October's driver has been", "value": {
    "visit": "wu-escort/2026-10", "volunteer": "v01",
}}}


class FeedGiven(_Body):
    """The address of a calendar, told only now."""

    url: str


class Turns(_Body):
    """A person's turns and claims."""

    turns: list[Turn]
    claims: list[ClaimTold]
