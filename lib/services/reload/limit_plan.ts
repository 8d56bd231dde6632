/**
 * Limits of the process and of frontends: whether HAProxy has them as they are remembered.
 */
import { type Client, type Info, parseInfo } from "../../client/mod.ts";
import type { LimitDocument } from "./document.ts";
import type { Plan } from "./plan.ts";

/** Where `show info` shows what `set rate-limit` sets; that of compression it shows in another unit. */
const RATES: Readonly<Record<string, keyof Info & string>> = {
  connections: "ConnRateLimit",
  sessions: "SessRateLimit",
  "ssl-sessions": "SslRateLimit",
};

/** What has to be done to one limit. */
export async function planLimit(client: Client, { name, method, args }: LimitDocument): Promise<Plan> {
  const [first = "", second] = args;
  if (method === "setGlobalMaxconn" || method === "setRateLimit") {
    // Over a connection of its own: a shared one may still speak with the old worker.
    const info = parseInfo(await client.socket.send("show info"));
    const shown = method === "setGlobalMaxconn" ? "Maxconn" : RATES[first];
    const wanted = method === "setGlobalMaxconn" ? first : second;
    if (shown !== undefined && Number(info[shown]) === wanted) return { lines: [], why: [] };
    return { lines: [], why: shown === undefined ? [] : [`${shown} is not ${wanted}`], isApart: true };
  }
  const [row] = await client.getStat({ proxy: String(first), kinds: ["frontend"] }).catch(() => []);
  if (row === undefined) return { lines: [], why: [], missing: `there is no frontend "${first}"` };
  const isSo = method === "disableFrontend" ? !/^(?:OPEN|FULL)$/.test(String(row.status)) : row.slim === second;
  return isSo ? { lines: [], why: [] } : { lines: [], why: [`${name} is not so`], isApart: true };
}

/** Sets a limit. */
export async function putLimit(client: Client, { method, args }: LimitDocument): Promise<void> {
  await client.call(method, args);
}
