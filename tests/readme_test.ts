/** The README's commands and programs do what it says, on every HAProxy. */

import assert from "node:assert/strict";
import { CHECK_KINDS } from "../lib/agent/mod.ts";
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
    const ones = commands("happi").filter((line) =>
      !/^happi (?:server|spoa|agent|process|service|juju)|^happi socket -p \S+$/.test(line)
    );
    for (const line of ones) {
      const { code, stdout, stderr } = await shell(
        line.replaceAll(SOCKET, haproxy.socketPath).replace("/tmp/haproxy.json", haproxy.file("saved.json")),
      );
      assert.equal(code, 0, `${line}: ${stderr}`);
      if (/get_|show|--help/.test(line)) assert.notEqual(stdout.trim(), "", line);
    }
  },
);

Deno.test("the README's SPOE agent answers as it says, with its list and with its configuration", async () => {
  const folder = await Deno.makeTempDir({ prefix: "happi-readme-" });
  const toml = blocks("toml").find((block) => block.includes("[spoa]")) ?? "";
  const port = freePort();
  const own = (line: string) =>
    line.replace("/etc/haproxy/bad.netset", `${folder}/bad.netset`).replace("/etc/happi.toml", `${folder}/happi.toml`)
      .replace("spoe.conf", `${folder}/spoe.conf`);
  const lines = commands("happi").filter((line) => line.startsWith("happi spoa"));
  const [withList = "", ...others] = lines;
  const withFile = others.find((line) => /^happi spoa -c/.test(line)) ?? "";
  const [config = "", check = "", ask = ""] = others.map(own);
  try {
    await Deno.writeTextFile(`${folder}/bad.netset`, "192.0.2.0/24\n");
    await Deno.writeTextFile(
      `${folder}/edge.ts`,
      'export default (_, actions) => actions.set("request", "edge", true);\n',
    );
    // The list at a URL is one that may be missing.
    const here = toml.replace("127.0.0.1:3000", `127.0.0.1:${port}`).replace(
      "/run/happi/spoa.sock",
      `${folder}/spoa.sock`,
    )
      .replace("127.0.0.1:5081", `127.0.0.1:${freePort()}`).replace("https://lists.example.com", "http://127.0.0.1:1");
    await Deno.writeTextFile(`${folder}/happi.toml`, here);
    for (const start of [`${own(withList)} --listen 127.0.0.1:${port}`, own(withFile)]) {
      const { code, stdout, stderr } = await shell(`
        ${config} --part spoe >${folder}/spoe.conf
        ${check}
        happi spoa config -c ${folder}/happi.toml >/dev/null
        (${start.replace(/^happi/, `exec ${HAPPI}`)}) &
        trap 'kill $!; wait' EXIT
        until happi spoa ask --check -p 127.0.0.1:${port} >/dev/null 2>&1; do :; done
        ${ask} -p 127.0.0.1:${port}
      `);
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout)[0].value, 0);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the README's check agent answers as it says", async () => {
  const folder = await Deno.makeTempDir({ prefix: "happi-readme-" });
  const toml = blocks("toml").find((block) => block.includes("[agent]")) ?? "";
  const [agentPort, httpPort] = [freePort(), freePort()];
  const own = (line: string) => line.replace("/etc/happi.toml", `${folder}/happi.toml`);
  const lines = commands("happi").filter((line) => line.startsWith("happi agent")).map(own);
  const start = lines.find((line) => /^happi agent -c/.test(line)) ?? "";
  const others = lines.filter((line) => !/^happi agent(?:$| -c)/.test(line));
  try {
    await Deno.writeTextFile(
      `${folder}/happi.toml`,
      toml.replace(/listen = .*/, `listen = "127.0.0.1:${agentPort}"\nhttp = "127.0.0.1:${httpPort}"`),
    );
    const { code, stdout, stderr } = await shell(`
      (${start.replace(/^happi/, `exec ${HAPPI}`)} --state-dir ${folder}/state) &
      trap 'kill $!; wait' EXIT
      export HAPPI_API=http://127.0.0.1:${httpPort}
      until happi agent list >/dev/null 2>&1; do :; done
      ${others.map((line) => line.replace("agent ask", `agent ask --agent 127.0.0.1:${agentPort}`)).join("\n")}
    `);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^50% up\n/);
    assert.match(stdout, /web: drain until /);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the README lists every kind of check, and how a request names it", () => {
  const rows = new Map([...README.matchAll(/^\| `(\w+)` +\| (.*?) +\| .* \|$/gm)].map(([, kind, how]) => [kind, how]));
  for (const { name, isOnWire } of CHECK_KINDS) {
    const how = rows.get(name)?.replaceAll("\\|", "|") ?? "";
    if (isOnWire) assert.ok(how.startsWith(`\`${name}`), `${name}: ${how}`);
    else assert.equal(how, "in the file only", name);
  }
});

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
    (${start.replace(/^happi/, `exec ${HAPPI}`).replaceAll(SOCKET, haproxy.socketPath)} --listen ${listen} --no-state) &
    trap 'kill $!; wait' EXIT
    until curl http://${listen}/readyz >/dev/null 2>&1; do :; done
    ${curls.map((line) => `${line}; echo`).join("\n")}
  `);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /"drained": ?true/);
  assert.match(await haproxy.ask("get weight be_web/s1"), /^50 /);
});

Deno.test("the README's process keeper and Procfile do as it says", async () => {
  const folder = await Deno.makeTempDir({ prefix: "happi-readme-" });
  const toml = blocks("toml").find((block) => block.includes("[process]")) ?? "";
  const [port, appPort] = [freePort(), freePort()];
  const own = (line: string) =>
    line.replace("/etc/happi.toml", `${folder}/happi.toml`).replace("-f Procfile", `-f ${folder}/Procfile`);
  const lines = commands("happi").filter((line) => line.startsWith("happi process")).map(own);
  const start = lines.find((line) => /^happi process -c/.test(line)) ?? "";
  // What goes on until Ctrl-C has its own tests; "run app" would be a second server on its port.
  const others = lines.filter((line) => line !== start && !/ (?:logs -f|start -f|run app$)/.test(line))
    .map((line) => line.replace("scale echo +1", "scale echo =1"))
    .map((line) => line.replace("happi process attach", "echo hello | happi process attach"));
  try {
    await Deno.writeTextFile(`${folder}/Procfile`, "web: sleep 60\nworker: sleep 60\n");
    await Deno.writeTextFile(
      `${folder}/happi.toml`,
      toml.replace("/var/lib/happi", `${folder}/state`).replaceAll("8081", String(appPort)),
    );
    const { code, stdout, stderr } = await shell(`
      (${start.replace(/^happi/, `exec ${HAPPI}`)} --process-open --process-listen 127.0.0.1:${port} --http off) &
      trap 'kill $!; wait' EXIT
      export HAPPI_API=http://127.0.0.1:${port}
      until happi process list app 2>/dev/null | grep -q ready; do :; done
      ${others.join("\n")}
    `);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^hello$/m);
    assert.match(stdout, /'shop' has been loaded in /);
    assert.match(stdout, /^ExecStart=sleep 60$/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
