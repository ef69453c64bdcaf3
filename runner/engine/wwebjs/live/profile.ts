import type { PROFILE_OPERATIONS } from '../../../../shared/catalogue/live/profile.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof PROFILE_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const PROFILE: Implementers<LivePage, Names> = {
  getProfile: onPage(getProfile),
  updateProfile: onPage(updateProfile),
  setProfilePicture: onPage(setProfilePicture),
};

/** Runs on the page. */
function getProfile(_input: EngineInput<'getProfile'>): Answer<'getProfile'> {
  const { live } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(() => live.profile());
}

/** Runs on the page. */
function updateProfile({ name, about }: EngineInput<'updateProfile'>): Answer<'updateProfile'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    if (name !== undefined) {
      if (!page.require('WAWebConnModel').Conn.canSetMyPushname())
        live.refuse('NOT_SUPPORTED', 'The name of this account can be changed on the phone alone.');
      await page.require('WAWebSetPushnameConnAction').setPushname(name);
    }
    if (about !== undefined) await page.require('WAWebContactStatusBridge').setMyStatus(about);
    const profile = await live.profile();
    const isDone =
      (name === undefined || profile.name === name) &&
      (about === undefined || (profile.about ?? '') === about);
    if (!isDone) live.refuse('CONFLICT', 'WhatsApp did not make the change.');
    return profile;
  });
}

/** Runs on the page. */
function setProfilePicture({
  picture,
}: EngineInput<'setProfilePicture'>): Answer<'setProfilePicture'> {
  const { live } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => {
    await live.setPicture(live.me(), picture);
    return live.profile();
  });
}
