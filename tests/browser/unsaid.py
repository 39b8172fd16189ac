"""Words of our pages that a reader meets in the language of the sources, not in their own."""

from __future__ import annotations

import re

from core.translations import catalogues

VALUE = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|\n")
TEXTS = """() => {
  const found = [], read = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const foreign = "script, style, bdi, time, option, [lang]:not(html)";
  while (read.nextNode()) {
    const at = read.currentNode;
    if (!at.parentElement.closest(foreign)) found.push(at.data);
  }
  for (const at of document.querySelectorAll("[aria-label], [data-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "data-label", "title", "placeholder", "alt"])
      if (at.hasAttribute(name) && !at.closest("[lang]:not(html)")) found.push(at.getAttribute(name));
  return found.map(text => text.replace(/\\s+/g, " ").trim()).filter(text => text);
}"""


class Unsaid:
    """Collects what the pages of one walk say in the language of the sources.

    A short text counts where it stands alone, the pieces of a sentence wherever they stand.
    """

    def __init__(self, language):
        texts = [pair for message in catalogues.read(language) for pair in _pairs(message)]
        said = "\n".join(_plain(own) for _, own in texts)
        self.whole = {_plain(source) for source, own in texts if source != own}
        self.whole -= {_plain(own) for _, own in texts}
        self.pieces = {
            piece
            for source, _ in texts
            for piece in map(_plain, VALUE.split(source))
            if piece.count(" ") >= 2 and piece not in said
        }
        self.found = set()
        self.pages = 0

    def look(self, page):
        texts = page.evaluate(TEXTS)
        together = "\n".join(texts)
        left = {text for text in texts if text in self.whole}
        left |= {piece for piece in self.pieces if piece in together}
        self.found |= {(re.sub(r"\d+", "0", page.url.partition("/")[2]), text) for text in left}
        self.pages += 1


def _pairs(message):
    """Yield each form of a text with what is said for it."""
    if not message.id:
        return
    sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
    own = message.string if isinstance(message.string, tuple | list) else (message.string,)
    for number, source in enumerate(sources):
        yield source, own[min(number, len(own) - 1)]


def _plain(text):
    return " ".join(text.split())
