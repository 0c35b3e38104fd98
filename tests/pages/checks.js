// What an accessibility checker would ask of a page; every check answers with what is wrong.
() => {
  const brief = (node) => node.outerHTML.slice(0, 160);
  const shown = (selector) =>
    [...document.querySelectorAll(selector)].filter((node) => node.getClientRects().length);

  function wideNodes() {
    const wide = shown("body *").filter((node) =>
      !node.closest("svg, .unseen")
      && getComputedStyle(node).position !== "absolute"
      && node.getBoundingClientRect().right > innerWidth + 1);
    const page = document.scrollingElement.scrollWidth > innerWidth ? ["the page"] : [];
    return [...page, ...wide.map(brief)];
  }

  function nameOf(node) {
    const ids = (node.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
    const labelled = ids.map((id) => document.getElementById(id)?.textContent ?? "").join("");
    const labels = [...(node.labels ?? [])].map((label) => label.textContent).join("");
    const own = ["BUTTON", "A"].includes(node.tagName) ? node.textContent : "";
    return (node.getAttribute("aria-label") || labelled || labels || own).trim();
  }

  function nameless() {
    const controls = "button, a[href], input, textarea, select, dialog, [role=log], [role=group], [role=tablist]";
    return shown(controls).filter((node) => !nameOf(node)).map(brief);
  }

  function smallTargets() {
    const targets = "button, select, textarea, input:not([type=radio], [type=checkbox]), .mode, .check, a.row, a.button";
    return shown(targets).filter((node) => {
      const { width, height } = node.getBoundingClientRect();
      return width < 43.5 || height < 43.5;
    }).map(brief);
  }

  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const { data, parentElement: node } = walker.currentNode;
      if (data.trim() && !node.closest("noscript, script")) found.push({ data: data.trim(), node });
    }
    return found;
  }

  const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);

  function luminance(color) {
    const [red, green, blue] = color.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function behind(node) {
    for (let at = node; at; at = at.parentElement) {
      const color = numbers(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  }

  function contrast(node) {
    const text = numbers(getComputedStyle(node).color).slice(0, 3);
    const [dark, light] = [text, behind(node)].map(luminance).sort((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
  }

  function faint() {
    return texts()
      .filter(({ node }) => node.getClientRects().length && !node.closest(".unseen"))
      .filter(({ node }) => contrast(node) < 4.5)
      .map(({ data, node }) => `${contrast(node).toFixed(2)} ${data.slice(0, 40)}`);
  }

  // People's names (strong, h2) and departments may be in any language.
  function chineseWithoutLanguage() {
    return texts()
      .filter(({ data, node }) => /\p{Script=Han}/u.test(data) && !node.closest("strong, h2, select"))
      .filter(({ node }) => !node.closest("[lang]").lang.startsWith("zh"))
      .map(({ data }) => data);
  }

  function idsUsedTwice() {
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    return ids.filter((id, index) => ids.indexOf(id) !== index);
  }

  return {
    "wider than the screen": wideNodes(),
    "control without a name": nameless(),
    "target under 44 pixels": smallTargets(),
    "contrast under 4.5": faint(),
    "Chinese without lang": chineseWithoutLanguage(),
    "id used twice": idsUsedTwice(),
    "no language": document.documentElement.lang ? [] : ["html"],
    "no title": document.title ? [] : ["title"],
  };
}
