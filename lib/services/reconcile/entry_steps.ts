/**
 * The steps for entries of maps and ACLs: those that routes ask for, and happi's own that nobody asks for any more. Pure.
 */
import { cli } from "../../client/mod.ts";
import { type Actual, fileName } from "./actual.ts";
import type { Desired, Problem } from "./desired.ts";
import { type Entry, entryName } from "./entries.ts";
import type { OwnedByBackend } from "./ownership.ts";
import { type Step, step } from "./step.ts";

/**
 * What is to be done about entries. A key that somebody else has put in is left as it is; it is a problem where it says
 * something else.
 */
export function entrySteps(
  wanted: Desired,
  actual: Actual,
  owned: OwnedByBackend,
): { steps: Step[]; problems: Problem[] } {
  const own = new Set([...owned.values()].flatMap(({ entries }) => entries.map(entryName)));
  const steps: Step[] = [];
  const problems: Problem[] = [];
  for (const entry of wanted.entries) {
    const { kind, file, key, value } = entry;
    const keys = actual.files.get(fileName(entry));
    const values = keys?.get(key);
    if (keys === undefined) {
      problems.push({ about: file, why: `Cannot fill ${kind} "${file}": HAProxy has none of that name` });
    } else if (values === undefined) {
      steps.push(addStep(entry));
    } else if (values.some((one) => one !== value)) {
      if (own.has(entryName(entry))) steps.push(setStep(entry, values));
      else problems.push(foreignKey(entry, values));
    }
  }
  const asked = new Set(wanted.entries.map(entryName));
  for (const [backend, { entries }] of owned) {
    for (const entry of entries) {
      // A unit that cannot be looked up may be who the entry is about.
      if (wanted.backends.get(backend)?.servers.some(({ addresses }) => addresses.length === 0)) continue;
      const isThere = actual.files.get(fileName(entry))?.has(entry.key) ?? false;
      if (isThere && !asked.has(entryName(entry))) steps.push(deleteStep({ ...entry, value: null, backend }));
    }
  }
  return {
    steps,
    problems: problems.filter((one, index) => problems.findIndex(({ why }) => why === one.why) === index),
  };
}

function addStep(entry: Entry): Step {
  const { kind, backend, file, key, value } = entry;
  const words = [file, key, ...(value === null ? [] : [value])];
  const why = `the route to "${backend}" asks for it`;
  return step({ kind: `${kind}_add`, backend, entry, why, commands: [`add ${kind} ${cli`${words}`}`] });
}

function setStep(entry: Entry, values: readonly (string | null)[]): Step {
  const { backend, file, key, value } = entry;
  const commands = [cli`set map ${file} ${key} ${value ?? ""}`];
  const why = `"${values.find((one) => one !== value)}" becomes "${value}"`;
  return step({ kind: "map_set", backend, entry, why, commands });
}

function deleteStep(entry: Entry): Step {
  const { kind, backend, file, key } = entry;
  const why = `no route to "${backend}" asks for it any more`;
  return step({ kind: `${kind}_delete`, backend, entry, why, commands: [`del ${kind} ${cli`${file} ${key}`}`] });
}

function foreignKey({ kind, file, key, value }: Entry, values: readonly (string | null)[]): Problem {
  const why = `Cannot set key "${key}" of ${kind} "${file}" to "${value}": somebody else has put it in as "${
    values[0]
  }"`;
  return { about: file, why };
}
