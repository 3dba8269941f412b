"""The command `labs`: which commands there are, and what a failure of one says and returns."""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from flows.commands import measures, published, reading, review, tables, websites, weeks, withdrawal
from flows.settings import quiet_prefect
from flows.terminal.speech import DONE, WORLD, refuse

app = App(
    name="labs",
    help="Keep the registry of digital-fabrication labs: crawl, resolve, classify, publish one snapshot a week.",
    version_flags=["--version"],
)
for command in (
    weeks.refresh,
    weeks.backfill,
    weeks.canary,
    reading.sources,
    reading.explain,
    published.verify,
    published.freshness,
    published.resolve,
    published.diff,
    published.export,
    published.serve,
    withdrawal.erase,
    tables.dedupe,
    review.review,
    tables.classify,
):
    app.command(command)
app.command(published.open_report, name="open")
app.command(reading.new_source, name="new-source")
app.command(websites.check_websites, name="check-websites")

evaluate = App(name="evaluate", help="Measure a stage against labels people gave.")
evaluate.command(measures.evaluate_dedupe, name="dedupe")
evaluate.command(measures.evaluate_archetypes, name="archetypes")
evaluate.command(measures.evaluate_location, name="location")
evaluate.command(measures.evaluate_coverage, name="coverage")
app.command(evaluate)


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Return the exit status of one command; a misuse is one line on standard error."""
    quiet_prefect()
    try:
        status = app(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return refuse(str(error).partition("\n")[0])
    except KeyboardInterrupt:
        return refuse("stopped", WORLD)
    except Exception as error:
        from flows.terminal.misuse import line_of

        line, code = line_of(error)
        if line is None:
            raise
        return refuse(line, code)
    return status if isinstance(status, int) else DONE


if __name__ == "__main__":
    main()
