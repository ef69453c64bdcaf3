import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SOON_COPIED } from './chaos/run.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { HAS_LEFT, onlineSession, sendText, SessionView, settled } from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({ environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2' } });
});
afterAll(() => deployment.dispose());

/** How many copies of the session runners said in their logs that they keep. */
async function copiesOf(sessionId: string): Promise<number> {
  const logs = join(deployment.directory, 'logs');
  const texts = await Promise.all(
    (await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')),
  );
  const lines = texts.flatMap((text) => text.split('\n'));
  return lines.filter((line) => line.includes('credentials.kept') && line.includes(sessionId))
    .length;
}

/** A session's folders on any runner's disk. */
async function foldersOf(sessionId: string): Promise<string[]> {
  const data = join(deployment.directory, 'data');
  return (await readdir(data, { recursive: true }))
    .filter((path) => path.endsWith(join('sessions', sessionId)))
    .map((path) => join(data, path));
}

const statusOf = async (id: string) =>
  (await deployment.api.call('GET', `/v1/sessions/${id}`)).data(SessionView).status;
const send = async (sessionId: string, text: string): Promise<void> => {
  const { message } = await sendText(deployment, { sessionId, text });
  expect(HAS_LEFT).toContain((await settled(deployment, message.id)).status);
};
const stop = async (id: string): Promise<void> => {
  await deployment.api.call('POST', `/v1/sessions/${id}/stop`);
  await until('it to be stopped', async () => (await statusOf(id)) === 'disconnected' || undefined);
};

/** Nobody scans a code: only a kept profile can bring it online. */
const start = async (id: string): Promise<void> => {
  await deployment.api.call('POST', `/v1/sessions/${id}/start`);
  await until(
    'it to be online again',
    async () => (await statusOf(id)) === 'online' || undefined,
    90_000,
  );
};

const violationsOf = async (phoneNumber: string) => {
  const { phone, at } = await worldOf(deployment, phoneNumber);
  return (await phone.violations({ world: at.world })).violations.filter(({ account }) =>
    account.startsWith(phoneNumber),
  );
};

it('a session whose disk was lost comes back without a code, and its ratchet where it was', async () => {
  const { id, phoneNumber } = await onlineSession(deployment, 'disk-lost');
  await send(id, 'before');
  await stop(id);
  const folders = await foldersOf(id);
  expect(folders).toHaveLength(1);
  for (const folder of folders) await rm(folder, { recursive: true });
  await start(id);
  await send(id, 'after');
  expect(await violationsOf(phoneNumber)).toEqual([]);
});

it('a profile that shrank to a fraction is kept at a stop, and nothing goes back', async () => {
  const { id, phoneNumber } = await onlineSession(deployment, 'shrinks');
  const [folder = ''] = await foldersOf(id);
  const filler = join(folder, 'profile', 'Default', 'IndexedDB', 'filler.ldb');
  const before = await copiesOf(id);
  await writeFile(filler, randomBytes(20 * 1_048_576));
  await send(id, 'large');
  await until('a large copy to be kept', async () => (await copiesOf(id)) > before || undefined);
  await rm(filler);
  for (const text of ['one', 'two', 'three']) await send(id, text);
  await stop(id);
  await rm(folder, { recursive: true });
  await start(id);
  await send(id, 'after');
  expect(await violationsOf(phoneNumber)).toEqual([]);
});
