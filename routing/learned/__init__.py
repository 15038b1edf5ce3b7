"""Topics that are suggested by what earlier contacts turned out to be about.

A linear model over pieces of words, small and trained on the spot: `training` makes it from
examples, `classifier` uses it, `report` says how good it is. The same examples give the same model.
"""
