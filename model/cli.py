"""The command `classify-news`."""

from __future__ import annotations

import argparse
import sys

from model.console import run_command
from model.predict_command import add_predict_options, predict_command
from model.review import add_review_options, review_command
from model.serve_command import add_serve_options, serve_command

__all__ = ["main"]

_NAME = "classify-news"
_EXAMPLES = """examples:
  classify-news predict article.txt                     table on the terminal
  classify-news predict articles/ --output rows.csv     every file of a folder
  classify-news predict export.csv.gz --output rows.parquet --articles articles.csv --jobs 4
  classify-news predict 'news/**/*.html' --html report.html --only layoff,cause
  cat article.txt | classify-news predict - --output rows.jsonl
  classify-news review articles/ --corrections corrections.jsonl
  classify-news serve --corrections corrections.jsonl    web service and page, on this machine only
  classify-news explain "The plant will close with the loss of 300 jobs."
  classify-news info
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status.

    0, 1 for an error, 2 for wrong usage, 3 for bad records with ``--strict``, 130 if interrupted.
    """
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
    add_predict_options(predict)
    predict.set_defaults(run=predict_command)

    review = commands.add_parser("review", parents=[model], help="say in the terminal which labels are right")
    add_review_options(review)
    review.set_defaults(run=review_command)

    serve = commands.add_parser("serve", parents=[model], help="start the web service and its page")
    add_serve_options(serve)
    serve.set_defaults(run=serve_command)

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
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number of n-grams")
    return int(text)


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
    print(f"scorer     {predictor.scorer.description}")
    print("labels     " + ", ".join(f"{name} from {manifest.alone[name].threshold:.3f}" for name in predictor.labels))
    print("quality    " + ", ".join(f"{name} {value}" for name, value in manifest.quality.items()))


if __name__ == "__main__":
    sys.exit(main())
