"""What an operator types, and what they read when something is wrong."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from builders import TOKENS, mail_arrival
from config import checks
from hub.bus import DeadLetter
from hub.intake import Intake
from hub.metrics import Metrics
from hub.store import api_tokens
from hub.store import dead_letters as letters
from hub.store.tables import audit_log, dead_letters, outbox
from identity_provider import identity_provider
from loket_process import (
    NOTHING,
    Deployment,
    LoketProcess,
    deploy,
    execute,
    run,
)
from servers.process import free_port
from servers.smtp import SmtpSink
from stores import count, only, opened, rows
from taught import know
from waiting import wait_for


@pytest.fixture
def deployment(sqlite_url: str, tmp_path: Path) -> Deployment:
    return deploy(tmp_path, store_url=sqlite_url, bus_url="local:")


def refused(deployment: Deployment, *arguments: str, extra: Mapping[str, str] = NOTHING) -> str:
    """What a command that must fail says."""
    with pytest.raises(AssertionError) as failed:
        run(deployment, *arguments, extra=extra)
    said = str(failed.value)
    assert "Traceback" not in said
    return said


def refused_to_serve(deployment: Deployment, *arguments: str) -> str:
    """The same of a process that would run for ever if it were not refused."""
    done = execute(deployment, "serve", *arguments)
    assert done.status == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_check_says_what_is_wrong_and_what_to_do(deployment: Deployment) -> None:
    said = refused(deployment, "check")
    assert "nobody holds it" in said
    assert "loket agents add" in said
    assert "nothing answers on port" in said
    assert "under [connectors.email.smtp]" in said


async def test_a_role_without_people_is_a_warning_and_not_a_failure(
    sqlite_url: str, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    newcomer = deploy(tmp_path, store_url=sqlite_url, bus_url="local:", sink_port=smtp_sink.port)
    anna = ("agents", "add", "anna", "--name", "Anna", "--role", "customer-service")
    asked = {"LOKET_AGENT_PASSWORD": "correct horse battery"}
    run(newcomer, *anna, "--role", "triage", extra=asked)
    said = await asyncio.to_thread(run, newcomer, "check")
    assert "ok   roles: customer-service: held" in said
    assert "warn roles: billing: nobody holds it" in said
    assert "warn model proof: " in said
    assert "FAIL" not in said


def test_check_says_what_is_removed_and_when_nothing_is(deployment: Deployment) -> None:
    assert "audit log 730 days" in refused(deployment, "check")
    forever = "\n".join(f"{what}_days = 0" for what in ("original", "audit", "mailbox", "event"))
    with deployment.config.open("a") as file:
        file.write(f"\n[hub.retention]\n{forever}\n")
    said = refused(deployment, "check")
    assert "retention: off: nothing is ever removed" in said
    impossible = deployment.config.read_text().replace("event_days = 0", "event_days = 1")
    deployment.config.write_text(impossible)
    assert "hub.retention.event_days" in refused(deployment, "check")


async def test_check_tries_the_identity_provider(deployment: Deployment) -> None:
    said = deployment.config.read_text()

    async def checked(issuer: str, more: str = "") -> str:
        section = f'\n[console.oidc]\nissuer = "{issuer}"\nclient_id = "loket"\n{more}\n'
        deployment.config.write_text(said + section)
        return (await asyncio.to_thread(refused, deployment, "check")).replace("\n       ", " ")

    assert "console.oidc.issuer: Value error, write an address" in await checked(
        "http://id.example"
    )
    secret = await checked("https://id.example", 'client_secret = "x"')
    assert "a secret does not belong in this file" in secret
    async with identity_provider() as provider:
        found = await checked(provider.issuer, "only = true")
        assert "answers, 1 keys" in found
        assert "/console/sign-in/oidc/back must be registered" in found
        assert "no administrator has a mail address" in found
        assert "write that as the issuer" in await checked(provider.issuer + "/")


def test_model_check_proves_a_model_and_says_what_to_do(deployment: Deployment) -> None:
    said = refused(deployment, "model", "check")
    assert "Nobody holds the role “Triage”" in said
    assert "loket agents add LOGIN --name NAME --role triage" in said
    assert ".yaml: " in said
    assert "model proof: " in refused(deployment, "check")


def test_model_check_speaks_dutch_and_names_what_is_broken(
    deployment: Deployment, tmp_path: Path
) -> None:
    example = Path(__file__).parents[2] / "config" / "interaction_model.yaml"
    said = refused(deployment, "model", "check", str(example), "--language", "nl", "--notes")
    assert "alleen door zijn `order`" in said
    broken = tmp_path / "broken.yaml"
    broken.write_text(example.read_text().replace("role: logistics", "role: logistic"))
    assert "'logistics'" in refused(deployment, "model", "check", str(broken))


@pytest.mark.parametrize(("form", "name"), [("csv", "m"), ("xlsx", "m.xlsx"), ("dmn", "m.dmn")])
def test_a_model_goes_out_and_comes_in_by_command(
    form: str, name: str, deployment: Deployment, tmp_path: Path
) -> None:
    out, back = tmp_path / name, tmp_path / "back.yaml"
    run(deployment, "model", "export", "--format", form, str(out))
    assert "back.yaml has" in run(deployment, "model", "convert", str(out), str(back))
    assert back.read_text().startswith("version:")


def test_a_broken_form_is_said_and_replaces_nothing(deployment: Deployment, tmp_path: Path) -> None:
    out, back = tmp_path / "m", tmp_path / "back.yaml"
    run(deployment, "model", "export", "--format", "csv", str(out))
    moments = out / "moments.csv"
    moments.write_text(moments.read_text("utf-8-sig").replace(",inbound,", ",inbond,"))
    back.write_text("what was there")
    said = refused(deployment, "model", "convert", str(out), str(back)).replace("\n", "")
    assert "sheet moments, column direction" in said
    assert "'inbound'" in said
    assert back.read_text() == "what was there"


def test_check_and_serve_refuse_to_run_behind_the_schema(tmp_path: Path) -> None:
    config = tmp_path / "loket.toml"
    config.write_text(f'[hub.store]\nurl = "sqlite:///{tmp_path}/empty.db"\n')
    behind = Deployment(config, 0, "")
    assert "Run `loket migrate`" in refused(behind, "check")
    assert "run `loket migrate`" in refused_to_serve(behind)


async def test_a_process_of_the_release_before_starts_on_a_newer_schema(
    deployment: Deployment, sqlite_url: str
) -> None:
    newer = text("update alembic_version set version_num = '9999_later'")
    async with opened(sqlite_url) as database:
        await database.write(lambda c: c.execute(newer))
    assert "newer than the" in refused(deployment, "check"), "refused for other reasons"
    assert "9999_later" in run(deployment, "migrate")
    process = LoketProcess(deployment).start()
    assert process.terminate() == 0


def test_a_typing_mistake_in_the_file_is_named(tmp_path: Path) -> None:
    config = tmp_path / "loket.toml"
    config.write_text("[hub.bsu]\n")
    said = refused(Deployment(config, 0, ""), "check")
    assert "hub.bsu: no such setting. Did you mean bus?" in said


def test_a_broken_interaction_model_is_named_with_its_line(
    deployment: Deployment, tmp_path: Path
) -> None:
    model = tmp_path / "model.yaml"
    model.write_text("version: 1\nroels: {}\n")
    deployment.config.write_text(
        deployment.config.read_text() + f'\n[routing]\nmodel = "{model}"\n'
    )
    assert "model.yaml:2:" in refused(deployment, "check").replace("\n       ", " ")
    assert "model.yaml:2:" in refused_to_serve(deployment)


def test_half_a_local_bus_is_refused(deployment: Deployment) -> None:
    said = refused_to_serve(deployment, "--role", "router")
    assert "the local bus does not leave its process" in said


def test_without_a_secret_nothing_starts(deployment: Deployment) -> None:
    done = execute(deployment, "serve", secret="")
    assert done.status == 1
    assert "Set LOKET_HUB__SECRET" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_secret_is_one_finding_among_the_others(deployment: Deployment) -> None:
    done = execute(deployment, "check", secret="")
    assert done.status == 1
    assert "Set LOKET_HUB__SECRET" in done.stdout
    assert "ok   store" in done.stdout
    assert "ok   bus" in done.stdout
    assert "nobody holds it" in done.stdout


def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    config = tmp_path / "loket.toml"
    url = f"postgresql://loket:hidden@127.0.0.1:{free_port()}/loket"
    config.write_text(f'[hub.store]\nurl = "{url}"\n')
    said = refused(Deployment(config, 0, ""), "check")
    assert "does not answer" in said
    assert "hidden" not in said


def test_check_says_whether_the_broker_answers(
    sqlite_url: str, rabbitmq_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = deploy(tmp_path, store_url=sqlite_url, bus_url=rabbitmq_url)
    assert "ok   bus: RabbitMQ answers" in refused(there, "check"), "refused for other reasons"
    monkeypatch.setattr(checks, "BROKER_SECONDS", 0.5)
    url = f"amqp://loket:hidden@127.0.0.1:{free_port()}/"
    away = deploy(tmp_path, store_url=sqlite_url, bus_url=url)
    assert execute(away, "check").stderr == ""
    said = refused(away, "check")
    assert "FAIL bus: " in said
    assert "Is RabbitMQ running, and are host, user, password and virtual host right?" in said
    assert "hidden" not in said


def test_a_port_that_is_taken_is_said_in_a_line(deployment: Deployment) -> None:
    first = LoketProcess(deployment).start()
    try:
        second = LoketProcess(deployment)
        second.port = first.port
        assert second.start(wait=False).wait_for_end() == 1
        said = second.log.read_text()
        assert "already in use" in said
        assert "choose another port" in said
        assert "Traceback" not in said
    finally:
        assert first.terminate() == 0


def test_an_agent_for_a_role_that_is_not_there_is_refused(deployment: Deployment) -> None:
    said = refused(deployment, "agents", "add", "kim", "--name", "Kim", "--role", "logistic")
    assert "Did you mean logistics?" in said


def test_people_have_skills(deployment: Deployment) -> None:
    add = ("agents", "add", "kim", "--name", "Kim", "--role", "billing")
    run(deployment, *add, extra={"LOKET_AGENT_PASSWORD": "correct horse battery"})
    skills = ("agents", "set-skills", "kim", "--skill")
    assert "dutch 4, repairs 1" in run(deployment, *skills, "dutch=4", "--skill", "repairs=1")
    assert "a level from 1 to 5" in refused(deployment, *skills, "dutch=6")
    assert "Nobody signs in as jo" in refused(deployment, "agents", "set-skills", "jo")


async def test_people_are_added_once_and_their_roles_and_sessions_changed(
    deployment: Deployment, sqlite_url: str
) -> None:
    kim = ("agents", "add", "kim", "--name", "Kim", "--role", "logistics")
    asked = {"LOKET_AGENT_PASSWORD": "correct horse battery"}
    assert "kim can sign in" in run(deployment, *kim, extra=asked)
    assert "Somebody signs in as kim already" in refused(deployment, *kim, extra=asked)
    assert "billing" in run(deployment, "agents", "set-roles", "kim", "--role", "billing")
    assert "signed out" in run(deployment, "agents", "sign-out", "kim")
    assert "Nobody signs in as jo" in refused(deployment, "agents", "sign-out", "jo")
    async with opened(sqlite_url) as database:
        done = [(row.actor, row.action) for row in await rows(database, audit_log)]
    assert done == [
        ("operator", "agent.added"),
        ("operator", "agent.roles_set"),
        ("operator", "agent.signed_out"),
    ]


async def test_programs_get_tokens_and_lose_them(deployment: Deployment, sqlite_url: str) -> None:
    kim = ("agents", "add", "kim", "--name", "Kim", "--role", "billing")
    run(deployment, *kim, extra={"LOKET_AGENT_PASSWORD": "correct horse battery"})
    assert "No tokens yet" in run(deployment, "tokens", "list")
    make = ("tokens", "make", "kim", "--name", "CRM", "--scope")
    assert "customers:read" in refused(deployment, *make, "everything")
    nobody = ("tokens", "make", "jo", "--name", "CRM", "--scope", "work:read")
    assert "agents list" in refused(deployment, *nobody)
    secret = run(deployment, *make, "work:read").split()[-1]
    assert secret not in run(deployment, "tokens", "list")
    async with opened(sqlite_url) as database:
        token = await database.read(lambda c: api_tokens.find(c, secret))
        assert token is not None
        assert (token.name, token.owner, token.scopes) == ("CRM", "kim", frozenset({"work:read"}))
        assert "no longer" in run(deployment, "tokens", "revoke", token.id)
        assert await database.read(lambda c: api_tokens.find(c, secret)) is None
    assert "no such token" in refused(deployment, "tokens", "revoke", token.id)


def test_customers_see_a_picture_of_an_agent_when_there_is_one(
    deployment: Deployment, tmp_path: Path
) -> None:
    asked = {"LOKET_AGENT_PASSWORD": "correct horse battery"}
    run(deployment, "agents", "add", "kim", "--name", "Kim", "--administrator", extra=asked)
    picture = Path(__file__).parents[2] / "config" / "demo" / "data" / "parcel.png"
    assert "has a picture" in run(deployment, "agents", "set-picture", "kim", str(picture))
    page = tmp_path / "kim.png"
    page.write_text("<script>alert(1)</script>")
    assert "no picture" in refused(deployment, "agents", "set-picture", "kim", str(page))


def test_people_are_blocked_let_in_again_and_given_another_password(
    deployment: Deployment,
) -> None:
    assert "Nobody can sign in yet" in run(deployment, "agents", "list")
    kim = ("agents", "add", "kim", "--name", "Kim", "--role", "logistics")
    asked = {"LOKET_AGENT_PASSWORD": "correct horse battery"}
    run(deployment, *kim, extra=asked)
    assert "kim is blocked" in run(deployment, "agents", "block", "kim")
    listed = run(deployment, "agents", "list")
    assert "logistics" in listed
    assert "blocked" in listed
    assert "Somebody signs in as kim already" in refused(deployment, *kim, extra=asked)
    assert "kim can sign in" in run(deployment, "agents", "unblock", "kim")
    assert "blocked" not in run(deployment, "agents", "list")
    changed = run(deployment, "agents", "set-password", "kim", extra=asked)
    assert "signed out everywhere" in changed
    long = {"LOKET_AGENT_PASSWORD": "x" * 1001}
    said = refused(deployment, "agents", "set-password", "kim", extra=long)
    assert "1000 characters at most" in said
    assert "Nobody signs in as jo" in refused(deployment, "agents", "block", "jo")


def test_an_administrator_needs_no_role_and_may_be_none_again(deployment: Deployment) -> None:
    asked = {"LOKET_AGENT_PASSWORD": "correct horse battery"}
    said = refused(deployment, "agents", "add", "ina", "--name", "Ina", extra=asked)
    assert "--administrator" in said
    run(deployment, "agents", "add", "ina", "--name", "Ina", "--administrator", extra=asked)
    assert run(deployment, "agents", "list").count("yes") == 2
    assert "no administrator" in run(deployment, "agents", "administrator", "ina", "--no")
    assert run(deployment, "agents", "list").count("yes") == 1
    assert "an administrator" in run(deployment, "agents", "administrator", "ina")


async def test_dead_letters_are_listed_tried_again_and_dropped(
    deployment: Deployment, sqlite_url: str
) -> None:
    assert "No dead letters." in run(deployment, "dead-letters", "list")
    dead = [
        DeadLetter("router", f"event-{n}", "interaction.received", "c", "{}", "ValueError: no", 5)
        for n in range(3)
    ]
    async with opened(sqlite_url) as database:
        await database.write(lambda c: letters.store(c, dead))
        listed = run(deployment, "dead-letters", "list")
        assert "ValueError: no" in listed
        first = (await rows(database, dead_letters))[0]
        run(deployment, "dead-letters", "retry", first.id)
        waiting = await only(database, outbox)
        assert (waiting.queue, waiting.event_id) == ("router", first.event_id)
        run(deployment, "dead-letters", "drop", "all")
        assert await count(database, dead_letters) == 0
        assert await count(database, audit_log) > 0
        assert "no dead letter" in refused(deployment, "dead-letters", "drop", first.id).lower()


async def test_the_log_tells_the_story_of_one_contact_and_none_of_its_words(
    deployment: Deployment, sqlite_url: str
) -> None:
    async with opened(sqlite_url) as database:
        intake = Intake(database, TOKENS, Metrics(), lambda: None)
        secret_words = "my very private complaint"
        await intake.accept(mail_arrival(text=secret_words, correlation_id="story-1"))
    process = LoketProcess(deployment).start()
    wait_for(lambda: "interaction.routed" in process.log.read_text())
    process.terminate()
    text = process.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    told = [line["event"] for line in lines if line.get("correlation_id") == "story-1"]
    assert "interaction.routed" in told
    assert secret_words not in text
    assert process.deployment.environment["LOKET_HUB__SECRET"] not in text


async def test_topics_are_learned_and_reported_by_command(
    deployment: Deployment, sqlite_url: str
) -> None:
    assert "Nothing was learned yet" in refused(deployment, "topics", "report")
    assert "10 examples" in refused(deployment, "topics", "train")
    async with opened(sqlite_url) as database:
        for topic, text in (("order", "beans grinder parcel"), ("billing", "invoice vat payment")):
            for _ in range(12):
                await know(database, topic, text=text)
    assert "Version 1: 2 topics from 24 contacts" in run(deployment, "topics", "train")
    said = run(deployment, "topics", "report")
    assert "proposed" in said
    assert "order" in said
    assert "75%" in run(deployment, "topics", "threshold", "0.75")
    assert "0.75, set by an administrator" in run(deployment, "topics", "report")
    assert "Invalid value" in refused(deployment, "topics", "threshold", "2")


def test_a_file_is_imported(deployment: Deployment, tmp_path: Path) -> None:
    sample = (Path(__file__).parents[2] / "docs" / "samples" / "contacts.csv").read_text()
    file = tmp_path / "persons.csv"
    file.write_text("klantnummer;naam;kleur\n20900;Mila;rood\n70901;Sam;blauw\n")
    said = run(deployment, "import", "persons", str(file), "--dry-run")
    assert "2 would be accepted, 0 unchanged, 0 refused" in said
    assert "These columns are not read: kleur." in said
    assert "2 accepted" in run(deployment, "import", "persons", str(file))
    assert "2 unchanged" in run(deployment, "import", "persons", str(file))
    out = tmp_path / "out.csv"
    run(deployment, "export", "persons", str(out))
    assert "20900,Mila," in out.read_text()
    assert "2 unchanged" in run(deployment, "import", "persons", str(out))
    assert "goes out is persons or organisations" in refused(
        deployment, "export", "orders", str(out)
    )
    addresses = tmp_path / "contacts.csv"
    addresses.write_text(sample + "K9,email,x@x.example\n")
    report = tmp_path / "said.csv"
    refused(deployment, "import", "contacts", str(addresses), "--report", str(report))
    assert report.read_text().splitlines()[3].startswith("4,K9,refused,customer,")
    assert "There is no import of “unicorns”" in refused(
        deployment, "import", "unicorns", str(file)
    )
    assert "no time zone Mars" in refused(
        deployment, "import", "persons", str(file), "--zone", "Mars"
    )
