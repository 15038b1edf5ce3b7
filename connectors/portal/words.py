"""What states are called to a customer: what it means for them, not what it is to us."""

from hub.deliveries import DeliveryEvent, EventKind
from hub.texts import N_, Said, Texts

REQUESTS = {
    "received": N_("Received"),
    "busy": N_("We are on it"),
    "your_turn": N_("We answered"),
    "done": N_("Done"),
}
CHANNELS = {
    "email": N_("by mail"),
    "chat": N_("by chat"),
    "sms": N_("by text message"),
    "whatsapp": N_("by WhatsApp"),
    "phone": N_("by phone"),
    "portal": N_("here"),
    "manual": N_("by letter or visit"),
    "partner": N_("from the carrier"),
}
ORDERS = {
    "placed": N_("Placed"),
    "confirmed": N_("Confirmed"),
    "shipped": N_("On its way"),
    "delivered": N_("Delivered"),
    "returned": N_("Returned"),
    "cancelled": N_("Cancelled"),
}
PARCELS = {
    "announced": N_("Announced"),
    "accepted": N_("With the carrier"),
    "in_transit": N_("On its way"),
    "customs": N_("At customs"),
    "out_for_delivery": N_("Comes today"),
    "attempted": N_("You were not at home"),
    "exception": N_("Problem reported"),
    "damaged": N_("Damaged"),
    "lost": N_("Lost"),
    "delivered": N_("Delivered"),
    "returned": N_("Goes back"),
    "information": N_("News"),
}
_DELAYED = N_("Delayed")


def parcel_news(event: DeliveryEvent) -> str:
    """A problem with a new time is a delay."""
    is_late = event.kind is EventKind.EXCEPTION and event.expected_until is not None
    return _DELAYED if is_late else PARCELS[event.kind.value]


WISHES = {
    "": N_("No preference"),
    "neighbours": N_("With the neighbours"),
    "shed": N_("In the shed"),
    "pickup": N_("At a pick-up point"),
}
PREFERRED = {
    "": N_("No preference"),
    "email": N_("E-mail"),
    "sms": N_("Text message"),
    "whatsapp": N_("WhatsApp"),
}
RIGHTS = {
    "conversations": N_("See what colleagues ask"),
    "order": N_("Order, change and cancel"),
    "invoices": N_("See the invoices"),
    "manage": N_("Manage colleagues"),
}
# What the code that refuses says in English.
REFUSALS = (
    N_("You may not do this for your organisation. Ask a colleague who manages it here."),
    N_("You act for no organisation here."),
    N_("This colleague does not exist."),
    N_("This is a colleague already."),
    N_("This is the organisation itself."),
    N_("Let somebody else manage first: nobody would be left."),
    N_("Too many invitations today. Go on tomorrow."),
    N_("This invitation is over."),
    N_("You act for another organisation here. Ask us to change that."),
    N_("This is a request of a colleague: you can read it here."),
)
SCOPES = {
    "details:read": N_("See my details"),
    "conversations:read": N_("Read my requests"),
    "conversations:write": N_("Ask, and go on with a request"),
    "agreements:read": N_("Read our agreements"),
    "orders:read": N_("See my orders"),
    "orders:write": N_("Order, change and cancel"),
    "invoices:read": N_("See my invoices"),
    "colleagues:read": N_("See colleagues"),
    "colleagues:write": N_("Invite colleagues, and say what they may do"),
    "deliveries:read": N_("See where parcels are"),
    "deliveries:write": N_("Say how a parcel is brought"),
}


def refusal(texts: Texts, detail: str) -> str:
    """Why something was refused: of the portal's own, or of what the hub knows how it was made."""
    return texts.said(detail) if isinstance(detail, Said) else texts(detail)
