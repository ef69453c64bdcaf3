import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Person, signIn, signUp } from '../testing/account.ts';
import { listedIn, shownIn } from '../testing/answers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { linkMailedTo } from '../testing/mail-client.ts';
import { MessageView, SessionView, settled } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import { type World, worldOf } from '../testing/world.ts';

export const ALICE = '15550100001';
export const BOB = '15550100002';

/** Who the programs of the guide are run by, and whom they meet. */
export type Cast = {
  deployment: Deployment;
  sessionId: string;
  world: World;
  /** An administrator with a workspace of their own. */
  admin: Person & { userId: string; workspaceId: string };
  /** Somebody with another workspace. */
  ben: Person & { userId: string; workspaceId: string };
};

/** @param adminEmail one of ADMIN_EMAILS, without an account yet */
export async function newCast(deployment: Deployment, adminEmail: string): Promise<Cast> {
  const { sessionId } = await deployment.facts();
  const session = await deployment.api.call('GET', `/v1/sessions/${sessionId}`);
  const { phoneNumber } = session.data(SessionView);
  const { email, password } = await signUp(deployment, 'admin', adminEmail);
  // The role comes with a sign-in after the address is confirmed.
  const admin = await signIn(deployment, email, password);
  return {
    deployment,
    sessionId,
    world: await worldOf(deployment, phoneNumber ?? ''),
    admin: { ...admin, ...(await idsOf(admin)) },
    ben: await newPerson(deployment, 'ben'),
  };
}

async function newPerson(deployment: Deployment, name: string): Promise<Cast['ben']> {
  const person = await signUp(deployment, name);
  return { ...person, ...(await idsOf(person)) };
}

async function idsOf({ api }: Person): Promise<{ userId: string; workspaceId: string }> {
  const me = await api.call('GET', '/v1/me');
  const { id, workspaceId } = me.data(z.object({ id: z.string(), workspaceId: z.string() }));
  return { userId: id, workspaceId };
}

export const newAddress = (name: string): string =>
  `${name}-${randomUUID().slice(0, 8)}@example.com`;

/** Has a person invite another one. @returns the token of the mail */
export async function invite({ deployment }: Cast, host: Person, guest: Person): Promise<string> {
  const body = { email: guest.email };
  const made = await host.api.call('POST', '/v1/workspace/invitations', { body });
  if (made.status !== 201) throw new Error(`invited with ${made.status}: ${made.text}`);
  return mailedToken(deployment, guest.email, /invit/i);
}

/** Makes Ben a member of the administrator's workspace. */
export async function join(cast: Cast): Promise<void> {
  const token = await invite(cast, cast.admin, cast.ben);
  const joined = await cast.ben.api.call('POST', '/v1/invitations/accept', { body: { token } });
  if (joined.status !== 200) throw new Error(`joined with ${joined.status}: ${joined.text}`);
}

export async function mailedToken(
  deployment: Deployment,
  email: string,
  subject: RegExp,
): Promise<string> {
  const { searchParams, pathname } = await linkMailedTo(await deployment.facts(), email, subject);
  return searchParams.get('token') ?? pathname.slice(pathname.lastIndexOf('/') + 1);
}

/** Opens the link of the mail that confirms an address. */
export async function confirm(deployment: Deployment, email: string): Promise<void> {
  const link = await linkMailedTo(await deployment.facts(), email, /verif|confirm/i);
  await fetch(link, { redirect: 'manual' });
}

/** A message to Alice that WhatsApp has, or one that waits for its time. @returns its id */
export async function messageOf({ deployment, sessionId }: Cast, waits = false): Promise<string> {
  const sendAt = new Date(Date.now() + 86_400_000).toISOString();
  const body = { to: `+${ALICE}`, text: 'An example', sessionId, ...(waits ? { sendAt } : {}) };
  const { id } = (await deployment.api.call('POST', '/v1/messages/text', { body })).data(
    MessageView,
  );
  if (!waits) await settled(deployment, id);
  return id;
}

const File = z.object({ messageId: z.string(), media: z.object({ status: z.string() }) });

/** Has Bob send a file, and waits until it is stored, or could not be. @returns the message's id */
export async function fileFromBob(cast: Cast, wanted: 'ready' | 'failed'): Promise<string> {
  const { phone, at } = cast.world;
  if (wanted === 'failed') await phone.faults({ ...at, failDownloads: 1 });
  const { wireId } = await phone.message({
    ...at,
    from: BOB,
    type: 'document',
    mediaBase64: btoa('%PDF-1.7'),
    mimetype: 'application/pdf',
    filename: 'plan.pdf',
  });
  return eventOf(cast, 'message.received,message.media', (data) => {
    const file = File.safeParse(data);
    const fits = data['wireId'] === wireId && file.data?.media.status === wanted;
    return fits ? file.data?.messageId : undefined;
  });
}

/** Has Alice call. @returns the id of the call, which rings */
export async function callFromAlice(cast: Cast): Promise<string> {
  const { callId } = await cast.world.phone.call({ ...cast.world.at, from: ALICE });
  return eventOf(cast, 'call.received', (data) => (data['callId'] === callId ? callId : undefined));
}

/** Waits for an event of the session in which something is found. */
function eventOf(
  { deployment, sessionId }: Cast,
  types: string,
  find: (data: Record<string, unknown>) => string | undefined,
): Promise<string> {
  const Events = z.array(z.object({ seq: z.number(), data: z.looseObject({}) }));
  let after = 0;
  return until(`an event of ${types}`, async () => {
    const path = `/v1/events?types=${types}&sessionId=${sessionId}&after=${after}`;
    const events = (await deployment.api.call('GET', path)).data(Events);
    for (const { seq, data } of events) {
      const found = find(data);
      if (found !== undefined) return found;
      after = seq;
    }
    return undefined;
  });
}

/** Makes the session's account one of a business, which has labels. */
export async function withLabels({ deployment, sessionId, world }: Cast): Promise<void> {
  const labels = [{ id: '1', name: 'New customer', color: '#ff9485' }];
  await world.phone.labels({ ...world.at, labels });
  await until('the labels', async () => {
    const answer = await deployment.api.call('GET', `/v1/labels?sessionId=${sessionId}`);
    return answer.status === 200 && listedIn(answer).length > 0 ? true : undefined;
  });
}

/** A group of Alice, and a channel of hers. */
export async function ofAlice({ world: { phone, at } }: Cast) {
  const made = { world: at.world, owner: ALICE };
  const group = await phone.group({ ...made, subject: 'Hers', members: [BOB] });
  const channel = await phone.channel({ ...made, name: `News ${randomUUID()}` });
  return { groupInvite: group.invite, channel };
}

/** Waits for a session that was made to show a code. */
export async function showsCode({ deployment: { api } }: Cast, id: string): Promise<void> {
  await until(
    'a code',
    async () => {
      const answer = await api.call('GET', `/v1/sessions/${id}/qr?wait=10`);
      return answer.status === 200 ? shownIn(answer) : undefined;
    },
    120_000,
  );
}

export const comesOnline = (cast: Cast, id: string): Promise<unknown> =>
  becomes(cast, id, 'online');

/** Waits for a session to be in a state. */
export const becomes = ({ deployment: { api } }: Cast, id: string, wanted: string) =>
  until(
    `${id} to be ${wanted}`,
    async () => {
      const { status } = (await api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
      return status === wanted ? true : undefined;
    },
    120_000,
  );
