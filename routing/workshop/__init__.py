"""From the cards of a five-step session to a model and back, and what holds while it is made."""
