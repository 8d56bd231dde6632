/**
 * The source `file`: a file with services, or a folder of such files, watched.
 *
 * Of a folder, the files count whose names end in .json, .toml, .yaml or .yml and do not begin with a dot; a file that is
 * taken away takes its services away. A single file that is gone, or a file that cannot be understood, is a trouble, and
 * what it said last holds.
 */
import { reason } from "../../errors.ts";
import type { Source } from "../source.ts";
import { SourceFailed } from "./errors.ts";
import { type FileFormat, formatOf, readFormat } from "./formats.ts";
import { type Parts, WHOLE } from "./parts.ts";
import { readPicture } from "./picture_document.ts";
import { makeLife, rounds, type SourceOptions } from "./rounds.ts";
import { SettledFiles } from "./settled_files.ts";
import { FolderWatch } from "./watch_folder.ts";

/** Which file, and how it is watched. */
export interface FileOptions extends SourceOptions {
  /** A file or a folder. */
  readonly path: string;
  /** How a single file is written; by the end of its name if not said. */
  readonly format?: FileFormat | undefined;
  /** It is looked at so often even when the system tells of no change, in milliseconds. Default 5,000. */
  readonly intervalMs?: number | undefined;
  /** Whether the system is asked to tell of changes. Default true; it cannot for most network file systems. */
  readonly watch?: boolean | undefined;
  /** A changed file is believed when it has been the same for so long, in milliseconds. Default 100. */
  readonly settleMs?: number | undefined;
  /** Of a file. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** Of a folder. Default 1,000. */
  readonly maxFiles?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/**
 * Makes it.
 *
 * @param name its name
 * @param options which file
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fileSource } from "./file.ts";
 * const path = await Deno.makeTempFile({ suffix: ".json" });
 * await Deno.writeTextFile(path, '{"services": {"web": {"web/0": {"hostname": "10.0.0.1", "port": 80}}}}');
 * await using source = fileSource("own", { path });
 * const picture = await new Promise((resolve) => source.start({ onPicture: resolve, onTrouble: () => {} }));
 * assert.deepEqual(picture, new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]]]));
 * await Deno.remove(path);
 * ```
 */
export function fileSource(name: string, options: FileOptions): Source {
  return makeLife({ name, kind: "file", target: options.path }, options, async (parts, signal) => {
    using looker = new FileLooker(options, parts);
    await rounds((until) => looker.look(until), (why) => parts.fail(WHOLE, why), options, signal);
  });
}

/** Looks at the file, or at the folder and its files, each of them a part. */
class FileLooker implements Disposable {
  readonly #options: FileOptions;
  readonly #parts: Parts;
  readonly #files: SettledFiles;
  readonly #settleMs: number;
  readonly #known = new Set<string>();
  #watch: FolderWatch | undefined;

  constructor(options: FileOptions, parts: Parts) {
    const { settleMs = 100, maxBytes = 16 * 1024 * 1024, now = Date.now } = options;
    this.#options = options;
    this.#parts = parts;
    this.#settleMs = settleMs;
    this.#files = new SettledFiles(settleMs, maxBytes, now);
  }

  /** Looks, and waits until it is time to look again. */
  async look(signal: AbortSignal): Promise<number> {
    const { path, watch, pause, intervalMs = 5000 } = this.#options;
    const isFolder = await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
    const folder = isFolder ? path : parentOf(path);
    if (this.#watch?.folder !== folder) {
      this.#watch?.[Symbol.dispose]();
      this.#watch = new FolderWatch(folder, pause);
    }
    // First it is watched, then looked at: what happens between is not missed.
    if (watch !== false) this.#watch.begin();
    const isSettled = isFolder || this.#known.size > 0 ? await this.#lookAtAll(path) : await this.#lookAtOne();
    await this.#watch.next(isSettled ? intervalMs : this.#settleMs, signal);
    return 0;
  }

  [Symbol.dispose](): void {
    this.#watch?.[Symbol.dispose]();
  }

  async #lookAtOne(): Promise<boolean> {
    const { path, format } = this.#options;
    const state = await this.#read(WHOLE, path, format);
    if (state === "gone") this.#parts.fail(WHOLE, new SourceFailed(path, "there is no such file").message);
    return state !== "unsettled";
  }

  async #lookAtAll(folder: string): Promise<boolean> {
    const names = await namesIn(folder, this.#options.maxFiles ?? 1000);
    for (const name of names) this.#known.add(name);
    let isSettled = true;
    await this.#parts.together(async () => {
      this.#parts.expect([WHOLE, ...this.#known]);
      this.#parts.put(WHOLE, new Map());
      for (const name of [...this.#known]) {
        const state = await this.#read(name, `${folder}/${name}`, undefined);
        if (state === "unsettled") isSettled = false;
        if (state === "gone") this.#known.delete(name);
      }
      this.#parts.expect([WHOLE, ...this.#known]);
    });
    return isSettled;
  }

  /** Reads a file if it is another one; its faults are those of its part. */
  async #read(part: string, path: string, format: FileFormat | undefined): Promise<string> {
    try {
      const seen = await this.#files.look(path);
      if (seen.state !== "new") return seen.state;
      const written = format ?? formatOf(path);
      if (written === undefined) throw new SourceFailed(path, "its name must end in .json, .toml, .yaml or .yml");
      this.#parts.put(part, readPicture(await readFormat(seen.text, written, path), path));
      return seen.state;
    } catch (thrown) {
      // It is read anew at the next look: what was wrong may not have been the file.
      this.#files.forget(path);
      this.#parts.fail(part, reason(thrown));
      return "failed";
    }
  }
}

/** The files of a folder that count. */
async function namesIn(folder: string, most: number): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!isDirectory && !name.startsWith(".") && formatOf(name) !== undefined) names.push(name);
    }
  } catch (thrown) {
    const why = thrown instanceof Deno.errors.NotFound ? "there is no such folder" : reason(thrown);
    throw new SourceFailed(folder, why, thrown);
  }
  if (names.length > most) throw new SourceFailed(folder, `it has more than ${most} files`);
  return names.sort();
}

function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at < 0 ? "." : at === 0 ? "/" : path.slice(0, at);
}
