/** Answers of real HAProxys, byte for byte, by version: tests/captures/<version>/<command>.txt. */

/** The versions that there are captures of. */
export const VERSIONS = ["2.6", "3.0", "3.2", "3.4"] as const;

/** A version that there are captures of. */
export type CapturedVersion = typeof VERSIONS[number];

/** One captured answer as text. */
export function capture(version: CapturedVersion, file: string): string {
  const name = encodeURIComponent(`${file}.txt`);
  return Deno.readTextFileSync(new URL(`../../captures/${version}/${name}`, import.meta.url));
}

/** The same command's answers of several versions; of all when none are named. */
export function captures(file: string, versions: readonly CapturedVersion[] = VERSIONS): string[] {
  return versions.map((version) => capture(version, file));
}

/** What a client and HAProxy said to each other, from a file of `> 'command'` and `< 'answer'` lines (Python literals). */
export function exchanges(version: CapturedVersion, file: string): { command: string; answer: string }[] {
  const lines = capture(version, file).split("\n");
  return lines.flatMap((line, index) => {
    const answer = lines[index + 1];
    if (!line.startsWith("> ") || answer === undefined || !answer.startsWith("< ")) return [];
    return [{ command: readLiteral(line.slice(2)), answer: readLiteral(answer.slice(2)) }];
  });
}

/** A Python string literal; what is behind its closing quote (the length of a shortened answer) is left out. */
function readLiteral(text: string): string {
  const body = text.slice(1, text.lastIndexOf(text.charAt(0)));
  return body.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/g, (_, hex?: string, unicode?: string, letter = "") => {
    const code = hex ?? unicode;
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    return ({ n: "\n", t: "\t", r: "\r" } as Record<string, string>)[letter] ?? letter;
  });
}
