// The page's side of the Worker that seals: one question, one answer, and a way to notice that it died.
const PREPARE_SECONDS = 30;

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
    const asked = this.ask("prepare", { card, today });
    const timer = setTimeout(() => this.fail(), PREPARE_SECONDS * 1000);
    return asked.finally(() => clearTimeout(timer));
  }

  /** Ask the Worker. Rejects with SealingFailure; `progress` is told what it is doing. */
  ask(type, request = {}, progress = () => {}) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, progress });
      this.worker.postMessage({ id, type, ...request });
    });
  }

  stop() {
    this.worker.terminate();
  }

  take({ id, progress, ok, ...answer }) {
    const asked = this.waiting.get(id);
    if (!asked) return;
    if (progress) {
      asked.progress(progress);
      return;
    }
    this.waiting.delete(id);
    if (ok) asked.resolve(answer);
    else asked.reject(new SealingFailure(answer.error, answer));
  }

  fail() {
    this.stop();
    for (const { reject } of this.waiting.values()) reject(new SealingFailure("failure"));
    this.waiting.clear();
    this.died();
  }
}
