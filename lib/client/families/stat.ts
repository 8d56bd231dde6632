/**
 * Statistics of frontends, backends, servers and listeners, and their counters (management guide, 9.1 "CSV format", 9.2
 * "Typed output format", 9.3 "show stat", "clear counters").
 */
import { cli } from "../../socket/mod.ts";
import { NotFound } from "../errors.ts";
import { parseResolversStat, type Resolvers } from "../formats/resolvers.ts";
import { parseStat } from "../formats/stat.ts";
import { STAT_KINDS, type StatKind, type StatRow } from "../formats/stat_columns.ts";
import { parseTypedStat, type TypedStat } from "../formats/typed.ts";
import { type Caller, nothing, type Rows } from "../method.ts";
import { choice, flag, integer, proxy, settings } from "../parameter.ts";
import { choices } from "../parameter_lists.ts";

/** Methods that read and clear statistics. */
export interface StatMethods {
  /**
   * Reads the statistics: a row for each frontend, backend, server, and listener with `option socket-stats`.
   *
   * @param filter which rows; all by default
   * @returns rows with HAProxy's own columns; `null` where one does not apply
   * @throws {NotFound} when there is no such proxy, or it is disabled, which HAProxy shows alike
   */
  getStat(filter?: StatFilter): Promise<StatRow[]>;

  /**
   * Reads the same with type, origin, nature and scope of each value. About eight times as long as the rows.
   *
   * @param filter which objects, and whether HAProxy's explanations come with them
   * @throws {NotFound} when there is no such proxy, or it is disabled
   */
  getStatTyped(filter?: StatTypedFilter): Promise<TypedStat[]>;

  /** Reads the counters of every name server of every resolvers section, from the statistics. */
  getResolverStat(): Promise<Resolvers[]>;

  /**
   * Resets the highest values (`smax`, `rate_max`, ...), or all counters.
   *
   * @param options whether it is all counters, which needs level `admin`; monitoring sees them fall
   */
  clearCounters(options?: ClearCountersOptions): Promise<void>;
}

/** Which rows {@linkcode StatMethods.getStat} reads. */
export interface StatFilter {
  /** Only this proxy. Where a frontend and a backend share a name, HAProxy shows one of them: take `#` and the number. */
  readonly proxy?: string;
  /** Only rows of these kinds. */
  readonly kinds?: readonly StatKind[];
  /** Only the server, or listener, with this number (`sid`) in its proxy. */
  readonly sid?: number;
  /** Leaves out what is not up, or what is in maintenance. */
  readonly only?: "up" | "no-maint";
}

/** Which objects {@linkcode StatMethods.getStatTyped} reads. */
export interface StatTypedFilter extends StatFilter {
  /** HAProxy's explanation of each value. */
  readonly description?: boolean;
}

/** Settings of {@linkcode StatMethods.clearCounters}. */
export interface ClearCountersOptions {
  /** All counters, not the highest values alone. */
  readonly all?: boolean;
}

const filterFields = {
  proxy: proxy("proxy", "only this proxy"),
  kinds: choices("kinds", "only rows of these kinds", STAT_KINDS),
  sid: integer("sid", "only the server with this number in its proxy", 1, 0x7fffffff),
  only: choice("only", "leave out what is not up, or what is in maintenance", ["up", "no-maint"]),
};

/** The rows of {@linkcode StatMethods}. */
export const statMethods: Rows<StatMethods> = {
  getStat: {
    kind: "run",
    summary: "Statistics of frontends, backends, servers and listeners",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [settings<StatFilter>(filterFields)],
    run: (caller, filter = {}) => readStat(caller, filter, [], parseStat),
  },
  getStatTyped: {
    kind: "run",
    summary: "The same with type, origin, nature and scope of each value",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [
      settings<StatTypedFilter>({
        ...filterFields,
        description: flag("description", "HAProxy's explanation of each value"),
      }),
    ],
    run: (caller, { description, ...filter } = {}) =>
      readStat(caller, filter, description ? ["typed", "desc"] : ["typed"], parseTypedStat),
  },
  getResolverStat: {
    kind: "command",
    summary: "Counters of every name server of the resolvers",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [],
    command: () => "show stat domain resolvers",
    parse: parseResolversStat,
  },
  clearCounters: {
    kind: "command",
    summary: "Reset the highest values, or all counters",
    since: "2.6",
    level: "operator",
    effect: "change",
    parameters: [
      settings<ClearCountersOptions>({ all: flag("all", "all counters, not the highest values alone; level admin") }),
    ],
    command: (options) => options?.all ? "clear counters all" : "clear counters",
    parse: nothing,
  },
};

/** Reads rows; when a proxy was asked for and there are none, finds out whether there is such a proxy. */
async function readStat<T>(
  caller: Caller,
  filter: StatFilter,
  format: readonly string[],
  parse: (answer: string) => T[],
): Promise<T[]> {
  const rows = parse(await caller.read(statCommand(filter, format)));
  if (rows.length > 0 || filter.proxy === undefined) return rows;
  const isNarrowed = filter.kinds !== undefined || filter.sid !== undefined || filter.only !== undefined;
  const any = isNarrowed ? parseStat(await caller.read(statCommand({ proxy: filter.proxy }, []))) : [];
  if (any.length > 0) return rows;
  throw new NotFound(`proxy "${filter.proxy}"`, "HAProxy shows no such proxy, or it is disabled");
}

/** HAProxy only filters by all three: proxy, kinds as a mask of bits, server; -1 is any. */
function statCommand({ proxy: name, kinds, sid, only }: StatFilter, format: readonly string[]): string {
  const mask = kinds?.length ? [...new Set(kinds)].reduce((sum, kind) => sum + MASK[kind], 0) : -1;
  const scope = name === undefined && mask === -1 && sid === undefined ? [] : [name ?? -1, mask, sid ?? -1];
  return cli`show stat ${[...scope, ...format, ...(only === undefined ? [] : [only])]}`;
}

const MASK: Readonly<Record<StatKind, number>> = { frontend: 1, backend: 2, server: 4, listener: 8 };
