"""What a token of `/api/v1` may be allowed to do."""

SCOPES = {
    "customers:read": "search customers and organisations, and read them",
    "customers:write": "enter and change customers, organisations and their contact points",
    "conversations:read": "read conversations and interactions of the agent's roles",
    "conversations:write": "answer customers and leave notes",
    "contacts:write": "record a letter, fax, visit or call by hand",
    "work:read": "read the work of the agent's roles",
    "work:write": "take, hand over, put aside and resolve work",
    "agreements:read": "read what was agreed with customers",
    "agreements:write": "enter agreements",
    "orders:read": "read orders",
    "orders:write": "place, change and cancel orders for customers",
    "deliveries:read": "read where parcels are",
    "deliveries:write": "set how a parcel is to be brought",
    "model:read": "read the interaction model, and what holds for a contact",
    "webhooks:write": "subscribe addresses to events",
}
