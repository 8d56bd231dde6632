/**
 * Servers that come and go at run time (management guide, 9.3 "add server", "del server", "wait"). They are gone after a
 * reload.
 */
import { cli, CommandRefused } from "../../socket/mod.ts";
import type { Caller, Rows } from "../method.ts";
import { words } from "../method.ts";
import { duration, flag, list, server, settings } from "../parameter.ts";
import { narrowed, serverAddress } from "../parameter_values.ts";
import { pollUntil } from "../poll.ts";

/** Methods that add and remove servers. A server is written `backend/server`, each a name or `#` and a number. */
export interface DynamicServerMethods {
  /**
   * Adds a server to a backend with a dynamic algorithm. It starts in maintenance and with its checks off: follow with
   * {@linkcode ServerMethods.enableServer} and, where it has checks, {@linkcode ServerCheckMethods.enableHealth}. It is gone
   * after a reload. Without a port it is reached on the port that its client came to.
   *
   * @param server the new server's backend and name
   * @param address an address with a port, such as `10.0.0.5:8080`; no name, since HAProxy would not resolve it
   * @param options keywords of the configuration's `server` line
   * @returns HAProxy's words
   * @throws {NotFound} when there is no such backend
   */
  addServer(server: string, address: string, options?: AddServerOptions): Promise<string>;

  /**
   * Removes a server. It must be in maintenance and have no connections left: see {@linkcode DynamicServerMethods.deleteServer} for all in one.
   *
   * @param server the server
   * @returns HAProxy's words
   */
  delServer(server: string): Promise<string>;

  /**
   * Waits inside HAProxy until a server in maintenance can be removed. Since HAProxy 3.0; over a master socket since 3.2.
   *
   * @param server a server in maintenance
   * @param timeout how long, in milliseconds (or text with a unit: `"30s"`)
   * @returns whether it can be removed; `false` when the time was up
   * @throws {CommandRefused} when it can never be removed as it is: there is none, it is not in maintenance, or the
   *   configuration refers to it
   */
  waitServerRemovable(server: string, timeout: number): Promise<boolean>;

  /**
   * Removes a server in one go: puts it into maintenance, waits until its connections are gone, and removes it. When it
   * fails, the server stays in maintenance.
   *
   * @param server the server
   * @param options how long to wait, and whether its sessions are shut at once
   * @returns how long it took
   * @throws {NotFound} when there is no such server
   * @throws {CommandRefused} with HAProxy's reason when the time is up, or when the configuration refers to the server
   */
  deleteServer(server: string, options?: DeleteServerOptions): Promise<DeletedServer>;
}

/** Settings of {@linkcode DynamicServerMethods.addServer}. */
export interface AddServerOptions {
  /** Keywords as in the configuration, one word each: `["check", "inter", "2s", "weight", "10"]`. */
  readonly keywords?: readonly string[];
}

/** Settings of {@linkcode DynamicServerMethods.deleteServer}. */
export interface DeleteServerOptions {
  /** How long its connections may take to end, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Shuts its sessions at once instead of letting them finish. */
  readonly force?: boolean;
}

/** What {@linkcode DynamicServerMethods.deleteServer} did. */
export interface DeletedServer {
  /** The server, as it was named. */
  server: string;
  /** Milliseconds until it was gone. */
  waited_ms: number;
}

/** HAProxy up to 3.0 drops words behind the 64th without a word; "add server NAME ADDRESS" are four. */
const keywords = narrowed(
  {
    ...list("keywords", "keywords of the configuration's server line"),
    read: (given) => given.trim().split(/ +/),
  },
  (given) => given.length <= 60 ? undefined : "a command has 64 words at most",
);

/** The rows of {@linkcode DynamicServerMethods}. */
export const dynamicServerMethods: Rows<DynamicServerMethods> = {
  addServer: {
    kind: "command",
    summary: "Add a server to a backend; it starts in maintenance, with checks off",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      server("server", "the new server, as backend/server"),
      serverAddress("address", "an address with a port"),
      settings<AddServerOptions>({ keywords }),
    ],
    command: (name, ip, options) => cli`add server ${name} ${ip} ${options?.keywords}`,
    parse: words,
  },
  delServer: {
    kind: "command",
    summary: "Remove a server that is in maintenance and has no connections left",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server()],
    command: (name) => cli`del server ${name}`,
    parse: words,
  },
  waitServerRemovable: {
    kind: "run",
    summary: "Wait until a server in maintenance can be removed",
    since: "3.0",
    level: "admin",
    effect: "read",
    parameters: [server(), duration("timeout", "how long")],
    async run(caller, name, timeoutMs) {
      try {
        await waitRemovable(caller, name, timeoutMs);
        return true;
      } catch (thrown) {
        if (thrown instanceof CommandRefused && /^Wait delay expired/.test(thrown.answer)) return false;
        throw thrown;
      }
    },
  },
  deleteServer: {
    kind: "run",
    summary: "Put a server into maintenance, wait until its connections are gone, and remove it",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      server(),
      settings<DeleteServerOptions>({
        timeoutMs: duration("timeout", "how long its connections may take to end; 30s by default"),
        force: flag("force", "shut its sessions at once"),
      }),
    ],
    async run(caller, name, { timeoutMs = 30_000, force = false } = {}) {
      const startedAt = caller.now();
      await caller.change(cli`set server ${name} state maint`);
      if (force) await caller.change(cli`shutdown sessions server ${name}`);
      await waitRemovable(caller, name, timeoutMs).catch(goOnWhenRefused);
      await removeWhenFree(caller, name, Math.max(0, timeoutMs - (caller.now() - startedAt)));
      return { server: name, waited_ms: Math.round(caller.now() - startedAt) };
    },
  },
};

/** HAProxy's own wait: without polling, and without end when the connection is not kept open both ways. */
async function waitRemovable(caller: Caller, name: string, timeoutMs: number): Promise<void> {
  const command = cli`wait ${Math.max(1, timeoutMs)}ms srv-removable ${name}`;
  await caller.change(command, { bidirectional: true, timeoutMs: timeoutMs + 5_000 });
}

/** HAProxy cannot wait (2.6, a master before 3.2), waited in vain, or sees no use in it: removing it tells which. */
function goOnWhenRefused(thrown: unknown): void {
  if (!(thrown instanceof CommandRefused)) throw thrown;
}

/** Tries to remove the server until HAProxy does it; fails with HAProxy's last refusal. */
async function removeWhenFree(caller: Caller, name: string, timeoutMs: number): Promise<void> {
  const remove = () =>
    caller.change(cli`del server ${name}`).then(() => undefined, (thrown: unknown) => {
      if (thrown instanceof CommandRefused && /still has connections/.test(thrown.answer)) return thrown;
      throw thrown;
    });
  const { last } = await pollUntil(caller, timeoutMs, remove, (busy) => busy === undefined);
  if (last) throw last;
}
