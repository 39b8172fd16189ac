"""How people work a page: by finger or mouse, or by keys alone; both do the same deeds."""

from __future__ import annotations

MOST_TABS = 300
FOCUS = """target => {
  const at = document.activeElement, style = getComputedStyle(at);
  const box = [...at.getClientRects()].find(r => r.width && r.height);
  const wide = document.documentElement.clientWidth, high = document.documentElement.clientHeight;
  const left = box && Math.max(box.left, 0), right = box && Math.min(box.right, wide);
  const top = box && Math.max(box.top, 0), bottom = box && Math.min(box.bottom, high);
  const over = box && right > left && bottom > top
    && document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return {
    there: at === target,
    past: !!(target.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
    nowhere: at === document.body || at.tabIndex < 0,
    seen: !!over && (at.contains(over) || over.contains(at)),
    marked: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2,
    group: at.type === "radio" && at.name === target.name,
    words: `${at.outerHTML.slice(0, 120)} under ${over && over.outerHTML.slice(0, 80)}`,
  };
}"""


class Pointer:
    """A mouse, or a finger on a phone."""

    def __init__(self, page):
        self.page = page

    def press(self, target):
        """Follow a link, press a button, open or close a part."""
        target.click()

    def write(self, target, text):
        target.fill(text)

    def tick(self, target):
        """Choose a radio button, or turn a box round."""
        target.click()

    def pick(self, target, value):
        """Choose from a list."""
        target.select_option(value)


class Keys:
    """Keys alone; every control that is passed must be seen, marked and not covered."""

    def __init__(self, page):
        self.page = page
        self.faults = []
        self.passed = 0

    def press(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, target, text):
        self.reach(target)
        self.page.keyboard.type(text)

    def tick(self, target):
        self.reach(target)
        if target.get_attribute("type") == "radio":
            self._turn_to(target)
        else:
            self.page.keyboard.press("Space")

    def pick(self, target, value):
        self.reach(target)
        self.page.keyboard.press("Home")
        for _ in range(target.locator("option").count()):
            if target.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not in the list")

    def reach(self, target):
        """Go there by Tab, or back by Shift+Tab."""
        at = target.evaluate(FOCUS)
        key = "Shift+Tab" if at["past"] and not at["nowhere"] else "Tab"
        for _ in range(MOST_TABS):
            if at["there"] or at["group"]:
                return
            self.page.keyboard.press(key)
            at = target.evaluate(FOCUS)
            self._note(at)
        raise AssertionError(f"{target} is not reached by {key} on {self.page.url}")

    def _turn_to(self, target):
        """Choose one radio button of the group that has the focus."""
        for _ in range(20):
            at = target.evaluate(FOCUS)
            self._note(at)
            if at["there"]:
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{target} is not in the group")

    def _note(self, at):
        if at["nowhere"]:
            return
        self.passed += 1
        for right in ("seen", "marked"):
            if not at[right]:
                self.faults.append(f"not {right} on {self.page.url}: {at['words']}")
