"""What an operator watches: /metrics of a running process, after a mail came and was answered."""

from pathlib import Path

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from builders import ACCOUNT, email_party
from hub.interaction import Channel
from hub.replies import Reply, add_reply
from hub.store.tables import work_items
from loket_process import LoketProcess, deploy
from mta import Mta, mail
from servers.smtp import SmtpSink
from stores import only, opened
from waiting import eventually


async def metrics_of(loket: LoketProcess) -> dict[str, float]:
    """Each sample, by its name and the values of its labels."""
    async with (
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{loket.port}/metrics") as answer,
    ):
        families = text_string_to_metric_families(await answer.text())
        samples = [sample for family in families for sample in family.samples]
    return {" ".join([each.name, *each.labels.values()]): each.value for each in samples}


async def test_a_mail_and_its_answer_can_be_followed(
    sqlite_url: str, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    deployment = deploy(tmp_path, store_url=sqlite_url, bus_url="local:", sink_port=smtp_sink.port)
    loket = LoketProcess(deployment).start()
    wanted = {
        "loket_received_total email": 1,
        "loket_routed_total email logistics": 1,
        "loket_work_items_waiting logistics": 1,
        "loket_oldest_unprocessed_seconds": 0,
        "loket_outbox_rows": 0,
        "loket_outbox_lag_seconds": 0,
        "loket_queue_depth router": 0,
    }

    async def shown() -> bool:
        samples = await metrics_of(loket)
        return {name: samples.get(name) for name in wanted} == wanted

    try:
        await Mta(deployment.smtp_port).deliver([mail(0, "ask")])
        await eventually(shown)
        async with opened(sqlite_url) as database:
            conversation_id = (await only(database, work_items)).conversation_id
            reply = Reply(
                conversation_id=conversation_id,
                channel=Channel.EMAIL,
                account=ACCOUNT,
                to=(email_party("jan@example.org"),),
                text="It is on its way.",
            )
            await database.write(lambda c: add_reply(c, reply))
        wanted["loket_sent_total email"] = 1
        await eventually(shown)
    finally:
        loket.terminate()
