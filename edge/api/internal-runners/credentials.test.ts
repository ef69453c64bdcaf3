import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { signRequest } from '../../../shared/signing/signed-request.ts';
import { EncryptionKeysText } from '../../values/master-keys.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const ORIGIN = 'https://waypost.test';
const pathOf = (verb: string): string => `/internal/runners/credentials/${verb}`;

async function call(verb: string, payload: object): Promise<{ status: number; json: unknown }> {
  const body = JSON.stringify(payload);
  const request = await signRequest({
    method: 'POST',
    url: `${ORIGIN}${pathOf(verb)}`,
    body,
    keys: harness.env.RUNNER_TO_EDGE_KEYS,
    audience: 'edge',
    commandId: newId('command'),
  });
  const headers = Object.fromEntries(request.headers);
  const response = await harness.request('POST', pathOf(verb), { body, headers });
  return { status: response.status, json: await response.json() };
}

async function ownedSession() {
  const { owner } = harness.newRunner();
  const { workspaceId } = await harness.newWorkspace();
  const { id } = await harness.newSession({ workspaceId, owner });
  const { runnerId, bootId } = owner;
  return { workspaceId, holder: { sessionId: id, epoch: 1, runnerId, bootId } };
}

describe('a runner keeps and restores credentials', () => {
  it('from slot to commit to restore', async () => {
    const { holder, workspaceId } = await ownedSession();
    const bytes = randomBytes(300);
    const slot = await call('slot', {
      ...holder,
      format: 'chromium-profile',
      seal: 1,
      sizeBytes: bytes.length,
    });
    expect(slot).toMatchObject({ status: 200, json: { version: 1, workspaceId, uploadUrl: null } });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const commit = {
      ...holder,
      version: 1,
      sha256,
      sizeBytes: bytes.length,
      contentBytes: 1_000,
      formatVersion: 156,
      phoneNumber: '15550001234',
      generation: 0,
      atRest: true,
      inline: bytes.toString('base64'),
    };
    expect(await call('commit', commit)).toEqual({ status: 200, json: { version: 1 } });
    const restore = {
      ...holder,
      format: 'chromium-profile',
      formatVersion: 156,
      seal: 1,
      failed: [],
    };
    expect(await call('restore', restore)).toMatchObject({
      status: 200,
      json: { found: true, version: 1, sha256, inline: bytes.toString('base64') },
    });
  });

  it('not in the format of another engine', async () => {
    const { holder } = await ownedSession();
    const restore = { ...holder, format: 'another', formatVersion: 1, seal: 1, failed: [] };
    expect(await call('restore', restore)).toMatchObject({
      status: 200,
      json: { found: false, reason: 'none' },
    });
  });

  it('is told why not', async () => {
    const { holder } = await ownedSession();
    const stale = { ...holder, epoch: 2, format: 'chromium-profile', seal: 1, sizeBytes: 300 };
    expect(await call('slot', stale)).toMatchObject({
      status: 409,
      json: { error: { code: 'CONFLICT', details: { reason: 'stale_epoch' } } },
    });
  });

  it.each(['slot', 'commit', 'restore'])('not with a body that does not fit: %s', async (verb) => {
    expect(await call(verb, { sessionId: 'ses_x' })).toMatchObject({
      status: 422,
      json: { error: { code: 'VALIDATION_ERROR' } },
    });
  });

  it.each(['slot', 'commit', 'restore'])('not without a signature: %s', async (verb) => {
    const response = await harness.request('POST', pathOf(verb), { body: {} });
    expect(response.status).toBe(401);
  });
});

describe('SESSION_ENCRYPTION_KEY', () => {
  const parse = (text: string) => EncryptionKeysText.safeParse(text);

  it('may hold several keys, the first for new seals', () => {
    const two = parse(`v2:${'22'.repeat(32)}, v1:${'11'.repeat(32)}`);
    expect(two.data?.map(({ version }) => version)).toEqual(['v2', 'v1']);
  });

  it.each([
    ['too short', `v1:${'11'.repeat(31)}`],
    ['too long', `v1:${'11'.repeat(33)}`],
    ['without a version', '11'.repeat(32)],
    ['not hex', `v1:${'zz'.repeat(32)}`],
    ['a version twice', `v1:${'11'.repeat(32)},v1:${'22'.repeat(32)}`],
    ['empty', ''],
  ])('is refused when it is %s, and never shown', (_, text) => {
    const { error } = parse(text);
    expect(error?.issues[0]?.message).toMatch(/expected version:hexkey/);
    expect(error?.message).not.toMatch(/1111|2222|zzzz/);
  });
});
