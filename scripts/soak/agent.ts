/**
 * `happi spoa` as a process of its own, and what it holds and counts.
 *
 * @module
 */

import { GuardedProcess } from "../haproxy/guarded.ts";
import { freePort } from "../haproxy/ports.ts";
import { waitWhileAlive } from "../haproxy/wait.ts";
import type { Holding } from "./flatness.ts";
import { LIST, LISTED_SCORE } from "./traffic.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** The young generation keeps its size: else V8 lets it grow by 10 MiB at a time of its own choice, which is no leak. */
const V8_FLAGS = "--v8-flags=--min-semi-space-size=4,--max-semi-space-size=4";

/** A running `happi spoa`. */
export class SoakedAgent implements AsyncDisposable {
  readonly port = freePort();
  readonly #httpPort = freePort();
  readonly #dir: string;
  readonly #process: GuardedProcess;

  private constructor(io: string, dir: string) {
    this.#dir = dir;
    const where = ["--listen", `127.0.0.1:${this.port}`, "--http", `127.0.0.1:${this.#httpPort}`];
    const how = ["--io", io, "--list", `${dir}/list.netset=${LISTED_SCORE}`, "--loglevel", "WARNING"];
    this.#process = new GuardedProcess([Deno.execPath(), "run", "-A", V8_FLAGS, MAIN, "spoa", ...where, ...how]);
  }

  /**
   * Starts it, and returns when it answers.
   *
   * @param io `default` or `epoll`
   */
  static async start(io: string): Promise<SoakedAgent> {
    const dir = await Deno.makeTempDir({ prefix: "happi-soak-" });
    await Deno.writeTextFile(`${dir}/list.netset`, LIST);
    const agent = new SoakedAgent(io, dir);
    const fault = await waitWhileAlive(agent.#process, async () => {
      (await Deno.connect({ hostname: "127.0.0.1", port: agent.port })).close();
      return true;
    });
    if (fault === undefined) return agent;
    await agent[Symbol.asyncDispose]();
    throw new Error(`Cannot soak the agent with io "${io}": ${fault}, saying "${agent.#process.output.trim()}"`);
  }

  /** What it holds now. */
  async holding(): Promise<Holding> {
    const proc = `/proc/${this.#process.pid}`;
    const memory = /^VmRSS:\s+(\d+) kB/m.exec(await Deno.readTextFile(`${proc}/status`));
    let descriptors = 0;
    for await (const _ of Deno.readDir(`${proc}/fd`)) descriptors++;
    return { memoryMib: Number(memory?.[1]) / 1024, descriptors };
  }

  /** What it has counted, as its HTTP API shows it. */
  async counted(): Promise<{ readonly frames: number; readonly disconnects: number }> {
    const response = await fetch(`http://127.0.0.1:${this.#httpPort}/api/v1/spoa`);
    const { frames, disconnects }: { frames: number; disconnects: Record<string, number> } = await response.json();
    return { frames, disconnects: Object.values(disconnects).reduce((sum, count) => sum + count, 0) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.signal("SIGTERM");
    await Promise.race([this.#process.exited, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    await this.#process.end();
    await Deno.remove(this.#dir, { recursive: true });
  }
}
