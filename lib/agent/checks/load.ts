/**
 * The check `load`: how busy this host is, said as a weight, so that HAProxy sends a busy server less.
 *
 * HAProxy takes the percentage of the weight in its configuration, in whole numbers: give such servers `weight 100`, since
 * 50 % of the default weight of 1 is 0 (configuration manual, "agent-check").
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../check.ts";
import { CURVES, pressureOf, type Range, weightPercent } from "./load/curve.ts";
import { type Load, LoadMeter, type MeterOptions } from "./load/meter.ts";
import { custom, duration, flag, oneOf, optional, optionHelp, type OptionValues, readOptions } from "./options.ts";

/** What is measured, by the name of its options; `unit` is for people. */
const MEASURES = [
  { name: "cpu", measured: "cpuPercent", downAbove: "downAboveCpu", unit: " %" },
  { name: "load", measured: "loadPerCore", downAbove: "downAboveLoad", unit: " per core" },
  { name: "memory", measured: "memoryPercent", downAbove: "downAboveMemory", unit: " %" },
] as const satisfies readonly { name: string; measured: keyof Load; downAbove: string; unit: string }[];

const range = custom<Range | "off">(
  'a range such as "50-100" from where the weight begins to fall to where it is lowest, or "off"',
  (value) => {
    if (value === "off" || value === false) return "off";
    const [, from, to] = /^(\d{1,6}(?:\.\d+)?) ?- ?(\d{1,6}(?:\.\d+)?)$/.exec(String(value)) ?? [];
    return from !== undefined && Number(to) > Number(from) ? { from: Number(from), to: Number(to) } : undefined;
  },
);

const limit = custom<number>("a number above 0", (value) => {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && number > 0 && Number.isFinite(number) ? number : undefined;
});

const OPTIONS = {
  curve: optional(oneOf(CURVES), "how the weight falls: evenly (linear), or fast at first (first_order)", "linear"),
  cpu: optional<Range | "off">(
    range,
    "processor time in percent: from where the weight falls to where it is lowest, or off",
    { from: 0, to: 100 },
  ),
  load: optional<Range | "off">(range, "load average for each processor, likewise", { from: 1, to: 4 }),
  memory: optional<Range | "off">(range, "memory in use in percent, likewise", { from: 80, to: 98 }),
  downAboveCpu: optional(limit, "processor time in percent above which the server is down"),
  downAboveLoad: optional(limit, "load average for each processor above which the server is down"),
  downAboveMemory: optional(limit, "memory in use in percent above which the server is down"),
  allowZero: optional(flag, "whether the lowest weight is 0, which takes the server out of the farm, and not 1", false),
  smooth: optional(duration(0, 600_000), "how slowly changes of the processor time are followed", 5000),
};

/** The kind `load`. */
export const LOAD: CheckKind = loadKind({});

/**
 * The kind `load` on a host that is laid out in another way.
 *
 * @param meter where to look; `smoothMs` is taken from the check's own options
 */
export function loadKind(meter: MeterOptions): CheckKind {
  return {
    name: "load",
    summary: "the load of this host as a weight",
    isOnWire: true,
    wireFields: [],
    options: optionHelp(OPTIONS),
    make: (given, context) => makeLoad(given, context, meter),
  };
}

type Options = OptionValues<typeof OPTIONS>;

function makeLoad(given: CheckOptions, { origin }: CheckContext, meterOptions: MeterOptions): Check {
  const options = readOptions("load", given, OPTIONS, origin);
  const meter = new LoadMeter({ ...meterOptions, smoothMs: options.smooth });
  return { kind: "load", target: "this host", run: async (signal) => judge(await meter.measure(signal), options) };
}

/** The weight of the measure that is worst; down where one is above its limit. */
function judge(load: Load, options: Options): Finding {
  const facts = {
    cpu_percent: rounded(load.cpuPercent),
    load_per_core: rounded(load.loadPerCore),
    memory_percent: rounded(load.memoryPercent),
  };
  const tooMuch = MEASURES.find(({ measured, downAbove }) => load[measured] > (options[downAbove] ?? Infinity));
  if (tooMuch !== undefined) {
    const { name, measured, downAbove, unit } = tooMuch;
    const reason = `${name} is ${rounded(load[measured])}${unit}, above ${options[downAbove]}${unit}`;
    return { reply: { health: "down" }, reason, facts };
  }
  let pressure = 0;
  let reason = "";
  for (const { name, measured, unit } of MEASURES) {
    const range = options[name];
    const here = range === "off" ? 0 : pressureOf(load[measured], range);
    if (here <= pressure) continue;
    pressure = here;
    reason = `${name} is ${rounded(load[measured])}${unit}`;
  }
  const percent = weightPercent(pressure, options.curve, options.allowZero ? 0 : 1);
  return { reply: { health: "up", weight: { percent } }, reason: percent === 100 ? "" : reason, facts };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
