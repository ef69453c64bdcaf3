import { z } from 'zod';
import * as scenes from './cast.ts';
import type { Cast } from './cast.ts';

const EXAMPLE = '01k2q8z6m4c8f7h3n5r9t1v0wx';
/** The tokens of the reference's examples. */
const INVITATION = 'mXn8Vb2wQm0aT3y6Kk1rZ5pLd7cHs9eUf4gJx0iWvYA';
const RESET = 'dI1cQ9vZ0yR4nT7uW2xE5bG8';
const UPLOAD = '%PDF-1.7';

type Names = Map<string, string>;

type Need = (cast: Cast, names: Names) => Promise<Iterable<[string, string]>>;

/** Its session has come so far. */
const sessionThat =
  (comes: (cast: Cast, id: string) => Promise<unknown>): Need =>
  async (cast, names) => {
    await comes(cast, names.get(`ses_${EXAMPLE}`) ?? '');
    return [];
  };
const hasStarted = sessionThat(scenes.showsCode);
const isIn = (status: string): Need => sessionThat((cast, id) => scenes.becomes(cast, id, status));

/** What an operation's example needs that no program before it has made. Names that it gives are this operation's alone. */
const NEEDS: Readonly<Record<string, Need>> = {
  'POST /v1/messages/{id}/cancel': async (cast) => [
    [`msg_${EXAMPLE}`, await scenes.messageOf(cast, true)],
  ],
  'POST /v1/messages/{id}/media/retry': async (cast) => [
    [`msg_${EXAMPLE}`, await scenes.fileFromBob(cast, 'failed')],
  ],
  'POST /v1/calls/{id}/reject': async (cast) => [
    ['0D1F6C9A2B7E4853', await scenes.callFromAlice(cast)],
  ],
  'GET /v1/labels': async (cast) => {
    await scenes.withLabels(cast);
    return [];
  },
  'POST /v1/invitations/accept': async (cast) => [
    [INVITATION, await scenes.invite(cast, cast.ben, cast.admin)],
  ],
  'PATCH /v1/workspace/members/{id}': async (cast) => {
    await scenes.join(cast);
    return [];
  },
  'POST /v1/sessions/{id}/restart': isIn('disconnected'),
  'POST /v1/sessions/{id}/reconnect': hasStarted,
  'POST /v1/sessions/{id}/pairing-code': hasStarted,
  'POST /v1/sessions/{id}/sandbox/scan': hasStarted,
  'POST /v1/sessions/{id}/sandbox/messages': isIn('online'),
  'POST /v1/sessions/{id}/sandbox/unlink': isIn('online'),
  'POST /v1/sessions/{id}/logout': isIn('logged_out'),
  'POST /auth/sign-in/email': async ({ deployment }, names) => {
    await scenes.confirm(deployment, names.get('ann@example.com') ?? '');
    return [];
  },
  'POST /auth/reset-password': async ({ deployment }, names) => {
    const email = names.get('ann@example.com') ?? '';
    return [[RESET, await scenes.mailedToken(deployment, email, /password/i)]];
  },
};

const Answer = z.object({
  data: z.looseObject({
    id: z.string().optional(),
    wireId: z.string().optional(),
    uploadUrl: z.string().optional(),
    group: z.object({ id: z.string() }).optional(),
  }),
});

/** The real names of what the examples of the reference name, as the programs of one language make it. */
export async function namesFor(cast: Cast, language: string) {
  const { deployment, sessionId, admin, ben } = cast;
  const { apiUrl } = await deployment.facts();
  const { groupInvite, channel } = await scenes.ofAlice(cast);
  const own = language.toLowerCase();
  const names: Names = new Map([
    ['https://waypost.example.com', apiUrl],
    // Nothing here calls the internet.
    ['https://example.com/hooks/', `${deployment.inspector.url(`programs-${own}`)}?`],
    ['"support"', `"support-${own}"`],
    ['"sales"', `"sales-${own}"`],
    ['ann@example.com', scenes.newAddress('ann')],
    ['ben@example.com', scenes.newAddress('ben')],
    ['2026-12-01T09:00:00Z', new Date(Date.now() + 3_600_000).toISOString()],
    ['120482113', String(UPLOAD.length)],
    ['AbCdEfGhIjKlMnOpQrStUv', groupInvite],
    ['0029VaAbCdEfGhIjKlMnOp', channel.invite],
    ['120363099999999999@newsletter', channel.id],
    [`msg_${EXAMPLE}`, await scenes.messageOf(cast)],
    [`ses_${EXAMPLE}`, sessionId],
    [`usr_${EXAMPLE}`, ben.userId],
    [`wks_${EXAMPLE}`, admin.workspaceId],
  ]);

  async function learn(operation: string, text: string): Promise<void> {
    if (operation === 'GET /v1/webhooks/{id}/deliveries') {
      const [delivery] = /dlv_[0-9a-z]{26}/.exec(text) ?? [];
      if (delivery !== undefined) names.set(`dlv_${EXAMPLE}`, delivery);
    }
    if (!operation.startsWith('POST ')) return;
    const {
      id = '',
      wireId,
      uploadUrl,
      group,
    } = Answer.safeParse(text.startsWith('{') ? JSON.parse(text) : null).data?.data ?? {};
    if (group !== undefined) names.set('120363012345678901@g.us', group.id);
    if (operation === 'POST /v1/status') names.set('3EB0C431C26A1916E07A5D', wireId ?? id);
    if (uploadUrl !== undefined) await fetch(uploadUrl, { method: 'PUT', body: UPLOAD });
    const [, kind] = /^([a-z]{3})_/.exec(id) ?? [];
    if (operation === 'POST /v1/hooks') names.set(`/v1/hooks/whk_${EXAMPLE}`, `/v1/hooks/${id}`);
    else if (kind !== undefined && kind !== 'msg') names.set(`${kind}_${EXAMPLE}`, id);
    if (operation === 'POST /v1/sessions') await scenes.showsCode(cast, id);
  }

  return {
    /** The program with real names. */
    async fill(operation: string, code: string): Promise<string> {
      const needed = new Map((await NEEDS[operation]?.(cast, names)) ?? []);
      // The longest first: one may be a part of another.
      const pairs = [...new Map([...names, ...needed])].toSorted(
        ([one], [other]) => other.length - one.length,
      );
      return pairs.reduce((text, [example, real]) => text.replaceAll(example, real), code);
    },
    /** Takes the names of what the program has made. */
    async learn(operation: string, text: string): Promise<void> {
      await learn(operation, text);
      // The example makes its session the default one, and other programs send without naming one.
      if (operation === 'PATCH /v1/sessions/{id}')
        await deployment.api.call('PATCH', `/v1/sessions/${sessionId}`, {
          body: { isDefault: true },
        });
    },
  };
}
