/** Frames that real HAProxys and an agent exchanged: tests/captures/<version>/spop-*.hex. */

/** One frame, and which way it went. */
export interface CapturedFrame {
  readonly from: "haproxy" | "agent";
  /** The name of its type, as the recorder wrote it. */
  readonly type: string;
  /** With its length. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The frames of a recording, in order; what ended a connection (errors, EOF) is left out. */
export function capturedFrames(version: string, file: string): CapturedFrame[] {
  const text = Deno.readTextFileSync(new URL(`../captures/${version}/${file}.hex`, import.meta.url));
  const lines = text.split("\n");
  return lines.flatMap((line, index): CapturedFrame[] => {
    const head = /(H->A|A->H) len=\d+ (\S+)/.exec(line);
    if (head === null) return [];
    const bytes = Uint8Array.fromHex(lines[index + 1]?.trim() ?? "");
    return [{ from: head[1] === "H->A" ? "haproxy" : "agent", type: head[2] ?? "", bytes }];
  });
}
