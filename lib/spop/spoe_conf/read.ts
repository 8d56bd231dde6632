/**
 * A `spoe.conf` as scopes and sections (SPOE.txt 2.1 to 2.4). HAProxy reads only the scope that its `filter` line names, but it
 * splits every line of the file into words.
 */
import { type Diagnostics, REFUSED } from "./diagnostic.ts";
import { type Line, readLines, type Word } from "./words.ts";

/** A scope: what belongs to one engine. */
export interface EngineScope {
  /** The engine; `undefined` for what stands before the first `[name]`. */
  readonly engine: string | undefined;
  /** Where it begins. */
  readonly line: number;
  readonly sections: readonly Section[];
}

/** The kinds of sections. */
export const SECTIONS = ["spoe-agent", "spoe-message", "spoe-group"] as const;

/** A section. */
export interface Section {
  readonly kind: typeof SECTIONS[number];
  readonly name: Word;
  readonly lines: readonly Line[];
}

/**
 * Reads a file.
 *
 * @param text the file
 * @param diagnostics gets what is wrong with its form; faults of lines are of the whole file
 * @param isChecked says of which scopes the sections are looked at: HAProxy skips all others
 * @returns the scopes, the same name twice being one
 */
export function readSpoeConf(
  text: string,
  diagnostics: Diagnostics,
  isChecked: (engine: string | undefined) => boolean,
): EngineScope[] {
  const scopes = new Map<string | undefined, MutableScope>();
  let scope: MutableScope = { engine: undefined, line: 1, sections: [] };
  let section: MutableSection | undefined;
  for (const line of readLines(text)) {
    const { fault } = line;
    if (fault !== undefined) {
      const place = { line: line.number, column: fault.column };
      diagnostics.add(REFUSED, place, "bad_line", fault.message, fault.hint);
    }
    const [first] = line.words;
    if (first === undefined) continue;
    const engine = scopeOf(line, diagnostics);
    if (engine !== undefined) {
      scope = scopes.get(engine) ?? { engine, line: line.number, sections: [] };
      scopes.set(engine, scope);
      section = undefined;
      continue;
    }
    if (!scopes.has(scope.engine)) scopes.set(scope.engine, scope);
    const kind = SECTIONS.find((one) => one === first.text);
    if (kind !== undefined) {
      section = openSection(kind, line.words, isChecked(scope.engine) ? diagnostics : undefined);
      if (section !== undefined) scope.sections.push(section);
    } else if (section !== undefined) {
      section.lines.push(line);
    } else if (isChecked(scope.engine) || scope.engine === undefined) {
      const hint = `begin with one of ${SECTIONS.map((one) => `"${one} NAME"`).join(", ")}`;
      diagnostics.add(REFUSED, first, "no_section", `"${first.text}" stands outside of any section`, hint);
    }
  }
  return [...scopes.values()];
}

interface MutableScope extends EngineScope {
  readonly sections: MutableSection[];
}

interface MutableSection extends Section {
  readonly lines: Line[];
}

/** The engine of a line that begins a scope. Such a line is known by its first character, a quote not being one. */
function scopeOf({ raw, words: [first] }: Line, diagnostics: Diagnostics): string | undefined {
  if (first === undefined || !raw.startsWith("[")) return undefined;
  const [, name = ""] = /^\[([A-Za-z0-9_.:-]+)\]/.exec(raw) ?? [];
  if (name === "") {
    const hint = 'write "[name]", of letters, digits, ".", ":", "_" and "-", without spaces';
    diagnostics.add(REFUSED, first, "bad_scope", `"${raw}" is no scope`, hint);
  }
  return name;
}

function openSection(
  kind: Section["kind"],
  [keyword, name, extra]: readonly Word[],
  diagnostics: Diagnostics | undefined,
): MutableSection | undefined {
  if (keyword === undefined) return undefined;
  if (name === undefined) {
    diagnostics?.add(REFUSED, keyword, "no_name", `"${kind}" has no name`, `write "${kind} NAME"`);
    return undefined;
  }
  if (extra !== undefined) {
    const message = `"${kind}" takes one name, and "${extra.text}" is another`;
    diagnostics?.add(REFUSED, extra, "extra_word", message, "remove it");
  }
  if (!/^[A-Za-z0-9_.:-]+$/.test(name.text)) {
    const hint = 'use letters, digits, ".", ":", "_" and "-"';
    diagnostics?.add(REFUSED, name, "bad_name", `"${name.text}" is no name of a section`, hint);
  }
  return { kind, name, lines: [] };
}
