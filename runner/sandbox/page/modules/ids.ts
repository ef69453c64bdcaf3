import type { Core } from '../core.ts';
import { encodeBase64 } from '../session/keys.ts';
import { toWid } from '../wid.ts';
import type { Wid } from '../wid.ts';

/** Addresses and keys. */
export function idModules(core: Core): Record<string, object> {
  const asUser = (id: unknown): Wid => {
    const wid = toWid(id);
    if (!wid.isUser()) throw new Error('wid error: not a user');
    return wid;
  };
  return {
    WAWebMsgKey: core.MsgKey,
    WAWebWidFactory: {
      createWid: toWid,
      createWidFromWidLike: toWid,
      createUserWid: asUser,
      createUserWidOrThrow: asUser,
      asUserWidOrThrow: asUser,
      toUserWidOrThrow: asUser,
    },
    WAWebWidToJid: {
      widToUserJid: (id: unknown) => toWid(id).toJid(),
      widToGroupJid: (id: unknown) => toWid(id).toString(),
    },
    WAWebJidToWid: { userJidToUserWid: toWid, newsletterJidToWid: toWid },
    WAJids: { toNewsletterJid: (id: unknown) => String(id) },
    WABase64: {
      encodeB64: encodeBase64,
      decodeB64: (text: string) =>
        Uint8Array.from(atob(text), (letter) => letter.codePointAt(0) ?? 0).buffer,
    },
    WAWebApiContact: {
      getAlternateUserWid: (id: Wid) =>
        id.isLid() ? core.directory.phoneOf(id) : core.directory.lidOf(id),
      getCurrentLid: (id: Wid) => core.directory.lidOf(id) ?? null,
      getPhoneNumber: (id: Wid) => core.directory.phoneOf(id),
    },
    WAWebLidMigrationUtils: {
      toPn: (id: unknown) => core.directory.phoneOf(id),
      toLid: (id: unknown) => core.directory.lidOf(id),
    },
  };
}
