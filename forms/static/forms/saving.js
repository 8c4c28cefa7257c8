/**
 * The page saves itself a while after the first change, and when it is left; what cannot be sent is kept in the browser
 * until it can. Where others have written meanwhile, their answers are taken in, unless the same answer is being written.
 */

const AUTOSAVE_AFTER = 5000; // milliseconds from the first change that is not saved
const RETRY_AFTER = 15000;
const KEPT_FOR = 24 * 3600 * 1000; // milliseconds that unsent text may be put back
const CARRIED = ["csrfmiddlewaretoken", "form-live", "form-nonce", "form-seen", "form-started", "form-version", "website"];

/** What saves the page: changed(), stop(), start(), isSaved(). */
export function autosaver(form, update = () => {}) {
  const state = form.querySelector("[data-save-state]");
  let saved = content(form);
  let refused = null; // what was too much to be received
  let timer = null;
  let stopped = false;
  let working = false;

  async function save(leaving = false) {
    clearTimeout(timer);
    timer = null;
    const now = content(form);
    if (stopped || now === saved || now === refused) return;
    const isCarried = leaving && navigator.onLine && now.length < 60000; // the browser sends it after the page is gone
    if (leaving) keep(form, { isCarried });
    if (working) return;
    working = true;
    if (!leaving) state.textContent = state.dataset.saving;
    let again = AUTOSAVE_AFTER;
    const before = byQuestion(form);
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(`${now}&form-autosave=1`),
        keepalive: isCarried,
        credentials: "same-origin",
        redirect: "manual",
      });
      const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
      if (answer.saved) {
        const isUnchanged = content(form) === now;
        form.elements["form-seen"].value = answer.seen;
        if (answer.nonce) form.elements["form-nonce"].value = answer.nonce;
        saved = isUnchanged ? content(form) : now;
        if (isUnchanged) forget();
        said(answer);
        if (response.status === 413) tooMuch();
        if (answer.kept.length) await takeIn(answer.kept, before, isUnchanged);
      } else if (response.status === 409 || response.status === 410) {
        stopped = true;
        keep(form);
        state.textContent = response.status === 409 ? state.dataset.conflict : state.dataset.closed;
      } else if (response.status === 413) {
        refused = now;
        tooMuch();
      } else {
        again = RETRY_AFTER;
        keep(form);
        state.textContent = state.dataset.failed;
      }
    } catch {
      again = RETRY_AFTER;
      keep(form);
      state.textContent = state.dataset.failed;
    }
    working = false;
    if (!stopped && ![saved, refused].includes(content(form))) timer ??= setTimeout(save, again);
  }

  function said(answer) {
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    state.textContent = answer.clashes.length ? state.dataset.clash : `${state.dataset.saved} ${time}`;
  }

  function tooMuch() {
    keep(form);
    state.textContent = state.dataset.large;
  }

  /** Show what others have written in questions that have not been touched here since. */
  async function takeIn(ids, before, isUnchanged) {
    const response = await fetch(form.action, { credentials: "same-origin" });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    takeOver(form, page, ids.filter((id) => before.get(id) === byQuestion(form).get(id)));
    if (isUnchanged) saved = content(form);
    update();
    state.textContent = state.dataset.merged;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  window.addEventListener("pagehide", () => save(true));
  window.addEventListener("online", () => save());
  if (bringBack(form)) {
    state.textContent = state.dataset.back;
    queueMicrotask(update);
    timer = setTimeout(save, 1000);
  }
  return {
    changed: () => (timer ??= setTimeout(save, AUTOSAVE_AFTER)),
    stop: () => {
      stopped = true;
      keep(form, { isSent: true });
    },
    start: () => (stopped = false),
    isSaved: () => (saved = content(form)),
  };
}

/** Take these questions, and what the page carries about them, from a page that the server has just drawn. */
export function takeOver(form, page, ids) {
  const fresh = page.querySelector('form[data-journey] [name="form-seen"]');
  if (!fresh) return;
  const seen = stamps(form.elements["form-seen"].value);
  const now = stamps(fresh.value);
  for (const id of ids) {
    const place = form.querySelector(`[data-question="${CSS.escape(id)}"]`);
    const theirs = page.querySelector(`form[data-journey] [data-question="${CSS.escape(id)}"]`);
    if (!place || !theirs || place.contains(document.activeElement)) continue;
    place.replaceWith(document.adoptNode(theirs));
    if (now.has(id)) seen.set(id, now.get(id));
    else seen.delete(id);
  }
  form.elements["form-seen"].value = written(seen);
}

function written(seen) {
  return [...seen].map(([id, stamp]) => `${id}:${stamp}`).join(" ");
}

function stamps(text) {
  return new Map(
    text
      .split(" ")
      .filter(Boolean)
      .map((part) => [part.slice(0, part.lastIndexOf(":")), part.slice(part.lastIndexOf(":") + 1)]),
  );
}

/** Carry what a page that the server has just drawn carries, and show there where others have written meanwhile. */
export function carry(form, page, question) {
  const fresh = page.querySelector('form[data-journey] [name="form-seen"]');
  const kept = (fresh.dataset.kept ?? "").split(" ").filter((id) => id && id !== question);
  const before = stamps(form.elements["form-seen"].value);
  const now = stamps(fresh.value);
  for (const id of kept) {
    if (before.has(id)) now.set(id, before.get(id));
    else now.delete(id);
  }
  form.elements["form-seen"].value = written(now);
  takeOver(form, page, kept);
}

/** Everything on the page but the files, as it is posted; without what changes by itself. */
function content(form) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") data.append(name, value);
  }
  data.delete("form-seen");
  data.append("form-seen", form.elements["form-seen"].value);
  return data.toString();
}

/** What stands in each question, to tell which of them change while something is on its way. */
function byQuestion(form) {
  const found = new Map();
  for (const place of form.querySelectorAll("[data-question]")) {
    const inputs = [...place.querySelectorAll("input, select, textarea")].filter((input) => input.type !== "file");
    found.set(
      place.dataset.question,
      JSON.stringify(inputs.map((input) => [input.name, ["radio", "checkbox"].includes(input.type) ? input.checked : input.value])),
    );
  }
  return found;
}

// --- text that could not be sent ----------------------------------------------------------------------

const START = "samsyn-form:"; // session storage goes with the tab: nobody finds it in another

// A page that was left by a button has arrived when the next one shows.
for (const key of Object.keys(stored())) {
  if (key.startsWith(START) && key !== START + window.location.pathname && JSON.parse(stored()[key]).isSent) forgetKey(key);
}

function stored() {
  try {
    return window.sessionStorage;
  } catch {
    return {};
  }
}

/** `isSent`: a button has posted it. `isCarried`: the browser sends it while the page is left; it may not arrive. */
function keep(form, { isSent = false, isCarried = false } = {}) {
  const typed = [...new URLSearchParams(content(form))].filter(([name]) => !CARRIED.includes(name));
  const [seen, nonce] = ["form-seen", "form-nonce"].map((name) => form.elements[name].value);
  const text = { at: Date.now(), typed, isSent, isCarried, seen, nonce };
  try {
    stored().setItem(START + window.location.pathname, JSON.stringify(text));
  } catch {
    // No room, or not allowed: the page itself still holds it.
  }
}

function forget() {
  forgetKey(START + window.location.pathname);
}

function forgetKey(key) {
  stored().removeItem?.(key);
}

/** Put back what was typed before the connection or the page was lost; tells whether there was anything. */
function bringBack(form) {
  const kept = JSON.parse(stored()[START + window.location.pathname] ?? "null");
  forget();
  // A page that answers what was posted shows it already, and what others have written.
  if (!kept || "answer" in form.elements["form-seen"].dataset || Date.now() - kept.at > KEPT_FOR) return false;
  const isSame = kept.nonce === form.elements["form-nonce"].value;
  const areBothNew = !kept.seen && !form.elements["form-seen"].value;
  if (!isSame && !areBothNew) return false;
  // What was sent on the way out has arrived when something has been saved since.
  if (kept.isCarried && kept.seen !== form.elements["form-seen"].value) return false;
  const typed = new Map();
  for (const [name, value] of kept.typed) typed.set(name, [...(typed.get(name) ?? []), value]);
  // A table had more rows, or the page is another: nothing is put where it does not belong.
  if ([...typed.keys()].some((name) => name.startsWith("q-") && !form.elements[name])) return false;
  const before = content(form);
  for (const input of form.querySelectorAll("[data-question] :is(input, select, textarea)")) {
    const values = typed.get(input.name) ?? [];
    if (input.type === "file" || input.name.startsWith("take-")) continue;
    if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
    else if (values.length) input.value = values[0];
  }
  if (content(form) === before) return false;
  // What the page showed when it was written counts, so that nobody's later answer is overwritten.
  form.elements["form-seen"].value = kept.seen;
  return true;
}
