import { describe, expect, it, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';
import { sql } from 'drizzle-orm';
import { toHex } from '../../../shared/hex.ts';
import { contactHash } from './contact-hash.ts';
import { isWrittenFor, personFinder } from './names-person.ts';

const IDS = ['15550100001@c.us', '90000000001@lid'];

describe('a value names a person', () => {
  const names = personFinder(IDS);
  it.each([
    ['15550100001@c.us', true],
    [{ from: { lid: '90000000001@lid' } }, true],
    [['TEL;waid=15550100001:+1 555 010 0001'], true],
    [{ text: 'hi @90000000001, how are you?' }, true],
    ['true_15550100001@c.us_3EB0AA', true],
    [{ phone: 15550100001 }, true],
    ['115550100001', false],
    ['155501000011', false],
    [{ from: { lid: '90000000002@lid' } }, false],
    [null, false],
    [undefined, false],
  ])('%j: %s', (value, expected) => expect(names(value)).toBe(expected));
});

describe('a recipient of a bulk is the person', () => {
  it.each([
    ['+1 (555) 010-0001', true],
    ['001 555 0100001', true],
    ['0555 0100001', true],
    ['15550100001@c.us', true],
    ['90000000001@lid', true],
    ['+1 555 010-0002', false],
    ['0001', false],
    ['', false],
    ['Ada', false],
  ])('%j: %s', (written, expected) => expect(isWrittenFor(written, IDS)).toBe(expected));
});

test('the hash of an id is an HMAC', async () => {
  const { db, env } = await createHarness();
  const [workspace, id] = ['wks_1', '15550100001@c.us'];
  const { rows } = await db.execute(
    sql`select ${contactHash(env, sql`${workspace}::text`, sql`${id}::text`)} as hash`,
  );
  const secret = Uint8Array.from(env.CONTACT_HASH_KEY.match(/../g) ?? [], (byte) =>
    parseInt(byte, 16),
  );
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign']);
  const signed = await crypto.subtle.sign(
    'HMAC',
    key,
    new TextEncoder().encode(`${workspace}\n${id}`),
  );
  expect(rows).toEqual([{ hash: toHex(new Uint8Array(signed)) }]);
});
