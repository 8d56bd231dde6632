/**
 * Asks Debian's archive for packages, for a suite that need not be the host's: apt itself does it, in a folder of its
 * own, so that signatures and checksums are proven as on any Debian host and the host's own apt state stays untouched.
 *
 * The mirror is http://deb.debian.org/debian, or what `HAPPI_DEBIAN_MIRROR` says.
 *
 * @module
 */

const MIRROR = "http://deb.debian.org/debian";
const KEYRINGS = ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];

/** Debian's name of each architecture that Deno runs on, and the folder of its libraries. */
const ARCHITECTURES: Readonly<Record<string, { readonly name: string; readonly triplet: string }>> = {
  x86_64: { name: "amd64", triplet: "x86_64-linux-gnu" },
  aarch64: { name: "arm64", triplet: "aarch64-linux-gnu" },
};

/** Debian's name of this machine's architecture (`amd64`), and the folder name of its libraries. */
export function architecture(): { readonly name: string; readonly triplet: string } {
  const known = ARCHITECTURES[Deno.build.arch];
  if (Deno.build.os !== "linux" || known === undefined) {
    throw new Error(`Cannot run Debian's HAProxy: there is none for "${Deno.build.os} ${Deno.build.arch}"`);
  }
  return known;
}

/** The parts of one package's record that are of use here. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** Each entry is a choice: one of its names is enough. Library packages only. */
  readonly libraries: readonly (readonly string[])[];
}

/**
 * Downloads one package and every shared library it needs, as `.deb` files.
 *
 * What else it depends on (adduser, init scripts) is for installing it, which nobody does here.
 *
 * @param suite Debian's name of the release (`bookworm`)
 * @param name the package
 * @param folder where apt works; the `.deb` files are left in its `debs`
 * @param report takes one line of progress
 * @returns the packages, the asked one first
 */
export async function downloadWithLibraries(
  suite: string,
  name: string,
  folder: string,
  report: (line: string) => void,
): Promise<Package[]> {
  const options = await prepare(suite, folder);
  report(`reading the package list of Debian ${suite}`);
  await run("apt-get", [...options, "update"]);
  const packages = await withLibraries(name, (names) => showPackages(options, names));
  report(`downloading ${name} ${packages[0]?.version} and ${packages.length - 1} libraries from Debian ${suite}`);
  const debs = `${folder}/debs`;
  await Deno.mkdir(debs);
  await run("apt-get", [...options, "download", ...packages.map((one) => `${one.name}=${one.version}`)], debs);
  return packages;
}

/**
 * The package and the closure of its libraries, asking for a whole level of names at a time.
 *
 * @param name the package to begin with
 * @param show gives the records of those names that exist
 */
export async function withLibraries(
  name: string,
  show: (names: readonly string[]) => Promise<Package[]>,
): Promise<Package[]> {
  const found = new Map<string, Package>();
  let choices: (readonly string[])[] = [[name]];
  while (choices.length > 0) {
    const known = new Map((await show([...new Set(choices.flat())])).map((one) => [one.name, one]));
    const next: (readonly string[])[] = [];
    for (const choice of choices) {
      if (choice.some((one) => found.has(one))) continue;
      const taken = choice.map((one) => known.get(one)).find((one) => one !== undefined);
      if (taken === undefined) throw new Error(`Debian has no package "${choice.join('" or "')}"`);
      found.set(taken.name, taken);
      next.push(...taken.libraries);
    }
    choices = next.filter((choice) => !choice.some((one) => found.has(one)));
  }
  return [...found.values()];
}

/** Reads the records that `apt-cache show` prints: `Field: value` lines, a blank line between records. */
export function parsePackages(text: string): Package[] {
  return text.split(/\n\n+/).filter((record) => record.startsWith("Package:")).map((record) => {
    const field = (name: string) => record.match(new RegExp(`^${name}: (.*)$`, "m"))?.[1] ?? "";
    const depends = [field("Pre-Depends"), field("Depends")].filter((list) => list !== "").join(", ");
    const choices = depends.split(",").map((choice) =>
      choice.split("|").map((one) => one.trim().split(/[ :(]/)[0] ?? "")
    );
    return {
      name: field("Package"),
      version: field("Version"),
      libraries: choices.filter((choice) => choice.every((one) => /^(lib|zlib)/.test(one))),
    };
  });
}

async function showPackages(options: readonly string[], names: readonly string[]): Promise<Package[]> {
  return parsePackages(await run("apt-cache", [...options, "show", "--no-all-versions", ...names]));
}

/** Lays out apt's folder and gives the options that keep apt inside it. */
async function prepare(suite: string, folder: string): Promise<string[]> {
  for (const needed of ["state/lists/partial", "cache/archives/partial", "parts"]) {
    await Deno.mkdir(`${folder}/${needed}`, { recursive: true });
  }
  const keyring = await firstFile(KEYRINGS);
  const mirror = Deno.env.get("HAPPI_DEBIAN_MIRROR") ?? MIRROR;
  const signed = keyring === undefined ? "" : ` signed-by=${keyring}`;
  await Deno.writeTextFile(`${folder}/sources.list`, `deb [target=Packages${signed}] ${mirror} ${suite} main\n`);
  await Deno.writeTextFile(`${folder}/status`, "");
  const { name } = architecture();
  const settings = {
    "Dir::State": `${folder}/state`,
    "Dir::State::status": `${folder}/status`,
    "Dir::Cache": `${folder}/cache`,
    "Dir::Etc::SourceList": `${folder}/sources.list`,
    "Dir::Etc::SourceParts": `${folder}/parts`,
    "Dir::Etc::Preferences": `${folder}/no-preferences`,
    "Dir::Etc::PreferencesParts": `${folder}/parts`,
    "APT::Architecture": name,
    "APT::Architectures": name,
    "APT::Sandbox::User": "root",
    "APT::Update::Error-Mode": "any",
    "Acquire::Languages": "none",
    "Acquire::Retries": "1",
    "Acquire::http::Timeout": "20",
    // A mirror that was frozen for reproducible builds is as good for tests.
    "Acquire::Check-Valid-Until": "false",
  };
  return Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await Deno.stat(path).then((found) => found.isFile, () => false)) return path;
  }
  return undefined;
}

/** Runs one program to its end and gives its stdout; what it complained of becomes the error. */
export async function run(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const output = await command.output().catch((thrown: unknown) => {
    if (thrown instanceof Deno.errors.NotFound) throw new Error(`"${program}" is not installed`);
    throw thrown;
  });
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout);
  const lines = decoder.decode(output.stderr).trim().split("\n").filter((line) => line !== "");
  const said = lines.find((line) => /^(E|W|Err):/.test(line)) ?? lines.at(-1) ?? `exit status ${output.code}`;
  throw new Error(`"${program}" failed: ${said.replace(/^(E|W|Err):\s*/, "")}`);
}
