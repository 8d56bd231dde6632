/** The thread behind `Load`: asks HAProxy request after request until told to stop. */

import { ask, type Shown } from "./haproxy_spoe.ts";

declare const self: Worker;

let isStopped = false;

self.onmessage = async (event: MessageEvent<"stop" | { readonly port: number; readonly sides: number }>) => {
  if (event.data === "stop") {
    isStopped = true;
    return;
  }
  const { port, sides } = event.data;
  const side = async () => {
    const shown: (Shown | undefined)[] = [];
    while (!isStopped) shown.push(await ask(port, { "x-ip": "192.0.2.7" }).catch(() => undefined));
    return shown;
  };
  const all = await Promise.all(Array.from({ length: sides }, side));
  self.postMessage(all.flat());
};
