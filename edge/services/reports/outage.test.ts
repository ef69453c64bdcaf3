import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { createHarness } from '../../testing/harness.ts';
import { qstashCallsFor, receiverUrl } from '../../testing/receiver.ts';
import { newEndpoint, newOwnedSession, received, reportWorld } from './testing/report-fixtures.ts';

const harness = await createHarness({ BASE_URL: receiverUrl() });
const { ingest, eventsOf } = reportWorld(harness);

it('what is committed before the database goes away is delivered at once, and the rest when it is reported again', async () => {
  const session = await newOwnedSession(harness);
  const endpointId = await newEndpoint(harness, session);
  await harness.db.execute(
    sql.raw(`create function go_away() returns trigger language plpgsql as
      $$ begin raise exception 'going away' using errcode = '57P01'; end $$`),
  );
  await harness.db.execute(
    sql.raw(`create trigger go_away before insert on messages for each row
      when (new.wire_id = 'OUT50') execute function go_away()`),
  );
  const reports = [
    ...Array.from({ length: 50 }, (_, index) => session.spool(received(`OUT${index}`))),
    session.spool(received('OUT50')),
  ];
  await expect(ingest(session, ...reports)).rejects.toThrow();
  expect(await eventsOf(session)).toHaveLength(50);
  expect(await qstashCallsFor(endpointId, 1)).toEqual([{ endpointId }]);
  await harness.db.execute(sql`drop function go_away cascade`);
  expect(await ingest(session, ...reports)).toEqual({ accepted: 51, refused: [] });
  expect(await eventsOf(session)).toHaveLength(51);
});
