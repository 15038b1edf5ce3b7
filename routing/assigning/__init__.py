"""Which agent a waiting work item is offered to: pure decisions on frozen values."""
