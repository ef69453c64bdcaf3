import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGUAGES, snippet, type ShownCall } from './snippets.ts';

const run = promisify(execFile);
const PROGRAMS = {
  cURL: (code: string) => run('sh', ['-c', code]),
  Node: (code: string) => run(process.execPath, ['--input-type=module', '-e', code]),
  Python: (code: string) => run('python3', ['-c', code]),
};

const seen: unknown[] = [];
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    const { method, url, headers } = request;
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    seen.push({ method, path: url, authorization: headers.authorization, body });
    response.end('{"success":true}');
  });
});
let origin = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const CALLS: ShownCall[] = [
  { method: 'GET', path: '/v1/sessions?limit=2' },
  {
    method: 'POST',
    path: '/v1/messages/text',
    body: { to: '+15550100001', text: 'it\'s “here” \\ "$HOME"', flags: [true, false, null, 1.5] },
  },
  { method: 'DELETE', path: '/v1/keys/key_1' },
];

describe.each(LANGUAGES)('%s', (language) => {
  test.each(CALLS)('makes the call $method $path as it stands', async (call) => {
    const { stdout } = await PROGRAMS[language](
      snippet(language, call, { origin, key: 'wp_test_1' }),
    );
    expect(stdout).toContain('success');
    const { method, path, body } = call;
    expect(seen.at(-1)).toEqual({ method, path, body, authorization: 'Bearer wp_test_1' });
  });
});
