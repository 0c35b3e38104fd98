"""What an accessibility checker would ask of a page, run inside it; every answer should be an empty list."""

from __future__ import annotations

from typing import Any

HORIZONTAL_SCROLL = """() => {
  const root = document.scrollingElement;
  const wide = [...document.querySelectorAll('body *')].filter((node) =>
    !node.closest('svg, .unseen') && node.getClientRects().length
    && getComputedStyle(node).position !== 'absolute'
    && node.getBoundingClientRect().right > innerWidth + 1);
  return root.scrollWidth > innerWidth ? ['page', ...wide.map((node) => node.outerHTML.slice(0, 120))] : wide.map((node) => node.outerHTML.slice(0, 120));
}"""

NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, textarea, select, [role=log], [role=group], [role=tablist], dialog')]
  .filter((node) => node.getClientRects().length)
  .filter((node) => {
    const labelled = (node.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent ?? '').join('');
    const labels = [...(node.labels ?? [])].map((label) => label.textContent).join('');
    const own = ['BUTTON', 'A'].includes(node.tagName) ? node.textContent : '';
    return !(node.getAttribute('aria-label') || labelled || labels || own).trim();
  }).map((node) => node.outerHTML.slice(0, 160))"""

SMALL_TARGETS = """() => [...document.querySelectorAll('button, select, textarea, input:not([type=radio]), .mode, a.row, a.button')]
  .filter((node) => node.getClientRects().length)
  .filter((node) => { const box = node.getBoundingClientRect(); return box.height < 43.5 || box.width < 43.5; })
  .map((node) => `${node.outerHTML.slice(0, 120)} ${JSON.stringify(node.getBoundingClientRect())}`)"""

FAINT = """() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const channel = (value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.getClientRects().length || node.closest('.unseen, noscript, script')) continue;
    const pair = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((one, other) => other - one);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  return faint;
}"""

HAN_WITHOUT_LANGUAGE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const bare = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (node.closest('strong, h2, select, noscript') || !/\\p{Script=Han}/u.test(walker.currentNode.data)) continue;
    if (!/^zh/.test(node.closest('[lang]').lang)) bare.push(walker.currentNode.data);
  }
  return bare;
}"""

DOUBLE_IDS = """() => [...document.querySelectorAll('[id]')].map((node) => node.id)
  .filter((id, index, all) => all.indexOf(id) !== index)"""

CHECKS = {
    "horizontal scroll": HORIZONTAL_SCROLL,
    "control without a name": NAMELESS,
    "target under 44 pixels": SMALL_TARGETS,
    "contrast under 4.5": FAINT,
    "Chinese without lang": HAN_WITHOUT_LANGUAGE,
    "id used twice": DOUBLE_IDS,
}


def complaints(page: Any) -> dict[str, list[str]]:
    """Every check that found something, with what it found."""
    found = {name: page.evaluate(script) for name, script in CHECKS.items()}
    if not page.evaluate("document.documentElement.lang && document.title"):
        found["page"] = ["no language or no title"]
    return {name: items for name, items in found.items() if items}
