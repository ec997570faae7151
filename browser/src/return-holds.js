// A legal hold on the page: what it says is taken from what the inquiry signed, and what it did not sign is named.
const byId = (id) => document.getElementById(id);

/** Verify the holds in `service.dataset`, if any, and show what they say. */
export async function showHolds(sealer, { holds: files, cards, today }) {
  if (!files) return;
  const { holds, isWhole } = await sealer.ask("holds", { files, cards, today }).catch(() => ({ holds: [], isWhole: false }));
  byId("hold-text").textContent = holds.map(({ text, from, to }) => `${text} (${from} – ${to})`).join(" ");
  byId("hold-unsigned").hidden = isWhole;
}
