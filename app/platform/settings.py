"""Everything that differs between two installations, read from the environment (prefix ASSAY_)."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

MB = 2**20


def default_home() -> Path:
    """$XDG_DATA_HOME/assay, or ~/.local/share/assay."""
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "assay"


class Settings(BaseSettings):
    """One value for a whole process.  Growing from a laptop to a fleet means setting the two URLs."""

    model_config = SettingsConfigDict(env_prefix="ASSAY_", env_ignore_empty=True, frozen=True)

    home: Path = Field(default_factory=default_home, description="Folder of all that is kept; mode 700.")
    database_url: str = Field("", description="postgresql://…; empty: PostgreSQL embedded under `home`.")
    blob_url: str = Field("", description="s3://bucket/prefix; empty: a folder under `home`.")
    secret: str = Field(
        "",
        repr=False,
        description="Signs links and webhooks; one for all processes; empty: made once, in `home`, mode 600.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Port of /metrics in the text format of Prometheus, on `host`; 0: none."
    )
    public_url: str = Field("", description="Address people type; empty: http://host:port.")
    challenge: str = Field("ml_pipeline", description="Challenge of an upload that names none.")
    admin: str = Field("admin@localhost", description="Address of the first administrator, made at the first start.")
    oidc_issuer: str = Field("", description="Single sign-on: the issuer's URL; empty: passwords only.")
    oidc_client_id: str = Field("", description="Single sign-on: what the issuer calls this service.")
    oidc_client_secret: str = Field("", repr=False, description="Single sign-on: the secret that goes with it.")
    mail_url: str = Field(
        "",
        repr=False,
        pattern=r"^(smtps?://[^\s]+)?$",
        description="smtp://user:password@host:587 (STARTTLS, none to this machine) or smtps://…:465;"
        " empty: mails are printed.",
    )
    mail_from: str = Field("Assay <assay@localhost>", description="Sender of mails.")
    requests_per_second: float = Field(50, gt=0, description="Of one key, session or address, on average.")
    embedded_worker: bool = Field(True, description="Grade inside `assay serve` as well.")
    slots: int = Field(1, ge=1, description="Gradings at once in one worker; each uses about two cores.")
    warm: int = Field(0, ge=0, description="Sandbox containers kept started ahead; each idles at about 115 MB.")
    runtime: str = Field("", description="The engine's runtime for containers, such as runsc; empty: its default.")
    reuse: bool = Field(True, description="Whether a submission's later stages use the containers of its earlier ones.")
    intake_slots: int = Field(2, ge=1, description="Uploads examined at once.")
    max_upload_mb: int = Field(11, ge=1, description="Largest request body; intake allows files of 10 MB.")
    max_table_mb: int = Field(200, ge=1, le=1024, description="Largest table that an administrator uploads.")
    package_index: str = Field(
        "",
        repr=False,
        pattern=r"^(https?://[^\s]+)?$",
        description="Index of wheels (PEP 503) for packages beside the image; empty: the one that uv is set up for.",
    )
    package_folder: str = Field("", description="Folder of wheels; without `package_index` nothing else is asked.")
    packages_most: int = Field(50, ge=1, le=500, description="Packages that one lock may need beside the image.")
    packages_mb: int = Field(300, ge=1, le=2000, description="MB of their wheels together; unpacked twice as many.")
    packages_seconds: float = Field(60.0, gt=0, description="Time to find the packages of a lock, and to fetch them.")
    attempts: int = Field(3, ge=1, description="Graded submissions of one invitation.")
    grading_seconds: float = Field(3600.0, gt=0, description="After this long a grading counts as a failure of ours.")
    tries: int = Field(5, ge=1, description="Gradings begun for one submission before it is given up.")
    retry_seconds: float = Field(10.0, ge=0, description="Wait after our first failure; doubles each time.")
    heartbeat_seconds: float = Field(5.0, gt=0, description="How often a worker says it is alive.")
    stalled_seconds: float = Field(30.0, gt=0, description="Silence after which a worker counts as dead.")
    grace_seconds: float = Field(10.0, ge=0, description="How long a stopping worker lets gradings finish.")
    webhooks_to_private: bool = Field(
        False, description="Whether webhooks may use http and addresses that are not public; for trying things out."
    )
    tracking_key_header: str = Field(
        "", description="Header in which a tracking system sends its key; empty: Authorization, Basic or Bearer."
    )
    known_hosts: str = Field(
        "", description="File of known_hosts with further git servers for SSH; empty: four public hosts alone."
    )
    log_json: bool = Field(False, description="Logs as JSON lines instead of text.")

    @classmethod
    def table(cls) -> str:
        """Every setting, its default and its meaning, as a table in Markdown: docs/settings.md."""
        rows = [_row(name, field) for name, field in cls.model_fields.items()]
        return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows, ""])

    @property
    def base_url(self) -> str:
        """Where people reach the service, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def sends_mail(self) -> bool:
        """Whether mails reach anybody; without a server they are printed."""
        return bool(self.mail_url)

    @property
    def max_upload(self) -> int:
        """Bytes."""
        return self.max_upload_mb * MB

    @property
    def max_table(self) -> int:
        """Bytes, with room for the form around it."""
        return self.max_table_mb * MB + MB

    def secret_key(self) -> bytes:
        """The secret that was set, or the one kept in the home folder."""
        if self.secret:
            return self.secret.encode()
        path = self.prepare_home() / "secret.key"
        with suppress(FileExistsError):  # another process of this installation was first
            _write_once(path, secrets.token_hex(32))
        return path.read_bytes()

    def prepare_home(self) -> Path:
        """The home folder, made if need be, closed to other users."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        return self.home.resolve()


def _row(name: str, field: FieldInfo) -> str:
    default = "$XDG_DATA_HOME/assay or ~/.local/share/assay" if field.default_factory else field.default
    return f"| `ASSAY_{name.upper()}` | {'empty' if default == '' else f'`{default}`'} | {field.description} |"


def _write_once(path: Path, text: str) -> None:
    """Write a new file whole, or not at all, readable to its owner alone."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(text)
        os.link(draft, path)
    finally:
        draft.unlink()
