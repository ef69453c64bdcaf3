import { escapeXml } from './report.ts';

/** Lines over one axis, such as memory over messages. */
export type Chart = { title: string; series: { name: string; points: [number, number][] }[] };

const WIDTH = 720;
const HEIGHT = 320;
const EDGE = { left: 60, right: 130, top: 40, bottom: 40 };
const COLOURS = ['#1b7f5c', '#b5532a', '#3c5a99', '#8a6d1b', '#7a3b7a', '#555555'];

/** The chart as SVG, with both axes from zero. */
export function drawLines({ title, series }: Chart): string {
  const all = series.flatMap(({ points }) => points);
  const most = { x: Math.max(...all.map(([x]) => x)), y: Math.max(...all.map(([, y]) => y)) };
  const x = (value: number): number =>
    EDGE.left + (value / most.x) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value: number): number =>
    HEIGHT - EDGE.bottom - (value / most.y) * (HEIGHT - EDGE.top - EDGE.bottom);
  const lines = series.map(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const path = points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(' ');
    const [endX, endY] = points.at(-1) ?? [0, 0];
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>
<text x="${x(endX) + 6}" y="${(y(endY) + 4).toFixed(1)}" fill="${colour}">${escapeXml(name)} ${endY.toFixed(0)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
<text x="${EDGE.left}" y="20">${escapeXml(title)}</text>
<path d="M${EDGE.left},${EDGE.top} V${y(0)} H${x(most.x)}" fill="none" stroke="#999999"/>
<text x="${EDGE.left - 6}" y="${y(most.y) + 4}" text-anchor="end">${most.y.toFixed(0)}</text>
<text x="${EDGE.left - 6}" y="${y(0) + 4}" text-anchor="end">0</text>
<text x="${x(most.x)}" y="${y(0) + 18}" text-anchor="middle">${most.x}</text>
${lines.join('\n')}
</svg>
`;
}
