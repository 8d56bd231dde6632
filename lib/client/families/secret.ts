/**
 * Secrets that HAProxy takes on the command's line: what goes wrong with such a command must not tell them.
 */
import { CommandRefused, withoutWord } from "../../socket/mod.ts";
import { HappiError } from "../../errors.ts";
import type { Caller } from "../method.ts";

/**
 * Sends a change with a secret in it, which neither the trace nor the error that it may end with tells.
 *
 * @param caller what sends it
 * @param command the command's line
 * @param secret the word of it that must not be seen
 * @returns HAProxy's words
 * @throws {HappiError} with `***` for the secret; of the same class where HAProxy refused
 */
export async function changeWithSecret(caller: Caller, command: string, secret: string): Promise<string> {
  try {
    return await caller.change(command, { secret });
  } catch (thrown) {
    throw hide(secret, thrown);
  }
}

function hide(secret: string, thrown: unknown): unknown {
  if (!(thrown instanceof HappiError)) return thrown;
  const clean = (text: string) => withoutWord(text, secret);
  if (thrown instanceof CommandRefused) {
    const Kind = thrown.constructor as typeof CommandRefused;
    return new Kind(clean(thrown.command), clean(thrown.answer));
  }
  // A long command is cut in messages, and a cut secret could not be recognised: the code tells enough then.
  const isCut = thrown.message.includes("...");
  return new HappiError(thrown.code, isCut ? "Cannot carry out a command that holds a secret" : clean(thrown.message));
}
