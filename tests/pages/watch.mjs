// Watch the dashboards of a server that is under load with a browser, and print what was seen as JSON.
// Arguments: the server's address, the browser's program, a folder for screenshots or nothing, how many requests will
// have come.
import { createRequire } from "node:module";

const require = createRequire(new URL("../clients/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const [server, executablePath, folder, expected] = process.argv.slice(2);
const SIZES = { phone: [360, 780], desk: [1440, 900], wall: [3840, 2160] };

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] }); // a container's root has no sandbox

async function visit(path, look) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "dark" });
  const errors = [];
  const requests = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("response", (response) => response.ok() || errors.push(`${response.status()}: ${response.url()}`));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(server + path);
  const seen = await look(page, path.replaceAll("/", "-").slice(1));
  const title = await page.title();
  await page.close();
  return { title, errors, requests, ...seen };
}

const shoot = (page, name) => folder && page.screenshot({ path: `${folder}/${name}.png` });
const texts = (page, selector) => page.locator(selector).evaluateAll((all) => all.map((each) => each.textContent));

/** The rows of a table, each by its key: the texts of its cells by their heads. */
const rows = (page, selector) =>
  page.locator(selector).evaluate((section) => {
    const heads = [...section.querySelectorAll("thead th")].map((each) => each.textContent);
    const found = {};
    for (const row of section.querySelectorAll("tbody tr")) {
      found[row.dataset.key] = [...row.children].map((each) => each.textContent).map((text, at) => [heads[at], text]);
    }
    return found;
  });

const tiles = (page) =>
  page.locator(".tile").evaluateAll((all) =>
    Object.fromEntries(
      all.map((each) => [each.querySelector("h2").textContent, [each.querySelector(".value").textContent, each.querySelector("small").textContent]]),
    ),
  );

const cards = (page, selector) =>
  page.locator(`${selector} .card`).evaluateAll((all) =>
    all.map((each) =>
      Object.fromEntries([...each.querySelectorAll("dl > div")].map((pair) => [pair.querySelector("dt").textContent, pair.querySelector("dd").textContent])),
    ),
  );

/** Whether something stands out of the page, in each size and theme; a picture of each when they are kept. */
async function sizes(page, name) {
  const found = {};
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    for (const colorScheme of ["dark", "light"]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(150);
      found[`${size} ${colorScheme}`] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      await shoot(page, `${name}-${size}-${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  return found;
}

async function overview(page, name) {
  await page.locator("#status", { hasText: "Live" }).waitFor();
  await page.locator("#models tbody tr").nth(20).waitFor();
  const busy = page.locator(".tile .value").nth(2);
  await busy.filter({ hasText: /^[1-9]/ }).waitFor();
  await shoot(page, `${name}-under-load`);
  await page.locator(".tile", { hasText: `${expected} in all` }).waitFor({ timeout: 30_000 });
  await page.locator(".tile", { hasText: "Active0" }).waitFor();
  const seen = { tiles: await tiles(page), models: await rows(page, "#models"), paths: await rows(page, "#paths") };
  seen.sizes = await sizes(page, name);
  // With the keyboard alone: a chart's cursor, its table, the order of models, a request's timeline.
  const chart = page.locator(".chart").nth(1);
  await chart.locator(".plot").focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  seen.said = await chart.locator("[aria-live]").textContent();
  await chart.locator("button").focus();
  await page.keyboard.press("Enter");
  seen.table = await texts(page, ".chart:nth-child(2) thead th");
  seen.seconds = await chart.locator("tbody tr").count();
  await page.locator("#models thead button", { hasText: "Model" }).focus();
  await page.keyboard.press("Enter");
  seen.sorted = Object.keys(await rows(page, "#models"));
  seen.order = await page.locator("#models th[aria-sort]").getAttribute("aria-sort");
  await page.locator("#models input").fill("team-01");
  seen.filtered = Object.keys(await rows(page, "#models"));
  const request = page.locator("#requests tbody tr", { hasText: "200" }).locator("button").first();
  await request.focus();
  await page.keyboard.press("Enter");
  const dialog = page.locator("dialog.request");
  await dialog.waitFor();
  seen.request = await texts(page, "dialog.request h2");
  seen.lane = await dialog.locator(".lane").getAttribute("aria-label");
  seen.plots = await dialog.locator("canvas").count();
  await dialog.locator("summary").focus();
  await page.keyboard.press("Enter");
  await dialog.locator("tbody tr").first().waitFor();
  seen.tokens = await texts(page, "dialog.request tbody tr:nth-child(-n+3) td:nth-child(2)");
  seen.count = await dialog.locator("tbody tr").count();
  await shoot(page, `${name}-request`);
  await page.keyboard.press("Escape");
  seen.closed = await dialog.isHidden();
  seen.back = await page.evaluate(() => document.activeElement.closest("#requests") !== null);
  await page.selectOption("#model", "acme/team-010");
  await page.locator(".tile", { hasText: "2 in all" }).first().waitFor();
  seen.one = await tiles(page);
  await page.locator("#theme").click();
  seen.theme = await page.evaluate(() => document.documentElement.dataset.theme);
  return seen;
}

async function dynamo(page, name) {
  await page.locator("#status", { hasText: "Live" }).waitFor();
  await page.locator("#router tbody tr").first().waitFor();
  return {
    tiles: await tiles(page),
    workers: await cards(page, "#workers"),
    gpus: await cards(page, "#gpus"),
    decisions: await page.locator("#router tbody tr").count(),
    chosen: await page.locator('#router tbody td[data-is="chosen"]').count(),
    series: await texts(page, "#charts .chart:first-child .legend li span"),
    sizes: await sizes(page, name),
  };
}

try {
  const seen = { overview: await visit("/dashboard", overview), dynamo: await visit("/dashboard/dynamo", dynamo) };
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
