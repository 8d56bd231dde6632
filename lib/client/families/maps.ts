/**
 * Maps: tables of keys and values that the configuration looks things up in (management guide, 9.3 "show map", "get map",
 * "add map", "set map", "del map", "clear map", "prepare map", "commit map"). Changes are gone after a reload.
 *
 * Since HAProxy 3.4 all of these need level admin; before, any level will do.
 */
import { cli } from "../../socket/mod.ts";
import { InvalidArgument, NotFound } from "../errors.ts";
import { type MapEntry, parseMapEntries, parseNewVersion } from "../formats/map.ts";
import { parseMaps, type PatternList } from "../formats/pattern_list.ts";
import { parseMapLookup, type PatternLookup } from "../formats/pattern_lookup.ts";
import { type Caller, nothing, type Rows } from "../method.ts";
import { file, integer, settings, text } from "../parameter.ts";
import { type MapPair, mapPairs } from "../parameter_lists.ts";
import { reference } from "../parameter_values.ts";
import { addEntries, type EntriesAdded, type EntriesReplaced, replaceEntries } from "./pattern_batch.ts";

/**
 * Methods that read and change maps. A map is named by its file, as HAProxy shows it, or by `#` and its number. Keys and
 * values may be any text without line breaks that is not empty.
 */
export interface MapMethods {
  /** Reads which maps there are: file, number, versions, how many entries. */
  getMaps(): Promise<PatternList[]>;

  /**
   * Reads a map's entries. HAProxy shows a key with blanks so that nobody can tell where it ends, and the key is given up
   * to its first blank: {@linkcode MapMethods.getMapEntry} tells such a key and its value apart.
   *
   * @param map the map
   * @param options another version than the one in force; one that does not exist has no entries
   * @throws {NotFound} when there is no such map
   */
  getMap(map: string, options?: PatternVersion): Promise<MapEntry[]>;

  /**
   * Looks a value up, as traffic would.
   *
   * @param map the map
   * @param value what is looked up
   * @returns an answer for each way in which the configuration matches with this map
   * @throws {NotFound} when there is no such map
   */
  getMapEntry(map: string, value: string): Promise<PatternLookup[]>;

  /**
   * Adds an entry. It is added once more when there is one with the same key.
   *
   * @param map the map
   * @param key the key, in the form that the map's match method takes
   * @param value the value
   * @param options a version that `prepareMap` gave, instead of the one in force
   * @throws {NotFound} when there is no such map
   */
  addMapEntry(map: string, key: string, value: string, options?: PatternVersion): Promise<void>;

  /**
   * Sets the value of a key. Where there are several entries of the key, HAProxy changes all of them up to 3.2, and one
   * since 3.4.
   *
   * @param map the map
   * @param key the key
   * @param value the new value
   * @throws {NotFound} when there is no such map or key
   */
  setMapEntry(map: string, key: string, value: string): Promise<void>;

  /**
   * Sets the value of one entry, by its reference: for keys that are there more than once.
   *
   * @param map the map
   * @param id the entry's reference, `0x...`
   * @param value the new value
   * @throws {NotFound} when there is no such map or entry
   */
  setMapEntryById(map: string, id: string, value: string): Promise<void>;

  /**
   * Removes a key. Where there are several entries of the key, HAProxy removes all of them up to 3.2, and one since 3.4.
   *
   * @param map the map
   * @param key the key
   * @throws {NotFound} when there is no such map or key
   */
  delMapEntry(map: string, key: string): Promise<void>;

  /**
   * Removes one entry, by its reference: for keys that are there more than once.
   *
   * @param map the map
   * @param id the entry's reference, `0x...`
   * @throws {NotFound} when there is no such map or entry
   */
  delMapEntryById(map: string, id: string): Promise<void>;

  /**
   * Removes all entries.
   *
   * @param map the map
   * @param options those of another version than the one in force
   * @throws {NotFound} when there is no such map
   */
  clearMap(map: string, options?: PatternVersion): Promise<void>;

  /**
   * Opens a new version, which entries can be added to before `commitMap` puts it in force. See
   * {@linkcode MapMethods.replaceMap} for all in one.
   *
   * @param map the map
   * @returns the version's number
   * @throws {NotFound} when there is no such map
   */
  prepareMap(map: string): Promise<number>;

  /**
   * Puts a version in force, and removes all older ones.
   *
   * @param map the map
   * @param version the number that `prepareMap` gave
   * @throws {NotFound} when there is no such map
   */
  commitMap(map: string, version: number): Promise<void>;

  /**
   * Adds many entries, a thousand in each round trip. One that is refused does not stop the others.
   *
   * @param map the map
   * @param entries the entries
   * @returns how many were added, and which were refused and why
   * @throws {NotFound} when there is no such map
   */
  addMapEntries(map: string, entries: readonly MapPair[]): Promise<EntriesAdded>;

  /**
   * Replaces all entries at once: traffic sees the old ones until it sees the new ones. They are read back before they are
   * put in force; when anything is refused, nothing changes.
   *
   * @param map the map
   * @param entries the new entries; none empties the map
   * @throws {CommandRefused} with HAProxy's words on the first entry that it refuses
   * @throws {NotFound} when there is no such map
   */
  replaceMap(map: string, entries: readonly MapPair[]): Promise<EntriesReplaced>;
}

/** A version of a map or an ACL other than the one in force. */
export interface PatternVersion {
  /** Its number. */
  readonly version?: number;
}

const map = file("map", "the map's file as HAProxy shows it, or # and its number");
const key = text("key", "the key");
const value = text("value", "the value");
const id = reference("id", "the entry's reference");
const version = settings<PatternVersion>({
  version: integer("version", "another version than the one in force", 0, 0xffffffff),
});
const row = { since: "2.6", level: "admin" } as const;
const at = (options: PatternVersion | undefined) => options?.version === undefined ? undefined : `@${options.version}`;
const pairsOf = (entries: readonly MapPair[]) => entries.map((entry) => [entry.key, entry.value]);

/** The rows of {@linkcode MapMethods}. */
export const mapMethods: Rows<MapMethods> = {
  getMaps: {
    ...row,
    kind: "command",
    summary: "All maps: file, number, versions, how many entries",
    effect: "read",
    parameters: [],
    command: () => "show map",
    parse: parseMaps,
  },
  getMap: {
    ...row,
    kind: "command",
    summary: "Entries of a map",
    effect: "read",
    parameters: [map, version],
    command: (name, options) => cli`show map ${wordsOf(at(options), name)}`,
    parse: parseMapEntries,
  },
  getMapEntry: {
    ...row,
    kind: "command",
    summary: "Look a value up in a map, as traffic would",
    effect: "read",
    parameters: [map, text("value", "what is looked up")],
    command: (name, wanted) => cli`get map ${name} ${wanted}`,
    parse: parseMapLookup,
  },
  addMapEntry: {
    ...row,
    kind: "command",
    summary: "Add an entry to a map",
    effect: "change",
    parameters: [map, key, value, version],
    command: (name, itsKey, itsValue, options) => cli`add map ${wordsOf(at(options), name, itsKey, itsValue)}`,
    parse: nothing,
  },
  setMapEntry: {
    ...row,
    kind: "run",
    summary: "Set the value of a key in a map",
    effect: "change",
    parameters: [map, key, value],
    async run(caller, name, itsKey, itsValue) {
      for (const word of await wordsForKey(caller, name, itsKey)) {
        await caller.change(cli`set map ${name} ${word} ${itsValue}`);
      }
    },
  },
  setMapEntryById: {
    ...row,
    kind: "command",
    summary: "Set the value of one entry of a map, by its reference",
    effect: "change",
    parameters: [map, id, value],
    command: (name, itsId, itsValue) => cli`set map ${name} ${`#${itsId}`} ${itsValue}`,
    parse: nothing,
  },
  delMapEntry: {
    ...row,
    kind: "run",
    summary: "Remove a key from a map",
    effect: "change",
    parameters: [map, key],
    async run(caller, name, itsKey) {
      for (const word of await wordsForKey(caller, name, itsKey)) await caller.change(cli`del map ${name} ${word}`);
    },
  },
  delMapEntryById: {
    ...row,
    kind: "command",
    summary: "Remove one entry from a map, by its reference",
    effect: "change",
    parameters: [map, id],
    command: (name, itsId) => cli`del map ${name} ${`#${itsId}`}`,
    parse: nothing,
  },
  clearMap: {
    ...row,
    kind: "command",
    summary: "Remove all entries of a map",
    effect: "change",
    parameters: [map, version],
    command: (name, options) => cli`clear map ${wordsOf(at(options), name)}`,
    parse: nothing,
  },
  prepareMap: {
    ...row,
    kind: "command",
    summary: "Open a new version of a map, to be filled and committed",
    effect: "change",
    parameters: [map],
    command: (name) => cli`prepare map ${name}`,
    parse: parseNewVersion,
  },
  commitMap: {
    ...row,
    kind: "command",
    summary: "Put a prepared version of a map in force",
    effect: "change",
    parameters: [map, integer("version", "the number that prepare_map gave", 1, 0xffffffff)],
    command: (name, number) => cli`commit map ${`@${number}`} ${name}`,
    parse: nothing,
  },
  addMapEntries: {
    ...row,
    kind: "run",
    summary: "Add many entries to a map, and tell which were refused",
    effect: "change",
    parameters: [map, mapPairs("entries", "the entries, as in a map file")],
    run: (caller, name, entries) => addEntries(caller, { kind: "map", file: name, entries: pairsOf(entries) }),
  },
  replaceMap: {
    ...row,
    kind: "run",
    summary: "Replace all entries of a map at once, or nothing when one is refused",
    effect: "change",
    parameters: [map, mapPairs("entries", "the new entries, as in a map file")],
    run: (caller, name, entries) => replaceEntries(caller, { kind: "map", file: name, entries: pairsOf(entries) }),
  },
};

const wordsOf = (...words: (string | undefined)[]) => words.filter((word) => word !== undefined);

/**
 * The words that name a key to "set map" and "del map": the key, except that they take what starts with `#0x` as the
 * reference of an entry. Such a key is looked for, and named by the references of its entries.
 */
async function wordsForKey(caller: Caller, name: string, itsKey: string): Promise<string[]> {
  if (!itsKey.startsWith("#0x")) return [itsKey];
  const entries = parseMapEntries(await caller.send(cli`show map ${name}`));
  const like = entries.filter((entry) => `${entry.key} ${entry.value}`.startsWith(`${itsKey} `));
  if (like.length === 0) throw new NotFound(`key "${itsKey}"`, `map "${name}" has no such key`);
  if (like.some((entry) => `${entry.key} ${entry.value}`.slice(itsKey.length + 1).includes(" "))) {
    const why = "HAProxy takes it for a reference, and shows it so that key and value cannot be told apart; use the id";
    throw new InvalidArgument("key", itsKey, why);
  }
  return like.map((entry) => `#${entry.id}`);
}
