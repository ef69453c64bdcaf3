import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { FileServer } from '../testing/file-server.ts';
import { type Call, startShell } from '../testing/programs/shell.ts';
import { PDF, PIXEL } from '../testing/sample-files.ts';
import { until } from '../testing/until.ts';
import { type Block, blocksOf, commandsOf, remarkOf } from './blocks.ts';
import { type Cast, messageOf, newAddress } from './cast.ts';
import { type Guide, GUIDES, type Reader } from './guides.ts';
import { NOT_RUN } from './not-run.ts';
import { realNames } from './real-names.ts';

const SHELLS = ['sh', 'bash'];
const SAMPLES = {
  'invoice.pdf': Buffer.from(PDF, 'base64'),
  'catalogue.pdf': Buffer.from(PDF, 'base64'),
  'scan.png': Buffer.from(PIXEL, 'base64'),
};

/** Runs the shell commands of each guide in their order, in one shell a guide, as its reader would. */
export function followsGuides(cast: () => Cast, files: () => FileServer): void {
  let spare: Record<string, string> | undefined;
  const ann = newAddress('ann');
  for (const guide of GUIDES)
    it.runIf(hasJq || !usesJq(guide))(`the commands of ${guide.file} do what it says`, async () => {
      spare ??= await spareOf(cast());
      const reader = await newReader(cast(), files(), spare, ann);
      const problems: string[] = [];
      for (const { code } of shellBlocksOf(guide)) {
        await reader.shell.changeFolder();
        for (const command of commandsOf(code)) {
          for (const [words, act] of Object.entries(guide.before ?? {}))
            if (command.includes(words)) await act(reader);
          const said = await reader.shell.run(reader.names.fill(command));
          problems.push(...problemsOf(guide, command, said));
          said.calls.forEach(reader.names.learn);
        }
      }
      await reader.shell.close();
      expect(problems).toEqual([]);
    });
}

const hasJq = spawnSync('jq', ['--version']).status === 0;

const shellBlocksOf = ({ file }: Guide): Block[] =>
  blocksOf(file).filter(
    ({ language, name }) => SHELLS.includes(language) && NOT_RUN[name] === undefined,
  );

const usesJq = (guide: Guide): boolean =>
  shellBlocksOf(guide).some(({ code }) => /\bjq\b/.test(code));

/** A message, a file and an endpoint with failed deliveries, for commands that name one which the guide has not made. */
async function spareOf(cast: Cast): Promise<Record<string, string>> {
  const { api, inspector } = cast.deployment;
  const Made = z.object({ id: z.string() });
  const box = 'guides-failing';
  await inspector.behave(box, { status: 500 });
  const endpoint = { url: inspector.url(box), eventTypes: ['webhook.test'], maxAttempts: 1 };
  const { id } = (await api.call('POST', '/v1/webhooks', { body: endpoint })).data(Made);
  for (let time = 0; time < 2; time += 1)
    await api.call('POST', `/v1/webhooks/${id}/test`, { body: {} });
  const Deliveries = z.array(z.object({ id: z.string() }));
  const delivery = await until('the failed deliveries', async () => {
    const failed = await api.call('GET', `/v1/webhooks/${id}/deliveries?status=failed`);
    const [first, second] = failed.data(Deliveries);
    return second === undefined ? undefined : first?.id;
  });
  const file = await api.call('POST', '/v1/media?filename=Plan.pdf', {
    rawBody: '%PDF-1.7',
    headers: { 'content-type': 'application/pdf' },
  });
  return {
    'whk_…': id,
    'dlv_…': delivery,
    'med_…': file.data(Made).id,
    'msg_…': await messageOf(cast),
  };
}

async function newReader(
  cast: Cast,
  files: FileServer,
  spare: Record<string, string>,
  ann: string,
): Promise<Reader> {
  const { deployment, admin, ben } = cast;
  const { apiUrl, apiKey } = await deployment.facts();
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const box = deployment.inspector.url('guides');
  const real = {
    'http://127.0.0.1:8787': apiUrl,
    'https://waypost.example.com': apiUrl,
    'wp_live_…': apiKey,
    // Nothing here calls the internet.
    'https://example.com/hooks/waypost': box,
    'https://n8n.example.com/webhook/waypost': box,
    'https://hooks.zapier.com/hooks/catch/…': box,
    'https://hooks.zapier.com/hooks/catch/1/': box,
    'https://hook.eu1.make.com/…': box,
    'https://example.com/4711.pdf': files.url('plan.pdf'),
    // A live session needs a phone.
    '{"name":"support"}': '{"name":"support","mode":"sandbox"}',
    'http://proxy.example.com:8080': 'http://127.0.0.1:9',
    'ann@example.com': ann,
    'ben@example.com': newAddress('ben'),
    '2026-12-01T09:00:00+01:00': tomorrow,
    // There may be fewer events yet.
    'after=41': 'after=0',
    'last-event-id: 42': 'last-event-id: 0',
    'wks_…': admin.workspaceId,
  };
  const shell = await startShell({
    samples: SAMPLES,
    variables: {
      API: apiUrl,
      URL: apiUrl,
      KEY: apiKey,
      WAYPOST_KEY: apiKey,
      API_KEY: apiKey,
      TOKEN: admin.token,
      USER_ID: ben.userId,
      ID: ben.workspaceId,
    },
  });
  return { ...cast, shell, names: realNames(real, spare), ann, endpointId: spare['whk_…'] ?? '' };
}

const Success = z.looseObject({ success: z.literal(true) });

/** What is not as the guide says: the shell's own failure, a refusal, a status or a field that the comment names. */
function problemsOf(
  { refused = {} }: Guide,
  command: string,
  { code, output, calls }: { code: number; output: string; calls: Call[] },
): string[] {
  const [, refusal] = Object.entries(refused).find(([words]) => command.includes(words)) ?? [];
  const problem = (what: string): string => `${command}\n→ ${what}`;
  const problems = code === 0 ? [] : [problem(`the shell answers ${code}: ${output}`)];
  if (calls.length === 0 && /^(?!call\(\)).*\b(?:curl|call)\b/.test(command))
    problems.push(problem('no call was made'));
  const remark = remarkOf(command);
  const named = Array.from(remark.matchAll(/\b(20\d)\b/g), ([, status]) => Number(status));
  for (const { status, method, url, text } of calls) {
    const asWanted =
      refusal !== undefined
        ? status === refusal.status
        : named.length > 0
          ? named.includes(status)
          : status >= 200 && status < 300;
    const shown = `${method} ${url} answers ${status}: ${text.slice(0, 300)}`;
    if (!asWanted) problems.push(problem(shown));
    else if (refusal === undefined)
      problems.push(...missingIn(text, remark).map((name) => problem(`no ${name}: ${shown}`)));
  }
  return problems;
}

/** Fields that the comment names and the answer has not, and the envelope where it has none. */
function missingIn(text: string, remark: string): string[] {
  if (!text.startsWith('{')) return [];
  const answer = Success.safeParse(JSON.parse(text));
  const isEnvelope = answer.success || !text.includes('"success"');
  const paths = Array.from(remark.matchAll(/\bdata((?:\.\w+)+)/g), ([, path = '']) => path);
  // It shows the answer if it begins with a status or a field. What is inside another field may be null here.
  const outer = /^(?:\d{3}|[{"])/.test(remark) ? remark.replaceAll(/:\{.*\}/g, ':') : '';
  const keys = Array.from(outer.matchAll(/"(\w+)":/g), ([, key = '']) => key);
  return [
    ...(isEnvelope ? [] : ['success']),
    ...paths.filter((path) => !hasPath(answer.data, `data${path}`.split('.'))),
    ...keys.filter((key) => !text.includes(`"${key}":`)),
  ];
}

const hasPath = (value: unknown, [name, ...rest]: string[]): boolean =>
  name === undefined ||
  (typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, name) &&
    hasPath(Object(value)[name], rest));
