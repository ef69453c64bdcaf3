import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { newId } from '../shared/ids.ts';
import { SIGN_IN_LINK_SECONDS, signInLinkId } from '../shared/sign-in-link.ts';

/** No mail reaches it; and nobody can sign up with it first, since nobody knows the workspace's id. */
const ownerEmail = (workspaceId: string): string => `owner.${workspaceId}@waypost.localhost`;

/**
 * A token that signs the local owner in once, within an hour: an administrator who has no password, made at the first call.
 * They own the workspace from their first sign-in on, so that a deployment where nobody has signed in is still open to the
 * first person. The database keeps a hash of the token.
 */
export async function mintSignInLink(input: {
  connectionString: string;
  workspaceId: string;
}): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const client = new pg.Client({ connectionString: input.connectionString });
  await client.connect();
  try {
    await client.query(
      `with owner as (
         insert into users (id, name, email, email_verified, role, workspace_id)
         values ($1, 'Local owner', $2, true, 'admin', $3)
         on conflict (email) do update set updated_at = now()
         returning id
       )
       insert into auth_verifications (id, identifier, value, expires_at)
       select $4, $5, owner.id, now() + make_interval(secs => $6::int) from owner`,
      [
        newId('user'),
        ownerEmail(input.workspaceId),
        input.workspaceId,
        newId('authVerification'),
        await signInLinkId(token),
        SIGN_IN_LINK_SECONDS,
      ],
    );
  } finally {
    await client.end();
  }
  return token;
}
