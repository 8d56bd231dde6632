/** A keeper on a real HAProxy, and what it tells. */

import assert from "node:assert/strict";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { Client } from "../../../lib/client/mod.ts";
import { Keeper, type KeeperOptions, type KeeperRecord, Remembered } from "../../../lib/services/reload/mod.ts";
import { memoryStore, type Store } from "../../../lib/store/mod.ts";

/** A client that remembers, a plain one, and a keeper that has begun. */
export class Kept implements AsyncDisposable {
  /** What people and programs use. */
  readonly client: Client;
  readonly plain: Client;
  readonly keeper: Keeper;
  readonly remembered: Remembered;
  readonly troubles: string[];
  readonly #heard: AsyncGenerator<KeeperRecord, void>;

  private constructor(
    haproxy: RunningHaproxy,
    remembered: Remembered,
    troubles: string[],
    options: Partial<KeeperOptions> & { readonly store: Store },
  ) {
    this.remembered = remembered;
    this.troubles = troubles;
    this.plain = new Client(haproxy.socketPath);
    this.client = remembered.wrap(this.plain);
    this.keeper = new Keeper({ retriesMs: [], ...options, client: this.plain, remembered });
    const { records } = this.keeper;
    const signal = AbortSignal.timeout(20_000);
    this.#heard = (async function* () {
      for await (const item of records.read({ after: 0, signal })) if (item.kind === "record") yield item.record.value;
    })();
  }

  static async open(haproxy: RunningHaproxy, options: Partial<KeeperOptions> = {}): Promise<Kept> {
    const { store = memoryStore() } = options;
    const troubles: string[] = [];
    const remembered = await Remembered.open({ store, onTrouble: (why) => troubles.push(why) });
    const kept = new Kept(haproxy, remembered, troubles, { ...options, store });
    await kept.keeper.start();
    return kept;
  }

  /** The next record of its kind. */
  async next<E extends KeeperRecord["event"]>(event: E): Promise<Extract<KeeperRecord, { event: E }>> {
    const passed: KeeperRecord[] = [];
    for (;;) {
      const { value, done } = await this.#heard.next();
      if (done) assert.fail(`No "${event}" was told, but ${JSON.stringify(passed)}`);
      if (isOf(value, event)) return value;
      passed.push(value);
    }
  }

  /** Waits until the process that runs now is known, so that the next one is another. */
  async seen(store: Store): Promise<void> {
    for await (const change of store.watch("services/process/", { after: 0, signal: AbortSignal.timeout(5_000) })) {
      if (change.kind === "put") return;
    }
    assert.fail("no process was seen");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.keeper[Symbol.asyncDispose]();
    await this.#heard.return();
    await this.remembered[Symbol.asyncDispose]();
    await this.plain.close();
  }
}

function isOf<E extends KeeperRecord["event"]>(
  record: KeeperRecord,
  event: E,
): record is Extract<KeeperRecord, { event: E }> {
  return record.event === event;
}
