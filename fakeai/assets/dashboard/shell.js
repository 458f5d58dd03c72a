// What both pages have: theme, pause, model and time span, and the stream of snapshots that drives them.
import { charts } from "./chart.js";
import { duration } from "./format.js";
import { make, mark, say } from "./elements.js";
import { Source } from "./source.js";

const THEMES = ["auto", "dark", "light"];
const byId = (id) => document.getElementById(id);

/** Open the page of a *view*. *show* draws a snapshot, *forget* what was before it is no longer wanted. */
export function open(view, show, forget) {
  let latest = null;
  let waits = false;
  const page = { span: Number(localStorage.getItem("fakeai.span")) || 300 };
  const draw = () => {
    waits = false;
    if (latest) {
      tellOfServer(latest);
      chooseModels(latest, source);
      show(latest, page.span, page.paused);
    }
  };
  const source = new Source(
    view,
    (told) => {
      page.take(told);
      if (page.paused) return;
      latest = told;
      if (!waits) requestAnimationFrame(draw);
      waits = true;
    },
    (is, words) => {
      mark(byId("status"), "data-is", page.paused && is === "live" ? "paused" : is);
      say(byId("status"), page.paused && is === "live" ? "Paused" : words);
    },
  );
  page.take = () => {};
  page.start = () => {
    setTheme();
    setSpan(page, draw);
    byId("pause").addEventListener("click", () => {
      page.paused = !page.paused;
      mark(byId("pause"), "aria-pressed", String(page.paused));
      say(byId("pause"), page.paused ? "Go on" : "Pause");
      source.tell("live", "Live");
    });
    byId("model").addEventListener("change", (event) => {
      forget();
      source.open(event.target.value);
    });
    source.open();
  };
  return page;
}

function setSpan(page, draw) {
  const select = byId("span");
  select.value = String(page.span);
  select.addEventListener("change", () => {
    page.span = Number(select.value);
    localStorage.setItem("fakeai.span", select.value);
    draw();
  });
}

function setTheme() {
  const button = byId("theme");
  const restyle = () => charts.forEach((chart) => chart.restyle());
  const apply = () => say(button, `Theme: ${document.documentElement.dataset.theme ?? "auto"}`);
  button.addEventListener("click", () => {
    const theme = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % THEMES.length];
    if (theme === "auto") {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem("fakeai.theme");
    } else {
      document.documentElement.dataset.theme = theme;
      localStorage.setItem("fakeai.theme", theme);
    }
    apply();
    restyle();
  });
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", restyle);
  apply();
}

function tellOfServer({ server, uptime }) {
  const speed = server.speed === 1 ? "" : ` · time ×${server.speed}`;
  const machine = `${server.workers} workers${server.ranks > 1 ? ` of ${server.ranks} ranks` : ""} · ${server.gpus} × ${server.gpu_model}`;
  say(byId("about"), `${machine} · latency ${server.latency}${speed} · up ${duration(uptime)}`);
}

/** Let every model that the server knows be chosen. */
function chooseModels(told, source) {
  const select = byId("model");
  const names = told.model_names ?? [];
  if (names.length + 1 === select.options.length) return;
  const known = new Set([...select.options].map((option) => option.value));
  select.append(...names.filter((name) => !known.has(name)).map((name) => make("option", { value: name }, name)));
  select.value = source.model;
}
