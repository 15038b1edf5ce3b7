"""What people call the parts of business rules. All are keys of the translations."""

from agent_ui.texts import N_

CUSTOMERS = {
    "private": N_("a private person"),
    "business": N_("an organisation, or somebody of one"),
    "shared": N_("an address that several people use"),
    "visitor": N_("a visitor that we do not know"),
}
PROMISES = {
    "": N_("any answer or solution"),
    "first_response": N_("the first answer"),
    "next_response": N_("a later answer"),
    "resolution": N_("the solution"),
}
ABOUT = {
    "order": N_("the same order"),
    "topic": N_("the same topic"),
    "anything": N_("anything"),
}
AGREEMENTS = {
    "": N_("any agreement"),
    "contract": N_("a contract"),
    "sla": N_("a service agreement"),
    "price": N_("a price agreement"),
}
MATCH = {"all": N_("all of this holds"), "any": N_("any of this holds")}
CONDITIONS = {
    "topic": N_("what it is about"),
    "channel": N_("the channel"),
    "group": N_("the target group"),
    "customer": N_("the kind of customer"),
    "waiting": N_("how long the customer waits"),
    "missed": N_("a deadline that was missed"),
    "contacts": N_("how often they contacted us"),
    "order_late": N_("a late order"),
    "invoice_overdue": N_("an invoice that is overdue"),
    "promise_broken": N_("a broken promise"),
    "rating": N_("a low rating"),
    "agreement": N_("an agreement in force"),
}
ACTIONS = {
    "reply": N_("answer with a canned reply"),
    "gesture": N_("offer a gesture of an amount"),
    "promise": N_("promise something"),
    "call": N_("call the customer"),
    "task": N_("ask another role for something"),
    "approval": N_("ask approval"),
    "transfer": N_("hand it over"),
    "result": N_("record a result"),
    "advice": N_("give advice"),
}
TAKE = {
    "reply": N_("Write this answer"),
    "promise": N_("Fill in the promise"),
    "call": N_("Go to the call"),
    "task": N_("Fill in the task"),
    "approval": N_("Fill in the request"),
    "transfer": N_("Fill in the handover"),
    "result": N_("Fill in the result"),
    "advice": N_("I do this"),
}
"""By the door that it opens."""
WHY_NOT = {
    "does_not_fit": N_("It does not fit here"),
    "done_already": N_("It was done already"),
    "not_wanted": N_("The customer does not want it"),
    "not_now": N_("Something else comes first"),
}
"""What can be said with one click; who puts it aside may also write their own words."""
STATES = {
    "shown": N_("Shown"),
    "done": N_("Done"),
    "taken": N_("Begun"),
    "aside": N_("Put aside"),
    "left": N_("Not used"),
    "open": N_("Still open"),
    "settled": N_("Solved, and they did not come back"),
    "came_back": N_("Came back within 7 days"),
    "rated": N_("Rated"),
}
PROBLEMS = {
    "too_short": N_("Add at least one condition."),
    "too_long": N_("These are too many conditions: {most} at most."),
    "missing": N_("Fill this in."),
    "string_too_short": N_("Fill this in."),
    "string_too_long": N_("This is too long."),
    "string_pattern_mismatch": N_("Write an address that begins with https:// or /console."),
    "int_parsing": N_("Write a whole number."),
    "int_type": N_("Write a whole number."),
    "decimal_parsing": N_("Write an amount, such as 12.50."),
    "decimal_type": N_("Write an amount, such as 12.50."),
    "greater_than": N_("This is too little."),
    "greater_than_equal": N_("This is too little."),
    "less_than_equal": N_("This is too much."),
    "literal_error": N_("Choose one of these."),
    "enum": N_("Choose one of these."),
    "union_tag_not_found": N_("Choose what to propose."),
    "date_from_datetime_parsing": N_("Write a day."),
    "date_parsing": N_("Write a day."),
    "date_type": N_("Write a day."),
    "value_error": N_("The last day must not come before the first."),
    "gone": N_("This is not there any more. Choose another one."),
}
RULE_REASONS = {
    "bad_rule": N_("Not kept: something is missing or wrong. It is said where."),
    "rule_changed": N_("Somebody changed or removed this rule. Open it again."),
    "many_rules": N_("There are too many rules. Remove one first."),
    "no_reason": N_("Say why not."),
    "no_proposal": N_("This is not proposed any more: what it was about has changed."),
}
MORE = N_("1 more is proposed"), N_("{n} more are proposed")
VERSIONS = N_("1 version"), N_("{n} versions")
