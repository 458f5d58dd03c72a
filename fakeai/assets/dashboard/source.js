// What the server tells: snapshots as server-sent events, read with fetch, because EventSource cannot bring a key.
import { make } from "./elements.js";

const ROOT = new URL("../../../", import.meta.url);
const KEY = "fakeai.key";
const LONGEST_WAIT = 10_000; // milliseconds until a server that was gone is asked again

/** The JSON at a path of the server, null when there is none. */
export async function get(path) {
  const answer = await fetch(new URL(path, ROOT), { headers: headers() });
  return answer.ok ? answer.json() : null;
}

function headers() {
  const key = sessionStorage.getItem(KEY);
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** Snapshots of one view, one after another. *show* takes each, *tell* what state the connection is in. */
export class Source {
  constructor(view, show, tell) {
    this.view = view;
    this.model = "";
    this.since = null;
    this.paused = false;
    this.show = show;
    this.tell = tell;
    this.aborter = null;
  }

  /** Begin, or begin anew with a minute of the past. */
  async open(model = this.model) {
    this.aborter?.abort();
    this.model = model;
    this.since = null;
    const aborter = (this.aborter = new AbortController());
    let wait = 500;
    while (!aborter.signal.aborted) {
      try {
        const is = await this.read(aborter.signal);
        wait = 500;
        if (is === "refused") await askForKey(this.tell);
      } catch (error) {
        if (aborter.signal.aborted) return;
        this.tell("lost", "Reconnecting");
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  }

  async read(signal) {
    const query = new URLSearchParams({ view: this.view });
    if (this.model) query.set("model", this.model);
    if (this.since != null) query.set("since", this.since);
    const answer = await fetch(new URL(`dashboard/events?${query}`, ROOT), { headers: headers(), signal });
    if (answer.status === 401) return "refused";
    if (!answer.ok) throw new Error(String(answer.status));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return "over";
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        if (part.startsWith("data: ") && !signal.aborted) this.take(JSON.parse(part.slice(6)));
      }
    }
  }

  take(told) {
    this.since = told.seconds.first + told.seconds.answers.length;
    this.tell("live", "Live");
    this.show(told);
  }
}

/** Ask for the key that the server wants, until one is given. */
function askForKey(tell) {
  tell("wait", "Key needed");
  return new Promise((resolve) => {
    const input = make("input", { type: "password", name: "key", autocomplete: "off", required: true, id: "key" });
    const wrong = sessionStorage.getItem(KEY) ? "That key is not good. " : "";
    const form = make(
      "form",
      { method: "dialog", class: "ask" },
      make("label", { for: "key" }, `${wrong}This server shows its metrics to those with an API key.`),
      input,
      make("button", { class: "primary" }, "Show"),
    );
    const dialog = make("dialog", { "aria-label": "API key" }, form);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(KEY, input.value);
      dialog.remove();
      resolve();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
