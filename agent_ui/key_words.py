"""What every key does, and where one can go: the list of `?`, and the palette."""

from collections.abc import Iterator, Sequence

from agent_ui.office import words as office
from agent_ui.texts import N_
from hub.store.agents import Agent

KEYS = (
    ("j k", N_("next and previous in the list")),
    ("Enter o", N_("open")),
    ("u Esc", N_("back to the list")),
    ("t", N_("take next")),
    ("i", N_("take the open one")),
    ("y", N_("accept what is offered")),
    ("Shift+N", N_("decline it")),
    ("Shift+E", N_("end the wrap-up")),
    ("Shift+X", N_("a minute more to wrap up")),
    ("Shift+P", N_("say whether you take offers")),
    ("Shift+Y", N_("to what a colleague asks")),
    ("r", N_("reply")),
    ("x", N_("note")),
    ("f", N_("forward")),
    ("Shift+J", N_("to who gets a copy")),
    ("Shift+O", N_("send later")),
    ("v", N_("promise something")),
    ("Shift+K", N_("to the first promise to keep")),
    ("Shift+A", N_("do what is proposed")),
    ("Shift+Z", N_("put aside what is proposed")),
    ("Shift+D", N_("to the first step to do")),
    ("Shift+Q", N_("to what you must know")),
    ("Shift+C", N_("to the customer")),
    ("Shift+V", N_("ask for approval")),
    (".", N_("why it is here")),
    ("b", N_("take back what has not left yet")),
    ("Shift+G", N_("send now what waits to leave")),
    ("Shift+R", N_("send again what did not arrive")),
    ("e", N_("resolve")),
    ("n", N_("open the next one")),
    ("c", N_("correct the topic")),
    ("Shift+T", N_("ask another role for something")),
    ("Shift+F", N_("follow it, or not any more")),
    ("Shift+W", N_("what you follow")),
    ("Shift+I", N_("listen in, or not any more")),
    ("g", N_("hand it over")),
    ("z s", N_("put it aside")),
    ("Shift+B", N_("put it back for colleagues")),
    ("a", N_("say who of a shared address it is")),
    ("l", N_("write down a letter, visit or call")),
    ("Shift+S", N_("split the conversation from a message on")),
    ("Shift+M", N_("merge the conversation into another")),
    ("Shift+L", N_("link it with another conversation")),
    ("Shift+U", N_("to what can be undone of that")),
    ("q", N_("filter the work")),
    ("1-9", N_("one of your views")),
    ("0", N_("all work")),
    ("p", N_("call the customer")),
    ("h", N_("hold the call, or resume it")),
    ("m", N_("mute yourself in the call, or not")),
    ("d", N_("keypad of the call")),
    ("w", N_("transfer the call")),
    ("Shift+H", N_("hang up")),
    ("Ctrl+Enter", N_("send")),
    ("Ctrl+Shift+Enter", N_("send and resolve")),
    ("/", N_("find a customer, a conversation or a file")),
    ("Ctrl+K", N_("do or find anything")),
    ("?", N_("the list of keys")),
)


def _actions(keys: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of each line its first key that does something by itself, as a browser tells it."""
    for names, what in keys:
        single = [name for name in names.split() if name.startswith("Shift+") or len(name) == 1]
        if single and names != "j k":
            yield single[0].removeprefix("Shift+"), what


PALETTE = tuple(_actions(KEYS))
"""The actions that the palette has; the browser hides those that nothing on the page asks for."""

COLOURS = (
    ("", N_("As the system")),
    ("light", N_("Light")),
    ("dark", N_("Dark")),
    ("contrast", N_("High contrast")),
)
"""What the palette can be told to look like."""

_PLACES = (
    ("/console/search", N_("Search")),
    ("/console/account", N_("My account")),
    ("/console/guide", N_("Who is responsible for what")),
    ("/console/model", N_("Interaction model")),
)
_OWN_REVIEWS = ("/console/reviews/mine", N_("Reviews of my work"))
_OFFICE = (
    ("/console/replies", N_("Canned replies")),
    ("/console/imports", N_("Import")),
    ("/console/programs", N_("Programs")),
)


def places(agent: Agent) -> Sequence[tuple[str, str]]:
    """The pages that the palette leads this agent to: address and name."""
    return (
        *_PLACES,
        *((_OWN_REVIEWS,) if agent.roles else ()),
        *(office.OVERVIEW if agent.oversees else ()),
        *((*office.ADMINISTRATION, *_OFFICE) if agent.administrator else ()),
    )
