/**
 * The source `etcd`: keys of a prefix, read once and then watched. What others write there counts at once; what makes no
 * sense is told, and its unit stays as it was.
 */
import { reason } from "../../errors.ts";
import type { Unit } from "../service.ts";
import type { Source } from "../source.ts";
import { Asker, type HttpOptions, readSecret, targetOf } from "./asker.ts";
import { type EtcdChange, type EtcdMember, logIn, readKeys, watchKeys } from "./etcd/gateway.ts";
import { parseKey, readValue } from "./etcd/units.ts";
import { type Parts, WHOLE } from "./parts.ts";
import { makeLife, rounds, type SourceOptions } from "./rounds.ts";

/** Which keys of which etcd. */
export interface EtcdOptions extends SourceOptions, HttpOptions {
  /** Members; the next one is asked when one fails. Default `http://127.0.0.1:2379`. */
  readonly urls?: readonly URL[] | undefined;
  /** What keys begin with, with the slash before the service. Default `/services/`. */
  readonly prefix?: string | undefined;
  readonly user?: string | undefined;
  /** A file with the user's password. */
  readonly passwordFile?: string | undefined;
  /** All keys are read again after so long without any change, in milliseconds: a connection can be lost silently. Default 60,000. */
  readonly intervalMs?: number | undefined;
}

/**
 * Makes it.
 *
 * @param name its name
 * @param options which keys
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { etcdSource } from "./etcd.ts";
 * const source = etcdSource("own", { prefix: "/web/" });
 * assert.equal(source.target, "http://127.0.0.1:2379/ /web/");
 * ```
 */
export function etcdSource(name: string, options: EtcdOptions): Source {
  const { urls = [new URL("http://127.0.0.1:2379")], prefix = "/services/" } = options;
  const target = `${urls.map(targetOf).join(" ")} ${prefix}`;
  return makeLife({ name, kind: "etcd", target }, options, async (parts, signal) => {
    using asker = new Asker(options);
    const keys = new WatchedKeys(prefix, parts, target);
    let member = 0;
    const look = async () => {
      const url = urls[member % urls.length] ?? new URL("http://127.0.0.1:2379");
      try {
        await follow(await memberAt(asker, url, options, signal), keys, options, prefix, signal);
      } catch (thrown) {
        member++;
        throw thrown;
      }
      // Whatever ended the watch, it is not begun again and again without a breath.
      return options.throttleMs ?? 500;
    };
    await rounds(look, (why) => parts.fail(WHOLE, why), options, signal);
  });
}

/** Reads all keys, and then follows them until nothing has come for a while. */
async function follow(
  member: EtcdMember,
  keys: WatchedKeys,
  { intervalMs = 60_000 }: EtcdOptions,
  prefix: string,
  signal: AbortSignal,
): Promise<void> {
  const { revision, keys: all } = await readKeys(member, prefix, signal);
  keys.replace(all);
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), intervalMs);
  try {
    for await (const changes of watchKeys(member, prefix, revision + 1n, AbortSignal.any([quiet.signal, signal]))) {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), intervalMs);
      keys.change(changes);
    }
  } catch (thrown) {
    if (!quiet.signal.aborted) throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

async function memberAt(
  asker: Asker,
  url: URL,
  { user, passwordFile }: EtcdOptions,
  signal: AbortSignal,
): Promise<EtcdMember> {
  const open = { asker, url, headers: {} };
  if (user === undefined || passwordFile === undefined) return open;
  // Tokens end after some minutes without use; one for each reading is always good.
  const token = await logIn(open, user, await readSecret(passwordFile), signal);
  return { ...open, headers: { authorization: token } };
}

/** Units by their keys. */
class WatchedKeys {
  readonly #prefix: string;
  readonly #parts: Parts;
  readonly #target: string;
  #units = new Map<string, { readonly service: string; readonly unit: Unit }>();
  readonly #faults = new Map<string, string>();

  constructor(prefix: string, parts: Parts, target: string) {
    this.#prefix = prefix;
    this.#parts = parts;
    this.#target = target;
  }

  /** These are all keys that there are. */
  replace(all: readonly EtcdChange[]): void {
    const present = new Set(all.map(({ key }) => key));
    const gone = [...this.#units.keys(), ...this.#faults.keys()].filter((key) => !present.has(key));
    this.change([...gone.map((key) => ({ key, value: undefined })), ...all]);
  }

  /** Some keys have changed. */
  change(changes: readonly EtcdChange[]): void {
    for (const { key, value } of changes) {
      const named = parseKey(key, this.#prefix);
      if (named === undefined) continue;
      this.#faults.delete(key);
      if (value === undefined) {
        this.#units.delete(key);
        continue;
      }
      try {
        const unit = readValue(named.unit, value, this.#target);
        this.#units.set(key, { service: named.service, unit });
      } catch (thrown) {
        this.#faults.set(key, reason(thrown));
      }
    }
    const services = Map.groupBy(this.#units.values(), ({ service }) => service);
    const [fault] = this.#faults.values();
    this.#parts.put(
      WHOLE,
      new Map([...services].map(([service, entries]) => [service, entries.map(({ unit }) => unit)])),
      fault,
    );
  }
}
