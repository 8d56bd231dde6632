/**
 * What maps and ACLs have in common, and where they differ: an ACL's entries are patterns alone, a map's have values.
 */
import * as v from "valibot";
import { type Client, NotFound, type PatternList, type PatternLookup } from "../../client/mod.ts";
import { text } from "./schemas.ts";

/** What the routes need to know of a kind of pattern file. */
export interface PatternKind<Entry> {
  /** The resource's name in paths. */
  readonly path: "maps" | "acls";
  /** One of them, in words. */
  readonly what: "map" | "ACL";
  /** What an entry must be in a body. */
  readonly entry: v.GenericSchema<unknown, Entry>;
  /** What a body must be that says what an entry of a given key shall be. */
  readonly rest: v.GenericSchema<unknown, Partial<Entry>>;
  /** The key of an entry, as paths have it. */
  keyOf(entry: Entry): string;
  /** The entry of a key. */
  withKey(key: string, rest: Partial<Entry>): Entry;
  list(client: Client): Promise<readonly PatternList[]>;
  entries(client: Client, file: string): Promise<readonly unknown[]>;
  /** What HAProxy finds for a sample. */
  lookUp(client: Client, file: string, sample: string): Promise<readonly PatternLookup[]>;
  add(client: Client, file: string, entry: Entry): Promise<unknown>;
  /** Sees to it that there is such an entry. */
  put(client: Client, file: string, entry: Entry): Promise<unknown>;
  remove(client: Client, file: string, key: string): Promise<unknown>;
  replace(client: Client, file: string, entries: readonly Entry[]): Promise<unknown>;
  clear(client: Client, file: string): Promise<unknown>;
}

/** Maps: keys with values. */
export const MAPS: PatternKind<{ key: string; value: string }> = {
  path: "maps",
  what: "map",
  entry: v.strictObject({ key: text, value: text }),
  rest: v.strictObject({ value: text }),
  keyOf: ({ key }) => key,
  withKey: (key, rest) => ({ key, value: "", ...rest }),
  list: (client) => client.getMaps(),
  entries: (client, file) => client.getMap(file),
  lookUp: (client, file, sample) => client.getMapEntry(file, sample),
  add: (client, file, { key, value }) => client.addMapEntry(file, key, value),
  async put(client, file, { key, value }) {
    try {
      await client.setMapEntry(file, key, value);
    } catch (thrown) {
      if (!(thrown instanceof NotFound)) throw thrown;
      await client.addMapEntry(file, key, value);
    }
  },
  remove: (client, file, key) => client.delMapEntry(file, key),
  replace: (client, file, entries) => client.replaceMap(file, entries),
  clear: (client, file) => client.clearMap(file),
};

/** ACLs: patterns alone. */
export const ACLS: PatternKind<{ pattern: string }> = {
  path: "acls",
  what: "ACL",
  entry: v.strictObject({ pattern: text }),
  rest: v.strictObject({}),
  keyOf: ({ pattern }) => pattern,
  withKey: (pattern) => ({ pattern }),
  list: (client) => client.getAcls(),
  entries: (client, file) => client.getAcl(file),
  lookUp: (client, file, sample) => client.getAclEntry(file, sample),
  add: (client, file, { pattern }) => client.addAclEntry(file, pattern),
  async put(client, file, { pattern }) {
    const isThere = (await client.getAcl(file)).some((entry) => entry.pattern === pattern);
    if (!isThere) await client.addAclEntry(file, pattern);
  },
  remove: (client, file, pattern) => client.delAclEntry(file, pattern),
  replace: (client, file, entries) => client.replaceAcl(file, entries.map(({ pattern }) => pattern)),
  clear: (client, file) => client.clearAcl(file),
};
