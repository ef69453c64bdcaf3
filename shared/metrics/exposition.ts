/** A metric family of Prometheus' text format, version 0.0.4. */
export type Metric = {
  /** Snake case, with its unit; a counter ends in `_total`. */
  name: string;
  help: string;
  type: 'counter' | 'gauge';
  samples: readonly Sample[];
};
export type Sample = { labels?: Readonly<Record<string, string>>; value: number };

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The text that Prometheus reads: each family with its HELP and TYPE, in the order given. Pure. */
export const renderMetrics = (metrics: readonly Metric[]): string =>
  metrics.map((metric) => renderMetric(metric)).join('');

function renderMetric({ name, help, type, samples }: Metric): string {
  const lines = [
    `# HELP ${name} ${escape(help)}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels = {}, value }) => `${name}${renderLabels(labels)} ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escape(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

/** A family of one sample. */
export const single = (
  type: Metric['type'],
  name: string,
  help: string,
  value: number | null,
): Metric => ({ type, name, help, samples: value === null ? [] : [{ value }] });

/** A family with one label: a sample for each of its values. */
export const labelled = (
  type: Metric['type'],
  name: string,
  help: string,
  label: string,
  values: Iterable<readonly [string, number]>,
): Metric => ({
  type,
  name,
  help,
  samples: Array.from(values, ([of, value]) => ({ labels: { [label]: of }, value })),
});
