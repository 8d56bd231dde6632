/**
 * Notes of what changes maps and ACLs: which entries there are beside those of the file, or instead of them.
 */
import type { Client } from "../../client/mod.ts";
import type { DocumentOf, PatternDocument } from "./document.ts";
import type { Edit, Notes } from "./note.ts";

type Kind = PatternDocument["kind"];

/** More entries than this are not remembered. */
export const MOST_ENTRIES = 100_000;

/** The notes of maps and ACLs. */
export const PATTERN_NOTES: Notes = {
  // What is added to a version that is not in force counts when it is committed.
  addMapEntry: { names: "map", edits: ([file, key, value, at]) => isApart(at) ? [] : [added("map", file, key, value)] },
  addMapEntries: {
    names: "map",
    edits([file, entries], { refused }) {
      const failed = new Set(refused.map(({ index }) => index));
      return [
        addedAll("map", file, entries.filter((_, index) => !failed.has(index)).map((one) => [one.key, one.value])),
      ];
    },
  },
  setMapEntry: { names: "map", edits: ([file, key, value]) => [set(file, key, value)] },
  setMapEntryById: {
    names: "map",
    before: (client, [file, id]) => mapKeyOf(client, file, id),
    edits: ([file, _id, value], _result, keys) => keys.map((key) => set(file, key, value)),
  },
  delMapEntry: { names: "map", edits: ([file, key]) => [deleted("map", file, key)] },
  delMapEntryById: {
    names: "map",
    before: (client, [file, id]) => mapKeyOf(client, file, id),
    edits: ([file], _result, keys) => keys.map((key) => deleted("map", file, key)),
  },
  clearMap: { names: "map", edits: ([file, at]) => isApart(at) ? [] : [replaced("map", file, [])] },
  commitMap: {
    names: "map",
    async edits([file], _result, _seen, client) {
      return [replaced("map", file, (await client.getMap(file)).map(({ key, value }) => [key, value]))];
    },
  },
  replaceMap: {
    names: "map",
    edits: ([file, entries]) => [replaced("map", file, entries.map(({ key, value }) => [key, value]))],
  },

  addAclEntry: { names: "acl", edits: ([file, key, at]) => isApart(at) ? [] : [added("acl", file, key, "")] },
  addAclEntries: {
    names: "acl",
    edits([file, patterns], { refused }) {
      const failed = new Set(refused.map(({ index }) => index));
      return [addedAll("acl", file, patterns.filter((_, index) => !failed.has(index)).map((key) => [key, ""]))];
    },
  },
  delAclEntry: { names: "acl", edits: ([file, key]) => [deleted("acl", file, key)] },
  delAclEntryById: {
    names: "acl",
    async before(client, [file, id]) {
      return (await client.getAcl(file)).filter((one) => one.id === id).map(({ pattern }) => pattern);
    },
    edits: ([file], _result, keys) => keys.map((key) => deleted("acl", file, key)),
  },
  clearAcl: { names: "acl", edits: ([file, at]) => isApart(at) ? [] : [replaced("acl", file, [])] },
  commitAcl: {
    names: "acl",
    async edits([file], _result, _seen, client) {
      return [replaced("acl", file, (await client.getAcl(file)).map(({ pattern }) => [pattern, ""]))];
    },
  },
  replaceAcl: {
    names: "acl",
    edits: ([file, patterns]) => [replaced("acl", file, patterns.map((key) => [key, ""]))],
  },
};

const isApart = (options: { readonly version?: number } | undefined) => options?.version !== undefined;

async function mapKeyOf(client: Client, file: string, id: string): Promise<string[]> {
  return (await client.getMap(file)).filter((one) => one.id === id).map(({ key }) => key);
}

function added(kind: Kind, file: string, key: string, value: string): Edit {
  return addedAll(kind, file, [[key, value]]);
}

function addedAll(kind: Kind, file: string, entries: readonly (readonly [string, string])[]): Edit {
  return patternEdit(kind, file, (keys) => {
    for (const [key, value] of entries) add(keys, key, value);
  });
}

function set(file: string, key: string, value: string): Edit {
  return patternEdit("map", file, (keys, without) => {
    keys.set(key, [value]);
    without.add(key);
  });
}

function deleted(kind: Kind, file: string, key: string): Edit {
  return patternEdit(kind, file, (keys, without) => {
    keys.delete(key);
    without.add(key);
  });
}

/** The same entry twice matches no better than once. */
function add(keys: Map<string, readonly string[]>, key: string, value: string): void {
  const values = keys.get(key);
  if (values === undefined) keys.set(key, [value]);
  else if (!values.includes(value)) keys.set(key, [...values, value]);
}

function replaced(kind: Kind, name: string, entries: readonly (readonly [string, string])[]): Edit {
  return {
    ...{ kind, name },
    apply() {
      const keys = new Map<string, readonly string[]>();
      for (const [key, value] of entries) add(keys, key, value);
      return bounded({ kind, name, base: "empty", entries: [...keys], without: [] });
    },
  };
}

function patternEdit(
  kind: Kind,
  name: string,
  change: (keys: Map<string, readonly string[]>, without: Set<string>) => void,
): Edit {
  return {
    ...{ kind, name },
    apply(known) {
      const before: PatternDocument = known && isPattern(known) ? known : EMPTY({ kind, name });
      if (before.is_too_large) return { ...before };
      const { keys, without } = WORKING.get(before) ??
        { keys: new Map(before.entries), without: new Set(before.without) };
      // Who edits the same document again begins anew.
      WORKING.delete(before);
      change(keys, without);
      const { base } = before;
      const after = bounded({ kind, name, base, entries: [...keys], without: base === "empty" ? [] : [...without] });
      if (!after.is_too_large) WORKING.set(after, { keys, without });
      return after;
    },
  };
}

/** What the newest documents were made from: a map of many entries is not indexed again for each that is changed. */
const WORKING = new WeakMap<
  PatternDocument,
  { readonly keys: Map<string, readonly string[]>; readonly without: Set<string> }
>();

const EMPTY = (what: Pick<PatternDocument, "kind" | "name">): PatternDocument => {
  return { ...what, base: "file", entries: [], without: [] };
};

function isPattern(document: { readonly kind: string }): document is DocumentOf<"map" | "acl"> {
  return document.kind === "map" || document.kind === "acl";
}

/** A part of it would be worse than nothing: it is only known that there is too much. */
function bounded(document: PatternDocument): PatternDocument {
  const { kind, name, base, entries, without } = document;
  if (entries.length + without.length <= MOST_ENTRIES) return document;
  return { kind, name, base, entries: [], without: [], is_too_large: true };
}
