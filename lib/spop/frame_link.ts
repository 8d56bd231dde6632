/**
 * Frames over a connection, for the client's side.
 */
import { reason } from "../errors.ts";
import { type Address, formatAddress } from "../net/mod.ts";
import { FrameHeader, INCOMPLETE, LENGTH_BYTES, readDisconnect, Reader, readFrame, Writer } from "./codec/mod.ts";
import { SpopClosed, SpopViolation } from "./errors.ts";

/** Frames over a connection. */
export class FrameLink {
  readonly name: string;
  /** Frames to be sent by {@linkcode FrameLink.flush}. */
  readonly out = new Writer();
  /** The largest frame that may come. */
  maxFrameSize = 0;
  /** Why it was closed from here, if there was a reason. */
  closedBy: Error | undefined;
  readonly #conn: Deno.Conn;
  readonly #header = new FrameHeader();
  #intake = new Uint8Array(32 * 1024);
  #from = 0;
  #to = 0;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(conn: Deno.Conn, name: string) {
    this.#conn = conn;
    this.name = name;
  }

  static async connect(address: Address): Promise<FrameLink> {
    const name = formatAddress(address);
    try {
      if (address.transport === "unix") {
        return new FrameLink(await Deno.connect({ transport: "unix", path: address.path }), name);
      }
      const conn = await Deno.connect({ hostname: address.hostname, port: address.port });
      conn.setNoDelay(true);
      return new FrameLink(conn, name);
    } catch (thrown) {
      throw new SpopClosed(name, reason(thrown), undefined, thrown);
    }
  }

  /** The next frame; its parts are valid until the next call. `undefined` at the end. */
  async next(): Promise<FrameHeader | undefined> {
    for (;;) {
      const fault = readFrame(this.#header, this.#intake, this.#from, this.#to, this.maxFrameSize);
      if (fault === undefined) {
        this.#from = this.#header.end;
        return this.#header;
      }
      if (fault !== INCOMPLETE && fault.kind === "invalid") throw new SpopViolation(this.name, fault.why, fault.code);
      this.#intake.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
      if (this.#to === this.#intake.length) this.#grow();
      const count = await this.#conn.read(this.#intake.subarray(this.#to));
      if (count === null) return undefined;
      this.#to += count;
    }
  }

  payload(header: FrameHeader): Reader {
    return new Reader().reset(this.#intake, header.payloadAt, header.end);
  }

  ids(header: FrameHeader): Uint8Array {
    return this.#intake.subarray(header.idsAt, header.payloadAt);
  }

  /** What the agent said in its DISCONNECT. */
  refusal(header: FrameHeader): SpopClosed {
    const said = readDisconnect(this.payload(header));
    if ("kind" in said) return new SpopClosed(this.name, "it said goodbye without a reason");
    return new SpopClosed(this.name, `it said "${said.message}" (status ${said.status_code})`, said.status_code);
  }

  /** Sends what is in `out`; what comes meanwhile goes with the next write. */
  flush(): Promise<void> {
    return this.#writing = this.#writing.then(() => this.#writeOut());
  }

  close(why?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.closedBy = why;
    this.#conn.close();
  }

  async #writeOut(): Promise<void> {
    if (this.out.at === 0) return;
    const bytes = this.out.written.slice();
    this.out.at = 0;
    try {
      for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
    } catch {
      // The reader finds out, and tells those who wait.
    }
  }

  #grow(): void {
    const larger = new Uint8Array(Math.min(this.#intake.length * 2, LENGTH_BYTES + this.maxFrameSize));
    larger.set(this.#intake);
    this.#intake = larger;
  }
}
