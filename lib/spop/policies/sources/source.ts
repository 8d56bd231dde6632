/**
 * Where a policy's data comes from: a file or a URL, read again only when it has changed.
 */
import { HappiError, reason } from "../../../errors.ts";
import type { FileStamp, Outside } from "./outside.ts";

/** A file or a URL. */
export interface Source {
  /** Its path or URL, without what should not be logged. */
  readonly name: string;
  /**
   * Asks for what is there now.
   *
   * @param known the version that is known already
   * @param signal gives up
   * @throws {SourceFailed} when it cannot be had
   */
  open(known: SourceVersion | undefined, signal: AbortSignal): Promise<Opened>;
}

/** Tells one version from another: an ETag, a date, a file's size … */
export type SourceVersion = Readonly<Record<string, string>>;

/** What a source had to say. */
export type Opened =
  /** It is the known version, and was confirmed to be so at this time (for a file: was written), milliseconds since 1970. */
  | { readonly kind: "same"; readonly confirmedAt: number }
  /** It is another. A chunk of its body is only valid until the next is asked for. */
  | {
    readonly kind: "new";
    readonly confirmedAt: number;
    readonly version: SourceVersion;
    readonly body: AsyncIterable<Uint8Array>;
  };

/** How a source is read. */
export interface SourceLimits {
  /** More bytes than this are an error. */
  readonly maxBytes: number;
  /** For the whole answer of a URL, in milliseconds. */
  readonly timeoutMs: number;
}

/** A file or a URL could not be read, or what was read is of no use. */
export class SourceFailed extends HappiError {
  /**
   * @param source the path or URL
   * @param why what is wrong
   */
  constructor(source: string, why: string, cause?: unknown) {
    super("source_failed", `Cannot read "${source}": ${why}`, cause === undefined ? undefined : { cause });
  }

  /** What was thrown, as an error of this class. */
  static from(source: string, thrown: unknown): SourceFailed {
    if (thrown instanceof SourceFailed) return thrown;
    if (thrown instanceof Deno.errors.NotFound) return new SourceFailed(source, "there is no such file", thrown);
    if (thrown instanceof Deno.errors.PermissionDenied) return new SourceFailed(source, "permission denied", thrown);
    return new SourceFailed(source, reason(thrown), thrown);
  }
}

/**
 * A source for a path, or for a URL that begins with `http://` or `https://`.
 *
 * @param location path or URL
 * @param limits how it is read
 * @param outside the world
 */
export function sourceOf(location: string, limits: SourceLimits, outside: Outside): Source {
  return isUrl(location) ? urlSource(location, limits, outside) : fileSource(location, limits, outside);
}

/** A location as it may be told: a path, or a URL without what should not be logged. */
export function nameOf(location: string): string {
  return isUrl(location) ? withoutSecrets(location) : location;
}

/** Whether a location is a URL. */
export function isUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

function fileSource(path: string, limits: SourceLimits, outside: Outside): Source {
  return {
    name: path,
    async open(known) {
      try {
        const stamp = await outside.stat(path);
        if (!stamp.isFile) throw new SourceFailed(path, "it is no regular file");
        if (stamp.size > limits.maxBytes) throw tooLarge(path, limits.maxBytes);
        const version = versionOf(stamp);
        const confirmedAt = stamp.mtimeMs;
        if (known !== undefined && isSame(known, version)) return { kind: "same", confirmedAt };
        return { kind: "new", confirmedAt, version, body: limited(path, outside.read(path), limits.maxBytes) };
      } catch (thrown) {
        throw SourceFailed.from(path, thrown);
      }
    },
  };
}

function versionOf(stamp: FileStamp): SourceVersion {
  return { size: String(stamp.size), mtime: String(stamp.mtimeMs), inode: String(stamp.inode) };
}

function isSame(a: SourceVersion, b: SourceVersion): boolean {
  return Object.keys({ ...a, ...b }).every((key) => a[key] === b[key]);
}

function urlSource(url: string, limits: SourceLimits, outside: Outside): Source {
  const name = withoutSecrets(url);
  return {
    name,
    async open(known, signal) {
      const until = AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)]);
      try {
        const response = await outside.fetch(url, { headers: conditions(known), signal: until });
        return await answered(name, response, known, limits, outside.now());
      } catch (thrown) {
        throw SourceFailed.from(name, thrown);
      }
    },
  };
}

/** The request headers that let a server say that nothing has changed. */
function conditions(known: SourceVersion | undefined): HeadersInit {
  const { etag, last_modified } = known ?? {};
  return {
    ...(etag === undefined ? {} : { "if-none-match": etag }),
    ...(last_modified === undefined ? {} : { "if-modified-since": last_modified }),
  };
}

async function answered(
  name: string,
  response: Response,
  known: SourceVersion | undefined,
  limits: SourceLimits,
  confirmedAt: number,
): Promise<Opened> {
  const announced = Number(response.headers.get("content-length") ?? 0);
  const isTooLarge = response.status === 200 && announced > limits.maxBytes;
  if (response.status !== 200 || response.body === null || isTooLarge) {
    await response.body?.cancel();
    if (response.status === 304 && known !== undefined) return { kind: "same", confirmedAt };
    if (isTooLarge) throw tooLarge(name, limits.maxBytes);
    throw new SourceFailed(name, `the server answered ${response.status}`);
  }
  const etag = response.headers.get("etag");
  const lastModified = response.headers.get("last-modified");
  const version = {
    ...(etag === null ? {} : { etag }),
    ...(lastModified === null ? {} : { last_modified: lastModified }),
  };
  return { kind: "new", confirmedAt, version, body: limited(name, response.body, limits.maxBytes) };
}

/** A body up to a size, whatever its header said: compressed ones are counted as they come out. */
async function* limited(name: string, body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  try {
    for await (const chunk of body) {
      total += chunk.length;
      if (total > maxBytes) throw tooLarge(name, maxBytes);
      yield chunk;
    }
  } catch (thrown) {
    throw SourceFailed.from(name, thrown);
  }
}

function tooLarge(name: string, maxBytes: number): SourceFailed {
  return new SourceFailed(name, `it is larger than ${maxBytes} bytes`);
}

/** A URL without user, password and query, which often hold a key. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
