import { type SQL, sql } from 'drizzle-orm';
import { fromHex, toHex } from '../../../shared/hex.ts';
import type { EdgeEnv } from '../../env.ts';

/** Of SHA-256, in bytes: what HMAC fills the key up to. */
const BLOCK = 64;

export type ContactHashKey = Pick<EdgeEnv, 'CONTACT_HASH_KEY'>;

/**
 * An id of a person as it may be kept after they were erased: its HMAC-SHA-256 under CONTACT_HASH_KEY, in hex. With the
 * workspace's id before it, so that two workspaces have nothing in common. In SQL, since statements find ids by themselves; the
 * key is a parameter, so no copy of the database has it.
 * @param workspaceId and id: expressions that are text
 */
export function contactHash(env: ContactHashKey, workspaceId: SQL, id: SQL): SQL {
  const key = fromHex(env.CONTACT_HASH_KEY);
  const padded = (pad: number): SQL => {
    const block = Uint8Array.from({ length: BLOCK }, (_, place) => (key[place] ?? 0) ^ pad);
    return sql`decode(${toHex(block)}::text, 'hex')`;
  };
  const named = sql`convert_to(${workspaceId} || chr(10) || ${id}, 'UTF8')`;
  return sql`encode(sha256(${padded(0x5c)} || sha256(${padded(0x36)} || ${named})), 'hex')`;
}

/** The hashes of a list of ids, as an array. @param ids an expression of type `text[]` */
export const contactHashes = (env: ContactHashKey, workspaceId: SQL, ids: SQL): SQL => sql`array(
  select ${contactHash(env, workspaceId, sql`given.id`)} from unnest(${ids}) given(id)
)`;
