/**
 * Values of any size in a store that takes 256 KiB each: their text in pieces. The first piece is put last, so that a reader
 * sees the old value until the new one is whole.
 */
import type { Entry, Store } from "../../store/mod.ts";

/** A value, and the revision that it was read or put with. */
export interface Kept {
  readonly value: unknown;
  readonly revision: number;
}

/**
 * Puts a value.
 *
 * @param store where
 * @param key the first piece's key; the others are below it
 * @param value what JSON can say
 * @param expected the revision that it must have, 0 for none
 * @returns the revision that it has now
 * @throws {RevisionConflict} when somebody else has changed it
 */
export async function putLarge(store: Store, key: string, value: unknown, expected: number): Promise<number> {
  const text = JSON.stringify(value);
  const old = await store.get(key);
  const pieces = Array.from({ length: Math.ceil(text.length / PIECE) }, (_, at) => {
    return text.slice(at * PIECE, (at + 1) * PIECE);
  });
  const generation = crypto.randomUUID().slice(0, 8);
  const further = pieces.slice(1).map((piece, at) => ({ key: `${key}${BELOW}${generation}.${at}`, piece }));
  for (const one of further) await store.put(one.key, one.piece);
  try {
    const head = further.length === 0 ? { value } : { text: pieces[0], further: further.map((one) => one.key) };
    const { revision } = await store.put(key, head, { expected });
    for (const gone of furtherOf(old)) await store.delete(gone);
    return revision;
  } catch (thrown) {
    for (const one of further) await store.delete(one.key);
    throw thrown;
  }
}

/** Removes a value. @throws {RevisionConflict} when somebody else has changed it */
export async function deleteLarge(store: Store, key: string, expected: number): Promise<void> {
  const old = await store.get(key);
  await store.delete(key, { expected });
  for (const gone of furtherOf(old)) await store.delete(gone);
}

/** Reads one value; `undefined` where there is none, or none that is whole. */
export async function getLarge(store: Store, key: string): Promise<Kept | undefined> {
  const head = await store.get(key);
  if (head === undefined) return undefined;
  const pieces = await Promise.all(furtherOf(head).map((one) => store.get(one)));
  return together(head, pieces);
}

/** Reads all values below a prefix, by key. */
export async function listLarge(store: Store, prefix: string): Promise<Map<string, Kept>> {
  const { entries } = await store.list(prefix);
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  return new Map(
    entries.filter(({ key }) => !key.includes(BELOW)).flatMap((head) => {
      const kept = together(head, furtherOf(head).map((key) => byKey.get(key)));
      return kept === undefined ? [] : [[head.key, kept] as const];
    }),
  );
}

/** Whether a key is that of a first piece. */
export function isHead(key: string): boolean {
  return !key.includes(BELOW);
}

/** What parts a further piece's key from the first one's: names in keys are encoded, and so never hold it. */
const BELOW = "//";

/** In UTF-16 code units: three bytes each at most, and escapes of JSON within JSON. */
const PIECE = 40_000;

function furtherOf(head: Entry | undefined): string[] {
  const value = head?.value;
  if (typeof value !== "object" || value === null || !("further" in value) || !Array.isArray(value.further)) return [];
  return value.further.filter((one: unknown) => typeof one === "string");
}

function together(head: Entry, further: readonly (Entry | undefined)[]): Kept | undefined {
  const { value, revision } = head;
  if (typeof value !== "object" || value === null) return undefined;
  if ("value" in value) return { value: value.value, revision };
  const pieces = ["text" in value ? value.text : undefined, ...further.map((one) => one?.value)];
  if (!pieces.every((one) => typeof one === "string")) return undefined;
  try {
    return { value: JSON.parse(pieces.join("")), revision };
  } catch {
    return undefined;
  }
}
