/** Large files go in pieces, with a bar that shows how far they have come; when the connection breaks they go on. */

const LARGE = 1024 * 1024; // bytes; smaller files go with the page
const TRIES = 8;

/** Send the large files among those chosen; returns the files that are left for the page, or null when none went well. */
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
  for (let attempt = 0; attempt < TRIES && !bar.isStopped(); ) {
    try {
      if (!state) state = await post(form, address, fields);
      while (state.key && !bar.isStopped()) {
        bar.show(state.received);
        const piece = file.slice(state.received, state.received + (state.piece ?? LARGE));
        state = { piece: state.piece, ...(await post(form, address, { key: state.key, offset: state.received, piece })) };
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
      // The connection is gone: ask how far the file came, and go on from there.
      attempt += 1;
      state = null;
      bar.wait();
      await new Promise((resolve) => setTimeout(resolve, Math.min(1000 * 2 ** attempt, 20000)));
    }
  }
  if (!state?.done && !bar.isStopped()) {
    bar.fail();
    return "failed";
  }
  bar.remove();
  return "done";
}

async function post(form, address, fields) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "form-nonce"]) data.append(name, form.elements[name].value);
  for (const [name, value] of Object.entries(fields)) data.append(name, value, ...(value instanceof Blob ? ["piece"] : []));
  const response = await fetch(address, { method: "POST", body: data, credentials: "same-origin" });
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
  let stopped = false;
  let quarter = -1;
  stop.addEventListener("click", () => {
    stopped = true;
    place.remove();
    input.focus();
  });
  place.append(label, bar, stop);
  input.after(place);
  const say = (sentence) => {
    if (label.textContent !== sentence) label.textContent = sentence;
  };
  return {
    isStopped: () => stopped,
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
