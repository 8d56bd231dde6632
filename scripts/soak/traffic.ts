/**
 * What an agent is given in a soak: right questions at a steady pace, each answer checked, and mutated ones among them.
 *
 * @module
 */

import fc from "fast-check";
import { type Action, SpopClient } from "../../lib/spop/mod.ts";
import { anyMutation } from "../../tests/spop/arbitrary.ts";
import { conversation, misbehave } from "../../tests/spop/misbehave.ts";

const MESSAGE = "get-ip-reputation";
const GOOD_AT_ONCE = 8;
const GOOD_PAUSE_MS = 10;
/** A connection is left after so many messages, as HAProxy's pools do. */
const MESSAGES_A_CONNECTION = 500;
const BAD_AT_ONCE = 4;
/** A closed connection keeps its port for a minute: faster, and there would be none left. */
const BAD_PAUSE_MS = 30;
const MUTATIONS = 2000;

/** What is asked, and the score that is right. */
const QUESTIONS: readonly (readonly [ip: string, score: number])[] = [
  ["192.0.2.7", 10],
  ["198.51.100.1", 100],
  ["2001:db8::1", 10],
  ["2001:db9::1", 100],
];

/** The list that the agent must have for these scores. */
export const LIST = "192.0.2.0/24\n2001:db8::/32\n";
/** The score of what is listed. */
export const LISTED_SCORE = 10;

/** Traffic for one agent until it is stopped. */
export class Traffic {
  /** Right questions that were answered rightly. */
  answered = 0;
  /** Why right questions were not. */
  readonly missing: string[] = [];
  /** Mutated conversations. */
  mutated = 0;
  readonly #port: number;
  readonly #running: Promise<unknown>;
  #latencies: number[] = [];
  #isStopped = false;

  /** @param port of 127.0.0.1 where the agent listens */
  constructor(port: number) {
    this.#port = port;
    const mutations = fc.sample(anyMutation, MUTATIONS);
    const bad = conversation(MESSAGE, MESSAGE);
    this.#running = Promise.all([
      ...Array.from({ length: GOOD_AT_ONCE }, () => this.#askOn()),
      ...Array.from({ length: BAD_AT_ONCE }, () => this.#misbehaveOn(mutations.map((mutate) => mutate(bad)))),
    ]);
  }

  /** How long each answer took since this was last asked, in milliseconds. */
  takeLatencies(): readonly number[] {
    const latencies = this.#latencies;
    this.#latencies = [];
    return latencies;
  }

  /** Asks no more; settles when the last answer has come. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #askOn(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await using client = await SpopClient.connect({ transport: "tcp", hostname: "127.0.0.1", port: this.#port });
        for (let rest = MESSAGES_A_CONNECTION; rest > 0 && !this.#isStopped; rest--) {
          await this.#ask(client, rest);
          await pause(GOOD_PAUSE_MS);
        }
      } catch (thrown) {
        this.missing.push(thrown instanceof Error ? thrown.message : String(thrown));
        await pause(GOOD_PAUSE_MS);
      }
    }
  }

  async #ask(client: SpopClient, turn: number): Promise<void> {
    const [ip, score] = QUESTIONS[turn % QUESTIONS.length] ?? ["", -1];
    const start = performance.now();
    const actions = await client.notify([{ name: MESSAGE, args: { ip } }]);
    this.#latencies.push(performance.now() - start);
    if (isScore(actions, score)) this.answered++;
    else this.missing.push(`${ip} was answered by ${JSON.stringify(actions)}`);
  }

  async #misbehaveOn(conversations: readonly Uint8Array[]): Promise<void> {
    while (!this.#isStopped) {
      const turn = this.mutated++;
      const said = conversations[turn % conversations.length] ?? new Uint8Array();
      await misbehave(this.#port, said, turn).catch(() => {}); // cut off, as it should be
      await pause(BAD_PAUSE_MS);
    }
  }
}

function isScore(actions: readonly Action[], score: number): boolean {
  const [action] = actions;
  return actions.length === 1 && action?.type === "set_var" && action.name === "ip_score" &&
    action.value.value === score;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
