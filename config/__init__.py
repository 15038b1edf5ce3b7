"""What this deployment is made of, and starts it."""
