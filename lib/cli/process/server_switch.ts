/**
 * Switches HAProxy's servers over its socket, for processes that are servers of it (management guide, 9.3 "set server",
 * "show stat").
 */
import type { Client, StatRow } from "../../client/mod.ts";
import type { ServerSwitch } from "../../process/mod.ts";

/** How often a server's sessions are counted, in milliseconds. */
const COUNT_MS = 50;

/**
 * Makes the switch.
 *
 * @param client HAProxy's, with level admin
 */
export function clientServerSwitch(client: Client): ServerSwitch {
  return {
    ready: (server, signal) => client.with({ signal }).setServerState(server, "ready"),
    drain: (server, signal) => client.with({ signal }).setServerState(server, "drain"),

    async untilIdle(server, signal) {
      // A request that was given to the server just before it was drained is counted a moment later: so twice without one.
      for (let idle = 0; idle < 2;) {
        idle = await countSessions(client.with({ signal }), server) === 0 ? idle + 1 : 0;
        if (idle < 2) await pause(COUNT_MS, signal);
      }
    },
  };
}

/** Its sessions, and those that wait in its queue; those of a server that is no more have ended. */
async function countSessions(client: Client, server: string): Promise<number> {
  const [proxy = "", name] = server.split("/");
  const isMeant = ({ pxname, svname }: StatRow) => pxname === proxy && svname === name;
  // Of a frontend and a backend with the same name, HAProxy may show the frontend.
  const row = (await client.getStat({ proxy, kinds: ["server"] })).find(isMeant) ??
    (await client.getStat({ kinds: ["server"] })).find(isMeant);
  return Number(row?.scur ?? 0) + Number(row?.qcur ?? 0);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
  });
}
