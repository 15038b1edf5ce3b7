"""Partners: carriers and others who post what happens to deliveries."""
