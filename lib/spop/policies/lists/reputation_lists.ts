/**
 * Several address lists that follow their files and URLs, and the one table that is made of them.
 */
import { getLogger } from "@logtape/logtape";
import { reason } from "../../../errors.ts";
import { PrefixTable } from "../prefixes/prefix_table.ts";
import { type Outside, REAL_OUTSIDE } from "../sources/outside.ts";
import { isUrl, sourceOf } from "../sources/source.ts";
import { Watched } from "../sources/watched.ts";
import { type List, readList } from "./list.ts";
import { LIST_DEFAULTS, type ListOptions } from "./list_options.ts";

const LOG = getLogger(["happi", "spop", "ip_reputation"]);

/** The lists, and the table that is in force. */
export class ReputationLists implements AsyncDisposable {
  readonly #entries: readonly Entry[];
  readonly #outside: Outside;
  readonly #onTable: (table: PrefixTable) => void;
  readonly #end = new AbortController();
  #table: PrefixTable;
  #rebuilding: Promise<void> = Promise.resolve();
  #isRebuildDue = false;
  #builds = 0;
  #buildMs = 0;

  private constructor(lists: readonly ListOptions[], options: ReputationListsOptions, empty: PrefixTable) {
    this.#outside = { ...REAL_OUTSIDE, ...options.outside };
    this.#onTable = options.onTable ?? (() => {});
    this.#table = empty;
    this.#entries = lists.map((list) => this.#watch(list));
  }

  /**
   * Reads all lists and begins to follow them.
   *
   * @param lists where they are; checked already
   * @param options see {@linkcode ReputationListsOptions}
   * @throws {SourceFailed} when a list that is required cannot be read
   */
  static async open(
    lists: readonly ListOptions[],
    options: ReputationListsOptions = {},
  ): Promise<ReputationLists> {
    const self = new ReputationLists(lists, options, await PrefixTable.build([]));
    try {
      await Promise.all(self.#entries.map((entry) =>
        entry.watched.refresh(options.signal).catch((thrown) => {
          if (entry.isRequired) throw thrown;
          self.#report(entry);
        })
      ));
      await self.#rebuild();
      for (const entry of self.#entries) entry.watched.poll();
      return self;
    } catch (thrown) {
      await self[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** The table that is in force; another object when it changes. */
  get table(): PrefixTable {
    return this.#table;
  }

  /**
   * Asks all files and URLs now, and has a table of what they say when it is done.
   *
   * @param signal gives up
   * @throws {SourceFailed} the first list that could not be read; its entries stay, and the others are in force
   */
  async reload(signal?: AbortSignal): Promise<void> {
    const results = await Promise.allSettled(this.#entries.map((entry) => entry.watched.refresh(signal)));
    for (const entry of this.#entries) this.#report(entry);
    await this.#rebuild();
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /** Sizes, and for each list its entries, the lines left out, and what went wrong. */
  stats(): Record<string, number | string> {
    const table = this.#table;
    const stats: Record<string, number | string> = {
      prefixes: table.parts.prefixes,
      ranges: table.ranges,
      bytes: table.bytes + this.#entries.reduce((sum, entry) => sum + (entry.watched.value?.prefixes.bytes ?? 0), 0),
      builds: this.#builds,
      build_ms: Math.round(this.#buildMs),
    };
    for (const { name, watched, isAgedOut } of this.#entries) {
      stats[`list.${name}.entries`] = watched.value?.prefixes.count ?? 0;
      stats[`list.${name}.bad_lines`] = watched.value?.badLines ?? 0;
      stats[`list.${name}.state`] = watched.value === undefined ? "missing" : isAgedOut ? "aged_out" : "in_use";
      if (watched.error !== undefined) stats[`list.${name}.error`] = watched.error.message;
    }
    return stats;
  }

  /** Ends the following; the table stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#entries.map((entry) => entry.watched[Symbol.asyncDispose]()));
    await this.#rebuilding.catch(() => {});
  }

  #watch(options: ListOptions): Entry {
    const { source: location } = options;
    const limits = { ...LIST_DEFAULTS, ...options };
    const source = sourceOf(location, limits, this.#outside);
    const isRequired = options.required ?? !isUrl(location);
    const intervalMs = options.intervalMs ?? (isUrl(location) ? URL_INTERVAL_MS : FILE_INTERVAL_MS);
    const entry: Entry = {
      name: options.name ?? source.name,
      isRequired,
      maxAgeMs: options.maxAgeMs ?? Infinity,
      isAgedOut: false,
      reported: "",
      watched: new Watched<List>(source, {
        intervalMs,
        outside: this.#outside,
        load: async ({ body }, before, signal) => {
          const list = await readList(source.name, body, options, limits, before, signal);
          const { badLines, firstBadLine } = list;
          if (badLines > 0) {
            LOG.warn('Lines of list "{list}" left out: {badLines}, the first is line {firstBadLine}', {
              list: entry.name,
              badLines,
              firstBadLine,
            });
          }
          return list;
        },
        onAsked: async (asked) => {
          this.#report(entry);
          const isAgeing = this.#hasAgedOut(entry) !== entry.isAgedOut;
          if (!isAgeing && !("isChanged" in asked && asked.isChanged)) return;
          await this.#rebuild().catch((thrown) => this.#sayNotBuilt(thrown));
        },
      }),
    };
    return entry;
  }

  /** Builds a table of what the lists are at that time. Calls that come while one waits share it. */
  #rebuild(): Promise<void> {
    if (this.#isRebuildDue) return this.#rebuilding;
    this.#isRebuildDue = true;
    const next = this.#rebuilding.catch(() => {}).then(() => this.#build());
    this.#rebuilding = next;
    return next;
  }

  async #build(): Promise<void> {
    this.#isRebuildDue = false;
    const startedAt = performance.now();
    for (const entry of this.#entries) entry.isAgedOut = this.#hasAgedOut(entry);
    const sets = this.#entries.flatMap(({ isAgedOut, watched }) =>
      isAgedOut || watched.value === undefined ? [] : [watched.value.prefixes]
    );
    this.#table = await PrefixTable.build(sets, { isShared: true, signal: this.#end.signal });
    this.#builds++;
    this.#buildMs = performance.now() - startedAt;
    this.#onTable(this.#table);
  }

  #hasAgedOut(entry: Entry): boolean {
    return this.#outside.now() - entry.watched.confirmedAt > entry.maxAgeMs;
  }

  /** Logs what is wrong with a list once, and once that it is well again. */
  #report(entry: Entry): void {
    const wrong = entry.watched.error?.message ?? "";
    if (wrong === entry.reported) return;
    entry.reported = wrong;
    if (wrong === "") return LOG.info('List "{list}" can be read again', { list: entry.name });
    LOG.warn("{error}; its last good version stays in use", { list: entry.name, error: wrong });
  }

  #sayNotBuilt(thrown: unknown): void {
    if (!this.#end.signal.aborted) LOG.error("Cannot build the table of addresses: {why}", { why: reason(thrown) });
  }
}

/** What a set of lists is handed. */
export interface ReputationListsOptions {
  /** Told of each new table, to hand its parts to workers. */
  readonly onTable?: (table: PrefixTable) => void;
  /** The world. */
  readonly outside?: Partial<Outside>;
  /** Gives up the first reading. */
  readonly signal?: AbortSignal;
}

interface Entry {
  readonly name: string;
  readonly isRequired: boolean;
  readonly maxAgeMs: number;
  readonly watched: Watched<List>;
  isAgedOut: boolean;
  /** The error that was logged last. */
  reported: string;
}

const FILE_INTERVAL_MS = 10_000;
const URL_INTERVAL_MS = 3_600_000;
