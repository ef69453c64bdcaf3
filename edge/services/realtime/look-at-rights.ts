import type { ServiceContext } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';

/**
 * Has the workspace's hub look at once who may not read any more, after a key, a member or a session changed. Where the call
 * is lost, the hub's own look finds it seconds later.
 */
export function lookAtRights({ hubs, log, waitUntil, workspaceId }: ServiceContext): void {
  const looked = hubs
    .look(workspaceId)
    .catch((error: unknown) =>
      log({ event: 'hub_not_asked', workspaceId, ...describeError(error) }),
    );
  waitUntil(looked);
}
