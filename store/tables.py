"""Every table of both databases. A change here goes with a migration in `store/migrations`.

Times are UTC; JSON columns hold what `chyrak.serial.to_plain` gives. `posting_rev` holds title and text as the site
published them, so whatever number the advert shows stands there: evidence must not be altered. What was cut out as a
contact is held nowhere else but sealed in `contact`; retention and erasure empty both.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}
main = MetaData(naming_convention=NAMES)
crawl = MetaData(naming_convention=NAMES)


class Utc(TypeDecorator[datetime]):
    """An aware UTC time on both engines; a naive one is refused, since nobody could say what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC, without zone for SQLite."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back to an aware time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id(name: str = "id") -> Column[str]:
    return Column(name, String(64), primary_key=True)


posting = Table(
    "posting",
    main,
    _id(),
    Column("source", String(100), nullable=False, index=True),
    Column("url", Text, nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("rev", Integer, nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("published_at", Utc),
    Column("first_seen", Utc, nullable=False, index=True),
    Column("last_seen", Utc, nullable=False),
    Column("gone_at", Utc),
    # Set when retention has emptied the texts; hash and times stay, so that the same text is not taken for new.
    Column("expired_at", Utc),
    Column("index_version", Integer, nullable=False, default=1),
    Column("campaign_id", String(64), index=True),
)
posting_rev = Table(
    "posting_rev",
    main,
    Column("posting_id", ForeignKey("posting.id", ondelete="CASCADE"), primary_key=True),
    Column("rev", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("lang_hint", String(20)),
    Column("fields", JSON, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("archive_ref", Text),
    Column("body_sha256", String(64)),
)
reading = Table(
    "reading",
    main,
    Column("posting_id", ForeignKey("posting.id", ondelete="CASCADE"), primary_key=True),
    Column("rev", Integer, primary_key=True),
    Column("rules", String(64), primary_key=True),
    Column("model", String(64), primary_key=True),
    Column("level", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("stance", String(20), nullable=False),
    Column("raised_by", Integer, nullable=False, default=0),
    Column("body", JSON, nullable=False),
    Column("current", Boolean, nullable=False),
)
Index(
    "ix_reading_queue",
    reading.c.stance,
    reading.c.level,
    reading.c.raised_by,
    reading.c.posting_id,
    reading.c.rev,
    sqlite_where=reading.c.current.is_(True),
    postgresql_where=reading.c.current.is_(True),
)
contact = Table(
    "contact",
    main,
    Column("id", Integer, primary_key=True),
    Column("posting_id", ForeignKey("posting.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(30), nullable=False),
    Column("masked", Text, nullable=False),
    Column("link", String(64), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("posting_id", "link"),
)
fingerprint = Table(
    "fingerprint",
    main,
    Column("posting_id", ForeignKey("posting.id", ondelete="CASCADE"), primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
band = Table(
    "band",
    main,
    Column("posting_id", ForeignKey("posting.id", ondelete="CASCADE"), primary_key=True),
    Column("band", String(64), primary_key=True, index=True),
)
campaign = Table(
    "campaign",
    main,
    _id(),
    Column("template", Text, nullable=False, default=""),
    Column("slots", JSON, nullable=False),
)
work = Table(
    "work",
    main,
    Column("stage", String(20), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("generation", Integer, nullable=False, default=1),
    Column("due", Utc, nullable=False),
    Column("leased_until", Utc),
    # A token of its own for every claim: a worker whose lease has passed on can no longer close or fail the job.
    Column("lease", String(32)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("waits", Integer, nullable=False, default=0),
    Column("dead", Boolean, nullable=False, default=False),
    Column("error", Text),
    Index("ix_work_stage_dead_due", "stage", "dead", "due"),
)
watch = Table(
    "watch",
    main,
    _id(),
    Column("body", JSON, nullable=False),
    Column("paused", Boolean, nullable=False, default=False),
)
match = Table(
    "match",
    main,
    _id(),
    Column("watch_id", ForeignKey("watch.id", ondelete="CASCADE"), nullable=False),
    Column("posting_id", ForeignKey("posting.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rev", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("exploitation", JSON, nullable=False),
    Column("campaign_id", String(64)),
    Column("matched_at", Utc, nullable=False),
    Column("state", String(20), nullable=False, default="candidate", index=True),
    Column("decision_id", ForeignKey("decision.id"), index=True),
    UniqueConstraint("watch_id", "posting_id", "level"),
    # ETH-02 in the database itself: nothing leaves `candidate` without a named person's decision.
    CheckConstraint("state = 'candidate' OR decision_id IS NOT NULL", name="decided"),
    CheckConstraint("state IN ('candidate', 'released', 'dismissed')", name="state"),
)
mail = Table(
    "mail",
    main,
    Column("message_id", String(200), primary_key=True),
    Column("recipient", Text, nullable=False, index=True),
    Column("language", String(10), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("opened_at", Utc, nullable=False),
    Column("due", Utc, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("closed_at", Utc),
    Column("channel", String(30)),
    Column("answer", Text),
)
mail_match = Table(
    "mail_match",
    main,
    Column("recipient", String(320), primary_key=True),
    Column("match_id", ForeignKey("match.id", ondelete="CASCADE"), primary_key=True),
    Column("message_id", ForeignKey("mail.message_id"), nullable=False, index=True),
)
decision = Table(
    "decision",
    main,
    Column("id", Integer, primary_key=True),
    Column("posting_id", ForeignKey("posting.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rev", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    # What the reader saw: ids of the indicators present. A later revision that shows others is to be read again.
    Column("indicators", JSON, nullable=False),
    Column("reviewer", String(100), nullable=False),
    Column("senior", Boolean, nullable=False),
    Column("outcome", String(30), nullable=False),
    Column("note", Text, nullable=False),
    Column("release", Boolean, nullable=False),
    Column("decided_at", Utc, nullable=False),
)
person = Table(
    "person",
    main,
    _id(),
    Column("name", String(100), nullable=False),
    # The name in one case: engines disagree about lower() beyond ASCII.
    Column("name_key", String(100), nullable=False, unique=True),
    Column("email", String(320), nullable=False),
    Column("role", String(20), nullable=False),
    Column("senior", Boolean, nullable=False, default=False),
    Column("language", String(10), nullable=False),
    Column("timezone", String(60), nullable=False),
    Column("password_hash", Text),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("failed_logins", Integer, nullable=False, default=0),
    Column("locked_until", Utc),
    Column("last_login", Utc),
)
session = Table(
    "session",
    main,
    _id("token_hash"),
    Column("person_id", String(64), index=True),
    Column("data", JSON, nullable=False),
    Column("expires", Utc, nullable=False, index=True),
)
login_link = Table(
    "login_link",
    main,
    _id("token_hash"),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("expires", Utc, nullable=False),
)
audit_event = Table(
    "audit_event",
    main,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("who", String(100), nullable=False, index=True),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False, unique=True),
    Column("digest", String(64), nullable=False, unique=True),
)
audit_head = Table(
    "audit_head",
    main,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # The newest event: locked while one is added, and what shows that events were cut off the end.
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)
tombstone = Table(
    "tombstone",
    main,
    # posting id, "url:" and the address's SHA-256, or "contact:" and the contact's link: nothing to be read from it.
    Column("key", String(80), primary_key=True),
    Column("index_version", Integer, nullable=False),
    Column("at", Utc, nullable=False),
)
key_mark = Table(
    "key_mark",
    main,
    # What each contact key gives for a fixed text, so that a store opened with other keys is noticed at once.
    _id("name"),
    Column("mark", String(64), nullable=False),
)

schedule = Table(
    "schedule",
    crawl,
    _id("source"),
    Column("every_seconds", Integer, nullable=False),
    Column("next_due", Utc, nullable=False),
    Column("run_now", Boolean, nullable=False, default=False),
    Column("paused", Boolean, nullable=False, default=False),
    Column("listed", Boolean, nullable=False, default=True),
)
run = Table(
    "run",
    crawl,
    Column("id", Integer, primary_key=True),
    Column("source", String(64), nullable=False, index=True),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc),
    # The process that opened it, "host:pid:began", so that a dead one's run can be given up at once.
    Column("owner", String(200), nullable=False),
    Column("outcome", String(20)),
    Column("stats", JSON, nullable=False),
    # Holds the source's name while the run goes on, so that two runs of one source cannot be open at once.
    Column("open_for", String(64), unique=True),
)
page = Table(
    "page",
    crawl,
    Column("source", String(64), primary_key=True),
    Column("url", String(2000), primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_sha256", String(64)),
    Column("last_status", Integer),
    Column("polls", Integer, nullable=False, default=0, server_default="0"),
    Column("fetched_at", Utc),
    Column("listed_at", Utc),
    Column("page_kind", String(20), nullable=False),
)
capture = Table(
    "capture",
    crawl,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, index=True),
    Column("source", String(64), nullable=False),
    Column("page_kind", String(20), nullable=False),
    Column("url", Text, nullable=False),
    Column("final_url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("body_sha256", String(64), nullable=False),
    Column("fetched_at", Utc, nullable=False),
    Column("archive_ref", Text, nullable=False, unique=True),
    Column("parsed_at", Utc, index=True),
    Column("postings", Integer),
    Column("fresh", Integer),
    Column("error", Text),
    Index("ix_capture_source_fetched_at", "source", "fetched_at"),
)
lease = Table(
    "lease",
    crawl,
    _id("name"),
    Column("owner", String(200), nullable=False),
    Column("until", Utc, nullable=False),
)
