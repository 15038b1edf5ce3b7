"""The customer portal: what a customer sees of us, and can do without asking."""
