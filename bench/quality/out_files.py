"""Where a run writes: the report that `--out` names, its page and its unfinished results beside it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class OutFiles:
    """The files of one run."""

    report: Path

    @property
    def page(self) -> Path:
        """The HTML report."""
        return self.report.with_suffix(".html")

    @property
    def parts(self) -> Path:
        """What is done so far of a run that isn't over."""
        return self.report.with_suffix(".parts.jsonl")

    def prepare(self, inputs: Iterable[Path] = ()) -> None:
        """Make the folder and see that the files can be written there.

        Raises:
            InvalidRequest: they can't, or one would overwrite one of the `inputs`; says what to
                give instead.
        """
        out = self.report
        if out.is_dir() or not out.name:
            raise InvalidRequest(f"--out {out} is a folder: give a file, as {out / 'report.json'}.")
        if out.suffix.lower() == ".html":
            raise InvalidRequest(
                f"--out {out} is the page's name: give the report's, {out.with_suffix('.json')};"
                " the page is put beside it."
            )
        read = {path.resolve() for path in inputs}
        for file in (out, self.page, self.parts):
            if file.resolve() in read:
                raise InvalidRequest(
                    f"--out {out} would overwrite {file}, which the run reads: give another name."
                )
            if file.is_dir():
                raise InvalidRequest(f"--out {out}: {file} is a folder; give another name.")
        self._make_folder()

    def _make_folder(self) -> None:
        folder = self.report.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidRequest(
                f"--out {self.report}: the folder {folder} can't be made: {error.strerror}."
            ) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise InvalidRequest(f"--out {self.report}: nothing can be written in {folder}.")
