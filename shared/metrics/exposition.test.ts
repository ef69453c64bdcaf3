import { expect, test } from 'vitest';
import { labelled, renderMetrics, single } from './exposition.ts';

test('a family is rendered with its help, its type and its samples', () => {
  const metrics = [
    labelled('counter', 'x_total', 'How many.\nBy \\ kind.', 'kind', [
      ['plain', 2],
      ['a "b" \\ c\nd', 0.5],
    ]),
    single('gauge', 'y_seconds', 'How old.', 1.5),
    single('gauge', 'z_bytes', 'How large.', null),
  ];
  expect(renderMetrics(metrics)).toBe(`# HELP x_total How many.\\nBy \\\\ kind.
# TYPE x_total counter
x_total{kind="plain"} 2
x_total{kind="a \\"b\\" \\\\ c\\nd"} 0.5
# HELP y_seconds How old.
# TYPE y_seconds gauge
y_seconds 1.5
# HELP z_bytes How large.
# TYPE z_bytes gauge
`);
});
