"""When a role is there: opening hours in local time, calendars and the clocks that follow them."""
