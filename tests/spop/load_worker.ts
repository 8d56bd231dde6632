/** The thread behind `Load`: asks HAProxy request after request until told to stop. */

import { ask, type LoadOptions, type Shown } from "./haproxy_spoe.ts";

declare const self: Worker;

let isStopped = false;

self.onmessage = async (event: MessageEvent<"stop" | LoadOptions>) => {
  if (event.data === "stop") {
    isStopped = true;
    return;
  }
  const { port, sides, pauseMs } = event.data;
  const side = async () => {
    const shown: (Shown | undefined)[] = [];
    while (!isStopped) {
      shown.push(await ask(port, { "x-ip": "192.0.2.7" }).catch(() => undefined));
      // Requests of many people: their distances are random, and now and then there is a long one.
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, -Math.log(1 - Math.random()) * pauseMs));
    }
    return shown;
  };
  const all = await Promise.all(Array.from({ length: sides }, side));
  self.postMessage(all.flat());
};
