import { z } from 'zod';
import { RED_DOT_BASE64 } from '../../testing/file-server.ts';
import { Skipped, type Walk } from '../walk.ts';
import type { Step } from './step.ts';

const Profile = z.looseObject({ about: z.string().nullable(), pictureUrl: z.string().nullable() });
const Post = z.looseObject({ wireId: z.string() });
const Channel = z.looseObject({ id: z.string(), role: z.string() });

/** The account's own things: profile, status, channels, calls, and the page. */
export const accountSteps = (walk: Walk) => {
  let channelId: string | undefined;
  let posted: string | undefined;
  const channel = (): string => {
    if (channelId === undefined) throw new Skipped('no channel was named (--channel)');
    return channelId;
  };
  const follow = async (operation: 'follow' | 'unfollow', role: string): Promise<void> => {
    const ask = { id: channel() };
    const after = await walk.ask(`POST /v1/channels/{id}/${operation}`, Channel, ask);
    walk.expect(after.role === role, `the role is ${after.role}`);
  };
  const setAbout = async (about: string | null): Promise<void> => {
    const after = await walk.ask('PATCH /v1/profile', Profile, { body: { about } });
    walk.expect((after.about ?? '') === (about ?? ''), 'the text is the old one');
  };

  return {
    getProfile: {
      title: 'get the profile',
      run: async () => void (await walk.ask('GET /v1/profile', Profile)),
    },
    updateProfile: {
      title: 'change the about text, and change it back',
      consent: 'May the about text of this account change for a moment?',
      run: async () => {
        const { about } = await walk.ask('GET /v1/profile', Profile);
        const { api, session } = walk.given;
        const body = { sessionId: session.id, about };
        const restore = () => api.call('PATCH', '/v1/profile', { body });
        walk.undo('restore the about text', restore);
        await setAbout('Testing Waypost');
        await setAbout(about);
      },
    },
    setProfilePicture: {
      title: 'set and remove the profile picture',
      consent: 'May this account get a test picture for a moment? It works only if it has none.',
      run: async () => {
        const { pictureUrl } = await walk.ask('GET /v1/profile', Profile);
        if (pictureUrl !== null) throw new Skipped('the account has a picture');
        const { api, session } = walk.given;
        const path = `/v1/profile/picture?sessionId=${session.id}`;
        walk.undo('remove the picture', () => api.call('DELETE', path));
        const body = { base64: RED_DOT_BASE64 };
        const set = await walk.ask('PUT /v1/profile/picture', Profile, { body });
        walk.expect(set.pictureUrl !== null, 'there is no picture');
        await walk.call('DELETE /v1/profile/picture');
      },
    },
    postStatus: {
      title: 'post a status',
      consent: 'May a status be posted, which your contacts can see for a moment?',
      run: async () => {
        const { api, session } = walk.given;
        const body = { text: 'Testing Waypost' };
        const { wireId } = await walk.ask('POST /v1/status', Post, { body });
        posted = wireId;
        const path = `/v1/status/${wireId}?sessionId=${session.id}`;
        walk.undo('delete the status', () => api.call('DELETE', path));
        await walk.see('Does the phone show the status?');
      },
    },
    listStatus: {
      title: 'list the status posts',
      run: async () => {
        const posts = await walk.ask('GET /v1/status', z.array(Post));
        const isListed = posts.some(({ wireId }) => wireId === posted);
        walk.expect(posted === undefined || isListed, 'the post is not listed');
      },
    },
    deleteStatus: {
      title: 'delete a status',
      run: async () => {
        if (posted === undefined) throw new Skipped('no status was posted');
        await walk.call('DELETE /v1/status/{id}', { id: posted });
      },
    },
    listChannels: {
      title: 'list channels',
      run: async () => void (await walk.ask('GET /v1/channels', z.array(Channel))),
    },
    previewChannel: {
      title: 'look where the link of a channel leads',
      run: async () => {
        const link = walk.given.channel;
        if (link === null) throw new Skipped('no channel was named (--channel)');
        const body = { link };
        channelId = (await walk.ask('POST /v1/channels/preview', Channel, { body })).id;
      },
    },
    getChannel: {
      title: 'get a channel',
      run: async () => void (await walk.ask('GET /v1/channels/{id}', Channel, { id: channel() })),
    },
    followChannel: {
      title: 'follow a channel, and leave it',
      run: async () => {
        await follow('follow', 'subscriber');
        await follow('unfollow', 'guest');
      },
    },
    rejectCall: {
      title: 'reject a call',
      run: async () => {
        const call = await walk.eventAfter('call.received', () =>
          walk.given.person.does('Call this number from another phone, and let it ring.'),
        );
        const { callId } = z.object({ callId: z.string() }).parse(call);
        await walk.call('POST /v1/calls/{id}/reject', { id: callId });
      },
    },
    screenshot: {
      title: 'take a picture of the page',
      run: async () =>
        void (await walk.call('GET /v1/sessions/{id}/screenshot', { id: walk.given.session.id })),
    },
  } satisfies Record<string, Step>;
};
