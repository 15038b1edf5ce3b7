"""What the model says must be asked on a channel; see `hub.asking.WhatToAsk`."""

from datetime import datetime

from hub.asking import AskedTopic, Question
from hub.interaction import Channel, Direction
from hub.membership import Membership
from routing.guide import openings_of, words_of
from routing.inherit import Cell
from routing.model import Model
from routing.moment import InformationSource
from routing.tree import ANY, depth, nearest

_ASKED = (
    InformationSource.ASK,
    InformationSource.ORDER,
    InformationSource.DELIVERY,
    InformationSource.CUSTOMER,
)
"""What was agreed, we know ourselves."""

_NUMBERS = (None, "order.number")
"""What stands for the order itself: its number, also where the model does not say which field."""


def what_to_ask(
    model: Model, channel: Channel, who: Membership, now: datetime
) -> tuple[AskedTopic, ...]:
    group = model.grouping.group_of(who.said, who.traits).group
    return tuple(_asked(model, channel, group, topic, now) for topic in (ANY, *model.topics))


def call_is_recorded(model: Model, who: Membership, topic: str) -> bool:
    """Of a call that we make; see `hub.asking.IsRecorded`."""
    group = model.grouping.group_of(who.said, who.traits).group
    about = nearest(topic, model.topics)
    return model.handling(Cell(group, Direction.OUTBOUND, Channel.PHONE, about)).recorded


def _asked(model: Model, channel: Channel, group: str, topic_id: str, now: datetime) -> AskedTopic:
    handling = model.handling(Cell(group, Direction.INBOUND, channel, topic_id))
    topic, use = model.topics.get(topic_id), model.channels.get(channel)
    hours = (use.hours if use else None) or model.roles[handling.role].hours
    return AskedTopic(
        topic=topic.id if topic else "",
        title=words_of(topic.title) if topic else {},
        depth=depth(topic.id) if topic else 0,
        allowed=handling.allowed,
        instead=tuple(
            words_of(model.channels[other].title)
            for other in handling.instead
            if other in model.channels
        ),
        role=handling.role,
        openings=openings_of(model, hours, now) if hours else None,
        answer_within=handling.first_response,
        questions=tuple(
            Question(
                one.name,
                words_of(one.title),
                of_customer=one.source is InformationSource.CUSTOMER,
                of_order=one.source is InformationSource.ORDER and one.field in _NUMBERS,
            )
            for one in handling.required_information
            if one.source in _ASKED
        ),
        words=topic.rules.words if topic else (),
        recorded=handling.recorded,
        group=group,
    )
