import assert from "node:assert/strict";
import fc from "fast-check";
import { renderPage, wrap } from "../../lib/cli/page.ts";

const PAGE = {
  usage: ["happi x [options]"],
  paragraphs: ["Does a thing that takes some words to tell about, more than one line."],
  sections: [
    {
      title: "Options",
      entries: [["-a", "One"], ["--long-option VALUE", "Another one that is told at length"]] as const,
    },
    { title: "Examples", lines: ["happi x -a"] },
  ],
};

Deno.test("renderPage() puts the meanings into one column and breaks lines at blanks", () => {
  assert.equal(
    renderPage(PAGE, { columns: 50, hasColours: false }),
    `Usage: happi x [options]

Does a thing that takes some words to tell about,
more than one line.

Options:
  -a                   One
  --long-option VALUE  Another one that is told at
                       length

Examples:
  happi x -a
`,
  );
});

Deno.test("renderPage() gives a term that is too wide a line of its own", () => {
  const sections = [{ title: "O", entries: [["--" + "x".repeat(60), "Meaning"], ["-a", "One"]] as const }];
  const text = renderPage({ ...PAGE, sections }, { columns: 60, hasColours: false });
  assert.match(text, /\n {2}--x{60}\n {6}Meaning\n {2}-a {2}One\n$/);
});

Deno.test("renderPage() colours titles only where colours are welcome", () => {
  assert.ok(renderPage(PAGE, { columns: 80, hasColours: true }).includes("\x1b[1mOptions:\x1b[22m"));
  assert.ok(!renderPage(PAGE, { columns: 80, hasColours: false }).includes("\x1b"));
});

Deno.test("wrap() loses no word and keeps to the width where words allow it", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/)), fc.integer({ min: 12, max: 60 }), (words, width) => {
      const lines = wrap(words.join("  "), width);
      assert.deepEqual(lines.join(" ").split(" ").filter((one) => one !== ""), words);
      assert.ok(lines.every((line) => line.length <= width));
    }),
  );
});
