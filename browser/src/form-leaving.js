// Asking before a page is left with something on it that nobody keeps.

/** Ask while `isUnsaved` returns true. */
export function askBeforeLeaving(isUnsaved) {
  addEventListener("beforeunload", (event) => {
    if (!isUnsaved()) return;
    event.preventDefault();
    // Browsers older than 2023 ask only when this is set.
    event.returnValue = true;
  });
}
