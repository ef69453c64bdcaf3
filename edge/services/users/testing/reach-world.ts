import { EVENTS } from '../../../../shared/catalogue/events/index.ts';
import { newId } from '../../../../shared/ids.ts';
import type { Harness, TestUser } from '../../../testing/harness.ts';

export type Who = 'owner' | 'colleague' | 'member';

/**
 * One workspace: an owner, a colleague who reaches all sessions, a member who reaches their own. Sessions `house` (the
 * owner's), `mine` (the member's) and `robot` (by a key that the member made), each with message, event, endpoint and key.
 */
export async function reachWorld(harness: Harness) {
  const { schema, db } = harness;
  const owner = await harness.newUser();
  const { workspaceId } = owner;
  const colleague = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
  const member = await harness.newUser({ workspaceId, role: 'member' });
  const robotKey = await harness.newKey(workspaceId, {
    createdBy: member.userId,
    userId: member.userId,
  });
  const runner = harness.newRunner();
  const makers = { house: owner.userId, mine: member.userId, robot: robotKey.keyId };

  const things: Record<
    string,
    Record<'session' | 'message' | 'webhook' | 'key' | 'event', string>
  > = {};
  let seq = 0;
  for (const [name, createdBy] of Object.entries(makers)) {
    const isDefault = name === 'house';
    const session = await harness.newSession({
      workspaceId,
      name,
      createdBy,
      isDefault,
      owner: runner.owner,
    });
    const message = newId('message');
    await db.insert(schema.messages).values({
      id: message,
      workspaceId,
      sessionId: session.id,
      direction: 'inbound',
      chatId: '15550100002@c.us',
      type: 'text',
      content: { text: `for ${name}` },
      status: 'sent',
      statusRank: 4,
      wireId: newId('message').slice(-20).toUpperCase(),
    });
    const webhook = newId('webhook');
    await db.insert(schema.webhookEndpoints).values({
      id: webhook,
      workspaceId,
      url: `https://example.com/${name}`,
      secret: 'whsec_c2VjcmV0',
      eventTypes: ['*'],
      sessionIds: [session.id],
    });
    const userId = name === 'house' ? owner.userId : member.userId;
    const { keyId: key } = await harness.newKey(workspaceId, { sessionId: session.id, userId });
    const event = newId('event');
    seq += 1;
    await db.insert(schema.events).values({
      workspaceId,
      seq,
      id: event,
      sessionId: session.id,
      type: 'message.received',
      data: { ...EVENTS['message.received'].example, text: name },
      occurredAt: new Date(),
    });
    things[name] = { session: session.id, message, webhook, key, event };
  }
  await db.insert(schema.webhookEndpoints).values({
    id: newId('webhook'),
    workspaceId,
    url: 'https://example.com/all',
    secret: 'whsec_c2VjcmV0',
    eventTypes: ['*'],
  });
  await db.insert(schema.events).values({
    workspaceId,
    seq: seq + 1,
    id: newId('event'),
    type: 'webhook.test',
    data: EVENTS['webhook.test'].example,
    occurredAt: new Date(),
  });
  const people: Record<Who, TestUser> = { owner, colleague, member };
  return { workspaceId, people, things, robotKey, runner };
}
