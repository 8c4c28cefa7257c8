/** Large files go in pieces, with a bar that shows how far they have come; when the connection breaks they go on. */

const LARGE = 256 * 1024; // bytes; smaller files go with the page
const TRIES = 8;
const PACE = 1500; // milliseconds that a piece may take, so that the bar moves on a slow connection too

/** Send the large files among those chosen; returns those that are left for the page. */
export async function sendInPieces(form, input) {
  const large = [...input.files].filter((file) => file.size > LARGE);
  const address = form.dataset.pieces;
  if (!large.length || !address) return [...input.files];
  for (const file of large) {
    const outcome = await sendFile(form, input, file, address);
    if (outcome === "plain") return [...input.files];
  }
  return [...input.files].filter((file) => file.size <= LARGE);
}

async function sendFile(form, input, file, address) {
  const bar = progressBar(form, input, file);
  const fields = { question: input.name, name: file.name, size: file.size };
  let state = null;
  let size = LARGE;
  for (let attempt = 0; attempt < TRIES && !bar.isStopped(); ) {
    try {
      if (!state) state = await post(form, address, fields, bar.signal);
      while (state.key && !bar.isStopped()) {
        bar.show(state.received);
        const piece = file.slice(state.received, state.received + Math.min(size, state.piece));
        const began = performance.now();
        state = { piece: state.piece, ...(await post(form, address, { key: state.key, offset: state.received, piece }, bar.signal)) };
        size = Math.max(LARGE / 8, Math.min(state.piece, (piece.size * PACE) / (performance.now() - began)));
        attempt = 0;
      }
      if (state.refused) {
        bar.refuse(state.refused);
        return "refused";
      }
      if (state.unknown) {
        bar.remove();
        return "plain";
      }
      break;
    } catch {
      if (bar.isStopped()) break;
      // The connection is gone: ask how far the file came, and go on from there.
      attempt += 1;
      state = null;
      bar.wait();
      await aWhile(Math.min(1000 * 2 ** attempt, 20000), bar.signal);
    }
  }
  if (!state?.done && !bar.isStopped()) {
    bar.fail();
    return "failed";
  }
  bar.remove();
  return "done";
}

/** So many milliseconds; less when the connection is back or somebody presses *Stop*. */
function aWhile(milliseconds, signal) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    window.addEventListener("online", resolve, { once: true });
    signal.addEventListener("abort", resolve, { once: true });
  });
}

async function post(form, address, fields, signal) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "form-nonce"]) data.append(name, form.elements[name].value);
  for (const [name, value] of Object.entries(fields)) data.append(name, value, ...(value instanceof Blob ? ["piece"] : []));
  const response = await fetch(address, { method: "POST", body: data, credentials: "same-origin", signal });
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) throw new Error("not ours");
  return response.json();
}

/** A bar below the control; it is read out at every quarter, not at every piece. */
function progressBar(form, input, file) {
  const texts = form.dataset;
  const place = document.createElement("div");
  const label = document.createElement("p");
  const bar = document.createElement("progress");
  const stop = document.createElement("button");
  place.className = "file-progress";
  label.setAttribute("role", "status");
  bar.max = file.size;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  Object.assign(stop, { type: "button", className: "button quiet small", textContent: texts.stop });
  const stopping = new AbortController();
  let quarter = -1;
  stop.addEventListener("click", () => {
    stopping.abort();
    place.remove();
    input.focus();
  });
  place.append(label, bar, stop);
  input.after(place);
  const say = (sentence) => {
    if (label.textContent !== sentence) label.textContent = sentence;
  };
  return {
    signal: stopping.signal,
    isStopped: () => stopping.signal.aborted,
    remove: () => place.remove(),
    show(received) {
      bar.value = received;
      const now = Math.floor((4 * received) / file.size);
      if (now !== quarter) say(`${file.name}: ${Math.round((100 * received) / file.size)} %`);
      quarter = now;
    },
    wait() {
      quarter = -1;
      say(`${file.name}: ${texts.waiting}`);
    },
    fail: () => end(`${file.name}: ${texts.failed}`),
    refuse: (sentence) => end(`${file.name}: ${sentence}`),
  };

  function end(sentence) {
    bar.remove();
    stop.remove();
    label.className = "error";
    label.setAttribute("role", "alert");
    say(sentence);
  }
}
