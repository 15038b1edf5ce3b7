"""Topics and target groups form trees; a path such as `delivery/late` names a place in one."""


def is_within(path: str, branch: str) -> bool:
    """Whether a topic or target group is this one, or lies below it."""
    return bool(branch) and (path == branch or path.startswith(f"{branch}/"))
