"""What several connectors need and no single one owns."""
