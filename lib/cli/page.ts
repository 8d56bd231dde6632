/**
 * A page of help as data, and its text for a terminal of any width.
 */
import { paint } from "./paint.ts";

/** One page of help. */
export interface Page {
  /** What is typed, one line a form, without `Usage:`. */
  readonly usage: readonly string[];
  /** Paragraphs below the usage. */
  readonly paragraphs: readonly string[];
  readonly sections: readonly Section[];
}

/** A titled list, or titled lines that are shown as they are. */
export interface Section {
  readonly title: string;
  /** Terms and what they mean. */
  readonly entries?: readonly (readonly [term: string, meaning: string])[];
  /** Lines to show as they are, such as examples. */
  readonly lines?: readonly string[];
}

/** How a page is shown. */
export interface PageOptions {
  readonly columns: number;
  readonly hasColours: boolean;
}

/**
 * Renders a page; the meanings of one page's entries stand in one column.
 *
 * @returns the text, with a line feed at its end
 */
export function renderPage(page: Page, options: PageOptions): string {
  const columns = Math.max(40, Math.min(options.columns, 120));
  const width = termWidth(page.sections, columns);
  const bold = (text: string) => paint("bold", text, options.hasColours);
  const blocks = [
    page.usage.map((line, index) => `${index === 0 ? bold("Usage:") : "      "} ${line}`).join("\n"),
    ...page.paragraphs.map((paragraph) => wrap(paragraph, columns).join("\n")),
    ...page.sections.map((section) =>
      [
        bold(`${section.title}:`),
        ...(section.entries ?? []).flatMap(([term, meaning]) => entryLines(term, meaning, width, columns)),
        ...(section.lines ?? []).map((line) => `  ${line}`),
      ].join("\n")
    ),
  ];
  return blocks.filter((block) => block !== "").join("\n\n") + "\n";
}

/**
 * Breaks a paragraph into lines at blanks.
 *
 * @param width the longest line; a longer word stays whole
 */
export function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const one of paragraph.split(/\s+/).filter((part) => part !== "")) {
    if (line !== "" && line.length + 1 + one.length > width) {
      lines.push(line);
      line = one;
    } else {
      line = line === "" ? one : `${line} ${one}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** The widest term that leaves room for its meaning. */
function termWidth(sections: readonly Section[], columns: number): number {
  const terms = sections.flatMap((section) => section.entries ?? []).map(([term]) => term.length);
  return Math.max(0, ...terms.filter((length) => length <= columns / 2 - 4));
}

function entryLines(term: string, meaning: string, width: number, columns: number): string[] {
  const [first = "", ...rest] = wrap(meaning, Math.max(20, columns - width - 4));
  const indent = " ".repeat(width + 4);
  const head = term.length > width
    ? [`  ${term}`, ...(first === "" ? [] : [indent + first])]
    : [`  ${term.padEnd(width)}  ${first}`.trimEnd()];
  return [...head, ...rest.map((line) => indent + line)];
}
