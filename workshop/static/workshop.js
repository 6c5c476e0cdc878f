"use strict";
// One page for all screens: it asks for its view, waits for the next one, and sends what is pressed.  A view that a person
// is filling in keeps what was typed.
const view = document.getElementById("view"), status = document.getElementById("status");
const lost = document.getElementById("lost"), said = document.getElementById("said");
const path = view.dataset.path;
let version = -1, key = "", waiting = null;
const typed = new Map(); // of forms not sent yet

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const formKey = (input) => {
  const form = input.form, of = (name) => (form.elements[name] ? form.elements[name].value : "");
  return [of("kind"), of("topic"), of("decision"), input.name, input.type === "radio" ? input.value : ""].join("|");
};

function put(html) {
  const active = document.activeElement, had = active && active.form && view.contains(active) ? formKey(active) : "";
  const open = [...view.querySelectorAll("details")].map((one) => one.open);
  view.innerHTML = html;
  [...view.querySelectorAll("details")].forEach((one, i) => { one.open = open[i] || false; });
  for (const input of view.querySelectorAll("input:not([type=hidden])")) {
    const name = formKey(input);
    if (typed.has(name)) { if (input.type === "radio") input.checked = typed.get(name); else input.value = typed.get(name); }
    if (had && name === had) input.focus();
  }
  if (had && document.activeElement === document.body) {
    const button = [...view.querySelectorAll("button")].find((one) => formKey(one) === had);
    if (button) button.focus();
  }
  clock();
  redraw();
}

// A line over the years is drawn with a finger or a mouse, or typed; its numbers are in the fields, and those are sent.
let before = null; // the point before, while somebody draws
const points = () => [...view.querySelectorAll(".line input")];

function pointed(event) {
  const svg = view.querySelector(".draw"), box = svg.getBoundingClientRect(), of = (name) => Number(svg.dataset[name]);
  const x = (event.clientX - box.left) / box.width * of("width"), y = (event.clientY - box.top) / box.height * of("height");
  const last = points().length - 1, high = Math.min(Math.max((of("bottom") - y) / (of("bottom") - of("top")), 0), 1);
  const at = Math.round((x - of("left")) / (of("right") - of("left")) * (last + 1)) - 1;
  return [Math.min(Math.max(at, 0), last), of("low") + high * (of("high") - of("low"))];
}

function put_point(at, value) {
  const field = points()[at];
  field.value = Math.round(value);
  typed.set(formKey(field), field.value);
}

function drawn(event) {
  const [at, value] = pointed(event), [from, was] = before || [at, value];
  for (let i = Math.min(at, from); i <= Math.max(at, from); i += 1) {
    put_point(i, at === from ? value : was + (value - was) * (i - from) / (at - from));
  }
  before = [at, value];
  redraw();
}

function fill() { // what was not drawn: straight from the start, and on as it ended
  const fields = points(), there = fields.map((one, i) => (one.value === "" ? -1 : i)).filter((i) => i >= 0);
  if (!there.length) return;
  const first = there[0], last = there[there.length - 1], start = Number(view.querySelector(".draw").dataset.start);
  for (let i = 0; i < fields.length; i += 1) {
    if (fields[i].value !== "") continue;
    if (i < first) put_point(i, start + (Number(fields[first].value) - start) * (i + 1) / (first + 1));
    else if (i > last) put_point(i, Number(fields[last].value));
  }
  redraw();
}

function redraw() {
  const svg = view.querySelector(".draw");
  if (!svg) return;
  const of = (name) => Number(svg.dataset[name]), fields = points();
  const y = (value) => {
    const high = (value - of("low")) / (of("high") - of("low"));
    return of("bottom") - Math.min(Math.max(high, 0), 1) * (of("bottom") - of("top"));
  };
  const there = fields.map((one, i) => [i + 1, one.value]).filter(([, value]) => value !== "");
  const line = there.length ? [[0, svg.dataset.start], ...there] : [];
  svg.querySelector(".own").setAttribute("points", line.map(([i, value]) =>
    `${of("left") + (of("right") - of("left")) * i / fields.length},${y(Number(value))}`).join(" "));
}

document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest || !event.target.closest(".draw")) return;
  event.preventDefault();
  drawn(event);
});
document.addEventListener("pointermove", (event) => { if (before && view.querySelector(".draw")) drawn(event); });
for (const ends of ["pointerup", "pointercancel"]) {
  document.addEventListener(ends, () => { if (before) { before = null; fill(); } });
}
document.addEventListener("click", (event) => {
  if (!event.target.closest || !event.target.closest(".line .away")) return;
  for (const field of points()) { field.value = ""; typed.set(formKey(field), ""); }
  redraw();
});

function clock() {
  for (const one of view.querySelectorAll(".clock")) {
    if (!one.dataset.end) one.dataset.end = Date.now() / 1000 + Number(one.dataset.left);
    const left = one.dataset.still ? Number(one.dataset.left) : Math.round(one.dataset.end - Date.now() / 1000);
    const whole = Math.abs(left), text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    one.textContent = left < 0 ? `−${text}` : text;
  }
}
setInterval(clock, 1000);

async function look() {
  for (;;) {
    waiting = new AbortController();
    const limit = setTimeout(() => waiting.abort(), 30000);
    try {
      const answer = await fetch(`${path}/view?v=${version}`, { signal: waiting.signal, cache: "no-store" });
      if (answer.status === 401) { location.href = "/"; return; }
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      version = told.version;
      if (status.textContent !== told.status) status.textContent = told.status;
      if (told.key !== key) { key = told.key; put(told.html); }
      lost.hidden = true;
    } catch (error) {
      if (error.name !== "AbortError") { lost.hidden = false; version = -1; await sleep(1000); }
    } finally { clearTimeout(limit); }
  }
}

async function send(form) {
  const data = {};
  for (const [name, value] of new FormData(form)) data[name] = value;
  if (data.kind === "answered") {
    data.answers = Array.from(form.querySelectorAll("fieldset"), (_, i) => Number(data[`answer${i}`] || 0));
  }
  if (data.kind === "predicted") {
    const line = Array.from(form.querySelectorAll(".line input"), (one) => one.value);
    for (let i = 0; i < line.length; i += 1) delete data[`line${i}`];
    if (line.some((one) => one !== "")) data.line = line;
  }
  for (const input of form.querySelectorAll("input")) typed.delete(formKey(input));
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      const answer = await fetch(`${path}/do`, { method: "POST", body: JSON.stringify(data),
        headers: { "content-type": "application/json", "x-workshop": "1" } });
      const told = await answer.json();
      said.hidden = !told.error;
      said.textContent = told.error || "";
      return;
    } catch { lost.hidden = false; await sleep(1000); }
  }
  said.hidden = false;
  said.textContent = view.dataset.failed;
}

document.addEventListener("submit", (event) => {
  if (event.target.classList.contains("act")) { event.preventDefault(); send(event.target); }
});
document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.form || !view.contains(input)) return;
  if (input.form.dataset.now !== undefined && input.type === "radio") { send(input.form); return; }
  if (input.type === "radio") {
    for (const other of input.form.querySelectorAll(`input[name="${input.name}"]`)) typed.set(formKey(other), other.checked);
  } else typed.set(formKey(input), input.value);
  redraw();
});
document.addEventListener("change", (event) => { // a number that is sent when it is complete
  const { form, type } = event.target;
  if (form && view.contains(form) && form.dataset.now !== undefined && type !== "radio" && form.reportValidity()) send(form);
});
document.addEventListener("visibilitychange", () => { if (!document.hidden && waiting) { version = -1; waiting.abort(); } });
look();
