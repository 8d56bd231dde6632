/**
 * Says how many bytes each message behind a promise leaves to the collector's slow rounds: a program of its own, since it
 * wants `--v8-flags=--expose-gc`.
 */

import { Dispatcher } from "../../lib/spop/dispatcher.ts";
import { limitsOf } from "../../lib/spop/options.ts";
import { Route } from "../../lib/spop/route.ts";
import { Session } from "../../lib/spop/session.ts";
import { hello, notify } from "./wire.ts";

const [IN_FLIGHT, ROUNDS, FRAMES_A_ROUND] = [5, 20, 500] as const;

/** There is one with `--expose-gc`. */
declare const gc: (options?: { readonly type: "minor" }) => void;

const answers: (() => void)[] = [];
const dispatcher = new Dispatcher({});
dispatcher.add(new Route("ask", () => new Promise<void>((resolve) => answers.push(resolve)), 60_000));
const session = new Session(dispatcher, limitsOf({}), { flush() {}, resume() {}, hold() {} });
const greeting = hello();
session.receive(greeting, greeting.length);
const bytes = notify(1, { name: "ask", args: { ip: "192.0.2.1" } });
for (let index = 0; index < IN_FLIGHT; index++) session.receive(bytes, bytes.length);

await serve(2_000);
// Twice: what is there survives and is old.
gc();
gc();
const before = Deno.memoryUsage().heapUsed;
for (let round = 0; round < ROUNDS; round++) {
  await serve(FRAMES_A_ROUND);
  gc({ type: "minor" });
}
const left = (Deno.memoryUsage().heapUsed - before) / (ROUNDS * FRAMES_A_ROUND);
Deno.stdout.writeSync(new TextEncoder().encode(`${left}\n`));
session.close();

/** Some come, and as many are answered: there are always some under way. */
async function serve(frames: number): Promise<void> {
  for (let index = 0; index < frames; index++) {
    session.receive(bytes, bytes.length);
    answers.shift()?.();
    await Promise.resolve();
    session.out.at = 0;
  }
}
