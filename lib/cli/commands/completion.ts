/**
 * `happi completion SHELL`: a script for the shell. The script calls happi back with the words that are typed
 * (`happi completion bash client get_`), so it knows every method and option of the happi that is installed.
 */
import { bash, fish, type ShellCompletion, zsh } from "@optique/core/completion";
import type { Suggestion } from "@optique/core/parser";
import { COMMANDS, loadCommand } from "../commands.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import type { Leaf } from "../leaf.ts";
import { type Page, renderPage } from "../page.ts";
import { route } from "../route.ts";
import { UsageError } from "../usage_error.ts";

const SHELLS: Readonly<Record<string, ShellCompletion>> = { bash, zsh, fish };

const SUMMARY = "Print a completion script for bash, zsh or fish";

/** The leaf of `happi completion`: its words are taken as they are, because they are another command line. */
export const completionLeaf: Leaf = {
  path: "completion",
  summary: SUMMARY,
  page: completionPage,
  suggest: (before, last) => before.length > 0 ? [] : offers(Object.keys(SHELLS).map((name) => [name, ""]), last),
  run,
};

async function run(environment: Environment, args: readonly string[]): Promise<number> {
  const [name, ...words] = args;
  if (name === "-h" || name === "--help") {
    await environment.stdout.write(renderPage(completionPage(), environment.stdout));
    return EXIT.done;
  }
  const shell = name !== undefined && Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined;
  if (!shell) {
    const given = name === undefined ? "no shell" : `shell "${name}"`;
    throw new UsageError(`Cannot complete for ${given}: name bash, zsh or fish`, "happi completion --help");
  }
  const text = words.length === 0
    ? `${shell.generateScript("happi", ["completion", shell.name]).trim()}\n`
    : [...shell.encodeSuggestions(await suggestFor(words))].join("");
  await environment.stdout.write(text);
  return EXIT.done;
}

/**
 * What fits the last of the words.
 *
 * @param words what is typed after `happi`, the last one as far as it is typed
 */
export async function suggestFor(words: readonly string[]): Promise<readonly Suggestion[]> {
  const last = words.at(-1) ?? "";
  const { command, name, rest } = route(words.slice(0, -1));
  if (command === undefined) {
    return offers(
      [...Object.entries(COMMANDS).map(([one, { summary }]) => [one, summary] as const), ...ROOT_OPTIONS],
      last,
    );
  }
  try {
    return (await loadCommand(command, name)).suggest(rest, last);
  } catch (thrown) {
    if (thrown instanceof UsageError) return []; // an unknown command or method: nothing fits
    throw thrown;
  }
}

const ROOT_OPTIONS = [["--help", "Show the help"], ["--version", "Show happi's version"]] as const;

function offers(all: readonly (readonly [string, string])[], prefix: string): Suggestion[] {
  return all.filter(([text]) => text.startsWith(prefix)).map(([text, about]) => ({
    kind: "literal",
    text,
    ...(about === "" ? {} : { description: [{ type: "text", text: about }] }),
  }));
}

function completionPage(): Page {
  return {
    usage: ["happi completion bash|zsh|fish"],
    paragraphs: [`${SUMMARY}.`],
    sections: [{
      title: "Examples",
      lines: [
        "happi completion bash >/etc/bash_completion.d/happi",
        "happi completion zsh >/usr/local/share/zsh/site-functions/_happi",
        "happi completion fish >~/.config/fish/completions/happi.fish",
        "source <(happi completion bash)                  # for this shell only",
      ],
    }],
  };
}
