// Runs src/worker.js or src/worker-return.js in this process, with the two functions of a Worker's scope around it.
import { EventEmitter } from "node:events";

const replies = new EventEmitter();
let receive;

globalThis.self = {
  addEventListener: (type, listener) => { if (type === "message") receive = listener; },
  postMessage: (message, transfer) => replies.emit("message", structuredClone(message, { transfer })),
};

let lastId = 0;

/** Start the Worker of that name; one in each process. */
export const start = (name) => import(`../src/${name}.js`);

/** Send one request and return its final answer without the id, with the progress notices before it as `notices`. */
export function ask(request) {
  const id = ++lastId;
  const notices = [];
  return new Promise((resolve) => {
    const listen = ({ id: answered, ...message }) => {
      if (answered !== id) return;
      if ("progress" in message) return notices.push(message);
      replies.off("message", listen);
      resolve({ ...message, notices });
    };
    replies.on("message", listen);
    receive({ data: structuredClone({ id, ...request }) });
  });
}
