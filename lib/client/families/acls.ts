/**
 * ACLs whose patterns are in files or in the configuration (management guide, 9.3 "show acl", "get acl", "add acl",
 * "del acl", "clear acl", "prepare acl", "commit acl"). Changes are gone after a reload.
 *
 * Since HAProxy 3.4 all of these need level admin; before, any level will do.
 */
import { cli } from "../../socket/mod.ts";
import { NotFound } from "../errors.ts";
import { type AclEntry, parseAclEntries, parseNewVersion } from "../formats/map.ts";
import { parseAcls, type PatternList } from "../formats/pattern_list.ts";
import { parseAclLookup, type PatternLookup } from "../formats/pattern_lookup.ts";
import { type Caller, nothing, type Rows } from "../method.ts";
import { file, integer, settings, text } from "../parameter.ts";
import { aclPatterns } from "../parameter_lists.ts";
import { reference } from "../parameter_values.ts";
import type { PatternVersion } from "./maps.ts";
import { addEntries, type EntriesAdded, type EntriesReplaced, replaceEntries } from "./pattern_batch.ts";

/**
 * Methods that read and change ACLs. An ACL is named by its file, as HAProxy shows it, or by `#` and its number. Patterns
 * may be any text without line breaks that is not empty.
 */
export interface AclMethods {
  /** Reads which ACLs there are: file, number, versions, how many patterns. */
  getAcls(): Promise<PatternList[]>;

  /**
   * Reads an ACL's patterns.
   *
   * @param acl the ACL
   * @param options another version than the one in force; one that does not exist has no patterns
   * @throws {NotFound} when there is no such ACL
   */
  getAcl(acl: string, options?: PatternVersion): Promise<AclEntry[]>;

  /**
   * Tells whether a value matches, as traffic would.
   *
   * @param acl the ACL
   * @param value what is matched
   * @returns an answer for each way in which the configuration matches with this ACL
   * @throws {NotFound} when there is no such ACL
   */
  getAclEntry(acl: string, value: string): Promise<PatternLookup[]>;

  /**
   * Adds a pattern. It is added once more when it is there.
   *
   * @param acl the ACL
   * @param pattern the pattern, in the form that the ACL's match method takes
   * @param options a version that `prepareAcl` gave, instead of the one in force
   * @throws {NotFound} when there is no such ACL
   */
  addAclEntry(acl: string, pattern: string, options?: PatternVersion): Promise<void>;

  /**
   * Removes a pattern. Where it is there several times, HAProxy removes all of them up to 3.2, and one since 3.4.
   *
   * @param acl the ACL
   * @param pattern the pattern
   * @throws {NotFound} when there is no such ACL or pattern
   */
  delAclEntry(acl: string, pattern: string): Promise<void>;

  /**
   * Removes one pattern, by its reference.
   *
   * @param acl the ACL
   * @param id the pattern's reference, `0x...`
   * @throws {NotFound} when there is no such ACL or pattern
   */
  delAclEntryById(acl: string, id: string): Promise<void>;

  /**
   * Removes all patterns.
   *
   * @param acl the ACL
   * @param options those of another version than the one in force
   * @throws {NotFound} when there is no such ACL
   */
  clearAcl(acl: string, options?: PatternVersion): Promise<void>;

  /**
   * Opens a new version, which patterns can be added to before `commitAcl` puts it in force. See
   * {@linkcode AclMethods.replaceAcl} for all in one.
   *
   * @param acl the ACL
   * @returns the version's number
   * @throws {NotFound} when there is no such ACL
   */
  prepareAcl(acl: string): Promise<number>;

  /**
   * Puts a version in force, and removes all older ones.
   *
   * @param acl the ACL
   * @param version the number that `prepareAcl` gave
   * @throws {NotFound} when there is no such ACL
   */
  commitAcl(acl: string, version: number): Promise<void>;

  /**
   * Adds many patterns, a thousand in each round trip. One that is refused does not stop the others.
   *
   * @param acl the ACL
   * @param patterns the patterns
   * @returns how many were added, and which were refused and why
   * @throws {NotFound} when there is no such ACL
   */
  addAclEntries(acl: string, patterns: readonly string[]): Promise<EntriesAdded>;

  /**
   * Replaces all patterns at once: traffic sees the old ones until it sees the new ones. They are read back before they
   * are put in force; when anything is refused, nothing changes.
   *
   * @param acl the ACL
   * @param patterns the new patterns; none empties the ACL
   * @throws {CommandRefused} with HAProxy's words on the first pattern that it refuses
   * @throws {NotFound} when there is no such ACL
   */
  replaceAcl(acl: string, patterns: readonly string[]): Promise<EntriesReplaced>;
}

const acl = file("acl", "the ACL's file as HAProxy shows it, or # and its number");
const pattern = text("pattern", "the pattern");
const version = settings<PatternVersion>({
  version: integer("version", "another version than the one in force", 0, 0xffffffff),
});
const row = { since: "2.6", level: "admin" } as const;
const at = (options: PatternVersion | undefined) => options?.version === undefined ? [] : [`@${options.version}`];
const wordsOf = (patterns: readonly string[]) => patterns.map((one) => [one]);

/** The rows of {@linkcode AclMethods}. */
export const aclMethods: Rows<AclMethods> = {
  getAcls: {
    ...row,
    kind: "command",
    summary: "All ACLs: file, number, versions, how many patterns",
    effect: "read",
    parameters: [],
    command: () => "show acl",
    parse: parseAcls,
  },
  getAcl: {
    ...row,
    kind: "command",
    summary: "Patterns of an ACL",
    effect: "read",
    parameters: [acl, version],
    command: (name, options) => cli`show acl ${[...at(options), name]}`,
    parse: parseAclEntries,
  },
  getAclEntry: {
    ...row,
    kind: "command",
    summary: "Tell whether a value matches an ACL, as traffic would",
    effect: "read",
    parameters: [acl, text("value", "what is matched")],
    command: (name, wanted) => cli`get acl ${name} ${wanted}`,
    parse: parseAclLookup,
  },
  addAclEntry: {
    ...row,
    kind: "command",
    summary: "Add a pattern to an ACL",
    effect: "change",
    parameters: [acl, pattern, version],
    command: (name, one, options) => cli`add acl ${[...at(options), name, one]}`,
    parse: nothing,
  },
  delAclEntry: {
    ...row,
    kind: "run",
    summary: "Remove a pattern from an ACL",
    effect: "change",
    parameters: [acl, pattern],
    async run(caller, name, one) {
      for (const word of await wordsForPattern(caller, name, one)) await caller.change(cli`del acl ${name} ${word}`);
    },
  },
  delAclEntryById: {
    ...row,
    kind: "command",
    summary: "Remove one pattern from an ACL, by its reference",
    effect: "change",
    parameters: [acl, reference("id", "the pattern's reference")],
    command: (name, id) => cli`del acl ${name} ${`#${id}`}`,
    parse: nothing,
  },
  clearAcl: {
    ...row,
    kind: "command",
    summary: "Remove all patterns of an ACL",
    effect: "change",
    parameters: [acl, version],
    command: (name, options) => cli`clear acl ${[...at(options), name]}`,
    parse: nothing,
  },
  prepareAcl: {
    ...row,
    kind: "command",
    summary: "Open a new version of an ACL, to be filled and committed",
    effect: "change",
    parameters: [acl],
    command: (name) => cli`prepare acl ${name}`,
    parse: parseNewVersion,
  },
  commitAcl: {
    ...row,
    kind: "command",
    summary: "Put a prepared version of an ACL in force",
    effect: "change",
    parameters: [acl, integer("version", "the number that prepare_acl gave", 1, 0xffffffff)],
    command: (name, number) => cli`commit acl ${`@${number}`} ${name}`,
    parse: nothing,
  },
  addAclEntries: {
    ...row,
    kind: "run",
    summary: "Add many patterns to an ACL, and tell which were refused",
    effect: "change",
    parameters: [acl, aclPatterns("patterns", "the patterns, as in an ACL file")],
    run: (caller, name, patterns) => addEntries(caller, { kind: "acl", file: name, entries: wordsOf(patterns) }),
  },
  replaceAcl: {
    ...row,
    kind: "run",
    summary: "Replace all patterns of an ACL at once, or nothing when one is refused",
    effect: "change",
    parameters: [acl, aclPatterns("patterns", "the new patterns, as in an ACL file")],
    run: (caller, name, patterns) => replaceEntries(caller, { kind: "acl", file: name, entries: wordsOf(patterns) }),
  },
};

/** The words that name a pattern to "del acl", which takes what starts with `#0x` as the reference of an entry. */
async function wordsForPattern(caller: Caller, name: string, one: string): Promise<string[]> {
  if (!one.startsWith("#0x")) return [one];
  const entries = parseAclEntries(await caller.send(cli`show acl ${name}`)).filter((entry) => entry.pattern === one);
  if (entries.length === 0) throw new NotFound(`pattern "${one}"`, `ACL "${name}" has no such pattern`);
  return entries.map((entry) => `#${entry.id}`);
}
