"""Every text that a person reads in the console, in their language."""

from pathlib import Path

from hub.texts import DEFAULT, LANGUAGES, N_, Texts, all_texts, catalogue, preferred

__all__ = [
    "CLIENT_TEXTS",
    "DEFAULT",
    "LANGUAGES",
    "N_",
    "Texts",
    "load_catalogue",
    "preferred",
    "texts_for",
]

_FOLDER = Path(__file__).parent / "locale"

CLIENT_TEXTS = (
    N_("{n} d"),
    N_("{n} h"),
    N_("{n} min"),
    N_("under a minute"),
    N_("late by {time}"),
    N_("due in {time}"),
    N_("Live"),
    N_("Connecting again"),
    N_("No network"),
    N_("Signed out"),
    N_("1 new message"),
    N_("{n} new messages"),
    N_("New work: {title}"),
    N_("The wrap-up is over."),
    N_("There is news in a conversation that you follow."),
    N_("and {n} more"),
    N_("and more"),
    N_("{n} more rows."),
    N_("{n} more rows, {left} behind them."),
    N_("This is the end of the list."),
    N_("Take out"),
    N_("These files are {size} MB together. At most {most} MB can go along."),
    N_("Draft kept"),
    N_("Draft kept on this device"),
    N_("What you were sending here did not arrive. It is in your answer again."),
    N_("This reply was not sent. It is kept here, apart from what you write now."),
    N_("This note was not added. It is kept here, apart from what you write now."),
    N_("This was not forwarded. It is kept here, apart from what you write now."),
    N_(
        "This browser has text of yours that Loket does not have. "
        "It is deleted when you sign out. Sign out?"
    ),
    N_("Your answer was not sent and is kept as a draft: {why}"),
    N_("What you wrote behind your answer was not sent. It is kept as a draft."),
    N_("It has left already."),
    N_("You cannot answer here any more. What you wrote is kept as a note, which only we see."),
    N_("This conversation is one with another now. What you typed came along."),
    N_("{name} is looking too"),
    N_("Canned replies"),
    N_("for this topic"),
    N_("work"),
    N_("Search everything for “{words}”"),
    N_("{name} is writing here"),
    N_("You are signed in again. Go on where you were."),
    N_("Loket cannot be reached. What you typed is kept. Try again."),
    N_("You are signed out. What you typed is kept."),
    N_("Sign in again"),
    N_("Nothing waits for your roles."),
    N_("{n} s"),
    N_("Work is offered to you"),
    N_("{n} cells"),
    N_("1 cell is changed and not saved yet."),
    N_("{n} cells are changed and not saved yet."),
    N_("Everything is as it was saved."),
    N_("“{name}” is not a role: nothing was pasted."),
    N_(
        "“{name}”, in row {row} and column {column} of what you copied, is not a role: "
        "nothing was pasted."
    ),
    N_("Pasted cells that lie beyond the edge were left out: {n}."),
    N_("inherited"),
    N_("1 SMS"),
    N_("{n} SMS"),
    N_("{n} left"),
    N_("about {price}"),
    N_("1 change waits for the network. It is kept."),
    N_("{n} changes wait for the network. They are kept."),
    N_("Not kept: {what}. {why}"),
    N_("Connecting"),
    N_("Ready to ring"),
    N_("This browser cannot be called now"),
)
"""What the scripts say; the page hands it to them."""

_TEXTS = all_texts(_FOLDER)


def load_catalogue(language: str) -> dict[str, str]:
    return catalogue(_FOLDER, language)


def texts_for(language: str) -> Texts:
    return _TEXTS.get(language, _TEXTS[DEFAULT])
