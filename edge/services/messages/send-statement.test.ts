import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { createHarness } from '../../testing/harness.ts';
import { callerCtes } from './caller.ts';
import { sendStatement } from './send-statement.ts';

const harness = await createHarness();
const { db } = harness;

type Plan = {
  'Relation Name'?: string | undefined;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[] | undefined;
};
const Plan: z.ZodType<Plan> = z.lazy(() =>
  z.object({
    'Relation Name': z.string().optional(),
    'Shared Hit Blocks': z.number(),
    'Shared Read Blocks': z.number(),
    Plans: z.array(Plan).optional(),
  }),
);

/** How many blocks of the messages were looked at. */
const blocksRead = (plan: Plan): number => {
  const { 'Shared Hit Blocks': hit, 'Shared Read Blocks': read, Plans = [] } = plan;
  if (plan['Relation Name'] === 'messages') return hit + read;
  return Plans.reduce((sum, each) => sum + blocksRead(each), 0);
};

test('a send does not walk the messages of its session’s bulks', async () => {
  const { workspaceId, ctx } = await harness.newWorkspace();
  const { id: sessionId } = await harness.newSession({ workspaceId, isDefault: true });
  const bulkId = newId('bulk');
  await db.execute(sql`
    insert into bulks (id, workspace_id, session_id, type, recipients, left_out)
    values (${bulkId}, ${workspaceId}, ${sessionId}, 'text', 5000, '[]')`);
  await db.execute(sql`
    insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, bulk_id, queue_seq)
    select ${bulkId} || n, ${workspaceId}, ${sessionId}, 'outbound', n || '@c.us', 'text', '{}', 'queued', 0, ${bulkId}, n
    from generate_series(1, 5000) n`);
  await db.execute(sql`analyze messages`);
  const statement = sendStatement({
    workspaceId,
    caller: callerCtes(ctx),
    messageId: newId('message'),
    trace: null,
    request: {
      session: sessionId,
      to: { chatId: '15550100001@c.us' },
      quotedMessageId: null,
      said: { type: 'text', text: 'Hello', linkPreview: true },
      file: null,
      reference: null,
      expiresInSeconds: 3600,
      sendAt: null,
      idempotency: null,
      waitMs: 0,
    },
    seal: ctx.contentSeal.for(workspaceId),
    country: null,
    reserve: ctx.env,
    contactHashKey: ctx.env,
    media: null,
    audit: null,
  });
  const { rows } = await db.execute(sql`explain (analyze, buffers, format json) ${statement}`);
  const Explained = z.tuple([z.object({ Plan })]);
  const [{ Plan: plan }] = Explained.parse(rows[0]?.['QUERY PLAN']);
  expect(blocksRead(plan)).toBeLessThan(30);
});
