"""What a token of `/api/v1` may be allowed to do."""

from agent_ui.texts import N_

SCOPES = {
    "customers:read": N_("search customers and organisations, and read them"),
    "customers:write": N_("enter and change customers, organisations and their contact points"),
    "conversations:read": N_("read conversations and interactions of the agent's roles"),
    "conversations:write": N_("answer customers and leave notes"),
    "contacts:write": N_("record a letter, fax, visit or call by hand"),
    "work:read": N_("read the work of the agent's roles"),
    "work:write": N_("take, hand over, put aside and resolve work"),
    "agreements:read": N_("read what was agreed with customers"),
    "agreements:write": N_("enter and change agreements"),
    "orders:read": N_("read orders"),
    "orders:write": N_("place, change and cancel orders for customers"),
    "deliveries:read": N_("read where parcels are"),
    "deliveries:write": N_("set how a parcel is to be brought"),
    "oversight:read": N_("read the wall and reports, if the agent oversees the work"),
    "oversight:write": N_("give work to others, and say who is there, if the agent oversees it"),
    "model:read": N_("read the interaction model, and what holds for a contact"),
    "rules:read": N_("read business rules and contact arrangements, for an administrator"),
    "rules:write": N_("change business rules and contact arrangements, for an administrator"),
    "webhooks:write": N_("subscribe addresses to events"),
}
