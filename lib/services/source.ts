/**
 * A source of truth: it hands over everything it knows, whenever that has changed.
 */
import type { Picture } from "./service.ts";

/** What a source tells whoever listens. */
export interface SourceListener {
  /** Everything that it knows now. Called at most once in each `throttleMs`; only the newest picture counts. */
  onPicture(picture: Picture): void;
  /**
   * It cannot find out anything at the moment; the last picture holds. Called once for each new reason, and with
   * `undefined` when all is well again.
   */
  onTrouble(why: string | undefined): void;
}

/** A source of truth, such as a file, DNS or Consul. It ends when it is disposed of, and leaves nothing open. */
export interface Source extends AsyncDisposable {
  /** Its name in the configuration: `[source.NAME]`. */
  readonly name: string;
  /** `static`, `file`, `dns`, `http`, `consul`, `etcd`. */
  readonly kind: string;
  /** Where it looks, for people: never with credentials. */
  readonly target: string;
  /** Begins to look; the first picture comes as soon as it can. Never throws: troubles are told. */
  start(listener: SourceListener): void;
}
