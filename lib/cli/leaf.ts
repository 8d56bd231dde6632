/**
 * One thing that can be typed and run: `socket`, `client get_info`. Its options are an optique parser, and from that one
 * description come the reading, the help and the shell's completion.
 *
 * Which leaf is meant is found by {@linkcode file://./route.ts} beforehand, so that only its parser is built: errors name
 * its own options, and a hundred methods cost nothing.
 */
import { object } from "@optique/core/constructs";
import { formatMessage, type Message } from "@optique/core/message";
import type { DocSection } from "@optique/core/doc";
import { map } from "@optique/core/modifiers";
import { getDocPage, parse, type Parser, suggest, type Suggestion } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import type { Environment } from "./environment.ts";
import { EXIT } from "./exit_status.ts";
import { type Page, renderPage, type Section } from "./page.ts";
import { UsageError } from "./usage_error.ts";

/** What a leaf is made from. */
export interface LeafSpec<T> {
  /** What is typed before its arguments, without `happi`: `client get_info`. */
  readonly path: string;
  /** What may follow, such as `[options] BACKEND/SERVER`. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  /** More paragraphs for the help. */
  readonly paragraphs?: readonly string[];
  /** Sections for the help above the arguments and options. */
  readonly lead?: readonly Section[];
  /** Sections for the help below the options. */
  readonly sections?: readonly Section[];
  readonly parser: Parser<"sync", T, unknown>;
  /** Does it. @returns the exit status */
  run(environment: Environment, values: T): Promise<number>;
}

/** A leaf, ready to use. */
export interface Leaf {
  readonly path: string;
  readonly summary: string;
  /** Its page of help. */
  page(): Page;
  /** What the shell may offer for the last word, as far as it is typed, after the words before it. */
  suggest(before: readonly string[], last: string): readonly Suggestion[];
  /**
   * Reads the arguments and runs, or shows the help where it is asked for.
   *
   * @returns the exit status
   * @throws {UsageError} when the arguments cannot be understood
   */
  run(environment: Environment, args: readonly string[]): Promise<number>;
}

/** Makes a leaf. */
export function leaf<T>(spec: LeafSpec<T>): Leaf {
  const parser = object({
    run: map(spec.parser, (values) => (environment: Environment) => spec.run(environment, values)),
    help: object("Options", { help: option("-h", "--help", { description: [{ type: "text", text: "Show this" }] }) }),
  });
  const page = (): Page => ({
    usage: [`happi ${spec.path} ${spec.usage}`.trimEnd()],
    paragraphs: [`${spec.summary}.`, ...(spec.paragraphs ?? [])],
    sections: [...(spec.lead ?? []), ...mergeSections(getDocPage(parser)?.sections ?? []), ...(spec.sections ?? [])],
  });
  return {
    path: spec.path,
    summary: spec.summary,
    page,
    suggest(before, last) {
      const [first = last, ...others] = [...before, last];
      return suggest(parser, [first, ...others]);
    },
    async run(environment, args) {
      const result = parse(parser, args);
      if (result.success ? result.value.help.help : asksForHelp(args)) {
        await environment.stdout.write(renderPage(page(), environment.stdout));
        return EXIT.done;
      }
      if (!result.success) throw new UsageError(explain(spec.path, result.error), `happi ${spec.path} --help`);
      return await result.value.run(environment);
    },
  };
}

/** Whether the help is asked for on a line that is wrong in other ways. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).some((word) => word === "--help" || word === "-h");
}

/** Puts optique's words into the house's grammar. */
function explain(leafPath: string, error: Message): string {
  const words = formatMessage(error, { quotes: true, colors: false }).replaceAll("`", '"').replace(/\s*\n+\s*/g, " ");
  const [what = "", ...hint] = words.replace(/[.?]$/, "").split(/\. (?=Did you mean)/);
  const suggestion = hint.map((one) => `; d${one.slice(1).replace(" one of these?", "").replaceAll('" "', '" or "')}?`)
    .join("");
  return `Cannot understand "happi ${leafPath}": ${what.charAt(0).toLowerCase()}${what.slice(1)}${suggestion}`;
}

/** Sections of the same title become one; arguments come first. */
function mergeSections(sections: readonly DocSection[]): Section[] {
  const titles = [...new Set(sections.map((section) => section.title ?? "Options"))];
  const ordered = titles.sort((a, b) => rank(a) - rank(b));
  return ordered.map((title) => ({
    title,
    entries: sections.filter((section) => (section.title ?? "Options") === title).flatMap(entriesOf),
  }));
}

const ORDER: readonly string[] = ["Arguments", "Settings", "HAProxy", "Options"];

function rank(title: string): number {
  const at = ORDER.indexOf(title);
  return at < 0 ? ORDER.length - 1 : at;
}

function entriesOf(section: DocSection): (readonly [string, string])[] {
  return section.entries.map(({ term, description }) => {
    const meaning = description ? formatMessage(description, { quotes: false, colors: false }) : "";
    if (term.type === "argument") return [term.metavar, meaning] as const;
    if (term.type !== "option") return ["", meaning] as const;
    const names = term.names[0]?.startsWith("--") ? `    ${term.names.join(", ")}` : term.names.join(", ");
    return [term.metavar === undefined ? names : `${names} ${term.metavar}`, meaning] as const;
  });
}
