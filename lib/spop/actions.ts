/**
 * The actions of a handler, written as bytes while the handler runs: into the answer itself for one that answers at once,
 * into a buffer of their own behind a promise.
 *
 * Hot path: a `set` copies the variable's name (its bytes are remembered) and writes the value.
 */
import {
  InvalidValue,
  type Scope,
  SCOPES,
  type Sendable,
  SET_VAR,
  UNSET_VAR,
  Writer,
  writeValue,
} from "./codec/mod.ts";

/** What a handler answers with: variables for HAProxy. */
export interface Actions {
  /**
   * Sets a variable. HAProxy knows it as `<scope>.<var-prefix>.<name>`, and ignores it where no configuration mentions it.
   *
   * @param scope how long it lives
   * @param name its name without scope and prefix: letters, digits, `.`, `_`, `-`
   * @param value what it becomes: integers are sent as INT64, see `typed` for other types; `null` empties it
   * @throws {InvalidValue} when the name or the value cannot be sent; uncaught, the handler's default is the answer
   */
  set(scope: Scope, name: string, value: Sendable): void;
  /**
   * Unsets a variable.
   *
   * @param scope how long it lives
   * @param name its name without scope and prefix
   * @throws {InvalidValue} when the name cannot be sent
   */
  unset(scope: Scope, name: string): void;
}

/** What happened beside the answers. */
export interface ActionsWatch {
  /** An action did not fit the frame any more. */
  onDropped(message: string): void;
  /** An action came when the answer had gone. */
  onLate(message: string): void;
}

/** Actions on their way into an answer. */
export class ActionList implements Actions {
  readonly #watch: ActionsWatch;
  #writer: Writer = CLOSED;
  #message = "";
  #from = 0;
  #limit = 0;
  #most = 0;

  /** @param watch hears of what is lost */
  constructor(watch: ActionsWatch) {
    this.#watch = watch;
  }

  /**
   * Lets actions in.
   *
   * @param writer where they are written, from its present place on
   * @param limit the place that they must not go beyond
   * @param most how large a single one may be: what an empty frame has room for
   * @param message the message that they answer
   */
  open(writer: Writer, limit: number, most: number, message: string): void {
    this.#writer = writer;
    this.#message = message;
    this.#from = writer.at;
    this.#limit = limit;
    this.#most = most;
  }

  /** Lets no more actions in. */
  close(): void {
    this.#writer = CLOSED;
  }

  /** Takes all actions back. */
  clear(): void {
    this.#writer.at = this.#from;
  }

  /** Moves the actions into a buffer of their own, which is returned; more may come. */
  detach(): Writer {
    const own = new Writer(0);
    own.raw(this.#writer.bytes, this.#from, this.#writer.at);
    this.#writer.at = this.#from;
    this.open(own, this.#most, this.#most, this.#message);
    this.#from = 0;
    return own;
  }

  set(scope: Scope, name: string, value: Sendable): void {
    const writer = this.#writer;
    if (writer === CLOSED) return this.#watch.onLate(this.#message);
    const start = writer.at;
    writer.raw(nameBytes(SET_NAMES, scope, name));
    try {
      writeValue(writer, value);
    } catch (thrown) {
      writer.at = start;
      throw thrown;
    }
    if (writer.at > this.#limit) this.#takeBack(start, name);
  }

  unset(scope: Scope, name: string): void {
    const writer = this.#writer;
    if (writer === CLOSED) return this.#watch.onLate(this.#message);
    const start = writer.at;
    writer.raw(nameBytes(UNSET_NAMES, scope, name));
    if (writer.at > this.#limit) this.#takeBack(start, name);
  }

  #takeBack(start: number, name: string): void {
    const size = this.#writer.at - start;
    this.#writer.at = start;
    if (size > this.#most) {
      throw new InvalidValue(`variable "${name}"`, `it takes ${size} bytes and a frame has room for ${this.#most}`);
    }
    this.#watch.onDropped(this.#message);
  }
}

const CLOSED = new Writer(0);

/** For each scope and name the bytes before the value. */
type Names = Readonly<Record<Scope, Map<string, Uint8Array>>>;

const SET_NAMES = noNames();
const UNSET_NAMES = noNames();
const MOST_NAMES = 1024;

function noNames(): Names {
  return { process: new Map(), session: new Map(), transaction: new Map(), request: new Map(), response: new Map() };
}

function nameBytes(names: Names, scope: Scope, name: string): Uint8Array {
  const known: Map<string, Uint8Array> | undefined = names[scope];
  if (known === undefined) throw new InvalidValue(`variable "${name}"`, `"${scope}" is none of ${SCOPES.join(", ")}`);
  return known.get(name) ?? remember(names, known, scope, name);
}

function remember(names: Names, known: Map<string, Uint8Array>, scope: Scope, name: string): Uint8Array {
  if (typeof name !== "string" || !/^[A-Za-z0-9_.-]{1,200}$/.test(name)) {
    throw new InvalidValue(`variable "${name}"`, "a name has 1 to 200 letters, digits, dots, dashes and underscores");
  }
  const { type, arguments: count } = names === SET_NAMES ? SET_VAR : UNSET_VAR;
  const writer = new Writer();
  for (const byte of [type, count, SCOPES.indexOf(scope)]) writer.byte(byte);
  writer.text(name);
  const bytes = writer.written.slice();
  if (known.size >= MOST_NAMES) known.clear();
  known.set(name, bytes);
  return bytes;
}
