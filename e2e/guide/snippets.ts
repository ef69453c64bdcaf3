import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { jsonIn, shownIn } from '../testing/answers.ts';
import { startInterpreter } from '../testing/programs/interpreters.ts';
import { type Block, blocksOf } from './blocks.ts';
import { type Cast, messageOf } from './cast.ts';

const ORIGIN = 'https://waypost.example.com';

/** What the guides show beside shell commands: programs in other languages, and JSON that is sent or answered. */
export function runsSnippets(cast: () => Cast): void {
  it.each([
    ['Node', 'js'],
    ['Python', 'python'],
  ] as const)('the programs of the quick start in %s', async (language, fence) => {
    const { apiUrl, apiKey } = await cast().deployment.facts();
    // Nothing is before it in the queue.
    await messageOf(cast());
    const interpreter = startInterpreter(language, tmpdir(), { WAYPOST_KEY: apiKey });
    const said = [];
    for (const { code } of inLanguage('docs/quick-start.md', fence))
      said.push(await interpreter.run(code.replaceAll(ORIGIN, apiUrl)));
    await interpreter.close();
    expect(said.map(({ problem }) => problem)).toEqual([null, null]);
    const [sent, received] = said.map(({ text }) => Success.parse(JSON.parse(text)).data);
    expect(sent).toMatchObject({ status: expect.stringMatching(/^(?:sent|delivered|read)$/) });
    const events = z.array(z.object({ type: z.literal('message.received') }));
    expect(events.parse(received)).not.toEqual([]);
  });

  it('the program of the page that opens a connection', async () => {
    const { api } = cast().deployment;
    const answer = jsonIn(await api.call('POST', '/v1/realtime/token'), 201);
    const [{ code }] = only(inLanguage('docs/realtime.md', 'js'));
    const printed = await runNode(
      `const lastSeq = 0;
      globalThis.fetch = async () => ({ json: async () => (${JSON.stringify(answer)}) });
      ${code}
      socket.onmessage = ({ data }) => { console.log(data); process.exit(); };`,
    );
    const [{ code: frames }] = only(inLanguage('docs/realtime.md', 'json'));
    expect(shapeOf(JSON.parse(printed))).toEqual(shapeOf(JSON.parse(frames.split('\n')[0] ?? '')));
  });

  it('the program of the page about webhooks that verifies a signature', async () => {
    const [{ code }] = only(inLanguage('docs/webhooks.md', 'js'));
    const [secret, body, at] = [
      'whsec_c2VjcmV0',
      '{"text":"Grüße"}',
      Math.floor(Date.now() / 1000),
    ];
    const signed = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
    const judge = (text: string): string =>
      `console.log(isFromWaypost('${secret}', 't=${at},v1=${signed}', '${text}'));`;
    expect((await runNode(`${code}\n${judge(body)}\n${judge('{}')}`)).split('\n')).toEqual([
      'true',
      'false',
    ]);
  });

  it.each(['docs/zapier.md', 'docs/make.md'])('the body of a message in %s', async (file) => {
    const [{ code }] = only(inLanguage(file, 'json'));
    const sent = await cast().deployment.api.call('POST', '/v1/messages/text', {
      rawBody: code,
      headers: { 'content-type': 'application/json' },
    });
    expect(sent.status, sent.text).toBe(202);
  });

  it('an error has the fields of the page about errors', async () => {
    const [{ code }] = only(inLanguage('docs/errors.md', 'json'));
    const refused = await cast().deployment.api.call('POST', '/v1/messages/text', { body: {} });
    const shown = z.looseObject({ error: z.looseObject({}) }).parse(jsonIn(refused, 422));
    const { error } = shown;
    expect(shapeOf({ ...shown, error: { ...error, details: {} } })).toEqual(
      shapeOf(JSON.parse(code)),
    );
  });

  it('each event has the fields of the page about webhooks', async () => {
    const { api } = cast().deployment;
    const [whole, ...events] = inLanguage('docs/webhooks.md', 'json');
    const sampleOf = async (type: string) =>
      shownIn(await api.call('GET', `/v1/events/samples/${type}`));
    const fieldsOf = (event: unknown): string[] => Object.keys(Object(event)).toSorted();
    expect(fieldsOf(JSON.parse(whole?.code ?? ''))).toEqual(
      fieldsOf(await sampleOf('message.received')),
    );
    expect(events.length).toBeGreaterThan(20);
    for (const { heading, code } of events) {
      const { data } = await sampleOf(heading);
      expect(shapeOf(JSON.parse(code)), heading).toEqual(shapeOf(data));
    }
  });
}

const Success = z.object({ data: z.unknown() });

const inLanguage = (file: string, language: string): Block[] =>
  blocksOf(file).filter((block) => block.language === language);

function only(blocks: readonly Block[]): [Block] {
  const [block, ...rest] = blocks;
  if (block === undefined || rest.length > 0) throw new Error(`${blocks.length} blocks, not one`);
  return [block];
}

async function runNode(code: string): Promise<string> {
  const args = ['--input-type=module', '--eval', code];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim();
}

/** Names and kinds of all fields. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]));
}
