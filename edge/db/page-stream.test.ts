import { describe, expect, test } from 'vitest';
import { pageStream } from './page-stream.ts';

/** Numbers as a file, each on a line as long as it is asked for. */
async function written(count: number, lengthOf: (n: number) => number) {
  const asked: number[] = [];
  const stream = await pageStream<number>(
    async (last = -1, limit) => {
      asked.push(limit);
      const size = Math.max(0, Math.min(limit, count - 1 - last));
      return Array.from({ length: size }, (_, n) => last + 1 + n);
    },
    {
      head: 'head\n',
      write: (rows) => rows.map((n) => `${String(n).padEnd(lengthOf(n) - 1)}\n`).join(''),
      tail: 'tail\n',
    },
  );
  const chunks: number[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    chunks.push(chunk.length);
    text += decoder.decode(chunk);
  }
  return { asked, chunks, lines: text.split('\n').map((line) => line.trimEnd()) };
}

describe('a stream of pages', () => {
  test.each([0, 1, 199, 200, 201, 1_000, 7_003])('has each of %i rows once', async (count) => {
    const { lines } = await written(count, () => 10);
    const numbers = Array.from({ length: count }, (_, n) => String(n));
    expect(lines).toEqual(['head', ...numbers, 'tail', '']);
  });

  test('reads short rows by thousands: a million of them are about 500 queries', async () => {
    const { asked } = await written(7_003, () => 300);
    expect(asked).toEqual([200, 800, 2_000, 2_000, 2_000, 2_000]);
  });

  test('reads fewer rows at once when they are long, and more again after them', async () => {
    const long = 65_536;
    const { asked, chunks } = await written(3_000, (n) => (n >= 1_000 && n < 1_100 ? long : 100));
    const [first, second, third, after, later] = asked;
    expect([first, second, third]).toEqual([200, 800, 2_000]);
    expect(after).toBeLessThanOrEqual(2_000);
    expect(later ?? 0).toBeLessThanOrEqual(2_000);
    const allLong = await written(500, () => long);
    expect(allLong.asked.slice(0, 3)).toEqual([200, 32, 32]);
    expect(Math.max(...allLong.chunks.slice(1))).toBeLessThanOrEqual(2 * 2 ** 20);
    expect(chunks.length).toBeGreaterThan(1);
  });

  test('asks for one row at least, however long they are', async () => {
    const { asked, lines } = await written(202, (n) => (n < 200 ? 20_000 : 3 * 2 ** 20));
    expect(asked.slice(0, 2)).toEqual([200, 104]);
    expect(lines).toHaveLength(204 + 1);
  });
});
