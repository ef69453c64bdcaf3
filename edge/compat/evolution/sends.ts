import { z } from '@hono/zod-openapi';
import { MEDIA_KINDS } from '../../../shared/catalogue/kinds/media.ts';
import type { Row } from '../../api/operation.ts';
import { UPLOAD_RULE } from '../../media/store-media.ts';
import { refused } from './route.ts';
import { kinds, sendRow, takes } from './send-row.ts';

const FILE_CALLED = { url: 'media', base64: 'media', filename: 'fileName' };

const text = z.string().nullish();
const given = <Value>(value: Value | null | undefined): value is Value =>
  value != null && value !== '';

const Card = z.looseObject({
  fullName: text,
  phoneNumber: text,
  wuid: text,
  organization: text,
  email: text,
  url: text,
});

/** As our `sendContact` takes it. */
const cardOf = ({
  fullName,
  phoneNumber,
  wuid,
  organization,
  email,
  url,
}: z.output<typeof Card>) => ({
  name: fullName ?? '',
  phones: [given(phoneNumber) ? phoneNumber : (wuid ?? '').replace(/@.*$/, '')],
  ...(given(organization) && { organization }),
  ...(given(email) && { emails: [email] }),
  ...(given(url) && { url }),
});

const KIND_OF_MEDIA = {
  image: 'image',
  video: 'video',
  document: 'document',
  audio: 'audio',
  ptv: 'video',
} as const;
const MEDIA_TYPES = Object.keys(KIND_OF_MEDIA) as [keyof typeof KIND_OF_MEDIA];

export const evolutionSends: readonly Row[] = [
  sendRow({
    id: 'evolutionSendText',
    path: 'sendText',
    summary: 'Send a text',
    description:
      'Answers at once: the message is in the queue, under the id that it will have on WhatsApp. With `Prefer: wait=N` once it has left.',
    v1: 'textMessage',
    fields: { text },
    example: { text: 'Hello' },
    calls: ['text'],
    read: ({ text: said }, { mentions, preview }) => ({
      kind: 'text',
      said: { ...(said != null && { text: said }), ...mentions, ...preview },
      shown: { text: said ?? null },
    }),
  }),
  sendRow({
    id: 'evolutionSendMedia',
    path: 'sendMedia',
    summary: 'Send an image, a video, a document or an audio file',
    description:
      'The file comes by URL, as base64, or as the part `file` of a form. What it is, its content says, whatever `mimetype` says.',
    v1: 'mediaMessage',
    fields: {
      mediatype: z.enum(MEDIA_TYPES).nullish().openapi({ description: '`ptv` is a round video.' }),
      mimetype: text,
      caption: text,
      fileName: text,
      media: text,
    },
    example: { mediatype: 'image', media: 'https://files.example.com/photo.jpg', caption: 'Look' },
    calls: ['document', 'image', 'video', 'audio'],
    file: { rule: UPLOAD_RULE, fields: ['media'] },
    read: ({ mediatype, mimetype, caption, fileName }, { mentions, file }) => {
      const kind = KIND_OF_MEDIA[mediatype ?? 'document'];
      const said = {
        ...file,
        ...(given(caption) && kind !== 'audio' && { caption }),
        ...(given(fileName) && kind !== 'image' && { filename: fileName }),
        ...(kind !== 'audio' && mentions),
        ...(mediatype === 'ptv' && { asNote: true }),
      };
      const shown = {
        type: mediatype === 'ptv' ? 'note' : kind,
        text: caption ?? null,
        ...(given(mimetype) && { mimetype }),
        ...(given(fileName) && { filename: fileName }),
      };
      return { kind, said, shown, called: FILE_CALLED };
    },
  }),
  sendRow({
    id: 'evolutionSendAudio',
    path: 'sendWhatsAppAudio',
    summary: 'Send a voice message',
    description: 'A recording is converted where that is needed, whatever `encoding` says.',
    v1: 'audioMessage',
    fields: { audio: text, encoding: z.boolean().nullish() },
    example: { audio: 'https://files.example.com/voice.ogg' },
    calls: ['voice'],
    file: { rule: MEDIA_KINDS.voice.media, fields: ['audio'] },
    read: (_, { file }) => ({
      kind: 'voice',
      said: file,
      called: { url: 'audio', base64: 'audio' },
    }),
  }),
  sendRow({
    id: 'evolutionSendSticker',
    path: 'sendSticker',
    summary: 'Send a sticker',
    v1: 'stickerMessage',
    fields: { sticker: text, image: text },
    example: { sticker: 'https://files.example.com/sticker.webp' },
    calls: ['sticker'],
    file: { rule: MEDIA_KINDS.sticker.media, fields: ['sticker', 'image'] },
    read: (_, { file }) => ({
      kind: 'sticker',
      said: file,
      called: { url: 'sticker', base64: 'sticker' },
    }),
  }),
  sendRow({
    id: 'evolutionSendLocation',
    path: 'sendLocation',
    summary: 'Send a location',
    v1: 'locationMessage',
    fields: {
      name: text,
      address: text,
      latitude: z.coerce.number().nullish(),
      longitude: z.coerce.number().nullish(),
    },
    example: { name: 'Brandenburg Gate', address: 'Berlin', latitude: 52.5163, longitude: 13.3777 },
    calls: ['location'],
    read: ({ name, address, latitude, longitude }) => ({
      kind: 'location',
      said: {
        ...(latitude != null && { latitude }),
        ...(longitude != null && { longitude }),
        ...(given(name) && { name }),
        ...(given(address) && { address }),
      },
      shown: {
        location: {
          latitude: latitude ?? 0,
          longitude: longitude ?? 0,
          name: name ?? null,
          address: address ?? null,
        },
      },
    }),
  }),
  sendRow({
    id: 'evolutionSendContact',
    path: 'sendContact',
    summary: 'Send contact cards',
    v1: 'contactMessage',
    fields: { contact: z.array(Card).max(100).nullish() },
    example: { contact: [{ fullName: 'Ada Lovelace', phoneNumber: '+15550100002' }] },
    calls: ['contact'],
    read: ({ contact }) => ({
      kind: 'contact',
      said: { ...(contact != null && { contacts: contact.map((card) => cardOf(card)) }) },
      shown: {
        vcards: (contact ?? []).map(
          ({ fullName }) => `BEGIN:VCARD\nVERSION:3.0\nFN:${fullName ?? ''}\nEND:VCARD`,
        ),
      },
      called: { contacts: 'contact' },
    }),
  }),
  sendRow({
    id: 'evolutionSendPoll',
    path: 'sendPoll',
    summary: 'Send a poll',
    v1: 'pollMessage',
    fields: {
      name: text,
      selectableCount: z.coerce.number().int().min(0).nullish().openapi({
        description: '1: one answer; any other: several.',
      }),
      values: z.array(z.string()).max(100).nullish(),
    },
    example: { name: 'Lunch?', selectableCount: 1, values: ['Pizza', 'Salad'] },
    calls: ['poll'],
    read: ({ name, selectableCount, values }) => {
      const allowMultiple = selectableCount !== 1 && selectableCount != null;
      const options = values ?? [];
      return {
        kind: 'poll',
        said: { ...(name != null && { name }), ...(values != null && { options }), allowMultiple },
        shown: { poll: { name: name ?? '', options, allowMultiple } },
        called: { options: 'values' },
      };
    },
  }),
  ...(
    [
      [
        'sendPtv',
        'evolutionSendPtv',
        'Send a round video',
        'The engine has no way to send a video note.',
      ],
      [
        'sendButtons',
        'evolutionSendButtons',
        'Send buttons',
        'WhatsApp no longer shows buttons of linked devices.',
      ],
      [
        'sendList',
        'evolutionSendList',
        'Send a list',
        'WhatsApp no longer shows lists of linked devices.',
      ],
      [
        'sendTemplate',
        'evolutionSendTemplate',
        'Send a template',
        'Templates are of WhatsApp’s Cloud API, which Waypost does not use.',
      ],
    ] as const
  ).map(([path, id, summary, reason]) =>
    refused({
      id,
      method: 'post',
      path: `message/${path}`,
      summary,
      reason,
      calls: kinds.text,
      takes,
    }),
  ),
];
