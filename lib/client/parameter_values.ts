/**
 * Parameters of one value that HAProxy would take wrong without a word: addresses, references, names of tables.
 */
import { isIP } from "node:net";
import { InvalidArgument } from "./errors.ts";
import { type Parameter, text } from "./parameter.ts";

/** An IPv4 or IPv6 address. HAProxy would look a name up, and stand still for all traffic until that is done. */
export function ipAddress(name: string, description: string): Parameter<string> {
  return narrowed(
    text(name, description, "ADDRESS"),
    (value) => isIP(value) > 0 ? undefined : "it must be an IPv4 or IPv6 address",
  );
}

/** Where a new server listens: an address with a port, or one of HAProxy's other forms (`unix@...`, `/path`). */
export function serverAddress(name: string, description: string): Parameter<string> {
  return narrowed(text(name, description, "ADDRESS:PORT"), (value) => {
    if (/[@/]/.test(value)) return undefined;
    const [, host = value, port] = /^(.*):(\d+|)$/.exec(isIP(value) === 6 ? `[${value}]` : value) ?? [];
    if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65535)) return "its port must be 1 to 65535";
    if (isIP(host.replace(/^\[(.*)\]$/, "$1")) > 0) return undefined;
    return "it must be an IPv4 or IPv6 address: HAProxy resolves no names for servers that are added at run time";
  });
}

/** HAProxy's reference to a thing in its memory, as it shows it: `0x55...`. */
export function reference(name: string, description: string): Parameter<string> {
  return narrowed(
    text(name, description, "0x..."),
    (value) => /^0x[0-9a-f]{1,16}$/.test(value) ? undefined : "it must be a reference such as 0x55d0c0ffee00",
  );
}

/** A stick table: the name of its proxy, or `section/name` for a table of a peers section. */
export function tableName(name: string = "table", description: string = "the stick table"): Parameter<string> {
  return narrowed(
    text(name, description, "TABLE"),
    (value) => /^[A-Za-z0-9_.:/-]{1,255}$/.test(value) ? undefined : 'a name has letters, digits and "-_.:/" only',
  );
}

/** The same parameter with one more rule; `fault` says what is wrong. */
export function narrowed<T>(parameter: Parameter<T>, fault: (value: T) => string | undefined): Parameter<T> {
  const check = (value: T) => {
    const why = fault(value);
    if (why !== undefined) throw new InvalidArgument(parameter.name, value, why);
    return value;
  };
  return {
    ...parameter,
    check: (value) => check(parameter.check(value)),
    read: (given) => check(parameter.read(given)),
  };
}
