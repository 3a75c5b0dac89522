/// <reference lib="dom" />
/** The worker behind pulse.ts: says "now" every so many milliseconds. Imports nothing. */
self.onmessage = (message: MessageEvent<number>) => {
  setInterval(() => self.postMessage(0), message.data);
};
