import { api, ask } from '../../api/client.ts';
import { isRunning, type Session } from './session.ts';

export const ACTIONS = [
  'start',
  'restart',
  'stop',
  'logout',
  'archive',
  'unarchive',
  'delete',
] as const;
export type Action = (typeof ACTIONS)[number];

/** The actions that make sense for a session as it is now. */
export function actionsFor({
  status,
  archivedAt,
}: Pick<Session, 'status' | 'archivedAt'>): Action[] {
  if (archivedAt !== null) return ['unarchive', 'delete'];
  const running = isRunning(status);
  return ACTIONS.filter((action) => {
    if (action === 'unarchive') return false;
    if (action === 'start') return !running;
    if (action === 'stop' || action === 'restart') return running;
    if (action === 'logout') return running && status !== 'qr' && status !== 'pairing_code';
    return true;
  });
}

/** Those that one thinks about first. */
export const ASKS_FIRST: readonly Action[] = ['stop', 'restart', 'logout', 'archive', 'delete'];
export const CANNOT_BE_UNDONE: readonly Action[] = ['delete'];

/**
 * Does it.
 * @returns false where the phone still lists the device, so that a person has to remove it there
 */
export async function act(action: Action, id: string): Promise<boolean> {
  const options = { params: { path: { id } } };
  switch (action) {
    case 'start':
      await ask(api.POST('/v1/sessions/{id}/start', options));
      return true;
    case 'stop':
      await ask(api.POST('/v1/sessions/{id}/stop', options));
      return true;
    case 'restart':
      await ask(api.POST('/v1/sessions/{id}/restart', options));
      return true;
    case 'archive':
      await ask(api.POST('/v1/sessions/{id}/archive', options));
      return true;
    case 'unarchive':
      await ask(api.POST('/v1/sessions/{id}/unarchive', options));
      return true;
    case 'logout':
      return (await ask(api.POST('/v1/sessions/{id}/logout', options))).unlinked;
    case 'delete':
      return (await ask(api.DELETE('/v1/sessions/{id}', options))).unlinked;
  }
}
