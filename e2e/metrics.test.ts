import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { type Family, parsePrometheusText } from './testing/prometheus-text.ts';
import { settingsOf } from './testing/settings.ts';

// The OpenAPI linter brings a reader of YAML.
const require = createRequire(createRequire(import.meta.url).resolve('@redocly/cli/package.json'));
const Yaml = z.object({ parse: z.function({ input: [z.string()], output: z.unknown() }) });

const Alerts = z.object({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Waypost[A-Za-z]+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string() }),
        }),
      ),
    }),
  ),
});
const Dashboard = z.object({
  uid: z.literal('waypost'),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      targets: z.array(z.object({ expr: z.string().min(1) })).optional(),
    }),
  ),
});

const doc = (name: string) => readFile(new URL(`../docs/${name}`, import.meta.url), 'utf8');
/** The metrics that a text names; `up` is Prometheus' own. */
const namesIn = (text: string): string[] => [
  ...new Set(text.match(/\b(?:waypost|process|nodejs)_[a-z0-9_]+\b/g)),
];

let deployment: Deployment;
const families = new Map<string, Family>();
beforeAll(async () => {
  deployment = await startDeployment();
  const { secrets } = await settingsOf(deployment.directory);
  const { apiUrl, runners } = await deployment.facts();
  for (const [url, token] of [
    [apiUrl, secrets.metricsToken],
    [runners[0]?.url ?? '', secrets.runnerMetricsToken],
  ] as const) {
    const answer = await fetch(new URL('/metrics', url), {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    for (const [name, family] of parsePrometheusText(await answer.text())) {
      expect(families.has(name), `${name} is exported by both`).toBe(false);
      families.set(name, family);
    }
  }
});
afterAll(() => deployment.dispose());

describe('the metrics of a running deployment', () => {
  it('have help, a type that fits the name, and samples', () => {
    expect(families.size).toBeGreaterThan(35);
    for (const [name, { help, type, samples }] of families) {
      expect(help, name).toMatch(/^[A-Z].*\.$/);
      expect(type, name).toBe(name.endsWith('_total') ? 'counter' : 'gauge');
      expect(samples, name).toBeGreaterThan(0);
    }
  });

  it('are each described in the guide, which describes no others', async () => {
    const tables = (await doc('operations.md')).split('## Alerts')[0] ?? '';
    expect(namesIn(tables).toSorted()).toEqual([...families.keys()].toSorted());
  });

  it('are what the alert rules ask, and each alert is in the guide', async () => {
    const yaml = Yaml.parse(require('yaml'));
    const { groups } = Alerts.parse(yaml.parse(await doc('operations/alerts.yaml')));
    const rules = groups.flatMap((group) => group.rules);
    const guide = await doc('operations.md');
    expect(rules.length).toBeGreaterThan(15);
    for (const { alert, expr } of rules) {
      for (const name of namesIn(expr)) expect(families.has(name), `${alert}: ${name}`).toBe(true);
      expect(guide, alert).toContain(`| \`${alert}\` |`);
    }
    const inGuide = guide.match(/^\| `Waypost[A-Za-z]+` \|/gm)?.length;
    expect(inGuide).toBe(new Set(rules.map(({ alert }) => alert)).size);
  });

  it('are what the dashboard shows', async () => {
    const { panels } = Dashboard.parse(JSON.parse(await doc('operations/grafana.json')));
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    for (const name of namesIn(shown.join('\n'))) expect(families.has(name), name).toBe(true);
    expect(shown.length).toBeGreaterThan(25);
  });
});
