// Elements by their parts. Text is always text: nothing that a run says becomes markup.

const keys = new WeakMap();
const SVG = "http://www.w3.org/2000/svg";

function made(one, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) one.addEventListener(key.slice(2), value);
    else if (value === true) one.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) one.setAttribute(key, value);
  }
  one.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return one;
}

/** `element("td", { class: "bad" }, "3")` */
export const element = (name, attributes = {}, ...children) => made(document.createElement(name), attributes, children);

/** The same for SVG. */
export const svg = (name, attributes = {}, ...children) => made(document.createElementNS(SVG, name), attributes, children);

export const icon = (name, color = "") => svg("svg", { class: `ic ${color}`, "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));

export const by = (id) => document.getElementById(id);

/** Sets a text only where it is another one, so that screen readers do not read the same again. */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** The head of a card: its title, what stands beside it, and what stands at its right end. */
export const head = (title, note = null, ...right) => element("header", {}, element("h2", {}, title), note && element("span", { class: "dim wide-only" }, note), right.length ? element("span", { class: "right" }, ...right) : null);

/** Makes the content anew only where what it is made of is another one: focus and selections stay. */
export function remake(place, key, make) {
  const now = JSON.stringify(key);
  if (keys.get(place) === now) return false;
  keys.set(place, now);
  place.replaceChildren(...make());
  return true;
}
