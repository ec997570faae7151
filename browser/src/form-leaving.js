// Leaving a page: asked about while something on it is kept by nobody, never asked about on the way out that leave.js gives.
let isLeft = false;

/** Ask while `isUnsaved` returns true. */
export function askBeforeLeaving(isUnsaved) {
  addEventListener("beforeunload", (event) => {
    if (isLeft || !isUnsaved()) return;
    event.preventDefault();
    // Browsers older than 2023 ask only when this is set.
    event.returnValue = true;
  });
}

/** Call `forget` when somebody leaves by the way out, at once. */
export function onLeaving(forget) {
  addEventListener("heard-leave", () => {
    isLeft = true;
    forget();
  });
}
