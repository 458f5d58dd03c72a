// Visit the documentation pages of a server with a browser, and print what was seen as JSON.
// Arguments: the server's address, the browser's program, a folder for screenshots, the key to type in.
import { createRequire } from "node:module";

const require = createRequire(new URL("../clients/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const [server, executablePath, folder, key] = process.argv.slice(2);
const CHAT = "#operations-Chat-createChatCompletion";
const CHAT_IN_REDOC = '[data-section-id="tag/Chat/operation/createChatCompletion"]';

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] }); // a container's root has no sandbox

async function visit(path, look) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const errors = [];
  const requests = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("response", (response) => response.ok() || errors.push(`${response.status()}: ${response.url()}`));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(server + path);
  const seen = await look(page);
  await page.screenshot({ path: `${folder}${path}.png` });
  const title = await page.title();
  await page.close();
  return { title, errors, requests, ...seen };
}

async function tryOut(page) {
  await page.locator(".opblock-tag").first().waitFor();
  const tags = await page.locator(".opblock-tag").evaluateAll((all) => all.map((each) => each.dataset.tag));
  await page.screenshot({ path: `${folder}/docs-tags.png` });
  await page.locator(".auth-wrapper button.authorize").click();
  await page.locator(".auth-container input").fill(key);
  await page.locator(".auth-btn-wrapper button.authorize").click();
  await page.locator(".auth-btn-wrapper button.btn-done").click();
  await page.locator('.opblock-tag[data-tag="Chat"]').click();
  await page.locator(CHAT).waitFor();
  const operations = await page.locator('[id^="operations-Chat-"]').evaluateAll((all) =>
    all.map((each) => {
      const method = each.querySelector(".opblock-summary-method").textContent;
      return `${method} ${each.querySelector(".opblock-summary-path").dataset.path}`;
    }),
  );
  await page.locator(`${CHAT} .opblock-summary-control`).click();
  await page.locator(`${CHAT} button.execute`).click();
  const answer = page.locator(`${CHAT} .live-responses-table tbody .response`);
  await answer.waitFor();
  const status = await answer.locator(".response-col_status").innerText();
  const body = await answer.locator("pre").first().innerText();
  await answer.scrollIntoViewIfNeeded();
  return { tags, operations, status, body };
}

async function read(page) {
  await page.locator(CHAT_IN_REDOC).waitFor({ state: "attached" });
  const operations = await page.locator("[data-section-id*='/operation/']").count();
  await page.screenshot({ path: `${folder}/redoc-top.png` });
  await page.locator(CHAT_IN_REDOC).evaluate((each) => each.scrollIntoView());
  const heading = await page.locator(`${CHAT_IN_REDOC} h2`).first().innerText();
  return { operations, heading };
}

try {
  console.log(JSON.stringify({ docs: await visit("/docs", tryOut), redoc: await visit("/redoc", read) }));
} finally {
  await browser.close();
}
