"""The API of the console, `/api/v1`: what agents do, by programs that act for one of them."""
