/**
 * An agent with an epoll loop of its own: for handlers that answer at once, on a thread that does nothing else.
 *
 * The loop blocks its thread in the system call; it comes up for air now and then, so that timers, promises and messages
 * to the thread get their turn: every few milliseconds, and at once while handlers behind promises run.
 */
import { setImmediate } from "node:timers";
import type { Address } from "../../net/mod.ts";
import type { Dispatcher } from "../dispatcher.ts";
import { type AgentListener, DRAIN_MS, EXPIRY_SHARE, HURRY_SHARE } from "../listener.ts";
import type { Limits } from "../options.ts";
import { Patience } from "../patience.ts";
import { EpollConnection, type SharedIntake } from "./connection.ts";
import { ERRORS, type Libc, openLibc } from "./libc.ts";
import { Poller, READABLE } from "./poller.ts";
import { acceptConnection, openServerSocket, type ServerSocket } from "./server_socket.ts";

const INTAKE_BYTES = 256 * 1024;
/** How long the thread is the loop's own at a time. */
const SLICE_MS = 20;
/**
 * How long a round waits; when nothing comes, the turn ends. To wait for 2 ms at most costs a lone connection a fifth of
 * its frame more than to wait for 20: the kernel sets its clock anew for what is due soon.
 */
const LONGEST_WAIT_MS = 20;
/** How long no connection is accepted after a failure to do so. */
const PAUSE_MS = 100;

/**
 * Listens with epoll.
 *
 * @throws {CannotListen} {@linkcode InvalidAgent}
 */
export async function listenEpoll(
  address: Address,
  dispatcher: Dispatcher,
  limits: Limits,
  reusePort: boolean,
): Promise<AgentListener> {
  const libc = openLibc();
  return new EpollAgentListener(libc, await openServerSocket(libc, address, reusePort), dispatcher, limits);
}

class EpollAgentListener implements AgentListener {
  readonly address: Address;
  readonly #libc: Libc;
  readonly #server: number;
  readonly #dispatcher: Dispatcher;
  readonly #limits: Limits;
  readonly #poller: Poller;
  readonly #intake: SharedIntake = { bytes: new Uint8Array(INTAKE_BYTES) };
  readonly #connections = new Map<number, EpollConnection>();
  /** The same by descriptor. */
  readonly #byFd: (EpollConnection | undefined)[] = [];
  readonly #patience: Patience;
  readonly #ended = Promise.withResolvers<void>();
  #isAccepting = true;
  #isWatchingServer = true;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(libc: Libc, server: ServerSocket, dispatcher: Dispatcher, limits: Limits) {
    this.address = server.address;
    this.#libc = libc;
    this.#server = server.fd;
    this.#dispatcher = dispatcher;
    this.#limits = limits;
    this.#poller = new Poller(libc);
    this.#poller.add(server.fd, READABLE);
    this.#patience = new Patience(limits, () => [...this.#connections.values()].map((one) => one.session));
    setImmediate(this.#run);
  }

  get connections(): number {
    return this.#connections.size;
  }

  async drain(timeoutMs = DRAIN_MS): Promise<void> {
    this.#stopAccepting();
    this.#patience.drain(timeoutMs);
    const hurry = setTimeout(() => this.#patience.hurry(), timeoutMs * HURRY_SHARE);
    const expiry = setTimeout(() => this.#dispatcher.expireAll(), timeoutMs * EXPIRY_SHARE);
    const end = setTimeout(() => this.#closeAll(), timeoutMs);
    await this.#ended.promise;
    for (const timer of [hurry, expiry, end]) clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.#stopAccepting();
    this.#closeAll();
    await this.#ended.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A turn: rounds of waiting and serving, until others on this thread are to have theirs. */
  readonly #run = (): void => {
    const end = performance.now() + SLICE_MS;
    let ready = this.#round(this.#isWaitedFor() ? 1 : LONGEST_WAIT_MS);
    while (ready > 0 && !this.#isWaitedFor() && performance.now() < end) ready = this.#round(LONGEST_WAIT_MS);
    if (this.#isAccepting || this.#connections.size > 0) setImmediate(this.#run);
    else this.#finish();
  };

  /** Whether handlers behind promises run, which need turns of this thread. */
  #isWaitedFor(): boolean {
    return this.#dispatcher.counters.inFlight > 0;
  }

  /** Waits once and serves what is ready; gives how many were. */
  #round(timeoutMs: number): number {
    const ready = this.#poller.wait(timeoutMs);
    for (let index = 0; index < ready; index++) {
      const fd = this.#poller.fdAt(index);
      if (fd === this.#server) this.#accept();
      else this.#byFd[fd]?.onReady(this.#poller.bitsAt(index));
    }
    return ready;
  }

  #accept(): void {
    while (this.#isAccepting) {
      if (this.#connections.size >= this.#limits.maxConnections) return this.#watchServer(false);
      const fd = acceptConnection(this.#libc, this.#server);
      if (fd < 0) return this.#onAcceptFailed(this.#libc.errno());
      const connection = new EpollConnection(
        fd,
        this.#libc,
        this.#poller,
        this.#intake,
        this.#dispatcher,
        this.#limits,
        this.#onConnectionClosed,
      );
      this.#connections.set(fd, connection);
      this.#byFd[fd] = connection;
    }
  }

  #onAcceptFailed(errno: number): void {
    if (errno === ERRORS.EAGAIN || errno === ERRORS.EINTR) return;
    this.#dispatcher.faults.tell("accept_failed", undefined, `the system says error ${errno}`);
    this.#watchServer(false);
    this.#pause = setTimeout(() => this.#watchServer(true), PAUSE_MS);
  }

  readonly #onConnectionClosed = (fd: number): void => {
    this.#connections.delete(fd);
    this.#byFd[fd] = undefined;
    this.#watchServer(true);
  };

  #watchServer(isWanted: boolean): void {
    if (!this.#isAccepting || isWanted === this.#isWatchingServer) return;
    this.#isWatchingServer = isWanted;
    this.#poller.change(this.#server, isWanted ? READABLE : 0);
  }

  #stopAccepting(): void {
    if (!this.#isAccepting) return;
    // What has connected already would be reset with the socket.
    this.#accept();
    this.#isAccepting = false;
    clearTimeout(this.#pause);
    this.#libc.close(this.#server);
    if (this.address.transport === "unix") removeQuietly(this.address.path);
  }

  #closeAll(): void {
    for (const connection of this.#connections.values()) connection.close();
  }

  #finish(): void {
    this.#patience.stop();
    this.#poller.close();
    this.#ended.resolve();
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Somebody removed it already.
  }
}
