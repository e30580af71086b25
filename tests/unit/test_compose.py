"""docker-compose.yml: valid by the compose specification, checked, pinned and free of secrets."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
SERVERS = {"postgres", "redis", "qdrant", "api", "worker"}


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE_FILE.read_text())["services"]
    return found


def schema_check(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_follows_the_compose_specification() -> None:
    checked = schema_check(COMPOSE_FILE)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_schema_check_can_fail(tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE_FILE.read_text().replace("healthcheck:", "healthchek:"))
    assert schema_check(broken).returncode == 1


def test_has_the_servers_and_the_one_shot_migration(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == SERVERS | {"migrate"}


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_every_server_has_a_health_check(services: dict[str, dict[str, Any]], name: str) -> None:
    assert services[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_every_image_is_pinned(services: dict[str, dict[str, Any]]) -> None:
    loose = [s["image"] for s in services.values() if not re.search(r":v?\d+\.\d+", s["image"])]
    assert loose == []


def test_api_worker_and_migration_run_the_same_image(services: dict[str, dict[str, Any]]) -> None:
    assert len({services[name]["image"] for name in ("api", "worker", "migrate")}) == 1


def test_our_image_has_the_package_version(services: dict[str, dict[str, Any]]) -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert services["api"]["image"] == f"keepsake:{version[1]}"


def test_only_the_api_is_reachable_from_outside(services: dict[str, dict[str, Any]]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["api"]
    assert services["api"]["ports"] == ["${WEBSOCKET_PORT:-5000}:5000"]


@pytest.mark.parametrize("name", ["api", "worker"])
def test_waits_for_what_it_needs(services: dict[str, dict[str, Any]], name: str) -> None:
    waits = {needed: how["condition"] for needed, how in services[name]["depends_on"].items()}
    assert waits == {
        "postgres": "service_healthy",
        "redis": "service_healthy",
        "qdrant": "service_healthy",
        "migrate": "service_completed_successfully",
    }


def test_no_secret_is_written_down(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY", variable):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), variable
            in_url = re.search(r"://[^:/@]*:(.+)@", str(value))
            assert not in_url or in_url[1].startswith("${"), variable


def test_data_outlives_the_containers(services: dict[str, dict[str, Any]]) -> None:
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]
    assert services["qdrant"]["volumes"] == ["qdrant:/qdrant/storage"]


def test_nothing_runs_with_more_rights_than_it_needs(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert not service.get("privileged"), name
        assert "docker.sock" not in str(service), name
    added = {name: service["cap_add"] for name, service in services.items() if "cap_add" in service}
    assert added == {"postgres": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]}


@pytest.mark.parametrize("name", ["api", "worker", "migrate"])
def test_ours_can_write_nothing_and_take_no_more_than_its_share(
    services: dict[str, dict[str, Any]], name: str
) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert [mount.partition(":")[0] for mount in service["tmpfs"]] == ["/tmp"]
    assert service["pids_limit"] > 0
    assert service["mem_limit"]
    assert "user" not in service  # the image's, below


def test_the_image_s_user_is_not_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1:] == ["keepsake"]
    last_stage = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    assert any(line.startswith("USER ") for line in lines[last_stage:])
