/**
 * `happi spoa record FILE` and `happi spoa replay FILE`: frames kept, and sent again.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { HappiError, reason } from "../../errors.ts";
import { formatAddress, parseAddress } from "../../net/mod.ts";
import { readRecording, recordFrames, recordingHead, recordingLine, replayFrames } from "../../spop/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { readText } from "../input.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import { UsageError } from "../usage_error.ts";
import { path, readDuration, word } from "../values.ts";
import { agent } from "./flags.ts";
import { DEFAULT_LISTEN } from "./settings.ts";

interface RecordValues {
  readonly args: { readonly file: string };
  readonly own: { readonly listen?: string | undefined; readonly agent?: string | undefined };
}

/** The leaf of `happi spoa record`. */
export const recordLeaf = leaf<RecordValues>({
  path: "spoa record",
  usage: "FILE --listen ADDRESS [-p ADDRESS]",
  summary: "Keep the frames between HAProxy and an agent as a file, until Ctrl-C",
  paragraphs: [
    "It stands between the two: point HAProxy's server line at --listen, and -p at the agent. The file has a line of JSON a " +
    'frame: {"ms":12.3,"connection":1,"from":"haproxy","frame":"0000…"}, in hexadecimal as on the wire, and ' +
    '{"happi":"spop-frames","version":1,…} at its head. It holds whatever HAProxy sends, also what is secret.',
  ],
  parser: object({
    args: object("Arguments", {
      file: argument(path("FILE"), {
        description: message`The file; it must not exist, and only its owner can read it`,
      }),
    }),
    own: object("Options", {
      listen: optional(option("--listen", word("ADDRESS"), { description: message`Where HAProxy connects to` })),
      agent,
    }),
  }),
  run: record,
});

async function record({ stderr, signal }: Environment, { args, own }: RecordValues): Promise<number> {
  if (own.listen === undefined) {
    throw new UsageError("Cannot record: say where HAProxy connects to with --listen", "happi spoa record --help");
  }
  using file = await createFile(args.file);
  const encoder = new TextEncoder();
  let last = writeAll(file, encoder.encode(recordingHead(new Date())));
  let frames = 0;
  const recorder = await recordFrames({
    listen: parseAddress(own.listen),
    agent: parseAddress(own.agent ?? DEFAULT_LISTEN),
    onFrame(frame) {
      if (frame.frame !== undefined) frames++;
      const line = encoder.encode(recordingLine(frame));
      last = last.then(() => writeAll(file, line));
    },
    onFault: (cause) => void stderr.write(`happi: Cannot reach the agent: ${reason(cause)}\n`),
  });
  await stderr.write(`happi: recording on ${formatAddress(recorder.address)}; Ctrl-C stops\n`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await recorder[Symbol.asyncDispose]();
  await last;
  await stderr.write(`happi: ${frames} frames are in "${args.file}"\n`);
  return EXIT.done;
}

async function createFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  } catch (thrown) {
    throw new HappiError("unreadable_file", `Cannot create "${path}": ${reason(thrown)}`, { cause: thrown });
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

interface ReplayValues {
  readonly args: { readonly file: string };
  readonly own: {
    readonly agent?: string | undefined;
    readonly speed?: string | undefined;
    readonly timeout?: string | undefined;
  };
}

/** The leaf of `happi spoa replay`. */
export const replayLeaf = leaf<ReplayValues>({
  path: "spoa replay",
  usage: "FILE [-p ADDRESS] [--speed N]",
  summary: "Send recorded frames to an agent, and compare its answers with the recorded ones",
  paragraphs: ["Prints a report as JSON. Ends with status 1 when an answer is another one, or has not come."],
  parser: object({
    args: object("Arguments", { file: argument(path("FILE"), { description: message`A file of happi spoa record` }) }),
    own: object("Options", {
      agent,
      speed: optional(option("--speed", word("N"), {
        description: message`Times the recorded pace, or "max" for as fast as it goes (1)`,
      })),
      timeout: optional(option("--timeout", word("TIME"), {
        description: message`How long to wait for the last answers, such as 500ms (5s)`,
      })),
    }),
  }),
  run: replay,
});

async function replay({ stdin, stdout, signal }: Environment, { args, own }: ReplayValues): Promise<number> {
  const speed = own.speed === "max" ? Infinity : Number(own.speed ?? 1);
  if (!(speed > 0)) throw new UsageError(`Cannot use "${own.speed}" as --speed: write a number such as 2, or max`);
  const frames = readRecording(await readText(stdin, args.file));
  const report = await replayFrames(frames, {
    agent: parseAddress(own.agent ?? DEFAULT_LISTEN),
    speed,
    signal,
    ...(own.timeout === undefined ? {} : { timeoutMs: readDuration("--timeout", own.timeout) }),
  });
  await stdout.write(toJson(report, stdout.isTerminal));
  return report.differences.length === 0 ? EXIT.done : EXIT.refused;
}
