"""How many people a role needs in each half hour, from what arrives and how long it takes."""
