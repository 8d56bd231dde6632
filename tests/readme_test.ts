/** The README's commands and programs do what it says, on every HAProxy. */

import assert from "node:assert/strict";
import { freePort } from "../scripts/haproxy/ports.ts";
import { startBackend } from "../scripts/haproxy/backends.ts";
import { realisticConfig, realisticFiles } from "../scripts/haproxy/realistic.ts";
import { testEachHaproxy } from "./peers/haproxy.ts";

const ROOT = new URL("../", import.meta.url);
const SOCKET = "/run/haproxy/admin.sock";
const DENO_RUN = `"${Deno.execPath()}" run -A`;
const HAPPI = `${DENO_RUN} main.ts`;
const README = await Deno.readTextFile(new URL("README.md", ROOT));

/** The README's code blocks of one language. */
function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map((match) => match[1] ?? "");
}

/** The README's command lines that start with a word, without their comments. */
function commands(word: string): string[] {
  const lines = blocks("sh").flatMap((block) => block.split("\n"));
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.replace(/ +#.*$/, ""));
}

/** Runs a shell script in the repository, where `happi` and `curl` are what a user would have. */
async function shell(script: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const functions = `happi() { ${HAPPI} "$@"; }\ncurl() { ${DENO_RUN} tests/peers/curl.ts "$@"; }\n`;
  const command = new Deno.Command("sh", { args: ["-euc", functions + script], cwd: ROOT, stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("the README's blocks are found", () => {
  assert.equal(blocks("ts").length, 1);
  assert.ok(commands("happi").length >= 6);
  assert.ok(commands("curl").length >= 5);
});

testEachHaproxy(
  "the README's program runs as it stands",
  { config: realisticConfig, files: realisticFiles },
  async (haproxy) => {
    for (const program of blocks("ts")) {
      const command = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "-"],
        cwd: ROOT,
        stdin: "piped",
        stdout: "piped",
      });
      await using child = command.spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(program.replaceAll(SOCKET, haproxy.socketPath)));
      await writer.close();
      const { code, stdout } = await child.output();
      assert.equal(code, 0);
      assert.match(new TextDecoder().decode(stdout), /^s1 \w+ .*nobody is left on s1/s);
    }
  },
);

testEachHaproxy(
  "the README's shell commands work as they stand",
  { config: realisticConfig, files: realisticFiles },
  async (haproxy) => {
    const ones = commands("happi").filter((line) => !/^happi server|^happi socket -p \S+$/.test(line));
    for (const line of ones) {
      const { code, stdout, stderr } = await shell(line.replaceAll(SOCKET, haproxy.socketPath));
      assert.equal(code, 0, `${line}: ${stderr}`);
      if (/get_|show|--help/.test(line)) assert.notEqual(stdout.trim(), "", line);
    }
  },
);

Deno.test("the README leads from nothing to a drained server over HTTP", async () => {
  // The same on every version is proven by the server's own tests; here it is the words of the README that count.
  const { availableVersions } = await import("../scripts/haproxy/versions.ts");
  const { startHaproxy } = await import("../scripts/haproxy/launch.ts");
  const build = (await availableVersions()).present.at(-1);
  assert.ok(build);
  await using s1 = startBackend({ name: "s1" });
  await using haproxy = await startHaproxy(build, {
    config: (context) => realisticConfig(context, { s1: s1.port }),
    files: realisticFiles,
  });
  const port = freePort();
  const listen = `127.0.0.1:${port}`;
  const [start = ""] = commands("happi").filter((line) => line.startsWith("happi server"));
  const curls = commands("curl").map((line) => line.replaceAll("127.0.0.1:5080", listen));
  const { code, stdout, stderr } = await shell(`
    (${start.replace(/^happi/, `exec ${HAPPI}`).replaceAll(SOCKET, haproxy.socketPath)} --listen ${listen}) &
    trap 'kill $!; wait' EXIT
    until curl http://${listen}/readyz >/dev/null 2>&1; do :; done
    ${curls.map((line) => `${line}; echo`).join("\n")}
  `);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /"drained": ?true/);
  assert.match(await haproxy.ask("get weight be_web/s1"), /^50 /);
});
