// The page's side of the Worker that seals: one question, one answer, and a way to notice that it died.
const PREPARE_SECONDS = 30;
// A slow device needs half a minute for the key of the words. A Worker that says nothing for longer than this has stopped.
const ANSWER_SECONDS = 180;

/** A refusal of the Worker: `word` says which, `detail` holds what came with it. */
export class SealingFailure extends Error {
  constructor(word, detail = {}) {
    super(word);
    this.word = word;
    this.detail = detail;
  }
}

export class Sealer {
  /** Start the Worker at `url`. `died` is called once if it stops; a browser that cannot start one throws SealingFailure. */
  constructor(url, died) {
    this.waiting = new Map();
    this.last = 0;
    this.died = died;
    this.stopped = false;
    try {
      this.worker = new Worker(url);
    } catch {
      throw new SealingFailure("failure");
    }
    this.worker.addEventListener("message", ({ data }) => this.take(data));
    for (const name of ["error", "messageerror"]) this.worker.addEventListener(name, () => this.fail());
  }

  /** Check that this browser can seal to the card. Resolves to its fingerprint. */
  prepare(card, today) {
    return this.ask("prepare", { card, today }, undefined, PREPARE_SECONDS);
  }

  /** Ask the Worker. Rejects with SealingFailure, also when it says nothing in time; `progress` is told what it is doing, and which part is done. */
  ask(type, request = {}, progress = () => {}, seconds = ANSWER_SECONDS) {
    if (this.stopped) return Promise.reject(new SealingFailure("failure"));
    const id = ++this.last;
    const timer = setTimeout(() => this.fail(), seconds * 1000);
    const asked = new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, progress });
      this.worker.postMessage({ id, type, ...request });
    });
    return asked.finally(() => clearTimeout(timer));
  }

  /** End the Worker; what was still asked of it is refused. */
  stop() {
    this.stopped = true;
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new SealingFailure("failure"));
    this.waiting.clear();
  }

  take({ id, progress, part, ok, ...answer }) {
    const asked = this.waiting.get(id);
    if (!asked) return;
    if (progress) {
      asked.progress(progress, part);
      return;
    }
    this.waiting.delete(id);
    if (ok) asked.resolve(answer);
    else asked.reject(new SealingFailure(answer.error, answer));
  }

  fail() {
    if (this.stopped) return;
    this.stop();
    this.died();
  }
}
