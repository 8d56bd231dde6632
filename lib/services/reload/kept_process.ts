/**
 * Which process of HAProxy was seen last, in the store: a restart of happi, or a reboot of the host, finds out whether it is
 * another one now; and a command in a shell finds out whether anybody keeps what it changes.
 */
import { type Client, SocketError } from "../../client/mod.ts";
import { formatAddress } from "../../net/mod.ts";
import type { Store } from "../../store/mod.ts";
import { type HaproxyProcess, isSameProcess, readProcess } from "./watch.ts";

/** A process, and where it answers. */
export interface KeptProcess extends HaproxyProcess {
  /** The worker's socket. */
  readonly socket: string;
}

const PREFIX = "services/process/";

/** The process of a scope that was seen last. @throws {StoreFailed} */
export async function readKept(store: Store, scope: string): Promise<KeptProcess | undefined> {
  return readProcessOf((await store.get(keyOf(scope)))?.value);
}

/** Notes which process was seen; nothing is written where it is the same. @throws {StoreFailed} */
export async function putKept(store: Store, scope: string, process: KeptProcess): Promise<void> {
  const known = await readKept(store, scope);
  if (known?.socket === process.socket && isSameProcess(known, process)) return;
  await store.put(keyOf(scope), process);
}

/**
 * The scope under which somebody keeps what is changed in a HAProxy.
 *
 * @param store where keepers are known
 * @param client that HAProxy, by the keeper's socket or another one
 * @returns `undefined` when nobody keeps it
 * @throws {StoreFailed} when the store cannot be read
 */
export async function findScope(store: Store, client: Client): Promise<string | undefined> {
  const { entries } = await store.list(PREFIX);
  const kept = entries.flatMap(({ key, value }) => {
    const process = readProcessOf(value);
    return process ? [{ scope: decodeURIComponent(key.slice(PREFIX.length)), process }] : [];
  });
  if (kept.length === 0) return undefined;
  const socket = formatAddress(client.socket.address);
  const bySocket = kept.find(({ process }) => process.socket === socket);
  if (bySocket !== undefined) return bySocket.scope;
  const now = await readProcess(client).catch((thrown: unknown) => {
    if (thrown instanceof SocketError) return undefined;
    throw thrown;
  });
  return now && kept.find(({ process }) => isSameProcess(process, now))?.scope;
}

function keyOf(scope: string): string {
  return PREFIX + encodeURIComponent(scope);
}

function readProcessOf(value: unknown): KeptProcess | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { pid, started_at, version, socket } = { ...BLANK, ...value };
  if (typeof pid !== "number" || typeof started_at !== "number") return undefined;
  if (typeof version !== "string" || typeof socket !== "string") return undefined;
  return { pid, started_at, version, socket };
}

const BLANK: { readonly [field in keyof KeptProcess]: unknown } = {
  pid: undefined,
  started_at: undefined,
  version: undefined,
  socket: undefined,
};
