// A page of a run in a browser, and what can be read on it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { TOKEN, sum, until } from "./scene.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A page on which nothing may go wrong in silence. */
export async function open(browser, made, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && !/status of|ERR_/.test(message.text()) && page.faults.push(message.text()));
  await page.goto(made.page);
  return page;
}

export const ready = (page) => page.waitForFunction(() => Number(document.body.dataset.points) > 1, null, { timeout: 20_000 });
export const text = (page, selector) => page.locator(selector).innerText();
export const number = (words) => Number(words.replace(/,/g, ""));
const place = (page, name) => page.locator(`.tile[data-name="${name}"]`);
export const tile = (page, name) => place(page, name).locator(".figure > span").innerText();
/** What stands below a tile's figure. */
export const below = (page, name) => place(page, name).locator(".below").innerText();
/** How many requests the page has counted. */
export const requests = async (page) => Number(await page.locator("#tiles").getAttribute("data-requests"));
export const chart = (page, title) => page.locator("#charts .chart", { has: page.locator(`h2:text-is("${title}")`) }).first();
/** What the legend of a chart says: names and values. */
export const legend = (page, title) => chart(page, title).locator(".legend li").evaluateAll((all) => all.map((one) => [one.children[1].textContent, one.lastChild.textContent]));

/** Shows another view. */
export async function go(page, view) {
  await page.evaluate((name) => { location.hash = `#${name}`; }, view);
  await page.waitForSelector(`#${view.split("/")[0]}:not([hidden])`);
}

/** Waits until the page has shown two moments more: one may have been under way. */
export async function aMomentLater(page) {
  const moments = async () => Number(await page.evaluate(() => document.body.dataset.moments));
  const before = await moments();
  await until("showed two later moments", async () => (await moments()) > before + 1);
}

/** Pauses the run while `look` does its work: nothing is under way then, and every count stands still. */
export async function standingStill(made, page, look) {
  await made.api("pause", "POST");
  try {
    const counted = async () => sum(await made.metrics(), "throng_requests_total");
    for (let before = -1; before !== (await counted()); ) {
      before = await counted();
      await aMomentLater(page);
    }
    await look();
  } finally {
    await made.api("resume", "POST");
  }
}

export async function unlock(page) {
  const shown = await page.evaluate(() => location.hash);
  await go(page, "controls");
  await page.fill("#token", TOKEN);
  await page.click("#key button");
  await page.waitForSelector("#steer:not([hidden])");
  await go(page, shown.slice(1) || "overview");
}

/** How many bands of incidents each chart that is shown has. */
export const marked = (page) => page.locator("#charts .chart:not([hidden]) svg").evaluateAll((all) => all.filter((one) => one.closest(".plot")).map((one) => one.querySelectorAll(".band.incident").length));

/** What axe finds that WCAG 2.1 (A and AA) does not allow. */
export async function violations(page) {
  await page.evaluate(AXE);
  // Of what is as it should be it would describe each element, which takes most of its time.
  const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] };
  const found = await page.evaluate((options) => globalThis.axe.run(document, options), rules);
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ").slice(0, 300)}`);
}

export const fine = (page) => assert.deepEqual(page.faults, []);
