import assert from "node:assert/strict";
import {
  configOnly,
  flag,
  integer,
  list,
  optional,
  optionHelp,
  readOptions,
  required,
  text,
} from "../../../lib/agent/checks/options.ts";
import { InvalidCheck } from "../../../lib/agent/errors.ts";

const TABLE = {
  url: required(text(10), "where"),
  status: optional(integer(100, 599), "which status", 200),
  words: optional(list(text(5)), "some words"),
  insecure: optional(flag, "whether", false),
  file: configOnly(optional(text(), "a file")),
};

function refuses(given: Record<string, unknown>, why: string, origin: "wire" | "config" = "config"): void {
  assert.throws(() => readOptions("web", given, TABLE, origin), (error) => {
    assert.ok(error instanceof InvalidCheck);
    assert.equal(error.message, `Cannot make check "web": ${why}`);
    return true;
  });
}

Deno.test("readOptions() reads values, and fills in what is not given", () => {
  const values = readOptions("web", { url: "a", words: ["b"], file: "c", insecure: undefined }, TABLE, "config");
  assert.deepEqual(values, { url: "a", status: 200, words: ["b"], insecure: false, file: "c" });
});

Deno.test("readOptions() reads text as the wire has it, and takes an empty field for none", () => {
  const values = readOptions("web", { url: "a", status: "", words: "b,c", insecure: "yes", file: "" }, TABLE, "wire");
  assert.deepEqual(values, { url: "a", status: 200, words: ["b", "c"], insecure: true, file: undefined });
});

Deno.test("readOptions() names what is missing, unknown, wrong, or not for the wire", () => {
  refuses({}, 'option "url" is missing and must be a text of 1 to 10 characters on one line');
  refuses({ url: "" }, 'option "url" is "" and must be a text of 1 to 10 characters on one line');
  refuses({ url: "" }, 'option "url" is missing and must be a text of 1 to 10 characters on one line', "wire");
  refuses({ url: "a", status: 600 }, 'option "status" is "600" and must be an integer from 100 to 599');
  refuses({ url: "a", status: [] }, 'option "status" is "a list" and must be an integer from 100 to 599');
  refuses({ url: { a: 1 } }, 'option "url" is "a table" and must be a text of 1 to 10 characters on one line');
  refuses({ url: "a\r\nb" }, 'option "url" is "a??b" and must be a text of 1 to 10 characters on one line');
  refuses({ url: "a", file: "/etc/passwd" }, 'option "file" may only be given by the configuration', "wire");
  const all = '"url", "status", "words", "insecure", "file"';
  refuses({ url: "a", statsu: 1 }, `there is no option "statsu", only ${all}; the nearest is "status"`);
  refuses({ url: "a", colour: 1 }, `there is no option "colour", only ${all}`);
  for (const name of ["constructor", "toString", "__proto__"]) {
    refuses(JSON.parse(`{"url":"a","${name}":1}`), `there is no option "${name}", only ${all}`);
  }
});

Deno.test("optionHelp() gives each option its line", () => {
  assert.deepEqual(optionHelp({ url: TABLE.url, file: TABLE.file }), { url: "where", file: "a file" });
});
