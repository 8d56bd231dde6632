/**
 * The commands that put the entries of a map or an ACL where they are remembered. Pure.
 *
 * What is new is added before what is old is deleted, so that no lookup finds nothing in between.
 */
import { cli } from "../../client/mod.ts";
import { type PatternDocument, subjectOf } from "./document.ts";
import type { Found, FoundPatterns } from "./found.ts";
import type { Plan } from "./plan.ts";

/** What has to be done to one map or ACL. */
export function planPatterns(document: PatternDocument, found: Found): Plan {
  if (document.is_too_large) {
    return { lines: [], why: [], missing: "it had more entries than are remembered" };
  }
  const patterns = found.patterns.get(subjectOf(document));
  if (patterns === undefined) return { lines: [], why: [], missing: `there is no such ${document.kind}` };
  return document.base === "empty" ? planWhole(document, patterns) : planOnFile(document, patterns);
}

/** All entries are replaced at once, when they are not what they should be. */
function planWhole(document: PatternDocument, { lines }: FoundPatterns): Plan {
  const wanted = document.entries.flatMap(([key, values]) => values.map((value) => textOf(document, key, value)));
  const there = lines.map(({ text }) => text);
  if (wanted.length === there.length && isEqual(wanted.toSorted(), there.toSorted())) return { lines: [], why: [] };
  const [lacking, tooMany] = [without(wanted, there), without(there, wanted)];
  const remarks = [
    ...lacking.map((text) => `"${text}" is not there`),
    ...tooMany.map((text) => `"${text}" is there`),
    ...(lacking.length + tooMany.length === 0 ? ["some entries are there more than once, or too rarely"] : []),
  ];
  const more = remarks.length - MOST_REMARKS;
  const why = more > 0 ? [...remarks.slice(0, MOST_REMARKS), `and ${more} more`] : remarks;
  return { lines: [], why, isApart: true };
}

/** What is said of a map where much is otherwise. */
const MOST_REMARKS = 20;

function without(texts: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return texts.filter((text) => !known.has(text));
}

function planOnFile(document: PatternDocument, patterns: FoundPatterns): Plan {
  const { kind, name, entries } = document;
  const index = new Lookup(kind, patterns);
  const file = `${kind} ${cli`${name}`}`;
  const isReplaced = new Set(document.without);
  const plans = entries.map(([key, values]): Plan => {
    const there = index.entriesOf(key);
    const lacking = values.filter((value) => !there.some(({ text }) => text === textOf(document, key, value)));
    const tooMany = !isReplaced.has(key)
      ? []
      : there.filter(({ text }) => !values.some((value) => text === textOf(document, key, value)));
    const [value = ""] = lacking;
    const [old] = tooMany;
    if (kind === "map" && lacking.length === 1 && tooMany.length === 1 && old) {
      return { lines: [cli`set map ${name} ${`#${old.id}`} ${value}`], why: [`"${key}" is not "${value}"`] };
    }
    return {
      lines: [
        ...lacking.map((one) => `add ${file} ${kind === "map" ? cli`${key} ${one}` : cli`${key}`}`),
        ...tooMany.map(({ id }) => del(document, id)),
      ],
      why: [
        ...lacking.map((one) => kind === "map" ? `"${key}" is not "${one}"` : `"${key}" is not there`),
        ...tooMany.map(({ text }) => `"${text}" is there`),
      ],
    };
  });
  const kept = new Set(entries.map(([key]) => key));
  const gone = document.without.filter((key) => !kept.has(key)).flatMap((key) => index.entriesOf(key));
  return {
    lines: [...plans.flatMap((one) => one.lines), ...gone.map(({ id }) => del(document, id))],
    why: [...plans.flatMap(({ why }) => why), ...gone.map(({ text }) => `"${text}" is there`)],
  };
}

function del({ kind, name }: PatternDocument, id: string): string {
  return `del ${kind} ${cli`${name} ${`#${id}`}`}`;
}

/** An entry as HAProxy shows it. */
function textOf({ kind }: PatternDocument, key: string, value: string): string {
  return kind === "map" ? `${key} ${value}` : key;
}

/**
 * The entries of a key. HAProxy shows a map's key and value with a blank between, and both may have blanks: what starts
 * with the key is taken for its own.
 */
class Lookup {
  readonly #kind: PatternDocument["kind"];
  readonly #byWord: ReadonlyMap<string, FoundPatterns["lines"]>;

  constructor(kind: PatternDocument["kind"], { lines }: FoundPatterns) {
    this.#kind = kind;
    this.#byWord = Map.groupBy(lines, ({ text }) => firstWord(text));
  }

  entriesOf(key: string): FoundPatterns["lines"] {
    const candidates = this.#byWord.get(firstWord(key)) ?? [];
    return candidates.filter(({ text }) => this.#kind === "map" ? text.startsWith(`${key} `) : text === key);
  }
}

function firstWord(text: string): string {
  const blank = text.indexOf(" ");
  return blank < 0 ? text : text.slice(0, blank);
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.every((one, index) => one === b[index]);
}
