/**
 * Sources of truth at work: their pictures go into the registry, and how each stands can be seen.
 */
import type { Registry } from "./registry.ts";
import type { Source } from "./source.ts";
import type { SourceView } from "./view.ts";

/** What is told of sources. */
export interface FollowSourcesOptions {
  /** A source is in trouble, or is well again (`undefined`). */
  readonly onTrouble?: (source: Source, why: string | undefined) => void;
  /** The time in milliseconds since 1970. */
  readonly now?: () => number;
}

/** Sources that are followed. Ending it ends them; what they said stays in the registry. */
export interface FollowedSources extends AsyncDisposable {
  /** How each stands, in the order of the configuration. */
  list(): SourceView[];
  /**
   * Settles when every source has given its first picture: before that nobody knows what there should be, and HAProxy is
   * better left as it is.
   */
  readonly known: Promise<void>;
}

/**
 * Starts sources and follows them.
 *
 * @param registry gets their pictures, each under `source:NAME`
 * @param sources all of them
 * @param options who is told of troubles
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { followSources } from "./follow_sources.ts";
 * import { Registry } from "./registry.ts";
 * const registry = new Registry();
 * const unit = { unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] };
 * await using followed = followSources(registry, [{
 *   name: "fixed",
 *   kind: "static",
 *   target: "the configuration",
 *   start: ({ onPicture }) => onPicture(new Map([["web", [unit]]])),
 *   [Symbol.asyncDispose]: () => Promise.resolve(),
 * }]);
 * await followed.known;
 * assert.deepEqual(registry.get("web")?.units, [unit]);
 * ```
 */
export function followSources(
  registry: Registry,
  sources: readonly Source[],
  { onTrouble = () => {}, now = Date.now }: FollowSourcesOptions = {},
): FollowedSources {
  const followed = sources.map((source) => ({ source, view: beginning(source), first: Promise.withResolvers<void>() }));
  for (const one of followed) {
    one.source.start({
      onPicture(picture) {
        const units = [...picture.values()].reduce((sum, all) => sum + all.length, 0);
        const pictures_total = one.view.pictures_total + 1;
        one.view = { ...one.view, services: picture.size, units, updated_at: now(), pictures_total };
        registry.put(`source:${one.source.name}`, picture);
        one.first.resolve();
      },
      onTrouble(why) {
        const troubles_total = one.view.troubles_total + (why === undefined ? 0 : 1);
        one.view = { ...one.view, trouble: why ?? null, troubles_total };
        onTrouble(one.source, why);
      },
    });
  }
  return {
    list: () => followed.map(({ view }) => view),
    known: Promise.all(followed.map(({ first }) => first.promise)).then(() => {}),
    async [Symbol.asyncDispose]() {
      await Promise.all(sources.map((source) => source[Symbol.asyncDispose]()));
    },
  };
}

function beginning({ name, kind, target }: Source): SourceView {
  const nothing = { services: null, units: null, updated_at: null, trouble: null };
  return { name, kind, target, ...nothing, pictures_total: 0, troubles_total: 0 };
}
