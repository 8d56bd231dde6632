/**
 * Parameters of the client's methods, as data: how each is called, described, checked, and read from text.
 *
 * The same table serves a call in code, the command line, JSON and the help. The checks are there because HAProxy
 * swallows much without a word (a port of 99999, a maxconn that is no number, extra words).
 */
import { InvalidArgument } from "./errors.ts";

/** One parameter of a method. */
export interface Parameter<T> {
  /** Its name on the command line and in JSON, in snake_case. */
  readonly name: string;
  /** What it is, with its unit, in one line. */
  readonly description: string;
  /** Whether it may be left out. */
  readonly optional: boolean;
  /** What stands for its value in help, such as `BACKEND/SERVER`. */
  readonly metavar: string;
  /** How it is given as text, where it is not one word: with nothing behind its name, several words, a file's text. */
  readonly form?: "flag" | "list" | "file";
  /** The words it may be, where they are few. */
  readonly choices?: readonly string[];
  /** The named settings it is made of, where it is an object of them. */
  readonly fields?: readonly Field[];
  /**
   * Checks a value that came from code or JSON.
   *
   * @throws {InvalidArgument} when it is no such value
   */
  check(value: unknown): T;
  /**
   * Reads a value from the command line's text.
   *
   * @throws {InvalidArgument} when the text is no such value
   */
  read(text: string): T;
}

/** A named setting within an object of them. */
export interface Field extends Parameter<unknown> {
  /** The setting's name in code, in camelCase. */
  readonly key: string;
}

/** What all the makers below take. */
type Info = Pick<Parameter<unknown>, "name" | "description">;

/** A text without line breaks. */
export function text(name: string, description: string, metavar: string = name.toUpperCase()): Parameter<string> {
  return ofText({ name, description }, metavar, () => undefined);
}

/** A text that may have many lines, such as a certificate. */
export function lines(name: string, description: string): Parameter<string> {
  const read = (value: unknown) => {
    if (typeof value !== "string" || value.trim() === "") throw new InvalidArgument(name, value, "it must be text");
    return value;
  };
  return { name, description, optional: false, metavar: name.toUpperCase(), form: "file", check: read, read };
}

/** A proxy's name, or `#` and its number. */
export function proxy(name: string, description: string): Parameter<string> {
  return ofText(
    { name, description },
    name.toUpperCase(),
    (value) => PROXY.test(value) ? undefined : 'a name has letters, digits and "-_.:" only',
  );
}

/** A server, written `backend/server`. */
export function server(
  name: string = "server",
  description: string = "the server, as backend/server",
): Parameter<string> {
  return ofText({ name, description }, "BACKEND/SERVER", (value) => {
    const [backend = "", own = "", ...rest] = value.split("/");
    return rest.length === 0 && PROXY.test(backend) && PROXY.test(own) ? undefined : "write it as backend/server";
  });
}

/** A file's name as HAProxy shows it (map, ACL, certificate, crt-list), or `#` and its number. */
export function file(name: string, description: string): Parameter<string> {
  return ofText(
    { name, description },
    "FILE",
    (value) => /^[@*]/.test(value) ? 'it must not begin with "@" or "*"' : undefined,
  );
}

/** A whole number within limits. */
export function integer(name: string, description: string, min: number, max: number, metavar = "N"): Parameter<number> {
  const check = (value: unknown) => {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      throw new InvalidArgument(name, value, "it must be a whole number");
    }
    if (value < min || value > max) throw new InvalidArgument(name, value, `it must be between ${min} and ${max}`);
    return value;
  };
  const read = (given: string) => {
    if (!/^-?\d{1,16}$/.test(given)) throw new InvalidArgument(name, given, "it must be a whole number");
    return check(Number(given));
  };
  return { name, description, optional: false, metavar, check, read };
}

/** One of a few words. */
export function choice<const W extends string>(name: string, description: string, words: readonly W[]): Parameter<W> {
  const check = (value: unknown) => {
    const word = words.find((one) => one === value);
    if (word === undefined) throw new InvalidArgument(name, value, `it must be ${words.join(", ")}`);
    return word;
  };
  return { name, description, optional: false, metavar: words.join("|"), choices: words, check, read: check };
}

/** Yes or no. */
export function flag(name: string, description: string): Parameter<boolean> {
  const check = (value: unknown) => {
    if (typeof value !== "boolean") throw new InvalidArgument(name, value, "it must be true or false");
    return value;
  };
  const read = (given: string) => {
    const word = given.toLowerCase();
    if (["true", "on", "yes", "1"].includes(word)) return true;
    if (["false", "off", "no", "0"].includes(word)) return false;
    throw new InvalidArgument(name, given, "it must be on or off");
  };
  return { name, description, optional: false, metavar: "on|off", form: "flag", choices: ["on", "off"], check, read };
}

/** A length of time: milliseconds as a number, or with a unit as text: `500ms`, `30s`, `5m`, `2h`. */
export function duration(name: string, description: string): Parameter<number> {
  const units: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const plain = integer(name, description, 0, 24 * 86_400_000, "TIME");
  const read = (given: string) => {
    const parts = /^(\d{1,10})(ms|s|m|h|d|)$/.exec(given);
    if (!parts) throw new InvalidArgument(name, given, 'write a time such as "500ms", "30s" or "5m"');
    return plain.check(Number(parts[1]) * (units[parts[2] ?? ""] ?? 1));
  };
  return { ...plain, check: (value) => typeof value === "string" ? read(value) : plain.check(value), read };
}

/** A server's weight: 0 to 256, or a percentage of its initial weight such as `50%`. */
export function weight(name: string, description: string): Parameter<number | string> {
  const absolute = integer(name, description, 0, 256);
  const check = (value: unknown) => {
    if (typeof value === "number") return absolute.check(value);
    if (typeof value === "string" && /^\d{1,5}%$/.test(value)) return value;
    if (typeof value === "string" && /^\d{1,3}$/.test(value)) return absolute.check(Number(value));
    throw new InvalidArgument(name, value, 'it must be 0 to 256, or a percentage such as "50%"');
  };
  return { name, description, optional: false, metavar: "N|N%", check, read: check };
}

/** A list of texts: an array in code and JSON, words on the command line. */
export function list(name: string, description: string): Parameter<readonly string[]> {
  const check = (value: unknown) => {
    if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) {
      throw new InvalidArgument(name, value, "it must be a list of texts");
    }
    return value;
  };
  return {
    name,
    description,
    optional: false,
    metavar: `${name.toUpperCase()}...`,
    form: "list",
    check,
    read: (given) => check(given.split(/[ ,]+/)),
  };
}

/** Pairs of texts: an object in code and JSON, `key=value` on the command line. */
export function pairs(name: string, description: string): Parameter<Readonly<Record<string, string>>> {
  const check = (value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new InvalidArgument(name, value, "it must be an object");
    }
    const entries = Object.entries(value).map(([key, one]) => {
      if (typeof one !== "string" && typeof one !== "number") {
        throw new InvalidArgument(name, one, `${key} must be text or a number`);
      }
      return [key, String(one)] as const;
    });
    return Object.fromEntries(entries);
  };
  const read = (given: string) =>
    check(Object.fromEntries(
      given.split(",").map((pair) => {
        const at = pair.indexOf("=");
        if (at < 1) throw new InvalidArgument(name, pair, "write key=value");
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
    ));
  return { name, description, optional: false, metavar: "KEY=VALUE,...", check, read };
}

/** The same parameter, which may be left out. */
export function optional<T>(parameter: Parameter<T>): Parameter<T> {
  return { ...parameter, optional: true };
}

/** Named settings as one last argument: an object in code, flags on the command line, plain fields in JSON. */
export function settings<T extends object>(
  fields: { readonly [K in keyof T]-?: Parameter<Exclude<T[K], undefined>> },
): Parameter<T> {
  const table: Field[] = Object.keys(fields).map((key) => ({
    ...fields[key as keyof T] as Parameter<unknown>,
    key,
    optional: true,
  }));
  const check = (value: unknown) => {
    if (typeof value !== "object" || value === null) {
      throw new InvalidArgument("options", value, "it must be an object");
    }
    const given = Object.entries(value).filter(([, one]) => one !== undefined);
    const checked = given.map(([key, one]) => {
      const field = table.find((candidate) => candidate.key === key || candidate.name === key);
      if (!field) {
        throw new InvalidArgument(
          key,
          one,
          `the options are ${table.map((candidate) => candidate.name).join(", ")}`,
        );
      }
      return [field.key, field.check(one)] as const;
    });
    return Object.fromEntries(checked) as T;
  };
  const read = (given: string) => {
    throw new InvalidArgument("options", given, "give each option by its name");
  };
  return {
    name: "options",
    description: "named settings",
    optional: true,
    metavar: "OPTIONS",
    fields: table,
    check,
    read,
  };
}

/** Names of proxies and servers, as HAProxy's `invalid_char` allows them, and `#` with a number. */
const PROXY = /^(?:[A-Za-z0-9_.:-]{1,255}|#\d{1,10})$/;

function ofText(info: Info, metavar: string, fault: (value: string) => string | undefined): Parameter<string> {
  const check = (value: unknown) => {
    if (typeof value !== "string" || value === "") {
      throw new InvalidArgument(info.name, value, "it must be text that is not empty");
    }
    const lineBreak = value.search(/[\r\n\0]/);
    if (lineBreak >= 0) throw new InvalidArgument(info.name, value, `character ${lineBreak + 1} is CR, LF or NUL`);
    if (!value.isWellFormed()) {
      throw new InvalidArgument(info.name, value, "it holds half of a character (a surrogate)");
    }
    const why = fault(value);
    if (why !== undefined) throw new InvalidArgument(info.name, value, why);
    return value;
  };
  return { ...info, optional: false, metavar, check, read: check };
}
