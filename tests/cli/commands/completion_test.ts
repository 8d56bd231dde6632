import assert from "node:assert/strict";
import { METHODS, toSnakeCase } from "../../../lib/client/mod.ts";
import { suggestFor } from "../../../lib/cli/commands/completion.ts";
import { happi } from "../fake_environment.ts";

const offered = async (...words: string[]) =>
  (await suggestFor(words)).map((one) => one.kind === "literal" ? one.text : one.kind);

const CASES: readonly (readonly [words: string[], offered: string[]])[] = [
  [[""], [
    ...["socket", "client", "server", "spoa", "agent", "process", "service", "juju", "state"],
    ...["version", "completion", "help", "--help", "--version"],
  ]],
  [["cl"], ["client"]],
  [["client", "set_server_st"], ["set_server_state"]],
  [["-p", "/s", "client", "set_server_st"], ["set_server_state"]],
  [["client", "-p", "/s", "set_server_st"], ["set_server_state"]],
  [["client", "set_server_state", "web/s1", ""], ["ready", "drain", "maint"]],
  [["client", "set_server_state", "web/s1", "d"], ["drain"]],
  [["client", "get_info", "--form"], ["--format"]],
  [["client", "get_info", "--format", ""], ["json", "ndjson", "table", "csv"]],
  [["client", "no_such_method", ""], []],
  [["socket", "-l", ""], ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]],
  [["socket", "-p", ""], ["file"]],
  [["socket", "--exp"], ["--expert", "--experimental"]],
  [["spoa", ""], ["config", "check", "ask", "record", "replay"]],
  [["spoa", "ch"], ["check"]],
  [["spoa", "config", "--policy", "ge"], ["geoip"]],
  [["spoa", "--io", ""], ["default", "epoll"]],
  [["agent", ""], ["config", "check", "ask", "list", "drain", "maint", "ready"]],
  [["agent", "--log-format", ""], ["term", "logfmt", "json", "json-pretty"]],
  [["service", ""], ["list", "get", "watch", "provide", "plan"]],
  [["service", "-c", "f", ""], []],
  [["juju", ""], ["provides", "requires"]],
  [["state", ""], ["save", "diff", "restore"]],
  [["state", "re"], ["restore"]],
  [["completion", ""], ["bash", "zsh", "fish"]],
  [["nonsense", ""], []],
];

for (const [words, expected] of CASES) {
  Deno.test(`suggestFor() completes happi ${words.join(" ")}`, async () => {
    assert.deepEqual((await offered(...words)).toSorted(), expected.toSorted());
  });
}

Deno.test("suggestFor() knows every method, with a line about it", async () => {
  const suggestions = await suggestFor(["client", ""]);
  const names = suggestions.flatMap((one) => one.kind === "literal" && one.description ? [one.text] : []);
  for (const name of Object.keys(METHODS)) assert.ok(names.includes(toSnakeCase(name)), name);
});

for (const shell of ["bash", "zsh", "fish"]) {
  Deno.test(`happi completion ${shell} prints a script that asks happi itself`, async () => {
    const { status, output } = await happi(["completion", shell]);
    assert.equal(status, 0);
    assert.match(output, new RegExp(`happi '?completion'? '?${shell}'?`));
  });
}

Deno.test("bash accepts the script, and completes with it", async () => {
  const { output: script } = await happi(["completion", "bash"]);
  // The program is a function here that answers as happi does.
  const test = `${script}
happi() { printf 'get_servers_state\\nget_servers_conn\\n'; }
COMP_WORDS=(happi client get_serv); COMP_CWORD=2; COMP_LINE="happi client get_serv"; COMP_POINT=\${#COMP_LINE}
_happi happi get_serv client
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const bash = new Deno.Command("bash", { args: ["--norc", "-c", test], stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await bash.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.equal(new TextDecoder().decode(stdout), "get_servers_state\nget_servers_conn\n");
});

Deno.test("happi completion refuses other shells by name", async () => {
  const { status, errors } = await happi(["completion", "tcsh"]);
  assert.equal(status, 2);
  assert.match(errors, /^happi: Cannot complete for shell "tcsh": name bash, zsh or fish\n/);
});
