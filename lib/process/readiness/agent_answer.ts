/**
 * Ready when an agent check says so: happi's own agent, or any that HAProxy could ask.
 */
import { type Address, InvalidAddress, parseAddress } from "../../net/mod.ts";
import { connect, problemOf } from "./connect.ts";
import type { Attempt } from "./until_ready.ts";

/** What HAProxy takes for the whole answer at most. */
const MOST_BYTES = 4096;

/**
 * Makes the try.
 *
 * @param target `127.0.0.1:1337/NAME`: the agent, and what `agent-send` would say; without a name nothing is sent
 * @throws {InvalidAddress} when it is not that
 */
export function agentAttempt(target: string): Attempt {
  const { address, question } = readTarget(target);
  return async (signal) => {
    let conn: Deno.Conn;
    try {
      conn = await connect(address, signal);
    } catch (thrown) {
      return problemOf(address, thrown);
    }
    const onAbort = () => closeQuietly(conn);
    signal.addEventListener("abort", onAbort);
    try {
      return judge(await ask(conn, question));
    } finally {
      signal.removeEventListener("abort", onAbort);
      closeQuietly(conn);
    }
  };
}

function readTarget(target: string): { readonly address: Address; readonly question: string } {
  if (/[\r\n\0]/.test(target)) throw new InvalidAddress(target, "it is more than one line");
  const [, where = target, name = ""] = /^(.+?:\d+)(?:\/(.*))?$/.exec(target) ?? [];
  return { address: parseAddress(where), question: name === "" ? "" : `${name}\n` };
}

/** Says the question, and reads to the end of the line or of the connection. */
async function ask(conn: Deno.Conn, question: string): Promise<string> {
  const bytes = new TextEncoder().encode(question);
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
  const room = new Uint8Array(MOST_BYTES);
  let length = 0;
  while (length < room.length && !room.subarray(0, length).includes(LINE_FEED)) {
    const count = await conn.read(room.subarray(length));
    if (count === null) break;
    length += count;
  }
  return new TextDecoder().decode(room.subarray(0, length)).split(/[\r\n]/, 1)[0] ?? "";
}

const LINE_FEED = 10;

/** The words before the `#`: one for ready, and none against it. */
function judge(answer: string): string | undefined {
  const words = (answer.split("#", 1)[0] ?? "").toLowerCase().split(/[\s,]+/);
  const isReady = words.some((word) => word === "up" || word === "ready") &&
    !words.some((word) => AGAINST.includes(word));
  return isReady ? undefined : `the agent says "${answer.slice(0, 100)}"`;
}

const AGAINST: readonly string[] = ["down", "fail", "failed", "stopped", "maint", "drain"];

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It was closed already.
  }
}
