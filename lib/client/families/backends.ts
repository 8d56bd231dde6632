/**
 * Backends: their names, dynamic cookies, and backends that come and go at run time (management guide, 9.3 "show backend",
 * "enable dynamic-cookie", "set dynamic-cookie-key", "add backend", "del backend", "publish backend", "wait").
 */
import { cli, CommandRefused } from "../../socket/mod.ts";
import { parseBackends } from "../formats/backend.ts";
import { nothing, type Rows, words } from "../method.ts";
import { choice, duration, optional, proxy, settings, text } from "../parameter.ts";
import { changeWithSecret } from "./secret.ts";

/** Methods that read and change backends. */
export interface BackendMethods {
  /** Reads the names of all proxies that have a backend side: `backend` and `listen` sections. */
  getBackends(): Promise<string[]>;

  /** Turns a backend's dynamic cookies on. @param backend a backend whose servers have them configured */
  enableDynamicCookie(backend: string): Promise<void>;

  /** Turns a backend's dynamic cookies off. @param backend the backend */
  disableDynamicCookie(backend: string): Promise<void>;

  /**
   * Sets the secret that a backend's dynamic cookies are made with. Every node needs the same.
   *
   * @param backend the backend
   * @param key the secret, one word
   */
  setDynamicCookieKey(backend: string, key: string): Promise<void>;

  /** Lets traffic reach a backend again. Since HAProxy 3.4. @param backend the backend @returns HAProxy's words */
  publishBackend(backend: string): Promise<string>;

  /**
   * Keeps new traffic from a backend: `use_backend` and `default_backend` pass it by. Since HAProxy 3.4.
   *
   * @param backend the backend
   * @returns HAProxy's words
   */
  unpublishBackend(backend: string): Promise<string>;

  /**
   * Adds a backend, unpublished and without servers; it is gone after a reload. Follow with `addServer` and
   * {@linkcode BackendMethods.publishBackend}. Since HAProxy 3.4.
   *
   * @param backend the new backend's name
   * @param defaults the `defaults` section that it takes its settings from, by its name
   * @param options mode and guid
   * @returns HAProxy's words
   */
  addBackend(backend: string, defaults: string, options?: AddBackendOptions): Promise<string>;

  /**
   * Removes a backend that has no servers and that nothing names. Since HAProxy 3.4.
   *
   * @param backend the backend
   * @returns HAProxy's words
   */
  delBackend(backend: string): Promise<string>;

  /**
   * Waits until a backend can be removed. On a master socket it needs the master of the same version. Since HAProxy 3.4.
   *
   * @param backend the backend
   * @param timeout how long to wait, in milliseconds; 10 seconds by default
   * @returns whether it can be removed now; `false` when the time is up
   * @throws {CommandRefused} when it never can be, with HAProxy's reason
   */
  waitBackendRemovable(backend: string, timeout?: number): Promise<boolean>;
}

/** Settings of {@linkcode BackendMethods.addBackend}. */
export interface AddBackendOptions {
  /** Its mode; that of the `defaults` section when left out. */
  readonly mode?: "http" | "tcp";
  /** Its guid, which ties it to a `stats-file`. */
  readonly guid?: string;
}

const backend = proxy("backend", "the backend");

/** A method that does one word to one backend. */
const verb = <Since extends "2.6" | "3.4">(since: Since, summary: string, line: (name: string) => string) => ({
  kind: "command" as const,
  since,
  level: "admin" as const,
  effect: "change" as const,
  summary,
  parameters: [backend] as const,
  command: line,
});

/** The rows of {@linkcode BackendMethods}. */
export const backendMethods: Rows<BackendMethods> = {
  getBackends: {
    kind: "command",
    summary: "Names of all backends",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [],
    command: () => "show backend",
    parse: parseBackends,
  },
  enableDynamicCookie: {
    ...verb("2.6", "Turn a backend's dynamic cookies on", (name) => cli`enable dynamic-cookie backend ${name}`),
    parse: nothing,
  },
  disableDynamicCookie: {
    ...verb("2.6", "Turn a backend's dynamic cookies off", (name) => cli`disable dynamic-cookie backend ${name}`),
    parse: nothing,
  },
  setDynamicCookieKey: {
    kind: "run",
    summary: "Set the secret that a backend's dynamic cookies are made with",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [backend, text("key", "the secret, one word")],
    async run(caller, name, key) {
      await changeWithSecret(caller, cli`set dynamic-cookie-key backend ${name} ${key}`, key);
    },
  },
  publishBackend: {
    ...verb("3.4", "Let traffic reach a backend", (name) => cli`publish backend ${name}`),
    parse: words,
  },
  unpublishBackend: {
    ...verb("3.4", "Keep new traffic from a backend", (name) => cli`unpublish backend ${name}`),
    parse: words,
  },
  addBackend: {
    kind: "command",
    summary: "Add a backend, unpublished and without servers",
    since: "3.4",
    level: "admin",
    effect: "change",
    parameters: [
      proxy("backend", "the new backend's name"),
      text("defaults", "the defaults section that it takes its settings from"),
      settings<AddBackendOptions>({
        mode: choice("mode", "its mode", ["http", "tcp"]),
        guid: text("guid", "its guid"),
      }),
    ],
    command: (name, defaults, { mode, guid } = {}) =>
      cli`add backend ${name} from ${defaults} ${[...(mode ? ["mode", mode] : []), ...(guid ? ["guid", guid] : [])]}`,
    parse: words,
  },
  delBackend: {
    ...verb("3.4", "Remove a backend that has no servers", (name) => cli`del backend ${name}`),
    parse: words,
  },
  waitBackendRemovable: {
    kind: "run",
    summary: "Wait until a backend can be removed",
    since: "3.4",
    level: "admin",
    effect: "read",
    parameters: [backend, optional(duration("timeout", "how long to wait; 10s by default"))],
    // 3.0 to 3.3 have "wait" without this condition.
    needs: () => "3.4",
    async run(caller, name, timeout = 10_000) {
      try {
        await caller.change(cli`wait ${timeout}ms be-removable ${name}`, {
          bidirectional: true,
          timeoutMs: timeout + 5_000,
        });
        return true;
      } catch (thrown) {
        if (thrown instanceof CommandRefused && /^Wait delay expired/.test(thrown.answer)) return false;
        throw thrown;
      }
    },
  },
};
