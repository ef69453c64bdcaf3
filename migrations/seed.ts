import pg from 'pg';
import { hashApiKey, mintApiKey } from '../shared/api-key.ts';
import { newId } from '../shared/ids.ts';

export type Seeded = { workspaceId: string; apiKey: string };

/** Scopes of the first key: all that its owner can do. */
const ALL_SCOPES = ['*'];

/** Adds one workspace with one API key. The key is in the answer only; the database keeps its hash. */
export async function seedWorkspace(input: {
  connectionString: string;
  apiKeySigningKey: string;
  name: string;
  mode: 'live' | 'test';
  tier: 'basic' | 'pro' | 'max';
  /** Requests a minute that the key may make; the product's default when left out. */
  perMinute?: number;
}): Promise<Seeded> {
  const workspaceId = newId('workspace');
  const keyId = newId('key');
  const apiKey = await mintApiKey(
    { keyId, workspaceId, mode: input.mode, perMinute: input.perMinute },
    input.apiKeySigningKey,
  );
  const client = new pg.Client({ connectionString: input.connectionString });
  await client.connect();
  try {
    await client.query(
      `with workspace as (insert into workspaces (id, name, tier) values ($1, $2, $7) returning id)
       insert into api_keys (id, workspace_id, name, mode, sha256, scopes, per_minute)
       select $3, workspace.id, 'first key', $4, $5, $6, $8 from workspace`,
      [
        workspaceId,
        input.name,
        keyId,
        input.mode,
        await hashApiKey(apiKey),
        ALL_SCOPES,
        input.tier,
        input.perMinute ?? null,
      ],
    );
  } finally {
    await client.end();
  }
  return { workspaceId, apiKey };
}
