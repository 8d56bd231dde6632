/**
 * The command behind `deno task test`: format, lint, types, then every test and every example, against every HAProxy
 * that this machine can have. All checks run even when an early one fails; the exit status is 0 only when all is well.
 *
 * Arguments go to `deno test` (`deno task test --filter drain`); paths among them replace the usual ones.
 *
 * The very last line is `N passed, N failed, N skipped`. A failed check counts as one failure, and so does a test that
 * is ignored without a reason below.
 *
 * @module
 */

import { type AvailableVersions, availableVersions } from "./haproxy/versions.ts";

/** Tests that may be ignored, and why: by their name, or by the peer that their name ends with. */
const MAY_BE_IGNORED: Readonly<Record<string, string>> = {
  "[Chromium]": "no browser is here",
  "[Consul]": "it is not built here: deno run -A scripts/peers/consul.ts",
  "[dnsmasq]": "it cannot be had here",
  "[etcd]": "it cannot be had here",
  "[PostgreSQL]": "it cannot be had here",
  "[Redis]": "it cannot be had here",
};

/** The checks before the tests; paths that do not exist (yet) are left out. */
const CHECKS: readonly { readonly args: readonly string[]; readonly paths: readonly string[] }[] = [
  { args: ["fmt", "--check"], paths: [] },
  { args: ["lint"], paths: [] },
  { args: ["check"], paths: ["main.ts", "mod.ts", "lib", "tests", "scripts"] },
];

const TESTED = ["lib", "tests"];

const XML_ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

if (import.meta.main) {
  Deno.chdir(new URL("..", import.meta.url));
  Deno.exitCode = await runAll(Deno.args);
}

async function runAll(args: readonly string[]): Promise<number> {
  const failedChecks: string[] = [];
  for (const check of CHECKS) {
    if (!await deno([...check.args, ...existing(check.paths)])) failedChecks.push(`deno ${check.args.join(" ")}`);
  }
  const versions = await availableVersions();
  const given = existing(args.filter((arg) => !arg.startsWith("-")));
  const paths = given.length > 0 ? [] : existing(TESTED);
  const report = await Deno.makeTempFile({ prefix: "happi-", suffix: ".xml" });
  const passed = await deno(["test", "-A", "--doc", `--junit-path=${report}`, ...args, ...paths]);
  const cases = readJunit(await Deno.readTextFile(report));
  await Deno.remove(report);
  if (!passed && !cases.some((one) => one.outcome === "failed")) failedChecks.push("deno test");
  const summary = summarize({ cases, versions, failedChecks, mayBeIgnored: MAY_BE_IGNORED });
  Deno.stdout.writeSync(new TextEncoder().encode("\n" + summary.lines.join("\n") + "\n"));
  return summary.failed === 0 ? 0 : 1;
}

/** Runs this very Deno, which need not be on the PATH, with its output where ours goes. */
async function deno(args: readonly string[]): Promise<boolean> {
  Deno.stderr.writeSync(new TextEncoder().encode(`\n$ deno ${args.join(" ")}\n`));
  const command = new Deno.Command(Deno.execPath(), { args: [...args], stdin: "null" });
  const status = await command.spawn().status;
  return status.success;
}

function existing(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      return Deno.statSync(path) !== undefined;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.NotFound) return false;
      throw thrown;
    }
  });
}

/** What became of one test, or of one step of a test. */
export interface TestCase {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "ignored";
  readonly isStep: boolean;
}

/** Everything that the closing summary tells of. */
export interface Results {
  readonly cases: readonly TestCase[];
  readonly versions: AvailableVersions;
  /** The commands that failed, other than by a failed test. */
  readonly failedChecks: readonly string[];
  readonly mayBeIgnored: Readonly<Record<string, string>>;
}

/** The closing summary, and how many failures it counts. */
export function summarize(results: Results): { readonly lines: readonly string[]; readonly failed: number } {
  const { cases, versions, mayBeIgnored } = results;
  const ignored = cases.filter((one) => one.outcome === "ignored").map((one) => one.name);
  const reasonFor = (name: string) => mayBeIgnored[name] ?? mayBeIgnored[/\[[^\]]+\]$/.exec(name)?.[0] ?? ""];
  const skipped = ignored.filter((name) => reasonFor(name) !== undefined);
  const problems = [
    ...results.failedChecks.map((command) => `failed: ${command}`),
    ...ignored.filter((name) => !skipped.includes(name)).map((name) => `ignored without a reason: "${name}"`),
    ...(versions.present.length === 0 ? ["failed: no HAProxy to test with"] : []),
  ];
  const tests = cases.filter((one) => !one.isStep);
  const count = (outcome: TestCase["outcome"]) => tests.filter((one) => one.outcome === outcome).length;
  const failed = problems.length + count("failed");
  const lines = [
    ...versions.present.map((build) => {
      const ending = ` [HAProxy ${build.version}]`;
      const ran = tests.filter((one) => one.outcome !== "ignored" && one.name.endsWith(ending)).length;
      return `HAProxy ${build.release}: ${ran} ${ran === 1 ? "test" : "tests"}`;
    }),
    ...versions.missing.map((one) => `HAProxy ${one.version}: skipped, ${one.reason}`),
    ...skipped.map((name) => `skipped: "${name}", ${reasonFor(name)}`),
    ...problems,
    ...tests.filter((one) => one.outcome === "failed").map((one) => `failed: "${one.name}"`),
    `${count("passed")} passed, ${failed} failed, ${skipped.length} skipped`,
  ];
  return { lines, failed };
}

/**
 * Reads the report of `deno test --junit-path`. A test that was filtered out is in it as skipped, but without a time;
 * those are left out here. The steps of a test follow it with its name, ` > ` and their own.
 */
export function readJunit(xml: string): TestCase[] {
  const cases: TestCase[] = [];
  let test: string | undefined;
  for (const found of xml.matchAll(/<testcase name="([^"]*)"([^>]*)>([^]*?)<\/testcase>/g)) {
    const [, escaped = "", attributes = "", body = ""] = found;
    const name = unescapeXml(escaped);
    const isIgnored = body.trimStart().startsWith("<skipped");
    if (isIgnored && !attributes.includes(" time=")) continue;
    const isStep = test !== undefined && name.startsWith(`${test} > `);
    if (!isStep) test = name;
    const isFailed = body.trimStart().startsWith("<failure");
    cases.push({ name, outcome: isIgnored ? "ignored" : isFailed ? "failed" : "passed", isStep });
  }
  return cases;
}

function unescapeXml(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => XML_ENTITIES[name] ?? whole);
}
