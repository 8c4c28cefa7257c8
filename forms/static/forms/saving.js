/** The page saves itself a while after the first change, and when it is left. */

const AUTOSAVE_AFTER = 8000; // milliseconds from the first change that is not saved
const RETRY_AFTER = 15000;

/** What saves the page: changed(), stop(), start(), isSaved(). */
export function autosaver(form) {
  const state = form.querySelector("[data-save-state]");
  let saved = content(form);
  let timer = null;
  let stopped = false;
  let working = false;

  async function save(leaving = false) {
    timer = null;
    const now = content(form);
    if (stopped || working || now === saved) return;
    working = true;
    if (!leaving) state.textContent = state.dataset.saving;
    let again = AUTOSAVE_AFTER;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(`${now}&form-autosave=1`),
        keepalive: leaving && now.length < 60000,
        credentials: "same-origin",
        redirect: "manual",
      });
      const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
      if (answer.saved) {
        form.elements["form-seen"].value = answer.seen;
        saved = now;
        const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
        state.textContent = `${state.dataset.saved} ${time}`;
      } else if (response.status === 409) {
        stopped = true;
        state.textContent = state.dataset.conflict;
      } else {
        again = RETRY_AFTER;
        state.textContent = state.dataset.failed;
      }
    } catch {
      again = RETRY_AFTER;
      state.textContent = state.dataset.failed;
    }
    working = false;
    if (!stopped && content(form) !== saved) timer ??= setTimeout(save, again);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  return {
    changed: () => (timer ??= setTimeout(save, AUTOSAVE_AFTER)),
    stop: () => (stopped = true),
    start: () => (stopped = false),
    isSaved: () => (saved = content(form)),
  };
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
