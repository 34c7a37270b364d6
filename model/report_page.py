"""The report of ``--html``: every article with its sentences marked, to read on a screen or on paper.

A label shows by colour, by the kind of its underline, and by a letter, so that it can be told in grey
and by the colour-blind. No script, no outside request; every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from model.labels import LABELS
from model.prediction import Prediction
from model.predictor import Predictor
from model.records import Article

__all__ = ["article_html", "page_end", "page_start"]

_LETTERS = {"layoff": "L", "investment": "I", "political_response": "P", "cause": "C"}
_NAMES = {label: label.replace("_", " ") for label in LABELS}
_WORDS = 6
_STYLE = """
:root{--l:#b3261e;--i:#1b6e3c;--p:#1f4fa3;--c:#8a5a00;--paper:#fff;--ink:#1a1a1a;--soft:#666;--line:#ddd}
@media(prefers-color-scheme:dark){:root{--l:#ff9d95;--i:#7fd6a0;--p:#9dbdff;--c:#f0bf62;--paper:#161616;
--ink:#eee;--soft:#aaa;--line:#444}}
*{box-sizing:border-box}body{margin:0 auto;max-width:46rem;padding:1rem;background:var(--paper);color:var(--ink);
font:1rem/1.8 Georgia,serif;overflow-wrap:anywhere}h1,h2,table,.key,sup,.why{font-family:system-ui,sans-serif}
h2{font-size:1.05rem;margin:2.5rem 0 .3rem;border-top:1px solid var(--line);padding-top:1rem}
table{border-collapse:collapse;font-size:.9rem}td,th{padding:.2rem .8rem .2rem 0;text-align:left}
.s{position:relative;border-bottom:.14em solid transparent}.s[tabindex]{cursor:help}
.layoff{border-bottom-color:var(--l);border-bottom-style:solid}
.investment{border-bottom-color:var(--i);border-bottom-style:double;border-bottom-width:.25em}
.political_response{border-bottom-color:var(--p);border-bottom-style:dashed}
.cause{border-bottom-color:var(--c);border-bottom-style:dotted;border-bottom-width:.2em}
.u1{padding-bottom:.26em}.u2{padding-bottom:.52em}.u3{padding-bottom:.78em}
sup{font-size:.65rem;font-weight:700;margin-left:.15em}sup.l{color:var(--l)}sup.i{color:var(--i)}
sup.p{color:var(--p)}sup.c{color:var(--c)}.review{background:repeating-linear-gradient(135deg,transparent 0 6px,
color-mix(in srgb,var(--soft) 16%,transparent) 6px 8px)}
.why{display:none;position:absolute;left:0;top:1.7em;z-index:2;width:min(22rem,88vw);padding:.6rem .8rem;
font-size:.8rem;line-height:1.4;background:var(--paper);color:var(--ink);border:1px solid var(--soft);
border-radius:.3rem}
.s:hover>.why,.s:focus>.why,.s:focus-within>.why{display:block}.soft{color:var(--soft);font-size:.85rem}
@media(max-width:50rem){.why{position:fixed;top:auto;bottom:.8rem;left:.8rem;right:.8rem;width:auto}}
@media print{body{max-width:none;font-size:10.5pt}.why{display:none!important}}
"""


def page_start(counts: Mapping[str, int], articles: int, sentences: int, undecided: int) -> str:
    """Return everything above the first article."""
    rows = "".join(
        f"<tr><td>{_mark(label)}</td><td><span class='s {label}'>{_NAMES[label]}</span></td>"
        f"<td>{counts[label]}</td></tr>"
        for label in LABELS
    )
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none';style-src 'unsafe-inline'\">"
        f"<title>Restructuring news: {sentences} sentences</title><style>{_STYLE}</style></head><body>"
        f"<h1>Restructuring news</h1><p>{articles} articles, {sentences} sentences; {undecided} sentences are hatched: "
        "a person should look.</p>"
        f"<table class='key'><tr><th></th><th>label</th><th>sentences</th></tr>{rows}</table>"
        "<p class='soft'>Point at a marked sentence, or reach it with the tab key, for its probabilities and the words "
        "that decided. An asterisk: only through the context of the article.</p>\n"
    )


def page_end() -> str:
    """Return everything below the last article."""
    return "</body></html>\n"


def article_html(article: Article, predictions: Iterable[Prediction], predictor: Predictor) -> str:
    """Return one article with its sentences marked."""
    parts, last = [f"<article><h2>{escape(article.id)}</h2><p>"], 0
    for prediction in predictions:
        gap = article.text[last : prediction.start]
        parts.append("</p><p>" if last and "\n" in gap else " ")
        parts.append(_sentence(prediction, predictor))
        last = prediction.end
    return "".join([*parts, "</p></article>\n"])


def _sentence(prediction: Prediction, predictor: Predictor) -> str:
    text = escape(prediction.sentence)
    if not prediction.labels and prediction.decided:
        return f"<span class='s'>{text}</span>"
    for level, label in enumerate(prediction.labels):
        text = f"<span class='{label} u{level}'>{text}</span>"
    marks = "".join(_mark(label, "*" if label in prediction.through_context else "") for label in prediction.labels)
    review = "" if prediction.decided else " review"
    why = f"<span class='why' role='note'>{_why(prediction, predictor)}</span>"
    return f"<span class='s{review}' tabindex='0'>{text}{marks}{why}</span>"


def _why(prediction: Prediction, predictor: Predictor) -> str:
    rows = [f"{_NAMES[label]} {prediction.probabilities[label]:.2f}" for label in LABELS]
    answer = ", ".join(rows) + ("" if prediction.decided else "; for review")
    explanations = predictor.explain(prediction.sentence) if prediction.labels else {}
    for label in prediction.labels:
        words = dict.fromkeys(
            escape(prediction.sentence[part.places[0][0] : part.places[0][1]])
            for part in explanations[label].contributions
            if part.weight > 0
        )
        answer += f"<br>{_NAMES[label]}: {', '.join(list(words)[:_WORDS]) or 'context'}"
    return answer


def _mark(label: str, star: str = "") -> str:
    letter = _LETTERS[label]
    return f"<sup class='{letter.lower()}' title='{_NAMES[label]}'>{letter}{star}</sup>"
