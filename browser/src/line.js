// The phone line's own pages: passkeys, printing, and a lock when nobody has been there for a while. Everything else works without.
const MINUTE_MS = 60_000;
const JSON_TYPE = "application/json";

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Post `said` as JSON and return the answer. Throws Error with what the server says. */
async function post(path, said = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { accept: JSON_TYPE, "content-type": JSON_TYPE },
    body: JSON.stringify(said),
  });
  const read = await answer.json();
  if (!answer.ok) throw new Error(read.message);
  return read;
}

/** Make a passkey, and return it as the server reads it. `options` are the server's (WebAuthn, "JSON"). */
async function make(options) {
  const { id, rawId, response, type } = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: decode(options.challenge),
      user: { ...options.user, id: decode(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    },
  });
  const { clientDataJSON, attestationObject } = response;
  return {
    id,
    rawId: encode(rawId),
    type,
    response: { clientDataJSON: encode(clientDataJSON), attestationObject: encode(attestationObject) },
  };
}

/** Show a passkey: sign the challenge of `options`. */
async function show(options) {
  const { id, rawId, response, type } = await navigator.credentials.get({
    publicKey: { ...options, challenge: decode(options.challenge), allowCredentials: listed(options.allowCredentials) },
  });
  const { clientDataJSON, authenticatorData, signature } = response;
  return {
    id,
    rawId: encode(rawId),
    type,
    response: {
      clientDataJSON: encode(clientDataJSON),
      authenticatorData: encode(authenticatorData),
      signature: encode(signature),
    },
  };
}

const listed = (credentials = []) => credentials.map((one) => ({ ...one, id: decode(one.id) }));

/** Let a part of the page make or show a passkey when its button is pressed. */
function offer(part) {
  const { passkey: path, next = "", failed, make: makes } = part.dataset;
  const button = part.querySelector("button");
  const said = part.querySelector("[role=alert]");
  button.addEventListener("click", async () => {
    said.textContent = "";
    button.disabled = true;
    try {
      const options = await post(`${path}/options`);
      const credential = await (makes === undefined ? show : make)(options);
      const name = part.querySelector("input")?.value;
      location.assign((await post(`${path}/passkey`, { credential, name, next })).next);
    } catch {
      said.textContent = failed;
      button.disabled = false;
      button.focus();
    }
  });
  part.hidden = false;
}

if (window.PublicKeyCredential) document.querySelectorAll("[data-passkey]").forEach(offer);
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
  button.hidden = false;
}

/** Put the page of the lock in the place of this one when nobody has touched anything for so many minutes. */
function lockAfter(minutes) {
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace("/unlock"), minutes * MINUTE_MS);
  };
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, again, { passive: true });
  again();
}

const minutes = Number(document.documentElement.dataset.idleMinutes);
if (minutes) lockAfter(minutes);
// What a browser keeps for its Back button must not be seen after signing out.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
