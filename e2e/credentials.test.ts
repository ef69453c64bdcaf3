import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { HAS_LEFT, onlineSession, sendText, SessionView, settled } from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.dispose());

/** Whether some runner said in its log that it keeps a copy of the session now. */
async function isKept(sessionId: string): Promise<boolean> {
  const logs = join(deployment.directory, 'logs');
  const texts = await Promise.all(
    (await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')),
  );
  const lines = texts.flatMap((text) => text.split('\n'));
  return lines.some((line) => line.includes('credentials.kept') && line.includes(sessionId));
}

/** Removes what any runner's disk holds of a session. @returns how many folders there were */
async function wipe(sessionId: string): Promise<number> {
  const data = join(deployment.directory, 'data');
  const folders = (await readdir(data, { recursive: true })).filter((path) =>
    path.endsWith(join('sessions', sessionId)),
  );
  for (const folder of folders) await rm(join(data, folder), { recursive: true });
  return folders.length;
}

it('a session whose disk was lost comes back without a code, and its ratchet where it was', async () => {
  const { api } = deployment;
  const { id, phoneNumber } = await onlineSession(deployment, 'disk-lost');
  const send = async (text: string): Promise<void> => {
    const { message } = await sendText(deployment, { sessionId: id, text });
    expect(HAS_LEFT).toContain((await settled(deployment, message.id)).status);
  };
  await send('before');
  await api.call('POST', `/v1/sessions/${id}/stop`);
  await until('a copy to be kept', async () => (await isKept(id)) || undefined, 60_000);
  await until('it to be stopped', async () => {
    const { status } = (await api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
    return status === 'disconnected' || undefined;
  });
  expect(await wipe(id)).toBe(1);

  await api.call('POST', `/v1/sessions/${id}/start`);
  // Nobody scans a code: only the kept profile can bring it online.
  await until(
    'it to be online again',
    async () => {
      const { status } = (await api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
      return status === 'online' || undefined;
    },
    90_000,
  );
  await send('after');
  const { phone, at } = await worldOf(deployment, phoneNumber);
  expect((await phone.violations({ world: at.world })).violations).toEqual([]);
});
