/// <reference lib="dom" />
/** The worker of pulse.ts: posts a message every so many milliseconds. Imports nothing. */
self.onmessage = (message: MessageEvent<number>) => {
  setInterval(() => self.postMessage(0), message.data);
};
