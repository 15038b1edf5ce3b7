"""How templates call what they are given."""

from console_house import House


async def test_nothing_that_templates_call_asks_for_their_context(house: House) -> None:
    given = house.console._streams._frames._pages._environment.globals
    assert [name for name, what in given.items() if hasattr(what, "jinja_pass_arg")] == []


async def test_macros_functions_and_objects_are_called_in_loops_too(house: House) -> None:
    environment = house.console._streams._frames._pages._environment
    template = environment.from_string(
        "{% macro bold(text, mark='b') %}<{{ mark }}>{{ text }}{{ caller() }}</{{ mark }}>"
        "{% endmacro %}{% for n in range(2) %}"
        "{% call bold('<' ~ n, mark='i') %}{{ join(n, last='&') }}{% endcall %}{% endfor %}"
    )
    told = template.render(join=lambda n, *, last: f"{n}{last}")
    assert told == "<i>&lt;00&amp;</i><i>&lt;11&amp;</i>"
