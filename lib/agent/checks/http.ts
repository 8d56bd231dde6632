/**
 * The check `http`: one request; its status, its body, a value in its JSON decide, or the body's first line is the reply.
 *
 * `reply = "body"` is an agent-check over HTTP: the target itself says `up 75%`, `drain`, `down #disk full`.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../check.ts";
import { InvalidCheck } from "../errors.ts";
import { askHttp, type HttpAnswer, type HttpQuestion } from "../target/http.ts";
import { EXPECTATION_OPTIONS, missingIn } from "./expectation.ts";
import { isJsonPointer, wrongInJson } from "./http/json_value.ts";
import { isWithin, parseStatusRanges, type StatusRanges } from "./http/status_ranges.ts";
import {
  configOnly,
  custom,
  httpUrl,
  integer,
  oneOf,
  optional,
  optionHelp,
  type OptionValues,
  readOptions,
  required,
  text,
} from "./options.ts";
import { saidReply } from "./said_reply.ts";
import { readTls, refuseIdleTls, TLS_OPTIONS } from "./tls.ts";

/** What a request on the wire may have a target do: nothing that changes anything. */
const WIRE_METHODS = ["GET", "HEAD", "OPTIONS"];

const method = custom<string>(
  'a method such as "GET"',
  (value) => typeof value === "string" && /^[A-Z]{1,20}$/.test(value) ? value : undefined,
);

const statusRanges = custom<StatusRanges>(
  'statuses such as "200-299,304"',
  (value) => typeof value === "string" || typeof value === "number" ? parseStatusRanges(String(value)) : undefined,
);

const headers = custom<Readonly<Record<string, string>>>("a table of header names and values", (value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const fits = entries.every(([name, text]) =>
    /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof text === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
  );
  return fits ? Object.fromEntries(entries) : undefined;
});

const pointer = custom<string>(
  'a JSON pointer such as "/status"',
  (value) => typeof value === "string" && isJsonPointer(value) ? value : undefined,
);

const scalar = custom<string>(
  "a text, a number, true or false",
  (value) => ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined,
);

const number = custom<number>("a number", (value) => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
});

const requestBody = custom<string>("a text", (value) => typeof value === "string" ? value : undefined);

const ALL_FINE: StatusRanges = { text: "200-399", ranges: [[200, 399]] };

const OPTIONS = {
  url: required(httpUrl, "what is asked for"),
  status: optional(statusRanges, "the statuses that are well; default 200-399, as of HAProxy's httpchk", ALL_FINE),
  method: optional(method, "how it is asked for; on the wire GET, HEAD or OPTIONS", "GET"),
  host: optional(text(261), "the Host header, when it is not the URL's"),
  headers: configOnly(optional(headers, "more headers of the request", {})),
  body: configOnly(optional(requestBody, "the body of the request")),
  ...EXPECTATION_OPTIONS,
  json: optional(
    pointer,
    "a JSON pointer to a value of the answer, which must be neither false nor null, or as said by",
  ),
  equals: optional(scalar, "what the value must be"),
  above: optional(number, "what the value must be above"),
  below: optional(number, "what the value must be below"),
  reply: optional(oneOf(["status", "body"]), "whether the first line of the body is itself the reply", "status"),
  maxBody: optional(integer(0, 16 * 1024 * 1024), "how many bytes the answer's body may have", 1024 * 1024),
  ...TLS_OPTIONS,
};

type Options = OptionValues<typeof OPTIONS>;

/** The kind `http`. */
export const HTTP: CheckKind = {
  name: "http",
  summary: "an HTTP request: status, body, a value in JSON, or a reply in the body",
  isOnWire: true,
  wireFields: ["url"],
  options: optionHelp(OPTIONS),
  make: makeHttp,
};

function makeHttp(given: CheckOptions, context: CheckContext): Check {
  const options = readOptions("http", given, OPTIONS, context.origin);
  const { url, json } = options;
  refuseIdleTls("http", options, url.protocol === "https:");
  if (context.origin === "wire" && !WIRE_METHODS.includes(options.method)) {
    throw new InvalidCheck("http", `option "method" is "${options.method}" and must be "GET", "HEAD" or "OPTIONS"`);
  }
  const lonely = (["equals", "above", "below"] as const).find((name) => options[name] !== undefined);
  if (json === undefined && lonely !== undefined) {
    throw new InvalidCheck("http", `option "${lonely}" needs option "json", which says of what`);
  }
  return {
    kind: "http",
    target: withoutSecrets(url),
    async run(signal) {
      const question: HttpQuestion = {
        url,
        method: options.method,
        headers: options.headers,
        host: options.host,
        maxBodyBytes: options.maxBody,
        ...(options.body === undefined ? {} : { body: options.body }),
        ...(url.protocol === "https:" ? { tls: await readTls(options) } : {}),
      };
      return judge(await askHttp(question, context, signal), options);
    },
  };
}

function judge({ status, statusText, body }: HttpAnswer, options: Options): Finding {
  const facts = { http_status: status };
  const down = (reason: string): Finding => ({ reply: { health: "down" }, reason, facts });
  if (!isWithin(status, options.status)) {
    return down(`${`HTTP status ${status} ${statusText}`.trim()}, wanted ${options.status.text}`);
  }
  const missing = missingIn(body, options);
  if (missing !== undefined) return down(`${missing} in the answer`);
  const wrong = options.json === undefined ? undefined : wrongInJson(body, options.json, options);
  if (wrong !== undefined) return down(wrong);
  if (options.reply === "body") return saidReply("the target", body.split(/[\r\n]/, 1)[0] ?? "", facts);
  return { reply: { health: "up" }, reason: "", facts };
}

/** A URL for people: a query may hold a token. */
function withoutSecrets(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}`;
}
