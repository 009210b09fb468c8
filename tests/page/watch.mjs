// A page of a run in a browser, and what can be read on it.

import assert from "node:assert/strict";

import { TOKEN, sum, until } from "./scene.mjs";

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
const place = (page, name) => page.locator("#tiles > div", { has: page.locator(`dt:text-is("${name}")`) });
export const tile = (page, name) => place(page, name).locator("dd > span").innerText();
/** What stands below a tile's figure. */
export const below = (page, name) => place(page, name).locator("small").innerText();
export const chart = (page, title) => page.locator("#charts .chart", { has: page.locator("h2", { hasText: title }) }).first();

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
  await page.fill("#token", TOKEN);
  await page.click("#key button");
  await page.waitForSelector("#controls:not([hidden])");
}

/** How many pixels of each chart have the colour of incidents. */
export function marked(page) {
  return page.locator("#charts .chart:not([hidden]) canvas").evaluateAll((all) => all.map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let red = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 8 && data[at] > data[at + 1] + 60 && data[at] > data[at + 2] + 60) red += 1;
    return red;
  }));
}

export const fine = (page) => assert.deepEqual(page.faults, []);
