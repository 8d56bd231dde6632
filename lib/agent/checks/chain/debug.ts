/**
 * The check `debug`: says what it is told to say, to see what HAProxy makes of it. `debug|drain 50%`
 */
import type { Check, CheckContext, CheckKind, CheckOptions } from "../../check.ts";
import { InvalidCheck } from "../../errors.ts";
import { parseReply } from "../../reply.ts";
import { optionHelp, readOptions, required, text } from "../options.ts";

const OPTIONS = { reply: required(text(), "the words to say: `up`, `down#why`, `drain 50%`") };

/** The kind `debug`. */
export const DEBUG: CheckKind = {
  name: "debug",
  summary: "says what it is told to say",
  isOnWire: true,
  wireFields: ["reply"],
  options: optionHelp(OPTIONS),
  make(given: CheckOptions, context: CheckContext): Check {
    const said = readOptions("debug", given, OPTIONS, context.origin).reply;
    // `down#why` is how the first releases wrote it; to HAProxy the text begins with a word of its own.
    const { reply, unknown, warnings } = parseReply(`${said.replace("#", " #")}\n`);
    const wrong = unknown.length > 0 ? `HAProxy has no word "${unknown[0]}"` : warnings[0];
    if (wrong !== undefined) throw new InvalidCheck("debug", wrong);
    return {
      kind: "debug",
      target: said,
      run: () => Promise.resolve({ reply, reason: reply.text ?? "", facts: { response: said } }),
    };
  },
};
