"""The second interpreter: alternatives the product must not depend on live in .bench-venv."""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "isolated"
REQUIREMENTS = FOLDER / "requirements.txt"
VENV = ROOT / ".bench-venv"


@dataclass(frozen=True)
class Interpreter:
    """Where the alternatives run; ``python`` is empty if they cannot, ``problem`` says why."""

    python: str
    problem: str = ""


def build_interpreter(requirements: Path = REQUIREMENTS, venv: Path = VENV) -> Interpreter:
    """Return the interpreter with everything at its pinned version, made if need be."""
    python = venv / "bin" / "python"
    stamp = venv / "requirements.sha256"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return Interpreter(str(python))
    shutil.rmtree(venv, ignore_errors=True)
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    try:
        _run([uv, "venv", "--quiet", "--python", "3.11", str(venv)])
        _run([uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(requirements)])
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(venv, ignore_errors=True)
        return Interpreter("", f"{venv.name} could not be made: {_describe(error)}")
    stamp.write_text(digest, encoding="utf-8")
    return Interpreter(str(python))


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=1800)


def _describe(error: Exception) -> str:
    said = str(getattr(error, "stderr", "") or error).strip().splitlines()
    return said[-1][:160] if said else type(error).__name__
