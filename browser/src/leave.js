// The way out, on every page: covers it at once, forgets what was typed and opened, and puts another site in its place.
const PRESSES = 3;
const WITHIN_MS = 5_000;
const MIDDLE_BUTTON = 1;

const byId = (id) => document.getElementById(id);

/** Leave by `link`: nothing of the page stays, and Back does not lead to it. */
function leave({ dataset }) {
  document.documentElement.classList.add("heard-left");
  forget();
  document.title = "";
  location.replace(dataset.leave);
}

/** Let whoever holds words or text forget them, then take everything off the page, whatever the styles are. */
function forget() {
  // Whoever asks before leaving must not ask now.
  dispatchEvent(new Event("heard-leave"));
  for (const field of document.querySelectorAll("textarea, input[type=text]")) field.value = "";
  for (const field of document.querySelectorAll("input:checked")) field.checked = false;
  document.body.replaceChildren();
}

/** Leave if a link was pressed that leads out, also with the button that would open it beside this page. */
function leaveBy(event) {
  const link = event.target.closest("[data-leave]");
  if (!link) return;
  event.preventDefault();
  leave(link);
}

// Listened to from outside, since a page may be put in another language under it.
document.addEventListener("click", leaveBy);
document.addEventListener("auxclick", (event) => {
  if (event.button === MIDDLE_BUTTON) leaveBy(event);
});

let presses = [];
addEventListener("keydown", ({ key, repeat, timeStamp }) => {
  if (key === "Escape" && byId("exit-escape")?.checked) leave(byId("exit-link"));
  else if (key !== "Shift") presses = [];
  else if (!repeat) {
    presses = [...presses.filter((pressed) => timeStamp - pressed < WITHIN_MS), timeStamp];
    if (presses.length === PRESSES) leave(byId("exit-link"));
  }
});
// Shift with a click chooses text.
addEventListener("pointerdown", () => { presses = []; });

// What a browser keeps for its Back button, or for a window that it opens again, has nothing in it.
addEventListener("pagehide", forget);
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});

// Where somebody's own words stand, the icon inside the page is only for browsers that run scripts: see templates/survivor/base.html.
if (!document.querySelector("link[rel=icon]")) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "icon", href: "data:," }));
}

/** Say what is only for browsers that run scripts. It stands in an attribute: text browsers show what is hidden. */
function show() {
  for (const told of document.querySelectorAll("[data-scripted]")) {
    told.textContent = told.dataset.scripted;
    told.hidden = false;
  }
}

addEventListener("heard-page", show);
show();
