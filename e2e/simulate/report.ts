import type { Sample, SimulationResult } from './simulate.ts';

/** What a run came to, for a terminal. */
export function describeRun(result: SimulationResult): string {
  const { options, samples, events, recovery } = result;
  const rows = Object.entries(recovery).map(
    ([cause, { count, p50, p95, max }]) =>
      `${cause.padEnd(16)}${String(count).padStart(8)}${seconds(p50)}${seconds(p95)}${seconds(max)}`,
  );
  const moments = [...events.map(({ minute }) => minute), samples.at(-1)?.minute ?? 0];
  const balances = moments.map((minute) => describeBalance(nearest(samples, minute)));
  return `${options.sessions} sessions, ${options.machines} machines of ${options.capacity}, ${options.hours} h, seed ${options.seed}

Sessions on a machine (just after each event)
${'minute'.padEnd(10)}${'machines'.padStart(10)}${'online'.padStart(10)}${'min'.padStart(8)}${'mean'.padStart(8)}${'max'.padStart(8)}${'stddev'.padStart(8)}
${balances.join('\n')}

Events
${events.map(({ minute, what }) => `${minute.toFixed(0).padEnd(10)}${what}`).join('\n')}

Seconds from down to online${'p50'.padStart(7)}${'p95'.padStart(10)}${'max'.padStart(10)}
${rows.join('\n')}

moves ${result.moves}, machines made ${result.created}, at most at once ${result.mostMachines}, online ${(result.onlineShare * 100).toFixed(3)} % of the time, not online at the end ${result.offlineAtEnd}
`;
}

const seconds = (value: number): string => value.toFixed(1).padStart(10);

const nearest = (samples: readonly Sample[], minute: number): Sample | undefined =>
  samples.find((sample) => sample.minute >= minute) ?? samples.at(-1);

function describeBalance(sample: Sample | undefined): string {
  if (sample === undefined) return '';
  const { min, mean, max, stddev } = sample.balance;
  const cells = [min, mean.toFixed(2), max, stddev.toFixed(2)].map((cell) =>
    String(cell).padStart(8),
  );
  return `${String(sample.minute).padEnd(10)}${String(sample.machines).padStart(10)}${String(sample.online).padStart(10)}${cells.join('')}`;
}

const SIZE = { width: 900, left: 60, right: 20, panel: 150, gap: 50 };

/** Three panels over time: sessions online, machines, and how evenly sessions lie on them. */
export function drawRun({ samples, events, options }: SimulationResult): string {
  const minutes = samples.at(-1)?.minute ?? 1;
  const x = (minute: number): number =>
    SIZE.left + (minute / minutes) * (SIZE.width - SIZE.left - SIZE.right);
  const panels: {
    title: string;
    most: number;
    lines: { colour: string; of: (s: Sample) => number }[];
  }[] = [
    {
      title: `sessions online, of ${options.sessions}`,
      most: options.sessions,
      lines: [{ colour: '#1b7f5c', of: ({ online }) => online }],
    },
    {
      title: 'machines that run',
      most: Math.max(...samples.map(({ machines }) => machines), 1),
      lines: [{ colour: '#34568b', of: ({ machines }) => machines }],
    },
    {
      title: `sessions on a machine: least, mean, most (room for ${options.capacity})`,
      most: options.capacity,
      lines: [
        { colour: '#999999', of: ({ balance }) => balance.min },
        { colour: '#1b7f5c', of: ({ balance }) => balance.mean },
        { colour: '#b5462f', of: ({ balance }) => balance.max },
      ],
    },
  ];
  const drawn = panels.map(({ title, most, lines }, index) => {
    const top = 40 + index * (SIZE.panel + SIZE.gap);
    const y = (value: number): number => top + SIZE.panel * (1 - value / most);
    const paths = lines.map(({ colour, of }) => {
      const points = samples.map(
        (sample) => `${x(sample.minute).toFixed(1)},${y(of(sample)).toFixed(1)}`,
      );
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
    });
    return `<text x="${SIZE.left}" y="${top - 8}">${title}</text>
<rect x="${SIZE.left}" y="${top}" width="${SIZE.width - SIZE.left - SIZE.right}" height="${SIZE.panel}" fill="none" stroke="#cccccc"/>
<text x="${SIZE.left - 6}" y="${top + 10}" text-anchor="end">${most}</text><text x="${SIZE.left - 6}" y="${top + SIZE.panel}" text-anchor="end">0</text>
${paths.join('\n')}`;
  });
  const height = 40 + panels.length * (SIZE.panel + SIZE.gap);
  const marks = events.map(
    ({ minute, what }, index) =>
      `<line x1="${x(minute).toFixed(1)}" y1="30" x2="${x(minute).toFixed(1)}" y2="${height - 30}" stroke="#b5462f" stroke-dasharray="4 4"/>
<text x="${(x(minute) + 3).toFixed(1)}" y="${height - 26 + (index % 2) * 14}">${what}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="${SIZE.width}" height="${height}" fill="#ffffff"/>
${drawn.join('\n')}
${marks.join('\n')}
<text x="${SIZE.width - SIZE.right}" y="20" text-anchor="end">${minutes} simulated minutes, seed ${options.seed}</text>
</svg>
`;
}
