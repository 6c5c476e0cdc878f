"""A language in which every text of ours stands between brackets: what stands outside is in no catalogue."""

import re

from scenarios.language import Speech


class Marked(Speech):
    """English, in brackets."""

    def __call__(self, text: str, /, **values: object) -> str:
        said = super().__call__(text, **values)
        return f"〚{said}〛" if said else said


def outside(html: str) -> set[str]:
    """Words of a page that stand in no brackets; names of files, levers and parameters with a line in them aside."""
    text = re.sub(r"<style>.*?</style>|<pre.*?</pre>|<a (?:href|download)=.*?</a>", "", html, flags=re.S)
    text, before = re.sub(r"<[^>]*>", " ", text), ""
    while before != text:
        before, text = text, re.sub("〚[^〚〛]*〛", "", text)
    return {one for one in re.findall(r"[^\W\d]{2,}", text) if "_" not in one}
