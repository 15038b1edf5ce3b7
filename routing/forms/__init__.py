"""The forms that a model comes in: YAML to keep, a matrix to fill in together, DMN to exchange."""
