"""The doors for programs: operations over JSON, with tokens, and a document that describes them."""
