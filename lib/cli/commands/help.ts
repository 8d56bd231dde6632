/**
 * `happi help [COMMAND [METHOD]]`.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { COMMANDS, loadCommand } from "../commands.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { renderPage } from "../page.ts";
import { rootPage } from "../root_page.ts";
import { word } from "../values.ts";

/** The leaf of `happi help`. */
export const helpLeaf = leaf({
  path: "help",
  usage: "[COMMAND [METHOD]]",
  summary: "Show the help of a command, or of a method of the client",
  parser: object({
    words: multiple(
      argument(word("COMMAND", Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary])), {
        description: message`A command, and after "client" a method`,
      }),
      { max: 2 },
    ),
  }),
  async run({ stdout }, { words: [command, name] }) {
    const page = command === undefined ? rootPage() : (await loadCommand(command, name)).page();
    await stdout.write(renderPage(page, stdout));
    return EXIT.done;
  },
});
