"""One module per page of the console, and per group of actions. routes.py says which is where."""
