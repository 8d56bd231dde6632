/**
 * Schemas that several resources share: names as HAProxy allows them, times, words in a query.
 */
import * as v from "valibot";

/** A name of a proxy or server. */
export const name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_.:-]{1,255}$/, 'a name has letters, digits and "-_.:" only'),
);

/** A text that one command can carry: not empty, no CR, LF or NUL. */
export const text = v.pipe(
  v.string("it must be text"),
  v.nonEmpty("it must not be empty"),
  v.check((value) => !/[\r\n\0]/.test(value), "it must not hold CR, LF or NUL"),
);

/** A time in milliseconds, up to a day. */
export const milliseconds = v.pipe(
  v.number("it must be a number"),
  v.integer("it must be a whole number of milliseconds"),
  v.minValue(0, "it must not be negative"),
  v.maxValue(86_400_000, "it must be at most a day, 86400000"),
);

/** The same, in a query. */
export const millisecondsText = v.pipe(
  v.string(),
  v.regex(/^\d{1,8}$/, "it must be a whole number of milliseconds"),
  v.transform(Number),
  milliseconds,
);

/** A parameter of a query that says yes by being there. */
export const flag = v.pipe(
  v.picklist(["", "1", "true", "0", "false"], 'it must be left empty, "1" or "0"'),
  v.transform((word) => word !== "0" && word !== "false"),
);

/** Words with commas between them, in a query. */
export function words<const Word extends string>(known: readonly Word[]) {
  return v.pipe(
    v.string(),
    v.transform((list) => list.split(",")),
    v.array(v.picklist(known, `it must be ${known.join(", ")}, with commas between them`)),
  );
}

/** Names of columns with commas between them, in a query. */
export const columns = v.pipe(
  v.string(),
  v.transform((list) => list.split(",")),
  v.array(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.()-]{1,64}$/, "it must be names of columns, with commas between them")),
  ),
);
