import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../testing/deployment.ts';
import { MessageView } from '../testing/session.ts';
import type { World } from '../testing/world.ts';
import type { Inbound, Send } from './history.ts';
import type { Random } from '../testing/random.ts';

export type ChaosSession = World & { id: string; name: string };

/** Statuses that a client may answer by sending the same request again: its Idempotency-Key makes that safe. */
const TRY_AGAIN = [409, 425, 429, 500, 502, 503, 504];
const GIVE_UP_MS = 300_000;
const FRIEND = '15550100001';

export type Traffic = { sends: Send[]; inbound: Inbound[] };

/** A program and a friend for each session, writing at random moments until the signal says stop. */
export async function runTraffic(options: {
  deployment: Deployment;
  sessions: readonly ChaosSession[];
  random: Random;
  signal: AbortSignal;
}): Promise<Traffic> {
  const { deployment, sessions, random, signal } = options;
  const traffic: Traffic = { sends: [], inbound: [] };
  const program = async (session: ChaosSession): Promise<void> => {
    for (let count = 0; !signal.aborted; count += 1) {
      const text = `out ${session.name} ${count}`;
      const messageId = await sendUntilAnswered(deployment, session.id, text);
      traffic.sends.push({ sessionId: session.id, text, messageId });
      await sleep(random.between(150, 900));
    }
  };
  const friend = async (session: ChaosSession): Promise<void> => {
    for (let count = 0; !signal.aborted; count += 1) {
      const text = `in ${session.name} ${count}`;
      const at = Date.now();
      const { wireId } = await session.phone.message({ ...session.at, from: FRIEND, body: text });
      traffic.inbound.push({ sessionId: session.id, wireId, text, at });
      await sleep(random.between(300, 1_500));
    }
  };
  await Promise.all(sessions.flatMap((session) => [program(session), friend(session)]));
  return traffic;
}

/** As a careful client does it: one key, the same request until there is an answer. Null: refused. */
export async function sendUntilAnswered(
  deployment: Deployment,
  sessionId: string,
  text: string,
): Promise<string | null> {
  const headers = { 'idempotency-key': randomUUID(), prefer: 'respond-async' };
  const body = { sessionId, to: `+${FRIEND}`, text };
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    // No answer at all is what chaos is for: the row may be there or not, and the next try finds out.
    const answer = await deployment.api
      .call('POST', '/v1/messages/text', { body, headers })
      .catch(() => null);
    if (answer !== null && answer.status < 300) return answer.data(MessageView).id;
    if (answer !== null && !TRY_AGAIN.includes(answer.status)) return null;
    if (Date.now() > deadline) throw new Error(`no answer for ${text} in ${GIVE_UP_MS} ms`);
    await sleep(300);
  }
}
