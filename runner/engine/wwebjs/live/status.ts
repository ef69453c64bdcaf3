import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type {
  STATUS_OPERATIONS,
  StatusFile,
  StatusText,
} from '../../../../shared/catalogue/live/status.ts';
import { fetchFile } from '../../../media/fetch-file.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import { PLAYED_VIDEO } from '../kinds.ts';
import { type FileOnPage, withFileOnPage } from '../outbound-file.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof STATUS_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const STATUS: Implementers<LivePage, Names> = {
  listStatus: onPage(listStatus),
  postStatus: (live, post) =>
    'fileUrl' in post ? postFile(live, post) : onPage(postText)(live, post),
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
function postText({ text, color, font }: StatusText): Answer<'postStatus'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const before = new Set(live.myPosts().map(({ id }) => id.id));
    const { sendStatusTextMsgAction } = page.require('WAWebSendStatusMsgAction');
    await sendStatusTextMsgAction({ text, color: page.WWebJS.assertColor(color), font });
    return live.shownPost((one) => !before.has(one.id.id) && one.body === text);
  });
}

async function postFile(
  live: LivePage,
  { fileUrl, mimetype, caption }: StatusFile,
): Promise<EngineOutput<'postStatus'>> {
  const video = mimetype.startsWith('video/') ? PLAYED_VIDEO : null;
  const { documentId } = await onPage(openPost)(live, { video });
  const path = join(live.filesDir, `status-${randomUUID()}`);
  const sizeBytes = await fetchFile({ url: fileUrl, path });
  try {
    const file = { path, sizeBytes, mimetype, filename: basename(path), sound: null };
    return await withFileOnPage(live.page, documentId, file, (onIt) =>
      onPage(postFileOnPage)(live, { file: onIt, caption }),
    );
  } finally {
    await rm(path, { force: true });
  }
}

/** Runs on the page. Refuses a video that it cannot play, for its thumbnail and its length. */
async function openPost({
  video,
}: {
  video: string | null;
}): Promise<{ documentId: string } | PageRefusal> {
  const page = globalThis as unknown as LiveWindow;
  if (video !== null && page.document.createElement('video').canPlayType(video) === '') {
    const message = 'The session’s browser cannot play this video (H.264).';
    return { refused: 'MEDIA_REJECTED', message };
  }
  return { documentId: page.__waypost.documentId };
}

/** Runs on the page. As the library does, without the switch that `postText` goes without. */
function postFileOnPage({
  file,
  caption,
}: {
  file: FileOnPage;
  caption: string | null;
}): Answer<'postStatus'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, files } = page.__waypost;
  const { WWebJS: library } = page;
  return live.attempt(async () => {
    // The library would make the file from base64.
    library.mediaInfoToFile = ({ data, mimetype, filename }) =>
      new File([files.get(data) ?? ''], filename, { type: mimetype });
    const { handle, mimetype, filename } = file;
    const media = await library
      .processMediaData({ data: handle, mimetype, filename }, { sendToStatus: true })
      .catch((error: unknown) => {
        if (!String(error).includes('media-fault')) throw error;
        return live.refuse('MEDIA_REJECTED', 'WhatsApp Web cannot read the file.');
      });
    const { createWid, asUserWidOrThrow } = page.require('WAWebWidFactory');
    const MsgKey = page.require('WAWebMsgKey');
    const [from, to] = [live.me(), createWid('status@broadcast')];
    const participant = asUserWidOrThrow(from);
    const id = await MsgKey.newId();
    const post = new (page.require('WAWebCollections').Msg.modelClass)({
      ...media,
      ...media.toJSON(),
      id: new MsgKey({ from, to, id, participant, selfDir: 'out' }),
      ack: 0,
      body: media.preview,
      ...(caption !== null && { caption }),
      from,
      to,
      author: participant,
      local: true,
      self: 'out',
      t: Math.floor(Date.now() / 1_000),
      isNewMsg: true,
      messageSecret: crypto.getRandomValues(new Uint8Array(32)),
    });
    const update = (data: unknown): unknown => page.require('WAWebMediaUpdateMsg')(data, media);
    await page.require('WAWebSendStatusMsgAction').sendStatusMediaMsgAction(post, update);
    return live.shownPost((one) => one.id.id === id);
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
