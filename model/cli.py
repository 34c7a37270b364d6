"""The command `classify-news`."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from model.console import run_command

__all__ = ["main"]

_NAME = "classify-news"
_PIPE_WIDTH = 120
_EXAMPLES = """examples:
  classify-news predict article.txt                     table on the terminal
  classify-news predict articles/ --output rows.csv     every text file of a folder
  cat article.txt | classify-news predict - --output rows.jsonl
  classify-news explain "The plant will close with the loss of 300 jobs."
  classify-news info
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status: 0, 1 for an error, 2 for wrong usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        _NAME,
        description="Say for every sentence of a news article whether it reports a layoff, an investment, "
        "a political response or a cause.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    model = argparse.ArgumentParser(add_help=False)
    model.add_argument("--artifact", metavar="DIR", help="model folder (the shipped model if not given)")

    predict = commands.add_parser("predict", parents=[model], help="label the sentences of articles")
    predict.add_argument("inputs", nargs="+", metavar="INPUT", help="text file, folder, or - for standard input")
    predict.add_argument("--output", type=Path, metavar="FILE", help="write rows to this .csv or .jsonl file")
    predict.set_defaults(run=_predict)

    explain = commands.add_parser("explain", parents=[model], help="show the words that decided")
    explain.add_argument("sentence")
    explain.add_argument("--count", type=_positive, default=8, help="n-grams shown per label (default: 8)")
    explain.set_defaults(run=_explain)

    info = commands.add_parser("info", parents=[model], help="describe the model")
    info.set_defaults(run=_info)
    return parser


class _Version(argparse.Action):
    """Print the version; the package is imported only when asked."""

    def __init__(self, **keywords: object) -> None:
        super().__init__(nargs=0, help="print the version and exit", **keywords)  # type: ignore[arg-type]

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from model.version import __version__

        print(f"{_NAME} {__version__}")
        parser.exit()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _predict(options: argparse.Namespace) -> None:
    from model.articles import read_articles
    from model.output import check_output, print_table, write_rows
    from model.predictor import Predictor

    if options.output:
        check_output(options.output)
    predictor = Predictor.load(options.artifact)
    labelled = ((article.id, predictor.predict_article(article.text)) for article in read_articles(options.inputs))
    if options.output:
        count = write_rows(options.output, labelled)
        print(f"{count} sentences written to {options.output}", file=sys.stderr)
    else:
        print_table(labelled, None if sys.stdout.isatty() else shutil.get_terminal_size((_PIPE_WIDTH, 0)).columns)


def _explain(options: argparse.Namespace) -> None:
    from model.predictor import Predictor

    predictor = Predictor.load(options.artifact)
    for label, explanation in predictor.explain(options.sentence).items():
        verdict = "holds" if explanation.probability >= explanation.threshold else "doesn't hold"
        print(
            f"{label}: {verdict}, probability {explanation.probability:.3f} "
            f"(threshold {explanation.threshold:.3f}), decision {explanation.decision:+.3f}"
        )
        print(f"  {explanation.intercept:+.3f}  intercept")
        for part in explanation.contributions[: options.count]:
            places = ", ".join(f"{start}-{end}" for start, end in part.places)
            print(f"  {part.weight:+.3f}  {part.ngram}  (at {places})")
        rest = explanation.contributions[options.count :]
        if rest:
            print(f"  {sum(part.weight for part in rest):+.3f}  {len(rest)} more")


def _info(options: argparse.Namespace) -> None:
    from model.artifact import default_path
    from model.predictor import Predictor

    predictor = Predictor.load(options.artifact)
    manifest = predictor.manifest
    print(f"model      {options.artifact or default_path()}")
    print(f"trained    {manifest.created}")
    print(f"seeds      {manifest.seeds['sentences']} sentences in {manifest.seeds['stories']} stories")
    print("versions   " + ", ".join(f"{name} {version}" for name, version in manifest.versions.items()))
    print("labels     " + ", ".join(f"{name} from {manifest.alone[name].threshold:.3f}" for name in predictor.labels))
    print("quality    " + ", ".join(f"{name} {value}" for name, value in manifest.quality.items()))


if __name__ == "__main__":
    sys.exit(main())
