import { describe, expect, test } from 'vitest';
import { readFormParts } from './form-parts.ts';

const BOUNDARY = 'x-1';
const part = (headers: string, body: string) => `--${BOUNDARY}\r\n${headers}\r\n\r\n${body}\r\n`;
const named = (name: string, body: string) =>
  part(`Content-Disposition: form-data; name="${name}"`, body);
const END = `--${BOUNDARY}--\r\n`;

/** The form's parts, its bytes having come in pieces of this size. */
async function read(form: string, pieceBytes = 1_000_000, type = `boundary=${BOUNDARY}`) {
  const bytes = new TextEncoder().encode(form);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + pieceBytes));
      at += pieceBytes;
    },
  });
  const request = new Request('https://waypost.test/', {
    method: 'POST',
    body,
    headers: { 'content-type': `multipart/form-data; ${type}` },
  });
  const limits = { limitBytes: 20_000, deadline: AbortSignal.timeout(10_000) };
  const parts: object[] = [];
  for await (const { body: content, ...said } of readFormParts(request, limits))
    parts.push({ ...said, content: await new Response(content).text() });
  return parts;
}

const TRICKY = `\r\n--${BOUNDARY.slice(0, 2)}\r\n-\r\n--\r\r\n\n--${BOUNDARY}`;
const FORM = [
  'a line before the first boundary\r\n',
  named('to', '+15550100001'),
  named('empty', ''),
  part(
    'content-disposition: form-data; name="file"; filename="猫 %22q%22.png"\r\nContent-Type: image/png; x=1',
    TRICKY,
  ),
  part(`Content-Disposition: form-data; name=b; filename="b"; filename*=UTF-8''%E7%8C%AB.csv`, 'b'),
  END,
  'and one after the last',
].join('');

describe.each([1, 2, 3, 7, 64, 1_000_000])('a form in pieces of %i bytes', (pieceBytes) => {
  test('gives its parts whole and in order', async () => {
    expect(await read(FORM, pieceBytes)).toEqual([
      { name: 'to', filename: null, mimetype: null, content: '+15550100001' },
      { name: 'empty', filename: null, mimetype: null, content: '' },
      { name: 'file', filename: '猫 "q".png', mimetype: 'image/png; x=1', content: TRICKY },
      { name: 'b', filename: '猫.csv', mimetype: null, content: 'b' },
    ]);
  });

  test.each([
    ['nothing', '', 'ends before its last boundary'],
    ['no boundary', 'hello\r\n', 'ends before its last boundary'],
    ['another boundary', FORM.replaceAll(BOUNDARY, 'x-2'), 'ends before its last boundary'],
    ['the end cut off', named('to', 'x'), 'ends before its last boundary'],
    ['a part without end', named('to', 'x').slice(0, -2), 'ends before its last boundary'],
    ['a boundary that goes on', `--${BOUNDARY}9\r\n${END}`, 'ends before its last boundary'],
    ['a part without a name', part('Content-Type: text/plain', 'x') + END, 'without a name'],
    ['no disposition', part('Content-Disposition: ;;', 'x') + END, 'without a name'],
    ['long headers', named('x'.repeat(9_000), '') + END, 'too long headers'],
    ['many parts', named('a', '').repeat(101) + END, 'more than 100 parts'],
    ['more bytes than may come', named('a', 'x'.repeat(20_000)) + END, 'larger than this route'],
  ])('with %s is refused', async (_, form, message) => {
    await expect(read(form, pieceBytes)).rejects.toThrow(message);
  });
});

test.each(['', 'boundary=', `boundary=${'x'.repeat(71)}`])(
  'a form whose type says "%s" has no boundary',
  async (type) => {
    await expect(read(FORM, 64, type)).rejects.toThrow('names no boundary');
  },
);

test('a quoted boundary is one', async () => {
  expect(await read(END, 64, `boundary="${BOUNDARY}"`)).toEqual([]);
});
