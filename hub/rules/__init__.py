"""Business rules: when something holds of the work at hand, they propose what to do next. Pure."""
