/**
 * Metrics in Prometheus' text format, version 0.0.4.
 */
import type { HistogramSample, Labels, Metric, Sample } from "./metric.ts";

/** The format's media type. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Writes metrics.
 *
 * @param metrics those of one name together
 * @returns the text, with a line feed at its end
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { metricsText } from "./text.ts";
 * const samples = [{ labels: { message: 'a"b' }, value: 3 }];
 * assert.equal(
 *   metricsText([{ name: "happi_frames_total", help: "Frames.", type: "counter", samples }]),
 *   '# HELP happi_frames_total Frames.\n# TYPE happi_frames_total counter\nhappi_frames_total{message="a\\"b"} 3\n',
 * );
 * ```
 */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(({ name, help, type, samples }) => {
    const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    const lines = samples.map((sample) => sampleLines(name, sample)).join("");
    return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n${lines}`;
  }).join("");
}

function sampleLines(name: string, sample: Sample): string {
  return "value" in sample
    ? `${name}${labelText(sample.labels)} ${numberText(sample.value)}\n`
    : histogramLines(name, sample);
}

/** Prometheus' buckets hold all that is smaller too. */
function histogramLines(name: string, { labels, bounds, buckets, sum }: HistogramSample): string {
  let count = 0;
  const lines = buckets.map((inBucket, index) => {
    count += inBucket;
    const le = numberText(bounds[index] ?? Infinity);
    return `${name}_bucket${labelText({ ...labels, le })} ${count}\n`;
  });
  const own = labelText(labels);
  return `${lines.join("")}${name}_sum${own} ${numberText(sum)}\n${name}_count${own} ${count}\n`;
}

function labelText(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number | bigint): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
