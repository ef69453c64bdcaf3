/**
 * What builds of WhatsApp Web have come to do since the ones that whatsapp-web.js 1.34.7 was written for. Each can be
 * switched on alone (`builds` of the control API); a profile is a set of them. `page/build-faults.ts` plays them.
 */
export const PAGE_FAULTS = {
  'message-key-field': {
    upstream: 'wwebjs/whatsapp-web.js #201832, #201848, #201850',
    does: 'MsgKey keeps its serialized form under `$1` instead of `_serialized`.',
  },
  'media-own-id': {
    upstream: 'wwebjs/whatsapp-web.js #201921, #201922, #201925',
    does: 'Media models carry an own field `__x_id`, and a message into which an undefined one was spread throws.',
  },
  'sent-under-sibling': {
    upstream: 'wwebjs/whatsapp-web.js #201839, #201901',
    does: 'What is sent to a phone id is kept under the LID of the same person.',
  },
  'download-mimetype': {
    upstream: 'wwebjs/whatsapp-web.js #201908',
    does: '`downloadAndMaybeDecrypt` refuses a request without `mimetype`.',
  },
  'status-gating': {
    upstream: 'wwebjs/whatsapp-web.js #201816',
    does: '`canCheckStatusRankingPosterGating` is gone.',
  },
  'group-description': {
    upstream: 'wwebjs/whatsapp-web.js #201895',
    does: '`setGroupDescription` takes one object in place of four arguments.',
  },
  'participants-dropped': {
    upstream: 'wppconnect-team/wa-js #3527',
    does: 'Changes of participants drop the people and report success.',
  },
  'block-by-lid': {
    upstream: 'wwebjs/whatsapp-web.js #201753',
    does: 'People have a contact under their LID as well, and only that one can be blocked and unblocked.',
  },
  'preview-needs-chat': {
    upstream: 'rmyndharis/OpenWA, its patch of link previews in channels',
    does: '`getLinkPreview` throws unless it gets the chat as well.',
  },
  'pairing-after-qr': {
    upstream: 'avoylenko/wwebjs-api #154, wwebjs/whatsapp-web.js #22449',
    does: 'A page that has shown a QR code never answers when it is asked for a pairing code.',
  },
  'listener-dies': {
    upstream: 'devlikeapro/waha #1887, #2149',
    does: 'What the library calls to describe a message is no function any more.',
  },
  'errors-minified': {
    upstream: 'rmyndharis/OpenWA, its patch of minified errors',
    does: 'A send fails with an error whose class and message are one letter.',
  },
} as const satisfies Record<string, { upstream: string; does: string }>;

export type PageFault = keyof typeof PAGE_FAULTS;

// The keys of an object literal are all that its type lists.
export const PAGE_FAULT_NAMES = Object.keys(PAGE_FAULTS) as [PageFault, ...PageFault[]];
