import type { STATUS_OPERATIONS } from '../../../../shared/catalogue/live/status.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof STATUS_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const STATUS: Implementers<LivePage, Names> = {
  listStatus: onPage(listStatus),
  postStatus: onPage(postStatus),
  deleteStatus: onPage(deleteStatus),
};

/** Runs on the page. */
function listStatus(_input: EngineInput<'listStatus'>): Answer<'listStatus'> {
  const { live } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => ({
    posts: live
      .myPosts()
      .map((one) => live.post(one))
      .reverse(),
  }));
}

/** Runs on the page. The library goes by a switch that today's WhatsApp Web no longer has (#201816); this is what it calls then. */
function postStatus({ text, color, font }: EngineInput<'postStatus'>): Answer<'postStatus'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const before = new Set(live.myPosts().map(({ id }) => id.id));
    const { sendStatusTextMsgAction } = page.require('WAWebSendStatusMsgAction');
    await sendStatusTextMsgAction({ text, color: page.WWebJS.assertColor(color), font });
    // WhatsApp Web shows its own post a moment after the command.
    for (let waited = 0; waited < 10_000; waited += 100) {
      const fresh = live.myPosts().find((one) => !before.has(one.id.id) && one.body === text);
      if (fresh !== undefined) return live.post(fresh);
      await live.pause(100);
    }
    return live.refuse('CONFLICT', 'WhatsApp did not show the post.');
  });
}

/** Runs on the page. */
function deleteStatus({ wireId }: EngineInput<'deleteStatus'>): Answer<'deleteStatus'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const find = () => live.myPosts().find(({ id }) => id.id === wireId);
    const post = find();
    const status = page.require('WAWebCollections').Status.getMyStatus();
    if (post === undefined || status == null)
      return live.refuse('NOT_FOUND', 'There is no such status post now.');
    await page.require('WAWebRevokeStatusAction').sendStatusRevokeMsgAction(status, post);
    for (let waited = 0; find() !== undefined; waited += 100) {
      if (waited >= 5_000) return live.refuse('CONFLICT', 'WhatsApp did not delete the post.');
      await live.pause(100);
    }
    return { deleted: true };
  });
}
