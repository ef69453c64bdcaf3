import type { Documented } from '../testing/programs/read-programs.ts';

/** What ends something comes after what needs it. */
const LAST = [
  'DELETE /v1/webhooks/{id}',
  'DELETE /v1/keys/{id}',
  'DELETE /v1/media/{id}',
  'POST /v1/groups/{id}/leave',
  'DELETE /v1/messages/{id}',
  'DELETE /v1/chats/{id}',
  'POST /v1/erasures',
  'GET /v1/erasures/{id}',
  'GET /v1/sessions/{id}/sandbox',
  'POST /v1/sessions/{id}/sandbox/unlink',
  'POST /v1/sessions/{id}/logout',
  'POST /v1/sessions/{id}/archive',
  'POST /v1/sessions/{id}/unarchive',
  'DELETE /v1/sessions/{id}',
];

export function inOrder(documented: readonly Documented[]): Documented[] {
  const rank = ({ operation }: Documented): number => LAST.indexOf(operation);
  return documented.toSorted((one, other) => rank(one) - rank(other));
}

/** Operations whose example cannot succeed here: how it is refused, and why. */
export const REFUSED: Readonly<Record<string, { status: number; because: string }>> = {
  'POST /v1/messages/album': { status: 501, because: 'the engine has no albums' },
  'POST /auth/sign-in/link': { status: 401, because: 'the link that npm start prints works once' },
  'POST /auth/sign-in/social': { status: 404, because: 'no Google client is set' },
  'POST /auth/supabase': { status: 501, because: 'no Supabase project is set' },
};
