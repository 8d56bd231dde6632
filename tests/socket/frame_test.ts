import assert from "node:assert/strict";
import fc from "fast-check";
import { frameCommand, type Speech } from "../../lib/socket/frame.ts";
import { InvalidCommand } from "../../lib/socket/mod.ts";
import {
  takeBetweenPrompts,
  takeFromMaster,
  takeFromWorker,
  type Taken,
  takeThroughMaster,
} from "../../lib/socket/take.ts";

const PAYLOAD = { mark: "<<", lines: "k v\n\n" };
const worker = { target: "worker", bidirectional: false } as const;
const both = { target: "worker", bidirectional: true } as const;
const master = { target: "master", bidirectional: false } as const;

/** Speech, and what goes over the wire. */
const SENT: readonly (readonly [speech: Speech, sent: string])[] = [
  [{ command: "show info" }, "set severity-output number;show info;show cli level\n"],
  [
    { command: "set var x", modes: ["experimental", "expert"] },
    "set severity-output number;experimental-mode on;expert-mode on;set var x;show cli level\n",
  ],
  [{ command: "add map m", payload: PAYLOAD }, "set severity-output number;add map m <<\nk v\n\n"],
  [{ command: "show proc", master }, "show proc;show cli level;quit\n"],
  [{ command: "show info", master: worker }, "set severity-output number;@1 show info;@1 show cli level;quit\n"],
  [{ command: "a; b", master: worker }, "set severity-output number;@1 a;@1 b;@1 show cli level;quit\n"],
  [
    { command: "set var x", modes: ["expert"], master: { target: { pid: 7 }, bidirectional: false } },
    "set severity-output number;expert-mode on;@!7 set var x;@!7 show cli level;quit\n",
  ],
  [
    { command: "add map m", payload: PAYLOAD, master: worker },
    "set severity-output number;@1 add map m <<\nk v\n\n@1 show cli level;quit\n",
  ],
  [{ command: "a;wait 1", master: both }, "prompt\n@@1 set severity-output number;a;wait 1\n"],
  [
    { command: "wait 1", modes: ["expert"], master: { target: { pid: 7 }, bidirectional: true } },
    "prompt\n@@!7 set severity-output number;expert-mode on;wait 1\n",
  ],
];

for (const [speech, sent] of SENT) {
  Deno.test(`frameCommand() writes ${JSON.stringify(sent)}`, () => {
    const frame = frameCommand(speech);
    assert.equal(`${frame.line}\n${frame.rest}`, sent);
  });
}

const MASTERS_LIST = "Unknown command, but maybe one of these:\n  @!<pid>   : send a command\n  quit : quit\n\n";
const MASTERS_HELP = "The following commands are valid at this level:\n  @!<pid>   : send a command\n\n";
const TOO_BIG = "The command line is too big for the buffer size. Please change tune.bufsize.\n";
const NO_TARGET = "Can't find the target PID matching the prefix '@!9'\n";

/** The answer to a command in each frame; `{}` is where it stands in all that comes. */
const FRAMES: Readonly<Record<string, { take: (text: string) => Taken; around: string }>> = {
  "a worker": { take: (text) => takeFromWorker(text, 0, true), around: "\n{}[6]: admin\n\n" },
  "a worker with unmarked errors": { take: (text) => takeFromWorker(text, 0, true), around: "\n{}user\n\n" },
  "a worker in two modes": { take: (text) => takeFromWorker(text, 2, true), around: "\n\n\n{}[6]: operator\n\n" },
  "a worker that refused the mode": {
    take: (text) => takeFromWorker(text, 1, true),
    around: "\n[3]: Permission denied\n\n{}[6]: user\n\n",
  },
  "a master": { take: takeThroughMaster, around: "{}[6]: admin\n\n" },
  "a master before 3.0": { take: takeThroughMaster, around: `${MASTERS_LIST}{}admin\n\n` },
  "a master both ways": { take: (text) => takeBetweenPrompts(text, 0), around: "master> \n{}master> " },
  "a master both ways in a mode": {
    take: (text) => takeBetweenPrompts(text, 1),
    around: "master(x)> \n\n{}master(x)> ",
  },
};

const ANSWERS = [
  "\n",
  "3.2.26-1\n\n",
  "[6]: Done.\n\n",
  "No such backend.\n",
  "a\n\nb\n\n\n",
  "admin\n\n",
  "[6]: user\n\n",
];

for (const [name, { take, around }] of Object.entries(FRAMES)) {
  Deno.test(`the answer of ${name} is taken as it is`, () => {
    for (const text of ANSWERS) {
      assert.deepEqual(take(around.replace("{}", text)), { kind: "answer", text });
    }
  });

  Deno.test(`the answer of ${name} is cut when the end is missing, wherever it was cut`, () => {
    const whole = around.replace("{}", "# a,b,c\n1,2,3\n\n1,2,3\n\n");
    for (let length = 0; length < whole.length; length++) {
      assert.equal(take(whole.slice(0, length)).kind, "cut", JSON.stringify(whole.slice(0, length)));
    }
  });
}

Deno.test("the refusal of a mode is the answer when the command is refused as well", () => {
  const expected = { kind: "answer", text: "[3]: Permission denied\n\n" };
  const refused = "[3]: This command is restricted to expert mode only.\n\n";
  assert.deepEqual(takeFromWorker(`\n[3]: Permission denied\n\n${refused}[6]: user\n\n`, 1, true), expected);
  const unknown = "[6]: Unknown command: 'x', but maybe\n  y : z\n\n";
  assert.deepEqual(takeFromWorker(`\n[3]: Permission denied\n\n${unknown}[6]: user\n\n`, 1, true), expected);
});

Deno.test("words that come instead of the answer are taken for one", () => {
  for (const text of [TOO_BIG, `\n[3]: ${TOO_BIG}`]) {
    assert.deepEqual(takeFromWorker(text, 0, true), { kind: "answer", text: text.trimStart() });
  }
  for (const text of [TOO_BIG, `${TOO_BIG}admin\n\n`, `${MASTERS_LIST}${TOO_BIG}`, `${TOO_BIG}[6]: admin\n\n`]) {
    assert.deepEqual(takeThroughMaster(text), { kind: "answer", text: TOO_BIG });
  }
  for (const text of [NO_TARGET, `${MASTERS_LIST}${NO_TARGET}`]) {
    assert.deepEqual(takeThroughMaster(text), { kind: "answer", text: NO_TARGET });
  }
  assert.deepEqual(takeBetweenPrompts(`master> ${NO_TARGET}`, 0), { kind: "answer", text: NO_TARGET });
});

Deno.test("what the master says in the worker's place is no answer", () => {
  for (
    const text of [
      `${MASTERS_HELP}admin\n\n`,
      `${MASTERS_LIST}[6]: admin\n\n`,
      `${MASTERS_LIST}${MASTERS_HELP}admin\n\n`,
      `${MASTERS_LIST}${MASTERS_LIST}admin\n\n`,
      MASTERS_HELP,
    ]
  ) {
    assert.equal(takeThroughMaster(text).kind, "cut");
  }
});

Deno.test("the master's own answer needs no proof after a reload, and may be empty before one", () => {
  assert.deepEqual(takeFromMaster("Success=1\n--\nok\n\n"), { kind: "answer", text: "Success=1\n--\nok\n\n" });
  assert.deepEqual(takeFromMaster("#<PID>\n1\n\nadmin\n\n"), { kind: "answer", text: "#<PID>\n1\n\n" });
  assert.deepEqual(takeFromMaster("admin\n\n"), { kind: "answer", text: "" });
  assert.equal(takeFromMaster("").kind, "cut");
  assert.equal(takeFromMaster("Success=1\n--").kind, "cut");
});

Deno.test("frameCommand() refuses what a master would cut to pieces", () => {
  const long = { command: `get map #0 ${"x".repeat(15_000)}` };
  const large = { command: "add map #0", payload: { mark: "<<", lines: `${"é v\n".repeat(3000)}\n` } };
  for (const access of [worker, both, master]) {
    for (const speech of [long, large]) {
      assert.throws(() => frameCommand({ ...speech, master: access }), InvalidCommand);
    }
  }
  for (const speech of [long, large]) frameCommand(speech);
});

Deno.test("what is not HAProxy's CLI is foreign", () => {
  for (const text of ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "> ", "220 hello\n"]) {
    assert.equal(takeFromWorker(text, 0, true).kind, "foreign");
  }
});

Deno.test("taking an answer never throws, and never gives text that did not come", () => {
  const piece = fc.constantFrom(
    "\n",
    "a",
    "[3]: ",
    "[6]: admin\n\n",
    "admin\n\n",
    "master> ",
    MASTERS_LIST,
    TOO_BIG,
    NO_TARGET,
  );
  fc.assert(
    fc.property(fc.array(piece), fc.nat(2), (pieces, modes) => {
      const text = pieces.join("");
      for (
        const taken of [takeFromWorker(text, modes, true), takeThroughMaster(text), takeBetweenPrompts(text, modes)]
      ) {
        if (taken.kind === "answer") assert.ok(text.includes(taken.text.trim()));
      }
    }),
    { numRuns: 1000 },
  );
});
