"""The log formats of CI services, and how to tell which one this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.coverage.annotations import ERROR, WARNING, Annotation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["SERVICES", "azure_command", "github_property", "github_text", "service_here"]

MOST = 10  # that a service shows of a level in a step
LONGEST, LONGEST_TITLE = 4000, 250


def service_here(environ: Mapping[str, str]) -> str | None:
    """Return the service whose job this is, by the variable that each documents."""
    return next((service for variable, service in VARIABLES.items() if environ.get(variable)), None)


def limited(annotations: Sequence[Annotation]) -> Iterator[Annotation]:
    """Yield at most ten of a level; the last says how many more there are."""
    for level in (ERROR, WARNING):
        found = [each for each in annotations if each.level == level]
        if len(found) > MOST:
            left = found[MOST - 1 :]
            titles = ", ".join(dict.fromkeys(each.title for each in left))
            found[MOST - 1 :] = [Annotation(level, f"{len(left)} more", f"not shown here: {titles}")]
        yield from found


def to_github(annotations: Sequence[Annotation]) -> Iterator[str]:
    """Yield workflow commands of GitHub Actions, which Gitea and Forgejo know as well.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; escaped as in
    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts; ten errors and ten warnings are shown of a step:
    https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
    """
    for each in limited(annotations):
        place = {"file": each.file, "line": each.line} if each.file is not None else {}
        values = {**place, "title": each.title[:LONGEST_TITLE]}
        said = ",".join(f"{name}={github_property(str(value))}" for name, value in values.items())
        yield f"::{each.level} {said}::{github_text(each.text[:LONGEST])}"


def github_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    return github_text(text).replace(":", "%3A").replace(",", "%2C")


def to_azure(annotations: Sequence[Annotation]) -> Iterator[str]:
    """Yield logging commands of Azure Pipelines.

    https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands; escaped as in
    https://github.com/microsoft/azure-pipelines-task-lib/blob/master/node/taskcommand.ts; its log shows ten of a level as well.
    """
    for each in limited(annotations):
        place = {"sourcepath": each.file, "linenumber": str(each.line)} if each.file is not None else {}
        values = {"type": each.level, **place, "code": each.title[:LONGEST_TITLE]}
        yield azure_command("task.logissue", values, f"{each.title[:LONGEST_TITLE]}: {each.text[:LONGEST]}")


def azure_command(name: str, values: Mapping[str, str], text: str) -> str:
    said = "".join(f"{key}={azure_property(value)};" for key, value in values.items())
    return f"##vso[{name}{' ' if said else ''}{said}]{azure_text(text)}"


def azure_text(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def azure_property(text: str) -> str:
    return azure_text(text).replace("]", "%5D").replace(";", "%3B")


def to_teamcity(annotations: Sequence[Annotation]) -> Iterator[str]:
    """Yield service messages of TeamCity: inspections, and a warning in the log for what is on no line.

    https://www.jetbrains.com/help/teamcity/service-messages.html#Reporting+Inspections; a text holds 4000 characters, an id 255.
    """
    known = set()
    for each in annotations:
        if each.file is None:
            yield teamcity("message", text=f"{each.title}: {each.text}", status=each.level.upper())
            continue
        name = f"openbanking {each.title}"[:LONGEST_TITLE]
        if name not in known:
            known.add(name)
            message = each.text.partition("\n")[0]
            yield teamcity("inspectionType", id=name, name=name, category="pytest-openbanking", description=message)
        yield teamcity(
            "inspection",
            typeId=name,
            message=each.text,
            file=each.file,
            line=str(each.line),
            SEVERITY=each.level.upper(),
        )


def teamcity(message: str, /, **values: str) -> str:
    said = "".join(f" {key}='{teamcity_text(text)}'" for key, text in values.items())
    return f"##teamcity[{message}{said}]"


def teamcity_text(text: str) -> str:
    return "".join(map(teamcity_sign, text[:LONGEST]))


def teamcity_sign(sign: str) -> str:
    if sign in "|'[]":
        return f"|{sign}"
    if " " <= sign <= "~":
        return sign
    units = sign.encode("utf-16-be", "surrogatepass")
    return TEAMCITY.get(sign) or "".join(f"|0x{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


TEAMCITY = {"\n": "|n", "\r": "|r"}
VARIABLES = {"GITHUB_ACTIONS": "github", "TF_BUILD": "azure", "TEAMCITY_VERSION": "teamcity"}
SERVICES: Mapping[str, Callable[[Sequence[Annotation]], Iterator[str]]] = {
    "github": to_github,
    "azure": to_azure,
    "teamcity": to_teamcity,
}
