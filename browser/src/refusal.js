// A refusal the Worker answers with: a word of the protocol, and numbers or list words beside it. Never content.
export class Refusal extends Error {
  constructor(word, detail = {}) {
    super(word);
    this.word = word;
    this.detail = detail;
  }
}
